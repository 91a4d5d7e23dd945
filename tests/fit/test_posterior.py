"""The posterior mode, and the Laplace approximation around it."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pytest
from fit_cases import case, mode_of

from collectrisk._fit import posterior
from collectrisk._fit.objective import Objective
from collectrisk._fit.posterior import InverseHessian, fit_posterior

Array = npt.NDArray[Any]

FIXED = dict.fromkeys([group.name for group in case().objective.design.groups], 0.7)
NO_CONSTRAINTS = np.zeros((0, len(case().objective.design.prior_points)))


@attrs.frozen(eq=False)
class GaussianBlock:
    """Rows of a linear model with unit noise, in place of labels."""

    matrix: Array
    observed: Array

    def loss_and_gradient(self, points: Array) -> tuple[float, Array]:
        """Return half the sum of squared errors, and its gradient."""
        errors = self.matrix @ points - self.observed
        return float((errors**2).sum() / 2), np.asarray(self.matrix.T @ errors)

    def hessian(self, points: Array) -> Array:  # noqa: ARG002  # the same everywhere
        """Return the Hessian."""
        return np.asarray(self.matrix.T @ self.matrix)


def gaussian(rows: int = 300) -> tuple[Any, GaussianBlock]:
    rng = np.random.default_rng(3)
    design = case().objective.design
    block = GaussianBlock(rng.normal(size=(rows, len(design.prior_points))), rng.normal(size=rows))
    blocks: Any = [block]
    return Objective(design, blocks, blocks), block


def subset(block: Any, rows: Any) -> Any:
    return attrs.evolve(
        block, matrix=block.matrix[rows], visited=block.visited[rows], weights=block.weights[rows]
    )


def test_a_linear_model_has_the_posterior_of_the_textbook() -> None:
    objective, block = gaussian()
    design = objective.design
    found = fit_posterior(objective, FIXED, NO_CONSTRAINTS)
    matrix = block.matrix @ design.transform
    precision = matrix.T @ matrix + np.eye(len(design.group_index)) / 0.7**2
    mean = np.linalg.solve(precision, matrix.T @ (block.observed - block.matrix @ design.prior_points))
    covariance = design.transform @ np.linalg.inv(precision) @ design.transform.T
    np.testing.assert_allclose(found.points, design.points(mean), atol=1e-9)
    np.testing.assert_allclose(found.covariance_factor @ found.covariance_factor.T, covariance, atol=1e-9)
    assert found.prior_scales == FIXED


def test_at_the_mode_the_gradient_is_zero() -> None:
    objective, precision = case().objective, np.full(len(case().objective.design.group_index), 0.7**-2)
    mode, _ = mode_of(objective, precision)
    np.testing.assert_allclose(objective.value_and_gradient(mode, precision)[1], 0, atol=1e-7)
    points = fit_posterior(objective, FIXED, NO_CONSTRAINTS).points
    np.testing.assert_allclose(points, objective.design.points(mode), atol=1e-9)


@pytest.mark.parametrize("step", [4, 16])
def test_the_hessian_of_a_sample_leads_to_the_mode_of_all_rows(step: int) -> None:
    """With the Hessian of some of the rows and the gradient of all rows, the card is the same."""
    objective = case(800).objective
    everything = objective.sample[0]
    some = subset(everything, np.arange(0, 800, step))
    factor = float(everything.weights.sum() / some.weights.sum())
    fixed = dict.fromkeys([group.name for group in objective.design.groups], 0.3)
    sampled = attrs.evolve(objective, sample=[some], sample_factor=factor)
    expected = fit_posterior(objective, fixed, NO_CONSTRAINTS).points
    np.testing.assert_allclose(fit_posterior(sampled, fixed, NO_CONSTRAINTS).points, expected, atol=1e-7)


def test_the_hessian_of_an_unsuitable_sample_is_replaced() -> None:
    """A sample that lacks a level says nothing about its Hessian, so that of all rows is used."""
    objective = case(800).objective
    few = subset(objective.sample[0], np.arange(3))
    fixed = dict.fromkeys([group.name for group in objective.design.groups], 3.0)
    precision = np.full(len(objective.design.group_index), 3.0**-2)
    sampled = attrs.evolve(objective, sample=[few])
    _, used = mode_of(sampled, precision)
    assert used.sample is objective.blocks
    expected = fit_posterior(objective, fixed, NO_CONSTRAINTS).points
    np.testing.assert_allclose(fit_posterior(sampled, fixed, NO_CONSTRAINTS).points, expected, atol=1e-6)


def test_an_unsuitable_sample_does_not_give_the_standard_errors() -> None:
    objective = case(800).objective
    few = subset(objective.sample[0], np.arange(3))
    fixed = dict.fromkeys([group.name for group in objective.design.groups], 3.0)
    expected = fit_posterior(objective, fixed, NO_CONSTRAINTS).covariance_factor
    sampled = attrs.evolve(objective, sample=[few], sample_factor=800 / 3)
    found = fit_posterior(sampled, fixed, NO_CONSTRAINTS).covariance_factor
    np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=1e-6)


def test_a_sample_of_a_twentieth_needs_few_gradients_of_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Corrected by the gradients, the Hessian of the sample is nearly as good as that of all rows."""
    objective = case(20_000).objective
    everything = objective.sample[0]
    some = subset(everything, np.arange(0, 20_000, 20))
    factor = float(everything.weights.sum() / some.weights.sum())
    sampled = attrs.evolve(objective, sample=[some], sample_factor=factor)
    rows: list[int] = []
    original = Objective.value_and_gradient

    def counting(self: Objective, *arguments: Any) -> Any:
        rows.append(sum(len(block.visited) for block in self.blocks))
        return original(self, *arguments)

    monkeypatch.setattr(Objective, "value_and_gradient", counting)
    fit_posterior(sampled, FIXED, NO_CONSTRAINTS)
    assert rows.count(20_000) <= 11


