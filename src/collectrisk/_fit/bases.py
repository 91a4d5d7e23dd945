"""What a characteristic may become in a fit: its cells, its prior points, and its directions.

Whatever the curve, a row of data stands at a cell, or on the way from a cell to the next, and
its points are read off straight between them. A shape says where the rows stand, what the prior
card gives each cell, and by which directions (the columns of `moves`) the fit may change that.
Each direction belongs to a group, and the fit learns one prior_scale a group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from collectrisk._curves import Bands, Characteristic, Gate, Levels, PiecewiseLinear
from collectrisk._namespaces.arrays import ARRAYS, TextArray

if TYPE_CHECKING:
    from collectrisk._typing import Array

FITTED = "fitted"
"""The source of a characteristic that data have changed."""


@attrs.frozen(eq=False)
class Places:
    """Where rows stand: at cell `left`, and `fraction` of the way from it to the next."""

    left: Array
    fraction: Array


@attrs.frozen
class Group:
    """Directions that share one prior_scale.

    Attributes
    ----------
    name : str
        What the group is about.
    expected : float
        How far its steps may be expected to go, in log-odds, before any data are seen.
    certainty : float
        How sure that is: the spread is thought to come from a gamma distribution of this shape,
        so that 0.5 is a guess at its size, and 4 one that is seldom off by more than a factor of 2.
    """

    name: str
    expected: float
    certainty: float = 0.5


@attrs.frozen(eq=False, kw_only=True)
class Shape:
    """A characteristic before the fit.

    Attributes
    ----------
    origin : Characteristic
        The prior card's curve.
    prior : array of float, shape (n_cells,)
        The points that the prior card gives each cell.
    moves : array of float, shape (n_cells, n_directions)
        What one step in each direction adds to the points of each cell.
    groups : tuple of Group
        The group of each direction.
    """

    origin: Characteristic
    prior: Array
    moves: Array
    groups: tuple[Group, ...]

    def places(self, record: Any, rows: int) -> Places:
        """Return where the rows of a record stand."""
        raise NotImplementedError

    @property
    def names(self) -> list[str]:
        """What stands at each cell, in words."""
        raise NotImplementedError

    def curve(self, points: Array) -> Characteristic:
        """Return the characteristic with these points at its cells."""
        raise NotImplementedError

    def in_order(self, field: str) -> Array:  # noqa: ARG002  # most shapes know no order
        """Return the points from low to high values of a number, as sums of the cells."""
        return np.zeros((0, len(self.prior)))


def _missing(may_be: bool) -> list[str]:  # noqa: FBT001  # its one argument says it all
    return ["missing"] if may_be else []


def _at_cells(cells: Array) -> Places:
    return Places(cells, np.zeros(len(cells)))


def _numbers(record: Any, field: str, rows: int) -> Array:
    return np.broadcast_to(np.asarray(getattr(record, field), dtype=np.float64), (rows,))


def _missing_at(missing: Array, cell: int, known: Places) -> Places:
    return Places(np.where(missing, cell, known.left), np.where(missing, 0.0, known.fraction))


@attrs.frozen(eq=False, kw_only=True)
class LineShape(Shape):
    """Straight lines between knots; the last cell is that of a missing value, if there may be one."""

    field: str
    knots: Array
    scale: Literal["linear", "log"] = "linear"
    may_be_missing: bool = False

    def in_order(self, field: str) -> Array:
        """Return the cells of the knots."""
        return np.eye(len(self.prior))[: len(self.knots) if field == self.field else 0]

    @property
    def names(self) -> list[str]:
        """The knots."""
        return [*(f"{knot:,.10g}" for knot in self.knots), *_missing(self.may_be_missing)]

    def places(self, record: Any, rows: int) -> Places:
        """Return where the rows stand between the knots."""
        values = _numbers(record, self.field, rows)
        missing = np.isnan(values)
        known = np.clip(np.where(missing, self.knots[0], values), self.knots[0], self.knots[-1])
        at, knots = (np.log(known), np.log(self.knots)) if self.scale == "log" else (known, self.knots)
        if len(knots) == 1:
            found = _at_cells(np.zeros(rows, dtype=np.int64))
        else:
            left = np.minimum(np.searchsorted(knots, at, side="right") - 1, len(knots) - 2)
            found = Places(left, (at - knots[left]) / (knots[left + 1] - knots[left]))
        return _missing_at(missing, len(knots), found) if self.may_be_missing else found

    def curve(self, points: Array) -> Characteristic:
        """Return the lines through the points."""
        count = len(self.knots)
        return PiecewiseLinear(
            label=self.origin.label,
            source=FITTED,
            field=self.field,
            knots=zip(self.knots.tolist(), points[:count].tolist(), strict=True),
            scale=self.scale,
            if_missing=float(points[count]) if self.may_be_missing else None,
        )


@attrs.frozen(eq=False, kw_only=True)
class StepShape(Shape):
    """Bands, and a last cell for a missing value, if there may be one."""

    field: str
    edges: Array
    may_be_missing: bool = False

    def in_order(self, field: str) -> Array:
        """Return the cells of the bands."""
        return np.eye(len(self.prior))[: len(self.edges) if field == self.field else 0]

    @property
    def names(self) -> list[str]:
        """The bands."""
        return [*(f"from {edge:,.10g}" for edge in self.edges), *_missing(self.may_be_missing)]

    def places(self, record: Any, rows: int) -> Places:
        """Return the band of each row."""
        values = _numbers(record, self.field, rows)
        missing = np.isnan(values)
        found = _at_cells(np.maximum(np.searchsorted(self.edges, values, side="right") - 1, 0))
        return _missing_at(missing, len(self.edges), found) if self.may_be_missing else found

    def curve(self, points: Array) -> Characteristic:
        """Return the bands with their points."""
        count = len(self.edges)
        return Bands(
            label=self.origin.label,
            source=FITTED,
            field=self.field,
            bands=zip(self.edges.tolist(), points[:count].tolist(), strict=True),
            if_missing=float(points[count]) if self.may_be_missing else None,
        )


@attrs.frozen(eq=False, kw_only=True)
class LevelShape(Shape):
    """A cell for each spelling, one for every other, and one for a missing value."""

    field: str
    levels: tuple[str, ...]
    may_be_missing: bool = False

    @property
    def names(self) -> list[str]:
        """The spellings."""
        return [*self.levels, "any other", *_missing(self.may_be_missing)]

    def places(self, record: Any, rows: int) -> Places:
        """Return the level of each row."""
        cell_of = {level: float(cell) for cell, level in enumerate(self.levels)}
        other = len(self.levels)
        values = getattr(record, self.field)
        cells = np.broadcast_to(ARRAYS.lookup(values, cell_of, other), (rows,)).astype(np.int64)
        missing = np.broadcast_to(ARRAYS.is_missing(values), (rows,))
        return _at_cells(np.where(missing, other + 1, cells) if self.may_be_missing else cells)

    def curve(self, points: Array) -> Characteristic:
        """Return the levels with their points."""
        count = len(self.levels)
        return Levels(
            label=self.origin.label,
            source=FITTED,
            field=self.field,
            levels=zip(self.levels, points[:count].tolist(), strict=True),
            otherwise=float(points[count]),
            if_missing=float(points[count + 1]) if self.may_be_missing else None,
        )


@attrs.frozen(eq=False, kw_only=True)
class ScaledShape(Shape):
    """Any other characteristic, whose points can only grow or shrink as a whole."""

    unit: Characteristic

    @property
    def names(self) -> list[str]:
        """Off and on."""
        return ["does not apply", "applies"]

    def places(self, record: Any, rows: int) -> Places:
        """Return the unit's points as the way from nothing to once the unit."""
        points = np.broadcast_to(np.asarray(self.unit.points(record, ARRAYS), dtype=np.float64), (rows,))
        return Places(np.zeros(rows, dtype=np.int64), points)

    def curve(self, points: Array) -> Characteristic:
        """Return the unit, scaled."""
        return attrs.evolve(self.unit.scaled(float(points[1] - points[0])), source=FITTED)

    def in_order(self, field: str) -> Array:
        """Return the points of a gate that is shut, and of one that is open."""
        if not isinstance(self.unit, Gate) or field not in self.unit.fields:
            return super().in_order(field)
        return np.array([[0.0, self.unit.if_shut], [0.0, 0.0]])


def levels_of(values: Any) -> tuple[str, ...]:
    """Return the spellings of a text column, in alphabetical order."""
    if isinstance(values, TextArray):
        used = np.unique(values.codes)
        return tuple(sorted(values.levels[code] for code in used if code >= 0))
    return () if values is None else (str(values),)
