"""The history of one account says which events made each field."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from event_logs import CODES, MOMENTS, START, Event, columns, logs
from frame_kinds import Columns, kind_named
from hypothesis import given, settings
from hypothesis import strategies as st

from collectrisk.errors import ArgumentError, InvalidHistoryError
from collectrisk.history import ContactLog
from collectrisk.history._fields import FIELDS

EVENTS = [
    Event("A", START, "message_sent"),
    Event("A", START + dt.timedelta(1), "promise", 5_000, 3),
    Event("A", START + dt.timedelta(2), "payment", 2_000),
    Event("A", START + dt.timedelta(3), "payment", -2_000),
    Event("A", START + dt.timedelta(8), "LM"),
    Event("A", START + dt.timedelta(9), "HU"),
    Event("A", START + dt.timedelta(10), "message_sent", channel="email"),
    Event("B", START, "agency_placed"),
]
AS_OF = START + dt.timedelta(30)
TYPES = {"recorded_at": pl.Datetime, "amount": pl.Float64, "due_on": pl.Date, "channel": pl.String}


def log_of(events: list[Event], **options: Any) -> ContactLog:
    return ContactLog(pl.DataFrame(columns(events), schema_overrides=TYPES), codes=CODES, **options)


@settings(max_examples=10)
@given(events=logs(), as_of=MOMENTS, since=st.sampled_from(["last_result", 5]))
def test_the_evidence_makes_the_fields(events: list[Event], as_of: dt.datetime, since: Any) -> None:
    log = log_of(events, failed_since=since)
    fields = {row["account_id"]: row for row in log.fields(as_of).iter_rows(named=True)}
    for account in "AB":
        history = log.of(account, as_of)
        expected = fields.get(account, FIELDS)
        assert history.fields == {name: expected[name] for name in FIELDS}
        for name in ("failed_messages", "failed_calls", "broken_promises"):
            assert len(history.evidence(name)) == history.fields[name]
        assert bool(history.evidence("attitude")) >= (history.fields["attitude"] != "unknown")
        for name in ("placed_with_agency", "repayment_plan"):
            assert bool(history.evidence(name)) >= history.fields[name]
        assert [each.at for each in history.events] == sorted(each.at for each in history.events)


ENGLISH = """\
Events of this account that were known as of 2026-01-31 00:00: 7
Attempts up to the last result, at 2026-01-03 00:00, do not count as failed.
messages and letters without a result: 1
  2026-01-11 00:00  message sent
calls without a result: 2
  2026-01-09 00:00  message left on voicemail
  2026-01-10 00:00  Hung up.
broken promises: 1
  2026-01-02 00:00  promise to pay, amount 50.00, due on 2026-01-05
attitude: evasive
  2026-01-10 00:00  Hung up.
