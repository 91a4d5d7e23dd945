"""The best use of limited capacities: each account gets at most one unit of one of them.

This is a transportation problem, so its linear programme has an optimum in whole numbers. The dual
variables are the prices of the capacities: given these, each account gets what gains it most beyond the
price. The dual function is convex in the prices, and of a kind (L-natural convex) for which line
searches along sums of axes lead to the optimum. Accounts for which several choices are equal at these
prices are then decided by a small linear programme. The result is checked by its duality gap, and the
programme is extended to nearly equal choices if it must be.

References
----------
D. Gale, "The Theory of Linear Economic Models" (1960). K. Murota, "Discrete Convex Analysis" (2003).
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import attrs
import numpy as np
import scipy.sparse
from scipy.optimize import linprog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._typing import Array

ROUNDS = 50
"""How often the prices are improved along each direction, at most."""

SAMPLE = 20_000
"""The number of accounts from which the first prices are found."""

NEARLY_EQUAL = 1_000
"""The number of accounts with nearly equal choices that are added to a linear programme at first."""

TOLERANCE = 1e-12
"""Differences smaller than this, relative to the largest gain of an account, are rounding errors."""

SOLVER = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


@attrs.frozen(eq=False)
class Optimum:
    """An optimal allocation.

    Attributes
    ----------
    choice : array of int, shape (n_accounts,)
        The column of each account's gain; -1 for an account that gets no limited capacity.
    prices : array of float, shape (n_resources,)
        The price of each capacity.
    gap : float
        How far the sum of gains may be below the largest one at most; it follows from the prices.
    """

    choice: Array
    prices: Array
    gap: float


@attrs.frozen(eq=False)
class Gains:
    """What each account gains from each capacity, in the order of the accounts' keys.

    Attributes
    ----------
    gains : array of float, shape (n_accounts, n_columns)
        The gains, all positive, from the lightest to the heaviest channel; -inf where an account cannot
        have a channel, or gains nothing.
    resources : array of int, shape (n_accounts, n_columns)
        The capacity that each would use.
    capacities : array of int, shape (n_resources,)
        The capacities.
    """

    gains: Array
    resources: Array
    capacities: Array

    @property
    def tolerance(self) -> Array:
        """The difference of each account's gains that is a rounding error."""
        tolerance: Array = TOLERANCE * self.gains.max(axis=1, initial=0.0)
        return tolerance

    def net(self, prices: Array) -> Array:
        """Return the gains beyond the prices, and 0 for no capacity in the last column."""
        return np.column_stack([self.gains - prices[self.resources], np.zeros(len(self.gains))])

    def used(self, choice: Array) -> Array:
        """Return how much of each capacity the choices use."""
        rows = np.flatnonzero(choice >= 0)
        return np.bincount(self.resources[rows, choice[rows]], minlength=len(self.capacities))

    def gap(self, choice: Array, prices: Array) -> float:
        """Return how far choices may be below the optimum: what is paid for unused capacity, and forgone."""
        net = self.net(prices)
        forgone = net.max(axis=1) - net[np.arange(len(net)), choice]
        return float(prices @ (self.capacities - self.used(choice)) + forgone.sum())


def optimum(gains: Array, resources: Array, capacities: Array) -> Optimum:
    """Return the allocation with the largest sum of gains; see `Gains` for the parameters."""
    active = np.flatnonzero((gains > -np.inf).any(axis=1))
    every = np.full(len(gains), -1)
    if not len(active):
        return Optimum(every, np.zeros(len(capacities)), 0.0)
    problem = Gains(gains[active], resources[active], capacities)
    choice, prices = _solve(problem, dual_prices(problem))
    every[active] = choice
    return Optimum(every, prices, problem.gap(choice, prices))


def _solve(problem: Gains, prices: Array) -> tuple[Array, Array]:
    """Return each account's choice, and the prices that prove that they are optimal."""
    net = problem.net(prices)
    forgone = net.max(axis=1, keepdims=True) - net
    forgone[forgone <= problem.tolerance[:, None]] = 0.0
    largest = float(problem.tolerance.sum()) + np.finfo(np.float64).tiny
    reach, added = 0.0, NEARLY_EQUAL
    while True:
        found = _programme(problem, forgone, reach, prices)
        if found is not None:
            choice, others = found
            for each in (prices, others):
                if problem.gap(choice, each) <= largest:
                    return choice, each
        second = np.partition(forgone, 1, axis=1)[:, 1]
        nearly = second[second > reach]
        reach = np.partition(nearly, added)[added] if added < len(nearly) else np.inf
        added *= 4


