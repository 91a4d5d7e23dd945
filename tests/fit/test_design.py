"""The loss over rows of data, and its slopes."""

from __future__ import annotations

import numpy as np
import pytest
from fit_cases import PRIOR, case, record, slopes

import collectrisk as cr
from collectrisk._fit.design import Design
from collectrisk._fit.bases import Group
from collectrisk._fit.build import Sample, shape_for
from collectrisk._namespaces.arrays import ARRAYS


def test_points_at_no_steps_are_the_priors() -> None:
    design = case().problem.design
    assert design.points(np.zeros(len(design.group))).tolist() == design.prior.tolist()
    assert design.prior[0] == -0.5


def test_the_rows_read_the_points_that_the_card_gives() -> None:
    """Whatever the steps, the sums over cells are what the curves say."""
    design, steps = case().problem.design, case().steps
    points = design.points(steps)
    parts = zip(design.shapes, design.parts(points), strict=True)
    card = cr.Scorecard(base=points[0], characteristics=[shape.curve(at) for shape, at in parts])
    terms = [np.broadcast_to(term, 200) for term in card.terms(record(), ARRAYS)]
    np.testing.assert_allclose(case().block.log_odds(points), card.base + sum(terms), atol=1e-6)


def test_the_slope_is_that_of_the_loss() -> None:
    points = case().problem.design.points(case().steps)
    np.testing.assert_allclose(case().block.slope(points), slopes(case().block.loss, points), atol=1e-6)


def test_the_curvature_is_that_of_the_slope() -> None:
    points = case().problem.design.points(case().steps)
    np.testing.assert_allclose(case().block.curvature(points), slopes(case().block.slope, points), atol=1e-6)


def test_weights_count_rows() -> None:
    block, points = case().block, case().problem.design.points(case().steps)
    log_odds = block.log_odds(points)
    each = np.log1p(np.exp(log_odds)) - block.visited * log_odds
    assert block.loss(points) == pytest.approx(float(block.weights @ each))


def test_certain_rows_have_a_finite_loss() -> None:
    points = case().problem.design.prior.copy()
    points[0] = 800.0
    block = case().block
    assert block.loss(points) == pytest.approx(
        float(block.weights @ (block.log_odds(points) * (1 - block.visited)))
    )
    assert np.isfinite(block.curvature(points)).all()


def test_groups_of_one_name_are_one() -> None:
    design = case().problem.design
    names = [group.name for group in design.groups]
    assert names == [
        "base",
        "prior as a whole",
        "size",
        "trend",
        "age",
        "trend of new columns",
        "missing",
        "calls",
        "region",
        "yes or no",
    ]
    assert len(design.group) == design.moves.shape[1]


def test_a_card_without_characteristics_has_a_base_alone() -> None:
    design = Design.of(1.0, Group("base", 1.0), [])
    block = design.block(record(), np.ones(200), np.ones(200))
    assert block.log_odds(design.prior).tolist() == [1.0] * 200
    assert block.slope(design.prior).shape == (1,)


def test_every_curve_has_its_shape() -> None:
    sample = Sample(record(), np.ones(200), 5)
    kinds = [type(shape_for(part, sample)).__name__ for part in PRIOR]
    assert kinds == ["LineShape", "LineShape", "StepShape", "LevelShape", *["ScaledShape"] * 3]
