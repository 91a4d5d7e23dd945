"""Which column contains which field: mapping, misspellings, and clashing names."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from frame_kinds import EAGER, KINDS, FrameKind
from misspellings import slips

import collectrisk as cr
from collectrisk._fields import field_specs
from collectrisk._frames.engines import FrameNames
from collectrisk._frames.names import ColumnNames
from collectrisk.errors import ColumnNameError, ColumnsError, ColumnTypeError, MissingColumnError

SCORER = cr.RuleScorer()
GOOD: dict[str, list[Any]] = {
    "row": [0, 1],
    "amount_overdue": [30_000.0, 3_000.0],
    "days_past_due": [540, 10],
    "attitude": ["evasive", "hostile"],
    "failed_calls": [6, 0],
}
BANK = {
    "row": "row",
    "amount_overdue": "BILL",
    "days_past_due": "late",
    "attitude": "mood",
    "failed_calls": "rings",
}
MAPPING = {field: column for field, column in BANK.items() if field != "row"}
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
EXPECTED = [
    SCORER.assess(
        cr.Borrower(amount_overdue=amount, days_past_due=days, attitude=attitude, failed_calls=calls)
    ).visit_probability
    for amount, days, attitude, calls in [(30_000.0, 540, "evasive", 6), (3_000.0, 10, "hostile", 0)]
]


@every_kind
def test_a_mapping_renames_columns(kind: FrameKind) -> None:
    frame = kind.make({BANK[field]: values for field, values in GOOD.items()})
    found = kind.plain(SCORER.assess_frame(frame, columns=MAPPING), order_by="row")
    assert list(found) == [*BANK.values(), "visit_probability", "channel"]
    assert found["visit_probability"] == pytest.approx(EXPECTED, abs=1e-12)


@every_kind
def test_none_in_the_mapping_means_that_a_field_is_absent(kind: FrameKind) -> None:
    without = {name: values for name, values in GOOD.items() if name != "attitude"}
    found = kind.plain(SCORER.assess_frame(kind.make(GOOD), columns={"attitude": None}), order_by="row")
    expected = kind.plain(SCORER.assess_frame(kind.make(without)), order_by="row")
    assert found["visit_probability"] == expected["visit_probability"]


def test_a_mapping_may_swap_two_columns() -> None:
    swapped = {"amount_overdue": "days_past_due", "days_past_due": "amount_overdue"}
    frame = pl.DataFrame({"amount_overdue": [540], "days_past_due": [30_000.0]})
    straight = pl.DataFrame({"amount_overdue": [30_000.0], "days_past_due": [540]})
    found = SCORER.visit_probabilities(frame, columns=swapped)
    assert found == pytest.approx(SCORER.visit_probabilities(straight))


def test_a_mapping_renames_arrays() -> None:
    arrays = {"BILL": np.array([30_000.0]), "late": np.array([540])}
    names = {"amount_overdue": "BILL", "days_past_due": "late"}
    straight = {"amount_overdue": arrays["BILL"], "days_past_due": arrays["late"]}
    assert SCORER.visit_probabilities(arrays, columns=names) == SCORER.visit_probabilities(straight)


@pytest.mark.parametrize(
    ("columns", "error", "says"),
    [
        ({"attitude": "mood"}, MissingColumnError, "'mood' is missing"),
        ({"atitude": "row"}, ColumnNameError, "no such field; did you mean 'attitude'?"),
        ({"zzz": "row"}, ColumnNameError, "no such field (the fields are amount_overdue, "),
        ({"amount_overdue": None}, MissingColumnError, "'amount_overdue' is missing"),
    ],
)
def test_an_invalid_mapping_is_rejected(columns: dict[str, Any], error: Any, says: str) -> None:
    with pytest.raises(error) as raised:
        SCORER.assess_frame(pl.DataFrame(GOOD), columns=columns)
    assert says in str(raised.value)


def test_none_in_the_mapping_allows_a_column_that_looks_like_a_field() -> None:
    frame = pl.DataFrame({**GOOD, "products": ["x", "y"]})
    with pytest.raises(ColumnNameError, match="'products': looks like the field 'product'"):
        SCORER.assess_frame(frame)
    found = SCORER.visit_probabilities(frame, columns={"product": None})
    assert found == pytest.approx(EXPECTED)


@every_kind
@pytest.mark.parametrize("taken", ["visit_probability", "channel"])
def test_a_column_named_like_a_result_is_rejected(kind: FrameKind, taken: str) -> None:
    with pytest.raises(ColumnNameError, match="the result would have two columns of this name") as raised:
        SCORER.assess_frame(kind.make({**GOOD, taken: [0.5, 0.5]}))
    assert raised.value.names == (taken,)


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_only_requested_results_clash(kind: FrameKind) -> None:
    frame = kind.make({**GOOD, "reason_1": ["x", "y"], "problem": ["x", "y"]})
    assert kind.plain(SCORER.assess_frame(frame))["problem"] == ["x", "y"]
    with pytest.raises(ColumnNameError, match="'reason_1', 'problem'"):
        SCORER.assess_frame(frame, reasons=2, invalid="null")


def test_duplicate_column_names_are_rejected() -> None:
    doubled = pd.DataFrame([[1.0, 2.0, 3]], columns=["amount_overdue", "amount_overdue", "days_past_due"])
    for frame in (doubled, pa.table([[1.0], [2.0], [3]], names=list(doubled.columns))):
        for act in (SCORER.assess_frame, SCORER.visit_probabilities):
            with pytest.raises(ColumnNameError, match="more than one column of this name") as raised:
                act(frame)
            assert raised.value.names == ("amount_overdue",)


def test_scoring_a_scored_frame_is_rejected() -> None:
    once = SCORER.assess_frame(pl.DataFrame(GOOD))
    with pytest.raises(ColumnNameError, match="'visit_probability', 'channel'"):
        SCORER.assess_frame(once)


def refused(frame: Any, columns: Any = None, scorer: Any = SCORER) -> Any:
    """Return the error for a frame."""
    with pytest.raises(cr.CollectRiskError) as raised:
        scorer.assess_frame(frame, columns=columns)
    return raised.value


@every_kind
def test_all_problems_of_the_columns_are_listed_at_once(kind: FrameKind) -> None:
    frame: dict[str, list[Any]] = {
        "BILL": [1.0],
        "days_overdue": [2],
        "calls": [3],
        "atitude": ["hostile"],
        "dca": [True],
        "repayment_plan": ["x"],
        "failed_messages": ["y"],
        "channel": ["sms"],
    }
    native = kind.make(frame)
    # Before pandas 3, text is in columns of objects too.
    if isinstance(native, pd.DataFrame) and str(native.dtypes["repayment_plan"]) == "object":
        pytest.skip("objects are checked row by row")
    error = refused(native, {"product": None, "promises": "BILL", "broken_promises": "promises"})
    assert isinstance(error, ColumnsError)
    assert [type(each) for each in error.errors] == [
        *([MissingColumnError] * 3),
        *([ColumnNameError] * 5),
        ColumnTypeError,
    ]
    assert [
        line.partition(":")[0].partition("; to read")[0]
        for line in str(error).splitlines()
        if line.startswith("- ")
    ] == [
        "- the column 'promises' is missing",
        "- the column 'amount_overdue' is missing",
        "- the column 'days_past_due' is missing; did you mean 'days_overdue'?",
        "- 'promises'",
        "- 'atitude'",
        "- 'calls'",
        "- 'dca'",
        "- 'channel'",
        "- column 'failed_messages' must be a whole number from 0 to 10,000; the column contains text",
        "- column 'repayment_plan' must be true or false; the column contains text",
    ]
    assert error.mapping == {
        "product": None,
        "broken_promises": "your_column",
        "amount_overdue": "your_column",
        "days_past_due": "days_overdue",
        "attitude": "atitude",
        "failed_calls": "calls",
        "placed_with_agency": "dca",
    }


def test_the_proposed_mapping_is_valid_and_keeps_the_users() -> None:
    frame = pl.DataFrame(
        {
            "days_overdue": [540, 10],
            "balance": GOOD["amount_overdue"],
            "mood": GOOD["attitude"],
            "calls": [6, 0],
        }
    )
    error = refused(frame, {"atitude": "mood"})
    assert error.mapping["attitude"] == "mood"
    assert SCORER.visit_probabilities(frame, columns=error.mapping) == pytest.approx(EXPECTED)


def test_a_column_that_means_another_field_is_never_proposed() -> None:
    error = refused(pl.DataFrame({"days_overdue": [1], "balance": [2.0]}))
    assert error.mapping == {"amount_overdue": "balance", "days_past_due": "days_overdue"}
    for present, missing in (("balance", "days_past_due"), ("days_overdue", "amount_overdue")):
        alone = refused(pl.DataFrame({present: [1]}), {})
        assert {each.column: each.proposals for each in alone.errors}[missing] == ()


@pytest.mark.parametrize("name", ["amount", "overdue_flag", "days_since_opening", "past_dues_paid", "total"])
def test_an_unrelated_column_is_not_proposed(name: str) -> None:
    assert {each.proposals for each in refused(pl.DataFrame({name: [1]})).errors} == {()}


def test_a_mapped_column_is_not_proposed_for_another_field() -> None:
    error = refused(pl.DataFrame({"balance": [1]}), {"days_past_due": "balance"})
    assert (error.column, error.proposals) == ("amount_overdue", ())


def test_a_misspelt_column_in_the_mapping_is_corrected_by_spelling_or_by_meaning() -> None:
    frame = pl.DataFrame({"BILL": [1.0], "balance": [1.0], "days_past_due": [1]})
    assert refused(frame, {"amount_overdue": "BIL"}).proposals == ("BILL",)
    assert refused(frame, {"amount_overdue": "xyz"}).proposals == ("balance",)


def test_a_misspelt_column_of_a_field_that_is_not_needed_is_found_too() -> None:
    error = refused(pl.DataFrame(GOOD), {"product": "loan"})
    assert (error.column, error.field) == ("loan", "product")


def test_an_unknown_field_is_guessed_by_meaning() -> None:
    error = refused(pl.DataFrame(GOOD), {"dca": "row"})
    assert "'dca': no such field; did you mean 'placed_with_agency'?" in str(error)


def test_a_due_date_is_proposed_with_the_advice_to_count_the_days() -> None:
    error = refused(pl.DataFrame({"amount_overdue": [1.0], "due_date": ["2026-01-01"]}))
    assert error.proposals == ("due_date",)
    assert "did you mean 'due_date'? It seems to contain dates; the days since then are counted" in str(error)
    mapping = cr.Mapping(error.mapping, as_of="2026-02-01")
    assert SCORER.visit_probabilities(
        pl.DataFrame({"amount_overdue": [1.0], "due_date": ["2026-01-01"]}), columns=mapping
    )


@every_kind
def test_a_column_that_means_an_absent_field_is_not_ignored(kind: FrameKind) -> None:
    columns = {name: values for name, values in GOOD.items() if name != "failed_calls"}
    says = (
        "'calls': may be the field 'failed_calls', which is absent; rename the column, "
        'or pass columns={"failed_calls": "calls"}, or columns={"failed_calls": None} if it is something else'
    )
    frame = kind.make({**columns, "calls": [6, 0]})
    assert str(refused(frame)) == says
    SCORER.assess_frame(frame, columns={"failed_calls": None})
    SCORER.assess_frame(kind.make({**GOOD, "calls": [6, 0]}))


@pytest.mark.parametrize(
    ("column", "rule", "hint"),
    [
        ("逾期金额(万元)", {"factor": 10_000}, "its unit is 10000"),
        ("Overdue Amt (in lakhs)", {"factor": 100_000}, "its unit is 100000"),
        ("Balance (cents)", {"factor": 0.01}, "its unit is 0.01"),
        ("Rückstand (TEUR)", {"factor": 1_000}, "its unit is 1000"),
        ("Rückstand (T€)", {"factor": 1_000}, "its unit is 1000"),
        ("Balance (£k)", {"factor": 1_000}, "its unit is 1000"),
        ("Balance (in 1.000 EUR)", {"factor": 1_000}, "its unit is 1000"),
        ("Arrears band", {"values": {}}, "it contains classes"),
        ("Balance (before fees)", {}, "check what 'before fees' in its name means"),
        ("Balance (EUR)", {}, ""),
    ],
)
def test_what_a_name_says_about_its_values_is_part_of_the_proposal(
    column: str, rule: dict[str, Any], hint: str
) -> None:
    error = refused(pl.DataFrame({column: [5.0, 7.0], "days_past_due": [1, 2]}))
    assert hint in str(error)
    proposed = {"amount_overdue": {"column": column, **rule} if rule else column}
    assert error.mapping == proposed
    assert f'"amount_overdue": {proposed["amount_overdue"]!r}'.replace("'", '"') in str(error).replace(
        "'", '"'
    )
    in_shell = error.message(for_shell=True)
    assert ("--map amount_overdue=" in in_shell) == (not rule)


def test_months_and_calls_to_two_telephones_are_not_ignored() -> None:
    frame = pl.DataFrame(
        {"amount_overdue": [5.0], "DPD (months)": [14], "Calls home": [3], "Calls mobile": [4]}
    )
    error = refused(frame)
    assert error.mapping["days_past_due"] == {"column": "DPD (months)", "factor": 30}
    assert "'Calls home', 'Calls mobile': may be the field 'failed_calls', which is absent" in str(error)
    classes = refused(pl.DataFrame({**GOOD, "Calls band": ["a", "b"]}).drop("failed_calls"))
    assert "so say with `values` what each one means; rename the column, or pass" in str(classes)
    assert "pass a mapping that reads it, or --map failed_calls= if" in classes.message(for_shell=True)


def test_advice_keeps_the_mapping_that_is_in_use() -> None:
    frame = pl.DataFrame({**GOOD, "Anrufe": [1, 2]}).rename({"attitude": "atitude"}).drop("failed_calls")
    fields = {"failed_calls": "Anrufe"}
    plain = refused(frame, fields)
    assert 'pass columns={"failed_calls": "Anrufe", "attitude": "atitude"}, or ' in str(plain)
    mapping = cr.Mapping(fields, missing=999)
    option = 'columns=attrs.evolve(mapping, fields={**mapping.fields, "attitude": "atitude"})'
    assert f"pass {option}, or " in str(refused(frame, mapping))
    passed = eval(option.removeprefix("columns="), {"attrs": attrs, "mapping": mapping})  # noqa: S307
    assert SCORER.assess_frame(frame, columns=passed).height == 2
    gone = refused(frame.drop("amount_overdue").rename({"days_past_due": "dpd"}), mapping)
    assert "columns=attrs.evolve(mapping, fields={**mapping.fields, " in str(gone)
    assert "--map attitude=" in refused(frame, mapping).message(for_shell=True)


def test_two_columns_that_mean_one_field_are_one_problem() -> None:
    columns = {name: values for name, values in GOOD.items() if name != "failed_calls"}
    error = refused(pl.DataFrame({**columns, "calls": [6, 0], "contact_attempts": [6, 0]}))
    assert error.names == ("calls", "contact_attempts")
    assert "choose one of them, or combine them in one" in str(error)


def test_a_column_means_nothing_to_a_scorer_that_does_not_read_the_field() -> None:
    card = cr.Scorecard(base=0.0, characteristics=[cr.Flag(label="x", field="repayment_plan", if_true=1.0)])
    frame = pl.DataFrame({"repayment_plan": [True], "calls": [1], "balance": [1], "agency": ["x"]})
    assert card.assess_frame(frame).height == 1


def test_a_column_that_the_scorer_reads_is_not_taken_for_another() -> None:
    curve = cr.PiecewiseLinear(label="calls", field="calls", knots=[(0, 0.0), (9, 1.0)])
    card = SCORER.with_characteristic(curve)
    frame = pl.DataFrame({**GOOD, "calls": [1, 2]}).drop("failed_calls")
    assert card.assess_frame(frame).height == 2


class Unknown(cr.Scorer):
    """A scorer of which it is not known what it reads."""

    def visit_probability(self, borrower: Any, xp: Any) -> Any:
        return xp.logistic(borrower.amount_overdue * 0.0)


def test_any_column_that_means_a_field_counts_if_it_is_not_known_what_is_read() -> None:
    error = refused(pl.DataFrame({**GOOD, "product_type": ["x", "y"]}), scorer=Unknown())
    assert (error.names, error.field) == (("product_type",), "product")


def test_a_fit_on_columns_of_any_meaning_is_possible() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {name: rng.integers(0, 9, 60) for name in ("balance", "calls", "previous", "products")}
    )
    scorer = cr.LogisticScorer().fit(frame, rng.random(60) < 0.5)
    assert len(scorer.visit_probabilities(frame)) == 60


SPECS = {name: spec for name, spec in field_specs(cr.Borrower).items() if not spec.private}


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.name)
def test_every_slip_of_one_letter_is_found(spec: Any) -> None:
    needed = tuple(name for name, each in SPECS.items() if each.required)
    for slip in set(slips(spec.name)) - {spec.name}:
        others = tuple(name for name in SPECS if name != spec.name)
        names = ColumnNames(FrameNames((*others, slip)), cr.Borrower, needed)
        if spec.required:
            with names.collecting():
                names.find(spec.name)
        [error] = names.errors
        found = error.proposals if isinstance(error, MissingColumnError) else getattr(error, "names", ())
        assert found == (slip,)


def test_column_names_that_are_not_text_do_not_break_a_message() -> None:
    numbers = pd.DataFrame([[1, 2.0]])
    assert "The frame's columns are: 0, 1." in str(refused(numbers))
    pairs = pd.DataFrame([[1, 2.0]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", 3)]))
    assert "The frame's columns are: ('a', 'b'), ('a', 3)." in str(refused(pairs))


NUMBERED = pd.DataFrame(
    {0: GOOD["amount_overdue"], 1: GOOD["days_past_due"], 2: GOOD["attitude"], 3: [4, 0], 4: [2, None]}
)
NUMBERS: dict[str, Any] = {"amount_overdue": 0, "days_past_due": np.int64(1), "attitude": 2}


@pytest.mark.parametrize("calls", [[3, 4], {"columns": [3, 4]}, {"columns": [3, 4], "missing": -9}])
def test_the_columns_of_a_frame_without_names_are_mapped_by_their_numbers(calls: Any) -> None:
    columns = {**NUMBERS, "failed_calls": calls}
    assert SCORER.visit_probabilities(NUMBERED, columns=columns) == pytest.approx(EXPECTED)
    report = SCORER.input_report(NUMBERED, columns=columns)
    read: dict[str, Any] = {each.field: each.columns for each in report.fields}
    assert read["failed_calls"] == (3, 4)
    assert "3 + 4" in str(report)
    assert cr.Mapping(columns).to_toml().startswith("[fields]\namount_overdue = 0\ndays_past_due = 1\n")


def test_text_in_a_column_without_a_name_is_read_by_the_mapping() -> None:
    frame = NUMBERED.assign(x=1).set_axis(range(6), axis=1).astype({0: str})
    mapping = cr.Mapping({**NUMBERS, "failed_calls": [3, 4]}, decimal=".")
    assert SCORER.visit_probabilities(frame, columns=mapping) == pytest.approx(EXPECTED)


def test_errors_name_columns_by_their_numbers() -> None:
    columns = {**NUMBERS, "days_past_due": 9}
    assert str(refused(NUMBERED, columns)) == (
        "the column 9 is missing\nThe frame's columns are: 0, 1, 2, 3, 4. "
        'Rename one, or pass columns={"amount_overdue": 0, "days_past_due": "your_column", "attitude": 2}.'
    )
    assert "column 2 must be known, and a whole number" in str(
        refused(NUMBERED, {**NUMBERS, "days_past_due": 2})
    )
    error = refused(NUMBERED, {**NUMBERS, "failed_calls": [3, 0]})
    assert (
        "column '3 + 0' must be a whole number from 0 to 10,000; 1 invalid row (row 0: (4, 30000.0))"
        in str(error)
    )
    dates = NUMBERED.assign(due=pd.to_datetime(["2026-01-01"] * 2)).set_axis(range(6), axis=1)
    assert '{"column": 5, "date": "iso"}' in str(refused(dates, {**NUMBERS, "days_past_due": 5}))
    named = refused(NUMBERED.rename(columns=str), {"amount_overdue": 0, "days_past_due": "1"})
    assert "the column 0 is missing; did you mean '0'?" in str(named)


@pytest.mark.parametrize("names", [["amount_overdue", 1], [1, "amount_overdue"]])
def test_columns_with_and_without_names_are_read_and_kept(names: list[Any]) -> None:
    frame = pd.DataFrame([[5.0, 5.0]], columns=names).assign(days_past_due=[1])
    scored = SCORER.assess_frame(frame)
    assert list(scored.columns) == [*names, "days_past_due", "visit_probability", "channel"]
    report: Any = SCORER.input_report(frame)
    assert report.unused == (1,)
    assert "Columns that were not used: 1." in str(report)


def test_a_rule_of_the_mapping_is_proposed_with_its_columns_corrected() -> None:
    frame = pl.DataFrame({**GOOD, "calls_home": [1, 2], "mood": ["x", "y"]}).drop("failed_calls", "attitude")
    values = {"x": "hostile", "y": "passive"}
    rules = {
        "failed_calls": ["calls_home", "calls_mobil"],
        "attitude": {"column": "moood", "values": values},
    }
    error = refused(frame, {"failed_calls": rules["failed_calls"], "attitude": None})
    assert str(error).endswith(
        "pass columns={\"failed_calls\": ['calls_home', 'your_column'], \"attitude\": None}."
    )
    assert error.message(for_shell=True).endswith("Rename one, or correct the mapping.")
    several = refused(frame, rules)
    assert several.mapping == {
        "failed_calls": ["calls_home", "your_column"],
        "attitude": {"columns": "mood", "values": values},
    }
    assert several.message(for_shell=True).endswith("calls_home, mood.")


def test_a_column_by_which_rows_are_skipped_must_exist() -> None:
    frame = pl.DataFrame({**GOOD, "account": ["a", "Sum"]})
    for kind in (frame, frame.lazy()):
        error = refused(kind, cr.Mapping(skip={"acount": ["Sum"]}))
        assert str(error) == (
            "the column 'acount' is missing; did you mean 'account'?\nThe frame's columns are: "
            "row, amount_overdue, days_past_due, attitude, failed_calls, account. "
            "Rename one, or correct the mapping."
        )
    several = refused(frame, cr.Mapping({"product": "x", "attitude": None}, skip={"y": ["Sum"]}))
    assert several.mapping == {"product": "your_column", "attitude": None}


def test_a_required_field_is_missing_even_if_a_column_means_it() -> None:
    frame = pl.DataFrame({**GOOD, "dca": [True, False]})
    error = refused(frame, cr.Mapping(require=["placed_with_agency"]))
    assert (error.column, error.proposals) == ("placed_with_agency", ("dca",))
    assert refused(frame, cr.Mapping({"placed_with_agency": None}, require=["placed_with_agency"])).proposals


def test_an_unknown_field_of_which_nothing_is_known_is_left_out_of_the_proposed_mapping() -> None:
    error = refused(pl.DataFrame(GOOD), {"zzz": "row", "days_past_due": None})
    assert error.mapping == {"days_past_due": "your_column"}


def test_the_columns_of_a_fit_are_all_named() -> None:
    scorer = cr.LogisticScorer(characteristics=["incme", "age", "region"])
    with pytest.raises(ColumnsError, match="'incme' is missing; did you mean 'income'") as raised:
        scorer.fit(pl.DataFrame({"income": [1.0], "age": [1]}), [True])
    assert [getattr(each, "column", "") for each in raised.value.errors] == ["incme", "region"]


def test_a_report_on_a_lazy_frame_lists_all_problems_too() -> None:
    frame = pl.LazyFrame({"balance": [1.0], "late": [2]})
    with pytest.raises(ColumnsError) as raised:
        SCORER.input_report(frame)
    assert raised.value.mapping == {"amount_overdue": "balance", "days_past_due": "late"}


def test_what_a_scorer_requires_is_not_taken_for_the_users_mapping() -> None:
    class Needs(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: Any) -> Any:
            return xp.logistic(borrower.days_past_due * 0.0)

        def _formula(self) -> Any:
            return attrs.evolve(super()._formula(), requires=("failed_calls",))

    frame = pl.DataFrame({"amount_overdue": [1.0], "days_past_due": [1], "calls": [3]})
    assert str(refused(frame, None, Needs())).endswith('pass columns={"failed_calls": "calls"}.')
