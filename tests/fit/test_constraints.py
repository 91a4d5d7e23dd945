"""Monotone curves are the most probable ones among the monotone."""

from __future__ import annotations

import numpy as np
import pytest
from fit_cases import Case, case, mode_of

from collectrisk._fit import constraints as constraints_module
from collectrisk._fit.constraints import constrained_mode


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
    coefficients = constrained_mode(constraints, objective, mode, found.precision)
    slack = constraints @ objective.design.points(coefficients)
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
    assert constrained_mode(satisfied, found.objective, mode, found.precision) is mode
    assert constrained_mode(constraints[:0], found.objective, mode, found.precision) is mode


def test_a_constraint_on_points_that_no_coefficient_changes_is_ignored() -> None:
    found, constraints, mode = violated_constraints(0)
    with_constant = np.vstack([constraints, np.zeros((1, constraints.shape[1]))])
    np.testing.assert_allclose(
        constrained_mode(with_constant, found.objective, mode, found.precision),
        constrained_mode(constraints, found.objective, mode, found.precision),
        atol=1e-9,
    )


def test_the_constraints_are_satisfied_after_a_single_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constraints_module, "MAX_ITERATIONS", 1)
    found, constraints, mode = violated_constraints(0)
    coefficients = constrained_mode(constraints, found.objective, mode, found.precision)
    assert (constraints @ found.objective.design.points(coefficients)).min() >= 0


@pytest.mark.parametrize("weak", [1e-4, 1e-6])
def test_a_step_that_is_too_long_is_halved(weak: float) -> None:
    """With hardly any prior a full step overshoots, and the objective must decrease all the same."""
    found, constraints, _ = violated_constraints(1)
    objective, precision = found.objective, np.full(len(found.precision), weak)
    mode, _ = mode_of(objective, precision)
    coefficients = constrained_mode(constraints, objective, mode, precision)
    assert (constraints @ objective.design.points(coefficients)).min() >= 0
    flat = constrained_mode(constraints, objective, np.zeros(len(precision)), np.full(len(precision), 1e4))
    values = [objective.value_and_gradient(at, precision)[0] for at in (mode, coefficients, flat)]
    assert values[0] < values[1] < values[2]
