"""The cells of a text file or a sheet, which a mapping converts to the values of fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import attrs
import narwhals.stable.v2 as nw
import polars as pl

from collectrisk._fields import NumberValidator
from collectrisk._frames.mapped import mapped_expression
from collectrisk.mapping import Mapping
from collectrisk.mapping._convert import UNREADABLE
from collectrisk.mapping._numbers import BLANKS, GROUPED, NumberFormat, fitting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from collections.abc import Mapping as AnyMapping

    from collectrisk.mapping._convert import Converter

TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")
"""How a flag is spelled if the mapping does not say it."""


class TextMapping(Mapping):
    """The mapping of a text file or a sheet, in which every cell may be text."""

    from_text_file: ClassVar[bool] = True

    @classmethod
    def of_file(cls, mapping: Mapping) -> TextMapping:
        """Return the mapping of a file, with the usual spellings of flags if it has none."""
        keys = attrs.asdict(mapping, recurse=False)
        if not (mapping.true or mapping.false):
            keys |= {"true": TRUE, "false": FALSE}
        return cls(**keys)


def _undeclared(converter: Converter) -> bool:
    """Return whether numbers are read with decimal points because nothing else is declared."""
    rule, kind = converter.rule, converter.spec.validator.kind
    return kind == "number" and rule.number_format is None and rule.values is None and rule.date is None


@attrs.define
class Points:
    """What the points in a column of numbers may mean.

    Attributes
    ----------
    column : str
        The column.
    units : tuple of str
        What may stand before or after a number.
    missing : collection of str
        Codes for missing values, in lower case.
    missing_numbers : collection of float
        Those of the codes that are numbers.
    row, cell : int, str
        The first cell in which a point may separate thousands, such as 12.500.
    is_decimal : bool
        Whether another cell shows that points are decimal points.
    """

    column: str
    units: tuple[str, ...] = ()
    missing: Collection[str] = ()
    missing_numbers: Collection[float] = ()
    row: int = 0
    cell: str = ""
    is_decimal: bool = False

    @property
    def ambiguous(self) -> bool:
        """Whether nothing in the column says what the points mean."""
        return self.cell != "" and not self.is_decimal

    def add(self, cells: pl.Series, numbers: pl.Series) -> None:
        """Look at the cells of a batch; `numbers` are the file's numbers of its rows."""
        if self.is_decimal or not isinstance(cells.dtype, pl.String):
            return
        if not cells.str.contains(".", literal=True).any():
            return
        written = NumberFormat(units=self.units)
        digits = text = pl.col("cell").str.strip_chars(BLANKS)
        for old, new in written.replacements:
            digits = digits.str.replace_all(old, new)
        # A unit such as "Rs." contains a point that says nothing about the number.
        is_number = text.str.contains(f"^{written.pattern}$") & digits.str.contains(".", literal=True)
        grouped = digits.str.contains(GROUPED)
        # Neither does a code for a missing value, which another system may have written.
        is_value = ~text.str.to_lowercase().is_in(self.missing)
        is_value &= ~digits.cast(pl.Float64, strict=False).is_in(self.missing_numbers).fill_null(value=False)
        frame = pl.DataFrame({"cell": cells, "row": numbers}).filter(is_value)
        self.is_decimal = bool(frame.select((is_number & ~grouped).any()).item())
        first = frame.filter(grouped).sort("row").head(1)
        if len(first) and (not self.cell or first["row"][0] < self.row):
            self.row, self.cell = first["row"][0], first["cell"][0]

    def describe(self) -> str:
        """Return in which ways the first cell can be read, and how to choose."""
        readings = (
            f"if it is {each.parse(self.cell):,.12g}, declare {each.declaration}"
            for each in fitting([self.cell], self.units)
        )
        return (
            f"column {self.column!r}: every point may be a decimal point or separate thousands, as in "
            f"row {self.row}: {self.cell!r}; {'; '.join(readings)}"
        )


def undeclared_points(converters: Iterable[Converter]) -> list[Points]:
    """Return what to find out about the columns whose numbers have no declared convention."""
    return [
        Points(column, converter.rule.units, converter.missing_texts, converter.missing_numbers)
        for converter in converters
        if _undeclared(converter)
        for column in converter.rule.columns
    ]


def typed(cells: pl.DataFrame, converters: AnyMapping[str, Converter]) -> list[pl.Series]:
    """Return columns with numbers and flags instead of text, null where a cell is missing or not valid.

    Parameters
    ----------
    cells : polars.DataFrame
        The cells.
    converters : mapping of str to Converter
        The columns to convert.
    """
    return [_typed(cells.select(name), converter) for name, converter in converters.items()]


def _typed(cells: pl.DataFrame, converter: Converter) -> pl.Series:
    (column,) = cells
    if column.dtype == pl.Object:
        found = [None if each is UNREADABLE else each for each in converter.convert_all(column)]
        values = pl.Series(column.name, found, strict=False)
    else:
        value, _ = mapped_expression(converter, {column.name: "text"})
        values = nw.from_native(cells).select(value.alias(column.name)).to_native().to_series()
    validator = converter.spec.validator
    if not isinstance(validator, NumberValidator):
        return values.cast(pl.Boolean)
    values = values.cast(pl.Float64)
    if validator.integer:
        # A fraction is not valid in a column of whole numbers.
        values = values.set(values != values.floor(), None).cast(pl.Int64, strict=False)
    return values


def has_type(converter: Converter) -> bool:
    """Return whether the cells of a field are numbers or flags in another spelling, and nothing else."""
    rule = converter.rule
    is_one_column = len(rule.columns) == 1 and converter.date is None
    as_written = is_one_column and rule.values is None and rule.factor == 1
    return as_written and converter.spec.validator.kind in {"number", "flag"}
