"""Columns in Arrow memory, which pyarrow, polars and pandas share, read without their libraries' copies."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from collectrisk._typing import Array


def is_arrow(native: Any, library: nw.Implementation) -> bool:
    if not library.is_pandas():
        return library.is_pyarrow()
    import pandas as pd

    return isinstance(native.array, pd.arrays.ArrowExtensionArray)


def arrow_values(native: Any) -> Any:
    """Return the Arrow array of a column of pyarrow or pandas."""
    import pyarrow as pa

    return native if isinstance(native, pa.ChunkedArray) else pa.array(native)


def booleans(native: Any, library: nw.Implementation) -> Array:
    """Return a column of known booleans as an array."""
    with contextlib.suppress(ImportError):  # polars does not need pyarrow
        if library.is_polars():
            return _unpacked(native.to_arrow())
        if is_arrow(native, library):
            values = arrow_values(native)
            chunks = getattr(values, "chunks", [values])
            return np.concatenate([np.empty(0, np.bool_), *map(_unpacked, chunks)])
    found: Array = native.to_numpy().astype(np.bool_, copy=False)
    return found


def _unpacked(bits: Any) -> Array:
    """Return an Arrow array of known booleans, which are bits, as bytes."""
    start, rows = bits.offset, len(bits)
    data = np.frombuffer(bits.buffers()[1] or b"", np.uint8)[start // 8 : -(-(start + rows) // 8)]
    return np.unpackbits(data, bitorder="little")[start % 8 :][:rows].view(np.bool_)


def without_offset(texts: Any) -> Any:
    """Return an Arrow array of known texts that begins at its first offset.

    pyarrow casts a slice together with all elements before it, which takes their time and memory.
    """
    import pyarrow as pa

    _, offsets, data = texts.buffers()
    width = 8 if pa.types.is_large_string(texts.type) else 4
    return pa.Array.from_buffers(texts.type, len(texts), [None, offsets.slice(texts.offset * width), data])
