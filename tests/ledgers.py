"""Random ledgers, and a slow and obvious way to compute arrears."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

Row = tuple[str, dt.date, int]
FIRST = dt.date(2026, 1, 1)
DAYS = st.integers(0, 60).map(lambda days: FIRST + dt.timedelta(days))
ACCOUNTS = st.sampled_from(["A", "B", "C"])
CENTS = st.one_of(st.sampled_from([0, 1, 10, 3333, 10_000]), st.integers(0, 20_000))


@st.composite
def ledgers(draw: Any) -> tuple[list[Row], list[Row]]:
    """Draw instalments and payments in cents, in any order; each reversal follows its payment."""
    instalments = draw(st.lists(st.tuples(ACCOUNTS, DAYS, CENTS), min_size=1, max_size=12))
    payments = draw(st.lists(st.tuples(ACCOUNTS, DAYS, CENTS), max_size=8))
    reversals = []
    for account, paid, cents in payments:
        if draw(st.integers(0, 3)) == 0:
            later = paid + dt.timedelta(draw(st.integers(0, 20)))
            reversals.append((account, later, -draw(st.integers(0, cents))))
    return instalments, draw(st.permutations(payments + reversals))


def slow_arrears(
    ledger: tuple[list[Row], list[Row]],
    as_of: dt.date,
    grace_days: int = 0,
) -> dict[str, tuple[float, int]]:
    """Return amount and days of each account: pay the instalments one by one, the oldest first."""
    instalments, payments = ledger
    result = {}
    known = [payment for payment in payments if payment[1] < as_of]
    for account in {row[0] for row in instalments} | {row[0] for row in known}:
        money = sum(cents for owner, _, cents in known if owner == account)
        amount, days = 0, 0
        for owner, due, cents in sorted(instalments, key=lambda row: row[1]):
            if owner != account:
                continue
            paid = min(money, cents)
            money -= paid
            if due + dt.timedelta(grace_days) < as_of and cents > paid:
                amount += cents - paid
                days = max(days, (as_of - due).days)
        result[account] = amount / 100, days
    return result
