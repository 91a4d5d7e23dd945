"""The options of the shell that say how a file is read: mappings, conventions, dates, limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from shell import done, refusal, refused, scored, write

import collectrisk as cr
from collectrisk._cli.cells import Points
from collectrisk._cli.excel import BOOLEAN, DATE, MARK, NUMBER, values_of

EXPORT = "Saldo;Fällig;Anrufe\n12.500,00;21.01.2024;3\n1.200;01.06.2026;k.A.\n"
MAPS = ("--map", "amount_overdue=Saldo", "--map", "days_past_due=Fällig", "--map", "failed_calls=Anrufe")


def probability(**fields: object) -> float:
    return cr.RuleScorer().assess(cr.Borrower(**fields)).visit_probability  # type: ignore[arg-type]


def test_conventions_and_dates_can_be_given_as_options() -> None:
    options = ("--decimal", ",", "--thousands", ".", "--as-of", "2026-11-01", "--date-format", "%d.%m.%Y")
    result = scored("in.csv", EXPORT, *MAPS, *options, "--missing", "k.A.", output="out.parquet")
    assert result["visit_probability"].to_list() == pytest.approx(
        [
            probability(amount_overdue=12_500, days_past_due=1015, failed_calls=3),
            probability(amount_overdue=1_200, days_past_due=153),
        ],
        abs=1e-12,
    )


@pytest.mark.parametrize("days", ["153", "153.0", "2026-06-01"])
def test_with_a_day_days_past_due_are_numbers_or_dates(days: str) -> None:
    csv = f"amount_overdue,days_past_due\n1200,{days}\n"
    expected = [probability(amount_overdue=1_200, days_past_due=153)]
    for output in ("out.csv", "out.parquet"):
        result = scored("in.csv", csv, "--as-of", "2026-11-01", output=output)
        assert result["visit_probability"].to_list() == pytest.approx(expected)
        assert result["days_past_due"].to_list() == [days]
    why = refusal("in.csv", csv, "--as-of", "2026-11-01", "--date-format", "%d.%m.%Y")
    assert f"{days!r} is not a date of the form %d.%m.%Y" in why


def test_options_take_precedence_over_the_mapping() -> None:
    cr.Mapping({"amount_overdue": "no", "days_past_due": "late"}, decimal=".").write("m.toml")
    csv = "yes;no;late\n1.000;7;3\n"
    options = ("--mapping", "m.toml", "--map", "amount_overdue=yes", "--decimal", ",", "--thousands", ".")
    result = scored("in.csv", csv, *options, output="out.parquet")
    assert result["visit_probability"].to_list() == pytest.approx(
        [probability(amount_overdue=1_000, days_past_due=3)]
    )


def test_an_option_changes_nothing_else_in_the_mapping() -> None:
    """A list gets longer, and another column of a field is read by the field's rule."""
    fields = {
        "amount_overdue": {"column": "Cents", "factor": 0.01},
        "failed_calls": {"column": "Calls", "missing": 99},
    }
    limits = {"days_past_due": 3_650.0}
    cr.Mapping(fields, missing=999, require="failed_calls", plausible=limits).write("m.toml")
    csv = "Cents2;days_past_due;failed_calls;Calls;failed_messages\n300000;10;0;7;n/a\n200000;20;0;9;999\n"
    options = ("--mapping", "m.toml", "--map", "amount_overdue=Cents2", "--missing", "n/a")
    result = scored("in.csv", csv, *options, output="out.parquet")
    assert result["visit_probability"].to_list() == pytest.approx(
        [
            probability(amount_overdue=3_000, days_past_due=10, failed_calls=7),
            probability(amount_overdue=2_000, days_past_due=20, failed_calls=9),
        ]
    )
    dirty = "Cents2;days_past_due;failed_messages;Calls\n1;4000;;\n"
    why = refusal(
        "in.csv", dirty, *options, "--plausible", "failed_calls=20000", "--require", "failed_messages"
    )
    assert "the plausible limit is 3,650 days" in why
    assert "column 'Calls' must be known" in why
    assert "column 'failed_messages' must be known" in why


