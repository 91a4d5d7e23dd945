"""The namespace for NumPy columns, and text columns stored as integer codes."""

from __future__ import annotations

import functools
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._fields import code_of
from collectrisk._namespaces.scalar import SCALAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectrisk._typing import Array

MAX_RAMPS = 8
"""Up to this many segments, summing clipped ramps is faster than searching for the segment."""

SLOPE_TOLERANCE = 1e-14
"""Slopes whose relative difference is within rounding error are treated as equal."""


@attrs.frozen(eq=False)
class TextArray:
    """A text column: each row's index in `levels`, or -1 where the text is missing."""

    codes: Array
    levels: tuple[str, ...]

    def __eq__(self, text: object) -> Array:  # type: ignore[override]  # elementwise, as in NumPy
        if not isinstance(text, str):
            raise TypeError(f"a text column is compared with text, not with {text!r}")
        code = self.levels.index(text) if text in self.levels else len(self.levels)
        equal: Array = self.codes == code
        return equal

    def __ne__(self, text: object) -> Array:  # type: ignore[override]
        return ~(self == text)

    __hash__ = None  # type: ignore[assignment]

    def look_up(self, table: Mapping[str, float], otherwise: float) -> Array:
        """Return the table's number for each row."""
        by_code = [table.get(level, otherwise) for level in self.levels]
        # A missing text has code -1, which is the last element.
        return np.array([*by_code, otherwise], dtype=np.float64).take(self.codes)


def _is_column(value: object) -> bool:
    return isinstance(value, np.ndarray)


@attrs.frozen
class ArrayNamespace:
    """`Namespace` for NumPy columns; an absent column is represented by its default, a scalar."""

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose, row by row, between two values."""
        if not _is_column(condition):
            return SCALAR.where(condition, if_true, if_false)
        if condition.dtype != np.bool_:
            raise TypeError(f"a condition must be true or false, not {condition.dtype}")
        return np.where(condition, if_true, if_false)

    def logical_not(self, condition: Any) -> Any:
        """Negate a condition."""
        return ~condition if _is_column(condition) else SCALAR.logical_not(condition)

    def exp(self, x: Any) -> Any:
        """Exponential."""
        return np.exp(x)

    def log(self, x: Any) -> Any:
        """Natural logarithm."""
        return np.log(x)

    def log1p(self, x: Any) -> Any:
        """Natural logarithm of ``1 + x``."""
        return np.log1p(x)

    def sqrt(self, x: Any) -> Any:
        """Square root."""
        return np.sqrt(x)

    def abs(self, x: Any) -> Any:
        """Absolute value."""
        return np.abs(x)

    def clip(self, x: Any, lowest: float, highest: float) -> Any:
        """Limit `x` to an interval."""
        return np.clip(x, lowest, highest)

    def minimum(self, x: Any, y: Any) -> Any:
        """Return the smaller of two values."""
        return np.minimum(x, y)

    def maximum(self, x: Any, y: Any) -> Any:
        """Return the larger of two values."""
        return np.maximum(x, y)

    def divide(self, x: Any, y: Any) -> Any:
        """Return ``x / y``, infinite where `y` is zero."""
        return np.divide(x, y)

    def logistic(self, log_odds: Any) -> Any:
        """Convert log-odds to a probability."""
        if not _is_column(log_odds):
            return SCALAR.logistic(log_odds)
        out = np.negative(log_odds)
        np.exp(out, out=out)
        out += 1.0
        return np.divide(1.0, out, out=out)

    def interp(self, x: Any, knots: Sequence[float], points: Sequence[float]) -> Any:
        """Interpolate linearly between `knots`."""
        if not _is_column(x):
            return SCALAR.interp(x, knots, points)
        if len(knots) - 1 > MAX_RAMPS:
            return np.interp(x, knots, points)
        return _ramps(x, knots, points)

    def step(self, x: Any, edges: Sequence[float], values: Sequence[Any]) -> Any:
        """Return the value of the last edge at or below `x`."""
        if not _is_column(x):
            return SCALAR.step(x, edges, values)
        if isinstance(values[0], str):
            # For the few edges of a ladder, adding comparisons is faster than a binary search.
            codes = np.zeros(x.shape, dtype=np.int8)
            for edge in edges[1:]:
                codes += (x >= edge).view(np.int8)
            codes -= np.isnan(x).view(np.int8)
            return TextArray(codes, tuple(map(str, values)))
        found: Array = np.asarray(values, dtype=np.float64).take(np.searchsorted(edges[1:], x, side="right"))
        found[np.isnan(x)] = np.nan
        return found

    def lookup(self, x: Any, table: Mapping[str, float], otherwise: float) -> Any:
        """Return the table's number for each text."""
        if _is_column(x):  # text that the formula has chosen with `where`
            levels, codes = np.unique(x, return_inverse=True)
            names = (each if each in table else code_of(each) for each in levels.tolist())
            x = TextArray(codes, tuple(names))
        return x.look_up(table, otherwise) if isinstance(x, TextArray) else SCALAR.lookup(x, table, otherwise)

    def is_missing(self, x: Any) -> Any:
        """Return where a value is not known."""
        if isinstance(x, TextArray):
            return x.codes < 0
        return np.isnan(x) if _is_column(x) else SCALAR.is_missing(x)

    def total(self, terms: Sequence[Any]) -> Any:
        """Return the sum of the terms."""
        columns = [term for term in terms if _is_column(term)]
        constant = math.fsum(term for term in terms if not _is_column(term))
        if not columns:
            return constant
        total = np.add(columns[0], constant, dtype=np.float64)
        for column in columns[1:]:
            total += column
        return total


@functools.lru_cache(maxsize=256)
def _slopes(knots: tuple[float, ...], points: tuple[float, ...]) -> list[tuple[float, float, float]]:
    """Return start, end and slope of each segment; adjacent segments of equal slope are merged."""
    found: list[tuple[float, float, float]] = []
    for (left, right), (start, end) in zip(pairwise(knots), pairwise(points), strict=True):
        slope = (end - start) / (right - left)
        if found and found[-1][1] == left and math.isclose(found[-1][2], slope, rel_tol=SLOPE_TOLERANCE):
            found[-1] = (found[-1][0], right, found[-1][2])
        elif slope:
            found.append((left, right, slope))
    return found


def _ramps(x: Array, knots: Sequence[float], points: Sequence[float]) -> Array:
    """Interpolate by summing one ramp per segment: linear in `x` inside it, constant outside."""
    total: Array | None = None
    for left, right, slope in _slopes(tuple(knots), tuple(points)):
        ramp = x.clip(left, right)
        ramp -= left
        ramp *= slope
        total = ramp if total is None else np.add(total, ramp, out=total)
    return np.full(x.shape, points[0]) if total is None else np.add(total, points[0], out=total)


ARRAYS = ArrayNamespace()
