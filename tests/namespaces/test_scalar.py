"""The scalar namespace follows IEEE arithmetic and agrees with NumPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectrisk._namespaces.scalar import SCALAR

NUMBERS = st.floats(allow_nan=False)


@pytest.mark.parametrize("name", ["exp", "log", "log1p", "sqrt", "abs"])
@given(x=NUMBERS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_function_of_one_number_agrees_with_numpy(name: str, x: float) -> None:
    expected = getattr(np, name)(np.float64(x))
    assert getattr(SCALAR, name)(x) == pytest.approx(expected, rel=1e-14, abs=1e-300, nan_ok=True)


@pytest.mark.parametrize("name", ["minimum", "maximum", "divide"])
@given(x=st.floats(), y=st.floats())
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_function_of_two_numbers_agrees_with_numpy(name: str, x: float, y: float) -> None:
    expected = getattr(np, name)(np.float64(x), np.float64(y))
    np.testing.assert_equal(np.abs(getattr(SCALAR, name)(x, y)), np.abs(expected))


@pytest.mark.parametrize("zero", [0.0, -0.0, 0, False])
@pytest.mark.parametrize(("x", "quotient"), [(-2.0, -math.inf), (3.0, math.inf), (2, math.inf)])
def test_zero_has_no_sign(x: float, zero: float, quotient: float) -> None:
    """The negative of an integer zero has none, and counts of one borrower are integers."""
    assert SCALAR.divide(x, zero) == quotient


@given(NUMBERS)
def test_clip_agrees_with_numpy(x: float) -> None:
    assert SCALAR.clip(x, -1.0, 2.0) == np.clip(x, -1.0, 2.0)


@given(st.floats(-700, 700))
def test_logistic_is_the_inverse_of_the_log_odds(log_odds: float) -> None:
    assert SCALAR.logistic(log_odds) == pytest.approx(1 / (1 + np.exp(-log_odds)), rel=1e-15)


def test_logistic_never_overflows() -> None:
    assert (SCALAR.logistic(-1e9), SCALAR.logistic(1e9)) == (0.0, 1.0)


@given(st.floats(-10, 100))
def test_interp_agrees_with_numpy(x: float) -> None:
    knots, points = (0.0, 1.0, 50.0), (3.0, -1.0, 2.0)
    assert SCALAR.interp(x, knots, points) == pytest.approx(np.interp(x, knots, points), rel=1e-14, abs=1e-14)


@given(st.floats(0, 1), st.floats(0, 1))
def test_interp_is_monotone_on_a_monotone_curve(one: float, other: float) -> None:
    knots, points = (0.0, 0.3, 0.7, 1.0), (0.1, 0.2, 0.2, 0.7)
    low, high = sorted([one, other])
    assert SCALAR.interp(low, knots, points) <= SCALAR.interp(high, knots, points)


@pytest.mark.parametrize(("x", "points"), [(-5, 1.0), (0, 1.0), (9.99, 1.0), (10, 2.0), (99, 3.0)])
def test_step_uses_the_last_edge_at_or_below_the_value(x: float, points: float) -> None:
    assert SCALAR.step(x, (0.0, 10.0, 20.0), (1.0, 2.0, 3.0)) == points


def test_lookup_returns_otherwise_for_other_text() -> None:
    assert (SCALAR.lookup("a", {"a": 1.0}, 9.0), SCALAR.lookup("b", {"a": 1.0}, 9.0)) == (1.0, 9.0)


@given(st.permutations([0.1, 0.2, 0.3, 1e16, -1e16, 1e-9]))
def test_a_total_does_not_depend_on_the_order(terms: list[float]) -> None:
    assert SCALAR.total(terms) == SCALAR.total(sorted(terms))


@pytest.mark.parametrize("true", [True, np.True_])
def test_where_selects_the_first_value_for_true(true: Any) -> None:
    assert (SCALAR.where(true, "yes", "no"), SCALAR.logical_not(true)) == ("yes", False)


@pytest.mark.parametrize("false", [False, np.False_])
def test_where_selects_the_second_value_for_false(false: Any) -> None:
    assert (SCALAR.where(false, "yes", "no"), SCALAR.logical_not(false)) == ("no", True)


@pytest.mark.parametrize("condition", [1.0, 0, 1, 2, 100, -3, "yes", None, np.array([True, False])])
def test_anything_but_a_boolean_is_not_a_condition(condition: Any) -> None:
    """Not even 0 and 1: a column of numbers is not a condition either."""
    for use in (lambda value: SCALAR.where(value, 1, 2), SCALAR.logical_not):
        with pytest.raises(TypeError, match="a condition must be true or false, not "):
            use(condition)


@pytest.mark.parametrize("inverted", [-1, -2])
def test_the_inversion_of_a_boolean_is_an_error_that_says_what_to_write(inverted: int) -> None:
    with pytest.raises(TypeError, match=r"write xp\.logical_not\(condition\)"):
        SCALAR.where(inverted, 1, 2)


@pytest.mark.parametrize("ends", [(5.0, 1.0), (math.nan, 1.0), (0.0, math.nan)])
def test_the_ends_of_an_interval_must_be_in_order(ends: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match=r"xp\.clip must not be above the highest"):
        SCALAR.clip(3.0, *ends)


@pytest.mark.parametrize(
    ("terms", "total"),
    [
        ([1e308, 1e308, 1.0], math.inf),
        ([-1e308, -1e308], -math.inf),
        ([math.inf, 1.0], math.inf),
        ([True, 2], 3.0),
        ([], 0.0),
    ],
)
def test_a_total_that_is_too_large_is_infinite(terms: list[float], total: float) -> None:
    assert SCALAR.total(terms) == total


def test_the_total_of_both_infinities_is_missing() -> None:
    assert math.isnan(SCALAR.total([math.inf, -math.inf]))


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_text_is_not_found(missing: Any) -> None:
    assert math.isnan(SCALAR.lookup(missing, {"a": 1.0}, 9.0))


def test_exp_overflows_to_infinity() -> None:
    assert math.isinf(SCALAR.exp(800))


def test_step_and_interp_of_nan_are_nan() -> None:
    assert math.isnan(SCALAR.step(math.nan, (0.0, 10.0), (1.0, 2.0)))
    assert math.isnan(SCALAR.interp(math.nan, (0.0, 10.0), (1.0, 2.0)))
