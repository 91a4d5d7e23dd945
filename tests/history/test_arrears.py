"""Arrears agree with a slow and obvious computation on every kind of frame, and bad ledgers are errors."""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from frame_kinds import KINDS, Columns, FrameKind, kind_named
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import DAYS, FIRST, ledgers, slow_arrears

from collectrisk.errors import (
    ArgumentError,
    HistoryTypeError,
    InvalidHistoryError,
    MissingColumnError,
    NotAFrameError,
)
from collectrisk.history import arrears

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = tuple[Any, ...]
D = dt.date

SUPPORTED = [kind for kind in KINDS if kind.name != "Dask"]
FAST = [kind_named(name) for name in ("pandas", "polars", "pyarrow", "polars lazy", "DuckDB")]
INSTALMENT_TYPES = pa.schema(
    [("account_id", pa.string()), ("due_on", pa.date32()), ("amount_due", pa.float64())]
)
PAYMENT_TYPES = pa.schema(
    [("account_id", pa.string()), ("paid_on", pa.date32()), ("amount_paid", pa.float64())]
)


def columns(rows: Sequence[Row], *names: str) -> dict[str, Any]:
    """Return rows as columns; amounts are in cents."""
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def tables(instalments: Sequence[Row], payments: Sequence[Row]) -> tuple[dict[str, Any], dict[str, Any]]:
    return (
        columns([(a, d, c / 100) for a, d, c in instalments], *INSTALMENT_TYPES.names),
        columns([(a, d, c / 100) for a, d, c in payments], *PAYMENT_TYPES.names),
    )


def by_account(kind: FrameKind, frame: Any) -> dict[Any, tuple[Any, ...]]:
    plain = kind.plain(frame, "account_id")
    assert list(plain) == ["account_id", "amount_overdue", "days_past_due"]
    values = zip(plain["amount_overdue"], plain["days_past_due"], strict=True)
    return dict(zip(plain["account_id"], values, strict=True))


def native(kind: FrameKind, plain: dict[str, Any], types: pa.Schema) -> Any:
    """Return a frame; one without rows has the types nevertheless."""
    if next(iter(plain.values())):
        return kind.make(plain)
    table = pa.table(plain, schema=types)
    empty = {
        "pandas": table.to_pandas,
        "polars": lambda: pl.from_arrow(table),
        "pyarrow": lambda: table,
        "polars lazy": lambda: pl.LazyFrame(pl.from_arrow(table)),
        "DuckDB": lambda: duckdb.from_arrow(table),
    }
    return empty[kind.name]()


@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
@settings(max_examples=15)
@given(ledger=ledgers(), as_of=DAYS, grace=st.sampled_from([0, 0, 1, 10]))
def test_arrears_are_those_of_paying_the_instalments_one_by_one(
    kind: FrameKind, ledger: Any, as_of: D, grace: int
) -> None:
    instalments, payments = tables(*ledger)
    result = arrears(
        native(kind, instalments, INSTALMENT_TYPES),
        native(kind, payments, PAYMENT_TYPES),
        as_of,
        grace_days=grace,
    )
    assert by_account(kind, result) == slow_arrears(ledger, as_of, grace)


LEDGER = (
    [
        ("A", D(2026, 7, 31), 10_000),
        ("A", D(2026, 8, 31), 10_000),
        ("A", D(2026, 8, 31), 750),
        ("A", D(2026, 9, 30), 10_000),
        ("A", D(2026, 11, 30), 10_000),
        ("B", D(2026, 10, 31), 8_000),
        ("C", D(2026, 11, 30), 5_000),
    ],
    [
        ("A", D(2026, 7, 10), 12_000),
        ("A", D(2026, 9, 15), 6_000),
        ("A", D(2026, 9, 20), 4_000),
        ("A", D(2026, 9, 24), -4_000),
        ("B", D(2026, 11, 1), 8_000),
        ("D", D(2026, 1, 1), 100),
    ],
)
EXPECTED = {"A": (127.5, 62), "B": (80.0, 1), "C": (0.0, 0), "D": (0.0, 0)}
AS_OF = D(2026, 11, 1)


