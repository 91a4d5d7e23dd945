"""Ranking: AUC, its mean over groups, Kolmogorov-Smirnov, and cumulative shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from samples import TWO_CLASSES, Array, Sample, drawn, ones
from scipy.integrate import trapezoid

from collectrisk.evaluation._ranking import (
    Ranking,
    area_under_curve,
    kolmogorov_smirnov,
    mean_auc,
    rank_accounts,
)


def share_of_pairs_won(visited: Array, probability: Array) -> float:
    """Count all pairs; a tie counts half."""
    yes, no = probability[visited][:, None], probability[~visited][None, :]
    return float(((yes > no) + 0.5 * (yes == no)).mean())


@given(TWO_CLASSES)
def test_the_auc_is_the_share_of_pairs_in_the_right_order(sample: Sample) -> None:
    assert area_under_curve(*sample, ones(sample[0])) == pytest.approx(share_of_pairs_won(*sample))


@given(TWO_CLASSES)
def test_the_kolmogorov_smirnov_statistic_is_the_largest_difference_of_distributions(sample: Sample) -> None:
    visited, probability = sample
    below = probability[:, None] <= probability[None, :]
    expected = abs(below[visited].mean(axis=0) - below[~visited].mean(axis=0)).max()
    assert kolmogorov_smirnov(visited, probability, ones(visited)) == pytest.approx(expected)


@pytest.mark.parametrize("visited", [[True, True], [False, False]])
def test_with_one_class_auc_and_kolmogorov_smirnov_are_not_defined(visited: list[bool]) -> None:
    sample = np.array(visited), np.array([0.1, 0.2])
    assert (area_under_curve(*sample, ones(sample[0])), kolmogorov_smirnov(*sample, ones(sample[0]))) == (
        None,
        None,
    )


def test_the_mean_auc_is_the_auc_over_pairs_within_groups() -> None:
    """Every pair has the same weight, independently of the size of its group."""
    visited, probability = drawn(300)
    groups = [np.arange(40), np.arange(40, 290), np.arange(290, 300)]
    areas = [area_under_curve(visited[rows], probability[rows], ones(rows)) for rows in groups]
    won = pairs = 0.0
    for rows in groups:
        count = visited[rows].sum() * (~visited[rows]).sum()
        won += count * share_of_pairs_won(visited[rows], probability[rows])
        pairs += count
    assert mean_auc(visited, ones(visited), groups, areas) == pytest.approx(won / pairs)


def test_a_group_of_one_class_has_no_pairs() -> None:
    visited = np.array([True, False, True])
    groups = [np.array([0, 1]), np.array([2])]
    assert mean_auc(visited, ones(visited), groups, [1.0, None]) == 1.0
    assert mean_auc(visited, ones(visited), [np.array([0]), np.array([1, 2])[:1]], [None, None]) is None


def ranked(visited: Array, probability: Array) -> Ranking:
    found = rank_accounts(visited, probability, ones(visited))
    assert found is not None
    return found


@given(TWO_CLASSES)
def test_each_point_of_a_ranking_includes_the_accounts_from_some_probability_upwards(sample: Sample) -> None:
    """With few accounts, there is a point for every probability."""
    visited, probability = sample
    masks = [probability > 1, *(probability >= lowest for lowest in np.unique(probability)[::-1])]
    every = {(mask.mean(), mask[visited].mean(), mask[~visited].mean()) for mask in masks}
    found = ranked(visited, probability)
    points = list(zip(found.share_of_accounts, found.share_of_visits, found.share_of_others, strict=True))
    assert points == sorted(every)
    assert (points[0], points[-1]) == ((0, 0, 0), (1, 1, 1))


@given(TWO_CLASSES)
def test_the_difference_at_the_ks_index_is_the_kolmogorov_smirnov_statistic(sample: Sample) -> None:
    found = ranked(*sample)
    difference = found.share_of_visits[found.ks_index] - found.share_of_others[found.ks_index]
    assert abs(difference) == pytest.approx(kolmogorov_smirnov(*sample, ones(sample[0])))


def test_a_ranking_of_many_accounts_is_small_and_keeps_the_area() -> None:
    """Linear interpolation between 101 points changes the area very little."""
    visited, probability = drawn(20_000)
    found = ranked(visited, probability)
    assert 100 <= len(found.share_of_accounts) <= 102
    area = trapezoid(found.share_of_visits, found.share_of_others)
    assert area == pytest.approx(area_under_curve(visited, probability, ones(visited)), abs=1e-3)
    steps = np.diff(np.add(found.share_of_visits, found.share_of_others) / 2)
    assert steps.max() < 0.011


@pytest.mark.parametrize("visited", [[True, True], [False, False]])
def test_one_class_has_no_ranking(visited: list[bool]) -> None:
    assert rank_accounts(np.array(visited), np.array([0.1, 0.2]), np.ones(2)) is None
