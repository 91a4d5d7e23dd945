"""What a result rests on: absent fields, defaults, unused columns."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from frame_kinds import EAGER, LAZY, FrameKind

import collectrisk as cr
from collectrisk.input_report import FieldInput, InputReport

SCORER = cr.RuleScorer()
COLUMNS: dict[str, list[Any]] = {
    "account": ["A", "B", "C", "D"],
    "amount_overdue": [100.0, 200.0, 300.0, 400.0],
    "days_past_due": [1, 2, 3, 4],
    "failed_calls": [None, 2, None, 4],
    "attitude": ["passive", None, "evasive", "hostile"],
    "placed_with_agency": [True, None, None, None],
}


def by_field(report: InputReport) -> dict[str, FieldInput]:
    return {each.field: each for each in report.fields}


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_a_report_counts_the_values_that_became_defaults(kind: FrameKind) -> None:
    report = SCORER.input_report(kind.make(COLUMNS))
    assert report.defaulted == {"attitude": 1, "failed_calls": 2, "placed_with_agency": 3}
    assert report.rows == 4


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_a_report_names_absent_fields_and_unused_columns(kind: FrameKind) -> None:
    report = SCORER.input_report(kind.make(COLUMNS))
    assert report.absent == {"failed_messages": 0, "broken_promises": 0, "repayment_plan": False}
    assert report.unused == ("account",)


@pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)
def test_the_report_on_a_lazy_frame_knows_the_columns_and_not_the_values(kind: FrameKind) -> None:
    report = SCORER.input_report(kind.make(COLUMNS))
    assert (report.rows, report.unused, report.defaulted) == (None, ("account",), {})
    assert report.absent == {"failed_messages": 0, "broken_promises": 0, "repayment_plan": False}


def test_the_report_counts_what_the_result_rests_on() -> None:
    """A field counts as its default where the mapping says that a code means "not known"."""
    mapping = cr.Mapping({"failed_calls": ["home", "mobile"]}, missing=-999, skip={"account": ["D"]})
    frame = pl.DataFrame(COLUMNS).with_columns(
        home=pl.Series([1, -999, -999, 2]), mobile=pl.Series([2, 1, -999, 3])
    )
    report = SCORER.input_report(frame.drop("failed_calls"), columns=mapping)
    assert by_field(report)["failed_calls"] == FieldInput(
        "failed_calls", ("home", "mobile"), default=0, defaulted=2
    )
    assert (report.rows, report.skipped) == (3, 1)


def test_a_row_of_a_sum_counts_once_however_many_parts_are_missing() -> None:
    mapping = cr.Mapping({"failed_calls": ["a", "b", "c"]})
    frame = pl.DataFrame(
        {
            "amount_overdue": [1.0] * 4,
            "days_past_due": [1] * 4,
            "a": [None, None, None, 1],
            "b": [2, None, 1, 1],
            "c": [None, None, 1, 1],
        }
    )
    report = SCORER.input_report(frame, columns=mapping)
    assert by_field(report)["failed_calls"].defaulted == 3
    note = "Default where the value, or a column that is added to it, is missing: failed_calls = 0 in 3 of 4"
    assert note in " ".join(report.notes())
    assert "In a sum, a column that is missing counts as the default; the others are added." in str(report)


def test_a_required_field_has_no_default() -> None:
    frame = pl.DataFrame(COLUMNS).drop("failed_calls")
    mapping = cr.Mapping(require=["attitude"])
    fields = by_field(SCORER.input_report(frame, columns=mapping))
    assert fields["attitude"].required
    assert fields["amount_overdue"] == FieldInput(
        "amount_overdue", ("amount_overdue",), required=True, defaulted=0
    )


def test_a_scorer_of_ones_own_may_read_every_field() -> None:
    """So every absent field is reported; of the rules, only those that they read."""

    class Own(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002
            return 0.5

    frame = pl.DataFrame(COLUMNS)
    assert "product" in Own().input_report(frame).absent
    assert "product" not in SCORER.input_report(frame).absent


def test_a_column_that_only_the_card_reads_is_used() -> None:
    income = cr.PiecewiseLinear(label="income", field="income", knots=[(0, 0.5), (10_000, -1)])
    frame = pl.DataFrame(COLUMNS).with_columns(income=1_000.0)
    report = SCORER.with_characteristic(income).input_report(frame)
    assert by_field(report)["income"].columns == ("income",)
    assert report.unused == ("account",)


def test_invalid_rows_do_not_prevent_a_report() -> None:
    frame = pl.DataFrame(COLUMNS).with_columns(amount_overdue=pl.lit(-1.0))
    assert SCORER.input_report(frame).rows == 4


def test_the_report_of_two_parts_adds_up() -> None:
    frame = pl.DataFrame(COLUMNS)
    parts = [SCORER.input_report(frame[:1]), SCORER.input_report(frame[1:])]
    assert parts[0].plus(parts[1]) == SCORER.input_report(frame)


STATES = cr.Scorecard(
    base=0.0,
    characteristics=[
        cr.Levels(label="state", field="state", levels={"PR": 0.5, "SP": 0.1}, if_missing=0.0),
        cr.Levels(label="code", field="code", levels={"1": 0.5}),
        cr.Surface(
            label="two",
            x=cr.LevelAxis("state", ["BA"]),
            y=cr.NumberAxis("amount_overdue", [0, 1]),
            grid=[[0.0, 1.0]],
            if_missing=0.0,
        ),
        cr.Levels(label="attitude", field="attitude", levels={"hostile": 1.0}),
    ],
)
UNLISTED: dict[str, list[Any]] = {
    "amount_overdue": [1.0] * 6,
    "state": ["PR", "BA", "pr ", None, "XX", "pr "],
    "code": [1, 2, 3, 4, 5, 5],
    "attitude": ["passive"] * 6,
}


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_a_report_counts_the_values_that_the_card_does_not_list(kind: FrameKind) -> None:
    """A level of any characteristic is listed, and a value of an enum is valid in any case."""
    report = STATES.input_report(kind.make(UNLISTED))
    found = by_field(report)
    assert (found["state"].unlisted, found["state"].unlisted_values) == (3, ("pr ", "XX"))
    assert (found["code"].unlisted, found["code"].unlisted_values) == (5, ("5", "2", "3"))
    assert found["attitude"].unlisted is found["amount_overdue"].unlisted is None
    note = (
        "Values that the card does not list, which count as any other: state in 3 of 6 rows (50.0%), such as "
        "'pr ', 'XX'; code in 5 of 6 rows (83.3%), such as '5', '2', '3'."
    )
    assert report.unlisted == {"state": 3, "code": 5}
    assert note in report.notes()
    assert note in str(report)


def test_a_report_on_listed_values_or_a_lazy_frame_counts_none() -> None:
    frame = pl.DataFrame(UNLISTED)
    assert by_field(STATES.input_report(frame.lazy()))["state"].unlisted is None
    listed = STATES.input_report(frame[:1])
    assert (by_field(listed)["state"].unlisted, by_field(listed)["state"].unlisted_values) == (0, ())
    assert "does not list" not in str(listed)
    assert listed.unlisted == {}
    both = STATES.input_report(frame[:3]).plus(STATES.input_report(frame[3:]))
    assert (by_field(both)["state"].unlisted, by_field(both)["state"].unlisted_values) == (3, ("pr ", "XX"))
    assert by_field(both)["code"].unlisted_values == ("2", "3", "5")


def test_a_report_converts_to_json() -> None:
    report = SCORER.input_report(pl.DataFrame(COLUMNS).drop("attitude"))
    found = json.loads(json.dumps(report.to_dict()))
    assert found["unused"] == ["account"]
    assert found["fields"][2] == {
        "field": "attitude",
        "columns": [],
        "required": False,
        "default": "unknown",
        "defaulted": 4,
        "hint": "",
        "unlisted": None,
        "unlisted_values": [],
    }


def test_the_notes_say_what_to_know_about_the_result() -> None:
    assert SCORER.input_report(pl.DataFrame(COLUMNS)).notes() == [
        "Default for every account, because the field is not in the data: failed_messages = 0, "
        "broken_promises = 0, repayment_plan = no.",
        "Default where the value is missing: attitude = unknown in 1 of 4 rows (25.0%), failed_calls = 0 "
        "in 2 of 4 rows (50.0%), placed_with_agency = no in 3 of 4 rows (75.0%).",
        "Columns that were not used: 'account'.",
    ]


def test_there_are_no_notes_on_complete_data() -> None:
    accounts = cr.simulate_portfolio(100, seed=1, backend="polars")
    assert cr.RuleScorer().input_report(accounts.drop("product")).notes() == []


def test_a_report_is_a_table_as_text_and_as_html() -> None:
    mapping = cr.Mapping({"failed_calls": ["failed_calls"]}, skip={"account": ["D"]})
    report = SCORER.input_report(pl.DataFrame(COLUMNS), columns=mapping)
    assert str(report).splitlines()[:8] == [
        "where the values come from: 3 accounts, 1 row skipped",
        "--------------------------------------------------------------",
        "field               read from           missing           then",
        "--------------------------------------------------------------",
        "amount_overdue      amount_overdue            0  must be known",
        "days_past_due       days_past_due             0  must be known",
        "attitude            attitude                  1        unknown",
        "failed_messages     not in the data           3              0",
    ]
    assert report.to_html().count("<tr") == 1 + len(report.fields)


def test_a_value_may_stay_missing() -> None:
    income = cr.PiecewiseLinear(label="income", field="income", knots=[(0, 0.5), (9, -1)], if_missing=0.1)
    frame = pl.DataFrame(COLUMNS).with_columns(income=pl.Series([1.0, None, 3.0, None]))
    report = cr.Scorecard(base=0, characteristics=[income]).input_report(frame)
    assert by_field(report)["income"].defaulted == 2
    assert "stays missing" in str(report)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("Rückstand (TEUR)", True),
        ({"column": "Rückstand (TEUR)", "factor": 1_000}, False),
        ({"column": "Rückstand (TEUR)", "values": {5: 5_000}}, False),
        (["Rückstand (TEUR)", "more"], False),
    ],
)
def test_a_unit_in_a_name_that_the_mapping_does_not_use_is_reported(rule: Any, says: bool) -> None:  # noqa: FBT001  # a parameter of the test
    frame = pl.DataFrame({"Rückstand (TEUR)": [5], "more": [0], "days_past_due": [1]})
    report = SCORER.input_report(frame, columns={"amount_overdue": rule})
    note = (
        "'Rückstand (TEUR)' is read as amount_overdue without a change; by its name, its unit is 1000: "
        "a mapping reads it with factor = 1000."
    )
    assert (note in report.notes()) == says
    assert (note in str(report)) == says
