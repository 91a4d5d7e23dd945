"""Properties of decisions, over random rules, logs and times near the days when clocks change."""

from __future__ import annotations

import datetime as dt
import os
import time
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from contact_cases import HOUSE, LAW, NEW_YORK, event, history, parsed, rule
from hypothesis import given, settings
from hypothesis import strategies as st

from collectrisk.contact import Contact, ContactRules, Permission
from collectrisk.contact._question import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk.history import AccountHistory

CHANGES = ("2026-03-08", "2026-11-01")
"""The days on which clocks are set forward and back in New York."""

MINUTE = dt.timedelta(minutes=1)
HALF_HOURS = [f"{half // 2:02}:{half % 2 * 30:02}" for half in range(49)]
KINDS = ("no_answer", "conversation", "message_left", "not_connected", "message_sent", "visit_met")
KNOWN = {"dispute_open": False}


@st.composite
def hours(draw: st.DrawFn) -> str:
    windows = []
    for days in draw(st.lists(st.sampled_from(["all", "mon-fri", "sat-sun", "sun"]), min_size=1, max_size=2)):
        start, end = sorted(draw(st.lists(st.integers(0, 48), min_size=2, max_size=2, unique=True)))
        windows.append(f'{{ days = "{days}", start = "{HALF_HOURS[start]}", end = "{HALF_HOURS[end]}" }}')
    return f"windows = [{', '.join(windows)}]"


@st.composite
def caps(draw: st.DrawFn) -> str:
    unit = draw(st.sampled_from(["day", "week"]))
    kind = draw(st.sampled_from(["rolling", "calendar", "unspecified"]))
    n = draw(st.integers(1, 3)) if unit == "day" else 1
    window = f'window = {{ n = {n}, unit = "{unit}", type = "{kind}" }}'
    count = draw(st.sampled_from(["attempts", "answered", "unanswered", "contacts", "conversations"]))
    per = draw(st.sampled_from(["debt", "debtor", "person_and_debt"]))
    pooled = draw(st.booleans())
    most = draw(st.integers(1, 3))
    return f'{window}\ncount = "{count}"\nper = "{per}"\nmost = {most}\npooled = {str(pooled).lower()}'


@st.composite
def pauses(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["rolling", "calendar"]))
    window = f'window = {{ n = {draw(st.integers(1, 2))}, unit = "day", type = "{kind}" }}'
    return f'{window}\nafter = "conversation"\nper = "debt"'


BODIES = st.one_of(
    st.tuples(st.just("hours"), hours()),
    st.tuples(st.just("cap"), caps()),
    st.tuples(st.just("pause"), pauses()),
)


@st.composite
def texts(draw: st.DrawFn, first: int = 0) -> list[str]:
    bodies = draw(st.lists(BODIES, min_size=1, max_size=3))
    return [rule(f"r{first + place}", kind, body) for place, (kind, body) in enumerate(bodies)]


MINUTES = st.sampled_from(CHANGES).flatmap(
    lambda day: st.integers(-2 * 1_440, 1_440).map(
        lambda minute: dt.datetime.fromisoformat(f"{day}T00:00+00:00") + minute * MINUTE
    )
)
"""Instants from two days before the change of clocks until the day after it."""


@st.composite
def logs(draw: st.DrawFn, at: dt.datetime, zone: str | None = NEW_YORK) -> AccountHistory:
    before = draw(st.lists(st.integers(0, 3 * 1_440), max_size=5))
    moments = [(at - minutes * MINUTE).replace(tzinfo=None) for minutes in before]
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=len(before), max_size=len(before)))
    return history(*(event(when, kind) for when, kind in zip(moments, kinds, strict=True)), zone=zone)


ZONES = st.sampled_from([(NEW_YORK,), (NEW_YORK, "America/Chicago"), ("America/New_York", "Asia/Shanghai")])


