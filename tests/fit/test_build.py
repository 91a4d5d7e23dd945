"""The basis of a characteristic, from its prior curve and a column's values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import polars as pl
import pytest
from fit_cases import PRIOR, record
from labelled import accounts, labels, points, table, visited

import collectrisk as cr
from collectrisk._fit import build
from collectrisk._fit.bases import FITTED, Group
from collectrisk._fit.build import basis_for, occupancy
from collectrisk._fit.design import Design
from collectrisk._fit.groups import FITTED_RISE
from collectrisk._fit.sample import TrainingRows
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk.errors import ArgumentError

DATA = TrainingRows(record(), np.ones(200), 5)


@pytest.mark.parametrize("part", PRIOR, ids=lambda part: part.label)
def test_the_prior_points_give_every_row_what_the_prior_curve_gives_it(part: Any) -> None:
    basis = basis_for(part, DATA)
    found = basis.interpolate(basis.prior_points[:, None], record(), 200)[:, 0]
    expected = np.broadcast_to(part.points(record(), ARRAYS), 200)
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("part", PRIOR, ids=lambda part: part.label)
def test_the_basis_functions_add_up_to_one_in_every_row(part: Any) -> None:
    basis = basis_for(part, DATA)
    assert occupancy(basis, record(), np.full(200, 0.5)).sum() == pytest.approx(100)
    assert len(basis.names) == len(basis.prior_points)
    assert basis.transform.shape == (len(basis.prior_points), len(basis.groups))


@pytest.mark.parametrize("values", [[-1.7e308, 1.7e308], [1.5e308, 1.7e308], [-1.7e308, 0.0, 1.0, 1.7e308]])
@pytest.mark.filterwarnings("ignore:.*it is almost the labels")  # two values, for the classes
def test_values_beyond_the_limits_of_a_curve_count_as_the_limits(values: list[float]) -> None:
    x = np.array(values * 20)
    scorer = cr.LogisticScorer().fit({"x": x}, np.where(np.arange(len(x)) > 2, x > 1, x <= 1))
    curve: Any = scorer.scorecard_.characteristics[0]
    assert [knot for knot, _ in curve.knots] == np.unique(np.clip(values, -1e300, 1e300)).tolist()
    found = scorer.visit_probabilities({"x": x})
    assert np.isfinite(found).all()
    assert ((found > 0.5) == (x > 1)).all()


def test_a_constant_column_has_no_effect() -> None:
    scorer = cr.LogisticScorer().fit(table().with_columns(same=pl.lit(7.0)), labels())
    assert scorer.scorecard_.characteristics[-1] == cr.PiecewiseLinear(
        label="same", field="same", knots=[(7, 0)], if_missing=0
    )


@pytest.mark.parametrize("dtype", [pl.Float64, pl.String, pl.Null], ids=str)
def test_a_column_without_values_has_a_small_effect(dtype: Any) -> None:
    empty = table().with_columns(nothing=pl.lit(None, dtype=dtype))
    scorer = cr.LogisticScorer(characteristics=["size", "nothing"]).fit(empty, labels())
    lowest, highest = scorer.scorecard_.characteristics[-1].range
    assert highest - lowest < 0.3
    without = cr.LogisticScorer(characteristics=["size"]).fit(empty, labels())
    np.testing.assert_allclose(
        scorer.visit_probabilities(empty), without.visit_probabilities(empty), atol=0.02
    )


def test_two_equal_columns_share_the_effect() -> None:
    twice = table().with_columns(again=pl.col("size"))
    scorer = cr.LogisticScorer(characteristics=["size", "again"], prior_scale=0.3).fit(twice, labels())
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


@pytest.mark.parametrize("prior_scale", [1.0, 10.0, 100.0, 1_000.0])
def test_a_fit_to_separable_data_converges_with_any_prior_scale(prior_scale: float) -> None:
    x = np.random.default_rng(0).normal(size=(200, 2))
    scorer = cr.LogisticScorer(prior_scale=prior_scale).fit(x, x[:, 0] > 0)
    assert np.isfinite(scorer.scorecard_.range).all()


def test_the_knots_of_the_data_are_added_to_those_of_the_prior() -> None:
    prior = cr.PiecewiseLinear(label="size", field="size", knots=[(0.5, -1), (900, 1)])
    scorer = cr.LogisticScorer(characteristics=[prior], knots=4).fit(table(), labels())
    curve: Any = scorer.scorecard_.characteristics[0]
    at = [knot for knot, _ in curve.knots]
    assert {0.5, 900.0} <= set(at)
    assert len(at) == 6


def test_a_log_scale_is_kept_and_gets_no_knots_at_or_below_zero() -> None:
    prior = cr.PiecewiseLinear(label="size", field="size", knots=[(1, 0), (10, 1)], scale="log")
    frame = pl.DataFrame({"size": [-1.0, 0.0, 0.5, 2.0, 20.0] * 20})
    scorer = cr.LogisticScorer(characteristics=[prior]).fit(frame, np.arange(100) % 3 == 0)
    curve: Any = scorer.scorecard_.characteristics[0]
    assert curve.scale == "log"
    assert [knot for knot, _ in curve.knots] == [0.5, 1.0, 2.0, 10.0, 20.0]


def test_the_levels_of_the_data_are_added_to_those_of_the_prior() -> None:
    prior = cr.Levels(label="region", field="region", levels={"moon": 2.0, "west": 0.5}, if_missing=0.0)
    scorer = cr.LogisticScorer(characteristics=[prior], prior_scale=1e-6).fit(table(), labels())
    curve: Any = scorer.scorecard_.characteristics[0]
    assert [level for level, _ in curve.levels] == ["moon", "west", "east", "north"]
    assert dict(curve.levels)["moon"] == pytest.approx(2.0, abs=1e-4)


def test_free_text_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    assert build.MAX_LEVELS == 1_000
    monkeypatch.setattr(build, "MAX_LEVELS", 20)
    names = pl.DataFrame({"note": [f"note {row // 2}" for row in range(42)]})
    with pytest.raises(ArgumentError, match="cannot hold 'note', whose 21 different texts are too many"):
        cr.LogisticScorer().fit(names, np.arange(42) % 3 == 0)
    assert cr.LogisticScorer().fit(names[:-2], np.arange(40) % 3 == 0).labels == ("note",)


def test_a_curve_set_by_hand_has_a_larger_prior_scale_than_a_fitted_one() -> None:
    first = cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts(), visited())
    again = cr.LogisticScorer(prior=first).fit(accounts()[:0])
    assert first.prior_scales_["prior factor"] > 0.2
    assert again.prior_scales_["fitted prior factor"] == pytest.approx(0.1, rel=0.01)
    assert "prior factor" not in again.prior_scales_


def test_a_level_without_rows_is_as_uncertain_as_the_levels_differ() -> None:
    """Its points stay those of the prior; so do those of a missing value without rows."""
    prior = cr.Levels(label="region", field="region", levels={"moon": 0.0}, if_missing=0.0)
    known = table().with_columns(pl.col("region").fill_null("east"))
    fit = cr.LogisticScorer(characteristics=[prior], prior_scale=0.2).fit(known, labels()).fit_
    names, part = list(fit.design.bases[0].names), fit.design.slices[0]
    assert names == ["moon", "east", "north", "west", "any other", "missing"]
    errors = np.linalg.norm(fit.posterior.covariance_factor[part], axis=1)
    np.testing.assert_allclose(errors[[0, 4, 5]], 0.2)
    assert errors[1:4].max() < 0.19
    assert fit.posterior.points[part][[0, 4, 5]].tolist() == [0.0, 0.0, 0.0]


def test_a_value_without_rows_has_the_uncertainty_of_the_prior() -> None:
    characteristics = [
        cr.Bands(label="size", field="size", bands=[(0, 0.0), (1, 0.0), (1e6, 0.0)], if_missing=0.0),
        cr.PiecewiseLinear(label="age", field="age", knots=[(0, 0.0)], if_missing=0.0),
    ]
    known = table().with_columns(pl.col("age").fill_null(40.0))
    fit = cr.LogisticScorer(characteristics=characteristics, prior_scale=0.7).fit(known, labels()).fit_
    bands, age = (np.linalg.norm(fit.posterior.covariance_factor[part], axis=1) for part in fit.design.slices)
    np.testing.assert_allclose([*bands[2:], age[-1]], 0.7)
    assert bands[:2].max() < 0.6


def fitted(part: Any) -> Any:
    return attrs.evolve(part, source=FITTED)


@pytest.mark.parametrize("part", [part for part in PRIOR if isinstance(part, cr.Flag | cr.Gate)])
def test_the_factor_of_a_fitted_flag_or_gate_leaves_the_mean_to_the_base(part: Any) -> None:
    data = TrainingRows(record(), np.linspace(0.5, 2.0, 200), 5)
    basis: Any = basis_for(fitted(part), data)
    design = Design.of(-1.0, Group("base", 0.5), [basis])
    before, after = (
        points[0] + design.matrix(record(), 200) @ points[1:]
        for points in (design.points(np.array([0.0, factor])) for factor in (0.0, 0.7))
    )
    unit = np.broadcast_to(basis.unit.points(record(), ARRAYS), 200)
    expected = 0.7 * (unit - np.average(unit, weights=data.weights))
    np.testing.assert_allclose(after - before, expected, atol=1e-6)


@pytest.mark.parametrize("knots", [2, 5, 40])
def test_how_much_a_fitted_line_may_change_does_not_depend_on_the_number_of_its_knots(knots: int) -> None:
    data = TrainingRows(SimpleNamespace(x=np.linspace(0.0, 1.0, 200)), np.ones(200), knots)
    part = fitted(cr.PiecewiseLinear(label="x", field="x", knots=[(0, -1), (1, 1)]))
    basis = basis_for(part, data)
    is_own = np.array([group.name == "x" for group in basis.groups])
    assert is_own.sum() == max(knots, 2) - 1
    assert np.linalg.norm((basis.transform[-1] - basis.transform[0])[is_own]) == pytest.approx(1.0)
    assert {group.expected_scale for group in basis.groups if group.name == "x"} == {FITTED_RISE}


def test_without_rows_all_knots_count_the_same_and_a_gate_is_shut() -> None:
    none = TrainingRows(SimpleNamespace(x=np.zeros(0)), np.zeros(0), 5)
    curve = basis_for(cr.PiecewiseLinear(label="x", field="x", knots=[(0, -1), (1, 1), (4, 2)]), none)
    is_own = np.array([group.name == "x" for group in curve.groups])
    np.testing.assert_allclose(curve.transform[:, is_own].sum(axis=0), 0.0, atol=1e-12)
    gate = fitted(cr.Gate(label="gate", conditions=[cr.AtLeast("x", 1.0)], if_shut=-8.0))
    flag = fitted(cr.Flag(label="flag", field="x", if_true=2.0))
    assert [basis_for(each, none).from_base.tolist() for each in (gate, flag)] == [[-8.0], [0.0]]