def _programme(problem: Gains, forgone: Array, reach: float, prices: Array) -> tuple[Array, Array] | None:
    """Return the best choices among those that forgo little, and prices; None if there are none.

    Accounts that forgo the same are one row of the linear programme. Among them, the first by key get
    the heaviest channels.

    Parameters
    ----------
    problem : Gains
        The problem.
    forgone : array of float, shape (n_accounts, n_columns + 1)
        What each account forgoes with each choice at the prices; the last one is no capacity.
    reach : float
        The largest amount that an account may forgo.
    prices : array of float, shape (n_resources,)
        The prices.
    """
    allowed = (forgone <= reach) & (forgone < np.inf)
    choice = forgone.argmin(axis=1)
    choice[choice == forgone.shape[1] - 1] = -1
    rows = np.flatnonzero(allowed.sum(axis=1) > 1)
    decided = choice.copy()
    decided[rows] = -1
    left = problem.capacities - problem.used(decided)
    if (left < 0).any():
        return None
    if not len(rows):
        return choice, prices
    resources = np.column_stack([problem.resources[rows], np.full(len(rows), -1)])
    costs = np.where(allowed[rows], forgone[rows], np.inf)
    patterns, pattern = _distinct(np.column_stack([costs, np.where(allowed[rows], resources, -1)]))
    counts = np.bincount(pattern, minlength=len(patterns))
    costs, resources = patterns[:, : costs.shape[1]], patterns[:, costs.shape[1] :].astype(np.intp)
    owner, place = np.nonzero(costs < np.inf)
    limited = np.flatnonzero(resources[owner, place] >= 0)
    scale = max(float(prices.max(initial=0.0)), float(costs[owner, place].max()), np.finfo(np.float64).tiny)
    # Each account has a choice; what is left of a capacity costs its price.
    spare = len(owner) + np.arange(len(left))
    one_choice = scipy.sparse.coo_array((np.ones(len(owner)), (owner, np.arange(len(owner)))))
    within = scipy.sparse.coo_array(
        (
            np.ones(len(limited) + len(left)),
            (
                np.concatenate([resources[owner[limited], place[limited]], np.arange(len(left))]),
                np.concatenate([limited, spare]),
            ),
        ),
        shape=(len(left), len(owner) + len(left)),
    )
    one_choice.resize((len(patterns), len(owner) + len(left)))
    solution = linprog(
        np.concatenate([costs[owner, place], prices]) / scale,
        A_eq=scipy.sparse.vstack([one_choice, within]).tocsr(),
        b_eq=np.concatenate([counts, left]),
        method="highs-ds",
        options=SOLVER,
    )
    if solution.x is None:
        return None
    amounts = np.zeros(costs.shape, dtype=np.intp)
    amounts[owner, place] = np.rint(solution.x[: len(owner)]).astype(np.intp)
    # From the heaviest channel to none.
    columns = np.array([*range(costs.shape[1] - 2, -1, -1), -1])
    given = np.repeat(np.broadcast_to(columns, amounts.shape).ravel(), amounts[:, columns].ravel())
    choice[rows[np.argsort(pattern, kind="stable")]] = given
    return choice, np.maximum(prices - solution.eqlin.marginals[len(patterns) :] * scale, 0.0)


def _distinct(rows: Array) -> tuple[Array, Array]:
    """Return the distinct rows of a matrix, and the index of each row among them."""
    order = np.lexsort(rows.T)
    ordered = rows[order]
    is_new = np.ones(len(rows), dtype=np.bool_)
    is_new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    index = np.empty(len(rows), dtype=np.intp)
    index[order] = np.cumsum(is_new) - 1
    return ordered[is_new], index


def dual_prices(problem: Gains) -> Array:
    """Return prices that minimise the dual function, or nearly do."""
    prices = np.zeros(len(problem.capacities))
    step = len(problem.gains) // SAMPLE
    if step > 1:
        some = Gains(problem.gains[::step], problem.resources[::step], problem.capacities // step)
        prices = _descend(some, prices)
    return _descend(problem, prices)


def _descend(problem: Gains, prices: Array) -> Array:
    """Minimise the dual function by exact line searches along sums of axes.

    Accounts have at most one capacity of each channel, so it is enough to move the prices of any
    capacities that occur together in an account.
    """
    prices = prices.copy()
    used = np.where(problem.gains > -np.inf, problem.resources, -1)
    together = _subsets(_distinct(used)[0])
    # With a row for each column, the operations on accounts are fast.
    gains, resources = (np.ascontiguousarray(each.T) for each in (problem.gains, problem.resources))
    for _ in range(ROUNDS):
        previous = prices.copy()
        for moved in together:
            capacity = int(problem.capacities[list(moved)].sum())
            _move(gains, resources, capacity, prices, list(moved))
        if (np.abs(prices - previous) <= TOLERANCE * previous).all():
            break
    return prices


def _subsets(together: Array) -> Iterable[tuple[int, ...]]:
    """Return the sets of capacities whose prices are moved together, small ones first."""
    rows = [sorted({*row} - {-1}) for row in together.tolist()]
    found = {subset for row in rows for size in range(len(row)) for subset in combinations(row, size + 1)}
    return sorted(found, key=lambda subset: (len(subset), subset))


def _move(gains: Array, resources: Array, capacity: int, prices: Array, moved: list[int]) -> None:
    """Move some prices, whose capacities have a sum, together to where the dual function is least."""
    is_moved = np.zeros(len(prices), dtype=np.bool_)
    is_moved[moved] = True
    with_moved = np.full(gains.shape[1], -np.inf)
    without = np.zeros(gains.shape[1])
    for gain, resource in zip(gains, resources, strict=True):
        inside, net = is_moved[resource], gain - prices[resource]
        np.maximum(with_moved, net, out=with_moved, where=inside)
        np.maximum(without, net, out=without, where=~inside)
    # Each account that pays the prices now does so up to a rise of this amount.
    rises = with_moved[with_moved > -np.inf] - without[with_moved > -np.inf]
    excluded = len(rises) - 1 - capacity
    least = -prices[moved].min()
    prices[moved] += least if excluded < 0 else max(float(np.partition(rises, excluded)[excluded]), least)
