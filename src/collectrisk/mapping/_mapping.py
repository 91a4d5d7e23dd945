"""The mapping from the columns of an export to the fields of a borrower."""

from __future__ import annotations

import datetime as dt
import functools
import math
import numbers
import os
import sys
from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from decimal import Decimal
from typing import Any, ClassVar, Self, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from collectrisk._fields import LARGEST_EXACT_INTEGER, is_boolean, is_number
from collectrisk.errors import InvalidMappingError, did_you_mean, shown
from collectrisk.mapping._dates import is_style
from collectrisk.mapping._numbers import BLANKS, DECIMALS, THOUSANDS, NumberFormat, changes_numbers


def _plain(value: Any) -> Any:
    """Return a text or a number of a subclass or of NumPy as a plain one."""
    if isinstance(value, str):
        return str.__str__(value)
    if not is_number(value) or isinstance(value, Decimal):
        return value
    return int(value) if isinstance(value, numbers.Integral) else float(value)


def _plain_values(value: Any) -> Any:
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, AnyMapping) else value


def _texts(value: Any) -> Any:
    """Return one text or number as a tuple of one, and a list as a tuple."""
    if isinstance(value, (str, numbers.Real)):
        return (_plain(value),)
    listed = isinstance(value, Iterable) and not isinstance(value, (AnyMapping, bytes, bytearray))
    return tuple(map(_plain, value)) if listed else value


def _is_number(value: Any) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and bool(abs(value) <= sys.float_info.max)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _require(part: str, why: str, *, that: bool) -> None:
    if not that:
        raise InvalidMappingError(part, why)


def _require_known(keys: Iterable[Any], known: list[str], noun: str) -> None:
    for key in keys:
        if key not in known:
            why = f"is not a key of a {noun}{did_you_mean(key, known)} (the keys are {', '.join(known)})"
            raise InvalidMappingError(str(key), why)


