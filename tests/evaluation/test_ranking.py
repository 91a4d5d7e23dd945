"""Ranking: AUC, its mean within groups, and the Kolmogorov-Smirnov statistic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from samples import TWO_CLASSES, Array, Sample, drawn

from collectrisk.evaluation.ranking import area_under_curve, kolmogorov_smirnov, within_groups


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