placed with an agency: no
repayment plan: no"""


@pytest.mark.parametrize("make", [pl.DataFrame, pl.LazyFrame, pd.DataFrame, None])
def test_an_explanation_names_the_events_on_every_kind_of_frame(make: Any) -> None:
    frame = pl.DataFrame(columns(EVENTS), schema_overrides=TYPES)
    native = {pl.DataFrame: frame, pl.LazyFrame: frame.lazy(), None: duckdb.from_arrow(frame.to_arrow())}
    events = native[make] if make in native else frame.to_pandas()
    history = ContactLog(events, codes=CODES).of("A", AS_OF)
    assert history.explain() == str(history) == ENGLISH
    assert history.borrower(300, 20, attitude="hostile").failed_calls == 2
    assert history.borrower(300, 20).attitude == "evasive"


def test_an_explanation_in_chinese_has_the_same_lines() -> None:
    lines = log_of(EVENTS).of("A", AS_OF).explain("zh").splitlines()
    assert len(lines) == len(ENGLISH.splitlines())
    assert lines[8] == "  2026-01-02 00:00  承诺还款，金额 50.00，约定日期 2026-01-05"
    assert lines[0] == "截至 2026-01-31 00:00 该账户的已知事件：7 条"


def test_without_the_time_of_recording_the_explanation_says_so() -> None:
    events = pl.DataFrame({"account_id": [7], "happened_at": [START], "event": ["visit"]})
    text = ContactLog(events).of(7, AS_OF).explain()
    assert "The log does not say when events were recorded" in text
    assert ContactLog(events).of(8, AS_OF).fields == FIELDS


@pytest.mark.parametrize("name", ["pandas", "polars", "pyarrow", "polars lazy", "DuckDB"])
def test_an_account_is_named_as_in_the_log(name: str) -> None:
    events: Columns = {"account_id": [7], "happened_at": [START], "event": ["visit"]}
    log = ContactLog(kind_named(name).make(events))
    assert len(log.of(np.int64(7), AS_OF).events) == 1
    with pytest.raises(ArgumentError, match="account must be a whole number, as in the log, not text"):
        log.of("7", AS_OF)
    with pytest.raises(ArgumentError, match="account must be a whole number of at most 64 bits"):
        log.of(2**63, AS_OF)


def test_an_account_whose_id_is_text_may_be_named_by_a_number() -> None:
    events = pl.DataFrame({"account_id": ["7"], "happened_at": [START], "event": ["visit"]})
    assert len(ContactLog(events).of(np.int32(7), AS_OF).events) == 1
    assert ContactLog(events).of(2**70, AS_OF).events == ()


def test_promises_have_a_state() -> None:
    due = [Event("A", START, "promise", 100, 5), Event("A", START + dt.timedelta(1), "payment", 100)]
    due += [Event("A", START + dt.timedelta(20), "promise", 100, 12)]
    assert [each.state for each in log_of(due).of("A", AS_OF).events] == ["kept", None, "pending"]


def test_what_is_wrong_is_refused() -> None:
    log = log_of(EVENTS)
    with pytest.raises(ArgumentError, match="account must be text or a whole number, not a float"):
        log.of(1.5, AS_OF)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="account must be text or a whole number, not a bool"):
        log.of(True, AS_OF)
    with pytest.raises(ArgumentError, match="field must be one of failed_messages"):
        log.of("A", AS_OF).evidence("amount_overdue")
    with pytest.raises(ArgumentError, match="language must be one of en, zh"):
        log.of("A", AS_OF).explain("fr")  # type: ignore[arg-type]
    wrong = pl.LazyFrame({"account_id": ["A"], "happened_at": [START], "event": ["XX"]})
    with pytest.raises(InvalidHistoryError, match="'XX'"):
        ContactLog(wrong).of("A", AS_OF)
    assert ContactLog(wrong).of("B", AS_OF).events == ()


def test_failed_attempts_within_days_do_not_depend_on_results() -> None:
    history = log_of(EVENTS, failed_since=29).of("A", AS_OF)
    assert history.last_result is None
    assert [each.at for each in history.evidence("failed_messages")] == [START + dt.timedelta(10)]
    assert "Attempts up to" not in history.explain()


def test_the_events_have_their_person_and_contact_point() -> None:
    events = pl.DataFrame(
        {
            "account_id": ["A", "A"],
            "happened_at": [START, START + dt.timedelta(1)],
            "event": ["no_answer", "no_answer"],
            "person_id": [7, None],
            "phone": ["+1", None],
        }
    )
    history = ContactLog(events, columns={"contact_point": "phone"}, zone="Asia/Shanghai").of("A", AS_OF)
    assert [(each.person, each.contact_point) for each in history.events] == [("7", "+1"), (None, None)]
    assert str(history.zone) == "Asia/Shanghai"
    assert history.has_times


def test_a_history_says_whether_its_log_has_times_and_a_zone() -> None:
    days = pl.DataFrame({"account_id": ["A"], "happened_at": [START.date()], "event": ["no_answer"]})
    history = ContactLog(days).of("A", AS_OF)
    assert (history.has_times, history.zone) == (False, None)
