"""Local times, instants and windows of many events at once, equal to those of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from collectrisk.contact._clock import UTC, instants, local_time

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from collectrisk._typing import Array
    from collectrisk.contact._window import Window

BIN = np.timedelta64(15, "m").astype("timedelta64[us]")
"""Clocks change at multiples of this, in local times and in UTC: within it, a zone has one offset."""

US = "datetime64[us]"
NEVER = np.datetime64("NaT", "us")


def to_stamp(moment: dt.datetime) -> np.datetime64:
    """Return a local time, or an instant in UTC, for arrays."""
    return np.datetime64(moment.replace(tzinfo=None), "us")


class ZoneClock:
    """The local times and instants of one zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def local(self, instant: Array) -> Array:
        """Return the local time of each instant."""
        return self._by_bin(instant, lambda each: local_time(each.replace(tzinfo=UTC), self.zone))

    def earliest(self, local: Array) -> Array:
        """Return the earliest instant of each local time."""
        return self._by_bin(local, lambda each: instants(each, self.zone)[0])

    def latest(self, local: Array) -> Array:
        """Return the latest instant of each local time."""
        return self._by_bin(local, lambda each: instants(each, self.zone)[1])

    @staticmethod
    def _by_bin(times: Array, convert: Callable[[dt.datetime], dt.datetime]) -> Array:
        """Return each time after the conversion of the bin that it is in."""
        number, place = np.unique(times.astype(np.int64) // BIN.astype(np.int64), return_inverse=True)
        starts = (number * BIN.astype(np.int64)).astype(US)
        ends = [to_stamp(convert(each)) for each in starts.astype(object)]
        shift = np.array(ends, US) - starts
        moved: Array = times + shift[place]
        return moved


def window_ends(window: Window, local: Array) -> Array:
    """Return `Window.end` of each local time."""
    if window.type == "calendar":
        local = local.astype("datetime64[D]")
        if window.unit == "week":  # 1 January 1970 was a Thursday
            local = local - (local.astype(np.int64) + 3) % 7
        if window.unit == "month":
            local = local.astype("datetime64[M]")
        local = local.astype(US)
    if window.unit != "month":
        return local + np.timedelta64(window.n * (7 if window.unit == "week" else 1), "D")
    month, day = local.astype("datetime64[M]"), local.astype("datetime64[D]")
    target = month + window.n
    last = (target + 1).astype("datetime64[D]") - target.astype("datetime64[D]") - 1
    days = np.minimum(day - month.astype("datetime64[D]"), last)
    end: Array = (target.astype("datetime64[D]") + days).astype(US) + (local - day.astype(US))
    return end
