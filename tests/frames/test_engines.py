"""Known differences between the engines that run a formula, each with its test."""

from __future__ import annotations

import inspect
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from frame_kinds import EAGER, KINDS, LAZY, Columns, FrameKind

import collectrisk as cr
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._namespaces.expressions import EXPRESSIONS
from collectrisk._namespaces.scalar import SCALAR
from collectrisk.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD: Columns = {
    "row": [0, 1, 2],
    "amount_overdue": [3_000.0, 30_000.0, 250.0],
    "days_past_due": [10, 540, 45],
    "attitude": ["unknown", "evasive", None],
    "failed_calls": [0, 100, 1],
    "repayment_plan": [False, True, None],
}
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
lazy = pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)


class Formula(cr.Scorer):
    """The logistic of any log-odds."""

    def __init__(self, log_odds: Callable[[Any, cr.Namespace], Any]) -> None:
        self.log_odds = log_odds

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.logistic(self.log_odds(borrower, xp))


def one_by_one(scorer: cr.Scorer, columns: Columns = GOOD) -> list[float]:
    fields = [name for name in columns if name != "row"]
    rows = zip(*(columns[name] for name in fields), strict=True)
    borrowers = (cr.Borrower(**dict(zip(fields, row, strict=True))) for row in rows)
    return [scorer.assess(borrower).visit_probability for borrower in borrowers]


def on_frame(scorer: cr.Scorer, kind: FrameKind, columns: Columns = GOOD) -> list[float | None]:
    return kind.plain(scorer.assess_frame(kind.make(columns)), order_by="row")["visit_probability"]


@lazy
def test_a_missing_value_is_in_no_band(kind: FrameKind) -> None:
    card = cr.Scorecard(
        base=0.0, characteristics=[cr.Bands(label="x", field="limit", bands=[(0, 0.25), (9, 1.0)])]
    )
    columns: Columns = {"row": [0, 1, 2], "limit": [1.0, None, 10.0]}
    assert on_frame(card, kind, columns) == [
        pytest.approx(SCALAR.logistic(0.25)),
        None,
        pytest.approx(SCALAR.logistic(1.0)),
    ]


@every_kind
def test_nan_counts_as_missing_and_not_as_large(kind: FrameKind) -> None:
    scorer = Formula(lambda borrower, xp: xp.where(borrower.failed_calls > 30, 5.0, -5.0))
    columns: Columns = {**GOOD, "failed_calls": [math.nan, 100.0, 1.0]}
    assert on_frame(scorer, kind, columns) == pytest.approx(one_by_one(scorer, columns))


NUMBERS: dict[str, Callable[[], Any]] = {
    "pandas int8": lambda: pd.DataFrame(GOOD).astype({"failed_calls": "int8"}),
    "pandas Int8": lambda: pd.DataFrame(GOOD).astype({"failed_calls": "Int8"}),
    "pandas float16": lambda: pd.DataFrame(GOOD).astype({"failed_calls": "float16"}),
    "pandas Decimals": lambda: pd.DataFrame({**GOOD, "failed_calls": [Decimal(0), Decimal(100), Decimal(1)]}),
    "polars Int8": lambda: pl.DataFrame(GOOD).with_columns(pl.col("failed_calls").cast(pl.Int8)),
    "polars Int128": lambda: pl.DataFrame(GOOD).with_columns(pl.col("failed_calls").cast(pl.Int128)),
    "polars Decimal": lambda: pl.DataFrame(GOOD).with_columns(pl.col("failed_calls").cast(pl.Decimal(9, 2))),
    "polars lazy UInt8": lambda: pl.LazyFrame(GOOD).with_columns(pl.col("failed_calls").cast(pl.UInt8)),
    "polars lazy Decimal": lambda: pl.LazyFrame(GOOD).with_columns(
        pl.col("failed_calls").cast(pl.Decimal(9, 2))
    ),
    "pyarrow int8": lambda: _arrow(pa.int8()),
    "pyarrow decimal": lambda: _arrow(pa.decimal128(21, 2)),
    "DuckDB TINYINT": lambda: duckdb.from_arrow(_arrow(pa.int8())),
    "DuckDB DECIMAL": lambda: duckdb.from_arrow(_arrow(pa.decimal128(21, 2))),
}


