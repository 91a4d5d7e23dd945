"""A column of an eager frame is computed with as a number or a boolean of Python is."""

from __future__ import annotations

import math
import operator
import pickle
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from collectrisk._namespaces.array_columns import Column, TextArray, as_column
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._namespaces.scalar import SCALAR

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS = [-3.0, -0.5, 0.5, 2.0]
CONDITIONS = [True, False, True, True]
X, C = as_column(np.array(NUMBERS)), as_column(np.array(CONDITIONS))
ONE = as_column(np.array([0.5]))
TEXT = TextArray(np.array([0, 1, -1]), ("a", "b"))

NUMBERED: Any = {2: 1.0}

ARITHMETIC = [operator.add, operator.sub, operator.mul, operator.truediv]
COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
UNARY = [operator.neg, operator.pos, operator.abs]


def listed(column: Any) -> list[Any]:
    assert type(column) is Column
    values: list[Any] = column.tolist()
    return values


@pytest.mark.parametrize("operate", [*ARITHMETIC, *COMPARISONS])
@pytest.mark.parametrize("other", [2, True, 0.5, 10**300, np.float64(3.0), np.float32(0.5), np.int8(7)])
def test_an_operator_does_what_it_does_for_one_number(operate: Callable[[Any, Any], Any], other: Any) -> None:
    assert listed(operate(X, other)) == [operate(each, float(other)) for each in NUMBERS]
    assert listed(operate(other, X)) == [operate(float(other), each) for each in NUMBERS]
    assert listed(operate(C, other)) == [operate(each, float(other)) for each in CONDITIONS]


@pytest.mark.parametrize("operate", [operator.add, operator.sub, operator.mul, *COMPARISONS])
def test_conditions_count_as_0_and_1(operate: Callable[[Any, Any], Any]) -> None:
    assert listed(operate(C, C)) == [operate(each, each) for each in CONDITIONS]
    assert listed(operate(C, X)) == [operate(*pair) for pair in zip(CONDITIONS, NUMBERS, strict=True)]


@pytest.mark.parametrize("operate", UNARY)
def test_an_operator_of_one_column_does_what_it_does_for_one_number(operate: Callable[[Any], Any]) -> None:
    assert listed(operate(X)) == [operate(each) for each in NUMBERS]
    assert listed(operate(C)) == [operate(each) for each in CONDITIONS]


@pytest.mark.parametrize("operate", [operator.and_, operator.or_, operator.xor])
@pytest.mark.parametrize("other", [True, False, np.True_])
def test_conditions_are_combined(operate: Callable[[Any, Any], Any], other: Any) -> None:
    assert listed(operate(C, other)) == [operate(each, bool(other)) for each in CONDITIONS]
    assert listed(operate(other, C)) == [operate(bool(other), each) for each in CONDITIONS]


@pytest.mark.parametrize("exponent", [2, 3.0, 0, 1, -1, True, np.int64(2)])
def test_a_power_is_that_of_one_number(exponent: Any) -> None:
    assert listed(X**exponent) == [each**exponent for each in NUMBERS]


def test_the_root_of_a_missing_number_is_missing() -> None:
    root = as_column(np.array([4.0, math.nan, math.inf])) ** 0.5
    np.testing.assert_array_equal(root.view(np.ndarray), [2.0, math.nan, math.inf])


def test_an_assignment_with_an_operator_makes_a_new_column() -> None:
    before: Any = as_column(np.array(CONDITIONS))
    value = before
    value += C
    value -= 1
    value *= 2
    value /= 4
    value **= 2
    assert listed(value) == [0.25, 0.25, 0.25, 0.25]
    either = before
    either &= X > 0
    either |= X < -1
    either ^= C
    assert listed(either) == [False, False, False, False]
    assert listed(before) == CONDITIONS


REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "division by zero": (lambda: X / (X + 3.0), ZeroDivisionError, "division by zero"),
    "division by a constant zero": (lambda: X / 0, ZeroDivisionError, "division by zero"),
    "division by a condition": (lambda: 1 / C, ZeroDivisionError, "division by zero"),
    "power of zero": (lambda: (X + 3.0) ** -2, ZeroDivisionError, "zero to a negative power"),
    "large power": (lambda: (X * 1e200) ** 2, OverflowError, "too large"),
    "root of a negative number": (lambda: X**0.5, ValueError, "has no fractional power"),
    "column as the exponent": (lambda: X**X, TypeError, "must be a finite constant"),
    "exponent": (lambda: 2.0**X, TypeError, "must be a finite constant"),
    "infinite exponent": (lambda: X**math.inf, TypeError, "must be a finite constant"),
    "large constant": (lambda: X * 10**400, OverflowError, "too large"),
    "~": (lambda: ~C, TypeError, r"write xp\.logical_not"),
    "//": (lambda: X // 2, TypeError, r"write xp\.step"),
    "%": (lambda: 7 % X, TypeError, r"write xp\.step"),
    "divmod": (lambda: divmod(X, 2), TypeError, r"write xp\.step"),
    "a number and a condition": (lambda: C & X, TypeError, "true or false, not float64"),
    "a count and a condition": (lambda: C | 1, TypeError, "true or false, not 1.0"),
    "text and a condition": (lambda: C & "a", TypeError, "true or false, not 'a'"),
    "nothing and a condition": (lambda: C & None, TypeError, "true or false, not None"),
    "a number and text": (lambda: X == "a", TypeError, "'a' is not a number"),
    "a number and None": (lambda: X + None, TypeError, "None is not a number"),
    "a number and an object": (lambda: X + np.array(["a"] * 4), TypeError, "is not a number"),
    "text and a number": (lambda: TEXT == 1, TypeError, "compared with text, not with 1"),
    "a column and text": (lambda: as_column(np.array(NUMBERS[:3])) == TEXT, TypeError, "compared with text"),
    "if of text": (lambda: 1 if TEXT else 0, TypeError, "a value for each row, not one value"),
    "an f-string": (lambda: f"{X}", TypeError, "not one for each row"),
    "str of text": (lambda: str(TEXT), TypeError, "not one for each row"),
    "format": (lambda: "{:.1f}".format(X), TypeError, "not one for each row"),  # noqa: UP032  # the test
    "a modulus": (lambda: pow(X, 2, 7), TypeError, "needs whole numbers"),
    "a row": (lambda: X[0], TypeError, "each row from its own values; an element of a column does not"),
    "the number of rows": (lambda: len(X), TypeError, "each row from its own values"),
    "rows": (lambda: sum(X), TypeError, "each row from its own values"),
    "the total of rows": (lambda: ARRAYS.total(cast("Any", X)), TypeError, "each row from its own values"),
    "a median": (lambda: np.median(X), TypeError, "each row from its own values; median of a column"),
    "an order of rows": (lambda: np.sort(X), TypeError, "each row from its own values; sort of a column"),
    "a search among rows": (lambda: np.searchsorted(X, 1.0), TypeError, "each row from its own values"),
    "the shape": (lambda: np.size(X), TypeError, "each row from its own values; size of a column"),
    "one value in an array": (lambda: X + np.array([1.0]), TypeError, "with one value, or with one for each"),
    "other rows": (lambda: np.array([1.0, 2.0]) < X, TypeError, "with one value, or with one for each"),
    "edges in another order": (
        lambda: ARRAYS.interp(X, (2, 1), (0, 1)),
        ValueError,
        "the edges of xp.interp must be in increasing order",
    ),
    "an edge twice": (lambda: ARRAYS.interp(X, (1, 1), (0, 1)), ValueError, "in increasing order"),
    "an edge that is not known": (
        lambda: ARRAYS.step(X, (1, math.nan), (0, 1)),
        ValueError,
        "the edges of xp.step must be in increasing order",
    ),
    "a value too few": (lambda: ARRAYS.step(X, (1, 2), (0,)), ValueError, "not 1 for 2"),
    "no edge": (lambda: ARRAYS.interp(X, (), ()), ValueError, "not 0 for 0"),
    "a surface without a knot": (
        lambda: ARRAYS.surface(X, X, (), (1,), ()),
        ValueError,
        r"each axis of xp\.surface needs one knot or level, or more",
    ),
    "knots of a surface in another order": (
        lambda: ARRAYS.surface(X, X, (0,), (1, 0), ((1, 2),)),
        ValueError,
        r"the knots of xp\.surface must be in increasing order",
    ),
    "a level of a surface twice": (
        lambda: ARRAYS.surface(TEXT, X, ("a", "a"), (1,), ((1,), (2,), (3,))),
        ValueError,
        r"the levels of xp\.surface must be different",
    ),
    "too few points of a surface": (
        lambda: ARRAYS.surface(TEXT, X, ("a",), (1, 2), ((1, 2),)),
        ValueError,
        "needs points in 2 rows of 2: one for each knot or level, and one for other levels",
    ),
    "rows of a surface of another length": (
        lambda: ARRAYS.surface(TEXT, X, ("a",), (1, 2), ((1, 2), (1,))),
        ValueError,
        "needs points in 2 rows of 2",
    ),
    "steps of texts and numbers": (
        lambda: ARRAYS.step(X, (0, 1), ("a", 1.0)),
        TypeError,
        "'a' is not a number",
    ),
    "a key of a table": (lambda: ARRAYS.lookup(TEXT, NUMBERED, 0.0), TypeError, "are texts, .* not 2"),
    "a sum of rows": (X.sum, TypeError, "each row from its own values"),
    "a running sum": (
        lambda: np.add.accumulate(X),
        TypeError,
        "each row from its own values",
    ),
    "a product of columns": (lambda: X @ X, TypeError, "each row from its own values"),
    "an output": (
        lambda: np.exp(X, out=X.copy()),
        TypeError,
        "each row from its own values",
    ),
    "if": (lambda: bool(X > 0), TypeError, "a value for each row, not one value"),
    "if of one row": (lambda: bool(ONE), TypeError, "a value for each row, not one value"),
    "math": (lambda: math.exp(ONE), TypeError, "a value for each row, not one value"),
    "max": (lambda: max(X, 0.0), TypeError, "a value for each row, not one value"),
    "swapped ends": (lambda: ARRAYS.clip(X, 5, 1), ValueError, "must not be above the highest"),
    "swapped ends of a row": (lambda: ARRAYS.clip(0.0, X, 1), ValueError, "must not be above the highest"),
    "a number as a condition": (lambda: ARRAYS.where(X, 1, 0), TypeError, "true or false, not float64"),
    "not a number": (lambda: ARRAYS.logical_not(X), TypeError, "true or false, not float64"),
    "text and numbers": (lambda: ARRAYS.where(C, "a", 1.0), TypeError, "a text column cannot contain 1.0"),
}


