"""The posterior mode under monotonicity constraints, by sequential quadratic programming.

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
    from collectrisk._fit.objective import Objective
    from collectrisk._typing import Array

MAX_ITERATIONS = 100
TOLERANCE = 1e-9
"""The iteration stops when no point moves by more, in log-odds."""
MARGIN = 1e-9
"""Keeps rounding errors from making a constant stretch of a curve decrease."""


def constrained_mode(constraints: Array, objective: Objective, mode: Array, precision: Array) -> Array:
    """Return the posterior mode among the coefficients that satisfy the constraints.

    Parameters
    ----------
    constraints : array of float, shape (n_constraints, 1 + n_functions)
        The products of its rows and the points must not be negative.
    objective : Objective
        The objective.
    mode : array of float, shape (n_coefficients,)
        The posterior mode without constraints.
    precision : array of float, shape (n_coefficients,)
        The prior precision of each coefficient.
    """
    # Points that no coefficient changes are the prior card's, whatever the constraints demand.
    constraints = constraints[(constraints @ objective.design.transform).any(axis=1)]
    if not len(constraints) or (constraints @ objective.design.points(mode)).min() >= 0:
        return mode
    coefficients = _solve_quadratic(constraints, objective, mode, precision)
    value, _ = objective.value_and_gradient(coefficients, precision)
    for _ in range(MAX_ITERATIONS):
        step = _solve_quadratic(constraints, objective, coefficients, precision) - coefficients
        while (new := objective.value_and_gradient(coefficients + step, precision)[0]) > value:
            step /= 2
        coefficients, value = coefficients + step, new
        if np.abs(objective.design.transform @ step).max() < TOLERANCE:
            break
    return coefficients


def _solve_quadratic(constraints: Array, objective: Objective, at: Array, precision: Array) -> Array:
    """Return the constrained minimum of the objective's quadratic approximation.

    In the coordinates u of ``b = minimum + factor @ u`` the approximation is ``u @ u / 2``, so the
    solution is the shortest u with ``A @ u >= shortfall`` for the constraints A: least distance
    programming.
    """
    factor = objective.covariance_factor(at, precision)
    _, gradient = objective.value_and_gradient(at, precision)
    minimum = at - factor @ (factor.T @ gradient)
    shortfall = MARGIN - constraints @ objective.design.points(minimum)
    table = np.vstack([(constraints @ objective.design.transform @ factor).T, shortfall])
    target = np.zeros(len(table))
    target[-1] = 1.0
    solution, _ = nnls(table, target)
    residual = table @ solution - target
    found: Array = minimum - factor @ (residual[:-1] / residual[-1])
    return found
