"""The marginal likelihood of the prior scales."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from fit_cases import numerical_gradient
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from collectrisk._fit import evidence
from collectrisk._fit.evidence import (
    FLAT,
    LARGEST,
    SMALLEST,
    QuadraticApproximation,
    _newton_step,
    estimate_scales,
    log_marginal_likelihood,
    negative_log_evidence,
)

GROUP_INDEX = np.array([0, 1, 1, 1, 2, 2, 2, 2])
EXPECTED = np.array([0.5, 1.0, 0.2])
SHAPE = np.array([1.0, 4.0, 1.0])
RNG = np.random.default_rng(5)
MATRIX = RNG.normal(size=(30, len(GROUP_INDEX)))
OBSERVED = MATRIX @ RNG.normal(0, [0.5] + [1.0] * 3 + [0.01] * 4) + RNG.normal(size=30)
LIKELIHOOD = QuadraticApproximation(MATRIX.T @ MATRIX, MATRIX.T @ OBSERVED)


def objective(log_scales: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    return negative_log_evidence(log_scales, LIKELIHOOD, GROUP_INDEX, EXPECTED, SHAPE)


def test_it_is_the_evidence_of_a_linear_model() -> None:
    """For ``y = matrix @ b + noise`` the marginal likelihood is a normal density of y."""

    def log_evidence(scales: np.ndarray) -> float:
        covariance = np.eye(30) + MATRIX @ np.diag(scales[GROUP_INDEX] ** 2) @ MATRIX.T
        density = multivariate_normal(np.zeros(30), covariance).logpdf(OBSERVED)
        return float(density + SHAPE @ (np.log(scales) - scales / EXPECTED))

    one, other = np.array([0.5, 1.0, 0.1]), np.array([2.0, 0.3, 0.7])
    found = [-objective(np.log(scales))[0] for scales in (one, other)]
    assert found[0] - found[1] == pytest.approx(log_evidence(one) - log_evidence(other), abs=1e-9)


def test_without_the_hyperprior_it_is_the_marginal_likelihood() -> None:
    scales = np.array([[0.5, 1.0, 0.1], [2.0, 0.3, 0.7]])
    found = [log_marginal_likelihood(LIKELIHOOD, each[GROUP_INDEX] ** -2.0) for each in scales]
    hyperprior = [SHAPE @ (np.log(each) - each / EXPECTED) for each in scales]
    expected = [-objective(np.log(each))[0] - its for each, its in zip(scales, hyperprior, strict=True)]
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize("derivative", [1, 2])
def test_its_derivatives_are_right(derivative: int) -> None:
    log_scales = np.log([0.4, 1.3, 0.05])
    expected = numerical_gradient(lambda at: objective(at)[derivative - 1], log_scales)
    np.testing.assert_allclose(objective(log_scales)[derivative], expected, atol=1e-7)


def test_the_estimated_scales_maximise_it() -> None:
    found = estimate_scales(LIKELIHOOD, GROUP_INDEX, np.array([0.5, 1.0, 0.2]), EXPECTED, SHAPE)
    np.testing.assert_allclose(objective(np.log(found))[1], 0, atol=1e-3)
    assert found[1] > 5 * found[2]


@pytest.mark.parametrize("longest", [2.0, 1e9])
@pytest.mark.parametrize("start", [1.1e-3, 0.1, 9.0])
def test_the_maximum_is_found_from_any_start(
    start: float, longest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L-BFGS-B, with another algorithm and hundreds of evaluations, finds the same."""
    monkeypatch.setattr(evidence, "LONGEST", longest)
    bounds = [(math.log(SMALLEST), math.log(LARGEST))] * 3
    reference = minimize(
        lambda at: objective(at)[:2], np.log(EXPECTED), jac=True, bounds=bounds, method="L-BFGS-B"
    )
    found = estimate_scales(LIKELIHOOD, GROUP_INDEX, np.full(3, start), EXPECTED, SHAPE)
    assert objective(np.log(found))[0] == pytest.approx(reference.fun, abs=1e-6)


