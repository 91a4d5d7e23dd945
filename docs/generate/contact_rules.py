"""The pages of the contact rules: the instruments and rules of each jurisdiction, from the files."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from formatting import table

from collectrisk.contact import Attempts, Cap, ContactRules, Facts, Hours, Obligation, Rule
from collectrisk.contact._conditions import PUBLIC_HOLIDAY
from collectrisk.contact._loading import SHIPPED, shipped, shipped_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk.contact import Instrument

COUNTED = {
    "attempts": "attempts",
    "answered": "attempts that were answered",
    "unanswered": "attempts that were not answered",
    "contacts": "contacts that were made",
    "conversations": "conversations by telephone",
}
PER = {
    "debt": "debt",
    "person_and_debt": "person and debt",
    "debtor": "debtor",
    "contact_point": "number or address",
}
READ = {"primary": "primary text", "secondary": "a summary only"}
CONTACT = 7
"""The number of channels of contact."""


def _jurisdictions() -> list[str]:
    """Return the jurisdictions with rules, in the order of the files."""
    found = (shipped(name).data["instrument"] for name in SHIPPED)
    return list(dict.fromkeys(each["jurisdiction"] for instruments in found for each in instruments))


def roots() -> list[str]:
    """Return the jurisdictions that are not part of another one."""
    return [place for place in _jurisdictions() if "-" not in place]


def _own_rules(place: str) -> dict[str, list[Rule]]:
    """Return the rules of a jurisdiction itself, by instrument."""
    found: dict[str, list[Rule]] = {}
    for rule in ContactRules.load(place).rules:
        if rule.instrument.jurisdiction == place:
            found.setdefault(rule.instrument.id, []).append(rule)
    return found


def _codes(names: tuple[str, ...], nothing: str = "none") -> str:
    return ", ".join(f"`{name}`" for name in names) or nothing


def _hours(condition: Hours) -> str:
    if condition.windows is None:
        return "hours that you supply"
    parts = [
        f"{'public holidays' if each.days == PUBLIC_HOLIDAY else each.days} {each.start}–{each.end}"
        for each in condition.windows
    ]
    if condition.holidays_closed:
        parts.append("none on public holidays")
    if condition.not_stated:
        parts.append("other days not known, unless you supply them")
    return "; ".join(parts)


def _cap(condition: Cap) -> str:
    window = f"{condition.window} ({condition.window.type})"
    per = PER[condition.per]
    if condition.is_pause:
        text = f"none for {window} after a conversation by telephone, per {per}"
    else:
        pooled = ", all these channels together" if condition.pooled else ""
        text = f"at most {condition.most} {COUNTED[condition.count]} in {window} per {per}{pooled}"
    if condition.elsewhere is not None:
        text += f"; at {' or '.join(condition.near)}, and otherwise in {condition.elsewhere}"
    if condition.consent is not None:
        text += f"; lifted for {condition.consent.days} days by `{condition.consent.fact}`"
    return text


def _facts(condition: Facts) -> str:
    parts = [f"not if `{name}`" for name in condition.block_if]
    parts += [f"only if `{name}`" for name in condition.require]
    parts += [f"only if `{name}` is {least} or more" for name, least in condition.at_least.items()]
    return "; ".join(parts) or "never"


def _data(rule: Rule) -> str:
    """Return what is evaluated, in words."""
    condition = rule.condition
    if isinstance(condition, Obligation):
        noun = {"duty": "an obligation", "offer": "an offer", "human_review": "human review"}[
            condition.effect
        ]
        return f"{noun}, reported and never evaluated"
    if isinstance(condition, Hours):
        text = _hours(condition)
    elif isinstance(condition, Cap):
        text = _cap(condition)
    elif isinstance(condition, Attempts):
        text = f"only after a number of failed attempts, which you supply, on {_codes(condition.on)}"
    else:
        text = _facts(condition)
    if rule.recipients:
        text += f", to {_codes(rule.recipients)}"
    exempt = [f"`{name}`" for name in rule.unless]
    exempt += [f"`{name}` above {least}" for name, least in rule.unless_above.items()]
    if exempt:
        text += f"; unless {' or '.join(exempt)}"
    if rule.other_purposes:
        text += f"; not for the purposes {_codes(rule.other_purposes)}"
    return text


def _channels(rule: Rule) -> str:
    text = "every channel" if len(rule.channels) >= CONTACT else _codes(rule.channels)
    return f"{text} at {' or '.join(rule.places)}" if rule.places else text


def _row(rule: Rule) -> list[str]:
    note = f" *{rule.note}*" if rule.note else ""
    cells = [
        f"`{rule.id}`<br>{rule.section}",
        _channels(rule),
        f"{rule.text['en']}{note}",
        _data(rule),
        f"{rule.modality.replace('_', ' ')}<br>{READ[rule.confidence]}",
    ]
    return [cell.replace("|", "\\|") for cell in cells]


def _coverage(instrument: Instrument) -> str:
    names = {
        "covers": _codes(instrument.products),
        "may cover": _codes(instrument.products_unknown),
        "does not cover": _codes(instrument.not_products, "any other"),
    }
    own = f"in its own words: {_codes(instrument.scope)}"
    return f"- {'; '.join(f'{verb} {products}' for verb, products in names.items())} ({own})"


def _about(instrument: Instrument) -> str:
    status = instrument.status.replace("_", " ")
    if instrument.status != "in_force":
        status = f"**{status}: reported, not enforced**"
    since = "" if instrument.effective_from is None else f", from {instrument.effective_from}"
    lines = [
        f"- `{instrument.id}`: {instrument.issuer}; {instrument.force.replace('_', ' ')}; {status}{since}",
        f"- binds {_codes(instrument.actors)}",
        _coverage(instrument),
    ]
    if not instrument.on_contact:
        lines.append("- does not regulate how contact is made, so it permits nothing by itself")
    if instrument.note:
        lines.append(f"- {instrument.note}")
    return "\n".join(lines)


def _sources(rules: list[Rule]) -> str:
    sources = dict.fromkeys(source for rule in rules for source in rule.sources)
    return "What was read:\n\n" + "\n".join(f"- `{source}`" for source in sources)


def _page(root: str) -> str:
    words = shipped_words()
    parts = []
    for place in _jurisdictions():
        if place != root and not place.startswith(f"{root}-"):
            continue
        parts.append(f"## {words.jurisdictions[place].name['en']} (`{place}`)")
        for rules in _own_rules(place).values():
            instrument = rules[0].instrument
            head = ["rule", "channels", "paraphrase", "evaluated as", "modality; what was read"]
            parts += [
                f"### {instrument.title}",
                _about(instrument),
                table(head, [_row(rule) for rule in rules]),
                _sources(rules),
            ]
    return "\n\n".join(parts)


def pages() -> dict[str, Callable[[], str]]:
    """Return the generator of each jurisdiction's page."""
    return {f"contact_rules_{root.lower()}": functools.partial(_page, root) for root in roots()}