def test_a_convention_that_is_given_as_an_option_holds_for_every_field() -> None:
    cr.Mapping({"amount_overdue": {"column": "Saldo", "decimal": "."}}).write("m.toml")
    options = ("--mapping", "m.toml", "--decimal", ",", "--thousands", ".", "--map", "failed_calls=")
    result = scored("in.csv", "Saldo;days_past_due\n12.500;400\n", *options, output="out.parquet")
    assert result["visit_probability"].to_list() == pytest.approx(
        [probability(amount_overdue=12_500, days_past_due=400)]
    )


@pytest.mark.parametrize("name", ["in.csv", "in.parquet", "in.xlsx"])
def test_one_mapping_serves_several_kinds_of_files(name: str) -> None:
    """What only another kind of file has is left out; as an option, it is an error."""
    keys = {"delimiter": ";", "encoding": "cp1252", "sheet": "Accounts"}
    cr.Mapping(decimal=".", **keys).write("m.toml")  # type: ignore[arg-type]
    rows: list[list[Any]] = [["amount_overdue", "days_past_due"], [3000.5, 10]]
    content: Any = {
        "in.csv": "amount_overdue;days_past_due\n3000.5;10\n",
        "in.parquet": pl.DataFrame([rows[1]], schema=rows[0], orient="row"),
        "in.xlsx": rows,
    }[name]
    result = scored(name, content, "--mapping", "m.toml", output="out.parquet")
    expected = probability(amount_overdue=3_000.5, days_past_due=10)
    assert result["visit_probability"].to_list() == pytest.approx([expected])


@pytest.mark.parametrize("code", ["-999", "-999.0", "-999.00 "])
def test_a_code_for_a_missing_value_says_nothing_about_points(code: str) -> None:
    csv = f"amount_overdue;days_past_due;failed_calls\n20000;400;1.000\n20000;100;{code}\n"
    assert "every point may be" in refusal("in.csv", csv, "--missing", "-999")


@pytest.mark.parametrize("text", ["1.0", "0.0"])
def test_flags_and_codes_may_be_written_as_decimals(text: str) -> None:
    """As pandas writes 0 and 1 if a value is missing."""
    csv = f"amount_overdue,days_past_due,placed_with_agency,mood\n30000,400,{text},{text}\n"
    cr.Mapping({"attitude": {"column": "mood", "values": {0: "passive", 1: "hostile"}}}).write("m.toml")
    result = scored("in.csv", csv, "--mapping", "m.toml", output="out.parquet")
    attitude = "hostile" if text == "1.0" else "passive"
    expected = probability(
        amount_overdue=30_000, days_past_due=400, placed_with_agency=text == "1.0", attitude=attitude
    )
    assert result["visit_probability"].to_list() == pytest.approx([expected])


def test_a_field_can_be_declared_absent() -> None:
    csv = "amount_overdue,days_past_due,attitude\n30000,400,hostile\n"
    result = scored("in.csv", csv, "--map", "attitude=")
    assert result["visit_probability"].to_list() == pytest.approx(
        [probability(amount_overdue=30_000, days_past_due=400)]
    )


def test_a_required_field_that_is_absent_is_an_error() -> None:
    csv = "amount_overdue,days_past_due\n1,2\n"
    assert "'failed_calls' is missing" in refusal("in.csv", csv, "--require", "failed_calls")


def test_a_plausible_limit_can_be_raised() -> None:
    csv = "amount_overdue,days_past_due\n1,20000\n"
    assert "the plausible limit is 14,610 days" in refusal("in.csv", csv)
    result = scored("in.csv", csv, "--plausible", "days_past_due=30000")
    assert result["channel"].to_list() == ["sms"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--plausible", "days_past_due=many"), "write FIELD=NUMBER"),
        (("--plausible", "days_past_due"), "write FIELD=NUMBER once for each field"),
        (("--decimal", ";"), "--decimal: must be one of"),
        (("--as-of", "1.1.2026"), "--as-of: must be a date"),
        (("--thousands", "."), "--thousands: must differ from the decimal separator"),
    ],
)
def test_an_option_with_an_invalid_value_exits_with_code_2(options: tuple[str, ...], says: str) -> None:
    write("in.csv", "amount_overdue,days_past_due\n1,2\n")
    why = refused("score", "in.csv", *options, code=2)
    assert says in " ".join(why.replace("│", " ").split())


