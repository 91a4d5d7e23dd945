"""Ranking: AUC, its mean within groups, Kolmogorov-Smirnov, and the way down."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from samples import TWO_CLASSES, Array, Sample, drawn
from scipy.integrate import trapezoid

from collectrisk.evaluation._ranking import (
    Ranking,
    area_under_curve,
    kolmogorov_smirnov,
    ranking_of,
    within_groups,
)


def share_of_pairs_won(visited: Array, probability: Array) -> float:
    """Count the pairs one by one; a tie is half won."""
    yes, no = probability[visited][:, None], probability[~visited][None, :]
    return float(((yes > no) + 0.5 * (yes == no)).mean())


@given(TWO_CLASSES)
def test_the_auc_is_the_share_of_pairs_that_are_ranked_rightly(sample: Sample) -> None:
    assert area_under_curve(*sample) == pytest.approx(share_of_pairs_won(*sample))


@given(TWO_CLASSES)
def test_the_kolmogorov_smirnov_statistic_is_the_largest_distance_of_distributions(sample: Sample) -> None:
    visited, probability = sample
    below = probability[:, None] <= probability[None, :]
    expected = abs(below[visited].mean(axis=0) - below[~visited].mean(axis=0)).max()
    assert kolmogorov_smirnov(visited, probability) == pytest.approx(expected)


@pytest.mark.parametrize("visited", [[True, True], [False, False]])
def test_one_class_ranks_nothing(visited: list[bool]) -> None:
    sample = np.array(visited), np.array([0.1, 0.2])
    assert (area_under_curve(*sample), kolmogorov_smirnov(*sample)) == (None, None)


def test_within_groups_only_pairs_of_the_same_group_count() -> None:
    """All pairs of a group, each counted once, whatever the groups' sizes."""
    visited, probability = drawn(300)
    members = [np.arange(40), np.arange(40, 290), np.arange(290, 300)]
    areas = [area_under_curve(visited[rows], probability[rows]) for rows in members]
    won = pairs = 0.0
    for rows in members:
        count = visited[rows].sum() * (~visited[rows]).sum()
        won += count * share_of_pairs_won(visited[rows], probability[rows])
        pairs += count
    assert within_groups(visited, members, areas) == pytest.approx(won / pairs)


def test_a_group_of_one_class_has_no_pairs_to_count() -> None:
    visited = np.array([True, False, True])
    members = [np.array([0, 1]), np.array([2])]
    assert within_groups(visited, members, [1.0, None]) == 1.0
    assert within_groups(visited, [np.array([0]), np.array([1, 2])[:1]], [None, None]) is None


def ranked(visited: Array, probability: Array) -> Ranking:
    found = ranking_of(visited, probability)
    assert found is not None
    return found


@given(TWO_CLASSES)
def test_each_place_of_a_ranking_holds_the_accounts_down_to_some_probability(sample: Sample) -> None:
    """Every one of them, as these accounts are few; whoever has the same probability is at one place."""
    visited, probability = sample
    downs = [probability > 1, *(probability >= least for least in np.unique(probability)[::-1])]
    every = {(down.mean(), down[visited].mean(), down[~visited].mean()) for down in downs}
    found = ranked(visited, probability)
    places = list(zip(found.share_of_accounts, found.share_of_visits, found.share_of_others, strict=True))
    assert places == sorted(every)
    assert (places[0], places[-1]) == ((0, 0, 0), (1, 1, 1))


@given(TWO_CLASSES)
def test_a_ranking_is_furthest_apart_where_kolmogorov_smirnov_says(sample: Sample) -> None:
    found = ranked(*sample)
    apart = found.share_of_visits[found.best_place] - found.share_of_others[found.best_place]
    assert abs(apart) == pytest.approx(kolmogorov_smirnov(*sample))


def test_a_ranking_of_many_accounts_stays_small_and_keeps_the_area() -> None:
    """A hundredth of the way apart, the straight lines between places lose next to nothing."""
    visited, probability = drawn(20_000)
    found = ranked(visited, probability)
    assert 100 <= len(found.share_of_accounts) <= 102
    area = trapezoid(found.share_of_visits, found.share_of_others)
    assert area == pytest.approx(area_under_curve(visited, probability), abs=1e-3)
    steps = np.diff(np.add(found.share_of_visits, found.share_of_others) / 2)
    assert steps.max() < 0.011


@pytest.mark.parametrize("visited", [[True, True], [False, False]])
def test_one_class_has_no_ranking(visited: list[bool]) -> None:
    assert ranking_of(np.array(visited), np.array([0.1, 0.2])) is None
