"""A scorer in free Python on one process and on two."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import collectrisk as cr
from benchmarks.measure import Line, interleaved, timed
from benchmarks.setting import Setting, portfolio

if TYPE_CHECKING:
    from collections.abc import Iterator

WORK = 100e-6
"""Seconds of work a row."""


class Laborious(cr.RowScorer):
    """Does a fixed amount of work for each row, not a fixed time: two that share a core take longer."""

    def __init__(self, steps: int, n_jobs: int) -> None:
        self.steps = steps
        self.n_jobs = n_jobs

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        total = math.fsum(math.sqrt(step + borrower.days_past_due) for step in range(self.steps))
        return 1 / (1 + total)


def _steps() -> int:
    """Return how many steps take about as long as a row should."""
    borrower = cr.Borrower(amount_overdue=0, days_past_due=10)
    scorer = Laborious(steps=1_000, n_jobs=1)
    best = min(_seconds(scorer, borrower) for _ in range(50))
    return round(1_000 * WORK / best)


def _seconds(scorer: Laborious, borrower: cr.Borrower) -> float:
    start = time.perf_counter()
    scorer.visit_probability(borrower)
    return time.perf_counter() - start


def two_processes(setting: Setting) -> Iterator[Line]:
    """Compare two processes with one, on a tenth of the rows at 100 microseconds each."""
    frame = portfolio(setting.rows // 10, "polars")
    steps = _steps()
    one, two = Laborious(steps, n_jobs=1), Laborious(steps, n_jobs=2)
    sides = {
        "two processes": timed(lambda: two.visit_probabilities(frame)),
        "one process": timed(lambda: one.visit_probabilities(frame)),
    }
    times = interleaved(sides, min(setting.repeats, 3))
    yield Line.of_speed(f"RowScorer, {len(frame):,} rows", times, "two processes", "one process", 1.6)
