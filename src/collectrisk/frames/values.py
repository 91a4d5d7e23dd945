"""Values of any kind, one a row: a frame's column, or a series or sequence that stands beside it."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from collectrisk.errors import ArgumentError, nearest
from collectrisk.frames.opening import open_table

__all__ = ["count_rows", "values_of"]


def count_rows(data: Any) -> int:
    """Return the number of rows of an eager frame or of a mapping of arrays."""
    return open_table(data).rows


def values_of(values: Any, data: Any, argument: str) -> list[Any]:
    """Return one Python value a row.

    Parameters
    ----------
    values : str, series, array or sequence
        A name stands for a column of the data.
    data : eager frame, mapping of arrays, or None
        Where a named column is looked for.
    argument : str
        What error texts call the values.

    Raises
    ------
    ArgumentError
        If there is no such column, or the values are not one a row.
    """
    if isinstance(values, str):
        return _column(values, data, argument)
    series: Any = nw.from_native(values, allow_series=True, pass_through=True)
    if isinstance(series, nw.Series):
        return series.to_list()
    sequence = isinstance(values, (list, tuple))
    array = np.asarray(values, dtype=object if sequence else None)
    if array.ndim != 1:
        raise ArgumentError(
            argument,
            f"must be one value a row, an array, a series or the name of a column, "
            f"and not a {type(values).__name__} of {array.ndim} dimensions",
        )
    listed: list[Any] = array.tolist()
    return listed


def _column(name: str, data: Any, argument: str) -> list[Any]:
    if data is None:
        raise ArgumentError(argument, f"names the column {name!r}, and there is no frame to look it up in")
    table = open_table(data)
    if name not in table.columns:
        guess = nearest(name, table.columns)
        meant = f"; did you mean {guess!r}?" if guess else ""
        there = ", ".join(table.columns) or "none"
        raise ArgumentError(argument, f"names no column of the frame: {name!r}{meant} (there are: {there})")
    return table.columns[name].objects(0, table.rows)
