"""CSV and Parquet files of accounts, read lazily and written in batches."""

from __future__ import annotations

import codecs
import csv
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs
import polars as pl

from collectrisk._frames.names import refuse_duplicates
from collectrisk.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

SUFFIXES = (".csv", ".parquet")
DELIMITERS = (",", ";", "\t", "|")


@attrs.frozen
class Dialect:
    """The dialect of a CSV file.

    Attributes
    ----------
    delimiter : str
        The character between two cells.
    names : tuple of str
        The column names in the header.
    byte_order_mark : bool
        Whether the file starts with a byte-order mark, by which spreadsheets recognise UTF-8.
    """

    delimiter: str
    names: tuple[str, ...]
    byte_order_mark: bool = False


@attrs.frozen
class Source:
    """The file to score.

    Attributes
    ----------
    path : Path
        The file.
    scan : polars.LazyFrame
        Its rows; every column of a CSV file is text.
    rows : int
        The number of rows.
    dialect : Dialect or None
        The dialect of a CSV file; None for Parquet.
    """

    path: Path
    scan: pl.LazyFrame
    rows: int
    dialect: Dialect | None = None

    @property
    def first_row(self) -> int:
        """The number of the first account; the header of a CSV file is row 1, as in a spreadsheet."""
        return 2 if self.dialect else 1


def suffix_of(path: Path) -> str:
    """Return the suffix of a supported file format, or raise `FileError`."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise FileError(str(path), f"the name must end in {' or '.join(SUFFIXES)}")
    return suffix


def first_line(error: Exception) -> str:
    """Return the first line of a library's error; the others are advice to programmers."""
    return str(error).strip().partition("\n")[0]


def open_source(path: Path, delimiter: str | None = None, known: Collection[str] = ()) -> Source:
    """Open a CSV or Parquet file, depending on its suffix.

    Parameters
    ----------
    path : Path
        The file.
    delimiter : str, optional
        The delimiter of a CSV file; detected from the header by default.
    known : collection of str
        Expected column names, which help to detect the delimiter.

    Raises
    ------
    FileError
        If the file cannot be read, or is not in the format of its suffix.
    ColumnNameError
        If two columns have the same name.
    """
    if path.is_dir():
        raise FileError(str(path), "is a directory; name a file in it")
    suffix = suffix_of(path)
    try:
        with path.open("rb") as file:
            start = file.read(len(codecs.BOM_UTF8))
    except OSError as error:
        raise FileError(str(path), f"cannot be read: {error.strerror}") from error
    if not start:
        raise FileError(str(path), "is empty; it does not even contain column names")
    if suffix == ".csv":
        return _open_csv(path, delimiter, known, byte_order_mark=start == codecs.BOM_UTF8)
    scan = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    try:
        return Source(path, scan, scan.select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FileError(str(path), f"cannot be read as Parquet: {first_line(error)}") from error


def _open_csv(path: Path, delimiter: str | None, known: Collection[str], *, byte_order_mark: bool) -> Source:
    """Open a CSV file; the delimiter is the one that gives most known names, then most names."""
    candidates = (delimiter,) if delimiter else DELIMITERS
    headers = {candidate: _header(path, candidate) for candidate in candidates}
    best = max(headers, key=lambda each: (len(set(known).intersection(headers[each])), len(headers[each])))
    names = headers[best]
    if not names:
        raise FileError(str(path), "the first line is blank; it must contain the column names")
    refuse_duplicates(names)
    scan = pl.scan_csv(path, separator=best, new_columns=list(names), infer_schema=False, glob=False)
    return Source(path, scan, _count_rows(path, best, len(names)), Dialect(best, names, byte_order_mark))


@contextmanager
def _records(path: Path, delimiter: str, *, strict: bool) -> Iterator[Iterator[list[str]]]:
    """Yield the records of a CSV file as lists of cells; raise `FileError` if it is malformed."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=strict)
        try:
            yield reader
        except UnicodeDecodeError as error:
            why = "is not UTF-8 text; save it as UTF-8 (a spreadsheet may call it CSV UTF-8)"
            raise FileError(str(path), why) from error
        except csv.Error as error:
            why = f"is not well-formed CSV near line {reader.line_num}: {error}; is a quote left open?"
            raise FileError(str(path), why) from error
        if file.newlines == "\r":
            raise FileError(str(path), "its lines end in CR alone; save it with LF or CRLF line ends")


def _header(path: Path, delimiter: str) -> tuple[str, ...]:
    # Not strict: a header with quotes is well formed only for the delimiter that is correct.
    with _records(path, delimiter, strict=False) as records:
        return tuple(next(records, ()))


def _count_rows(path: Path, delimiter: str, width: int) -> int:
    """Count the rows below the header, blank lines included; raise if one has another width."""
    row = 1
    with _records(path, delimiter, strict=True) as records:
        next(records)
        # polars would read the absent cells of a short row as missing values.
        for row, cells in enumerate(map(len, records), start=2):
            if cells and cells != width:
                why = f"row {row} has {cells} cells and the header has {width}"
                raise FileError(str(path), f"{why}; is it cut off, or is a delimiter not quoted?")
    return row - 1


def write_frame(frame: pl.LazyFrame, path: Path, suffix: str, dialect: Dialect | None) -> None:
    """Write a lazy frame in batches; a CSV file made from a CSV file keeps its dialect."""
    if suffix == ".parquet":
        frame.sink_parquet(path)
    else:
        dialect = dialect or Dialect(",", ())
        frame.sink_csv(path, separator=dialect.delimiter, include_bom=dialect.byte_order_mark)
