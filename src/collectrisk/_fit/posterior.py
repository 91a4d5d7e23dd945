"""The posterior of the coefficients: its mode, and the Laplace approximation around it.

References
----------
J. Nocedal, "Updating quasi-Newton matrices with limited storage", Mathematics of Computation 35 (1980).
F. Roosta-Khorasani and M. W. Mahoney, "Sub-sampled Newton methods", Mathematical Programming 174
(2019). N. Doikov, E. M. Chayti and M. Jaggi, "Second-order optimization with lazy Hessians",
International Conference on Machine Learning (2023).
"""

from __future__ import annotations

import math
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import scipy.linalg

from collectrisk._fit.constraints import constrained_mode
from collectrisk._fit.evidence import MAX_STEPS, estimate_scales, with_diagonal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk._fit.objective import Hessian, Objective
    from collectrisk._typing import Array

Z_90 = 1.6448536269514722
"""The standard normal quantile of a central 90 % interval."""

MAX_ROUNDS, FIRST_STEPS = 30, 4
"""The number of rounds, and that of Newton's steps for the first scales, if there are many columns.

They lead nearly to the maximum around the first mode, from which the next one differs.
"""
SCALE_DECIMALS = 2
"""Logarithms of scales are rounded to as many decimals, so that a fit is the same on every machine."""

MAX_ITERATIONS = 1_000
TOLERANCE, OF_MANY_COLUMNS, ACCEPTABLE = 1e-7, 1e-5, 1e-3
"""Newton's decrement is the distance to the mode in posterior standard deviations.

Iteration ends below the first value, or the second if a gradient takes long, or below the third if rounding
errors prevent progress.
"""
ROUGH, ROUGHER = 1e-3, 0.3
"""The tolerance for the scales: a Taylor expansion so near the mode has the mode of the posterior.

The second one is for many columns, of which each takes a small part of the distance.
"""
SLOW = 0.5
"""With slower convergence, the Hessian of a million rows costs less than the iterations it saves."""
FAR, SMALL_SAMPLE = 1.0, 8.0
"""A decrement above `FAR` means that a step changes the curvature, so the Hessian is computed again.

This takes less time than a gradient if all rows have more than `SMALL_SAMPLE` times the weight of the
sample.
"""
UNSUITABLE = 2.5
"""A sample has too few rows, if the curvature along a step differs by such a factor."""
MAX_UPDATES = 20
"""How many steps correct a Hessian; it is replaced after fewer, or the iteration ends."""
MAX_HALVINGS, ROUNDING = 50, 1e-12
"""How often a step is halved, and the rounding error of the objective as a share of it."""


@attrs.frozen(eq=False)
class Posterior:
    """The Laplace approximation of the posterior, or the moments of a mixture of several.

    Attributes
    ----------
    points : array of float, shape (1 + n_functions,)
        The posterior mode of the base and the points; of a mixture, the mean.
    coefficients : array of float, shape (n_coefficients,)
        The same of the coefficients.
    factor : array of float, shape (n_coefficients, n_coefficients)
        A factor F of their covariance, which is ``F @ F.T``.
    transform : sparse array, shape (1 + n_functions, n_coefficients)
        What a unit of each coefficient adds to the base and the points.
    prior_scales : dict of str to float
        The prior scale of each group.
    """

    points: Array
    coefficients: Array
    factor: Array
    transform: Any
    prior_scales: dict[str, float]

    @cached_property
    def covariance_factor(self) -> Array:
        """A factor F of the covariance of base and points, which is ``F @ F.T``."""
        found: Array = self.transform @ self.factor
        return found


@attrs.frozen(eq=False)
class Estimate:
    """The most probable prior scales, and the mode of the sample given them.

    Attributes
    ----------
    scales : dict of str to float
        The prior scale of each group.
    coefficients : array of float, shape (n_coefficients,)
        The mode.
    hessian : Hessian
        The Hessian of the sample near the mode.
    """

    scales: dict[str, float]
    coefficients: Array
    hessian: Hessian


