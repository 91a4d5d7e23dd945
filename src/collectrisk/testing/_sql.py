"""Comparing a database that runs the SQL text of a scorecard with Python."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Any

from collectrisk._curves import Levels
from collectrisk._fields import COLUMN_KINDS, FlagValidator, NumberValidator
from collectrisk._namespaces.sql_dialects import dialect_of
from collectrisk._scorers.scorecard import CardScorer
from collectrisk.errors import ArgumentError, InvalidBorrowerError, ScorerCheckError, shown, type_name
from collectrisk.testing._borrowers import sample_rows
from collectrisk.testing._case import Case
from collectrisk.testing._checks import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from collectrisk._fields import FieldSpec
    from collectrisk._namespaces.sql_dialect import Dialect
    from collectrisk._scorers.scorer import Scorer
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
    run: Callable[[str], Iterable[Iterable[Any]]],
    dialect: str,
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
        Runs a query, a text, and returns its rows.
    dialect : str
        The database; see `collectrisk.Scorer.to_sql`.
    reasons : int, default 3
        The number of reasons to compare.
    rows : int, default 200
        The number of valid rows.

    Raises
    ------
    ScorerCheckError
        If a row differs; the error has the row, and both results.
    ArgumentError
        If the scorer is not a scorecard, or an argument is not valid.

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
    database, case = dialect_of(dialect), Case(scorer)
    query = scorer.to_sql(TABLE, dialect=dialect, key=KEY, columns={}, reasons=reasons)
    kinds = {name: COLUMN_KINDS[case.specs[name].validator.kind] for name in scorer.fields}
    sample = sample_rows(case.specs, count=rows, seed=0)
    levels = _levels(scorer)
    sample += [
        {**sample[0], name: value} for name in kinds for value in _unusual(case.specs[name], levels[name])
    ]
    numbered = iter(enumerate(row for row in sample if all(map(database.can_store, row.values()))))
    while block := dict(islice(numbered, ROWS_PER_QUERY)):
        text = _with_rows(query, database, kinds, block)
        found = {int(number): _plain(results) for number, *results in run(text)}
        for number, row in block.items():
            expected = _expected(case, {name: row[name] for name in case.specs}, reasons, kinds)
            seen = found.get(number)
            if seen is None or not _agree(expected, seen):
                values = ", ".join(f"{name}={row[name]!r}" for name in kinds)
                raise ScorerCheckError(
                    scorer=type(scorer).__name__,
                    check="sql",
                    requirement=REQUIREMENT,
                    observed=f"{expected} in Python, and {seen} in the database, for {values}",
                    fix=FIX,
                )


def _levels(scorer: CardScorer) -> dict[str, list[str]]:
    """Return the levels of each field."""
    levels: dict[str, list[str]] = {name: [] for name in scorer.fields}
    for each in scorer.card.characteristics:
        if isinstance(each, Levels):
            levels[each.field] += [level for level, _ in each.levels]
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


def _with_rows(query: str, dialect: Dialect, kinds: dict[str, str], rows: dict[int, Row]) -> str:
    """Return a query on a table that contains some rows."""
    columns = ", ".join(map(dialect.identifier, [KEY, *kinds]))
    values = [
        [str(number), *(dialect.typed(row[name], kind) for name, kind in kinds.items())]
        for number, row in rows.items()
    ]
    comments, _, stages = query.partition("\nWITH ")
    table = f"{dialect.identifier(TABLE)} ({columns}) AS (\n{dialect.rows(values)}\n)"
    return f"{comments}\nWITH {table}, {stages}"


def _expected(case: Case, row: Row, reasons: int, kinds: dict[str, str]) -> tuple[Any, ...]:
    """Return probability, channel, reasons and problem of a row in Python."""
    problems = []
    for name in kinds:
        try:
            row[name] = case.specs[name].validate(row[name])
        except InvalidBorrowerError:
            problems.append(f"{name} must be {case.specs[name].requirement}")
    if problems:
        return (*[None] * (2 + reasons), "; ".join(problems))
    assessment = case.scorer.assess(case.borrower(row))
    labels = [reason.label for reason in assessment.top_reasons(reasons)]
    others = [None] * (reasons - len(labels))
    return (assessment.visit_probability, assessment.channel.value, *labels, *others, None)


def _plain(results: list[Any]) -> tuple[Any, ...]:
    """Return the results of a row, with a float as the probability, whatever the database has returned."""
    probability, *others = results
    return (None if probability is None else float(probability), *others)


def _agree(expected: tuple[Any, ...], found: tuple[Any, ...]) -> bool:
    if expected[1:] != found[1:] or None in {expected[0], found[0]}:
        return expected == found
    return bool(abs(expected[0] - found[0]) <= TOLERANCE)
