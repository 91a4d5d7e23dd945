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


class InPlace(cr.Scorer):
    """Adds to a value that another name refers to as well."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        days = before = borrower.days_past_due
        days /= 2.0
        late = early = days > 4.0
        late += before > 0
        late -= 0.5
        early &= before > 99
        before *= 1.0
        return xp.logistic(days - before + late * xp.where(early, 0.0, 1.0))


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_an_assignment_with_an_operator_changes_no_column_and_no_other_name(kind: FrameKind) -> None:
    frame = kind.make({"amount_overdue": [3_000.0], "days_past_due": [10]})
    expected = InPlace().assess(cr.Borrower(amount_overdue=3_000, days_past_due=10)).visit_probability
    assert expected == SCALAR.logistic(5.0 - 10.0 + 1.5)
    assert kind.plain(InPlace().assess_frame(frame))["visit_probability"] == [expected]
    assert kind.plain(frame)["days_past_due"] == [10]


def test_an_assignment_with_an_operator_changes_no_array() -> None:
    arrays = {"amount_overdue": np.array([1.0]), "days_past_due": np.array([10.0])}
    assert InPlace().visit_probabilities(arrays)[0] == SCALAR.logistic(-3.5)
    assert arrays["days_past_due"].tolist() == [10.0]


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_a_formula_cannot_write_to_a_column(kind: FrameKind) -> None:
    class Writes(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            borrower.amount_overdue[:] = 0.0
            return xp.logistic(borrower.amount_overdue)

    frame = kind.make({"amount_overdue": [3_000.0], "days_past_due": [10]})
    with pytest.raises(FormulaError, match="read-only"):
        Writes().assess_frame(frame)
    assert kind.plain(frame)["amount_overdue"] == [3_000.0]


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_missing_text_is_not_empty_text(kind: FrameKind) -> None:
    curve = cr.Levels(label="region", field="region", levels={"": 1.0}, otherwise=2.0, if_missing=3.0)
    card = cr.Scorecard(base=0, characteristics=[curve])
    columns: Columns = {"amount_overdue": [1.0] * 3, "days_past_due": [1] * 3, "region": ["", None, "north"]}
    expected = [SCALAR.logistic(points) for points in (1.0, 3.0, 2.0)]
    found = kind.plain(card.assess_frame(kind.make(columns)))["visit_probability"]
    assert found == pytest.approx(expected, abs=1e-12)
