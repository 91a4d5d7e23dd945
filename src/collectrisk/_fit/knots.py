"""Where a fitted curve may bend: knots at the quantiles of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collectrisk._typing import Array

SAME, NOTHING = 1e-12, 1e-290
"""Values that differ by less, as a share or at all, differ by rounding, and no line fits between."""


def quantile_knots(values: Array, weights: Array, most: int) -> Array:
    """Return up to `most` distinct values that cut the data into parts of equal weight.

    Every knot is a value that occurs, from the smallest to the largest, and a row of weight two
    counts as two rows, so that weights and repeated rows give the same knots.

    Parameters
    ----------
    values : array of float, shape (n_rows,)
        Known, finite values.
    weights : array of float, shape (n_rows,)
        Each row's weight, above 0.
    most : int
        How many knots there may be, 2 or more.

    Examples
    --------
    >>> import numpy as np
    >>> quantile_knots(np.arange(101.0), np.ones(101), 5)
    array([  0.,  25.,  50.,  75., 100.])
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    shares = np.linspace(0.0, 1.0, most) * reached[-1]
    # A little less than the share, lest rounding in the sum skip the value that reaches it.
    places = np.searchsorted(reached, shares - 1e-9 * reached[-1])
    knots: Array = np.unique(values[order][places])
    return knots


def distinct(knots: Array) -> Array:
    """Return rising knots without those that differ from the one before by rounding alone.

    Examples
    --------
    >>> import numpy as np
    >>> distinct(np.array([0.0, 0.3, 0.1 + 0.2, 30_000.0]))
    array([0.e+00, 3.e-01, 3.e+04])
    """
    apart = np.diff(knots) > np.maximum(SAME * np.abs(knots[1:]), NOTHING)
    kept: Array = knots[np.concatenate([[True], apart])]
    return kept
