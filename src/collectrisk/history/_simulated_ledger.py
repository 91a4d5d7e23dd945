"""Simulated ledgers of accounts whose arrears are known; see `simulate_log`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from collectrisk._typing import Array

MOST_OVERDUE = 12
"""The largest number of instalments that are overdue."""

LEAST_INSTALMENT = 1_000
"""The amount of several instalments is not below this, in hundredths of the currency."""

WITHOUT_ARREARS = 10_000
"""The instalments of an account with nothing overdue."""

DAY = np.timedelta64(1, "D")


@attrs.frozen
class Schedule:
    """The instalments of accounts: one each month, on the day of the first that is unpaid.

    Attributes
    ----------
    amount : array of int
        The overdue amount of each account, in hundredths of the currency.
    first : array of datetime64[D]
        The due date of the first unpaid instalment.
    overdue : array of int
        The number of instalments that are overdue.
    is_over : array of bool
        Whether no instalment is due later.
    """

    amount: Array
    first: Array
    overdue: Array
    is_over: Array

    @classmethod
    def of(cls, as_of: np.datetime64, days: Array, amount: Array) -> Schedule:
        """Return the schedule that follows from days past due and amounts in hundredths."""
        first = as_of - days * DAY
        months = (as_of.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(np.int64)
        in_full = np.where(months > 0, months + (_due_on(first, months) < as_of), (days > 0).astype(np.int64))
        most = np.clip(amount // LEAST_INSTALMENT, 1, MOST_OVERDUE)
        overdue = np.minimum(in_full, most)
        return cls(amount, first, overdue, overdue < in_full)

    @property
    def unit(self) -> Array:
        """The overdue amount for each instalment that is overdue, in hundredths of the currency."""
        unit: Array = self.amount // np.maximum(self.overdue, 1)
        return unit

    def due_on(self, places: Array, number: Array) -> Array:
        """Return the due dates of instalments; number 0 is the first that is unpaid."""
        return _due_on(self.first[places], number)


def _due_on(first: Array, number: Array) -> Array:
    months = first.astype("datetime64[M]")
    day = (first - months.astype("datetime64[D]")) // DAY
    # Every month has a day 28.
    later = (months + number).astype("datetime64[D]") + np.minimum(day, 27) * DAY
    due: Array = np.where(number == 0, first, later)
    return due


def instalments(schedule: Schedule, paid: Array, before: Array) -> tuple[Array, Array, Array, Array]:
    """Return all instalments: the places of the accounts, the numbers, the due dates and the amounts.

    Parameters
    ----------
    schedule : Schedule
        When instalments are due.
    paid : array of int
        What was paid of the instalments that are overdue.
    before : array of int
        How many earlier instalments were paid in full.
    """
    count = before + schedule.overdue + ~schedule.is_over
    places = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(places)) - np.repeat(np.cumsum(count) - count + before, count)
    total, parts = schedule.amount + paid, np.maximum(schedule.overdue, 1)
    each = np.where(schedule.overdue > 0, total // parts, WITHOUT_ARREARS)
    rest = np.where(schedule.overdue > 0, total - each * (parts - 1), each)
    amounts = np.where(number == schedule.overdue[places] - 1, rest[places], each[places])
    return places, number, schedule.due_on(places, number), amounts
