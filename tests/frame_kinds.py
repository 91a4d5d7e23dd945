"""Every kind of frame that the tests use: built from plain columns, and converted back to them.

Plain columns are a dict of lists, None where a value is missing. The optional kinds skip, with
the reason, where what they need is absent.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from typing import TYPE_CHECKING, Any

import attrs
import dask.dataframe as dd
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "EAGER",
    "KINDS",
    "LAZY",
    "SPLITS_NAMES",
    "Columns",
    "FrameKind",
    "arrays",
    "kind_named",
    "spark_session",
]

Columns = dict[str, list[Any]]

TEXTS = {kind.__name__.lower(): [each.value for each in kind] for kind in (cr.Attitude, cr.Product)}
"""The levels of the columns that some kinds store as categories."""

NULLABLE = {
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
    pa.string(): pd.StringDtype(),
}

SPLITS_NAMES = int(duckdb.__version__.partition(".")[0]) < 2
"""Whether DuckDB takes a point in a name for the end of a table's name."""


@attrs.frozen
class FrameKind:
    """A kind of frame.

    Attributes
    ----------
    name : str
        Its name in the tests.
    make : callable
        From plain columns to a frame.
    read : callable
        From a frame back to an Arrow table.
    lazy : bool
        Whether its values are available only after it is collected.
    """

    name: str
    make: Callable[[Columns], Any]
    read: Callable[[Any], pa.Table]
    lazy: bool = False

    def table(self, frame: Any, order_by: str | None = None) -> pa.Table:
        """Return a frame as an Arrow table, sorted by a column if the kind has no order."""
        table = self.read(frame)
        return table.sort_by(order_by) if self.lazy and order_by else table

    def plain(self, frame: Any, order_by: str | None = None) -> Columns:
        """Return a frame's columns as lists, sorted by a column if the kind has no order."""
        table = self.table(frame, order_by)
        return {name: _listed(table[name]) for name in table.column_names}


def _listed(column: pa.ChunkedArray) -> list[Any]:
    listed: list[Any] = column.to_pylist()
    return [None if value != value else value for value in listed]


def _pandas(columns: Columns) -> pd.DataFrame:
    return pd.DataFrame(columns)


def _nullable(columns: Columns) -> pd.DataFrame:
    frame: pd.DataFrame = pa.table(columns).to_pandas(types_mapper=NULLABLE.get)
    return frame


def _pandas_arrow(columns: Columns) -> pd.DataFrame:
    frame: pd.DataFrame = pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def _objects(columns: Columns) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype=object)


def _categories(columns: Columns) -> pd.DataFrame:
    texts = {name: pd.Categorical(columns[name]) for name in TEXTS if _is_text(columns, name)}
    return pd.DataFrame({**columns, **texts})


def _from_pandas(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


def _enums(columns: Columns) -> pl.DataFrame:
    frame = pl.DataFrame(columns, infer_schema_length=None)
    return frame.cast({name: _enum_of(name, columns[name]) for name in TEXTS if _is_text(columns, name)})


def _enum_of(name: str, values: list[Any]) -> pl.Enum:
    found = (value for value in values if value is not None)
    return pl.Enum(list(dict.fromkeys([*TEXTS[name], *found])))


def _is_text(columns: Columns, name: str) -> bool:
    return any(isinstance(value, str) for value in columns.get(name, ()))


def _polars_categories(columns: Columns) -> pl.DataFrame:
    frame = pl.DataFrame(columns, infer_schema_length=None)
    return frame.cast({name: pl.Categorical for name in TEXTS if _is_text(columns, name)})


def _encoded(columns: Columns) -> pa.Table:
    table = pa.table(columns)
    for place, name in enumerate(table.column_names):
        if name in TEXTS and _is_text(columns, name):
            table = table.set_column(place, name, table[name].dictionary_encode())
    return table


def _chunked(columns: Columns) -> pa.Table:
    table = pa.table(columns)
    third = len(table) // 3
    return pa.concat_tables([table.slice(0, third), table.slice(third, third), table.slice(2 * third)])


def _relation(columns: Columns) -> duckdb.DuckDBPyRelation:
    relation: duckdb.DuckDBPyRelation = duckdb.from_arrow(pa.table(columns))
    return relation


def _of_relation(relation: duckdb.DuckDBPyRelation) -> pa.Table:
    found = relation.arrow()
    return found if isinstance(found, pa.Table) else found.read_all()


def _dask(columns: Columns) -> Any:
    return dd.from_pandas(_nullable(columns), npartitions=3, sort=False)  # type: ignore[no-untyped-call]


@functools.cache
def spark_session() -> Any:
    """Return the one Spark session of the test run, or skip."""
    sql = pytest.importorskip("pyspark.sql", reason='Spark is tested with the extra "spark"')
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("Spark needs Java, which is not on this machine")
    scratch = tempfile.TemporaryDirectory(prefix="collectrisk-spark-")
    atexit.register(scratch.cleanup)
    builder = sql.SparkSession.builder.master("local[2]").appName("collectrisk tests")
    for name, value in {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "ERROR",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": scratch.name,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    atexit.register(session.stop)
    return session


def _spark(columns: Columns) -> Any:
    return spark_session().createDataFrame(pa.table(columns))


KINDS = [
    FrameKind("pandas", _pandas, _from_pandas),
    FrameKind("pandas nullable", _nullable, _from_pandas),
    FrameKind("pandas Arrow", _pandas_arrow, _from_pandas),
    FrameKind("pandas objects", _objects, _from_pandas),
    FrameKind("pandas categories", _categories, _from_pandas),
    FrameKind("polars", functools.partial(pl.DataFrame, infer_schema_length=None), pl.DataFrame.to_arrow),
    FrameKind("polars categories", _polars_categories, pl.DataFrame.to_arrow),
    FrameKind("polars enums", _enums, pl.DataFrame.to_arrow),
    FrameKind("pyarrow", pa.table, lambda table: table),
    FrameKind("pyarrow dictionaries", _encoded, lambda table: table),
    FrameKind("pyarrow chunks", _chunked, lambda table: table),
    FrameKind(
        "polars lazy",
        functools.partial(pl.LazyFrame, infer_schema_length=None),
        lambda frame: frame.collect().to_arrow(),
        lazy=True,
    ),
    FrameKind("DuckDB", _relation, _of_relation, lazy=True),
    FrameKind("Dask", _dask, lambda frame: _from_pandas(frame.compute()), lazy=True),
    FrameKind("Spark", _spark, lambda frame: frame.toArrow(), lazy=True),
]
EAGER = [kind for kind in KINDS if not kind.lazy]
LAZY = [kind for kind in KINDS if kind.lazy]


def kind_named(name: str) -> FrameKind:
    """Return the kind of that name."""
    return next(kind for kind in KINDS if kind.name == name)


def arrays(columns: Columns) -> dict[str, np.ndarray[Any, Any]]:
    """Return plain columns as NumPy arrays."""
    return {name: np.array(values) for name, values in columns.items()}
