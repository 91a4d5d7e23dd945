"""The products of basis functions, counted row by row and in bins."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.linalg

from collectrisk._fit.products import Positions, independent, products_by_pair

Array = npt.NDArray[Any]
ROWS, SIZE = 20_000, 9
RNG = np.random.default_rng(0)
WEIGHTS = RNG.uniform(0.1, 2.0, ROWS)


def positions(*columns: Array) -> list[Positions]:
    """Return the bases of columns from 0 to 8, whose knots are the whole numbers."""
    found = []
    for index, column in enumerate(columns):
        left = np.floor(column).astype(np.intp)
        part = slice(SIZE * index, SIZE * (index + 1))
        fractions = (column - left)[None, :]
        steps = (1,) if fractions.any() else ()
        found.append(Positions(part, left, steps, fractions[: len(steps)]))
    return found


def matrix(bases: list[Positions]) -> Array:
    """Return the design matrix."""
    parts = []
    for basis in bases:
        part, rows = np.zeros((len(basis.left), SIZE + 1)), np.arange(len(basis.left))
        fraction = basis.fractions[0] if len(basis.fractions) else np.zeros(len(rows))
        part[rows, basis.left] = 1.0 - fraction
        part[rows, basis.left + 1] = fraction
        parts.append(part[:, :-1])
    return np.hstack(parts)


def exact(bases: list[Positions]) -> Array:
    design = matrix(bases)
    return np.asarray(design.T @ (WEIGHTS[: len(design), None] * design))


def number() -> Array:
    return RNG.beta(2, 3, ROWS) * 8.0


COLUMN = number()
COLUMNS = [COLUMN, number(), np.floor(number() * 4.0) / 4.0, np.floor(number()), np.sqrt(COLUMN * 8.0)]
BASES = positions(*COLUMNS)
NONE = np.zeros((5, 5), dtype=np.bool_)


def test_products_by_pair_are_those_of_the_design_matrix() -> None:
    np.testing.assert_allclose(products_by_pair(BASES, WEIGHTS, NONE), exact(BASES), atol=1e-8)


def test_bins_change_the_products_of_independent_columns_by_chance_only() -> None:
    """In any direction, the quadratic form changes by less than two hundredths."""
    bases = positions(number(), number(), number())
    found = products_by_pair(bases, WEIGHTS, ~np.eye(3, dtype=np.bool_))
    ridge = 1e-3 * WEIGHTS.sum() * np.eye(len(found))  # for the sums of each basis, which are all one
    ratios = scipy.linalg.eigvalsh(found + ridge, exact(bases) + ridge)
    assert 0.0 < np.abs(ratios - 1.0).max() < 0.02


def test_the_products_of_a_basis_with_itself_have_no_bins() -> None:
    found = products_by_pair(BASES, WEIGHTS, ~np.eye(5, dtype=np.bool_))
    for basis in BASES:
        np.testing.assert_allclose(
            found[basis.part, basis.part], exact(BASES)[basis.part, basis.part], atol=1e-8
        )


def test_bins_are_exact_for_values_that_are_few() -> None:
    quarters, whole = BASES[2:4]
    bases = positions(COLUMNS[2], COLUMNS[3])
    assert [len(basis.fractions) for basis in (quarters, whole)] == [1, 0]
    found = products_by_pair(bases, WEIGHTS, ~np.eye(2, dtype=np.bool_))
    np.testing.assert_allclose(found, exact(bases), atol=1e-8)


def test_a_column_that_determines_another_one_is_not_independent_of_it() -> None:
    """Neither is a column of itself. One whose bins are exact is independent of all others."""
    found = independent(BASES)
    assert not found[0, 4]
    assert not found.diagonal().any()
    assert found[0, 1:4].all()
    assert found[2:4, [0, 1, 4]].all()
    np.testing.assert_array_equal(found, found.T)


def test_rounding_errors_are_no_deviations() -> None:
    quarters = COLUMNS[2] + RNG.uniform(0.0, 1e-8, ROWS)
    assert independent(positions(quarters, quarters))[0, 1]


@pytest.mark.parametrize("fraction", [0.0, 0.999_999_99, 1.0])
def test_the_last_bin_ends_at_the_next_function(fraction: float) -> None:
    """A fraction near one may be rounded to one."""
    (basis,) = [Positions(slice(0, 3), np.array([1, 0]), (1,), np.array([[fraction, 0.5]]))]
    assert basis.bins.tolist() == [4 + 3 * (fraction > 0), 2]


@pytest.mark.parametrize("points", [-4.0, -0.1, 0.3, 1.2, 25.0])
def test_bins_are_exact_for_the_factor_of_a_curve_of_two_values(points: float) -> None:
    """Its only share are the points of the curve, below zero or above one."""
    fractions = np.where(RNG.random(ROWS) < 0.3, points, 0.0)[None, :]
    flag = Positions(slice(SIZE, 2 * SIZE), np.zeros(ROWS, dtype=np.intp), (1,), fractions)
    bases = [*positions(number()), flag]
    found = products_by_pair(bases, WEIGHTS, ~np.eye(2, dtype=np.bool_))
    np.testing.assert_allclose(found[flag.part, flag.part], exact(bases)[flag.part, flag.part], atol=1e-7)
    assert len(np.unique(flag.bins)) == 2
    np.testing.assert_allclose(flag._mean_fractions(WEIGHTS)[flag.bins], fractions[0], atol=1e-12)  # noqa: SLF001  # what the bins are for
