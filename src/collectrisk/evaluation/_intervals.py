"""Confidence intervals from the influence of each account on a measure.

The influence of a measure is an array with one number per account. The standard error of the
measure is the square root of the sum of their squares. The influence of a difference is the
difference of the influences, so the interval of a difference on the same accounts is a paired one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit, ndtri
from scipy.stats import binomtest, rankdata

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._typing import Array, Interval


def _deviations(values: Array, expected: float) -> Array:
    """Return the deviations from the mean, scaled so that the sum of squares is unbiased.

    A single value has no spread, so its deviation is that from the expected value.
    """
    count = len(values)
    if count == 1:
        return values - expected
    deviations: Array = (values - values.mean()) * math.sqrt(count / (count - 1))
    return deviations


def influence_on_mean(values: Array) -> Array:
    """Return the influence of each account on a mean."""
    return _deviations(values, values.mean()) / len(values)


def influence_on_auc(visited: Array, probability: Array, groups: Iterable[Array], auc: float) -> Array:
    """Return the influence of each account on an AUC over the pairs within groups.

    For one group, this gives the variance of DeLong, DeLong and Clarke-Pearson (1988), computed from
    midranks as in Sun and Xu (2014).
    """
    influence = np.zeros(len(visited))
    pairs = 0
    for rows in groups:
        in_group = visited[rows]
        visits, others = int(in_group.sum()), int((~in_group).sum())
        pairs += visits * others
        if visits and others:
            influence[rows] = _excess_wins(in_group, probability[rows], auc)
    return influence / pairs


def _excess_wins(visited: Array, probability: Array, auc: float) -> Array:
    """Return how many more of its pairs each account wins than the mean account of its class."""
    ranks = rankdata(probability)
    influence = np.empty(len(visited))
    for one_class in (visited, ~visited):
        others = int((~one_class).sum())
        below = ranks[one_class] - rankdata(probability[one_class])
        wins = below if one_class is visited else others - below
        influence[one_class] = _deviations(wins, auc * others)
    return influence


def _half_width(influence: Array, confidence: float) -> float:
    return float(ndtri((1 + confidence) / 2) * np.sqrt(np.square(influence).sum()))


def auc_interval(auc: float, influence: Array, visited: Array, confidence: float) -> Interval | None:
    """Return the interval of an AUC, symmetric in its log-odds; None if its variance is not defined."""
    if min(visited.sum(), (~visited).sum()) < 2 or not 0 < auc < 1:
        return None
    half_width = _half_width(influence, confidence) / (auc * (1 - auc))
    return float(expit(logit(auc) - half_width)), float(expit(logit(auc) + half_width))


def difference_interval(difference: float, influence: Array, confidence: float) -> Interval | None:
    """Return the interval of a difference; None if its variance is 0 although the measures differ."""
    half_width = _half_width(influence, confidence)
    return None if difference and not half_width else (difference - half_width, difference + half_width)


def rate_interval(visits: int, accounts: int, confidence: float) -> Interval:
    """Return the interval of Wilson (1927) for a rate."""
    interval = binomtest(visits, accounts).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)
