"""The file that is scored: read lazily, a batch at a time, never as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import polars as pl

from collectrisk._cli.delimited import Dialect, count_rows, read_dialect, scan
from collectrisk.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

SUFFIXES = (".csv", ".parquet")


@attrs.frozen
class Source:
    """A file of accounts.

    Attributes
    ----------
    path : Path
        The file.
    scan : polars.LazyFrame
        Its rows; all text where it is a CSV file.
    rows : int
        How many there are.
    dialect : Dialect or None
        How its lines are written; None for Parquet.
    """

    path: Path
    scan: pl.LazyFrame
    rows: int
    dialect: Dialect | None = None

    @property
    def first_row(self) -> int:
        """The number of the first account; the header of a CSV file is row 1, as in a spreadsheet."""
        return 2 if self.dialect else 1

    @property
    def numbering(self) -> str:
        """How rows are numbered, in words."""
        return "the header is row 1, as in a spreadsheet" if self.dialect else "the first row is row 1"


def suffix_of(path: Path) -> str:
    """Return which kind of file a name stands for, or raise `FileError`."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise FileError(str(path), f"the name must end in {' or '.join(SUFFIXES)}")
    return suffix


def first_line(error: Exception) -> str:
    """Return what a library's error says, without its advice to programmers."""
    return str(error).strip().partition("\n")[0]


def _refuse_unreadable(path: Path) -> None:
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise FileError(str(path), f"cannot be read: {error.strerror}") from error
    if empty:
        raise FileError(str(path), "is empty; not even the columns are named")


def open_source(path: Path, delimiter: str | None = None, known: Collection[str] = ()) -> Source:
    """Open a CSV or Parquet file, told apart by its suffix.

    Parameters
    ----------
    path : Path
        The file.
    delimiter : str, optional
        What stands between the cells of a CSV file; found from the header if not given.
    known : collection of str
        Column names by which the right delimiter can be told.

    Raises
    ------
    FileError
        If the file cannot be read, or is not what its suffix says.
    ColumnNameError
        If two columns share a name.
    """
    if path.is_dir():
        raise FileError(str(path), "is a directory; name a file in it")
    suffix = suffix_of(path)
    _refuse_unreadable(path)
    if suffix == ".csv":
        dialect = read_dialect(path, delimiter, known)
        return Source(path, scan(path, dialect), count_rows(path, dialect), dialect)
    rows = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    try:
        return Source(path, rows, rows.select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FileError(str(path), f"cannot be read as Parquet: {first_line(error)}") from error
