"""The namespace for NumPy columns."""

from __future__ import annotations

import functools
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._namespaces.array_columns import (
    TextArray,
    as_column,
    as_condition,
    as_number,
    choose_text,
    is_column,
    is_text,
    is_whole,
    levels_of,
)
from collectrisk._namespaces.array_grid import array_place, on_array_grid
from collectrisk._namespaces.grid import require_grid
from collectrisk._namespaces.lookups import Lookup, joined, lookup_of, lookup_of_text
from collectrisk._namespaces.protocol import ENDS_SWAPPED, require_segments, require_texts
from collectrisk._namespaces.scalar import SCALAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from collectrisk._typing import Array

__all__ = ["ARRAYS", "ArrayNamespace", "TextArray"]

MAX_RAMPS = 8
"""Up to this many segments, computing with all of them is faster than searching for the segment."""

MAX_COUNTED = 64
"""Up to this many knots, comparing with all of them is faster than a binary search, row by row."""

SLOPE_TOLERANCE = 1e-14
"""Slopes whose relative difference is within rounding error are treated as equal."""


def _each_row(name: str, *operands: Any) -> Any:
    """Apply NumPy's function of a name to numbers, or the scalar namespace's if none is a column."""
    if any(map(is_column, operands)):
        return as_column(getattr(np, name)(*map(as_number, operands)))
    return getattr(SCALAR, name)(*operands)


class ArrayNamespace:
    """`Namespace` for NumPy columns; an absent column is represented by its default, a scalar."""

    @property
    def terms(self) -> ArrayNamespace:
        """The namespace for functions that return terms of ``total``, and do not compute with them."""
        return TERMS

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose, row by row, between two values."""
        if not is_column(condition):
            return SCALAR.where(condition, if_true, if_false)
        condition = as_condition(condition)
        if is_text(if_true) or is_text(if_false):
            return choose_text(condition, if_true, if_false)
        if _is_boolean(if_true) and _is_boolean(if_false):
            return as_column(np.where(condition, if_true, if_false))
        one, other = _constant_or_each(if_true), _constant_or_each(if_false)
        if not condition.any():  # as in most blocks, if the condition is that a value is missing
            return as_column(np.broadcast_to(other, condition.shape))
        if type(one) is type(other) is float and (one - other) + other == one and abs(one - other) < math.inf:
            # Computing is faster than choosing, and exact here.
            found = condition.astype(np.float64)
            found *= one - other
            return as_column(np.add(found, other, out=found) if other else found)
        return as_column(np.where(condition, one, other))

    def logical_not(self, condition: Any) -> Any:
        """Negate a condition."""
        if not is_column(condition):
            return SCALAR.logical_not(condition)
        return as_column(np.logical_not(as_condition(condition)))

    def exp(self, x: Any) -> Any:
        """Exponential."""
        return _each_row("exp", x)

    def log(self, x: Any) -> Any:
        """Natural logarithm."""
        return _each_row("log", x)

    def log1p(self, x: Any) -> Any:
        """Natural logarithm of ``1 + x``."""
        return _each_row("log1p", x)

    def sqrt(self, x: Any) -> Any:
        """Square root."""
        return _each_row("sqrt", x)

    def abs(self, x: Any) -> Any:
        """Absolute value."""
        return _each_row("abs", x)

    def clip(self, x: Any, lowest: Any, highest: Any) -> Any:
        """Limit `x` to an interval."""
        if not any(map(is_column, (x, lowest, highest))):
            return SCALAR.clip(x, lowest, highest)
        least, most = as_number(lowest), as_number(highest)
        if not np.all(least <= most):
            raise ValueError(ENDS_SWAPPED)
        return as_column(np.clip(as_number(x), least, most))

    def minimum(self, x: Any, y: Any) -> Any:
        """Return the smaller of two values."""
        return _each_row("minimum", x, y)

    def maximum(self, x: Any, y: Any) -> Any:
        """Return the larger of two values."""
        return _each_row("maximum", x, y)

    def divide(self, x: Any, y: Any) -> Any:
        """Return ``x / y``, infinite where `y` is zero."""
        # Adding zero removes the sign of a negative zero.
        return _each_row("divide", x, as_column(as_number(y) + 0.0) if is_column(y) else y)

    def logistic(self, log_odds: Any) -> Any:
        """Convert log-odds to a probability."""
        if not is_column(log_odds):
            return SCALAR.logistic(log_odds)
        out = np.negative(as_number(log_odds))
        np.exp(out, out=out)
        out += 1.0
        return as_column(np.divide(1.0, out, out=out))

    def interp(self, x: Any, knots: Sequence[float], points: Sequence[float]) -> Any:
        """Interpolate linearly between `knots`."""
        if not is_column(x):
            return SCALAR.interp(x, knots, points)
        require_segments("interp", knots, points, strictly=True)
        if (found := lookup_of(SCALAR.interp, x, knots, points)) is not None:
            return self._term(found)
        return as_column(_interpolation(len(knots))(as_number(x), knots, points))

    def step(self, x: Any, edges: Sequence[float], values: Sequence[Any]) -> Any:
        """Return the value of the last edge at or below `x`."""
        if not is_column(x):
            return SCALAR.step(x, edges, values)
        require_segments("step", edges, values, strictly=False)
        if any(isinstance(each, (np.ndarray, TextArray)) or each is None for each in values):
            return self._step_between_columns(x, edges, values)
        if all(isinstance(each, str) for each in values):
            return TextArray(_edges_reached(as_number(x), edges), tuple(map(str, values)))
        points = [*map(as_number, values)]
        if (term := lookup_of(SCALAR.step, x, edges, points)) is not None:
            return self._term(term)
        x = as_number(x)
        found: Array = np.array(points).take(np.searchsorted(edges[1:], x, side="right"))
        found[np.isnan(x)] = np.nan
        return as_column(found)

    def _step_between_columns(self, x: Any, edges: Sequence[float], values: Sequence[Any]) -> Any:
        first, *rest = values
        result = first
        for edge, value in zip(edges[1:], rest, strict=True):
            result = self.where(x >= edge, value, result)
        return self.where(x == x, result, None if is_text(first) else math.nan)  # NaN

    def lookup(self, x: Any, table: Mapping[str, float], otherwise: float) -> Any:
        """Return the table's number for each text or code; NaN where it is missing."""
        if not (is_column(x) or isinstance(x, TextArray)):
            return SCALAR.lookup(x, table, otherwise)
        require_texts(table)
        return self._term(lookup_of_text(levels_of(x), table, otherwise))

    def surface(self, x: Any, y: Any, rows: Any, columns: Any, points: Any) -> Any:
        """Interpolate on a grid of points."""
        if not any(is_column(each) or isinstance(each, TextArray) for each in (x, y)):
            return SCALAR.surface(x, y, rows, columns, points)
        require_grid(rows, columns, points)
        places = array_place(x, tuple(rows)), array_place(y, tuple(columns))
        return as_column(on_array_grid(*places, tuple(map(tuple, points))))

    def is_missing(self, x: Any) -> Any:
        """Return where a value is not known."""
        if isinstance(x, TextArray):
            return as_column(x.codes < 0)
        if not is_column(x):
            return SCALAR.is_missing(x)
        return as_column(np.zeros(x.shape, np.bool_) if is_whole(x) else np.isnan(as_number(x)))

    def total(self, terms: Iterable[Any]) -> Any:
        """Return the sum of the terms."""
        constants, lookups, total = [], [], None
        # Each term of an iterator is added while it is in the processor's cache.
        for term in terms:
            if isinstance(term, Lookup):
                lookups.append(term)
            elif is_column(term):
                total = _added(total, as_number(term))
            else:
                constants.append(term)
        for column in joined(lookups):
            total = _added(total, column)
        constant = SCALAR.total(constants)
        return constant if total is None else as_column(_added(total, constant))

    def _term(self, lookup: Lookup) -> Any:
        """Return the value of each row."""
        return as_column(lookup.column())


