"""Comparing a database that runs the SQL text of a scorecard with Python."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._fields import COLUMN_KINDS, FlagValidator, NumberValidator
from collectrisk._frames.engines import unused_prefix
from collectrisk._namespaces.sql_dialects import dialect_of
from collectrisk._scorers.scorecard import CardScorer
from collectrisk._sql.fields import names_of
from collectrisk.errors import ArgumentError, InvalidBorrowerError, ScorerCheckError, shown, type_name
from collectrisk.testing._borrowers import sample_rows
from collectrisk.testing._case import Case
from collectrisk.testing._checks import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._fields import FieldSpec
    from collectrisk._frames.names import ColumnNames
    from collectrisk._namespaces.sql_dialect import Dialect
    from collectrisk._scorers.scorecard import Scorecard
    from collectrisk._scorers.scorer import Scorer
    from collectrisk.mapping._mapping import Columns
    from collectrisk.testing._borrowers import Row

TABLE = "collectrisk_accounts"
KEY = "account"
ROWS_PER_QUERY = 500
REQUIREMENT = "a row of a table gets the same probability, channel, reasons and problem as its borrower"
FIX = (
    "run the query as it is, on a database whose dialect is supported and that computes with 64-bit "
    "floats; if it does, this is a fault of collectrisk"
)


def check_sql(
    scorer: Scorer,
    *,
    run: Callable[[str], Any],
    dialect: str,
    columns: Columns | None = None,
    reasons: int = 3,
    rows: int = 200,
) -> None:
    """Check that a database runs the SQL text of a scorecard with the results of Python.

    The rows are in the queries themselves, so the database needs no table, and nothing is written.
    They contain the edges of every field, a random sample of valid values, missing values, and
    values that are not valid. They are the same in every run.

    Parameters
    ----------
    scorer : Scorer
        The scorecard.
    run : callable
        Runs a query, a text, and returns its rows, or a cursor with the method `fetchall`.
    dialect : str
        The database; see `collectrisk.Scorer.to_sql`.
    columns : Mapping, or mapping of str to (str or None), optional
        As in `collectrisk.Scorer.to_sql`; by default the mapping of a fitted scorer.
    reasons : int, default 3
        The number of reasons to compare.
    rows : int, default 200
        The number of valid rows.

    Raises
    ------
    ScorerCheckError
        If a row differs; the error has the row, and both results.
    ArgumentError
        If the scorer is not a scorecard, a value would have to be converted, or an argument is not valid.

    Examples
    --------
    >>> import sqlite3
    >>> import collectrisk as cr
    >>> from collectrisk.testing import check_sql
    >>> database = sqlite3.connect(":memory:")
    >>> check_sql(cr.RuleScorer(), run=database.execute, dialect="sqlite")
    >>> database.close()
    """
    if not isinstance(scorer, CardScorer):
        kind = type_name(scorer)
        raise ArgumentError("scorer", f"must be a scorecard, not {kind}")
    if type(rows) is not int or rows < 1:
        raise ArgumentError("rows", f"must be a whole number, 1 or more, not {shown(rows)}")
    table, database = _Table.of(Case(scorer), columns), dialect_of(dialect)
    query = scorer.to_sql(TABLE, dialect=dialect, key=table.key, columns=columns, reasons=reasons)
    numbered = iter(enumerate(row for row in table.rows(rows) if all(map(database.can_store, row.values()))))
    while block := dict(islice(numbered, ROWS_PER_QUERY)):
        found = {
            int(number): _plain(results) for number, *results in _run(run, table.text(query, database, block))
        }
        for number, row in block.items():
            expected, seen = table.expected(row, reasons), found.get(number)
            if seen is None or not _agree(expected, seen):
                values = ", ".join(f"{name}={row[name]!r}" for name in table.columns)
                raise ScorerCheckError(
                    scorer=type(scorer).__name__,
                    check="sql",
                    requirement=REQUIREMENT,
                    observed=f"{expected} in Python, and {seen} in the database, for {values}",
                    fix=FIX,
                )


def _run(run: Callable[[str], Any], text: str) -> Iterable[Iterable[Any]]:
    """Return the rows of a query; some cursors are not iterable, and have `fetchall`."""
    result = run(text)
    rows = result.fetchall() if hasattr(result, "fetchall") else result
    if not isinstance(rows, Iterable):
        raise ArgumentError("run", f"must return the rows of the query or a cursor, not {type_name(rows)}")
    return rows


@attrs.frozen(slots=False)
class _Table:
    """A table for the check.

    Attributes
    ----------
    case : Case
        The scorer.
    columns : dict of str to str
        The column of each field.
    names : ColumnNames
        How each field is read.
    absent : tuple of str
        The fields that the table does not have.
    """

    case: Case
    columns: dict[str, str]
    names: ColumnNames
    absent: tuple[str, ...]

    @classmethod
    def of(cls, case: Case, columns: Columns | None) -> _Table:
        """Return the table of a mapping."""
        names = names_of(case.formula, columns)
        found = {field: names.mapping.columns_of(field) for field in names.to_read()}
        own = {field: each[0] for field, each in found.items() if each is not None}
        if len(set(own.values())) < len(own):
            raise ArgumentError("columns", "must name a column of its own for each field in this check")
        return cls(case, own, names, tuple(field for field in found if found[field] is None))

    @property
    def key(self) -> str:
        """The column with the number of each row."""
        return unused_prefix(KEY, self.columns.values())

    @cached_property
    def specs(self) -> dict[str, FieldSpec]:
        """The specs of the fields in the table, with the limits of the mapping."""
        return {field: self.names.converter(field, "number").spec for field in self.columns}

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of each column, by field."""
        return {field: COLUMN_KINDS[spec.validator.kind] for field, spec in self.specs.items()}

    def rows(self, count: int) -> list[Row]:
        """Return valid rows, and some in which a value is missing or not valid."""
        specs, levels = self.case.specs, _levels(self.case.formula.card)
        sample = sample_rows(specs, count=count, seed=0)
        sample += [
            {**sample[0], field: value}
            for field, spec in self.specs.items()
            for value in _unusual(spec, levels.get(field, []))
        ]
        absent = {field: specs[field].default for field in self.absent}
        return [{**row, **absent} for row in sample]

    def text(self, query: str, dialect: Dialect, rows: dict[int, Row]) -> str:
        """Return a query on a table that contains some rows."""
        columns = ", ".join(map(dialect.identifier, [self.key, *self.columns.values()]))
        values = [
            [str(number), *(dialect.typed(row[field], kind) for field, kind in self.kinds.items())]
            for number, row in rows.items()
        ]
        comments, _, stages = query.partition("\nWITH ")
        table = f"{dialect.identifier(TABLE)} ({columns}) AS (\n{dialect.rows(values)}\n)"
        return f"{comments}\nWITH {table}, {stages}"

    def expected(self, given: Row, reasons: int) -> tuple[Any, ...]:
        """Return probability, channel, reasons and problem of a row in Python."""
        row, problems = {name: given[name] for name in self.case.specs}, []
        for field, spec in self.specs.items():
            try:
                row[field] = spec.validate(row[field])
            except InvalidBorrowerError:
                problems.append(f"{self.columns[field]} must be {spec.requirement}")
        if problems:
            return (*[None] * (2 + reasons), "; ".join(problems))
        assessment = self.case.scorer.assess(self.case.borrower(row))
        labels = [reason.label for reason in assessment.top_reasons(reasons)]
        others = [None] * (reasons - len(labels))
        return (assessment.visit_probability, assessment.channel.value, *labels, *others, None)


