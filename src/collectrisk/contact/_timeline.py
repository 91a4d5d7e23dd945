"""When rules that do not count events permit a contact, for many moments at once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from collectrisk.contact._clock import DAY, SECOND, UTC, clock_change, instants, local_time
from collectrisk.contact._clock_arrays import NEVER, US, to_stamp
from collectrisk.contact._conditions import Hours
from collectrisk.contact._later import LONGEST_WAIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._typing import Array
    from collectrisk.contact._question import Question


def first_open(question: Question, lifts: Array) -> Array:
    """Return the first instant from each of some instants on at which a contact is permitted.

    Between two instants at which hours begin or end, days begin, or clocks change, nothing changes but the
    events that count, so each such interval is evaluated once.

    Parameters
    ----------
    question : Question
        The contact at a moment with a UTC offset, with a history that has no events.
    lifts : array of datetime64
        Instants in UTC, none before the contact.
    """
    start = question.contact.at.astimezone(UTC)
    begins: list[np.datetime64] = []
    opens = [False]
    latest, last = lifts.max(), to_stamp(start + LONGEST_WAIT)
    changes = _changes(question, start)
    while not begins or (not (opens[-1] and begins[-1] > latest) and begins[-1] <= last):
        begin = next(changes)
        begins.append(to_stamp(begin))
        opens.append(question.permits(begin, counting=False))
    times, is_open = np.array(begins, US), np.array(opens[1:])
    places = np.searchsorted(times, lifts, "right") - 1
    following = np.searchsorted(np.flatnonzero(is_open), places)  # the open interval from each place on
    starts = np.append(times[is_open], NEVER)[following]
    return np.where(is_open[places], lifts, starts)


def _changes(question: Question, start: dt.datetime) -> Iterator[dt.datetime]:
    """Return the instants at which something changes, in order, from a first one on."""
    conditions = [rule.condition for rule in question.concerned]
    windows = {window for each in conditions if isinstance(each, Hours) for window in each.windows or ()}
    times = {dt.timedelta(), *(time for window in windows for time in window.since_midnight)}
    zones = question.contact.zones
    yield start
    day = dt.datetime.combine(min(local_time(start, zone).date() for zone in zones), dt.time())
    found: set[dt.datetime] = set()
    while True:
        for zone in zones:
            found.update(each for time in times for each in instants(day + time, zone))
            change = clock_change(instants(day, zone)[0] - SECOND, instants(day + DAY, zone)[1], zone)
            found |= set() if change is None else {change}
        day += DAY
        # Days of several zones overlap: what comes after the next day has begun in any of them must wait.
        end = min(instants(day, zone)[0] for zone in zones)
        yield from sorted(each for each in found if start < each < end)
        found = {each for each in found if each >= end}
