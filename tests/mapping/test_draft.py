"""Drafting a mapping: what is certain is written, and what needs a choice is to be filled in."""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

import collectrisk as cr
from collectrisk._fields import field_specs
from collectrisk.errors import InvalidMappingError, printable
from collectrisk.mapping._convert import Converter
from collectrisk.mapping._draft import Setting, draft_mapping
from collectrisk.mapping._mapping import Mapping
from collectrisk.mapping._numbers import NumberFormat, formats

if TYPE_CHECKING:
    from decimal import Decimal

SPECS = field_specs(cr.Borrower)
AS_OF = dt.date(2026, 11, 1)
REQUIRED: dict[str, list[Any]] = {"amount_overdue": [1.0], "days_past_due": [2]}


def draft(columns: dict[str, list[Any]], **options: Any) -> str:
    """Return the draft for columns."""
    return draft_mapping(columns, SPECS, command="collectrisk score accounts.csv", **options)


def drafted(columns: dict[str, list[Any]], **options: Any) -> dict[str, Any]:
    """Return the keys of the draft for columns."""
    return tomllib.loads(draft(columns, **options))


def field(name: str, columns: dict[str, list[Any]], **options: Any) -> Any:
    """Return the rule of one field."""
    return drafted(columns, **options)["fields"].get(name)


def read(text: str) -> Mapping:
    """Return the mapping of a draft, or raise `InvalidMappingError` if something is to be filled in."""
    return Mapping(**tomllib.loads(text))


def days(cells: list[Any], name: str = "days_past_due", **options: Any) -> Any:
    """Return the rule of `days_past_due` for one column."""
    return field("days_past_due", {name: cells}, **options)


def amount(cells: list[Any], name: str = "amount_overdue") -> Any:
    """Return the rule of `amount_overdue` for one column."""
    return field("amount_overdue", {name: cells})


def test_a_draft_is_a_readable_mapping() -> None:
    columns: dict[str, list[Any]] = {
        "Konto": ["1", "2", "Summe"],
        "Rückstand": ["12.500,00 €", "0,05 €", "12.500,05 €"],
        "Verzugstage": ["400", "k. A.", ""],
        "Inkasso": ["ja", "Nein", None],
        "Verhalten": ["koop", "Passive", None],
    }
    text = draft(columns, reading={"delimiter": Setting(";"), "skip_lines": Setting(2, "two titles")})
    assert text == (
        "# How the columns of an export become the fields of a borrower: a draft by `collectrisk map`.\n"
        '# Check every line, and fill in every "", which is an error until then. Then score the file with\n'
        "#   collectrisk score accounts.csv\n"
        "\n"
        'delimiter = ";"\n'
        "# two titles\n"
        "skip_lines = 2\n"
        "\n"
        'decimal = ","\n'
        'thousands = "."\n'
        'units = ["€"]\n'
        "\n"
        "# check: these mean 'not known'; they occur in days_past_due\n"
        'missing = ["k. A."]\n'
        'true = ["ja"]\n'
        'false = ["Nein"]\n'
        "\n"
        "# Rows that are not accounts are left out; * stands for anything.\n"
        "[skip]\n"
        'Konto = ["Summe"]\n'
        "\n"
        "[fields]\n"
        'amount_overdue = "Rückstand"\n'
        'days_past_due = "Verzugstage"\n'
        "# failed_messages: not found; counts as 0\n"
        "# failed_calls: not found; counts as 0\n"
        "# broken_promises: not found; counts as 0\n"
        'placed_with_agency = "Inkasso"\n'
        "# repayment_plan: not found; counts as false\n"
        '# product: not found; counts as "other"\n'
        "\n"
        "# to be filled in: one of cooperative, unknown, passive, evasive, hostile, for each code\n"
        "[fields.attitude]\n"
        'column = "Verhalten"\n'
        "[fields.attitude.values]\n"
        'koop = ""\n'
        'Passive = "passive"\n'
        "\n"
        '# Columns that are not used: "Konto"\n'
    )
    assert draft(columns, reading={"delimiter": Setting(";"), "skip_lines": Setting(2, "two titles")}) == text


def test_a_draft_without_open_choices_is_a_mapping() -> None:
    text = draft({"Betrag offen": ["1.200,50"], "dpd": ["3"], "calls": ["1"]})
    mapping = read(text)
    assert (mapping.decimal, mapping.thousands) == (",", ".")
    assert mapping.fields["failed_calls"] == cr.mapping.FieldMapping("calls")