@pytest.mark.parametrize("kind", SUPPORTED, ids=lambda kind: kind.name)
def test_every_kind_of_frame_gives_the_same_and_comes_back(kind: FrameKind) -> None:
    instalments, payments = map(kind.make, tables(*LEDGER))
    result = arrears(instalments, payments, as_of="2026-11-01")
    assert isinstance(result, type(instalments))
    assert by_account(kind, result) == EXPECTED


def polars_ledger() -> tuple[pl.DataFrame, pl.DataFrame]:
    instalments, payments = tables(*LEDGER)
    return pl.DataFrame(instalments), pl.DataFrame(payments)


def test_an_eager_frame_is_sorted_by_account_whatever_the_order_of_rows() -> None:
    instalments, payments = polars_ledger()
    expected = arrears(instalments, payments, AS_OF)
    assert expected["account_id"].is_sorted()
    for seed in range(3):
        rows = list(range(len(instalments)))
        random.Random(seed).shuffle(rows)  # noqa: S311  # an order, not a secret
        assert arrears(instalments[rows], payments.reverse(), AS_OF).equals(expected)


@pytest.mark.exhaustive
def test_the_zone_of_the_machine_changes_nothing() -> None:
    code = """
import datetime as dt, duckdb, pyarrow as pa
from collectrisk.history import arrears
utc = pa.timestamp("us", "UTC")
at = lambda *part: dt.datetime(*part, tzinfo=dt.timezone.utc)
days, times = [at(2026, 6, 29, 22)] * 2, [at(2026, 6, 30, 21, 59), at(2026, 6, 30, 22)]
due = pa.table({"account_id": ["A", "B"], "due_on": pa.array(days, utc), "amount_due": [5.0, 5.0]})
paid = pa.table({"account_id": ["A", "B"], "paid_on": pa.array(times, utc), "amount_paid": [1.0, 1.0]})
print(arrears(due, paid, "2026-07-01", zone="Europe/Rome").to_pylist())
lazy = arrears(duckdb.from_arrow(due), duckdb.from_arrow(paid), "2026-07-01", zone="Europe/Rome")
print(sorted(lazy.fetchall()))
"""
    for zone in ("Asia/Shanghai", "America/Los_Angeles"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "TZ": zone},
        )
        assert done.stdout.splitlines() == [
            "[{'account_id': 'A', 'amount_overdue': 4.0, 'days_past_due': 1}, "
            "{'account_id': 'B', 'amount_overdue': 5.0, 'days_past_due': 1}]",
            "[('A', 4.0, 1), ('B', 5.0, 1)]",
        ]


def test_cents_leave_no_rest() -> None:
    """0.1 + 0.2 - 0.3 is 5.6e-17 in floats."""
    due = pl.DataFrame({"account_id": ["A", "A"], "due_on": [FIRST, FIRST], "amount_due": [0.1, 0.2]})
    paid = pl.DataFrame({"account_id": ["A"], "paid_on": [FIRST], "amount_paid": [0.3]})
    assert arrears(due, paid, "2026-02-01").row(0) == ("A", 0.0, 0)


@pytest.mark.parametrize(("decimals", "overdue"), [(0, 1000.0), (1, 1000.1), (2, 1000.05), (3, 1000.05)])
@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
def test_amounts_are_rounded_to_the_unit_of_the_currency(
    kind: FrameKind, decimals: int, overdue: float
) -> None:
    """Halves away from zero: 0.25 with one decimal is 0.3, as a payment and as a reversal."""
    due: Columns = {"account_id": ["A", "B", "C"], "due_on": [FIRST] * 3, "amount_due": [1000.05, 1.0, 1.0]}
    paid: Columns = {
        "account_id": ["B", "C", "C"],
        "paid_on": [FIRST] * 3,
        "amount_paid": [0.25, 1.0, -0.25],
    }
    result = by_account(kind, arrears(kind.make(due), kind.make(paid), "2026-02-01", decimals=decimals))
    assert result["A"][0] == overdue
    if decimals == 1:
        assert (result["B"][0], result["C"][0]) == (0.7, 0.3)


