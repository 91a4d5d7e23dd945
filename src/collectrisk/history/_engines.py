"""What narwhals does not offer on every engine: local times, running totals, columns of Python objects."""

from __future__ import annotations

from numbers import Number
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._fields import is_boolean
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]


def local_times(frame: Any, names: Iterable[str], zone: ZoneInfo) -> Any:
    """Return a frame whose times with a UTC offset are local times without one."""
    engine, listed = frame.implementation, list(names)
    if engine.is_duckdb():
        # The zone of a time is that of the connection, which narwhals cannot change.
        return _duckdb(frame, {name: f"timezone('{zone.key}', \"{name}\")" for name in listed})
    if engine.is_spark_like():
        return _spark_local(frame, listed, zone.key)
    return frame.with_columns(
        nw.col(name).dt.convert_time_zone(zone.key).dt.replace_time_zone(None) for name in listed
    )


def _duckdb(frame: Any, columns: dict[str, str]) -> Any:
    """Return a relation with columns computed in SQL; one that exists is replaced."""
    kept = [name.replace('"', '""') for name in frame.collect_schema().names() if name not in columns]
    parts = [f'"{name}"' for name in kept] + [f'{sql} AS "{name}"' for name, sql in columns.items()]
    return nw.from_native(frame.to_native().project(", ".join(parts)))


def _spark_local(frame: Any, names: list[str], zone: str) -> Any:
    from pyspark.sql import functions  # noqa: PLC0415  # only for frames of Spark

    native = frame.to_native()
    for name in names:
        native = native.withColumn(
            name, functions.convert_timezone(None, functions.lit(zone), functions.col(name))
        )
    return nw.from_native(native)


def coded(frame: Any, name: str, values: list[str]) -> Any:
    """Return a frame that stores a column of few texts as small numbers, if its library has a type for that.

    Other texts become null.
    """
    engine = frame.implementation
    if engine.is_polars():
        import polars as pl  # noqa: PLC0415  # only for frames of polars

        codes = pl.col(name).cast(pl.Enum(values), strict=False)
        return nw.from_native(frame.to_native().with_columns(codes))
    return frame.with_columns(nw.col(name).cast(nw.Enum(values))) if engine.is_pandas_like() else frame


def shared(frame: Any) -> Any:
    """Return a frame that a query uses several times, so that polars computes it once."""
    if isinstance(frame, nw.LazyFrame) and frame.implementation.is_polars():
        # Its optimiser finds parts that are the same only before it moves filters and columns into them.
        return nw.from_native(frame.to_native().cache())
    return frame


def running_total(frame: Any, value: str, by: str, order: str, name: str) -> Any:
    """Return a frame with the total of a column up to each row of its group.

    Rows of the same order are added in any order.
    """
    engine = frame.implementation
    if engine.is_pyarrow():
        return _running_total_of_arrow(frame, value, by, order, name)
    if engine.is_duckdb():
        # narwhals writes window functions for DuckDB 1.3 and later only.
        window = f'sum("{value}") OVER (PARTITION BY "{by}" ORDER BY "{order}" ROWS UNBOUNDED PRECEDING)'
        return _duckdb(frame, {name: f"CAST({window} AS BIGINT)"})
    if engine.is_dask():
        raise ArgumentError(
            "instalments",
            "must not be a frame of Dask, for which narwhals has no ordered window functions; call "
            ".compute() first, or use polars, DuckDB or Spark",
        )
    total = nw.col(value).cum_sum().over(by, order_by=order)
    return frame.with_columns(total.alias(name))


def _running_total_of_arrow(frame: Any, value: str, by: str, order: str, name: str) -> Any:
    """Return the same by one total over all groups, which is exact for integers."""
    ordered = frame.sort(by, order).with_row_index("row")
    total = ordered[value].cum_sum()
    before = total - ordered[value]
    first = ordered.select(nw.col("row").min().over(by))["row"]
    return ordered.with_columns((total - before.gather_every(1)[first]).alias(name)).drop("row")


@attrs.frozen
class TypedFrame:
    """A frame whose columns of Python objects have a type.

    Attributes
    ----------
    frame : DataFrame
        The frame.
    dates : frozenset of str
        The columns that contained dates without a time.
    """

    frame: Frame
    dates: frozenset[str] = frozenset()


def typed_objects(frame: Frame, names: Iterable[str]) -> TypedFrame:
    """Return a frame whose columns of Python dates and numbers have a type that narwhals knows.

    pandas stores what it reads from a database in this way. The same goes for categories that are not
    text, which narwhals takes for text, and for times in zones whose names narwhals does not read.
    """
    if not (isinstance(frame, nw.DataFrame) and frame.implementation.is_pandas_like()):
        return TypedFrame(frame)
    import pandas as pd  # noqa: PLC0415  # only for frames of pandas

    native, typed, dates = frame.to_native(), {}, set()
    for name in names:
        values = native[name]
        if isinstance(values.dtype, pd.CategoricalDtype) and not _is_text(values.cat.categories.dtype):
            values = values.astype(object)
        if values.dtype == object:
            kind = pd.api.types.infer_dtype(values, skipna=True)
            typed[name] = _typed_values(values, kind)
            if kind == "date":
                dates.add(name)
        elif isinstance(values.dtype, pd.DatetimeTZDtype):
            # narwhals does not read zones such as America/New_York in the type of a column.
            typed[name] = values.dt.tz_convert("UTC")
        elif getattr(getattr(values.dtype, "pyarrow_dtype", None), "tz", None) is not None:
            # pandas 2.2 does not convert the zone of Arrow's times.
            typed[name] = values.astype(pd.DatetimeTZDtype("us", "UTC"))
    changed = nw.from_native(native.assign(**typed), eager_only=True) if typed else frame
    return TypedFrame(changed, frozenset(dates))


def _is_text(dtype: Any) -> bool:
    """Return whether categories of pandas are text, or may be."""
    return dtype.kind in "OUT"


def _typed_values(values: Any, kind: str) -> Any:
    """Return a column of Python objects of pandas with a type, if all of its values are of one kind."""
    import pandas as pd  # noqa: PLC0415  # only for frames of pandas

    if kind in {"date", "datetime", "datetime64"}:
        aware = any(getattr(value, "tzinfo", None) is not None for value in values)
        return pd.to_datetime(values, utc=aware)
    known = values.dropna()
    if not len(known) or not all(isinstance(value, Number) and not is_boolean(value) for value in known):
        return values
    fits = kind == "integer" and known.min() >= -(2**63) and known.max() < 2**63
    return values.where(values.notna(), pd.NA).astype("Int64" if fits else "Float64")
