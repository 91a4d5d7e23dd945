"""The objective of a fit and its derivatives."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import pytest
from fit_cases import case, numerical_gradient

import collectrisk as cr
from collectrisk._fit.bases import Group
from collectrisk._fit.build import basis_for
from collectrisk._fit.design import Design, joined
from collectrisk._fit.objective import Objective, with_new_diagonal
from collectrisk._fit.sample import TrainingRows


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
    hessian = objective.likelihood_hessian(case().coefficients)
    quadratic = objective.quadratic_approximation(case().coefficients, hessian)
    gradient = quadratic.linear - quadratic.hessian @ case().coefficients
    _, expected = objective.value_and_gradient(case().coefficients, no_prior)
    np.testing.assert_allclose(gradient, -expected, atol=1e-9)
    np.testing.assert_allclose(quadratic.hessian, hessian, atol=1e-9)


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


def test_a_rough_hessian_is_that_of_some_rows_scaled_to_all() -> None:
    objective, coefficients = attrs.evolve(case(4_000).objective, is_costly=True), case(4_000).coefficients
    rough = objective.with_rough_hessian
    rows = [len(block.visited) for block in rough.sample]
    assert rows == [1_000]
    assert rough.blocks is objective.blocks
    found, expected = (each.likelihood_hessian(coefficients) for each in (rough, objective))
    assert found[0, 0] == pytest.approx(expected[0, 0], rel=0.03)
    assert not np.array_equal(found, expected)


def test_a_rough_hessian_is_that_of_blocks_whose_rows_have_different_elements() -> None:
    """A curve has one function in a block where all values are knots, and two in another block."""
    values = np.concatenate([np.repeat([0.0, 1.0, 2.0], 20), np.linspace(0.0, 2.0, 60)])
    data = TrainingRows(SimpleNamespace(x=values), np.ones(120), 3)
    curve = cr.PiecewiseLinear(label="x", field="x", knots=[(0, 0), (1, 0), (2, 0)])
    design = Design.of(0.0, Group("base", 0.5), [basis_for(curve, data)])
    halves = [slice(0, 60), slice(60, 120)]
    blocks = [design.block(SimpleNamespace(x=values[half]), np.zeros(60), np.ones(60)) for half in halves]
    assert [block.parts[0].strides for block in blocks] == [(), (1,)]
    rough = Objective(design, blocks, blocks, is_costly=True).with_rough_hessian
    chosen = np.concatenate([values[half][::4] for half in halves])
    expected = design.block(SimpleNamespace(x=chosen), np.zeros(30), np.ones(30)).hessian(np.zeros(4))
    found = rough.likelihood_hessian(np.zeros(len(design.group_index)))
    np.testing.assert_allclose(found, 4.0 * design.hessian(expected), atol=1e-5)


def test_blocks_whose_rows_have_the_same_elements_are_joined() -> None:
    objective, coefficients = case().objective, case().coefficients
    assert len(objective.blocks) == 2
    (block,) = joined(objective.blocks)
    assert block.matrix.nnz == objective.sample[0].matrix.nnz  # also those of a row in the same column
    points = objective.design.points(coefficients)
    np.testing.assert_array_equal(block.log_odds(points), objective.sample[0].log_odds(points))
    found, expected = (each.loss_and_gradient(points)[1] for each in (block, objective.sample[0]))
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_a_hessian_that_is_not_costly_is_neither_rough_nor_one_of_before() -> None:
    objective, coefficients = case().objective, case().coefficients
    assert objective.with_rough_hessian is objective
    known = objective.hessian_near(coefficients)
    assert objective.hessian_near(coefficients, known) is not known


def test_a_costly_hessian_is_scaled_where_it_changes_little() -> None:
    """The products of two functions keep their correlations, and those of each with itself are exact."""
    objective, coefficients = attrs.evolve(case().objective, is_costly=True), case().coefficients
    known = objective.hessian_near(coefficients)
    np.testing.assert_array_equal(known.matrix, objective.likelihood_hessian(coefficients))
    base = np.eye(len(coefficients))[0]  # a step of the base moves the log-odds of all rows by the same
    near = coefficients + 0.49 * base
    scaled = objective.hessian_near(near, known)
    assert scaled.by_points is known.by_points
    at_points = sum(block.hessian(objective.design.points(near)) for block in objective.blocks)
    expected = objective.design.hessian(with_new_diagonal(known.by_points, np.diag(at_points)))
    np.testing.assert_allclose(scaled.matrix, expected, atol=1e-9)
    exact = objective.hessian_near(near)
    assert np.linalg.norm(scaled.matrix - exact.matrix) < 0.5 * np.linalg.norm(known.matrix - exact.matrix)
    errors = [np.linalg.inv(each.matrix + np.diag(case().precision)).diagonal() for each in (scaled, exact)]
    np.testing.assert_allclose(np.sqrt(errors[0]), np.sqrt(errors[1]), rtol=0.02)
    far = coefficients + 0.51 * base
    np.testing.assert_array_equal(
        objective.hessian_near(far, known).matrix, objective.likelihood_hessian(far)
    )
    other_rows = attrs.evolve(objective, sample=list(objective.sample))
    assert other_rows.hessian_near(coefficients, known).by_points is not known.by_points


def test_a_matrix_with_a_new_diagonal_has_the_same_correlations() -> None:
    root = np.random.default_rng(0).normal(size=(3, 3))
    matrix, diagonal = np.zeros((4, 4)), np.array([2.0, 3.0, 0.0, 5.0])
    matrix[:3, :3] = root @ root.T
    found = with_new_diagonal(matrix, diagonal)
    np.testing.assert_allclose(np.diag(found), diagonal)
    correlation = matrix[0, 1] / np.sqrt(matrix[0, 0] * matrix[1, 1])
    assert found[0, 1] == pytest.approx(correlation * np.sqrt(6.0))
    assert not found[2].any()
    assert not found[3, :3].any()  # nothing is known of it
