"""Points on a grid of two values: what the namespaces share, and the points of one pair of values."""

from __future__ import annotations

import functools
import math
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from collectrisk._fields import code_of

if TYPE_CHECKING:
    from collections.abc import Sequence

Axis = tuple[float, ...] | tuple[str, ...]
"""Knots in increasing order, or levels; all values that are none of the levels come after the last one."""

Place = tuple[int, float]
"""The index of the last knot at or below a number, and its relative distance from it to the next one; or
the index of a level, and 0. Outside the knots the distance is 0; that of a missing value is NaN."""


class Cell(NamedTuple):
    """The coefficients of ``start + x * u + y * v + both * u * v``, for the distances u and v in a cell."""

    start: float
    x: float
    y: float
    both: float


def has_levels(axis: Axis) -> bool:
    """Return whether an axis has levels, not knots."""
    return isinstance(axis[0], str)


@functools.lru_cache(maxsize=256)
def indices(levels: Axis) -> dict[Any, int]:
    """Return the index of each level."""
    return {level: index for index, level in enumerate(levels)}


def place(value: Any, axis: Any) -> Place:
    """Return the place of one value on an axis."""
    if value is None or value != value:
        return 0, math.nan
    if has_levels(axis):
        text = value if isinstance(value, str) else code_of(value)
        return indices(axis).get(text, len(axis)), 0.0
    upper = bisect_right(axis, value)
    if upper == 0:
        return 0, 0.0
    left = axis[upper - 1]
    if upper == len(axis):
        return upper - 1, 0.0
    return upper - 1, (value - left) / (axis[upper] - left)


def index_of(value: float, axis: Any, _: Any = ()) -> float:
    """Return the index of a place, as a float."""
    return float(place(value, axis)[0])


def distance_of(value: float, axis: Any, _: Any = ()) -> float:
    """Return the relative distance of a place."""
    return place(value, axis)[1]


def between(start: float, end: float, part: float) -> float:
    """Interpolate between two points; rounding never leads beyond the end."""
    value = start + (end - start) * part
    return value if start <= value <= end or end <= value <= start else end


def on_grid(x: Place, y: Place, points: Sequence[Sequence[float]]) -> float:
    """Return the points of one pair of places."""
    (row, u), (column, v) = x, y
    if u != u or v != v:
        return math.nan
    start = _on_row(points[row], column, v)
    return between(start, _on_row(points[row + 1], column, v), u) if u else start


def _on_row(row: Sequence[float], column: int, v: float) -> float:
    return between(row[column], row[column + 1], v) if v else row[column]


def cross_section(x: Place, points: Sequence[Sequence[float]]) -> list[float]:
    """Return the points along the second axis where the place on the first one is known."""
    return [on_grid(x, (column, 0.0), points) for column in range(len(points[0]))]


def transposed(points: Sequence[Sequence[float]]) -> list[tuple[float, ...]]:
    """Return the points with rows and columns exchanged."""
    return list(zip(*points, strict=True))


@functools.lru_cache(maxsize=256)
def cells(points: tuple[tuple[float, ...], ...]) -> tuple[tuple[Cell, ...], ...]:
    """Return the coefficients of each cell, which begins at a row and a column; those at the end are flat."""

    def cell(row: int, column: int) -> Cell:
        below, right = min(row + 1, len(points) - 1), min(column + 1, len(points[0]) - 1)
        start, x, y = points[row][column], points[below][column], points[row][right]
        return Cell(start, x - start, y - start, (points[below][right] - y) - (x - start))

    return tuple(tuple(cell(row, column) for column in range(len(points[0]))) for row in range(len(points)))


def require_grid(rows: Any, columns: Any, points: Any) -> None:
    """Check what a formula passes to ``xp.surface`` on a frame.

    Raises
    ------
    ValueError
        If an axis is empty or not in order, or the points do not match the axes.
    """
    for axis in (rows, columns):
        if not axis:
            raise ValueError("each axis of xp.surface needs one knot or level, or more")
        if has_levels(axis):
            if len(set(axis)) < len(axis):
                raise ValueError("the levels of xp.surface must be different")
        elif not all(left < right for left, right in pairwise(axis)):
            raise ValueError("the knots of xp.surface must be in increasing order")
    height, width = (len(axis) + has_levels(axis) for axis in (rows, columns))
    if len(points) != height or {len(row) for row in points} != {width}:
        why = (
            f"needs points in {height} rows of {width}: one for each knot or level, and one for other levels"
        )
        raise ValueError(f"xp.surface {why}")


def cut(xp: Any, value: Any, axis: Axis, points: Sequence[float]) -> Any:
    """Return the points along one axis, where the place on the other one is known."""
    if has_levels(axis):
        return xp.lookup(value, dict(zip(axis, points, strict=False)), points[-1])
    return xp.interp(value, axis, points)