def test_the_command_stays_in_its_comment_line() -> None:
    text = draft_mapping(REQUIRED, SPECS, command="collectrisk score 'a\nb\x00.csv'")
    assert "#   collectrisk score 'a\\nb\\x00.csv'\n" in text
    tomllib.loads(text)


def test_a_name_in_a_comment_or_a_text_is_shown_with_escapes_for_control_characters() -> None:
    text = draft({**REQUIRED, "a\n[skip]\x1b[31m": ["x"], "days\u202e past due": ["3"]})
    assert '"a\\n[skip]\\u001b[31m"' in text
    assert text == printable(text)
    assert "skip" not in tomllib.loads(text)


# Columns


def test_a_column_with_the_name_of_a_field_is_preferred_and_others_are_mentioned() -> None:
    text = draft({"balance": [1], "amount_overdue": [2], "dpd": [3]})
    assert '# by its name, it may also be in "balance"\namount_overdue = "amount_overdue"\n' in text


def test_one_of_several_columns_is_to_be_chosen() -> None:
    text = draft({"balance": [1], "arrears": [2], "dpd": [3]})
    assert '# to be filled in: one of "balance", "arrears"\namount_overdue = ""\n' in text
    with pytest.raises(InvalidMappingError, match=r"amount_overdue\.columns must be filled in"):
        read(text)


def test_a_column_that_repeats_another_is_not_a_choice() -> None:
    assert field("amount_overdue", {"balance": [1, 2], "arrears": [1, 2]}) == "balance"


def test_a_missing_required_field_is_to_be_filled_in() -> None:
    text = draft({"x": [1]})
    assert '# to be filled in: the column of days_past_due\ndays_past_due = ""\n' in text


def test_counts_in_several_columns_are_added() -> None:
    text = draft({"Calls Home": ["1", "2"], "Calls Mobile": ["1", "2"]})
    assert "# the sum of several columns; check that nothing is counted twice\n" in text
    assert tomllib.loads(text)["fields"]["failed_calls"] == ["Calls Home", "Calls Mobile"]


@pytest.mark.parametrize(
    "columns",
    [
        {"calls": ["1", "2"], "Calls Home": ["1", "1"]},
        {"Total calls": ["1", "2"], "attempts": ["1", "1"]},
        {"attempts": ["1", "2"], "Calls Mobile": ["1", "1"]},
        {"calls": ["1", "2"], "attempts": ["1", "2"]},
        {"calls": ["1", "2"], "attempts": ["3", "3"], "Calls Home": ["2", "1"]},
        {"calls": ["3", "4"], "Calls Mobile": ["1", "2"], "Calls Home": ["1", "2"]},
        {"calls": ["0", ""], "Calls Mobile": ["0", ""], "Calls Home": ["0", ""]},
    ],
    ids=[
        *("one name contains the other", "one is a total", "one is a part", "the same numbers"),
        *("a sum of others by chance", "not the sum of the parts", "only zeros"),
    ],
)
def test_counts_that_may_overlap_are_to_be_chosen(columns: dict[str, list[Any]]) -> None:
    text = draft(columns)
    names = ", ".join(f'"{name}"' for name in columns)
    assert f'one of {names}, or a list of those to add\nfailed_calls = ""\n' in text


def test_the_sum_of_other_columns_is_used_alone() -> None:
    columns: dict[str, list[Any]] = {"calls": ["3", 5], "Calls Home": ["1", 4], "Calls Mobile": ["2", 1]}
    assert field("failed_calls", columns) == "calls"


def test_a_field_that_other_borrowers_do_not_have_is_not_drafted() -> None:
    specs = {name: SPECS[name] for name in ("amount_overdue", "borrower_id")}
    columns: dict[str, list[Any]] = {"Rückstand": ["1"], "Verzugstage": ["2"], "borrower_id": ["A"]}
    text = draft_mapping(columns, specs, command="")
    assert tomllib.loads(text) == {"fields": {"amount_overdue": "Rückstand"}}
    assert 'not used: "Verzugstage", "borrower_id"' in text


def test_a_field_without_a_default_counts_as_not_known() -> None:
    specs = {"score": SPECS["amount_overdue"]._replace(name="score", default=float("nan"))}
    assert "# score: not found; counts as not known\n" in draft_mapping({"": [1]}, specs, command="")


