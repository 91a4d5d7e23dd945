"""The query of a lazy frame: its size grows with the formula, and not faster."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from frame_kinds import LAZY, Columns, FrameKind, kind_named

import collectrisk as cr
from collectrisk._namespaces.expression_columns import Expression, Range
from collectrisk._namespaces.expressions import EXPRESSIONS
from collectrisk._namespaces.scalar import SCALAR
from collectrisk._namespaces.stages import Stages

if TYPE_CHECKING:
    from collections.abc import Callable

every_lazy_kind = pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)

EIGHT_FIELDS: Columns = {
    "amount_overdue": [30_000.0, 250.0],
    "days_past_due": [200, 30],
    "attitude": ["evasive", None],
    "failed_messages": [10, None],
    "failed_calls": [5, 0],
    "broken_promises": [2, None],
    "placed_with_agency": [True, None],
    "repayment_plan": [False, None],
}


def query_of(scorer: cr.Scorer, **options: Any) -> str:
    """Return the SQL that scores a DuckDB relation."""
    frame = kind_named("DuckDB").make(EIGHT_FIELDS)
    query: str = scorer.assess_frame(frame, **options).sql_query()
    return query


def with_curve(knots: int) -> cr.Scorecard:
    """Return a card with one curve."""
    points = [(1.07 * place, math.sin(place)) for place in range(knots)]
    curve = cr.PiecewiseLinear(label="delay", field="days_past_due", knots=points)
    return cr.Scorecard(base=-1, characteristics=[curve])


def test_the_query_of_the_rules_is_short() -> None:
    assert len(query_of(cr.RuleScorer())) <= 8_000


def test_the_query_grows_linearly_with_the_knots() -> None:
    few, many = (len(query_of(with_curve(knots))) for knots in (60, 240))
    assert many < 4.2 * few


def test_reasons_add_a_comparison_of_each_pair_to_the_query() -> None:
    assert len(query_of(cr.RuleScorer(), reasons=3)) < 20_000


@pytest.mark.parametrize("kind", [kind_named("Spark")], ids=lambda kind: kind.name)
@pytest.mark.parametrize("options", [{}, {"reasons": 3, "invalid": "null"}], ids=["score", "reasons"])
def test_spark_scores_in_one_stage_without_python(
    kind: FrameKind, options: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    session = kind.make({"x": [1]}).sparkSession
    numbers = [f"id * 7 AS {name}" for name in ("days_past_due", "failed_messages", "failed_calls")]
    attitude = "if(id > 3, 'hostile', 'passive') AS attitude"
    frame = session.range(10).selectExpr("id * 0.5 AS amount_overdue", attitude, *numbers)
    cr.RuleScorer().assess_frame(frame, **options).explain()
    plan = capsys.readouterr().out
    assert "Project" in plan
    assert not [each for each in ("Exchange", "Python", "Pandas", "Join", "Window") if each in plan]


REPEATED: dict[str, Callable[[Any, Any, cr.Namespace], Any]] = {
    "clip": lambda x, _, xp: xp.clip(x, -5.0, 5.0) * 1.01,
    "interp": lambda x, _, xp: xp.interp(x, (0.0, 1.0, 3.0), (0.5, 0.9, 1.0)),
    "step": lambda x, _, xp: xp.step(x, (0.0, 1.0, 3.0), (0.5, 0.9, 1.5)),
    "log": lambda x, _, xp: xp.log(x),
    "log1p": lambda x, _, xp: xp.log1p(x),
    "sqrt": lambda x, _, xp: xp.sqrt(x),
    "minimum": lambda x, y, xp: xp.minimum(x, y),
    "maximum": lambda x, y, xp: xp.maximum(y, x),
    "divide": lambda x, y, xp: xp.divide(y, x),
    "quotient": lambda x, y, _: y / (x + 1.0),
    "power": lambda x, _, __: x**0.5,
    "is_missing": lambda x, _, xp: xp.where(xp.is_missing(xp.sqrt(x)), 1.0, 2.0),
    "comparison": lambda x, y, xp: xp.where(y < xp.sqrt(x), 1.0, 2.0),
}


class _Nested(cr.Scorer):
    """A formula of a function of a function of a function."""

    def __init__(self, function: Callable[[Any, Any, cr.Namespace], Any], depth: int) -> None:
        self.function, self.depth = function, depth

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        x: Any = borrower.amount_overdue * 1e-4
        for _ in range(self.depth):
            x = self.function(x, borrower.days_past_due * 1.0, xp)
        return xp.logistic(x)


@pytest.mark.parametrize("function", REPEATED)
def test_the_query_grows_linearly_with_the_depth_of_a_formula(function: str) -> None:
    lengths = [len(query_of(_Nested(REPEATED[function], depth))) for depth in (2, 4, 8)]
    # The names of the columns are repeated in every stage.
    assert lengths[2] - lengths[1] < 3.5 * (lengths[1] - lengths[0])
    assert lengths[2] < 30_000


@every_lazy_kind
def test_a_curve_of_many_knots_is_that_of_one_borrower(kind: FrameKind) -> None:
    knots = {"polars lazy": 800, "Dask": 40}
    card = with_curve(knots.get(kind.name, 250))
    days = [*range(0, 900, 7), 14_610]
    columns: Columns = {
        "row": list(range(len(days))),
        "amount_overdue": [1.0] * len(days),
        "days_past_due": days,
    }
    found = kind.plain(card.assess_frame(kind.make(columns)), order_by="row")["visit_probability"]
    expected = [
        card.assess(cr.Borrower(amount_overdue=1, days_past_due=day)).visit_probability for day in days
    ]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_a_steep_curve_far_from_zero_keeps_its_digits() -> None:
    knots, points = (1e9, 1e9 + 1e-3, 1e9 + 1.0), (-900.0, 900.0, 3.0)
    numbers = [1e9, 1e9 + 2e-4, 1e9 + 1e-3, 1e9 + 0.7]
    frame = nw.from_native(pl.LazyFrame({"x": numbers}))
    found = frame.select(y=EXPRESSIONS.interp(Expression(nw.col("x")), knots, points).expr).to_native()
    expected = [SCALAR.interp(number, knots, points) for number in numbers]
    np.testing.assert_allclose(found.collect()["y"], expected, rtol=1e-13)


def test_a_curve_on_a_log_scale_may_begin_at_the_largest_plausible_number() -> None:
    largest = cr.Borrower.plausible["failed_calls"]
    knots = [(largest, 2.0), (2 * largest, 0.0)]
    curve = cr.PiecewiseLinear(label="calls", field="failed_calls", knots=knots, scale="log")
    card = cr.Scorecard(base=-1, characteristics=[curve])
    frame = pl.DataFrame({"failed_calls": [0, 5, largest]})
    expected = [SCALAR.logistic(1.0)] * 3
    assert card.assess_frame(frame.lazy()).collect()["visit_probability"].to_list() == expected


LEVELS = {f"Ärzte 'n' {place}": place / 7 for place in range(150)}
TEXTS: list[Any] = [*LEVELS, "elsewhere", "", None]


@every_lazy_kind
def test_a_text_of_hundreds_of_levels_is_looked_up(kind: FrameKind) -> None:
    frame: Any = nw.from_native(kind.make({"row": list(range(len(TEXTS))), "text": TEXTS}))
    text = Expression(nw.col("text"), "text", stages=Stages(frame.implementation, "temporary"), named=True)
    for table in (LEVELS, dict(list(LEVELS.items())[:16])):
        looked_up = EXPRESSIONS.lookup(text, table, -1.0).expr
        found = kind.plain(frame.select("row", number=looked_up).to_native(), order_by="row")
        assert found["number"] == [*(table.get(text, -1.0) for text in TEXTS[:-1]), None]


def test_numbers_of_many_levels_are_looked_up_by_their_codes() -> None:
    table = {**{str(number): number / 7 for number in range(40)}, "x": 5.0, "007": 6.0}
    frame = nw.from_native(pl.LazyFrame({"x": [0.0, 7.0, 39.0, 40.0, 0.5, None]}))
    found = frame.select(y=EXPRESSIONS.lookup(Expression(nw.col("x")), table, -1.0).expr).to_native()
    assert found.collect()["y"].to_list() == [0.0, 1.0, 39 / 7, -1.0, -1.0, None]


def test_an_engine_without_a_look_up_has_conditions_that_are_not_nested_deeply() -> None:
    stages = Stages(nw.Implementation.PYSPARK_CONNECT, "temporary")
    text = Expression(nw.col("text"), "text", stages=stages, named=True)
    looked_up = EXPRESSIONS.lookup(text, LEVELS, -1.0).expr
    relation: Any = duckdb.sql("SELECT * FROM (VALUES ('elsewhere'), ('Ärzte ''n'' 149')) AS t(text)")
    query: Any = nw.from_native(relation).select(number=looked_up).to_native()
    assert query.fetchall() == [(-1.0,), (149 / 7,)]
    assert query.sql_query().count("COALESCE") == 1
    assert "END) " * 17 not in query.sql_query()


class _Texts(cr.Scorer):
    """A formula that compares and chooses texts of two enums."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        attitude, product = borrower.attitude, borrower.product
        chosen = xp.where(borrower.failed_calls > 2, attitude, product)
        parts = [
            xp.where(attitude == "hostile", 1.0, 0.0),
            xp.where(attitude != "no such attitude", 2.0, 0.0),
            xp.where(attitude == product, 4.0, 8.0),
            xp.where(attitude == attitude, 16.0, 0.0),
            xp.lookup(chosen, {"other": 32.0, "passive": 64.0, "none": 128.0}, 256.0),
            xp.where(chosen == "other", 512.0, 0.0),
            xp.lookup(attitude, {"none": 1e4}, 1_024.0),
        ]
        return xp.total(parts) / 2_048


