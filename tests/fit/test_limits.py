"""Monotone curves are the most probable ones among the monotone."""

from __future__ import annotations

import numpy as np
import pytest
from fit_cases import Case, case

from collectrisk._fit import limits as room
from collectrisk._fit.constraints import held_to
from collectrisk._fit.posterior import _most_probable


def rises(seed: int) -> tuple[Case, np.ndarray, np.ndarray]:
    """Return a case, rises of two of its curves that the free fit falls short of, and that fit."""
    found = case(seed=seed)
    design = found.problem.design
    cells = np.eye(len(design.prior))
    fields = {
        shape.origin.label: cells[start:end]
        for shape, (start, end) in zip(design.shapes, design.ranges, strict=True)
    }
    limits = np.vstack([np.diff(fields["age"][:-1], axis=0), -np.diff(fields["size"], axis=0)])
    steps, _ = _most_probable(found.problem, np.zeros(len(found.steps)), found.precision)
    assert (limits @ design.points(steps)).min() < -0.01
    return found, limits, steps


@pytest.mark.parametrize("seed", range(4))
def test_no_step_within_the_limits_lowers_the_loss(seed: int) -> None:
    """The conditions of Karush, Kuhn and Tucker: the slope is a sum of active limits, each pushing up."""
    found, limits, free = rises(seed)
    problem = found.problem
    steps = held_to(limits, problem, free, found.precision)
    heights = limits @ problem.design.points(steps)
    assert heights.min() >= 0
    active = heights < 1e-6
    slope = problem.slope(steps, found.precision)
    table = (limits @ problem.design.moves)[active].T
    push, *_ = np.linalg.lstsq(table, slope, rcond=None)
    np.testing.assert_allclose(table @ push, slope, atol=1e-5)
    assert push.min() >= -1e-6


def test_what_is_monotone_already_stays() -> None:
    found, limits, free = rises(0)
    upward = -limits[(limits @ found.problem.design.points(free)) < 0]
    assert held_to(upward, found.problem, free, found.precision) is free
    assert held_to(limits[:0], found.problem, free, found.precision) is free


def test_a_limit_that_nothing_can_move_is_left_alone() -> None:
    found, limits, free = rises(0)
    still = np.zeros((1, limits.shape[1]))
    with_still = held_to(np.vstack([limits, still]), found.problem, free, found.precision)
    np.testing.assert_allclose(with_still, held_to(limits, found.problem, free, found.precision), atol=1e-9)


def test_a_hurried_fit_keeps_the_limits_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "ROUNDS", 1)
    found, limits, free = rises(0)
    steps = held_to(limits, found.problem, free, found.precision)
    assert (limits @ found.problem.design.points(steps)).min() >= 0


@pytest.mark.parametrize("weak", [1e-4, 1e-6])
def test_a_way_too_far_is_cut_short(weak: float) -> None:
    """With hardly any prior a whole step overshoots, and the loss must fall all the same."""
    found, limits, _ = rises(1)
    problem, precision = found.problem, np.full(len(found.precision), weak)
    free, _ = _most_probable(problem, np.zeros(len(precision)), precision)
    steps = held_to(limits, problem, free, precision)
    assert (limits @ problem.design.points(steps)).min() >= 0
    flat = held_to(limits, problem, np.zeros(len(precision)), np.full(len(precision), 1e4))
    assert problem.loss(free, precision) < problem.loss(steps, precision) < problem.loss(flat, precision)
