"""Holding a fit to monotone curves: the most probable card among those that keep the limits.

References
----------
C. L. Lawson and R. J. Hanson, "Solving Least Squares Problems" (1974), chapter 23: least distance
programming by non-negative least squares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import nnls

if TYPE_CHECKING:
    from collectrisk._fit.objective import Problem
    from collectrisk._typing import Array

ROUNDS = 100
CLOSE = 1e-9
MARGIN = 1e-9
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
    limits = limits[(limits @ problem.design.moves).any(axis=1)]
    if not len(limits) or (limits @ problem.design.points(steps)).min() >= 0:
        return steps
    steps = _within(limits, problem, steps, precision)
    for _ in range(ROUNDS):
        way = _within(limits, problem, steps, precision) - steps
        way *= _share(problem, steps, way, precision)
        steps = steps + way
        if np.abs(problem.design.moves @ way).max() < CLOSE:
            break
    return steps


def _within(limits: Array, problem: Problem, steps: Array, precision: Array) -> Array:
    """Return the most probable steps that keep the limits, were the loss a parabola."""
    root = problem.root(steps, precision)
    free = steps - root @ (root.T @ problem.slope(steps, precision))
    lacking = MARGIN - limits @ problem.design.points(free)
    found: Array = free + root @ _least_distance(limits @ problem.design.moves @ root, lacking)
    return found


def _share(problem: Problem, steps: Array, way: Array, precision: Array) -> float:
    """Return how much of a way to go, so that the loss does not grow."""
    share, here = 1.0, problem.loss(steps, precision)
    while problem.loss(steps + share * way, precision) > here:
        share /= 2
    return share


def _least_distance(rises: Array, least: Array) -> Array:
    """Return the shortest way that raises each limit by at least so much."""
    wanted = np.zeros(rises.shape[1] + 1)
    wanted[-1] = 1.0
    table = np.vstack([rises.T, least])
    found, _ = nnls(table, wanted)
    left_over = table @ found - wanted
    way: Array = -left_over[:-1] / left_over[-1]
    return way
