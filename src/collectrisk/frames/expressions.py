"""Formulas on narwhals expressions, for lazy frames of every kind.

Engines disagree on whether NaN is larger than 30. So what is no number is null here, as it is at
the door: a function gives null for null, and where another namespace gives NaN.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk.namespace import SCALAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["EXPRESSIONS", "ExpressionNamespace"]


def _is_column(value: object) -> bool:
    return isinstance(value, nw.Expr)


def literal(value: Any) -> Any:
    """Return a constant as an expression; a bare string would name a column."""
    return value if _is_column(value) else nw.lit(value)


def _either(condition: nw.Expr, if_true: Any, if_false: Any) -> nw.Expr:
    """Choose between two values; neither where the condition is not known."""
    return nw.when(condition).then(literal(if_true)).otherwise(nw.when(~condition).then(literal(if_false)))


@attrs.frozen
class ExpressionNamespace:
    """`Namespace` for narwhals expressions; an absent column is its default, a plain number."""

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose, row by row, between two values."""
        if not _is_column(condition):
            return SCALAR.where(condition, if_true, if_false)
        return nw.when(condition).then(literal(if_true)).otherwise(literal(if_false))

    def logical_not(self, condition: Any) -> Any:
        """Turn true into false."""
        if not _is_column(condition):
            return SCALAR.logical_not(condition)
        return ~condition.fill_null(nw.lit(value=False))  # a comparison with no number is false

    def exp(self, x: Any) -> Any:
        """Exponential."""
        return x.exp() if _is_column(x) else SCALAR.exp(x)

    def log(self, x: Any) -> Any:
        """Natural logarithm; databases that refuse zero and less are asked only above it."""
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
        """Hold `x` between two constants."""
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
        """Turn log-odds into a probability."""
        return 1.0 / (1.0 + self.exp(-log_odds)) if _is_column(log_odds) else SCALAR.logistic(log_odds)

    def interp(self, x: Any, knots: Sequence[float], points: Sequence[float]) -> Any:
        """Read `x` off straight lines between `knots`: one ramp a segment, added up."""
        if not _is_column(x):
            return SCALAR.interp(x, knots, points)
        total = nw.lit(points[0])
        for (left, right), (start, end) in zip(pairwise(knots), pairwise(points), strict=True):
            if start != end:
                total = total + (self.clip(x, left, right) - left) * ((end - start) / (right - left))
        return total

    def step(self, x: Any, edges: Sequence[float], points: Sequence[float]) -> Any:
        """Return the points of the last edge at or below `x`."""
        if not _is_column(x):
            return SCALAR.step(x, edges, points)
        result: Any = nw.when(~x.is_null()).then(nw.lit(points[0]))
        for edge, value in zip(edges[1:], points[1:], strict=True):
            result = nw.when(x >= edge).then(nw.lit(value)).otherwise(result)
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
        """Tell where a value is not known."""
        return x.is_null() if _is_column(x) else SCALAR.is_missing(x)

    def total(self, terms: Sequence[Any]) -> Any:
        """Return the sum of the terms."""
        return sum(terms[1:], start=terms[0])


EXPRESSIONS = ExpressionNamespace()