def _arrow(kind: pa.DataType) -> pa.Table:
    table = pa.table(GOOD)
    return table.set_column(4, "failed_calls", table["failed_calls"].cast(kind))


def _probabilities(scored: Any) -> list[float]:
    if isinstance(scored, duckdb.DuckDBPyRelation):
        scored = scored.pl()
    frame = scored.collect() if isinstance(scored, pl.LazyFrame) else scored
    return [float(value) for value in frame["visit_probability"].to_numpy()]


@pytest.mark.parametrize("name", NUMBERS)
def test_small_integers_and_decimals_are_converted_to_floats(name: str) -> None:
    scorer = Formula(lambda borrower, _: 10 * borrower.failed_calls / 1_000)
    assert _probabilities(scorer.assess_frame(NUMBERS[name]())) == pytest.approx(one_by_one(scorer))


@every_kind
def test_where_gives_the_points_of_a_flag(kind: FrameKind) -> None:
    scorer = Formula(lambda borrower, xp: xp.where(borrower.repayment_plan, -3.0, 0.0))
    assert on_frame(scorer, kind) == pytest.approx(one_by_one(scorer))


@every_kind
def test_a_flag_used_as_a_number_is_correct_or_an_error(kind: FrameKind) -> None:
    scorer = Formula(lambda borrower, _: borrower.repayment_plan * 2.0)
    try:
        found = on_frame(scorer, kind)
    except FormulaError as error:
        assert "xp.where(flag, 1.0, 0.0) to use a flag as a number" in str(error)  # noqa: PT017  # either will do
    else:
        assert found == pytest.approx(one_by_one(scorer))


@every_kind
def test_text_is_not_the_name_of_a_column(kind: FrameKind) -> None:
    points = {"attitude": 1.0, "row": 2.0}
    scorer = Formula(
        lambda borrower, xp: xp.lookup(xp.where(borrower.days_past_due > 90, "attitude", "row"), points, 0.0)
    )
    assert on_frame(scorer, kind) == pytest.approx(one_by_one(scorer))


def test_every_namespace_has_the_same_functions_without_rounding_and_dates() -> None:
    functions = {name for name, _ in inspect.getmembers(cr.Namespace, inspect.isfunction) if name[0] != "_"}
    assert not {name for name in functions if "round" in name or "date" in name or "day" in name}
    for xp in (SCALAR, ARRAYS, EXPRESSIONS):
        assert {name for name, _ in inspect.getmembers(xp, inspect.ismethod) if name[0] != "_"} == functions


@every_kind
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")  # Dask does not suppress it
def test_exp_overflows_to_infinity_and_both_branches_are_evaluated(kind: FrameKind) -> None:
    scorer = Formula(
        lambda borrower, xp: xp.where(
            borrower.failed_calls == 0,
            1.0 - xp.minimum(xp.exp(2.0 * borrower.days_past_due), 2.0),
            xp.divide(100.0, borrower.failed_calls),
        )
    )
    assert on_frame(scorer, kind) == pytest.approx(one_by_one(scorer))


