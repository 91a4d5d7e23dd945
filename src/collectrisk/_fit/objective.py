"""The objective of a fit: minus the log posterior density, with its gradient and Hessian."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import attrs
import numpy as np
import scipy.linalg

from collectrisk._fit.evidence import QuadraticApproximation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._fit.design import Design, RowBlock
    from collectrisk._fit.threads import Map
    from collectrisk._typing import Array


@attrs.frozen(eq=False)
class Objective:
    """Minus the log posterior density of the coefficients, up to a constant.

    Value and gradient are those of all rows. The Hessian is that of the sample, scaled to all rows.
    ``precision`` is the prior precision of each coefficient, ``1 / prior_scale**2``.

    Attributes
    ----------
    design : Design
        The base and the bases.
    blocks : sequence of RowBlock
        All rows.
    sample : sequence of RowBlock
        The rows that give the Hessian.
    sample_factor : float
        The weight of all rows divided by that of the sample.
    map : callable
        Calls a function for each block, in several threads or not, and gives the results in order.
    """

    design: Design
    blocks: Sequence[RowBlock]
    sample: Sequence[RowBlock]
    sample_factor: float = 1.0
    map: Map = map

    @property
    def of_sample(self) -> Objective:
        """The objective of the sample alone."""
        return Objective(self.design, self.sample, self.sample, map=self.map)

    @property
    def with_exact_hessian(self) -> Objective:
        """The same objective with the Hessian of all rows."""
        return Objective(self.design, self.blocks, self.blocks, map=self.map)

    def value_and_gradient(self, coefficients: Array, precision: Array) -> tuple[float, Array]:
        """Return value and gradient, in one pass over all rows."""
        points = self.design.points(coefficients)
        by_block = self.map(lambda block: block.loss_and_gradient(points), self.blocks)
        losses, gradients = zip(*by_block, strict=True)
        value = sum(losses) + 0.5 * float(precision @ coefficients**2)
        return value, self.design.transform.T @ np.sum(gradients, axis=0) + precision * coefficients

    def likelihood_hessian(self, coefficients: Array) -> Array:
        """Return the Hessian without the prior's part."""
        points = self.design.points(coefficients)
        by_points = functools.reduce(np.add, self.map(lambda block: block.hessian(points), self.sample))
        return self.sample_factor * self.design.hessian(by_points)

    def covariance_factor(self, coefficients: Array, precision: Array) -> Array:
        """Return a factor F of the Laplace approximation's covariance: the inverse Hessian is F @ F.T."""
        hessian = self.likelihood_hessian(coefficients) + np.diag(precision)
        factor = scipy.linalg.cholesky(hessian, lower=True, check_finite=False)
        inverse: Array = scipy.linalg.solve_triangular(factor, np.eye(len(factor)), lower=True)
        return inverse.T

    def quadratic_approximation(self, coefficients: Array) -> QuadraticApproximation:
        """Return the second-order Taylor expansion of the log-likelihood, without its constant."""
        hessian = self.likelihood_hessian(coefficients)
        _, gradient = self.value_and_gradient(coefficients, np.zeros(len(coefficients)))
        return QuadraticApproximation(hessian, hessian @ coefficients - gradient)
