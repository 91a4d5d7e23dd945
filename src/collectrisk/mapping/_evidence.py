"""What the cells of a column show about how its values are written."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import attrs

from collectrisk._fields import InvalidValueError, is_boolean, is_missing
from collectrisk._lookalikes import MISSING
from collectrisk.mapping._dates import date_of
from collectrisk.mapping._mapping import key_of
from collectrisk.mapping._numbers import BLANKS, MINUS, NumberFormat, fitting
from collectrisk.mapping._words import CURRENCIES, DAYS, SCALED_UNITS, STYLES, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

YEARS = range(1990, 2101)
"""The years of plausible due dates; numbers that give others are not dates."""

DIGITS = {style: 8 if "%Y" in style else 6 for style in STYLES if re.fullmatch("(%[dmyY]){3}", style)}
"""The number of digits in each style without separators; `strptime` accepts fewer."""

SEVERAL = 3
"""How often a number such as 999 must occur to be mentioned."""

UTC = ZoneInfo("UTC")

_AROUND = re.compile(r"[-+\u2212]?\s*([^\d]*?)\s*(\d(?:[\d.,'\u2019\s]*\d)?)\s*([^\d]*)")
_NINES = re.compile(r"-9{3,}(?:\.0+)?")
_POSITIVE_NINES = re.compile(r"9{3,}")
_WHOLE = re.compile(r"[-+\u2212]?[0-9]+")
_CURRENCY_OF = {unit: several[0] for several in CURRENCIES for unit in several}


@attrs.frozen(slots=False)
class Cells:
    """The cells of a column that are not empty.

    Attributes
    ----------
    texts : Counter of str
        The texts, without blanks around them.
    typed : tuple of object
        All other values.
    """

    texts: Counter[str]
    typed: tuple[Any, ...]

    @classmethod
    def of(cls, values: Iterable[object]) -> Cells:
        """Return the cells among the values of a column."""
        texts: Counter[str] = Counter()
        typed = []
        for value in values:
            if isinstance(value, str):
                texts[value.strip(BLANKS)] += 1
            elif not is_missing(value):
                typed.append(value)
        del texts[""]
        return cls(texts, tuple(typed))

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The texts that mean "not known" in any column."""
        return _one_each(text for text in self.texts if text.lower() in MISSING)

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """The texts that mean "not known" in a column of numbers, dates or flags."""
        return _one_each(text for text in self.texts if text.lower() in UNKNOWN)

    @cached_property
    def missing_numbers(self) -> tuple[int, ...]:
        """The numbers such as -999 that mean "not known" where other values are not numbers."""
        keys = [key for key in map(key_of, [*self.texts, *self.typed]) if _NINES.fullmatch(key)]
        return tuple(dict.fromkeys(int(key.partition(".")[0]) for key in keys))

    @cached_property
    def nines(self) -> list[str]:
        """The numbers such as 999 that occur several times, and may be codes."""
        counts = Counter(map(key_of, [*self.texts.elements(), *self.typed]))
        return [key for key, count in counts.items() if _POSITIVE_NINES.fullmatch(key) and count >= SEVERAL]

    def known_texts(self, *, unknown: bool = False) -> list[str]:
        """Return the distinct texts that do not mean "not known", sorted."""
        codes = MISSING if unknown else MISSING | UNKNOWN
        return sorted(text for text in self.texts if text.lower() not in codes)

    def codes(self, *, unknown: bool = False) -> list[str]:
        """Return the distinct values as texts by which they are looked up, in order of appearance."""
        known = set(self.known_texts(unknown=unknown))
        keys = [*(text for text in self.texts if text in known), *map(key_of, self.typed)]
        return [key for key in dict.fromkeys(keys) if not _NINES.fullmatch(key)]


