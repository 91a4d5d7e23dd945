"""The namespace for narwhals expressions, for lazy frames of every kind.

Engines disagree on how NaN compares with numbers, so it is compared with nothing, and some raise for
the logarithm of zero or the root of a negative number, so only valid numbers are passed to them. A
missing number is null or NaN, and counts as null in a result.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._fields import is_code
from collectrisk._namespaces.expression_columns import (
    Expression,
    Range,
    as_condition,
    as_expression,
    as_number,
    combined,
    is_column,
    requiring,
    where_known,
)
from collectrisk._namespaces.protocol import ENDS_SWAPPED, require_segments, require_texts
from collectrisk._namespaces.scalar import SCALAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@attrs.frozen
class ExpressionNamespace:
    """`Namespace` for narwhals expressions; an absent column is represented by its default, a scalar."""

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose, row by row, between two values."""
        if not is_column(condition):
            return SCALAR.where(condition, if_true, if_false)
        condition = as_condition(condition)
        one, other = as_expression(if_true), as_expression(if_false)
        if one.kind != other.kind:
            one, other = as_number(one), as_number(other)
        chosen = nw.when(condition.expr).then(one.expr).otherwise(other.expr)
        return combined(chosen, condition, one, other, kind=one.kind)

    def logical_not(self, condition: Any) -> Any:
        """Negate a condition."""
        if not is_column(condition):
            return SCALAR.logical_not(condition)
        condition = as_condition(condition)
        return attrs.evolve(condition, expr=~condition.expr)

    def exp(self, x: Any) -> Any:
        """Exponential."""
        if not is_column(x):
            return SCALAR.exp(x)
        x = as_number(x)
        return combined(x.expr.exp(), x, at_least=Range.INFINITE)

    def log(self, x: Any) -> Any:
        """Natural logarithm."""
        if not is_column(x):
            return SCALAR.log(x)
        x = as_number(x)
        if x.range == Range.POSITIVE:
            return combined(x.expr.log(), x)
        return combined(_logarithm(x.expr), x, at_least=Range.MISSING)

    def log1p(self, x: Any) -> Any:
        """Natural logarithm of ``1 + x``."""
        if not is_column(x):
            return SCALAR.log1p(x)
        x = as_number(x)
        more = 1.0 + x.expr
        # The digits of a small number that the sum lost; a large number loses none that matter.
        lost = nw.when(x.expr < 1.0).then(x.expr - (more - 1.0)).otherwise(nw.lit(0.0))
        return combined(_logarithm(more, lost), x, at_least=Range.MISSING)

    def sqrt(self, x: Any) -> Any:
        """Square root."""
        if not is_column(x):
            return SCALAR.sqrt(x)
        x = as_number(x)
        root = nw.when(x.expr >= 0).then(x.expr).otherwise(nw.lit(0.0)).sqrt()
        return combined(nw.when(x.expr >= 0).then(root), x, at_least=Range.MISSING)

    def abs(self, x: Any) -> Any:
        """Absolute value."""
        return abs(x) if is_column(x) else SCALAR.abs(x)

    def clip(self, x: Any, lowest: Any, highest: Any) -> Any:
        """Limit `x` to an interval."""
        if not any(map(is_column, (x, lowest, highest))):
            return SCALAR.clip(x, lowest, highest)
        in_order = lowest <= highest
        if is_column(in_order):
            return requiring(in_order.expr, self.minimum(self.maximum(x, lowest), highest))
        if not in_order:
            raise ValueError(ENDS_SWAPPED)
        x, least, most = as_number(x), as_number(lowest), as_number(highest)
        limited = _clip(x, least.expr, most.expr)
        ends = Range.POSITIVE if 0 < lowest <= highest < math.inf else max(least.range, most.range)
        return attrs.evolve(x, expr=limited, range=_bounded(x, ends))

    def minimum(self, x: Any, y: Any) -> Any:
        """Return the smaller of two values."""
        if not (is_column(x) or is_column(y)):
            return SCALAR.minimum(x, y)
        x, y = as_number(x), as_number(y)
        smaller = nw.when(x.expr <= y.expr).then(x.expr).otherwise(y.expr)
        return combined(where_known(smaller, x, y), x, y)

    def maximum(self, x: Any, y: Any) -> Any:
        """Return the larger of two values."""
        if not (is_column(x) or is_column(y)):
            return SCALAR.maximum(x, y)
        x, y = as_number(x), as_number(y)
        larger = nw.when(x.expr >= y.expr).then(x.expr).otherwise(y.expr)
        return combined(where_known(larger, x, y), x, y)

    def divide(self, x: Any, y: Any) -> Any:
        """Return ``x / y``, infinite where `y` is zero."""
        if not (is_column(x) or is_column(y)):
            return SCALAR.divide(x, y)
        x, y = as_number(x), as_number(y)
        top, bottom = x.expr, y.expr
        negative = nw.when(top < 0).then(nw.lit(-math.inf))
        # Not top > 0, which is true of NaN on some engines.
        by_zero = nw.when(-top < 0).then(nw.lit(math.inf)).otherwise(negative)
        safe = nw.when(bottom == 0).then(nw.lit(1.0)).otherwise(bottom)
        quotient = nw.when(bottom == 0).then(by_zero).otherwise(top / safe)
        return combined(quotient, x, y, at_least=Range.MISSING)

    def logistic(self, log_odds: Any) -> Any:
        """Convert log-odds to a probability."""
        if not is_column(log_odds):
            return SCALAR.logistic(log_odds)
        x = as_number(log_odds)
        return attrs.evolve(x, expr=1.0 / (1.0 + (-x.expr).exp()), range=_bounded(x))

    def interp(self, x: Any, knots: Sequence[float], points: Sequence[float]) -> Any:
        """Interpolate linearly between `knots`, by summing one ramp per segment."""
        if not is_column(x):
            return SCALAR.interp(x, knots, points)
        require_segments("interp", knots, points, strictly=True)
        x = as_number(x)
        total = where_known(nw.lit(float(points[0])), x)
        for (left, right), (start, end) in zip(pairwise(knots), pairwise(points), strict=True):
            if start != end:
                ramp = _clip(x, nw.lit(float(left)), nw.lit(float(right))) - left
                total = total + ramp * ((end - start) / (right - left))
        return attrs.evolve(x, expr=total, range=_bounded(x))

    def step(self, x: Any, edges: Sequence[float], values: Sequence[Any]) -> Any:
        """Return the value of the last edge at or below `x`."""
        if not is_column(x):
            return SCALAR.step(x, edges, values)
        require_segments("step", edges, values, strictly=False)
        columns = [as_expression(each) for each in values]
        if {each.kind for each in columns} != {"text"}:
            columns = [as_number(each) for each in columns]
        x, (first, *rest) = as_number(x), columns
        result = first.expr
        for edge, value in zip(edges[1:], rest, strict=True):
            result = nw.when(x.expr >= edge).then(value.expr).otherwise(result)
        return combined(where_known(result, x), x, first, *rest, kind=first.kind)

    def lookup(self, x: Any, table: Mapping[str, float], otherwise: float) -> Any:
        """Return the table's number for each text or code; null where it is missing."""
        if not is_column(x):
            return SCALAR.lookup(x, table, otherwise)
        require_texts(table)
        last = as_number(otherwise)
        result, values = last.expr, [as_number(value) for value in table.values()]
        for text, value in zip(table, values, strict=True):
            if (equal := _is_code(x, text)) is not None:
                result = nw.when(equal).then(value.expr).otherwise(result)
        return combined(where_known(result, x), x, last, *values)

    def is_missing(self, x: Any) -> Any:
        """Return where a value is not known."""
        if not is_column(x):
            return SCALAR.is_missing(x)
        if x.range != Range.MISSING:
            return False
        return Expression(x.missing, "condition", Range.FINITE, x.required)

    def total(self, terms: Sequence[Any]) -> Any:
        """Return the sum of the terms."""
        if not any(map(is_column, terms)):
            return SCALAR.total(terms)
        return sum(terms[1:], start=terms[0])


