"""Every kind of frame that is installed: made from borrowers, and its scores read back."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._fields import FlagValidator, NumberValidator, is_missing

if TYPE_CHECKING:
    from collectrisk._fields import FieldSpec
    from collectrisk._scorers.scorer import Scorer
    from collectrisk.testing._values import Sample

ORDER = "__checked_row"
"""The column by which the rows of a lazy frame, which have no order, are found again."""


@attrs.frozen
class Kind:
    """A kind of frame.

    Attributes
    ----------
    name : str
        What users call it.
    eager : str
        The library by which a frame is made and read.
    lazy : str or None
        What turns such a frame into a lazy one.
    session : object
        What a lazy frame needs to run.
    """

    name: str
    eager: Any
    lazy: Any = None
    session: Any = None

    def make(self, sample: Sample) -> Any:
        """Return the borrowers of a sample as a frame of this kind."""
        columns = {**_columns(sample), ORDER: list(range(len(sample.rows)))}
        schema = {**{name: _dtype(spec) for name, spec in sample.specs.items()}, ORDER: nw.Int64()}
        frame = nw.from_dict(columns, schema=schema, backend=self.eager)
        if self.lazy is None:
            return frame.to_native()
        return frame.lazy(backend=self.lazy, session=self.session).to_native()

    def probabilities(self, scorer: Scorer, frame: Any) -> list[Any]:
        """Return what a scorer says of each row; None where it says nothing."""
        scored = nw.from_native(scorer.assess_frame(frame))
        if isinstance(scored, nw.LazyFrame):
            scored = scored.select(ORDER, "visit_probability").collect(backend=self.eager).sort(ORDER)
        return [None if is_missing(each) else each for each in scored["visit_probability"].to_list()]


def _installed(*names: str) -> list[str]:
    return [name for name in names if importlib.util.find_spec(name)]


def eager_kinds() -> list[Kind]:
    """Return the kinds of eager frames that are installed."""
    return [Kind(name, name) for name in _installed("pandas", "polars", "pyarrow")]


def lazy_kinds(spark: Any = None) -> list[Kind]:
    """Return the kinds of lazy frames that are installed, and Spark's if a session is given."""
    kinds = [Kind("lazy polars", name, name) for name in _installed("polars")]
    if len(_installed("duckdb", "pyarrow")) == 2:
        kinds.append(Kind("DuckDB", "pyarrow", "duckdb"))
    if len(_installed("dask", "pandas")) == 2:
        kinds.append(Kind("Dask", "pandas", "dask"))
    if spark is not None:
        kinds.append(Kind("Spark", "pyarrow", "pyspark", spark))
    return kinds


def _is_whole(spec: FieldSpec) -> bool:
    return isinstance(spec.validator, NumberValidator) and spec.validator.whole and not spec.nullable


def _dtype(spec: FieldSpec) -> nw.dtypes.DType | None:
    """Return the type of a field's column, or None for the one that texts, absent ones among them, imply."""
    if isinstance(spec.validator, NumberValidator):
        return nw.Int64() if _is_whole(spec) else nw.Float64()
    return nw.Boolean() if isinstance(spec.validator, FlagValidator) else None


def _plain(value: Any) -> Any:
    """Return a value as frames hold it: text for an enum, None for what is absent."""
    if is_missing(value):
        return None
    return str(value) if isinstance(value, str) else value


def _columns(sample: Sample) -> dict[str, list[Any]]:
    return {name: [_plain(row[name]) for row in sample.rows] for name in sample.specs}


def arrays(sample: Sample) -> dict[str, Any]:
    """Return borrowers as NumPy arrays, one a field."""
    return {name: _array(values, sample.specs[name]) for name, values in _columns(sample).items()}


def _array(values: list[Any], spec: FieldSpec) -> Any:
    if isinstance(spec.validator, NumberValidator):
        return np.array(values, dtype=np.int64 if _is_whole(spec) else np.float64)
    return np.array(values, dtype=np.bool_ if isinstance(spec.validator, FlagValidator) else object)
