"""One row of a frame, assessed by a scorecard that reads columns of any name."""

from __future__ import annotations

import copy
import json
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import collectrisk as cr
from collectrisk.errors import ArgumentError, CollectRiskError, InvalidRowsError

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 200
RANDOM = np.random.default_rng(0)
FRAME = pl.DataFrame(
    {
        "account": [f"A-{row}" for row in range(ROWS)],
        "credit limit": pl.Series(RANDOM.uniform(1e3, 1e5, ROWS)).scatter([3, 5], None),
        "州": pl.Series(RANDOM.choice(["PR", "SP"], ROWS)).scatter([4, 5], None),
        "is_owner": RANDOM.random(ROWS) < 0.5,
        "code": RANDOM.integers(1, 4, ROWS),
        "days_past_due": RANDOM.integers(0, 300, ROWS),
    }
)
CODE = cr.Levels(label="code", field="code", levels={}, if_missing=0)
COLUMNS: list[Any] = ["credit limit", "州", "is_owner", CODE, "days_past_due"]
FITTED = cr.LogisticScorer(characteristics=COLUMNS, knots=4).fit(FRAME, RANDOM.random(ROWS) < 0.4)

ROW_OF: dict[str, Callable[[int], Any]] = {
    "dict": lambda row: FRAME.row(row, named=True),
    "pandas Series": lambda row: FRAME.to_pandas().iloc[row],
    "Series of Arrow types": lambda row: FRAME.to_pandas().convert_dtypes(dtype_backend="pyarrow").iloc[row],
    "NumPy values": lambda row: {name: np.asarray(FRAME[name])[row] for name in FRAME.columns},
}


@pytest.mark.parametrize("row_of", ROW_OF.values(), ids=ROW_OF)
def test_a_row_is_assessed_as_in_its_frame(row_of: Callable[[int], Any]) -> None:
    """With missing values, columns of any name, and columns that the card does not read."""
    scored = FITTED.assess_frame(FRAME, points=True, interval=True)
    for row in range(8):
        assessment, expected = FITTED.assess(row_of(row)), scored.row(row, named=True)
        low, high = assessment.interval or (0.0, 0.0)
        ends = expected["visit_probability_low"], expected["visit_probability_high"]
        found = {"visit_probability": assessment.visit_probability, "low": low, "high": high}
        assert found == pytest.approx(
            {"visit_probability": expected["visit_probability"], "low": ends[0], "high": ends[1]}, abs=1e-12
        )
        points = {f"points_{reason.label}": reason.points for reason in assessment.reasons}
        assert points == pytest.approx({name: expected[name] for name in points})
        assert assessment.channel.value == expected["channel"]


def test_the_reasons_state_the_values_of_the_row() -> None:
    text = FITTED.assess(FRAME.row(5, named=True)).explain()
    assert 'The field "credit limit" is not known' in text
    assert "The account is 1 day past due" in [
        reason.fact() for reason in FITTED.assess({**FRAME.row(0, named=True), "days_past_due": 1}).reasons
    ]


def test_the_record_of_the_row_is_plain_data_that_can_be_copied() -> None:
    assessment = FITTED.assess(FRAME.row(5, named=True))
    record = assessment.borrower
    assert json.loads(json.dumps(assessment.to_dict()))["borrower"] == {
        "code": str(FRAME["code"][5]),
        "credit limit": None,
        "州": None,
        "is_owner": FRAME["is_owner"][5],
        "days_past_due": FRAME["days_past_due"][5],
    }
    for same in (copy.deepcopy(assessment), pickle.loads(pickle.dumps(assessment))):  # noqa: S301  # our own
        assert same == assessment
        assert hash(same.borrower) == hash(record)
    assert FITTED.assess(FRAME.row(6, named=True)).borrower != record
    with pytest.raises(AttributeError, match="the row has no field 'account'"):
        record.account  # type: ignore[attr-defined]  # noqa: B018  # it is not read


def test_a_row_is_read_through_the_mapping_of_the_card() -> None:
    """A value in another format is converted, and the row is an account even if it would be skipped."""
    mapping = cr.Mapping(
        {"amount_overdue": "Betrag", "days_past_due": "Tage"},
        decimal=",",
        thousands=".",
        skip={"art": ["Summe"]},
    )
    card = cr.RuleScorer().card.with_columns(mapping)
    row = {"Betrag": "12.500,50", "Tage": "95", "art": "Summe"}
    expected = card.assess(cr.Borrower(amount_overdue=12_500.5, days_past_due=95))
    assert card.assess(row).visit_probability == expected.visit_probability
    assert "The overdue amount is 12,500.50" in str(card.assess(row))


@pytest.mark.parametrize("other", [FRAME[:1], FRAME[:1].to_pandas(), None, 5, "A-1", [1.0], np.ones(3)])
def test_something_other_than_a_row_is_refused(other: Any) -> None:
    why = "borrower must be a Borrower, not .* a scorecard also takes a row as a dict"
    with pytest.raises(ArgumentError, match=why):
        FITTED.assess(other)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"is_owner": "maybe"}, "column 'is_owner' must be known, and true or false"),
        ({"credit limit": "much"}, "column 'credit limit' must be a finite number"),
        ({"days_past_due": -1}, r"must be known, and a whole number .*row 0: -1"),
        ({"is_owner": None}, "is_owner"),
    ],
)
def test_an_invalid_value_is_an_error_as_in_a_frame(change: dict[str, Any], why: str) -> None:
    with pytest.raises(CollectRiskError, match=why):
        FITTED.assess({**FRAME.row(0, named=True), **change})


def test_a_column_that_the_card_reads_must_be_in_the_row() -> None:
    row = FRAME.row(0, named=True)
    del row["code"]
    with pytest.raises(CollectRiskError, match="the column 'code' is missing"):
        FITTED.assess(row)
    row = {"amount_overdue": 100.0, "days_past_due": 5, "atitude": "hostile"}
    with pytest.raises(CollectRiskError, match="'atitude': looks like the field 'attitude'"):
        cr.RuleScorer().assess(row)
    with pytest.raises(InvalidRowsError, match="days_past_due"):
        cr.RuleScorer().assess({"amount_overdue": 100.0, "days_past_due": 2.5})


def test_questions_about_changes_need_a_borrower() -> None:
    row: dict[str, Any] = {"amount_overdue": 30_000.0, "days_past_due": 500}
    rules: Any = cr.RuleScorer()
    assert rules.assess(row).visit_probability == rules.assess(cr.Borrower(**row)).visit_probability
    with pytest.raises(ArgumentError, match="borrower must be a Borrower, not a dict"):
        rules.ways_down(row)
    with pytest.raises(ArgumentError, match="borrower must be a Borrower, not a dict"):
        rules.what_if(row, repayment_plan=True)


def test_only_scorecards_read_rows() -> None:
    class Half(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # a constant
            return 0.5

    with pytest.raises(ArgumentError, match="borrower must be a Borrower, not a dict"):
        Half().assess({"amount_overdue": 100.0, "days_past_due": 5})  # type: ignore[arg-type]


def test_a_series_of_pandas_is_a_row_and_not_a_column_of_one() -> None:
    """Its keys are the columns; an index of numbers has none of them."""
    with pytest.raises(CollectRiskError, match="missing"):
        FITTED.assess(pd.Series([1.0, 2.0]))  # type: ignore[arg-type]