def _logarithm(x: nw.Expr, lost: nw.Expr | None = None) -> nw.Expr:
    """Return the logarithm of `x`, computed only above zero, because some databases raise elsewhere.

    `lost` is what rounding took from `x`, if that is known.
    """
    positive = nw.when(x > 0).then(x).otherwise(nw.lit(1.0))
    logarithm = positive.log() if lost is None else positive.log() + lost / positive
    return nw.when(x > 0).then(logarithm).otherwise(nw.when(x == 0).then(nw.lit(-math.inf)))


def _clip(x: Expression, lowest: nw.Expr, highest: nw.Expr) -> nw.Expr:
    # Not x > highest, which is true of NaN on some engines.
    above = -x.expr < -highest if x.range == Range.MISSING else x.expr > highest
    return nw.when(x.expr < lowest).then(lowest).otherwise(nw.when(above).then(highest).otherwise(x.expr))


def _is_code(x: Expression, text: str) -> nw.Expr | None:
    """Return where `x` is a text, or the number or condition of which it is the code; None for nowhere."""
    if x.kind == "text":
        return x.expr == text
    if not is_code(text) or (x.kind == "condition") != (text in {"true", "false"}):
        return None
    return x.expr == (text == "true" if x.kind == "condition" else float(text))


def _bounded(x: Expression, known: Range = Range.FINITE) -> Range:
    """Return what a function of `x` may be whose known values do not depend on what `x` may be."""
    return Range.MISSING if x.range == Range.MISSING else known


EXPRESSIONS = ExpressionNamespace()
