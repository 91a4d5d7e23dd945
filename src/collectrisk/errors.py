"""Every error that collectrisk raises.

There is one root, `CollectRiskError`. Each error below it also derives from the builtin
that a caller would expect, keeps its facts as attributes, and builds its message from them
only when it is printed.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ArgumentError",
    "CardFileError",
    "CollectRiskError",
    "ColumnNameError",
    "ColumnProblem",
    "ColumnTypeError",
    "FileProblemError",
    "FormulaError",
    "InvalidBorrowerError",
    "InvalidBorrowersError",
    "InvalidCardError",
    "MissingColumnError",
    "MissingExtraError",
    "NotAFrameError",
    "RowFormulaError",
    "ScorerCheckError",
]


class CollectRiskError(Exception):
    """The root of every error that collectrisk raises on purpose."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the entry of `known` that `word` most likely was meant to be."""
    by_folded = {name.strip().casefold(): name for name in known}
    close = difflib.get_close_matches(word.strip().casefold(), by_folded, n=1)
    return by_folded[close[0]] if close else None


def shown(value: object, longest: int = 60) -> str:
    """Return `value` as error texts show it: its repr, cut to a readable length."""
    text = repr(value.item() if hasattr(value, "item") and not hasattr(value, "__len__") else value)
    return text if len(text) <= longest else text[: longest - 3] + "..."


@attrs.define(eq=False)
class InvalidBorrowerError(CollectRiskError, ValueError):
    """A value that a field of one borrower cannot have.

    Attributes
    ----------
    field : str
        The field, such as ``"amount_overdue"``.
    rule : str
        What the field must be, in words.
    value : object
        What was seen.
    hint : str
        What to write instead, where that can be guessed.
    """

    field: str
    rule: str
    value: Any
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.field} must be {self.rule}, not {shown(self.value)}{self.hint}"


@attrs.frozen
class ColumnProblem:
    """One rule that some rows of a column break.

    Attributes
    ----------
    column : str
        The column's name in the frame.
    rule : str
        What each value must be, in words.
    count : int
        How many rows break the rule; 0 where the type alone was looked at.
    rows : tuple of (int, object)
        The first of those rows: position (from 0) and the value seen there.
    hint : str
        What to write instead, where that can be guessed.
    """

    column: str
    rule: str
    count: int
    rows: tuple[tuple[int, Any], ...]
    hint: str = ""

    def describe(self, first_row: int = 0) -> str:
        """Return the problem as a sentence, numbering rows from `first_row`."""
        return f"column {self.column!r} must be {self.rule}{self._broken(first_row)}{self.hint}"

    def _broken(self, first_row: int) -> str:
        if not self.count:
            return ""
        seen = ", ".join(f"row {row + first_row}: {shown(value)}" for row, value in self.rows)
        more = ", ..." if self.count > len(self.rows) else ""
        rows = "1 row" if self.count == 1 else f"{self.count:,} rows"
        return f"; {rows} broken ({seen}{more})"


@attrs.define(eq=False)
class InvalidBorrowersError(CollectRiskError, ValueError):
    """Rows of a frame that no borrower can have.

    Attributes
    ----------
    problems : tuple of ColumnProblem
        Every column and rule that was broken, in the order of the borrower's fields.
    """

    problems: tuple[ColumnProblem, ...]

    def __str__(self) -> str:
        lines = "\n".join(f"- {problem.describe()}" for problem in self.problems)
        return (
            f"nothing was done, because the frame holds impossible borrowers:\n{lines}\n"
            "Rows count from 0. Mend the rows or leave them out; "
            'assess_frame(..., invalid="null") scores the others.'
        )


@attrs.define(eq=False)
class ColumnTypeError(InvalidBorrowersError, TypeError):
    """A column whose type cannot be read as the field: numbers stored as text, for example."""

    def __str__(self) -> str:
        lines = "\n".join(f"- {problem.describe()}" for problem in self.problems)
        return f"nothing was done, because a column has the wrong type:\n{lines}"


@attrs.define(eq=False)
class MissingColumnError(CollectRiskError, KeyError):
    """A column that the scorer needs and the frame does not have.

    Attributes
    ----------
    column : str
        The column looked for.
    available : tuple of str
        The columns that are there.
    field : str
        The field that the column was to hold, where it is not called like the column.
    """

    column: str
    available: tuple[str, ...]
    field: str = ""

    def __str__(self) -> str:
        guess = nearest(self.column, self.available)
        meant = f" Did you mean {guess!r}?" if guess else ""
        there = ", ".join(map(str, self.available)) or "none"
        return (
            f"the column {self.column!r} is missing.{meant} The columns there are: {there}. "
            f'Rename one, or pass columns={{"{self.field or self.column}": "your name"}}.'
        )


