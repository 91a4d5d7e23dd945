"""Overdue amount and days past due, from instalments and payments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from collectrisk._parameters import to_number
from collectrisk.errors import ArgumentError, shown
from collectrisk.history._engines import running_total
from collectrisk.history._reading import checked_columns, read_table, with_same_keys
from collectrisk.history._tables import (
    LARGEST_AMOUNT,
    ColumnSpec,
    Table,
    constant,
    day_number,
    refuse,
    stacked,
    units_of,
)
from collectrisk.history._times import AsOf, to_zone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from collectrisk.errors import ColumnProblem

INSTALMENTS = (
    ColumnSpec("account_id", "key"),
    ColumnSpec("due_on", "stamp"),
    ColumnSpec("amount_due", "amount"),
    ColumnSpec("recorded_at", "stamp", required=False),
)
PAYMENTS = (
    ColumnSpec("account_id", "key"),
    ColumnSpec("paid_on", "stamp"),
    ColumnSpec("amount_paid", "amount", least=-LARGEST_AMOUNT),
    ColumnSpec("recorded_at", "stamp", required=False),
)


def whole_number(argument: str, value: Any, most: int, least: int = 0) -> int:
    """Return a whole number between two limits, or raise `ArgumentError`."""
    number = to_number(value)
    if not (isinstance(number, float) and least <= number <= most and number == int(number)):
        raise ArgumentError(argument, f"must be a whole number from {least} to {most:,}, not {shown(value)}")
    return int(number)


def arrears(
    instalments: Any,
    payments: Any,
    as_of: dt.date | str,
    *,
    columns: Mapping[str, Any] | None = None,
    zone: ZoneInfo | str | None = None,
    grace_days: int = 0,
    decimals: int = 2,
) -> Any:
    """Return the overdue amount and the days past due of each account.

    Payments serve the instalment that falls due first, then the next one. A payment may be a part
    of an instalment, more than one, or made before the first due date; a negative payment reverses
    an earlier one. An instalment is overdue from the day after its due date.

    Parameters
    ----------
    instalments : frame
        One row for each amount due. A fee is a row of its own, with the due date of the instalment
        that it belongs to.
    payments : frame of the same kind
        One row for each payment.
    as_of : date, datetime or str
        What happened on this day or later is not known. A datetime also counts what happened earlier
        on its day.
    columns : mapping of str to str, optional
        The names of the columns, where they differ: ``account_id``, ``due_on`` and ``amount_due`` of
        the instalments, ``account_id``, ``paid_on`` and ``amount_paid`` of the payments. Both may
        have a column ``recorded_at``; a row then counts only if it was also recorded before `as_of`.
    zone : ZoneInfo or str, optional
        The time zone, such as ``"Europe/Berlin"``; required if times have a UTC offset.
    grace_days : int, default 0
        The number of days after its due date within which an instalment is not yet overdue. Days past
        due are counted from the due date, with or without grace.
    decimals : int, default 2
        The decimals of the currency, 0 to 4. Each amount is rounded to its smallest unit, so that
        sums are exact.

    Returns
    -------
    frame of the same kind
        One row for each account with an instalment, or with a payment before `as_of`: its id,
        ``amount_overdue`` and ``days_past_due``. An account with nothing overdue has 0 and 0. An eager
        frame is sorted by account. A lazy frame stays lazy, and has nulls for an account of which any
        value is not valid.

    Raises
    ------
    MissingColumnError
        If a column is missing.
    HistoryTypeError
        If a column has the wrong type.
    InvalidHistoryError
        If values of an eager frame are missing or not valid, or the payments of an account have a
        sum below 0.
    ArgumentError
        If another argument is not valid, the tables are frames of different kinds, or they are
        frames of Dask, for which narwhals has no running totals.

    Examples
    --------
    >>> import polars as pl
    >>> from collectrisk.history import arrears
    >>> instalments = pl.DataFrame(
    ...     {
    ...         "account_id": ["A", "A", "A", "B"],
    ...         "due_on": ["2026-08-31", "2026-09-30", "2026-10-31", "2026-10-31"],
    ...         "amount_due": [100.0, 100.0, 100.0, 80.0],
    ...     }
    ... ).with_columns(pl.col("due_on").str.to_date())
    >>> payments = pl.DataFrame(
    ...     {
    ...         "account_id": ["A", "A", "B"],
    ...         "paid_on": ["2026-09-02", "2026-10-15", "2026-11-01"],
    ...         "amount_paid": [100.0, 30.0, 80.0],
    ...     }
    ... ).with_columns(pl.col("paid_on").str.to_date())
    >>> arrears(instalments, payments, as_of="2026-11-01").to_dicts()
    [{'account_id': 'A', 'amount_overdue': 170.0, 'days_past_due': 32},
     {'account_id': 'B', 'amount_overdue': 80.0, 'days_past_due': 1}]
    """
    place = to_zone(zone)
    moment = AsOf.parse(as_of, place)
    grace = whole_number("grace_days", grace_days, 36_500)
    digits = whole_number("decimals", decimals, 4)
    names = checked_columns(columns, (*INSTALMENTS, *PAYMENTS))
    due = read_table(instalments, "instalments", INSTALMENTS, names, place)
    paid = read_table(payments, "payments", PAYMENTS, names, place)
    paid = with_same_keys(due, paid)
    refuse("instalments", due.problems())
    refuse("payments", paid.problems())
    totals = _payment_totals(paid, moment, digits)
    if isinstance(totals, nw.DataFrame):
        refuse("payments", _negative_totals(paid, totals))
    rows = stacked(_instalment_rows(due, moment, digits), totals)
    rows = running_total(rows, "net", "account_id", "day", "balance")
    result = _by_account(rows, moment, grace, digits)
    if isinstance(result, nw.DataFrame):
        result = result.sort("account_id")
    return result.rename({"account_id": due.names["account_id"]}).to_native()


def _instalment_rows(due: Table, moment: AsOf, decimals: int) -> Any:
    """Return one row for each instalment: its day, and what it adds to the balance."""
    frame = due.known_rows(["recorded_at"], moment)
    amount = nw.when(due.specs["amount_due"].valid()).then(nw.col("amount_due")).otherwise(0.0)
    frame = frame.with_columns(
        amount_due=amount, day=day_number("due_on").fill_null(0).cast(nw.Int64), invalid=due.invalid()
    ).with_columns(net=units_of(nw.col("amount_due"), decimals), paid=constant(0, "account_id"))
    return frame.select("account_id", "day", "net", "paid", "invalid")


def _payment_totals(paid: Table, moment: AsOf, decimals: int) -> Any:
    """Return one row for each account that precedes its instalments: the sum of its payments."""
    frame = paid.known_rows(["paid_on", "recorded_at"], moment)
    amount = nw.when(paid.specs["amount_paid"].valid()).then(nw.col("amount_paid")).otherwise(0.0)
    frame = frame.with_columns(amount_paid=amount, invalid=paid.invalid())
    frame = frame.with_columns(paid=units_of(nw.col("amount_paid"), decimals))
    totals = frame.group_by("account_id").agg(nw.col("paid").sum(), nw.col("invalid").max())
    paid_units = nw.col("paid").cast(nw.Int64)
    negative = (paid_units < 0).cast(nw.Int64)
    return totals.select(
        "account_id",
        day=constant(0, "account_id"),
        net=-paid_units,
        paid=paid_units,
        invalid=nw.max_horizontal(nw.col("invalid").cast(nw.Int64), negative),
    )


def _negative_totals(paid: Table, totals: nw.DataFrame[Any]) -> list[ColumnProblem]:
    """Return the problem of accounts whose reversals exceed their payments."""
    accounts = totals.filter(nw.col("paid") < 0)["account_id"]
    if not len(accounts):
        return []
    assert isinstance(paid.frame, nw.DataFrame)  # noqa: S101  # for mypy
    mask = paid.frame["account_id"].is_in(accounts.to_list())
    hint = "; the reversals exceed the payments: earlier payments are missing"
    return [paid.problem("amount_paid", mask, "0 or more in the sum of an account", hint)]


def _by_account(rows: Any, moment: AsOf, grace: int, decimals: int) -> Any:
    day = nw.col("day")
    overdue = (day > 0) & (day + grace < moment.day)
    unpaid = overdue & (nw.col("balance") > 0)
    flagged = rows.with_columns(
        overdue=nw.when(overdue).then(nw.col("net")).otherwise(0),
        oldest=nw.when(unpaid).then(day.cast(nw.Float64)),
    )
    totals = flagged.group_by("account_id").agg(
        nw.col("overdue").sum(), nw.col("paid").sum(), nw.col("oldest").min(), nw.col("invalid").max()
    )
    owed = (nw.col("overdue").cast(nw.Int64) - nw.col("paid").cast(nw.Int64)).cast(nw.Float64)
    valid = nw.col("invalid") == 0
    # By a constant, polars multiplies by the inverse, which is not the nearest number: 7 * 0.1 is not 0.7.
    scale = owed * 0.0 + 10.0**decimals
    amount = nw.when(owed > 0).then(owed / scale).otherwise(0.0)
    days = (nw.lit(float(moment.day)) - nw.col("oldest")).fill_null(0.0)
    return totals.select(
        "account_id",
        amount_overdue=nw.when(valid).then(amount),
        days_past_due=nw.when(valid).then(days.cast(nw.Int64)),
    )
