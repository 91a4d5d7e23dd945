"""A log lists which accounts it knew on each of some dates, without leakage."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import attrs
import pandas as pd
import polars as pl
import pytest
from event_logs import CODES, MOMENTS, START, Event, event, logs, slow_outcome, slow_snapshots
from frame_kinds import Columns, FrameKind, kind_named
from history_frames import typed
from hypothesis import given, settings
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk.errors import ArgumentError, InvalidHistoryError
from collectrisk.history import ContactLog, split_by_time
from collectrisk.history._fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

FAST = [kind_named(name) for name in ("pandas", "polars", "pyarrow", "polars lazy", "DuckDB")]
POLARS = kind_named("polars")
EXITS = st.sampled_from([[], ["agency_recalled"], ["plan_ended", "visit"]])
MONDAYS = [dt.datetime(2026, 1, 5) + dt.timedelta(7 * week) for week in range(6)]
SPAN = {"from_": "2026-01-02", "until": "2026-02-09"}


def pairs(kind: FrameKind, frame: Any) -> list[tuple[str, dt.datetime]]:
    plain = kind.plain(frame)
    assert list(plain) == ["account_id", "snapshot_at"]
    found = list(zip(plain["account_id"], plain["snapshot_at"], strict=True))
    return sorted(found) if kind.lazy else found


def agree(kind: FrameKind, events: list[Event], exits: list[str]) -> None:
    """Compare the accounts of six Mondays with those of the slow computation."""
    log = ContactLog(typed(kind, events), codes=CODES)
    found = pairs(kind, log.snapshots("week", **SPAN, exits=exits))
    assert found == slow_snapshots(events, MONDAYS, exits)


@pytest.mark.parametrize("name", ["polars", "pyarrow", "polars lazy"])
@settings(max_examples=15)
@given(events=logs(), exits=EXITS)
def test_accounts_are_those_of_going_through_the_events_one_by_one(
    name: str, events: list[Event], exits: list[str]
) -> None:
    agree(kind_named(name), events, exits)


@pytest.mark.parametrize("name", ["pandas", "DuckDB"])
@settings(max_examples=4)
@given(events=logs(60), exits=EXITS)
def test_accounts_are_the_same_where_each_call_is_slow(
    name: str, events: list[Event], exits: list[str]
) -> None:
    agree(kind_named(name), events, exits)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
@given(events=logs(60), exits=EXITS)
def test_accounts_of_many_logs_are_the_same_on_every_kind_of_frame(
    kind: FrameKind, events: list[Event], exits: list[str]
) -> None:
    agree(kind, events, exits)


@settings(max_examples=8)
@given(events=logs(), others=st.lists(st.tuples(event(), st.integers(0, 20)), min_size=1, max_size=6))
def test_later_events_change_neither_the_accounts_of_a_date_nor_their_fields(
    events: list[Event], others: list[tuple[Event, int]]
) -> None:
    last = MONDAYS[2]
    later = [
        attrs.evolve(each, at=last + dt.timedelta(hours=hours), recorded=last + dt.timedelta(hours=hours))
        for each, hours in others
    ]
    found = []
    for rows in (events, events + later):
        log = ContactLog(typed(POLARS, rows), codes=CODES)
        dates = log.snapshots("week", from_=MONDAYS[0], until=last, exits="visit")
        found.append(log.attach(dates, as_of_column="snapshot_at"))
    assert found[0].equals(found[1])


@settings(max_examples=10)
@given(events=logs(), data=st.data())
def test_the_order_of_rows_changes_nothing(events: list[Event], data: Any) -> None:
    shuffled = data.draw(st.permutations(events))
    found = [ContactLog(typed(POLARS, rows), codes=CODES).snapshots("week") for rows in (events, shuffled)]
    assert found[0].equals(found[1])


@settings(max_examples=5)
@given(events=logs(40), until=MOMENTS)
def test_a_training_set_has_the_fields_as_of_each_date_and_what_followed(
    events: list[Event], until: dt.datetime
) -> None:
    log = ContactLog(typed(POLARS, events), codes=CODES)
    rows = log.snapshots("week", from_=START, until=until)
    rows = log.outcomes("visit", log.attach(rows, as_of_column="snapshot_at"), within_days=7)
    assert rows.columns == ["account_id", "snapshot_at", *FIELDS, "visited"]
    for row in rows.iter_rows(named=True):
        assert row["visited"] is slow_outcome(
            events,
            row["account_id"],
            row["snapshot_at"],
            "visit",
            within_days=7,
            exits=[],
            known_until=None,
            first_only=False,
        )


def log_of(*rows: Sequence[Any], names: str = "account_id happened_at event", **options: Any) -> ContactLog:
    """Return a log of rows as a polars frame."""
    return ContactLog(pl.DataFrame(list(rows), schema=names.split(), orient="row"), **options)


def days(frame: Any) -> list[tuple[str, str]]:
    return [(account, at.date().isoformat()) for account, at in frame.iter_rows()]


FIRST, LAST = ("A", dt.datetime(2026, 1, 1), "no_answer"), ("B", dt.datetime(2026, 12, 31, 9), "no_answer")


@pytest.mark.parametrize(
    ("every", "dates"),
    [
        ("year", []),
        ("quarter", ["2026-04-01", "2026-07-01", "2026-10-01"]),
        ("month", [f"2026-{month:02}-01" for month in range(2, 13)]),
    ],
)
def test_dates_are_the_first_days_of_periods_after_the_first_event(every: Any, dates: list[str]) -> None:
    assert days(log_of(FIRST, LAST).snapshots(every)) == [("A", date) for date in dates]


def test_weeks_begin_on_mondays() -> None:
    found = days(log_of(FIRST, LAST).snapshots("week", until="2026-01-20"))
    assert found == [("A", date) for date in ("2026-01-05", "2026-01-12", "2026-01-19")]


def test_dates_include_both_ends() -> None:
    found = log_of(FIRST, LAST).snapshots(from_="2026-03-01", until="2026-05-01")
    assert days(found) == [("A", f"2026-0{month}-01") for month in (3, 4, 5)]
    found = log_of(FIRST, LAST).snapshots(from_="2026-03-01T00:01", until="2026-04-30")
    assert days(found) == [("A", "2026-04-01")]
    assert days(log_of(FIRST, LAST).snapshots("year", until="2027-01-01")) == [
        ("A", "2027-01-01"),
        ("B", "2027-01-01"),
    ]


def test_an_account_is_listed_from_the_day_after_its_first_event_until_it_left() -> None:
    rows = [
        ("A", dt.date(2026, 1, 31), "no_answer"),
        ("A", dt.date(2026, 4, 1), "agency_recalled"),
        ("A", dt.date(2026, 5, 3), "payment"),
        ("B", dt.date(2026, 2, 1), "no_answer"),
        ("B", dt.date(2026, 5, 15), "no_answer"),
    ]
    log = log_of(*((*row, 5.0) for row in rows), names="account_id happened_at event amount")
    found = days(log.snapshots(exits="agency_recalled"))
    assert found == [
        ("A", "2026-02-01"),
        ("A", "2026-03-01"),
        ("A", "2026-04-01"),
        ("B", "2026-03-01"),
        ("B", "2026-04-01"),
        ("B", "2026-05-01"),
    ]


def test_what_is_recorded_late_is_known_late() -> None:
    log = log_of(
        (*FIRST, dt.datetime(2026, 3, 1)), (*LAST, LAST[1]), names="account_id happened_at event recorded_at"
    )
    assert days(log.snapshots(until="2026-05-01")) == [("A", "2026-04-01"), ("A", "2026-05-01")]


@pytest.mark.parametrize(
    "kind",
    [
        *FAST,
        kind_named("pandas Arrow"),
        pytest.param(kind_named("Spark"), marks=pytest.mark.exhaustive),
    ],
    ids=lambda kind: kind.name,
)
def test_every_kind_of_frame_gives_the_same_and_comes_back(kind: FrameKind) -> None:
    events: Columns = {
        "acct": [2, 1, 2],
        "happened_at": [dt.datetime(2026, 1, 10), dt.datetime(2026, 2, 20), dt.datetime(2026, 3, 5)],
        "event": ["no_answer", "visit", "agency_recalled"],
    }
    frame = kind.make(events)
    zone = "UTC" if kind.name == "Spark" else None
    log = ContactLog(frame, columns={"account_id": "acct"}, zone=zone)
    rows = log.snapshots(from_="2026-01-01", until="2026-04-01", exits="agency_recalled")
    assert isinstance(rows, type(frame))
    plain = kind.plain(rows, "acct")
    found = sorted(zip(plain["acct"], (f"{at:%d %b}" for at in plain["snapshot_at"]), strict=True))
    assert found == [(1, "01 Apr"), (1, "01 Mar"), (2, "01 Feb"), (2, "01 Mar")]
    plain = kind.plain(log.outcomes("visit", rows, within_days=30), "acct")
    of_first = [
        row[1:]
        for row in zip(plain["acct"], plain["snapshot_at"], plain["visited"], strict=True)
        if row[0] == 2
    ]
    assert [outcome for _, outcome in sorted(of_first)] == [False, None]


def test_a_pandas_frame_of_snapshots_has_a_plain_index() -> None:
    log = ContactLog(
        pd.DataFrame({"account_id": ["B", "A"], "happened_at": [FIRST[1]] * 2, "event": "visit"})
    )
    rows = log.snapshots(until="2026-03-01")
    assert rows["account_id"].tolist() == ["A", "A", "B", "B"]
    assert rows.index.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("name", ["pandas", "polars", "polars lazy"])
def test_a_log_without_events_lists_no_accounts(name: str) -> None:
    kind = kind_named(name)
    events = pl.DataFrame(schema={"account_id": pl.String, "happened_at": pl.Datetime, "event": pl.String})
    frames: dict[str, Any] = {"pandas": events.to_pandas(), "polars": events, "polars lazy": events.lazy()}
    log = ContactLog(frames[name])
    rows = log.snapshots("week", **SPAN) if kind.lazy else log.snapshots("week")
    assert kind.plain(rows) == {"account_id": [], "snapshot_at": []}


def test_an_invalid_log_is_an_error() -> None:
    with pytest.raises(InvalidHistoryError, match="'event' must be a code"):
        log_of(("A", FIRST[1], "XX")).snapshots()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"every": "day"}, "every must be one of week, month, quarter, year, not 'day'"),
        ({"from_": 5}, "from_ must be a date"),
        ({"until": "soon"}, "until must be a date"),
        ({"from_": "2026-02-01", "until": "2026-01-01"}, "until must not be before from_"),
        ({"every": "week", "from_": "1900-01-01"}, "every makes more than 2,000 dates: pass a later from_"),
        ({"exits": "sold"}, "exits must name kinds of events"),
    ],
)
def test_a_wrong_argument_is_rejected_by_name(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        log_of(FIRST, LAST).snapshots(**wrong)


def test_the_dates_of_a_lazy_log_must_be_given() -> None:
    events = {"account_id": ["A"], "happened_at": [FIRST[1]], "event": ["visit"]}
    log = ContactLog(pl.LazyFrame(events))
    with pytest.raises(ArgumentError, match="from_ must be given for a lazy log"):
        log.snapshots(until="2026-01-01")
    with pytest.raises(ArgumentError, match="until must be given for a lazy log"):
        log.snapshots(from_="2026-01-01")


@pytest.mark.parametrize("name", ["polars", "pandas"])
def test_a_training_set_fits_a_model_that_is_evaluated_on_later_dates(name: str) -> None:
    kind = kind_named(name)
    accounts = [f"A{number}" for number in range(30)]
    rows = [
        (account, START + dt.timedelta(day), "refusal" if number % 3 else "no_answer")
        for number, account in enumerate(accounts)
        for day in range(number % 5, 300, 40)
    ]
    rows += [
        (account, START + dt.timedelta(60 + 7 * number), "visit")
        for number, account in enumerate(accounts[:20])
        if number % 3
    ]
    events: Columns = {
        "account_id": [row[0] for row in rows],
        "happened_at": [row[1] for row in rows],
        "event": [row[2] for row in rows],
    }
    log = ContactLog(kind.make(events))
    training = log.outcomes("visit", log.snapshots(), within_days=60)
    training = log.attach(training, as_of_column="snapshot_at")
    split = split_by_time(
        training,
        at="2026-06-01",
        within_days=60,
        known_until=log.check().known_until,  # type: ignore[arg-type]
    )
    columns = ["failed_calls", "attitude"]
    model = cr.LogisticScorer(prior=None, characteristics=columns)
    model = model.fit(split.train[columns], split.train["visited"])
    measured = cr.evaluate(model, split.later[columns], split.later["visited"])
    assert measured.pooled.auc is not None
    assert measured.pooled.auc > 0.5
