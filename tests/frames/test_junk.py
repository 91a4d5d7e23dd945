"""Arbitrary values in a column: an error of the library, or the score of each borrower."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk._fields import is_missing
from collectrisk.errors import ColumnTypeError, InvalidBorrowerError, InvalidRowsError

if TYPE_CHECKING:
    from collections.abc import Callable

SCORER = cr.RuleScorer()
ROWS = 3
GOOD: dict[str, list[Any]] = {
    "amount_overdue": [30_000.0, 3_000.0, 250.0],
    "days_past_due": [540, 10, 45],
    "attitude": ["evasive", "unknown", "hostile"],
    "failed_calls": [6, 0, 1],
    "placed_with_agency": [True, False, True],
}
TYPES: list[st.SearchStrategy[Any]] = [
    st.booleans(),
    st.integers(-3, 2**53 + 3),
    st.integers(),
    st.floats(),
    st.floats(0, 1e6),
    st.sampled_from([*cr.Attitude]).map(str),
    st.sampled_from(["", " evasive", "Evasive", "1", "nan", "None", "true"]),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.dates(),
    st.datetimes(),
    st.timedeltas(),
    st.decimals(),
    st.fractions(),
    st.complex_numbers(),
    st.lists(st.integers(0, 9), max_size=2),
    st.dictionaries(st.sampled_from("ab"), st.integers(0, 9), max_size=2),
    st.tuples(st.integers(0, 9)),
    st.builds(object),
]


def columns_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.none() | values, min_size=ROWS, max_size=ROWS)


JUNK = st.one_of(*map(columns_of, TYPES), columns_of(st.one_of(TYPES)))


def objects(values: list[Any]) -> pd.Series[Any]:
    array = np.empty(ROWS, dtype=object)
    for row, value in enumerate(values):
        array[row] = value
    return pd.Series(array, dtype=object)


MAKERS: dict[str, Callable[[str, list[Any]], Any]] = {
    "pandas": lambda field, values: pd.DataFrame({**GOOD, field: values}),
    "pandas objects": lambda field, values: pd.DataFrame({**GOOD, field: objects(values)}),
    "polars": lambda field, values: pl.DataFrame({**GOOD, field: values}, strict=False),
    "polars objects": lambda field, values: pl.DataFrame(GOOD).with_columns(
        pl.Series(field, values, dtype=pl.Object)
    ),
    "pyarrow": lambda field, values: pa.table({**GOOD, field: values}),
}


def make_frame(maker: str, field: str, values: list[Any]) -> Any:
    """Return a frame with the values in one field, or reject the example if the library raises."""
    try:
        return MAKERS[maker](field, values)
    except BaseException:  # noqa: BLE001  # polars panics with a BaseException
        reject()


def values_in(frame: Any, field: str) -> list[Any]:
    """Return the values that the frame contains."""
    column = frame[field]
    values: list[Any] = column.to_pylist() if isinstance(frame, pa.Table) else list(column)
    return values


def single(field: str, row: int, value: Any) -> float | None:
    """Return the probability of the row's borrower, or None if its fields are invalid."""
    fields = {name: values[row] for name, values in GOOD.items()}
    with contextlib.suppress(InvalidBorrowerError):
        return SCORER.assess(cr.Borrower(**{**fields, field: value})).visit_probability
    return None


@pytest.mark.parametrize("maker", MAKERS)
@given(field=st.sampled_from(list(GOOD)), values=JUNK)
@pytest.mark.filterwarnings("ignore")  # the libraries warn of some values
def test_invalid_values_are_rejected_and_valid_rows_agree_with_single_borrowers(
    maker: str, field: str, values: list[Any]
) -> None:
    frame = make_frame(maker, field, values)
    contained = values_in(frame, field)
    expected = [single(field, row, value) for row, value in enumerate(contained)]
    try:
        SCORER.assess_frame(frame)
    except InvalidRowsError as error:
        assert f"column {field!r} must be " in str(error)  # noqa: PT017  # no error is correct, too
        assert None in expected or all(map(is_missing, contained))
    else:
        assert None not in expected
    with contextlib.suppress(ColumnTypeError):
        found = values_in(SCORER.assess_frame(frame, invalid="null"), "visit_probability")
        assert [None if is_missing(each) else each for each in found] == pytest.approx(expected, abs=1e-12)
