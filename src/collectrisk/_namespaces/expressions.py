"""The namespace for narwhals expressions, for lazy frames of every kind.

Engines disagree on how NaN compares with numbers, so it is compared with nothing, and some raise for
the logarithm of zero or the root of a negative number, so only valid numbers are passed to them. A
missing number is null or NaN, and counts as null in a result.

Curves and steps are binary trees of conditions: some engines compute only the branch that applies, and
a chain of hundreds of conditions is nested too deeply for others. What an expression contains more than
once is given a column of its own first.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import attrs
import narwhals.stable.v2 as nw

from collectrisk._fields import is_code
from collectrisk._namespaces.expression_columns import (
    Expression,
    Range,
    as_condition,
    as_expression,
    as_number,
    as_text,
    combined,
    is_column,
    requiring,
    where_known,
)
from collectrisk._namespaces.grid import (
    cross_section,
    cut,
    has_levels,
    indices,
    place,
    require_grid,
    transposed,
)
from collectrisk._namespaces.protocol import ENDS_SWAPPED, require_segments, require_texts
from collectrisk._namespaces.scalar import SCALAR
from collectrisk._namespaces.segments import segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from collectrisk._namespaces.segments import Segment


MANY = 16
"""The number of levels from which the engine's own look-up is faster than a condition for each, and up to
which conditions are nested in each other."""


@attrs.frozen
class ExpressionNamespace:
    """`Namespace` for narwhals expressions; an absent column is represented by its default, a scalar."""

    def where(self, condition: Any, if_true: Any, if_false: Any) -> Any:
        """Choose, row by row, between two values."""
        if not is_column(condition):
            return SCALAR.where(condition, if_true, if_false)
        condition = as_condition(condition)
        one, other = as_text(as_expression(if_true)), as_text(as_expression(if_false))
        if one.kind != other.kind:
            one, other = as_number(one), as_number(other)
        chosen = nw.when(condition.expr).then(one.expr).otherwise(other.expr)
        return combined(chosen, condition, one, other, kind=one.kind)

    def logical_not(self, condition: Any) -> Any:
        """Negate a condition."""
        if not is_column(condition):
            return SCALAR.logical_not(condition)
        condition = as_condition(condition)
        return condition.computed(~condition.expr)

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
        x = as_number(x).reused  # narwhals writes conditions of its own for some engines
        if x.bounds[0] > 0 and x.range < Range.MISSING:
            bounds = SCALAR.log(x.bounds[0]), SCALAR.log(x.bounds[1])
            return attrs.evolve(combined(x.expr.log(), x), bounds=bounds)
        return combined(_logarithm(x.expr), x, at_least=Range.MISSING)

    def log1p(self, x: Any) -> Any:
        """Natural logarithm of ``1 + x``."""
        if not is_column(x):
            return SCALAR.log1p(x)
        x = as_number(x).reused
        more = (1.0 + x).reused
        # The digits of a small number that the sum lost; a large number loses none that matter.
        lost = nw.when(x.expr < 1.0).then(x.expr - (more.expr - 1.0)).otherwise(nw.lit(0.0))
        return combined(_logarithm(more.expr, lost), more, at_least=Range.MISSING)

    def sqrt(self, x: Any) -> Any:
        """Square root."""
        if not is_column(x):
            return SCALAR.sqrt(x)
        x = as_number(x).reused
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
            return requiring(in_order, self.minimum(self.maximum(x, lowest), highest))
        if not in_order:
            raise ValueError(ENDS_SWAPPED)
        x, least, most = as_number(x).reused, as_number(lowest), as_number(highest)
        limited = x.expr
        # A condition, because the engines' own functions for it differ for nulls and NaN, and are not faster.
        if x.bounds[1] > highest:
            # Not x > highest, which is true of NaN on some engines.
            above = -x.expr < -most.expr if x.range == Range.MISSING else x.expr > most.expr
            limited = nw.when(above).then(most.expr).otherwise(limited)
        if x.bounds[0] < lowest:
            limited = nw.when(x.expr < least.expr).then(least.expr).otherwise(limited)
        bounds = SCALAR.clip(x.bounds[0], lowest, highest), SCALAR.clip(x.bounds[1], lowest, highest)
        return x.computed(limited, range=_bounded(x, max(least.range, most.range)), bounds=bounds)

    def minimum(self, x: Any, y: Any) -> Any:
        """Return the smaller of two values."""
        if not (is_column(x) or is_column(y)):
            return SCALAR.minimum(x, y)
        x, y = as_number(x).reused, as_number(y).reused
        smaller = nw.when(x.expr <= y.expr).then(x.expr).otherwise(y.expr)
        return combined(where_known(smaller, x, y), x, y)

    def maximum(self, x: Any, y: Any) -> Any:
        """Return the larger of two values."""
        if not (is_column(x) or is_column(y)):
            return SCALAR.maximum(x, y)
        x, y = as_number(x).reused, as_number(y).reused
        larger = nw.when(x.expr >= y.expr).then(x.expr).otherwise(y.expr)
        return combined(where_known(larger, x, y), x, y)

    def divide(self, x: Any, y: Any) -> Any:
        """Return ``x / y``, infinite where `y` is zero."""
        if not (is_column(x) or is_column(y)):
            return SCALAR.divide(x, y)
        x, y = as_number(x).reused, as_number(y).reused
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
        return x.computed(1.0 / (1.0 + (-x.expr).exp()), range=_bounded(x), bounds=(0.0, 1.0))

    def interp(self, x: Any, knots: Sequence[float], points: Sequence[float]) -> Any:
        """Interpolate linearly between `knots`."""
        if not is_column(x):
            return SCALAR.interp(x, knots, points)
        require_segments("interp", knots, points, strictly=True)
        x = as_number(x)
        first, *rest = segments(tuple(knots), tuple(points), x.bounds)
        if rest or x.range >= Range.NULL:
            x = x.reused
        values = [_on_segment(x.expr, each) for each in (first, *rest)]
        chosen = _by_range(x.expr, [each.left for each in rest], values)
        return x.computed(where_known(chosen, x), range=_bounded(x))

    def step(self, x: Any, edges: Sequence[float], values: Sequence[Any]) -> Any:
        """Return the value of the last edge at or below `x`."""
        if not is_column(x):
            return SCALAR.step(x, edges, values)
        require_segments("step", edges, values, strictly=False)
        found = [as_text(as_expression(each)) for each in values]
        if {each.kind for each in found} != {"text"}:
            found = [as_number(each) for each in found]
        x = as_number(x).reused
        chosen = _by_range(x.expr, edges[1:], [each.expr for each in found])
        return combined(where_known(chosen, x), x, *found, kind=found[0].kind)

    def lookup(self, x: Any, table: Mapping[str, float], otherwise: float) -> Any:
        """Return the table's number for each text or code; null where it is missing."""
        if not is_column(x):
            return SCALAR.lookup(x, table, otherwise)
        require_texts(table)
        x = x.reused
        codes = {code: float(table[text]) for text in table if (code := _code(x, text)) is not None}
        return combined(where_known(_looked_up(x, codes, float(otherwise)), x), x)

    def surface(self, x: Any, y: Any, rows: Any, columns: Any, points: Any) -> Any:
        """Interpolate on a grid of points."""
        if not (is_column(x) or is_column(y)):
            return SCALAR.surface(x, y, rows, columns, points)
        require_grid(rows, columns, points)
        if not is_column(y):
            return cut(self, x, rows, cross_section(place(y, columns), transposed(points)))
        if not is_column(x):
            return cut(self, y, columns, cross_section(place(x, rows), points))
        if has_levels(rows) and not has_levels(columns):  # a curve for each level needs fewer conditions
            x, y, rows, columns, points = y, x, columns, rows, transposed(points)
        lines = [cut(self, x, rows, line) for line in transposed(points)]
        if has_levels(columns):
            index = self.lookup(y, indices(tuple(columns)), len(columns))
            found = self.step(index, range(len(columns) + 1), lines)
        else:
            y = self.clip(y, columns[0], columns[-1]).reused
            parts = [(y - left) / (right - left) for left, right in pairwise(columns)]
            part = self.step(y, columns, [*parts, 0.0]).reused
            lines = [as_expression(each).reused for each in lines]
            between = [start + (end - start) * part for start, end in pairwise(lines)]
            found = self.step(y, columns, [*between, lines[-1]])
        return attrs.evolve(found, range=max(_bounded(x), _bounded(y)))

    def is_missing(self, x: Any) -> Any:
        """Return where a value is not known."""
        if not is_column(x):
            return SCALAR.is_missing(x)
        if x.range < Range.NULL:
            return False
        x = x.reused
        return x.computed(x.missing, kind="condition", range=Range.FINITE)

    def total(self, terms: Iterable[Any]) -> Any:
        """Return the sum of the terms."""
        terms = tuple(terms)
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


