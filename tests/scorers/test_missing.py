"""A column that is not a field of the borrower may have missing values, with points of their own."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import collectrisk as cr
from collectrisk._files.card_data import data_from_card
from collectrisk._files.card_format import card_from_data
from collectrisk.errors import (
    ColumnTypeError,
    FormulaError,
    InvalidBorrowerError,
    InvalidCardError,
    InvalidRowsError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CARD = cr.Scorecard(
    base=-1.0,
    characteristics=[
        cr.PiecewiseLinear(label="limit", field="limit", knots=[(0, 0.0), (10, 1.0)], if_missing=0.25),
        cr.Bands(label="age of account", field="months", bands=[(0, 0.0), (12, 0.5)], if_missing=-0.5),
        cr.Levels(label="branch", field="branch", levels={"north": 1.0}, otherwise=0.1, if_missing=-2.0),
    ],
)
COLUMNS: dict[str, list[Any]] = {
    "limit": [0.0, 5.0, None, None],
    "months": [1, None, 24, None],
    "branch": ["north", "south", None, None],
}
LOG_ODDS = [-1 + 0 + 0 + 1, -1 + 0.5 - 0.5 + 0.1, -1 + 0.25 + 0.5 - 2, -1 + 0.25 - 0.5 - 2]
EXPECTED = [1 / (1 + math.exp(-each)) for each in LOG_ODDS]

FRAMES: dict[str, Callable[[], Any]] = {
    "pandas": lambda: pd.DataFrame(COLUMNS),
    "polars": lambda: pl.DataFrame(COLUMNS),
    "pyarrow": lambda: pa.table(COLUMNS),
    "polars lazy": lambda: pl.LazyFrame(COLUMNS),
}


@attrs.frozen(kw_only=True)
class Detailed(cr.Borrower):
    """A borrower whose further fields may be unknown."""

    limit: float | None = None
    months: float | None = None
    branch: str | None = None


def probabilities(scored: Any) -> list[float | None]:
    frame = scored.collect() if isinstance(scored, pl.LazyFrame) else scored
    return list(map(float, frame["visit_probability"].to_numpy()))


@pytest.mark.parametrize("kind", FRAMES)
def test_missing_values_get_their_own_points_on_every_frame(kind: str) -> None:
    assert probabilities(CARD.assess_frame(FRAMES[kind]())) == pytest.approx(EXPECTED, abs=1e-15)


def test_a_borrowers_missing_values_get_the_same_points() -> None:
    rows = zip(*COLUMNS.values(), strict=True)
    one_by_one = [
        CARD.assess(Detailed(amount_overdue=0, days_past_due=0, limit=limit, months=months, branch=branch))
        for limit, months, branch in rows
    ]
    assert [each.visit_probability for each in one_by_one] == pytest.approx(EXPECTED, abs=1e-15)


def test_a_column_with_no_value_at_all_is_missing_throughout() -> None:
    frame = pd.DataFrame({"limit": [None, None], "months": [None, None], "branch": [None, None]})
    assert probabilities(CARD.assess_frame(frame)) == pytest.approx([EXPECTED[3]] * 2)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_an_infinite_value_is_not_a_missing_one(make: Any) -> None:
    frame = make({**COLUMNS, "limit": [0.0, math.inf, None, None]})
    with pytest.raises(InvalidRowsError, match="'limit' must be a finite number; 1 invalid row"):
        CARD.assess_frame(frame)


def test_an_infinite_value_gets_no_score_on_a_lazy_frame() -> None:
    lazy = pl.LazyFrame({**COLUMNS, "limit": [0.0, math.inf, math.nan, None]})
    found = CARD.assess_frame(lazy).collect()["visit_probability"].to_list()
    assert [value is None for value in found] == [False, True, False, False]
    assert found[2:] == pytest.approx(EXPECTED[2:])


def test_without_points_for_it_a_missing_value_is_an_error() -> None:
    strict = CARD.with_characteristic(
        cr.PiecewiseLinear(label="again", field="limit", knots=[(0, 0.0), (10, 1.0)])
    )
    with pytest.raises(InvalidRowsError, match="'limit' must be known, and a finite number; 2 invalid rows"):
        strict.assess_frame(pl.DataFrame(COLUMNS))


def test_numbers_as_text_are_refused_in_any_column() -> None:
    with pytest.raises(ColumnTypeError, match="'limit' must be a finite number"):
        CARD.assess_frame(pl.DataFrame({**COLUMNS, "limit": ["0", "5", None, None]}))


def test_arrays_take_nan_for_missing() -> None:
    data = {
        "limit": np.array([0.0, np.nan]),
        "months": np.array([1.0, np.nan]),
        "branch": np.array(["north", None], dtype=object),
    }
    assert CARD.visit_probabilities(data) == pytest.approx([EXPECTED[0], EXPECTED[3]])


def test_the_points_of_a_missing_value_count_for_the_range() -> None:
    assert CARD.characteristics[2].range == (-2.0, 1.0)


def test_scaling_scales_the_points_of_a_missing_value() -> None:
    halves = [part.scaled(0.5) for part in CARD.characteristics]
    assert [half.if_missing for half in halves if not isinstance(half, cr.Flag)] == [0.125, -0.25, -1.0]  # type: ignore[attr-defined]


def test_points_of_a_missing_value_must_be_finite() -> None:
    with pytest.raises(
        InvalidCardError, match="x: if_missing must be a number from -1,000 to 1,000, not inf"
    ):
        cr.Levels(label="x", field="x", levels={}, if_missing=math.inf)


def test_a_card_keeps_the_points_of_missing_values_as_data() -> None:
    data = data_from_card(CARD)
    assert [part["if_missing"] for part in data["characteristics"]] == [0.25, -0.5, -2.0]
    assert card_from_data(json.loads(json.dumps(data))) == CARD
    assert "if_missing" not in data_from_card(cr.RuleScorer().card)["characteristics"][0]


UNANSWERED: dict[str, tuple[cr.Characteristic, str]] = {
    "levels": (cr.Levels(label="x", field="branch", levels={"north": -2}, otherwise=3), "set if_missing"),
    "codes": (cr.Levels(label="x", field="months", levels={"1": -2}, otherwise=3), "set if_missing"),
    "bands": (cr.Bands(label="x", field="months", bands=[(0, 1.0), (9, 2.0)]), "set if_missing"),
    "gate": (cr.Gate(label="x", conditions=[cr.AtLeast("limit", 5)], if_shut=-3), "for a missing value"),
    "gate of a sum": (
        cr.Gate(
            label="x",
            conditions=[cr.AtLeast("days_past_due", 5), cr.AtLeast(("limit", "months"), 5)],
            if_shut=-3,
        ),
        "for a missing value",
    ),
}
"""Characteristics without points for a missing value."""


@pytest.mark.parametrize("name", UNANSWERED)
@pytest.mark.parametrize("borrower_type", [cr.Borrower, Detailed])
def test_a_missing_value_without_points_is_refused_on_every_path(name: str, borrower_type: type) -> None:
    characteristic, hint = UNANSWERED[name]

    class Card(cr.Scorecard):
        pass

    Card.borrower_type = borrower_type
    card = Card(base=0.0, characteristics=[characteristic])
    with pytest.raises(InvalidBorrowerError, match=f"must be known, not .*{hint}$"):
        card.assess(Detailed(amount_overdue=1, days_past_due=1))
    frame = pl.DataFrame(
        [{"amount_overdue": 1.0, "days_past_due": 1, "limit": None, "months": None, "branch": None}],
        schema_overrides={"limit": pl.Float64, "months": pl.Float64, "branch": pl.String},
    )
    with pytest.raises((InvalidRowsError, FormulaError), match=r"must be known|returned nan"):
        card.assess_frame(frame)
    assert card.assess_frame(frame.lazy()).collect()["visit_probability"].to_list() == [None]


def test_a_shut_gate_with_known_values_is_scored() -> None:
    gate, _ = UNANSWERED["gate of a sum"]
    borrower = Detailed(amount_overdue=1, days_past_due=1, limit=9.0, months=1)
    assert cr.Scorecard(base=0.0, characteristics=[gate]).assess(borrower).log_odds == -3.0


def test_points_that_are_missing_though_no_field_is_are_not_a_probability() -> None:
    @attrs.frozen(kw_only=True)
    class Broken(cr.Characteristic):
        @property
        def fields(self) -> tuple[str, ...]:
            return ("days_past_due",)

        def points(self, record: Any, xp: Any = None) -> float:  # noqa: ARG002  # as in Characteristic
            return math.nan

    card = cr.Scorecard(base=0.0, characteristics=[Broken(label="broken")])
    with pytest.raises(FormulaError, match=r"Scorecard\.visit_probability: returned nan"):
        card.assess(cr.Borrower(amount_overdue=1, days_past_due=1))
