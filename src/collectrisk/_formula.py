"""A scorer as the code for data frames sees it: plain data and functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._borrower import Borrower
from collectrisk._fields import converted_fields
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from collectrisk._channel import Ladder
    from collectrisk._fields import FieldSpec
    from collectrisk._namespaces.protocol import Namespace
    from collectrisk.mapping._mapping import Columns

BLOCK_ROWS = 262_144
"""Rows scored at a time. In smaller blocks, two threads wait for the interpreter lock most of the time:
a million rows take half as long again in blocks of 65,536. Larger ones take more memory, and no less time."""


@attrs.frozen(kw_only=True)
class Formula:
    """What is needed to run a scorer on a data frame.

    Attributes
    ----------
    scorer : str
        The scorer's class name, for error messages.
    borrower_type : type
        The class of borrowers whose fields the formula reads.
    ladder : Ladder
        Chooses the channel.
    probability : callable
        ``probability(record, xp)`` returns the visit probability.
    points : callable or None
        ``points(record, xp)`` returns the points of each characteristic; None if the scorer is
        not a scorecard.
    half_widths : callable or None
        ``half_widths(record, rows)`` returns half the width of the interval of each row's log-odds;
        None if the scorer has no intervals.
    card : Scorecard or None
        The scorecard; None if the scorer is not one.
    base : float
        The base of a scorecard.
    labels : tuple of str
        The labels of a scorecard's characteristics, in the order of `points`.
    fields : tuple of str or None
        The fields that the formula reads, or None if that is not known.
    column_specs : mapping of str to FieldSpec
        The specs of columns that are not fields of the borrower class, as far as they are known.
    keeps_missing : tuple of str
        The fields whose column must exist, and whose missing values reach the formula as NaN or None,
        whatever the default of the borrower class.
    requires : tuple of str
        The fields that must be known, whatever the default of the borrower class.
    columns : Mapping, or mapping of str to (str or None)
        How fields are read from a frame if the caller does not say it.
    makes_borrowers : bool
        Whether the formula makes a borrower of each row of a frame, as the class of borrowers says.
    by_row : bool
        Whether the formula needs the valid rows of an eager frame, instead of columns of any kind.
    threads : bool
        Whether blocks may be scored in several threads; safe for scorecards, which are immutable.
    block_rows : int
        The number of rows scored at a time.
    n_jobs : int
        The number of processes that score blocks of rows, as in joblib.
    progress : bool
        Whether to show a progress bar.
    """

    scorer: str
    borrower_type: type[Borrower]
    ladder: Ladder
    probability: Callable[[Any, Namespace], Any]
    points: Callable[[Any, Namespace], list[Any]] | None = None
    half_widths: Callable[[Any, int], Any] | None = None
    card: Any = None
    base: float = 0.0
    labels: tuple[str, ...] = ()
    fields: tuple[str, ...] | None = None
    column_specs: Mapping[str, FieldSpec] = attrs.Factory(dict)
    keeps_missing: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    columns: Columns = attrs.Factory(dict)
    makes_borrowers: bool = False
    by_row: bool = False
    threads: bool = False
    block_rows: int = BLOCK_ROWS
    n_jobs: int = 1
    progress: bool = False

    def __attrs_post_init__(self) -> None:
        """Check what the author of a scorer may have set."""
        if type(self.block_rows) is not int or self.block_rows < 1:
            raise ArgumentError("block_rows", f"must be a whole number, 1 or more, not {self.block_rows!r}")
        if type(self.n_jobs) is not int or self.n_jobs == 0:
            raise ArgumentError(
                "n_jobs", f"must be a number of processes, or -1 for one per core, not {self.n_jobs!r}"
            )

    def require_columns(self) -> None:
        """Check that the class of borrowers leaves columns as they are.

        Raises
        ------
        ArgumentError
            If it converts values, or computes something when a borrower is made.
        """
        kind = self.borrower_type
        if self.makes_borrowers or kind is Borrower:
            return
        own = [f"a converter of {name!r}" for name in converted_fields(kind)]
        if kind.__attrs_post_init__ is not Borrower.__attrs_post_init__:
            own.append("an __attrs_post_init__")
        if own:
            raise ArgumentError(
                "borrower_type",
                f"must not have {own[0]} of its own to score a frame, as {kind.__name__} has, because it "
                "runs for one borrower and not for columns; convert the columns beforehand, or derive the "
                "scorer from RowScorer, which makes a borrower of each row",
            )


def shared_columns(formulas: Iterable[Formula], argument: str) -> Columns:
    """Return the mapping by which scorers of the same rows read the fields.

    A scorer without a mapping of its own reads the fields by that of the others.

    Raises
    ------
    ArgumentError
        If two scorers have different mappings.
    """
    from collectrisk.mapping import Mapping as FieldColumns  # noqa: PLC0415  # not needed for one borrower
    from collectrisk.mapping._kept import reads_alike  # noqa: PLC0415

    none = found = FieldColumns()
    for formula in formulas:
        mapping = FieldColumns.of(formula.columns)
        if none not in (mapping, found) and not reads_alike(mapping, found):
            raise ArgumentError(
                argument,
                "must read the fields from the same columns, and two of them keep different mappings; pass "
                "cards without one, scorer.card.with_columns(None), and columns= where the frame is passed",
            )
        found = found if mapping == none else mapping
    return found