def _codes(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    fine = isinstance(value, tuple) and all(isinstance(each, str) or _is_number(each) for each in value)
    why = f"must be a list of texts or finite numbers, not {value!r}"
    _require(attribute.name, f"{why}; booleans and NaN need no code", that=fine)


def _names(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    fine = isinstance(value, tuple) and all(map(_is_name, value))
    _require(attribute.name, f"must be a list of names, not {value!r}", that=fine)


def _is_blank(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], str) and not value[0]


def _columns(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    # A draft has an empty text where the user must choose.
    _require(attribute.name, "must be filled in: name the column of the field", that=not _is_blank(value))
    # In pandas, the name of a column may be its number.
    fine = isinstance(value, tuple) and all(_is_name(each) or type(each) is int for each in value)
    _require(attribute.name, f"must be a list of names, not {value!r}", that=fine)


def _units(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    fine = isinstance(value, tuple) and all(isinstance(each, str) and each.strip() for each in value)
    _require(attribute.name, f"must be a list of texts, not {value!r}", that=fine)
    digits = [each for each in value if any(character.isdigit() for character in each)]
    _require(attribute.name, f"must not contain digits, as {digits} does", that=not digits)
    parts = [each for each in value if changes_numbers(each)]
    _require(attribute.name, f"must not be parts of numbers, as {parts} is", that=not parts)


def _zone(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if value is None:
        return
    try:
        ZoneInfo(value if isinstance(value, str) else "")
    except (OSError, ValueError, TypeError, KeyError):
        raise InvalidMappingError(
            attribute.name, f'must be the name of a time zone, such as "Europe/Berlin", not {value!r}'
        ) from None


def _text_or_none(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    _require(
        attribute.name,
        f"must be a text, not {value!r}",
        that=value is None or _is_name(value),
    )


def _encoding(instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    _text_or_none(instance, attribute, value)
    if value is None:
        return
    try:
        "".encode(value)
    except (LookupError, ValueError):  # a null character is a ValueError
        raise InvalidMappingError(
            attribute.name, f'must be an encoding of text, such as "utf-8" or "cp1252", not {value!r}'
        ) from None


def _delimiter(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    fine = value is None or (isinstance(value, str) and len(value) == 1 and value not in '\r\n"')
    _require(attribute.name, f'must be one character, such as ";", not {value!r}', that=fine)


def _style(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    _require(
        attribute.name,
        f'must be "iso", "excel" or a format with year, month and day, such as "%d.%m.%Y", not {value!r}',
        that=value is None or (isinstance(value, str) and is_style(value)),
    )


def _one_of(choices: tuple[str, ...]) -> Any:
    def check(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        fine = value is None or (isinstance(value, str) and value in choices)
        _require(attribute.name, f"must be one of {', '.join(map(repr, choices))}, not {value!r}", that=fine)

    return check


def _factor(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    fine = _is_number(value) and value != 0
    _require(attribute.name, f"must be a finite number other than 0, not {value!r}", that=fine)


@attrs.frozen
class _Spelling:
    """How values are written; the keys that a mapping and its fields share."""

    decimal: str | None = attrs.field(default=None, kw_only=True, validator=_one_of(DECIMALS))
    thousands: str | None = attrs.field(default=None, kw_only=True, validator=_one_of(THOUSANDS))
    units: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_texts, validator=_units)
    missing: tuple[Any, ...] = attrs.field(default=(), kw_only=True, converter=_texts, validator=_codes)
    true: tuple[Any, ...] = attrs.field(default=(), kw_only=True, converter=_texts, validator=_codes)
    false: tuple[Any, ...] = attrs.field(default=(), kw_only=True, converter=_texts, validator=_codes)
    zone: str | None = attrs.field(default=None, kw_only=True, validator=_zone)

    def __attrs_post_init__(self) -> None:
        """Check that the keys agree with each other."""
        true, false, missing = map(_folded, (self.true, self.false, self.missing))
        both = sorted(true & false)
        _require("true", f"and false must differ, and both contain {both}", that=not both)
        both = sorted((true | false) & missing)
        _require("missing", f"and true or false must differ, and both contain {both}", that=not both)
        if self.thousands and self.thousands == (self.decimal or "."):
            why = f"must differ from the decimal separator, {self.thousands!r}; give `decimal` too"
            raise InvalidMappingError("thousands", why)

    @property
    def number_format(self) -> NumberFormat | None:
        """The convention of numbers as text, or None if none is declared."""
        if self.decimal is None and not self.thousands:
            return None
        return NumberFormat(self.decimal or ".", self.thousands or "", self.units)


def key_of(value: Any) -> str:
    """Return a value as the text by which it is looked up: 1, 1.0 and "1" are the same code."""
    if is_boolean(value):
        return str(bool(value)).lower()
    if is_number(value):
        number: Any = _plain(value)
        if abs(number) <= sys.float_info.max:
            return str(int(number) if int(number) == number else float(number))
    return str(value).strip(BLANKS)


def is_exact(value: Any) -> bool:
    """Return whether a value may be looked up; as floats, several integers of 2**53 and more are equal."""
    return not is_number(value) or abs(value) <= LARGEST_EXACT_INTEGER


def spellings_of(code: str) -> tuple[str, ...]:
    """Return the texts that stand for a code: whole numbers are also exported as 1.0."""
    return (code, f"{code}.0") if code.removeprefix("-").isdecimal() else (code,)


def without_zero_fraction(text: str) -> str:
    """Return a whole number that is written as 1.0 as 1, and any other text as it is."""
    whole = text.removesuffix(".0")
    return whole if whole.removeprefix("-").isdecimal() else text


def _folded(codes: tuple[Any, ...]) -> set[str]:
    return {key_of(each).lower() for each in codes}


def _values(value: Any) -> Any:
    if not isinstance(value, AnyMapping) or not value:
        return value
    wrong = [key for key in value if not (isinstance(key, (str, bool)) or _is_number(_plain(key)))]
    _require("values", f"must have texts, numbers or booleans as codes, not {wrong}", that=not wrong)
    inexact = [key for key in value if not is_exact(key)]
    _require("values", f"must have texts as codes of 2**53 and more, not {inexact}", that=not inexact)
    keys = list(map(key_of, value))
    twice = sorted(each for each, count in Counter(keys).items() if count > 1)
    _require("values", f"must list each code once; {twice} is repeated", that=not twice)
    return dict(zip(keys, map(_plain, value.values()), strict=True))


@attrs.frozen
class FieldMapping(_Spelling):
    """How one field is read: from which columns, and how their values are written.

    Parameters
    ----------
    columns : str or list of str
        The column, or the columns whose numbers are added. In a pandas frame whose columns have
        numbers instead of names, their numbers.
    values : mapping of str to object, optional
        The field's value for each code in the column: ``{"koop": "cooperative"}``. A code that is
        not listed is an error.
    factor : float, default 1
        What a number is multiplied by: 0.01 for an amount in cents, 30 for months as days.
    date : str, optional
        The column contains dates, and the field counts the days from there to `Mapping.as_of`:
        ``"iso"`` (2026-11-30), ``"excel"`` (serial numbers), or a format of `datetime.strptime`,
        such as ``"%d.%m.%Y"``.
    decimal, thousands, units, missing, true, false, zone
        As in `Mapping`, for this field only; `units` and `missing` are added to those of the mapping.

    Raises
    ------
    InvalidMappingError
        If a value is not valid.

    Examples
    --------
    >>> from collectrisk.mapping import FieldMapping
    >>> FieldMapping(["calls_home", "calls_mobile"], missing=-1).columns
    ('calls_home', 'calls_mobile')
    """

    columns: tuple[Any, ...] = attrs.field(converter=_texts, validator=_columns)
    values: AnyMapping[str, Any] | None = attrs.field(default=None, kw_only=True, converter=_values)
    factor: float = attrs.field(default=1.0, kw_only=True, converter=_plain, validator=_factor)
    date: str | None = attrs.field(default=None, kw_only=True, validator=_style)

    def __attrs_post_init__(self) -> None:
        """Check that the keys agree with each other."""
        super().__attrs_post_init__()
        missing = _folded(self.missing)
        both = sorted(key for key in self.values or () if key.lower() in missing)
        _require("values", f"and missing must differ, and both contain {both}", that=not both)

    @columns.validator
    def _check_columns(self, _: object, value: tuple[Any, ...]) -> None:
        twice = [each for each, count in Counter(value).items() if count > 1]
        _require("columns", f"must name each column once; {twice} is repeated", that=not twice)
        _require("columns", "must name at least one column", that=bool(value))

    @values.validator
    def _check_values(self, _: object, value: Any) -> None:
        fine = value is None or (isinstance(value, AnyMapping) and len(value) > 0)
        _require("values", f"must say what each code means, not {value!r}", that=fine)
        wrong = [
            key
            for key, each in (value or {}).items()
            if not (_is_name(each) or isinstance(each, bool) or _is_number(each))
        ]
        _require(
            "values",
            f"must say what {', '.join(map(repr, wrong))} means: a text, a number or a boolean; list "
            "codes that mean 'not known' under `missing`",
            that=not wrong,
        )

    @classmethod
    def of(cls, given: Any) -> FieldMapping | None:
        """Return a field mapping from a name, a list of names, a dictionary or None."""
        if given is None or given is False:
            return None
        if isinstance(given, FieldMapping):
            return given
        if not isinstance(given, AnyMapping):
            return cls(given)
        known = ["column", *(each.name for each in attrs.fields(cls))]
        keys = {"columns" if key == "column" else key: each for key, each in given.items()}
        _require_known(keys, known, "field")
        _require("column", "and columns cannot be combined; give one of them", that=len(keys) == len(given))
        _require("column", "is missing: name the column of the field", that="columns" in keys)
        return cls(**keys)


@functools.lru_cache(maxsize=1024)
def _column_of_its_name(field: str) -> FieldMapping:
    return FieldMapping(field)


def _fields(given: Any) -> Any:
    if not isinstance(given, AnyMapping):
        raise InvalidMappingError("fields", f"must map each field to its column, not {given!r}")
    fields = {}
    for field, each in given.items():
        _require("fields", f"must be names, not {field!r}", that=_is_name(field))
        try:
            fields[field] = FieldMapping.of(each)
        except InvalidMappingError as error:
            raise InvalidMappingError(f"{field}.{error.part}", error.why) from None
    return fields


def _date(value: Any) -> Any:
    try:
        if isinstance(value, str):
            return dt.date.fromisoformat(value)
        if isinstance(value, dt.datetime) and value == value:  # NaT differs from itself
            return value.date()
    except ValueError:
        pass
    if value is not None and (isinstance(value, dt.datetime) or not isinstance(value, dt.date)):
        raise InvalidMappingError("as_of", f'must be a date such as "2026-11-30", not {value!r}')
    return value


def _patterns(value: Any) -> Any:
    return {key: _texts(each) for key, each in value.items()} if isinstance(value, AnyMapping) else value


@attrs.frozen
class Mapping(_Spelling):
    """How the columns of an export become the fields of a borrower.

    Pass it as `columns` to `assess_frame` and the other methods that read frames, or to
    `LogisticScorer`, which keeps it; in the shell, ``--mapping FILE`` reads it from a TOML file. A
    field that is not listed is read from the column of its own name. The conventions for numbers,
    flags and missing values hold for every field.

    Parameters
    ----------
    fields : mapping of str to (str, list of str, FieldMapping, dict or None)
        For each field its column; a list of columns whose numbers are added; or a `FieldMapping`,
        also as a dictionary. None means that the field is absent.
    decimal : {".", ","}, optional
        The decimal separator of numbers written as text. By default text in a data frame is never
        read as a number, and a CSV file must have decimal points.
    thousands : {",", ".", " ", "'"}, optional
        The separator between groups of digits, none by default.
    units : list of str, optional
        Texts that may stand before or after a number, such as a currency.
    missing : list of (str or number), optional
        Codes that mean "not known", such as ``-999`` and ``"n/a"``. An empty cell always does.
    true, false : list of (str or number), optional
        How flags are spelled, in either case: ``true=["Y"], false=["N"]``. Any other text is an
        error; an empty cell is a missing value.
    as_of : date or str, optional
        The day up to which dates are counted, such as ``"2026-11-30"``. With it, `days_past_due`
        may be read from a column of due dates; numbers in it are days as they are.
    zone : str, optional
        The time zone of the dates, for times with a UTC offset.
    skip : mapping of str to list of str, optional
        Rows that are not accounts, such as totals: the column, and patterns of its text, in which
        ``*`` stands for anything. They are left out of a file's result; in a frame they get no score.
    require : list of str, optional
        Fields that must be known although they have a default.
    plausible : mapping of str to float, optional
        The largest plausible value of a field, instead of `Borrower.plausible`.
    encoding, delimiter, skip_lines, sheet
        How a file is read: the encoding of its text (UTF-8 by default), the delimiter (detected by
        default), the number of lines above the header, and the sheet of a workbook.

    Attributes
    ----------
    from_text_file : bool
        Whether every column is text and numbers without a declared convention have decimal points,
        as in a CSV file; False for a mapping of your own.

    Raises
    ------
    InvalidMappingError
        If a value is not valid; the error names the key.

    See Also
    --------
    FieldMapping : How one field is read.

    Examples
    --------
    >>> import collectrisk as cr
    >>> import polars as pl
    >>> export = pl.DataFrame({"Saldo": ["12.500,00"], "Verzug": [40], "Verhalten": ["koop"]})
    >>> mapping = cr.Mapping(
    ...     {
    ...         "amount_overdue": "Saldo",
    ...         "days_past_due": "Verzug",
    ...         "attitude": {"column": "Verhalten", "values": {"koop": "cooperative"}},
    ...     },
    ...     decimal=",", thousands=".",
    ... )
    >>> cr.RuleScorer().assess_frame(export, columns=mapping)["channel"].to_list()
    ['sms']
    """

    from_text_file: ClassVar[bool] = False
    fields: AnyMapping[str, FieldMapping | None] = attrs.field(factory=dict, converter=_fields)
    as_of: dt.date | None = attrs.field(default=None, kw_only=True, converter=_date)
    skip: AnyMapping[str, tuple[str, ...]] = attrs.field(factory=dict, kw_only=True, converter=_patterns)
    require: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_texts, validator=_names)
    plausible: AnyMapping[str, float] = attrs.field(factory=dict, kw_only=True, converter=_plain_values)
    encoding: str | None = attrs.field(default=None, kw_only=True, validator=_encoding)
    delimiter: str | None = attrs.field(default=None, kw_only=True, validator=_delimiter)
    skip_lines: int = attrs.field(default=0, kw_only=True)
    sheet: str | None = attrs.field(default=None, kw_only=True, validator=_text_or_none)

    def __attrs_post_init__(self) -> None:
        """Check that the conventions of each field agree with those of the mapping."""
        super().__attrs_post_init__()
        for field in self.fields:
            try:
                self.rule(field)
            except InvalidMappingError as error:
                raise InvalidMappingError(f"{field}.{error.part}", error.why) from None

    @skip.validator
    def _check_skip(self, _: object, value: Any) -> None:
        fine = isinstance(value, AnyMapping) and all(
            _is_name(column)
            and isinstance(patterns, tuple)
            and all(isinstance(each, str) for each in patterns)
            for column, patterns in value.items()
        )
        _require("skip", f"must list patterns by column, not {value!r}", that=fine)

    @plausible.validator
    def _check_plausible(self, _: object, value: Any) -> None:
        fine = isinstance(value, AnyMapping) and all(
            _is_name(field) and (_is_number(each) or (isinstance(each, float) and each == math.inf))
            for field, each in value.items()
        )
        _require("plausible", f"must be the largest plausible number by field, not {value!r}", that=fine)

    @skip_lines.validator
    def _check_skip_lines(self, _: object, value: Any) -> None:
        fine = type(value) is int and value >= 0
        _require("skip_lines", f"must be a whole number, 0 or more, not {value!r}", that=fine)

    @classmethod
    def of(cls, columns: Any) -> Mapping:
        """Return the mapping that was passed as `columns`; a dictionary maps fields to columns."""
        if columns is None or (type(columns) is dict and not columns):
            return EMPTY
        if not isinstance(columns, (Mapping, AnyMapping)):
            why = f"must map each field to its column, or be a Mapping, not {shown(columns)}"
            raise InvalidMappingError("columns", why)
        try:
            return columns if isinstance(columns, Mapping) else cls(columns)
        except InvalidMappingError as error:
            part = "columns" if error.part == "fields" else error.part
            raise InvalidMappingError(part, error.why) from None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the mapping names."""
        named = [column for rule in self.fields.values() if rule for column in rule.columns]
        return tuple(dict.fromkeys([*named, *self.skip]))

    def columns_of(self, field: str) -> tuple[str, ...] | None:
        """Return the columns that a field is read from; None if it is declared absent."""
        if field not in self.fields:
            return (field,)
        own = self.fields[field]
        return None if own is None else own.columns

    def rule(self, field: str) -> FieldMapping | None:
        """Return how a field is read, with the conventions of the mapping; None if it is declared absent."""
        own = self.fields[field] if field in self.fields else _column_of_its_name(field)
        if own is None:
            return None
        keys: dict[str, Any] = {
            name: getattr(own, name) or getattr(self, name) for name in ("zone", "true", "false")
        }
        if own.decimal is None and own.thousands is None:
            keys |= {"decimal": self.decimal, "thousands": self.thousands}
        keys |= {"units": own.units + self.units, "missing": own.missing + self.missing}
        changed = {name: value for name, value in keys.items() if value != getattr(own, name)}
        return attrs.evolve(own, **changed) if changed else own

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """Return the mapping in a TOML file.

        Parameters
        ----------
        path : str or path
            The file.

        Raises
        ------
        FileError
            If the file cannot be read.
        InvalidMappingError
            If it is not valid; the error names the file and the key.
        """
        from collectrisk.mapping._toml import read_keys  # noqa: PLC0415  # not needed for scoring

        keys = read_keys(path)
        try:
            known = [each.name for each in attrs.fields(cls)]
            _require_known(keys, known, "mapping")
            return cls(**keys)
        except InvalidMappingError as error:
            raise InvalidMappingError(f"{os.fspath(path)}: {error.part}", error.why) from None

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the mapping to a TOML file.

        Parameters
        ----------
        path : str or path
            The file; an existing one is replaced.

        Raises
        ------
        FileError
            If the file cannot be written.

        Examples
        --------
        >>> import collectrisk as cr, pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp(), "mapping.toml")
        >>> mapping = cr.Mapping({"amount_overdue": "BILL_AMT1"}, missing=-999)
        >>> mapping.write(path)
        >>> cr.Mapping.read(path) == mapping
        True
        """
        from collectrisk.mapping._toml import write_text  # noqa: PLC0415  # not needed for scoring

        write_text(path, self.to_toml())

    def to_toml(self) -> str:
        """Return the mapping as the text of a TOML file.

        Examples
        --------
        >>> import collectrisk as cr
        >>> print(cr.Mapping({"amount_overdue": "BILL_AMT1"}, missing=-999).to_toml())
        missing = [-999]
        <BLANKLINE>
        [fields]
        amount_overdue = "BILL_AMT1"
        <BLANKLINE>
        """
        from collectrisk.mapping._toml import to_toml  # noqa: PLC0415  # not needed for scoring

        return to_toml(self)


EMPTY = Mapping()
"""Reads each field from the column of its own name; made once, because it is validated."""

Columns: TypeAlias = Mapping | AnyMapping[str, Any]
"""What is passed as `columns`: a mapping, or the data's name for each field (None: it is absent)."""
