"""Giving the frame back: the same kind, every input column kept, the scores beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt

from collectrisk.fields import is_missing
from collectrisk.frames.scores import blocks

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Labels", "attach", "by_narwhals"]

Array = npt.NDArray[Any]


@attrs.frozen
class Labels:
    """A column of a few texts: each row's place among them, or -1 for none."""

    codes: Array
    texts: tuple[str, ...]
    ordered: bool = False


ROWS_AT_A_TIME = 2**19


def _any_nan(values: Array) -> bool:
    """Tell whether a number is missing; only then need a frame's library make a copy of its own."""
    return bool(np.isnan(values.min(initial=0.0)))


def _pandas(frame: nw.DataFrame[Any], outputs: Mapping[str, Array | Labels]) -> Any:
    import pandas as pd

    def column(values: Array | Labels) -> Any:
        if not isinstance(values, Labels):
            return values
        categories = pd.Index(values.texts, dtype=object)
        return pd.Categorical.from_codes(values.codes, categories, ordered=values.ordered)

    # Before pandas 3 only a whole copy keeps writes to the result off the input; assign knows.
    result = frame.to_native().assign()
    for name, values in outputs.items():
        # A series on the frame's own index is taken as it is; an array would be copied.
        result[name] = pd.Series(column(values), index=result.index, copy=False)
    return result


def _polars(frame: nw.DataFrame[Any], outputs: Mapping[str, Array | Labels]) -> Any:
    import polars as pl

    def series(name: str, values: Array | Labels) -> Any:
        if not isinstance(values, Labels):
            return pl.Series(name, values, nan_to_null=_any_nan(values))
        # The last text is null, and -1 counts from the end. Gathering widens the codes, so not all at once.
        texts = pl.Series(name, [*values.texts, None], dtype=pl.Enum(values.texts))
        parts = [
            texts.gather(pl.Series(values.codes[start:stop]))
            for start, stop in blocks(len(values.codes), ROWS_AT_A_TIME)
        ]
        return pl.concat(parts) if parts else texts.clear()

    return frame.to_native().with_columns([series(name, values) for name, values in outputs.items()])


def _pyarrow(frame: nw.DataFrame[Any], outputs: Mapping[str, Array | Labels]) -> Any:
    import pyarrow as pa

    result = frame.to_native()
    for name, values in outputs.items():
        if isinstance(values, Labels):
            codes = pa.array(values.codes, mask=values.codes < 0 if values.codes.min(initial=0) < 0 else None)
            column = pa.DictionaryArray.from_arrays(
                codes, pa.array(values.texts, pa.string()), ordered=values.ordered
            )
        else:
            column = pa.array(values, from_pandas=_any_nan(values))
        result = result.append_column(name, column)
    return result


def by_narwhals(frame: nw.DataFrame[Any], outputs: Mapping[str, Array | Labels]) -> Any:
    """Attach the outputs to a kind that has no way of its own here."""

    def series(name: str, values: Array | Labels) -> nw.Series[Any]:
        if isinstance(values, Labels):
            texts = (*values.texts, None)
            listed: list[Any] = [texts[code] for code in values.codes.tolist()]
            return nw.new_series(name, listed, nw.String, backend=frame.implementation)
        listed = [None if is_missing(value) else value for value in values.tolist()]
        return nw.new_series(name, listed, nw.Float64, backend=frame.implementation)

    return frame.with_columns(*(series(name, values) for name, values in outputs.items())).to_native()


WAYS = {
    nw.Implementation.PANDAS: _pandas,
    nw.Implementation.POLARS: _polars,
    nw.Implementation.PYARROW: _pyarrow,
}


def attach(frame: nw.DataFrame[Any], outputs: Mapping[str, Array | Labels]) -> Any:
    """Return the native frame with the outputs as further columns; the input stays as it was."""
    return WAYS.get(frame.implementation, by_narwhals)(frame, outputs)
