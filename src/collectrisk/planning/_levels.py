"""The distribution of the number of visits if the level of the log-odds is uncertain.

All accounts share one uncertain level, and accounts of some portfolios share another one besides. Given
the levels, accounts are independent. The levels are normal, and are integrated out by the trapezoidal
rule, whose error decreases exponentially with the number of points for functions like these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import oaconvolve

from collectrisk.planning._counts import FEW_ACCOUNTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from collectrisk._typing import Array
    from collectrisk.planning._counts import Part, VisitSum

REACH = 7.5
"""The levels integrated over, in standard deviations: the others have a probability of 1e-13."""

LOG_ERROR = 28.0
"""Errors of the integration are about the exponential of minus this."""

LARGEST_STEP = 0.5
"""The distance of points, in log-odds and in standard deviations, with that error for any accounts."""

TRIALS = 61
"""The number of levels at which the variance of the count is computed, to choose the points."""

LIKELY, SOME = 4.0, 16
"""The shared levels that decide on the distance of own levels: so many, within so many deviations."""

SHORT = 600
"""Shorter distributions are convolved directly, which keeps their relative errors small."""


@attrs.frozen(eq=False)
class Portfolio:
    """Accounts with a level of their own: their sum, and the standard deviation of that level."""

    visits: VisitSum
    spread: float


def count_distribution(portfolios: Sequence[Portfolio], spread: float) -> Part:
    """Return the distribution of the number of visits.

    Parameters
    ----------
    portfolios : sequence of Portfolio
        The portfolios, each with the standard deviation of its own level.
    spread : float
        The standard deviation of the level that all of them share.
    """
    if len(portfolios) == 1:  # both levels shift the same accounts
        visits = portfolios[0].visits
        deviation = float(np.hypot(spread, portfolios[0].spread))
        step = _step(deviation, lambda levels: 1 / visits.variance(levels))
        numbers, weights = _points(deviation, step)
        return _mixed(weights, visits.parts(numbers * step), visits.accounts)

    def squared_ratio(levels: Array) -> Array:
        # The level moves the mean by the variance without other levels, and blurs it by all of them.
        variance = np.array([portfolio.visits.variance(levels) for portfolio in portfolios])
        own = np.array([[portfolio.spread] for portfolio in portfolios])
        squared: Array = (variance + (own * variance) ** 2).sum(axis=0) / variance.sum(axis=0) ** 2
        return squared

    step = _step(spread, squared_ratio)
    numbers, weights = _points(spread, step)
    by_portfolio = [_given_shared_levels(portfolio, numbers, step) for portfolio in portfolios]
    totals = map(_sum, zip(*by_portfolio, strict=True))
    return _mixed(weights, totals, sum(portfolio.visits.accounts for portfolio in portfolios))


def _given_shared_levels(portfolio: Portfolio, numbers: Array, step: float) -> list[Part]:
    """Return the distribution of a portfolio for each shared level, a multiple of a step."""
    visits = portfolio.visits
    if not portfolio.spread:
        return list(visits.parts(numbers * step))
    shared = numbers[np.abs(numbers) <= numbers.max() * (LIKELY / REACH)] * step

    def squared_ratio(levels: Array) -> Array:
        some = shared[:: max(len(shared) // SOME, 1)]
        most = np.max([visits.variance(levels + level) for level in some], axis=0)
        squared: Array = 1 / most
        return squared

    # The sums of both levels are multiples of one step, so that each distribution is computed once.
    finest = _step(portfolio.spread, squared_ratio)
    times = max(int(np.ceil(step / finest)), 1)
    finer = step / times if len(numbers) > 1 else finest
    own, weights = _points(portfolio.spread, finer)
    reach = own.max() + times * numbers.max()
    parts = list(visits.parts(np.arange(-reach, reach + 1) * finer))
    if visits.accounts <= FEW_ACCOUNTS:  # all parts have the same length
        windows = sliding_window_view(np.array([part for _, part in parts]), len(weights), axis=0)
        return [(0, mixed) for mixed in windows[::times] @ weights]
    return [
        _mixed(weights, parts[middle - own.max() : middle + own.max() + 1], visits.accounts)
        for middle in (reach + times * numbers).tolist()
    ]


def _sum(parts: Sequence[Part]) -> Part:
    """Return the distribution of the sum of independent numbers; short ones are convolved first."""
    left = list(parts)
    while len(left) > 1:
        left.sort(key=lambda part: len(part[1]))
        pairs = zip(left[::2], left[1::2], strict=False)
        left = [*(_convolve(one, other) for one, other in pairs), *(left[-1:] if len(left) % 2 else ())]
    return left[0]


def _convolve(one: Part, other: Part) -> Part:
    short = max(len(one[1]), len(other[1])) <= SHORT
    convolved = (np.convolve if short else oaconvolve)(one[1], other[1])
    return one[0] + other[0], np.maximum(convolved, 0.0)


def _step(spread: float, squared_ratio: Callable[[Array], Array]) -> float:
    """Return the distance of the levels.

    Parameters
    ----------
    spread : float
        The standard deviation of the level.
    squared_ratio : callable
        The squared ratio of the standard deviation of the count, given the level, to the change of
        its mean with the level. Levels further apart than this would leave gaps between the
        distributions that are added up.
    """
    trials = np.linspace(-REACH, REACH, TRIALS) * spread
    with np.errstate(divide="ignore", invalid="ignore"):
        squared = np.nan_to_num(squared_ratio(trials), nan=np.inf, posinf=np.inf)
    # Gaps matter less where the level is unlikely.
    needed = LOG_ERROR - 0.5 * np.linspace(-REACH, REACH, TRIALS) ** 2
    gaps = np.sqrt(2 * np.pi**2 * squared[needed > 0] / needed[needed > 0])
    return float(min(gaps.min(), LARGEST_STEP * spread, LARGEST_STEP))


def _points(spread: float, step: float) -> tuple[Array, Array]:
    """Return the levels as multiples of a step, and their weights."""
    if not spread:
        return np.zeros(1, dtype=np.intp), np.ones(1)
    count = int(np.ceil(REACH * spread / step))
    numbers = np.arange(-count, count + 1)
    weights = np.exp(-0.5 * (numbers * step / spread) ** 2)
    return numbers, weights / weights.sum()


def _mixed(weights: Array, parts: Iterable[Part], accounts: int) -> Part:
    """Return the weighted sum of distributions of the number of visits among some accounts."""
    total = np.zeros(accounts + 1)
    lowest, end = accounts, 0
    for weight, (first, probabilities) in zip(weights.tolist(), parts, strict=True):
        its_end = first + len(probabilities)
        total[first:its_end] += weight * probabilities
        lowest, end = min(lowest, first), max(end, its_end)
    return lowest, total[lowest:end]
