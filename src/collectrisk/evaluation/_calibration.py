"""Whether probabilities are true to the rates that are observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import expit, logit, xlog1py, xlogy
from scipy.stats import rankdata

if TYPE_CHECKING:
    from collectrisk._typing import Array

LEAST = float(np.finfo(np.float64).eps)
"""Where log-odds are taken, a probability of 0 counts as this, and 1 as this much less."""

UNSURE = 1e-6
"""The least variance of the number of visits by which a level can be told from another."""


@attrs.frozen(kw_only=True)
class CalibrationBin:
    """Accounts of about the same visit probability.

    Attributes
    ----------
    accounts : int
        How many there are.
    least, most : float
        Their lowest and highest visit probability.
    expected_rate : float
        Their mean visit probability.
    observed_rate : float
        The share of them that was visited.
    """

    accounts: int
    least: float
    most: float
    expected_rate: float
    observed_rate: float


def bins_of(probability: Array, count: int) -> list[Array]:
    """Return the rows of each of at most `count` bins of about equal size; ties stay together."""
    places = (rankdata(probability) - 0.5) * count // len(probability)
    return [np.flatnonzero(places == place) for place in np.unique(places)]


def described(visited: Array, probability: Array) -> CalibrationBin:
    """Return what is seen in one bin."""
    return CalibrationBin(
        accounts=len(visited),
        least=float(probability.min()),
        most=float(probability.max()),
        expected_rate=float(probability.mean()),
        observed_rate=float(visited.mean()),
    )


def decompose(visited: Array, probability: Array, members: list[Array]) -> tuple[float, float, float]:
    """Return reliability, resolution and uncertainty: Brier = reliability - resolution + uncertainty.

    Murphy (1973), with the spread inside each bin counted to the resolution as in Stephenson, Coelho
    and Jolliffe (2008), so that the parts add up whatever the bins.
    """
    rate = visited.mean()
    reliability = resolution = 0.0
    for rows in members:
        share = len(rows) / len(visited)
        seen, expected = visited[rows].astype(np.float64), probability[rows]
        own = expected - expected.mean()
        reliability += share * (expected.mean() - seen.mean()) ** 2
        between = (seen.mean() - rate) ** 2
        resolution += share * (between - np.mean(own**2) + 2 * np.mean(own * seen))
    return float(reliability), float(resolution), float(rate * (1 - rate))


def _bounded(probability: Array) -> Array:
    return np.clip(probability, LEAST, 1 - LEAST)


def log_losses(visited: Array, probability: Array) -> Array:
    """Return the log-loss of each account, bounded as scikit-learn bounds it."""
    bounded = _bounded(probability)
    losses: Array = -xlogy(visited, bounded) - xlog1py(~visited, -bounded)
    return losses


def shift_of_log_odds(visited: Array, probability: Array) -> float | None:
    """Return what to add to all log-odds for the expected rate to be the observed one.

    None where no one number does it: one class only, or probabilities so sure that a level further
    up or down expects the same visits.
    """
    rate = visited.mean()
    if not 0 < rate < 1:
        return None
    log_odds = logit(_bounded(probability))
    lowest, highest = logit(rate) - log_odds.max(), logit(rate) - log_odds.min()
    if lowest == highest:
        return float(lowest)
    shift = float(brentq(lambda shift: expit(log_odds + shift).mean() - rate, lowest - 1, highest + 1))
    expected = expit(log_odds + shift)
    return shift if (expected * (1 - expected)).sum() > UNSURE else None


def calibration_line(visited: Array, probability: Array) -> tuple[float, float] | None:
    """Return intercept and slope of the logistic regression of the label on the log-odds.

    None where it has no finite maximum: one class only, classes that do not overlap, or one
    probability for all.
    """
    log_odds = logit(_bounded(probability))
    if _apart(log_odds[visited], log_odds[~visited]):
        return None
    centre, spread = log_odds.mean(), log_odds.std()
    intercept, slope = _regression(visited.astype(np.float64), (log_odds - centre) / spread)
    return float(intercept - slope * centre / spread), float(slope / spread)


def _apart(one: Array, other: Array) -> bool:
    """Tell whether a single cut puts two samples on its two sides."""
    if not (len(one) and len(other)):
        return True
    return bool(one.min() >= other.max() or other.min() >= one.max())


def _regression(visited: Array, values: Array) -> Array:
    """Return the unpenalised maximum-likelihood intercept and slope."""
    design = np.column_stack([np.ones_like(values), values])

    def loss(weights: Array) -> tuple[float, Array]:
        linear = design @ weights
        gradient = design.T @ (expit(linear) - visited) / len(visited)
        return float(np.mean(np.logaddexp(0, linear) - visited * linear)), gradient

    def curvature(weights: Array) -> Array:
        expected = expit(design @ weights)
        matrix: Array = (design.T * (expected * (1 - expected))) @ design / len(visited)
        return matrix

    start = np.array([logit(visited.mean()), 0.0])
    options = {"gtol": 1e-10}
    found = minimize(loss, start, jac=True, hess=curvature, method="trust-exact", options=options)
    weights: Array = found.x
    return weights
