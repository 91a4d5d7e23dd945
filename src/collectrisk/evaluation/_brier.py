"""The interval of the Brier score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from collectrisk.evaluation._calibration_test import level_dispersion
from collectrisk.evaluation._intervals import PRIOR_DEGREES, influence_on_mean, quantile, variance_of, wilson
from collectrisk.evaluation._weighted import effective_count, mean, sums_by

if TYPE_CHECKING:
    from collectrisk._typing import Interval
    from collectrisk.evaluation._sample import Sample


def brier_interval(sample: Sample, brier: float, shift: float | None, confidence: float) -> Interval | None:
    """Return the interval of the Brier score; None if nothing is known of its variance.

    It has the form of Wilson's (1927), because the score is between 0 and 1 and its distribution is
    skewed as that of a rate. With few visits, the variance of the data is mostly too small, because the
    rare accounts with a large loss are not among them. So it is averaged with the variance of
    Spiegelhalter (1986), which the score would have if the probabilities were right: each as a share of
    what the variance of one rate would be, with the number of accounts of the smaller class and 10 as
    the weights.
    """
    visited, probability, weights = sample.arrays
    clusters = sample.clusters
    variance = probability * (1 - probability)
    factor = 1 - 2 * probability
    of_model = float(np.square(weights * factor) @ variance) / weights.sum() ** 2
    of_model *= level_dispersion(sample, shift, factor)
    of_model += variance_of(influence_on_mean(variance, weights, clusters), clusters)
    of_data = variance_of(influence_on_mean((probability - visited) ** 2, weights, clusters), clusters)
    degrees = min(_count(sample.take(visited)), _count(sample.take(~visited)))
    expected = mean(variance, weights)
    parts = [(degrees, of_data, brier * (1 - brier)), (PRIOR_DEGREES, of_model, expected * (1 - expected))]
    used = [(weight, each / limit) for weight, each, limit in parts if weight and limit]
    share = sum(weight * each for weight, each in used)
    if not share:
        return None
    return wilson(brier, sum(weight for weight, _ in used) / share, quantile(confidence, clusters))


def _count(sample: Sample) -> float:
    """Return the effective number of accounts, or of clusters."""
    weights = sums_by(sample.weights, sample.clusters)
    return effective_count(weights) if len(weights) else 0.0
