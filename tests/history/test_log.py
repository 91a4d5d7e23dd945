"""A log reports all of its problems, and refuses to compute fields from them."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from frame_kinds import Columns, FrameKind, kind_named

from collectrisk.errors import (
    ArgumentError,
    ColumnNameError,
    HistoryTypeError,
    InvalidHistoryError,
    MissingColumnError,
)
from collectrisk.history import ATTITUDE_RULES, AttitudeRule, ContactLog, EventKind, arrears
from collectrisk.history import KINDS as EVENT_KINDS
from collectrisk.history._fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AT = dt.datetime(2026, 10, 1, 10)
FAST = [kind_named(name) for name in ("pandas", "polars", "pyarrow", "polars lazy", "DuckDB")]


def log_of(*rows: Sequence[Any], names: str = "account_id happened_at event", **options: Any) -> ContactLog:
    """Return a log of rows as a polars frame."""
    return ContactLog(pl.DataFrame(list(rows), schema=names.split(), orient="row"), **options)


def test_a_check_reports_every_problem_at_once() -> None:
    names = "account_id happened_at event recorded_at amount due_on channel event_id"
    day = dt.date(2026, 10, 9)
    log = log_of(
        ("A", AT, "NA", AT, None, None, None, 1),
        (None, AT, "no_answer", AT, None, None, None, 2),
        ("A", None, "XX", AT, None, None, None, 3),
        ("A", AT, "XX", None, None, None, None, 4),
        ("A", AT, "YY", AT, None, None, "phone", 5),
        ("A", AT, "payment", AT, None, None, None, 5),
        ("A", AT, "promise", AT, -5.0, None, None, 6),
        ("A", AT, "promise", AT, 5.0, AT.date() - dt.timedelta(1), None, 7),
        ("A", AT, "promise", AT, float("nan"), day, None, None),
        ("A", AT, "promise", AT, None, day, "sms", None),
        ("A", AT, "promise", AT, None, day, "sms", None),
        names=names,
        codes={"NA": "no_answer"},
    )
    check = log.check(as_of="2026-10-01")
    found = {(each.column, each.count, tuple(row for row, _ in each.rows)) for each in check.problems}
    assert found == {
        ("account_id", 1, (1,)),
        ("happened_at", 1, (2,)),
        ("happened_at", 10, (0, 1, 3, 4, 5)),
        ("recorded_at", 1, (3,)),
        ("event", 3, (2, 3, 4)),
        ("channel", 1, (4,)),
        ("amount", 1, (5,)),
        ("amount", 2, (6, 8)),
        ("due_on", 2, (6, 7)),
        ("event_id", 2, (4, 5)),
    }
    assert not check.ok
    assert (check.rows, check.repeated_rows, check.has_recorded_at) == (11, 1, True)
    assert check.kinds == {"no_answer": 2, "promise": 5, "payment": 1}
    assert "(row 2: 'XX', row 3: 'XX', row 4: 'YY'); 'XX' (2 rows), 'YY' (1 row)" in str(check)
    with pytest.raises(InvalidHistoryError) as caught:
        log.fields("2026-11-01")
    assert {each.column for each in caught.value.problems} == {name for name, _, _ in found}


@pytest.mark.parametrize("kind", [kind for kind in FAST if kind.lazy], ids=lambda kind: kind.name)
def test_a_lazy_log_is_checked_without_rows_and_gives_nulls(kind: FrameKind) -> None:
    events: Columns = {
        "account_id": ["A", "A", "B", "C", "C"],
        "happened_at": [AT, AT, AT, AT, dt.datetime(2026, 12, 1)],
        "event": ["no_answer", "XX", "no_answer", "no_answer", "YY"],
        "event_id": [1, 2, 3, 3, 4],
    }
    log = ContactLog(kind.make(events))
    check = log.check(as_of="2026-11-01")
    assert [(each.column, each.count, each.rows) for each in check.problems] == [
        ("event", 2, ()),
        ("event_id", 2, ()),
        ("happened_at", 1, ()),
    ]
    assert "3 problems:\n- column 'event' must be a code" in str(check)
    assert "2 invalid rows; 'XX' (1 row), 'YY' (1 row)" in str(check)
    assert (check.rows, check.repeated_rows) == (5, 0)
    plain = kind.plain(log.fields("2026-11-01"), "account_id")
    assert plain["failed_calls"] == [None, 1, 1]
    assert plain["attitude"] == [None, "unknown", "unknown"]
    assert plain["repayment_plan"] == [None, False, False]


def test_a_sound_log_has_no_problems() -> None:
    events = {"account_id": ["A", "A"], "happened_at": [AT, AT], "event": ["visit", "visit"]}
    for log in (ContactLog(pl.DataFrame(events)), ContactLog(pl.LazyFrame(events))):
        check = log.check()
        assert check.ok
        assert str(check).splitlines() == [
            "2 rows: 2 visit",
            "1 rows repeat an earlier one",
            "known until 2026-10-01 10:00",
            "there is no column 'recorded_at': events count from the moment when they happened",
            "0 problems",
        ]


@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
def test_a_log_is_known_until_its_latest_event_or_earlier_by_what_was_recorded(kind: FrameKind) -> None:
    later = AT + dt.timedelta(days=300, microseconds=5)
    events: Columns = {"account_id": ["A", "A"], "happened_at": [AT, later], "event": ["visit", "visit"]}
    assert ContactLog(kind.make(events)).check().known_until == later
    entered = ContactLog(kind.make({**events, "recorded_at": [AT, AT + dt.timedelta(1)]}))
    assert entered.check().known_until == AT + dt.timedelta(1)
    loaded = ContactLog(kind.make({**events, "recorded_at": [later + dt.timedelta(1)] * 2}))
    assert loaded.check().known_until == later


def test_many_unmapped_codes_are_listed_by_frequency() -> None:
    rows = [("A", AT, f"X{number:02}") for number in range(25)] + [("A", AT, "X24")]
    (problem,) = log_of(*rows).check().problems
    assert problem.count == 26
    assert problem.hint.startswith("; 'X24' (2 rows), 'X00' (1 row), 'X01' (1 row)")
    assert problem.hint.endswith("'X18' (1 row) and 5 more")


def test_an_empty_log_has_no_fields_and_no_problems() -> None:
    types = {"account_id": pl.String, "happened_at": pl.Datetime, "event": pl.String}
    log = ContactLog(pl.DataFrame(schema=types), zone="Europe/Rome")
    assert str(log.check()).startswith("0 rows: no events\n0 rows repeat an earlier one\nthere is no")
    assert log.fields("2026-11-01").shape == (0, 1 + len(FIELDS))
    accounts = pl.DataFrame({"account_id": ["A"]})
    assert log.attach(accounts, "2026-11-01").rows() == [("A", *FIELDS.values())]


def test_codes_may_be_numbers_and_kinds_of_your_own() -> None:
    hung_up = EventKind("hung_up", "Hung up.", channel="phone_call", failed=True, shows="evasive")
    log = log_of(("A", AT, 7), ("A", AT, 8), codes={7: hung_up, "8": "message_sent"})
    assert log.fields("2026-11-01").row(0, named=True) == {
        "account_id": "A",
        **FIELDS,
        "failed_messages": 1,
        "failed_calls": 1,
        "attitude": "evasive",
    }
    assert log_of(("A", AT, "hung_up"), codes={"x": hung_up}).check().kinds == {"hung_up": 1}


def test_a_promise_needs_a_column_with_due_dates() -> None:
    (problem,) = log_of(("A", AT, "promise")).check().problems
    assert problem.describe().startswith("column 'event' must be not a promise in a log without the column")


@pytest.mark.parametrize("kind", FAST[:4], ids=lambda kind: kind.name)
def test_without_amounts_any_payment_keeps_a_promise(kind: FrameKind) -> None:
    events: Columns = {
        "account_id": ["A", "A", "B"],
        "happened_at": [AT, AT + dt.timedelta(2), AT],
        "event": ["promise", "payment", "promise"],
        "due_on": [AT.date() + dt.timedelta(3)] * 3,
    }
    plain = kind.plain(ContactLog(kind.make(events)).fields("2026-11-01"), "account_id")
    assert plain["broken_promises"] == [0, 1]


def broken_if_paid(promised: float, *paid: float, **options: Any) -> bool:
    """Return whether a promise is broken if these payments are all that follows."""
    names, due = "account_id happened_at event amount due_on", dt.date(2026, 10, 10)
    payments = [("A", AT + dt.timedelta(hours=hour), "payment", cash, None) for hour, cash in enumerate(paid)]
    log = log_of(("A", AT, "promise", promised, due), *payments, names=names, **options)
    return bool(log.fields("2026-11-01")["broken_promises"][0])


def test_a_promise_that_is_kept_to_the_cent_does_not_fail_by_a_rounding_error() -> None:
    """In floats, ten times 0.1 is less than 1, and 0.1 + 0.7 is less than 0.8."""
    assert 0.1 + 0.7 < 0.8
    assert not broken_if_paid(1.0, *[0.1] * 10)
    assert not broken_if_paid(0.8, 0.1, 0.7)
    assert broken_if_paid(0.8, 0.1, 0.69)


def test_a_share_of_a_promise_is_not_lowered_by_a_rounding_error() -> None:
    """In floats, 0.29 times 100 is less than 29."""
    assert not broken_if_paid(1.0, 0.29, kept_share=0.29)
    assert broken_if_paid(1.0, 0.28, kept_share=0.29)


def test_amounts_are_compared_in_the_smallest_unit_of_the_currency() -> None:
    """A dinar has a thousand fils: 0.042 three times is 0.126, but only 0.12 in hundredths."""
    assert not broken_if_paid(0.126, *[0.042] * 3, decimals=3)
    assert broken_if_paid(0.126, *[0.042] * 3)
    assert broken_if_paid(0.126, 0.125, decimals=3)
    assert not broken_if_paid(0.126, 0.125)


@pytest.mark.parametrize(("as_of", "broken"), [("2026-10-13", 0), ("2026-10-14", 1)])
def test_a_promise_is_pending_until_its_due_date_and_the_grace_are_over(as_of: str, broken: int) -> None:
    names = "account_id happened_at event due_on"
    log = log_of(("A", AT, "promise", dt.date(2026, 10, 10)), names=names)
    assert log.fields(as_of)["broken_promises"].to_list() == [broken]


def test_a_returned_payment_does_not_keep_a_promise() -> None:
    names, due = "account_id happened_at event amount due_on", dt.date(2026, 10, 10)
    rows = [
        ("A", AT, "promise", 50.0, due),
        ("A", AT + dt.timedelta(1), "payment", 50.0, None),
        ("A", AT + dt.timedelta(20), "payment", -50.0, None),
        ("A", AT + dt.timedelta(21), "payment", 50.0, None),
    ]
    log = log_of(*rows, names=names)
    broken = [log.fields(as_of)["broken_promises"][0] for as_of in ("2026-10-20", "2026-10-22", "2026-10-31")]
    assert broken == [0, 1, 1]


def test_payments_and_promises_are_not_multiplied_by_contacts() -> None:
    names, due = "account_id happened_at event amount due_on", dt.date(2026, 10, 10)
    calls = [("A", AT + dt.timedelta(hours=hour), "no_answer", None, None) for hour in range(30)]
    promise = ("A", AT, "promise", 90.0, due)
    paid = [("A", AT + dt.timedelta(day), "payment", 30.0, None) for day in (1, 2)]
    fields = log_of(promise, *paid, *calls, names=names).fields("2026-11-01")
    assert (fields["broken_promises"][0], fields["failed_calls"][0]) == (1, 0)


@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
def test_days_are_days_of_the_calendar_in_the_zone(kind: FrameKind) -> None:
    """The midnight of 1 November in Shanghai is 16:00 of 31 October in UTC."""
    midnight = dt.datetime(2026, 10, 31, 16, tzinfo=dt.UTC)
    events: Columns = {
        "account_id": ["A", "B"],
        "happened_at": [midnight - dt.timedelta(seconds=1), midnight],
        "event": ["no_answer", "no_answer"],
    }
    log = ContactLog(kind.make(events), zone="Asia/Shanghai", failed_since=1)
    assert kind.plain(log.fields("2026-11-01"))["account_id"] == ["A"]
    assert kind.plain(log.fields("2026-11-02"), "account_id")["failed_calls"] == [0, 1]


MIDNIGHT = dt.datetime(2026, 9, 30, 22, tzinfo=dt.UTC)
"""A midnight in Rome."""


def few_results(kind: FrameKind) -> list[Any]:
    """Return results that depend on which of three minutes around a midnight are on the next day."""
    moments = [MIDNIGHT + dt.timedelta(minutes=minutes) for minutes in (-1, 0, 1)]
    events: Columns = {
        "account_id": ["A", "B", "C"],
        "happened_at": moments,
        "recorded_at": [moment + dt.timedelta(hours=1) for moment in moments],
        "event": ["no_answer", "no_answer", "visit"],
    }
    log = ContactLog(kind.make(events), zone="Europe/Rome", failed_since=0)
    accounts = kind.make({"account_id": list("ABC"), "at": [dt.datetime(2026, 10, 1)] * 3})
    found = log.outcomes("visit", accounts, after="at", within_days=1, known_until="2026-10-02")
    return [
        kind.plain(each, "account_id")
        for each in (found, log.fields(MIDNIGHT + dt.timedelta(hours=1)), log.fields("2026-10-02"))
    ]


def other_results(kind: FrameKind) -> list[Any]:
    """Return the results of the other methods."""
    events: Columns = {
        "account_id": ["A", "A"],
        "happened_at": [MIDNIGHT, MIDNIGHT + dt.timedelta(3)],
        "event": ["promise", "payment"],
        "due_on": [dt.date(2026, 10, 1)] * 2,
        "amount": [5.0] * 2,
    }
    log = ContactLog(kind.make(events), zone="Europe/Rome", grace_days=2)
    accounts = kind.make({"account_id": ["A"], "at": [dt.datetime(2026, 10, 4)]})
    due = kind.make({"account_id": ["A"], "due_on": [MIDNIGHT], "amount_due": [9.0]})
    paid = kind.make({"account_id": ["A"], "paid_on": [MIDNIGHT], "amount_paid": [4.0]})
    frames = [
        log.attach(accounts, as_of_column="at"),
        log.snapshots(from_="2026-09-01", until="2026-11-01"),
        *(arrears(due, paid, as_of=f"2026-10-0{day}", zone="Europe/Rome") for day in (1, 2)),
    ]
    of = log.of("A", as_of="2026-10-04")
    return [*(kind.plain(each) for each in frames), str(of), of.fields, log.check(as_of="2026-10-01")]


@pytest.mark.exhaustive
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of the process cannot be changed")
@pytest.mark.parametrize(
    ("results", "kind"),
    [
        *(pytest.param(few_results, kind, id=kind.name) for kind in FAST),
        pytest.param(other_results, FAST[1], id="others"),
        *(
            pytest.param(other_results, kind, marks=pytest.mark.exhaustive, id=f"others {kind.name}")
            for kind in FAST
        ),
    ],
)
def test_the_zone_of_the_machine_changes_nothing(
    results: Callable[[FrameKind], list[Any]], kind: FrameKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_zone(zone: str) -> list[Any]:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        return results(kind)

    try:
        assert in_zone("Pacific/Kiritimati") == in_zone("America/New_York")
        assert time.tzname == ("EST", "EDT")
    finally:
        monkeypatch.undo()
        time.tzset()


MARCH, OCTOBER = dt.datetime(2026, 3, 29, 2, 30), dt.datetime(2026, 10, 25, 2, 30)


@pytest.mark.parametrize("name", ["pandas", "polars", "pyarrow"])
def test_local_times_that_do_not_exist_or_exist_twice_are_problems_that_name_rows(name: str) -> None:
    kind = kind_named(name)
    hour = dt.timedelta(minutes=30)
    times = [MARCH, OCTOBER, MARCH - hour, MARCH + hour, OCTOBER - hour, OCTOBER + hour, None]
    events: Columns = {
        "account_id": ["A"] * 7,
        "happened_at": times,
        "recorded_at": [AT] * 7,
        "event": ["visit"] * 7,
    }
    log = ContactLog(kind.make(events), zone="Europe/Rome")
    found = [(each.requirement, [row for row, _ in each.rows]) for each in log.check().problems]
    assert found == [
        ("a date or time", [6]),
        ("a local time that exists", [0, 2]),
        ("a local time that exists once", [1, 4]),
    ]
    assert 'clocks change in Europe/Rome: pass times with a UTC offset, or clock_changes="keep"' in str(
        log.check()
    )
    sound = {name: values[:6] for name, values in events.items()}
    kept = ContactLog(kind.make(sound), zone="Europe/Rome", clock_changes="keep")
    assert kept.check().ok
    assert kind.plain(kept.fields("2026-11-01"))["account_id"] == ["A"]


def test_text_is_not_a_time_and_the_error_says_how_to_parse_it() -> None:
    with pytest.raises(
        HistoryTypeError, match="'happened_at' must be dates or times; the column contains text"
    ):
        log_of(("A", "2026-10-01", "visit"))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"codes": ["NA"]}, "codes must be a mapping of codes to kinds of events, not a list"),
        (
            {"codes": {"NA": "no_anwser"}},
            "codes must map 'NA' to .*not 'no_anwser'; did you mean 'no_answer'",
        ),
        ({"codes": {"NA": 1}}, "codes must map 'NA' to .*not 1"),
        ({"grace_days": -1}, "grace_days must be a whole number"),
        ({"kept_share": 0}, "kept_share must be a number above 0 and up to 1, not 0"),
        ({"kept_share": "all"}, "kept_share must be a number"),
        ({"failed_since": "ever"}, "failed_since must be one of last_result, not 'ever'"),
        ({"failed_since": -1}, "failed_since must be a whole number"),
        ({"attitude_rules": ["hostile"]}, "attitude_rules must be a list of AttitudeRule"),
        ({"attitude_rules": 5}, "attitude_rules must be a list of AttitudeRule"),
        ({"decimals": 5}, "decimals must be a whole number from 0 to 4, not 5"),
        ({"clock_changes": "shift"}, "clock_changes must be one of raise, keep, not 'shift'"),
        ({"zone": "Rome"}, "zone must be the name of a time zone"),
        ({"columns": {"acct": "a"}}, "columns must name one of account_id"),
        ({"columns": {"event": ["a"]}}, "columns must be the name of a column, not a list"),
    ],
)
def test_a_wrong_argument_is_rejected_by_name(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        log_of(("A", AT, "visit"), **wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"attitude": "angry"}, "attitude must be one of cooperative, .*not 'angry'"),
        ({"shows": None}, "shows must be one of"),
        ({"shows": "unknown"}, "shows must not be unknown: no event is a sign of it"),
        ({"least": 0}, "least must be a whole number, 1 or more, not 0"),
        ({"source": 4}, "source must be text, not 4"),
    ],
)
def test_a_wrong_rule_is_rejected_by_name(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        AttitudeRule(**{"attitude": "hostile", "shows": "hostile", "least": 1, "source": "house", **wrong})


def test_the_rules_of_the_attitude_can_be_replaced() -> None:
    rows = [("A", AT, "refusal"), ("B", AT, "payment"), ("C", AT, "no_answer")]
    assert log_of(*rows[::2]).fields("2026-11-01")["attitude"].to_list() == ["passive", "unknown"]
    strict = [AttitudeRule("hostile", "hostile", 1, "house"), *ATTITUDE_RULES]
    assert log_of(*rows[::2], attitude_rules=strict).fields("2026-11-01")["attitude"][0] == "hostile"
    assert log_of(rows[0], attitude_rules=[]).fields("2026-11-01")["attitude"][0] == "unknown"


def test_silence_never_makes_anybody_evasive_or_hostile() -> None:
    silent = [name for name, kind in EVENT_KINDS.items() if kind.failed and not kind.reached]
    rows = [("A", AT + dt.timedelta(hours=hour), silent[hour % len(silent)]) for hour in range(200)]
    assert log_of(*rows).fields("2026-11-01")["attitude"][0] == "unknown"


ACCOUNTS: Columns = {"account_id": ["B", "A", "A", "Z"], "snapshot": [AT, AT, dt.datetime(2026, 9, 1), AT]}


@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
def test_accounts_get_their_fields_as_of_a_moment_or_one_in_each_row(kind: FrameKind) -> None:
    events: Columns = {
        "account_id": ["A", "A", "B", "C"],
        "happened_at": [dt.datetime(2026, 8, 1), dt.datetime(2026, 9, 2), dt.datetime(2026, 9, 3), AT],
        "event": ["no_answer", "no_answer", "refusal", "visit"],
    }
    log = ContactLog(kind.make(events))
    order = None if not kind.lazy else "account_id"
    rows = log.attach(kind.make(ACCOUNTS), as_of_column="snapshot")
    plain = kind.plain(rows, order)
    found = sorted(
        zip(plain["account_id"], plain["snapshot"], plain["failed_calls"], plain["attitude"], strict=True)
    )
    assert found == [
        ("A", dt.datetime(2026, 9, 1), 1, "unknown"),
        ("A", AT, 2, "unknown"),
        ("B", AT, 1, "passive"),
        ("Z", AT, 0, "unknown"),
    ]
    same = kind.plain(log.attach(kind.make(ACCOUNTS), "2026-09-03"), order)
    assert list(same) == [*ACCOUNTS, *FIELDS]
    assert dict(zip(same["account_id"], same["failed_calls"], strict=True)) == {"B": 0, "A": 2, "Z": 0}
    if not kind.lazy:
        assert plain["account_id"] == same["account_id"] == ACCOUNTS["account_id"]


def test_a_lazy_account_without_id_or_moment_gets_nulls_and_an_eager_one_is_an_error() -> None:
    events = {"account_id": ["A"], "happened_at": [AT], "event": ["visit"]}
    accounts = {"account_id": ["A", None], "snapshot": [None, AT]}
    types = {"account_id": pl.String, "snapshot": pl.Datetime}
    lazy = ContactLog(pl.LazyFrame(events)).attach(pl.LazyFrame(accounts, types), as_of_column="snapshot")
    assert lazy.collect()["failed_calls"].to_list() == [None, None]
    with pytest.raises(
        InvalidHistoryError, match=r"'account_id' must be known.*\n.*'snapshot' must be a date"
    ):
        ContactLog(pl.DataFrame(events)).attach(pl.DataFrame(accounts, types), as_of_column="snapshot")


def test_a_pandas_frame_of_accounts_keeps_its_index() -> None:
    log = ContactLog(pd.DataFrame({"account_id": ["A"], "happened_at": [AT], "event": ["no_answer"]}))
    accounts = pd.DataFrame({"account_id": ["B", "A"], "x": [1, 2]}, index=[7, 7])
    attached = log.attach(accounts, "2026-11-01")
    assert attached.index.tolist() == [7, 7]
    assert attached["failed_calls"].tolist() == [0, 1]
    assert [str(attached[name].dtype) for name in ("failed_calls", "repayment_plan")] == ["int64", "bool"]


def test_strange_names_of_columns_stay() -> None:
    relation = duckdb.sql(
        "SELECT 'A' AS acct, TIMESTAMPTZ '2026-10-01 10:00:00+00' AS t, 'visit' AS event, 1 AS \"a b\""
    )
    log = ContactLog(relation, columns={"account_id": "acct", "happened_at": "t"}, zone="Europe/Rome")
    attached = log.attach(relation, as_of_column="t")
    assert attached.columns == ["acct", "t", "event", "a b", *FIELDS]
    assert log.fields("2026-11-01").fetchall() == [("A", 0, 0, 0, "unknown", False, False)]


def test_accounts_are_refused_with_the_reason() -> None:
    log = log_of(("A", AT, "visit"))
    accounts = pl.DataFrame({"account_id": ["A"]})
    with pytest.raises(ArgumentError, match="as_of or as_of_column must be given, and not both"):
        log.attach(accounts)
    with pytest.raises(ArgumentError, match="as_of or as_of_column must be given"):
        log.attach(accounts, "2026-11-01", as_of_column="snapshot")
    with pytest.raises(ColumnNameError, match="'failed_calls': the accounts already have this column"):
        log.attach(accounts.with_columns(failed_calls=1), "2026-11-01")
    with pytest.raises(ColumnNameError, match="'__collectrisk_row': the accounts already have this column"):
        log.attach(accounts.with_columns(__collectrisk_row=1), "2026-11-01")
    with pytest.raises(ArgumentError, match=r"as_of_column must be a column of .* not 'acount_id'; did"):
        log.attach(accounts, as_of_column="acount_id")
    with pytest.raises(MissingColumnError, match="'account_id' is missing; the accounts need the column"):
        log.attach(accounts.rename({"account_id": "id"}), "2026-11-01")
    with pytest.raises(ArgumentError, match="accounts must be a frame of the same kind as the events"):
        log.attach(accounts.lazy(), "2026-11-01")
    with pytest.raises(HistoryTypeError, match="must be text, as in the events"):
        log.attach(pl.DataFrame({"account_id": [1]}), "2026-11-01")


def test_an_empty_frame_of_accounts_gets_the_columns() -> None:
    log = log_of(("A", AT, "visit"))
    assert log.attach(pl.DataFrame({"account_id": []}), "2026-11-01").shape == (0, 1 + len(FIELDS))
    in_zone = log_of(("A", AT, "visit"), zone="Europe/Rome")
    moments = pl.DataFrame({"account_id": [], "at": []}, schema_overrides={"at": pl.Datetime})
    assert in_zone.attach(moments, as_of_column="at").shape == (0, 2 + len(FIELDS))


@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
def test_accounts_that_do_not_match_the_log_are_counted(kind: FrameKind) -> None:
    events: Columns = {
        "account_id": ["A", "A", "C", "D", "D", None],
        "happened_at": [AT] * 6,
        "event": ["visit"] * 6,
    }
    log = ContactLog(kind.make(events))
    check = log.check(accounts=kind.make({"account_id": ["B", "A", "A", "E", "F"], "failed_calls": [1] * 5}))
    assert (check.unknown_accounts, check.accounts_without_events) == (2, 3)
    assert "\n2 accounts of the log are not among the accounts\n3 of the accounts have no events" in str(
        check
    )
    without = log.check()
    assert without.unknown_accounts is without.accounts_without_events is None
    assert "accounts" not in str(without)


@pytest.mark.parametrize("name", ["pandas", "polars", "pyarrow"])
def test_an_account_of_the_log_that_is_not_among_the_accounts_is_an_error_by_request(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    kind = kind_named(name)
    events: Columns = {"account_id": ["A", "B", "A", "C"], "happened_at": [AT] * 4, "event": ["visit"] * 4}
    log = ContactLog(kind.make(events))
    every, some = (kind.make({"account_id": list(ids)}) for ids in ("ABCD", "AB"))
    attached = log.attach(every, "2026-11-01", unknown_accounts="raise")
    assert kind.plain(attached) == kind.plain(log.attach(every, "2026-11-01"))
    assert kind.plain(log.attach(some, "2026-11-01"))["account_id"] == ["A", "B"]
    with pytest.raises(
        InvalidHistoryError, match="'account_id' must be one of the accounts; 1 invalid row"
    ) as caught:
        log.attach(some, "2026-11-01", unknown_accounts="raise")
    assert [row for row, _ in caught.value.problems[0].rows] == [3]
    assert 'pass unknown_accounts="ignore" to leave these events out' in str(caught.value)
    assert capfd.readouterr().err == ""  # where polars announces what it will change


def test_the_accounts_of_a_lazy_log_are_not_compared_when_fields_are_attached() -> None:
    events = {"account_id": ["A"], "happened_at": [AT], "event": ["visit"]}
    accounts = pl.LazyFrame({"account_id": ["A"]})
    with pytest.raises(ArgumentError, match=r"unknown_accounts must be \"ignore\" for a lazy log; check"):
        ContactLog(pl.LazyFrame(events)).attach(accounts, "2026-11-01", unknown_accounts="raise")
    with pytest.raises(ArgumentError, match="unknown_accounts must be one of ignore, raise, not 'drop'"):
        log_of(("A", AT, "visit")).attach(pl.DataFrame(events), "2026-11-01", unknown_accounts="drop")  # type: ignore[arg-type]
