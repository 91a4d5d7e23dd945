"""Holding a fit to monotone curves: the most probable card among those that keep the limits.

References
----------
C. L. Lawson and R. J. Hanson, "Solving Least Squares Problems" (1974), chapter 23: least distance
programming by non-negative least squares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

if TYPE_CHECKING:
    from collectrisk.fit.problem import Problem

__all__ = ["held_to"]

Array = npt.NDArray[Any]

ROUNDS = 30
CLOSE = 1e-9
MARGIN = 1e-12
"""Keeps a level stretch from falling by a rounding error."""


def held_to(limits: Array, problem: Problem, steps: Array, precision: Array) -> Array:
    """Return the most probable steps for which no limit is below zero.

    Parameters
    ----------
    limits : array of float, shape (n_limits, 1 + n_cells)
        Sums of points that must not be negative.
    problem : Problem
        What is minimised.
    steps : array of float, shape (1 + n_directions,)
        The most probable steps without limits.
    precision : array of float, shape (1 + n_directions,)
        The precision of each direction's prior.
    """
    rises = limits @ problem.design.moves
    if not len(rises) or (limits @ problem.design.points(steps)).min() >= 0:
        return steps
    for _ in range(ROUNDS):
        root = problem.root(steps, precision)
        free = steps - root @ (root.T @ problem.slope(steps, precision))
        lacking = MARGIN - limits @ problem.design.points(free)
        before, steps = steps, free + root @ _least_distance(rises @ root, lacking)
        if np.abs(problem.design.moves @ (steps - before)).max() < CLOSE:
            break
    return steps


def _least_distance(rises: Array, least: Array) -> Array:
    """Return the shortest way that raises each limit by at least so much."""
    wanted = np.zeros(rises.shape[1] + 1)
    wanted[-1] = 1.0
    table = np.vstack([rises.T, least])
    found, _ = nnls(table, wanted)
    left_over = table @ found - wanted
    way: Array = -left_over[:-1] / left_over[-1]
    return way
