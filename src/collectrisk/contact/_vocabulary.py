"""The words that rule files use: jurisdictions, products and facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from numbers import Integral
from typing import Any, Literal

import attrs

from collectrisk._errors import ArgumentError, did_you_mean, shown
from collectrisk._fields import is_boolean

Texts = Mapping[str, str]


@attrs.frozen
class Jurisdiction:
    """A place with rules of its own, or a part of one.

    Attributes
    ----------
    name : mapping of str to str
        Its name in each language.
    holidays : str or None
        The code under which its public holidays are known.
    """

    name: Texts
    holidays: str | None = None


@attrs.frozen
class Product:
    """A kind of debt.

    Attributes
    ----------
    name : mapping of str to str
        Its name in each language.
    part_of : str or None
        The product that it is part of.
    """

    name: Texts
    part_of: str | None = None


@attrs.frozen
class Fact:
    """Something that somebody must record, because no log or clock shows it.

    Attributes
    ----------
    type : {"flag", "number", "dates"}
        Whether it is True or False, a whole number, or days.
    text : mapping of str to str
        What is the case if it is true, or what the number or the days are.
    """

    type: Literal["flag", "number", "dates"]
    text: Texts


@attrs.frozen
class Vocabulary:
    """The words that some rules use.

    Attributes
    ----------
    jurisdictions, products, facts : mapping of str to Jurisdiction, Product, Fact
        The words by their names.
    """

    jurisdictions: Mapping[str, Jurisdiction]
    products: Mapping[str, Product]
    facts: Mapping[str, Fact]

    @property
    def part_of(self) -> Mapping[str, str | None]:
        """The product that each product is part of."""
        return {name: product.part_of for name, product in self.products.items()}

    def conflicts(self, other: Vocabulary) -> Iterator[tuple[str, str]]:
        """Yield the words that have another meaning in another vocabulary, each after what it is."""
        for noun, own, theirs in (
            ("jurisdiction", self.jurisdictions, other.jurisdictions),
            ("product", self.products, other.products),
            ("fact", self.facts, other.facts),
        ):
            yield from ((noun, name) for name in own if name in theirs and own[name] != theirs[name])

    def __or__(self, other: Vocabulary) -> Vocabulary:
        return Vocabulary(
            {**self.jurisdictions, **other.jurisdictions},
            {**self.products, **other.products},
            {**self.facts, **other.facts},
        )

    def holidays_of(self, jurisdiction: str) -> str | None:
        """Return the code of the public holidays of a jurisdiction, or of the one that it is part of."""
        code = jurisdiction
        while code:
            if code in self.jurisdictions and self.jurisdictions[code].holidays:
                return self.jurisdictions[code].holidays
            code = code.rpartition("-")[0]
        return None

    def checked_facts(self, facts: Any) -> dict[str, Any]:
        """Return the facts that are known, or raise `ArgumentError`."""
        if facts is None:
            return {}
        if not isinstance(facts, Mapping):
            raise ArgumentError("facts", f"must be a mapping of facts to values, not {shown(facts)}")
        for name in facts:
            refuse_unknown("facts", name, self.facts, "facts that a rule file defines")
        return {name: self._value(name, value) for name, value in facts.items() if value is not None}

    def _value(self, name: str, value: Any) -> Any:
        kind = self.facts[name].type
        if kind == "flag":
            if is_boolean(value):
                return bool(value)
            raise ArgumentError(f"facts[{name!r}]", f"must be True, False or None, not {shown(value)}")
        if kind == "number":
            if isinstance(value, Integral) and not is_boolean(value) and int(value) >= 0:
                return int(value)
            raise ArgumentError(f"facts[{name!r}]", f"must be a whole number, 0 or more, not {shown(value)}")
        listed = [value] if isinstance(value, (str, dt.date)) or not isinstance(value, Iterable) else value
        return tuple(to_day(each, f"facts[{name!r}]") for each in listed)


def refuse_unknown(argument: str, name: object, known: Collection[str], what: str) -> None:
    """Raise `ArgumentError` unless a name is one of many."""
    if not (isinstance(name, str) and name in known):
        guess = did_you_mean(name, known) if isinstance(name, str) else ""
        raise ArgumentError(argument, f"must name {what}, not {shown(name)}{guess}")


def to_day(value: Any, argument: str) -> dt.date:
    """Return a date or ISO text as a date; anything else is an error."""
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value.strip())
        except ValueError:
            pass
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise ArgumentError(argument, f'must be a date, such as "2026-11-03", not {shown(value)}')