def estimate(
    objective: Objective, fixed_scales: Mapping[str, float], start: Estimate | None = None
) -> Estimate:
    """Estimate the prior scales from the sample.

    Parameters
    ----------
    objective : Objective
        The design and the rows.
    fixed_scales : mapping of str to float
        The prior scales that are given, by group; the others are estimated.
    start : Estimate, optional
        That of a design without the last bases of this one, to start from.
    """
    design = objective.design
    groups, index = design.groups, design.group_index
    known = {**(start.scales if start else {}), **fixed_scales}
    scales = np.array([known.get(group.name, group.expected_scale) for group in groups])
    free = np.array([group.name not in fixed_scales for group in groups])
    expected = np.where(free, [group.expected_scale for group in groups], np.nan)
    shape = np.array([group.shape for group in groups])
    coefficients = np.zeros(len(index))
    if start:
        coefficients[: len(start.coefficients)] = start.coefficients
    sample = objective.of_sample
    rough = sample.with_rough_hessian  # the same if a Hessian does not take long
    hessian = rough.hessian_near(coefficients)
    tolerance, first = (ROUGHER, FIRST_STEPS) if sample.is_costly else (ROUGH, MAX_STEPS)
    # MacKay's iteration: the mode given the scales, the scales given the likelihood around the mode.
    for steps in [first, *[MAX_STEPS] * (MAX_ROUNDS - 1)]:
        previous = scales
        precision = scales[index] ** -2.0
        coefficients, _ = posterior_mode(rough, coefficients, precision, hessian, tolerance)
        hessian = sample.hessian_near(coefficients, hessian)
        likelihood = sample.quadratic_approximation(coefficients, hessian.matrix)
        scales = estimate_scales(likelihood, index, scales, expected, shape, max_steps=steps)
        if np.abs(np.log(scales / previous)).max() < 10.0**-SCALE_DECIMALS:
            break
    scales[free] = np.exp(np.round(np.log(scales[free]), SCALE_DECIMALS))
    names = (group.name for group in groups)
    return Estimate(dict(zip(names, scales.tolist(), strict=True)), coefficients, hessian)


def fit_posterior(
    objective: Objective,
    fixed_scales: Mapping[str, float],
    constraints: Array,
    estimated: Estimate | None = None,
) -> Posterior:
    """Estimate the prior scales from the sample, then the posterior from all rows.

    Parameters
    ----------
    objective : Objective
        The design and the rows.
    fixed_scales : mapping of str to float
        The prior scales that are given, by group; the others are estimated.
    constraints : array of float, shape (n_constraints, 1 + n_functions)
        The products of its rows and the points must not be negative.
    estimated : Estimate, optional
        The estimate, if it is known.
    """
    design = objective.design
    estimated = estimated or estimate(objective, fixed_scales)
    scales = np.array([estimated.scales[group.name] for group in design.groups])
    precision = scales[design.group_index] ** -2.0
    hessian = estimated.hessian.times(objective.sample_factor)
    tolerance = OF_MANY_COLUMNS if objective.is_costly else TOLERANCE
    coefficients, objective = posterior_mode(objective, estimated.coefficients, precision, hessian, tolerance)
    coefficients, points = constrained_mode(constraints, objective, coefficients, precision)
    return Posterior(
        points=points,
        coefficients=coefficients,
        factor=objective.covariance_factor(coefficients, precision, hessian),
        transform=design.transform,
        prior_scales=estimated.scales,
    )


