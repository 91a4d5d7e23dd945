"""Confidence intervals from the influence of each account on a measure.

The influence of a measure is an array with one number per account. The standard error of the
measure is the square root of the sum of their squares. The influence of a difference is the
difference of the influences, so the interval of a difference on the same accounts is a paired one.

Accounts of the same cluster may depend on each other, so their influences are added before they are
squared (Liang and Zeger 1986). Without clusters, each account is a cluster of its own.

A weight states how much an account counts, not how many accounts there were: with a weight of 2, an
account moves a measure twice as much, and is still one observation. (Linearisation of weighted
estimators; Särndal, Swensson and Wretman 1992.)
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

from collectrisk.evaluation._weighted import effective_count, mean, sums_by

if TYPE_CHECKING:
    from collectrisk._typing import Array, Interval
    from collectrisk.evaluation._sample import Sample


PRIOR_DEGREES = 10
"""The degrees of freedom of the variance of a model, when it is averaged with that of the data."""


def deviations(values: Array, weights: Array, expected: float, clusters: Array | None = None) -> Array:
    """Return the weighted deviations from the mean, scaled so that the sum of squares is unbiased.

    The values of a single cluster have no spread, so their deviations are those from the expected value.
    """
    count = effective_count(sums_by(weights, clusters))
    correction = 1.0 if count <= 1 else math.sqrt(count / (count - 1))
    centre = expected if count <= 1 else mean(values, weights)
    found: Array = weights * (values - centre) * correction
    return found


def influence_on_mean(values: Array, weights: Array, clusters: Array | None = None) -> Array:
    """Return the influence of each account on a mean."""
    influence: Array = deviations(values, weights, mean(values, weights), clusters) / weights.sum()
    return influence


def variance_of(influence: Array, clusters: Array | None = None) -> float:
    """Return the variance of a measure."""
    return float(np.square(sums_by(influence, clusters)).sum())


def quantile(confidence: float, clusters: Array | None = None) -> float:
    """Return the quantile of an interval: normal, or Student's t for the number of clusters minus 1."""
    # From the tail, because (1 + confidence) / 2 rounds to 1 before the confidence does.
    tail = (1 - confidence) / 2
    return float(-ndtri(tail) if clusters is None else -stdtrit(max(clusters.max(), 1), tail))


def difference_interval(
    difference: float, influence: Array, confidence: float, clusters: Array | None = None
) -> Interval | None:
    """Return the interval of a difference; None if its variance is 0 although the measures differ."""
    half_width = quantile(confidence, clusters) * math.sqrt(variance_of(influence, clusters))
    return None if difference and not half_width else (difference - half_width, difference + half_width)


def dispersion(sample: Sample, residual: Array, variance: Array, factor: Array | float = 1.0) -> float:
    """Return how many times larger the variance of a sum over accounts is than that of a model.

    The sum is that of ``weights * factor * residual``. By the model, the accounts are independent with
    the given variances. The ratio is 1 without weights and clusters. Weights may depend on the
    outcomes, so with weights it is estimated from the residuals. With clusters it is never smaller than
    without: the estimate from few clusters is often too small by chance.
    """
    weights, clusters = sample.weights, sample.clusters
    scaled = weights * factor
    model = float((scaled**2 * variance).sum())
    if not model > 0:
        return largest_dispersion(sample)
    parts = scaled * residual
    # Weights that are all equal say nothing on the outcomes.
    found = 1.0 if weights.min() == weights.max() else float(np.square(parts).sum()) / model
    if clusters is None:
        return found
    count = int(clusters.max()) + 1
    if count == 1:
        return max(found, largest_dispersion(sample))
    return max(found, float(np.square(sums_by(parts, clusters)).sum()) / model * count / (count - 1))


def largest_dispersion(sample: Sample) -> float:
    """Return the ratio of `dispersion` if all accounts of a cluster always have the same outcome."""
    sums = sums_by(sample.weights, sample.clusters)
    return float(np.square(sums).sum() / np.square(sample.weights).sum())


def rate_interval(rate: float, count: float, confidence: float, clusters: Array | None = None) -> Interval:
    """Return the interval of Wilson (1927) for a rate among a number of accounts."""
    return wilson(rate, count, quantile(confidence, clusters))


def wilson(rate: float, count: float, z: float) -> Interval:
    """Return the rates whose distance from a rate is at most z of their standard errors."""
    scale = 1 + z**2 / count
    middle = (rate + z**2 / (2 * count)) / scale
    half_width = z / scale * math.sqrt(rate * (1 - rate) / count + (z / (2 * count)) ** 2)
    low, high = float(middle - half_width), float(middle + half_width)
    return (max(low, 0.0) if rate else 0.0), (min(high, 1.0) if rate < 1 else 1.0)


def observed_rate_interval(sample: Sample, confidence: float) -> Interval:
    """Return Wilson's interval for the effective number of accounts.

    That is the number of independent accounts of equal weight whose rate would have the same variance.
    """
    rate = mean(sample.visited, sample.weights)
    variance = np.full(len(sample.visited), rate * (1 - rate))
    ratio = dispersion(sample, sample.visited - rate, variance)
    return rate_interval(rate, effective_count(sample.weights) / ratio, confidence, sample.clusters)
