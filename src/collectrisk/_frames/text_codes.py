"""Encoding text columns as integer codes, with the fastest method that each library has."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._fields import is_missing
from collectrisk._frames.arrow import arrow_values, is_arrow, without_offset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import narwhals.stable.v2 as nw

    from collectrisk._typing import Array

MAX_COMPARISONS = 8
"""Up to this many levels, comparing with each is faster than collecting the distinct values."""

INLINE_BYTES = 12
"""A text of at most this length is stored in its Arrow string view of 16 bytes, padded with zeros."""

PIECE_ROWS = 2**17
"""The number of texts that are compared at a time; with more of them, the copies take more memory."""

NO_CODES = np.empty(0, dtype=np.int8)

NOT_TEXT = object()
"""Represents every value that is not text."""


def _codes(rows: int, levels: int, matches: Iterable[Array]) -> Array | None:
    """Return the level of which the match is true in each row; None if there is a row without one."""
    codes = np.zeros(rows, dtype=np.min_scalar_type(-levels - 1))
    for count, match in enumerate(matches, start=1):
        codes += match.view(np.int8) * codes.dtype.type(count)
    return codes - codes.dtype.type(1) if codes.all() else None


def codes_of_array(block: Array, levels: tuple[str, ...]) -> Array | None:
    """Return each row's index among the levels; None if a row has another value."""
    # A longer level cannot be in the array, and would be cut off.
    possible = [level for level in levels if len(level) * 4 <= block.dtype.itemsize]
    if block.dtype.kind == "U" and block.dtype.isnative and len(block) and possible:
        rows, known = _characters(block), _characters(np.array(possible, dtype=block.dtype))
        for place in range(known.shape[1]):
            if len(set(known[:, place].tolist())) == len(known):
                # All levels differ in this character; the others are compared with those of one level.
                characters = rows[:, place].copy()
                codes = _codes(len(block), len(known), (characters == each for each in known[:, place]))
                if codes is None or not np.array_equal(known.take(codes, axis=0), rows):
                    return None
                return np.array([levels.index(level) for level in possible], dtype=np.int16).take(codes)
    return _codes(len(block), len(levels), (block == level for level in levels))


def _characters(texts: Array) -> Array:
    """Return text of fixed width as a table of characters; NumPy compares it one character at a time."""
    return np.ascontiguousarray(texts).view(np.uint32).reshape(len(texts), -1)


def codes_of_series(native: Any, library: nw.Implementation, levels: tuple[str, ...]) -> Array | None:
    """Return each row's index among the levels; None if a row has another value, or there is no fast path."""
    if library.is_polars():
        return _codes_polars(native, levels)
    return _codes_arrow(native, levels) if is_arrow(native, library) else None


def _codes_polars(native: Any, levels: tuple[str, ...]) -> Array | None:
    import polars as pl

    if native.dtype != pl.String or native.null_count() or len(levels) > MAX_COMPARISONS:
        return None
    if _are_inline(levels):
        with contextlib.suppress(ImportError):  # polars does not need pyarrow
            views = native.to_arrow(compat_level=pl.CompatLevel.newest())
            return _joined(_codes_of_views(each, levels) for each in _pieces(views))
    other = len(levels)
    code = pl.lit(other, pl.UInt8)
    for index, level in enumerate(levels):
        code = pl.when(pl.first() == level).then(pl.lit(index, pl.UInt8)).otherwise(code)
    codes = native.to_frame().select(code).to_series().to_numpy()
    return codes if codes.max(initial=0) < other else None


def _codes_arrow(native: Any, levels: tuple[str, ...]) -> Array | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    values = arrow_values(native)
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)) or values.null_count:
        return None
    if _are_inline(levels) and len(levels) <= MAX_COMPARISONS:
        chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
        with contextlib.suppress(pa.ArrowNotImplementedError):  # by older versions of pyarrow
            pieces = (piece for chunk in chunks for piece in _pieces(chunk))
            # pyarrow's own pool keeps a multiple of the memory of a piece for each thread.
            pool = pa.system_memory_pool()
            views = (without_offset(each).cast(pa.string_view(), memory_pool=pool) for each in pieces)
            return _joined(_codes_of_views(each, levels) for each in views)
    codes = pc.index_in(values, value_set=pa.array(levels, values.type))
    return None if codes.null_count else codes.to_numpy()


