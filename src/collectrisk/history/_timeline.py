"""Accounts and the blocks of their simulated events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from collectrisk._borrower import Attitude
    from collectrisk._typing import Array


@attrs.frozen
class Accounts:
    """The fields of the accounts, as arrays, and the unit of their payments.

    Attributes
    ----------
    days, messages, calls, broken : array of int
        Days past due, failed messages, failed calls and broken promises.
    attitude : array of str
        The attitude.
    placed, plan : array of bool
        Whether the account is with an agency, and whether it has a repayment plan.
    unit : array of int
        The overdue amount for each instalment that is overdue, in hundredths of the currency.
    """

    days: Array
    messages: Array
    calls: Array
    broken: Array
    attitude: Array
    placed: Array
    plan: Array
    unit: Array

    def __len__(self) -> int:
        return len(self.days)

    def has(self, *attitudes: Attitude) -> Array:
        """Return which accounts have one of some attitudes."""
        return np.isin(self.attitude, [each.value for each in attitudes])


@attrs.define
class Timeline:
    """The events of accounts, in blocks of arrays.

    Attributes
    ----------
    rng : numpy.random.Generator
        The random numbers.
    blocks : list of dict of str to array
        The events so far: the place of the account, the day, the minute of the day, the minutes until it was
        recorded, the code, the amount in hundredths and the day on which a promise is due.
    """

    rng: np.random.Generator
    blocks: list[dict[str, Array]] = attrs.Factory(list)

    def add(
        self,
        account: Array,
        day: Any,
        code: Any,
        *,
        amount: Any = 0,
        due: Any = 0,
        minute: Any = None,
        recorded_after: Any = None,
    ) -> None:
        """Add one event for each entry of `account`, by day unless the minute is given."""
        count = len(account)
        if minute is None:
            minute = self.rng.integers(8 * 60, 21 * 60, count)
        if recorded_after is None:
            recorded_after = self.rng.integers(0, 30, count)
        block = {
            "account": account,
            "day": day,
            "minute": minute,
            "recorded_after": recorded_after,
            "code": code,
            "amount": amount,
            "due": due,
        }
        self.blocks.append({name: np.broadcast_to(values, count) for name, values in block.items()})

    def pay(self, account: Array, day: Any, amount: Any, *, days_late: int = 0) -> None:
        """Add payments, which are booked at noon, and recorded at six on the next morning or later."""
        after = (18 + 24 * days_late) * 60
        self.add(account, day, "PAY", amount=amount, minute=12 * 60, recorded_after=after)

    def some(self, accounts: Array, share: Any) -> Array:
        """Return the places of some accounts, each with a probability."""
        places = np.flatnonzero(accounts)
        chosen: Array = places[self.rng.random(len(places)) < np.broadcast_to(share, len(accounts))[places]]
        return chosen

    def part(self, unit: Array, low: float, high: float) -> Array:
        """Return a random part of amounts, at least one hundredth."""
        part: Array = np.maximum((unit * self.rng.uniform(low, high, len(unit))).astype(np.int64), 1)
        return part

    def columns(self) -> dict[str, Array]:
        """Return the events as columns."""
        return {name: np.concatenate([each[name] for each in self.blocks]) for name in self.blocks[0]}
