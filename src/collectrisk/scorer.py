"""The scorer: one formula, run on one borrower or on a frame of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from collectrisk import frames, prospects
from collectrisk.assessment import Assessment
from collectrisk.borrower import Borrower
from collectrisk.channel import DEFAULT_LADDER, Ladder
from collectrisk.errors import ArgumentError, CollectRiskError, FormulaError
from collectrisk.fields import specs
from collectrisk.namespace import SCALAR, Namespace
from collectrisk.plan import IN_COLUMNS, RunPlan

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from collectrisk.fields import FieldSpec
    from collectrisk.prospects import WhatIf

__all__ = ["Scorer", "lacking"]

Frame = TypeVar("Frame")


def lacking(borrower: Borrower, error: AttributeError) -> Exception:
    """Return what to raise where a field is read that the borrower does not have."""
    if error.obj is not borrower:
        return error
    kind = type(borrower).__name__
    known = ", ".join(specs(type(borrower)))
    return ArgumentError(
        "borrower",
        f"must have a field {error.name!r}, and a {kind} has {known}; subclass it to add the field, "
        "or use assess_frame, where it is a column",
    )


class Scorer:
    """The base of every scorer: write `visit_probability`, and everything else follows.

    A formula reads the borrower's fields and combines them with ``+ - * /``, comparisons,
    ``& |`` and the functions of ``xp`` (see `Namespace`). It never uses ``if``, ``and``,
    ``min`` or the math module, because on a frame each field is a whole column. To read fields of
    your own, subclass `Borrower`, and set `borrower_type` to the subclass.

    Attributes
    ----------
    ladder : Ladder
        Which visit probability justifies which channel; the house ladder by default.
    borrower_type : type
        The class of borrowers; set it to your own subclass of `Borrower` to read its fields.
    fields : tuple of str or None
        The fields that the formula reads. None, the default, asks every frame for the fields
        that a borrower requires.

    Examples
    --------
    >>> import collectrisk as cr
    >>> class StalePromises(cr.Scorer):
    ...     def visit_probability(self, borrower, xp):
    ...         log_odds = -4.0 + 0.02 * borrower.days_past_due
    ...         log_odds = log_odds + xp.where(borrower.broken_promises > 2, 1.2, 0.0)
    ...         return xp.logistic(log_odds)
    >>> StalePromises().assess(cr.Borrower(amount_overdue=900, days_past_due=200)).visit_probability
    0.5
    """

    ladder: Ladder = DEFAULT_LADDER
    borrower_type: type[Borrower] = Borrower

    @property
    def fields(self) -> tuple[str, ...] | None:
        """The fields that the formula reads; None where only running it can tell."""
        return None

    @property
    def column_specs(self) -> Mapping[str, FieldSpec]:
        """What columns that are no fields of the borrower must hold, as far as that is known."""
        return {}

    @property
    def run_plan(self) -> RunPlan:
        """How to go through a frame: in columns, unless a subclass needs rows."""
        return IN_COLUMNS

    @property
    def base(self) -> float:
        """The log-odds before any reason; only scorecards have one."""
        raise NotImplementedError(f"{type(self).__name__} is no scorecard and has no base")

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the reasons; empty for a scorer that is no scorecard."""
        return ()

    def visit_probability(self, borrower: Any, xp: Namespace) -> Any:
        """Return the probability that the account goes on to an in-person visit.

        Parameters
        ----------
        borrower : Borrower, or a record of columns
            Read its fields as attributes.
        xp : Namespace
            The functions to use on them.
        """
        raise NotImplementedError(f"{type(self).__name__} must define visit_probability(self, borrower, xp)")

    def evaluate(self, record: Any, xp: Namespace) -> Any:
        """Return the visit probability of a borrower, or of each row behind a record of columns."""
        return self.visit_probability(record, xp)

    def terms(self, borrower: Any, xp: Namespace) -> list[Any]:
        """Return the points of each characteristic; only scorecards have any."""
        raise NotImplementedError(f"{type(self).__name__} is no scorecard and has no terms")

    def assess(self, borrower: Borrower) -> Assessment:
        """Assess one borrower.

        Parameters
        ----------
        borrower : Borrower
            The borrower.

        Returns
        -------
        Assessment
            Visit probability, channel and reasons.

        Raises
        ------
        ArgumentError
            If `borrower` is something else, such as a dictionary or a frame.
        FormulaError
            If the formula gives no probability.
        """
        self._require_borrower(borrower)
        try:
            probability = float(self.evaluate(borrower, SCALAR))
        except CollectRiskError:
            raise
        except AttributeError as error:
            raise lacking(borrower, error) from None
        except (ArithmeticError, TypeError, ValueError) as error:
            hint = "use xp.divide, xp.exp and xp.log, which never raise"
            raise FormulaError(type(self).__name__, f"{error}; {hint}") from error
        if not 0 <= probability <= 1:
            raise FormulaError.no_probability(type(self).__name__, probability)
        return Assessment(
            visit_probability=probability,
            channel=self.ladder.channel(probability),
            ladder=self.ladder,
            borrower=borrower,
            scorer=self,
        )

    def what_if(self, borrower: Borrower, /, **changes: Any) -> WhatIf:
        """Assess one borrower as it is, and as it would be if something else were known of it.

        Parameters
        ----------
        borrower : Borrower
            The borrower; it stays what it is.
        **changes : object
            Fields, and the values to suppose.

        Returns
        -------
        WhatIf
            Both assessments, and how each reason's points change.

        Raises
        ------
        ArgumentError
            If a change names no field of the borrower; the error names the nearest.
        InvalidBorrowerError
            If a value breaks its field's rule.

        See Also
        --------
        Assessment.ways_down : The changes that lead to a lighter channel.

        Examples
        --------
        >>> import collectrisk as cr
        >>> borrower = cr.Borrower(amount_overdue=30_000, days_past_due=90, failed_calls=5)
        >>> what_if = cr.RuleScorer().what_if(borrower, attitude="cooperative", repayment_plan=True)
        >>> what_if.before.channel, what_if.after.channel
        (<Channel.PHONE_CALL: 'phone_call'>, <Channel.SMS: 'sms'>)
        """
        return prospects.asked_what_if(self, borrower, changes)

    def _require_borrower(self, borrower: object) -> None:
        if not isinstance(borrower, self.borrower_type):
            raise ArgumentError(
                "borrower",
                f"must be a {self.borrower_type.__name__}, not a {type(borrower).__name__}; "
                f"write {self.borrower_type.__name__}(amount_overdue=..., days_past_due=...), "
                "or use assess_frame for a frame",
            )

    def assess_frame(
        self,
        frame: Frame,
        *,
        reasons: int = 0,
        invalid: Literal["raise", "null"] | None = None,
        columns: Mapping[str, str | None] | None = None,
    ) -> Frame:
        """Assess every row of a frame, eager or lazy, and return the same kind of frame.

        Parameters
        ----------
        frame : pandas, polars or pyarrow frame, DuckDB relation, Dask or Spark frame, ...
            One row a borrower, one column a field; other columns are kept as they are.
        reasons : int, default 0
            How many reason codes to add, largest effect first. Eager frames only.
        invalid : {"raise", "null"}, optional
            What to do with a row that no borrower can be. On an eager frame ``"raise"``, the
            default, raises; ``"null"`` gives the row a null score and says why in a column
            ``problem``. On a lazy frame such rows always get a null score.
        columns : mapping of str to (str or None), optional
            The frame's name for a field, where it is not the field's own:
            ``{"amount_overdue": "BILL_AMT1"}``. None says that the field is absent.

        Returns
        -------
        frame
            The same kind, rows and row order (where the kind has one), with every input column
            and ``visit_probability``, ``channel``, ``reason_1`` ..., ``problem``.

        Raises
        ------
        MissingColumnError
            If a required column is absent.
        ColumnTypeError
            If a column's type cannot be the field: numbers stored as text, for example.
        InvalidBorrowersError
            If rows break a rule; the error names column, rule, count, rows and values.
        ColumnNameError
            If a column is misspelt, repeated, or named like a result.
        FormulaError
            If the formula cannot run on columns, or gives no probability.

        Examples
        --------
        >>> import collectrisk as cr
        >>> import polars as pl
        >>> frame = pl.DataFrame({"amount_overdue": [3_000.0], "days_past_due": [10]})
        >>> cr.RuleScorer().assess_frame(frame).columns
        ['amount_overdue', 'days_past_due', 'visit_probability', 'channel']
        """
        scored: Frame = frames.assess_frame(self, frame, reasons=reasons, invalid=invalid, columns=columns)
        return scored

    def visit_probabilities(
        self, data: Any, *, columns: Mapping[str, str | None] | None = None
    ) -> npt.NDArray[np.float64]:
        """Return the visit probabilities alone, as one NumPy array.

        Parameters
        ----------
        data : eager frame, or mapping of str to array
            One row a borrower, one column a field.
        columns : mapping of str to (str or None), optional
            As in `assess_frame`.

        Returns
        -------
        array of float, shape (n_rows,)
            The visit probabilities, in row order.

        Raises
        ------
        CollectRiskError
            As in `assess_frame`.

        Examples
        --------
        >>> import collectrisk as cr
        >>> import numpy as np
        >>> columns = {"amount_overdue": np.array([3e3, 3e4]), "days_past_due": np.array([10, 90])}
        >>> cr.RuleScorer().visit_probabilities(columns).shape
        (2,)
        """
        return frames.visit_probabilities(self, data, columns=columns)
