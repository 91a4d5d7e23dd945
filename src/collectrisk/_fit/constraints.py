"""The posterior mode under monotonicity constraints, by sequential quadratic programming.

References
----------
C. L. Lawson and R. J. Hanson, "Solving Least Squares Problems" (1974), chapter 23: least distance
programming by non-negative least squares.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import nnls

from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collectrisk._fit.objective import Objective
    from collectrisk._typing import Array

MAX_ITERATIONS = 100
TOLERANCE = 1e-9
"""The iteration stops when no point moves by more, in log-odds."""
MAX_RESCALINGS = 20
ACCURATE, SMALLEST_RESIDUAL = 0.1, 1e-6
"""The last residual of least distance programming has lost digits below the first value.

Below the second it is mostly rounding error, and says little about the right unit.
"""


def constrained_mode(
    constraints: Array, objective: Objective, mode: Array, precision: Array
) -> tuple[Array, Array]:
    """Return the posterior mode among the coefficients that satisfy the constraints, and its points.

    The points satisfy the constraints exactly, and the coefficients except for rounding errors.

    Parameters
    ----------
    constraints : array of float, shape (n_constraints, 1 + n_functions)
        The products of its rows and the points must not be negative. Points of zero satisfy them.
    objective : Objective
        The objective.
    mode : array of float, shape (n_coefficients,)
        The posterior mode without constraints.
    precision : array of float, shape (n_coefficients,)
        The prior precision of each coefficient.
    """
    design = objective.design
    # Points that no coefficient changes are all zero: any others have a factor.
    effective = constraints[(constraints @ design.transform).any(axis=1)]
    points = design.points(mode)
    if not len(effective) or (effective @ points).min() >= 0:
        return mode, points
    coefficients = _solve_quadratic(effective, objective, mode, precision)
    value, _ = objective.value_and_gradient(coefficients, precision)
    for _ in range(MAX_ITERATIONS):
        step = _solve_quadratic(effective, objective, coefficients, precision) - coefficients
        while (new := objective.value_and_gradient(coefficients + step, precision)[0]) > value:
            step /= 2
        coefficients, value = coefficients + step, new
        if np.abs(design.transform @ step).max() < TOLERANCE:
            break
    return coefficients, without_rounding_errors(constraints, design.points(coefficients))


def _solve_quadratic(constraints: Array, objective: Objective, at: Array, precision: Array) -> Array:
    """Return the constrained minimum of the objective's quadratic approximation.

    In the coordinates u of ``b = minimum + factor @ u`` the approximation is ``u @ u / 2``, so the
    solution is the shortest u with ``A @ u >= shortfall`` for the constraints A: least distance
    programming.
    """
    factor = objective.covariance_factor(at, precision)
    _, gradient = objective.value_and_gradient(at, precision)
    minimum = at - factor @ (factor.T @ gradient)
    table = constraints @ objective.design.transform @ factor
    norms = np.linalg.norm(table, axis=1)
    shortfall = -(constraints @ objective.design.points(minimum)) / norms
    found: Array = minimum + factor @ _shortest(table / norms[:, None], shortfall)
    return found


def _shortest(table: Array, least: Array) -> Array:
    """Return the shortest u with ``table @ u >= least``, for a table whose rows have length one.

    Non-negative least squares finds it, precisely if its length is near one. So u is measured in a
    unit of about its own length, which is at least the greatest element of `least`.
    """
    unit = max(least.max(), 0.0) or 1.0
    target = np.zeros(table.shape[1] + 1)
    target[-1] = 1.0
    for _ in range(MAX_RESCALINGS):
        system = np.vstack([table.T, least / unit])
        try:
            solution, _ = nnls(system, target)
        except RuntimeError:
            break
        # The last residual is 1 / (1 + length**2), in the present unit.
        residual = target - system @ solution
        if residual[-1] > ACCURATE:
            found: Array = -unit * residual[:-1] / residual[-1]
            return found
        unit /= math.sqrt(max(residual[-1], SMALLEST_RESIDUAL))
    raise ArgumentError(
        "monotone",
        "could not be satisfied, because the fit did not converge; constrain fewer fields, or give a "
        "prior card that agrees with the constraints, or a larger prior_scale",
    )


def without_rounding_errors(constraints: Array, points: Array) -> Array:
    """Return points that satisfy the constraints exactly.

    Each constraint is an ordering of two neighbouring points, or the sign of one. If it is violated
    by a rounding error, the last of its points moves to the bound.
    """
    exact = points.copy()
    for row in constraints:
        if row @ exact < 0:
            last = np.flatnonzero(row)[-1]
            exact[last] = -(row[:last] @ exact[:last]) / row[last]
    return exact
