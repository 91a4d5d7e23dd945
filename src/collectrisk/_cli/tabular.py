"""Files of accounts, read lazily and written in batches."""

from __future__ import annotations

import csv
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl

from collectrisk._cli.advice import ContentError
from collectrisk._cli.excel import read_sheet
from collectrisk._cli.transcode import (
    TextFile,
    as_utf8,
    is_standard_input,
    name_of,
    normalized_encoding,
)
from collectrisk._frames.engines import refuse_duplicates
from collectrisk._frames.mapped import regular_expression
from collectrisk.errors import ArgumentError, FileError, shown
from collectrisk.mapping._numbers import BLANKS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

OUTPUTS = (".csv", ".csv.gz", ".parquet")
TEXTS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
INPUTS = (*TEXTS, ".parquet", ".xlsx")
DELIMITERS = (",", ";", "\t", "|")


def _delimiter(text: str | None) -> str | None:
    """Return a delimiter for which the word tab may stand."""
    return text if text is None else {"tab": "\t", "\\t": "\t"}.get(text, text)


def _encoding(text: str | None) -> str | None:
    return text if text is None else normalized_encoding(text)


def _check_delimiter(_reading: Reading, _attribute: Any, text: str | None) -> None:
    if text is not None and (len(text) != 1 or not text.isascii() or text in '"\r\n'):
        raise ArgumentError("delimiter", f"must be one ASCII character or tab, not {shown(text)}")


def _check_skip_lines(_reading: Reading, _attribute: Any, count: int) -> None:
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise ArgumentError("skip_lines", f"must be a whole number, 0 or more, not {shown(count)}")


@attrs.frozen
class Reading:
    """How to read a file.

    Attributes
    ----------
    delimiter : str or None
        The delimiter of a text file; by default a tab in .tsv files, otherwise detected from the header.
    encoding : str or None
        The encoding of a text file; by default UTF-8, or that of its byte-order mark.
    skip_lines : int
        The number of lines or rows above the header.
    sheet : str or None
        The sheet of an Excel file; by default, the only one.

    Raises
    ------
    ArgumentError
        If an option is invalid.
    """

    delimiter: str | None = attrs.field(default=None, converter=_delimiter, validator=_check_delimiter)
    encoding: str | None = attrs.field(default=None, converter=_encoding)
    skip_lines: int = attrs.field(default=0, validator=_check_skip_lines)
    sheet: str | None = None

    def or_else(self, other: Reading) -> Reading:
        """Return the options that are given here, and otherwise those of another one."""
        return Reading(
            self.delimiter or other.delimiter,
            self.encoding or other.encoding,
            self.skip_lines or other.skip_lines,
            self.sheet or other.sheet,
        )

    def refuse_unused(self, path: Path) -> None:
        """Raise `ArgumentError` for an option that files like this one do not have."""
        suffix = _input_suffix(path)
        kind = "a Parquet file" if suffix == ".parquet" else "an Excel file"
        for option in self._unused(suffix):
            raise ArgumentError(
                option,
                f"has no meaning for {name_of(path)}, {kind if suffix not in TEXTS else 'a text file'}",
            )

    def without_unused(self, path: Path) -> Reading:
        """Return the options that files like this one have: one mapping serves several kinds of files."""
        defaults: dict[str, Any] = {each.name: each.default for each in attrs.fields(Reading)}
        return attrs.evolve(self, **{name: defaults[name] for name in self._unused(_input_suffix(path))})

    def _unused(self, suffix: str) -> list[str]:
        unused = {
            "delimiter": self.delimiter is not None and suffix not in TEXTS,
            "encoding": self.encoding is not None and suffix not in TEXTS,
            "skip_lines": self.skip_lines > 0 and suffix == ".parquet",
            "sheet": self.sheet is not None and suffix != ".xlsx",
        }
        return [option for option, is_unused in unused.items() if is_unused]


