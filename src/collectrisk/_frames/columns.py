"""Columns of eager frames, read block by block as NumPy arrays.

A `Column` has a kind (number, flag, text, Python object, ...) and returns any range of rows in one
form per kind, whatever the frame: pandas with NumPy, nullable or Arrow types, polars, pyarrow, or
NumPy arrays in a mapping. A column is never copied as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._fields import is_missing
from collectrisk._frames.arrow import booleans
from collectrisk._frames.native import is_sparse, open_frame
from collectrisk._frames.text_codes import codes_of_array, codes_of_series, decoded, encode, encode_list
from collectrisk._namespaces.masked import unmasked
from collectrisk.errors import ArgumentError, NotAFrameError, did_you_mean, shown, type_name

if TYPE_CHECKING:
    from collectrisk._typing import Array

TEXT_TYPES = (nw.String, nw.Categorical, nw.Enum)
PLAIN_NUMBERS = (
    *(nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32, nw.UInt64),
    *(nw.Float32, nw.Float64),
)


def kind_of(dtype: nw.dtypes.DType) -> str:
    """Return the kind of a narwhals type: number, flag, text, object, or the type's own name."""
    if dtype.is_numeric():
        return "number"
    if isinstance(dtype, nw.Boolean):
        return "flag"
    if isinstance(dtype, TEXT_TYPES):
        return "text"
    if isinstance(dtype, nw.Unknown):
        return "an unknown type"
    return "object" if isinstance(dtype, nw.Object) else str(dtype)


def _numbers(values: Array) -> Array:
    """Return integers, which formulas look up in tables, as they are, and other numbers as floats."""
    # NumPy takes no elements of a table by the largest unsigned integers.
    is_index = values.dtype.kind in "iu" and values.dtype != np.uint64
    return values.astype(values.dtype.newbyteorder("=") if is_index else np.float64, copy=False)


class Column(Protocol):
    """A column of an eager frame."""

    name: str
    kind: str
    is_integer: bool
    """Whether the type cannot contain fractions."""

    @property
    def missing(self) -> int:
        """The number of missing values."""

    def numbers(self, start: int, stop: int) -> Array:
        """Return rows of a number column as floats, NaN where a value is missing, or as integers."""

    def flags(self, start: int, stop: int) -> tuple[Array, Array | None]:
        """Return rows of a flag column as booleans, and a mask of missing values or None."""

    def texts(self, start: int, stop: int) -> tuple[Array, list[Any]]:
        """Return rows of a text column as codes (-1 for missing) and the encoded values."""

    def codes(self, start: int, stop: int, levels: tuple[str, ...]) -> Array | None:
        """Return rows as indices of levels; None if a row has another value, or there is no fast path."""

    def objects(self, start: int, stop: int) -> list[Any]:
        """Return rows as a list of Python values."""


