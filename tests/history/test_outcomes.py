"""Whether an event followed is yes, no, or not known; and what is not known never becomes no."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pytest
from event_logs import CODES, HUNG_UP, MOMENTS, Event, logs, slow_outcome
from frame_kinds import SPLITS_NAMES, Columns, FrameKind, kind_named
from history_frames import typed
from hypothesis import given, settings
from hypothesis import strategies as st

from collectrisk.errors import ArgumentError, ColumnNameError, InvalidHistoryError, MissingColumnError
from collectrisk.history import KINDS as EVENT_KINDS
from collectrisk.history import ContactLog, EventKind

if TYPE_CHECKING:
    from collections.abc import Sequence

FAST = [kind_named(name) for name in ("pandas", "polars", "pyarrow", "polars lazy", "DuckDB")]
POLARS = kind_named("polars")
OPTIONS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["visit", "payment", "promise", "hung_up", "no_answer"]),
        "within_days": st.sampled_from([1, 4, 9, 30]),
        "exits": st.sampled_from([[], [], ["agency_recalled"], ["plan_ended", "visit"]]),
        "known_until": st.one_of(st.none(), MOMENTS),
        "first_only": st.booleans(),
    }
)
SNAPSHOTS = st.lists(st.tuples(st.sampled_from("ABC"), MOMENTS), min_size=1, max_size=6)
Snapshots = list[tuple[str, dt.datetime]]


def outcomes(log: ContactLog, accounts: Any, kind: str, **options: Any) -> Any:
    return log.outcomes(kind, accounts, after="snapshot_at", name="outcome", **options)


def by_row(kind: FrameKind, events: list[Event], snapshots: Snapshots, options: dict[str, Any]) -> list[Any]:
    """Return the outcome of each row, in the order of the rows."""
    rows: Columns = {
        "row": list(range(len(snapshots))),
        "account_id": [account for account, _ in snapshots],
        "snapshot_at": [moment for _, moment in snapshots],
    }
    log = ContactLog(typed(kind, events), codes=CODES)
    found: list[Any] = kind.plain(outcomes(log, kind.make(rows), **options), "row")["outcome"]
    return found


def agree(kind: FrameKind, events: list[Event], snapshots: Snapshots, options: dict[str, Any]) -> None:
    """Compare the outcomes with those of the slow computation."""
    slow = [slow_outcome(events, account, moment, **options) for account, moment in snapshots]
    assert by_row(kind, events, snapshots, options) == slow


@pytest.mark.parametrize("name", ["polars", "pyarrow", "polars lazy"])
@settings(max_examples=20)
@given(events=logs(), snapshots=SNAPSHOTS, options=OPTIONS)
def test_outcomes_are_those_of_going_through_the_events_one_by_one(
    name: str, events: list[Event], snapshots: Snapshots, options: dict[str, Any]
) -> None:
    agree(kind_named(name), events, snapshots, options)


@pytest.mark.parametrize("name", ["pandas", "DuckDB"])
@settings(max_examples=4)
@given(events=logs(60), snapshots=SNAPSHOTS, options=OPTIONS)
def test_outcomes_are_the_same_where_each_call_is_slow(
    name: str, events: list[Event], snapshots: Snapshots, options: dict[str, Any]
) -> None:
    agree(kind_named(name), events, snapshots, options)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
@given(events=logs(60), snapshots=SNAPSHOTS, options=OPTIONS)
def test_outcomes_of_many_logs_are_the_same_on_every_kind_of_frame(
    kind: FrameKind, events: list[Event], snapshots: Snapshots, options: dict[str, Any]
) -> None:
    agree(kind, events, snapshots, options)


@settings(max_examples=20)
@given(events=logs(), snapshots=SNAPSHOTS, options=OPTIONS, until=MOMENTS)
def test_events_from_known_until_on_change_nothing(
    events: list[Event], snapshots: Snapshots, options: dict[str, Any], until: dt.datetime
) -> None:
    options = {**options, "known_until": until, "exits": []}
    kept = [each for each in events if each.at < until]
    if kept:
        assert by_row(POLARS, kept, snapshots, options) == by_row(POLARS, events, snapshots, options)


@settings(max_examples=20)
@given(events=logs(), snapshots=SNAPSHOTS, options=OPTIONS, until=MOMENTS)
def test_a_shorter_log_never_turns_what_is_not_known_into_an_outcome(
    events: list[Event], snapshots: Snapshots, options: dict[str, Any], until: dt.datetime
) -> None:
    """The end of the log is that of its events, and a log that ends earlier knows less."""
    options = {**options, "known_until": None, "exits": [], "first_only": False}
    kept = [each for each in events if each.at < until]
    if kept:
        pairs = zip(
            by_row(POLARS, kept, snapshots, options),
            by_row(POLARS, events, snapshots, options),
            strict=True,
        )
        assert all(shorter is None or shorter is longer for shorter, longer in pairs)


@settings(max_examples=10)
@given(events=logs(), snapshots=SNAPSHOTS, options=OPTIONS, data=st.data())
def test_the_order_of_rows_changes_nothing(
    events: list[Event], snapshots: Snapshots, options: dict[str, Any], data: Any
) -> None:
    order = data.draw(st.permutations(range(len(snapshots))))
    found = by_row(POLARS, events, snapshots, options)
    shuffled = data.draw(st.permutations(events))
    assert by_row(POLARS, shuffled, [snapshots[row] for row in order], options) == [
        found[row] for row in order
    ]


DAY = dt.timedelta(1)
AT = dt.datetime(2026, 3, 1)
EVENTS = [
    Event("A", AT, "visit_met"),
    Event("B", AT + 30 * DAY, "visit"),
    Event("C", AT + 10 * DAY, "plan_ended"),
    Event("C", AT + 12 * DAY, "visit"),
    Event("D", AT + 5 * DAY, "refusal", channel="field_visit"),
    Event("E", AT - DAY, "visit"),
    Event("F", AT + 60 * DAY, "no_answer"),
]
SNAPSHOTS_OF_EACH: Columns = {
    "snapshot_at": [AT] * 7,
    "account_id": list("ABCDEFG"),
}
EXPECTED = {"A": True, "B": False, "C": None, "D": True, "E": False, "F": False, "G": False}


@pytest.mark.parametrize(
    "kind",
    [
        *FAST,
        kind_named("pandas Arrow"),
        *(pytest.param(kind_named(name), marks=pytest.mark.exhaustive) for name in ("Dask", "Spark")),
    ],
    ids=lambda kind: kind.name,
)
def test_every_kind_of_frame_gives_the_same_and_comes_back(kind: FrameKind) -> None:
    """A: at the moment; B: when the days are over; C: left before; D: met at a visit; E: before only."""
    names = ["account_id", "happened_at", "event", "channel"]
    columns: Columns = {
        "account_id": [each.account for each in EVENTS],
        "happened_at": [each.at for each in EVENTS],
        "event": [each.code for each in EVENTS],
        "channel": [each.channel for each in EVENTS],
    }
    log = ContactLog(kind.make(columns), zone="UTC" if kind.name == "Spark" else None)
    assert list(columns) == names
    accounts = kind.make(SNAPSHOTS_OF_EACH)
    found = log.outcomes("visit", accounts, within_days=30, exits="plan_ended")
    assert isinstance(found, type(accounts))
    plain = kind.plain(found, "account_id")
    assert list(plain) == ["snapshot_at", "account_id", "visited"]
    assert dict(zip(plain["account_id"], plain["visited"], strict=True)) == EXPECTED


def log_of(*rows: Sequence[Any], names: str = "account_id happened_at event", **options: Any) -> ContactLog:
    """Return a log of rows as a polars frame."""
    return ContactLog(pl.DataFrame(list(rows), schema=names.split(), orient="row"), **options)


def outcome(log: ContactLog, moment: Any, kind: Any = "visit", **options: Any) -> Any:
    """Return the outcome of account A after a moment."""
    accounts = pl.DataFrame({"account_id": ["A"], "snapshot_at": [moment]})
    return log.outcomes(kind, accounts, name="outcome", **options)["outcome"][0]


VISIT, LAST = ("A", AT + 9 * DAY, "visit"), ("B", AT + 40 * DAY, "no_answer")


def test_the_last_day_ends_at_the_local_time_of_the_moment() -> None:
    log = log_of(VISIT, LAST)
    assert outcome(log, AT, within_days=9) is False
    assert outcome(log, AT, within_days=10) is True
    assert outcome(log, AT + dt.timedelta(microseconds=1), within_days=9) is True
    assert outcome(log, AT + 9 * DAY, within_days=1) is True
    assert outcome(log, AT + 9 * DAY + dt.timedelta(microseconds=1), within_days=1) is False


def test_with_dates_the_day_of_the_moment_is_the_first_one() -> None:
    rows = [(account, at.date(), event) for account, at, event in (VISIT, LAST)]
    log = log_of(*rows)
    evening = dt.timedelta(hours=20)
    assert outcome(log, AT + 9 * DAY + evening, within_days=1) is True
    assert outcome(log, AT + evening, within_days=9) is False
    assert outcome(log, AT + 39 * DAY + evening, within_days=1) is False
    assert outcome(log, AT + 39 * DAY + evening, within_days=2) is None
    known_until = AT + 40 * DAY + evening
    assert outcome(log, AT + 39 * DAY, within_days=1, known_until=known_until) is False
    assert outcome(log, AT + 39 * DAY, within_days=2, known_until=known_until) is None
    assert outcome(log, (AT + 9 * DAY).date(), within_days=1, known_until=AT + 9 * DAY + evening) is None


def test_days_are_days_of_the_calendar_in_the_zone() -> None:
    """Clocks in Rome are set forward on 29 March 2026, so the 24 hours from noon to noon are 23."""
    times = [dt.datetime(2026, 3, 29, 9, 59, tzinfo=dt.UTC), dt.datetime(2026, 3, 29, 10, tzinfo=dt.UTC)]
    found = []
    for at in times:
        log = log_of(("A", at, "visit"), ("B", at + 9 * DAY, "visit"), zone="Europe/Rome")
        found.append(outcome(log, dt.datetime(2026, 3, 28, 12), within_days=1))
    assert found == [True, False]


def test_the_horizon_must_be_over() -> None:
    log = log_of(VISIT, LAST)
    assert outcome(log, AT + 10 * DAY, within_days=30) is False
    assert outcome(log, AT + 10 * DAY, within_days=31) is None
    assert outcome(log, AT + 10 * DAY, within_days=31, known_until=AT + 41 * DAY) is False
    assert outcome(log, AT, within_days=300) is True


def test_what_is_recorded_late_does_not_extend_the_log_and_neither_does_a_future_date() -> None:
    names = "account_id happened_at event recorded_at"
    loaded = log_of((*VISIT, AT + 900 * DAY), (*LAST, AT + 900 * DAY), names=names)
    future = log_of((*VISIT, AT + 9 * DAY), ("B", AT + 900 * DAY, "no_answer", AT + 40 * DAY), names=names)
    for log in (loaded, future):
        assert outcome(log, AT + 10 * DAY, within_days=30) is False
        assert outcome(log, AT + 10 * DAY, within_days=31) is None


def test_from_an_exit_on_nothing_is_known() -> None:
    sold = EventKind("sold", "The debt was sold.")
    log = log_of(VISIT, ("A", AT + 20 * DAY, "X"), LAST, codes={"X": sold})
    for exits in ("sold", sold, ["sold", "agency_recalled"]):
        assert outcome(log, AT, within_days=30, exits=exits) is True
        assert outcome(log, AT + 10 * DAY, within_days=10, exits=exits) is False
        assert outcome(log, AT + 10 * DAY, within_days=11, exits=exits) is None
        assert outcome(log, AT + 25 * DAY, within_days=5, exits=exits) is None
    assert outcome(log, AT + 25 * DAY, within_days=5) is False


def test_an_event_at_the_moment_of_the_exit_counts_and_one_after_it_does_not() -> None:
    exits = ("A", AT + 9 * DAY, "agency_recalled")
    assert outcome(log_of(VISIT, exits, LAST), AT, within_days=10, exits="agency_recalled") is True
    exits = ("A", AT + 8 * DAY, "agency_recalled")
    assert outcome(log_of(VISIT, exits, LAST), AT, within_days=10, exits="agency_recalled") is None


def test_earlier_events_do_not_matter_unless_only_the_first_one_counts() -> None:
    log = log_of(VISIT, ("A", AT + 20 * DAY, "visit"), LAST)
    assert outcome(log, AT + 15 * DAY, within_days=10) is True
    assert outcome(log, AT + 15 * DAY, within_days=10, first_only=True) is None
    assert outcome(log, AT + 9 * DAY, within_days=10, first_only=True) is True
    assert outcome(log, AT + 25 * DAY, within_days=10) is False


def test_kinds_can_be_several_and_of_your_own() -> None:
    log = log_of(("A", AT, "HU"), LAST, codes={"HU": HUNG_UP})
    assert outcome(log, AT, "hung_up") is True
    assert outcome(log, AT, HUNG_UP) is True
    assert outcome(log, AT, ["visit", "hung_up"]) is True
    assert outcome(log, AT, "visit", within_days=3) is False


def test_a_visit_is_any_event_at_a_visit_and_a_reversal_is_not_a_payment() -> None:
    names = "account_id happened_at event channel amount"
    rows = [("A", AT, "promise_at_the_door", "field_visit", None), ("B", AT + 40 * DAY, "visit", None, None)]
    log = log_of(*rows, names=names, codes={"promise_at_the_door": "other"})
    assert outcome(log, AT) is True
    assert outcome(log, AT, EVENT_KINDS["visit"], within_days=5) is False
    met = log_of(("A", AT, "visit_met"), LAST)
    assert outcome(met, AT) is True
    assert outcome(met, AT, EVENT_KINDS["visit"], within_days=5) is False
    paid = [("A", AT, "payment", None, cash) for cash in (-5.0, 0.0)]
    assert outcome(log_of(*paid, *rows[1:], names=names), AT, "payment", within_days=5) is False


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("visit", "visited"),
        (["visit", EVENT_KINDS["visit_met"]], "visited"),
        ("payment", "outcome"),
        (["visit", "payment"], "outcome"),
    ],
)
def test_the_column_has_a_name_of_what_it_says(kind: Any, name: str) -> None:
    accounts = pl.DataFrame({"account_id": ["A"], "snapshot_at": [AT]})
    assert log_of(VISIT).outcomes(kind, accounts).columns[-1] == name


def test_a_lazy_account_with_an_invalid_event_or_no_moment_has_no_outcome() -> None:
    events: Columns = {
        "account_id": ["A", "A", "B"],
        "happened_at": [AT, AT, AT + 40 * DAY],
        "event": ["visit", "XX", "visit"],
    }
    accounts: Columns = {"account_id": ["A", "B", "B", None], "snapshot_at": [AT, AT, None, AT]}
    for kind in (kind_named("polars lazy"), kind_named("DuckDB")):
        frame = kind.make({"row": [0, 1, 2, 3], **accounts})
        found = ContactLog(kind.make(events)).outcomes("visit", frame, within_days=40)
        assert kind.plain(found, "row")["visited"] == [None, False, None, None]
    with pytest.raises(InvalidHistoryError, match="'event' must be a code that"):
        ContactLog(pl.DataFrame(events)).outcomes("visit", pl.DataFrame(accounts))
    with pytest.raises(InvalidHistoryError, match=r"'account_id' must be known.*\n.*'snapshot_at' must be"):
        log_of(VISIT).outcomes("visit", pl.DataFrame(accounts))


@pytest.mark.parametrize("name", ["a b", "*", "^a$", "visited?"])
@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
def test_the_column_can_have_a_strange_name(kind: FrameKind, name: str) -> None:
    events: Columns = {"account_id": ["A"], "happened_at": [AT], "event": ["visit"]}
    accounts = kind.make({"account_id": ["A"], "snapshot_at": [AT]})
    assert kind.plain(ContactLog(kind.make(events)).outcomes("visit", accounts, name=name))[name] == [True]


@pytest.mark.skipif(not SPLITS_NAMES, reason="DuckDB 2.0 does not split names")
def test_a_name_that_duckdb_splits_is_refused() -> None:
    kind = kind_named("DuckDB")
    events: Columns = {"account_id": ["A"], "happened_at": [AT], "event": ["visit"]}
    accounts = kind.make({"account_id": ["A"], "snapshot_at": [AT]})
    with pytest.raises(ColumnNameError, match="reads a point or a quote in a name"):
        ContactLog(kind.make(events)).outcomes("visit", accounts, name="a.b")


def test_a_log_without_events_knows_nothing() -> None:
    types = {"account_id": pl.String, "happened_at": pl.Datetime, "event": pl.String}
    for frame in (pl.DataFrame(schema=types), pl.DataFrame(schema=types).to_pandas()):
        log = ContactLog(frame)
        accounts = type(frame)({"account_id": ["A"], "snapshot_at": [AT]})
        assert log.outcomes("visit", accounts)["visited"].to_list() in ([None], [pd.NA])
    assert outcome(ContactLog(pl.DataFrame(schema=types)), AT, known_until="2028-01-01") is False
    empty = pl.DataFrame(schema={"account_id": pl.String, "snapshot_at": pl.Datetime})
    assert log_of(VISIT).outcomes("visit", empty).schema["visited"] == pl.Boolean


def test_a_pandas_frame_keeps_its_index_and_its_outcomes_are_nullable_booleans() -> None:
    log = ContactLog(pd.DataFrame({"account_id": ["A"], "happened_at": [AT], "event": ["visit"]}))
    accounts = pd.DataFrame({"account_id": ["B", "A"], "snapshot_at": [AT, AT]}, index=[7, 7])
    found = log.outcomes("visit", accounts)
    assert found.index.tolist() == [7, 7]
    assert str(found["visited"].dtype) == "boolean"
    assert found["visited"].tolist() == [pd.NA, True]
    assert list(accounts.columns) == ["account_id", "snapshot_at"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "visits"}, "kind must name kinds of events, such as 'visit', not 'visits'; did you mean"),
        ({"kind": 4}, "kind must name kinds of events, such as 'visit', not 4"),
        ({"kind": "LM"}, "kind must name kinds of .*not 'LM'; the code 'LM' means 'message_left'"),
        ({"kind": []}, r"kind must name at least one kind of event, not \[\]"),
        ({"kind": HUNG_UP}, "kind must be a kind of event of this log, but no code means 'hung_up'"),
        ({"exits": ["sold"]}, "exits must name kinds of events"),
        ({"after": "snapshot"}, r"after must be a column of the accounts, not 'snapshot'; did you mean"),
        ({"after": 1.5}, "after must be the name of a column, not a float"),
        ({"within_days": 0}, "within_days must be a whole number from 1 to 36,500, not 0"),
        ({"within_days": 1.5}, "within_days must be a whole number"),
        ({"known_until": "now"}, "known_until must be a date"),
        ({"known_until": "2026-01-01T00:00Z"}, "known_until has a UTC offset"),
        ({"first_only": 1}, "first_only must be True or False, not 1"),
        ({"name": 5}, "name must be printable text, not 5"),
        ({"name": ""}, "name must be printable text, not ''"),
        ({"name": "a\n"}, "name must be printable text"),
    ],
)
def test_a_wrong_argument_is_rejected_by_name(wrong: dict[str, Any], message: str) -> None:
    accounts = pl.DataFrame({"account_id": ["A"], "snapshot_at": [AT]})
    with pytest.raises(ArgumentError, match=message):
        log_of(VISIT, codes={"LM": "message_left"}).outcomes(
            **{"kind": "visit", "accounts": accounts, **wrong}
        )


def test_wrong_accounts_are_rejected() -> None:
    accounts = pl.DataFrame({"account_id": ["A"], "snapshot_at": [AT]})
    with pytest.raises(ColumnNameError, match="'visited': the accounts already have this column"):
        log_of(VISIT).outcomes("visit", accounts.with_columns(visited=1))
    with pytest.raises(MissingColumnError, match="'account_id' is missing"):
        log_of(VISIT).outcomes("visit", accounts.drop("account_id"))


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_an_exit_a_microsecond_before_the_end_is_noticed(name: str) -> None:
    """Microseconds since the year 1 need more digits than a float has."""
    kind, tick = kind_named(name), dt.timedelta(microseconds=1)
    end = AT + 10 * DAY
    events: Columns = {
        "account_id": ["A", "B", "C"],
        "happened_at": [end - tick, end, end + 9 * DAY],
        "event": ["agency_recalled", "agency_recalled", "visit"],
    }
    accounts = kind.make({"account_id": ["A", "B"], "snapshot_at": [AT, AT]})
    found = ContactLog(kind.make(events)).outcomes("visit", accounts, within_days=10, exits="agency_recalled")
    assert kind.plain(found)["visited"] == [None, False]
