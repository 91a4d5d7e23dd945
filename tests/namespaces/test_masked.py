"""Masked elements of NumPy arrays are missing values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import collectrisk as cr
from collectrisk._fields import is_missing
from collectrisk._frames import unmasked, values_of
from collectrisk.errors import InvalidBorrowerError, InvalidRowsError

SCORER = cr.RuleScorer()
FIRST_KNOWN = [False, True]


def masked(values: Any, dtype: Any = None) -> Any:
    """Return an array of two elements of which the second is masked."""
    return np.ma.MaskedArray(np.array(values, dtype=dtype), mask=FIRST_KNOWN)


@pytest.mark.parametrize(
    ("values", "dtype", "known"),
    [
        ([1, 2], "int8", 1.0),
        ([2**60, 2], "uint64", float(2**60)),
        ([0.5, 2], "float32", 0.5),
        ([True, True], bool, True),
        (["a", "b"], "U1", "a"),
        ([b"a", b"b"], "S1", b"a"),
        ([[1], "b"], object, [1]),
        (["2026-01-31", "2026-02-01"], "datetime64[D]", np.datetime64("2026-01-31")),
        ([3, 4], "timedelta64[D]", np.timedelta64(3, "D")),
    ],
)
def test_a_masked_element_is_a_missing_value(values: list[Any], dtype: Any, known: Any) -> None:
    array = np.empty(2, dtype=object) if dtype is object else np.array(values, dtype=dtype)
    array[:] = values
    before = array.tolist()
    plain = unmasked(np.ma.MaskedArray(array, mask=FIRST_KNOWN))
    assert type(plain) is np.ndarray
    assert plain[0] == known
    assert is_missing(plain[1])
    assert array.tolist() == before  # the caller's array is not changed


def test_an_array_in_which_nothing_is_masked_keeps_its_type() -> None:
    array = np.ma.MaskedArray(np.array([1, 2]), mask=[False, False])
    assert type(unmasked(array)) is np.ndarray
    assert unmasked(array).dtype == np.int64
    assert unmasked(np.ma.MaskedArray([1, 2])).tolist() == [1, 2]


@pytest.mark.parametrize("values", [None, [1, 2], np.array([1, 2]), "text"])
def test_anything_else_is_returned_as_it_is(values: Any) -> None:
    assert unmasked(values) is values


def test_an_array_of_records_has_no_missing_values() -> None:
    records = np.ma.MaskedArray(np.zeros(2, dtype=[("a", int)]), mask=[(True,), (False,)])
    assert type(unmasked(records)) is np.ndarray


def test_rows_and_columns_may_be_masked() -> None:
    matrix = np.ma.MaskedArray(np.eye(2, dtype=int), mask=[[True, False], [False, False]])
    assert np.array_equal(unmasked(matrix), np.array([[np.nan, 0], [0, 1]]), equal_nan=True)


ACCOUNTS: dict[str, Any] = {
    "amount_overdue": np.array([3e4, 3e4]),
    "days_past_due": np.array([540, 540]),
    "failed_calls": np.array([6, 6]),
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("placed_with_agency", True),
        ("failed_calls", 9),
        ("failed_calls", 9.0),
        ("attitude", "hostile"),
        ("product", cr.Product.ONLINE_LOAN),
    ],
)
def test_a_masked_element_of_a_frame_counts_as_the_default(field: str, value: Any) -> None:
    found = SCORER.visit_probabilities({**ACCOUNTS, field: masked([value, value])})
    known = {"amount_overdue": 3e4, "days_past_due": 540, "failed_calls": 6}
    unknown = {name: each for name, each in known.items() if name != field}
    expected = [
        SCORER.assess(cr.Borrower(**values)).visit_probability
        for values in ({**known, field: value}, unknown)
    ]
    assert found.tolist() == pytest.approx(expected, rel=1e-12)


def test_a_masked_element_of_a_required_field_is_an_error_that_names_the_row() -> None:
    with pytest.raises(InvalidRowsError, match=r"'days_past_due' must be known.*1 invalid row \(row 1: nan"):
        SCORER.visit_probabilities({**ACCOUNTS, "days_past_due": masked([540, 540])})
    due = masked(["2026-01-31", "2026-02-01"], "datetime64[D]")
    with pytest.raises(InvalidRowsError, match=r"'days_past_due' must be known.*1 invalid row \(row 1: None"):
        SCORER.visit_probabilities({**ACCOUNTS, "days_past_due": due}, columns=cr.Mapping(as_of="2026-03-01"))


def test_a_fit_reads_masked_elements_as_missing_values() -> None:
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(60, 2))
    mask = rng.random(matrix.shape) < 0.2
    visited = matrix[:, 0] > 0
    from_mask = cr.LogisticScorer().fit(np.ma.MaskedArray(matrix, mask=mask), visited)
    from_nan = cr.LogisticScorer().fit(np.where(mask, np.nan, matrix), visited)
    assert from_mask.scorecard_ == from_nan.scorecard_


def test_one_value_per_row_may_be_masked() -> None:
    assert values_of(masked(["a", "b"]), None, "portfolio") == ["a", None]
    assert values_of("group", {"group": masked([True, True])}, "portfolio") == [True, None]


def test_a_masked_element_of_one_borrower_is_a_missing_value() -> None:
    borrower = cr.Borrower(amount_overdue=1, days_past_due=1, failed_calls=masked([6, 6])[1])
    assert borrower.failed_calls == 0
    with pytest.raises(InvalidBorrowerError, match=r"days_past_due must be known, .*, not masked"):
        cr.Borrower(amount_overdue=1, days_past_due=masked([6, 6])[1])


@pytest.mark.parametrize("value", [np.datetime64("NaT"), np.timedelta64("NaT")])
def test_a_time_that_is_not_known_is_a_missing_value(value: Any) -> None:
    assert is_missing(value)
    assert cr.Borrower(amount_overdue=1, days_past_due=1, failed_calls=value).failed_calls == 0