@every_lazy_kind
def test_texts_of_an_enum_are_compared_as_texts(kind: FrameKind) -> None:
    columns: Columns = {
        "row": [0, 1, 2, 3, 4],
        "amount_overdue": [1.0] * 5,
        "days_past_due": [1] * 5,
        "failed_calls": [3, 3, 0, 0, 0],
        "attitude": ["passive", "hostile", None, "evasive", "Hostile"],
        "product": ["credit_card", None, "other", "online_loan", "other"],
    }
    found = kind.plain(_Texts().assess_frame(kind.make(columns)), order_by="row")["visit_probability"]
    parts = [8 + 64, 1 + 8 + 256, 8 + 32 + 512, 8 + 256]
    assert found == [*((each + 2 + 16 + 1_024) / 2_048 for each in parts), None]


def test_texts_of_duckdb_are_compared_byte_by_byte_whatever_the_collation_of_their_column() -> None:
    database = duckdb.connect()
    database.execute("CREATE TABLE accounts (attitude VARCHAR COLLATE NOCASE, x VARCHAR COLLATE NOACCENT)")
    database.execute("INSERT INTO accounts VALUES ('hostile', 'café'), ('Hostile', 'café'), (NULL, 'cafe')")
    characteristics = [
        cr.Levels(label="attitude", field="attitude", levels={"hostile": 1.0}),
        cr.Levels(label="x", field="x", levels={"café": 2.0}),
    ]
    card = cr.Scorecard(base=0, characteristics=characteristics)
    scored = card.assess_frame(database.table("accounts"), invalid="null")
    assert scored.columns == ["attitude", "x", "visit_probability", "channel", "problem"]
    assert [row[2] for row in scored.fetchall()] == [SCALAR.logistic(3.0), None, 0.5]


