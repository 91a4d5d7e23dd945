"""Moving the level of a card, and nothing else: another portfolio, another rate of visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.optimize import brentq
from scipy.special import expit

if TYPE_CHECKING:
    from collectrisk._typing import Array

FARTHEST = 800.0
"""Beyond this log-odds a float holds no other probability than 0 and 1."""


def shift_to_rate(log_odds: Array, weights: Array, rate: float) -> float:
    """Return what to add to all log-odds, so that the mean probability is the rate.

    Examples
    --------
    >>> import numpy as np
    >>> round(shift_to_rate(np.array([1.0, 1.0]), np.ones(2), 0.5), 6)
    -1.0
    """
    shares = weights / weights.sum()
    return float(brentq(lambda shift: shares @ expit(log_odds + shift) - rate, -FARTHEST, FARTHEST))


def shift_to_labels(log_odds: Array, visited: Array, spread: float) -> float:
    """Return the most probable shift, given labels and how far it may be expected to go.

    Parameters
    ----------
    log_odds : array of float, shape (n_rows,)
        The log-odds of the card as it is.
    visited : array of float, shape (n_rows,)
        1 for a visit, 0 for none.
    spread : float
        The standard deviation of the shift before any label is seen.
    """

    def slope(shift: float) -> float:
        return float((visited - expit(log_odds + shift)).sum() - shift / spread**2)

    return float(brentq(slope, -FARTHEST, FARTHEST))
