"""Native frames of every library as narwhals frames."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from collectrisk._frames.engines import key_of_names, refuse_duplicates
from collectrisk.errors import NotAFrameError


def as_narwhals(data: Any) -> Any:
    """Return a native frame as a narwhals frame, and anything else as it is.

    Raises
    ------
    ColumnNameError
        If columns have the same name.
    """
    # narwhals rejects duplicate names with an error of its own, so ask the native frame first.
    is_pandas = type(data).__module__.partition(".")[0] == "pandas" and hasattr(data, "columns")
    refuse_duplicates(data.columns if is_pandas else getattr(data, "column_names", ()))
    frame = nw.from_native(data, pass_through=True)
    if isinstance(frame, nw.LazyFrame) and not frame.implementation.is_polars():
        # narwhals lists each name once.
        refuse_duplicates(data.columns, key_of_names(frame.implementation))
    return frame


def not_a_frame(data: Any) -> NotAFrameError:
    """Return the error for data that are not a frame."""
    hint = "pass a pandas, polars, pyarrow, DuckDB, Dask, Spark or other frame that narwhals supports"
    if type(data).__name__.endswith("Borrower"):
        hint = "use assess(borrower) for one borrower"
    elif is_sparse(data):
        # In the words of scikit-learn, which users and tools search for.
        hint = "Sparse data was passed, but dense data is required: use toarray()"
    return NotAFrameError(type(data).__name__, hint)


def is_sparse(data: Any) -> bool:
    """Return whether data are a sparse matrix of SciPy; some of them are mappings."""
    return hasattr(data, "toarray")


def open_frame(data: Any) -> nw.DataFrame[Any] | nw.LazyFrame[Any]:
    """Return a native frame as a narwhals frame, or raise `NotAFrameError`."""
    frame: nw.DataFrame[Any] | nw.LazyFrame[Any] = as_narwhals(data)
    if not isinstance(frame, (nw.DataFrame, nw.LazyFrame)):
        raise not_a_frame(data)
    return frame
