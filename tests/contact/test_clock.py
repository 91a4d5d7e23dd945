"""Local times where clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from collectrisk.contact._clock import clock_change, first_within, instants

NEW_YORK = ZoneInfo("America/New_York")
HOUR = dt.timedelta(hours=1)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-08 01:59", ("2026-03-08 06:59", "2026-03-08 06:59")),
        ("2026-03-08 02:30", ("2026-03-08 06:30", "2026-03-08 07:30")),  # does not exist
        ("2026-11-01 01:30", ("2026-11-01 05:30", "2026-11-01 06:30")),  # exists twice
    ],
)
def test_a_local_time_has_a_first_and_a_last_instant(local: str, expected: tuple[str, str]) -> None:
    assert instants(dt.datetime.fromisoformat(local), NEW_YORK) == tuple(map(utc, expected))


def test_the_instant_from_which_clocks_differ_is_exact() -> None:
    assert clock_change(utc("2026-03-08 05:00"), utc("2026-03-09 04:00"), NEW_YORK) == utc("2026-03-08 07:00")
    assert clock_change(utc("2026-03-09 05:00"), utc("2026-03-10 04:00"), NEW_YORK) is None


@pytest.mark.parametrize(
    ("after", "day", "start", "end", "expected"),
    [
        # The window begins within the hour that is skipped: it is open when clocks jump into it.
        ("2026-03-08 05:00", "2026-03-08", 2.5, 4, "2026-03-08 07:00"),
        # It is skipped altogether.
        ("2026-03-08 05:00", "2026-03-08", 2, 3, None),
        # Clocks go back into a window that was over.
        ("2026-11-01 05:45", "2026-11-01", 0, 1.5, "2026-11-01 06:00"),
        # It begins again in the hour that is repeated.
        ("2026-11-01 06:10", "2026-11-01", 1.5, 2, "2026-11-01 06:30"),
        # It begins at a time that exists twice: the first counts.
        ("2026-11-01 04:30", "2026-11-01", 1.5, 4, "2026-11-01 05:30"),
        ("2026-11-01 12:00", "2026-11-01", 8, 21, "2026-11-01 13:00"),
        ("2026-11-01 14:00", "2026-11-01", 8, 21, "2026-11-01 14:00"),
        ("2026-11-02 02:00", "2026-11-01", 8, 21, None),
        ("2026-11-01 22:00", "2026-11-02", 0, 24, "2026-11-02 05:00"),
    ],
)
def test_the_first_instant_within_a_window_is_exact(
    after: str, day: str, start: float, end: float, expected: str | None
) -> None:
    found = first_within(NEW_YORK, utc(after), dt.date.fromisoformat(day), start * HOUR, end * HOUR)
    assert found == (None if expected is None else utc(expected))


def test_a_day_may_begin_after_midnight() -> None:
    """In Havana, clocks go from 0:00 to 1:00."""
    havana = ZoneInfo("America/Havana")
    day = dt.date(2026, 3, 8)
    found = first_within(havana, utc("2026-03-07 12:00"), day, 0 * HOUR, 24 * HOUR)
    assert found is not None
    assert found.astimezone(havana).isoformat() == "2026-03-08T01:00:00-04:00"
