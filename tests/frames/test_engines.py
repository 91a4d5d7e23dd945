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
from frame_kinds import EAGER, KINDS, LAZY, SPLITS_NAMES, Columns, FrameKind, kind_named

import collectrisk as cr
from collectrisk._frames.lazy import PREFIX
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._namespaces.expressions import EXPRESSIONS
from collectrisk._namespaces.scalar import SCALAR
from collectrisk.errors import (
    ColumnNameError,
    ColumnTypeError,
    FormulaError,
    InvalidRowsError,
    MissingColumnError,
)

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


# Dask is slow, treats names as pandas does, and gives a column of nulls the type of text.
WITHOUT_DASK = [kind for kind in KINDS if kind.name != "Dask"]
without_dask = pytest.mark.parametrize("kind", WITHOUT_DASK, ids=lambda kind: kind.name)
IGNORING_CASE = [kind for kind in LAZY if kind.name in {"DuckDB", "Spark"}]
ignoring_case = pytest.mark.parametrize("kind", IGNORING_CASE, ids=lambda kind: kind.name)
# A short formula, which Spark compiles faster than the rules.
SCORER = Formula(
    lambda borrower, xp: borrower.failed_calls / 100 + xp.lookup(borrower.attitude, {"evasive": 1.0}, 0.0)
)
EXPECTED = one_by_one(SCORER)


def renamed(**names: str) -> Columns:
    """Return the good columns, some of them under another name."""
    return {names.get(name, name): values for name, values in GOOD.items()}


@ignoring_case
@pytest.mark.parametrize("name", ["Channel", "Visit_Probability"])
def test_a_column_in_another_case_than_a_result_is_rejected_where_case_is_ignored(
    kind: FrameKind, name: str
) -> None:
    with pytest.raises(ColumnNameError) as raised:
        SCORER.assess_frame(kind.make({**GOOD, name: ["mine"] * 3}))
    assert str(raised.value) == (
        f"'{name}': the result would have two columns of this name, as this engine ignores upper and "
        "lower case; rename or drop yours"
    )


@pytest.mark.parametrize(
    "kind", [kind for kind in WITHOUT_DASK if kind not in IGNORING_CASE], ids=lambda kind: kind.name
)
def test_a_column_in_another_case_is_another_column_elsewhere(kind: FrameKind) -> None:
    found = kind.plain(SCORER.assess_frame(kind.make({**GOOD, "Channel": ["mine"] * 3})), order_by="row")
    assert found["Channel"] == ["mine"] * 3
    assert found["visit_probability"] == pytest.approx(EXPECTED)
    with pytest.raises(ColumnNameError, match="'Attitude': looks like the field 'attitude'"):
        SCORER.assess_frame(kind.make(renamed(attitude="Attitude")))
    with pytest.raises(MissingColumnError, match="'mood' is missing; did you mean 'Mood'"):
        SCORER.assess_frame(kind.make(renamed(attitude="Mood")), columns={"attitude": "mood"})


@ignoring_case
def test_fields_and_columns_of_a_mapping_are_found_in_any_case_where_it_is_ignored(kind: FrameKind) -> None:
    columns = {**renamed(attitude="ATTITUDE", failed_calls="Rings"), "Id": ["x"] * 3}
    mapping = cr.Mapping({"failed_calls": "RINGS"}, skip={"ID": "sum"})
    found = kind.plain(SCORER.assess_frame(kind.make(columns), columns=mapping), order_by="row")
    assert list(found) == [*columns, "visit_probability", "channel"]
    assert found["visit_probability"] == pytest.approx(EXPECTED)
    report = SCORER.input_report(kind.make(columns), columns=mapping)
    read = {each.field: each.columns for each in report.fields if each.columns}
    assert (read["attitude"], read["failed_calls"]) == (("ATTITUDE",), ("Rings",))
    assert report.unused == ("row",)


@ignoring_case
def test_a_card_reads_a_column_that_is_not_a_field_in_any_case(kind: FrameKind) -> None:
    curve = cr.PiecewiseLinear(label="income", field="income", knots=[(0, 0.0), (9, 1.0)])
    card = cr.Scorecard(base=0.0, characteristics=[curve])
    found = on_frame(card, kind, {"row": [0, 1], "Income": [9.0, 0.0]})
    assert found == [pytest.approx(SCALAR.logistic(1.0)), 0.5]


@pytest.mark.parametrize("second", ["notes", "Notes"])
@ignoring_case
def test_columns_of_the_same_name_are_rejected(kind: FrameKind, second: str) -> None:
    frame = kind.make({**GOOD, "notes": ["a"] * 3})
    if kind.name == "DuckDB":
        frame = frame.project(f'*, notes AS "{second}"')
    else:
        frame = frame.selectExpr("*", f"notes AS {second}")
    for act in (SCORER.assess_frame, SCORER.input_report):
        with pytest.raises(ColumnNameError, match="more than one column of this name") as raised:
            act(frame)
        assert raised.value.names == tuple(dict.fromkeys(["notes", second]))
        assert ("ignores upper and lower case" in raised.value.why) == (second == "Notes")


@without_dask
def test_a_users_column_is_kept_whatever_its_name(kind: FrameKind) -> None:
    own = {f"{PREFIX}{number}": [f"mine {number}"] * 3 for number in range(9)}
    own |= {f"_{PREFIX}0".upper(): ["mine too"] * 3, f"{PREFIX}amount_overdue": ["mine"] * 3}
    found = kind.plain(SCORER.assess_frame(kind.make({**GOOD, **own})), order_by="row")
    assert list(found) == [*GOOD, *own, "visit_probability", "channel"]
    assert {name: found[name] for name in own} == own
    assert found["visit_probability"] == pytest.approx(EXPECTED)


