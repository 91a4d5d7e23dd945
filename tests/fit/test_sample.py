"""The rows of a fit, and a sample of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from fit_cases import record
from labelled import labels, points, table

import collectrisk as cr
from collectrisk._fit import sample
from collectrisk._fit.sample import RowSubset, TrainingRows
from collectrisk.errors import ArgumentError


def test_columns_are_indexed_and_constants_are_not() -> None:
    columns = SimpleNamespace(**vars(record()), plan=False, note=None)
    rows = np.array([3, 1])
    subset = RowSubset(columns, rows)
    assert subset.size.tolist() == columns.size[rows].tolist()
    assert subset.region.codes.tolist() == columns.region.codes[rows].tolist()
    assert subset.region.levels == columns.region.levels
    assert (subset.plan, subset.note) == (False, None)
    assert RowSubset(subset, slice(1, 2)).size.tolist() == [columns.size[1]]


def test_the_sample_is_evenly_spaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "SAMPLE_ROWS", 10)
    data = TrainingRows(SimpleNamespace(x=np.arange(100.0)), np.arange(1.0, 101.0), 5)
    assert data.sample.numbers("x").tolist() == [0, 11, 22, 33, 44, 55, 66, 77, 88, 99]
    assert data.sample.weights.tolist() == [1, 12, 23, 34, 45, 56, 67, 78, 89, 100]
    monkeypatch.setattr(sample, "SAMPLE_ROWS", 100)
    assert TrainingRows(data.record, data.weights, 5).sample.weights is data.weights


def test_an_absent_field_is_its_default_in_every_row() -> None:
    data = TrainingRows(SimpleNamespace(x=2.0), np.ones(3), 5)
    assert data.numbers("x").tolist() == [2.0] * 3
    assert (
        cr.LogisticScorer(prior=cr.RuleScorer())
        .fit(pl.DataFrame({"amount_overdue": [1.0, 2.0], "days_past_due": [3, 4]}), [0, 1])
        .labels
        == cr.RuleScorer().labels
    )


@pytest.mark.parametrize("knots", [1, 0, -3, 2.5, "8", None])
def test_invalid_numbers_of_knots_are_rejected(knots: Any) -> None:
    with pytest.raises(ArgumentError, match="knots must be a whole number, 2 or more"):
        cr.LogisticScorer(knots=knots).fit(table(), labels())


def test_numpy_integers_are_valid() -> None:
    knots: Any = np.int64(3)
    assert len(points(cr.LogisticScorer(knots=knots).fit(table(), labels()), "size")) == 3
