"""Groups of accounts in an order: months and other periods, numbers, text and missing values."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import collectrisk as cr
from collectrisk.errors import ArgumentError

DAYS = [dt.date(2026, 1, 31), dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 4, 1)]


def grouped(by: Any, frame: Any = None, **settings: Any) -> tuple[str | None, dict[str, float]]:
    """Return what four accounts are grouped by, and the number of accounts in each group."""
    found = cr.evaluate([0.1, 0.2, 0.3, 0.4], frame, [0, 1, 0, 1], by=by, **settings)
    return found.by, {name: each.accounts for name, each in found.groups.items()}


@pytest.mark.parametrize(
    ("period", "names"),
    [
        ("day", ["2025-12-31", "2026-01-01", "2026-01-31", "2026-04-01"]),
        ("week", ["2026-W01", "2026-W05", "2026-W14"]),
        ("month", ["2025-12", "2026-01", "2026-04"]),
        ("quarter", ["2025-Q4", "2026-Q1", "2026-Q2"]),
        ("year", ["2025", "2026"]),
    ],
)
def test_dates_are_cut_into_periods(period: Any, names: list[str]) -> None:
    by, groups = grouped(DAYS, period=period)
    assert (by, list(groups)) == (period, names)


PANDAS = pd.Series(pd.to_datetime(DAYS))


@pytest.mark.parametrize(
    "days",
    [
        np.array(DAYS, dtype="datetime64[D]"),
        np.array(DAYS, dtype="datetime64[ns]"),
        PANDAS,
        PANDAS.dt.tz_localize("Asia/Shanghai"),
        pl.Series(DAYS),
        pl.Series(DAYS).cast(pl.Datetime),
    ],
    ids=range(6),
)
def test_dates_of_every_kind_give_the_same_months(days: Any) -> None:
    assert grouped(days) == ("month", {"2025-12": 1, "2026-01": 2, "2026-04": 1})


@pytest.mark.parametrize("frame", [pd.DataFrame({"day": PANDAS}), pl.DataFrame({"day": DAYS})], ids=range(2))
def test_a_column_of_dates_gives_months(frame: Any) -> None:
    assert grouped("day", frame) == ("month", {"2025-12": 1, "2026-01": 2, "2026-04": 1})


def test_missing_dates_are_the_last_group() -> None:
    days = pd.Series([*pd.to_datetime(DAYS[:2]), None, None])
    assert grouped(days)[1] == {"2025-12": 1, "2026-01": 1, "(missing)": 2}


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([10, 9, 100, 9], ["9", "10", "100"]),
        ([2.0, None, 0.5, 2.0], ["0.5", "2", "(missing)"]),
        (["2026-02", "2026-01", "2025-12", None], ["2025-12", "2026-01", "2026-02", "(missing)"]),
        (["2026-9", "2026-10", "2026-1", None], ["2026-1", "2026-9", "2026-10", "(missing)"]),
        (
            ["2026年9月", "2026年10月", "2025年12月", None],
            ["2025年12月", "2026年9月", "2026年10月", "(missing)"],
        ),
        (["week 10", "week 9", "week 010", "week"], ["week", "week 9", "week 010", "week 10"]),
        (["0.5 to 1", "0.15 to 0.5", "1 to 1.5", "1 to 1.5"], ["0.15 to 0.5", "0.5 to 1", "1 to 1.5"]),
        (["b", 2, "a", 1], ["1", "2", "a", "b"]),
        ([True, False, True, True], ["false", "true"]),
    ],
)
def test_numbers_and_text_are_groups_in_their_order(values: list[Any], names: list[str]) -> None:
    assert (grouped(values)[0], list(grouped(values)[1])) == ("group", names)


def test_a_named_column_names_the_groups() -> None:
    frame = {"month": np.array(["02", "01", "02", "02"])}
    assert grouped("month", frame) == ("month", {"01": 1, "02": 3})


def test_accounts_of_weight_zero_and_skipped_rows_are_in_no_group() -> None:
    assert grouped(DAYS, sample_weight=[0, 1, 1, 0])[1] == {"2025-12": 1, "2026-01": 1}
    frame = pl.DataFrame({"account": ["1", "2", "3", "total"], "day": [*DAYS[:3], None]})
    found = grouped("day", frame, columns=cr.Mapping(skip={"account": "total"}))
    assert found[1] == {"2025-12": 1, "2026-01": 2}


def test_a_period_must_be_one() -> None:
    with pytest.raises(
        ArgumentError, match="period must be one of day, week, month, quarter, year, not 'months'"
    ):
        grouped(DAYS, period="months")


def test_groups_of_one_name_are_not_merged() -> None:
    with pytest.raises(ArgumentError, match="by must not contain both"):
        grouped([1, "1", 2, 2])


def test_a_group_has_the_measures_of_a_report_of_its_own() -> None:
    rng = np.random.default_rng(0)
    probability, debtors = rng.random(300), np.repeat(np.arange(100), 3)
    visited, month = rng.random(300) < probability, np.repeat(["2026-01", "2026-02", "2026-03"], 100)
    found = cr.evaluate(probability, None, visited, by=month, cluster=debtors)
    assert list(found.groups) == ["2026-01", "2026-02", "2026-03"]
    for name, measures in found.groups.items():
        rows = month == name
        alone = cr.evaluate(probability[rows], None, visited[rows], cluster=debtors[rows])
        assert alone.pooled == measures
    assert found.pooled == cr.evaluate(probability, None, visited, cluster=debtors).pooled


def test_the_tables_of_groups_follow_those_of_portfolios() -> None:
    text = str(cr.evaluate([0.1, 0.6], None, [0, 1], by=[dt.date(2026, 5, 1)] * 2, portfolio=["a", "b"]))
    captions = [part.splitlines()[0] for part in text.split("\n\n")]
    assert captions[3:] == [
        "visits by portfolio",
        "measures by portfolio",
        "share of accounts by channel and portfolio",
        "visits by month",
        "measures by month",
    ]


def test_dates_of_iso_8601_in_text_are_cut_into_periods() -> None:
    dates = [dt.date(2026, 2, 28), dt.date(2026, 1, 31), dt.date(2026, 1, 1), None]
    texts = ["2026-02-28", " 2026-01-31", "2026-01-01T10:30", None]
    found = [cr.evaluate([0.1, 0.2, 0.3, 0.4], None, [0, 1, 0, 1], by=each) for each in (dates, texts)]
    assert list(found[1].groups) == ["2026-01", "2026-02", "(missing)"]
    assert found[0].to_dict() == found[1].to_dict()
    assert found[1].by == "month"


@pytest.mark.parametrize("text", ["wave 2", "2026-01", "12-34", "marker 10", "2026/11"])
def test_other_text_is_a_group_as_it_is(text: str) -> None:
    assert list(cr.evaluate([0.1, 0.2], None, [0, 1], by=[text, "a"]).groups) == sorted([text, "a"])
    assert list(cr.evaluate([0.1, 0.2], None, [0, 1], by=[text] * 2).groups) == [text]


@pytest.mark.parametrize(
    "text",
    [
        *("30.11.2026", "1/2/26", "11/2026", "Nov 2026", "30-Nov-2026", "november 26", "Nov 30, 2026"),
        *("2026/11/30", "2026-1-5", "2026.1.5", "2026年11月30日"),
    ],
)
def test_dates_that_text_would_sort_wrongly_are_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match=rf"by must be dates, .*, not {text!r}; parse the dates first"):
        cr.evaluate([0.1, 0.2], None, [0, 1], by=[None, text])


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "not known", ""])
def test_text_beside_dates_must_be_dates_too(text: str) -> None:
    with pytest.raises(
        ArgumentError, match=f"by must be dates in all rows if it is in one, and {text!r} is not"
    ):
        cr.evaluate([0.1, 0.2], None, [0, 1], by=["2026-01-31", text])
