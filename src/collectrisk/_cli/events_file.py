"""Files of events and accounts in batches: what they contain, and errors that name them."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs
import polars as pl

from collectrisk._cli.advice import ContentError
from collectrisk._cli.tabular import first_line
from collectrisk.errors import FileError, HistoryTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from collectrisk._cli.tabular import Source
    from collectrisk.errors import ColumnProblem

BATCH = 100_000
IN_SHELL = {
    "`codes` maps": "--codes maps",
    'clock_changes="keep"': "--clock-changes keep",
    'unknown_accounts="ignore"': "--unknown-accounts ignore",
    "pass zone": "pass --zone",
}
"""What messages say in Python, and in the shell."""


@attrs.define
class EventTotals:
    """What a file of events contains.

    Attributes
    ----------
    events : int
        The number of events.
    codes : Counter of str
        The number of events with each code.
    repeated : int
        The number of rows that repeat an earlier one.
    accounts : int
        The number of accounts with events.
    unknown_accounts : int
        The number of accounts in the log that are not in the file of accounts.
    written : int
        The number of rows that were written.
    """

    events: int = 0
    codes: Counter[str] = attrs.Factory(Counter)
    repeated: int = 0
    accounts: int = 0
    unknown_accounts: int = 0
    written: int = 0


@contextmanager
def _reading(source: Source) -> Iterator[None]:
    """Name the file that cannot be read."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FileError(source.name, f"cannot be read: {first_line(error)}") from error


def first_rows(source: Source, count: int) -> pl.DataFrame:
    """Return the first rows of a file, or raise `FileError`."""
    with _reading(source):
        return source.scan.head(count).collect()


def numbered(
    source: Source, row: str, advance: Callable[[int], object] = lambda _rows: None
) -> Iterator[pl.DataFrame]:
    """Yield the rows of a file with their numbers, without blank rows; raise `FileError` if some are lost."""
    read = 0
    is_filled = pl.any_horizontal(pl.exclude(row).is_not_null())
    scan = source.scan.with_row_index(row, source.first_row)
    with _reading(source):
        for batch in scan.collect_batches(chunk_size=BATCH, maintain_order=False):
            read += len(batch)
            yield batch.filter(is_filled) if source.header_row else batch
            advance(len(batch))
    if read != source.rows:
        why = f"{read:,} of {source.rows:,} rows could be read; did it change, or is a quote left open?"
        raise FileError(source.name, why)


@contextmanager
def naming(source: Source | None) -> Iterator[None]:
    """Name the file whose columns have the wrong type."""
    try:
        yield
    except HistoryTypeError as error:
        lines = "".join(f"\n- {in_shell(problem).describe()}" for problem in error.problems)
        name = error.table if source is None else source.name
        raise ContentError(name, f"some columns have the wrong type:{lines}") from error


def in_shell(problem: ColumnProblem) -> ColumnProblem:
    """Return a problem with the names of options instead of those of parameters."""
    requirement, hint = problem.requirement, problem.hint
    for parameter, option in IN_SHELL.items():
        requirement, hint = requirement.replace(parameter, option), hint.replace(parameter, option)
    return attrs.evolve(problem, requirement=requirement, hint=hint)