@pytest.mark.parametrize(
    ("grace", "expected"), [(0, (30.0, 40)), (10, (20.0, 40)), (39, (20.0, 40)), (40, (0.0, 0))]
)
def test_days_past_due_are_counted_from_the_due_date_after_the_grace(
    grace: int, expected: tuple[float, int]
) -> None:
    as_of = FIRST + dt.timedelta(40)
    due = pl.DataFrame(
        {"account_id": ["A", "A"], "due_on": [FIRST, as_of - dt.timedelta(3)], "amount_due": [20.0, 10.0]}
    )
    paid = pl.DataFrame(schema={"account_id": pl.String, "paid_on": pl.Date, "amount_paid": pl.Float64})
    assert arrears(due, paid, as_of, grace_days=grace).row(0) == ("A", *expected)


@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
def test_a_datetime_also_counts_what_happened_earlier_on_its_day(kind: FrameKind) -> None:
    due: Columns = {"account_id": ["A"], "due_on": [D(2026, 1, 1)], "amount_due": [10.0]}
    moments = [dt.datetime(2026, 2, 1, 9), dt.datetime(2026, 2, 1, 10)]
    paid: Columns = {"account_id": ["A", "A"], "paid_on": moments, "amount_paid": [1.0, 2.0]}

    def overdue(as_of: Any) -> Any:
        return by_account(kind, arrears(kind.make(due), kind.make(paid), as_of))["A"][0]

    assert overdue("2026-02-01") == 10.0
    assert overdue("2026-02-01T10:00") == 9.0
    assert overdue(dt.datetime(2026, 2, 1, 10, 0, 1)) == 7.0
    days = {**paid, "paid_on": [moment.date() for moment in moments]}
    assert by_account(kind, arrears(kind.make(due), kind.make(days), "2026-02-01T23:59"))["A"][0] == 10.0


@pytest.mark.parametrize("kind", FAST, ids=lambda kind: kind.name)
def test_what_was_recorded_later_is_not_known(kind: FrameKind) -> None:
    due: Columns = {
        "account_id": ["A", "A"],
        "due_on": [D(2026, 1, 1)] * 2,
        "amount_due": [10.0, 4.0],
        "recorded_at": [D(2025, 12, 1), D(2026, 2, 1)],
    }
    paid: Columns = {
        "account_id": ["A", "A"],
        "paid_on": [D(2026, 1, 5), D(2026, 1, 6)],
        "amount_paid": [3.0, 1.0],
        "recorded_at": [D(2026, 2, 1), D(2026, 1, 7)],
    }
    tables = kind.make(due), kind.make(paid)
    assert by_account(kind, arrears(*tables, "2026-02-01")) == {"A": (9.0, 31)}
    assert by_account(kind, arrears(*tables, "2026-02-02")) == {"A": (10.0, 32)}


@settings(max_examples=15)
@given(ledger=ledgers(), as_of=DAYS, later=st.integers(0, 5), cents=st.integers(-500, 500))
def test_a_later_payment_changes_nothing(ledger: Any, as_of: D, later: int, cents: int) -> None:
    instalments, payments = tables(*ledger)
    added = pl.DataFrame(
        {
            "account_id": ["A", "B", "new"],
            "paid_on": [as_of + dt.timedelta(later)] * 3,
            "amount_paid": [cents / 100] * 3,
        }
    )
    due = pl.DataFrame(instalments)
    paid = pl.DataFrame(
        payments, schema={"account_id": pl.String, "paid_on": pl.Date, "amount_paid": pl.Float64}
    )
    assert arrears(due, pl.concat([paid, added]), as_of).equals(arrears(due, paid, as_of))


