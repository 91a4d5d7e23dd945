"""Fields that are read by a mapping: converted columns of eager frames, and expressions for lazy ones."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, Any, cast

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._fields import LARGEST_EXACT_INTEGER, InvalidValueError, is_missing
from collectrisk._frames.columns import Column, SeriesColumn
from collectrisk._frames.engines import key_of_names, quoted
from collectrisk._frames.validation import (
    CODED_FLAG,
    ROWS_SEARCHED,
    counts_days,
    matches,
    time_kind,
    type_error,
)
from collectrisk.errors import shown
from collectrisk.mapping._convert import UNREADABLE
from collectrisk.mapping._dates import is_iso, looks_like_date
from collectrisk.mapping._mapping import is_exact, key_of, spellings_of
from collectrisk.mapping._numbers import BLANKS, literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping as AnyMapping
    from collections.abc import Sequence

    from collectrisk._fields import Advice, FieldSpec, NumberValidator
    from collectrisk._typing import Array
    from collectrisk.mapping import Mapping
    from collectrisk.mapping._convert import Converter
    from collectrisk.mapping._numbers import NumberFormat

KINDS = {"number": "number", "flag": CODED_FLAG, "choice": "text", "text": "text"}
"""The kind of a mapped column for each kind of validator."""

NULLS = "nulls"
"""The kind of a column of a lazy frame that contains nothing else."""

NULL_TYPES = {"number": nw.Float64(), "flag": nw.Boolean()}

SMALLEST_PLAIN, LARGEST_PLAIN = 1e-3, 1e7
"""Engines write fractions between these sizes without an exponent."""

TEXTS_SHOWN = 5

UNREADABLE_NUMBER = -np.inf
"""Stands for a number that cannot be read; every validator rejects it."""


def reads_codes(spec: FieldSpec) -> bool:
    """Return whether numbers and booleans are valid for a field of text."""
    return bool(getattr(spec.validator, "codes", False))


def readable(converter: Converter, kind: str) -> bool:
    """Return whether a rule can read a column of a kind."""
    rule = converter.rule
    if kind == "object":
        return True
    if rule.values is not None:
        return kind in {"text", "number", "flag"}
    if converter.date is not None:
        return kind in {"text", "number"} or time_kind(kind) == "dates"
    if converter.spec.validator.kind == "number":
        return kind == "number" or (kind == "text" and converter.number_format is not None)
    if converter.spec.validator.kind == "flag":
        return kind == "flag" or (kind in {"text", "number"} and bool(converter.flags))
    return kind == "text" or (reads_codes(converter.spec) and kind in {"number", "flag"})


@attrs.define(slots=False)
class MappedColumn:
    """A field's column, converted by the rule of a mapping.

    Attributes
    ----------
    converter : Converter
        Converts the values.
    sources : tuple of Column
        The columns that the field is read from.
    replaced : list of int
        The numbers of missing summands that were replaced by the field's default, block by block.
    """

    converter: Converter
    sources: tuple[Column, ...]
    replaced: list[int] = attrs.field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        """Determine the name and the kind of the column."""
        self.name = " + ".join(map(str, self.converter.rule.columns))
        self.is_integer = False
        self.kind = KINDS[self.converter.spec.validator.kind]

    @property
    def missing(self) -> int:
        """The number of missing values, if the type of the column tells it."""
        return min(source.missing for source in self.sources)

    def numbers(self, start: int, stop: int) -> Array:
        """Return rows as floats, NaN where a value is missing; several columns are added."""
        parts = [self._numbers(source, start, stop) for source in self.sources]
        return parts[0] if len(parts) == 1 else self._sum(np.stack(list(map(self._valid, parts))))

    def _valid(self, numbers: Array) -> Array:
        """Return numbers, unreadable where the field could not contain them: -1 plus 3 calls are not 2."""
        validator = cast("NumberValidator", self.converter.spec.validator)
        invalid = (numbers < validator.minimum) | (numbers > validator.limit)
        if validator.integer:
            invalid |= numbers % 1 > 0
        return np.where(invalid, UNREADABLE_NUMBER, numbers)

    def _sum(self, parts: Array) -> Array:
        missing = np.isnan(parts)
        spec = self.converter.spec
        if spec.required:
            # A sum of which one part is not known is not known.
            substitute = UNREADABLE_NUMBER
        else:
            substitute = spec.default
            if not spec.nullable:
                self.replaced.append(int((missing.any(axis=0) & ~missing.all(axis=0)).sum()))
        total: Array = functools.reduce(np.add, np.where(missing, substitute, parts))
        total[(parts == UNREADABLE_NUMBER).any(axis=0)] = UNREADABLE_NUMBER
        total[missing.all(axis=0)] = np.nan
        return total

    def _numbers(self, source: Column, start: int, stop: int) -> Array:
        converter, rule = self.converter, self.converter.rule
        if rule.values is None and rule.date is None:
            if source.kind == "number":
                return self._scaled(source.numbers(start, stop))
            if (
                isinstance(source, SeriesColumn)
                and source.series.dtype == nw.String
                and converter.number_format
                and converter.date is None
            ):
                return self._parsed(source.series[start:stop])
        codes, values = _encode(source, start, stop)
        converted = converter.convert_all(values)
        floats = [
            UNREADABLE_NUMBER if each is UNREADABLE else np.nan if each is None else each
            for each in converted
        ]
        # Code -1, a missing value, is the last element.
        return np.array([*floats, np.nan], dtype=np.float64).take(codes)

    def _scaled(self, numbers: Array) -> Array:
        converter = self.converter
        if converter.missing_numbers:
            is_code = np.isin(numbers, list(converter.missing_numbers))
            numbers = np.where(is_code, np.nan, numbers)
        return converter.scaled(numbers.astype(np.float64)) if converter.rule.factor != 1 else numbers

    def _parsed(self, block: nw.Series[Any]) -> Array:
        """Return text as numbers; much faster than one value at a time."""
        # Under a name of its own, because polars reads a name such as ^a$ as a pattern.
        block = block.alias("text")
        if not block.implementation.is_polars():
            return self._scaled(self._by_pattern(block))
        written = cast("NumberFormat", self.converter.number_format)
        numbers, is_number = plain_numbers(block.to_native(), written)
        codes = [float(plain) for plain in map(written.plain, self.converter.missing_texts) if plain]
        doubtful = ~is_number | np.isin(numbers, codes)
        doubtful &= ~block.is_null().to_numpy()
        if doubtful.any():
            numbers[doubtful] = self._by_pattern(block.filter(doubtful.tolist()))
        return self._scaled(numbers)

    def _by_pattern(self, block: nw.Series[Any]) -> Array:
        """Return text as numbers that were compared with the pattern of the convention."""
        column = nw.col(block.name)
        text = stripped(column)
        frame = block.to_frame().select(
            number=parsed_number(text, self.converter),
            missing=column.is_null() | text.str.to_lowercase().is_in(self.converter.missing_texts),
        )
        numbers = frame["number"].to_numpy().astype(np.float64)
        missing = frame["missing"].fill_null(value=True).to_numpy().astype(np.bool_)
        numbers = np.where(np.isnan(numbers), UNREADABLE_NUMBER, numbers)
        return np.where(missing, np.nan, numbers)

    def texts(self, start: int, stop: int) -> tuple[Array, list[Any]]:
        """Return rows as codes (-1 for missing) and the converted values, unreadable ones included."""
        codes, values = _encode(self.sources[0], start, stop)
        converted = self.converter.convert_all(values)
        present = [index for index, each in enumerate(converted) if each is not None]
        new_codes = np.full(len(converted) + 1, -1, dtype=np.int64)
        new_codes[present] = np.arange(len(present))
        return new_codes.take(codes), [converted[index] for index in present]

    def codes(self, start: int, stop: int, levels: tuple[str, ...]) -> Array | None:  # noqa: ARG002  # as in Column
        """Return None: there is no fast path."""
        return None

    def flags(self, start: int, stop: int) -> tuple[Array, Array | None]:
        """Return rows as booleans; not used, because coded flags are read as texts."""
        raise NotImplementedError

    def hint(self, value: Any) -> tuple[str, Advice]:
        """Return why a value is not valid, as the end of a message, and which option reads it."""
        try:
            converted = [
                self.converter.convert(each) for each in (value if len(self.sources) > 1 else (value,))
            ]
            if len(converted) > 1:
                self.converter.spec.validator.validate(sum(each for each in converted if each is not None))
        except InvalidValueError as error:
            return error.hint, error.advice
        return "", ""

    def objects(self, start: int, stop: int) -> list[Any]:
        """Return rows as they are in the frame, for a message; a tuple if there are several columns."""
        parts = [source.objects(start, stop) for source in self.sources]
        return parts[0] if len(parts) == 1 else list(zip(*parts, strict=True))


def mapped_column(converter: Converter, sources: tuple[Column, ...], rows: int) -> Column:
    """Return the column of a field: that of the frame if nothing has to be converted.

    Raises
    ------
    ColumnTypeError
        If the rule of the field cannot read a column of this type.
    """
    kind = sources[0].kind
    as_objects = kind == "object" and (converter.reads_text or reads_codes(converter.spec))
    if converter.changes_nothing and not as_objects and matches(converter.spec, kind):
        return sources[0]
    for source in sources:
        if not readable(converter, source.kind) and source.missing < rows:
            is_text, objects = source.kind == "text", source.objects(0, ROWS_SEARCHED)
            first = [each for each in objects if isinstance(each, str) == is_text and not is_missing(each)]
            raise type_error(converter.spec, source, rows, text_hint(converter, source.kind, first))
    return MappedColumn(converter, sources)


def text_hint(converter: Converter, kind: str, first: Sequence[Any] = ()) -> str:
    """Return how to read a column that the field's rule cannot read, or nothing.

    Parameters
    ----------
    converter : Converter
        The rule of the field.
    kind : str
        The kind of the column.
    first : sequence of str or number
        The first values of the column, if they are known.
    """
    is_flag = converter.spec.validator.kind == "flag"
    if kind != "text" and not (is_flag and kind == "number"):
        return ""
    if counts_days(converter.spec) and first and looks_like_date(first[0].strip()):
        style, check = ("iso", "") if is_iso(first[0]) else ("%d.%m.%Y", ", with the format of these dates")
        rule = {converter.spec.name: {"column": converter.rule.columns[0], "date": style}}
        return f"; to count the days from dates, pass Mapping({rule!r}, as_of=your_date){check}"
    distinct = list(dict.fromkeys(first))
    texts = ", ".join([*map(shown, distinct[:TEXTS_SHOWN]), *(["..."] if distinct[TEXTS_SHOWN:] else [])])
    flags = "true=[1], false=[0]" if kind == "number" and {*distinct} <= {0, 1} else "true=[...], false=[...]"
    declare = {
        "number": 'Mapping(..., decimal="." or decimal=",")',
        "flag": f"Mapping(..., {flags})" + (f" with all spellings, here {texts}" if texts else ""),
    }.get(converter.spec.validator.kind)
    return f"; to read it, declare how it is written: {declare}" if declare else ""


def _key(value: Any) -> tuple[type, Any]:
    """Return what only equal values of a type share: True equals 1, and some values have no hash."""
    try:
        hash(value)
    except (TypeError, ValueError):
        return type(value), repr(value)
    return type(value), value


def _encode(source: Column, start: int, stop: int) -> tuple[Array, list[Any]]:
    """Return each row's index among the distinct values (-1 for missing), and those values."""
    if source.kind == "text":
        return source.texts(start, stop)
    if source.kind == "number":
        numbers = source.numbers(start, stop)
        if not (np.abs(numbers) > LARGEST_EXACT_INTEGER).any():
            distinct, codes_of_numbers = np.unique(numbers, return_inverse=True)
            distinct = distinct[~np.isnan(distinct)]  # NaN is the last
            listed = distinct.astype(np.int64) if source.is_integer else distinct
            return np.where(codes_of_numbers < len(distinct), codes_of_numbers, -1), listed.tolist()
    if source.kind == "object":
        codes_of_text, texts = source.texts(start, stop)
        if all(isinstance(each, str) for each in texts):
            return codes_of_text, texts
    codes: dict[Any, int] = {}
    values: list[Any] = []

    def code(value: Any) -> int:
        if is_missing(value):
            return -1
        key = _key(value)
        if key not in codes:
            codes[key] = len(values)
            values.append(value)
        return codes[key]

    rows = source.objects(start, stop)
    return np.fromiter(map(code, rows), dtype=np.int64, count=len(rows)), values