@attrs.frozen
class Dialect:
    """The dialect of a text file with delimiters.

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
    name : str
        The file's name in messages.
    scan : polars.LazyFrame
        Its rows.
    rows : int
        The number of rows.
    header_row : int
        The number of the row with the column names; 0 for Parquet.
    dialect : Dialect or None
        The dialect of a text file; None for Parquet and Excel.
    texts : tuple of str
        The columns whose cells are to be parsed: all columns of a text file, and those of an Excel
        sheet that contain text.
    mixed : tuple of str
        Those of `texts` in which cells of other kinds than text have marks; `excel.kind_of` and
        `excel.without_marks` take them apart.
    """

    name: str
    scan: pl.LazyFrame
    rows: int
    header_row: int = 0
    dialect: Dialect | None = None
    texts: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()

    @property
    def first_row(self) -> int:
        """The number of the first account, as in a spreadsheet."""
        return self.header_row + 1


def _input_suffix(path: Path) -> str:
    """Return the suffix that decides how a file is read; standard input is CSV."""
    return ".csv" if is_standard_input(path) else _suffix(path, INPUTS)


def suffix_of(path: Path) -> str:
    """Return the suffix of a supported output format, or raise `FileError`."""
    return _suffix(path, OUTPUTS)


def _suffix(path: Path, known: tuple[str, ...]) -> str:
    found = next((each for each in known if path.name.lower().endswith(each)), None)
    if found is None:
        raise FileError(str(path), f"the name must end in {', '.join(known[:-1])} or {known[-1]}")
    return found


def first_line(error: Exception) -> str:
    """Return the first line of a library's error; the others are advice to programmers."""
    return str(error).strip().partition("\n")[0]


@contextmanager
def open_source(
    path: Path,
    reading: Reading | None = None,
    known: Collection[str] = (),
    skip: Mapping[str, Collection[str]] | None = MappingProxyType({}),
) -> Iterator[Source]:
    """Open a file depending on its suffix, or standard input; remove temporary copies at the end.

    Parameters
    ----------
    path : Path
        The file; a dash stands for standard input.
    reading : Reading, optional
        How to read it.
    known : collection of str
        Expected column names, which help to detect the delimiter.
    skip : mapping of str to collection of str, or None
        The rows of a text file that may have fewer cells than the header: for a column, patterns of its
        text. None for all rows.

    Raises
    ------
    FileError
        If the file cannot be read, or is not in the format of its suffix.
    ArgumentError
        If an option has no meaning for the file.
    ColumnNameError
        If two columns have the same name.
    """
    reading = reading or Reading()
    if path.is_dir():
        raise FileError(str(path), "is a directory; name a file in it")
    suffix = _input_suffix(path)
    reading.refuse_unused(path)
    if suffix != ".xlsx":
        _refuse_undecodable(path)
    # Windows does not remove a file that polars still maps.
    with tempfile.TemporaryDirectory(prefix="collectrisk-", ignore_cleanup_errors=True) as directory:
        if suffix in TEXTS:
            text = as_utf8(path, reading.encoding, reading.skip_lines, Path(directory))
            delimiter = reading.delimiter or ("\t" if suffix.startswith(".tsv") else None)
            yield _open_text(text, delimiter, known, skip)
            return
        _refuse_unreadable(path)
        yield _open_parquet(path) if suffix == ".parquet" else _open_sheet(path, reading, Path(directory))


def _refuse_undecodable(path: Path) -> None:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise FileError(str(path), "has a name that is not UTF-8; rename the file") from None