# Numbers


@pytest.mark.parametrize("convention", formats(), ids=str)
def test_the_only_convention_that_fits_is_written(convention: NumberFormat) -> None:
    group, point = convention.thousands, convention.decimal
    cells = [f"1{group}234{group}567{point}5", f"999{point}99", "7"]
    keys = drafted({"amount_overdue": cells, "days_past_due": ["1"] * 3})
    assert (keys.get("decimal"), keys.get("thousands", "")) == (point, group)


def test_numbers_that_can_be_read_in_several_ways_are_to_be_chosen() -> None:
    text = draft({"amount_overdue": ["12.500", "400"], "days_past_due": ["1", "2"]})
    assert '#   decimal = ".": "12.500" is 12.5\n' in text
    assert '#   decimal = ",", thousands = ".": "12.500" is 12500\n' in text
    with pytest.raises(InvalidMappingError, match="decimal must be one of"):
        read(text)


def test_another_column_decides_for_thousands() -> None:
    text = draft({"amount_overdue": ["1.234.567"], "days_past_due": ["1.000"]})
    assert 'decimal = ","\nthousands = "."\n' in text
    assert '# check: "1.000" is 1000, as another column shows\ndays_past_due = "days_past_due"\n' in text


def test_another_column_does_not_decide_that_three_digits_are_decimals() -> None:
    keys = drafted({"amount_overdue": ["12.5"], "days_past_due": ["1.000"]})
    assert keys["decimal"] == "."
    assert keys["fields"]["days_past_due"] == {"column": "days_past_due", "decimal": ""}


def test_columns_may_have_conventions_of_their_own() -> None:
    keys = drafted({"amount_overdue": ["1.200,50"], "days_past_due": ["2,000,000"], "calls": ["3"]})
    assert "decimal" not in keys
    assert keys["fields"]["amount_overdue"] == {"column": "amount_overdue", "decimal": ",", "thousands": "."}
    assert keys["fields"]["days_past_due"] == {"column": "days_past_due", "decimal": ".", "thousands": ","}
    assert keys["fields"]["failed_calls"] == "calls"


def test_a_column_in_which_two_conventions_are_mixed_is_to_be_converted() -> None:
    text = draft({"amount_overdue": ["1.200,50", "1,200.50"], "days_past_due": ["1", "2"]})
    assert "# to be filled in: its columns write numbers in different ways; convert them first\n" in text
    assert 'amount_overdue = { column = "amount_overdue", decimal = "" }\n' in text


def test_whole_numbers_show_no_convention() -> None:
    text = draft({"amount_overdue": ["12", "400"], "days_past_due": ["1", "2"]})
    assert "# no number shows how decimals are written" in text
    assert "no number shows" not in draft(REQUIRED)


def test_units_of_one_currency_are_removed() -> None:
    keys = drafted({"amount_overdue": ["€ 1,200.50", "5 EUR", "7"], "days_past_due": ["3 Tage", "2 d", "1"]})
    assert sorted(keys["units"]) == ["EUR", "Tage", "d", "€"]


def test_several_currencies_are_to_be_converted() -> None:
    text = draft({"amount_overdue": ["€1", "$2"], "days_past_due": ["3", "2"]})
    assert '# the amounts are in several currencies ("$", "€"); convert them first\n' in text
    assert "units" not in tomllib.loads(text)


def test_a_unit_that_scales_all_amounts_is_a_factor() -> None:
    assert amount(["12万元", "0", "3.5万元"]) == {"column": "amount_overdue", "factor": 10_000}
    assert drafted({"amount_overdue": ["12万元", "0", "3.5万元"]})["units"] == ["万元"]


def test_a_unit_that_scales_only_some_amounts_is_left_for_the_user() -> None:
    text = draft({"amount_overdue": ["12万元", "120000"], "days_past_due": [1, 2]})
    assert '# "12万元": not a number; list it under missing' in text
    assert tomllib.loads(text)["fields"]["amount_overdue"] == "amount_overdue"


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("arrears_pence", 0.01),
        ("Arrears (cents)", 0.01),
        ("Rückstand TEUR", 1_000),
        ("逾期金额（万元）", 10_000),
        ("逾期金额（百万元）", 1_000_000),
        ("OD amt lakhs", 100_000),
    ],
)
def test_a_name_with_a_unit_is_a_factor_to_check(name: str, factor: float) -> None:
    assert amount(["125", "3"], name) == {"column": name, "factor": factor}
    text = draft({name: ["125", "3"]})
    assert f"# check: the amounts are multiplied by {factor:g}, by their name or unit\n" in text