@pytest.mark.parametrize("kind", SUPPORTED, ids=lambda kind: kind.name)
def test_times_with_an_offset_are_local_days_of_the_zone(kind: FrameKind) -> None:
    """Midnight in Rome is 22:00 or 23:00 of the day before in UTC."""
    midnights = [dt.datetime(2026, 1, 31, 23, tzinfo=dt.UTC), dt.datetime(2026, 6, 30, 22, tzinfo=dt.UTC)]
    due: Columns = {"account_id": ["A", "B"], "due_on": midnights, "amount_due": [10.0, 10.0]}
    paid: Columns = {"account_id": ["A", "A"], "paid_on": midnights, "amount_paid": [1.0, 2.0]}
    instalments, payments = kind.make(due), kind.make(paid)
    result = arrears(instalments, payments, "2026-07-01", zone="Europe/Rome")
    assert by_account(kind, result) == {"A": (9.0, 150), "B": (0.0, 0)}
    result = arrears(instalments, payments, "2026-06-30T22:00:01Z", zone="Europe/Rome")
    assert by_account(kind, result) == {"A": (7.0, 150), "B": (0.0, 0)}


def test_columns_have_your_names_and_the_account_keeps_its_own() -> None:
    instalments, payments = polars_ledger()
    due = instalments.rename({"account_id": "acct", "amount_due": "amount"})
    paid = payments.rename({"account_id": "acct", "amount_paid": "amount"})
    names = {"account_id": "acct", "amount_due": "amount", "amount_paid": "amount"}
    assert arrears(due, paid, AS_OF, columns=names).columns == ["acct", "amount_overdue", "days_past_due"]


def test_accounts_may_be_whole_numbers() -> None:
    due = pd.DataFrame({"account_id": np.array([7], np.int32), "due_on": [FIRST], "amount_due": [5]})
    paid = pd.DataFrame({"account_id": [7], "paid_on": [FIRST], "amount_paid": [2]})
    assert arrears(due, paid, "2026-02-01").to_dict("list") == {
        "account_id": [7],
        "amount_overdue": [3.0],
        "days_past_due": [31],
    }


def test_what_pandas_reads_from_a_database_is_understood() -> None:
    """Columns of Python dates, decimals and datetimes, and a column of None."""
    due = pd.DataFrame(
        {"account_id": ["A"], "due_on": [FIRST], "amount_due": [Decimal("5.10")]}, dtype=object
    )
    paid = pd.DataFrame(
        {
            "account_id": ["A", "A"],
            "paid_on": [dt.datetime(2026, 1, 2), dt.datetime(2026, 1, 3)],
            "amount_paid": [Decimal("1.05"), 1],
        },
        dtype=object,
    )
    assert arrears(due, paid, "2026-02-01")["amount_overdue"].tolist() == [3.05]
    aware = paid.assign(paid_on=pd.Series([dt.datetime(2026, 1, 31, 23, tzinfo=dt.UTC)] * 2, dtype=object))
    assert arrears(due, aware, "2026-02-01", zone="Europe/Rome")["amount_overdue"].tolist() == [5.1]
    nothing = pd.DataFrame({"account_id": [], "paid_on": [], "amount_paid": []}, dtype=object)
    assert arrears(due, nothing, "2026-02-01")["amount_overdue"].tolist() == [5.1]


@pytest.mark.parametrize("name", ["pandas", "polars", "pyarrow", "polars lazy"])
def test_a_table_without_rows_or_types_is_understood(name: str) -> None:
    kind = kind_named(name)
    due = kind.make({"account_id": [1], "due_on": [FIRST], "amount_due": [5.0]})
    paid = kind.make({"account_id": [], "paid_on": [], "amount_paid": []})
    assert by_account(kind, arrears(due, paid, "2026-02-01")) == {1: (5.0, 31)}


WRONG: Columns = {
    "account_id": [None, "A", "A", "A", "B"],
    "paid_on": [FIRST, None, FIRST, FIRST, FIRST],
    "amount_paid": [1.0, 1.0, None, 1e12, 1.0],
}


