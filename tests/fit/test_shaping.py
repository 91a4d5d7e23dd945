"""Which shape a characteristic takes, from a prior curve or from a column's values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from fit_cases import PRIOR, record
from labelled import accounts, labels, points, table, visited

import collectrisk as cr
from collectrisk.errors import ArgumentError
from collectrisk._fit import shaping
from collectrisk._fit.build import Sample, occupancy, shape_for

SAMPLE = Sample(record(), np.ones(200), 5)


@pytest.mark.parametrize("part", PRIOR, ids=lambda part: part.label)
def test_the_cells_have_the_priors_points(part: Any) -> None:
    """A shape that has not moved gives every row what the prior curve gives it."""
    shape = shape_for(part, SAMPLE)
    at = shape.prior
    places = shape.places(record(), 200)
    right = np.minimum(places.left + 1, len(at) - 1)
    found = at[places.left] * (1 - places.fraction) + at[right] * places.fraction
    expected = np.broadcast_to(part.points(record(), cr.frames.arrays.ARRAYS), 200)
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("part", PRIOR, ids=lambda part: part.label)
def test_every_row_is_shared_out_whole(part: Any) -> None:
    shape = shape_for(part, SAMPLE)
    assert occupancy(shape, record(), np.full(200, 0.5)).sum() == pytest.approx(100)
    assert len(shape.names) == len(shape.prior)
    assert shape.moves.shape == (len(shape.prior), len(shape.groups))


def test_a_constant_column_has_no_effect() -> None:
    scorer = cr.LogisticScorer().fit(table().with_columns(same=pl.lit(7.0)), labels())
    assert scorer.scorecard_.characteristics[-1] == cr.PiecewiseLinear(
        label="same", field="same", knots=[(7, 0)], if_missing=0
    )


@pytest.mark.parametrize("dtype", [pl.Float64, pl.String, pl.Null], ids=str)
def test_a_column_without_values_has_one_effect_that_shrinks_into_the_base(dtype: Any) -> None:
    empty = table().with_columns(nothing=pl.lit(None, dtype=dtype))
    scorer = cr.LogisticScorer(characteristics=["size", "nothing"]).fit(empty, labels())
    lowest, highest = scorer.scorecard_.characteristics[-1].range
    assert highest - lowest < 0.3
    without = cr.LogisticScorer(characteristics=["size"]).fit(empty, labels())
    np.testing.assert_allclose(
        scorer.visit_probabilities(empty), without.visit_probabilities(empty), atol=0.02
    )


def test_a_column_twice_shares_its_effect() -> None:
    twice = table().with_columns(again=pl.col("size"))
    scorer = cr.LogisticScorer(characteristics=["size", "again"], strength=0.3).fit(twice, labels())
    np.testing.assert_allclose(points(scorer, "size"), points(scorer, "again"), atol=1e-6)


def test_a_column_of_two_values_has_two_knots() -> None:
    frame = pl.DataFrame({"x": [0, 1] * 50})
    scorer = cr.LogisticScorer().fit(frame, np.arange(100) % 3 == 0)
    assert len(points(scorer, "x")) == 2


def test_separable_data_have_finite_points() -> None:
    frame = table().select("size")
    scorer = cr.LogisticScorer().fit(frame, frame["size"] > 1)
    assert np.abs(scorer.scorecard_.range).max() < 30
    assert scorer.score(frame, frame["size"] > 1) > 0.97


@pytest.mark.parametrize("strength", [1.0, 10.0, 100.0, 1_000.0])
def test_separable_data_settle_at_any_strength(strength: float) -> None:
    x = np.random.default_rng(0).normal(size=(200, 2))
    scorer = cr.LogisticScorer(strength=strength).fit(x, x[:, 0] > 0)
    assert np.isfinite(scorer.scorecard_.range).all()


def test_knots_of_the_prior_stay_and_those_of_the_data_join() -> None:
    prior = cr.PiecewiseLinear(label="size", field="size", knots=[(0.5, -1), (900, 1)])
    scorer = cr.LogisticScorer(characteristics=[prior], knots=4).fit(table(), labels())
    curve: Any = scorer.scorecard_.characteristics[0]
    at = [knot for knot, _ in curve.knots]
    assert {0.5, 900.0} <= set(at)
    assert len(at) == 6


def test_a_log_scale_stays_and_takes_no_knots_at_or_below_nought() -> None:
    prior = cr.PiecewiseLinear(label="size", field="size", knots=[(1, 0), (10, 1)], scale="log")
    frame = pl.DataFrame({"size": [-1.0, 0.0, 0.5, 2.0, 20.0] * 20})
    scorer = cr.LogisticScorer(characteristics=[prior]).fit(frame, np.arange(100) % 3 == 0)
    curve: Any = scorer.scorecard_.characteristics[0]
    assert curve.scale == "log"
    assert [knot for knot, _ in curve.knots] == [0.5, 1.0, 2.0, 10.0, 20.0]


def test_levels_of_the_prior_stay_and_those_of_the_data_join() -> None:
    prior = cr.Levels(label="region", field="region", levels={"moon": 2.0, "west": 0.5}, if_missing=0.0)
    scorer = cr.LogisticScorer(characteristics=[prior], strength=1e-6).fit(table(), labels())
    curve: Any = scorer.scorecard_.characteristics[0]
    assert [level for level, _ in curve.levels] == ["moon", "west", "east", "north"]
    assert dict(curve.levels)["moon"] == pytest.approx(2.0, abs=1e-4)


def test_free_text_is_no_characteristic(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shaping.MOST_LEVELS == 1_000
    monkeypatch.setattr(shaping, "MOST_LEVELS", 20)
    names = pl.DataFrame({"note": [f"note {row}" for row in range(21)]})
    with pytest.raises(ArgumentError, match="cannot hold 'note', whose 21 different texts are too many"):
        cr.LogisticScorer().fit(names, np.arange(21) % 2)
    assert cr.LogisticScorer().fit(names[:-1], np.arange(20) % 2).labels == ("note",)


@pytest.mark.parametrize("knots", [1, 0, -3, 2.5, "8", None])
def test_strange_knots_are_refused(knots: Any) -> None:
    with pytest.raises(ArgumentError, match="knots must be a whole number, 2 or more"):
        cr.LogisticScorer(knots=knots).fit(table(), labels())


def test_numpys_whole_numbers_are_fine() -> None:
    many: Any = np.int64(3)
    assert len(points(cr.LogisticScorer(knots=many).fit(table(), labels()), "size")) == 3


def test_many_rows_are_thinned_for_the_knots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shaping, "ENOUGH", 10)
    sample = Sample(SimpleNamespace(x=np.arange(100.0)), np.arange(1.0, 101.0), 5)
    assert sample.thinned.numbers("x").tolist() == [0, 11, 22, 33, 44, 55, 66, 77, 88, 99]
    assert sample.thinned.weights.tolist() == [1, 12, 23, 34, 45, 56, 67, 78, 89, 100]
    monkeypatch.setattr(shaping, "ENOUGH", 100)
    assert Sample(sample.record, sample.weights, 5).thinned.weights is sample.weights


def test_a_field_that_is_absent_is_its_default_everywhere() -> None:
    sample = Sample(SimpleNamespace(x=2.0), np.ones(3), 5)
    assert sample.numbers("x").tolist() == [2.0] * 3
    assert (
        cr.LogisticScorer(prior=cr.RuleScorer())
        .fit(pl.DataFrame({"amount_overdue": [1.0, 2.0], "days_past_due": [3, 4]}), [0, 1])
        .labels
        == cr.RuleScorer().labels
    )


def test_a_curve_set_by_hand_may_be_off_further_than_one_fitted_before() -> None:
    first = cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts(), visited())
    again = cr.LogisticScorer(prior=first).fit(accounts()[:0])
    assert first.strengths_["prior as a whole"] > 0.2
    assert again.strengths_["fitted prior as a whole"] == pytest.approx(0.1, rel=0.01)
    assert "prior as a whole" not in again.strengths_
