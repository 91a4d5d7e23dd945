"""The objective of a fit: minus the log posterior density, with its gradient and Hessian."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import attrs
import numpy as np
import scipy.linalg

from collectrisk._fit.design import RowBlock, joined
from collectrisk._fit.evidence import QuadraticApproximation, with_diagonal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from collectrisk._fit.design import Design
    from collectrisk._fit.threads import Map
    from collectrisk._typing import Array


ROUGH_STEP = 4
"""Every so many rows of the sample give a rough Hessian."""
NEAR = 0.5
"""If log-odds move by less, in the root mean square, scaling moves standard errors by .1 % on average."""


@attrs.frozen(eq=False)
class Hessian:
    """The Hessian of minus a log-likelihood, and where it was computed.

    Attributes
    ----------
    matrix : array of float, shape (n_coefficients, n_coefficients)
        The Hessian, which may be scaled to other coefficients and rows.
    by_points : array of float, shape (1 + n_functions, 1 + n_functions)
        The Hessian by base and points, as it was computed.
    at : array of float, shape (n_coefficients,)
        The coefficients where it was computed.
    sample : sequence of RowBlock
        The rows.
    """

    matrix: Array
    by_points: Array
    at: Array
    sample: Sequence[RowBlock]

    def times(self, factor: float) -> Hessian:
        """Return the Hessian of as many times the rows."""
        return attrs.evolve(self, matrix=factor * self.matrix)

    def is_near(self, coefficients: Array) -> bool:
        """Whether log-odds hardly differ at other coefficients, in the root mean square."""
        step = coefficients - self.at
        # The products are sums over the rows, weighted by their variances: of the squares of their steps
        # in log-odds, and of one, which is the base's function.
        return bool(step @ self.matrix @ step <= NEAR**2 * self.matrix[0, 0])


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
    is_costly : bool
        Whether a Hessian takes many times as long as a gradient, because there are many columns and rows.
    """

    design: Design
    blocks: Sequence[RowBlock]
    sample: Sequence[RowBlock]
    sample_factor: float = 1.0
    map: Map = map
    is_costly: bool = False

    @property
    def of_sample(self) -> Objective:
        """The objective of the sample alone."""
        return attrs.evolve(self, blocks=self.sample, sample_factor=1.0)

    @property
    def with_exact_hessian(self) -> Objective:
        """The same objective with the Hessian of all rows."""
        return attrs.evolve(self, sample=self.blocks, sample_factor=1.0)

    @property
    def with_rough_hessian(self) -> Objective:
        """The same objective, whose Hessian is that of some rows of the sample, if it is costly."""
        if not self.is_costly:
            return self
        some = joined([block.thinned(ROUGH_STEP) for block in self.sample])
        weights = (sum(block.weights.sum() for block in rows) for rows in (self.sample, some))
        factor = next(weights) / next(weights)
        return attrs.evolve(self, sample=some, sample_factor=self.sample_factor * factor)

    def value_and_gradient(self, coefficients: Array, precision: Array) -> tuple[float, Array]:
        """Return value and gradient, in one pass over all rows."""
        points = self.design.points(coefficients)
        by_block = self.map(lambda block: block.loss_and_gradient(points), self.blocks)
        losses, gradients = zip(*by_block, strict=True)
        value = sum(losses) + 0.5 * float(precision @ coefficients**2)
        return value, self.design.gradient(np.sum(gradients, axis=0)) + precision * coefficients

    def likelihood_hessian(self, coefficients: Array) -> Array:
        """Return the Hessian without the prior's part."""
        return self.hessian_near(coefficients).matrix

    def hessian_near(self, coefficients: Array, known: Hessian | None = None) -> Hessian:
        """Return the Hessian at some coefficients; if it is costly, a known one that is scaled to them."""
        points = self.design.points(coefficients)
        if known is not None and self._may_scale(known, coefficients):
            diagonal = self._sum(lambda block: block.diagonal(points), self.blocks)
            return attrs.evolve(
                known, matrix=self.design.hessian(with_new_diagonal(known.by_points, diagonal))
            )
        by_points = self._sum(lambda block: block.hessian(points), self.sample)
        matrix = self.sample_factor * self.design.hessian(by_points)
        return Hessian(matrix, by_points, coefficients, self.sample)

    def _may_scale(self, known: Hessian, coefficients: Array) -> bool:
        """Whether a known Hessian of the same rows is near, and another one would take long."""
        return self.is_costly and known.sample is self.sample and known.is_near(coefficients)

    def _sum(self, of_block: Callable[[RowBlock], Array], blocks: Sequence[RowBlock]) -> Array:
        return functools.reduce(np.add, self.map(of_block, blocks))

    def covariance_factor(self, coefficients: Array, precision: Array, known: Hessian | None = None) -> Array:
        """Return a factor F of the Laplace approximation's covariance: the inverse Hessian is F @ F.T."""
        hessian = with_diagonal(self.hessian_near(coefficients, known).matrix, precision)
        factor = scipy.linalg.cholesky(hessian, lower=True, overwrite_a=True, check_finite=False)
        inverse, _ = scipy.linalg.lapack.dtrtri(factor, lower=1, overwrite_c=1)
        found: Array = inverse.T
        return found

    def quadratic_approximation(self, coefficients: Array, hessian: Array) -> QuadraticApproximation:
        """Return the second-order Taylor expansion of the log-likelihood, without its constant."""
        _, gradient = self.value_and_gradient(coefficients, np.zeros(len(coefficients)))
        return QuadraticApproximation(hessian, hessian @ coefficients - gradient)


def with_new_diagonal(matrix: Array, diagonal: Array) -> Array:
    """Return a positive semidefinite matrix with the same correlations and another diagonal.

    Most of what changes a Hessian are the variances of the rows near each point, which are its diagonal.
    """
    before = np.diag(matrix)
    scales = np.sqrt(diagonal / np.where(before > 0.0, before, np.inf))
    found = matrix * scales * scales[:, None]
    np.fill_diagonal(found, diagonal)  # also where the rows of the matrix lack a level
    return found
