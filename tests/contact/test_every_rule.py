"""Each rule of the package permits one contact, and forbids or does not know another."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from contact_cases import event, history

from collectrisk.contact import (
    Attempts,
    Cap,
    Contact,
    ContactRules,
    Decision,
    Facts,
    Hours,
    Instrument,
    Obligation,
    Rule,
)
from collectrisk.contact._loading import SHIPPED, shipped, shipped_words

ZONE = "Asia/Shanghai"
WEDNESDAY = dt.date(2026, 12, 2)
"""A day on which every instrument with a date is in force."""

HOUSE: dict[str, dict[str, Any]] = {
    "UK-CONC-7.9.4": {"windows": [{"days": "all", "start": "09:00", "end": "19:00"}]},
    "AU-RG96-7-last-resort": {"least": 3},
}
JURISDICTIONS = sorted(
    {each["jurisdiction"] for name in SHIPPED for each in shipped(name).data["instrument"]}
)


def loaded(jurisdiction: str) -> ContactRules:
    rules = ContactRules.load(jurisdiction)
    house = {name: numbers for name, numbers in HOUSE.items() if name in {each.id for each in rules.rules}}
    return ContactRules.load(jurisdiction, house=house, holidays={2026: []})


BY_PLACE = {place: loaded(place) for place in JURISDICTIONS}
EVERY = {
    each.id: (place, each)
    for place in JURISDICTIONS
    for each in BY_PLACE[place].rules
    if each.instrument.jurisdiction == place
}


def of_kind(*kinds: type) -> pytest.MarkDecorator:
    names = [name for name, (_, each) in EVERY.items() if isinstance(each.condition, kinds)]
    return pytest.mark.parametrize("name", names)


def alone(name: str, **changes: Any) -> tuple[Rule, ContactRules]:
    """Return a rule as the only one, in force, for an actor and product that its instrument covers."""
    place, found = EVERY[name]
    found = attrs.evolve(found, instrument=attrs.evolve(found.instrument, status="in_force", **changes))
    actor = found.instrument.actors[0]
    product = found.instrument.products[0]
    rules = attrs.evolve(
        BY_PLACE[place], rules=(found,), actor=actor, product="credit_card" if product == "any" else product
    )
    return found, rules


def contact_of(found: Rule, at: str = "12:00", **values: Any) -> Contact:
    places = getattr(found.condition, "near", ()) or found.places
    defaults = {"zones": ZONE, "place": places[0] if places else None}
    if found.recipients:
        defaults["recipient"] = found.recipients[0]
    channel = "phone_call" if "phone_call" in found.channels else found.channels[0]
    return Contact(channel, at=f"{WEDNESDAY}T{at}", **{**defaults, **values})


def verdict(decision: Decision, name: str) -> str:
    """Return what a decision says of a rule."""
    if name in decision.passed:
        return "passed"
    if name in {each.rule for each in decision.blocked_by}:
        return "blocked"
    return (
        "missing" if name in {rule for each in decision.missing for rule in each.rules} else "not concerned"
    )


def test_there_are_29_instruments_with_88_rules_of_which_46_were_read_in_primary_text() -> None:
    instruments = {each.instrument.id for _, each in EVERY.values()}
    assert (len(instruments), len(EVERY)) == (29, 88)
    assert sum(each.confidence == "primary" for _, each in EVERY.values()) == 46


@pytest.mark.parametrize("name", EVERY)
def test_a_rule_has_its_citation_in_two_languages(name: str) -> None:
    found = EVERY[name][1]
    assert found.sources
    assert found.section
    assert set(found.text) == {"en", "zh"}
    assert found.instrument.issuer
    assert found.instrument.scope
    assert "compliant" not in str(attrs.asdict(found)).lower()


@of_kind(Hours)
def test_hours_permit_their_first_minute_and_not_the_one_before(name: str) -> None:
    found, rules = alone(name)
    assert isinstance(found.condition, Hours)
    windows = found.condition.windows
    assert windows is not None
    start, end = windows[0].start, windows[0].end
    before = (dt.datetime.fromisoformat(f"{WEDNESDAY}T{start}") - dt.timedelta(minutes=1)).time()
    assert verdict(rules.decide(contact_of(found, start)), name) == "passed"
    for at in (f"{before:%H:%M}", end):
        decision = rules.decide(contact_of(found, at))
        assert verdict(decision, name) == "blocked"
        assert decision.blocked_by[0].observed == f"wed {at}"
    unknown = attrs.evolve(contact_of(found, start), at=f"{WEDNESDAY}T{start}+08:00", zones=())
    assert verdict(rules.decide(unknown), name) == "missing"


COUNTED = {
    "attempts": "no_answer",
    "unanswered": "no_answer",
    "answered": "conversation",
    "contacts": "conversation",
}


@of_kind(Cap)
def test_a_cap_permits_its_last_contact_and_not_one_more(name: str) -> None:
    found, rules = alone(name)
    cap = found.condition
    assert isinstance(cap, Cap)
    contact = contact_of(found)
    kind = "conversation" if cap.is_pause else COUNTED[cap.count]
    if contact.channel == "field_visit":
        kind = "visit_met"
    times = [f"{WEDNESDAY} 1{hour // 60}:{hour % 60:02}" for hour in range(max(cap.most, 1))]
    events = [event(at, kind, channel=contact.channel) for at in times]
    fewer, full = (history(*some, as_of=f"{WEDNESDAY} 12:00", zone=ZONE) for some in (events[1:], events))
    assert verdict(rules.decide(contact, log=fewer), name) == "passed"
    decision = rules.decide(contact, log=full)
    assert verdict(decision, name) == "blocked"
    assert decision.blocked_by[0].observed == len(events)
    assert decision.blocked_by[0].lifts_at is not None
    assert verdict(rules.decide(contact), name) == "missing"
    old = history(as_of="2026-01-01", zone=ZONE)
    assert [each.fact for each in rules.decide(contact, log=old).missing if each.rules] == ["log"]


@of_kind(Facts)
def test_facts_permit_and_forbid_and_are_asked_for(name: str) -> None:
    found, rules = alone(name)
    facts = found.condition
    assert isinstance(facts, Facts)
    good: dict[str, Any] = {
        **dict.fromkeys(facts.block_if, False),
        **dict.fromkeys(facts.require, True),
        **facts.at_least,
    }
    contact = contact_of(found)
    if facts.forbid:
        decision = rules.decide(contact)
        assert verdict(decision, name) == "blocked"
        assert decision.blocked_by[0].would_lift == found.exemptions
        assert decision.next_allowed is None
    else:
        assert verdict(rules.decide(contact, facts=good), name) == "passed"
        assert {each.fact for each in rules.decide(contact).missing if name in each.rules} == set(facts.facts)
    for fact in facts.facts:
        bad = {True: False, False: True}.get(good[fact], facts.at_least.get(fact, 1) - 1)
        assert verdict(rules.decide(contact, facts={**good, fact: bad}), name) == "blocked"
    worst = {fact: fact in facts.block_if for fact in (*facts.block_if, *facts.require)}
    for fact in found.unless:
        assert verdict(rules.decide(contact, facts={**worst, fact: True}), name) == "passed"
        assert (
            verdict(rules.decide(contact, facts={**worst, fact: False}), name) == "blocked" or facts.at_least
        )
    for purpose in found.other_purposes:
        assert verdict(rules.decide(attrs.evolve(contact, purpose=purpose)), name) == "not concerned"
    if found.recipients and "debtor" not in found.recipients:
        assert verdict(rules.decide(attrs.evolve(contact, recipient="debtor")), name) == "not concerned"


@of_kind(Attempts)
def test_attempts_permit_a_visit_after_as_many_as_the_user_says(name: str) -> None:
    found, rules = alone(name)
    calls = [event(f"2026-12-01 1{hour}:00") for hour in range(3)]
    contact = contact_of(found, place="home")
    assert verdict(rules.decide(contact, log=history(*calls, zone=ZONE)), name) == "passed"
    decision = rules.decide(contact, log=history(*calls[1:], zone=ZONE))
    assert verdict(decision, name) == "blocked"
    assert (decision.blocked_by[0].observed, decision.blocked_by[0].is_house) == (2, True)
    assert verdict(rules.decide(contact), name) == "missing"
    open_number = ContactRules.load("AU").decide(contact)
    assert name in {
        rule for each in open_number.missing if each.fact == "house_attempts" for rule in each.rules
    }


@of_kind(Obligation)
def test_an_obligation_is_reported_and_never_passed(name: str) -> None:
    found, rules = alone(name)
    duty = found.condition
    assert isinstance(duty, Obligation)
    decision = rules.decide(contact_of(found))
    assert name not in decision.passed
    assert [(each.rule, each.effect, each.if_facts) for each in decision.obligations] == [
        (name, duty.effect, duty.facts)
    ]
    for fact in duty.facts:
        assert rules.decide(contact_of(found), facts={fact: False}).obligations == ()
        assert len(rules.decide(contact_of(found), facts={fact: True}).obligations) == 1


@pytest.mark.parametrize(
    "name", [name for name, (_, each) in EVERY.items() if each.instrument.status != "in_force"]
)
def test_a_rule_that_is_not_in_force_is_reported_and_not_enforced(name: str) -> None:
    place, found = EVERY[name]
    _, enforced = alone(name)
    rules = attrs.evolve(enforced, rules=BY_PLACE[place].rules)
    decision = rules.decide(contact_of(found, "03:00"))
    reported = {each.rule: each for each in decision.not_in_force}
    assert reported[name].status == found.instrument.status
    assert verdict(decision, name) == "not concerned"
    assert name not in decision.explain().partition("Not in force")[0]


@pytest.mark.parametrize("name", EVERY)
def test_an_unknown_actor_or_product_never_permits(name: str) -> None:
    found, rules = alone(name)
    decision = attrs.evolve(rules, actor=None, product=None).decide(contact_of(found, "03:00"))
    for_certain = found.instrument.products == ("any",) and set(found.instrument.actors) == {
        "first_party",
        "third_party",
        "debt_buyer",
    }
    if not for_certain:
        assert decision.permission.value == "unknown"
        assert "coverage" in {each.fact for each in decision.missing}


def test_every_instrument_names_its_products() -> None:
    instruments: dict[str, Instrument] = {each.instrument.id: each.instrument for _, each in EVERY.values()}
    words = shipped_words()
    for each in instruments.values():
        assert each.covers_product(None, words.part_of) is (True if each.products == ("any",) else None)
        assert each.covers_product(each.products[0] if each.products != ("any",) else "other", words.part_of)
    covered = {name: each.covers_product("other", words.part_of) for name, each in instruments.items()}
    assert {name for name, answer in covered.items() if answer is False} == {"CN-CREDITCARD-2011"}