@attrs.frozen(eq=False)
class InverseHessian:
    """The inverse of a Hessian, corrected by the gradients at later points (BFGS).

    Attributes
    ----------
    factor : array of float, shape (n_coefficients, n_coefficients)
        The lower Cholesky factor of the Hessian.
    updates : deque of (array of float, array of float)
        Steps, and how they changed the gradient, from the first to the last.
    """

    factor: Array
    updates: deque[tuple[Array, Array]] = attrs.field(factory=lambda: deque(maxlen=MAX_UPDATES))

    @classmethod
    def of(cls, hessian: Array) -> InverseHessian:
        """Return the inverse of a positive definite matrix, which is overwritten."""
        return cls(scipy.linalg.cholesky(hessian, lower=True, overwrite_a=True, check_finite=False))

    def __matmul__(self, gradient: Array) -> Array:
        """Return the product with a vector, by the two-loop recursion."""
        remainder, shares = gradient.copy(), []
        for step, change in reversed(self.updates):
            shares.append(step @ remainder / (step @ change))
            remainder -= shares[-1] * change
        product: Array = scipy.linalg.cho_solve((self.factor, True), remainder, check_finite=False)
        for (step, change), share in zip(self.updates, reversed(shares), strict=True):
            product += (share - change @ product / (step @ change)) * step
        return product

    def update(self, step: Array, change: Array) -> float:
        """Correct the matrix, so that its product with the change of the gradient is the step.

        Return the curvature along the step, divided by that of the Hessian.
        """
        curvature, expected = float(step @ change), float(np.sum((self.factor.T @ step) ** 2))
        if not curvature > ROUNDING * expected:  # rounding errors hide the convexity
            return 1.0
        self.updates.append((step, change))
        return curvature / expected


def posterior_mode(
    objective: Objective,
    start: Array,
    precision: Array,
    hessian: Hessian,
    tolerance: float,
) -> tuple[Array, Objective]:
    """Return the posterior mode, and the objective with the Hessian that led to it.

    Newton's method with backtracking, the Hessian of a sample (subsampled Newton), its reuse (lazy
    Hessians) and its correction by the gradients (BFGS). If it converges slowly, the Hessian is
    computed again, and if that of the sample does not suit all rows, for example because it lacks a
    level, the Hessian of all rows is used.

    Parameters
    ----------
    objective : Objective
        The objective.
    start : array of float, shape (n_coefficients,)
        The coefficients to start from.
    precision : array of float, shape (n_coefficients,)
        The prior precision of each coefficient.
    hessian : Hessian
        The Hessian at the start, without the prior's part.
    tolerance : float
        Newton's decrement below which the last step is made.
    """
    coefficients = start
    value, gradient = objective.value_and_gradient(coefficients, precision)
    inverse = InverseHessian.of(with_diagonal(hessian.matrix, precision))
    # `age` is the number of steps made with this Hessian. That of the start may come from far away.
    age, previous, ratio, updated = 0, math.inf, 1.0, False
    for _ in range(MAX_ITERATIONS):
        direction = -(inverse @ gradient)
        decrement = math.sqrt(-gradient @ direction)
        if decrement < tolerance:
            return coefficients + direction, objective
        is_exact, is_slow = objective.sample is objective.blocks, decrement > SLOW * previous
        if is_slow and age == 1 and is_exact and decrement < ACCEPTABLE:
            return coefficients, objective
        is_far = decrement > FAR and objective.sample_factor > SMALL_SAMPLE
        is_unsuitable = updated and not is_exact and max(ratio, 1.0 / ratio) > UNSUITABLE
        if age and (is_slow or is_far or is_unsuitable):
            if is_unsuitable or (is_slow and age == 1 and updated and not is_exact):
                objective = objective.with_exact_hessian
            hessian = objective.hessian_near(coefficients, hessian)
            inverse = InverseHessian.of(with_diagonal(hessian.matrix, precision))
            age, previous, ratio, updated = 0, math.inf, 1.0, True
            continue
        before = coefficients, gradient
        coefficients, value, gradient = _backtrack(objective, precision, coefficients, direction, value)
        ratio = inverse.update(coefficients - before[0], gradient - before[1])
        age, previous = age + 1, decrement
    raise RuntimeError("the fit did not converge; please report this, with the data if they can be shared")


def _backtrack(
    objective: Objective, precision: Array, start: Array, direction: Array, value: float
) -> tuple[Array, float, Array]:
    """Return coefficients, value and gradient after the step, halved until the objective decreases."""
    for size in 0.5 ** np.arange(MAX_HALVINGS):
        trial = start + size * direction
        trial_value, gradient = objective.value_and_gradient(trial, precision)
        # Near the mode the decrease is smaller than the rounding error of the objective.
        if trial_value <= value + ROUNDING * abs(value):
            break
    return trial, trial_value, gradient