def _levels(card: Scorecard) -> dict[str, list[str]]:
    """Return the levels of each field that has any."""
    levels: dict[str, list[str]] = {}
    for each in card.characteristics:
        for field, its_levels in each.levels_by_field.items():
            levels.setdefault(field, []).extend(its_levels)
    return levels


def _unusual(spec: FieldSpec, levels: list[str]) -> list[Any]:
    """Return values of a field that are missing, not valid, or almost those of a level."""
    validator = spec.validator
    if isinstance(validator, NumberValidator):
        outside = (validator.minimum - 1, validator.limit * 1.5 + 1, math.inf, -math.inf)
        return [None, math.nan, *map(float, outside), *([0.5] if validator.integer else [])]
    if isinstance(validator, FlagValidator):
        return [None]
    return [None, *(text for level in levels for text in (level, level.upper(), f"{level} "))]


def _plain(results: list[Any]) -> tuple[Any, ...]:
    """Return the results of a row, with a float as the probability, whatever the database has returned."""
    probability, *others = results
    return (None if probability is None else float(probability), *others)


def _agree(expected: tuple[Any, ...], found: tuple[Any, ...]) -> bool:
    if expected[1:] != found[1:] or None in {expected[0], found[0]}:
        return expected == found
    return bool(abs(expected[0] - found[0]) <= TOLERANCE)
