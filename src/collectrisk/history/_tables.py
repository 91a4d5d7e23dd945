"""Reading the tables of a log or ledger: columns by name, checked types, and one form for every frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import attrs
import narwhals.stable.v2 as nw

from collectrisk._frames import kind_of, null_columns, open_frame, ordinal_day, quoted, refuse_qualified
from collectrisk.errors import (
    ArgumentError,
    ColumnProblem,
    HistoryTypeError,
    InvalidHistoryError,
    MissingColumnError,
    did_you_mean,
    nearest,
    shown,
    type_name,
)
from collectrisk.history._engines import local_times, typed_objects

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from collectrisk.history._times import AsOf

Kind = Literal["key", "text", "amount", "stamp"]
Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]

STAMP = nw.Datetime("us")
TYPES = {"key": nw.String(), "text": nw.String(), "amount": nw.Float64(), "stamp": STAMP}
"""The type of a column that contains nothing but nulls."""

LARGEST_AMOUNT = 1e11
"""With up to four decimals, amounts of this size are exact as a number of units."""

ROWS_SHOWN = 5
SIMILAR = 0.8
"""A column at least this similar to a missing one is proposed."""


@attrs.frozen
class ColumnSpec:
    """A column of a table.

    Attributes
    ----------
    name : str
        Its name by default.
    kind : str
        What it contains.
    required : bool
        Whether the table must have it.
    nullable : bool
        Whether values may be missing.
    least : float
        The least amount.
    """

    name: str
    kind: Kind
    required: bool = True
    nullable: bool = False
    least: float = 0.0

    @property
    def requirement(self) -> str:
        """What each value must be."""
        if self.kind == "amount":
            return f"a number from {self.least:,.0f} to {LARGEST_AMOUNT:,.0f}"
        return {"key": "known", "text": "known", "stamp": "a date or time"}[self.kind]

    def valid(self) -> nw.Expr:
        """Return where a value is valid."""
        column = nw.col(self.name)
        known = ~column.is_null()
        if self.kind == "amount":
            # NaN is larger than every number, or every comparison with it is false.
            known = ((column >= self.least) & (column <= LARGEST_AMOUNT)).fill_null(value=False)
        return known | column.is_null() if self.nullable else known


@attrs.frozen
class Table:
    """A table whose columns have the names of the specs, and the same types on every engine.

    Keys and text are text or whole numbers, amounts floats, and stamps local times without a zone.

    Attributes
    ----------
    label : str
        What it contains, for messages.
    frame : DataFrame or LazyFrame
        The columns that were found.
    names : mapping of str to object
        The user's name of each column.
    dates : frozenset of str
        The stamps that are dates without a time.
    nulls : frozenset of str
        The columns that contain nothing but nulls by their type.
    specs : mapping of str to ColumnSpec
        The specs of the columns that were found.
    """

    label: str
    frame: Frame
    names: Mapping[str, Any]
    dates: frozenset[str]
    nulls: frozenset[str]
    specs: Mapping[str, ColumnSpec]

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def known_before(self, name: str, as_of: AsOf) -> nw.Expr:
        """Return where a stamp is before a moment; of a date, the day must be over."""
        return nw.col(name) < nw.lit(as_of.midnight if name in self.dates else as_of.local)

    def known_rows(self, names: Iterable[str], as_of: AsOf) -> Frame:
        """Return the rows of which no stamp is at or after a moment; missing stamps are kept."""
        frame = self.frame
        for name in names:
            if name in self:
                frame = frame.filter(self.known_before(name, as_of) | nw.col(name).is_null())
        return frame

    def invalid(self) -> nw.Expr:
        """Return where any value is invalid, as 1 or 0."""
        valid = nw.all_horizontal(*(spec.valid() for spec in self.specs.values()), ignore_nulls=False)
        return (~valid).cast(nw.Int64)

    def problems(self) -> list[ColumnProblem]:
        """Return the problems of an eager table's values."""
        frame = self.frame
        if isinstance(frame, nw.LazyFrame) or not len(frame):
            return []
        masks = frame.select((~spec.valid()).alias(name) for name, spec in self.specs.items())
        return [
            self.problem(name, masks[name], spec.requirement)
            for name, spec in self.specs.items()
            if masks[name].any()
        ]

    def problem(self, name: str, mask: nw.Series[Any], requirement: str, hint: str = "") -> ColumnProblem:
        """Return the problem of the rows of an eager table that a mask selects."""
        assert isinstance(self.frame, nw.DataFrame), "the rows of a lazy table are not known"  # noqa: S101  # for mypy
        rows = mask.arg_true()
        first = [int(row) for row in rows.head(ROWS_SHOWN).to_list()]
        # The account is not shown: it may identify a person.
        hidden = self.specs[name].kind == "key"
        values = [None if hidden else self.frame[name][row] for row in first]
        shown_rows = tuple(zip(first, values, strict=True))
        return ColumnProblem(str(self.names[name]), requirement, len(rows), shown_rows, hint, name)


