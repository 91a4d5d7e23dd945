"""Reading the tables of a log or ledger: columns by name, checked types, one form for every frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._frames import kind_of, null_columns, open_frame, quoted, refuse_qualified
from collectrisk.errors import (
    ArgumentError,
    ColumnProblem,
    HistoryTypeError,
    MissingColumnError,
    did_you_mean,
    nearest,
    shown,
    type_name,
)
from collectrisk.history._engines import local_times, typed_objects
from collectrisk.history._tables import TYPES, ColumnSpec, Table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from collectrisk.history._tables import Frame, Kind

SIMILAR = 0.8
"""A column at least this similar to a missing one is proposed."""


def checked_columns(columns: Any, specs: Iterable[ColumnSpec]) -> Mapping[str, Any]:
    """Return the user's names of columns, or raise `ArgumentError`."""
    if columns is None:
        return {}
    names = list(dict.fromkeys(spec.name for spec in specs))
    if not isinstance(columns, Mapping):
        raise ArgumentError("columns", f"must be a mapping of names to columns, not {type_name(columns)}")
    for name in columns:
        if name not in names:
            raise ArgumentError(
                "columns",
                f"must name one of {', '.join(names)}, not {shown(name)}{did_you_mean(name, names)}",
            )
        checked_name("columns", columns[name])
    return columns


def checked_name(argument: str, name: Any) -> None:
    """Raise `ArgumentError` unless a column may have a name."""
    if not isinstance(name, (str, int, tuple)):  # pandas has other names than text
        raise ArgumentError(argument, f"must be the name of a column, not {type_name(name)}")


def read_table(
    data: Any,
    label: str,
    specs: Iterable[ColumnSpec],
    columns: Mapping[str, Any],
    zone: ZoneInfo | None,
    *,
    keep: bool = False,
) -> Table:
    """Return the columns of a frame as a table.

    Parameters
    ----------
    data : frame
        A frame of any library.
    label : str
        What it contains, for messages.
    specs : iterable of ColumnSpec
        The columns to read.
    columns : mapping of str to object
        The names of columns where they differ from those of the specs.
    zone : ZoneInfo or None
        The zone of the stamps.
    keep : bool, default False
        Whether the frame keeps its own columns besides those that are read.

    Raises
    ------
    NotAFrameError
        If the data are not a frame.
    MissingColumnError
        If it does not have a required column, or one that `columns` names.
    HistoryTypeError
        If columns have the wrong type.
    """
    frame = open_frame(data)
    found = _find(frame, specs, columns)
    engine = frame.implementation
    refuse_qualified([str(name) for name, _ in found.values()], engine)
    own = [nw.col(quoted(name, engine)).alias(field) for field, (name, _) in found.items()]
    typed = typed_objects(frame.with_columns(*own) if keep else frame.select(*own), found)
    nulls = _null_columns(typed.frame, found)
    frame = typed.frame
    for field in nulls:
        frame = _with_nulls(frame, field, TYPES[found[field][1].kind])
    schema = dict(frame.collect_schema())
    dates = set(typed.dates)
    problems, aware, naive, types = [], [], set(), []
    for field, (name, spec) in found.items():
        dtype = schema[field]
        why = _wrong_type(dtype, spec, zone) or _too_large(frame, field, spec)
        if why:
            problems.append(ColumnProblem(str(name), REQUIRED_TYPES[spec.kind], 0, (), why, field))
        elif spec.kind == "stamp" and isinstance(dtype, nw.Date):
            dates.add(field)
        elif spec.kind == "stamp" and getattr(dtype, "time_zone", None) is not None:
            aware.append(field)
        elif spec.kind == "stamp":
            naive.add(field)
        types.append(_cast(field, dtype, spec.kind))
    if problems:
        raise HistoryTypeError(label, tuple(problems))
    if aware and zone is not None:
        frame = local_times(frame, aware, zone)
    names = {field: name for field, (name, _) in found.items()}
    kept = {field: spec for field, (_, spec) in found.items()}
    frame = frame.with_columns(*types) if keep else frame.select(*types)
    return Table(label, frame, names, frozenset(dates), frozenset(nulls), frozenset(naive - dates), kept)


def _find(
    frame: Frame, specs: Iterable[ColumnSpec], columns: Mapping[str, Any]
) -> dict[str, tuple[Any, ColumnSpec]]:
    """Return the column of each field."""
    available = frame.collect_schema().names()
    found, missing = {}, []
    for spec in specs:
        column = columns.get(spec.name, spec.name)
        if column in available:
            found[spec.name] = column, spec
        elif spec.required or spec.name in columns:
            missing.append((spec.name, column))
    if missing:
        field, column = missing[0]
        unused = [name for name in available if name not in {name for name, _ in found.values()}]
        similar = nearest(column, unused, cutoff=SIMILAR)
        others = ", ".join(repr(name) for _, name in missing[1:])
        raise MissingColumnError(
            column,
            tuple(available),
            field,
            () if similar is None else (similar,),
            f"; {others} too" if others else "",
        )
    return found


REQUIRED_TYPES = {
    "key": "text or whole numbers",
    "text": "text or whole numbers",
    "amount": "numbers",
    "stamp": "dates or times",
}

