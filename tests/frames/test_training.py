"""Reading all columns of a frame for a fit."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from frame_kinds import EAGER, Columns, FrameKind, kind_named

import collectrisk as cr
from collectrisk._frames.training import column_specs, read_columns
from collectrisk.errors import InvalidRowsError

COLUMNS: Columns = {
    "amount_overdue": [1.0, 2.5, 3.0],
    "days_past_due": [3, 4, 5],
    "attitude": ["hostile", None, "passive"],
    "borrower_id": ["a", "b", "c"],
    "score": [0.5, None, 1.5],
    "city": ["x", None, "y"],
    "vip": [True, False, True],
}


@pytest.mark.parametrize(
    "kind", [kind for kind in EAGER if kind.name != "pandas objects"], ids=lambda kind: kind.name
)
def test_every_column_is_read(kind: FrameKind) -> None:
    frame = kind.make(COLUMNS)
    specs = column_specs(frame, cr.Borrower)
    record, rows = read_columns(frame, cr.Borrower, specs, {})
    assert rows == 3
    assert record.amount_overdue.tolist() == [1.0, 2.5, 3.0]
    assert np.isnan(record.score).tolist() == [False, True, False]
    assert (record.city == "y").tolist() == [False, False, True]
    assert (record.city.codes < 0).tolist() == [False, True, False]
    assert (record.attitude == "unknown").tolist() == [False, True, False]
    assert record.vip.tolist() == [True, False, True]


def test_a_column_of_objects_that_is_not_a_field_must_be_text() -> None:
    frame = kind_named("pandas objects").make(COLUMNS)
    with pytest.raises(InvalidRowsError, match="'score' must be text"):
        read_columns(frame, cr.Borrower, column_specs(frame, cr.Borrower), {})


def test_other_columns_have_a_spec_by_their_type() -> None:
    specs = column_specs(pl.DataFrame(COLUMNS), cr.Borrower)
    assert "borrower_id" not in specs
    assert {name for name, spec in specs.items() if spec.nullable} == {"score", "city"}
    assert specs["days_past_due"].required
    assert specs["vip"].required


def test_invalid_values_are_listed_with_their_rows() -> None:
    frame = pl.DataFrame({**COLUMNS, "amount_overdue": [1.0, -2.0, 3.0], "score": [1.0, float("inf"), 2.0]})
    with pytest.raises(InvalidRowsError) as error:
        read_columns(frame, cr.Borrower, column_specs(frame, cr.Borrower), {})
    assert [(problem.column, problem.rows) for problem in error.value.problems] == [
        ("amount_overdue", ((1, -2.0),)),
        ("score", ((1, float("inf")),)),
    ]


def test_a_missing_flag_is_invalid() -> None:
    frame = pl.DataFrame({"vip": [True, None]})
    with pytest.raises(InvalidRowsError, match="vip"):
        read_columns(frame, cr.Borrower, column_specs(frame, cr.Borrower), {})


def test_an_empty_frame_has_empty_columns() -> None:
    frame = pl.DataFrame(COLUMNS)[:0]
    record, rows = read_columns(frame, cr.Borrower, column_specs(frame, cr.Borrower), {})
    assert (rows, record.amount_overdue.tolist()) == (0, [])


def test_a_fit_does_not_skip_rows_because_each_has_a_label() -> None:
    accounts = cr.simulate_portfolio(100, seed=1)
    scorer = cr.LogisticScorer(columns=cr.Mapping(skip={"product": ["other"]}))
    with pytest.raises(cr.errors.ArgumentError, match="columns must not skip rows in a fit"):
        scorer.fit(accounts, accounts["days_past_due"] > 60)