@without_dask
def test_a_name_may_contain_what_an_engine_uses_for_parts_of_a_column(kind: FrameKind) -> None:
    if kind.name == "DuckDB" and SPLITS_NAMES:
        pytest.skip("DuckDB before 2.0 splits such names, which is refused; see below")
    name = "calls.`failed"
    columns = renamed(failed_calls=name)
    frame = kind.make(columns)
    for rule in (name, {"column": name, "missing": -1}):
        mapping = cr.Mapping({"failed_calls": rule}, skip={name: "9*"})
        found = kind.plain(SCORER.assess_frame(frame, columns=mapping), order_by="row")
        assert list(found) == [*columns, "visit_probability", "channel"]
        assert found["visit_probability"] == pytest.approx(EXPECTED)
    curve = cr.PiecewiseLinear(label="calls", field=name, knots=[(0, 0.0), (100, 1.0)])
    by_card = on_frame(cr.Scorecard(base=0.0, characteristics=[curve]), kind, columns)
    assert by_card == pytest.approx([SCALAR.logistic(calls / 100) for calls in GOOD["failed_calls"]])


@pytest.mark.parametrize("name", ["^a.*$", "*", "^a$"])
def test_a_name_that_polars_would_read_as_a_pattern_names_one_column(name: str) -> None:
    other: Columns = {"a": [1] * 3, "ab": [2] * 3}
    numbers = pl.DataFrame({**renamed(failed_calls=name), **other})
    texts = numbers.with_columns(pl.Series(name, map(str, GOOD["failed_calls"])))
    mapping = cr.Mapping({"failed_calls": name}, decimal=".", skip={name: "9*"})
    for frame in (numbers, numbers.lazy(), texts, texts.lazy()):
        found = SCORER.assess_frame(frame, columns=mapping).lazy().collect()
        assert found["visit_probability"].to_list() == pytest.approx(EXPECTED)
        assert found.columns == [*numbers.columns, "visit_probability", "channel"]


NULLS: Columns = {**GOOD, "attitude": [None] * 3, "failed_calls": [None] * 3, "repayment_plan": [None] * 3}


@without_dask
def test_a_column_of_nulls_counts_as_the_default(kind: FrameKind) -> None:
    found = on_frame(SCORER, kind, NULLS)
    assert found == pytest.approx(one_by_one(SCORER, NULLS))


@without_dask
def test_a_column_of_nulls_is_missing_where_a_value_is_required(kind: FrameKind) -> None:
    frame = kind.make({**GOOD, "days_past_due": [None] * 3})
    if kind.lazy:
        assert kind.plain(SCORER.assess_frame(frame))["visit_probability"] == [None] * 3
    else:
        with pytest.raises(InvalidRowsError, match=r"'days_past_due' must be known.*3 invalid rows"):
            SCORER.assess_frame(frame)


def test_a_column_of_nulls_in_ibis_counts_as_the_default() -> None:
    ibis = pytest.importorskip("ibis", reason="Ibis is tested where it is installed")
    frame = ibis.memtable(pa.table(NULLS)).mutate(attitude=ibis.null())
    found = SCORER.assess_frame(frame).order_by("row").to_pyarrow()["visit_probability"].to_pylist()
    assert found == pytest.approx(one_by_one(SCORER, NULLS))


def test_rows_are_skipped_by_numbers_in_a_column_of_any_case() -> None:
    frame: Any = duckdb.sql("SELECT 1.0 AS amount_overdue, 1 AS days_past_due, 9999.0::DOUBLE AS acct")
    scored = SCORER.assess_frame(frame, columns=cr.Mapping(skip={"ACCT": "9999"}))
    assert scored.fetchall()[0][-2:] == (None, None)


@pytest.mark.parametrize("name", ["calls.failed", 'calls "failed"'])
def test_a_name_that_duckdb_splits_is_refused_with_the_reason(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if nobody reads the column, because DuckDB before 2.0 cannot pass it on."""
    monkeypatch.setattr(duckdb, "__version__", "1.4.4")
    says = r"DuckDB 1\.4\.4 reads a point or a quote .*; rename the column, or use DuckDB 2\.0"
    with pytest.raises(ColumnNameError, match=says) as error:
        SCORER.assess_frame(kind_named("DuckDB").make({**GOOD, name: [1] * 3}))
    assert error.value.names == (name,)


def test_integers_that_are_all_null_are_a_column_of_nulls_in_duckdb() -> None:
    """DuckDB before 2.0 gives a column of nulls this type."""
    accounts = "SELECT 30000.0 AS amount_overdue, 400 AS days_past_due, 9 AS failed_calls"
    nulls = "NULL::INTEGER AS attitude, NULL::INTEGER AS repayment_plan"
    scored: Any = cr.RuleScorer().assess_frame(duckdb.sql(f"{accounts}, {nulls}"))
    borrower = cr.Borrower(amount_overdue=30_000, days_past_due=400, failed_calls=9)
    expected = cr.RuleScorer().assess(borrower)
    assert scored.fetchall()[0][-2:] == (pytest.approx(expected.visit_probability), expected.channel.value)
    with pytest.raises(ColumnTypeError, match=r"'attitude' must be one of .*; the column contains numbers"):
        cr.RuleScorer().assess_frame(duckdb.sql(f"{accounts}, 5 AS attitude"))
