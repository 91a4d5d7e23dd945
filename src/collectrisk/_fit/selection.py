"""Chooses the pairs of fields that act together, by the evidence for a surface.

A surface is added to the curves while this multiplies the marginal likelihood by a large factor, the Bayes
factor. All pairs are ranked by this factor with all products of a row added up in one cell, and the first
of them are compared by the factor itself, in a quadratic approximation.

References
----------
Y. Lou, R. Caruana, J. Gehrke and G. Hooker, "Accurate intelligible models with pairwise interactions",
International Conference on Knowledge Discovery and Data Mining (2013). R. E. Kass and A. E. Raftery,
"Bayes factors", Journal of the American Statistical Association 90 (1995). J. G. Scott and J. O. Berger,
"Bayes and empirical-Bayes multiplicity adjustment in the variable-selection problem", Annals of
Statistics 38 (2010).
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import scipy.linalg
from scipy.special import expit, logsumexp

from collectrisk._fit.bayes_factors import log_factors
from collectrisk._fit.design import Design
from collectrisk._fit.products import DENSE_ROWS, dense_products
from collectrisk._fit.surfaces import (
    EXPECTED_SCALE,
    SHAPE,
    SurfaceBasis,
    curves_on_grid,
    increments,
    places,
    shortened,
)
from collectrisk._surface import LevelAxis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._fit.pairs import Candidates, Pair
    from collectrisk._fit.posterior import Estimate
    from collectrisk._fit.problem import Stage
    from collectrisk._typing import Array

AUTO = "auto"
MAX_PAIRS = 10
"""The largest number of pairs that are chosen if none is given."""

LEAST_LOG_ODDS = math.log(3.0)
"""The log posterior odds of a surface that is added: positive evidence (Kass and Raftery 1995)."""

COMPARED = 6
"""How many of the first pairs are compared by the evidence itself."""
RANKED_ROWS = 20_000
"""More rows would hardly change which pairs are the first ones."""
SCALES = np.geomspace(0.02, 1.5, 12)
"""The prior scales of a surface over which the likelihood is integrated, in equal steps of the logarithm."""
SCALE_PRIOR = (SCALES / EXPECTED_SCALE) ** SHAPE * np.exp(-SHAPE * SCALES / EXPECTED_SCALE)
SCALE_PRIOR /= SCALE_PRIOR.sum()
RIDGE = 0.1
"""The prior precision of curves that are fitted to the residuals beside a surface."""


@attrs.frozen(eq=False, slots=False)
class Selection:
    """Which pairs a fit may add.

    Attributes
    ----------
    candidates : Candidates
        The pairs.
    named : list of SurfaceBasis
        The surfaces of the pairs that are given.
    most : int
        How many may be chosen; 0 if they are given.
    least : float
        The least log posterior odds of a chosen one.
    """

    candidates: Candidates
    named: list[SurfaceBasis]
    most: int
    least: float

    @classmethod
    def of(cls, candidates: Candidates, pairs: Any) -> Selection:
        """Return the selection for the parameter of a `LogisticScorer`."""
        if pairs is None:
            return cls(candidates, [], 0, 0.0)
        if isinstance(pairs, str):
            return cls(candidates, [], MAX_PAIRS, LEAST_LOG_ODDS)
        if isinstance(pairs, (int, np.integer)):
            return cls(candidates, [], int(pairs), -math.inf)
        return cls(candidates, candidates.named(pairs), 0, 0.0)

    @property
    def group_names(self) -> list[str]:
        """The names of the groups of all surfaces that may be added."""
        of_chosen = map(self.candidates.group_name, self.candidates.all if self.most else [])
        return [*of_chosen, *(basis.groups[0].name for basis in self.named)]

    @cached_property
    def _matrices(self) -> dict[Pair, tuple[SurfaceBasis, Any]]:
        """The bases that were compared, and the values of their functions."""
        return {}

    def best(self, stage: Stage, estimated: Estimate) -> SurfaceBasis | None:
        """Return the surface that raises the marginal likelihood most, or none if it is not enough."""
        chosen = {each.origin.fields for each in stage.surfaces if isinstance(each, SurfaceBasis)}
        if len(chosen) >= self.most:
            return None
        pairs = [pair for pair in self.candidates.all if pair not in chosen]
        if not pairs:
            return None
        points = stage.objective.design.points(estimated.coefficients)
        sample = stage.objective.sample
        weights = np.concatenate([block.weights for block in sample])
        expected = expit(np.concatenate([block.log_odds(points) for block in sample]))
        residuals = weights * (np.concatenate([block.visited for block in sample]) - expected)
        variances = weights * expected * (1.0 - expected)
        first = self._first(pairs, residuals, variances)
        factors = [self._log_factor(pair, residuals, variances) for pair in first]
        best = int(np.argmax(factors))
        # Any number of pairs is as probable beforehand as any other, and so is any set of that number.
        log_odds = factors[best] - math.log(len(pairs) / (len(chosen) + 1))
        return self._matrices[first[best]][0] if log_odds >= self.least else None

    def _first(self, pairs: list[Pair], residuals: Array, variances: Array) -> list[Pair]:
        """Return the pairs with the largest factors, if all products of a row are added up in one cell."""
        if len(pairs) <= COMPARED:
            return pairs
        step = math.ceil(len(residuals) / RANKED_ROWS)
        gradients, diagonals = self._sums(step, [residuals[::step], variances[::step]])
        all_columns, of_levels = self._grids
        factors = []
        for x, y in pairs:
            its = of_levels if x in of_levels and y in of_levels else all_columns
            (rows, by_x), (columns, by_y) = its[x], its[y]
            gradient, diagonal = (each[np.ix_(rows, columns)] for each in (gradients, diagonals))
            transform, curves = np.kron(by_x, by_y), curves_on_grid(*gradient.shape)
            factors.append(log_factor(gradient.ravel(), np.diag(diagonal.ravel()), transform, curves))
        return [pairs[index] for index in np.argsort(factors)[::-1][:COMPARED]]

    @cached_property
    def _grids(self) -> tuple[dict[str, tuple[Array, Array]], dict[str, tuple[Array, Array]]]:
        """The columns of each field and its increments, and those of levels beside other levels."""
        all_columns, of_levels = {}, {}
        for (field, axis), part in zip(self.candidates.axes.items(), self._columns, strict=True):
            columns = np.arange(part.start, part.stop)
            all_columns[field] = columns, increments(axis)
            if isinstance(axis, LevelAxis):
                fewer = shortened(axis, self.candidates.data)
                of_levels[field] = columns[np.isin(axis.levels, fewer.levels)], increments(fewer)
        return all_columns, of_levels

    @cached_property
    def _columns(self) -> list[slice]:
        """The columns of each axis in a matrix of the functions of all axes, without that of other values."""
        sizes = [axis.size for axis in self.candidates.axes.values()]
        ends = np.cumsum([0, *(size + 1 for size in sizes)]).tolist()
        return [slice(start, start + size) for start, size in zip(ends, sizes, strict=False)]

    @cached_property
    def _places(self) -> list[tuple[Array, Array]]:
        """The place of each row on each axis."""
        data = self.candidates.data
        found = (places(axis, data.record, len(data.weights)) for axis in self.candidates.axes.values())
        sizes = (axis.size for axis in self.candidates.axes.values())
        return [
            (np.minimum(index, size), distance.astype(np.float32))
            for (index, distance), size in zip(found, sizes, strict=True)
        ]

    def _sums(self, step: int, weights: Sequence[Array]) -> Array:
        """Return the weighted sums of the products of the functions of any two axes."""
        count = self._columns[-1].stop + 1
        sums = np.zeros((len(weights), count, count), dtype=np.float32)
        for start in range(0, len(weights[0]), DENSE_ROWS):
            some = slice(start, start + DENSE_ROWS)
            rows = np.arange(len(weights[0][some]))
            functions = np.zeros((len(rows), count + 1), dtype=np.float32)
            for part, (index, distance) in zip(self._columns, self._places, strict=True):
                at, share = index[::step][some] + part.start, distance[::step][some]
                functions[rows, at] = 1.0 - share
                functions[rows, at + 1] += share
            functions = functions[:, :-1]
            for total, each in zip(sums, weights, strict=True):
                np.add(total, functions.T @ (functions * each[some, None].astype(np.float32)), out=total)
        return sums

    def _log_factor(self, pair: Pair, residuals: Array, variances: Array) -> float:
        """Return the logarithm of the factor by which a surface multiplies the marginal likelihood."""
        if pair not in self._matrices:
            basis, data = self.candidates.basis(pair), self.candidates.data
            matrix = Design.of(0.0, basis.groups[0], [basis]).matrix(data.record, len(data.weights))
            self._matrices[pair] = basis, matrix
        basis, matrix = self._matrices[pair]
        gradient, hessian = matrix.T @ residuals, dense_products(matrix, variances)
        curves = curves_on_grid(basis.origin.x.size, basis.origin.y.size)
        grid = slice(len(curves))
        return log_factor(gradient[grid], hessian[grid, grid], basis.transform[grid], curves)


def log_factor(gradient: Array, hessian: Array, transform: Array, curves: Array) -> float:
    """Return the log Bayes factor of a surface: the likelihood is integrated over its points and their scale.

    The log-likelihood is approximated to second order, around surfaces of zero.

    Parameters
    ----------
    gradient : array of float, shape (n_points,)
        The gradient of the log-likelihood by the points on the grid.
    hessian : array of float, shape (n_points, n_points)
        The Hessian of minus the log-likelihood.
    transform : array of float, shape (n_points, n_coefficients)
        What a unit of each coefficient adds to the points.
    curves : array of float, shape (n_points, n_x + n_y)
        The same for the points of the curves of both fields, which may change beside the surface.
    """
    count = transform.shape[1]
    both = np.hstack([transform, curves])
    gradient, hessian = both.T @ gradient, both.T @ hessian @ both
    of_both, of_curves = hessian[:count, count:], hessian[count:, count:]
    of_curves[np.diag_indices_from(of_curves)] += RIDGE
    change = scipy.linalg.solve(of_curves, np.column_stack([of_both.T, gradient[count:]]), assume_a="pos")
    values, vectors = np.linalg.eigh(hessian[:count, :count] - of_both @ change[:, :-1])
    squares = (vectors.T @ (gradient[:count] - of_both @ change[:, -1])) ** 2
    values = np.maximum(values, 0.0)
    scales = SCALES[:, None]
    factors = 0.5 * (squares / (values + scales**-2.0) - np.log1p(values * scales**2)).sum(axis=1)
    return float(logsumexp(factors, b=SCALE_PRIOR))


def pair_factors(stage: Stage, estimated: Estimate) -> dict[Pair, float]:
    """Return by how much each surface that the pairs have added raises the log marginal likelihood.

    Parameters
    ----------
    stage : Stage
        The last stage of a fit.
    estimated : Estimate
        Its prior scales and its mode.
    """
    surfaces = [basis for basis in stage.surfaces if isinstance(basis, SurfaceBasis)]
    factors = log_factors([[each.groups[0].name] for each in surfaces], stage.objective, estimated)
    pairs = ((each.origin.x.field, each.origin.y.field) for each in surfaces)
    return dict(zip(pairs, factors, strict=True))
