"""The objective of a fit and its derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from fit_cases import case, numerical_gradient

if TYPE_CHECKING:
    from collectrisk._fit.objective import Objective


def test_the_gradient_is_the_derivative_of_the_value() -> None:
    objective, precision = case().objective, case().precision
    _, found = objective.value_and_gradient(case().coefficients, precision)
    expected = numerical_gradient(
        lambda at: objective.value_and_gradient(at, precision)[0], case().coefficients
    )
    np.testing.assert_allclose(found, expected, atol=1e-6)


def hessian(objective: Objective, coefficients: Any, precision: Any) -> Any:
    return objective.likelihood_hessian(coefficients) + np.diag(precision)


def test_the_hessian_is_the_derivative_of_the_gradient() -> None:
    objective, precision = case().objective, case().precision
    expected = numerical_gradient(
        lambda at: objective.value_and_gradient(at, precision)[1], case().coefficients
    )
    np.testing.assert_allclose(hessian(objective, case().coefficients, precision), expected, atol=1e-6)


def test_the_covariance_factor_is_one_of_the_inverse_hessian() -> None:
    objective, precision = case().objective, case().precision
    factor = objective.covariance_factor(case().coefficients, precision)
    inverse = np.linalg.inv(hessian(objective, case().coefficients, precision))
    np.testing.assert_allclose(factor @ factor.T, inverse, atol=1e-10)


def test_the_quadratic_approximation_has_the_derivatives_of_the_likelihood() -> None:
    """At the coefficients around which it is taken, gradient and Hessian are the same."""
    objective, no_prior = case().objective, np.zeros(len(case().coefficients))
    quadratic = objective.quadratic_approximation(case().coefficients)
    gradient = quadratic.linear - quadratic.hessian @ case().coefficients
    _, expected = objective.value_and_gradient(case().coefficients, no_prior)
    np.testing.assert_allclose(gradient, -expected, atol=1e-9)
    np.testing.assert_allclose(
        quadratic.hessian, objective.likelihood_hessian(case().coefficients), atol=1e-9
    )


def test_blocks_add_up_to_all_rows() -> None:
    objective, coefficients, precision = case().objective, case().coefficients, case().precision
    in_one_block = objective.of_sample
    assert len(objective.blocks) == 2
    value, _ = objective.value_and_gradient(coefficients, precision)
    assert value == pytest.approx(in_one_block.value_and_gradient(coefficients, precision)[0])
    np.testing.assert_allclose(
        objective.with_exact_hessian.likelihood_hessian(coefficients),
        in_one_block.likelihood_hessian(coefficients),
        atol=1e-9,
    )
