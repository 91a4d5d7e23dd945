"""The namespace for one borrower: plain Python numbers, no NumPy."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from collectrisk._fields import code_of
from collectrisk._namespaces.grid import on_grid, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def truth(condition: Any) -> bool:
    """Return the truth value of a condition: a boolean, and nothing else that Python counts as one."""
    if condition is True or condition is False or type(condition).__name__ in {"bool_", "bool"}:
        return bool(condition)  # the names are those of NumPy's boolean
    from collectrisk._namespaces.protocol import (  # noqa: PLC0415  # only for an error message
        NO_INVERSION,
        NOT_A_CONDITION,
    )

    if type(condition) is int and condition in {-1, -2}:
        raise TypeError(NO_INVERSION)
    raise TypeError(NOT_A_CONDITION.format(seen=repr(condition)))


class ScalarNamespace:
    """`Namespace` for one borrower: plain Python numbers, no NumPy."""

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose between two values."""
        if condition is True:  # the common case, kept fast
            return if_true
        return if_true if condition is not False and truth(condition) else if_false

    def logical_not(self, condition: Any) -> bool:
        """Negate a condition."""
        return not truth(condition)

    def exp(self, x: float) -> float:
        """Exponential; infinite where a float cannot hold it."""
        try:
            return math.exp(x)
        except OverflowError:
            return math.inf

    def log(self, x: float) -> float:
        """Natural logarithm; minus infinity at zero, NaN below."""
        if x > 0:
            return math.log(x)
        return -math.inf if x == 0 else math.nan

    def log1p(self, x: float) -> float:
        """Natural logarithm of ``1 + x``."""
        if x > -1:
            return math.log1p(x)
        return -math.inf if x == -1 else math.nan

    def sqrt(self, x: float) -> float:
        """Square root; NaN below zero."""
        return math.sqrt(x) if x >= 0 else math.nan

    def abs(self, x: float) -> float:
        """Absolute value."""
        return abs(x)

    def clip(self, x: float, lowest: float, highest: float) -> float:
        """Limit `x` to an interval."""
        if not lowest <= highest:
            from collectrisk._namespaces.protocol import ENDS_SWAPPED  # noqa: PLC0415  # only for an error message

            raise ValueError(ENDS_SWAPPED)
        if x < lowest:
            return lowest
        return highest if x > highest else x  # noqa: FURB136  # faster than a call

    def minimum(self, x: float, y: float) -> float:
        """Return the smaller of two values."""
        return x if x < y or x != x else y

    def maximum(self, x: float, y: float) -> float:
        """Return the larger of two values."""
        return x if x > y or x != x else y

    def divide(self, x: float, y: float) -> float:
        """Return ``x / y``, infinite where `y` is zero."""
        if y != 0:
            return x / y
        # A negative zero has no sign here, because the integer zero has none.
        return math.nan if x == 0 or x != x else math.copysign(math.inf, x)

    def logistic(self, log_odds: float) -> float:
        """Convert log-odds to a probability."""
        try:
            return 1.0 / (1.0 + math.exp(-log_odds))
        except OverflowError:
            return 0.0

    def interp(self, x: float, knots: Sequence[float], points: Sequence[float]) -> float:
        """Interpolate linearly between `knots`."""
        upper = bisect_right(knots, x)
        if upper == 0:
            return points[0]
        if upper == len(knots):
            return points[-1] if x == x else math.nan
        left, start, end = knots[upper - 1], points[upper - 1], points[upper]
        value = start + (end - start) * ((x - left) / (knots[upper] - left))
        # Rounding may move the result one ulp past an end of the segment, which would break monotonicity.
        return value if start <= value <= end or end <= value <= start else end

    def step(self, x: float, edges: Sequence[float], values: Sequence[Any]) -> Any:
        """Return the value of the last edge at or below `x`."""
        if x != x:  # a missing number; a missing text is None
            return None if any(isinstance(value, str) for value in values) else math.nan
        place = bisect_right(edges, x)
        return values[place and place - 1]

    def lookup(self, x: Any, table: Mapping[str, float], otherwise: float) -> float:
        """Return the table's number for a text or code; NaN if it is missing."""
        if isinstance(x, str):
            return table.get(x, otherwise)
        return math.nan if self.is_missing(x) else table.get(code_of(x), otherwise)

    def surface(self, x: Any, y: Any, rows: Any, columns: Any, points: Sequence[Sequence[float]]) -> float:
        """Interpolate on a grid of points."""
        return on_grid(place(x, rows), place(y, columns), points)

    def is_missing(self, x: Any) -> bool:
        """Return whether a value is not known."""
        return x is None or bool(x != x)

    def total(self, terms: Iterable[float]) -> float:
        """Return the sum, correctly rounded whatever the order of the terms."""
        terms = terms if type(terms) is list else tuple(terms)
        try:
            return math.fsum(terms)
        except (OverflowError, ValueError):  # too large for a float, or infinities of both signs
            return float(sum(terms))


SCALAR = ScalarNamespace()
