"""Converting single values by the mapping of their field."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import attrs

from collectrisk._fields import FieldSpec, InvalidValueError, is_boolean, is_missing, is_number
from collectrisk.errors import InvalidMappingError
from collectrisk.mapping._dates import date_of, is_iso, looks_like_date
from collectrisk.mapping._mapping import FieldMapping, is_exact, key_of, without_zero_fraction
from collectrisk.mapping._numbers import BLANKS, NumberFormat

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf  # no validator accepts it


def _key_of(value: object) -> str:
    if not is_exact(value):
        raise InvalidValueError("; numbers of 2**53 and more are not exact, so store these codes as text")
    return key_of(value)


@attrs.frozen(slots=False)
class Converter:
    """Converts the values of a column to those of a field.

    Attributes
    ----------
    spec : FieldSpec
        The field.
    rule : FieldMapping
        How the field is read, with the conventions of the mapping.
    as_of : date or None
        The day up to which dates are counted.
    from_text_file : bool
        Whether numbers without a declared convention are text with decimal points.
    """

    spec: FieldSpec
    rule: FieldMapping
    as_of: dt.date | None = None
    from_text_file: bool = False

    def __attrs_post_init__(self) -> None:
        """Check that the rule suits the field."""
        kind, rule = self.spec.validator.kind, self.rule
        if kind != "number":
            self._refuse("columns", "must be one column; only numbers are added", when=len(rule.columns) > 1)
            self._refuse("factor", "applies to numbers only", when=rule.factor != 1)
            self._refuse("date", "applies to a number of days only", when=rule.date is not None)
        self._refuse(
            "date",
            "must be one column; dates are not added",
            when=rule.date is not None and len(rule.columns) > 1,
        )
        self._refuse(
            "date",
            "needs as_of in the mapping, the day up to which days are counted",
            when=rule.date is not None and self.as_of is None,
        )
        self._refuse(
            "date",
            "cannot be combined with values or a factor",
            when=rule.date is not None and (rule.values is not None or rule.factor != 1),
        )
        for code, value in (rule.values or {}).items():
            try:
                self.spec.validator.validate(value)
            except InvalidValueError as error:
                must = f"{code!r} must mean {self.spec.validator.requirement}, not {value!r}{error.hint}"
                raise InvalidMappingError(f"{self.spec.name}.values", must) from None

    def _refuse(self, part: str, why: str, *, when: bool) -> None:
        if when:
            raise InvalidMappingError(f"{self.spec.name}.{part}", why)

    @cached_property
    def date(self) -> str | None:
        """How dates are written from which the field counts the days, or None if it is read otherwise."""
        return "iso" if self.may_be_date else self.rule.date

    @cached_property
    def may_be_date(self) -> bool:
        """Whether dates are read without being declared; numbers then are numbers of days."""
        rule = self.rule
        as_it_is = rule.date is None and rule.values is None and rule.factor == 1 and len(rule.columns) == 1
        return as_it_is and self.as_of is not None and self.spec.name == "days_past_due"

    @cached_property
    def number_format(self) -> NumberFormat | None:
        """The convention of numbers as text, or None if text is not read as a number."""
        declared = self.rule.number_format
        return NumberFormat(units=self.rule.units) if declared is None and self.from_text_file else declared

    @cached_property
    def missing_texts(self) -> frozenset[str]:
        """The codes for missing values, as text in lower case; an empty text is always one."""
        # polars writes NaN into a CSV file.
        usual = {"", "nan"} if self.from_text_file and self.spec.validator.kind == "number" else {""}
        return frozenset({*usual, *(key_of(each).lower() for each in self.rule.missing)})

    @cached_property
    def missing_numbers(self) -> frozenset[float]:
        """The codes for missing values that are numbers."""
        return frozenset(float(plain) for plain in map(NumberFormat().plain, self.missing_texts) if plain)

    @cached_property
    def flags(self) -> dict[str, bool]:
        """The value of each spelling of a flag."""
        spellings = ((True, self.rule.true), (False, self.rule.false))
        return {key_of(each).lower(): flag for flag, several in spellings for each in several}

    def scaled(self, number: Any) -> Any:
        """Return a number or an array times the factor; 1,999 cents are exactly 19.99."""
        factor = self.rule.factor
        divisor = round(1 / factor) if abs(factor) < 1 else 0
        return number / divisor if divisor and 1 / divisor == factor else number * factor

    @property
    def changes_nothing(self) -> bool:
        """Whether a column of the field's own kind may be read as it is."""
        rule = self.rule
        return (
            len(rule.columns) == 1
            and not rule.missing
            and rule.values is None
            and rule.factor == 1
            and rule.date is None
            and not self.from_text_file
        )

    @property
    def reads_text(self) -> bool:
        """Whether text is read as numbers, dates or flags."""
        kind = self.spec.validator.kind
        if kind == "number":
            return self.number_format is not None or self.may_be_date
        return kind == "flag" and bool(self.flags)

    def convert(self, value: object) -> Any:
        """Return the field's value, None for a missing one, or raise `InvalidValueError`."""
        if self._is_missing(value):
            return None
        if getattr(value, "is_error", False):
            raise InvalidValueError("; it is an error in the spreadsheet")
        values = self.rule.values
        if values is not None:
            key = _key_of(value)
            key = key if key in values else without_zero_fraction(key)
            if key not in values:
                raise InvalidValueError(f"; {key!r} is not one of the codes in `values`")
            return self.spec.validator.validate(values[key])
        if self.date is not None and not (self.may_be_date and self._is_number(value)):
            return self.spec.validator.validate(self._days(value))
        by_kind = {"number": self._number, "flag": self._flag}
        converted = by_kind.get(self.spec.validator.kind, self._text)(value)
        return None if converted is None else self.spec.validator.validate(converted)

    def _is_missing(self, value: object) -> bool:
        if is_missing(value):
            return True
        if isinstance(value, str):
            return value.strip(BLANKS).lower() in self.missing_texts
        return is_number(value) and _float(value) in self.missing_numbers

    def _is_number(self, value: object) -> bool:
        """Return whether a value is a number, or text that is read as one."""
        if isinstance(value, str) and self.number_format is not None:
            return self.number_format.plain(value) is not None
        return is_number(value)

    def _number(self, value: Any) -> Any:
        if isinstance(value, str) and self.number_format is not None:
            if looks_like_date(value.strip(BLANKS)) and self.number_format.plain(value) is None:
                is_days = getattr(self.spec.validator, "unit", "") == "days"
                style = "date" if is_iso(value) else "date:?"
                raise InvalidValueError("; a date is not a number", style if is_days else "")
            value = self.number_format.parse(value)
            if value in self.missing_numbers:
                return None
        return self.scaled(_float(value)) if self.rule.factor != 1 and is_number(value) else value

    def _flag(self, value: object) -> object:
        if not self.flags or is_boolean(value):
            return value
        key = _key_of(value).lower()
        flag = self.flags.get(key, self.flags.get(without_zero_fraction(key)))
        if flag is None:
            raise InvalidValueError(f"; it is spelled {', '.join(map(repr, self.flags))}")
        return flag

    def _text(self, value: object) -> object:
        if self.from_text_file and self.spec.validator.kind == "text" and is_number(value):
            return key_of(value)  # a spreadsheet stores a code such as 5 as a number
        return value.strip(BLANKS) if isinstance(value, str) else value

    def _days(self, value: object) -> int:
        as_of = cast("dt.date", self.as_of)
        date = date_of(value, cast("str", self.date), self.zone)
        if date > as_of:
            raise InvalidValueError(f"; {date} is after the as-of date, {as_of}")
        return (as_of - date).days

    @cached_property
    def zone(self) -> ZoneInfo | None:
        """The time zone of the dates, if it is declared."""
        return ZoneInfo(self.rule.zone) if self.rule.zone else None

    def convert_all(self, values: Iterable[object]) -> list[Any]:
        """Return the converted values; `UNREADABLE` for those that are not valid."""
        return [self._or_unreadable(value) for value in values]

    def _or_unreadable(self, value: object) -> Any:
        try:
            return self.convert(value)
        except InvalidValueError:
            return UNREADABLE


class _Unreadable:
    """Stands for a value that cannot be converted; every validator rejects it."""

    def __repr__(self) -> str:
        return "unreadable"


UNREADABLE = _Unreadable()
