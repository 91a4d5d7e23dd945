"""Curves of integers are looked up in tables, which contain what one borrower gets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectrisk._namespaces.array_columns import as_column
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._namespaces.lookups import MAX_TABLE
from collectrisk._namespaces.scalar import SCALAR

TYPES = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64]
LARGE = [2**53, -(2**53), np.iinfo(np.int64).min, np.iinfo(np.int64).max]


def column_of(values: list[int], dtype: Any = np.int64) -> Any:
    return as_column(np.array(values, dtype=dtype))


@given(data=st.data(), dtype=st.sampled_from(TYPES), reach=st.sampled_from([3, 200, MAX_TABLE // 2 - 1]))
def test_integers_of_every_type_get_exactly_the_points_of_single_values(
    data: st.DataObject, dtype: Any, reach: int
) -> None:
    one = st.one_of(st.floats(-reach, reach), st.integers(-reach, reach).map(float))
    knots = sorted({round(each, 3) for each in data.draw(st.lists(one, min_size=1, max_size=32))})
    points = data.draw(st.lists(st.floats(-100, 100), min_size=len(knots), max_size=len(knots)))
    least, most = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    near = st.integers(max(-reach - 2, least), min(reach + 2, most))
    values = [least, most, *data.draw(st.lists(st.one_of(near, st.integers(least, most)), max_size=20))]
    for curve in ("interp", "step"):
        expected = [getattr(SCALAR, curve)(float(value), knots, points) for value in values]
        actual = getattr(ARRAYS, curve)(column_of(values, dtype), knots, points)
        assert actual.tolist() == expected


@pytest.mark.parametrize("curve", ["interp", "step"])
@pytest.mark.parametrize(
    "knots", [[0.0, float(MAX_TABLE)], [-1e300, 1e300], [-5e15, 0.5, 1.5, 5e15]], ids=["long", "huge", "both"]
)
def test_a_curve_over_too_large_a_range_for_a_table_is_computed(curve: str, knots: list[float]) -> None:
    points = [float(index) for index in range(len(knots))]
    values = [-1, 0, 1, 2, 100, MAX_TABLE - 1, MAX_TABLE, *LARGE]
    expected = [getattr(SCALAR, curve)(float(value), knots, points) for value in values]
    actual = getattr(ARRAYS, curve)(column_of(values), knots, points)
    assert actual.tolist() == pytest.approx(expected, rel=1e-12)


@given(data=st.data(), dtype=st.sampled_from(TYPES))
def test_integers_on_a_surface_get_the_points_of_single_values(data: st.DataObject, dtype: Any) -> None:
    rows, columns = (
        sorted(data.draw(st.sets(st.integers(-200, 200).map(lambda each: each / 4), min_size=1, max_size=9)))
        for _ in range(2)
    )
    one = st.lists(st.floats(-5, 5), min_size=len(columns), max_size=len(columns))
    points = data.draw(st.lists(one, min_size=len(rows), max_size=len(rows)))
    least, most = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    near = st.integers(max(-60, least), min(60, most))
    values = [least, most, *data.draw(st.lists(near, max_size=20))]
    others = [float(each) * 0.7 for each in reversed(values)]
    expected = [
        SCALAR.surface(float(x), y, rows, columns, points) for x, y in zip(values, others, strict=True)
    ]
    found = ARRAYS.surface(column_of(values, dtype), as_column(np.array(others)), rows, columns, points)
    assert found.tolist() == pytest.approx(expected, abs=1e-14)


def test_a_surface_of_more_knots_than_are_counted_is_searched() -> None:
    knots = [float(each**2) for each in range(100)]
    points = [[np.sin(each)] for each in range(100)]
    values = [-5.0, 0.0, 3.5, 9_800.0, 9_801.0, 1e300, np.nan]
    found = ARRAYS.surface(as_column(np.array(values)), 0.0, knots, [0.0], points)
    expected = [SCALAR.surface(each, 0.0, knots, [0.0], points) for each in values]
    assert found.tolist() == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_bands_that_start_at_minus_infinity_are_computed() -> None:
    edges, values = [-np.inf, 0.0, 30.0], [0.5, 1.0, 2.0]
    found = ARRAYS.step(column_of([-3, 0, 29, 30]), edges, values)
    assert found.tolist() == [0.5, 1.0, 1.0, 2.0]


def test_integers_are_computed_with_as_floats() -> None:
    small = column_of([100, -100, 127], np.int8)
    assert (small + small).tolist() == [200.0, -200.0, 254.0]
    assert (small * 1000).tolist() == [100_000.0, -100_000.0, 127_000.0]
    assert (small / 8).tolist() == [12.5, -12.5, 15.875]
    assert (small >= 99.5).tolist() == [True, False, True]
    assert ARRAYS.is_missing(small).tolist() == [False] * 3


def test_where_nothing_is_true_every_row_gets_the_other_value() -> None:
    x = as_column(np.array([1.0, 2.0]))
    assert ARRAYS.where(x > 5, x, 3.0).tolist() == [3.0, 3.0]
    assert ARRAYS.where(x > 5, 3.0, x).tolist() == [1.0, 2.0]
    with pytest.raises(TypeError, match="is not a number"):
        ARRAYS.where(x > 5, np.array(["a", "b"]), 1.0)


@given(one=st.floats(), other=st.floats())
def test_a_choice_between_two_numbers_is_exact(one: float, other: float) -> None:
    conditions = [True, False, True]
    chosen = ARRAYS.where(as_column(np.array(conditions)), one, other)
    assert np.array_equal(chosen.tolist(), [one if each else other for each in conditions], equal_nan=True)
