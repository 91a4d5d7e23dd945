"""Lazy frames: the query that is built for a card, against one that is written by hand for the same card."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import duckdb
import polars as pl
import pyarrow as pa

import collectrisk as cr
from benchmarks.measure import Line, interleaved, timed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.measure import Side
    from benchmarks.setting import Setting

RULES = cr.RuleScorer()
FIELDS = [*RULES.fields]
IF_SHUT = cast("cr.Gate", RULES.card.characteristics[-1]).if_shut
ATTITUDES = sorted(RULES.attitude, key=lambda pair: pair[0] != "unknown")
"""The most frequent one first, which is the fastest order of conditions."""
CUTS = [(rung.least, rung.channel.value) for rung in reversed(RULES.ladder.rungs)]
BY_HAND = "by hand"
LEAST = 0.67
"""At most 1.5 times as slow."""

LONGEST_QUERY = 8_000
Knots = tuple[tuple[float, float], ...]


def lazy_frames(setting: Setting) -> Iterator[Line]:
    """Compare polars and DuckDB, with a summary computed by the engine, and with all scores fetched."""
    frame = cr.simulate_portfolio(setting.rows, seed=1, backend="polars")[FIELDS]
    with duckdb.connect() as connection:
        connection.register("frame", frame.to_arrow())
        connection.execute("CREATE TABLE accounts AS FROM frame")
        relation, written = RULES.assess_frame(connection.table("accounts")), connection.sql(SQL)
        pairs: dict[str, tuple[Any, Any]] = {
            "polars": (RULES.assess_frame(frame.lazy()), _polars_by_hand(frame.lazy())),
            "DuckDB": (relation, written),
        }
        expected = RULES.assess_frame(frame)
        for engine, pair in pairs.items():
            for query in pair:
                _require_same(FETCH[engine](query), expected)
        for what, run in {"summarised": SUMMARISE, "fetched": FETCH}.items():
            for engine, (ours, by_hand) in pairs.items():
                sides = {engine: _side(run[engine], ours), BY_HAND: _side(run[engine], by_hand)}
                times = interleaved(sides, setting.repeats)
                yield Line.of_speed(f"lazy frame, {what}, {engine}", times, engine, BY_HAND, LEAST)
        yield _length(len(relation.sql_query()))


def _side(run: Callable[[Any], Any], query: Any) -> Side:
    return timed(lambda: run(query))


def _require_same(scored: Any, expected: pl.DataFrame) -> None:
    """Check that a query computes what it is compared for."""
    found = pl.DataFrame(pl.from_arrow(scored))
    difference = (found["visit_probability"] - expected["visit_probability"]).abs().max()
    if found["channel"].to_list() != expected["channel"].to_list() or not cast("float", difference) <= 1e-12:
        raise AssertionError("the two queries do not compute the same")


def _length(ours: int) -> Line:
    return Line(
        measured="text of the query, DuckDB",
        ours=f"{ours / 1e3:.1f} kB",
        against=BY_HAND,
        its=f"{len(SQL) / 1e3:.1f} kB",
        best="",
        median="",
        target=f"at most {LONGEST_QUERY / 1e3:g} kB",
        met=ours <= LONGEST_QUERY,
    )


def _summarise_polars(query: pl.LazyFrame) -> object:
    return query.select(pl.sum("visit_probability"), (pl.col("channel") == "agency").sum()).collect()


def _summarise_duckdb(query: duckdb.DuckDBPyRelation) -> object:
    return query.aggregate("sum(visit_probability), count(*) FILTER (channel = 'agency')").fetchall()


def _fetch_duckdb(query: duckdb.DuckDBPyRelation) -> Any:
    found = query.arrow()
    return found if isinstance(found, pa.Table) else found.read_all()


SUMMARISE: dict[str, Callable[[Any], Any]] = {"polars": _summarise_polars, "DuckDB": _summarise_duckdb}
FETCH: dict[str, Callable[[Any], Any]] = {
    "polars": lambda query: query.collect().to_arrow(),
    "DuckDB": _fetch_duckdb,
}


def _polars_curve(field: str, knots: Knots) -> pl.Expr:
    x = pl.col(field)
    chain: Any = pl.when(x < knots[0][0]).then(knots[0][1])
    for (left, start), (right, end) in pairwise(knots):
        chain = chain.when(x < right).then(start + (x - left) * ((end - start) / (right - left)))
    return cast("pl.Expr", chain.otherwise(knots[-1][1]))


def _polars_by_hand(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return the scores by the expressions that one would write, which validate nothing."""
    attitude: Any = pl
    for name, points in ATTITUDES[:-1]:
        attitude = attitude.when(pl.col("attitude") == name).then(points)
    tries = pl.col("failed_messages") + pl.col("failed_calls")
    is_open = (pl.col("amount_overdue") >= RULES.size_threshold) & (tries >= RULES.min_failed_attempts)
    log_odds = (
        RULES.base
        + RULES.amount_per_decade * (pl.col("amount_overdue").clip(100, 1e6).log10() - 4)
        + _polars_curve("days_past_due", RULES.days_past_due)
        + attitude.otherwise(ATTITUDES[-1][1])
        + _polars_curve("failed_messages", RULES.failed_messages)
        + _polars_curve("failed_calls", RULES.failed_calls)
        + _polars_curve("broken_promises", RULES.broken_promises)
        + pl.when("placed_with_agency").then(RULES.placed_with_agency).otherwise(0.0)
        - pl.when("repayment_plan").then(RULES.repayment_plan).otherwise(0.0)
        + pl.when(is_open).then(0.0).otherwise(IF_SHUT)
    )
    channel: Any = pl
    for least, name in CUTS[:-1]:
        channel = channel.when(pl.col("visit_probability") >= least).then(pl.lit(name))
    return frame.with_columns(visit_probability=1 / (1 + (-log_odds).exp())).with_columns(
        channel=channel.otherwise(pl.lit(CUTS[-1][1]))
    )


