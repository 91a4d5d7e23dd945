"""Points of each characteristic and intervals, on frames of every kind."""

from __future__ import annotations

import functools
import math
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from frame_kinds import EAGER, KINDS, LAZY, SPLITS_NAMES, Columns, FrameKind

import collectrisk as cr
from collectrisk._frames import read_accounts
from collectrisk._scorers.scorer import formula_of
from collectrisk.errors import ArgumentError, ColumnNameError

RULES = cr.RuleScorer()
POINTS = [f"points_{label}" for label in RULES.labels]
ENDS = ["visit_probability_low", "visit_probability_high"]
COLUMNS: Columns = {
    "row": [2, 0, 1],
    "amount_overdue": [30_000.0, 3_000.0, 250.0],
    "days_past_due": [540, 10, 45],
    "attitude": ["evasive", "unknown", None],
    "failed_calls": [6, 0, None],
    "placed_with_agency": [True, False, None],
}
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
eager = pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
some_kinds = pytest.mark.parametrize("kind", [EAGER[0], *LAZY[:2]], ids=lambda kind: kind.name)
lazy = pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)


@functools.cache
def fitted() -> cr.LogisticScorer:
    accounts = cr.simulate_portfolio(800, seed=1, backend="polars")
    chance = cr.RuleScorer(base=-1.0).visit_probabilities(accounts)
    return cr.LogisticScorer(prior=RULES).fit(accounts, np.random.default_rng(1).random(800) < chance)


def assessments(scorer: cr.Scorer, columns: Columns = COLUMNS) -> list[Any]:
    """Return the assessment of each row's borrower, in the order of the column `row`."""
    fields = [name for name in columns if name != "row"]
    rows = sorted(
        zip(columns["row"], *(columns[name] for name in fields), strict=True), key=lambda row: row[0]
    )
    return [scorer.assess(cr.Borrower(**dict(zip(fields, row[1:], strict=True)))) for row in rows]


def found(kind: FrameKind, scorer: cr.Scorer, given: Columns = COLUMNS, **options: Any) -> Columns:
    """Return the scored rows, in the order of the column `row`."""
    plain = kind.plain(scorer.assess_frame(kind.make(given), **options), order_by="row")
    order = np.argsort(plain["row"])
    return {name: [values[row] for row in order] for name, values in plain.items()}


@every_kind
def test_the_points_of_each_characteristic_are_those_of_the_borrower(kind: FrameKind) -> None:
    scored = found(kind, RULES, points=True)
    assert list(scored) == [*COLUMNS, "visit_probability", "channel", *POINTS]
    for row, assessment in enumerate(assessments(RULES)):
        points = [scored[name][row] for name in POINTS]
        assert points == pytest.approx(assessment.points, rel=0, abs=1e-12)
        log_odds = math.fsum([RULES.card.base, *points])
        assert log_odds == pytest.approx(assessment.log_odds, rel=0, abs=1e-12)
        assert scored["visit_probability"][row] == pytest.approx(1 / (1 + math.exp(-log_odds)), abs=1e-12)
        assert scored["channel"][row] == assessment.channel.value


@eager
def test_the_interval_is_that_of_the_borrower(kind: FrameKind) -> None:
    for scorer in (fitted(), fitted().recalibrate(rate=0.3)):
        scored = found(kind, scorer, interval=True)
        assert list(scored) == [*COLUMNS, "visit_probability", "channel", *ENDS]
        for row, assessment in enumerate(assessments(scorer)):
            ends = tuple(scored[name][row] for name in ENDS)
            assert ends == pytest.approx(assessment.interval, rel=0, abs=1e-12)


def test_the_interval_is_right_in_every_block_of_rows() -> None:
    accounts = cr.simulate_portfolio(2_500, seed=2, backend="polars")
    scored = fitted().assess_frame(accounts, interval=True)
    for row in (0, 1_023, 1_024, 2_048, 2_499):
        assessment = fitted().assess(cr.Borrower(**accounts.row(row, named=True)))
        assert scored.row(row)[-2:] == pytest.approx(assessment.interval, rel=0, abs=1e-12)


@eager
def test_all_details_come_in_a_fixed_order_and_an_invalid_row_has_none(kind: FrameKind) -> None:
    columns = {**COLUMNS, "amount_overdue": [30_000.0, -1.0, 250.0]}
    scored = found(kind, fitted(), columns, points=True, interval=True, reasons=2, invalid="null")
    points = [f"points_{label}" for label in fitted().labels]
    added = ["visit_probability", "channel", *ENDS, *points, "reason_1", "reason_2"]
    assert list(scored) == [*COLUMNS, *added, "problem"]
    assert {scored[name][0] for name in added} == {None}
    assert None not in {scored[name][1] for name in added}


@lazy
def test_an_invalid_row_of_a_lazy_frame_has_no_points(kind: FrameKind) -> None:
    scored = found(kind, RULES, {**COLUMNS, "amount_overdue": [30_000.0, -1.0, 250.0]}, points=True)
    assert {scored[name][0] for name in [*POINTS, "visit_probability"]} == {None}
    assert None not in {scored[name][1] for name in POINTS}


