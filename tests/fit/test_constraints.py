"""Monotone curves are the most probable ones among the monotone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import pytest
from fit_cases import Case, case, mode_of
from hypothesis import given
from hypothesis import strategies as st
from labelled import accounts, labels, points, table, visited

import collectrisk as cr
from collectrisk._fit import constraints as constraints_module
from collectrisk._fit.constraints import constrained_mode
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk.errors import ArgumentError, CollectRiskError


def violated_constraints(seed: int) -> tuple[Case, np.ndarray, np.ndarray]:
    """Return a case, constraints on two of its curves that the posterior mode violates, and the mode."""
    found = case(seed=seed)
    design = found.objective.design
    identity = np.eye(len(design.prior_points))
    by_label = {
        basis.origin.label: identity[its_slice]
        for basis, its_slice in zip(design.bases, design.slices, strict=True)
    }
    constraints = np.vstack([np.diff(by_label["age"][:-1], axis=0), -np.diff(by_label["size"], axis=0)])
    mode, _ = mode_of(found.objective, found.precision)
    assert (constraints @ design.points(mode)).min() < -0.01
    return found, constraints, mode


@pytest.mark.parametrize("seed", range(4))
def test_no_feasible_step_lowers_the_objective(seed: int) -> None:
    """The Karush-Kuhn-Tucker conditions: the gradient is a non-negative sum of active constraints."""
    found, constraints, mode = violated_constraints(seed)
    objective = found.objective
    coefficients, points = constrained_mode(constraints, objective, mode, found.precision)
    np.testing.assert_allclose(points, objective.design.points(coefficients), atol=1e-9)
    slack = constraints @ points
    assert slack.min() >= 0
    active = slack < 1e-6
    _, gradient = objective.value_and_gradient(coefficients, found.precision)
    normals = (constraints @ objective.design.transform)[active].T
    multipliers, *_ = np.linalg.lstsq(normals, gradient, rcond=None)
    np.testing.assert_allclose(normals @ multipliers, gradient, atol=1e-5)
    assert multipliers.min() >= -1e-6


def test_a_mode_that_satisfies_the_constraints_is_returned() -> None:
    found, constraints, mode = violated_constraints(0)
    satisfied = -constraints[(constraints @ found.objective.design.points(mode)) < 0]
    assert constrained_mode(satisfied, found.objective, mode, found.precision)[0] is mode
    assert constrained_mode(constraints[:0], found.objective, mode, found.precision)[0] is mode


def test_a_constraint_on_points_that_no_coefficient_changes_is_ignored() -> None:
    found, constraints, mode = violated_constraints(0)
    with_constant = np.vstack([constraints, np.zeros((1, constraints.shape[1]))])
    np.testing.assert_allclose(
        constrained_mode(with_constant, found.objective, mode, found.precision)[0],
        constrained_mode(constraints, found.objective, mode, found.precision)[0],
        atol=1e-9,
    )


def test_the_constraints_are_satisfied_after_a_single_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constraints_module, "MAX_ITERATIONS", 1)
    found, constraints, mode = violated_constraints(0)
    _, points = constrained_mode(constraints, found.objective, mode, found.precision)
    assert (constraints @ points).min() >= 0


@pytest.mark.parametrize("weak", [1e-4, 1e-6])
def test_a_step_that_is_too_long_is_halved(weak: float) -> None:
    """With hardly any prior a full step overshoots, and the objective must decrease all the same."""
    found, constraints, _ = violated_constraints(1)
    objective, precision = found.objective, np.full(len(found.precision), weak)
    mode, _ = mode_of(objective, precision)
    coefficients, points = constrained_mode(constraints, objective, mode, precision)
    assert (constraints @ points).min() >= 0
    flat, _ = constrained_mode(constraints, objective, np.zeros(len(precision)), np.full(len(precision), 1e4))
    values = [objective.value_and_gradient(at, precision)[0] for at in (mode, coefficients, flat)]
    assert values[0] < values[1] < values[2]


GATE = cr.RuleScorer().card.labels.index("visit gate")


def test_a_prior_curve_that_runs_the_other_way_is_flattened() -> None:
    scorer = cr.LogisticScorer(prior=cr.RuleScorer(), monotone={"amount_overdue": -1})
    scorer.fit(accounts(), visited())
    assert np.diff(points(cr.RuleScorer(), "amount")).min() > 0
    assert np.diff(points(scorer, "amount")).max() <= 0


@pytest.mark.parametrize("rows", [0, 30, 400])
def test_a_gate_between_opposite_constraints_vanishes(rows: int) -> None:
    monotone = {"amount_overdue": -1, "failed_messages": 1}
    scorer = cr.LogisticScorer(prior=cr.RuleScorer(), monotone=monotone)
    scorer.fit(accounts()[:rows], visited()[:rows])
    assert scorer.scorecard_.characteristics[GATE].range == (0, 0)
    assert np.diff(points(scorer, "amount")).max() <= 0
    assert np.diff(points(scorer, "failed messages")).min() >= 0


def test_a_constraint_holds_against_a_strong_prior() -> None:
    """The curve moves by a million prior standard deviations, and further ones move by none."""
    prior = cr.Scorecard(
        base=0,
        characteristics=[cr.PiecewiseLinear(label="size", field="size", knots=[(0, 0), (1, -2), (3, 1)])],
    )
    scorer = cr.LogisticScorer(prior=prior, prior_scale=1e-6, monotone={"size": 1}).fit(table(), labels())
    assert np.diff(points(scorer, "size")).min() >= 0


@st.composite
def prior_cards(draw: st.DrawFn) -> cr.Scorecard:
    """Return cards with curves of x and z that rise, fall, or do both."""
    heights = st.floats(-5, 5).map(lambda height: round(height, 3))

    def pairs(lowest: float) -> st.SearchStrategy[Any]:
        values = st.floats(lowest, 10).map(lambda value: round(value, 2))
        return st.dictionaries(values, heights, min_size=1, max_size=6).map(
            lambda found: sorted(found.items())
        )

    curves = [
        cr.PiecewiseLinear(label="line", field="x", knots=draw(pairs(-5))),
        cr.PiecewiseLinear(label="log line", field="x", knots=draw(pairs(0.01)), scale="log"),
        cr.Bands(label="bands", field="z", bands=draw(pairs(-5))),
        cr.Gate(label="gate", conditions=[cr.AtLeast("x", 1), cr.AtLeast("z", 0)], if_shut=draw(heights)),
    ]
    chosen = draw(st.lists(st.sampled_from(curves), min_size=1, unique_by=lambda curve: curve.label))
    return cr.Scorecard(base=draw(heights), characteristics=chosen)


@given(
    prior_cards(),
    st.integers(0, 60),
    st.integers(0, 2**32 - 1),
    st.sampled_from([None, 1e-6, 0.1, 1_000.0]),
    st.tuples(*[st.sampled_from([1, -1])] * 2),
)
def test_fitted_characteristics_are_monotone_whatever_the_prior_card(
    prior: cr.Scorecard, rows: int, seed: int, prior_scale: float | None, signs: tuple[int, int]
) -> None:
    rng = np.random.default_rng(seed)
    frame = {"x": rng.lognormal(0, 1, rows), "z": rng.normal(0, 2, rows).round(1)}
    monotone = {field: sign for field, sign in zip("xz", signs, strict=True) if field in prior.fields}
    scorer = cr.LogisticScorer(prior=prior, prior_scale=prior_scale, monotone=monotone)
    try:
        scorer.fit(frame, rng.integers(0, 2, rows))
    except CollectRiskError:
        return
    grid = np.concatenate([np.linspace(-6, 0, 100), np.geomspace(1e-3, 20, 200)])
    for field, sign in monotone.items():
        for other in (-3.0, 3.0):
            record = SimpleNamespace(**{"x": np.full(300, other), "z": np.full(300, other), field: grid})
            for curve in scorer.scorecard_.characteristics:
                if field in curve.fields:
                    found = np.broadcast_to(curve.points(record, ARRAYS), 300)
                    assert (sign * np.diff(found)).min() >= -1e-12 * np.abs(found).max()


@attrs.frozen(kw_only=True)
class Wave(cr.Characteristic):
    """Points that rise and fall with the size."""

    @property
    def fields(self) -> tuple[str, ...]:
        return ("size",)

    def points(self, record: Any, xp: Any = ARRAYS) -> Any:
        return xp.where(record.size > 1, 1.0, 0.0)


def test_a_characteristic_of_unknown_shape_cannot_be_monotone() -> None:
    line = cr.PiecewiseLinear(label="line", field="size", knots=[(0, 0), (1, 1)])
    scorer = cr.LogisticScorer(characteristics=[line, Wave(label="wave")], monotone={"size": 1})
    with pytest.raises(ArgumentError, match="monotone cannot hold for 'size', because 'wave', a Wave, may"):
        scorer.fit(table(), labels())


def test_constraints_that_are_not_satisfied_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    found, constraints, mode = violated_constraints(0)
    monkeypatch.setattr(constraints_module, "ACCURATE", 1.0)
    with pytest.raises(ArgumentError, match="monotone could not be satisfied"):
        constrained_mode(constraints, found.objective, mode, found.precision)

    def does_not_converge(*_: Any) -> None:
        raise RuntimeError("too many iterations")

    monkeypatch.setattr(constraints_module, "nnls", does_not_converge)
    with pytest.raises(ArgumentError, match="monotone could not be satisfied"):
        constrained_mode(constraints, found.objective, mode, found.precision)