def test_the_corrections_of_a_hessian_are_those_of_bfgs() -> None:
    rng = np.random.default_rng(0)
    root = rng.normal(size=(6, 6))
    hessian = root @ root.T + np.eye(6)
    inverse = InverseHessian.of(np.eye(6) * 2.0)
    expected = np.eye(6) / 2.0
    for step in rng.normal(size=(4, 6)):
        change = hessian @ step
        ratio = inverse.update(step, change)
        assert ratio == pytest.approx(step @ hessian @ step / (2.0 * step @ step))
        shift = np.eye(6) - np.outer(step, change) / (step @ change)
        expected = shift @ expected @ shift.T + np.outer(step, step) / (step @ change)
        np.testing.assert_allclose(inverse @ change, step, atol=1e-9)
    np.testing.assert_allclose(np.array([inverse @ unit for unit in np.eye(6)]), expected, atol=1e-9)


def test_a_step_without_curvature_corrects_nothing() -> None:
    inverse = InverseHessian.of(np.eye(2))
    assert inverse.update(np.ones(2), -np.ones(2)) == 1.0
    assert (inverse @ np.ones(2)).tolist() == [1.0, 1.0]


def test_estimated_scales_are_rounded() -> None:
    found = fit_posterior(case().objective, {"base": 0.123456}, NO_CONSTRAINTS)
    assert found.prior_scales["base"] == pytest.approx(0.123456)
    logs = np.log([scale for name, scale in found.prior_scales.items() if name != "base"])
    np.testing.assert_allclose(logs, logs.round(2), atol=1e-12)


def test_scales_need_the_mode_only_roughly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The expansion is exact to the second order, so that the error of the mode hardly changes them."""
    found = fit_posterior(case().objective, {}, NO_CONSTRAINTS)
    monkeypatch.setattr(posterior, "ROUGH", 1e-10)
    exact = fit_posterior(case().objective, {}, NO_CONSTRAINTS)
    assert found.prior_scales == exact.prior_scales
    np.testing.assert_allclose(found.points, exact.points, atol=1e-7)


def test_the_estimation_of_scales_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posterior, "MAX_ROUNDS", 1)
    found = fit_posterior(case().objective, {}, NO_CONSTRAINTS)
    assert np.isfinite(found.points).all()


class InconsistentBlock(GaussianBlock):
    """Rows whose gradient is not that of their loss."""

    def loss_and_gradient(self, points: Array) -> tuple[float, Array]:
        """Return a gradient that never vanishes."""
        loss, _ = super().loss_and_gradient(points)
        return loss, np.asarray(np.sign(points + 0.1) * 1e3)


class UndefinedBlock(GaussianBlock):
    """Rows whose loss is NaN."""

    def loss_and_gradient(self, points: Array) -> tuple[float, Array]:
        """Return NaN, and a gradient."""
        return float("nan"), super().loss_and_gradient(points)[1]


@pytest.mark.parametrize("kind", [InconsistentBlock, UndefinedBlock])
def test_a_fit_that_does_not_converge_raises(kind: type[GaussianBlock]) -> None:
    objective, block = gaussian()
    blocks: Any = [kind(block.matrix, block.observed)]
    with pytest.raises(RuntimeError, match="the fit did not converge"):
        fit_posterior(attrs.evolve(objective, blocks=blocks, sample=blocks), FIXED, NO_CONSTRAINTS)


@attrs.frozen(eq=False)
class NoisyBlock:
    """Rows whose gradient has another rounding error at each evaluation."""

    block: GaussianBlock
    errors: np.random.Generator = attrs.field(factory=lambda: np.random.default_rng(0))

    def loss_and_gradient(self, points: Array) -> tuple[float, Array]:
        """Return the loss, and the gradient with an error."""
        loss, gradient = self.block.loss_and_gradient(points)
        return loss, gradient + self.errors.normal(0.0, 1e-5, len(gradient))

    def hessian(self, points: Array) -> Array:
        """Return the Hessian."""
        return self.block.hessian(points)


def test_rounding_errors_of_the_gradient_do_not_prevent_convergence() -> None:
    objective, block = gaussian()
    blocks: Any = [NoisyBlock(block)]
    found = fit_posterior(attrs.evolve(objective, blocks=blocks, sample=blocks), FIXED, NO_CONSTRAINTS)
    expected = fit_posterior(objective, FIXED, NO_CONSTRAINTS)
    np.testing.assert_allclose(found.points, expected.points, atol=1e-5)
