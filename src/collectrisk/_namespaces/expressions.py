"""The namespace for narwhals expressions, for lazy frames of every kind.

Engines disagree on how NaN compares with numbers. NaN is therefore replaced by null on entry, and
functions return null for null and wherever another namespace would return NaN.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._namespaces.scalar import SCALAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def _is_column(value: object) -> bool:
    return isinstance(value, nw.Expr)


def literal(value: Any) -> Any:
    """Return a constant as an expression; a bare string would name a column."""
    return value if _is_column(value) else nw.lit(value)


def _either(condition: nw.Expr, if_true: Any, if_false: Any) -> nw.Expr:
    """Choose between two values; null where the condition is null."""
    return nw.when(condition).then(literal(if_true)).otherwise(nw.when(~condition).then(literal(if_false)))


@attrs.frozen
class ExpressionNamespace:
    """`Namespace` for narwhals expressions; an absent column is represented by its default, a scalar."""

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose, row by row, between two values."""
        if not _is_column(condition):
            return SCALAR.where(condition, if_true, if_false)
        return nw.when(condition).then(literal(if_true)).otherwise(literal(if_false))

    def logical_not(self, condition: Any) -> Any:
        """Negate a condition."""
        if not _is_column(condition):
            return SCALAR.logical_not(condition)
        return ~condition.fill_null(nw.lit(value=False))  # a comparison with NaN is false elsewhere

    def exp(self, x: Any) -> Any:
        """Exponential."""
        return x.exp() if _is_column(x) else SCALAR.exp(x)

    def log(self, x: Any) -> Any:
        """Natural logarithm; computed only above zero, because some databases raise elsewhere."""
        if not _is_column(x):
            return SCALAR.log(x)
        logarithm = nw.when(x > 0).then(x).otherwise(nw.lit(1.0)).log()
        return nw.when(x > 0).then(logarithm).otherwise(nw.when(x == 0).then(nw.lit(-math.inf)))

    def log1p(self, x: Any) -> Any:
        """Natural logarithm of ``1 + x``."""
        return self.log(1.0 + x) if _is_column(x) else SCALAR.log1p(x)

    def sqrt(self, x: Any) -> Any:
        """Square root."""
        if not _is_column(x):
            return SCALAR.sqrt(x)
        root = nw.when(x >= 0).then(x).otherwise(nw.lit(0.0)).sqrt()
        return nw.when(x >= 0).then(root)

    def abs(self, x: Any) -> Any:
        """Absolute value."""
        return x.abs() if _is_column(x) else SCALAR.abs(x)

    def clip(self, x: Any, lowest: float, highest: float) -> Any:
        """Limit `x` to an interval."""
        return self.where(x < lowest, lowest, self.where(x > highest, highest, x))

    def minimum(self, x: Any, y: Any) -> Any:
        """Return the smaller of two values."""
        return _either(x <= y, x, y) if _is_column(x) or _is_column(y) else SCALAR.minimum(x, y)

    def maximum(self, x: Any, y: Any) -> Any:
        """Return the larger of two values."""
        return _either(x >= y, x, y) if _is_column(x) or _is_column(y) else SCALAR.maximum(x, y)

    def divide(self, x: Any, y: Any) -> Any:
        """Return ``x / y``, infinite where `y` is zero."""
        if not (_is_column(x) or _is_column(y)):
            return SCALAR.divide(x, y)
        top, bottom = literal(x), literal(y)
        negative = nw.when(top < 0).then(nw.lit(-math.inf))
        by_zero = nw.when(top > 0).then(nw.lit(math.inf)).otherwise(negative)
        safe = nw.when(bottom == 0).then(nw.lit(1.0)).otherwise(bottom)
        return nw.when(bottom == 0).then(by_zero).otherwise(top / safe)

    def logistic(self, log_odds: Any) -> Any:
        """Convert log-odds to a probability."""
        return 1.0 / (1.0 + self.exp(-log_odds)) if _is_column(log_odds) else SCALAR.logistic(log_odds)

    def interp(self, x: Any, knots: Sequence[float], points: Sequence[float]) -> Any:
        """Interpolate linearly between `knots`, by summing one ramp per segment."""
        if not _is_column(x):
            return SCALAR.interp(x, knots, points)
        total = nw.lit(points[0])
        for (left, right), (start, end) in zip(pairwise(knots), pairwise(points), strict=True):
            if start != end:
                total = total + (self.clip(x, left, right) - left) * ((end - start) / (right - left))
        return total

    def step(self, x: Any, edges: Sequence[float], values: Sequence[Any]) -> Any:
        """Return the value of the last edge at or below `x`."""
        if not _is_column(x):
            return SCALAR.step(x, edges, values)
        # An enum member would become a literal of an unknown type.
        first, *rest = (nw.lit(str(value) if isinstance(value, str) else value) for value in values)
        result: Any = nw.when(~x.is_null()).then(first)
        for edge, value in zip(edges[1:], rest, strict=True):
            result = nw.when(x >= edge).then(value).otherwise(result)
        return result

    def lookup(self, x: Any, table: Mapping[str, float], otherwise: float) -> Any:
        """Return the table's number for each text."""
        if not _is_column(x):
            return SCALAR.lookup(x, table, otherwise)
        result: Any = nw.lit(otherwise)
        for text, value in table.items():
            result = nw.when(x == str(text)).then(nw.lit(value)).otherwise(result)
        return result

    def is_missing(self, x: Any) -> Any:
        """Return where a value is not known."""
        return x.is_null() if _is_column(x) else SCALAR.is_missing(x)

    def total(self, terms: Sequence[Any]) -> Any:
        """Return the sum of the terms."""
        return sum(terms[1:], start=terms[0])


EXPRESSIONS = ExpressionNamespace()