PARSE = (
    "; the column contains text: parse it first, such as by pd.to_datetime(column) (pandas), "
    "pl.col(column).str.to_datetime() (polars) or CAST(column AS TIMESTAMP) (SQL); where it has UTC "
    'offsets, by pd.to_datetime(column, utc=True) or .str.to_datetime(time_zone="UTC")'
)

WIDE = (nw.UInt64, nw.Int128, nw.UInt128)
"""The types of whole numbers of which not all are integers of 64 bits with a sign."""

WHOLE = (
    "; the column contains numbers that may have decimals: if they are whole numbers of which some are "
    'missing, convert it, such as by column.astype("Int64") (pandas), pl.col(column).cast(pl.Int64) '
    "(polars) or CAST(column AS BIGINT) (SQL)"
)
TO_NUMBERS = (
    "; the column contains text: convert it first, such as by pd.to_numeric(column) (pandas), "
    "pl.col(column).cast(pl.Float64) (polars) or CAST(column AS DOUBLE) (SQL)"
)


def _wrong_type(dtype: Any, spec: ColumnSpec, zone: ZoneInfo | None) -> str:
    """Return why a column has the wrong type, as the end of a message, or an empty string."""
    kind = kind_of(dtype)
    if spec.kind == "stamp":
        if isinstance(dtype, (nw.Date, nw.Datetime)):
            if getattr(dtype, "time_zone", None) is not None and zone is None:
                return "; the times have a UTC offset: pass zone, which decides on the local date"
            return ""
        return PARSE if kind == "text" else f"; the column contains {_noun(kind)}"
    fine = {
        "amount": kind == "number",
        "key": kind == "text" or dtype.is_integer(),
        "text": kind == "text" or dtype.is_integer(),
    }[spec.kind]
    if fine:
        return ""
    hints = {"number": WHOLE, "text": TO_NUMBERS}
    return hints.get(kind, f"; the column contains {_noun(kind)}")


def _too_large(frame: Frame, field: str, spec: ColumnSpec) -> str:
    """Return why an id of an eager frame has too many bits, which pandas would make another number."""
    dtype = frame.collect_schema()[field]
    if spec.kind != "key" or not isinstance(dtype, WIDE) or not isinstance(frame, nw.DataFrame):
        return ""
    if frame[field].min() >= -(2**63) and frame[field].max() < 2**63:  # nulls alone have another type here
        return ""
    return "; the column contains whole numbers of more than 64 bits with a sign: convert it to text"


def _noun(kind: str) -> str:
    return {"number": "numbers", "flag": "booleans", "object": "Python objects"}.get(kind, kind)


def _null_columns(frame: Frame, names: Iterable[str]) -> set[str]:
    """Return which of some columns contain nothing but nulls, whatever their type."""
    if isinstance(frame, nw.LazyFrame):
        return null_columns(frame) & set(names)
    return {name for name in names if frame[name].null_count() == len(frame)}


def _cast(field: str, dtype: Any, kind: Kind) -> nw.Expr:
    column = nw.col(field)
    if kind == "key" and dtype.is_integer():
        return column.cast(nw.Int64)
    if kind in {"key", "text"}:
        # pandas would turn a null into the text "None".
        return column if dtype == nw.String else nw.when(~column.is_null()).then(column.cast(nw.String))
    return column.cast(TYPES[kind])


def _with_nulls(frame: Any, name: str, dtype: Any) -> Any:
    """Return a frame with a column of nothing but nulls in another type."""
    if isinstance(frame, nw.LazyFrame):
        return frame.with_columns(nw.lit(None, dtype).alias(name))
    return frame.with_columns(nw.new_series(name, [None] * len(frame), dtype, backend=frame.implementation))


def with_same_keys(first: Table, other: Table, *, key: str = "account_id") -> Table:
    """Return the other table with accounts of the same type as the first.

    Raises
    ------
    ArgumentError
        If the tables are frames of different kinds.
    HistoryTypeError
        If the accounts are text in one and numbers in the other.
    """
    kinds = [f"{type(each.frame).__name__} of {each.frame.implementation.value}" for each in (first, other)]
    if kinds[0] != kinds[1]:
        raise ArgumentError(
            other.label,
            f"must be a frame of the same kind as the {first.label}, a {kinds[0]}, not a {kinds[1]}",
        )
    wanted = first.frame.collect_schema()["account_id"]
    dtype = other.frame.collect_schema()[key]
    if wanted == dtype:
        return other
    if key in other.nulls:
        is_refused = isinstance(other.frame, nw.DataFrame) and len(other.frame)  # by the check of the values
        return other if is_refused else attrs.evolve(other, frame=_with_nulls(other.frame, key, wanted))
    noun, seen = ("whole numbers" if each.is_integer() else "text" for each in (wanted, dtype))
    hint = f"; the column contains {seen}: convert one of the columns"
    name = str(other.names[key])
    problem = ColumnProblem(name, f"{noun}, as in the {first.label}", 0, (), hint, "account_id")
    raise HistoryTypeError(other.label, (problem,))
