"""What a fit minimises: the loss over all rows, with its slope and its curvature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import scipy.linalg

from collectrisk._fit.evidence import Parabola

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._fit.design import Block, Design
    from collectrisk._typing import Array


@attrs.frozen(eq=False)
class Problem:
    """A design, all rows of data, and the rows from which curvature and strengths are learned.

    Attributes
    ----------
    design : Design
        The base and the shapes.
    blocks : sequence of Block
        All rows.
    sample : sequence of Block
        The rows that tell the curvature.
    times : float
        How many times the sample's weight all rows weigh.
    """

    design: Design
    blocks: Sequence[Block]
    sample: Sequence[Block]
    times: float = 1.0

    @property
    def of_sample(self) -> Problem:
        """The problem of the sample alone."""
        return attrs.evolve(self, blocks=self.sample, times=1.0)

    @property
    def thorough(self) -> Problem:
        """The same problem, its curvature told by all rows."""
        return attrs.evolve(self, sample=self.blocks, times=1.0)

    def loss(self, steps: Array, precision: Array) -> float:
        """Return minus the log posterior of some steps."""
        points = self.design.points(steps)
        return sum(block.loss(points) for block in self.blocks) + 0.5 * float(precision @ steps**2)

    def slope(self, steps: Array, precision: Array) -> Array:
        """Return how the loss grows with each step."""
        points = self.design.points(steps)
        of_points: Array = np.sum([block.slope(points) for block in self.blocks], axis=0)
        slope = np.asarray(self.design.moves.T @ of_points)
        slope += precision * steps
        return slope

    def root(self, steps: Array, precision: Array) -> Array:
        """Return a root of the covariance of the steps, were they the most probable ones."""
        factor = scipy.linalg.cholesky(self.curvature(steps, precision), lower=True, check_finite=False)
        root: Array = scipy.linalg.solve_triangular(factor, np.eye(len(steps)), lower=True).T
        return root

    def curvature(self, steps: Array, precision: Array) -> Array:
        """Return the second derivatives of the loss, as the sample tells them."""
        curvature: Array = self.times * self.parabola(steps).curvature + np.diag(precision)
        return curvature

    def parabola(self, steps: Array) -> Parabola:
        """Return the sample's log-likelihood around some steps."""
        points = self.design.points(steps)
        moves = self.design.moves
        curvature = moves.T @ np.sum([block.curvature(points) for block in self.sample], axis=0) @ moves
        slope = moves.T @ np.sum([block.slope(points) for block in self.sample], axis=0)
        return Parabola(curvature, curvature @ steps - slope)
