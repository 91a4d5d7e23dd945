"""Which column contains which field: mapping, misspellings, and clashing names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from frame_kinds import EAGER, KINDS, FrameKind

import collectrisk as cr
from collectrisk.errors import ColumnNameError, MissingColumnError

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
