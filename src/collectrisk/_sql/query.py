"""A query in stages: each selects what the one before has, and more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._namespaces.sql_dialect import require_text
from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk._namespaces.sql import SqlNamespace

FENCED = "-- {}: the database computes each column once, instead of once for each use."
"""Says what stands at each stage for this purpose."""

QUOTES = '"`[('
"""No name of a table begins with one of these, unless it is quoted, or a query."""


def table_parts(table: str | Iterable[str]) -> list[str]:
    """Return the parts of a table's name; a text is split at its dots."""
    given: Any = table
    if isinstance(given, str) and any(each.lstrip()[:1] in tuple(QUOTES) for each in given.split(".")):
        why = "must be the name of a table without quotes, which the query adds, or a list of its parts"
        raise ArgumentError("table", f"{why}, not {shown(table)}; make a view for a query")
    parts = given.split(".") if isinstance(given, str) else _listed(given)
    if not parts or not all(parts):
        why = 'must be a name such as "accounts" or "schema.accounts", or a list of its parts'
        raise ArgumentError("table", f"{why}, not {shown(table)}")
    return [require_text("table", each) for each in parts]


def key_columns(key: str | Iterable[str] | None) -> list[str]:
    """Return the names of the columns to keep; an empty list stands for all."""
    if key is None:
        return []
    keys = [key] if isinstance(key, str) else _listed(key)
    if not keys or not all(keys) or len({each.casefold() for each in keys}) < len(keys):
        why = "must be the name of a column, a list of different names, or None for all columns"
        raise ArgumentError("key", f"{why}, not {shown(key)}")
    return [require_text("key", each) for each in keys]


def _listed(given: Any) -> list[str]:
    """Return a list of texts, or an empty list if it contains anything else."""
    listed = list(given) if isinstance(given, Iterable) and not isinstance(given, (dict, bytes)) else []
    return listed if all(isinstance(each, str) for each in listed) else []


@attrs.define
class Query:
    """A query in stages.

    Attributes
    ----------
    xp : SqlNamespace
        The namespace.
    source : str
        The table.
    kept : list of str
        What the first stage keeps of the table.
    result : list of str
        The columns of the result that are those of the table.
    stages : list of (str, str, list of str)
        The name of each stage, a comment, and what it selects.
    """

    xp: SqlNamespace
    source: str
    kept: list[str]
    result: list[str]
    stages: list[tuple[str, str, list[str]]] = attrs.field(init=False, factory=list)

    @classmethod
    def of(cls, parts: list[str], keys: list[str], xp: SqlNamespace) -> Query:
        """Return a query that reads a table, and keeps some columns or all.

        Raises
        ------
        ArgumentError
            If all columns are to be kept, and the database has no way to do so.
        """
        dialect = xp.dialect
        source = ".".join(map(dialect.identifier, parts))
        if keys:
            kept = list(map(dialect.identifier, keys))
            return cls(xp, source, kept, kept)
        if not dialect.row:
            raise ArgumentError(
                "key",
                f"must name the columns to keep, such as the account's id, because {dialect.name} cannot "
                "return all columns of the table without the helper columns",
            )
        table, row = xp.name("table"), xp.name("row")
        kept = [f"{dialect.row.format(table=table)} AS {row}"]
        return cls(xp, f"{source} AS {table}", kept, [dialect.all_columns.format(row=row)])

    def add(self, meaning: str, columns: Mapping[str, str], comment: str) -> None:
        """Add a stage with some columns to those of the stage before."""
        selected = ["*"] if self.stages else self.kept
        expressions = (f"{text} AS {name}" for name, text in columns.items())
        self.stages.append((self.xp.name(meaning), comment, [*selected, *expressions]))

    def add_steps(self) -> None:
        """Add the stages with the columns that the expressions made so far need, if there are any."""
        for needed in self.xp.take_stages():
            self.add("steps", needed, "what is used more than once")

    def lines(self, outputs: list[str]) -> list[str]:
        """Return the lines of the query with the outputs after the columns of the table."""
        dialect, source = self.xp.dialect, self.source
        lines: list[str] = []
        fence = f"{dialect.stage_options}{dialect.stage_end}".strip()
        for name, comment, selected in self.stages:
            start = "), " if lines else "WITH "
            options, end = dialect.stage_options, dialect.stage_end
            fenced = f"; do not remove {options.strip()}" if options else ""
            lines.append(f"{start}{name} AS {options}( -- {comment}{fenced}")
            lines += _select(selected, f"{source}{end} -- do not remove" if end else source)
            source = name
        comments = [FENCED.format(fence)] if fence else []
        return [*comments, *lines, ")", *_select([*self.result, *outputs], source)]


def _select(selected: list[str], source: str) -> list[str]:
    columns = ",\n  ".join(selected)
    return [f"SELECT {columns}", f"FROM {source}"]
