"""Values one a row: from any frame's column, series, array or list."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from frame_kinds import EAGER, LAZY, Columns, FrameKind, arrays

import collectrisk as cr
from collectrisk._fields import is_missing
from collectrisk._frames import count_rows, values_of

COLUMNS: Columns = {
    "attitude": ["passive", "evasive", None],
    "visited": [True, False, True],
    "group": [1, 2, 1],
}


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
@pytest.mark.parametrize("column", COLUMNS)
def test_a_name_gives_the_column_of_every_eager_kind(kind: FrameKind, column: str) -> None:
    found = values_of(column, kind.make(COLUMNS), "portfolio")
    assert [None if is_missing(value) else value for value in found] == COLUMNS[column]


def test_a_name_gives_the_column_of_a_mapping_of_arrays() -> None:
    columns = arrays({"group": [1, 2, 1]})
    assert (values_of("group", columns, "portfolio"), count_rows(columns)) == ([1, 2, 1], 3)


@pytest.mark.parametrize(
    "values",
    [
        [True, False],
        (True, False),
        np.array([True, False]),
        pd.Series([True, False], index=[7, 7]),
        pd.Series([True, False], dtype="boolean"),
        pd.Index([True, False]),
        pd.Categorical([True, False]),
        pl.Series([True, False]),
        pa.array([True, False]),
        pa.chunked_array([[True], [False]]),
    ],
    ids=lambda values: f"{type(values).__module__} {type(values).__name__}",
)
def test_series_arrays_and_lists_stand_as_they_are(values: Any) -> None:
    assert values_of(values, None, "visited") == [True, False]


def test_a_list_of_different_types_keeps_them() -> None:
    assert values_of([1, "1", None, True], None, "portfolio") == [1, "1", None, True]


@pytest.mark.parametrize("values", [True, 3, np.zeros((2, 2)), [[1, 2], [3, 4]], pd.DataFrame({"a": [1]})])
def test_anything_else_is_refused(values: Any) -> None:
    with pytest.raises(cr.ArgumentError, match=r"^visited must be one value a row, an array, a series or"):
        values_of(values, None, "visited")


def test_a_column_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(cr.ArgumentError) as caught:
        values_of("groop", arrays({"group": [1], "visited": [0]}), "portfolio")
    assert str(caught.value) == (
        "portfolio names no column of the frame: 'groop'; did you mean 'group'? (there are: group, visited)"
    )
    with pytest.raises(cr.ArgumentError, match=r"no column of the frame: 'x' \(there are: none\)"):
        values_of("x", {}, "portfolio")


def test_a_column_without_a_frame_is_refused() -> None:
    with pytest.raises(cr.ArgumentError, match=r"^portfolio names the column 'group', and there is no frame"):
        values_of("group", None, "portfolio")


@pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)
def test_a_lazy_frame_has_no_values_yet(kind: FrameKind) -> None:
    with pytest.raises(cr.NotAFrameError, match="its values are not read yet"):
        values_of("group", kind.make({"group": [1, 2, 1]}), "portfolio")