def stripped(column: nw.Expr) -> nw.Expr:
    """Return the text of a column without blanks around it."""
    return column.cast(nw.String).str.strip_chars(BLANKS)


def plain_numbers(text: Any, written: NumberFormat) -> tuple[Array, Array]:
    """Return a polars column of text as numbers, and which of them are certain to follow a convention.

    Whatever polars converts to a finite number follows the pattern of numbers with a decimal point,
    which is several times slower. Where there is a decimal comma, a point is not a decimal point.
    """
    import polars as pl

    has_comma = written.decimal == ","
    digits = text.str.replace_all(",", ".", literal=True) if has_comma else text
    numbers = np.array(digits.cast(pl.Float64, strict=False).to_numpy())  # a copy, which can be changed
    is_number = np.isfinite(numbers)
    if has_comma:
        is_number &= ~text.str.contains(".", literal=True).fill_null(value=False).to_numpy()
    return numbers, is_number


def parsed_number(text: nw.Expr, converter: Converter) -> nw.Expr:
    """Return stripped text as numbers, null where it does not follow the converter's convention."""
    written = cast("NumberFormat", converter.number_format)
    digits = text
    for old, new in written.replacements:
        digits = digits.str.replace_all(old, new)
    return nw.when(text.str.contains(f"^{written.pattern}$")).then(digits).cast(nw.Float64)


