"""Local times and instants, where clocks change: what time it is, and when it is a time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from collectrisk._zones import offsets

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
UTC = dt.UTC


def local_time(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the local time of an instant, without a zone."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def instants(local: dt.datetime, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Return the earliest and the latest instant of a local time; of one that does not exist, around it."""
    first, second = ((local - offset).replace(tzinfo=UTC) for offset in offsets(local, zone))
    return min(first, second), max(first, second)


def clock_change(start: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """Return the instant between two others, a day or less apart, from which clocks differ; None if none."""

    def offset(instant: dt.datetime) -> dt.timedelta | None:
        return instant.astimezone(zone).utcoffset()

    before = offset(start)
    if before == offset(end):
        return None
    while end - start > SECOND:  # to the first second of the new offset
        middle = start + dt.timedelta(seconds=(end - start) // SECOND // 2)
        if offset(middle) == before:
            start = middle
        else:
            end = middle
    return end


def first_within(
    zone: ZoneInfo, after: dt.datetime, day: dt.date, start: dt.timedelta, end: dt.timedelta
) -> dt.datetime | None:
    """Return the first instant at or after another at which the local time is within a window of a day.

    The window is half-open. Clocks may change within it, or jump into it or back into it.
    """
    midnight = dt.datetime.combine(day, dt.time())
    earliest, latest = instants(midnight, zone)[0], instants(midnight + DAY, zone)[1]
    candidates = [after, *instants(midnight + start, zone)]
    change = clock_change(earliest - SECOND, latest, zone)
    if change is not None:
        candidates.append(change)

    def is_within(instant: dt.datetime) -> bool:
        local = local_time(instant, zone)
        return local.date() == day and start <= local - midnight < end

    return min((each for each in candidates if each >= after and is_within(each)), default=None)
