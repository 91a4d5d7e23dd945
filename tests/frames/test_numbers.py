"""A block of numbers is valid if each of them is, and small integers become small ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk._fields import AMOUNT, COUNT, NumberValidator
from collectrisk._frames.numbers import numbers_if_valid
from collectrisk.errors import InvalidRowsError

VALIDATORS = [
    AMOUNT,
    COUNT,
    AMOUNT._replace(plausible=1e6),
    COUNT._replace(plausible=100.0),
    NumberValidator(),
    NumberValidator(-5.0, 5.0),
    NumberValidator(-5.0, 5.0, integer=True),
    NumberValidator(0.0, -1.0),
]
NUMBERS = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, 5.0, 100.0, 100.5, 1e6, 2.0**53, 1.8e308, -5e-324, -1.0]),
    st.floats(),
    st.integers(-(2**53), 2**53).map(float),
)


@given(values=st.lists(NUMBERS, max_size=6), validator=st.sampled_from(VALIDATORS))
def test_floats_are_valid_if_each_of_them_is(values: list[float], validator: NumberValidator) -> None:
    valid = [
        validator.minimum <= each <= validator.limit and (not validator.integer or each == math.floor(each))
        for each in values
    ]
    found = numbers_if_valid(np.array(values, dtype=np.float64), validator, np.float64)
    if any(each == 0 and math.copysign(1.0, each) < 0 for each in values) and found is None:
        return  # a zero with a sign may be left to the validation of single rows
    assert (found is not None) == all(valid)
    assert found is None or (found.dtype.kind, found.tolist()) == ("f", values)


@given(data=st.data(), validator=st.sampled_from(VALIDATORS))
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64])
def test_integers_are_valid_if_each_of_them_is(
    data: st.DataObject, validator: NumberValidator, dtype: Any
) -> None:
    ends = np.iinfo(dtype)
    near = st.integers(max(-6, ends.min), min(101, ends.max))
    values = data.draw(st.lists(near | st.integers(int(ends.min), int(ends.max)), max_size=6))
    found = numbers_if_valid(np.array(values, dtype=dtype), validator, np.intp)
    assert (found is not None) == all(validator.minimum <= each <= validator.limit for each in values)
    assert found is None or (found.dtype.kind in "iu" and found.tolist() == values)


@pytest.mark.parametrize(("largest", "dtype"), [(32_767, np.int16), (32_768, np.int64)])
def test_integers_that_fit_in_16_bits_become_such(largest: int, dtype: Any) -> None:
    for values in (np.array([0, largest]), np.array([0.0, largest])):
        found = numbers_if_valid(values, COUNT, np.intp)
        assert found is not None
        assert (found.dtype, found.tolist()) == (dtype, [0, largest])


def test_integers_in_another_order_of_bytes_are_read() -> None:
    days = np.array([1, 2**8, 2**20], dtype=">i8")
    columns = {"amount_overdue": np.full(3, 5_000.0, dtype=">f8"), "days_past_due": days}
    expected = [
        cr.RuleScorer().assess(cr.Borrower(amount_overdue=5_000, days_past_due=each)).visit_probability
        for each in (1, 2**8, 365)
    ]
    columns["days_past_due"] = np.array([1, 2**8, 365], dtype=">i8")
    np.testing.assert_allclose(cr.RuleScorer().visit_probabilities(columns), expected, rtol=0, atol=1e-12)
    # Read in the order of the machine, it would be the number 1.
    columns["days_past_due"] = np.array([1, 2**56, 1], dtype=">i8")
    with pytest.raises(InvalidRowsError, match="days_past_due"):
        cr.RuleScorer().visit_probabilities(columns)