def _refuse_unreadable(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(1)
    except OSError as error:
        raise FileError(str(path), f"cannot be read: {error.strerror}") from error
    if not start:
        raise FileError(str(path), "is empty; it does not even contain column names")


def _open_parquet(path: Path) -> Source:
    scan = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    try:
        return Source(str(path), scan, scan.select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FileError(str(path), f"cannot be read as Parquet: {first_line(error)}") from error


def _open_sheet(path: Path, reading: Reading, directory: Path) -> Source:
    sheet = read_sheet(path, reading.sheet, reading.skip_lines, directory)
    refuse_duplicates(tuple(column.name for column in sheet.columns))
    return Source(
        str(path),
        sheet.scan,
        sheet.rows,
        header_row=reading.skip_lines + 1,
        texts=tuple(column.name for column in sheet.columns if column.is_text),
        mixed=tuple(column.name for column in sheet.columns if column.mixed),
    )


def _open_text(
    text: TextFile,
    delimiter: str | None,
    known: Collection[str],
    skip: Mapping[str, Collection[str]] | None,
) -> Source:
    """Open a text file; the delimiter is the one that gives most known names, then most names."""
    candidates = (delimiter,) if delimiter else DELIMITERS
    headers = {candidate: _header(text, candidate) for candidate in candidates}
    best = max(headers, key=lambda each: (len(set(known).intersection(headers[each])), len(headers[each])))
    names, header_row = headers[best], text.skipped + 1
    if not names:
        line = "the first line" if header_row == 1 else f"line {header_row}"
        raise ContentError(text.name, f"{line} is blank; it must contain the column names")
    refuse_duplicates(names)
    scan = pl.scan_csv(text.path, separator=best, new_columns=list(names), infer_schema=False, glob=False)
    patterns = [
        (names.index(column), re.compile(regular_expression(text)))
        for column, texts in (skip or {}).items()
        for text in texts
        if column in names
    ]

    def may_be_short(cells: list[str]) -> bool:
        return skip is None or any(
            place < len(cells) and pattern.search(cells[place].strip(BLANKS).lower())
            for place, pattern in patterns
        )

    rows = _count_rows(text, best, len(names), may_be_short)
    dialect = Dialect(best, names, text.byte_order_mark)
    return Source(text.name, scan, rows, header_row, dialect, texts=names)


@contextmanager
def _records(text: TextFile, delimiter: str, *, strict: bool) -> Iterator[Iterator[list[str]]]:
    """Yield the records of a text file as lists of cells; raise `FileError` if it is malformed."""
    with text.path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=strict)
        try:
            yield reader
        except csv.Error as error:
            line = reader.line_num + text.skipped
            why = f"is not well-formed CSV near line {line}: {error}; is a quote left open?"
            raise FileError(text.name, why) from error
        if file.newlines == "\r":
            raise FileError(text.name, "its lines end in CR alone; save it with LF or CRLF line ends")


def _header(text: TextFile, delimiter: str) -> tuple[str, ...]:
    # Not strict: a header with quotes is well formed only for the delimiter that is correct.
    with _records(text, delimiter, strict=False) as records:
        return tuple(next(records, ()))


def _count_rows(text: TextFile, delimiter: str, width: int, may_be_short: Callable[[list[str]], bool]) -> int:
    """Count the rows below the header, blank lines included; raise if one has another width."""
    header_row = row = text.skipped + 1
    with _records(text, delimiter, strict=True) as records:
        next(records)
        # polars would read the absent cells of a short row as missing values.
        for row, cells in enumerate(records, start=header_row + 1):
            count = len(cells)
            if count == width or not count or (count < width and may_be_short(cells)):
                continue
            why = f"row {row} has {count} {'cell' if count == 1 else 'cells'} and the header has {width}"
            skip = ", or is it not an account, which [skip] in a mapping leaves out" if count < width else ""
            raise ContentError(text.name, f"{why}; is it cut off, is a delimiter not quoted{skip}?")
    return row - header_row


def write_frame(frame: pl.LazyFrame, path: Path, suffix: str, dialect: Dialect | None) -> None:
    """Write a lazy frame in batches; a CSV file made from a text file keeps its dialect."""
    # With a path, a thread of polars could create the file after it failed, and was removed.
    with path.open("wb") as file:
        if suffix == ".parquet":
            frame.sink_parquet(file)
        else:
            dialect = dialect or Dialect(",", ())
            frame.sink_csv(
                file,
                separator=dialect.delimiter,
                include_bom=dialect.byte_order_mark,
                compression="gzip" if suffix == ".csv.gz" else "uncompressed",
                check_extension=False,
            )
