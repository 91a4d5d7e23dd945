"""The fields of a log agree with a slow and obvious computation on every kind of frame, without leakage."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import polars as pl
import pytest
from event_logs import CODES, MOMENTS, START, Event, columns, event, logs, slow_fields
from frame_kinds import Columns, FrameKind, kind_named
from history_frames import typed
from hypothesis import given, settings
from hypothesis import strategies as st

from collectrisk.history import ContactLog
from collectrisk.history._fields import FIELDS

FAST = [kind_named(name) for name in ("pandas", "polars", "pyarrow", "polars lazy", "DuckDB")]
POLARS = kind_named("polars")


def by_account(kind: FrameKind, frame: Any) -> dict[str, dict[str, Any]]:
    plain = kind.plain(frame, "account_id")
    assert list(plain) == ["account_id", *FIELDS]
    rows = zip(*(plain[name] for name in FIELDS), strict=True)
    return {
        key: dict(zip(FIELDS, row, strict=True)) for key, row in zip(plain["account_id"], rows, strict=True)
    }


OPTIONS = st.fixed_dictionaries(
    {
        "grace_days": st.sampled_from([0, 3]),
        "kept_share": st.sampled_from([1.0, 0.5]),
        "failed_since": st.sampled_from(["last_result", "last_result", 0, 5]),
    }
)


def agree(kind: FrameKind, events: list[Event], as_of: dt.datetime, options: dict[str, Any]) -> None:
    """Compare the fields of a log with those of the slow computation."""
    log = ContactLog(typed(kind, events), codes=CODES, **options)
    assert by_account(kind, log.fields(as_of)) == slow_fields(events, as_of, **options)


@pytest.mark.parametrize("name", ["polars", "pyarrow", "polars lazy"])
@settings(max_examples=10)
@given(events=logs(), as_of=MOMENTS, options=OPTIONS)
def test_fields_are_those_of_going_through_the_events_one_by_one(
    name: str, events: list[Event], as_of: dt.datetime, options: dict[str, Any]
) -> None:
    agree(kind_named(name), events, as_of, options)


@pytest.mark.parametrize("name", ["pandas", "DuckDB"])
@settings(max_examples=2)
@given(events=logs(60), as_of=MOMENTS, options=OPTIONS)
def test_fields_are_the_same_where_each_call_is_slow(
    name: str, events: list[Event], as_of: dt.datetime, options: dict[str, Any]
) -> None:
    agree(kind_named(name), events, as_of, options)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
@given(events=logs(60), as_of=MOMENTS, options=OPTIONS)
def test_fields_of_many_logs_are_the_same_on_every_kind_of_frame(
    kind: FrameKind, events: list[Event], as_of: dt.datetime, options: dict[str, Any]
) -> None:
    agree(kind, events, as_of, options)


LOG = [
    Event("A", START, "message_sent"),
    Event("A", START + dt.timedelta(1), "no_answer"),
    Event("A", START + dt.timedelta(2), "promise", 5_000, 3),
    Event("A", START + dt.timedelta(3), "payment", 2_000),
    Event("A", START + dt.timedelta(8), "promise", 3_000, 5),
    Event("A", START + dt.timedelta(12), "payment", 3_000),
    Event("A", START + dt.timedelta(20), "letter_sent"),
    Event("A", START + dt.timedelta(21), "refusal"),
    Event("A", START + dt.timedelta(22), "refusal", channel="field_visit"),
    Event("B", START + dt.timedelta(5), "agency_placed"),
    Event("B", START + dt.timedelta(6), "plan_started"),
    Event("C", START + dt.timedelta(50), "visit"),
]
EXPECTED = {
    "A": {
        "failed_messages": 1,
        "failed_calls": 1,
        "broken_promises": 1,
        "attitude": "hostile",
        "placed_with_agency": False,
        "repayment_plan": False,
    },
    "B": {**FIELDS, "attitude": "cooperative", "placed_with_agency": True, "repayment_plan": True},
}
AS_OF = START + dt.timedelta(30)


@pytest.mark.parametrize("kind", [*FAST, kind_named("Spark")], ids=lambda kind: kind.name)
def test_every_kind_of_frame_gives_the_same_and_comes_back(kind: FrameKind) -> None:
    assert slow_fields(LOG, AS_OF) == EXPECTED
    frame = kind.make(columns(LOG)) if kind.name == "Spark" else typed(kind, LOG)
    zone = "UTC" if kind.name == "Spark" else None  # Spark's times have an offset
    result = ContactLog(frame, codes=CODES, zone=zone).fields(AS_OF)
    assert isinstance(result, type(frame))
    assert by_account(kind, result) == EXPECTED


def polars_log(events: list[Event], **options: Any) -> ContactLog:
    return ContactLog(typed(POLARS, events), codes=CODES, **options)


@settings(max_examples=15)
@given(
    events=logs(),
    as_of=MOMENTS,
    others=st.lists(st.tuples(event(), st.integers(0, 20), st.booleans()), min_size=1, max_size=6),
)
def test_events_that_happen_or_are_recorded_later_change_nothing(
    events: list[Event], as_of: dt.datetime, others: list[tuple[Event, int, bool]]
) -> None:
    later = [
        attrs.evolve(each, recorded=max(each.at, as_of + dt.timedelta(hours=hours)))
        if happened_before
        else attrs.evolve(each, at=as_of + dt.timedelta(hours=hours), recorded=None)
        for each, hours, happened_before in others
    ]
    later = [attrs.evolve(each, recorded=each.recorded or each.at) for each in later]
    before, after = polars_log(events), polars_log([*later, *events])
    assert after.fields(as_of).equals(before.fields(as_of))
    accounts = pl.DataFrame(
        {"account_id": ["A", "B", "C"], "moment": [as_of, as_of - dt.timedelta(9), as_of]}
    )
    attached = [each.attach(accounts, as_of_column="moment") for each in (before, after)]
    assert attached[0].equals(attached[1])


@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
def test_within_an_hour_that_exists_twice_no_event_of_it_is_known(kind: FrameKind) -> None:
    """In Berlin, 00:45 and 01:45 of 25 October 2026 in UTC are both 02:45."""
    first = dt.datetime(2026, 10, 24, 23, 30, tzinfo=dt.UTC)
    events: Columns = {
        "account_id": list("ABCD"),
        "happened_at": [first + dt.timedelta(hours=hours) for hours in range(4)],
        "event": ["no_answer"] * 4,
    }
    known = {
        first + dt.timedelta(minutes=75): [1, 0, 0, 0],
        first + dt.timedelta(minutes=150): [1, 1, 1, 0],
        first - dt.timedelta(364): [0, 0, 0, 0],
    }
    pairs = [(account, at) for account in "ABCD" for at in known]
    accounts: Columns = {"account_id": [account for account, _ in pairs], "at": [at for _, at in pairs]}
    log = ContactLog(kind.make(events), zone="Europe/Berlin")
    attached = kind.plain(log.attach(kind.make(accounts), as_of_column="at"))
    found = zip(attached["account_id"], attached["at"], attached["failed_calls"], strict=True)
    assert {(account, at): calls for account, at, calls in found} == {
        (account, at): calls[place] for at, calls in known.items() for place, account in enumerate("ABCD")
    }


@settings(max_examples=10)
@given(events=logs(), moments=st.lists(MOMENTS, min_size=1, max_size=4), options=OPTIONS)
def test_attached_fields_are_those_as_of_the_moment_of_each_row(
    events: list[Event], moments: list[dt.datetime], options: dict[str, Any]
) -> None:
    rows = [(account, moment) for account in "ABC" for moment in moments]
    accounts = pl.DataFrame(rows, schema=["account_id", "moment"], orient="row")
    attached = polars_log(events, **options).attach(accounts, as_of_column="moment")
    for row in attached.iter_rows(named=True):
        expected = slow_fields(events, row["moment"], **options).get(row["account_id"], FIELDS)
        assert {name: row[name] for name in FIELDS} == expected


@settings(max_examples=10)
@given(events=logs(), as_of=MOMENTS, data=st.data())
def test_the_order_of_rows_changes_nothing(events: list[Event], as_of: dt.datetime, data: Any) -> None:
    shuffled = data.draw(st.permutations(events))
    assert polars_log(shuffled).fields(as_of).equals(polars_log(events).fields(as_of))


def test_a_log_without_optional_columns_has_the_same_counts() -> None:
    events = [each for each in LOG if each.kind.effect != "promise"]
    frame = typed(POLARS, events).select("account_id", "happened_at", "event")
    fields = ContactLog(frame).fields(AS_OF)
    assert fields["failed_calls"].to_list() == [2, 0]
    assert fields["placed_with_agency"].to_list() == [False, True]
