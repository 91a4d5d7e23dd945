"""How sure a figure is: what each account adds to its error, and the interval that follows.

A figure's influence is an array with one number an account: the figure's standard error is the root
of the sum of their squares. The influence of a difference is the difference of the influences,
which is what makes a comparison on the same accounts a paired one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit, ndtri
from scipy.stats import binomtest, rankdata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._typing import Array, Interval


def _deviations(values: Array, expected: float) -> Array:
    """Return deviations from the mean, scaled for the sum of squares to be unbiased.

    One value alone is its own mean, and is compared with what was expected.
    """
    count = len(values)
    if count == 1:
        return values - expected
    deviations: Array = (values - values.mean()) * math.sqrt(count / (count - 1))
    return deviations


def influence_on_mean(values: Array) -> Array:
    """Return what each account adds to the error of a mean."""
    return _deviations(values, values.mean()) / len(values)


def influence_on_auc(visited: Array, probability: Array, members: Sequence[Array], auc: float) -> Array:
    """Return what each account adds to the error of an AUC over the pairs within groups.

    With one group this is the variance of DeLong, DeLong and Clarke-Pearson (1988), computed from
    midranks as in Sun and Xu (2014); with several, the sum of theirs.
    """
    influence = np.zeros(len(visited))
    pairs = 0
    for rows in members:
        seen = visited[rows]
        count = int(seen.sum())
        if 0 < count < len(rows):
            pairs += count * (len(rows) - count)
            influence[rows] = _of_group(seen, probability[rows], auc)
    return influence / pairs


def _of_group(visited: Array, probability: Array, auc: float) -> Array:
    """Return how many more of its pairs each account wins than the others of its class do."""
    ranks = rankdata(probability)
    influence = np.empty(len(visited))
    for one_class in (visited, ~visited):
        others = int((~one_class).sum())
        below = ranks[one_class] - rankdata(probability[one_class])
        won = below if one_class is visited else others - below
        influence[one_class] = _deviations(won, auc * others)
    return influence


def _half_width(influence: Array, confidence: float) -> float:
    return float(ndtri((1 + confidence) / 2) * np.sqrt(np.square(influence).sum()))


def auc_interval(auc: float, influence: Array, visited: Array, confidence: float) -> Interval | None:
    """Return the interval of an AUC, symmetric on its log-odds; None where the data give no width."""
    fewest = min(int(visited.sum()), int((~visited).sum()))
    if fewest < 2 or not 0 < auc < 1:
        return None
    half = _half_width(influence, confidence) / (auc * (1 - auc))
    return float(expit(logit(auc) - half)), float(expit(logit(auc) + half))


def difference_interval(difference: float, influence: Array, confidence: float) -> Interval | None:
    """Return the interval of a difference; None where there is one and the data give no width."""
    half = _half_width(influence, confidence)
    return None if difference and not half else (difference - half, difference + half)


def rate_interval(visits: int, accounts: int, confidence: float) -> Interval:
    """Return the interval of Wilson (1927) for a rate."""
    found = binomtest(visits, accounts).proportion_ci(confidence, method="wilson")
    return float(found.low), float(found.high)
