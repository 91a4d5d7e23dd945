"""The scalar namespace follows IEEE arithmetic and NumPy's answers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectrisk import SCALAR

NUMBERS = st.floats(allow_nan=False)


@pytest.mark.parametrize("name", ["exp", "log", "log1p", "sqrt", "abs"])
@given(x=NUMBERS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_function_of_one_number_is_numpys(name: str, x: float) -> None:
    expected = getattr(np, name)(np.float64(x))
    assert getattr(SCALAR, name)(x) == pytest.approx(expected, rel=1e-14, abs=1e-300, nan_ok=True)


@pytest.mark.parametrize("name", ["minimum", "maximum", "divide"])
@given(x=st.floats(), y=st.floats())
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_function_of_two_numbers_is_numpys(name: str, x: float, y: float) -> None:
    expected = getattr(np, name)(np.float64(x), np.float64(y))
    np.testing.assert_equal(np.abs(getattr(SCALAR, name)(x, y)), np.abs(expected))


@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize("x", [-2.0, 3.0, 2])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_dividing_by_zero_keeps_the_sign(x: float, zero: float) -> None:
    assert SCALAR.divide(x, zero) == np.divide(np.float64(x), zero)


@given(NUMBERS)
def test_clip_holds_a_number_between_two(x: float) -> None:
    assert SCALAR.clip(x, -1.0, 2.0) == np.clip(x, -1.0, 2.0)


@given(st.floats(-700, 700))
def test_logistic_is_the_inverse_of_the_log_odds(log_odds: float) -> None:
    assert SCALAR.logistic(log_odds) == pytest.approx(1 / (1 + np.exp(-log_odds)), rel=1e-15)


def test_logistic_never_overflows() -> None:
    assert (SCALAR.logistic(-1e9), SCALAR.logistic(1e9)) == (0.0, 1.0)


@given(st.floats(-10, 100))
def test_interp_is_numpys(x: float) -> None:
    knots, points = (0.0, 1.0, 50.0), (3.0, -1.0, 2.0)
    assert SCALAR.interp(x, knots, points) == pytest.approx(np.interp(x, knots, points), rel=1e-14, abs=1e-14)


@given(st.floats(0, 1), st.floats(0, 1))
def test_interp_never_falls_on_a_rising_line(one: float, other: float) -> None:
    knots, points = (0.0, 0.3, 0.7, 1.0), (0.1, 0.2, 0.2, 0.7)
    low, high = sorted([one, other])
    assert SCALAR.interp(low, knots, points) <= SCALAR.interp(high, knots, points)


@pytest.mark.parametrize(("x", "points"), [(-5, 1.0), (0, 1.0), (9.99, 1.0), (10, 2.0), (99, 3.0)])
def test_step_takes_the_last_edge_at_or_below(x: float, points: float) -> None:
    assert SCALAR.step(x, (0.0, 10.0, 20.0), (1.0, 2.0, 3.0)) == points


def test_lookup_falls_back_on_otherwise() -> None:
    assert (SCALAR.lookup("a", {"a": 1.0}, 9.0), SCALAR.lookup("b", {"a": 1.0}, 9.0)) == (1.0, 9.0)


@given(st.permutations([0.1, 0.2, 0.3, 1e16, -1e16, 1e-9]))
def test_a_total_does_not_depend_on_the_order(terms: list[float]) -> None:
    assert SCALAR.total(terms) == SCALAR.total(sorted(terms))


NOT_FALSE, NOT_TRUE = -1, -2
"""What Python makes of ``~False`` and ``~True``."""


@pytest.mark.parametrize("condition", [True, np.True_, NOT_FALSE, NOT_FALSE & True, NOT_TRUE | True])
def test_where_takes_the_first_value_for_every_way_of_writing_true(condition: Any) -> None:
    assert (SCALAR.where(condition, "yes", "no"), SCALAR.logical_not(condition)) == ("yes", False)


@pytest.mark.parametrize("condition", [False, np.False_, NOT_TRUE, NOT_TRUE | False, NOT_TRUE & True])
def test_where_takes_the_second_value_for_every_way_of_writing_false(condition: Any) -> None:
    assert (SCALAR.where(condition, "yes", "no"), SCALAR.logical_not(condition)) == ("no", True)


@pytest.mark.parametrize("condition", [1.0, "yes", None])
def test_where_refuses_what_is_no_condition(condition: Any) -> None:
    with pytest.raises(TypeError, match="true or false"):
        SCALAR.where(condition, 1, 2)


def test_exp_is_infinite_where_a_float_ends() -> None:
    assert math.isinf(SCALAR.exp(800))


@pytest.mark.parametrize("count", [2, 100, -3])
def test_a_count_is_no_condition(count: int) -> None:
    """Its lowest bit would have decided: 100 calls were as good as none."""
    with pytest.raises(TypeError, match=f"true or false, not {count}"):
        SCALAR.where(count, 1, 2)


def test_what_is_no_number_is_in_no_band_and_on_no_line() -> None:
    assert math.isnan(SCALAR.step(math.nan, (0.0, 10.0), (1.0, 2.0)))
    assert math.isnan(SCALAR.interp(math.nan, (0.0, 10.0), (1.0, 2.0)))
