"""Reading the columns of an eager frame, block by block, as NumPy arrays.

A `Column` says what a frame's column holds (numbers, flags, text, Python objects, nothing) and
hands out any range of rows in one form per kind, whatever the frame: pandas with NumPy, nullable
or Arrow types, polars, pyarrow, or NumPy arrays in a mapping. The whole column is never copied.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt

from collectrisk.errors import NotAFrameError
from collectrisk.fields import is_missing
from collectrisk.frames.texts import encode, encode_list, places_in_array, places_in_series

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Column", "NumpyColumn", "SeriesColumn", "columns_of_arrays", "columns_of_frame", "kind_of"]

Array = npt.NDArray[Any]

TEXT_TYPES = (nw.String, nw.Categorical, nw.Enum)
PLAIN_NUMBERS = (
    *(nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32, nw.UInt64),
    *(nw.Float32, nw.Float64),
)


def kind_of(dtype: nw.dtypes.DType) -> str:
    """Return what a narwhals type holds: number, flag, text, object, or the type's own name."""
    if dtype.is_numeric():
        return "number"
    if isinstance(dtype, nw.Boolean):
        return "flag"
    if isinstance(dtype, TEXT_TYPES):
        return "text"
    if isinstance(dtype, nw.Unknown):
        return "an unknown type"
    return "object" if isinstance(dtype, nw.Object) else str(dtype)


class Column(Protocol):
    """A column of an eager frame."""

    name: str
    kind: str
    whole: bool
    """Whether the type can hold no fraction."""

    @property
    def missing(self) -> int:
        """How many rows hold no value."""

    def numbers(self, start: int, stop: int) -> Array:
        """Return rows of a number column as floats, NaN where a value is missing."""

    def flags(self, start: int, stop: int) -> tuple[Array, Array | None]:
        """Return rows of a flag column as booleans, and where values are missing, if anywhere."""

    def texts(self, start: int, stop: int) -> tuple[Array, list[Any]]:
        """Return rows of a text column as codes (-1 for missing) and the values coded."""

    def places(self, start: int, stop: int, texts: tuple[str, ...]) -> Array | None:
        """Return each row's place among some texts; None if a row is none of them, or no way is quick."""

    def objects(self, start: int, stop: int) -> list[Any]:
        """Return rows as a list of Python values."""


@attrs.define(slots=False)
class SeriesColumn:
    """A column of a pandas, polars, pyarrow or other eager frame."""

    name: str
    series: nw.Series[Any]

    def __attrs_post_init__(self) -> None:
        """Find out what the column holds."""
        dtype = self.series.dtype
        self.kind = "object" if self._is_pandas_object else kind_of(dtype)
        self.whole = self.kind == "number" and dtype.is_integer()
        self._plain = isinstance(dtype, PLAIN_NUMBERS)

    @cached_property
    def _is_pandas_object(self) -> bool:
        return self.series.implementation.is_pandas_like() and bool(self.series.to_native().dtype == object)

    @cached_property
    def missing(self) -> int:
        """How many rows hold no value."""
        return self.series.null_count()

    @cached_property
    def _view(self) -> Array | None:
        """The whole column as an array where that costs no copy."""
        native = self.series.to_native()
        if self.series.implementation.is_pandas_like():
            free = isinstance(native.dtype, np.dtype)
        elif self.series.implementation.is_polars():
            free = self._plain and native.n_chunks() == 1 and self.missing == 0
        else:
            free = False
        return native.to_numpy() if free else None

    def _cut(self, start: int, stop: int) -> Any:
        """Return rows as the frame's own library holds them; it cuts faster than narwhals does."""
        native = self.series.to_native()
        pandas_like = self.series.implementation.is_pandas_like()
        return native.iloc[start:stop] if pandas_like else native.slice(start, stop - start)

    def numbers(self, start: int, stop: int) -> Array:
        """Return rows as floats, NaN where a value is missing."""
        if self._view is not None:
            return self._view[start:stop].astype(np.float64, copy=False)
        block = self.series[start:stop]
        block = block if self._plain else block.cast(nw.Float64)
        return block.to_numpy().astype(np.float64, copy=False)

    def flags(self, start: int, stop: int) -> tuple[Array, Array | None]:
        """Return rows as booleans, and where values are missing."""
        if self._view is not None:
            return self._view[start:stop], None
        if self.missing == 0:
            return self._cut(start, stop).to_numpy().astype(np.bool_, copy=False), None
        block = self.series[start:stop]
        values = block.fill_null(value=False).to_numpy().astype(np.bool_, copy=False)
        return values, block.is_null().to_numpy().astype(np.bool_, copy=False)

    def texts(self, start: int, stop: int) -> tuple[Array, list[Any]]:
        """Return rows as codes and the values coded."""
        return encode(self.series[start:stop])

    def places(self, start: int, stop: int, texts: tuple[str, ...]) -> Array | None:
        """Return each row's place among some texts, where that is quickly told."""
        return places_in_series(self._cut(start, stop), self.series.implementation, texts)

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
        sort = self.array.dtype.kind
        kinds = {"b": "flag", "i": "number", "u": "number", "f": "number", "O": "object"}
        self.kind = kinds.get(sort, "text" if sort in "UT" else str(self.array.dtype))
        self.whole = sort in "iu"

    @cached_property
    def missing(self) -> int:
        """How many rows hold no value."""
        return sum(map(is_missing, self.array.tolist()))

    def numbers(self, start: int, stop: int) -> Array:
        """Return rows as floats."""
        return self.array[start:stop].astype(np.float64, copy=False)

    def flags(self, start: int, stop: int) -> tuple[Array, Array | None]:
        """Return rows as booleans."""
        return self.array[start:stop], None

    def texts(self, start: int, stop: int) -> tuple[Array, list[Any]]:
        """Return rows as codes and the values coded."""
        return encode_list(self.array[start:stop].tolist())

    def places(self, start: int, stop: int, texts: tuple[str, ...]) -> Array | None:
        """Return each row's place among some texts, where that is quickly told."""
        return places_in_array(self.array[start:stop], texts) if self.kind == "text" else None

    def objects(self, start: int, stop: int) -> list[Any]:
        """Return rows as Python values."""
        values: list[Any] = self.array[start:stop].tolist()
        return values


def columns_of_frame(frame: nw.DataFrame[Any]) -> dict[str, Column]:
    """Return the columns of an eager frame by name."""
    return {name: SeriesColumn(name, frame.get_column(name)) for name in frame.columns}


def columns_of_arrays(arrays: Mapping[str, Any]) -> dict[str, Column]:
    """Return the columns of a mapping of NumPy arrays by name."""
    columns: dict[str, Column] = {}
    for name, values in arrays.items():
        if not isinstance(values, np.ndarray) or values.ndim != 1:
            kind = type(values).__name__
            raise NotAFrameError(kind, f"the column {name!r} must be a one-dimensional NumPy array")
        columns[name] = NumpyColumn(name, values)
    if len({len(values) for values in arrays.values()}) > 1:
        raise NotAFrameError("mapping of arrays of several lengths", "make the arrays equally long")
    return columns
