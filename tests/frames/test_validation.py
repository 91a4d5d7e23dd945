"""Columns are read-only for formulas, and released after scoring."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from frame_kinds import EAGER, Columns, FrameKind

import collectrisk as cr
from collectrisk._namespaces.scalar import SCALAR
from collectrisk.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS: Columns = {
    "amount_overdue": [3_000.0, -1.0],
    "days_past_due": [10, None],
    "attitude": ["passive", None],
    "placed_with_agency": [True, None],
}


@pytest.fixture
def cyclic_garbage() -> Iterator[list[object]]:
    """Return the list in which Python collects objects that only a reference cycle keeps alive."""
    gc.disable()
    gc.freeze()  # the objects that exist before the test, which are slow to go through
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield gc.garbage
    gc.set_debug(0)
    gc.unfreeze()
    gc.enable()
    gc.garbage.clear()


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_no_reference_cycle_keeps_a_column_in_memory(kind: FrameKind, cyclic_garbage: list[object]) -> None:
    """The batches of a large file would stay in memory until the next garbage collection."""
    cr.RuleScorer().assess_frame(kind.make(COLUMNS), invalid="null", reasons=2)
    gc.collect()
    assert [each for each in cyclic_garbage if type(each).__module__.startswith("collectrisk")] == []


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_a_formula_cannot_change_a_column(kind: FrameKind) -> None:
    class InPlace(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            amount = borrower.amount_overdue
            amount /= 1_000.0
            return xp.logistic(amount)

    frame = kind.make({"amount_overdue": [3_000.0], "days_past_due": [10]})
    with pytest.raises(FormulaError, match="x = x / 2 instead of x /= 2"):
        InPlace().assess_frame(frame)
    assert kind.plain(frame)["amount_overdue"] == [3_000.0]


def test_a_formula_cannot_change_an_array() -> None:
    class InPlace(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            days = borrower.days_past_due
            days += 1.0
            return xp.logistic(days)

    arrays = {"amount_overdue": np.array([1.0]), "days_past_due": np.array([2.0])}
    with pytest.raises(FormulaError, match="x = x / 2 instead of x /= 2"):
        InPlace().visit_probabilities(arrays)
    assert arrays["days_past_due"].tolist() == [2.0]


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_missing_text_is_not_empty_text(kind: FrameKind) -> None:
    curve = cr.Levels(label="region", field="region", levels={"": 1.0}, otherwise=2.0, if_missing=3.0)
    card = cr.Scorecard(base=0, characteristics=[curve])
    columns: Columns = {"amount_overdue": [1.0] * 3, "days_past_due": [1] * 3, "region": ["", None, "north"]}
    expected = [SCALAR.logistic(points) for points in (1.0, 3.0, 2.0)]
    found = kind.plain(card.assess_frame(kind.make(columns)))["visit_probability"]
    assert found == pytest.approx(expected, abs=1e-12)