def _code(x: Expression, text: str) -> Any:
    """Return the value of `x` of which a text is the code; None if there is none."""
    if x.levels:
        return x.code_of(text) if text in x.levels else None
    if x.kind == "text":
        return text
    if not is_code(text) or (x.kind == "condition") != (text in {"true", "false"}):
        return None
    return text == "true" if x.kind == "condition" else float(text)


def _looked_up(x: Expression, table: Mapping[Any, float], otherwise: float) -> nw.Expr:
    """Return the table's number for each value."""
    # What is not in the table needs no condition.
    codes, last = [code for code in table if table[code] != otherwise], nw.lit(otherwise)
    # Spark Connect has none, and that of Dask fails on the texts of pandas 2.
    has_function = not x.stages or not (x.stages.engine.is_pyspark_connect() or x.stages.engine.is_dask())
    if len(codes) > MANY and has_function:
        numbers = [table[code] for code in codes]
        return x.expr.replace_strict(codes, numbers, default=last, return_dtype=nw.Float64())
    return chosen([(x.expr == code, nw.lit(table[code])) for code in codes], last)


def chosen(cases: Sequence[tuple[nw.Expr, nw.Expr]], otherwise: nw.Expr) -> nw.Expr:
    """Return the value of the first condition that holds, by conditions that are not nested too deeply."""
    chains: list[nw.Expr] = []
    for start in range(0, max(len(cases), 1), MANY):
        chain = otherwise if start + MANY >= len(cases) else None
        for condition, value in reversed(cases[start : start + MANY]):
            case = nw.when(condition).then(value)
            chain = case if chain is None else case.otherwise(chain)
        chains.append(cast("nw.Expr", chain))
    return nw.coalesce(*chains) if chains[1:] else chains[0]


def _on_segment(x: nw.Expr, segment: Segment) -> nw.Expr:
    if segment.slope == 0:
        return nw.lit(segment.start)
    distance = x if segment.left == 0 else x - segment.left
    rise = distance * segment.slope
    return rise if segment.start == 0 else rise + segment.start


def _by_range(x: nw.Expr, edges: Sequence[float], values: Sequence[nw.Expr]) -> nw.Expr:
    """Return the value of the range that `x` is in; there is one more value than edges."""
    if not edges:
        return values[0]
    middle = len(edges) // 2
    below = _by_range(x, edges[:middle], values[: middle + 1])
    above = _by_range(x, edges[middle + 1 :], values[middle + 1 :])
    return nw.when(x < float(edges[middle])).then(below).otherwise(above)


def _bounded(x: Expression, known: Range = Range.FINITE) -> Range:
    """Return what a function of `x` may be whose known values do not depend on what `x` may be."""
    return x.range if x.range >= Range.NULL else known


EXPRESSIONS = ExpressionNamespace()
