"""What a run has seen so far, added up batch by batch: the summary, and the rows at fault."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from collectrisk._cli.cells import Unread

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from collectrisk.errors import ColumnProblem

ROWS_SHOWN = 5
NUMBER_HINT = "; write the digits alone, without blanks, units or thousands separators"


@attrs.define
class Tally:
    """Counts over all batches, in whatever order they come.

    Attributes
    ----------
    accounts : int
        Rows that hold an account.
    blank : int
        Rows without any cell filled.
    scored : int
        Accounts that got a visit probability.
    expected_visits : float
        Sum of the visit probabilities.
    channels : Counter of str
        Accounts by channel.
    problems : dict of (str, str) to ColumnProblem
        What is wrong, by column and rule; rows carry the file's own numbers.
    """

    accounts: int = 0
    blank: int = 0
    scored: int = 0
    expected_visits: float = 0.0
    channels: Counter[str] = attrs.Factory(Counter)
    problems: dict[tuple[str, str], ColumnProblem] = attrs.Factory(dict)

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return self.accounts + self.blank

    @property
    def invalid(self) -> int:
        """How many accounts got no visit probability."""
        return self.accounts - self.scored

    def in_order(self) -> list[ColumnProblem]:
        """Return the problems as they meet a reader of the file."""
        return sorted(self.problems.values(), key=lambda problem: problem.rows[0][0])

    def add(self, scored: pl.DataFrame, accounts: int, blank: int) -> None:
        """Add a batch: its visit probabilities and channels, and how many rows it had."""
        self.accounts += accounts
        self.blank += blank
        probabilities = scored["visit_probability"]
        self.scored += len(probabilities) - probabilities.null_count()
        self.expected_visits += float(probabilities.sum())
        self.channels.update(dict(scored["channel"].drop_nulls().value_counts().iter_rows()))

    def add_problems(
        self, problems: Sequence[ColumnProblem], cells: pl.DataFrame, numbers: pl.Series
    ) -> None:
        """Add what is wrong in a batch.

        Parameters
        ----------
        problems : sequence of ColumnProblem
            The problems, rows counted from 0 in the batch.
        cells : polars.DataFrame
            The batch as the file holds it.
        numbers : polars.Series of int
            The file's number of each row.
        """
        for problem in problems:
            seen = tuple((int(numbers[row]), _shown(cells[problem.column][row])) for row, _ in problem.rows)
            found = attrs.evolve(problem, rows=seen, hint=problem.hint or _hint(problem))
            key = problem.column, problem.rule
            self.problems[key] = _merged(self.problems[key], found) if key in self.problems else found


class Empty:
    """An empty cell, as error texts show it."""

    def __repr__(self) -> str:
        return "empty"


def _shown(value: object) -> object:
    return Empty() if value is None else value


def _hint(problem: ColumnProblem) -> str:
    """Say how to write a number that cannot be read; the other rules say such things themselves."""
    return NUMBER_HINT if any(isinstance(value, Unread) for _, value in problem.rows) else ""


def _merged(one: ColumnProblem, other: ColumnProblem) -> ColumnProblem:
    rows = sorted(one.rows + other.rows, key=lambda seen: seen[0])
    return attrs.evolve(
        one, count=one.count + other.count, rows=tuple(rows[:ROWS_SHOWN]), hint=one.hint or other.hint
    )
