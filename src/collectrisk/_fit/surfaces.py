"""The basis of two fields that act together: what their curves do not add by themselves.

References
----------
C. Gu, "Smoothing Spline ANOVA Models" (2002). S. N. Wood, "Low-rank scale-invariant tensor product
smooths for generalized additive mixed models", Biometrics 62 (2006). B. Lengerich, S. Tan, C.-H.
Chang, G. Hooker and R. Caruana, "Purifying interaction effects with the functional ANOVA",
International Conference on Artificial Intelligence and Statistics (2020).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np

from collectrisk._curves import Characteristic, Flag
from collectrisk._fit.bases import FITTED, Basis, LevelBasis, LinearBasis, NumberBasis
from collectrisk._fit.build import occupancy
from collectrisk._fit.groups import own_group
from collectrisk._fit.knots import distinct, quantile_knots
from collectrisk._namespaces import SCALAR
from collectrisk._namespaces.array_grid import array_place
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._namespaces.grid import place
from collectrisk._surface import LevelAxis, NumberAxis, Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._fit.bases import Cell
    from collectrisk._fit.sample import TrainingRows
    from collectrisk._surface import Axis
    from collectrisk._typing import Array

MAX_KNOTS, MAX_LEVELS, MAX_LEVELS_OF_BOTH = 8, 32, 16
"""The largest number of knots of an axis, of levels, and of levels if the other axis has levels too."""

EXPECTED_SCALE, SHAPE = 0.3, 0.5
"""The expected prior scale of a surface, in log-odds, and the shape of its distribution."""

ROUNDING = 1e-12
"""The share of the rows near a knot, or a pair of knots, that may be a rounding error."""

OTHER, MISSING = "any other", "missing"


@attrs.frozen(eq=False, kw_only=True)
class SurfaceBasis(Basis):
    """The basis of two fields: the products of the functions of both axes.

    Another level, if an axis has levels, and a missing value have functions too, the last ones. They have no
    points, because the curves have those of each value.
    """

    max_steps: ClassVar[int] = 2

    origin: Surface

    def curve(self, points: Array) -> Characteristic:
        """Return the surface through the points."""
        shape = self.origin.x.size, self.origin.y.size
        return attrs.evolve(self.origin, grid=points[: math.prod(shape)].reshape(shape).tolist())

    def cell(self, borrower: Any) -> Cell:
        """Return which functions differ from zero for one borrower."""
        found = []
        for axis in self.origin.axes:
            value = getattr(borrower, axis.field)
            is_missing = SCALAR.is_missing(value)
            found.append((axis.size + 1, 0.0) if is_missing else place(axis.scaled(value, SCALAR), axis.grid))
        (row, u), (column, v) = found
        width = self.origin.y.size
        beyond = max(row - self.origin.x.size, column - width)
        if beyond >= 0:
            return len(self.names) - 2 + beyond, ()
        return row * width + column, ((width, u), (1, v))

    def cells(self, record: Any, rows: int) -> Cell:
        """Return the same for the rows of a record, without the steps that no row takes."""
        (row, u), (column, v) = (places(axis, record, rows) for axis in self.origin.axes)
        width = self.origin.y.size
        beyond = np.maximum(row - self.origin.x.size, column - width)
        start = np.where(beyond < 0, row * width + column, len(self.names) - 2 + beyond)
        steps = [(stride, np.where(beyond < 0, distance, 0.0)) for stride, distance in ((width, u), (1, v))]
        return start, tuple(step for step in steps if step[1].any())


def places(axis: Axis, record: Any, rows: int) -> tuple[Array, Array]:
    """Return the index of each row's value on an axis, and its relative distance from there to the next.

    The index of a level that the axis does not have is its size, and that of a missing value is one more.
    """
    value = getattr(record, axis.field)
    if ARRAYS.is_missing(value) is True:  # in every row
        return np.full(rows, axis.size + 1), np.zeros(rows)
    index, distance = array_place(axis.scaled(value, ARRAYS), axis.grid)
    index, distance = np.broadcast_to(index, (rows,)), np.broadcast_to(distance, (rows,))
    is_missing = np.isnan(distance)
    return np.where(is_missing, axis.size + 1, index).astype(np.intp), np.where(is_missing, 0.0, distance)


def axis_of(basis: Basis, data: TrainingRows) -> Axis | None:
    """Return the axis of a field that has a curve of its own, or none if it hardly varies.

    Parameters
    ----------
    basis : Basis
        The basis of the curve.
    data : TrainingRows
        The rows.
    """
    curve = basis.origin
    if isinstance(curve, Flag):
        return LevelAxis(curve.field, ["true", "false"])
    if isinstance(basis, LevelBasis):
        occupied = occupancy(basis, data.record, data.weights)[: len(basis.grid)]
        levels = [basis.grid[index] for index in most_frequent(occupied, MAX_LEVELS)]
        return LevelAxis(curve.field, levels) if len(levels) > 1 else None
    if isinstance(basis, NumberBasis):
        knots = _knots(basis, data)
        return NumberAxis(curve.field, knots, getattr(curve, "scale", "linear")) if len(knots) > 1 else None
    return None


def most_frequent(occupied: Array, count: int) -> Array:
    """Return the indices of the most frequent levels, in the order of the curve; only of those that occur."""
    found = np.argsort(-occupied, kind="stable")[:count]
    return np.sort(found[occupied[found] > 0])


def shortened(axis: LevelAxis, data: TrainingRows) -> LevelAxis:
    """Return an axis with the most frequent levels, if it has too many for both axes to have levels."""
    if axis.size <= MAX_LEVELS_OF_BOTH:
        return axis
    index, _ = places(axis, data.record, len(data.weights))
    occupied = np.bincount(index, data.weights, axis.size + 2)[: axis.size]
    return LevelAxis(axis.field, [axis.levels[each] for each in most_frequent(occupied, MAX_LEVELS_OF_BOTH)])


def _knots(basis: NumberBasis, data: TrainingRows) -> list[float]:
    """Return some knots of the curve that are in the data; those of bands are quantiles."""
    if isinstance(basis, LinearBasis):
        occupied = occupancy(basis, data.record, data.weights)[: len(basis.grid)]
        knots = np.array(basis.grid)[occupied > ROUNDING * occupied.sum()]
    else:
        values = data.numbers(basis.origin.field)
        known = ~np.isnan(values)
        if not known.any():
            return []
        knots = distinct(quantile_knots(values[known], data.weights[known], data.knots))
    chosen = np.unique(np.linspace(0, len(knots) - 1, min(MAX_KNOTS, len(knots))).round().astype(np.intp))
    return [float(knot) for knot in knots[chosen]]


def surface_basis(label: str, x: Axis, y: Axis, data: TrainingRows) -> SurfaceBasis:
    """Return the basis of two fields.

    Its coefficients are the increments of the points along both axes, or the points of each level, without
    what curves of the two fields would add: the marginal sums of the points, weighted by the rows, are zero.
    Points without rows near them are independent of all others, so that they stay zero and are uncertain,
    and so are other levels and missing values that no row has, such as portfolios that were not in the fit.

    Parameters
    ----------
    label : str
        The label of the surface, and the name of the group of its coefficients.
    x, y : NumberAxis or LevelAxis
        The axes.
    data : TrainingRows
        The rows.
    """
    if isinstance(x, LevelAxis) and isinstance(y, LevelAxis):
        x, y = (shortened(axis, data) for axis in (x, y))
    zeros = np.zeros((x.size, y.size))
    surface = Surface(label=label, source=FITTED, x=x, y=y, grid=zeros.tolist(), if_missing=0.0)
    names = [f"{first}, {second}" for first in _names(x) for second in _names(y)]
    names += [OTHER, MISSING] if x.levels or y.levels else [MISSING]
    bare = SurfaceBasis(
        origin=surface,
        names=names,
        prior_points=np.zeros(len(names)),
        transform=np.zeros((len(names), 0)),
        groups=(),
    )
    weights = occupancy(bare, data.record, data.weights)
    on_grid = weights[: zeros.size].reshape(zeros.shape)
    pure = purified(np.kron(increments(x), increments(y)), on_grid)
    transform = np.pad(pure, ((0, len(names) - zeros.size), (0, 0)))
    # Points that no row determines would add up the increments on the way there.
    unused = weights <= ROUNDING * weights.sum()
    transform[unused] = 0.0
    spread = math.sqrt(np.sum(transform**2) / max(np.sum(~unused[: zeros.size]), 1))
    transform = np.hstack([transform, spread * np.eye(len(names))[:, unused]])
    group = own_group(label, EXPECTED_SCALE, SHAPE)
    return attrs.evolve(bare, transform=transform, groups=(group,) * transform.shape[1])


def _names(axis: Axis) -> Sequence[str]:
    return [f"{knot:,.10g}" for knot in axis.knots] if isinstance(axis, NumberAxis) else axis.levels


def increments(axis: Axis) -> Array:
    """Return the coefficients along an axis, as columns: increments between knots, or levels."""
    return np.eye(axis.size) if axis.levels else np.tril(np.ones((axis.size, axis.size - 1)), -1)


def curves_on_grid(rows: int, columns: int) -> Array:
    """Return the points of a surface that is one in a row, for each row, and then for each column."""
    by_row, by_column = np.ones((columns, 1)), np.ones((rows, 1))
    return np.hstack([np.kron(np.eye(rows), by_row), np.kron(by_column, np.eye(columns))])


def purified(points: Array, weights: Array) -> Array:
    """Return the points of surfaces without the sums of two curves that are nearest to them.

    All their weighted sums along an axis are zero then: the functional analysis of variance.

    Parameters
    ----------
    points : array of float, shape (n_x * n_y, n_surfaces)
        The points of each surface, a column.
    weights : array of float, shape (n_x, n_y)
        The weight of each pair of knots or levels.
    """
    curves = curves_on_grid(*weights.shape)
    weighted = curves.T * weights.ravel()
    # A constant is a curve of either axis, so that the solution is not unique, but its sum is.
    found, *_ = np.linalg.lstsq(weighted @ curves, weighted @ points, rcond=None)
    pure: Array = points - curves @ found
    return pure
