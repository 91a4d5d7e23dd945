"""The interval of an AUC."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtrit

from collectrisk.evaluation._intervals import PRIOR_DEGREES, deviations, dispersion, variance_of
from collectrisk.evaluation._weighted import effective_count, mean, sums_by, weight_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from collectrisk._typing import Array, Interval
    from collectrisk.evaluation._sample import Sample


NEAR = 1e-9
"""The distance from an AUC at which the search for the ends of its interval begins."""


def influence_on_auc(sample: Sample, groups: Iterable[Array], auc: float) -> Array:
    """Return the influence of each account on an AUC over the pairs within groups.

    For one group, this gives the variance of DeLong, DeLong and Clarke-Pearson (1988), computed from
    midranks as in Sun and Xu (2014), and with clusters that of Obuchowski (1997).
    """
    influence = np.zeros(len(sample.visited))
    pairs = 0.0
    for rows in groups:
        group = sample.take(rows)
        visits, others = group.weights[group.visited].sum(), group.weights[~group.visited].sum()
        pairs += visits * others
        if visits and others:
            influence[rows] = _excess_wins(group, auc)
    return influence / pairs


def _excess_wins(sample: Sample, auc: float) -> Array:
    """Return how many more of its pairs each account wins than the mean account of its class."""
    ranks = weight_below(sample.probability, sample.weights)
    influence = np.empty(len(ranks))
    for visited in (True, False):
        rows = sample.visited == visited
        of_class, others = sample.take(rows), float(sample.weights[~rows].sum())
        below = ranks[rows] - weight_below(of_class.probability, of_class.weights)
        wins = below if visited else others - below
        influence[rows] = deviations(wins, of_class.weights, auc * others, of_class.clusters)
    return influence


def auc_interval(sample: Sample, auc: float, influence: Array, confidence: float) -> Interval:
    """Return the interval of an AUC: method 5 of Newcombe (2006), with the variance of the data.

    The variance at an AUC is that of Newcombe's model, multiplied by the ratio of the variance of the
    data to that of the model at the estimate. With few visits, the variance of the data is so
    uncertain that intervals from it alone are too narrow. So it is averaged with the model's, with
    the degrees of freedom of both as weights; those of the data are Welch's (1947).
    """
    rate = mean(sample.visited, sample.weights)
    variance = np.full(len(sample.visited), rate * (1 - rate))
    per_account = 1.0 if sample.clusters is None else dispersion(sample, sample.visited - rate, variance)
    counts, sizes, variances = [], [], []
    for rows in (sample.visited, ~sample.visited):
        of_class = sample.take(rows)
        counts.append(effective_count(sums_by(of_class.weights, of_class.clusters)))
        # The model is one of independent accounts: at least as many as clusters, at most as many as rows.
        sizes.append(max(counts[-1], effective_count(of_class.weights) / per_account))
        variances.append(variance_of(influence[rows], of_class.clusters))

    def model(theta: float) -> float:
        pairs = math.prod(sizes)
        others = max(sum(sizes) / 2 - 1, 0.0)
        return theta * (1 - theta) * (1 + others * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / pairs

    degrees, ratio = 0.0, 1.0
    of_data = variance_of(influence, sample.clusters)
    if min(counts) > 1 and 0 < auc < 1 and of_data:
        spread = [each**2 / (count - 1) for each, count in zip(variances, counts, strict=True)]
        degrees = sum(variances) ** 2 / sum(spread)
        ratio = (degrees * of_data / model(auc) + PRIOR_DEGREES) / (degrees + PRIOR_DEGREES)
    factor = -stdtrit(degrees + PRIOR_DEGREES, (1 - confidence) / 2) * math.sqrt(ratio)

    def distance(theta: float) -> float:
        return float(abs(theta - auc) - factor * math.sqrt(model(theta)))

    return _end(distance, auc, 0.0), _end(distance, auc, 1.0)


def _end(distance: Callable[[float], float], auc: float, certain: float) -> float:
    """Return the end of an interval between an AUC and 0 or 1, where the model's variance is 0 too."""
    near = auc + (certain - auc) * NEAR
    return float(brentq(distance, certain, near)) if distance(near) < 0 else auc