@pytest.mark.parametrize("mistake", REFUSED)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the rows of a frame are computed without
def test_what_python_cannot_do_with_one_number_is_an_error(mistake: str) -> None:
    attempt, kind, says = REFUSED[mistake]
    with pytest.raises(kind, match=says):
        attempt()


def test_whole_numbers_do_not_overflow() -> None:
    large = ARRAYS.where(C, 10**10, 1)
    assert large.dtype == np.float64
    assert listed(large * large) == [1e20, 1.0, 1e20, 1e20]
    assert listed(ARRAYS.logistic(ARRAYS.where(C, 0, 0))) == [0.5] * 4


def test_a_function_of_numpy_has_the_digits_of_a_float() -> None:
    """NumPy computes the exponential of a boolean with three digits."""
    assert listed(np.exp(C)) == [math.e, 1.0, math.e, math.e]


def test_where_between_conditions_is_a_condition() -> None:
    chosen = ARRAYS.where(C, X > 0, True)  # the value
    assert chosen.dtype == np.bool_
    assert listed(chosen) == [False, True, True, True]


def test_where_between_texts_keeps_missing_texts() -> None:
    condition = as_column(np.array([True, False, True]))
    either = ARRAYS.where(condition, TEXT, "b")
    assert [None if code < 0 else either.levels[code] for code in either.codes] == ["a", "b", None]
    swapped = ARRAYS.where(condition, "c", TEXT)
    assert [None if code < 0 else swapped.levels[code] for code in swapped.codes] == ["c", "b", "c"]
    neither = ARRAYS.where(condition, None, "c")
    assert neither.codes.tolist() == [-1, 0, -1]


def texts(column: TextArray) -> list[str | None]:
    return [None if code < 0 else column.levels[code] for code in column.codes]


def test_texts_are_compared_and_a_missing_text_is_equal_to_another_one() -> None:
    known, other = ["a", "b", None], TextArray(np.array([1, -1, -1]), ("c", "a"))
    assert listed(TEXT == TEXT) == [True, True, True]
    assert listed(other == TEXT) == [True, False, True]
    assert listed(other != TEXT) == [False, True, False]
    assert listed(TEXT == None) == [text is None for text in known]  # noqa: E711  # elementwise
    assert listed(TEXT != None) == [text is not None for text in known]  # noqa: E711
    assert listed(TEXT == "c") == [False, False, False]