def test_a_mapping_that_is_not_valid_names_its_file_and_key() -> None:
    Path("m.toml").write_text('decimal = ";"\n', encoding="utf-8")
    write("in.csv", "amount_overdue,days_past_due\n1,2\n")
    assert "m.toml: decimal must be one of" in refused("score", "in.csv", "--mapping", "m.toml")


def test_the_summary_names_defaults_and_unused_columns() -> None:
    write("in.csv", "amount_overdue,days_past_due,failed_calls,note\n1,2,,x\n3,4,5,y\n")
    out = " ".join(done("score", "in.csv").split())
    assert "because the field is not in the data: attitude = unknown, failed_messages = 0" in out
    assert "Default where the value is missing: failed_calls = 0 in 1 of 2 rows (50.0%)." in out
    assert "Columns that were not used: 'note'." in out


def test_points_that_may_separate_thousands_are_an_error() -> None:
    why = refusal("in.csv", "amount_overdue;days_past_due\n12.500;400\n1.200;1.000\n")
    assert "row 2: '12.500'; if it is 12.5, declare decimal='.'; if it is 12,500, declare decimal=','" in why
    assert "column 'days_past_due': every point may be a decimal point or separate thousands" in why


@pytest.mark.parametrize("other", ["1.25", "0.500", "1234.500", ".5"])
def test_one_number_that_can_only_have_a_decimal_point_decides(other: str) -> None:
    result = scored("in.csv", f"amount_overdue,days_past_due\n12.500,1\n{other},1\n", output="out.parquet")
    assert result["amount_overdue"].to_list() == [12.5, float(other)]


def test_declared_points_are_not_ambiguous() -> None:
    csv = "amount_overdue,days_past_due\n12.500,1\n"
    for options, amount in ((("--decimal", "."), 12.5), (("--decimal", ",", "--thousands", "."), 12_500.0)):
        result = scored("in.csv", csv, *options, output="out.parquet")
        assert result["amount_overdue"].to_list() == [amount]


def points_after(*batches: tuple[list[str | None], int]) -> Points:
    points = Points("x", units=("€",))
    for cells, first in batches:
        points.add(pl.Series(cells, dtype=pl.String), pl.Series(range(first, first + len(cells))))
    return points


def test_batches_may_arrive_in_any_order() -> None:
    points = points_after((["1", "1.000 €", None], 10), (["€ 2.000"], 5), (["3.000"], 20))
    assert (points.ambiguous, points.row, points.cell) == (True, 5, "€ 2.000")
    assert "if it is 2, declare decimal='.'" in points.describe()


def test_a_decimal_point_in_any_batch_decides() -> None:
    assert not points_after((["1.000"], 1), (["1.5"], 2), (["2.000"], 3)).ambiguous


def test_a_column_without_text_or_points_is_not_ambiguous() -> None:
    points = points_after((["1", "1,000"], 1))
    points.add(pl.Series([1.0]), pl.Series([9]))
    assert not points.ambiguous


def test_marked_cells_of_a_sheet_become_python_values() -> None:
    cells = [f"{MARK}{NUMBER}3", f"{MARK}{NUMBER}0.5", f"{MARK}{BOOLEAN}true", f"{MARK}{DATE}2026-01-02"]
    values = values_of(pl.Series("x", [*cells, f"{MARK}{DATE}2026-01-02 03:04:05", "n/a", None])).to_list()
    assert [str(each) for each in values] == [
        *("3", "0.5", "True", "2026-01-02", "2026-01-02 03:04:05", "n/a", "None")
    ]


def test_the_summands_of_an_invalid_sum_are_shown() -> None:
    csv = "amount_overdue,days_past_due,a,b\n1,2,x,\n"
    Path("m.toml").write_text('fields = { failed_calls = ["a", "b"] }\n', encoding="utf-8")
    assert (
        "column 'a + b' must be a whole number from 0 to 10,000; 1 invalid row (row 2: 'x' + empty)"
        in refusal("in.csv", csv, "--mapping", "m.toml")
    )