def readable_lazily(converter: Converter, kind: str) -> bool:
    """Return whether a rule can read a column of a lazy frame."""
    if kind == NULLS:
        return True
    if converter.date is not None and not (converter.may_be_date and kind == "number"):
        return time_kind(kind) == "dates" and "time_zone='" not in kind
    return kind != "object" and readable(converter, kind)


def lazy_hint(converter: Converter, kind: str) -> str:
    """Return how to make a column of a lazy frame readable, or nothing."""
    if converter.date is not None:
        return "; in a lazy frame, convert it to a date (without a time zone) first, or collect the frame"
    return text_hint(converter, kind)


def mapped_expression(converter: Converter, kinds: dict[str, str]) -> tuple[nw.Expr, nw.Expr]:
    """Return a field of a lazy frame, and where it is missing.

    Parameters
    ----------
    converter : Converter
        Converts the values.
    kinds : dict of str to str
        The kind of each column that the field is read from.

    Returns
    -------
    value : nw.Expr
        The value as the field holds it, null where it is missing or not valid.
    missing : nw.Expr
        Whether it is missing.
    """
    pairs = [_expression(converter, nw.col(name), kind) for name, kind in kinds.items()]
    return pairs[0] if len(pairs) == 1 else _sum_expression(converter.spec, pairs)