class TermNamespace(ArrayNamespace):
    """`Namespace` for NumPy columns whose results are terms of ``total``, and may be not yet looked up.

    For functions that return what it returns, and do not compute with it.
    """

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose, row by row, between two values."""
        if is_column(condition):
            holds = as_condition(condition)
            if type(if_true) is type(if_false) is float:
                return Lookup(holds, np.array([if_false, if_true]))
            if type(if_true) is float and isinstance(if_false, Lookup):
                return if_false.replaced(holds, if_true)
        values = [as_column(v.column()) if isinstance(v, Lookup) else v for v in (if_true, if_false)]
        return super().where(condition, *values)

    def _term(self, lookup: Lookup) -> Any:
        return lookup


def _added(total: Array | None, term: Any) -> Any:
    """Return the sum of two terms in the memory of the first, or else a copy of the second."""
    return term + 0.0 if total is None else np.add(total, term, out=total)


def _edges_reached(x: Array, edges: Sequence[float]) -> Array:
    """Return the place of the last edge at or below each number, 0 if there is none; -1 if it is missing."""
    others = np.array(edges[1:], dtype=np.float64)
    if len(others) <= MAX_RAMPS:
        # For the few edges of a ladder, adding comparisons is faster than a binary search.
        codes: Array = (x >= others[:, np.newaxis]).view(np.int8).sum(axis=0, dtype=np.int8)
    else:
        codes = np.searchsorted(others, x, side="right")
    codes[np.isnan(x)] = -1
    return codes


def _constant_or_each(value: Any) -> Any:
    """Return a number, or one for each row, unless they are the same by the memory that they share."""
    found = as_number(value)
    return float(found[0]) if is_column(found) and found.strides == (0,) and len(found) else found


def _is_boolean(value: Any) -> bool:
    return isinstance(value, (bool, np.bool_)) or getattr(value, "dtype", None) == np.bool_


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


def _interpolation(knots: int) -> Callable[[Array, Sequence[float], Sequence[float]], Array]:
    """Return the fastest way to interpolate between a number of knots."""
    if knots - 1 <= MAX_RAMPS:
        return _ramps
    return _in_segments if knots <= MAX_COUNTED else np.interp


def _in_segments(x: Array, knots: Sequence[float], points: Sequence[float]) -> Array:
    """Interpolate in the segment of each number, whose place is the number of knots at or below it."""
    places = np.zeros(x.shape, dtype=np.uint8)
    for knot in knots[1:]:
        places += (x >= knot).view(np.uint8)
    left, start = np.array(knots, dtype=np.float64), np.array(points, dtype=np.float64)
    slopes = np.append(np.diff(start) / np.diff(left), 0.0)
    found = x.clip(knots[0], knots[-1])
    found -= left.take(places)
    found *= slopes.take(places)
    found += start.take(places)
    return found


def _ramps(x: Array, knots: Sequence[float], points: Sequence[float]) -> Array:
    """Interpolate by summing one ramp per segment: linear in `x` inside it, constant outside."""
    total: Array | None = None
    for left, right, slope in _slopes(tuple(knots), tuple(points)):
        ramp = x.clip(left, right)
        ramp -= left
        ramp *= slope
        total = ramp if total is None else np.add(total, ramp, out=total)
    if total is None:  # a constant, but not where the number is missing
        return np.where(np.isnan(x), np.nan, points[0])
    return np.add(total, points[0], out=total)


ARRAYS = ArrayNamespace()
TERMS = TermNamespace()
