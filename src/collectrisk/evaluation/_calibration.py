"""How well probabilities agree with observed rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit, xlog1py, xlogy
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression

if TYPE_CHECKING:
    from collectrisk._typing import Array

MARGIN = float(np.finfo(np.float64).eps)
"""The distance from 0 and 1 to which probabilities are clipped before their log-odds are computed."""

MINIMUM_VARIANCE = 1e-6
"""The smallest variance of the number of visits for which a shift of the log-odds is identified."""


def quantile_bins(probability: Array, count: int) -> list[Array]:
    """Return the rows of at most `count` bins of about equal size, with ties in the same bin."""
    bins = (rankdata(probability) - 0.5) * count // len(probability)
    return [np.flatnonzero(bins == each) for each in np.unique(bins)]


def decompose_brier(visited: Array, probability: Array, bins: list[Array]) -> tuple[float, float, float]:
    """Return reliability, resolution and uncertainty: Brier = reliability - resolution + uncertainty.

    The decomposition is Murphy's (1973). The variance and covariance within bins are part of the
    resolution, as in Stephenson, Coelho and Jolliffe (2008), so the equation is exact for all bins.
    """
    rate = visited.mean()
    reliability = resolution = 0.0
    for rows in bins:
        share = len(rows) / len(visited)
        observed, expected = visited[rows].astype(np.float64), probability[rows]
        centred = expected - expected.mean()
        reliability += share * (expected.mean() - observed.mean()) ** 2
        between = (observed.mean() - rate) ** 2
        resolution += share * (between - np.mean(centred**2) + 2 * np.mean(centred * observed))
    return float(reliability), float(resolution), float(rate * (1 - rate))


def _clip(probability: Array) -> Array:
    return np.clip(probability, MARGIN, 1 - MARGIN)


def log_losses(visited: Array, probability: Array) -> Array:
    """Return the log-loss of each account, with probabilities clipped as in scikit-learn."""
    clipped = _clip(probability)
    losses: Array = -xlogy(visited, clipped) - xlog1py(~visited, -clipped)
    return losses


def calibration_in_the_large(visited: Array, probability: Array) -> float | None:
    """Return the shift of all log-odds that makes the expected rate equal to the observed one.

    None if it is not identified: there is one class only, or all probabilities are so close to 0 or
    1 that another shift gives the same expected rate.
    """
    rate = visited.mean()
    if not 0 < rate < 1:
        return None
    log_odds = logit(_clip(probability))
    lowest, highest = logit(rate) - log_odds.max(), logit(rate) - log_odds.min()
    if lowest == highest:
        return float(lowest)
    shift = float(brentq(lambda shift: expit(log_odds + shift).mean() - rate, lowest - 1, highest + 1))
    expected = expit(log_odds + shift)
    return shift if (expected * (1 - expected)).sum() > MINIMUM_VARIANCE else None


def calibration_line(visited: Array, probability: Array) -> tuple[float, float] | None:
    """Return intercept and slope of the logistic regression of the label on the log-odds.

    None if the likelihood has no finite maximum: there is one class only, the classes do not
    overlap, or all probabilities are the same.
    """
    log_odds = logit(_clip(probability))
    if _separated(log_odds[visited], log_odds[~visited]):
        return None
    mean, deviation = log_odds.mean(), log_odds.std()
    # Standardised, because the log-odds may be large. An infinite C means no penalty; the parameter
    # `penalty=None` is deprecated in newer versions of scikit-learn.
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10, max_iter=1_000)
    model.fit(((log_odds - mean) / deviation)[:, np.newaxis], visited)
    slope = float(model.coef_[0, 0] / deviation)
    return float(model.intercept_[0] - slope * mean), slope


def _separated(log_odds: Array, others: Array) -> bool:
    """Return whether a threshold separates two samples, or one of them is empty."""
    if not (len(log_odds) and len(others)):
        return True
    return bool(log_odds.min() >= others.max() or others.min() >= log_odds.max())