def permission_at(question: Question, at: dt.datetime) -> bool:
    """Return whether a question is ALLOWED at another time, from every rule and zone."""
    asked = attrs.evolve(question, contact=attrs.evolve(question.contact, at=at))
    findings = [asked.finding(each, at) for each in asked.enforced(at)]
    return asked.is_covered(at) and all(each.outcome.passed for each in findings)


def minutes_before(at: dt.datetime, found: dt.datetime | None, number: int) -> Iterator[dt.datetime]:
    """Yield the first minutes from a time on, and the last ones before the time that was found."""
    if found is not None and found.tzinfo is not None:
        found = found.astimezone(dt.UTC)  # adding to a time with a zone ignores that clocks change
    yield from (
        at + minute * MINUTE for minute in range(number) if found is None or at + minute * MINUTE < found
    )
    if found is not None:
        yield from (each for minute in range(1, number) for each in [found - minute * MINUTE] if each > at)


def check_next_allowed(rules: ContactRules, contact: Contact, log: AccountHistory, minutes: int) -> None:
    question = Question.of(rules, contact, log, KNOWN, None)
    found = rules.decide(contact, log=log, facts=KNOWN).next_allowed
    if found is not None:
        assert found >= contact.at
        again = rules.decide(attrs.evolve(contact, at=found), log=log, facts=KNOWN)
        assert again.permission is Permission.ALLOWED
    for minute in minutes_before(contact.at, found, minutes):
        assert not permission_at(question, minute)


@settings(max_examples=10)
@given(data=st.data(), texts=texts(), at=MINUTES, zones=ZONES)
def test_the_next_permitted_time_is_permitted_and_no_minute_before_it_is(
    data: st.DataObject, texts: list[str], at: dt.datetime, zones: tuple[str, ...]
) -> None:
    log = data.draw(logs(at))
    check_next_allowed(parsed(LAW, HOUSE, *texts), Contact("phone_call", at=at, zones=zones), log, 120)


@pytest.mark.exhaustive
@settings(max_examples=60)
@given(data=st.data(), texts=texts(), at=MINUTES, zones=ZONES)
def test_the_next_permitted_time_is_exact_over_several_days(
    data: st.DataObject, texts: list[str], at: dt.datetime, zones: tuple[str, ...]
) -> None:
    log = data.draw(logs(at))
    check_next_allowed(parsed(LAW, HOUSE, *texts), Contact("phone_call", at=at, zones=zones), log, 6_000)


@settings(max_examples=8)
@given(data=st.data(), texts=texts(), at=MINUTES)
def test_the_next_permitted_local_time_in_several_zones_is_exact(
    data: st.DataObject, texts: list[str], at: dt.datetime
) -> None:
    """A local time that does not exist in a zone, or exists twice, cannot be asked about."""
    naive = at.replace(tzinfo=None)
    rules, log = parsed(LAW, HOUSE, *texts), data.draw(logs(at, zone=None))
    zones = (NEW_YORK, "America/Phoenix")

    def asked(when: dt.datetime) -> Contact | None:
        try:
            return Contact("phone_call", at=when, zones=zones)
        except ValueError:
            return None

    contact = asked(naive)
    if contact is None:
        return
    found = rules.decide(contact, log=log, facts=KNOWN).next_allowed
    if found is not None:
        assert found.tzinfo is None
        again = rules.decide(attrs.evolve(contact, at=found), log=log, facts=KNOWN)
        assert again.permission is Permission.ALLOWED
    for minute in minutes_before(naive, found, 80):
        later = asked(minute)
        if later is not None:
            assert not permission_at(Question.of(rules, later, log, KNOWN, None), minute)


@given(data=st.data(), texts=texts(), at=MINUTES, kind=st.sampled_from(KINDS), minutes=st.integers(0, 4_000))
def test_one_more_event_never_makes_a_forbidden_contact_anything_else(
    data: st.DataObject, texts: list[str], at: dt.datetime, kind: str, minutes: int
) -> None:
    log = data.draw(logs(at))
    more = event((at - minutes * MINUTE).replace(tzinfo=None), kind)
    rules, contact = parsed(LAW, HOUSE, *texts), Contact("phone_call", at=at, zones=NEW_YORK)
    if rules.decide(contact, log=log, facts=KNOWN).permission is Permission.FORBIDDEN:
        fuller = history(*log.events, more)
        assert rules.decide(contact, log=fuller, facts=KNOWN).permission is Permission.FORBIDDEN


