"""What an implausible number looks like."""

from __future__ import annotations

import datetime as dt

import pytest

from collectrisk._lookalikes import looks_like

NOON = dt.datetime(2024, 1, 21, 12, tzinfo=dt.UTC).timestamp()


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (20_240_121, "20240121 looks like the date 2024-01-21"),
        (21_012_024, "21012024 looks like the date 2024-01-21"),
        (1_022_024, "1022024 looks like the date 2024-02-01"),
        (NOON, "1705838400 looks like a timestamp in seconds (of 2024-01-21)"),
        (NOON * 1e3, "1705838400000 looks like a timestamp in milliseconds (of 2024-01-21)"),
        (NOON * 1e6, "1705838400000000 looks like a timestamp in microseconds (of 2024-01-21)"),
        (NOON * 1e9, "1705838400000000000 looks like a timestamp in nanoseconds (of 2024-01-21)"),
    ],
)
@pytest.mark.parametrize("unit", ["", "days", "money"])
def test_dates_and_timestamps_are_recognised_in_any_field(number: float, says: str, unit: str) -> None:
    assert looks_like(number, unit) == says


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (45_678, "45678 looks like a spreadsheet's serial date (of 2025-01-21)"),
        (45_678.5, "45678 looks like a spreadsheet's serial date (of 2025-01-21)"),
        (19_743, "19743 looks like a date as days since 1970 (of 2024-01-21)"),
    ],
)
def test_day_numbers_are_recognised_where_days_are_expected(number: float, says: str) -> None:
    assert looks_like(number, "days") == says
    assert looks_like(number) == ""


@pytest.mark.parametrize("number", [20_241_301, 18_991_231, 100_000, 1e300])
def test_other_numbers_look_like_nothing(number: float) -> None:
    assert looks_like(number, "days") == ""


def test_other_amounts_may_be_in_cents() -> None:
    assert looks_like(2.5e10, "money") == "25000000000 may be in cents, or an account number"
