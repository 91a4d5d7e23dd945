"""The first time from that of a contact on at which rules permit it, exactly."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from collectrisk._zones import offsets
from collectrisk.contact._clock import DAY, UTC, instants, local_time

if TYPE_CHECKING:
    from collectrisk.contact._question import Question
    from collectrisk.contact._rule import Rule

LONGEST_WAIT = 800 * DAY
"""No later time is sought beyond this: more than two years."""

MINUTE = dt.timedelta(minutes=1)


def next_allowed(question: Question) -> dt.datetime | None:
    """Return the first time from that of the contact on at which it is permitted; None if there is none."""
    rules = [
        rule for rule in question.concerned if rule.is_evaluated and not question.rules.is_downgraded(rule)
    ]
    time = lifts_at(question, rules, cover=True)
    return time if time is not None and question.permits(time) else None


def lifts_at(question: Question, rules: list[Rule], *, cover: bool = False) -> dt.datetime | None:
    """Return the first time from that of the contact on at which rules pass in every zone.

    Each rule and zone says from when on it passes; the latest of these times is the next one that may
    do, until all agree. No time between is skipped that might do, so the result is exact.
    """
    time = question.contact.at if question.is_local else question.contact.at.astimezone(UTC)
    last = time + LONGEST_WAIT
    while time <= last:
        later = [_passes_from(question, rule, time) for rule in rules]
        if cover:
            later.append(_covered_from(question, time))
        if any(each is None for each in later):
            return None
        latest = _askable(question, max((each for each in later if each is not None), default=time))
        if latest == time:
            return time if question.is_local else question.shown(time)
        time = latest
    return None


def _passes_from(question: Question, rule: Rule, time: dt.datetime) -> dt.datetime | None:
    """Return the first time from another on at which a rule passes, or is not in force, in every zone."""
    if not rule.instrument.is_in_force(question.days(time)):
        return time
    opened = [rule.opens(case) for case in question.cases(time)]
    found = None
    if all(each is not None for each in opened):
        found = max(
            _time(question, each, case.zone) for each, case in zip(opened, question.cases(time), strict=True)
        )
    end = rule.instrument.effective_to
    if end is None or (
        question.rules.as_of is not None and rule.instrument.is_in_force([question.rules.as_of])
    ):
        return found
    lapse = max(_midnight(question, end + DAY, zone) for zone in question.contact.zones or (None,))
    return lapse if found is None else min(found, lapse)


def _covered_from(question: Question, time: dt.datetime) -> dt.datetime | None:
    if question.is_covered(time):
        return time
    starts = {
        _midnight(question, rule.instrument.effective_from, zone)
        for rule in question.concerned
        if rule.is_evaluated and rule.instrument.effective_from is not None
        for zone in question.contact.zones or (None,)
    }
    return next((each for each in sorted(starts) if each > time and question.is_covered(each)), None)


def _time(question: Question, instant: Any, zone: Any) -> dt.datetime:
    """Return an instant as a time of this question: itself, or the local time."""
    found: dt.datetime = local_time(instant, zone) if question.is_local else instant
    return found


def _midnight(question: Question, day: dt.date, zone: Any) -> dt.datetime:
    local = dt.datetime.combine(day, dt.time())
    if question.is_local:
        return local
    if zone is None:
        return local.replace(tzinfo=question.contact.at.tzinfo).astimezone(UTC)
    return instants(local, zone)[0]


def _askable(question: Question, time: dt.datetime) -> dt.datetime:
    """Return the first local time from another on that exists once in every zone."""
    while question.is_local and any(first != second for first, second in _offsets(question, time)):
        time = time.replace(second=0, microsecond=0) + MINUTE
    return time


def _offsets(question: Question, time: dt.datetime) -> list[tuple[dt.timedelta, dt.timedelta]]:
    return [offsets(time, zone) for zone in question.contact.zones]
