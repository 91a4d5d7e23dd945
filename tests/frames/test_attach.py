"""The result is the same kind of frame, with every row and column of the input and the scores."""

from __future__ import annotations

from typing import Any

import dask.dataframe as dd
import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from frame_kinds import EAGER, KINDS, LAZY, Columns, FrameKind, arrays

import collectrisk as cr
from collectrisk._frames.attach import by_narwhals
from collectrisk._namespaces.arrays import TextArray
from collectrisk.errors import ArgumentError, InvalidRowsError

SCORER = cr.RuleScorer()
GOOD: Columns = {
    "row": [2, 0, 1],
    "note": ["b", None, "a"],
    "amount_overdue": [30_000.0, 3_000.0, 250.0],
    "days_past_due": [540, 10, 45],
    "attitude": ["evasive", "unknown", None],
    "failed_calls": [6, 0, None],
    "placed_with_agency": [True, False, None],
}
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
eager = pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
lazy = pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)
CHANNELS = ["sms", "phone_call", "agency", "field_visit"]


def expected() -> list[float]:
    fields = [name for name in GOOD if name not in {"row", "note"}]
    rows = zip(*(GOOD[name] for name in fields), strict=True)
    borrowers = (cr.Borrower(**dict(zip(fields, row, strict=True))) for row in rows)
    return [SCORER.assess(borrower).visit_probability for borrower in borrowers]


@every_kind
def test_every_column_is_kept_and_the_scores_come_last(kind: FrameKind) -> None:
    frame = kind.make(GOOD)
    before = kind.plain(frame, order_by="row")
    scored = SCORER.assess_frame(frame)
    after = kind.plain(scored, order_by="row")
    assert type(scored) is type(frame)
    assert list(after) == [*GOOD, "visit_probability", "channel"]
    assert {name: after[name] for name in GOOD} == before
    assert kind.plain(frame, order_by="row") == before


@eager
def test_rows_keep_their_order(kind: FrameKind) -> None:
    found = kind.plain(SCORER.assess_frame(kind.make(GOOD)))
    assert found["row"] == GOOD["row"]
    assert found["visit_probability"] == pytest.approx(expected(), abs=1e-12)


@every_kind
def test_an_empty_frame_gives_an_empty_result(kind: FrameKind) -> None:
    full = kind.make(GOOD)
    empty = (
        full.filter(pl.lit(value=False)) if isinstance(full, pl.LazyFrame | pl.DataFrame) else _empty(full)
    )
    assert kind.plain(SCORER.assess_frame(empty)) == {
        name: [] for name in [*GOOD, "visit_probability", "channel"]
    }


def _empty(frame: Any) -> Any:
    if isinstance(frame, pd.DataFrame):
        return frame.iloc[:0]
    if isinstance(frame, pa.Table):
        return frame.slice(0, 0)
    return frame.limit(0) if hasattr(frame, "limit") else frame[frame["row"] > 5]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_an_empty_frame_of_untyped_columns_gives_an_empty_result(make: Any) -> None:
    scored = SCORER.assess_frame(make({name: [] for name in GOOD}), reasons=2, invalid="null")
    assert (len(scored), list(getattr(scored, "column_names", scored.columns))[-4:]) == (
        0,
        ["channel", "reason_1", "reason_2", "problem"],
    )


@every_kind
def test_one_row_gives_one_row(kind: FrameKind) -> None:
    frame = kind.make({name: values[:1] for name, values in GOOD.items()})
    found = kind.plain(SCORER.assess_frame(frame))
    assert found["visit_probability"] == pytest.approx(expected()[:1])
    assert found["channel"] == ["field_visit"]


