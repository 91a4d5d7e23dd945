"""How the engines of frames treat names of columns, and columns of nulls."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._namespaces.sql_dialects import DuckDB
from collectrisk.errors import ColumnNameError
from collectrisk.mapping._numbers import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


def _to_tuple(names: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(names)


def _as_it_is(name: Any) -> Any:
    return name


def _without_case(name: Any) -> Any:
    return str(name).casefold()


def key_of_names(engine: nw.Implementation) -> Callable[[Any], Any]:
    """Return the function that returns what an engine compares of a column's name."""
    ignores_case = engine.is_duckdb() or engine.is_spark_like() or engine.is_ibis()
    return _without_case if ignores_case else _as_it_is


CASE_IGNORED = ", as this engine ignores upper and lower case"
"""The reason why names are the same, in an error."""


@attrs.frozen
class FrameNames:
    """The names of a frame's columns, compared as its engine compares them.

    Attributes
    ----------
    names : tuple of str
        The names; those of a pandas frame may be other objects.
    key : callable
        Returns what is compared of a name.
    """

    names: tuple[Any, ...] = attrs.field(converter=_to_tuple)
    key: Callable[[Any], Any] = _as_it_is
    _spellings: dict[Any, Any] = attrs.field(init=False)

    @_spellings.default
    def _index(self) -> dict[Any, Any]:
        return {self.key(name): name for name in self.names}

    @classmethod
    def of(cls, frame: nw.DataFrame[Any] | nw.LazyFrame[Any]) -> FrameNames:
        """Return the names of a frame."""
        return cls(frame.collect_schema().names(), key_of_names(frame.implementation))

    def __contains__(self, name: object) -> bool:
        return self.key(name) in self._spellings

    def __iter__(self) -> Iterator[Any]:
        return iter(self.names)

    def spelled(self, name: Any) -> Any:
        """Return the name of a column as the frame spells it."""
        return self._spellings[self.key(name)]

    def without(self, names: Iterable[Any]) -> list[Any]:
        """Return the names that are not among others."""
        others = set(map(self.key, names))
        return [name for name in self.names if self.key(name) not in others]


def refuse_duplicates(names: Iterable[Any], key: Callable[[Any], Any] = _as_it_is) -> None:
    """Raise `ColumnNameError` if two columns have the same name."""
    listed = list(names)
    counts = Counter(map(key, listed))
    duplicates = tuple(dict.fromkeys(name for name in listed if counts[key(name)] > 1))
    if duplicates:
        case = CASE_IGNORED if len(set(map(key, duplicates))) < len(duplicates) else ""
        raise ColumnNameError(
            duplicates, f"there is more than one column of this name{case}; rename or drop one"
        )


def unused_prefix(prefix: str, names: Iterable[object]) -> str:
    """Return a prefix for temporary columns with which no name begins, in lower or upper case."""
    used = {str(name).casefold() for name in names}
    while any(name.startswith(prefix) for name in used):
        prefix = f"_{prefix}"
    return prefix


def quoted(name: str, engine: nw.Implementation) -> str:
    """Return a name as an expression refers to it.

    To Spark, a.b is the part b of the column a; to polars, ^a$ is a pattern, and * is every column.
    """
    if engine.is_spark_like() and ("." in name or "`" in name):
        return "`" + name.replace("`", "``") + "`"
    if engine.is_polars() and (name == "*" or (name.startswith("^") and name.endswith("$"))):
        return f"^{literal(name)}$"
    return name


def refuse_qualified(names: Iterable[str], engine: nw.Implementation) -> None:
    """Raise `ColumnNameError` for names that DuckDB before 2.0 splits into a table and a column."""
    if not engine.is_duckdb():
        return
    import duckdb

    split = tuple(name for name in names if "." in name or '"' in name)
    if split and int(duckdb.__version__.partition(".")[0]) < 2:
        why = f"DuckDB {duckdb.__version__} reads a point or a quote in a name as the end of a table's name"
        raise ColumnNameError(split, f"{why}; rename the column, or use DuckDB 2.0 or later")


def comparable(frame: nw.LazyFrame[Any], copies: Mapping[str, str]) -> nw.LazyFrame[Any]:
    """Return a frame of DuckDB with copies of text columns, by name, that are compared byte by byte.

    The columns themselves may ignore case or accents, and their types do not say so.
    """
    sql = DuckDB()
    added = (f"{sql.read_text(sql.identifier(name))} AS {copy}" for name, copy in copies.items())
    extended: nw.LazyFrame[Any] = nw.from_native(frame.to_native().project(", ".join(["*", *added])))
    return extended


NATIVE_TYPES: dict[nw.Implementation, Callable[[Any], Iterable[tuple[str, Any]]]] = {
    nw.Implementation.POLARS: lambda frame: frame.collect_schema().items(),
    nw.Implementation.DUCKDB: lambda frame: zip(frame.columns, frame.types, strict=True),
    nw.Implementation.IBIS: lambda frame: frame.schema().items(),
    nw.Implementation.PYSPARK: lambda frame: frame.dtypes,
    nw.Implementation.PYSPARK_CONNECT: lambda frame: frame.dtypes,
}
"""How to list the names and types of a native frame's columns."""

NULL_TYPES = {"null", "void"}
"""The types of a column that contains nothing but nulls."""


def null_columns(frame: nw.LazyFrame[Any]) -> set[str]:
    """Return the columns that contain nothing but nulls by their types, which narwhals does not know."""
    types = NATIVE_TYPES.get(frame.implementation)
    if types is None or nw.Unknown not in frame.collect_schema().values():
        return set()
    return {name for name, kind in types(frame.to_native()) if str(kind).strip('"').lower() in NULL_TYPES}
