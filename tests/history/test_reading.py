"""Columns of a log and of a ledger are read by what they contain, however their library stores it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from collectrisk.errors import HistoryTypeError
from collectrisk.history import ContactLog, arrears

AT = dt.datetime(2026, 10, 1, 10)
EVENTS = pd.DataFrame({"account_id": [11, 11, 12], "happened_at": [AT] * 3, "event": ["no_answer"] * 3})


def calls(events: pd.DataFrame, **options: Any) -> dict[str, list[Any]]:
    """Return the ids of a log's accounts and their failed calls."""
    fields = ContactLog(events, **options).fields("2026-11-01")
    return {str(name): fields[name].tolist() for name in ("account_id", "failed_calls")}


@pytest.mark.parametrize("kind", ["category", "object"])
def test_ids_that_are_whole_numbers_stay_numbers_as_categories_and_as_objects(kind: str) -> None:
    assert calls(EVENTS.astype({"account_id": kind})) == {"account_id": [11, 12], "failed_calls": [2, 1]}
    # The accounts are found although only one of the frames has plain numbers.
    accounts = pd.DataFrame({"account_id": pd.Series([12, 13], dtype=kind)})
    attached = ContactLog(EVENTS).attach(accounts, as_of="2026-11-01")
    assert attached["failed_calls"].tolist() == [1, 0]
    assert attached["account_id"].dtype == kind
    due = pd.DataFrame({"account_id": [11], "due_on": [AT], "amount_due": [9.0]})
    paid = pd.DataFrame({"account_id": [11], "paid_on": [AT], "amount_paid": [4.0]})
    result = arrears(due.astype({"account_id": kind}), paid, as_of="2026-11-01")
    assert result.to_dict("records") == [{"account_id": 11, "amount_overdue": 5.0, "days_past_due": 31}]


def test_codes_that_are_whole_numbers_have_the_same_meaning_as_categories_and_as_objects() -> None:
    for kind in ("int64", "category", "object"):
        events = EVENTS.assign(event=pd.Series([7, 7, 8], dtype=kind))
        found = calls(events, codes={7: "no_answer", 8: "visit"})
        assert found == {"account_id": [11, 12], "failed_calls": [2, 0]}


def test_times_and_amounts_may_be_categories() -> None:
    events = EVENTS.assign(event=["promise", "payment", "payment"], amount=5.0, due_on=AT)
    events = events.astype({"happened_at": "category", "amount": "category", "due_on": "category"})
    assert ContactLog(events).fields("2026-11-01")["broken_promises"].tolist() == [0, 0]


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT], ids=str)
def test_an_amount_among_objects_may_be_missing_in_any_way(missing: Any) -> None:
    events = EVENTS.assign(
        event=["promise", "payment", "no_answer"],
        due_on=AT,
        amount=pd.Series([missing, 5, missing], dtype=object),
    )
    assert ContactLog(events).fields("2026-11-01")["broken_promises"].tolist() == [0, 0]


def test_an_amount_among_objects_may_be_larger_than_any_integer_of_a_frame() -> None:
    events = EVENTS.assign(event="payment", amount=pd.Series([1, 2**70, 2], dtype=object))
    (problem,) = ContactLog(events).check().problems
    assert (problem.column, problem.rows) == ("amount", ((1, float(2**70)),))


@pytest.mark.parametrize("name", ["America/New_York", "Etc/GMT+4", "Asia/Ho_Chi_Minh"])
def test_times_of_pandas_may_be_in_a_zone_of_any_name(name: str) -> None:
    """23:30 of 30 September in UTC is on that day in America, and on the next in Asia."""
    moment = pd.Timestamp("2026-09-30 23:30", tz="UTC")
    events = EVENTS.assign(happened_at=pd.Series([moment] * 3).dt.tz_convert(name))
    days = {zone: ContactLog(events, zone=zone).check().known_until for zone in ("UTC", name)}
    assert days["UTC"] == dt.datetime(2026, 9, 30, 23, 30)
    assert days[name] == moment.tz_convert(name).tz_localize(None)
    with pytest.raises(HistoryTypeError, match=r"'happened_at'.*have a UTC offset: pass zone"):
        ContactLog(events)


def test_ids_with_a_decimal_point_are_an_error_that_says_how_to_convert_them() -> None:
    message = r"'account_id' must be text or whole numbers;.*some are missing.*\.astype\(\"Int64\"\)"
    for ids in (pd.Series([11.0, None, 12.0]), pd.Series([11.0, 11.0, 12.0]).astype("category")):
        with pytest.raises(HistoryTypeError, match=message):
            ContactLog(EVENTS.assign(account_id=ids))


def test_amounts_as_text_are_an_error_that_says_how_to_convert_them() -> None:
    events = pl.from_pandas(EVENTS.assign(event="payment")).with_columns(amount=pl.lit("5,00"))
    with pytest.raises(
        HistoryTypeError, match=r"'amount' must be numbers;.*text: convert it first.*cast\(pl"
    ):
        ContactLog(events)


def test_a_missing_code_is_one_problem() -> None:
    events = EVENTS.assign(event=pd.Series(["no_answer", None, "XX"]))
    problems = ContactLog(events).check().problems
    assert [(each.count, [row for row, _ in each.rows]) for each in problems] == [(1, [1]), (1, [2])]
    assert problems[1].hint == "; 'XX' (1 row)"


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_ids_beyond_the_integers_of_64_bits_are_an_error(make: Any) -> None:
    events = {"account_id": np.array([1, 2**63], np.uint64), "happened_at": [AT] * 2, "event": ["visit"] * 2}
    with pytest.raises(
        HistoryTypeError, match=r"'account_id' must be .*more than 64 bits.*convert it to text"
    ):
        ContactLog(make(events))
    events["account_id"] = np.array([1, 2**63 - 1], np.uint64)
    assert len(ContactLog(make(events)).of(2**63 - 1, "2026-11-01").events) == 1


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_a_log_without_events_may_have_ids_of_any_integer_type(make: Any) -> None:
    events = make({"account_id": np.array([], np.uint64), "happened_at": [], "event": []})
    assert ContactLog(events).check().rows == 0
