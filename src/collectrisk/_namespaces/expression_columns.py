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

Kind = Literal["number", "condition", "text"]


class Range(enum.IntEnum):
    """What a column may contain; each includes those before it.

    What cannot be there needs no condition in the query: the log scale of a curve is limited to
    positive numbers, and most fields are never missing.
    """

    POSITIVE = 0
    FINITE = 1
    INFINITE = 2
    MISSING = 3
    """Nulls, and NaN."""


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
    """

    expr: nw.Expr
    kind: Kind = "number"
    range: Range = Range.MISSING
    required: tuple[nw.Expr, ...] = ()

    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__: ClassVar[None] = None
    """NumPy leaves the operators to this class."""

    @property
    def missing(self) -> nw.Expr:
        """Where a value is missing."""
        return self.expr.is_null() | self.expr.is_nan() if self.kind == "number" else self.expr.is_null()

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
        return attrs.evolve(number := as_number(self), expr=number.expr.abs())

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]  # elementwise
        return _comparison(operator.eq, self, other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        equal = _comparison(operator.eq, self, other)
        return attrs.evolve(equal, expr=~equal.expr)

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
        return attrs.evolve(column, expr=column.expr.cast(nw.Float64()), kind="number")
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
    return Expression(expr, kind, max(at_least, *(each.range for each in columns)), required_of(columns))


def where_known(expr: nw.Expr, *columns: Expression) -> nw.Expr:
    """Return the values where no column is missing, and null elsewhere."""
    for each in columns:
        if each.range == Range.MISSING:
            expr = nw.when(~each.missing).then(expr)
    return expr


def _arithmetic(operate: Callable[[Any, Any], Any], one: Any, other: Any) -> Expression:
    x, y = as_number(one), as_number(other)
    most, least = max(x.range, y.range), min(x.range, y.range)
    sums = {operator.add, operator.sub}
    # inf - inf and 0 * inf are NaN.
    known = most <= Range.FINITE or (most == Range.INFINITE and least <= Range.FINITE and operate in sums)
    at_least = Range.INFINITE if known else Range.MISSING
    return combined(operate(x.expr, y.expr), x, y, at_least=at_least)


def _quotient(one: Any, other: Any) -> Expression:
    x, y = as_number(one), as_number(other)
    if not is_column(other):
        if other == 0:
            raise ZeroDivisionError("division by zero")
        return _arithmetic(operator.truediv, x, y)
    is_zero = (y.expr == 0).fill_null(nw.lit(value=False))
    # Some engines raise for the entire frame.
    divisor = attrs.evolve(y, expr=nw.when(is_zero).then(nw.lit(1.0)).otherwise(y.expr))
    return requiring(~is_zero, _arithmetic(operator.truediv, x, divisor))


def _power(base: Expression, exponent: Any) -> Expression:
    if not is_exponent(exponent):
        raise TypeError(CONSTANT_EXPONENT)
    x, exponent = base.expr, float(exponent)
    if exponent == 0:  # 1, even for a missing number
        return attrs.evolve(as_expression(1.0), required=base.required)
    possible = nw.lit(value=True)
    if exponent < 0:
        possible = x != 0
    if not exponent.is_integer():
        possible = possible & ((x >= 0) | (x == -math.inf))
    power = nw.when(possible).then(x).otherwise(nw.lit(1.0)) ** exponent
    allowed = possible & ((power.abs() != math.inf) | (x.abs() == math.inf))
    if base.range == Range.MISSING:
        allowed = base.missing | allowed
    return requiring(allowed, combined(where_known(power, base), base, at_least=Range.INFINITE))


def requiring(condition: nw.Expr, column: Expression) -> Expression:
    """Return a column that also requires a condition."""
    return attrs.evolve(column, required=(*column.required, condition))


def _comparison(compare: Callable[[Any, Any], Any], one: Any, other: Any) -> Expression:
    """Return the result of ``==``, ``<`` or ``<=``; false where one value is missing."""
    x, y = as_expression(one), as_expression(other)
    if (x.kind == "text") != (y.kind == "text"):
        raise TypeError("text is compared with text, and a number with a number")
    required = required_of([x, y])
    if x.kind != "text":
        x, y = as_number(x), as_number(y)
        # Where NaN is larger than every number, it is not less than one: the right side must not be NaN.
        if y.range == Range.MISSING:
            x, y = -y, -x
        if y.range == Range.MISSING:
            y = attrs.evolve(y, expr=where_known(y.expr, y))
    expr = compare(x.expr, y.expr)
    if Range.MISSING in {x.range, y.range}:
        if x.range == y.range and x.kind == "text":  # both may be missing, and are then equal
            expr = nw.when(x.missing & y.missing).then(nw.lit(value=True)).otherwise(expr)
        expr = expr.fill_null(nw.lit(value=False))
    return Expression(expr, "condition", Range.FINITE, required)


def _combination(combine: Callable[[Any, Any], Any], one: Any, other: Any) -> Expression:
    x, y = as_condition(one), as_condition(other)
    return combined(combine(x.expr, y.expr), x, y, kind="condition")
