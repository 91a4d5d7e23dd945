"""Windows of days, in which events count, and of hours, in which contact may be made."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Literal

import attrs

from collectrisk.contact._clock import DAY

Unit = Literal["day", "week", "month"]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PUBLIC_HOLIDAY = "public_holiday"


def days_named(text: str) -> frozenset[int] | None:
    """Return the weekdays that a text names, Monday as 0: ``all``, ``sun`` or ``mon-fri``; None if none."""
    if text == "all":
        return frozenset(range(7))
    first, _, last = text.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        return None
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return frozenset(range(start, end + 1)) or None  # "sun-mon" names none


@attrs.frozen
class OpenHours:
    """The hours of some days within which contact may be made, ``[start, end)`` in local time.

    Parameters
    ----------
    days : str
        The days: ``"all"``, one such as ``"sat"``, a range such as ``"mon-fri"``, or
        ``"public_holiday"``.
    start, end : str
        The times, such as ``"08:00"``; the end may be ``"24:00"``.
    """

    days: str
    start: str
    end: str

    def __str__(self) -> str:
        return f"{self.days} {self.start}-{self.end}"

    @property
    def since_midnight(self) -> tuple[dt.timedelta, dt.timedelta]:
        """The start and the end, as time since midnight."""
        return clock_time(self.start), clock_time(self.end)

    def is_on(self, weekday: int, *, holiday: bool) -> bool:
        """Return whether the hours are those of a weekday or a public holiday."""
        if self.days == PUBLIC_HOLIDAY:
            return holiday
        return weekday in (days_named(self.days) or ())


def clock_time(text: str) -> dt.timedelta:
    """Return a time such as "08:00" as time since midnight."""
    hours, minutes = text.split(":")
    return dt.timedelta(hours=int(hours), minutes=int(minutes))


@attrs.frozen
class Window:
    """The time within which an event counts.

    Parameters
    ----------
    n : int
        The number of units.
    unit : {"day", "week", "month"}
        The unit.
    type : {"rolling", "calendar", "unspecified"}
        "rolling": an event counts until the same local time `n` units later, whatever clocks do.
        "calendar": it counts in its own local day, week (from Monday) or month, and the next ones if `n` is
        larger. "unspecified": the source does not say; read as rolling, which is never the shorter one.
    """

    n: int
    unit: Unit
    type: Literal["rolling", "calendar", "unspecified"]

    def __str__(self) -> str:
        return f"{self.n} {self.unit}{'s' * (self.n != 1)}"

    def end(self, local: dt.datetime) -> dt.datetime:
        """Return the local time from which an event at a local time does not count any more."""
        if self.type == "calendar":
            start = dt.datetime.combine(local.date(), dt.time())
            if self.unit == "week":
                start -= start.weekday() * DAY
            local = start.replace(day=1) if self.unit == "month" else start
        if self.unit == "month":
            return _months_later(local, self.n)
        return local + self.n * DAY * (7 if self.unit == "week" else 1)


def _months_later(local: dt.datetime, months: int) -> dt.datetime:
    """Return the same time of the day some months later; on the last day of a shorter month."""
    years, month = divmod(local.month - 1 + months, 12)
    year = local.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return local.replace(year=year, month=month + 1, day=min(local.day, last))
