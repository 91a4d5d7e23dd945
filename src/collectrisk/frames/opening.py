"""Opening whatever the user passes: a frame of any kind, or a mapping of arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk.errors import NotAFrameError
from collectrisk.frames.names import refuse_duplicates
from collectrisk.frames.reading import columns_of_arrays, columns_of_frame

if TYPE_CHECKING:
    from collectrisk.frames.reading import Column

__all__ = ["Table", "open_frame", "open_table"]


@attrs.frozen(eq=False)
class Table:
    """The columns of an eager frame or of a mapping of arrays, opened for reading."""

    columns: Mapping[str, Column]
    rows: int


def open_frame(frame: Any) -> nw.DataFrame[Any] | nw.LazyFrame[Any]:
    """Return a native frame behind narwhals' door."""
    refuse_duplicates(_names_of(frame))
    try:
        opened: nw.DataFrame[Any] | nw.LazyFrame[Any] = nw.from_native(frame)
    except TypeError:
        hint = "pass a pandas, polars, pyarrow, DuckDB, Dask, Spark or other frame that narwhals knows"
        if type(frame).__name__.endswith("Borrower"):
            hint = "use assess(borrower) for one borrower"
        raise NotAFrameError(type(frame).__name__, hint) from None
    return opened


def _names_of(frame: Any) -> list[str]:
    """Return the column names as the frame itself lists them, where narwhals would refuse them."""
    module = type(frame).__module__.partition(".")[0]
    if module == "pandas" and hasattr(frame, "columns"):
        return list(frame.columns)
    return list(getattr(frame, "column_names", ()))


def open_table(data: Any) -> Table:
    """Return the columns of an eager frame or of a mapping of arrays.

    Raises
    ------
    NotAFrameError
        If the data are something else, or a lazy frame, whose values are not there yet.
    """
    if isinstance(data, Mapping):
        return Table(columns_of_arrays(data), len(next(iter(data.values()))) if data else 0)
    frame = open_frame(data)
    if isinstance(frame, nw.LazyFrame):
        raise NotAFrameError(
            "lazy frame", "its values are not read yet; use assess_frame, or collect it first"
        )
    return Table(columns_of_frame(frame), len(frame))