def _number(value: float) -> str:
    return f"{float(value)!r}::DOUBLE"  # otherwise it is a decimal, with which DuckDB is slower


def _sql_curve(field: str, knots: Knots) -> str:
    chain = f"CASE WHEN {field} < {_number(knots[0][0])} THEN {_number(knots[0][1])}"
    for (left, start), (right, end) in pairwise(knots):
        slope = _number((end - start) / (right - left))
        chain += f" WHEN {field} < {_number(right)}"
        chain += f" THEN {_number(start)} + ({field} - {_number(left)}) * {slope}"
    return f"{chain} ELSE {_number(knots[-1][1])} END"


def _sql_by_hand() -> str:
    """Return the query that one would write, which validates nothing."""
    attitudes = " ".join(f"WHEN '{name}' THEN {_number(points)}" for name, points in ATTITUDES[:-1])
    channels = " ".join(
        f"WHEN visit_probability >= {_number(least)} THEN '{name}'" for least, name in CUTS[:-1]
    )
    return f"""
SELECT *, CASE {channels} ELSE '{CUTS[-1][1]}' END AS channel
FROM (SELECT *, 1::DOUBLE / (1::DOUBLE + exp(-(
    {_number(RULES.base)}
    + {_number(RULES.amount_per_decade)} * (log10(least(greatest(amount_overdue, 1e2), 1e6)) - 4::DOUBLE)
    + {_sql_curve("days_past_due", RULES.days_past_due)}
    + CASE attitude {attitudes} ELSE {_number(ATTITUDES[-1][1])} END
    + {_sql_curve("failed_messages", RULES.failed_messages)}
    + {_sql_curve("failed_calls", RULES.failed_calls)}
    + {_sql_curve("broken_promises", RULES.broken_promises)}
    + CASE WHEN placed_with_agency THEN {_number(RULES.placed_with_agency)} ELSE 0::DOUBLE END
    - CASE WHEN repayment_plan THEN {_number(RULES.repayment_plan)} ELSE 0::DOUBLE END
    + CASE WHEN amount_overdue >= {_number(RULES.size_threshold)}
        AND failed_messages + failed_calls >= {_number(RULES.min_failed_attempts)}
        THEN 0::DOUBLE ELSE {_number(IF_SHUT)} END
))) AS visit_probability FROM accounts)"""  # noqa: S608  # made of constants


SQL = _sql_by_hand()