def test_the_number_of_steps_is_limited() -> None:
    """After one step the scales are better than the start, and not yet the best."""
    start = np.full(3, 9.0)
    found = estimate_scales(LIKELIHOOD, GROUP_INDEX, start, EXPECTED, SHAPE, max_steps=1)
    assert objective(np.log(found))[0] < objective(np.log(start))[0]
    assert np.abs(objective(np.log(found))[1]).max() > 1e-3


def test_without_information_the_scales_are_the_expected_ones() -> None:
    flat = QuadraticApproximation(np.zeros((8, 8)), np.zeros(8))
    found = estimate_scales(flat, GROUP_INDEX, np.array([0.1, 0.1, 0.1]), EXPECTED, SHAPE)
    np.testing.assert_allclose(found, EXPECTED, rtol=1e-4)


def test_a_fixed_scale_does_not_change() -> None:
    found = estimate_scales(
        LIKELIHOOD, GROUP_INDEX, np.array([0.5, 77.0, 0.2]), np.array([0.5, np.nan, 0.2]), SHAPE
    )
    assert found[1] == pytest.approx(77.0)


def test_estimated_scales_stay_within_bounds() -> None:
    extreme = QuadraticApproximation(np.eye(8) * 1e6, np.concatenate([np.zeros(4), np.full(4, 1e9)]))
    found = estimate_scales(extreme, GROUP_INDEX, np.array([0.5, 1.0, 0.2]), np.array([0.5, 1.0, 1e9]), SHAPE)
    assert found[1] >= SMALLEST * 0.999
    assert found[2] == pytest.approx(LARGEST)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the values of the evidence, as they are computed."""
    values: list[float] = []

    def evaluate(*arguments: Any) -> Any:
        found = negative_log_evidence(*arguments)
        values.append(found[0])
        return found

    monkeypatch.setattr(evidence, "negative_log_evidence", evaluate)
    return values


def test_a_scale_near_its_bound_does_not_hold_up_that_of_equal_columns(counted: list[float]) -> None:
    """Both are at the upper bound then; the second one starts just below it."""
    half = np.random.default_rng(0).normal(size=(80, 3))
    matrix = np.hstack([half, half])
    large = np.repeat([3_000.0, 1_000.0], 3)
    likelihood = QuadraticApproximation(matrix.T @ matrix, matrix.T @ matrix @ large)
    index, expected, shape = np.repeat([0, 1], 3), np.ones(2), np.full(2, 0.5)
    found = estimate_scales(likelihood, index, np.array([1.0, 9.97]), expected, shape)
    np.testing.assert_allclose(found, LARGEST)
    assert len(counted) < 10


def test_steps_that_only_rounding_errors_could_accept_end_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    values = iter(range(1_000))

    def rising(*arguments: Any) -> Any:
        return float(next(values)), *negative_log_evidence(*arguments)[1:]

    monkeypatch.setattr(evidence, "negative_log_evidence", rising)
    start = np.array([0.5, 1.0, 0.2])
    np.testing.assert_allclose(estimate_scales(LIKELIHOOD, GROUP_INDEX, start, EXPECTED, SHAPE), start)
    assert next(values) < 20


@pytest.mark.parametrize("values", [(3.0, 1.0, 0.5), (3.0, -1.0, 0.0)], ids=["convex", "not convex"])
def test_a_step_decreases_the_function_and_is_newtons_where_it_is_convex(values: tuple[float, ...]) -> None:
    vectors, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    gradient = vectors @ np.array([0.3, 0.2, 1e-7])
    step = _newton_step(gradient, vectors @ np.diag(values) @ vectors.T)
    curvatures = np.maximum(np.abs(values), FLAT)
    np.testing.assert_allclose(step, -vectors @ (np.array([0.3, 0.2, 1e-7]) / curvatures), atol=1e-9)
    assert gradient @ step < 0