def test_an_amount_whose_name_says_something_unknown_needs_a_factor() -> None:
    text = draft({"Balance (before fees)": [5], "dpd": [1]})
    assert "# to be filled in: factor, 1 if the name says nothing about the unit\n" in text
    with pytest.raises(InvalidMappingError, match=r"factor must be a finite number"):
        read(text)


@pytest.mark.parametrize("cells", [["12.50", "3"], [12.5, 3], ["1.200,50", "1,200.50"]])
def test_fractions_of_cents_are_doubtful(cells: list[Any]) -> None:
    text = draft({"arrears_pence": cells})
    assert "# to be filled in: factor, 0.01 or 1; name, unit and decimals disagree\n" in text
    with pytest.raises(InvalidMappingError):
        read(text)


def test_a_name_and_a_unit_that_disagree_are_doubtful() -> None:
    assert amount(["12万元"], "Arrears thousands")["factor"] == ""


@pytest.mark.parametrize(
    "name", ["Mesi di ritardo", "Months in arrears", "逾期月数", "逾期天数（月）", "days late (months)"]
)
def test_months_are_to_be_confirmed(name: str) -> None:
    text = draft({"amount_overdue": [1], name: ["3"]})
    assert "# to be filled in: factor, for example 30; the column counts periods of about 30 days" in text
    assert tomllib.loads(text)["fields"]["days_past_due"] == {"column": name, "factor": ""}


@pytest.mark.parametrize("name", ["Mobile balance", "Months on book", "Home", "Total"])
def test_a_hint_alone_does_not_make_a_field(name: str) -> None:
    assert f'# Columns that are not used: "{name}"\n' in draft({name: ["3"]})


def test_weeks_are_seven_days_each() -> None:
    assert days(["3"], "Weeks late") == {"column": "Weeks late", "factor": 7}


def test_codes_for_missing_numbers_are_written() -> None:
    keys = drafted({"amount_overdue": ["5", "NULL", "null"], "days_past_due": ["-999", "-999.0", "2"]})
    assert keys["missing"] == ["NULL", -999]


def test_words_for_unknown_are_codes_of_their_column_only() -> None:
    rule = days(["5", "?", "unbekannt"])
    assert rule == {"column": "days_past_due", "missing": ["?", "unbekannt"]}


@pytest.mark.parametrize("cells", [["-1", "5"], [-1, 5], ["-5", "-999"]])
def test_other_negative_numbers_are_left_for_the_user(cells: list[Any]) -> None:
    text = draft({"amount_overdue": cells, "days_past_due": [1, 2]})
    assert f"# {', '.join(str(each) for each in cells if str(each)[0] == '-')}: negative" in text
    assert "missing" not in tomllib.loads(text)


def test_a_typed_code_is_found() -> None:
    assert drafted({"amount_overdue": [-999.0, 5.0], "days_past_due": [1, 2]})["missing"] == [-999]


def test_nines_that_occur_often_are_mentioned() -> None:
    text = draft({"amount_overdue": [1] * 4, "days_past_due": ["999", 999, 999.0, "3"]})
    assert "# 999: list it under missing if it means 'not known'\n" in text


def test_text_among_numbers_is_mentioned() -> None:
    text = draft({"amount_overdue": ["5", "#REF!", "paid"], "days_past_due": ["1", "2", "3"]})
    assert '# "#REF!", "paid": not a number; list it under missing' in text


@pytest.mark.parametrize(("name", "cells"), [("DPD bucket", ["1", "2"]), ("dpd", ["SMA-0", "NPA"])])
def test_classes_of_numbers_are_to_be_filled_in(name: str, cells: list[Any]) -> None:
    text = draft({"amount_overdue": [1, 2], name: cells})
    assert "# to be filled in: a whole number from 0 to 14,610, for each code\n" in text
    assert tomllib.loads(text)["fields"]["days_past_due"]["values"] == dict.fromkeys(cells, "")
    with pytest.raises(InvalidMappingError, match=r"days_past_due\.values must say what"):
        read(text)


