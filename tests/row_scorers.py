"""Row scorers that other processes can import."""

from __future__ import annotations

import os
import time
from typing import Any

import collectrisk as cr

__all__ = ["ByDelay", "ByProcess", "Failing", "Impossible", "Slow"]


class ByDelay(cr.RowScorer):
    """A thousandth for each day."""

    n_jobs = 2
    rows_in_block = 100

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        return float(borrower.days_past_due / 1_000)


class ByProcess(ByDelay):
    """Says in which process it ran."""

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer  # noqa: ARG002
        return os.getpid() / 2**32


class Failing(ByDelay):
    """Looks something up that is not there."""

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        return {"unknown": 0.5}[borrower.attitude]


class Impossible(ByDelay):
    """Leaves the range of a probability after two hundred days."""

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        return float(borrower.days_past_due / 200)


class Slow(ByDelay):
    """Takes its time."""

    rows_in_block = 10

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        time.sleep(0.05)
        return super().visit_probability(borrower)
