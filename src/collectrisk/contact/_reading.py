"""Reading rule files: instruments, rules and the words they use, checked against the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collectrisk._channel import Channel
from collectrisk.contact._conditions import Facts, Hours, Obligation
from collectrisk.contact._contact import CONTACT_CHANNELS, PLACES, PURPOSES, RECIPIENTS
from collectrisk.contact._counting import COUNTS, PER, Attempts, Cap, Consent
from collectrisk.contact._entry import Entry
from collectrisk.contact._rule import ACTORS, ANY, FORCES, MODALITIES, STATUSES, Instrument, Rule
from collectrisk.contact._vocabulary import Fact, Jurisdiction, Product, Vocabulary
from collectrisk.contact._window import Window, days_named
from collectrisk.errors import InvalidRuleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk.contact._source import Source


CHANNELS = tuple(channel.value for channel in Channel)
MOST_EVENTS = 10_000


def read_vocabulary(source: Source, base: Vocabulary) -> Vocabulary:
    """Return the words of a file, added to those that it may use."""
    jurisdictions: dict[str, Jurisdiction] = {}
    for name, entry in source.entries("jurisdiction"):
        jurisdictions[name] = Jurisdiction(entry.texts("name"), entry.text("holidays", "") or None)
        parts = (f"{name}-{part}" for part in entry.choices("parts"))
        jurisdictions.update(
            {part: Jurisdiction({"en": part}) for part in parts if part not in jurisdictions}
        )
        entry.finish()
    own = {name for name, _ in source.entries("product")} | set(base.products)
    products = {}
    for name, entry in source.entries("product"):
        part_of = entry.choice("part_of", sorted(own - {name}), "") or None
        products[name] = Product(entry.texts("name"), part_of)
        entry.finish()
    _refuse_cycles(source, {**base.products, **products})
    facts = {}
    for name, entry in source.entries("fact"):
        if name in base.facts:
            raise entry.error("", "is defined by another file already; use it, or choose another name")
        kind: Any = entry.choice("type", ("flag", "number", "dates"))
        facts[name] = Fact(kind, entry.texts("text"))
        entry.finish()
    return base | Vocabulary(jurisdictions, products, facts)


def _refuse_cycles(source: Source, products: Mapping[str, Product]) -> None:
    for start in products:
        name: str | None = start
        for _ in products:
            name = None if name is None else products[name].part_of
        if name is not None:
            raise InvalidRuleError(
                source.file.name, f"product {start!r}", "part_of", "must not lead back to it"
            )


def read_rules(
    source: Source, words: Vocabulary, house: Mapping[str, Any], known: Mapping[str, Instrument] | None = None
) -> tuple[Rule, ...]:
    """Return the rules of a file; `house` has the numbers that instruments leave open, by rule."""
    instruments = dict(known or {})
    for name, entry in source.entries("instrument"):
        if name in instruments:
            raise entry.error("id", "is that of another instrument; each must have its own")
        instruments[name] = _instrument(entry, words)
    rules: dict[str, Rule] = {}
    for name, entry in source.entries("rule"):
        if name in rules:
            raise entry.error("id", "is that of another rule; each must have its own")
        rules[name] = _rule(entry, words, instruments, house.get(name))
    return tuple(rules.values())


def _instrument(entry: Entry, words: Vocabulary) -> Instrument:
    products = (*words.products, ANY)
    found = Instrument(
        id=entry.text("id"),
        jurisdiction=entry.choice("jurisdiction", (*words.jurisdictions, ANY)),
        title=entry.text("title"),
        issuer=entry.text("issuer"),
        force=entry.choice("force", FORCES),
        status=entry.choice("status", STATUSES, "in_force"),
        effective_from=entry.day("effective_from"),
        effective_to=entry.day("effective_to"),
        actors=entry.choices("actors", (*ACTORS, ANY), required=True),
        scope=entry.choices("scope"),
        products=entry.choices("products", products, required=True),
        products_unknown=entry.choices("products_unknown", products),
        not_products=entry.choices("not_products", products),
        on_contact=entry.flag("on_contact"),
        note=entry.text("note", ""),
    )
    entry.finish()
    start, end = found.effective_from, found.effective_to
    if start is not None and end is not None and end < start:
        raise entry.error("effective_to", f"must not be before effective_from, {start}, and is {end}")
    listed = (*found.products, *found.products_unknown, *found.not_products)
    twice = next((name for name in listed if listed.count(name) > 1), None)
    if twice is not None:
        raise entry.error("products", f"and the other lists of products must name {twice!r} once")
    if found.on_contact and found.force == "house":
        raise entry.error("on_contact", "must be false for house rules: they permit nothing")
    return found


def _rule(entry: Entry, words: Vocabulary, instruments: Mapping[str, Instrument], house: Any) -> Rule:
    flags = [name for name, fact in words.facts.items() if fact.type == "flag"]
    numbers = [name for name, fact in words.facts.items() if fact.type == "number"]
    kind = entry.choice("kind", tuple(READERS))
    channels = entry.choices("channels", (*CONTACT_CHANNELS, ANY), required=True)
    if ANY in channels:
        channels = tuple(dict.fromkeys((*CHANNELS, *(each for each in channels if each != ANY))))
    instrument = instruments[entry.choice("instrument", tuple(instruments))]
    is_house = instrument.force == "house"
    if house is not None:
        entry = _with_house(entry, Entry("house", entry.name, house))
        is_house = True
    rule = Rule(
        id=entry.text("id"),
        instrument=instrument,
        section=entry.text("section", ""),
        kind=kind,
        modality=entry.choice("modality", MODALITIES),
        channels=channels,
        places=entry.choices("places", PLACES),
        recipients=entry.choices("recipients", RECIPIENTS),
        other_purposes=entry.choices("other_purposes", PURPOSES[1:]),
        unless=entry.choices("unless", flags),
        unless_above=entry.numbers("unless_above", numbers),
        condition=READERS[kind](entry, words, channels),
        is_house=is_house,
        text=entry.texts("text"),
        confidence=entry.choice("confidence", ("primary", "secondary"), "primary" if is_house else None),
        sources=entry.choices("sources", required=not is_house),
        note=entry.text("note", ""),
    )
    entry.read += ["kind", "channels", "instrument"]  # of the entry before the user's numbers
    entry.finish()
    return rule


def _with_house(entry: Entry, house: Entry) -> Entry:
    """Return an entry with the numbers that the user supplied for those that the instrument leaves open."""
    opened = {key: f"{key}_from" for key in ("windows", "least") if f"{key}_from" in entry}
    added = {"windows": "not_stated"} if "not_stated" in entry else {}
    if not opened and not added:
        raise house.error("", "has no number that the instrument leaves open")
    for key in house.data:
        if key not in {**opened, **added}:
            raise house.error(key, f"must be {' or '.join({**opened, **added})}")
    data = {key: value for key, value in entry.data.items() if key not in {*opened.values(), *added.values()}}
    if not added:
        return Entry(entry.file, entry.name, {**data, **house.data})
    days = days_named(entry.data["not_stated"]) or frozenset()
    for each in house.hours("windows"):
        if not (days_named(each.days) or {7}) <= days:
            raise house.error("windows", f"must be hours of {entry.data['not_stated']}, not of {each.days}")
    return Entry(entry.file, entry.name, {**data, "windows": [*data["windows"], *house.data["windows"]]})


def _hours(entry: Entry, _words: Vocabulary, _channels: tuple[str, ...]) -> Hours:
    is_open = "windows_from" in entry and entry.choice("windows_from", ("house",)) == "house"
    windows = None if is_open else entry.hours("windows")
    days = entry.text("not_stated", "")
    if days and days_named(days) is None:
        raise entry.error("not_stated", f'must be days, such as "sat-sun", not {days!r}')
    closed = entry.choice("holidays", ("closed", "ignored"), "ignored") == "closed"
    return Hours(
        windows, holidays_closed=closed, not_stated=days_named(days) or frozenset() if days else frozenset()
    )


def _cap(entry: Entry, words: Vocabulary, channels: tuple[str, ...]) -> Cap:
    window = entry.window("window")
    if window is None:
        raise entry.error("window", 'is missing; write, say, { n = 7, unit = "day", type = "rolling" }')
    per = entry.choice("per", PER)
    consent = _consent(entry, words)
    if entry.choice("kind", ("cap", "pause")) == "pause":
        entry.choice("after", ("conversation",))
        return Cap(0, window, "conversations", per, channels, consent=consent)
    near = entry.choices("near", PLACES)
    elsewhere = entry.window("elsewhere")
    if bool(near) != (elsewhere is not None):
        raise entry.error("near", "and elsewhere must both be given, or neither")
    if elsewhere is not None and not _is_at_least(elsewhere, window):
        # Of an unknown place, the window of elsewhere is asked: it must be the stricter one.
        why = f"must have the unit and type of window and not be shorter than {window}, and is {elsewhere}"
        raise entry.error("elsewhere", f"{why}; write the other places in near")
    return Cap(
        entry.number("most", 1, MOST_EVENTS),
        window,
        entry.choice("count", COUNTS),
        per,
        channels,
        pooled=entry.flag("pooled"),
        near=near,
        elsewhere=elsewhere,
        consent=consent,
    )


def _is_at_least(one: Window, other: Window) -> bool:
    """Return whether a window is of the same unit and type as another, and not shorter."""
    return (one.unit, one.type) == (other.unit, other.type) and one.n >= other.n


def _consent(entry: Entry, words: Vocabulary) -> Consent | None:
    consent = entry.table("consent")
    if consent is None:
        return None
    dates = tuple(name for name, fact in words.facts.items() if fact.type == "dates")
    found = Consent(consent.choice("fact", dates), consent.number("days", 1, 366))
    consent.finish()
    return found


def _facts(entry: Entry, words: Vocabulary, _channels: tuple[str, ...]) -> Facts:
    flags = [name for name, fact in words.facts.items() if fact.type == "flag"]
    numbers = [name for name, fact in words.facts.items() if fact.type == "number"]
    found = Facts(
        entry.choices("block_if", flags),
        entry.choices("require", flags),
        entry.numbers("at_least", numbers),
        forbid=entry.flag("forbid"),
    )
    if not found.forbid and not found.facts:
        raise entry.error("", "must have block_if, require, at_least or forbid = true")
    return found


def _attempts(entry: Entry, _words: Vocabulary, _channels: tuple[str, ...]) -> Attempts:
    is_open = "least_from" in entry and entry.choice("least_from", ("house",)) == "house"
    return Attempts(
        entry.choices("on", CHANNELS, required=True),
        None if is_open else entry.number("least", 1, MOST_EVENTS),
    )


def _obligation(entry: Entry, words: Vocabulary, _channels: tuple[str, ...]) -> Obligation:
    flags = [name for name, fact in words.facts.items() if fact.type == "flag"]
    return Obligation(
        entry.choice("effect", ("duty", "offer", "human_review"), "duty"), entry.choices("if", flags)
    )


READERS: dict[str, Any] = {
    "hours": _hours,
    "cap": _cap,
    "pause": _cap,
    "facts": _facts,
    "attempts": _attempts,
    "obligation": _obligation,
}
"""The function that reads the condition of each kind of rule."""
