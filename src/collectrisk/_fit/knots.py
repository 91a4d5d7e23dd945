"""Knots at the quantiles of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collectrisk._typing import Array

RELATIVE_GAP, ABSOLUTE_GAP = 1e-12, 1e-290
"""Knots that are closer differ by rounding error, and the slope between them could overflow."""


def quantile_knots(values: Array, weights: Array, count: int) -> Array:
    """Return up to `count` distinct values that cut the data into parts of equal weight.

    Every knot is a value that occurs, from the smallest to the largest. A row of weight two counts
    as two rows, so weights and repeated rows give the same knots.

    Parameters
    ----------
    values : array of float, shape (n_rows,)
        Known, finite values.
    weights : array of float, shape (n_rows,)
        The weight of each row, above 0.
    count : int
        The maximum number of knots, 2 or more.

    Examples
    --------
    >>> import numpy as np
    >>> quantile_knots(np.arange(101.0), np.ones(101), 5)
    array([  0.,  25.,  50.,  75., 100.])
    """
    if (weights == weights[0]).all():
        values = np.sort(values)  # the order would take more than twice as long
    else:
        order = np.argsort(values, kind="stable")
        values, weights = values[order], weights[order]
    cumulative = np.cumsum(weights)
    shares = np.linspace(0.0, 1.0, count) * cumulative[-1]
    # Slightly less than each share, because rounding in the sum might skip the value that reaches it.
    indices = np.searchsorted(cumulative, shares - 1e-9 * cumulative[-1])
    knots: Array = np.unique(values[indices])
    return knots


def distinct(knots: Array) -> Array:
    """Return increasing knots without those that differ from the previous one by rounding error.

    Examples
    --------
    >>> import numpy as np
    >>> distinct(np.array([0.0, 0.3, 0.1 + 0.2, 30_000.0]))
    array([0.e+00, 3.e-01, 3.e+04])
    """
    apart = np.diff(knots) > np.maximum(RELATIVE_GAP * np.abs(knots[1:]), ABSOLUTE_GAP)
    kept: Array = knots[np.concatenate([[True], apart])]
    return kept
