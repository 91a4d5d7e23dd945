"""Points on a grid of two values, for NumPy columns: table look-ups of a cell's coefficients."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from collectrisk._namespaces.array_columns import TextArray, as_number, is_column, levels_of
from collectrisk._namespaces.grid import cells, distance_of, has_levels, index_of, indices, place
from collectrisk._namespaces.lookups import lookup_of

if TYPE_CHECKING:
    from collectrisk._namespaces.grid import Axis
    from collectrisk._typing import Array

MAX_COUNTED = 64
"""Up to this many knots, comparing with all of them is faster than a binary search, row by row."""


def array_place(x: Any, axis: Axis) -> tuple[Any, Any]:
    """Return the index and the relative distance of each value on an axis; see `grid.Place`.

    A missing level has an index of its own, and no distance.
    """
    if not (is_column(x) or isinstance(x, TextArray)):
        return place(x, axis)
    if has_levels(axis):
        levels, known, other = levels_of(x), indices(axis), len(axis)
        # A missing text has code -1, which is the last element.
        by_code = [*(known.get(level, other) for level in levels.levels), other + 1]
        return np.array(by_code, dtype=np.intp).take(levels.codes), 0.0
    knots = cast("tuple[float, ...]", axis)
    index, distance = (lookup_of(each, x, knots, ()) for each in (index_of, distance_of))
    if index is not None and distance is not None:
        return index.column(), distance.column()
    return _among_knots(as_number(x), np.array(knots, dtype=np.float64))


def _among_knots(x: Array, knots: Array) -> tuple[Array, Array]:
    if len(knots) > MAX_COUNTED:
        index = np.searchsorted(knots[1:], x, side="right")
    else:
        index = np.zeros(x.shape, dtype=np.uint8)
        for knot in knots[1:]:
            index += (x >= knot).view(np.uint8)
    distance = x.clip(knots[0], knots[-1])
    distance -= knots.take(index, mode="clip")
    distance /= np.append(np.diff(knots), 1.0).take(index, mode="clip")
    distance[np.isnan(x)] = np.nan  # which a binary search finds after the last knot
    return index, distance


@functools.lru_cache(maxsize=256)
def _coefficients(points: tuple[tuple[float, ...], ...]) -> tuple[int, list[Array]]:
    """Return the number of columns, and each coefficient of all cells; missing levels are the last ones."""
    found = np.array(cells(points), dtype=np.float64)
    padded = np.pad(found, ((0, 1), (0, 1), (0, 0)), constant_values=np.nan)
    return padded.shape[1], [np.ascontiguousarray(padded[:, :, each]).ravel() for each in range(4)]


def on_array_grid(x: tuple[Any, Any], y: tuple[Any, Any], points: tuple[tuple[float, ...], ...]) -> Array:
    """Return the points of pairs of places."""
    (row, u), (column, v) = x, y
    width, (start, by_x, by_y, by_both) = _coefficients(points)
    cell = np.multiply(row, width, dtype=np.intp, casting="unsafe") + np.asarray(column).astype(np.intp)
    found: Array = start.take(cell, mode="clip")
    has_v = isinstance(v, np.ndarray) or v != 0
    if has_v:
        found += by_y.take(cell, mode="clip") * v
    if isinstance(u, np.ndarray) or u != 0:
        slope = by_x.take(cell, mode="clip")
        if has_v:
            slope += by_both.take(cell, mode="clip") * v
        slope *= u
        found += slope
    return found
