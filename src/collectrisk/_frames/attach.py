"""Adding the results to a frame: the same kind of frame, with every input column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._fields import is_missing
from collectrisk._frames.blocks import block_ranges
from collectrisk._frames.text_codes import MAX_COMPARISONS
from collectrisk._namespaces.arrays import TextArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk._typing import Array


ORDERED = "channel"
"""The output whose categories are ordered, from light to heavy."""

PLAIN = frozenset({"problem", "group"})
"""The outputs that are plain text: as categories they would differ in type between two batches of rows."""

ROWS_AT_A_TIME = 2**18
"""While polars makes an enum, it needs more memory for its codes, so this limits the rows per step."""


def _any_nan(values: Array) -> bool:
    """Return whether any number is NaN; otherwise the array needs no copy."""
    return bool(np.isnan(values.min(initial=0.0)))


def _pandas(frame: nw.DataFrame[Any], outputs: Mapping[str, Array | TextArray]) -> Any:
    import pandas as pd

    def column(name: str, values: Array | TextArray) -> Any:
        if not isinstance(values, TextArray):
            return values
        categories = pd.Index(values.levels, dtype=object)
        column = pd.Categorical.from_codes(values.codes, categories, ordered=name == ORDERED)
        text = pd.Series([""]).dtype  # object in pandas 2
        return pd.Series(column.astype(object), dtype=text).array if name in PLAIN else column

    # assign copies as much as the installed pandas needs for writes not to reach the input.
    result = frame.to_native().assign()
    for name, values in outputs.items():
        # A series with the frame's index is not copied; an array would be.
        result[name] = pd.Series(column(name, values), index=result.index, copy=False)
    return result


def _polars(frame: nw.DataFrame[Any], outputs: Mapping[str, Array | TextArray]) -> Any:
    import polars as pl

    def series(name: str, values: Array | TextArray) -> Any:
        if not isinstance(values, TextArray):
            return pl.Series(name, values, nan_to_null=_any_nan(values))
        enum = pl.Enum(values.levels)
        # Code -1 gathers the last element, which is null.
        texts = pl.Series([*values.levels, None], dtype=enum)
        text = pl.lit(None, enum)
        for code, level in enumerate(values.levels[:MAX_COMPARISONS]):
            text = pl.when(pl.first() == code).then(pl.lit(level, enum)).otherwise(text)
        few = 0 < len(values.levels) <= MAX_COMPARISONS

        def part(start: int, stop: int) -> Any:
            codes = pl.Series(values.codes[start:stop])
            return codes.to_frame().select(text).to_series() if few else texts.gather(codes)

        parts = [part(start, stop) for start, stop in block_ranges(len(values.codes), ROWS_AT_A_TIME)]
        column = (pl.concat(parts) if parts else texts.clear()).alias(name)
        return column.cast(pl.String) if name in PLAIN else column

    return frame.to_native().hstack([series(name, values) for name, values in outputs.items()])


def _pyarrow(frame: nw.DataFrame[Any], outputs: Mapping[str, Array | TextArray]) -> Any:
    import pyarrow as pa

    result = frame.to_native()
    for name, values in outputs.items():
        if isinstance(values, TextArray):
            codes = pa.array(values.codes, mask=values.codes < 0 if values.codes.min(initial=0) < 0 else None)
            column = pa.DictionaryArray.from_arrays(
                codes, pa.array(values.levels, pa.string()), ordered=name == ORDERED
            )
            column = column.dictionary_decode() if name in PLAIN else column
        else:
            column = pa.array(values, from_pandas=_any_nan(values))
        result = result.append_column(name, column)
    return result


def by_narwhals(frame: nw.DataFrame[Any], outputs: Mapping[str, Array | TextArray]) -> Any:
    """Add the outputs to any other kind of frame."""

    def series(name: str, values: Array | TextArray) -> nw.Series[Any]:
        if isinstance(values, TextArray):
            texts = (*values.levels, None)
            listed: list[Any] = [texts[code] for code in values.codes.tolist()]
            return nw.new_series(name, listed, nw.String, backend=frame.implementation)
        listed = [None if is_missing(value) else value for value in values.tolist()]
        return nw.new_series(name, listed, nw.Float64, backend=frame.implementation)

    return frame.with_columns(*(series(name, values) for name, values in outputs.items())).to_native()


ATTACH = {
    nw.Implementation.PANDAS: _pandas,
    nw.Implementation.POLARS: _polars,
    nw.Implementation.PYARROW: _pyarrow,
}


def attach(frame: nw.DataFrame[Any], outputs: Mapping[str, Array | TextArray]) -> Any:
    """Return the native frame with the outputs as additional columns; the input is not changed."""
    return ATTACH.get(frame.implementation, by_narwhals)(frame, outputs)
