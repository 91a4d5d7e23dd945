"""Every kind of frame that is installed: made from rows, and its scores read back."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._fields import FieldSpec, FlagValidator, NumberValidator, is_missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectrisk._scorers.scorer import Scorer

ROW_NUMBER = "__row_number"
"""The column that restores the order of the rows of a lazy frame."""


@attrs.frozen
class FrameKind:
    """A kind of frame.

    Attributes
    ----------
    name : str
        Its name in messages.
    eager : str
        The narwhals backend that makes and reads eager frames.
    lazy : str or None
        The narwhals backend that makes lazy frames of them, for a lazy kind.
    session : object
        The Spark session, for Spark.
    """

    name: str
    eager: Any
    lazy: Any = None
    session: Any = None

    def make(self, specs: Mapping[str, FieldSpec], rows: Sequence[Mapping[str, Any]]) -> Any:
        """Return rows as a frame of this kind."""
        dtypes = {name: _dtypes(spec)[0] for name, spec in specs.items()}
        frame = nw.from_dict(
            {**_columns(specs, rows), ROW_NUMBER: list(range(len(rows)))},
            schema={**dtypes, ROW_NUMBER: nw.Int64()},
            backend=self.eager,
        )
        if self.lazy is None:
            return frame.to_native()
        return frame.lazy(backend=self.lazy, session=self.session).to_native()

    def probabilities(self, scorer: Scorer, frame: Any) -> list[Any]:
        """Return the probability that a scorer gives to each row; None for a null."""
        # The columns have the names of the fields, whatever mapping the scorer keeps for other frames.
        scored = nw.from_native(scorer.assess_frame(frame, columns={}))
        if isinstance(scored, nw.LazyFrame):
            selected = scored.select(ROW_NUMBER, "visit_probability")
            scored = selected.collect(backend=self.eager).sort(ROW_NUMBER)
        return [None if is_missing(each) else each for each in scored["visit_probability"].to_list()]


def eager_kinds() -> list[FrameKind]:
    """Return the installed kinds of eager frames."""
    return [FrameKind(name, name) for name in ("pandas", "polars", "pyarrow") if _installed(name)]


def lazy_kinds(spark: Any = None) -> list[FrameKind]:
    """Return the installed kinds of lazy frames, including Spark's if a session is given."""
    kinds = [
        FrameKind(name, eager, lazy)
        for name, eager, lazy in (
            ("lazy polars", "polars", "polars"),
            ("DuckDB", "pyarrow", "duckdb"),
            ("Dask", "pandas", "dask"),
        )
        if _installed(eager) and _installed(lazy)
    ]
    return kinds if spark is None else [*kinds, FrameKind("Spark", "pyarrow", "pyspark", spark)]


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def arrays(specs: Mapping[str, FieldSpec], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return rows as NumPy arrays, one per field."""
    return {
        name: np.array(values, dtype=_dtypes(specs[name])[1])
        for name, values in _columns(specs, rows).items()
    }


def _columns(specs: Mapping[str, FieldSpec], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return rows as columns of plain values: strings for enum members, None for missing values."""
    return {name: [_plain(row[name]) for row in rows] for name in specs}


def _plain(value: Any) -> Any:
    if is_missing(value):
        return None
    return str(value) if isinstance(value, str) else value


def _dtypes(spec: FieldSpec) -> tuple[Any, Any]:
    """Return the narwhals dtype (None if the values imply it) and the NumPy dtype of a field's column."""
    if isinstance(spec.validator, FlagValidator):
        return nw.Boolean(), np.bool_
    if not isinstance(spec.validator, NumberValidator):
        return None, object
    # Not every library has missing values in a column of integers.
    is_integer = spec.validator.integer and not spec.nullable
    return (nw.Int64(), np.int64) if is_integer else (nw.Float64(), np.float64)
