"""Excel sheets, whose cells have types, as text files that polars scans.

openpyxl reads the type of every cell. The engines that read a column at once (polars' own among
them) turn the number 1.234 into the text "1.234" where a column also contains text, and error cells
into missing values.

In the text file, each cell that is not text starts with `MARK` and a letter for its kind. A column of
one kind gets its type when it is scanned. A column of several kinds stays text with marks, so that a
number is never parsed by the convention for text.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import warnings
import zipfile
from contextlib import closing, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import polars as pl

from collectrisk._cli.advice import ContentError
from collectrisk.errors import FileError, MissingExtraError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO, TextIO

MARK = "\ufdd0"
"""A code point that Unicode reserves for the internal use of programs."""

NUMBER, DATE, TIME, BOOLEAN, ERROR, TEXT = "n", "d", "t", "b", "e", "s"
"""The kinds of cells."""

FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
FROM_1904 = re.compile(rb"""\bdate1904\s*=\s*["'](?:1|true|on)["']""")
CHUNK = 1 << 20
OLD_FORMAT = bytes.fromhex("d0cf11e0")
"""The first bytes of an encrypted file, and of a file in the format of Excel 97."""


def kind_of(column: str) -> pl.Expr:
    """Return the kind of each cell of a column with marks, such as `NUMBER`; null if it is empty."""
    cell = pl.col(column)
    marked = cell.str.starts_with(MARK)
    return pl.when(marked).then(cell.str.slice(1, 1)).when(~marked).then(pl.lit(TEXT)).alias(column)


def text_cells(cells: pl.Series) -> pl.Series:
    """Return the cells of a column with marks that are text in the sheet, null for all others."""
    is_text = kind_of(cells.name) == TEXT
    return cells.to_frame().select(pl.when(is_text).then(pl.col(cells.name))).to_series()


def without_marks(column: str) -> pl.Expr:
    """Return the cells of a column with marks as plain text: numbers with a decimal point, ISO dates."""
    cell = pl.col(column)
    return pl.when(cell.str.starts_with(MARK)).then(cell.str.slice(2)).otherwise(cell).alias(column)


def values_of(cells: pl.Series) -> pl.Series:
    """Return the cells of a column with marks as Python values; an error stays an object of its own."""
    return pl.Series(cells.name, [None if cell is None else _value(cell) for cell in cells], dtype=pl.Object)


def _value(cell: str) -> Any:
    kind, text = (cell[1], cell[2:]) if cell.startswith(MARK) else (TEXT, cell)
    if kind == NUMBER:
        return float(text) if set(text) & set(".en") else int(text)
    if kind == BOOLEAN:
        return text == "true"
    if kind == DATE:
        return dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text)
    return text if kind == TEXT else ErrorCell(text)


class ErrorCell(str):
    """A cell that no field may contain, such as ``#N/A``, unless the mapping says that it means missing."""

    is_error: ClassVar[bool] = True
    __slots__ = ()


