"""Columns of text that become dates, times and numbers; cells that do not are problems of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import polars as pl

from collectrisk._cli.advice import ContentError
from collectrisk._cli.cells import Points
from collectrisk._cli.excel import without_marks
from collectrisk._cli.problems import ROWS_SHOWN
from collectrisk._fields import InvalidValueError
from collectrisk.errors import ArgumentError, ColumnProblem, shown
from collectrisk.mapping._dates import is_style
from collectrisk.mapping._numbers import BLANKS, NumberFormat

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from collectrisk._cli.tabular import Source

ISO = (
    r"^(\d{4}-\d{2}-\d{2})"
    r"(?:[T ](\d{2}:\d{2})(:\d{2})?(\.\d{1,9})?[ ]?(?:Z|([+-])(\d{2}):?(\d{2})?)?)?$"
)
HAS_TIME, HAS_OFFSET = r"^\d{4}-\d{2}-\d{2}[T ]\d", r"\d(?:Z|[ ]?[+-]\d{2}:?(?:\d{2})?)$"
EXAMPLES = {
    "date": "a date such as 2026-11-30",
    "time": "a time such as 2026-11-30 14:05",
    "offset": "a time with a UTC offset such as 2026-11-30T14:05+08:00",
}
"""The styles of ISO dates and times, and what each value must be."""

FIRST_YEAR = 1000
"""The year 26 is one whose century is not written."""


def checked_format(option: str, text: str | None) -> str | None:
    """Return a format of dates or times, or raise `ArgumentError`."""
    if text is not None and (text in {"iso", "excel"} or not is_style(text)):
        raise ArgumentError(option, f"must be a format such as %d.%m.%Y %H:%M, not {shown(text)}")
    return text


@attrs.frozen
class StampText:
    """How the dates or times of a column are written.

    Attributes
    ----------
    column : str
        The column.
    style : str
        A key of `EXAMPLES`, or a format of `datetime.strptime`.
    option : str
        The option that declares the format.
    """

    column: str
    style: str
    option: str

    @classmethod
    def of(cls, cells: pl.Series, style: str | None, option: str) -> StampText:
        """Return how a column is written: by its format, or by its first cells in the style of ISO 8601."""
        if style is None:
            has_time = cells.str.contains(HAS_TIME)
            has_offset = has_time & cells.str.contains(HAS_OFFSET)
            style = "offset" if has_offset.any() else "time" if has_time.any() else "date"
        return cls(cells.name, style, option)

    @property
    def requirement(self) -> str:
        """What each value must be."""
        return EXAMPLES.get(self.style, f"a date or time in the format {self.style}")

    @property
    def hint(self) -> str:
        """How to declare another format."""
        return f"; if dates are written in another way, pass {self.option}, such as {self.option} '%d.%m.%Y'"

    def parsed(self) -> pl.Expr:
        """Return the dates or times, null where the text does not follow the style."""
        text = pl.col(self.column)
        if self.style not in EXAMPLES:
            # To polars, %f is a number of nanoseconds.
            style = self.style.replace(".%f", "%.f")
            stamp = text.str.to_datetime(style, time_unit="us", strict=False)
            stamp = pl.when(stamp.dt.year() >= FIRST_YEAR).then(stamp)
            has_time = any(part in self.style for part in ("%H", "%I", "%T", "%c", "%X"))
            return stamp if has_time else stamp.cast(pl.Date)
        day, minute, second, fraction, sign, hours, minutes = (text.str.extract(ISO, n) for n in range(1, 8))
        if self.style == "date":
            return pl.when(minute.is_null()).then(day.str.to_date("%Y-%m-%d", strict=False))
        clock = minute.fill_null("00:00") + second.fill_null(":00") + fraction.fill_null("")
        full = day + " " + clock
        local = full.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
        has_offset = text.str.contains(HAS_OFFSET) & minute.is_not_null()
        if self.style == "time":
            return pl.when(~has_offset).then(local)
        ahead = hours.cast(pl.Int64).fill_null(0) * 60 + minutes.cast(pl.Int64).fill_null(0)
        ahead = pl.when(sign == "-").then(-ahead).otherwise(ahead)
        utc = (local - pl.duration(minutes=ahead)).dt.replace_time_zone("UTC")
        return pl.when(has_offset).then(utc)


@attrs.frozen
class AmountText:
    """How the amounts of a column are written.

    Attributes
    ----------
    column : str
        The column.
    written : NumberFormat
        The convention.
    is_whole : bool
        Whether each value must be a whole number.
    """

    column: str
    written: NumberFormat
    is_whole: bool = False

    @property
    def requirement(self) -> str:
        """What each value must be."""
        return "a whole number" if self.is_whole else "a number"

    @property
    def hint(self) -> str:
        """No hint that holds for every value."""
        return ""

    def parsed(self) -> pl.Expr:
        """Return the numbers, null where the text does not follow the convention."""
        text = digits = pl.col(self.column)
        for old, new in self.written.replacements:
            digits = digits.str.replace_all(old, new)
        number = digits.cast(pl.Float64, strict=False)
        number = pl.when(text.str.contains(f"^(?:{self.written.pattern})$")).then(number)
        if self.is_whole:
            number = pl.when(number == number.floor()).then(number.cast(pl.Int64, strict=False))
        return number


@attrs.frozen
class TextColumns:
    """Reads batches of a file whose columns of text get types.

    Attributes
    ----------
    texts : tuple of str
        The columns that contain text, whose cells may have blanks around them.
    mixed : tuple of str
        Those of an Excel sheet with cells of several kinds.
    parsers : tuple of StampText or AmountText
        How text becomes dates, times and numbers.
    points : tuple of Points
        What the points in amounts may mean, unless it is declared.
    """

    texts: tuple[str, ...]
    mixed: tuple[str, ...]
    parsers: tuple[StampText | AmountText, ...]
    points: tuple[Points, ...] = ()

    @classmethod
    def of(
        cls,
        source: Source,
        first: pl.DataFrame,
        columns: Iterable[str],
        *,
        stamps: Mapping[str, tuple[str | None, str]],
        amounts: Mapping[str, bool],
        written: NumberFormat | None,
    ) -> TextColumns:
        """Return how some columns of a file are read.

        Parameters
        ----------
        source : Source
            The file.
        first : polars.DataFrame
            The first rows.
        columns : iterable of str
            The columns to read.
        stamps : mapping of str to (str or None, str)
            The declared format of each column with dates or times, and the option that declares it.
        amounts : mapping of str to bool
            The columns with numbers, and whether these are whole numbers.
        written : NumberFormat or None
            The declared convention of numbers.
        """
        texts = tuple(name for name in dict.fromkeys(columns) if first.schema[name] == pl.String)
        mixed = tuple(name for name in texts if name in source.mixed)
        cells = first.select(_plain(texts, mixed))
        numbers = [name for name in amounts if name in texts]
        parsers: list[StampText | AmountText] = [
            *(StampText.of(cells[name], *each) for name, each in stamps.items() if name in texts),
            *(AmountText(name, written or NumberFormat(), amounts[name]) for name in numbers),
        ]
        points = () if written else tuple(Points(name) for name in numbers)
        return cls(texts, mixed, tuple(parsers), points)

    def read(self, batch: pl.DataFrame, row: str) -> tuple[pl.DataFrame, list[ColumnProblem]]:
        """Return a batch with types, and the problems of rows that cannot be read and are left out."""
        cells = batch.with_columns(_plain(self.texts, self.mixed))
        for points in self.points:
            points.add(cells[points.column], cells[row])
        parsed = cells.with_columns(parser.parsed().alias(parser.column) for parser in self.parsers)
        problems, kept = [], pl.Series([True]).new_from_index(0, len(batch))
        for parser in self.parsers:
            wrong = cells[parser.column].is_not_null() & parsed[parser.column].is_null()
            if wrong.any():
                problems.append(_problem(parser, cells, wrong))
                kept &= ~wrong
        return parsed.filter(kept), problems

    def refuse_ambiguous(self, name: str, advice: str) -> None:
        """Raise `ContentError` if nothing says what the points in a column of numbers mean."""
        found = "".join(f"\n- {points.describe()}" for points in self.points if points.ambiguous)
        if found:
            raise ContentError(name, f"some numbers can be read in several ways:{found}\n{advice}")


def stripped(cell: pl.Expr) -> pl.Expr:
    """Return text without blanks around it; null if it is empty."""
    plain = cell.str.strip_chars(BLANKS)
    return pl.when(plain != "").then(plain)


def _plain(texts: Iterable[str], mixed: Iterable[str]) -> list[pl.Expr]:
    """Return the cells of columns of text as plain text."""
    cells = {name: without_marks(name) if name in mixed else pl.col(name) for name in texts}
    return [stripped(cell).alias(name) for name, cell in cells.items()]


def _problem(parser: StampText | AmountText, cells: pl.DataFrame, mask: pl.Series) -> ColumnProblem:
    rows = [int(row) for row in mask.arg_true().head(ROWS_SHOWN)]
    values = [cells[parser.column][row] for row in rows]
    hint = parser.hint
    if isinstance(parser, AmountText):
        try:
            parser.written.parse(values[0])
        except InvalidValueError as error:
            hint = str(error)
    shown_rows = tuple(zip(rows, values, strict=True))
    return ColumnProblem(parser.column, parser.requirement, int(mask.sum()), shown_rows, hint)
