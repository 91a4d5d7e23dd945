"""The door of an eager frame lends columns that stay as they are, and keeps nothing afterwards."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from frame_kinds import EAGER, Columns, FrameKind

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS: Columns = {
    "amount_overdue": [3_000.0, -1.0],
    "days_past_due": [10, None],
    "attitude": ["passive", None],
    "placed_with_agency": [True, None],
}


@pytest.fixture
def circles() -> Iterator[list[object]]:
    """Give the list in which Python collects what only a circle of references keeps alive."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield gc.garbage
    gc.set_debug(0)
    gc.enable()
    gc.garbage.clear()


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_no_circle_of_references_keeps_a_column_in_memory(kind: FrameKind, circles: list[object]) -> None:
    """Batches of a large file would pile up until Python next looks for circles."""
    cr.RuleScorer().assess_frame(kind.make(COLUMNS), invalid="null", reasons=2)
    gc.collect()
    assert [one for one in circles if type(one).__module__.startswith("collectrisk")] == []


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_a_formula_cannot_change_the_column_it_is_lent(kind: FrameKind) -> None:
    class Careless(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            amount = borrower.amount_overdue
            amount /= 1_000.0
            return xp.logistic(amount)

    frame = kind.make({"amount_overdue": [3_000.0], "days_past_due": [10]})
    with pytest.raises(cr.FormulaError, match="x = x / 2 instead of x /= 2"):
        Careless().assess_frame(frame)
    assert kind.plain(frame)["amount_overdue"] == [3_000.0]


def test_a_formula_cannot_change_the_arrays_it_is_lent() -> None:
    class Careless(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            days = borrower.days_past_due
            days += 1.0
            return xp.logistic(days)

    arrays = {"amount_overdue": np.array([1.0]), "days_past_due": np.array([2.0])}
    with pytest.raises(cr.FormulaError, match="x = x / 2 instead of x /= 2"):
        Careless().visit_probabilities(arrays)
    assert arrays["days_past_due"].tolist() == [2.0]


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_a_text_that_is_absent_is_not_an_empty_text(kind: FrameKind) -> None:
    curve = cr.Levels(label="region", field="region", levels={"": 1.0}, otherwise=2.0, if_missing=3.0)
    card = cr.Scorecard(base=0, characteristics=[curve])
    columns: Columns = {"amount_overdue": [1.0] * 3, "days_past_due": [1] * 3, "region": ["", None, "north"]}
    expected = [cr.SCALAR.logistic(points) for points in (1.0, 3.0, 2.0)]
    found = kind.plain(card.assess_frame(kind.make(columns)))["visit_probability"]
    assert found == pytest.approx(expected, abs=1e-12)
