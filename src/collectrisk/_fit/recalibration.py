"""Changes the base of a card, and nothing else, to match a visit rate or labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.optimize import brentq
from scipy.special import expit

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._typing import Array

LARGEST_LOG_ODDS = 800.0
"""Beyond these log-odds every probability is 0 or 1 in floating point."""


def shift_to_rate(log_odds: Array, weights: Array, rate: float) -> float:
    """Return the shift of all log-odds that makes the mean probability equal to a rate.

    Examples
    --------
    >>> import numpy as np
    >>> round(shift_to_rate(np.array([1.0, 1.0]), np.ones(2), 0.5), 6)
    -1.0
    """
    shares = weights / weights.sum()
    return _root(lambda shift: shares @ expit(log_odds + shift) - rate, log_odds)


def shift_to_labels(log_odds: Array, visited: Array, scale: float) -> float:
    """Return the most probable shift of all log-odds, given labels.

    Parameters
    ----------
    log_odds : array of float, shape (n_rows,)
        The log-odds of the present card.
    visited : array of float, shape (n_rows,)
        1 if the account was visited, else 0.
    scale : float
        The standard deviation of the shift's Gaussian prior.
    """

    def log_posterior_gradient(shift: float) -> float:
        return float((visited - expit(log_odds + shift)).sum() - shift / scale**2)

    return _root(log_posterior_gradient, log_odds)


def _root(function: Callable[[float], float], log_odds: Array) -> float:
    """Return the root of a monotone function of the shift of all log-odds."""
    limit = LARGEST_LOG_ODDS + float(abs(log_odds).max(initial=0.0))
    return float(brentq(function, -limit, limit))
