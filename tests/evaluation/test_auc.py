"""The interval of an AUC: the variance from its definition, and coverage of the true value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from samples import TWO_CLASSES, Array, drawn, ones
from samples import Sample as Drawn
from scipy.special import expit
from scipy.stats import t
from sklearn.metrics import roc_auc_score

from collectrisk.evaluation._auc import auc_interval, influence_on_auc
from collectrisk.evaluation._intervals import variance_of
from collectrisk.evaluation._sample import Sample


def sample_of(visited: Array, probability: Array, clusters: Array | None = None) -> Sample:
    return Sample(visited, probability, ones(visited), clusters)


def influence(visited: Array, probability: Array, clusters: Array | None = None) -> Array:
    auc = float(roc_auc_score(visited, probability))
    return influence_on_auc(sample_of(visited, probability, clusters), [np.arange(len(visited))], auc)


def components(visited: Array, probability: Array) -> tuple[Array, Array]:
    """Return DeLong's structural components, pair by pair."""
    yes, no = probability[visited][:, None], probability[~visited][None, :]
    won = (yes > no) + 0.5 * (yes == no)
    return won.mean(axis=1), won.mean(axis=0)


def interval(visited: Array, probability: Array, confidence: float = 0.95) -> tuple[float, float]:
    auc = float(components(visited, probability)[0].mean())
    sample = sample_of(visited, probability)
    return auc_interval(sample, auc, influence_on_auc(sample, [np.arange(len(visited))], auc), confidence)


@given(TWO_CLASSES.filter(lambda sample: 2 <= sample[0].sum() <= len(sample[0]) - 2))
def test_the_variance_of_an_auc_is_delongs(sample: Drawn) -> None:
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


def test_the_variance_within_groups_is_a_weighted_sum() -> None:
    """Each group's variance is weighted by the square of its share of all pairs."""
    visited, truth = drawn()
    groups = [np.arange(40), np.arange(40, 500)]
    pairs = [int(visited[rows].sum() * (~visited[rows]).sum()) for rows in groups]
    shares = [count / sum(pairs) for count in pairs]
    alone = [np.square(influence(visited[rows], truth[rows])).sum() for rows in groups]
    expected = sum(share**2 * variance for share, variance in zip(shares, alone, strict=True))
    assert variance_of(influence_on_auc(Sample(visited, truth, ones(visited)), groups, 0.5)) == pytest.approx(
        expected
    )


def test_the_only_account_of_a_class_is_compared_with_the_expected_value() -> None:
    """One visited account wins both of its pairs, and half of them were expected."""
    visited = np.array([True, False, False])
    found = influence_on_auc(Sample(visited, np.array([0.9, 0.1, 0.2]), np.ones(3)), [np.arange(3)], 0.5)
    assert found.tolist() == [0.5, 0.0, 0.0]


def test_a_group_of_one_class_has_no_influence() -> None:
    visited, truth = drawn()
    with_others = np.append(visited, [True, True]), np.append(truth, [0.1, 0.9])
    groups = [np.arange(500), np.array([500, 501])]
    auc = float(roc_auc_score(visited, truth))
    found = influence_on_auc(Sample(*with_others, np.ones(502)), groups, auc)
    assert found.tolist() == [*influence(visited, truth).tolist(), 0.0, 0.0]


@pytest.mark.exhaustive
def test_the_variance_with_clusters_is_obuchowskis() -> None:
    """Obuchowski (1997), from the sums of the structural components of each debtor."""
    visited, truth = drawn(300)
    debtors = np.repeat(np.arange(100), 3)
    of_visited, of_others = components(visited, truth)
    auc = of_visited.mean()
    sums = []
    for rows, wins in ((visited, of_visited), (~visited, of_others)):
        sums.append(
            np.array([(wins[debtors[rows] == debtor] - auc).sum() / len(wins) for debtor in range(100)])
        )
    counts = [len(set(debtors[rows])) for rows in (visited, ~visited)]
    variances = [count / (count - 1) * (each**2).sum() for count, each in zip(counts, sums, strict=True)]
    expected = sum(variances) + 2 * (sums[0] * sums[1]).sum()
    found = variance_of(influence(visited, truth, debtors), debtors)
    assert found == pytest.approx(expected, rel=0.03)  # which has factors of effective numbers of clusters


