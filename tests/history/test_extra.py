"""The columns beside the fields agree with a slow and obvious computation on every kind of frame."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from event_logs import CODES, MOMENTS, START, Event, logs, slow_extra, slow_fields
from frame_kinds import Columns, FrameKind, kind_named
from history_frames import typed
from hypothesis import given, settings
from hypothesis import strategies as st

from collectrisk.errors import ArgumentError, ColumnNameError
from collectrisk.history import ContactLog
from collectrisk.history._extra import EXTRA
from collectrisk.history._fields import FIELDS

POLARS = kind_named("polars")
FAST = [kind_named(name) for name in ("pandas", "polars", "pyarrow", "polars lazy", "DuckDB")]
OPTIONS = st.fixed_dictionaries(
    {"grace_days": st.sampled_from([0, 3]), "kept_share": st.sampled_from([1.0, 0.5])}
)


def rows_of(kind: FrameKind, frame: Any) -> dict[str, dict[str, Any]]:
    """Return the rows by account."""
    plain = kind.plain(frame, "account_id")
    names = [name for name in plain if name != "account_id"]
    rows = zip(*(plain[name] for name in names), strict=True)
    return {
        key: dict(zip(names, row, strict=True)) for key, row in zip(plain["account_id"], rows, strict=True)
    }


def agree(kind: FrameKind, events: list[Event], as_of: dt.datetime, options: dict[str, Any]) -> None:
    """Compare all columns with those of the slow computation."""
    found = rows_of(kind, ContactLog(typed(kind, events), codes=CODES, **options).fields(as_of, extra=True))
    fields, extra = slow_fields(events, as_of, **options), slow_extra(events, as_of, **options)
    assert found == {account: {**fields[account], **extra[account]} for account in fields}
    assert all(list(row) == [*FIELDS, *EXTRA] for row in found.values())


@pytest.mark.parametrize("name", ["polars", "polars lazy"])
@settings(max_examples=8)
@given(events=logs(), as_of=MOMENTS, options=OPTIONS)
def test_extra_columns_are_those_of_going_through_the_events_one_by_one(
    name: str, events: list[Event], as_of: dt.datetime, options: dict[str, Any]
) -> None:
    agree(kind_named(name), events, as_of, options)


@pytest.mark.parametrize("name", ["pandas", "pyarrow", "DuckDB"])
@settings(max_examples=2)
@given(events=logs(60), as_of=MOMENTS, options=OPTIONS)
def test_extra_columns_are_the_same_where_each_call_is_slow(
    name: str, events: list[Event], as_of: dt.datetime, options: dict[str, Any]
) -> None:
    agree(kind_named(name), events, as_of, options)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
@given(events=logs(60), as_of=MOMENTS, options=OPTIONS)
def test_extra_columns_of_many_logs_are_the_same_on_every_kind_of_frame(
    kind: FrameKind, events: list[Event], as_of: dt.datetime, options: dict[str, Any]
) -> None:
    agree(kind, events, as_of, options)


@settings(max_examples=8)
@given(events=logs(), moments=st.lists(MOMENTS, min_size=1, max_size=3))
def test_attached_extra_columns_are_those_as_of_the_moment_of_each_row(
    events: list[Event], moments: list[dt.datetime]
) -> None:
    rows = [(account, moment) for account in "ABC" for moment in moments]
    accounts = pl.DataFrame(rows, schema=["account_id", "moment"], orient="row")
    log = ContactLog(typed(POLARS, events), codes=CODES)
    for row in log.attach(accounts, as_of_column="moment", extra=True).iter_rows(named=True):
        expected = slow_extra(events, row["moment"]).get(row["account_id"], EXTRA)
        assert {name: row[name] for name in EXTRA} == expected


LOG = [
    Event("A", START, "conversation"),
    Event("A", START + dt.timedelta(2), "promise", 5_000, 3),
    Event("A", START + dt.timedelta(3), "payment", 5_000),
    Event("A", START + dt.timedelta(4), "promise", 5_000, 1),
    Event("A", START + dt.timedelta(20), "no_answer"),
    Event("B", START + dt.timedelta(5), "letter_sent"),
]
AS_OF = START + dt.timedelta(27, hours=5)


@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
def test_accounts_get_the_named_columns_and_their_defaults(kind: FrameKind) -> None:
    names = [
        "share_of_promises_kept",
        "days_since_payment",
        "call_attempts_7_days",
        "letter_attempts_30_days",
    ]
    accounts = kind.make({"account_id": ["A", "B", "C"]})
    attached = ContactLog(typed(kind, LOG), codes=CODES).attach(accounts, AS_OF, extra=names)
    found = rows_of(kind, attached)
    assert {account: [row[name] for name in names] for account, row in found.items()} == {
        "A": [0.5, 24, 1, 0],
        "B": [None, None, 0, 1],
        "C": [None, None, 0, 0],
    }
    assert all(list(row) == [*FIELDS, *names] for row in found.values())


@pytest.mark.parametrize("kind", [kind for kind in FAST if kind.lazy], ids=lambda kind: kind.name)
def test_an_invalid_event_of_a_lazy_log_makes_the_extra_columns_null(kind: FrameKind) -> None:
    events: Columns = {
        "account_id": ["A", "A", "B"],
        "happened_at": [START] * 3,
        "event": ["visit", "XX", "visit"],
    }
    found = rows_of(kind, ContactLog(kind.make(events)).fields(AS_OF, extra=["visit_attempts_30_days"]))
    assert [found[account]["visit_attempts_30_days"] for account in "AB"] == [None, 1]


def test_extra_columns_are_off_by_default_and_named_in_errors() -> None:
    log = ContactLog(typed(POLARS, LOG), codes=CODES)
    assert log.fields(AS_OF).columns == ["account_id", *FIELDS]
    assert log.fields(AS_OF, extra=[]).columns == ["account_id", *FIELDS]
    for wrong in ("days_since_contact", 7, None):
        with pytest.raises(ArgumentError, match="extra must be True, False or a list of names, not"):
            log.fields(AS_OF, extra=wrong)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="'days_since_contacts'; did you mean 'days_since_contact'"):
        log.fields(AS_OF, extra=["days_since_contacts"])
    accounts = pl.DataFrame({"account_id": ["A"], "days_since_contact": [1]})
    with pytest.raises(ColumnNameError, match="'days_since_contact': the accounts already have this column"):
        log.attach(accounts, AS_OF, extra=True)