@pytest.mark.parametrize(
    "index",
    [
        pd.Index([7, 7, 7]),
        pd.Index(["c", "a", "b"], name="account"),
        pd.MultiIndex.from_tuples([("x", 1), ("x", 1), ("y", 2)], names=["branch", "account"]),
        pd.date_range("2024-02-28", periods=3),
    ],
    ids=["repeating", "named", "multi", "dates"],
)
def test_any_pandas_index_is_kept(index: pd.Index) -> None:
    frame = pd.DataFrame(GOOD, index=index)
    scored = SCORER.assess_frame(frame, reasons=1, invalid="null")
    pd.testing.assert_index_equal(scored.index, index)
    np.testing.assert_allclose(scored["visit_probability"], expected(), rtol=0, atol=1e-12)
    assert list(frame.columns) == list(GOOD)


def test_a_slice_of_a_pandas_frame_is_scored_without_a_warning() -> None:
    frame = pd.DataFrame(GOOD)
    scored = SCORER.assess_frame(frame[frame["amount_overdue"] > 1_000])
    assert scored.index.tolist() == [0, 1]
    assert list(frame.columns) == list(GOOD)


def test_writing_to_the_result_does_not_change_the_input() -> None:
    frame = pd.DataFrame(GOOD)
    scored = SCORER.assess_frame(frame)
    scored.loc[0, "amount_overdue"] = -1.0
    assert frame.loc[0, "amount_overdue"] == 30_000.0


def test_pandas_columns_need_not_be_text() -> None:
    columns: dict[Any, list[Any]] = {**GOOD, 3: ["x", "y", "z"], ("a", 1): [1, 2, 3]}
    frame = pd.DataFrame(columns)
    scored = SCORER.assess_frame(frame)
    assert list(scored.columns) == [*GOOD, 3, ("a", 1), "visit_probability", "channel"]


def test_the_channel_of_an_eager_frame_is_ordered_from_light_to_heavy() -> None:
    in_pandas = SCORER.assess_frame(pd.DataFrame(GOOD))["channel"].dtype
    in_polars = SCORER.assess_frame(pl.DataFrame(GOOD))["channel"].dtype
    in_arrow = SCORER.assess_frame(pa.table(GOOD))["channel"].type
    assert isinstance(in_pandas, pd.CategoricalDtype)
    assert (list(in_pandas.categories), in_pandas.ordered) == (CHANNELS, True)
    assert in_polars == pl.Enum(CHANNELS)
    assert (in_arrow.ordered, in_arrow.value_type) == (True, pa.string())


@lazy
def test_a_lazy_frame_stays_lazy(kind: FrameKind) -> None:
    scored = SCORER.assess_frame(kind.make(GOOD))
    kinds = (pl.LazyFrame, duckdb.DuckDBPyRelation, dd.DataFrame)
    assert isinstance(scored, kinds) or type(scored).__module__.startswith("pyspark.")