def test_a_step_may_be_between_columns() -> None:
    x = as_column(np.array([-1.0, 5.0, math.nan]))
    numbers = ARRAYS.step(x, (0.0, 2.0), (x * 2, C.view(np.ndarray)[:3].view(Column)))
    np.testing.assert_array_equal(numbers.view(np.ndarray), [-2.0, 0.0, math.nan])
    assert texts(ARRAYS.step(x, (0.0, 2.0), ("z", TEXT))) == ["z", "b", None]
    assert texts(ARRAYS.step(x, (0.0, 2.0), (None, "z"))) == [None, "z", None]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.where(x > 0, 1, 0) // 2 + 1,
        lambda x: np.select([x > 1, x > 0], [x, x * 2], 0.0),
        lambda x: np.clip(x, 0, 1),
        np.nan_to_num,
        lambda x: np.interp(x, [0, 1], [0.0, 5.0]),
        lambda x: np.isin(x, [0.5, 2.0]),
        lambda x: np.digitize(x, bins=[0, 1]),
        lambda x: np.full_like(x, 3),
    ],
)
def test_a_function_of_numpy_that_computes_row_by_row_is_computed(function: Callable[[Any], Any]) -> None:
    assert function(X).tolist() == [function(np.float64(each)) for each in NUMBERS]


@pytest.mark.parametrize(
    "function",
    [lambda x: np.clip(x, 0, 100_000), lambda x: np.full_like(x, 100_000), lambda x: x * np.ones_like(x)],
)
def test_a_function_of_numpy_reads_small_integers_as_integers(function: Callable[[Any], Any]) -> None:
    small = as_column(np.array([0, 3, 30_000], dtype=np.int16))
    assert function(small).tolist() == [function(np.int64(each)) for each in (0, 3, 30_000)]


def test_a_masked_element_in_a_formula_is_missing() -> None:
    masked = np.ma.MaskedArray([1.0, 2.0, 3.0, 4.0], mask=[True, False, False, True])
    np.testing.assert_array_equal((X + masked).view(np.ndarray), [math.nan, 1.5, 3.5, math.nan])


def test_a_column_can_be_shown_while_a_formula_is_written() -> None:
    assert repr(X) == "array([-3. , -0.5,  0.5,  2. ])"


@pytest.mark.parametrize("count", [2, 9, 10, 33, 64, 65, 300])
def test_curves_with_any_number_of_knots_are_those_of_one_value(count: int) -> None:
    rng = np.random.default_rng(count)
    knots, points = np.cumsum(rng.exponential(size=count)).tolist(), rng.normal(size=count).tolist()
    values = [*rng.uniform(-1.0, knots[-1] + 1.0, 500).tolist(), *knots, -1e15, 1e15]
    found = ARRAYS.interp(as_column(np.array(values)), knots, points).view(np.ndarray)
    np.testing.assert_allclose(found, [SCALAR.interp(each, knots, points) for each in values], atol=1e-12)
    missing = ARRAYS.interp(as_column(np.array([math.nan])), knots, points)
    assert np.isnan(missing.view(np.ndarray)).all()


@pytest.mark.parametrize("count", [10, 64, 65])
def test_a_curve_of_many_knots_has_exactly_the_points_of_its_knots(count: int) -> None:
    knots, points = np.cumsum(np.full(count, 0.1)).tolist(), (np.arange(count) / 3.0).tolist()
    for shift in (0.0, 1e9):
        values = np.array(knots) + np.r_[np.zeros(count - 1), shift]
        assert ARRAYS.interp(as_column(values), knots, points).tolist() == points


def test_a_flat_curve_is_missing_where_the_number_is() -> None:
    flat = ARRAYS.interp(as_column(np.array([1.0, math.nan])), (0.0, 5.0), (2.0, 2.0))
    np.testing.assert_array_equal(flat.view(np.ndarray), [2.0, math.nan])


def test_a_column_can_be_copied_to_another_process() -> None:
    copy = pickle.loads(pickle.dumps(X))  # noqa: S301  # made here
    assert listed(copy) == NUMBERS