def _one_each(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts without those that differ only in case from an earlier one."""
    first: dict[str, str] = {}
    for text in texts:
        first.setdefault(text.lower(), text)
    return tuple(first.values())


@attrs.frozen(slots=False)
class Numbers:
    """What a column of numbers shows.

    Attributes
    ----------
    cells : Cells
        The cells.
    counts_days : bool
        Whether the numbers are days, which have units of their own.
    """

    cells: Cells
    counts_days: bool = False

    @cached_property
    def _affixes(self) -> dict[str, tuple[str, ...]]:
        """The texts around the number, by cell; none for cells that are numbers, or contain none."""
        found = {}
        for text in self.cells.known_texts():
            match = _AROUND.fullmatch(text)
            if match and not fitting([text]):
                found[text] = tuple(filter(None, (match[1].strip(BLANKS), match[3].strip(BLANKS))))
        return found

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """The currencies in the cells, as their first unit."""
        units = [unit for affixes in self._affixes.values() for unit in affixes if unit in _CURRENCY_OF]
        return tuple(sorted({_CURRENCY_OF[unit] for unit in units}))

    @cached_property
    def scaled_unit(self) -> str | None:
        """The unit that scales the amounts, if all of them have it, except zeros."""
        if self.counts_days or self.cells.typed:
            return None
        texts = [text for text in self.cells.known_texts() if re.search("[1-9]", text)]
        units = {self._affixes.get(text) for text in texts}
        only = units.pop() if len(units) == 1 else None
        return only[0] if only and len(only) == 1 and only[0] in SCALED_UNITS else None

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The units that may be removed from the cells, in order of appearance."""
        if len(self.currencies) > 1:
            return ()
        allowed = {*_CURRENCY_OF, *([self.scaled_unit] if self.scaled_unit else [])}
        if self.counts_days:
            allowed = set(DAYS)
        return tuple(
            dict.fromkeys(unit for affixes in self._affixes.values() for unit in affixes if unit in allowed)
        )

    @cached_property
    def _split(self) -> tuple[list[str], list[str]]:
        numbers: list[str] = []
        others: list[str] = []
        for text in self.cells.known_texts():
            (numbers if fitting([text], self.units) else others).append(text)
        return numbers, others

    @property
    def texts(self) -> list[str]:
        """The distinct texts that are numbers in at least one convention."""
        return self._split[0]

    @property
    def others(self) -> list[str]:
        """The distinct texts that are not numbers in any convention."""
        return self._split[1]

    @cached_property
    def separated(self) -> list[str]:
        """The texts that show how numbers are written: those with more than digits."""
        return [text for text in self.texts if not _WHOLE.fullmatch(text)]

    def conventions(self) -> list[NumberFormat]:
        """Return the conventions that the texts follow, one for each way to read them."""
        return fitting(self.separated, self.units)

    @cached_property
    def negatives(self) -> list[str]:
        """The negative numbers, as they are written."""
        signs = ("-", MINUS)
        typed = [f"{value:g}" for value in self.cells.typed if _is_number(value) and value < 0]
        return list(dict.fromkeys([*(text for text in self.texts if text.startswith(signs)), *typed]))

    @property
    def missing_numbers(self) -> tuple[int, ...]:
        """The numbers such as -999 that mean "not known", if there are no other negative ones."""
        if not all(map(_NINES.fullmatch, self.negatives)):
            return ()
        return tuple(dict.fromkeys(int(text.partition(".")[0]) for text in self.negatives))

    @property
    def has_fractions(self) -> bool:
        """Whether any number, however it is read, has decimals."""
        typed = any(_is_number(value) and not float(value).is_integer() for value in self.cells.typed)
        formats = self.conventions()
        plain = [each.plain(text) or "" for each in formats for text in self.separated]
        # Numbers that follow no common convention certainly have separators.
        return typed or not formats or not all(float(text).is_integer() for text in plain)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not is_boolean(value)


@attrs.frozen(slots=False)
class Dates:
    """What a column of dates shows.

    Attributes
    ----------
    cells : Cells
        The cells.
    """

    cells: Cells

    @cached_property
    def _untyped(self) -> list[object]:
        typed = [value for value in self.cells.typed if not isinstance(value, dt.date)]
        values = dict.fromkeys([*self.cells.known_texts(), *typed])
        return [value for value in values if not _NINES.fullmatch(key_of(value))]

    @property
    def are_typed(self) -> bool:
        """Whether all cells are dates by type."""
        return bool(self.cells.typed) and not self._untyped

    @property
    def example(self) -> object:
        """A cell that is not a date by type."""
        return self._untyped[0] if self._untyped else None

    @cached_property
    def styles(self) -> list[str]:
        """The styles in which all cells are written."""
        return [style for style in STYLES if all(_fits(value, style) for value in self._untyped)]

    @property
    def have_offsets(self) -> bool:
        """Whether any time has a UTC offset."""
        typed = [value for value in self.cells.typed if isinstance(value, dt.datetime)]
        iso = [value for value in self._untyped if isinstance(value, str)] if "iso" in self.styles else []
        return any(value.tzinfo for value in typed) or not all(_has_no_offset(value) for value in iso)


def _fits(value: object, style: str) -> bool:
    if style in DIGITS and len(key_of(value)) != DIGITS[style]:
        return False
    try:
        return date_of(value, style, UTC).year in YEARS
    except InvalidValueError:
        return False


def _has_no_offset(text: str) -> bool:
    return dt.datetime.fromisoformat(text).tzinfo is None
