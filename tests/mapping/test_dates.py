"""Dates: every way of writing them gives the same day, or an error."""

from __future__ import annotations

import datetime as dt
import fractions
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectrisk._fields import InvalidValueError
from collectrisk._frames.mapped import ordinal_day
from collectrisk.mapping._dates import SPREADSHEET_EPOCH, date_of, is_style, shown_style

BERLIN = ZoneInfo("Europe/Berlin")
STYLES = ["%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%d%b%Y", "%Y-%j", "%d %B %Y", "%G-W%V-%u", "%Y-%m-%d %H:%M:%S"]
FOUR_DIGIT_YEARS = st.dates(dt.date(1000, 1, 1))
DAY = dt.date(2026, 11, 3)


@given(FOUR_DIGIT_YEARS, st.sampled_from(STYLES))
def test_a_date_in_any_style_is_read_back(date: dt.date, style: str) -> None:
    assert is_style(style)
    assert date_of(f" {date.strftime(style)} ", style, None) == date


@given(st.dates(dt.date(1969, 1, 1), dt.date(2068, 12, 31)))
def test_years_of_two_digits_are_read_from_1969_on(date: dt.date) -> None:
    assert date_of(date.strftime("%d.%m.%y"), "%d.%m.%y", None) == date


@given(st.datetimes(), st.sampled_from(["", "Z", "+05:30", "-0800"]))
def test_an_iso_text_is_read_with_and_without_a_time(moment: dt.datetime, offset: str) -> None:
    assert date_of(moment.date().isoformat(), "iso", None) == moment.date()
    text = f"{moment.isoformat()}{offset}"
    if not offset:
        assert date_of(text, "iso", BERLIN) == moment.date()
    else:
        with pytest.raises(InvalidValueError, match="needs `zone`"):
            date_of(text, "iso", None)


@given(st.dates(dt.date(1900, 3, 1)))
def test_a_serial_number_is_read_as_spreadsheets_count(date: dt.date) -> None:
    serial = (date - SPREADSHEET_EPOCH).days
    for value in (
        serial,
        float(serial) + 0.75,
        f"{serial}",
        f"{serial}.5",
        Decimal(serial),
        np.int64(serial),
    ):
        assert date_of(value, "excel", None) == date


def test_a_serial_number_is_that_of_excel() -> None:
    assert date_of(45_658, "excel", None) == dt.date(2025, 1, 1)
    assert date_of(61, "excel", None) == dt.date(1900, 3, 1)
    assert date_of(2_958_465, "excel", None) == dt.date(9999, 12, 31)


@pytest.mark.parametrize(
    "value",
    [
        *(60, 0, -1, 2_958_466, 10**400, float("inf"), float("nan"), True, "", "x", "1e400", "1_0000"),
        "４５６５８",
    ],
)
def test_other_numbers_are_no_serial_dates(value: Any) -> None:
    with pytest.raises(InvalidValueError):
        date_of(value, "excel", None)


@pytest.mark.parametrize(
    "value", [20_261_103, 20_261_103.0, Decimal(20_261_103), fractions.Fraction(20_261_103)]
)
def test_a_whole_number_may_be_a_date(value: Any) -> None:
    assert date_of(value, "%Y%m%d", None) == DAY


@pytest.mark.parametrize("value", [20_261_103.5, 10**400, float("inf"), 2_026_113, -20_261_103, 0, True])
def test_other_numbers_are_no_dates(value: Any) -> None:
    with pytest.raises(InvalidValueError):
        date_of(value, "%Y%m%d", None)


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("2026113", "%Y%m%d"),  # 3 November, or 13 January
        ("1112026", "%d%m%Y"),
        ("31.02.2026", "%d.%m.%Y"),
        ("01.02.26", "%d.%m.%Y"),
        ("01.02.2026 10:00", "%d.%m.%Y"),
        ("11/03/2026", "iso"),
        ("20261103", "iso"),
        ("2026-W45-2", "iso"),
        ("2026-11-31", "iso"),
        ("２０２６-11-03", "iso"),
        ("", "iso"),
    ],
)
def test_texts_that_may_be_another_date_are_errors(text: str, style: str) -> None:
    with pytest.raises(InvalidValueError, match="is not a date of the form"):
        date_of(text, style, None)