@attrs.define(eq=False)
class ColumnNameError(CollectRiskError, ValueError):
    """Column names that would make a result ambiguous.

    Attributes
    ----------
    names : tuple of str
        The names at fault.
    why : str
        What is wrong with them, and what to do.
    """

    names: tuple[str, ...]
    why: str

    def __str__(self) -> str:
        return f"{', '.join(map(repr, self.names))}: {self.why}"


@attrs.define(eq=False)
class FormulaError(CollectRiskError, TypeError):
    """A scorer's formula that cannot run, or that gave something other than a probability.

    Attributes
    ----------
    scorer : str
        The scorer's class name.
    why : str
        What happened, and what to write instead.
    """

    scorer: str
    why: str

    def __str__(self) -> str:
        return f"{self.scorer}.visit_probability: {self.why}"

    @classmethod
    def no_probability(cls, scorer: str, value: float) -> FormulaError:
        """Return the error for a formula that gave something outside 0 to 1."""
        return cls(scorer, f"gave {value!r}, which is no probability; end the formula with xp.logistic(...)")

    @classmethod
    def on_columns(cls, scorer: str, error: Exception) -> FormulaError:
        """Return the error for a formula that works on one borrower but not on columns."""
        return cls(
            scorer,
            f"{error}. On a frame a formula sees whole columns, so use xp.where instead of `if`, "
            "`& |` and xp.logical_not instead of `and or not`, xp.minimum and xp.maximum instead "
            "of min and max, xp.exp and xp.log instead of the math module's, "
            "xp.where(flag, 1.0, 0.0) to reckon with a flag, and x = x / 2 instead of x /= 2",
        )


@attrs.define(eq=False)
class RowFormulaError(FormulaError):
    """A row scorer that raised on one row of a frame, or gave no probability.

    Attributes
    ----------
    row : int
        The row's position, from 0.
    values : dict of str to object
        The borrower's fields there.
    """

    row: int
    values: dict[str, Any]

    def __str__(self) -> str:
        seen = ", ".join(f"{field}={shown(value)}" for field, value in self.values.items())
        return f"{self.scorer}.visit_probability: row {self.row} ({seen}) {self.why}"


@attrs.define(eq=False)
class ScorerCheckError(CollectRiskError, AssertionError):
    """A promise of every scorer that one of them breaks; see `collectrisk.testing`.

    Attributes
    ----------
    scorer : str
        The scorer's class name.
    check : str
        The check that failed, such as ``"deterministic"``.
    promise : str
        What every scorer promises, in words.
    seen : str
        What was seen instead.
    mend : str
        How to mend it.
    borrower : Borrower or None
        The borrower on which it showed, where it showed on one.
    """

    scorer: str
    check: str
    promise: str
    seen: str
    mend: str
    borrower: Any = None

    def __str__(self) -> str:
        on = "" if self.borrower is None else f"\non: {self.borrower!r}"
        return (
            f"{self.scorer} breaks a promise ({self.check}): {self.promise}\n"
            f"seen: {self.seen}{on}\nto mend it: {self.mend}"
        )


@attrs.define(eq=False)
class InvalidCardError(CollectRiskError, ValueError):
    """A scorecard, curve or ladder that contradicts itself.

    Attributes
    ----------
    part : str
        What is wrong: a curve's label, ``"ladder"``, a parameter's name.
    why : str
        The rule that it breaks, and what was seen.
    """

    part: str
    why: str

    def __str__(self) -> str:
        return f"{self.part}: {self.why}"


@attrs.define(eq=False)
class ArgumentError(CollectRiskError, ValueError):
    """An argument of a function that cannot be used.

    Attributes
    ----------
    argument : str
        The argument's name.
    why : str
        What it must be, what was seen, and what to write instead.
    """

    argument: str
    why: str

    def __str__(self) -> str:
        return f"{self.argument} {self.why}"


@attrs.define(eq=False)
class NotAFrameError(CollectRiskError, TypeError):
    """An object that is no data frame.

    Attributes
    ----------
    kind : str
        The type that was passed.
    hint : str
        What to pass instead.
    """

    kind: str
    hint: str

    def __str__(self) -> str:
        return f"a {self.kind} is not a data frame; {self.hint}"


@attrs.define(eq=False)
class FileProblemError(CollectRiskError, OSError):
    """A file that cannot be read or written.

    Attributes
    ----------
    path : str
        The file.
    why : str
        What is wrong with it, and what to do.
    """

    path: str
    why: str

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


@attrs.define(eq=False)
class CardFileError(FileProblemError, ValueError):
    """A file from which no scorer can be read."""


@attrs.define(eq=False)
class MissingExtraError(CollectRiskError, ImportError):
    """A part of collectrisk whose extra is not installed.

    Attributes
    ----------
    extra : str
        The extra to install, such as ``"cli"``.
    """

    extra: str

    def __str__(self) -> str:
        return f'this needs an extra: pip install "collectrisk[{self.extra}]"'
