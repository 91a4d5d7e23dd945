"""How well probabilities agree with observed rates."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit, xlog1py, xlogy
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from collectrisk.evaluation._weighted import mean, weight_below

if TYPE_CHECKING:
    from collectrisk._typing import Array

MARGIN = float(np.finfo(np.float64).eps)
"""The distance from 0 and 1 to which probabilities are clipped before their log-odds are computed."""

MINIMUM_VARIANCE = 1e-6
"""The smallest mean variance of an outcome, as a share of that with one rate for all accounts, for which a
shift of the log-odds is identified."""


def quantile_bins(probability: Array, weights: Array, count: int) -> list[Array]:
    """Return the rows of at most `count` bins of about equal weight, with ties in the same bin."""
    if weights.min() == weights.max():
        weights = np.ones(len(weights))  # no rounding, whatever the size of the weights
    bins = weight_below(probability, weights) * count // weights.sum()
    return [np.flatnonzero(bins == each) for each in np.unique(bins)]


def decompose_brier(
    visited: Array, probability: Array, weights: Array, bins: list[Array]
) -> tuple[float, float, float]:
    """Return reliability, resolution and uncertainty: Brier = reliability - resolution + uncertainty.

    The decomposition is Murphy's (1973). The variance and covariance within bins are part of the
    resolution, as in Stephenson, Coelho and Jolliffe (2008), so the equation is exact for all bins.
    """
    rate = mean(visited, weights)
    reliability = resolution = 0.0
    for rows in bins:
        observed, expected, of_bin = visited[rows], probability[rows], weights[rows]
        share = of_bin.sum() / weights.sum()
        observed_rate, expected_rate = mean(observed, of_bin), mean(expected, of_bin)
        centred = expected - expected_rate
        reliability += share * (expected_rate - observed_rate) ** 2
        within = mean(centred * (centred - 2 * observed), of_bin)
        resolution += share * ((observed_rate - rate) ** 2 - within)
    return float(reliability), float(resolution), rate * (1 - rate)


def clip(probability: Array) -> Array:
    return np.clip(probability, MARGIN, 1 - MARGIN)


def log_losses(visited: Array, probability: Array) -> Array:
    """Return the log-loss of each account, with probabilities clipped as in scikit-learn."""
    clipped = clip(probability)
    losses: Array = -xlogy(visited, clipped) - xlog1py(~visited, -clipped)
    return losses


def log_odds_of(probability: Array) -> Array:
    """Return the log-odds of probabilities, which are clipped because those of 0 and 1 are infinite."""
    found: Array = logit(clip(probability))
    return found


def calibration_in_the_large(visited: Array, probability: Array, weights: Array) -> float | None:
    """Return the shift of all log-odds that makes the expected rate equal to the observed one.

    None if it is not identified: there is one class only, or all probabilities are so close to 0 or
    1 that another shift gives the same expected rate.
    """
    rate = mean(visited, weights)
    if not 0 < rate < 1:
        return None
    log_odds = log_odds_of(probability)
    lowest, highest = logit(rate) - log_odds.max(), logit(rate) - log_odds.min()
    if lowest == highest:
        return float(lowest)
    shift = float(
        brentq(lambda shift: mean(expit(log_odds + shift), weights) - rate, lowest - 1, highest + 1)
    )
    expected = expit(log_odds + shift)
    variance = mean(expected * (1 - expected), weights)
    return shift if variance > MINIMUM_VARIANCE * rate * (1 - rate) else None


def calibration_line(visited: Array, probability: Array, weights: Array) -> tuple[float, float] | None:
    """Return intercept and slope of the logistic regression of the label on the log-odds.

    None if the likelihood has no finite maximum: there is one class only, the classes do not
    overlap, or all probabilities are the same.
    """
    log_odds = log_odds_of(probability)
    if _separated(log_odds[visited], log_odds[~visited]):
        return None
    centre = mean(log_odds, weights)
    deviation = np.sqrt(mean(np.square(log_odds - centre), weights))
    # Standardised, because the log-odds may be large. An infinite C means no penalty; the parameter
    # `penalty=None` is deprecated in newer versions of scikit-learn.
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10, max_iter=1_000)
    with warnings.catch_warnings():
        # Newton's method cannot improve on a start at the maximum; L-BFGS then takes over.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(((log_odds - centre) / deviation)[:, np.newaxis], visited, weights / weights.mean())
    slope = float(model.coef_[0, 0] / deviation)
    return float(model.intercept_[0] - slope * centre), slope


def _separated(log_odds: Array, others: Array) -> bool:
    """Return whether a threshold separates two samples, or one of them is empty."""
    if not (len(log_odds) and len(others)):
        return True
    return bool(log_odds.min() >= others.max() or others.min() >= log_odds.max())
