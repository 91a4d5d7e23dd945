"""Row scorers that other processes can import."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import collectrisk as cr

__all__ = ["ByDelay", "ByProcess", "Ending", "Failing", "Locked", "Slow", "TooLarge"]


class ByDelay(cr.RowScorer):
    """A thousandth per day past due."""

    n_jobs = 2
    block_rows = 100

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        return float(borrower.days_past_due / 1_000)


class ByProcess(ByDelay):
    """Returns a number that identifies the process."""

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer  # noqa: ARG002
        return os.getpid() / 2**32


class Ending(ByDelay):
    """Ends the process."""

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        if borrower.days_past_due == 150:
            os._exit(1)
        return super().visit_probability(borrower)


class Locked(ByDelay):
    """Holds a lock, which cannot be sent to another process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


class Failing(ByDelay):
    """Looks up a key that does not exist."""

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        return {"unknown": 0.5}[borrower.attitude]


class TooLarge(ByDelay):
    """Returns values above 1 after two hundred days."""

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        return float(borrower.days_past_due / 200)


class Slow(ByDelay):
    """Takes a twentieth of a second per row."""

    block_rows = 10

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
        time.sleep(0.05)
        return super().visit_probability(borrower)
