"""The design matrix, and the likelihood of rows with its derivatives."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import pytest
from fit_cases import PRIOR, case, numerical_gradient, record

import collectrisk as cr
from collectrisk._fit import design as design_module
from collectrisk._fit import products
from collectrisk._fit.bases import FITTED, Group
from collectrisk._fit.build import basis_for
from collectrisk._fit.design import Design
from collectrisk._fit.sample import TrainingRows
from collectrisk._fit.surfaces import axis_of, surface_basis
from collectrisk._namespaces.arrays import ARRAYS


def test_with_zero_coefficients_the_points_are_the_priors() -> None:
    design = case().objective.design
    assert design.points(np.zeros(len(design.group_index))).tolist() == design.prior_points.tolist()
    assert design.prior_points[0] == -0.5


def test_the_log_odds_of_rows_are_those_of_the_card() -> None:
    """For any coefficients, the design matrix times the points is the sum of the curves."""
    design, coefficients = case().objective.design, case().coefficients
    points = design.points(coefficients)
    curves = [
        basis.curve(points[its_slice]) for basis, its_slice in zip(design.bases, design.slices, strict=True)
    ]
    by_curve = [np.broadcast_to(curve.points(record(), ARRAYS), 200) for curve in curves]
    np.testing.assert_allclose(case().block.log_odds(points), points[0] + sum(by_curve), atol=1e-6)


def test_the_gradient_is_the_derivative_of_the_loss() -> None:
    block, points = case().block, case().objective.design.points(case().coefficients)
    expected = numerical_gradient(lambda at: block.loss_and_gradient(at)[0], points)
    np.testing.assert_allclose(block.loss_and_gradient(points)[1], expected, atol=1e-6)


def test_the_hessian_is_the_derivative_of_the_gradient() -> None:
    block, points = case().block, case().objective.design.points(case().coefficients)
    expected = numerical_gradient(lambda at: block.loss_and_gradient(at)[1], points)
    np.testing.assert_allclose(block.hessian(points), expected, atol=1e-6)


@pytest.mark.parametrize("dense", [0, 1e9], ids=["sparse", "dense"])
def test_sparse_and_dense_matrices_give_the_same_hessian(
    dense: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = case().objective.design.points(case().coefficients)
    expected = case().block.hessian(points)
    monkeypatch.setattr(design_module, "DENSE", dense)
    monkeypatch.setattr(products, "DENSE_ROWS", 64)
    np.testing.assert_allclose(case().block.hessian(points), expected, atol=1e-9)


@pytest.mark.parametrize("uses_bins", [False, True], ids=["exact", "bins"])
def test_the_hessian_of_surfaces_is_the_same_from_dense_matrices(
    *, uses_bins: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With bins too, the products with a surface of two numbers are exact."""
    data = TrainingRows(record(), np.ones(200), 5)
    curves = [basis_for(part, data) for part in PRIOR[:4]]
    axes: list[Any] = [axis_of(basis, data) for basis in curves]
    pairs = [(0, 1), (1, 3), (3, 0)]
    surfaces = [surface_basis(f"{x} and {y}", axes[x], axes[y], data) for x, y in pairs]
    design = Design.of(0.0, Group("base", 0.5), [*curves, *surfaces])
    block = design.block(record(), np.ones(200), np.ones(200), uses_bins=uses_bins)
    assert [len(part.strides) for part in block.parts] == [1, 1, 0, 0, 2, 1, 1]
    points = np.random.default_rng(0).normal(size=len(design.prior_points))
    found = []
    for dense in (0, 1e9):
        monkeypatch.setattr(design_module, "DENSE", dense)
        found.append(block.hessian(points))
    of_numbers = design.slices[4] if uses_bins else slice(None)
    np.testing.assert_allclose(found[0][of_numbers], found[1][of_numbers], atol=1e-6)


def test_the_hessian_by_coefficients_is_that_of_the_transform() -> None:
    """The factors of fitted flags and gates take their means from the base."""
    data = TrainingRows(record(), np.ones(200), 5)
    design = Design.of(
        0.0, Group("base", 0.5), [basis_for(attrs.evolve(p, source=FITTED), data) for p in PRIOR]
    )
    assert (design.transform[:1].toarray() < 0.0).any()
    root = np.random.default_rng(0).normal(size=(len(design.prior_points),) * 2)
    by_points = root @ root.T
    transform = design.transform.toarray()
    np.testing.assert_allclose(design.hessian(by_points), transform.T @ by_points @ transform, atol=1e-9)