def test_clusters_of_one_account_each_change_no_digit() -> None:
    visited, truth = drawn()
    one_each = Sample(visited, truth, ones(visited), np.arange(500)).take(slice(None))
    auc = float(components(visited, truth)[0].mean())
    found = auc_interval(one_each, auc, influence_on_auc(one_each, [np.arange(500)], auc), 0.95)
    assert found == interval(visited, truth)


def newcombe(theta: float, visits: float, others: float) -> float:
    """Return the variance of method 5, as Newcombe (2006) writes it."""
    mean_count = (visits + others) / 2 - 1
    factor = 1 + mean_count * (1 - theta) / (2 - theta) + mean_count * theta / (1 + theta)
    return theta * (1 - theta) * factor / (visits * others)


@pytest.mark.parametrize("count", [20, 60, 2_000])
def test_the_ends_of_the_interval_are_as_far_from_the_auc_as_their_standard_errors_say(count: int) -> None:
    visited, truth = drawn(count)
    auc = float(roc_auc_score(visited, truth))
    parts = [each.var(ddof=1) / len(each) for each in components(visited, truth)]
    counts = visited.sum(), (~visited).sum()
    degrees = sum(parts) ** 2 / sum(part**2 / (n - 1) for part, n in zip(parts, counts, strict=True))
    ratio = (degrees * sum(parts) / newcombe(auc, *counts) + 10) / (degrees + 10)
    for end in interval(visited, truth, 0.9):
        assert abs(end - auc) / np.sqrt(ratio * newcombe(end, *counts)) == pytest.approx(
            t.isf(0.05, degrees + 10)
        )


@pytest.mark.parametrize(
    ("visited", "auc"), [([1, 0, 0], 0.5), ([1, 1, 0], 1.0), ([1, 1, 0, 0], 1.0), ([1, 1, 0, 0], 0.0)]
)
def test_an_auc_without_a_variance_has_the_interval_of_the_model(visited: list[int], auc: float) -> None:
    probability = np.array({0.5: [0.2, 0.2, 0.2], 1.0: [0.9, 0.8, 0.1, 0.1], 0.0: [0.1, 0.1, 0.3, 0.4]}[auc])
    low, high = interval(np.array(visited, dtype=bool), probability[: len(visited)])
    counts = sum(visited), len(visited) - sum(visited)
    for end in {low, high} - {0.0, 1.0}:
        assert abs(end - auc) / np.sqrt(newcombe(end, *counts)) == pytest.approx(t.isf(0.025, 10))
    assert (low == 0, high == 1) == (auc == 0, auc == 1)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("confidence", [1 - 1e-16, 1 - 1e-12, 1e-12, 5e-324])
def test_an_interval_of_extreme_confidence_is_between_0_and_1(confidence: float) -> None:
    visited, truth = drawn(50)
    auc = float(roc_auc_score(visited, truth))
    low, high = interval(visited, truth, confidence)
    assert 0 < low <= auc + 1e-9
    assert auc - 1e-9 <= high < 1


def test_intervals_of_90_percent_cover_the_true_value_in_about_90_percent_of_samples() -> None:
    """The true value comes from a sample so large that its own error is negligible."""
    true_auc = float(roc_auc_score(*drawn(400_000, seed=1)))
    covered = 0
    for seed in range(400):
        low, high = interval(*drawn(150, seed=seed + 2), confidence=0.90)
        covered += low < true_auc < high
    assert 0.87 < covered / 400 < 0.93


def test_an_interval_covers_although_there_are_about_three_visits() -> None:
    """Of DeLong's intervals on the log-odds of the AUC, 84 % do."""
    rng = np.random.default_rng(2)

    def rare(count: int) -> tuple[Array, Array]:
        truth = expit(rng.normal(-3.9, 1, count))
        return rng.random(count) < truth, truth

    true_auc = float(roc_auc_score(*rare(400_000)))
    samples = [each for each in (rare(100) for _ in range(400)) if each[0].any()]
    covered = [low < true_auc < high for low, high in (interval(*each) for each in samples)]
    assert 0.93 < np.mean(covered) < 0.98
