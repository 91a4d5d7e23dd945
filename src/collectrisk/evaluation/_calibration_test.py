"""Tests of calibration, and the intervals of its level and its slope."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, ndtr, stdtr

from collectrisk.evaluation._calibration import log_odds_of
from collectrisk.evaluation._intervals import dispersion, largest_dispersion, quantile
from collectrisk.evaluation._weighted import sums_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._typing import Array, Interval
    from collectrisk.evaluation._sample import Sample


SMALLEST_DETERMINANT = 1e-10
"""The smallest determinant of the information on intercept and slope, as a share of the product of its
diagonal, for which they have intervals."""


@attrs.frozen(kw_only=True)
class CalibrationTest:
    """A test of the hypothesis that the visit probabilities are right.

    Attributes
    ----------
    z : float
        The difference of observed and expected visits in standard errors. Above 0, the visit
        probabilities are too low.
    p_value : float
        The probability of a z at least as far from 0, if the visit probabilities are right.

    Examples
    --------
    >>> import collectrisk as cr
    >>> report = cr.evaluate([0.2] * 100, None, visited=[1] * 30 + [0] * 70)
    >>> test = report.pooled.level_test
    >>> round(test.z, 4), round(test.p_value, 4)
    (2.5, 0.0124)
    """

    z: float
    p_value: float


def calibration_test(
    sample: Sample, shift: float | None, *, spiegelhalter: bool = False
) -> CalibrationTest | None:
    """Return the z-test of the level, or that of Spiegelhalter (1986); None if the variance is 0.

    Parameters
    ----------
    sample : Sample
        The accounts.
    shift : float or None
        Their calibration in the large.
    spiegelhalter : bool, default False
        Whether the difference of outcome and visit probability of each account has the factor
        ``1 - 2 * probability``.
    """
    probability = sample.probability
    factor = 1 - 2 * probability if spiegelhalter else np.ones(len(probability))
    scaled = sample.weights * factor
    variance = float((scaled**2 * probability * (1 - probability)).sum())
    error = math.sqrt(variance * level_dispersion(sample, shift, factor))
    if not error:
        return None
    z = float((scaled * (sample.visited - probability)).sum()) / error
    clusters = sample.clusters
    tail = ndtr(-abs(z)) if clusters is None else stdtr(max(clusters.max(), 1), -abs(z))
    return CalibrationTest(z=z, p_value=2 * float(tail))


def level_dispersion(sample: Sample, shift: float | None, factor: Array | float = 1.0) -> float:
    """Return the ratio of `dispersion` around the expected rates after a shift of their level.

    A wrong level would be part of all residuals, and make them look like those of large clusters.
    """
    if shift is None:
        return largest_dispersion(sample)
    expected = expit(log_odds_of(sample.probability) + shift)
    return dispersion(sample, sample.visited - expected, expected * (1 - expected), factor)


def level_interval(sample: Sample, shift: float, confidence: float) -> Interval:
    """Return the interval of the calibration in the large: all shifts that the z-test does not reject.

    For one probability, it is the interval of Wilson (1927) for the rate.
    """
    log_odds, weights = log_odds_of(sample.probability), sample.weights
    bound = quantile(confidence, sample.clusters) ** 2 * level_dispersion(sample, shift)

    def excess(distance: float) -> float:
        expected = expit(log_odds + distance)
        difference = float((weights * (sample.visited - expected)).sum())
        return difference**2 - bound * float((weights**2 * expected * (1 - expected)).sum())

    return _end(excess, shift, -1.0), _end(excess, shift, 1.0)


def _end(excess: Callable[[float], float], shift: float, direction: float) -> float:
    step = 1.0
    while excess(shift + direction * step) < 0:
        step *= 2
    return float(brentq(excess, shift, shift + direction * step))


def line_intervals(
    sample: Sample, line: tuple[float, float], confidence: float
) -> tuple[Interval, Interval] | None:
    """Return the intervals of intercept and slope of `calibration_line`.

    The variance is the inverse of the information; with weights or clusters it is the sandwich of Huber
    (1967), summed by cluster, and with clusters never smaller than without. None if the
    information is singular, because almost all accounts are certain by the line.
    """
    intercept, slope = line
    log_odds, weights, clusters = log_odds_of(sample.probability), sample.weights, sample.clusters
    # Centred, so that the matrix is nearly diagonal.
    centre = float((weights * log_odds).sum() / weights.sum())
    design = np.column_stack([np.ones(len(log_odds)), log_odds - centre])
    expected = expit(intercept + slope * log_odds)
    information = design.T @ (design * (weights * expected * (1 - expected))[:, np.newaxis])
    (first, mixed), (_, last) = information
    if not first * last - mixed**2 > SMALLEST_DETERMINANT * first * last:
        return None
    bread = np.linalg.inv(information)
    scores = design * (weights * (sample.visited - expected))[:, np.newaxis]
    # Equal weights say nothing on the outcomes, whatever their size.
    is_equal = weights.min() == weights.max()
    covariances = [bread * weights[0] if is_equal else _sandwich(bread, scores, None)]
    if clusters is not None:
        covariances.append(_sandwich(bread, scores, clusters))
    to_line = np.array([[1.0, -centre], [0.0, 1.0]])
    variances = [np.diag(to_line @ each @ to_line.T) for each in covariances]
    half_widths = quantile(confidence, clusters) * np.sqrt(np.max(variances, axis=0))
    low, high = line - half_widths, line + half_widths
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


def _sandwich(bread: Array, scores: Array, clusters: Array | None) -> Array:
    sums = np.column_stack([sums_by(column, clusters) for column in scores.T])
    count = len(sums)
    correction = count / (count - 1) if clusters is not None and count > 1 else 1.0
    found: Array = bread @ (sums.T @ sums) @ bread * correction
    return found