@attrs.define(slots=False)
class SeriesColumn:
    """A column of a pandas, polars, pyarrow or other eager frame."""

    name: str
    series: nw.Series[Any]

    def __attrs_post_init__(self) -> None:
        """Determine the kind of the column."""
        dtype = self.series.dtype
        self.kind = "object" if self._is_pandas_object else kind_of(dtype)
        if isinstance(dtype, nw.Unknown):
            native = self.series.to_native()
            self.kind += f", {getattr(native, 'dtype', None) or native.type}"
        self.is_integer = self.kind == "number" and dtype.is_integer()
        self._plain = isinstance(dtype, PLAIN_NUMBERS)
        self._pandas_like = self.series.implementation.is_pandas_like()

    @cached_property
    def _is_pandas_object(self) -> bool:
        return self.series.implementation.is_pandas_like() and bool(self.series.to_native().dtype == object)

    @cached_property
    def missing(self) -> int:
        """The number of missing values."""
        return self.series.null_count()

    @cached_property
    def _view(self) -> Array | None:
        """The column as an array, if no copy is needed."""
        native = self.series.to_native()
        if self.series.implementation.is_pandas_like():
            is_view = isinstance(native.dtype, np.dtype)
        else:
            is_view = self.series.implementation.is_polars() and (
                self._plain and native.n_chunks() == 1 and self.missing == 0
            )
        return native.to_numpy() if is_view else None

    def _native(self, start: int, stop: int) -> Any:
        """Return rows as a native series, which is sliced faster than through narwhals."""
        native = self.series.to_native()
        return native.iloc[start:stop] if self._pandas_like else native.slice(start, stop - start)

    def numbers(self, start: int, stop: int) -> Array:
        """Return rows as floats, NaN where a value is missing, or as integers."""
        if self._view is not None:
            return _numbers(self._view[start:stop])
        block = self.series[start:stop]
        block = block if self._plain else block.cast(nw.Float64)
        return _numbers(block.to_numpy())

    def flags(self, start: int, stop: int) -> tuple[Array, Array | None]:
        """Return rows as booleans, and where values are missing."""
        if self._view is not None:
            return self._view[start:stop], None
        if self.missing == 0:
            return booleans(self._native(start, stop), self.series.implementation), None
        block = self.series[start:stop]
        values = block.fill_null(value=False).to_numpy().astype(np.bool_, copy=False)
        return values, block.is_null().to_numpy().astype(np.bool_, copy=False)

    def texts(self, start: int, stop: int) -> tuple[Array, list[Any]]:
        """Return rows as codes and the encoded values."""
        return encode(self.series[start:stop])

    def codes(self, start: int, stop: int, levels: tuple[str, ...]) -> Array | None:
        """Return rows as indices of levels, if there is a fast path."""
        return codes_of_series(self._native(start, stop), self.series.implementation, levels)

    def objects(self, start: int, stop: int) -> list[Any]:
        """Return rows as Python values."""
        return self.series[start:stop].to_list()


@attrs.define(slots=False)
class NumpyColumn:
    """A NumPy array in a mapping of columns."""

    name: str
    array: Array

    def __attrs_post_init__(self) -> None:
        """Find out what the array holds."""
        code = self.array.dtype.kind
        kinds = {"b": "flag", "i": "number", "u": "number", "f": "number", "O": "object"}
        self.kind = kinds.get(code, "text" if code in "UT" else str(self.array.dtype))
        if code == "M" and np.datetime_data(self.array.dtype)[0] in {"generic", "Y", "M"}:
            self.kind = "years or months"  # which are no dates
        self.is_integer = code in "iu"

    @cached_property
    def missing(self) -> int:
        """The number of missing values."""
        return sum(map(is_missing, self.objects(0, len(self.array))))

    def numbers(self, start: int, stop: int) -> Array:
        """Return rows as floats or integers."""
        return _numbers(self.array[start:stop])

    def flags(self, start: int, stop: int) -> tuple[Array, Array | None]:
        """Return rows as booleans."""
        return self.array[start:stop], None

    def texts(self, start: int, stop: int) -> tuple[Array, list[Any]]:
        """Return rows as codes and the encoded values."""
        return encode_list(self.array[start:stop].tolist())

    def codes(self, start: int, stop: int, levels: tuple[str, ...]) -> Array | None:
        """Return rows as indices of levels, if there is a fast path."""
        return codes_of_array(self.array[start:stop], levels) if self.kind == "text" else None

    def objects(self, start: int, stop: int) -> list[Any]:
        """Return rows as Python values."""
        block = self.array[start:stop]
        # tolist would return nanoseconds as integers.
        block = block.astype("datetime64[us]") if block.dtype.kind == "M" else block
        values: list[Any] = block.tolist()
        return values


@attrs.frozen(eq=False)
class Table:
    """The columns of an eager frame or of a mapping of arrays."""

    columns: Mapping[str, Column]
    rows: int


def table_of(frame: nw.DataFrame[Any]) -> Table:
    """Return the columns of an eager frame."""
    columns = {name: SeriesColumn(name, decoded(frame.get_column(name))) for name in frame.columns}
    return Table(columns, len(frame))


