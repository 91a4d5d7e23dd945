"""Numbers as text: which convention they are written in, and what they mean in it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from collectrisk._fields import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

DECIMALS = (".", ",")
THOUSANDS = ("", ",", ".", " ", "'")

SEPARATORS = {"": "", ",": ",", ".": r"\.", " ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}
"""The regular expression of each separator: blanks and apostrophes have variants."""

BLANKS = " \t\r\n\u00a0\u2009\u202f"
"""What may surround a value. Listed, because engines differ in what they strip by default."""

MINUS = "\u2212"


_PART_OF_A_NUMBER = re.compile(f"[-+{MINUS}]?[{BLANKS}]*[.,'\u2019]?(?:[eE][-+]?)?")


def changes_numbers(unit: str) -> bool:
    """Return whether a text can be a part of a number, so that removing it changes the number."""
    return bool(_PART_OF_A_NUMBER.fullmatch(unit.strip(BLANKS)))


def literal(text: str) -> str:
    """Return the regular expression of a text; `re.escape` escapes what other engines do not allow."""
    return "".join(c if c.isalnum() else f"\\{c}" if c in "\\^[]" else f"[{c}]" for c in text)


def _longest_first(texts: tuple[str, ...]) -> list[str]:
    return sorted(texts, key=len, reverse=True)


@attrs.frozen
class NumberFormat:
    """A convention for writing numbers.

    Attributes
    ----------
    decimal : str
        The decimal separator, a point or a comma.
    thousands : str
        The separator between groups of digits; an empty string if digits are not grouped.
    units : tuple of str
        Texts such as a currency that may stand before or after the number.
    """

    decimal: str = "."
    thousands: str = ""
    units: tuple[str, ...] = ()

    @cached_property
    def pattern(self) -> str:
        """The regular expression of a number with a sign and units, the same in every engine.

        Groups have three digits, or, as in India, three at the end and two before.
        """
        group, point = SEPARATORS[self.thousands], SEPARATORS[self.decimal]
        grouped = f"|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]{{1,2}}(?:{group}[0-9]{{2}})*{group}[0-9]{{3}}"
        integer = f"(?:[0-9]+{grouped if group else ''})"
        digits = f"(?:{integer}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][-+]?[0-9]+)?"
        units = "|".join(map(literal, _longest_first(self.units)))
        unit = f"(?:{units})?" if units else ""
        blanks = "[ \u00a0\u2009\u202f]*"
        return f"[-+{MINUS}]?{blanks}{unit}{blanks}{digits}{blanks}{unit}"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def plain(self, text: str) -> str | None:
        """Return a number as Python writes it, or None if the text does not follow the convention."""
        if not self._compiled.fullmatch(text.strip(BLANKS)):
            return None
        for old, new in self.replacements:
            text = re.sub(old, new, text)
        return text

    @cached_property
    def replacements(self) -> tuple[tuple[str, str], ...]:
        """What to replace, in this order, in a number that matches, so that engines can parse it."""
        steps = [
            (MINUS, "-"),
            *((literal(unit), "") for unit in _longest_first(self.units)),
            (f"[{BLANKS}]", ""),
        ]
        if self.thousands.strip():
            steps.append((SEPARATORS[self.thousands], ""))
        if self.decimal != ".":
            steps.append((self.decimal, "."))
        return tuple(steps)

    def parse(self, text: str) -> float:
        """Return a number, or raise `InvalidValueError` with the conventions that the text follows."""
        plain = self.plain(text)
        if plain is None:
            raise InvalidValueError(f"; {self._advice(text.strip(BLANKS))}")
        return float(plain)

    def _advice(self, text: str) -> str:
        is_plain = (self.decimal, self.thousands) == (".", "")
        parts = [] if is_plain else [f"{text!r} is not a number {self}"]
        parts += [
            f"if {text!r} is {each.parse(text):,.12g}, declare {each.declaration}"
            for each in fitting([text], self.units)
        ]
        return "; ".join(parts) or (
            "write the digits alone, without blanks, units or thousands separators, or declare these"
        )

    @property
    def declaration(self) -> str:
        """What a mapping declares for this convention."""
        thousands = f" and thousands={self.thousands!r}" if self.thousands else ""
        return f"decimal={self.decimal!r}{thousands}"

    def __str__(self) -> str:
        decimal = {".": "a decimal point", ",": "a decimal comma"}[self.decimal]
        groups = {
            "": "no thousands separator",
            ",": "commas between thousands",
            ".": "points between thousands",
            " ": "blanks between thousands",
            "'": "apostrophes between thousands",
        }[self.thousands]
        return f"with {decimal} and {groups}"


def formats(units: tuple[str, ...] = ()) -> list[NumberFormat]:
    """Return every convention, the plain one first."""
    return [
        NumberFormat(decimal, thousands, units)
        for decimal in DECIMALS
        for thousands in THOUSANDS
        if decimal != thousands
    ]


def fitting(texts: Iterable[str], units: tuple[str, ...] = ()) -> list[NumberFormat]:
    """Return the conventions that all texts follow, one for each way in which they can be read."""
    listed = list(texts)
    by_reading: dict[tuple[str | None, ...], NumberFormat] = {}
    for each in formats(units):
        reading = tuple(map(each.plain, listed))
        if None not in reading:
            by_reading.setdefault(reading, each)
    return list(by_reading.values())


GROUPED = r"^[-+\u2212]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+$"
"""Matches a number with a point that may separate thousands instead of decimals, such as 12.500."""
