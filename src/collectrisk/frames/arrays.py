"""Formulas on NumPy columns: the namespace, and a text column held as codes."""

from __future__ import annotations

import functools
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt

from collectrisk.namespace import SCALAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ARRAYS", "ArrayNamespace", "TextArray"]

Array = npt.NDArray[Any]

FEW_KNOTS = 9
"""Up to so many knots a sum of ramps is faster than a search for the right segment."""

SAME_SLOPE = 1e-14
"""Slopes that differ by no more than rounding, in proportion."""


@attrs.frozen(eq=False)
class TextArray:
    """A text column: each row's place in `levels`, or -1 where the text is not known."""

    codes: Array
    levels: tuple[str, ...]

    def __eq__(self, text: object) -> Array:  # type: ignore[override]  # one answer a row, as in NumPy
        if not isinstance(text, str):
            raise TypeError(f"a text column is compared with text, not with {text!r}")
        place = self.levels.index(text) if text in self.levels else len(self.levels)
        same: Array = self.codes == place
        return same

    def __ne__(self, text: object) -> Array:  # type: ignore[override]
        return ~(self == text)

    __hash__ = None  # type: ignore[assignment]

    def look_up(self, table: Mapping[str, float], otherwise: float) -> Array:
        """Return the table's number for each row; the unknown text takes the last place."""
        by_code = [table.get(level, otherwise) for level in self.levels]
        return np.array([*by_code, otherwise], dtype=np.float64).take(self.codes)


def _is_column(value: object) -> bool:
    return isinstance(value, np.ndarray)


@attrs.frozen
class ArrayNamespace:
    """`Namespace` for NumPy columns; a column that is absent is its default, a plain number."""

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose, row by row, between two values."""
        if not _is_column(condition):
            return SCALAR.where(condition, if_true, if_false)
        if condition.dtype != np.bool_:
            raise TypeError(f"a condition must be true or false, not {condition.dtype}")
        return np.where(condition, if_true, if_false)

    def logical_not(self, condition: Any) -> Any:
        """Turn true into false."""
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
        """Hold `x` between two constants."""
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
        """Turn log-odds into a probability."""
        if not _is_column(log_odds):
            return SCALAR.logistic(log_odds)
        out = np.negative(log_odds)
        np.exp(out, out=out)
        out += 1.0
        return np.divide(1.0, out, out=out)

    def interp(self, x: Any, knots: Sequence[float], points: Sequence[float]) -> Any:
        """Read `x` off straight lines between `knots`."""
        if not _is_column(x):
            return SCALAR.interp(x, knots, points)
        if len(knots) > FEW_KNOTS:
            return np.interp(x, knots, points)
        return _ramps(x, knots, points)

    def step(self, x: Any, edges: Sequence[float], points: Sequence[float]) -> Any:
        """Return the points of the last edge at or below `x`."""
        if not _is_column(x):
            return SCALAR.step(x, edges, points)
        found: Array = np.asarray(points, dtype=np.float64).take(np.searchsorted(edges[1:], x, side="right"))
        found[np.isnan(x)] = np.nan
        return found

    def lookup(self, x: Any, table: Mapping[str, float], otherwise: float) -> Any:
        """Return the table's number for each text."""
        if _is_column(x):  # texts that the formula itself has chosen
            levels, codes = np.unique(x, return_inverse=True)
            x = TextArray(codes, tuple(levels.tolist()))
        return x.look_up(table, otherwise) if isinstance(x, TextArray) else SCALAR.lookup(x, table, otherwise)

    def is_missing(self, x: Any) -> Any:
        """Tell where a value is not known."""
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
    """Return where each ramp starts and ends, and how steep it is; neighbours of one slope are one ramp."""
    found: list[tuple[float, float, float]] = []
    for (left, right), (start, end) in zip(pairwise(knots), pairwise(points), strict=True):
        slope = (end - start) / (right - left)
        if found and found[-1][1] == left and math.isclose(found[-1][2], slope, rel_tol=SAME_SLOPE):
            found[-1] = (found[-1][0], right, found[-1][2])
        elif slope:
            found.append((left, right, slope))
    return found


def _ramps(x: Array, knots: Sequence[float], points: Sequence[float]) -> Array:
    """Add up one ramp a segment: rising with `x` inside the segment, level outside it."""
    total: Array | None = None
    for left, right, slope in _slopes(tuple(knots), tuple(points)):
        ramp = x.clip(left, right)
        ramp -= left
        ramp *= slope
        total = ramp if total is None else np.add(total, ramp, out=total)
    return np.full(x.shape, points[0]) if total is None else np.add(total, points[0], out=total)


ARRAYS = ArrayNamespace()
