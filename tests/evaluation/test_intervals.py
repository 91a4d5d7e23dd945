"""Intervals of means, differences and rates."""

from __future__ import annotations

import numpy as np
import pytest
from samples import Array, drawn, ones
from scipy.stats import norm, t

from collectrisk.evaluation._intervals import (
    difference_interval,
    influence_on_mean,
    observed_rate_interval,
    rate_interval,
    variance_of,
)
from collectrisk.evaluation._sample import Sample


def interval_of(visited: Array, weights: Array, clusters: Array | None = None) -> tuple[float, float]:
    return observed_rate_interval(Sample(visited, ones(visited), weights, clusters), 0.95)


def test_the_variance_of_a_mean_is_the_sample_variance_over_the_count() -> None:
    values = np.array([0.1, 0.5, 0.9, 0.2])
    assert np.square(influence_on_mean(values, np.ones(4))).sum() == pytest.approx(values.var(ddof=1) / 4)
    assert influence_on_mean(values[:1], np.ones(1)).tolist() == [0.0]


def test_a_difference_without_a_variance_has_an_interval_only_if_it_is_zero() -> None:
    assert difference_interval(0.5, np.zeros(3), 0.95) is None
    assert difference_interval(0.0, np.zeros(3), 0.95) == (0.0, 0.0)


def test_the_interval_of_a_rate_is_wilsons() -> None:
    """Wilson's formula, by hand, for 3 visits among 20 accounts."""
    z = norm.ppf(0.975)
    middle = (3 / 20 + z**2 / 40) / (1 + z**2 / 20)
    half = z / (1 + z**2 / 20) * np.sqrt(3 / 20 * 17 / 20 / 20 + z**2 / 1600)
    assert rate_interval(3 / 20, 20, 0.95) == pytest.approx((middle - half, middle + half))


@pytest.mark.parametrize("count", [1, 2.5, 1e6])
def test_the_interval_of_a_rate_without_or_with_all_visits_ends_there(count: float) -> None:
    assert rate_interval(0.0, count, 0.95)[0] == 0
    assert rate_interval(1.0, count, 0.95)[1] == 1


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("confidence", [1 - 1e-16, 1 - 1e-12, 1e-12, 5e-324])
def test_intervals_of_extreme_confidence_are_finite(confidence: float) -> None:
    z = -norm.ppf((1 - confidence) / 2)
    assert z < 8.4
    influence = np.array([0.1, -0.2, 0.1])
    half_width = z * np.sqrt(0.06)
    assert difference_interval(0.0, influence, confidence) == pytest.approx((-half_width, half_width))
    low, high = rate_interval(0.5, 4, confidence)
    assert 0 < low <= 0.5 + 1e-12
    assert 0.5 - 1e-12 <= high < 1


def test_the_variance_of_a_mean_with_clusters_is_that_of_the_sums_of_the_clusters() -> None:
    """Three debtors of two rows each, by hand."""
    values, debtors = np.array([0.1, 0.5, 0.9, 0.2, 0.3, 0.4]), np.repeat(np.arange(3), 2)
    sums = np.array([0.6, 1.1, 0.7]) - 2 * 0.4
    found = variance_of(influence_on_mean(values, np.ones(6), debtors), debtors)
    assert found == pytest.approx((sums**2).sum() / 36 * 3 / 2)


def test_rows_that_are_copies_add_nothing_to_what_is_known_of_a_rate() -> None:
    """Each debtor has five rows with the same outcome, so there are as many observations as debtors."""
    visited = drawn(200)[0]
    debtors = np.repeat(np.arange(200), 5)
    found = interval_of(np.repeat(visited, 5), np.ones(1_000), debtors)
    expected = Sample(visited, ones(visited), ones(visited))
    assert found == pytest.approx(observed_rate_interval(expected, 0.95), rel=0.01)
    low, high = interval_of(np.repeat(visited, 5), np.ones(1_000))
    assert (found[1] - found[0]) / (high - low) == pytest.approx(5**0.5, rel=0.02)


def test_with_few_clusters_the_interval_has_the_quantile_of_student() -> None:
    visited, debtors = np.array([1, 1, 0, 0, 1, 0, 0, 0], dtype=bool), np.repeat(np.arange(4), 2)
    sums = np.array([2, 0, 1, 0]) - 2 * 3 / 8
    variance = (sums**2).sum() / 64 * 4 / 3
    count = 3 / 8 * 5 / 8 / variance
    z = t.isf(0.025, 3)
    half = z / (1 + z**2 / count) * np.sqrt(variance + (z / 2 / count) ** 2)
    low, high = interval_of(visited, np.ones(8), debtors)
    assert high - low == pytest.approx(2 * half)


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_without_variation_the_rows_of_a_cluster_count_once(rate: float) -> None:
    """Nothing is known of how alike they are."""
    visited, debtors = np.full(10, rate == 1), np.repeat(np.arange(5), 2)
    found = interval_of(visited, np.ones(10), debtors)
    assert found == rate_interval(rate, 5, 0.95, debtors)


def test_a_single_cluster_is_a_single_observation() -> None:
    visited, debtors = np.array([True, False, False]), np.zeros(3, dtype=int)
    assert interval_of(visited, np.ones(3), debtors) == rate_interval(1 / 3, 1, 0.95, debtors)


def test_clusters_never_narrow_the_interval_of_a_rate() -> None:
    """In each pair one account was visited, but with other pairs that may be otherwise."""
    visited, pairs = np.tile([True, False], 50), np.repeat(np.arange(50), 2)
    low, high = interval_of(visited, np.ones(100), pairs)
    plain = interval_of(visited, np.ones(100))
    assert low < plain[0] < plain[1] < high


def test_weights_that_depend_on_the_outcome_give_the_interval_of_their_sample() -> None:
    """All visited accounts and a tenth of the others: the rate is known as well as from all accounts."""
    rng = np.random.default_rng(7)
    covered, widths = 0, []
    for _ in range(300):
        visited = rng.random(4_000) < 0.05
        sample = visited | (rng.random(4_000) < 0.1)
        low, high = interval_of(visited[sample], np.where(visited[sample], 1.0, 10.0))
        covered += low < 0.05 < high
        widths.append(high - low)
    assert 0.92 < covered / 300 < 0.98
    assert np.mean(widths) < 1.3 * 2 * 1.96 * np.sqrt(0.05 * 0.95 / 4_000)