def _sum_expression(spec: FieldSpec, pairs: list[tuple[nw.Expr, nw.Expr]]) -> tuple[nw.Expr, nw.Expr]:
    """Return the sum of columns and where it is missing, as `MappedColumn` computes them."""
    valid = [(in_range(value, cast("NumberValidator", spec.validator)), missing) for value, missing in pairs]
    all_missing = nw.all_horizontal(*(missing for _, missing in valid), ignore_nulls=False)
    if spec.required or spec.nullable:
        # A sum of which one part is not known is not known.
        readable_parts = [missing | ~value.is_null() for value, missing in valid]
        any_missing = nw.any_horizontal(*(missing for _, missing in valid), ignore_nulls=False)
        unknown = any_missing & nw.all_horizontal(*readable_parts, ignore_nulls=False)
        return functools.reduce(operator.add, (value for value, _ in valid)), unknown
    default = nw.lit(float(spec.default))
    parts = (nw.when(~missing).then(value).otherwise(default) for value, missing in valid)
    return functools.reduce(operator.add, parts), all_missing


def in_range(value: nw.Expr, validator: NumberValidator, *, integer: bool = False) -> nw.Expr:
    """Return numbers, null where they are not valid; `integer` says that the type has no fractions."""
    valid = (value >= validator.minimum) & (value <= validator.limit)
    if validator.integer and not integer:
        valid = valid & (value.floor() == value)
    return nw.when(valid).then(value)


def _expression(converter: Converter, column: nw.Expr, kind: str) -> tuple[nw.Expr, nw.Expr]:
    rule, missing = converter.rule, column.is_null()
    if kind == NULLS:
        return nw.lit(None, NULL_TYPES.get(converter.spec.validator.kind, nw.String())), missing
    if kind == "number":
        column = column.cast(nw.Float64)
        missing = missing | column.is_nan().fill_null(value=False)
        if converter.missing_numbers:
            missing = missing | column.is_in(converter.missing_numbers).fill_null(value=False)
    elif kind == "text":
        column = stripped(column)
        missing = missing | column.str.to_lowercase().is_in(converter.missing_texts).fill_null(value=False)
    if rule.values is not None:
        value = _looked_up(column, kind, rule.values)
    elif converter.date is not None and kind != "number":
        days = float(cast("dt.date", converter.as_of).toordinal()) - ordinal_day(column)
        value = nw.when(days >= 0).then(days)
    elif converter.spec.validator.kind == "number":
        number = parsed_number(column, converter) if kind == "text" else column
        if kind == "text" and converter.missing_numbers:
            missing = missing | number.is_in(converter.missing_numbers).fill_null(value=False)
        value = converter.scaled(number) if rule.factor != 1 else number
    elif converter.spec.validator.kind == "flag" and kind != "flag":
        key = column.str.to_lowercase() if kind == "text" else column
        value = _looked_up(key, kind, converter.flags)
    else:
        value = _code(column, kind) if reads_codes(converter.spec) else column
    return nw.when(~missing).then(value), missing


