"""The interval of the Brier score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from samples import SAMPLES, Array, drawn, ones
from samples import Sample as Drawn
from scipy.special import expit
from scipy.stats import norm

from collectrisk.evaluation._brier import brier_interval
from collectrisk.evaluation._calibration import calibration_in_the_large
from collectrisk.evaluation._intervals import wilson
from collectrisk.evaluation._sample import Sample

if TYPE_CHECKING:
    from collectrisk._typing import Interval


def interval(visited: Array, probability: Array, clusters: Array | None = None) -> Interval | None:
    sample = Sample(visited, probability, ones(visited), clusters)
    brier = float(np.mean((probability - visited) ** 2))
    return brier_interval(sample, brier, calibration_in_the_large(*sample.arrays), 0.95)


def test_the_variance_is_a_mean_of_that_of_the_data_and_that_of_the_model() -> None:
    """Each as a share of that of a rate; 30 of 100 accounts were visited, so the weights are 30 and 10."""
    visited = np.arange(100) < 30
    probability = np.linspace(0.9, 0.1, 100)
    losses, variance = (probability - visited) ** 2, probability * (1 - probability)
    of_data = losses.var(ddof=1) / 100 / losses.mean() / (1 - losses.mean())
    model = ((1 - 2 * probability) ** 2 * variance).sum() / 100**2 + variance.var(ddof=1) / 100
    of_model = model / variance.mean() / (1 - variance.mean())
    expected = wilson(losses.mean(), 40 / (30 * of_data + 10 * of_model), norm.isf(0.025))
    assert interval(visited, probability) == pytest.approx(expected)


def test_without_a_visit_the_interval_is_as_wide_as_the_model_says() -> None:
    low, high = interval(np.zeros(100, dtype=bool), np.full(100, 0.03)) or (0, 0)
    assert low < 0.0009
    assert 0.03 * 0.97 < high < 0.06


def test_certain_probabilities_have_an_interval_if_some_are_wrong() -> None:
    visited = np.array([True, False, True, False])
    assert interval(visited, visited.astype(float)) is None
    low, high = interval(visited, np.array([1.0, 0.0, 0.0, 0.0])) or (0, 0)
    assert 0 < low < 0.25 < high < 1


def test_copies_of_an_account_add_nothing_to_what_is_known() -> None:
    visited, truth = drawn(300)
    rows = np.repeat(np.arange(300), 4)
    found = interval(visited[rows], truth[rows], rows)
    assert found == pytest.approx(interval(visited, truth), rel=0.02)


@given(SAMPLES)
def test_an_interval_contains_its_score(sample: Drawn) -> None:
    low, high = interval(*sample) or (0, 1)
    brier = float(np.mean((sample[1] - sample[0]) ** 2))
    assert 0 <= low <= brier + 1e-12
    assert brier - 1e-12 <= high <= 1


def test_intervals_cover_the_expected_score_although_visits_are_rare() -> None:
    """Three visits in a hundred accounts; the interval from the variance of the data covers 89 %."""
    rng = np.random.default_rng(0)
    population = expit(rng.normal(-4.0, 1, 100_000))
    expected = (population * (1 - population)).mean()
    covered = 0
    for _ in range(400):
        truth = rng.choice(population, 100)
        low, high = interval(rng.random(100) < truth, truth) or (0, 0)
        covered += low < expected < high
    assert 0.93 <= covered / 400 <= 0.99