def refuse(label: str, problems: Iterable[ColumnProblem]) -> None:
    """Raise `InvalidHistoryError` if there are any problems."""
    found = tuple(problems)
    if found:
        raise InvalidHistoryError(label, found)


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
    return columns


def read_table(
    data: Any,
    label: str,
    specs: Iterable[ColumnSpec],
    columns: Mapping[str, Any],
    zone: ZoneInfo | None,
) -> Table:
    """Return the columns of a frame as a table.

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
    frame = frame.select(nw.col(quoted(name, engine)).alias(field) for field, (name, _) in found.items())
    typed = typed_objects(frame)
    nulls = _null_columns(typed.frame)
    frame = typed.frame.with_columns(
        nw.lit(None, TYPES[found[field][1].kind]).alias(field) for field in nulls
    )
    schema = dict(frame.collect_schema())
    dates = set(typed.dates)
    problems, aware, types = [], [], []
    for field, (name, spec) in found.items():
        dtype = schema[field]
        why = _wrong_type(dtype, spec, zone)
        if why:
            problems.append(ColumnProblem(str(name), REQUIRED_TYPES[spec.kind], 0, (), why, field))
        elif spec.kind == "stamp" and isinstance(dtype, nw.Date):
            dates.add(field)
        elif spec.kind == "stamp" and getattr(dtype, "time_zone", None) is not None:
            aware.append(field)
        types.append(_cast(field, dtype, spec.kind))
    if problems:
        raise HistoryTypeError(label, tuple(problems))
    if aware and zone is not None:
        frame = local_times(frame, aware, zone)
    names = {field: name for field, (name, _) in found.items()}
    kept = {field: spec for field, (_, spec) in found.items()}
    return Table(label, frame.select(*types), names, frozenset(dates), frozenset(nulls), kept)


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
    "text": "text",
    "amount": "numbers",
    "stamp": "dates or times",
}

PARSE = (
    "; the column contains text: parse it first, such as by pd.to_datetime(column) (pandas), "
    "pl.col(column).str.to_datetime() (polars) or CAST(column AS TIMESTAMP) (SQL); where it has UTC "
    'offsets, by pd.to_datetime(column, utc=True) or .str.to_datetime(time_zone="UTC")'
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
        "text": kind == "text",
    }[spec.kind]
    return "" if fine else f"; the column contains {_noun(kind)}"


def _noun(kind: str) -> str:
    return {"number": "numbers", "flag": "booleans", "object": "Python objects"}.get(kind, kind)


def _null_columns(frame: Frame) -> set[str]:
    """Return the columns that contain nothing but nulls, whatever their type."""
    if isinstance(frame, nw.LazyFrame):
        return null_columns(frame)
    return {name for name in frame.columns if frame[name].null_count() == len(frame)}


def _cast(field: str, dtype: Any, kind: Kind) -> nw.Expr:
    column = nw.col(field)
    if kind == "key" and dtype.is_integer():
        return column.cast(nw.Int64)
    if kind in {"key", "text"}:
        # pandas would turn a null into the text "None".
        return column if dtype == nw.String else nw.when(~column.is_null()).then(column.cast(nw.String))
    return column.cast(TYPES[kind])


def stacked(first: Any, other: Any) -> Any:
    """Return the rows of two frames; pandas warns about those without any."""
    frames = [each for each in (first, other) if isinstance(each, nw.LazyFrame) or len(each)]
    return nw.concat(frames) if len(frames) > 1 else (frames or [first])[0]


def with_same_keys(first: Table, other: Table) -> Table:
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
    wanted, dtype = (each.frame.collect_schema()["account_id"] for each in (first, other))
    if wanted == dtype:
        return other
    if "account_id" in other.nulls:
        return attrs.evolve(other, frame=other.frame.with_columns(nw.col("account_id").cast(wanted)))
    noun, seen = ("whole numbers" if each.is_integer() else "text" for each in (wanted, dtype))
    hint = f"; the column contains {seen}: convert one of the columns"
    name = str(other.names["account_id"])
    problem = ColumnProblem(name, f"{noun}, as in the {first.label}", 0, (), hint, "account_id")
    raise HistoryTypeError(other.label, (problem,))


def day_of(name: str) -> nw.Expr:
    """Return the number of a stamp's day, as `datetime.date.toordinal`."""
    return ordinal_day(nw.col(name)).cast(nw.Int64)


def units_of(name: str, decimals: int) -> nw.Expr:
    """Return an amount as a whole number of its smallest unit, such as cents.

    Halves are rounded away from zero, because engines differ in how they round them.
    """
    scaled = (nw.col(name) * 10.0**decimals).abs()
    units = (scaled + 0.5).floor()
    return nw.when(nw.col(name) < 0).then(-units).otherwise(units).cast(nw.Int64)