ORDER = (Permission.ALLOWED, Permission.UNKNOWN, Permission.FORBIDDEN)


@settings(max_examples=15)
@given(data=st.data(), texts=texts(), more=texts(first=10), at=MINUTES)
def test_one_more_rule_never_permits_more(
    data: st.DataObject, texts: list[str], more: list[str], at: dt.datetime
) -> None:
    log, contact = data.draw(logs(at)), Contact("phone_call", at=at, zones=NEW_YORK)
    fewer = parsed(LAW, HOUSE, *texts)
    added = fewer + parsed(
        HOUSE.replace('"HOUSE"', '"MORE"'), *(each.replace('"HOUSE"', '"MORE"') for each in more)
    )
    before, after = (rules.decide(contact, log=log, facts=KNOWN) for rules in (fewer, added))
    assert ORDER.index(after.permission) >= ORDER.index(before.permission)
    if before.next_allowed is None:
        assert after.next_allowed is None
    elif after.next_allowed is not None:
        assert after.next_allowed >= before.next_allowed


PLACES = (
    ("US-MA", "third_party"),
    ("CN", "first_party"),
    ("UK-EAW", "debt_buyer"),
    ("AU", "first_party"),
    ("KR", "third_party"),
)
NUMBERS: dict[str, dict[str, dict[str, Any]]] = {
    "UK-EAW": {"UK-CONC-7.9.4": {"windows": [{"days": "all", "start": "08:00", "end": "20:00"}]}},
    "AU": {"AU-RG96-7-last-resort": {"least": 2}},
}
ALL_RULES = {
    place: ContactRules.load(place, actor=actor, product="credit_card", house=NUMBERS.get(place))
    for place, actor in PLACES
}


def facts_of(rules: ContactRules) -> list[str]:
    return sorted({name for each in rules.rules for name in each.facts})


@given(data=st.data(), place=st.sampled_from([place for place, _ in PLACES]), at=MINUTES)
def test_a_fact_that_is_not_known_never_permits_a_contact(
    data: st.DataObject, place: str, at: dt.datetime
) -> None:
    rules = ALL_RULES[place]
    flags = [name for name in facts_of(rules) if rules.words.facts[name].type == "flag"]
    facts: dict[str, Any] = {
        name: data.draw(st.sampled_from([True, False, False]), label=name) for name in flags
    }
    facts["planned_staff"] = data.draw(st.integers(1, 3))
    channel, place_of = data.draw(
        st.sampled_from([("phone_call", "mobile"), ("field_visit", "home"), ("sms", None)])
    )
    contact = Contact(channel, at=at, zones=NEW_YORK, place=place_of)
    log = data.draw(logs(at))
    full = rules.decide(contact, log=log, facts=facts).permission
    lost = data.draw(st.sampled_from(sorted(facts)))
    fewer = rules.decide(contact, log=log, facts={**facts, lost: None}).permission
    if full is not Permission.ALLOWED:
        assert fewer is not Permission.ALLOWED


@given(data=st.data(), texts=texts(), at=MINUTES)
def test_the_zone_of_the_machine_and_the_order_of_events_change_nothing(
    data: st.DataObject, texts: list[str], at: dt.datetime
) -> None:
    rules, contact = parsed(LAW, HOUSE, *texts), Contact("phone_call", at=at, zones=NEW_YORK)
    log = data.draw(logs(at))
    backwards = attrs.evolve(log, events=log.events[::-1])
    results = []
    before = os.environ.get("TZ")
    try:
        for zone, events in (("Pacific/Kiritimati", log), ("America/New_York", backwards)):
            os.environ["TZ"] = zone
            time.tzset()
            results.append(rules.decide(contact, log=events, facts=KNOWN).to_dict())
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
    assert results[0] == results[1]
