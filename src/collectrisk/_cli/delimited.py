"""CSV files: which delimiter, which columns, and whether every row has as many cells as the header."""

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

DELIMITERS = (",", ";", "\t", "|")


@attrs.frozen
class Dialect:
    """How a CSV file is written.

    Attributes
    ----------
    delimiter : str
        What stands between two cells.
    names : tuple of str
        The columns, from the header.
    byte_order_mark : bool
        Whether the file starts with the mark by which spreadsheets know UTF-8.
    """

    delimiter: str
    names: tuple[str, ...]
    byte_order_mark: bool = False


@contextmanager
def _records(path: Path, delimiter: str, *, strict: bool) -> Iterator[Iterator[list[str]]]:
    """Give the file's records as lists of cells; what is no CSV is a `FileError`."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=strict)
        try:
            yield reader
        except UnicodeDecodeError as error:
            why = "is not UTF-8 text; save it as UTF-8 (a spreadsheet may call it CSV UTF-8)"
            raise FileError(str(path), why) from error
        except csv.Error as error:
            why = f"is no well-formed CSV near line {reader.line_num}: {error}; is a quote left open?"
            raise FileError(str(path), why) from error
        if file.newlines == "\r":
            raise FileError(str(path), "its lines end in CR alone; save it with LF or CRLF line ends")


def _header(path: Path, delimiter: str) -> tuple[str, ...]:
    # A header in quotes is well formed for its own delimiter alone.
    with _records(path, delimiter, strict=False) as records:
        return tuple(next(records, ()))


def read_dialect(path: Path, delimiter: str | None = None, known: Collection[str] = ()) -> Dialect:
    """Read the header; the delimiter is the one that yields most known names, then most names."""
    candidates = (delimiter,) if delimiter else DELIMITERS
    headers = {candidate: _header(path, candidate) for candidate in candidates}

    def fit(candidate: str) -> tuple[int, int]:
        names = headers[candidate]
        return len(set(known).intersection(names)), len(names)

    best = max(candidates, key=fit)
    if not headers[best]:
        raise FileError(str(path), "the first line is blank; it must name the columns")
    refuse_duplicates(headers[best])
    with path.open("rb") as file:
        return Dialect(best, headers[best], file.read(3) == codecs.BOM_UTF8)


def count_rows(path: Path, dialect: Dialect) -> int:
    """Count the rows below the header, blank lines too, or raise for the first of another width.

    polars would take a short row's absent cells for empty ones, and so for values not known.
    """
    width, row = len(dialect.names), 1
    with _records(path, dialect.delimiter, strict=True) as records:
        next(records)
        for row, cells in enumerate(map(len, records), start=2):
            if cells and cells != width:
                why = f"row {row} has {cells} cells and the header has {width}"
                raise FileError(str(path), f"{why}; is it cut off, or is a delimiter not quoted?")
    return row - 1


def scan(path: Path, dialect: Dialect) -> pl.LazyFrame:
    """Read the file lazily, every cell as text."""
    return pl.scan_csv(
        path, separator=dialect.delimiter, new_columns=list(dialect.names), infer_schema=False, glob=False
    )
