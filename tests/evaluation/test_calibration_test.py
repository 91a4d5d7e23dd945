"""Tests of calibration: by hand, their levels and power in simulations, and the intervals that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from samples import TWO_CLASSES, Array, drawn, ones
from samples import Sample as Drawn
from scipy.special import expit, logit
from scipy.stats import norm, t

from collectrisk.evaluation._calibration import calibration_in_the_large, calibration_line
from collectrisk.evaluation._calibration_test import calibration_test, level_interval, line_intervals
from collectrisk.evaluation._intervals import observed_rate_interval, rate_interval
from collectrisk.evaluation._sample import Sample

if TYPE_CHECKING:
    from collectrisk._typing import Interval
    from collectrisk.evaluation import CalibrationTest


def sample_of(visited: Array, probability: Array, clusters: Array | None = None) -> Sample:
    return Sample(visited, probability, ones(visited), clusters)


def z_test(sample: Sample, *, spiegelhalter: bool = False) -> CalibrationTest:
    found = calibration_test(sample, calibration_in_the_large(*sample.arrays), spiegelhalter=spiegelhalter)
    assert found is not None
    return found


def level(sample: Sample, confidence: float = 0.95) -> Interval:
    shift = calibration_in_the_large(*sample.arrays)
    assert shift is not None
    return level_interval(sample, shift, confidence)


def line(sample: Sample, confidence: float = 0.95) -> tuple[Interval, Interval]:
    found = calibration_line(*sample.arrays)
    assert found is not None
    intervals = line_intervals(sample, found, confidence)
    assert intervals is not None
    return intervals


def repeated(sample: Sample, times: int) -> Sample:
    """Return each account several times, as a cluster."""
    rows = np.repeat(np.arange(len(sample.visited)), times)
    return sample_of(sample.visited[rows], sample.probability[rows], rows)


PROBABILITY = np.array([0.1, 0.4, 0.9, 0.2])
VISITED = np.array([True, False, True, False])


def test_the_z_of_the_level_is_the_difference_in_standard_errors() -> None:
    found = z_test(sample_of(VISITED, PROBABILITY))
    assert found.z == pytest.approx((2 - 1.6) / np.sqrt(0.09 + 0.24 + 0.09 + 0.16))
    assert found.p_value == pytest.approx(2 * norm.sf(abs(found.z)))


def test_the_z_of_spiegelhalter_is_that_of_his_formula() -> None:
    """Spiegelhalter (1986): each difference and variance with the factor 1 - 2p, or its square."""
    found = z_test(sample_of(VISITED, PROBABILITY), spiegelhalter=True)
    difference = 0.9 * 0.8 - 0.4 * 0.2 + 0.1 * -0.8 - 0.2 * 0.6
    variance = 0.09 * 0.64 + 0.24 * 0.04 + 0.09 * 0.64 + 0.16 * 0.36
    assert found.z == pytest.approx(difference / np.sqrt(variance))


def test_without_any_visit_the_level_is_tested_all_the_same() -> None:
    found = z_test(sample_of(np.zeros(4, dtype=bool), PROBABILITY))
    assert found.z == pytest.approx(-1.6 / np.sqrt(0.58))


@pytest.mark.parametrize("probability", [[0.0, 1.0, 0.0], [0.5, 0.5, 0.5]])
def test_a_difference_without_a_variance_is_not_z_test(probability: list[float]) -> None:
    sample = sample_of(np.array([True, True, False]), np.array(probability))
    assert calibration_test(sample, 0.0, spiegelhalter=True) is None
    if 1 in probability:
        assert calibration_test(sample, 0.0) is None


def rejected(count: int, shift: float, *, spiegelhalter: bool = False, scale: float = 1.0) -> float:
    """Return the share of samples in which right, shifted or scaled log-odds are rejected at 5 %."""
    found = 0
    for seed in range(400):
        visited, truth = drawn(count, seed=seed)
        sample = sample_of(visited, expit(scale * logit(truth) + shift))
        found += z_test(sample, spiegelhalter=spiegelhalter).p_value < 0.05
    return found / 400


@pytest.mark.parametrize("spiegelhalter", [False, True])
def test_right_probabilities_are_rejected_as_often_as_the_level_says(*, spiegelhalter: bool) -> None:
    assert 0.03 < rejected(150, 0.0, spiegelhalter=spiegelhalter) < 0.07


def test_the_level_test_finds_a_shift_that_the_interval_of_the_rate_hides() -> None:
    """If the scorer discriminates well, that the expected rate is in that interval says little."""
    rng, hidden, rejections = np.random.default_rng(0), 0, 0
    for _ in range(400):
        log_odds = rng.normal(-4, 4, 500)
        sample = sample_of(rng.random(500) < expit(log_odds), expit(log_odds - 0.4))
        low, high = observed_rate_interval(sample, 0.95)
        hidden += low < sample.probability.mean() < high
        rejections += z_test(sample).p_value < 0.05
    assert hidden / 400 > 0.8
    assert rejections / 400 > 0.3


def test_the_test_of_spiegelhalter_finds_overconfidence_that_leaves_the_level_right() -> None:
    assert rejected(500, 0.0, spiegelhalter=True, scale=1.5) > 0.9


@pytest.mark.parametrize("spiegelhalter", [False, True])
def test_copies_of_an_account_add_nothing_to_a_test(*, spiegelhalter: bool) -> None:
    sample = sample_of(*drawn(300))
    once = z_test(sample, spiegelhalter=spiegelhalter)
    copies = z_test(repeated(sample, 4), spiegelhalter=spiegelhalter)
    naive = z_test(sample_of(*repeated(sample, 4).arrays[:2]), spiegelhalter=spiegelhalter)
    assert copies.z == pytest.approx(once.z, rel=0.1)
    assert naive.z == pytest.approx(2 * once.z)


def test_with_few_clusters_the_p_value_is_that_of_student() -> None:
    sample = sample_of(*drawn(12), np.repeat(np.arange(4), 3))
    found = z_test(sample)
    assert found.p_value == pytest.approx(2 * t.sf(abs(found.z), 3))


# The level


@pytest.mark.parametrize("confidence", [0.5, 0.95, 1 - 1e-12])
def test_the_interval_of_the_level_of_one_probability_is_wilsons(confidence: float) -> None:
    visited = drawn(40)[0]
    found = level(sample_of(visited, np.full(40, 0.2)), confidence)
    expected = logit(rate_interval(visited.mean(), 40, confidence)) - logit(0.2)
    assert found == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("clusters", [None, np.repeat(np.arange(100), 2)])
def test_the_interval_of_the_level_ends_where_the_test_rejects(clusters: Array | None) -> None:
    visited, truth = drawn(200)
    for end in level(sample_of(visited, truth, clusters), 0.9):
        shifted = sample_of(visited, expit(logit(truth) + end), clusters)
        assert z_test(shifted).p_value == pytest.approx(0.1)


@given(TWO_CLASSES)
def test_every_interval_contains_its_value(sample: Drawn) -> None:
    shift = calibration_in_the_large(*sample, ones(sample[0]))
    if shift is not None:
        low, high = level_interval(sample_of(*sample), shift, 0.95)
        assert low < shift < high
    found = calibration_line(*sample, ones(sample[0]))
    intervals = found and line_intervals(sample_of(*sample), found, 0.95)
    for value, (low, high) in zip(found or (), intervals or (), strict=bool(intervals)):
        assert low < value < high


# The line


def test_the_variance_of_the_line_is_the_inverse_of_the_information() -> None:
    visited, truth = drawn(300)
    intercept, slope = calibration_line(visited, truth, ones(visited)) or (0.0, 0.0)
    design = np.column_stack([np.ones(300), logit(truth)])
    expected = expit(intercept + slope * logit(truth))
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ (design.T * expected * (1 - expected)).T)))
    for value, (low, high), error in zip(
        (intercept, slope), line(sample_of(visited, truth)), errors, strict=True
    ):
        assert (value - low, high - value) == pytest.approx((1.959964 * error,) * 2)


def test_the_variance_of_the_line_with_clusters_is_that_of_the_sums_of_the_scores() -> None:
    """Liang and Zeger (1986), with the correction for the number of clusters."""
    rng = np.random.default_rng(2)
    debtors = np.repeat(np.arange(60), 5)
    truth = expit(rng.normal(-0.5, 1, 60)[debtors])
    visited = rng.random(60)[debtors] < truth
    sample = sample_of(visited, truth, debtors)
    intercept, slope = calibration_line(*sample.arrays) or (0.0, 0.0)
    design = np.column_stack([np.ones(300), logit(truth)])
    expected = expit(intercept + slope * logit(truth))
    bread = np.linalg.inv(design.T @ (design.T * expected * (1 - expected)).T)
    sums = np.array(
        [(design[debtors == each].T @ (visited - expected)[debtors == each]) for each in range(60)]
    )
    errors = np.sqrt(np.diag(bread @ sums.T @ sums @ bread) * 60 / 59)
    half_widths = [(high - low) / 2 for low, high in line(sample)]
    assert half_widths == pytest.approx(t.isf(0.025, 59) * errors)


def test_clusters_never_narrow_an_interval() -> None:
    """In each pair one account was visited, but with other pairs that may be otherwise."""
    visited, truth = np.tile([True, False], 50), drawn(100)[1]
    paired, alone = sample_of(visited, truth, np.repeat(np.arange(50), 2)), sample_of(visited, truth)
    for wide, narrow in zip((level(paired), *line(paired)), (level(alone), *line(alone)), strict=True):
        assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_of_a_single_cluster_nearly_nothing_is_known() -> None:
    visited, truth = drawn(20)
    low, high = level(sample_of(visited, truth, np.zeros(20, dtype=int)))
    assert high - low > 5
    assert all(np.isfinite(line(sample_of(visited, truth, np.zeros(20, dtype=int)))).ravel())


def test_a_line_of_certain_accounts_has_no_interval() -> None:
    """All but one account are certain by the line, so two numbers do not follow from them."""
    log_odds = np.array([-700.0, -650, 0, 650, 700])
    sample = sample_of(np.array([False, False, True, True, True]), expit(log_odds))
    assert line_intervals(sample, (0.0, 30.0), 0.95) is None


@pytest.mark.exhaustive
def test_weights_that_depend_on_the_outcome_give_intervals_that_cover() -> None:
    """All visited accounts and a fifth of the others, weighted by the inverse."""
    rng = np.random.default_rng(3)
    covered, sizes = np.zeros(3), []
    for seed in range(200):
        visited, truth = drawn(800, seed=seed)
        rows = visited | (rng.random(800) < 0.2)
        sample = Sample(visited[rows], truth[rows], np.where(visited, 1.0, 5.0)[rows])
        intervals = level(sample), *line(sample)
        for place, (value, (low, high)) in enumerate(zip((0, 0, 1), intervals, strict=True)):
            covered[place] += low < value < high
        sizes.append(z_test(sample).p_value < 0.05)
    assert (covered / 200 > 0.91).all()
    assert (covered / 200 < 0.99).all()
    assert 0.01 < np.mean(sizes) < 0.09
