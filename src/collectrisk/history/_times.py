"""Moments and time zones: stamps as local times, and the moment that a result may know of."""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._zones import offsets, zone_named
from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STAMP = nw.Datetime("us")
if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MINUTE = dt.timedelta(minutes=1)


def to_zone(zone: ZoneInfo | str | None) -> ZoneInfo | None:
    """Return a time zone by its name, or raise `ArgumentError`."""
    found = zone_named(zone)
    if found is None and zone is not None:
        raise ArgumentError(
            "zone", f'must be the name of a time zone, such as "Europe/Berlin", not {shown(zone)}'
        )
    return found


def exists_twice(moment: dt.datetime, zone: ZoneInfo) -> bool:
    """Return whether a local time exists twice, because clocks are set back."""
    first, second = offsets(moment, zone)
    return first > second


@attrs.frozen
class AsOf:
    """The moment of a result: whatever happened or was recorded at or after it is not known.

    Attributes
    ----------
    local : datetime
        The moment as a local time, without a zone.
    """

    local: dt.datetime

    @property
    def midnight(self) -> dt.datetime:
        """The beginning of the day."""
        return dt.datetime.combine(self.local.date(), dt.time())

    @property
    def day(self) -> int:
        """The number of the day, as `datetime.date.toordinal`."""
        return self.local.toordinal()

    @classmethod
    def parse(cls, value: object, zone: ZoneInfo | None, argument: str = "as_of") -> AsOf:
        """Return the moment that a date, a datetime or ISO text names.

        Raises
        ------
        ArgumentError
            If it names none, or has a UTC offset and there is no zone.
        """
        moment = _moment(value)
        if moment is None:
            raise ArgumentError(
                argument, f'must be a date such as "2026-11-30", or a datetime, not {shown(value)}'
            )
        if moment.tzinfo is not None:
            moment = _local(moment, zone, argument)
        if zone is not None and exists_twice(moment, zone):
            # An event within an hour that exists twice may be the later one, so none of them is known.
            moment = moment.replace(second=0, microsecond=0)
            while exists_twice(moment - MINUTE, zone):
                moment -= MINUTE
        return cls(moment)


def _moment(value: Any) -> dt.datetime | None:
    """Return a date, a datetime or ISO text as a datetime, or None."""
    if type(value).__name__ == "datetime64":  # of NumPy
        value = value.astype("datetime64[us]").item()
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, dt.datetime):
        # NaT differs from itself. A time stamp of pandas becomes a plain datetime.
        plain = value if type(value) is dt.datetime or value != value else value.to_pydatetime(warn=False)  # type: ignore[attr-defined]
        return plain if plain == plain else None
    return dt.datetime.combine(value, dt.time()) if isinstance(value, dt.date) else None


def _local(moment: dt.datetime, zone: ZoneInfo | None, argument: str) -> dt.datetime:
    if zone is None:
        raise ArgumentError(
            argument, f"has a UTC offset ({moment.isoformat()}); pass zone, which decides on the local date"
        )
    try:
        return moment.astimezone(zone).replace(tzinfo=None, fold=0)
    except OverflowError:
        raise ArgumentError(argument, "must be within the years 1 to 9999") from None


def changed_hours(
    zone: ZoneInfo, first: int, last: int, *, twice: bool
) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Yield the beginning and the end of the local times of some years that exist twice, or not at all."""
    day = dt.datetime(max(first, 2) - 1, 12, 31)  # noqa: DTZ001  # a local time
    while day.year <= min(last, 9998):
        before, after = offsets(day, zone)[0], offsets(day + dt.timedelta(1), zone)[0]
        if before != after and (before > after) is twice:
            # The offset of the first kind lasts until the end of the times that are missing or repeated.
            end = _change(day, zone, before)
            yield end - abs(after - before), end
        day += dt.timedelta(1)


def _change(day: dt.datetime, zone: ZoneInfo, before: dt.timedelta) -> dt.datetime:
    """Return the first minute within a day at which the offset is another than before."""
    low, high = 0, 1440
    while high - low > 1:
        middle = (low + high) // 2
        if offsets(day + dt.timedelta(minutes=middle), zone)[0] == before:
            low = middle
        else:
            high = middle
    return day + dt.timedelta(minutes=high)


@functools.lru_cache(maxsize=32)
def _repeated(zone: ZoneInfo, first: int, last: int) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
    return tuple(changed_hours(zone, first, last, twice=True))


def floored(frame: Any, name: str, zone: ZoneInfo) -> Any:
    """Return a frame whose local times that exist twice are the beginning of that hour.

    An event within the hour may be the later one, so none of them is known at such a moment. The years
    of a lazy frame are not known, so all from 1970 to 2099 are looked at.
    """
    years = (1970, 2099)
    if isinstance(frame, nw.DataFrame):
        if not len(frame):
            return frame
        years = (frame[name].min().year, frame[name].max().year)
    spans = _repeated(zone, *years)
    return frame.with_columns(_floor(nw.col(name), spans).alias(name)) if spans else frame


def _floor(moment: nw.Expr, spans: Sequence[tuple[dt.datetime, dt.datetime]]) -> nw.Expr:
    """Return moments within any of some spans, in order of time, as the beginning of the span."""
    if len(spans) == 1:
        ((begin, end),) = spans
        return nw.when((moment >= begin) & (moment < end)).then(nw.lit(begin, STAMP)).otherwise(moment)
    middle = len(spans) // 2
    # In halves, because expressions that are nested for each year are too deep for some engines.
    earlier, later = _floor(moment, spans[:middle]), _floor(moment, spans[middle:])
    return nw.when(moment < spans[middle][0]).then(earlier).otherwise(later)