def _are_inline(levels: tuple[str, ...]) -> bool:
    return all(len(level.encode()) <= INLINE_BYTES for level in levels)


def _pieces(texts: Any) -> Iterator[Any]:
    """Yield pieces of an Arrow array."""
    return (texts.slice(start, PIECE_ROWS) for start in range(0, len(texts), PIECE_ROWS))


def _joined(codes: Iterable[Array | None]) -> Array | None:
    """Return the codes of all pieces; None if one has none."""
    found = []
    for each in codes:
        if each is None:
            return None
        found.append(each)
    return np.concatenate([NO_CODES, *found])


def _codes_of_views(views: Any, levels: tuple[str, ...]) -> Array | None:
    """Return the codes of an Arrow array of string views without nulls, compared as two numbers each."""
    import pyarrow as pa

    first, second = _words(views)
    # One row of matches for each level: few calls, because threads wait for each other at each of them.
    firsts, seconds = (words[:, np.newaxis] for words in _words(pa.array(levels, pa.string_view())))
    matches = first == firsts
    matches &= second == seconds
    numbers = np.arange(1, len(levels) + 1, dtype=np.int8)
    codes = (matches.view(np.int8) * numbers[:, np.newaxis]).sum(axis=0, dtype=np.int8)
    return codes - np.int8(1) if codes.all() else None


def _words(views: Any) -> tuple[Array, Array]:
    """Return the first and the second half of each string view of an Arrow array."""
    words = np.frombuffer(views.buffers()[1] or b"", np.uint64).reshape(-1, 2)
    first, second = words[views.offset :][: len(views)].T.copy()
    return first, second


def encode(block: nw.Series[Any]) -> tuple[Array, list[Any]]:
    """Return each row's index among the distinct values (-1 for missing), and those values."""
    native = block.to_native()
    if block.implementation.is_polars():
        return _encode_polars(native)
    if is_arrow(native, block.implementation):
        return _encode_arrow(native)
    if hasattr(native, "cat"):
        return native.cat.codes.to_numpy(), list(native.cat.categories)
    # Values without a hash, such as lists, and in older pandas integers that no float represents.
    with contextlib.suppress(TypeError, ValueError, OverflowError):
        codes, values = native.factorize()
        return codes, list(values)
    return encode_list(block.to_list())


def decoded(series: nw.Series[Any]) -> nw.Series[Any]:
    """Return categories of numbers or booleans as these; to narwhals, all categories are text."""
    import narwhals.stable.v2 as nw

    if not isinstance(series.dtype, nw.Categorical) or series.implementation.is_polars():
        return series
    native = series.to_native()
    categories = getattr(native, "cat", None)
    if categories is not None and hasattr(categories, "categories"):
        if all(isinstance(each, str) for each in categories.categories):
            return series
        return nw.from_native(native.astype(object), series_only=True)
    import pyarrow as pa

    chunks = arrow_values(native)
    if pa.types.is_string(chunks.type.value_type) or pa.types.is_large_string(chunks.type.value_type):
        return series
    values = chunks.cast(chunks.type.value_type)
    if not series.implementation.is_pyarrow():
        import pandas as pd

        values = pd.Series(values, native.index, pd.ArrowDtype(values.type), native.name)
    return nw.from_native(values, series_only=True)


def _encode_arrow(native: Any) -> tuple[Array, list[Any]]:
    import pyarrow as pa

    values = arrow_values(native)
    if isinstance(values, pa.ChunkedArray):
        if values.num_chunks > 1 and pa.types.is_dictionary(values.type):
            # pyarrow does not combine dictionaries of which one contains a null.
            values = values.cast(values.type.value_type)
        values = values.combine_chunks()
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    levels = encoded.dictionary.to_pylist()
    # The indices may be unsigned. The last element is for a missing index.
    codes = encoded.indices.cast(pa.int64()).fill_null(len(levels)).to_numpy(zero_copy_only=False)
    of_level = np.array([*(-1 if level is None else code for code, level in enumerate(levels)), -1])
    return of_level.take(codes), levels


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
    """Encode Python values; all values that are not text share one code, because none is valid."""
    codes: dict[Any, int] = {}

    def code(value: Any) -> int:
        if isinstance(value, str):
            return codes.setdefault(value, len(codes))
        return -1 if is_missing(value) else codes.setdefault(NOT_TEXT, len(codes))

    return np.fromiter(map(code, values), dtype=np.int64, count=len(values)), list(codes)