@pytest.mark.parametrize("kind", [kind for kind in SUPPORTED if not kind.lazy], ids=lambda kind: kind.name)
def test_all_problems_of_an_eager_table_are_reported_at_once(kind: FrameKind) -> None:
    due: Columns = {"account_id": ["A"], "due_on": [FIRST], "amount_due": [5.0]}
    with pytest.raises(InvalidHistoryError) as caught:
        arrears(kind.make(due), kind.make(WRONG), "2026-02-01")
    assert [(each.column, each.count, [row for row, _ in each.rows]) for each in caught.value.problems] == [
        ("account_id", 1, [0]),
        ("paid_on", 1, [1]),
        ("amount_paid", 2, [2, 3]),
    ]


def test_an_instalment_is_not_negative() -> None:
    due = pl.DataFrame({"account_id": ["A", "secret"], "due_on": [FIRST] * 2, "amount_due": [5.0, -1.0]})
    _, paid = polars_ledger()
    with pytest.raises(InvalidHistoryError, match=r"'amount_due' must be a number from 0 .*\(row 1: -1.0\)"):
        arrears(due, paid, AS_OF)


def test_an_error_does_not_show_accounts() -> None:
    _, payments = polars_ledger()
    due = pl.DataFrame({"account_id": ["A", None], "due_on": [FIRST] * 2, "amount_due": [5.0, 1.0]})
    with pytest.raises(
        InvalidHistoryError, match=r"'account_id' must be known; 1 invalid row \(row 1: None\)"
    ):
        arrears(due, payments, AS_OF)


@pytest.mark.parametrize("kind", [kind for kind in FAST if kind.lazy], ids=lambda kind: kind.name)
def test_a_lazy_table_gives_nulls_for_an_account_with_an_invalid_value(kind: FrameKind) -> None:
    due: Columns = {"account_id": ["A", "B", "C"], "due_on": [FIRST] * 3, "amount_due": [5.0, 5.0, 5.0]}
    wrong: Columns = {
        "account_id": ["A", "C", "C"],
        "paid_on": [FIRST, FIRST, D(2026, 3, 1)],
        "amount_paid": [1e12, 1.0, None],
    }
    result = by_account(kind, arrears(kind.make(due), kind.make(wrong), "2026-02-01"))
    assert result == {"A": (None, None), "B": (5.0, 31), "C": (4.0, 31)}


def test_reversals_of_payments_that_are_missing_are_an_error_or_null(
    capfd: pytest.CaptureFixture[str],
) -> None:
    due: Columns = {"account_id": ["A", "B"], "due_on": [FIRST] * 2, "amount_due": [5.0, 5.0]}
    paid: Columns = {"account_id": ["A", "B", "A"], "paid_on": [FIRST] * 3, "amount_paid": [2.0, 1.0, -3.0]}
    with pytest.raises(
        InvalidHistoryError, match=r"sum of an account; 2 invalid rows .*payments are missing"
    ):
        arrears(pl.DataFrame(due), pl.DataFrame(paid), "2026-02-01")
    lazy = arrears(pl.LazyFrame(due), pl.LazyFrame(paid), "2026-02-01")
    assert sorted(lazy.collect().rows()) == [("A", None, None), ("B", 4.0, 31)]
    assert capfd.readouterr().err == ""  # where polars announces what it will change


