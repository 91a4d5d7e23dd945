"""What a fit minimises."""

from __future__ import annotations

import numpy as np
import pytest
from fit_cases import case, slopes


def test_the_slope_is_that_of_the_loss() -> None:
    problem, precision = case().problem, case().precision
    found = problem.slope(case().steps, precision)
    expected = slopes(lambda steps: problem.loss(steps, precision), case().steps)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_curvature_is_that_of_the_slope() -> None:
    problem, precision = case().problem, case().precision
    found = problem.curvature(case().steps, precision)
    expected = slopes(lambda steps: problem.slope(steps, precision), case().steps)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_root_is_of_the_covariance() -> None:
    problem, precision = case().problem, case().precision
    root = problem.root(case().steps, precision)
    inverse = np.linalg.inv(problem.curvature(case().steps, precision))
    np.testing.assert_allclose(root @ root.T, inverse, atol=1e-10)


def test_the_parabola_touches_the_likelihood() -> None:
    """At the steps around which it stands, it has the likelihood's slope and curvature."""
    problem, none = case().problem, np.zeros(len(case().steps))
    parabola = problem.parabola(case().steps)
    slope = parabola.slope - parabola.curvature @ case().steps
    np.testing.assert_allclose(slope, -problem.slope(case().steps, none), atol=1e-9)
    np.testing.assert_allclose(parabola.curvature, problem.curvature(case().steps, none), atol=1e-9)


def test_blocks_add_up_to_the_whole() -> None:
    problem, precision = case().problem, case().precision
    whole = problem.of_sample
    assert len(problem.blocks) == 2
    assert problem.loss(case().steps, precision) == pytest.approx(whole.loss(case().steps, precision))
    again = problem.thorough
    np.testing.assert_allclose(
        again.curvature(case().steps, precision), whole.curvature(case().steps, precision), atol=1e-9
    )
