"""Intervals: DeLong's variance from its definition, and coverage of the true value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from samples import TWO_CLASSES, Array, Sample, drawn, ones
from scipy.special import expit
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from collectrisk.evaluation._intervals import (
    auc_interval,
    difference_interval,
    influence_on_auc,
    influence_on_mean,
    rate_interval,
)


def influence(visited: Array, probability: Array) -> Array:
    auc = float(roc_auc_score(visited, probability))
    return influence_on_auc(visited, probability, ones(visited), [np.arange(len(visited))], auc)


def components(visited: Array, probability: Array) -> tuple[Array, Array]:
    """Return DeLong's structural components, pair by pair."""
    yes, no = probability[visited][:, None], probability[~visited][None, :]
    won = (yes > no) + 0.5 * (yes == no)
    return won.mean(axis=1), won.mean(axis=0)


@given(TWO_CLASSES.filter(lambda sample: 2 <= sample[0].sum() <= len(sample[0]) - 2))
def test_the_variance_of_an_auc_is_delongs(sample: Sample) -> None:
    of_visited, of_others = components(*sample)
    expected = of_visited.var(ddof=1) / len(of_visited) + of_others.var(ddof=1) / len(of_others)
    assert np.square(influence(*sample)).sum() == pytest.approx(expected, abs=1e-12)


def test_the_variance_of_a_difference_of_aucs_is_delongs() -> None:
    """With the covariance of two scorers on the same accounts."""
    visited, truth = drawn()
    other = truth + np.random.default_rng(1).normal(0, 0.2, len(truth))
    pairs = zip(components(visited, truth), components(visited, other), strict=True)
    expected = sum(np.var(one - two, ddof=1) / len(one) for one, two in pairs)
    found = influence(visited, truth) - influence(visited, other)
    assert np.square(found).sum() == pytest.approx(expected)


def test_the_variance_of_a_mean_is_the_sample_variance_over_the_count() -> None:
    values = np.array([0.1, 0.5, 0.9, 0.2])
    assert np.square(influence_on_mean(values, np.ones(4))).sum() == pytest.approx(values.var(ddof=1) / 4)
    assert influence_on_mean(values[:1], np.ones(1)).tolist() == [0.0]


def test_the_variance_within_groups_is_a_weighted_sum() -> None:
    """Each group's variance is weighted by the square of its share of all pairs."""
    visited, truth = drawn()
    groups = [np.arange(40), np.arange(40, 500)]
    pairs = [int(visited[rows].sum() * (~visited[rows]).sum()) for rows in groups]
    shares = [count / sum(pairs) for count in pairs]
    alone = [np.square(influence(visited[rows], truth[rows])).sum() for rows in groups]
    expected = sum(share**2 * variance for share, variance in zip(shares, alone, strict=True))
    assert np.square(influence_on_auc(visited, truth, ones(visited), groups, 0.5)).sum() == pytest.approx(
        expected
    )


def test_the_only_account_of_a_class_is_compared_with_the_expected_value() -> None:
    """One visited account wins both of its pairs, and half of them were expected."""
    visited = np.array([True, False, False])
    found = influence_on_auc(visited, np.array([0.9, 0.1, 0.2]), np.ones(3), [np.arange(3)], 0.5)
    assert found.tolist() == [0.5, 0.0, 0.0]


def test_a_group_of_one_class_has_no_influence() -> None:
    visited, truth = drawn()
    with_others = np.append(visited, [True, True]), np.append(truth, [0.1, 0.9])
    groups = [np.arange(500), np.array([500, 501])]
    auc = float(roc_auc_score(visited, truth))
    found = influence_on_auc(*with_others, np.ones(502), groups, auc)
    assert found.tolist() == [*influence(visited, truth).tolist(), 0.0, 0.0]


def test_the_interval_of_an_auc_is_symmetric_on_its_log_odds() -> None:
    visited, truth = drawn()
    auc = float(roc_auc_score(visited, truth))
    error = np.sqrt(np.square(influence(visited, truth)).sum()) / (auc * (1 - auc))
    half = norm.ppf(0.95) * error
    middle = np.log(auc / (1 - auc))
    expected = (expit(middle - half), expit(middle + half))
    assert auc_interval(auc, influence(visited, truth), visited, 0.90) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("visited", "auc"), [([1, 0, 0], 0.5), ([1, 1, 0], 0.5), ([1, 1, 0, 0], 1.0), ([1, 1, 0, 0], 0.0)]
)
def test_an_auc_without_a_variance_has_no_interval(visited: list[int], auc: float) -> None:
    assert auc_interval(auc, np.zeros(len(visited)), np.array(visited, dtype=bool), 0.95) is None


def test_a_difference_without_a_variance_has_an_interval_only_if_it_is_zero() -> None:
    assert difference_interval(0.5, np.zeros(3), 0.95) is None
    assert difference_interval(0.0, np.zeros(3), 0.95) == (0.0, 0.0)


def test_the_interval_of_a_rate_is_wilsons() -> None:
    """Wilson's formula, by hand, for 3 visits among 20 accounts."""
    z = norm.ppf(0.975)
    middle = (3 / 20 + z**2 / 40) / (1 + z**2 / 20)
    half = z / (1 + z**2 / 20) * np.sqrt(3 / 20 * 17 / 20 / 20 + z**2 / 1600)
    assert rate_interval(3 / 20, 20, 0.95) == pytest.approx((middle - half, middle + half))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("confidence", [1 - 1e-16, 1 - 1e-12, 1e-12, 5e-324])
def test_intervals_of_extreme_confidence_are_finite(confidence: float) -> None:
    visited, truth = drawn(50)
    z = -norm.ppf((1 - confidence) / 2)
    error = np.sqrt(np.square(influence(visited, truth)).sum())
    assert difference_interval(0.0, influence(visited, truth), confidence) == pytest.approx(
        (-z * error, z * error)
    )
    auc = float(roc_auc_score(visited, truth))
    for measure, found in (
        (auc, auc_interval(auc, influence(visited, truth), visited, confidence)),
        (0.5, rate_interval(0.5, 4, confidence)),
    ):
        low, high = found or (np.nan, np.nan)
        assert 0 < low <= measure + 1e-12
        assert measure - 1e-12 <= high < 1
    assert z < 8.4


@pytest.mark.parametrize("count", [1, 2.5, 1e6])
def test_the_interval_of_a_rate_without_or_with_all_visits_ends_there(count: float) -> None:
    assert rate_interval(0.0, count, 0.95)[0] == 0
    assert rate_interval(1.0, count, 0.95)[1] == 1


@pytest.mark.exhaustive
def test_intervals_of_90_percent_cover_the_true_value_in_about_90_percent_of_samples() -> None:
    """The true value comes from a sample so large that its own error is negligible."""
    true_auc = float(roc_auc_score(*drawn(400_000, seed=1)))
    covered = 0
    for seed in range(400):
        visited, truth = drawn(150, seed=seed + 2)
        auc = float(roc_auc_score(visited, truth))
        low, high = auc_interval(auc, influence(visited, truth), visited, 0.90) or (0, 0)
        covered += low < true_auc < high
    assert 0.87 < covered / 400 < 0.93