def summary() -> str:
    """Return the table of the jurisdictions, with how much of each was read in primary text."""
    words, rows = shipped_words(), []
    for root in roots():
        places = [place for place in _jurisdictions() if place == root or place.startswith(f"{root}-")]
        rules = [rule for place in places for own in _own_rules(place).values() for rule in own]
        rows.append(
            [
                f"[{words.jurisdictions[root].name['en']}]({root.lower()}.md)",
                ", ".join(f"`{place}`" for place in places),
                str(len({rule.instrument.id for rule in rules})),
                str(len(rules)),
                str(sum(rule.confidence == "primary" for rule in rules)),
                str(sum(not rule.is_evaluated for rule in rules)),
            ]
        )
    head = ["place", "codes", "instruments", "rules", "read in primary text", "obligations"]
    return table(head, rows)


def facts() -> str:
    """Return the facts that rules ask for."""
    asking: dict[str, list[str]] = {}
    for place in _jurisdictions():
        for own in _own_rules(place).values():
            for rule in own:
                for name in dict.fromkeys(rule.facts):
                    asking.setdefault(name, []).append(f"`{rule.id}`")
    rows = [
        [f"`{name}`", fact.type, fact.text["en"], ", ".join(asking[name])]
        for name, fact in shipped_words().facts.items()
    ]
    return table(["fact", "type", "what is true, or what it is", "asked for by"], rows)


def products() -> str:
    """Return the products that may be named."""
    words = shipped_words()
    rows = [
        [f"`{name}`", product.name["en"], f"`{product.part_of}`" if product.part_of else ""]
        for name, product in words.products.items()
    ]
    return table(["product", "what it is", "a part of"], rows)
