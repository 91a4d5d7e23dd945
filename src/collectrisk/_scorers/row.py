"""The base class of scorers in plain Python: one borrower at a time, in parallel on a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._borrower import Borrower
from collectrisk._fields import required_fields
from collectrisk._scorers.scorer import Scorer

if TYPE_CHECKING:
    from collectrisk._formula import Formula
    from collectrisk._namespaces.protocol import Namespace


class RowScorer(Scorer):
    """The base class of scorers written in plain Python: ``if``, dictionaries, any library.

    Override ``visit_probability(self, borrower)``. The rows of an eager frame are scored one by one,
    in parallel processes through joblib; a row that fails is named, and no partial result is
    returned. Lazy frames are not supported. If the formula can be written with ``xp``, a `Scorer`
    is about a hundred times as fast.

    Attributes
    ----------
    n_jobs : int, default -1
        The number of processes, as in joblib: -1 is one per core, 1 is none.
    progress : bool, default False
        Whether to show a progress bar on standard error (extra ``cli``).
    block_rows : int, default 1024
        The number of rows sent to a process at a time; a smaller frame starts no process.

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
    block_rows: int = 1024

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # one borrower needs no xp
        """Return the probability that the account goes on to an in-person visit.

        Parameters
        ----------
        borrower : Borrower
            A valid borrower.
        """
        raise NotImplementedError(f"{type(self).__name__} must define visit_probability(self, borrower)")

    def _probability(self, record: Any, xp: Namespace) -> Any:  # noqa: ARG002  # plain Python needs no xp
        if isinstance(record, Borrower):
            return self.visit_probability(record)
        from collectrisk._frames import map_rows  # noqa: PLC0415  # loads NumPy and narwhals

        return map_rows(self.visit_probability, record, self.borrower_type, type(self).__name__)

    def _formula(self) -> Formula:
        formula = super()._formula()
        if formula.fields is not None:
            # A borrower cannot be made without its required fields.
            fields = tuple(dict.fromkeys([*formula.fields, *required_fields(self.borrower_type)]))
            formula = attrs.evolve(formula, fields=fields)
        return attrs.evolve(
            formula,
            by_row=True,
            makes_borrowers=True,
            block_rows=self.block_rows,
            n_jobs=self.n_jobs,
            progress=self.progress,
        )