@attrs.define
class Column:
    """What is known of a column of a sheet.

    Attributes
    ----------
    name : str
        The name in the header.
    kinds : set of str
        The kinds of its cells.
    whole : bool
        Whether all numbers are whole numbers.
    largest : int
        The largest magnitude of a whole number.
    midnight : bool
        Whether no date has a time of day.
    """

    name: str
    kinds: set[str] = attrs.Factory(set)
    whole: bool = True
    largest: int = 0
    midnight: bool = True

    @property
    def mixed(self) -> bool:
        """Whether the column stays text with marks."""
        # Times stay text too, and so do numbers that neither integers nor floats can represent.
        inexact = self.largest >= (2**63 if self.whole else 2**53)
        plain = self.kinds <= {TEXT} or self.kinds in ({NUMBER}, {DATE}, {BOOLEAN})
        return not plain or (self.kinds == {NUMBER} and inexact)

    @property
    def is_text(self) -> bool:
        """Whether the column arrives as text, with or without marks."""
        return self.mixed or self.kinds <= {TEXT}

    def encoded(self, cell: Any) -> str | None:
        """Return a cell as it is written to the text file; None if it is empty."""
        value = cell.value
        if value is None:
            return None
        kind, text = TEXT, str(value)
        if cell.data_type == "e":
            kind = ERROR
        elif isinstance(value, bool):
            kind, text = BOOLEAN, text.lower()
        elif isinstance(value, int):
            kind, self.largest = NUMBER, max(self.largest, abs(value))
        elif isinstance(value, float):
            kind, self.whole, text = NUMBER, False, repr(value)
        elif isinstance(value, dt.date):
            has_time = isinstance(value, dt.datetime) and value.time() != dt.time()
            kind, self.midnight = DATE, self.midnight and not has_time
            text = text if has_time else text[:10]
        elif isinstance(value, dt.time | dt.timedelta):
            kind = TIME
        if kind == TEXT and not text.startswith(MARK):
            self.kinds.add(TEXT)
            return text
        self.kinds.add(kind if kind != TEXT else MARK)
        return f"{MARK}{kind}{text}"

    def typed(self, position: str) -> pl.Expr:
        """Return the column with its type, read from the column `position` of the text file."""
        text = pl.col(position)
        if not self.is_text:
            text = text.str.slice(2)
            if NUMBER in self.kinds:
                text = text.cast(pl.Int64 if self.whole else pl.Float64)
            elif BOOLEAN in self.kinds:
                text = text == "true"
            elif self.midnight:
                text = text.str.to_date("%Y-%m-%d")
            else:
                full = pl.when(text.str.len_chars() == 10).then(text + " 00:00:00").otherwise(text)
                text = full.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us")
        return text.alias(self.name)


@attrs.frozen
class NotCalculated:
    """Replaces a formula whose value was never calculated, so that it is not mistaken for an empty cell.

    Attributes
    ----------
    coordinate : str
        The cell's name, such as ``"B7"``.
    """

    coordinate: str
    value: ClassVar[str] = "formula that was never calculated"
    data_type: ClassVar[str] = "e"


@attrs.frozen
class Sheet:
    """A sheet that was copied to a text file.

    Attributes
    ----------
    scan : polars.LazyFrame
        Its rows.
    rows : int
        The number of rows below the header.
    columns : tuple of Column
        The columns.
    """

    scan: pl.LazyFrame
    rows: int
    columns: tuple[Column, ...]


def read_sheet(path: Path, sheet: str | None, skip_lines: int, directory: Path) -> Sheet:
    """Copy a sheet to a temporary text file, row by row.

    Parameters
    ----------
    path : Path
        The Excel file.
    sheet : str or None
        The name of the sheet; by default, the only one.
    skip_lines : int
        The number of rows above the header.
    directory : Path
        The temporary directory for the copy.

    Raises
    ------
    FileError
        If the file or the sheet cannot be read.
    MissingExtraError
        If the extra ``excel`` is not installed.
    """
    copy = directory / "copy.csv"
    with warnings.catch_warnings(), closing(_rows(path, sheet)) as rows:
        # openpyxl warns of formatting that it ignores.
        warnings.simplefilter("ignore")
        for _ in range(skip_lines):
            next(rows, None)
        header = [cell.value for cell in next(rows, ())]
        while header and header[-1] is None:
            header.pop()
        if not header:
            why = f"row {skip_lines + 1} is blank; it must contain the column names"
            raise ContentError(str(path), f"{why}; pass the number of rows above them as --skip-lines")
        columns = [Column("" if name is None else str(name)) for name in header]
        try:
            with copy.open("w", encoding="utf-8", newline="") as target:
                count = _write_rows(target, rows, columns, path, skip_lines + 1)
        except FileError:
            raise
        except OSError as error:
            raise FileError(str(copy), f"the temporary copy cannot be written: {error.strerror}") from error
    # A column without a name and without cells is a margin.
    kept = {str(place): column for place, column in enumerate(columns) if column.name or column.kinds}
    scan = pl.scan_csv(copy, infer_schema=False, glob=False)
    typed = scan.select(column.typed(place) for place, column in kept.items())
    return Sheet(typed, count, tuple(kept.values()))


