"""The moment of a result is a local time, also where clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from collectrisk.history._times import AsOf, exists_twice, to_zone

ROME = ZoneInfo("Europe/Rome")


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2026-11-01", "2026-11-01T00:00"),
        ("2026-11-01T10:30", "2026-11-01T10:30"),
        ("2026-10-31T23:00Z", "2026-11-01T00:00"),
        ("2026-07-01T00:00+09:00", "2026-06-30T17:00"),
        # Clocks are set back from 3 to 2 on 25 October: the hour from 2 to 3 exists twice.
        ("2026-10-24T23:59Z", "2026-10-25T01:59"),
        ("2026-10-25T00:00:30Z", "2026-10-25T02:00"),
        ("2026-10-25T00:59Z", "2026-10-25T02:00"),
        ("2026-10-25T01:30Z", "2026-10-25T02:00"),
        ("2026-10-25T02:00Z", "2026-10-25T03:00"),
        ("2026-10-25T01:59:59", "2026-10-25T01:59:59"),
        ("2026-10-25T02:45", "2026-10-25T02:00"),
        ("2026-10-25T03:00", "2026-10-25T03:00"),
        ("0001-01-01", "0001-01-01"),
        ("9999-12-31T23:59", "9999-12-31T23:59"),
    ],
)
def test_within_an_hour_that_exists_twice_nothing_of_it_is_known(text: str, local: str) -> None:
    assert AsOf.parse(text, ROME).local == dt.datetime.fromisoformat(local)


def test_the_day_of_a_moment_begins_at_midnight() -> None:
    as_of = AsOf.parse("2026-11-01T10:30", None)
    assert as_of.midnight == dt.datetime(2026, 11, 1)
    assert as_of.day == dt.date(2026, 11, 1).toordinal()


def test_only_the_hour_before_clocks_are_set_back_exists_twice() -> None:
    assert exists_twice(dt.datetime(2026, 10, 25, 2, 30), ROME)
    assert not exists_twice(dt.datetime(2026, 3, 29, 2, 30), ROME)
    assert not exists_twice(dt.datetime(2026, 7, 1), ROME)


def test_a_zone_is_a_zone_or_its_name() -> None:
    assert to_zone("Europe/Rome") == to_zone(ROME) == ROME
    assert to_zone(None) is None