def test_an_empty_column_needs_nothing() -> None:
    assert days([None, "", " "]) == "days_past_due"


# Dates


@pytest.mark.parametrize(
    ("cells", "style"),
    [
        (["2026-10-31", "2026-11-01"], "iso"),
        (["2026-10-31T10:00:00"], "iso"),
        (["31.10.2026"], "%d.%m.%Y"),
        (["7.7.26", "29.10.26"], "%d.%m.%y"),
        (["10/31/2026", "01/02/2026"], "%m/%d/%Y"),
        (["31/10/2026", "01/02/2026"], "%d/%m/%Y"),
        (["2026/10/31"], "%Y/%m/%d"),
        (["20261031"], "%Y%m%d"),
        ([20261031, 20260102], "%Y%m%d"),
        (["31-Oct-2026"], "%d-%b-%Y"),
        (["2026年10月31日"], "%Y年%m月%d日"),
        (["31.10.2026 23:59"], "%d.%m.%Y %H:%M"),
        (["46327", "46000"], "excel"),
        ([46327.0, dt.date(2026, 5, 1)], "excel"),
        ([dt.date(2026, 5, 1), "n/a", "-999", "31.10.2026"], "%d.%m.%Y"),
    ],
)
def test_the_only_format_of_dates_that_fits_is_written(cells: list[Any], style: str) -> None:
    assert days(cells, "Due date") == {"column": "Due date", "date": style}


@pytest.mark.parametrize("name", ["days_past_due", "dpd"])
@pytest.mark.parametrize("cells", [["31.10.2026"], ["20261031"], ["46327", "46000"], [46327]])
def test_dates_are_recognized_where_days_are_expected(name: str, cells: list[Any]) -> None:
    assert days(cells, name)["date"] in {"%d.%m.%Y", "%Y%m%d", "excel"}


@pytest.mark.parametrize("cells", [["5/6/2026"], ["01-02-2026"], ["01.02.03"]])
def test_dates_that_can_be_read_in_several_ways_are_to_be_chosen(cells: list[Any]) -> None:
    text = draft({"amount_overdue": [1], "Due date": cells})
    assert tomllib.loads(text)["fields"]["days_past_due"] == {"column": "Due date", "date": ""}
    assert "can be read in each of them\n" in text
    with pytest.raises(InvalidMappingError, match=r"days_past_due\.date must be"):
        read(text)


@pytest.mark.parametrize("cells", [["soon"], ["31.10.2026", "2026-10-31"], [45], [True]])
def test_dates_in_no_usual_format_are_to_be_filled_in(cells: list[Any]) -> None:
    text = draft({"Due date": cells})
    assert tomllib.loads(text)["fields"]["days_past_due"] == {"column": "Due date", "date": ""}
    assert "no usual one fits\n" in text


def test_dates_by_type_need_no_format() -> None:
    assert days([dt.date(2026, 5, 1), None], "Due date") == "Due date"
    assert days([dt.datetime(2026, 5, 1)]) == "days_past_due"  # noqa: DTZ001  # a local time


@pytest.mark.parametrize(
    "cell", ["2026-10-31T10:00:00Z", dt.datetime(2026, 5, 1, tzinfo=dt.UTC)], ids=["text", "typed"]
)
def test_times_with_offsets_need_a_zone(cell: Any) -> None:
    text = draft({"amount_overdue": [1], "Due date": [cell]})
    assert '# to be filled in: the local time zone, such as "Europe/London"\nzone = ""\n' in text
    with pytest.raises(InvalidMappingError, match="zone must be"):
        read(text.replace('as_of = ""', "as_of = 2026-11-30"))


def test_the_as_of_date_is_written_if_days_are_counted_from_dates() -> None:
    columns: dict[str, list[Any]] = {"amount_overdue": [1], "Due date": ["2026-10-31"]}
    assert '# to be filled in: the day of the export, such as 2026-11-30\nas_of = ""\n' in draft(columns)
    assert drafted(columns, as_of=AS_OF)["as_of"] == AS_OF
    assert "as_of" not in draft(REQUIRED, as_of=AS_OF)


def test_days_are_preferred_to_dates() -> None:
    text = draft({"amount_overdue": [1], "Due date": ["2026-10-31"], "dpd": [1]})
    assert '# by its name, it may also be in "Due date"\ndays_past_due = "dpd"\n' in text


