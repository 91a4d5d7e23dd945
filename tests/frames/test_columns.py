"""One value per row: from a column of any frame, a series, an array or a list."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from frame_kinds import EAGER, LAZY, Columns, FrameKind, arrays

from collectrisk._fields import is_missing
from collectrisk._frames import open_table, values_of
from collectrisk.errors import ArgumentError, NotAFrameError

COLUMNS: Columns = {
    "attitude": ["passive", "evasive", None],
    "visited": [True, False, True],
    "group": [1, 2, 1],
}


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
@pytest.mark.parametrize("column", COLUMNS)
def test_a_name_selects_the_column_of_every_eager_frame(kind: FrameKind, column: str) -> None:
    found = values_of(column, kind.make(COLUMNS), "portfolio")
    assert [None if is_missing(value) else value for value in found] == COLUMNS[column]


def test_a_name_selects_an_array_of_a_mapping() -> None:
    columns = arrays({"group": [1, 2, 1]})
    assert (values_of("group", columns, "portfolio"), open_table(columns).rows) == ([1, 2, 1], 3)


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
def test_series_arrays_and_lists_become_lists(values: Any) -> None:
    assert values_of(values, None, "visited") == [True, False]


def test_a_list_keeps_the_types_of_its_values() -> None:
    assert values_of([1, "1", None, True], None, "portfolio") == [1, "1", None, True]


@pytest.mark.parametrize("values", [True, 3, np.zeros((2, 2)), [[1, 2], [3, 4]], pd.DataFrame({"a": [1]})])
def test_anything_else_is_rejected(values: Any) -> None:
    with pytest.raises(
        ArgumentError,
        match=r"^visited must be an array, series or list with one value per row, or the name of a column",
    ):
        values_of(values, None, "visited")


def test_an_unknown_column_is_rejected_with_a_suggestion() -> None:
    with pytest.raises(ArgumentError) as caught:
        values_of("groop", arrays({"group": [1], "visited": [0]}), "portfolio")
    assert str(caught.value) == (
        "portfolio must be the name of a column, not 'groop'; did you mean 'group'? "
        "(the columns are group, visited)"
    )
    with pytest.raises(ArgumentError, match=r"the name of a column, not 'x' \(the columns are none\)"):
        values_of("x", {}, "portfolio")


def test_a_column_name_without_a_frame_is_rejected() -> None:
    with pytest.raises(
        ArgumentError, match=r"^portfolio is the name of a column, 'group', but there is no frame"
    ):
        values_of("group", None, "portfolio")


@pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)
def test_a_lazy_frame_has_no_values(kind: FrameKind) -> None:
    with pytest.raises(NotAFrameError, match="its values are not available"):
        values_of("group", kind.make({"group": [1, 2, 1]}), "portfolio")