def test_a_number_that_may_be_null_but_not_nan_is_missing_where_it_is_null() -> None:
    number = Expression(nw.col("x"), range=Range.NULL)
    frame = nw.from_native(pl.LazyFrame({"x": [1.0, None]}))
    found = frame.select(missing=EXPRESSIONS.is_missing(number).expr, less=(number < 2.0).expr).to_native()
    assert found.collect().rows() == [(False, True), (True, False)]


@every_lazy_kind
def test_a_card_that_reads_nothing_has_no_problems_and_no_reasons(kind: FrameKind) -> None:
    card = cr.Scorecard(base=0.0, characteristics=[])
    scored = kind.plain(card.assess_frame(kind.make({"x": [1, 2]}), reasons=1, invalid="null"))
    assert scored["visit_probability"] == [0.5, 0.5]
    assert scored["reason_1"] == scored["problem"] == [None, None]


def test_a_bounded_column_is_limited_only_where_it_can_be_outside() -> None:
    frame = nw.from_native(pl.LazyFrame({"x": [-3.0, 0.25, 3.0]}))
    inside = EXPRESSIONS.clip(Expression(nw.col("x"), range=Range.FINITE), -1.0, 1.0)
    for lowest, highest in ((-2.0, 2.0), (-2.0, 0.5), (0.5, 2.0), (2.0, 3.0)):
        limited = EXPRESSIONS.clip(inside, lowest, highest)
        expected = [SCALAR.clip(number, lowest, highest) for number in (-1.0, 0.25, 1.0)]
        assert frame.select(x=limited.expr).to_native().collect()["x"].to_list() == expected
        assert limited.bounds == (SCALAR.clip(-1.0, lowest, highest), SCALAR.clip(1.0, lowest, highest))


@every_lazy_kind
def test_a_card_without_characteristics_scores_a_frame_without_fields(kind: FrameKind) -> None:
    card = cr.Scorecard(base=-1.0, characteristics=[])
    scored = kind.read(card.assess_frame(kind.make({"note": ["a", "b"]}), invalid="null", reasons=1))
    assert scored.column_names == ["note", "visit_probability", "channel", "reason_1", "problem"]
    probability = pytest.approx(1 / (1 + math.e), rel=1e-15)
    assert scored.to_pylist() == [
        {
            "note": note,
            "visit_probability": probability,
            "channel": "agency",
            "reason_1": None,
            "problem": None,
        }
        for note in ("a", "b")
    ]
