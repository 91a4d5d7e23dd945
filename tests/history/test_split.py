"""Rows are split by time so that no outcome is used before it was known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from frame_kinds import Columns, FrameKind, kind_named
from hypothesis import given
from hypothesis import strategies as st

from collectrisk.errors import ArgumentError, HistoryTypeError, InvalidHistoryError
from collectrisk.history import TimeSplit, split_by_time

START = dt.datetime(2026, 1, 1)
DAYS = st.integers(0, 100)
OPTIONS: dict[str, Any] = {"within_days": 10, "known_until": START + dt.timedelta(90)}


def rows_of(days: list[int]) -> pl.DataFrame:
    """Return a row for each number of days after the start."""
    moments = [START + dt.timedelta(day) for day in days]
    return pl.DataFrame(
        {"row": range(len(days)), "snapshot_at": moments}, schema_overrides={"snapshot_at": pl.Datetime}
    )


@given(
    days=st.lists(DAYS, min_size=1, max_size=12),
    at=DAYS,
    within_days=st.sampled_from([0, 1, 10, 30]),
    until=DAYS,
)
def test_rows_are_those_of_going_through_them_one_by_one(
    days: list[int], at: int, within_days: int, until: int
) -> None:
    train = [row for row, day in enumerate(days) if day + within_days <= at]
    later = [row for row, day in enumerate(days) if day >= at and day + within_days <= until]
    split = split_by_time(
        rows_of(days).lazy(),
        at=START + dt.timedelta(at),
        within_days=within_days,
        known_until=START + dt.timedelta(until),
    )
    assert split.train.collect()["row"].to_list() == train
    assert split.later.collect()["row"].to_list() == later
    assert split.left_out is None


def test_no_outcome_of_the_training_rows_is_decided_at_or_after_the_split() -> None:
    split = split_by_time(rows_of(list(range(0, 100, 5))), at=START + dt.timedelta(50), **OPTIONS)
    last = split.train["snapshot_at"].max()
    assert last + dt.timedelta(OPTIONS["within_days"]) == split.at == START + dt.timedelta(50)
    assert split.later["snapshot_at"].min() == split.at
    assert split.later["snapshot_at"].max() == START + dt.timedelta(80)
    assert split.left_out == 20 - len(split.train) - len(split.later) == 4


def test_the_split_can_be_at_a_share_of_the_rows() -> None:
    days = [0, 0, 0, 20, 20, 40, 60, 60, 70, 80]
    for share, day in ((0.3, 20), (0.31, 40), (0.5, 40), (0.51, 60), (0.8, 70)):
        assert split_by_time(rows_of(days), share=share, **OPTIONS).at == START + dt.timedelta(day)
    with pytest.raises(ArgumentError, match=r"share is too large: fewer than 0\.95 of the rows precede"):
        split_by_time(rows_of(days), share=0.95, **OPTIONS)


@pytest.mark.parametrize(
    "kind",
    [kind_named(name) for name in ("pandas", "pandas Arrow", "polars", "pyarrow")],
    ids=lambda kind: kind.name,
)
def test_every_eager_frame_gives_the_same_and_comes_back(kind: FrameKind) -> None:
    days = [0, 5, 20, 30, 85]
    columns: Columns = {"at": [START + dt.timedelta(day) for day in days], "row": [0, 1, 2, 3, 4]}
    frame = kind.make(columns)
    split = split_by_time(frame, "at", share=0.5, **OPTIONS)
    assert isinstance(split.train, type(frame))
    assert kind.plain(split.train)["row"] == [0, 1, 2]
    assert kind.plain(split.later) == {"at": [START + dt.timedelta(30)], "row": [3]}
    assert (split.at, split.left_out) == (START + dt.timedelta(30), 1)


def test_a_relation_is_split_lazily_and_keeps_its_columns() -> None:
    frame = duckdb.sql(
        "SELECT DATE '2026-01-01' + CAST(day AS INT) AS \"a b\", day FROM range(0, 90, 15) AS t(day)"
    )
    split = split_by_time(frame, "a b", at="2026-01-31", **OPTIONS)
    assert sorted(split.train.fetchall()) == [(dt.date(2026, 1, 1), 0), (dt.date(2026, 1, 16), 15)]
    assert [day for _, day in sorted(split.later.fetchall())] == [30, 45, 60, 75]
    assert split.train.columns == ["a b", "day"]


def test_a_pandas_frame_keeps_its_index_and_other_columns() -> None:
    frame = pd.DataFrame(
        {"snapshot_at": [START, START + dt.timedelta(40)], 5: [True, None]}, index=["x", "y"]
    )
    split = split_by_time(frame, at="2026-02-01", **OPTIONS)
    assert (split.train.index.tolist(), split.later.index.tolist()) == (["x"], ["y"])
    assert split.train.columns.tolist() == ["snapshot_at", 5]


def test_times_with_an_offset_are_local_times_of_the_zone() -> None:
    """17:00 in UTC is 1:00 of the next day in Shanghai."""
    times = [dt.datetime(2026, 1, 1, 17, tzinfo=dt.UTC), dt.datetime(2026, 2, 1, 17, tzinfo=dt.UTC)]
    frame = pl.DataFrame({"snapshot_at": times})
    split = split_by_time(frame, at="2026-02-02", zone="Asia/Shanghai", **OPTIONS)
    assert (len(split.train), len(split.later), split.at) == (1, 1, dt.datetime(2026, 2, 2))
    with pytest.raises(HistoryTypeError, match="the times have a UTC offset: pass zone"):
        split_by_time(frame, at="2026-02-02", **OPTIONS)


def test_an_empty_frame_has_empty_parts() -> None:
    split = split_by_time(rows_of([]), at="2026-02-01", **OPTIONS)
    assert (len(split.train), len(split.later), split.left_out) == (0, 0, 0)


def test_a_missing_moment_is_an_error_and_in_no_part_of_a_lazy_frame() -> None:
    frame = rows_of([0, 40]).with_columns(snapshot_at=pl.when(pl.col("row") > 0).then("snapshot_at"))
    with pytest.raises(InvalidHistoryError, match="'snapshot_at' must be a date or time; 1 invalid row"):
        split_by_time(frame, at="2026-02-01", **OPTIONS)
    split = split_by_time(frame.lazy(), at="2026-02-01", **OPTIONS)
    assert (len(split.train.collect()), len(split.later.collect())) == (0, 1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "at or share must be given, and not both"),
        ({"at": "2026-02-01", "share": 0.5}, "at or share must be given, and not both"),
        ({"at": "soon"}, "at must be a date"),
        ({"share": 1}, "share must be a number between 0 and 1, not 1"),
        ({"share": "half"}, "share must be a number between 0 and 1, not 'half'"),
        (
            {"at": "2026-02-01", "column": "snapshot"},
            "column must be a column of the frame, not 'snapshot'; did",
        ),
        ({"at": "2026-02-01", "column": 0.5}, "column must be the name of a column, not a float"),
        ({"at": "2026-02-01", "within_days": -1}, "within_days must be a whole number from 0"),
        ({"at": "2026-02-01", "known_until": None}, "known_until must be a date"),
        (
            {"at": "2026-01-05"},
            "at leaves no rows in the part 'train' whose 10 days are over by then, or by",
        ),
        (
            {"at": "2026-03-25"},
            "at leaves no rows in the part 'later' whose 10 days are over by then, or by",
        ),
        ({"at": "2026-02-01", "within_days": 60}, "at leaves no rows in the part 'train'"),
    ],
)
def test_a_wrong_argument_is_rejected_by_name(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        split_by_time(rows_of([0, 40, 60]), **{**OPTIONS, **wrong})


def test_the_share_of_a_lazy_frame_is_not_known() -> None:
    with pytest.raises(ArgumentError, match="share needs an eager frame; pass at"):
        split_by_time(rows_of([0, 40]).lazy(), share=0.5, **OPTIONS)


def test_a_split_shows_its_date_and_the_rows_in_neither_part() -> None:
    split = split_by_time(rows_of([0, 25, 40]), at="2026-02-01", **OPTIONS)
    assert isinstance(split, TimeSplit)
    assert repr(split) == "TimeSplit(at=datetime.datetime(2026, 2, 1, 0, 0), left_out=1)"