@some_kinds
def test_a_skipped_row_has_no_points(kind: FrameKind) -> None:
    mapping = cr.mapping.Mapping(skip={"note": ["total"]})
    columns = {**COLUMNS, "note": ["", "total", ""]}
    scored = found(kind, RULES, columns, points=True, columns=mapping)
    assert {scored[name][0] for name in [*POINTS, "visit_probability"]} == {None}
    expected = [each.points for each in assessments(RULES)[1:]]
    assert [[scored[name][row] for name in POINTS] for row in (1, 2)] == [
        pytest.approx(points, rel=0, abs=1e-12) for points in expected
    ]


@every_kind
def test_points_of_absent_fields_are_constant_and_a_label_may_be_any_text(kind: FrameKind) -> None:
    if kind.name == "DuckDB" and SPLITS_NAMES:
        pytest.skip("DuckDB before 2.0 splits such names, which is refused; see test_engines.py")
    card = cr.Scorecard(
        base=-1,
        characteristics=[
            cr.Levels(label="a.b `c` \"d\" 'e'", field="product", levels={}, otherwise=2),
            cr.PiecewiseLinear(label="延迟", field="days_past_due", knots=[(0, 0), (100, 1)]),
        ],
    )
    scored = found(kind, card, points=True)
    assert list(scored)[-2:] == ["points_a.b `c` \"d\" 'e'", "points_延迟"]
    assert scored["points_a.b `c` \"d\" 'e'"] == [2.0] * 3
    assert scored["points_延迟"] == pytest.approx([0.1, 0.45, 1.0])
    assert scored["visit_probability"] == pytest.approx(
        [1 / (1 + math.exp(-1 - each)) for each in (0.1, 0.45, 1)]
    )


@some_kinds
def test_a_card_without_characteristics_has_no_points(kind: FrameKind) -> None:
    card = cr.Scorecard(base=0, characteristics=[])
    scored = found(kind, card, points=True)
    assert list(scored) == [*COLUMNS, "visit_probability", "channel"]
    assert scored["visit_probability"] == [0.5] * 3
    assert card.assess_frame(pl.DataFrame(COLUMNS), reasons=1)["reason_1"].to_list() == [None] * 3


class ByDays(cr.Scorer):
    def visit_probability(self, borrower: Any, xp: Any) -> Any:
        return xp.logistic(borrower.days_past_due / 100)


@pytest.mark.parametrize(
    ("scorer", "options", "message"),
    [
        (ByDays(), {"points": True}, "points must be False, because ByDays is not a scorecard"),
        (ByDays(), {"reasons": 1}, "reasons must be 0, because ByDays is not a scorecard"),
        (
            RULES,
            {"interval": True},
            "interval must be False, because RuleScorer has no intervals; a LogisticScorer has them after "
            "its fit, not the card in its file, and after a fit with sample_weight only if "
            'weights="counts" or weights="importance" says what it means',
        ),
        (RULES, {"points": 1}, "points must be True or False, not 1"),
        (RULES, {"interval": "90%"}, "interval must be True or False, not '90%'"),
    ],
)
def test_what_a_scorer_does_not_have_is_an_error(scorer: cr.Scorer, options: Any, message: str) -> None:
    frame = pl.DataFrame(COLUMNS)
    for each in (frame, frame.lazy()) if "reasons" not in options else (frame,):
        with pytest.raises(ArgumentError) as raised:
            scorer.assess_frame(each, **options)
        assert str(raised.value) == message


def test_intervals_need_values() -> None:
    with pytest.raises(ArgumentError) as raised:
        fitted().assess_frame(pl.LazyFrame(COLUMNS), interval=True)
    assert str(raised.value) == (
        "interval must be False on a lazy frame; collect the frame first to get intervals"
    )


@pytest.mark.parametrize("name", ["points_amount", "visit_probability_high"])
def test_a_column_with_the_name_of_a_result_is_an_error(name: str) -> None:
    frame = pl.DataFrame({**COLUMNS, name: [1.0] * 3})
    assert name in fitted().assess_frame(frame).columns
    with pytest.raises(ColumnNameError, match=f"'{name}': the result would have two columns of this name"):
        fitted().assess_frame(frame, points=True, interval=True)


def test_labels_that_differ_in_case_only_are_an_error_where_case_is_ignored() -> None:
    flags = [cr.Flag(label=label, field="repayment_plan", if_true=1) for label in ("Plan", "plan")]
    card = cr.Scorecard(base=0, characteristics=flags)
    frame = pl.DataFrame(COLUMNS)
    assert card.assess_frame(frame, points=True).columns[-2:] == ["points_Plan", "points_plan"]
    with pytest.raises(
        ColumnNameError, match="'points_Plan', 'points_plan': the results would have the same"
    ):
        card.assess_frame(duckdb.sql("SELECT * FROM frame"), points=True)


def test_fields_of_invalid_accounts_are_not_read() -> None:
    accounts = pl.DataFrame({"amount_overdue": [100.0, -1.0], "days_past_due": [30, 30]})
    with pytest.raises(cr.errors.InvalidRowsError, match="amount_overdue"):
        read_accounts(formula_of(cr.RuleScorer()), accounts, None, None)
