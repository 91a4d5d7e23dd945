"""The basis of each characteristic: functions of its fields whose weighted sum is the fitted curve.

A straight line between knots is a sum of linear B-splines, bands and levels are sums of indicator
functions. In every basis of one field at most two functions, which are neighbours, differ from zero in
a row of data, and they add up to one. The *points* of a basis function are its weight in the curve: the
points of a knot, a band or a level. So the curve whose points are 0, 1, 2, ... gives the *position*
of a row: 3.2 means 0.8 of function 3 and 0.2 of function 4. The functions of two fields are products
of those of each, so that up to four differ from zero, the corners of a cell.

The fit does not estimate points freely. It estimates coefficients with Gaussian priors, and
``points = prior_points + transform @ coefficients``.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np

from collectrisk._curves import Bands, Characteristic, Gate, Levels, PiecewiseLinear
from collectrisk._namespaces import SCALAR
from collectrisk._namespaces.arrays import ARRAYS, TextArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from collectrisk._typing import Array

    Cell = tuple[Any, tuple[tuple[int, Any], ...]]
    """The index of a function, and steps to others that may differ from zero: each by so many functions,
    with its share. So 3 and ((1, 0.2),) mean 0.8 of function 3 and 0.2 of function 4."""

FITTED = "fitted"
"""The source of a characteristic whose points were fitted."""


@attrs.frozen
class Group:
    """Coefficients that share one prior scale, which the fit estimates.

    Attributes
    ----------
    name : str
        The key of its prior scale.
    expected_scale : float
        The mean of the gamma distribution that is the scale's hyperprior, in log-odds.
    shape : float
        The shape of that distribution: 0.5 is a vague guess, and with 4 the guess is rarely off
        by more than a factor of 2.
    """

    name: str
    expected_scale: float
    shape: float = 0.5


@attrs.frozen(eq=False, kw_only=True)
class Basis:
    """The basis of a characteristic, with its prior.

    Attributes
    ----------
    origin : Characteristic
        The prior curve.
    names : sequence of str
        A name for each basis function.
    prior_points : array of float, shape (n_functions,)
        The points of the prior curve.
    transform : array of float, shape (n_functions, n_coefficients)
        What a unit of each coefficient adds to the points.
    groups : tuple of Group
        The group of each coefficient.
    means : array of float, shape (n_coefficients,), optional
        What a unit of each coefficient takes from the base, to leave the mean to it; nothing by default.
    max_steps : int
        The largest number of steps of a cell.
    """

    max_steps: ClassVar[int] = 1

    origin: Any
    names: Sequence[str]
    prior_points: Array
    transform: Array
    groups: tuple[Group, ...]
    means: Array | None = None

    @property
    def from_base(self) -> Array:
        """What a unit of each coefficient takes from the base."""
        return np.zeros(self.transform.shape[1]) if self.means is None else self.means

    def curve(self, points: Array) -> Characteristic:
        """Return the characteristic with these points."""
        raise NotImplementedError

    @cached_property
    def _position_curve(self) -> Characteristic:
        return self.curve(np.arange(len(self.prior_points), dtype=np.float64))

    def position(self, borrower: Any) -> tuple[int, float]:
        """Return the index of a basis function, and the value of the next one, for one borrower."""
        position = self._position_curve.points(borrower, SCALAR)
        left = min(max(int(position), 0), max(len(self.prior_points) - 2, 0))
        is_next = position - left == 1.0
        return left + is_next, position - left - is_next

    def positions(self, record: Any, rows: int) -> tuple[Array, Array]:
        """Return the same for the rows of a record, as two arrays."""
        position = np.asarray(self._position_curve.points(record, ARRAYS), dtype=np.float64)
        position = np.broadcast_to(position, (rows,))
        # fmax turns NaN, a missing value without points, into a valid index.
        left = np.fmin(np.fmax(position, 0.0), max(len(self.prior_points) - 2, 0)).astype(np.int64)
        fraction = position - left
        # At the last function the next one is zero, as it is at every other.
        is_next = fraction == 1.0
        left += is_next
        fraction -= is_next
        return left, fraction

    def cell(self, borrower: Any) -> Cell:
        """Return which functions differ from zero for one borrower."""
        left, fraction = self.position(borrower)
        return left, ((1, fraction),)

    def cells(self, record: Any, rows: int) -> Cell:
        """Return the same for the rows of a record, without the steps that no row takes."""
        left, fraction = self.positions(record, rows)
        return left, ((1, fraction),) if fraction.any() else ()

    def interpolate(self, table: Array, record: Any, rows: int) -> Array:
        """Return each row's sum of the basis functions, weighted by the entries of a table.

        Parameters
        ----------
        table : array of float, shape (n_functions, n_columns)
            An entry for each basis function, such as its points.
        record : Record
            The columns.
        rows : int
            The number of rows.
        """
        found = np.zeros((rows, table.shape[1]))
        for index, value in corners(self.cells(record, rows)):
            found += table[np.minimum(index, len(table) - 1)] * np.reshape(value, (-1, 1))
        return found

    def ordered_points(self, field: str) -> Array:  # noqa: ARG002  # most bases have no order
        """Return a matrix whose product with the points is as ordered as the curve at increasing values.

        It has no rows if the basis is not one of that number, or has no order.
        """
        return np.zeros((0, len(self.prior_points)))


@attrs.frozen(eq=False, kw_only=True)
class FieldBasis(Basis):
    """The basis of one field.

    Attributes
    ----------
    grid : sequence
        The knots, the lower ends of the bands, or the levels. Each has a basis function. Those of
        any other level and of a missing value follow.
    """

    grid: Sequence[Any]

    @property
    def has_missing(self) -> bool:
        """Whether the last function is that of a missing value."""
        return self.origin.if_missing is not None

    def _settings(self, points: Array) -> dict[str, Any]:
        """Return the parameters that curves of all kinds have."""
        return {
            "label": self.origin.label,
            "source": FITTED,
            "field": self.origin.field,
            "if_missing": float(points[-1]) if self.has_missing else None,
        }

    def _pairs(self, points: Array) -> Iterator[tuple[Any, float]]:
        return zip(self.grid, points.tolist(), strict=False)


@attrs.frozen(eq=False, kw_only=True)
class NumberBasis(FieldBasis):
    """The basis of a number."""

    def ordered_points(self, field: str) -> Array:
        """Return the rows of the identity matrix that belong to the grid."""
        return np.eye(len(self.prior_points))[: len(self.grid) if field == self.origin.field else 0]


@attrs.frozen(eq=False, kw_only=True)
class LinearBasis(NumberBasis):
    """Linear B-splines: straight lines between knots, constant outside them."""

    def curve(self, points: Array) -> Characteristic:
        """Return the lines through the points."""
        scale = self.origin.scale
        return PiecewiseLinear(**self._settings(points), knots=self._pairs(points), scale=scale)


@attrs.frozen(eq=False, kw_only=True)
class StepBasis(NumberBasis):
    """The indicator functions of bands."""

    def curve(self, points: Array) -> Characteristic:
        """Return the bands with their points."""
        return Bands(**self._settings(points), bands=self._pairs(points))


@attrs.frozen(eq=False, kw_only=True)
class LevelBasis(FieldBasis):
    """The indicator functions of the levels of a text, and of any other text."""

    def curve(self, points: Array) -> Characteristic:
        """Return the levels with their points."""
        otherwise = float(points[len(self.grid)])
        return Levels(**self._settings(points), levels=self._pairs(points), otherwise=otherwise)


@attrs.frozen(eq=False, kw_only=True)
class PortfolioBasis(LevelBasis):
    """The basis of the portfolios of a fit, each of which has a base of its own."""


@attrs.frozen(eq=False, kw_only=True)
class ScaledBasis(Basis):
    """Any other characteristic: the fit multiplies its points by one factor.

    Attributes
    ----------
    unit : Characteristic
        The characteristic with the factor 1.
    """

    unit: Characteristic

    @property
    def _position_curve(self) -> Characteristic:
        return self.unit

    def curve(self, points: Array) -> Characteristic:
        """Return the unit, scaled."""
        return attrs.evolve(self.unit.scaled(float(points[1] - points[0])), source=FITTED)

    def ordered_points(self, field: str) -> Array:
        """Return the signs of the points of a gate that is shut, and of one that is open."""
        if not isinstance(self.unit, Gate) or field not in self.unit.fields:
            return super().ordered_points(field)
        return np.array([[0.0, np.sign(self.unit.if_shut)], [0.0, 0.0]])


def corners(cell: Cell) -> list[tuple[Any, Any]]:
    """Return the index of each function of a cell, and its value.

    An index may lie after the last function, where the value is zero.
    """
    start, steps = cell
    found: list[tuple[Any, Any]] = [(start, 1.0)]
    for stride, fraction in steps:
        found = [
            corner
            for index, value in found
            for corner in ((index, value * (1.0 - fraction)), (index + stride, value * fraction))
        ]
    return found


def levels_of(values: Any) -> tuple[str, ...]:
    """Return the levels that occur in a text column, in alphabetical order."""
    if isinstance(values, TextArray):
        used = np.unique(values.codes)
        return tuple(sorted(values.levels[code] for code in used if code >= 0))
    return () if values is None else (str(values),)
