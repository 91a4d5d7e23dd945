"""The rows of a fit, and a sample of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from fit_cases import case, record
from labelled import labels, points, table
from scipy.special import expit, rel_entr

import collectrisk as cr
from collectrisk._fit import sample
from collectrisk._fit.sample import LabelledRows, RowSubset, TrainingRows, block_ranges, sample_by_outcome
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


def outcomes(rows: int, visits: int) -> np.ndarray:
    """Return the outcomes of rows of which some, evenly spaced, are visits."""
    visited = np.zeros(rows)
    visited[np.linspace(0, rows - 1, visits).astype(int)] = 1.0
    return visited


@pytest.fixture
def small_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "SAMPLE_ROWS", 100)
    monkeypatch.setattr(sample, "RARE_SHARE", 0.2)


@pytest.mark.usefixtures("small_samples")
@pytest.mark.parametrize("visits", [0, 200, 500, 800, 1_000])
def test_a_sample_of_outcomes_that_are_not_rare_is_evenly_spaced(visits: int) -> None:
    indices, weights = sample_by_outcome(outcomes(1_000, visits))
    assert indices.tolist() == sample.sample_indices(1_000).tolist()
    assert weights.tolist() == [1.0] * 100


@pytest.mark.usefixtures("small_samples")
@pytest.mark.parametrize("visits", [1, 7, 20, 60, 199])
@pytest.mark.parametrize("rare", [1.0, 0.0])
def test_a_sample_has_the_rows_of_a_rare_outcome(visits: int, rare: float) -> None:
    """Weighted, it has as large a share of them as all rows."""
    visited = np.abs(outcomes(1_000, visits) - (1.0 - rare))
    indices, weights = sample_by_outcome(visited)
    assert (np.diff(indices) > 0).all()
    assert len(indices) == 100
    is_rare = visited[indices] == rare
    assert is_rare.sum() == min(visits, 20)
    assert set(weights[is_rare]) == {1.0}
    assert weights.min() == 1.0
    assert weights[is_rare].sum() / weights.sum() == pytest.approx(visits / 1_000)


def test_rare_visits_of_many_rows_are_all_used_for_the_scales(monkeypatch: pytest.MonkeyPatch) -> None:
    """The probabilities are nearer to those with all rows in the sample than with evenly spaced ones."""
    rng = np.random.default_rng(5)
    columns = rng.normal(size=(30_000, 2))
    frame = pl.DataFrame(columns, schema=["x0", "x1"])
    visits = rng.random(30_000) < expit(2.0 * np.sin(2.0 * columns[:, 0]) + columns[:, 1] - 6.0)

    def probabilities() -> np.ndarray:
        return np.asarray(cr.LogisticScorer(knots=8).fit(frame, visits).visit_probabilities(frame))

    everything = probabilities()
    monkeypatch.setattr(sample, "SAMPLE_ROWS", 3_000)
    by_outcome = probabilities()
    monkeypatch.setattr(sample, "RARE_SHARE", 0.0)
    divergences = [
        (rel_entr(everything, found) + rel_entr(1 - everything, 1 - found)).mean()
        for found in (by_outcome, probabilities())
    ]
    assert 5.0 * divergences[0] < divergences[1]


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


def test_few_rows_are_their_own_sample_and_of_many_some_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The weights of the rows of the sample are those of the rows that they stand for."""
    visited = np.array([1.0] * 10 + [0.0] * 190)
    data = TrainingRows(record(), np.full(200, 3.0), 5)
    few = LabelledRows(data, visited)
    assert few.sample is few
    monkeypatch.setattr(sample, "SAMPLE_ROWS", 50)
    many = LabelledRows(data, visited)
    assert (len(many.sample.visited), many.sample.visited.sum()) == (50, 5)
    assert set(many.sample.data.weights[many.sample.visited == 1]) == {3.0}
    indices, times = sample_by_outcome(visited)
    assert many.sample.data.weights.tolist() == (3.0 * times).tolist()
    assert many.sample.data.record.size.tolist() == record().size[indices].tolist()


def test_a_part_of_chosen_rows_has_their_order() -> None:
    chosen, part = np.array([7, 3, 11, 5]), slice(1, 3)
    found = RowSubset.of(RowSubset(record(), chosen), part)
    assert found.size.tolist() == record().size[chosen][part].tolist()
    of_slice = RowSubset.of(RowSubset(record(), slice(10, 20)), part)
    assert of_slice.size.tolist() == record().size[11:13].tolist()


def test_a_sample_has_double_precision_and_more_rows_have_single_precision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    design = case().objective.design
    data = LabelledRows(TrainingRows(record(), np.ones(200), 5), np.ones(200))

    def dtypes() -> set[str]:
        return {str(block.matrix.dtype) for block in data.blocks(design, map, uses_bins=False)}

    assert dtypes() == {"float64"}
    monkeypatch.setattr(sample, "SAMPLE_ROWS", 100)
    assert dtypes() == {"float32"}


def test_blocks_have_about_the_same_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "BLOCK_ROWS", 10)
    assert block_ranges(25) == [slice(0, 8), slice(8, 16), slice(16, 25)]
    assert block_ranges(10) == [slice(0, 10)]
    assert block_ranges(0) == [slice(0, 0)]
