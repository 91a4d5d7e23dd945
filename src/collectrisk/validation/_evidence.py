"""What the outcomes in one bin say: weight of evidence, information value, and the points that would fit.

References
----------
N. Siddiqi, "Credit Risk Scorecards" (2006). E. B. Wilson, "Probable inference, the law of succession, and
statistical inference", Journal of the American Statistical Association 22 (1927). G. Y. Zou and
A. Donner, "Construction of confidence limits about effect measures", Statistics in Medicine 27 (2008).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from collectrisk.evaluation._intervals import dispersion, quantile, rate_interval
from collectrisk.evaluation._weighted import effective_count, mean

if TYPE_CHECKING:
    from collectrisk._typing import Array, Interval
    from collectrisk.evaluation._sample import Sample

HALF = 0.5
"""What a count of 0 is replaced by, so that its logarithm is finite; a part of the smallest weight."""

FAR = 50.0
"""Beyond log-odds of this size, the expected number of visits or of others rounds to 0."""


@attrs.frozen(eq=False)
class ClassCounts:
    """The accounts of one class, visited or not, in a bin and in all bins.

    Attributes
    ----------
    inside, total : float
        The sums of their weights.
    effective : float
        The number of independent accounts of equal weight whose share would have the same variance.
    clusters : array of int, or None
        The cluster of each account; None if each is a cluster of its own.
    """

    inside: float
    total: float
    effective: float
    clusters: Array | None = None

    @classmethod
    def of(cls, sample: Sample) -> ClassCounts:
        """Return the counts of the accounts of a class, whose outcome is whether they are in the bin."""
        share = mean(sample.visited, sample.weights)
        variance = np.full(len(sample.visited), share * (1 - share))
        ratio = dispersion(sample, sample.visited - share, variance)
        effective = effective_count(sample.weights) / ratio
        inside = float(sample.weights[sample.visited].sum())
        return cls(inside, float(sample.weights.sum()), effective, sample.clusters)

    def log_share(self, more: float) -> float:
        """Return the logarithm of the share that is in the bin, with some weight more."""
        return math.log((self.inside + more) / self.total)

    def log_interval(self, confidence: float) -> Interval:
        """Return the interval of the logarithm of the share, by Wilson."""
        low, high = rate_interval(self.inside / self.total, self.effective, confidence, self.clusters)
        return _log(low), _log(high)


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


@attrs.frozen
class Evidence:
    """The weight of evidence of a bin, with its interval, and its part of the information value."""

    woe: float
    interval: Interval
    iv: float

    @classmethod
    def of(cls, others: ClassCounts, visits: ClassCounts, confidence: float, half: float = HALF) -> Evidence:
        """Return the evidence of the accounts without and with a visit in a bin that is not empty.

        If one of the classes has no account in it, each has the weight `half` more.
        """
        more = 0.0 if others.inside and visits.inside else half
        log_others, log_visits = (each.log_share(more) for each in (others, visits))
        woe = log_others - log_visits
        iv = (math.exp(log_others) - math.exp(log_visits)) * woe
        # The distances to the limits of each share are added as squares (Zou and Donner 2008).
        (low, high), (low_visits, high_visits) = (each.log_interval(confidence) for each in (others, visits))
        below = math.hypot(max(log_others - low, 0.0), max(high_visits - log_visits, 0.0))
        above = math.hypot(max(high - log_others, 0.0), max(log_visits - low_visits, 0.0))
        return cls(woe, (woe - below, woe + above), iv)


def chance_of_iv(bins: int, others: float, visits: float) -> float:
    """Return the mean information value by chance alone, for a number of bins that are not empty."""
    return (bins - 1) * (1 / others + 1 / visits)


@attrs.frozen
class Shift:
    """The shift of the log-odds of a bin that makes its expected visits equal to the observed ones."""

    value: float
    interval: Interval

    @classmethod
    def of(cls, sample: Sample, log_odds: Array, confidence: float, half: float = HALF) -> Shift:
        """Return the shift of some accounts, and its interval by inverting the score test.

        Where all or none were visited, the shift is that for visits of the weight `half` less or more. The
        interval then has one end.
        """
        weights = sample.weights
        visits, not_visited = (float(weights[rows].sum()) for rows in (sample.visited, ~sample.visited))
        if visits > not_visited:  # a probability close to 1 has lost the digits of its distance from 1
            others = attrs.evolve(sample, visited=~sample.visited, probability=1 - sample.probability)
            mirrored = cls.of(others, -log_odds, confidence, half)
            low, high = mirrored.interval
            return cls(-mirrored.value, (-high, -low))
        distinct, index = np.unique(log_odds, return_inverse=True)
        totals = np.bincount(index, weights)
        squares = np.bincount(index, np.square(weights))
        z = quantile(confidence, sample.clusters)

        def excess(shift: float, target: float, margin: float) -> float:
            expected = expit(distinct + shift)
            error = math.sqrt(float((squares * expected * (1 - expected)).sum()))
            return target - float((totals * expected).sum()) + margin * error

        def root(target: float, margin: float) -> float:
            low, high = -FAR - float(distinct[-1]), FAR - float(distinct[0])
            return float(brentq(excess, low, high, args=(target, margin), xtol=1e-10))

        value = root(visits or min(half, not_visited / 2), 0.0)
        expected = expit(log_odds + value)
        z *= math.sqrt(dispersion(sample, sample.visited - expected, expected * (1 - expected)))
        low = root(visits, -z) if visits else -math.inf
        return cls(value, (low, root(visits, z)))
