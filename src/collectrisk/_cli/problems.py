"""The problems of the rows of a file, added up over batches in any order."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._frames.validation import combined_hints
from collectrisk.errors import advice_on, shown

if TYPE_CHECKING:
    import polars as pl

    from collectrisk._cli.tabular import Source
    from collectrisk.errors import ColumnProblem

ROWS_SHOWN = 5


@attrs.frozen
class Cell:
    """An empty cell in an error message, or several cells whose numbers are added."""

    value: tuple[Any, ...] | None

    def __repr__(self) -> str:
        if self.value is None:
            return "empty"
        return " + ".join(shown(Cell(None) if each is None else each) for each in self.value)


def _cell(value: Any) -> Any:
    """Return a value as an error message shows it."""
    if value is None or isinstance(value, tuple):
        return Cell(value)
    return str(value) if isinstance(value, dt.date) else value


@attrs.define
class Problems:
    """The problems of the rows of a file.

    Attributes
    ----------
    found : dict of (str, str) to ColumnProblem
        The problems by column and requirement, with the row numbers of the file.
    """

    found: dict[tuple[str, str], ColumnProblem] = attrs.Factory(dict)

    def __bool__(self) -> bool:
        return bool(self.found)

    def add(self, problem: ColumnProblem, numbers: pl.Series) -> None:
        """Add a problem of a batch.

        Parameters
        ----------
        problem : ColumnProblem
            The problem, with rows counted from 0 in the batch.
        numbers : polars.Series of int
            The file's number of each row.
        """
        hint, advice = problem.hint, problem.advice
        rows = [(int(numbers[row]), _cell(value)) for row, value in problem.rows]
        key, count = (problem.column, problem.requirement), problem.count
        if known := self.found.get(key):
            rows, count = [*known.rows, *rows], known.count + count
            hint, advice = combined_hints((known.hint, known.advice), (hint, advice))
        first = tuple(sorted(rows, key=lambda row: row[0])[:ROWS_SHOWN])
        self.found[key] = attrs.evolve(problem, count=count, rows=first, hint=hint, advice=advice)

    def sorted(self) -> list[ColumnProblem]:
        """Return the problems in the order of their first rows."""
        return sorted(self.found.values(), key=lambda problem: problem.rows[0][0])

    def text(self, source: Source, summary: str = "some rows contain invalid values") -> str:
        """Return which rows of a file are invalid, and why, after a summary."""
        problems = self.sorted()
        lines = "\n".join(f"- {problem.describe()}" for problem in problems)
        advice = advice_on(problems, for_shell=True)
        header = source.header_row
        first = f"header is row {header}, as in a spreadsheet" if header else "first row is row 1"
        return f"{summary}:\n{lines}\nRow numbers are those of the file: the {first}.{advice}"