def open_table(data: Any) -> Table:
    """Return the columns of an eager frame or of a mapping of arrays.

    Raises
    ------
    NotAFrameError
        If the data are something else, or a lazy frame, whose values are not available yet.
    """
    if isinstance(data, Mapping) and not is_sparse(data):
        return _table_of_arrays(data)
    frame = open_frame(data)
    if isinstance(frame, nw.LazyFrame):
        raise NotAFrameError(
            "lazy frame", "its values are not available; use assess_frame, or collect it first"
        )
    return table_of(frame)


def _table_of_arrays(arrays: Mapping[str, Any]) -> Table:
    columns: dict[str, Column] = {}
    for name, values in arrays.items():
        if not isinstance(values, np.ndarray) or values.ndim != 1:
            kind = type(values).__name__
            raise NotAFrameError(kind, f"the column {name!r} must be a one-dimensional NumPy array")
        columns[name] = NumpyColumn(name, unmasked(values))
    lengths = {len(values) for values in arrays.values()}
    if len(lengths) > 1:
        raise NotAFrameError("mapping of arrays of several lengths", "make the arrays equally long")
    return Table(columns, *(lengths or {0}))


def require_same_index(values: Any, data: Any, argument: str) -> None:
    """Raise `ArgumentError` if values and a frame have an index, as in pandas, and these differ.

    Values are taken by position, so the rows of a frame in another order would get wrong ones.
    """
    own, other = _index_of(values), _index_of(data)
    if own is None or other is None or own is other or len(own) != len(other) or own.equals(other):
        return
    pairs = enumerate(zip(own, other, strict=True))
    row, pair = next((row, pair) for row, pair in pairs if pair[0] is not pair[1] and pair[0] != pair[1])
    raise ArgumentError(
        argument,
        f"must have the index of the frame; row {row} (from 0) is {shown(pair[0])} and in the frame "
        f"{shown(pair[1])}. Pass {argument}.loc[frame.index], or {argument}.to_numpy() if the rows are in "
        "the same order",
    )


def _index_of(data: Any) -> Any:
    """Return the index of a series or frame of pandas or a library like it, or None."""
    native = nw.to_native(data, pass_through=True)
    is_indexed = nw.dependencies.is_pandas_like_series(native) or nw.dependencies.is_pandas_like_dataframe(
        native
    )
    return native.index if is_indexed else None


def values_of(values: Any, data: Any, argument: str) -> list[Any]:
    """Return one Python value per row.

    Parameters
    ----------
    values : str, series, array or sequence
        A string is the name of a column of the data.
    data : eager frame, mapping of arrays, or None
        Contains a named column.
    argument : str
        The name of the argument, for error messages.

    Raises
    ------
    ArgumentError
        If there is no such column, the values are not one-dimensional, or they have another index.
    """
    if isinstance(values, str):
        return _values_of_column(values, data, argument)
    require_same_index(values, data, argument)
    series: Any = nw.from_native(values, allow_series=True, pass_through=True)
    if isinstance(series, nw.Series):
        return series.to_list()
    array = np.asarray(unmasked(values), dtype=object if isinstance(values, (list, tuple)) else None)
    if array.ndim != 1:
        raise ArgumentError(
            argument,
            "must be an array, series or list with one value per row, or the name of a column, "
            f"not {type_name(values)} of {array.ndim} dimensions",
        )
    if array.dtype.kind in "mM" and np.datetime_data(array.dtype)[0] == "ns":
        array = array.astype(f"{array.dtype.kind}8[us]")  # tolist would return nanoseconds as integers
    listed: list[Any] = array.tolist()
    return listed


def _values_of_column(name: str, data: Any, argument: str) -> list[Any]:
    if data is None:
        raise ArgumentError(argument, f"is the name of a column, {name!r}, but there is no frame")
    table = open_table(data)
    if name not in table.columns:
        raise ArgumentError(
            argument,
            f"must be the name of a column, not {name!r}{did_you_mean(name, table.columns)} "
            f"(the columns are {', '.join(map(str, table.columns)) or 'none'})",
        )
    return table.columns[name].objects(0, table.rows)
