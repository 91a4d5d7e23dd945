"""The words of each language, read from one TOML file per language."""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, get_args

from collectrisk._errors import refuse_other
from collectrisk._namespaces import SCALAR
from collectrisk._typing import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES: tuple[str, ...] = get_args(Language)


class Words:
    """The words of one language: the tables of its file.

    Attributes
    ----------
    channels : mapping of str to str
        The name of each channel.
    nouns : mapping of str to str
        The name of each field within a sentence.
    facts, facts_one, facts_zero : mapping of str to str
        The beginning of a sentence about each field: in general, for the value 1, and for 0.
    values : mapping of str to (mapping of str to str)
        The beginning of a sentence about each field with few values, by value.
    sources : mapping of str to str
        The name of each source that is not an article key.
    reason, gate, assessment, ladder, card, summary, scaling, validation, evaluation, what_if : namespace
        The texts of the part of the library with that name.
    ways, plots, history, forecast, plan, contact, split, stability : namespace
        The texts of the part of the library with that name.
    """

    channels: Mapping[str, str]
    nouns: Mapping[str, str]
    facts: Mapping[str, str]
    facts_one: Mapping[str, str]
    facts_zero: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    sources: Mapping[str, str]
    reason: Any
    gate: Any
    assessment: Any
    ladder: Any
    card: Any
    summary: Any
    scaling: Any
    validation: Any
    evaluation: Any
    what_if: Any
    ways: Any
    plots: Any
    history: Any
    forecast: Any
    plan: Any
    contact: Any
    split: Any
    stability: Any

    def __init__(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        mappings = {"channels", "nouns", "facts", "facts_one", "facts_zero", "values", "sources"}
        for name, table in tables.items():
            setattr(self, name, table if name in mappings else SimpleNamespace(**table))

    def probability(self, value: float) -> str:
        """Return a probability as a percentage; one near 0 or 1 is not rounded to it."""
        if value > 0.9999:  # log-odds above 37 are a probability of 1, because floats have no closer one
            return str(self.assessment.above_maximum)
        return f"{value:.2%}" if value >= 0.0001 or value == 0 else str(self.assessment.below_minimum)

    def noun(self, field: str) -> str:
        """Return the name of a field within a sentence; a field without one of ours in quotation marks."""
        return self.nouns.get(field) or self.quoted(field)

    def quoted(self, text: str) -> str:
        """Return a text in quotation marks."""
        return str(self.reason.quoted.format(text))

    def fact(self, field: str, value: Any) -> str:
        """Return the beginning of a sentence that states a field's value."""
        if SCALAR.is_missing(value):
            return str(self.reason.other_fact.format(field=self.quoted(field), n=self.reason.unknown))
        by_value = self.values.get(field, {}).get(str(value))
        if by_value is not None:
            return by_value
        special = {0: self.facts_zero, 1: self.facts_one}.get(value, {}) if is_number(value) else {}
        template = special.get(field) or self.facts.get(field) or self.reason.other_fact
        return str(template.format(field=self.quoted(field), n=self._value(value)))

    def _value(self, value: Any) -> str:
        """Return a field's value within a sentence."""
        if isinstance(value, bool):
            return str(self.card.yes if value else self.card.no)
        return self.quoted(str(value)) if isinstance(value, str) else format_value(value)

    def source(self, source: str) -> str:
        """Return the source of a characteristic."""
        return self.sources.get(source) or str(self.reason.article.format(source))


@functools.cache
def _read(language: str) -> Words:
    # Not needed, and not loaded, until a result is shown.
    import tomllib  # noqa: PLC0415
    from importlib.resources import files  # noqa: PLC0415

    file = files("collectrisk._display").joinpath("languages", f"{language}.toml")
    return Words(tomllib.loads(file.read_text(encoding="utf-8")))


def words_in(language: str) -> Words:
    """Return the words of a language, or raise `ArgumentError`."""
    refuse_other("language", language, LANGUAGES)
    return _read(language)


def is_number(value: object) -> bool:
    """Return whether a value is a number and not a boolean."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def format_value(value: Any) -> str:
    """Return a field's value, a number with thousands separators and at most two decimals."""
    if not is_number(value):
        return str(value)
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def format_number(value: float) -> str:
    """Return a knot or a limit with seven significant digits, a large one without an exponent."""
    return f"{value:,.0f}" if 1e6 <= abs(value) < 1e15 else f"{value:,.7g}"


def format_points(points: float) -> str:
    """Return points with their sign and two decimals; "+0.00" for those that round to zero."""
    return f"{points:+z.2f}"


def rounds_to_zero(points: float) -> bool:
    """Return whether points are written as "+0.00"."""
    return abs(points) < 0.005


def format_percent(share: float) -> str:
    """Return a share or a threshold as a percentage of up to six significant digits."""
    return f"{100 * share:.6g}%"
