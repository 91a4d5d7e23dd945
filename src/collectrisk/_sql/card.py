"""From a scorecard to a query: fields, points, log-odds, probability, channel, reasons and problem."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import attrs

from collectrisk._curves import POINTS_DECIMALS, sign_of
from collectrisk._files.card_data import data_from_card, digest
from collectrisk._frames.blocks import Record
from collectrisk._frames.details import Details
from collectrisk._frames.engines import unused_prefix
from collectrisk._namespaces.sql import Sql, SqlNamespace
from collectrisk._namespaces.sql_dialect import case_of
from collectrisk._namespaces.sql_dialects import dialect_of
from collectrisk._sql.fields import Fields, names_of
from collectrisk._sql.query import Query, key_columns, table_parts
from collectrisk._version import __version__
from collectrisk.errors import ArgumentError, ColumnNameError, FormulaError, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._formula import Formula
    from collectrisk._typing import Direction
    from collectrisk.mapping import Mapping
    from collectrisk.mapping._mapping import Columns

ROUND = 1.5 * 2.0**52
"""Adding and subtracting it rounds a float to a whole number, halves to even, as NumPy does."""

RANKS = (
    "-- Ranks: points rounded to 9 decimals by adding and subtracting a large number (do not simplify\n"
    "  -- it), multiplied and numbered so that of equal points the first of the card ranks higher."
)


def to_sql(
    formula: Formula,
    table: str | Iterable[str],
    *,
    dialect: str,
    key: str | Iterable[str] | None = None,
    columns: Columns | None = None,
    reasons: int = 0,
    direction: Direction | None = None,
) -> str:
    """Return a scorecard as SQL text; see `collectrisk.Scorer.to_sql`."""
    if formula.card is None:
        why = f"must be a scorecard, whose points a query can add up, and {formula.scorer} is not"
        raise ArgumentError("scorer", why)
    details = Details(reasons=reasons, sign=sign_of(direction))
    if direction is not None and not reasons:
        raise ArgumentError("direction", "restricts the reasons, so pass reasons=1 or more with it")
    parts, keys = table_parts(table), key_columns(key)
    names = names_of(formula, columns)
    results = ["visit_probability", "channel", *details.reason_names, "problem"]
    kept = keys or [name for name in names.available if isinstance(name, str)]
    if clashing := tuple(name for name in kept if name.casefold() in results):
        advice = "rename yours" if keys else "pass key, the columns to keep"
        raise ColumnNameError(clashing, f"the result would have two columns of this name; {advice}")
    xp = SqlNamespace(dialect_of(dialect), unused_prefix("cr_", [*keys, *parts]))
    query = Query.of(parts, keys, xp)
    points = _add_points(formula, Fields.of(formula, names, xp), query)
    probability, reason_texts = _add_results(formula, points, details, query)
    texts = [
        probability.text,
        xp.literal(formula.ladder.channel(probability, cast("Any", xp))),
        *reason_texts,
    ]
    outputs = [f"{text} AS {name}" for text, name in zip([*texts, points.problem], results, strict=True)]
    return "\n".join([*_comments(formula, names.mapping), *query.lines(outputs), ""])


def _comments(formula: Formula, mapping: Mapping) -> list[str]:
    """Return the comments that identify the card, and say where its points come from."""

    def source_of(field: str) -> str:
        columns = mapping.columns_of(field)
        if columns is None:
            return f"{field}: absent"
        return field if columns == (field,) else f"{field} from {columns[0]}"

    card = attrs.evolve(formula.card, ladder=formula.ladder)
    data = data_from_card(card, "; a query can contain only these")
    return [
        f"-- A scorecard of collectrisk {__version__}; its file has the same sha256:",
        f"-- {digest(data)}",
        *(
            printable(
                f"-- {each.label} ({', '.join(map(source_of, each.fields))}); source: {each.source}",
                one_line=True,
            )
            for each in card.characteristics
        ),
    ]


@attrs.frozen
class _Points:
    """The columns of the points, and that of the problem."""

    columns: list[Sql]
    problem: str


def _add_points(formula: Formula, fields: Fields, query: Query) -> _Points:
    """Add the stages that read the fields, validate them and compute the points."""
    xp = query.xp
    record = Record(fields.value)
    for field in fields.names.to_read():
        getattr(record, field)
    points = cast("Any", formula.points)(record, xp)
    if any(not isinstance(each, Sql) and each != each for each in points):
        raise FormulaError.not_a_probability(formula.scorer, float("nan"))
    if fields.read:
        query.add("read", fields.read, fields.how_read())
        query.add("valid", fields.valid, "null where a value is not valid")
    query.add_steps()
    names = [xp.name(f"points {label}") for label in formula.labels]
    problem = xp.name("problem")
    texts = {name: xp.dialect.as_float(xp.literal(each)) for name, each in zip(names, points, strict=True)}
    joined = xp.dialect.joined(fields.problems or ["''"])
    texts[problem] = f"NULLIF(SUBSTR(\n    {joined}, 3), '')"
    query.add("points", texts, "what each characteristic adds to the log-odds")
    return _Points([Sql(name, xp) for name in names], problem)


def _add_results(formula: Formula, points: _Points, details: Details, query: Query) -> tuple[Sql, list[str]]:
    """Add the stages of the log-odds, the probability and the largest points.

    Returns
    -------
    tuple of Sql and list of str
        The probability, and the label of each reason.
    """
    xp = query.xp
    low, high = formula.card.range
    log_odds = Sql(xp.name("log odds"), xp, low=low, high=high)
    total = xp.literal(xp.total([formula.base, *points.columns]))
    ranks = _ranks(formula, points, details.sign) if details.reasons else {}
    masked = case_of([(f"{points.problem} IS NULL", total)])
    query.add("sum", {log_odds.text: xp.dialect.as_float(masked), **ranks}, "the log-odds of a visit")
    likely = xp.logistic(log_odds)
    query.add_steps()
    probability = Sql(xp.name("probability"), xp, low=0.0, high=1.0, nullable=True)
    stage = {probability.text: likely.text}
    largest = [xp.name(f"largest {place + 1}") for place in range(min(details.reasons, len(ranks)))]
    if largest:
        stage[largest[0]] = case_of([(f"{log_odds.text} IS NOT NULL", xp.dialect.greatest([*ranks]))])
    query.add("scored", stage, "the visit probability")
    for place, (before, name) in enumerate(pairwise(largest), start=2):
        rest = xp.dialect.greatest([f"CASE WHEN {each} < {before} THEN {each} ELSE 0 END" for each in ranks])
        query.add(f"reason {place}", {name: rest}, f"the largest rank below that of reason {place - 1}")
    least = xp.dialect.number(_span(formula))
    labels = list(zip(ranks, formula.labels, strict=False))
    reasons = [
        xp.case(
            [(f"{each} < {least}", math.nan), *((f"{each} = {rank}", label) for rank, label in labels)], None
        ).text
        for each in largest
    ]
    return probability, reasons + ["NULLIF('', '')"] * (details.reasons - len(reasons))


def _span(formula: Formula) -> int:
    """Return a power of two that is larger than the number of characteristics."""
    return 1 << len(formula.labels).bit_length()


def _ranks(formula: Formula, points: _Points, sign: int) -> dict[str, str]:
    """Return the columns by which characteristics are ranked: all different, larger for larger points.

    The points are rounded, and those of the first of equal ones count as larger. A rank below the span
    has no effect.
    """
    ranks: dict[str, str] = {}
    span = _span(formula)
    for place, column in enumerate(points.columns):
        number, greatest = column.xp.dialect.number, column.xp.dialect.greatest
        scale = number(10.0**POINTS_DECIMALS * (sign or 1))
        rounded = f"{column.text} * {scale} + {number(ROUND)} - {number(ROUND)}"
        size = greatest([rounded, "0"]) if sign else f"ABS({rounded})"
        text = f"{size} * {span} + {span - 1 - place}"
        ranks[column.xp.name(f"rank {place + 1}")] = text if ranks else f"{RANKS}\n  {text}"
    return ranks