def _whole_number(column: nw.Expr) -> tuple[nw.Expr, nw.Expr]:
    """Return where a number is whole and exact, and the text of it there: 9999 for 9999.0."""
    is_whole = (column.floor() == column) & (column.abs() <= LARGEST_EXACT_INTEGER)
    # pandas converts the other rows too, among which NaN is not an integer.
    known = nw.when(is_whole.fill_null(value=False)).then(column).otherwise(nw.lit(0.0))
    return is_whole, known.cast(nw.Int64).cast(nw.String)


def _code(column: nw.Expr, kind: str) -> nw.Expr:
    """Return a column as text, as `code_of` does; null where a number is not exact.

    The text of a fraction is the same in every engine only while it is written without an exponent.
    """
    if kind == "flag":
        return nw.when(column).then(nw.lit("true")).otherwise(nw.lit("false"))
    if kind != "number":
        return column
    is_whole, whole = _whole_number(column)
    size = column.abs()
    is_plain = (size >= SMALLEST_PLAIN) & (size < LARGEST_PLAIN)
    return nw.when(is_whole).then(whole).otherwise(nw.when(is_plain).then(column.cast(nw.String)))


def _looked_up(column: nw.Expr, kind: str, values: Any) -> nw.Expr:
    """Return the value for each code, null for a code that is not listed."""
    result: Any = None
    for code, value in values.items():
        equal = _equals(column, kind, code)
        if equal is not None:
            literal = nw.lit(float(value) if type(value) is int else value)
            step = nw.when(equal).then(literal)
            result = step if result is None else step.otherwise(result)
    return nw.lit(None) if result is None else result


def _equals(column: nw.Expr, kind: str, code: str) -> nw.Expr | None:
    if kind == "text":
        return column.is_in(spellings_of(code))
    if kind == "flag":
        return column == (code == "true") if code in {"true", "false"} else None
    try:
        number = float(code)
    except ValueError:
        return None
    # Python also reads 1_000 and texts that `key_of` writes differently.
    return column == number if key_of(number) == code and is_exact(number) else None


def ordinal_day(column: nw.Expr) -> nw.Expr:
    """Return the number of a day since 1 January of year 1, as `datetime.date.toordinal`.

    Engines differ in what the difference of two dates is, so it is computed from year, month and
    day, with years that begin in March.
    """
    year, month, day = (
        part.cast(nw.Float64) for part in (column.dt.year(), column.dt.month(), column.dt.day())
    )
    january_or_february = ((14.0 - month) / 12.0).floor()
    year, month = year - january_or_february, month + 12.0 * january_or_february - 3.0
    leap_days = (year / 4.0).floor() - (year / 100.0).floor() + (year / 400.0).floor()
    return day + ((153.0 * month + 2.0) / 5.0).floor() + 365.0 * year + leap_days - 306.0


def _text_of(name: str, dtype: Any) -> nw.Expr:
    """Return the text of a column, empty where it is null: pandas may turn a null into the text "None"."""
    column = nw.col(name)
    text = stripped(column)
    if dtype.is_float():
        # Integers are floats in pandas where a value is missing.
        is_whole, whole = _whole_number(column)
        text = nw.when(is_whole).then(whole).otherwise(text)
    return nw.when(column.is_null()).then(nw.lit("")).otherwise(text)


def skipped_rows(mapping: Mapping, schema: AnyMapping[str, Any], engine: nw.Implementation) -> nw.Expr:
    """Return which rows of a frame are not accounts."""
    key = key_of_names(engine)
    types = {key(name): dtype for name, dtype in schema.items()}
    matches_pattern = [
        _text_of(quoted(column, engine), types[key(column)])
        .str.to_lowercase()
        .str.contains(regular_expression(pattern))
        for column, patterns in mapping.skip.items()
        for pattern in patterns
    ]
    return nw.any_horizontal(*matches_pattern, ignore_nulls=True)


def accounts_of(frame: nw.DataFrame[Any], mapping: Mapping) -> tuple[nw.DataFrame[Any], Array | None]:
    """Return the rows that are accounts, and their positions if there are others."""
    if not mapping.skip or not set(mapping.skip) <= set(frame.columns):
        return frame, None  # an absent column is reported with all other problems of the columns
    rows = skipped_rows(mapping, frame.schema, frame.implementation)
    skipped = frame.select(skipped=rows)["skipped"].to_numpy().astype(np.bool_)
    return frame.filter(~rows), np.flatnonzero(~skipped)


def regular_expression(pattern: str) -> str:
    """Return the regular expression of a pattern in which ``*`` stands for any text."""
    return "(?s)^" + ".*".join(literal(part) for part in pattern.strip(BLANKS).lower().split("*")) + "$"