def _write_rows(
    target: TextIO, rows: Iterable[Sequence[Any]], columns: Sequence[Column], path: Path, header: int
) -> int:
    """Write the rows down to the last one that is not blank; return their number."""
    # A carriage return in a cell is quoted only if it is part of the line end.
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(range(len(columns)))
    written = 0
    for place, row in enumerate(rows):
        beyond = next((cell for cell in row[len(columns) :] if cell.value is not None), None)
        if beyond is not None:
            why = f"the cell {beyond.coordinate} has a value, but row {header} has no name for its column"
            raise ContentError(str(path), f"{why}; name it, or pass --skip-lines if the names are below")
        cells = [column.encoded(cell) for column, cell in zip(columns, row, strict=False)]
        if any(cell is not None for cell in cells):
            cells += [None] * (len(columns) - len(cells))
            writer.writerows([[None] * len(columns)] * (place - written))
            writer.writerow(cells)
            written = place + 1
    return written


def sheet_names(path: Path) -> list[str]:
    """Return the names of the sheets of an Excel file."""
    with warnings.catch_warnings(), _excel_errors(path), path.open("rb") as file:
        warnings.simplefilter("ignore")
        with _opened(file, data_only=True) as book:
            return [each.title for each in book.worksheets]


def first_rows(path: Path, sheet: str | None, count: int) -> list[list[Any]]:
    """Return the values of the first rows of a sheet."""
    with warnings.catch_warnings(), closing(_rows(path, sheet)) as rows:
        warnings.simplefilter("ignore")
        return [[cell.value for cell in row] for row in islice(rows, count)]


def _rows(path: Path, sheet: str | None) -> Generator[Sequence[Any]]:
    """Yield the cells of each row of a sheet, from its first row."""
    with _excel_errors(path), path.open("rb") as file, _opened(file, data_only=True) as book:
        cells = _chosen(book, sheet, path).iter_rows()
        if not _has_formulas(path):
            yield from cells
            return
        with _opened(file, data_only=False) as formulas:
            yield from map(_calculated, cells, _chosen(formulas, sheet, path).iter_rows())


def _opened(file: BinaryIO, *, data_only: bool) -> closing[Any]:
    try:
        import openpyxl  # noqa: PLC0415  # an extra
    except ModuleNotFoundError:
        raise MissingExtraError("excel") from None
    return closing(openpyxl.load_workbook(file, read_only=True, keep_links=False, data_only=data_only))


@contextmanager
def _excel_errors(path: Path) -> Iterator[None]:
    """Turn the errors of openpyxl into errors that name the file."""
    try:
        yield
    except (FileError, MissingExtraError):
        raise
    except Exception as error:  # openpyxl raises errors of many kinds for a damaged file
        with path.open("rb") as file:
            old = file.read(len(OLD_FORMAT)) == OLD_FORMAT
        why = "is encrypted, or in an older format" if old else f"cannot be read as Excel: {error}"
        advice = "; save it as .xlsx without a password" if old else ""
        raise FileError(str(path), f"{why}{advice}") from error


def _chosen(book: Any, sheet: str | None, path: Path) -> Any:
    """Return a sheet of a workbook; all of it, because files may declare a wrong size."""
    names = [each.title for each in book.worksheets]
    listed = ", ".join(map(repr, names))
    if sheet is None and len(names) != 1:
        raise ContentError(str(path), f"has the sheets {listed}; choose one with --sheet NAME")
    if sheet is not None and sheet not in names:
        guess = did_you_mean(sheet, names)
        raise FileError(str(path), f"has the sheets {listed}, but not {sheet!r}{guess}")
    found = book[names[0] if sheet is None else sheet]
    found.reset_dimensions()
    return found


def counts_from_1904(path: Path) -> bool:
    """Return whether the serial dates of a workbook count from 1904, as those of old Excel for Mac do."""
    with zipfile.ZipFile(path) as archive:
        return FROM_1904.search(archive.read("xl/workbook.xml")) is not None


def _has_formulas(path: Path) -> bool:
    """Return whether any sheet of a file contains a formula."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
                continue
            with archive.open(name) as file:
                end = b""
                while chunk := file.read(CHUNK):
                    if FORMULA.search(end + chunk):
                        return True
                    end = chunk[-20:]
    return False


def _calculated(values: Sequence[Any], formulas: Sequence[Any]) -> list[Any]:
    """Return the cells of a row, with `NotCalculated` for formulas without a value."""
    # A formula that gave an empty text has no value either, but the type of text.
    return [
        NotCalculated(formula.coordinate)
        if formula.data_type == "f" and value.value is None and value.data_type == "n"
        else value
        for value, formula in zip(values, formulas, strict=True)
    ]
