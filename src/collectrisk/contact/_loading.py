"""Loading rules: the files of the package, and the arguments by which they are chosen."""

from __future__ import annotations

import functools
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectrisk._errors import ArgumentError, refuse_other, shown
from collectrisk.contact._holidays import checked_holidays
from collectrisk.contact._reading import read_rules, read_vocabulary
from collectrisk.contact._rule import ACTORS, ADVISORY, Rule
from collectrisk.contact._source import Source
from collectrisk.contact._vocabulary import Vocabulary, refuse_unknown, to_day
from collectrisk.errors import FileError

if TYPE_CHECKING:
    import datetime as dt
    import os

SHIPPED = ("cn", "us", "europe", "asia_pacific")
"""The files of rules; each is checked when it is read."""

NO_WORDS = Vocabulary({}, {}, {})


@functools.cache
def shipped(name: str) -> Source:
    content = files("collectrisk.contact").joinpath("rules", f"{name}.toml").read_bytes()
    return Source.parse(f"{name}.toml", content)


@functools.cache
def shipped_words() -> Vocabulary:
    """Return the words that the files of the package define."""
    return read_vocabulary(shipped("vocabulary"), NO_WORDS)


def read_source(path: str | os.PathLike[str]) -> Source:
    """Return the content of a user's file of rules, or raise `FileError` or `InvalidRuleError`."""
    try:
        place = Path(path)
        content = place.read_bytes()
    except (OSError, TypeError, ValueError) as error:
        raise FileError(str(path), f"cannot be read: {error}") from None
    return Source.parse(place.name, content)


def loaded(
    sources: list[Source],
    words: Vocabulary,
    *,
    jurisdiction: str | None,
    actor: str | None,
    product: str | None,
    as_of: dt.date | str | None,
    house: Any,
    downgrade: Any,
    holidays: Any,
) -> dict[str, Any]:
    """Return the attributes of `ContactRules` from files and arguments, or raise `ArgumentError`."""
    if jurisdiction is not None:
        countries = ", ".join(name for name in words.jurisdictions if "-" not in name)
        what = f'a place with rules ({countries}, or a part such as "US-MA")'
        refuse_unknown("jurisdiction", jurisdiction, words.jurisdictions, what)
    if actor is not None:
        refuse_other("actor", actor, ACTORS)
    if product is not None:
        refuse_other("product", product, words.products)
    numbers = _checked_house(house)
    rules = [rule for source in sources for rule in read_rules(source, words, numbers)]
    applying = tuple(
        rule for rule in rules if jurisdiction is None or rule.instrument.applies_in(jurisdiction)
    )
    used = {rule.id for rule in applying}
    for name in numbers:
        refuse_unknown("house", name, used, "rules of this place")
    own = (source.file for source in sources if used & {each["id"] for each in source.data.get("rule", ())})
    return {
        "rules": applying,
        "jurisdiction": jurisdiction,
        "actor": actor,
        "product": product,
        "as_of": None if as_of is None else to_day(as_of, "as_of"),
        "words": words,
        "files": tuple(own),
        "downgrade": _checked_downgrade(downgrade, applying),
        "own_holidays": checked_holidays(holidays),
    }


def _checked_house(house: Any) -> dict[str, Any]:
    if house is None:
        return {}
    if not (hasattr(house, "items") and all(isinstance(name, str) for name in house)):
        raise ArgumentError("house", f"must be a mapping of rules to their numbers, not {shown(house)}")
    return dict(house)


def _checked_downgrade(downgrade: Any, rules: tuple[Rule, ...]) -> frozenset[str]:
    names = [downgrade] if isinstance(downgrade, str) else downgrade
    found = list(names) if hasattr(names, "__iter__") else [names]
    if not all(isinstance(name, str) for name in found):
        raise ArgumentError("downgrade", f"must be modalities or ids of rules, not {shown(downgrade)}")
    may_be = [*ADVISORY, *(rule.id for rule in rules if rule.modality in ADVISORY)]
    for name in found:
        strict = next((rule for rule in rules if rule.id == name and rule.modality not in ADVISORY), None)
        if strict is not None:
            raise ArgumentError("downgrade", f"must not name {name}, which says {strict.modality!r}")
        refuse_other("downgrade", name, may_be)
    return frozenset(rule.id for rule in rules if {rule.id, rule.modality} & set(found))