def test_the_diagonal_of_the_hessian_needs_no_other_products() -> None:
    block, points = case().block, case().objective.design.points(case().coefficients)
    np.testing.assert_allclose(block.diagonal(points), np.diag(block.hessian(points)), rtol=1e-9)


def test_bins_are_used_for_bases_that_are_independent_in_some_thousands_of_rows() -> None:
    """A tenth of 60,000 rows shows that one column determines another one, and a third one does not."""
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {"x": rng.normal(size=60_000), "z": rng.normal(size=60_000)}
    columns["y"] = columns["x"] ** 3
    data = TrainingRows(SimpleNamespace(**columns), np.ones(60_000), 8)
    curves = [cr.PiecewiseLinear(label=field, field=field, knots=[(0, 0)]) for field in "xyz"]
    design = Design.of(0.0, Group("base", 0.5), [basis_for(curve, data) for curve in curves])
    block = design.block(data.record, np.ones(60_000), np.ones(60_000), uses_bins=True)
    binned = block._binned  # noqa: SLF001  # no result shows it but by its rounding errors
    assert binned.tolist() == [[False, False, True], [False, False, True], [True, True, False]]


def test_some_rows_of_a_block_are_those_of_the_frame() -> None:
    block, points = case().block, case().objective.design.points(case().coefficients)
    found = block.thinned(4)
    assert found.log_odds(points).tolist() == block.log_odds(points)[::4].tolist()
    assert found.visited.tolist() == block.visited[::4].tolist()
    assert found.weights.tolist() == block.weights[::4].tolist()


def test_only_lines_and_the_factors_of_curves_take_two_elements_of_a_row() -> None:
    block = case().block
    widths = [each.elements.stop - each.elements.start for each in block.parts]
    assert dict(zip([part.label for part in PRIOR], widths, strict=True)) == {
        "size": 2,
        "age": 2,
        "calls": 1,
        "region": 1,
        "owner": 1,
        "agency": 2,
        "gate": 2,
    }
    assert block.matrix.nnz == 200 * sum(widths)


def test_the_loss_is_weighted_by_row() -> None:
    block, points = case().block, case().objective.design.points(case().coefficients)
    log_odds = block.log_odds(points)
    by_row = np.log1p(np.exp(log_odds)) - block.visited * log_odds
    assert block.loss_and_gradient(points)[0] == pytest.approx(float(block.weights @ by_row))


@pytest.mark.parametrize("base", [800.0, -800.0])
def test_certain_rows_have_a_finite_loss_gradient_and_hessian(base: float) -> None:
    points = case().objective.design.prior_points.copy()
    points[0] = base
    block = case().block
    loss, gradient = block.loss_and_gradient(points)
    wrong = block.visited == (base < 0)
    assert loss == pytest.approx(float(block.weights @ (np.abs(block.log_odds(points)) * wrong)))
    assert gradient[0] == pytest.approx(np.sign(base) * float(block.weights @ wrong))
    assert np.isfinite(block.hessian(points)).all()


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_rows_that_are_almost_certain_keep_their_digits(sign: float) -> None:
    """Their loss, residual and variance are all exp(-|log-odds|), far below the rounding error of one."""
    design = Design.of(0.0, Group("base", 1.0), [])
    block = design.block(record(1), np.full(1, sign > 0, dtype=float), np.full(1, 1e12))
    points = np.array([sign * 50.0])
    loss, gradient = block.loss_and_gradient(points)
    found = [loss, -sign * gradient[0], block.hessian(points)[0, 0]]
    assert found == pytest.approx([1e12 * np.exp(-50.0)] * 3, rel=1e-12)


def test_groups_of_the_same_name_are_shared() -> None:
    design = case().objective.design
    names = [group.name for group in design.groups]
    assert names == [
        "base",
        "common prior factor",
        "prior factor",
        "size",
        "trend",
        "age",
        "trend of new columns",
        "missing",
        "calls",
        "region",
        "flags",
    ]
    assert len(design.group_index) == design.transform.shape[1]


def test_a_card_without_characteristics_has_only_a_base() -> None:
    design = Design.of(1.0, Group("base", 1.0), [])
    block = design.block(record(), np.ones(200), np.ones(200))
    assert block.log_odds(design.prior_points).tolist() == [1.0] * 200
    assert block.loss_and_gradient(design.prior_points)[1].shape == (1,)


def test_every_curve_has_its_basis() -> None:
    data = TrainingRows(record(), np.ones(200), 5)
    kinds = [type(basis_for(part, data)).__name__ for part in PRIOR]
    assert kinds == ["LinearBasis", "LinearBasis", "StepBasis", "LevelBasis", *["ScaledBasis"] * 3]
