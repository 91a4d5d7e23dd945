"""The columns of a lazy frame, as a formula sees them: narwhals expressions with Python's arithmetic."""

from __future__ import annotations

import enum
import math
import numbers
import operator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn

import attrs
import narwhals.stable.v2 as nw

from collectrisk._namespaces.protocol import (
    CONSTANT_EXPONENT,
    NO_FLOOR_DIVISION,
    NO_INVERSION,
    NO_MODULUS,
    NO_TEXT_OF_A_COLUMN,
    NOT_A_CONDITION,
    NOT_ONE_VALUE,
    is_exponent,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from collectrisk._namespaces.stages import Stages

Kind = Literal["number", "condition", "text"]


class Range(enum.IntEnum):
    """What a column may contain; each includes those before it.

    What cannot be there needs no condition in the query: most fields are never missing.
    """

    FINITE = 0
    INFINITE = 1
    NULL = 2
    MISSING = 3
    """Nulls, and NaN."""


UNBOUNDED = (-math.inf, math.inf)


@attrs.frozen(eq=False)
class Expression:
    """Numbers, conditions or texts, one per row, that are computed with as Python does.

    Engines add up conditions differently or not at all, find NaN larger than every number, and some
    fail on a division by zero.

    Attributes
    ----------
    expr : narwhals expression
        The values: Float64, Boolean or String.
    kind : {"number", "condition", "text"}
        What they are.
    range : Range
        What they may be; conditions are never missing.
    required : tuple of narwhals expression
        Conditions that a row must meet: where one does not hold, Python would raise.
    bounds : tuple of float
        Numbers between which the known values are.
    levels : tuple of str
        The texts for which the values stand if they are codes, 0.0 for the first; engines compare
        numbers several times as fast as texts.
    stages : Stages or None
        Where columns for what is used twice are added; without it, expressions are repeated.
    stage : int
        The stage in which the values can be computed.
    named : bool
        Whether the expression is just a column.
    """

    expr: nw.Expr
    kind: Kind = "number"
    range: Range = Range.MISSING
    required: tuple[nw.Expr, ...] = ()
    bounds: tuple[float, float] = UNBOUNDED
    levels: tuple[str, ...] = ()
    stages: Stages | None = None
    stage: int = 0
    named: bool = False

    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__: ClassVar[None] = None
    """NumPy leaves the operators to this class."""

    @property
    def missing(self) -> nw.Expr:
        """Where a value is missing."""
        may_be_nan = self.range == Range.MISSING and self.kind == "number"
        return self.expr.is_null() | self.expr.is_nan() if may_be_nan else self.expr.is_null()

    def computed(self, expr: nw.Expr, **changes: Any) -> Expression:
        """Return other values that are computed from these."""
        return attrs.evolve(self, expr=expr, **{"bounds": UNBOUNDED, "levels": (), "named": False, **changes})

    @property
    def reused(self) -> Expression:
        """The same values in a column, for an expression that contains them more than once."""
        if self.named or self.stages is None:
            return self
        column = self.stages.add(self.expr, self.stage)
        return attrs.evolve(self, expr=column, stage=self.stage + 1, named=True)

    def code_of(self, text: str) -> float:
        """Return the code of a text; -1.0 if it is not among the levels."""
        return float(self.levels.index(text)) if text in self.levels else -1.0

    def __add__(self, other: Any) -> Expression:
        return _arithmetic(operator.add, self, other)

    def __radd__(self, other: Any) -> Expression:
        return _arithmetic(operator.add, other, self)

    def __sub__(self, other: Any) -> Expression:
        return _arithmetic(operator.sub, self, other)

    def __rsub__(self, other: Any) -> Expression:
        return _arithmetic(operator.sub, other, self)

    def __mul__(self, other: Any) -> Expression:
        return _arithmetic(operator.mul, self, other)

    def __rmul__(self, other: Any) -> Expression:
        return _arithmetic(operator.mul, other, self)

    def __truediv__(self, other: Any) -> Expression:
        return _quotient(self, other)

    def __rtruediv__(self, other: Any) -> Expression:
        return _quotient(other, self)

    def __pow__(self, exponent: Any, modulo: object = None) -> Expression:
        if modulo is not None:
            raise TypeError(NO_MODULUS)
        return _power(as_number(self), exponent)

    def __rpow__(self, base: Any) -> NoReturn:
        raise TypeError(CONSTANT_EXPONENT)

    def __neg__(self) -> Expression:
        return combined(-(number := as_number(self)).expr, number)

    def __pos__(self) -> Expression:
        return as_number(self)

    def __abs__(self) -> Expression:
        return (number := as_number(self)).computed(number.expr.abs())

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]  # elementwise
        return _comparison(operator.eq, self, other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        equal = _comparison(operator.eq, self, other)
        return equal.computed(~equal.expr)

    def __lt__(self, other: Any) -> Expression:
        return _comparison(operator.lt, as_number(self), other)

    def __le__(self, other: Any) -> Expression:
        return _comparison(operator.le, as_number(self), other)

    def __gt__(self, other: Any) -> Expression:
        return _comparison(operator.lt, other, as_number(self))

    def __ge__(self, other: Any) -> Expression:
        return _comparison(operator.le, other, as_number(self))

    def __and__(self, other: Any) -> Expression:
        return _combination(operator.and_, self, other)

    def __or__(self, other: Any) -> Expression:
        return _combination(operator.or_, self, other)

    def __xor__(self, other: Any) -> Expression:
        return _combination(operator.ne, self, other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __invert__(self) -> NoReturn:
        raise TypeError(NO_INVERSION)

    def _refuse_floor_division(self, _other: Any) -> NoReturn:
        raise TypeError(NO_FLOOR_DIVISION)

    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __divmod__ = __rdivmod__ = _refuse_floor_division

    def _refuse_one_value(self) -> NoReturn:
        raise TypeError(NOT_ONE_VALUE)

    __bool__ = __float__ = __int__ = __index__ = __iter__ = _refuse_one_value

    def _refuse_text(self, *_: Any) -> NoReturn:
        raise TypeError(NO_TEXT_OF_A_COLUMN)

    __str__ = __format__ = _refuse_text


def is_column(value: object) -> bool:
    """Return whether a value is a column of a lazy frame."""
    return isinstance(value, Expression)


def as_expression(value: Any) -> Expression:
    """Return a column, or a constant as a column of the same kind."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, str):
        return Expression(nw.lit(str(value)), "text", Range.FINITE)  # an enum member has no type
    if value is None:
        return Expression(nw.lit(None, nw.String()), "text")
    if _is_boolean(value):
        return Expression(nw.lit(bool(value)), "condition", Range.FINITE)
    if isinstance(value, numbers.Real):
        number = float(value)
        kind = Range.MISSING if number != number else Range.INFINITE if math.isinf(number) else Range.FINITE
        return Expression(nw.lit(number), "number", kind)
    raise TypeError(f"{value!r} is not a number")


def as_number(value: Any) -> Expression:
    """Return a number as it is, and a condition as 0 or 1."""
    column = as_expression(value)
    if column.kind == "text":
        raise TypeError("text is not a number")
    if column.kind == "condition":
        return column.computed(column.expr.cast(nw.Float64()), kind="number", bounds=(0.0, 1.0))
    return column


def as_condition(value: Any) -> Expression:
    """Return a condition; anything else is an error."""
    if _is_boolean(value) or (is_column(value) and value.kind == "condition"):
        return as_expression(value)
    seen = f"a {value.kind}" if is_column(value) else repr(value)
    raise TypeError(NOT_A_CONDITION.format(seen=seen))


def _is_boolean(value: object) -> bool:
    """Return whether a value is a boolean of Python or of NumPy, which is not loaded for it."""
    return isinstance(value, bool) or type(value).__name__ in {"bool_", "bool"}


def required_of(columns: Iterable[Expression]) -> tuple[nw.Expr, ...]:
    """Return what the columns require, each condition once."""
    return tuple({id(each): each for column in columns for each in column.required}.values())


def combined(
    expr: nw.Expr, *columns: Expression, kind: Kind = "number", at_least: Range = Range.FINITE
) -> Expression:
    """Return a column that is computed from others, and may contain what they may."""
    return Expression(
        expr,
        kind,
        max(at_least, *(each.range for each in columns)),
        required_of(columns),
        stages=next((each.stages for each in columns if each.stages), None),
        stage=max(each.stage for each in columns),
    )


def where_known(expr: nw.Expr, *columns: Expression) -> nw.Expr:
    """Return the values where no column, each of which is used again here, is missing; null elsewhere."""
    for each in columns:
        if each.range >= Range.NULL:
            expr = nw.when(~each.missing).then(expr)
    return expr


def _arithmetic(operate: Callable[[Any, Any], Any], one: Any, other: Any) -> Expression:
    x, y = as_number(one), as_number(other)
    most, least = max(x.range, y.range), min(x.range, y.range)
    sums = {operator.add, operator.sub}
    # inf - inf and 0 * inf are NaN.
    known = most == Range.FINITE or (most <= Range.NULL and least == Range.FINITE and operate in sums)
    at_least = Range.INFINITE if known else Range.MISSING
    return combined(operate(x.expr, y.expr), x, y, at_least=at_least)


def _quotient(one: Any, other: Any) -> Expression:
    x, y = as_number(one), as_number(other)
    if not is_column(other):
        if other == 0:
            raise ZeroDivisionError("division by zero")
        return _arithmetic(operator.truediv, x, y)
    y = y.reused
    is_zero = (y.expr == 0).fill_null(nw.lit(value=False))
    # Some engines raise for the entire frame.
    divisor = y.computed(nw.when(is_zero).then(nw.lit(1.0)).otherwise(y.expr))
    return requiring(y.computed(~is_zero), _arithmetic(operator.truediv, x, divisor))


def _power(base: Expression, exponent: Any) -> Expression:
    if not is_exponent(exponent):
        raise TypeError(CONSTANT_EXPONENT)
    exponent = float(exponent)
    if exponent == 0:  # 1, even for a missing number
        return attrs.evolve(as_expression(1.0), required=base.required)
    base = base.reused
    x = base.expr
    possible = nw.lit(value=True)
    if exponent < 0:
        possible = x != 0
    if not exponent.is_integer():
        possible = possible & ((x >= 0) | (x == -math.inf))
    power = base.computed(nw.when(possible).then(x).otherwise(nw.lit(1.0)) ** exponent).reused
    allowed = possible & ((power.expr.abs() != math.inf) | (x.abs() == math.inf))
    if base.range >= Range.NULL:
        allowed = base.missing | allowed
    known = where_known(power.expr, base)
    return requiring(power.computed(allowed), combined(known, base, power, at_least=Range.INFINITE))


def requiring(condition: Expression, column: Expression) -> Expression:
    """Return a column that also requires a condition."""
    stage = max(condition.stage, column.stage)
    return attrs.evolve(column, required=(*column.required, condition.expr), stage=stage)


def _comparison(compare: Callable[[Any, Any], Any], one: Any, other: Any) -> Expression:
    """Return the result of ``==``, ``<`` or ``<=``; false where one value is missing."""
    x, y = as_expression(one), as_expression(other)
    if (x.kind == "text") != (y.kind == "text"):
        raise TypeError("text is compared with text, and a number with a number")
    if x.kind == "text":
        if x.levels and isinstance(other, str):
            y = as_expression(x.code_of(other))
        elif x.levels != y.levels:
            x, y = as_text(x), as_text(y)
    else:
        x, y = as_number(x), as_number(y)
        # Where NaN is larger than every number, it is not less than one: the right side must not be NaN.
        if y.range == Range.MISSING:
            x, y = -y, -x
        if y.range == Range.MISSING:
            y = y.reused
            y = y.computed(where_known(y.expr, y))
    both_may_be_missing = min(x.range, y.range) >= Range.NULL and x.kind == "text"
    if both_may_be_missing:
        x, y = x.reused, y.reused
    expr = compare(x.expr, y.expr)
    if max(x.range, y.range) >= Range.NULL:
        if both_may_be_missing:  # they are equal then
            expr = nw.when(x.missing & y.missing).then(nw.lit(value=True)).otherwise(expr)
        expr = expr.fill_null(nw.lit(value=False))
    return attrs.evolve(combined(expr, x, y, kind="condition"), range=Range.FINITE)


def as_text(column: Expression) -> Expression:
    """Return texts as such, and not as codes."""
    if not column.levels:
        return column
    column = column.reused
    first, *others = column.levels
    text = nw.lit(first)
    for code, level in enumerate(others, start=1):
        text = nw.when(column.expr == float(code)).then(nw.lit(level)).otherwise(text)
    return column.computed(where_known(text, column))


def _combination(combine: Callable[[Any, Any], Any], one: Any, other: Any) -> Expression:
    x, y = as_condition(one), as_condition(other)
    return combined(combine(x.expr, y.expr), x, y, kind="condition")