@pytest.mark.parametrize("text", ["03NOV2026", "03nov2026", "03Nov2026"])
def test_names_of_months_are_read_in_either_case(text: str) -> None:
    assert date_of(text, "%d%b%Y", None) == DAY


@pytest.mark.parametrize(
    "value", [DAY, dt.datetime.fromisoformat("2026-11-03T23:00"), pd.Timestamp("2026-11-03 23:59")]
)
def test_typed_dates_need_no_format(value: dt.date) -> None:
    assert date_of(value, "iso", None) == DAY


@pytest.mark.parametrize(
    "value",
    [
        dt.datetime(2026, 11, 2, 23, 30, tzinfo=dt.UTC),
        pd.Timestamp("2026-11-02 23:30", tz="UTC"),
        "2026-11-02T23:30:00Z",
        "2026-11-02T18:30:00-05:00",
    ],
)
def test_the_zone_decides_on_the_local_date(value: Any) -> None:
    assert date_of(value, "iso", BERLIN) == DAY
    assert date_of(value, "iso", ZoneInfo("UTC")) == dt.date(2026, 11, 2)
    with pytest.raises(InvalidValueError, match="needs `zone`"):
        date_of(value, "iso", None)


def test_a_local_date_outside_the_calendar_is_an_error() -> None:
    with pytest.raises(InvalidValueError, match="outside the years 1 to 9999"):
        date_of("0001-01-01T00:00:00Z", "iso", ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    "value",
    [
        *(None, [], object(), dt.timedelta(3), dt.time(3), b"2026-11-03"),
        *(np.timedelta64(46_000, "D"), np.timedelta64(20_261_103), np.datetime64("2026-11", "M")),
        np.datetime64("NaT"),
    ],
)
@pytest.mark.parametrize("style", ["iso", "excel", "%Y%m%d"])
def test_other_values_are_no_dates(value: Any, style: str) -> None:
    with pytest.raises(InvalidValueError, match="is not a date"):
        date_of(value, style, None)


@pytest.mark.parametrize("unit", ["D", "h", "m", "s", "ms", "us", "ns"])
def test_a_date_of_numpy_is_a_date(unit: Any) -> None:
    assert date_of(np.datetime64("2026-11-03").astype(f"M8[{unit}]"), "excel", None) == DAY


@pytest.mark.parametrize("style", ["iso", "excel", *STYLES, "%d.%m.%y", "%Y-%m-%dT%H:%M:%S%z", "%c", "%x"])
def test_formats_of_dates_are_styles(style: str) -> None:
    assert is_style(style)


@pytest.mark.parametrize(
    "style",
    [
        "",
        "x",
        "YYYY-MM-DD",
        "dd.mm.yyyy",
        "%",
        "%Q",
        "%d.%m",
        "%m.%Y",
        "%Y",
        "%H:%M",
        "%d.%Y",
        "ISO",
        "%(",
        "%Y%",
        "%Y-%m-%d %Z",
    ],
)
def test_formats_without_year_month_and_day_are_not(style: str) -> None:
    assert not is_style(style)


def test_a_style_is_shown_by_an_example() -> None:
    assert shown_style("iso") == "2026-11-30"
    assert shown_style("excel") == "45678 (a spreadsheet's serial number)"
    assert shown_style("%d.%m.%Y") == "%d.%m.%Y"


@pytest.fixture(scope="module")
def sampled_dates() -> list[dt.date]:
    """Return the first and last days, each day of four years that differ in their leap days, and others."""
    years = (1, 1900, 2000, 2023, 2024)
    whole = [dt.date(year, 1, 1) + dt.timedelta(days) for year in years for days in range(366)]
    others = np.random.default_rng(3).integers(1, dt.date.max.toordinal(), 20_000).tolist()
    return [dt.date.max, *whole, *map(dt.date.fromordinal, others)]


def test_the_expression_of_a_day_counts_as_python_does(sampled_dates: list[dt.date]) -> None:
    expected = [date.toordinal() for date in sampled_dates]
    frame = pl.LazyFrame({"date": sampled_dates, "row": range(len(sampled_dates))})
    relation = duckdb.from_arrow(pa.table({"date": sampled_dates, "row": range(len(sampled_dates))}))
    for lazy in (frame, relation):
        counted = nw.from_native(lazy).select("row", day=ordinal_day(nw.col("date"))).sort("row").collect()
        assert counted["day"].to_list() == expected
