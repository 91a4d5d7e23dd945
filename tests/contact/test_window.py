"""Windows of days end where they say, in local time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from collectrisk.contact import OpenHours, Window
from collectrisk.contact._window import days_named


@pytest.mark.parametrize(
    ("n", "unit", "kind", "at", "end"),
    [
        (1, "day", "calendar", "2026-11-03 09:30", "2026-11-04 00:00"),
        (7, "day", "calendar", "2026-11-03 09:30", "2026-11-10 00:00"),
        (7, "day", "rolling", "2026-11-03 09:30", "2026-11-10 09:30"),
        (7, "day", "unspecified", "2026-11-03 09:30", "2026-11-10 09:30"),
        (1, "week", "calendar", "2026-11-01 09:30", "2026-11-02 00:00"),  # a Sunday
        (1, "week", "calendar", "2026-11-02 00:00", "2026-11-09 00:00"),  # a Monday
        (1, "week", "rolling", "2026-11-01 09:30", "2026-11-08 09:30"),
        (1, "month", "calendar", "2026-11-30 23:59", "2026-12-01 00:00"),
        (1, "month", "rolling", "2026-12-31 09:30", "2027-01-31 09:30"),
        (1, "month", "rolling", "2027-01-31 09:30", "2027-02-28 09:30"),
        (14, "month", "rolling", "2026-11-05 09:30", "2028-01-05 09:30"),
    ],
)
def test_a_window_ends(n: int, unit: Any, kind: Any, at: str, end: str) -> None:
    assert str(Window(n, unit, kind).end(dt.datetime.fromisoformat(at)))[:16] == end


def test_a_window_and_hours_are_written_as_text() -> None:
    assert [str(Window(n, "day", "rolling")) for n in (1, 7)] == ["1 day", "7 days"]
    assert str(OpenHours("mon-fri", "08:00", "24:00")) == "mon-fri 08:00-24:00"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("all", range(7)),
        ("mon-fri", range(5)),
        ("sun", [6]),
        ("sat-sun", [5, 6]),
        ("sun-mon", None),
        ("x", None),
    ],
)
def test_days_are_named_by_a_range(text: str, days: Any) -> None:
    assert days_named(text) == (None if days is None else frozenset(days))


def test_hours_of_public_holidays_are_of_no_weekday() -> None:
    hours = OpenHours("public_holiday", "08:00", "18:00")
    assert hours.is_on(0, holiday=True)
    assert not hours.is_on(0, holiday=False)
