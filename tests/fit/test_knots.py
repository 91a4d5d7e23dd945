"""Knots at the quantiles of the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk._fit.knots import distinct, quantile_knots

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(VALUES, st.integers(2, 10))
def test_knots_are_values_from_the_smallest_to_the_largest(values: list[float], count: int) -> None:
    knots = quantile_knots(np.array(values), np.ones(len(values)), count)
    assert set(knots.tolist()) <= set(values)
    assert (knots[0], knots[-1]) == (min(values), max(values))
    assert len(knots) <= count
    assert (np.diff(knots) > 0).all()


@given(VALUES, st.integers(2, 10), st.randoms(use_true_random=False))
def test_a_weight_is_as_good_as_repeated_rows(values: list[float], count: int, draw: object) -> None:
    times = np.array([getattr(draw, "randint")(1, 4) for _ in values])  # noqa: B009  # Hypothesis types it loosely
    weighted = quantile_knots(np.array(values), times.astype(float), count)
    repeated = quantile_knots(np.repeat(values, times), np.ones(times.sum()), count)
    assert weighted.tolist() == repeated.tolist()


def test_a_frequent_value_is_a_single_knot() -> None:
    values = np.array([0.0] * 90 + list(range(1, 11)))
    assert quantile_knots(values, np.ones(100), 5).tolist() == [0.0, 10.0]


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=20))
def test_points_can_be_interpolated_between_distinct_knots_on_either_scale(values: list[float]) -> None:
    knots = distinct(np.unique(values))
    points = [0.0, 100.0] * len(knots)
    cr.PiecewiseLinear(label="x", field="x", knots=zip(knots, points, strict=False))
    above = knots[knots > 0]
    if len(above):
        cr.PiecewiseLinear(label="x", field="x", knots=zip(above, points, strict=False), scale="log")


def test_amounts_that_differ_by_rounding_errors_are_one_knot() -> None:
    accounts = cr.simulate_portfolio(30, seed=2)
    accounts.loc[[3, 4, 5], "amount_overdue"] = [1_000.0000000000001, 30_000.000000000004, 30_000.0]
    scorer = cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts, np.arange(30) % 7 == 0)
    there, rounded = (
        scorer.visit_probabilities(accounts)[[4, 5]],
        scorer.visit_probabilities(accounts.round())[4],
    )
    assert there[0] == pytest.approx(rounded)
    assert np.isfinite(there).all()
