"""Arrow's booleans, which are bits, are read whatever the place in the byte at which they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from collectrisk._frames.arrow import booleans

if TYPE_CHECKING:
    from collections.abc import Callable

VALUES = (np.random.default_rng(5).random(100) < 0.4).tolist()
SLICES = [(0, 100), (0, 0), (3, 0), (0, 1), (1, 8), (7, 9), (8, 16), (13, 50), (99, 1)]


def chunks(values: list[bool]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values[:11])[3:], pa.array([], pa.bool_()), pa.array(values[11:])])


KINDS: dict[str, Callable[[list[bool]], Any]] = {
    "polars": lambda values: pl.Series(values, dtype=pl.Boolean),
    "chunks of polars": lambda values: pl.concat(
        [pl.Series(values[:11]), pl.Series(values[11:])], rechunk=False
    )[3:],
    "pyarrow": lambda values: pa.chunked_array([pa.array(values)]),
    "chunks of pyarrow": chunks,
    "Arrow in pandas": lambda values: pd.Series(values, dtype=pd.ArrowDtype(pa.bool_())),
    "nullable in pandas": lambda values: pd.Series(values, dtype="boolean"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("start", "rows"), SLICES)
def test_a_slice_of_booleans_is_read(kind: str, start: int, rows: int) -> None:
    series = nw.from_native(KINDS[kind](VALUES), series_only=True)
    expected = VALUES[3:] if "chunks" in kind else VALUES
    found = booleans(series[start : start + rows].to_native(), series.implementation)
    assert (found.dtype.kind, found.tolist()) == ("b", expected[start : start + rows])


def test_booleans_of_polars_are_read_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'pyarrow'")

    monkeypatch.setattr(pl.Series, "to_arrow", missing)
    series = pl.Series(VALUES)[5:40]
    assert booleans(series, nw.Implementation.POLARS).tolist() == VALUES[5:40]
