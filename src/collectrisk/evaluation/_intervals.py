"""Confidence intervals from the influence of each account on a measure.

The influence of a measure is an array with one number per account. The standard error of the
measure is the square root of the sum of their squares. The influence of a difference is the
difference of the influences, so the interval of a difference on the same accounts is a paired one.

A weight states how much an account counts, not how many accounts there were: with a weight of 2, an
account moves a measure twice as much, and is still one observation. (Linearisation of weighted
estimators; Särndal, Swensson and Wretman 1992.)
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit, ndtri

from collectrisk.evaluation._weighted import effective_count, mean, weight_below

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._typing import Array, Interval


def _deviations(values: Array, weights: Array, expected: float) -> Array:
    """Return the weighted deviations from the mean, scaled so that the sum of squares is unbiased.

    A single value has no spread, so its deviation is that from the expected value.
    """
    count = effective_count(weights)
    correction = 1.0 if count <= 1 else math.sqrt(count / (count - 1))
    centre = expected if count <= 1 else mean(values, weights)
    deviations: Array = weights * (values - centre) * correction
    return deviations


def influence_on_mean(values: Array, weights: Array) -> Array:
    """Return the influence of each account on a mean."""
    influence: Array = _deviations(values, weights, mean(values, weights)) / weights.sum()
    return influence


def influence_on_auc(
    visited: Array, probability: Array, weights: Array, groups: Iterable[Array], auc: float
) -> Array:
    """Return the influence of each account on an AUC over the pairs within groups.

    For one group, this gives the variance of DeLong, DeLong and Clarke-Pearson (1988), computed from
    midranks as in Sun and Xu (2014).
    """
    influence = np.zeros(len(visited))
    pairs = 0.0
    for rows in groups:
        in_group, of_group = visited[rows], weights[rows]
        visits, others = of_group[in_group].sum(), of_group[~in_group].sum()
        pairs += visits * others
        if visits and others:
            influence[rows] = _excess_wins(in_group, probability[rows], of_group, auc)
    return influence / pairs


def _excess_wins(visited: Array, probability: Array, weights: Array, auc: float) -> Array:
    """Return how many more of its pairs each account wins than the mean account of its class."""
    ranks = weight_below(probability, weights)
    influence = np.empty(len(visited))
    for one_class in (visited, ~visited):
        of_class, others = weights[one_class], float(weights[~one_class].sum())
        below = ranks[one_class] - weight_below(probability[one_class], of_class)
        wins = below if one_class is visited else others - below
        influence[one_class] = _deviations(wins, of_class, auc * others)
    return influence


def _quantile(confidence: float) -> float:
    # From the tail, because (1 + confidence) / 2 rounds to 1 before the confidence does.
    return float(-ndtri((1 - confidence) / 2))


def _half_width(influence: Array, confidence: float) -> float:
    return _quantile(confidence) * float(np.sqrt(np.square(influence).sum()))


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


def rate_interval(rate: float, count: float, confidence: float) -> Interval:
    """Return the interval of Wilson (1927) for a rate among a number of accounts."""
    z = _quantile(confidence)
    scale = 1 + z**2 / count
    middle = (rate + z**2 / (2 * count)) / scale
    half_width = z / scale * math.sqrt(rate * (1 - rate) / count + (z / (2 * count)) ** 2)
    return (middle - half_width if rate else 0.0), (middle + half_width if rate < 1 else 1.0)