def test_text_is_not_a_date_and_the_error_says_how_to_parse_it() -> None:
    instalments, payments = polars_ledger()
    with pytest.raises(
        HistoryTypeError, match=r"parse it first.*pl\.col\(column\)\.str\.to_datetime"
    ) as caught:
        arrears(
            instalments.with_columns(pl.col("due_on").cast(pl.String), amount_due="account_id"),
            payments,
            AS_OF,
        )
    assert [each.column for each in caught.value.problems] == ["due_on", "amount_due"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"account_id": pl.lit(1.5)},
            "account_id' must be text or whole numbers; the column contains numbers",
        ),
        (
            {"account_id": pl.lit(1)},
            "account_id' must be text, as in the instalments; .*contains whole numbers",
        ),
        ({"paid_on": pl.lit(True)}, "paid_on' must be dates or times; the column contains booleans"),
        ({"paid_on": pl.lit(AS_OF).cast(pl.Datetime).dt.replace_time_zone("UTC")}, "UTC offset: pass zone"),
    ],
)
def test_a_column_of_the_wrong_type_is_named(changes: dict[str, Any], message: str) -> None:
    instalments, payments = polars_ledger()
    with pytest.raises(HistoryTypeError, match=message):
        arrears(instalments, payments.with_columns(**changes), AS_OF)


def test_missing_columns_are_named_all_at_once_with_a_proposal() -> None:
    instalments, payments = polars_ledger()
    with pytest.raises(
        MissingColumnError, match=r"'due_on' is missing; did you mean 'due-on'.*'amount_due' too"
    ):
        arrears(instalments.rename({"due_on": "due-on", "amount_due": "x"}), payments, AS_OF)
    with pytest.raises(MissingColumnError, match="'loaded' is missing"):
        arrears(instalments, payments, AS_OF, columns={"recorded_at": "loaded"})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"as_of": "yesterday"},
            "as_of must be a date such as \"2026-11-30\", or a datetime, not 'yesterday'",
        ),
        ({"as_of": pd.NaT}, "as_of must be a date"),
        ({"as_of": 20261101}, "as_of must be a date"),
        ({"as_of": "2026-11-01T00:00Z"}, "as_of has a UTC offset .*; pass zone"),
        ({"as_of": "0001-01-01T00:00Z", "zone": "America/New_York"}, "as_of must be within the years"),
        ({"zone": "Mars"}, "zone must be the name of a time zone, .*not 'Mars'"),
        ({"zone": 1}, "zone must be the name of a time zone, .*not 1"),
        ({"grace_days": -1}, "grace_days must be a whole number from 0 to 36,500, not -1"),
        ({"decimals": 2.5}, "decimals must be a whole number from 0 to 4, not 2.5"),
        ({"columns": ["a"]}, "columns must be a mapping of names to columns, not a list"),
        (
            {"columns": {"account": "a"}},
            "columns must name one of .*not 'account'; did you mean 'account_id'",
        ),
    ],
)
def test_a_wrong_argument_is_rejected_by_name(wrong: dict[str, Any], message: str) -> None:
    instalments, payments = polars_ledger()
    with pytest.raises(ArgumentError, match=message):
        arrears(**{"instalments": instalments, "payments": payments, "as_of": AS_OF, **wrong})


@pytest.mark.parametrize(
    "as_of",
    [AS_OF, dt.datetime(2026, 11, 1), "2026-11-01", pd.Timestamp("2026-11-01"), np.datetime64("2026-11-01")],
    ids=lambda value: type(value).__name__,
)
def test_every_form_of_a_date_is_understood(as_of: Any) -> None:
    assert arrears(*polars_ledger(), as_of).row(0) == ("A", *EXPECTED["A"])


def test_the_tables_are_frames_of_the_same_kind() -> None:
    instalments, payments = polars_ledger()
    with pytest.raises(ArgumentError, match="payments must be a frame of the same kind as the instalments"):
        arrears(instalments, payments.lazy(), AS_OF)
    with pytest.raises(NotAFrameError):
        arrears(instalments, [1], AS_OF)


def test_dask_is_refused_with_the_reason() -> None:
    dask = kind_named("Dask")
    due: Columns = {"account_id": ["A"], "due_on": [dt.datetime(2026, 1, 1)], "amount_due": [5.0]}
    paid: Columns = {"account_id": ["A"], "paid_on": [dt.datetime(2026, 1, 1)], "amount_paid": [5.0]}
    with pytest.raises(ArgumentError, match=r"Dask.*no ordered window functions; call .compute"):
        arrears(dask.make(due), dask.make(paid), AS_OF)