PLAIN_PYTHON: dict[str, Callable[[Any, cr.Namespace], Any]] = {
    "if": lambda borrower, _: 1.0 if borrower.days_past_due > 90 else 0.0,
    "and": lambda borrower, xp: xp.where(borrower.days_past_due > 90 and borrower.failed_calls > 1, 1.0, 0.0),
    "not": lambda borrower, xp: xp.where(not borrower.repayment_plan, 1.0, 0.0),
    "min": lambda borrower, _: min(borrower.days_past_due, 30),
    "in": lambda borrower, xp: xp.where(borrower.attitude in ("hostile", "evasive"), 1.0, 0.0),
    "a chain": lambda borrower, xp: xp.where(0 < borrower.days_past_due < 90, 1.0, 0.0),
    "math.log1p": lambda borrower, _: math.log1p(borrower.days_past_due),
    "float": lambda borrower, _: float(borrower.days_past_due),
    "a dictionary": lambda borrower, _: {"hostile": 1.0}.get(borrower.attitude, 0.0),
    "a text's method": lambda borrower, xp: xp.lookup(borrower.attitude.upper(), {"HOSTILE": 1.0}, 0.0),
}


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "polars lazy", "DuckDB", "Dask"])
@pytest.mark.parametrize("name", PLAIN_PYTHON)
def test_plain_python_is_an_error_that_says_what_to_write_instead(kind: str, name: str) -> None:
    scorer = Formula(PLAIN_PYTHON[name])
    assert len(one_by_one(scorer)) == 3
    frame = next(each for each in KINDS if each.name == kind).make(GOOD)
    with pytest.raises(FormulaError, match=r"use xp\.where instead of `if`, `& \|` and xp\.logical_not"):
        scorer.assess_frame(frame)


@every_kind
@pytest.mark.parametrize("what", ["text", "nothing", "an attitude"])
def test_a_result_that_is_not_a_number_is_rejected(kind: FrameKind, what: str) -> None:
    class NotANumber(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # needs no xp
            return {"text": "x", "nothing": None, "an attitude": borrower.attitude}[what]

    with pytest.raises(FormulaError):
        NotANumber().assess_frame(kind.make(GOOD))
    with pytest.raises(FormulaError):
        one_by_one(NotANumber())


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_a_result_that_is_not_a_probability_is_rejected(kind: FrameKind) -> None:
    class Days(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # needs no xp
            return borrower.days_past_due / 100

    with pytest.raises(
        FormulaError, match=r"returned 5.4, which is not a probability; return a number from 0 to 1"
    ):
        Days().assess_frame(kind.make(GOOD))


@lazy
def test_a_result_that_is_not_a_probability_is_null_on_a_lazy_frame(kind: FrameKind) -> None:
    class Days(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # needs no xp
            return borrower.days_past_due / 100

    found = kind.plain(Days().assess_frame(kind.make(GOOD)), order_by="row")
    assert found["visit_probability"] == [0.1, None, 0.45]
    assert found["channel"] == ["phone_call", None, "agency"]


@lazy
def test_each_row_of_a_lazy_result_has_its_own_score(kind: FrameKind) -> None:
    rows = 500
    columns: Columns = {
        "row": list(range(rows)),
        "amount_overdue": [1_000.0 * (row * 37 % rows) for row in range(rows)],
        "days_past_due": [row * 11 % 700 for row in range(rows)],
    }
    scorer = cr.RuleScorer()
    found = kind.plain(scorer.assess_frame(kind.make(columns)))
    expected = one_by_one(scorer, columns)
    assert sorted(found["row"]) == columns["row"]
    assert found["visit_probability"] == pytest.approx([expected[row] for row in found["row"]], abs=1e-12)


def test_a_single_borrower_is_scored_with_python_floats() -> None:
    found = cr.RuleScorer().assess(cr.Borrower(amount_overdue=3_000.0, days_past_due=10))
    assert {type(found.visit_probability), *map(type, found.points)} == {float}


def test_a_constant_formula_scores_a_lazy_frame_without_fields() -> None:
    card = cr.Scorecard(base=0.0, characteristics=[])
    assert card.assess_frame(pl.LazyFrame({"row": [1]})).collect().row(0) == (1, 0.5, "field_visit")


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize(
    ("log_odds", "says"),
    [
        (lambda borrower, xp: xp.where(borrower.failed_calls, 1.0, 0.0), "true or false, not float64"),
        (lambda borrower, xp: xp.where(borrower.attitude == 1, 1.0, 0.0), "compared with text, not with 1"),
        (lambda borrower, _: borrower._hidden, "_hidden"),  # noqa: SLF001  # what the test is about
    ],
)
def test_a_mistake_that_columns_would_hide_is_an_error(make: Any, log_odds: Any, says: str) -> None:
    with pytest.raises(FormulaError, match=says):
        Formula(log_odds).assess_frame(make(GOOD))
