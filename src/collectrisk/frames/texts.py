"""Text columns as numbers: each row's place among a few texts."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from collectrisk.fields import is_missing

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

__all__ = ["encode", "encode_list", "places_in_array", "places_in_series"]

Array = npt.NDArray[Any]

FEW_TEXTS = 8
"""Up to so many texts polars compares with each faster than it finds out which there are."""

NO_TEXT = object()
"""Stands for every value that is no text."""


def places_in_array(block: Array, texts: tuple[str, ...]) -> Array | None:
    """Return each row's place among some texts; None if a row is none of them."""
    counted = np.zeros(len(block), dtype=np.int16)
    for count, text in enumerate(texts, start=1):
        counted += (block == text) * np.int16(count)
    return counted - 1 if counted.all() else None


def places_in_series(native: Any, kind: nw.Implementation, texts: tuple[str, ...]) -> Array | None:
    """Return each row's place among some texts; None if a row is none of them, or no way is quick."""
    if kind.is_polars():
        return _places_polars(native, texts)
    return _places_arrow(native, texts) if _is_arrow(native, kind) else None


def _places_polars(native: Any, texts: tuple[str, ...]) -> Array | None:
    import polars as pl

    if native.dtype != pl.String or native.null_count() or len(texts) > FEW_TEXTS:
        return None
    none = len(texts)
    place = pl.lit(none, pl.UInt8)
    for count, text in enumerate(texts):
        place = pl.when(pl.first() == text).then(pl.lit(count, pl.UInt8)).otherwise(place)
    places = native.to_frame().select(place).to_series().to_numpy()
    return places if places.max(initial=0) < none else None


def _is_arrow(native: Any, kind: nw.Implementation) -> bool:
    if not kind.is_pandas():
        return kind.is_pyarrow()
    import pandas as pd

    return isinstance(native.array, pd.arrays.ArrowExtensionArray)


def _places_arrow(native: Any, texts: tuple[str, ...]) -> Array | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    values = native if isinstance(native, pa.ChunkedArray) else pa.array(native)
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return None
    places = pc.index_in(values, value_set=pa.array(texts, values.type))
    return None if places.null_count else places.to_numpy()


def encode(block: nw.Series[Any]) -> tuple[Array, list[Any]]:
    """Return each row's place among the distinct values (-1 for missing), and those values."""
    native = block.to_native()
    if block.implementation.is_polars():
        return _encode_polars(native)
    if block.implementation.is_pyarrow():
        encoded = native.combine_chunks()
        encoded = encoded if hasattr(encoded, "indices") else encoded.dictionary_encode()
        return encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()
    if hasattr(native, "cat"):
        return native.cat.codes.to_numpy(), list(native.cat.categories)
    with contextlib.suppress(TypeError):  # lists, dictionaries and the like have no hash
        codes, values = native.factorize()
        return codes, list(values)
    return encode_list(block.to_list())


def _encode_polars(native: Any) -> tuple[Array, list[Any]]:
    import polars as pl

    if isinstance(native.dtype, pl.Object):
        return encode_list(native.to_list())
    if not isinstance(native.dtype, pl.Enum):
        native = native.cast(pl.String)
        values = native.unique().drop_nulls().to_list()
        native = native.cast(pl.Enum(values))
    codes = native.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    return codes, native.dtype.categories.to_list()


def encode_list(values: list[Any]) -> tuple[Array, list[Any]]:
    """Encode Python values; all that is no text has one place, because none of it is ever right."""
    places: dict[Any, int] = {}

    def place(value: Any) -> int:
        if isinstance(value, str):
            return places.setdefault(value, len(places))
        return -1 if is_missing(value) else places.setdefault(NO_TEXT, len(places))

    return np.fromiter(map(place, values), dtype=np.int64, count=len(values)), list(places)
