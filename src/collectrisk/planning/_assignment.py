"""Which account gets which channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from collectrisk.planning._optimum import TOLERANCE, optimum

if TYPE_CHECKING:
    from collectrisk._typing import Array
    from collectrisk.planning._request import Request


@attrs.frozen(eq=False)
class Assignment:
    """The channels of the accounts, and what decided on them.

    Attributes
    ----------
    choice : array of int, shape (n_accounts,)
        The column of each account's channel; -1 for none.
    last : array of float, shape (n_capacities,)
        The least worth of an account that uses the capacity: its gain over the best lighter choice, or its
        visit probability. NaN if there is none.
    worth : array of float, shape (n_accounts, n_channels)
        The worth of each limited channel for each account; NaN where it cannot have the channel.
    prices : array of float, shape (n_capacities,), or None
        The price of each capacity; None without values.
    value : float or None
        The sum of the values; None without values.
    gap : float or None
        How far the sum of values may be below the largest one at most; None without values.
    """

    choice: Array
    last: Array
    worth: Array
    prices: Array | None = None
    value: float | None = None
    gap: float | None = None


def assign(request: Request) -> Assignment:
    """Return the best assignment by value, or the ranking by probability if there are no values."""
    return _by_probability(request) if request.values is None else _by_value(request, request.values)


def _by_probability(request: Request) -> Assignment:
    """Give the heaviest channels first, each to the accounts with the highest probability."""
    accounts, used_by = len(request.keys), request.capacities.used_by
    probability = np.zeros(accounts) if request.probability is None else request.probability
    ranked = np.argsort(-probability, kind="stable")  # equal ones stay in the order of their keys
    choice = np.full(accounts, -1)
    for place in reversed(range(len(request.channels))):
        waiting = ranked[(request.possible[:, place] & (choice < 0))[ranked]]
        capacity = used_by[waiting, place]
        choice[waiting[capacity < 0]] = place
        for resource in np.unique(capacity[capacity >= 0]).tolist():
            served = waiting[capacity == resource][: request.capacities.amounts[resource]]
            choice[served] = place
    limited = request.possible & (used_by >= 0)
    worth = np.where(limited, probability[:, None], np.nan)
    return Assignment(choice, _least(request, choice, worth), worth)


def _by_value(request: Request, values: Array) -> Assignment:
    accounts, used_by = values.shape[0], request.capacities.used_by
    limited = used_by >= 0
    # Without limited channels: the best of the others, the lightest if several are equal, or none.
    free = np.where(request.possible & ~limited, values, -np.inf)
    best_free = free.argmax(axis=1) if free.shape[1] else np.zeros(accounts, dtype=np.intp)
    base = free[np.arange(accounts), best_free] if free.shape[1] else np.zeros(accounts)
    best_free = np.where(base >= 0, best_free, -1)
    base = np.maximum(base, 0.0)
    gains = np.where(request.possible & limited, values - base[:, None], -np.inf)
    errors = TOLERANCE * np.abs(values)  # of rounding: less is not a gain
    found = optimum(
        np.where(gains > errors, gains, -np.inf), np.where(limited, used_by, 0), request.capacities.amounts
    )
    choice = np.where(found.choice >= 0, found.choice, best_free)
    prices = np.where(limited, found.prices[used_by], 0.0) if len(found.prices) else np.zeros(gains.shape)
    worth = _gains_over_lighter(gains, gains - prices, errors)
    chosen = choice >= 0
    value = float(values[chosen, choice[chosen]].sum())
    return Assignment(
        choice=choice,
        last=_least(request, choice, worth),
        worth=worth,
        prices=found.prices,
        value=value,
        gap=found.gap,
    )


def _gains_over_lighter(gains: Array, net: Array, errors: Array) -> Array:
    """Return the gain of each channel over the best lighter choice, at its price.

    It is at least the price of the channel for those who get it, and at most the price for those who
    get a lighter one. It is 0 if it is not more than a rounding error.
    """
    worth = np.full(gains.shape, np.nan)
    for place in range(gains.shape[1]):
        lighter = net[:, :place].max(axis=1, initial=0.0)
        known = gains[:, place] > -np.inf
        worth[known, place] = gains[known, place] - lighter[known]
    worth[np.abs(worth) <= errors] = 0.0
    return worth


def unused(request: Request, assignment: Assignment) -> Array:
    """Return what is left of each capacity."""
    choice, capacities = assignment.choice, request.capacities
    rows = np.flatnonzero(choice >= 0)
    used = capacities.used_by[rows, choice[rows]]
    left: Array = capacities.amounts - np.bincount(used[used >= 0], minlength=len(capacities.amounts))
    return left


def _least(request: Request, choice: Array, worth: Array) -> Array:
    """Return the least worth of the accounts that use each capacity."""
    rows = np.flatnonzero(choice >= 0)
    used = request.capacities.used_by[rows, choice[rows]]
    rows, used = rows[used >= 0], used[used >= 0]
    least = np.full(len(request.capacities.amounts), np.inf)
    np.minimum.at(least, used, worth[rows, choice[rows]])
    return np.where(np.isinf(least), np.nan, least)
