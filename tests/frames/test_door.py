"""The door of an eager frame keeps nothing once the frame has been scored."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

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
