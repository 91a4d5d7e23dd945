"""A scorer in free Python: one borrower at a time, many at once on a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collectrisk import frames
from collectrisk.borrower import Borrower
from collectrisk.plan import RunPlan
from collectrisk.scorer import Scorer

if TYPE_CHECKING:
    from collectrisk.namespace import Namespace

__all__ = ["RowScorer"]


class RowScorer(Scorer):
    """The base of a scorer that is written in free Python: ``if``, dictionaries, any library.

    Write ``visit_probability(self, borrower)``. An eager frame goes row by row, in parallel
    processes through joblib, in order; a row that fails is named, and there is no half result.
    A lazy frame cannot be scored this way. Where the formula can be written with ``xp``, a
    `Scorer` is some hundred times as fast.

    Attributes
    ----------
    n_jobs : int, default -1
        How many processes share a frame, in joblib's way: -1 is one a core, 1 is none.
    progress : bool, default False
        Whether a frame shows a progress bar on standard error (extra ``cli``).
    rows_in_block : int, default 1024
        How many rows a process gets at a time; a frame of fewer rows starts no process.

    Examples
    --------
    >>> import collectrisk as cr
    >>> class Patience(cr.RowScorer):
    ...     days = {"cooperative": 400, "hostile": 100}
    ...
    ...     def visit_probability(self, borrower):
    ...         if borrower.repayment_plan:
    ...             return 0.0
    ...         return min(borrower.days_past_due / self.days.get(borrower.attitude, 200) / 10, 1.0)
    >>> Patience().assess(cr.Borrower(amount_overdue=900, days_past_due=200)).visit_probability
    0.1
    """

    n_jobs: int = -1
    progress: bool = False
    rows_in_block: int = 1024

    @property
    def run_plan(self) -> RunPlan:
        """How to go through a frame: in rows, shared among processes."""
        return RunPlan(
            in_columns=False, rows_in_block=self.rows_in_block, n_jobs=self.n_jobs, progress=self.progress
        )

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # one borrower needs no xp
        """Return the probability that the account goes on to an in-person visit.

        Parameters
        ----------
        borrower : Borrower
            The borrower, always valid.
        """
        raise NotImplementedError(f"{type(self).__name__} must define visit_probability(self, borrower)")

    def evaluate(self, record: Any, xp: Namespace) -> Any:  # noqa: ARG002  # free Python needs no xp
        """Return the probability of one borrower, or of each row of a block."""
        if isinstance(record, Borrower):
            return self.visit_probability(record)
        return frames.row_by_row(self, record)
