"""Public holidays: whether a day is one, is not, or may be one."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from collectrisk._errors import ArgumentError, shown
from collectrisk.contact._clock import DAY
from collectrisk.contact._vocabulary import to_day

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

ESTIMATED = "(estimated)"
"""How the package ``holidays`` marks a day that depends on a sighting of the moon."""


def checked_holidays(value: Any) -> Mapping[int, frozenset[dt.date]] | None:
    """Return the user's public holidays by year, or raise `ArgumentError`."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ArgumentError("holidays", f"must be a mapping of years to all their dates, not {shown(value)}")
    found = {}
    for year, days in value.items():
        if not isinstance(year, int) or isinstance(days, str) or not isinstance(days, Iterable):
            raise ArgumentError(
                "holidays", f"must map years to dates, such as {{2026: [...]}}, not {shown(value)}"
            )
        found[year] = frozenset(to_day(day, f"holidays[{year}]") for day in days)
        other = next((day for day in found[year] if day.year != year), None)
        if other is not None:
            raise ArgumentError(f"holidays[{year}]", f"must have dates of that year, not {other}")
    return found


def calendar_of(
    code: str | None, own: Mapping[int, frozenset[dt.date]] | None
) -> Callable[[dt.date], bool | None]:
    """Return what says of a day whether it is a public holiday; None if that is not known.

    Parameters
    ----------
    code : str or None
        The code of the country in the package ``holidays``.
    own : mapping of int to frozenset of date, or None
        The user's holidays by year, which are used instead.
    """
    if own is not None:
        return lambda day: day in own[day.year] if day.year in own else None
    if code is None:
        return lambda _day: None
    return functools.partial(_is_holiday, code)


def _is_holiday(code: str, day: dt.date) -> bool | None:
    days = _holidays(code, day.year)
    if days is None:
        return None
    certain, estimated = days
    if day in certain:
        return True
    # The day that depends on a sighting of the moon may be the one before or after.
    return None if {day - DAY, day, day + DAY} & estimated else False


@functools.cache
def _holidays(code: str, year: int) -> tuple[frozenset[dt.date], frozenset[dt.date]] | None:
    """Return the public holidays of a year, and those that are estimated; None if they are not known."""
    try:
        import holidays  # noqa: PLC0415  # an optional package
    except ImportError:
        return None
    try:
        found = holidays.country_holidays(code, years=[year - 1, year, year + 1], language="en_US")
    except NotImplementedError:  # a code of a user's file that the package does not know
        return None
    if not found.start_year <= year <= found.end_year:
        return None
    estimated = frozenset(day for day, name in found.items() if ESTIMATED in name)
    return frozenset(found) - estimated, estimated
