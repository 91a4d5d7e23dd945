"""The most probable card, and how sure it is."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pytest
from fit_cases import case

from collectrisk._fit import posterior
from collectrisk._fit.posterior import _most_probable, fit_posterior
from collectrisk._fit.objective import Problem

Array = npt.NDArray[Any]

HELD = dict.fromkeys([group.name for group in case().problem.design.groups], 0.7)
NO_LIMITS = np.zeros((0, len(case().problem.design.prior)))


@attrs.frozen(eq=False)
class Normal:
    """Rows of a linear model with noise of size one, in place of labels."""

    table: Array
    seen: Array

    def loss(self, points: Array) -> float:
        """Return half the squared errors."""
        return float(((self.seen - self.table @ points) ** 2).sum() / 2)

    def slope(self, points: Array) -> Array:
        """Return how the loss grows."""
        return np.asarray(-self.table.T @ (self.seen - self.table @ points))

    def curvature(self, points: Array) -> Array:  # noqa: ARG002  # a parabola's is the same everywhere
        """Return the second derivatives."""
        return np.asarray(self.table.T @ self.table)


def of_normal(rows: int = 300) -> tuple[Any, Normal]:
    rng = np.random.default_rng(3)
    design = case().problem.design
    block = Normal(rng.normal(size=(rows, len(design.prior))), rng.normal(size=rows))
    blocks: Any = [block]
    return Problem(design, blocks, blocks), block


def test_a_linear_model_has_the_posterior_of_the_textbook() -> None:
    problem, block = of_normal()
    design = problem.design
    found = fit_posterior(problem, HELD, NO_LIMITS)
    table = block.table @ design.moves
    precision = table.T @ table + np.eye(len(design.group)) / 0.7**2
    steps = np.linalg.solve(precision, table.T @ (block.seen - block.table @ design.prior))
    covariance = design.moves @ np.linalg.inv(precision) @ design.moves.T
    np.testing.assert_allclose(found.points, design.points(steps), atol=1e-9)
    np.testing.assert_allclose(found.root @ found.root.T, covariance, atol=1e-9)
    assert found.spreads == HELD


def test_at_the_most_probable_steps_the_slope_is_nothing() -> None:
    problem, precision = case().problem, np.full(len(case().problem.design.group), 0.7**-2)
    steps, _ = _most_probable(problem, np.zeros(len(precision)), precision)
    np.testing.assert_allclose(problem.slope(steps, precision), 0, atol=1e-7)
    points = fit_posterior(problem, HELD, NO_LIMITS).points
    np.testing.assert_allclose(points, problem.design.points(steps), atol=1e-9)


def test_a_sample_leads_to_the_bottom_of_all_rows() -> None:
    """Curvature from a quarter of the rows, slopes from all of them: the same card."""
    problem = case(800).problem
    whole = problem.sample[0]
    some = np.arange(0, 800, 4)
    quarter = attrs.evolve(
        whole, cells=whole.cells[some], visited=whole.visited[some], weights=whole.weights[some]
    )
    times = float(whole.weights.sum() / quarter.weights.sum())
    held = dict.fromkeys([group.name for group in problem.design.groups], 0.3)
    sampled = fit_posterior(attrs.evolve(problem, sample=[quarter], times=times), held, NO_LIMITS)
    np.testing.assert_allclose(sampled.points, fit_posterior(problem, held, NO_LIMITS).points, atol=1e-7)


def test_a_sample_that_misleads_is_set_aside() -> None:
    """A sample that lacks a level has no curvature for it; a minimiser looks at all rows then."""
    problem = case(800).problem
    whole = problem.sample[0]
    few = attrs.evolve(whole, cells=whole.cells[:3], visited=whole.visited[:3], weights=whole.weights[:3])
    held = dict.fromkeys([group.name for group in problem.design.groups], 3.0)
    sampled = fit_posterior(attrs.evolve(problem, sample=[few]), held, NO_LIMITS)
    np.testing.assert_allclose(sampled.points, fit_posterior(problem, held, NO_LIMITS).points, atol=1e-6)


def test_strengths_are_rounded_where_they_are_learned() -> None:
    found = fit_posterior(case().problem, {"base": 0.123456}, NO_LIMITS)
    assert found.spreads["base"] == pytest.approx(0.123456)
    logs = np.log([spread for name, spread in found.spreads.items() if name != "base"])
    np.testing.assert_allclose(logs, logs.round(2), atol=1e-12)


def test_learning_the_strengths_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posterior, "ROUNDS", 1)
    found = fit_posterior(case().problem, {}, NO_LIMITS)
    assert np.isfinite(found.points).all()


class Liar(Normal):
    """Rows whose slope is not that of their loss."""

    def slope(self, points: Array) -> Array:
        """Return a slope that never ends."""
        return np.asarray(np.sign(points + 0.1) * 1e3)


def test_a_fit_that_does_not_settle_says_so() -> None:
    problem, block = of_normal()
    blocks: Any = [Liar(block.table, block.seen)]
    with pytest.raises(RuntimeError, match="the fit did not settle"):
        fit_posterior(attrs.evolve(problem, blocks=blocks, sample=blocks), HELD, NO_LIMITS)