# Flags and choices


@pytest.mark.parametrize(
    ("cells", "true", "false"),
    [
        (["Y", "N", "y"], ["Y"], ["N"]),
        (["1", "0"], ["1"], ["0"]),
        ([1.0, 0.0], ["1"], ["0"]),
        (["是", "否"], ["是"], ["否"]),
        (["X", "", "x"], ["X"], []),
        (["n", None], [], ["n"]),
    ],
)
def test_spellings_of_flags_are_written(cells: list[Any], true: list[str], false: list[str]) -> None:
    columns: dict[str, list[Any]] = {"DCA": cells}
    keys = drafted(columns)
    assert (keys["true"], keys["false"], keys["fields"]["placed_with_agency"]) == (true, false, "DCA")


def test_flags_of_one_spelling_are_mentioned() -> None:
    assert '# only "X" occurs; a blank cell is not known, and counts as no\n' in draft({"DCA": ["X", ""]})
    assert '# only "N" occurs; add the spelling of yes to true\n' in draft({"DCA": ["N", ""]})


@pytest.mark.parametrize("cells", [[True, False, None], [None], ["n/a"]])
def test_flags_by_type_need_no_spelling(cells: list[Any]) -> None:
    keys = drafted({"DCA": cells})
    assert ("true" in keys, keys["fields"]["placed_with_agency"]) == (False, "DCA")


def test_unknown_spellings_of_flags_are_to_be_filled_in() -> None:
    rule = field("placed_with_agency", {"DCA": ["yes", "no", "Acme", "?", "-999"]})
    assert rule == {"column": "DCA", "missing": ["?"], "values": {"yes": True, "no": False, "Acme": ""}}


def test_choices_in_the_spelling_of_the_field_need_no_values() -> None:
    assert field("attitude", {"attitude": ["passive", "unknown", "n/a", None]}) == "attitude"


def test_choices_in_another_case_are_certain() -> None:
    rule = field("product", {"product": ["Credit card", "ONLINE-LOAN", "other"]})
    values = {"Credit card": "credit_card", "ONLINE-LOAN": "online_loan", "other": "other"}
    assert rule == {"column": "product", "values": values}
    assert "to be filled in: one of credit_card" not in draft({"product": ["Credit card"]})


def test_codes_that_are_numbers_are_keys() -> None:
    assert field("attitude", {"attitude": [1, 2.0, "9"]})["values"] == {"9": "", "1": "", "2": ""}


def test_a_column_of_free_text_is_mentioned() -> None:
    text = draft({"attitude": [f"remark {number}" for number in range(1_100)]})
    assert "# the column has 1,070 more values; is it the right one?\n" in text
    assert len(tomllib.loads(text)["fields"]["attitude"]["values"]) == 30


def test_text_needs_no_rule() -> None:
    spec = SPECS["borrower_id"]._replace(name="note", private=False, default="")
    assert 'note = "note"\n' in draft_mapping({"note": ["a"]}, {"note": spec}, command="")


# Rows that are not accounts


@pytest.mark.parametrize(
    "label", ["Summe", "TOTAL", "Celkem:", "合计", "Grand total", "Total (3 accounts)", "Totale 3"]
)
def test_rows_of_totals_are_skipped(label: str) -> None:
    columns: dict[str, list[Any]] = {
        "id": ["A", "B", label],
        "amount_overdue": ["1", "2", "3"],
        "dpd": ["1", "2", ""],
        "DCA": ["Y", "N", None],
    }
    assert drafted(columns)["skip"] == {"id": [label]}


def test_a_label_with_a_star_is_skipped_by_its_pattern() -> None:
    columns: dict[str, list[Any]] = {
        "id": ["A", "Total (*)", "Total (*)"],
        "a": ["1", None, ""],
        "b": ["1", None, " "],
    }
    assert drafted(columns)["skip"] == {"id": ["Total (*)"]}


@pytest.mark.parametrize(
    ("label", "pattern"),
    [
        ("(52 rows affected)", "(* rows affected)"),
        ("(1 row affected)", "(* row affected)"),
        ("52 rows selected.", "* rows selected."),
        ("(1 row)", "(* row)"),
    ],
)
def test_the_last_line_of_a_database_client_is_skipped_however_many_rows_it_counts(
    label: str, pattern: str
) -> None:
    columns: dict[str, list[Any]] = {
        "id": ["A", "5", label],
        "amount_overdue": ["1", "2", None],
        "dpd": ["1", "2", None],
    }
    assert drafted(columns)["skip"] == {"id": [pattern]}