def test_scoring_a_lazy_frame_reads_no_value() -> None:
    def fail(_: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError("the frame was read")

    frame = pl.LazyFrame(GOOD).map_batches(fail, schema=pl.LazyFrame(GOOD).collect_schema())
    assert SCORER.assess_frame(frame).collect_schema().names()[-1] == "channel"


@eager
def test_reasons_are_labels_and_null_where_no_characteristic_has_an_effect(kind: FrameKind) -> None:
    card = cr.Scorecard(
        base=0.0,
        characteristics=[
            cr.Flag(label="agency", field="placed_with_agency", if_true=1.0),
            cr.PiecewiseLinear(label="calls", field="failed_calls", knots=[(0, 0), (6, -3)]),
        ],
    )
    found = kind.plain(card.assess_frame(kind.make(GOOD), reasons=3))
    assert found["reason_1"] == ["calls", None, None]
    assert found["reason_2"] == ["agency", None, None]
    assert found["reason_3"] == [None, None, None]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"reasons": 1, "direction": "left"}, 'direction must be "up", "down" or None, not \'left\''),
        ({"reasons": 1, "direction": []}, r"direction must be .*, not \[\]"),
        ({"direction": "up"}, "direction restricts the reasons, so pass reasons=1 or more with it"),
    ],
)
def test_an_invalid_direction_is_an_error(options: Any, says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        SCORER.assess_frame(pd.DataFrame(GOOD), **options)


@eager
def test_an_invalid_row_has_no_reasons(kind: FrameKind) -> None:
    bad = {**GOOD, "amount_overdue": [-1.0, 3_000.0, 250.0]}
    found = kind.plain(SCORER.assess_frame(kind.make(bad), reasons=1, invalid="null"))
    assert (found["reason_1"][0], found["reason_1"][1] is None) == (None, False)


def test_a_scorer_that_is_not_a_scorecard_has_no_reasons() -> None:
    class Constant(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # needs neither
            return 0.25

    with pytest.raises(ArgumentError, match="reasons must be 0, because Constant is not a scorecard"):
        Constant().assess_frame(pd.DataFrame(GOOD), reasons=1)
    assert Constant().assess_frame(pd.DataFrame(GOOD))["visit_probability"].tolist() == [0.25] * 3


@eager
def test_visit_probabilities_are_those_of_assess_frame(kind: FrameKind) -> None:
    found = SCORER.visit_probabilities(kind.make(GOOD))
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected(), rtol=0, atol=1e-12)


def test_arrays_have_visit_probabilities() -> None:
    columns = arrays(GOOD)
    np.testing.assert_allclose(SCORER.visit_probabilities(columns), expected(), rtol=0, atol=1e-12)
    texts = {**columns, "attitude": np.array(["evasive", "unknown", "unknown"])}
    np.testing.assert_allclose(SCORER.visit_probabilities(texts), expected(), rtol=0, atol=1e-12)
    flags = {**columns, "placed_with_agency": np.array([True, False, False])}
    np.testing.assert_allclose(SCORER.visit_probabilities(flags), expected(), rtol=0, atol=1e-12)


def test_a_column_of_missing_values_counts_as_absent() -> None:
    missing = {"attitude": [None] * 3, "failed_calls": [None] * 3, "placed_with_agency": [None] * 3}
    columns = {name: GOOD[name] for name in ("amount_overdue", "days_past_due")}
    without = SCORER.visit_probabilities(pl.DataFrame(columns))
    for make in (pd.DataFrame, pl.DataFrame, pa.table, arrays):
        np.testing.assert_array_equal(SCORER.visit_probabilities(make({**columns, **missing})), without)
    lazily = SCORER.assess_frame(pl.LazyFrame({**columns, **missing})).collect()
    np.testing.assert_allclose(lazily["visit_probability"].to_numpy(), without, rtol=0, atol=1e-12)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_required_column_of_missing_values_is_rejected(make: Any) -> None:
    frame = make({"amount_overdue": [None, None], "days_past_due": [1, 2]})
    with pytest.raises(InvalidRowsError, match=r"'amount_overdue' must be known.*; 2 invalid rows"):
        SCORER.assess_frame(frame)


def test_rows_at_the_edges_of_blocks_agree_with_single_borrowers() -> None:
    frame = cr.simulate_portfolio(40_000, backend="polars")
    found = SCORER.visit_probabilities(frame)
    for row in (0, 16_383, 16_384, 32_767, 32_768, 39_999):
        borrower = cr.Borrower(**frame.row(row, named=True))
        assert found[row] == pytest.approx(SCORER.assess(borrower).visit_probability, abs=1e-12)


@eager
def test_other_kinds_of_frames_get_the_same_columns_through_narwhals(kind: FrameKind) -> None:
    outputs: dict[str, Any] = {
        "visit_probability": np.array([0.25, np.nan, 1.0]),
        "channel": TextArray(np.array([1, -1, 0]), ("sms", "agency")),
    }
    frame: Any = nw.from_native(kind.make(GOOD), eager_only=True)
    found = kind.plain(by_narwhals(frame, outputs))
    assert found["row"] == GOOD["row"]
    assert found["visit_probability"] == [0.25, None, 1.0]
    assert found["channel"] == ["agency", None, "sms"]
