"""A column of a lazy frame is computed with as a number or a boolean of Python is."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest

from collectrisk._namespaces.expression_columns import Expression, Range, as_expression
from collectrisk._namespaces.expressions import EXPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS: dict[str, list[Any]] = {
    "x": [-3.0, -0.5, 0.0, 2.0, 1e300, None],
    "y": [1.0, -0.5, 3.0, None, -1e300, None],
    "c": [True, False, True, True, False, False],
    "t": ["a", "b", None, "a", "", None],
}
FRAME = nw.from_native(pl.LazyFrame(ROWS))
X, Y = Expression(nw.col("x")), Expression(nw.col("y"))
C, T = Expression(nw.col("c"), "condition", Range.FINITE), Expression(nw.col("t"), "text")

NUMBERED: Any = {2: 1.0}

ARITHMETIC = [operator.add, operator.sub, operator.mul]
COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]


def values(column: Expression) -> list[Any]:
    """Return the values, with NaN for a missing number, and "refused" where Python would raise."""
    met = nw.all_horizontal(nw.lit(value=True), *column.required, ignore_nulls=False)
    found = FRAME.select(value=column.expr, met=met, place=nw.col("c")).to_native().collect()
    rows = zip(found["value"].to_list(), found["met"].to_list(), strict=True)
    missing = None if column.kind == "text" else math.nan
    return ["refused" if not met else missing if value is None else value for value, met in rows]


def one_by_one(compute: Callable[..., Any], *names: str) -> list[Any]:
    rows = zip(*(ROWS[name] for name in names), strict=True)
    return [compute(*(math.nan if each is None else each for each in row)) for row in rows]


def same(found: list[Any], expected: list[Any]) -> None:
    shown = [["missing" if each != each else each for each in listed] for listed in (found, expected)]
    assert shown[0] == shown[1]


@pytest.mark.parametrize("operate", [*ARITHMETIC, *COMPARISONS])
def test_an_operator_does_what_it_does_for_one_number(operate: Callable[[Any, Any], Any]) -> None:
    same(values(operate(X, Y)), one_by_one(operate, "x", "y"))
    for other in (2, 0.5, True, np.float64(3.0), np.float32(0.5)):
        same(values(operate(X, other)), one_by_one(lambda x, other=other: operate(x, float(other)), "x"))
        same(values(operate(other, X)), one_by_one(lambda x, other=other: operate(float(other), x), "x"))
    same(values(operate(C, X)), one_by_one(operate, "c", "x"))
    same(values(operate(C, C)), one_by_one(operate, "c", "c"))


@pytest.mark.parametrize("operate", [operator.neg, operator.pos, operator.abs])
def test_an_operator_of_one_column_does_what_it_does_for_one_number(operate: Callable[[Any], Any]) -> None:
    same(values(operate(X)), one_by_one(operate, "x"))
    same(values(operate(C)), one_by_one(operate, "c"))


@pytest.mark.parametrize("operate", [operator.and_, operator.or_, operator.xor])
def test_conditions_are_combined(operate: Callable[[Any, Any], Any]) -> None:
    positive = X > 0
    expected = [operate(c, x is not None and x > 0) for c, x in zip(ROWS["c"], ROWS["x"], strict=True)]
    same(values(operate(C, positive)), expected)
    same(values(operate(True, C)), [operate(True, c) for c in ROWS["c"]])
    same(values(operate(C, np.False_)), [operate(c, False) for c in ROWS["c"]])


def test_texts_are_compared_and_a_missing_text_is_another_one() -> None:
    assert values(T == "a") == [text == "a" for text in ROWS["t"]]
    assert values(T != "a") == [text != "a" for text in ROWS["t"]]
    assert values(EXPRESSIONS.is_missing(T)) == [text is None for text in ROWS["t"]]


def test_a_missing_text_is_equal_to_another_one_and_to_none() -> None:
    assert values(T == T) == [True] * 6
    assert values(EXPRESSIONS.where(C, T, "a") != T) == [
        text != (text if c else "a") for text, c in zip(ROWS["t"], ROWS["c"], strict=True)
    ]
    assert values(T == None) == [text is None for text in ROWS["t"]]  # noqa: E711  # elementwise
    assert values(T != None) == [text is not None for text in ROWS["t"]]  # noqa: E711


def test_not_a_number_is_not_larger_than_every_number() -> None:
    """Polars, DuckDB and Spark find it larger, and equal to itself."""
    nan = X * math.inf - X * math.inf
    for compare in COMPARISONS:
        assert values(compare(nan, 1.0)) == [compare is operator.ne] * 6
        assert values(compare(1.0, nan)) == [compare is operator.ne] * 6
        assert values(compare(nan, nan)) == [compare is operator.ne] * 6
    assert values(EXPRESSIONS.is_missing(nan)) == [True] * 6
    for missing in (
        EXPRESSIONS.minimum(nan, 1.0),
        EXPRESSIONS.maximum(1.0, nan),
        EXPRESSIONS.clip(nan, 0.0, 1.0),
        EXPRESSIONS.divide(nan, 0.0),
        EXPRESSIONS.step(nan, (0.0, 1.0), (1.0, 2.0)),
        EXPRESSIONS.interp(nan, (0.0, 1.0), (1.0, 2.0)),
        EXPRESSIONS.interp(nan, (0.0, 1.0), (2.0, 2.0)),
        EXPRESSIONS.log1p(nan),
        EXPRESSIONS.sqrt(nan),
        nan**2,
    ):
        same(values(missing), [math.nan] * 6)


def test_a_division_by_zero_is_refused_where_the_divisor_is_zero() -> None:
    same(values(1.0 / X), [-1 / 3, -2.0, "refused", 0.5, 1e-300, math.nan])
    same(values(X / 4), [-0.75, -0.125, 0.0, 0.5, 2.5e299, math.nan])
    same(values(1 / C), [1.0, "refused", 1.0, 1.0, "refused", "refused"])


def test_a_refused_part_makes_the_row_refused_wherever_it_is_used() -> None:
    part = 1.0 / X > 0
    for whole in (
        EXPRESSIONS.where(C, 1.0, part),
        EXPRESSIONS.logical_not(part),
        part & part,
        part * 2.0,
        -(part + 1),
    ):
        assert [each == "refused" for each in values(whole)] == [x == 0.0 for x in ROWS["x"]]
        assert len(whole.required) == 1


@pytest.mark.parametrize(
    ("exponent", "powers"),
    [
        (2, [9.0, 0.25, 0.0, 4.0, "refused", math.nan]),
        (0, [1.0] * 6),
        (1.0, [-3.0, -0.5, 0.0, 2.0, 1e300, math.nan]),
        (-1, [-1 / 3, -2.0, "refused", 0.5, 1e-300, math.nan]),
        (0.5, ["refused", "refused", 0.0, math.sqrt(2.0), 1e150, math.nan]),
    ],
)
def test_a_power_is_that_of_one_number_or_refused(exponent: float, powers: list[Any]) -> None:
    found = values(X**exponent)
    assert [each == "refused" for each in found] == [each == "refused" for each in powers]
    allowed = [[float(each) for each in listed if each != "refused"] for listed in (found, powers)]
    np.testing.assert_allclose(allowed[0], allowed[1], rtol=1e-15)


def test_a_power_of_a_number_that_is_never_missing_is_refused_too() -> None:
    known = EXPRESSIONS.where(EXPRESSIONS.is_missing(X), 7.0, X)
    clipped = EXPRESSIONS.clip(attrs_known(known), -1.0, 1.0)
    same(values(clipped**-2), [1.0, 4.0, "refused", 1.0, 1.0, 1.0])


def attrs_known(column: Expression) -> Expression:
    return Expression(column.expr, "number", Range.FINITE, column.required)


def test_an_interval_with_columns_as_its_ends_is_refused_where_they_are_swapped() -> None:
    found = values(EXPRESSIONS.clip(0.0, Y, X))
    same(found, ["refused", -0.5, "refused", "refused", 0.0, "refused"])


def test_a_function_of_a_positive_number_needs_no_condition() -> None:
    clipped = EXPRESSIONS.clip(attrs_known(EXPRESSIONS.abs(X)), 0.5, 100.0)
    logarithm = EXPRESSIONS.log(clipped)
    assert (clipped.range, clipped.bounds) == (Range.FINITE, (0.5, 100.0))
    assert (logarithm.range, logarithm.bounds) == (Range.FINITE, (math.log(0.5), math.log(100.0)))
    assert EXPRESSIONS.is_missing(logarithm) is False
    np.testing.assert_allclose(values(logarithm)[:4], np.log([3.0, 0.5, 0.5, 2.0]), rtol=1e-15)


@pytest.mark.parametrize(
    ("small", "logarithm"),
    [(1e-10, 9.9999999995e-11), (-1e-18, -1e-18), (-1.0, -math.inf), (math.inf, math.inf)],
)
def test_log1p_keeps_the_digits_of_a_small_number(small: float, logarithm: float) -> None:
    found = values(EXPRESSIONS.log1p(EXPRESSIONS.where(C, small, 1.0)))
    assert found[0] == pytest.approx(logarithm, rel=1e-15)


def test_a_code_is_looked_up() -> None:
    table = {"2": 1.0, "true": 3.0, "a": 4.0, "02": 5.0}
    same(values(EXPRESSIONS.lookup(X, table, 9.0)), [9.0, 9.0, 9.0, 1.0, 9.0, math.nan])
    same(values(EXPRESSIONS.lookup(C, {**table, "false": 6.0}, 9.0)), [3.0, 6.0, 3.0, 3.0, 6.0, 6.0])
    same(values(EXPRESSIONS.lookup(T, table, 9.0)), [4.0, 9.0, math.nan, 4.0, 9.0, math.nan])


def test_constants_are_columns_of_their_kind() -> None:
    kinds = {each: as_expression(each).kind for each in (1, 2.5, True, "a", None)}
    assert list(kinds.values()) == ["condition", "number", "text", "text"]  # 1 and True are one key
    ranges = [as_expression(each).range for each in (1, math.inf, math.nan, None)]
    assert ranges == [Range.FINITE, Range.INFINITE, Range.MISSING, Range.MISSING]


REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "division by a constant zero": (lambda: X / 0, ZeroDivisionError, "division by zero"),
    "column as the exponent": (lambda: X**X, TypeError, "must be a finite constant"),
    "exponent": (lambda: 2.0**X, TypeError, "must be a finite constant"),
    "large constant": (lambda: X * 10**400, OverflowError, "too large"),
    "~": (lambda: ~C, TypeError, r"write xp\.logical_not"),
    "//": (lambda: X // 2, TypeError, r"write xp\.step"),
    "%": (lambda: 7 % X, TypeError, r"write xp\.step"),
    "a number and a condition": (lambda: C & X, TypeError, "true or false, not a number"),
    "a count and a condition": (lambda: C | 1, TypeError, "true or false, not 1"),
    "a number and text": (lambda: X == "a", TypeError, "text is compared with text"),
    "text and a number": (lambda: T == 1, TypeError, "text is compared with text"),
    "a modulus": (lambda: pow(X, 2, 7), TypeError, "needs whole numbers"),
    "an f-string": (lambda: f"{T}", TypeError, "not one for each row"),
    "str": (lambda: str(X), TypeError, "not one for each row"),
    "edges in another order": (
        lambda: EXPRESSIONS.interp(X, (2, 1), (0, 1)),
        ValueError,
        "the edges of xp.interp must be in increasing order",
    ),
    "an edge twice": (lambda: EXPRESSIONS.interp(X, (1, 1), (0, 1)), ValueError, "in increasing order"),
    "a value too many": (
        lambda: EXPRESSIONS.step(X, (1,), (0, 1)),
        ValueError,
        "one value for each edge, not 2 for 1",
    ),
    "steps of texts and numbers": (
        lambda: EXPRESSIONS.step(X, (0, 1), ("a", 1.0)),
        TypeError,
        "text is not a number",
    ),
    "a key of a table": (lambda: EXPRESSIONS.lookup(X, NUMBERED, 0.0), TypeError, "are texts, .* not 2"),
    "a sum with text": (lambda: T + 1, TypeError, "text is not a number"),
    "an order of texts": (lambda: T < "b", TypeError, "text is not a number"),
    "an object": (lambda: X + {}, TypeError, "{} is not a number"),
    "if": (lambda: bool(X > 0), TypeError, "a value for each row, not one value"),
    "math": (lambda: math.exp(X), TypeError, "a value for each row, not one value"),
    "max": (lambda: max(X, 0.0), TypeError, "a value for each row, not one value"),
    "NumPy": (lambda: np.exp(X), TypeError, "does not support ufuncs"),  # type: ignore[call-overload]
    "a key": (lambda: {"a": 1.0}[T], TypeError, "unhashable"),  # type: ignore[index]
    "swapped ends": (lambda: EXPRESSIONS.clip(X, 5, 1), ValueError, "must not be above the highest"),
    "a number as a condition": (lambda: EXPRESSIONS.where(X, 1, 0), TypeError, "not a number"),
    "not a number": (lambda: EXPRESSIONS.logical_not(X), TypeError, "true or false, not a number"),
    "text and numbers": (lambda: EXPRESSIONS.where(C, "a", 1.0), TypeError, "text is not a number"),
}


@pytest.mark.parametrize("mistake", REFUSED)
def test_what_python_cannot_do_with_one_number_is_an_error(mistake: str) -> None:
    attempt, kind, says = REFUSED[mistake]
    with pytest.raises(kind, match=says):
        attempt()