def test_a_total_of_every_column_is_skipped_by_its_label_in_the_first_one() -> None:
    columns: dict[str, list[Any]] = {
        "Konto": ["A", "B", "Summe"],
        "Rückstand": ["1,5", "2,5", "4,0"],
        "Verzugstage": ["3", "4", "7"],
        "Anrufe": ["1", "1", "2"],
    }
    assert drafted(columns)["skip"] == {"Konto": ["Summe"]}


def test_a_column_that_may_contain_an_absent_field_leaves_the_choice() -> None:
    """Its values may fit; the name says nothing."""
    columns: dict[str, list[Any]] = {
        "id": ["A", "B", "C", "D"],
        "amount_overdue": [1.5, 2.5, 3.5, 4.5],
        "dpd": [1, 2, 3, 4],
        "Kürzel": ["KK", "KK", "AW", None],
        "Kontakte": [3, 0, 3, 1],
        "extern": ["x", None, "x", None],
        "Ort": ["Köln", "Bonn", "Trier", "Jena"],
    }
    text = draft(columns)
    assert '# to be filled in: "Kürzel", "extern", or false if it is absent and counts as "unknown"\n' in text
    assert (
        '# to be filled in: "Kontakte", or false if it is absent and counts as 0\nfailed_calls = ""\n' in text
    )
    assert "Ort" not in text.partition("# Columns that are not used")[0]
    with pytest.raises(InvalidMappingError, match="must be filled in"):
        read(text)


def test_what_a_bracket_in_a_name_says_is_to_be_checked() -> None:
    text = draft({**REQUIRED, "Calls (answered)": [1], "SMS (no.)": [2]})
    assert '# check: what does "answered" in the name of the column mean?\nfailed_calls = ' in text
    assert text.count("# check: what does") == 1


@pytest.mark.parametrize("row", [("A", "Total", "1", "Y"), ("Summer", "3", None, None), (3, "3", None, None)])
def test_accounts_are_not_skipped(row: tuple[Any, ...]) -> None:
    names = ["id", "amount_overdue", "dpd", "DCA"]
    assert "skip" not in drafted({name: [cell] for name, cell in zip(names, row, strict=True)})


def test_a_repeated_header_is_skipped() -> None:
    columns: dict[str, list[Any]] = {
        "id": ["A", "id", "B"],
        "amount_overdue": ["1", "amount_overdue", "2"],
        "dpd": ["1", "dpd", "2"],
    }
    assert drafted(columns)["skip"] == {"id": ["id"]}


def test_a_file_without_rows_is_drafted_by_its_names() -> None:
    assert field("amount_overdue", {"arrears": [], "dpd": []}) == "arrears"


# Never a wrong number

AMOUNTS = st.lists(st.decimals(0, 9_999_999, places=2), min_size=1, max_size=5)


@given(AMOUNTS, st.sampled_from(formats()), st.integers(0, 3), st.sampled_from(["", " €", " Kč", "p"]))
def test_a_draft_never_gives_a_wrong_number(
    amounts: list[Decimal], convention: NumberFormat, places: int, unit: str
) -> None:
    """Amounts written in any convention are read right, or something is to be filled in."""
    cells = [written(each, convention, places) + unit for each in amounts]
    truth = [float(round(each, places)) * (0.01 if unit == "p" else 1) for each in amounts]
    text = draft({"amount_overdue": cells, "days_past_due": [1] * len(cells)})
    try:
        rule = read(text).rule("amount_overdue")
        assert rule is not None
        found = Converter(SPECS["amount_overdue"], rule, from_text_file=True).convert_all(cells)
    except InvalidMappingError:
        return
    numbers = [each for each in found if isinstance(each, float)]
    expected = truth if len(numbers) == len(found) else [each for each in truth if each in numbers]
    assert numbers == pytest.approx(expected)


def written(number: Decimal, convention: NumberFormat, places: int) -> str:
    """Return a number as text."""
    text = f"{number:,.{places}f}"
    return text.translate({ord(","): convention.thousands, ord("."): convention.decimal})
