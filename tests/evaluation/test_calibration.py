"""Calibration: components of the Brier score, bins, and the regression on the log-odds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from samples import SAMPLES, TWO_CLASSES, Array, Sample, drawn, ones
from scipy.special import expit, logit
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss

from collectrisk.evaluation._calibration import (
    calibration_in_the_large,
    calibration_line,
    decompose_brier,
    log_losses,
    quantile_bins,
)
from collectrisk.evaluation._measures import calibration_bin
from collectrisk.evaluation._sample import Sample as Accounts


@given(SAMPLES)
def test_the_components_of_the_brier_score_add_up(sample: Sample) -> None:
    visited, probability = sample
    for count in (1, 3, 10):
        components = decompose_brier(
            visited, probability, ones(visited), quantile_bins(probability, ones(probability), count)
        )
        reliability, resolution, uncertainty = components
        brier = np.mean((probability - visited) ** 2)
        assert reliability - resolution + uncertainty == pytest.approx(brier, abs=1e-12)


def test_in_bins_of_one_probability_the_components_are_murphys() -> None:
    """Two forecasts, by hand: 1 of 4 visited at 0.25, 2 of 2 at 0.5."""
    probability = np.array([0.25, 0.25, 0.25, 0.25, 0.5, 0.5])
    visited = np.array([True, False, False, False, True, True])
    reliability = 2 / 6 * (0.5 - 1) ** 2
    resolution = 4 / 6 * (0.25 - 0.5) ** 2 + 2 / 6 * (1 - 0.5) ** 2
    expected = (reliability, resolution, 0.25)
    assert decompose_brier(
        visited, probability, ones(visited), quantile_bins(probability, ones(probability), 3)
    ) == pytest.approx(expected)


@given(SAMPLES)
def test_every_account_is_in_one_bin_and_ties_are_in_the_same_bin(sample: Sample) -> None:
    probability = sample[1]
    bins = quantile_bins(probability, ones(probability), 5)
    assert sorted(np.concatenate(bins)) == list(range(len(probability)))
    assert len(bins) <= 5
    values = [set(probability[rows]) for rows in bins]
    assert len(set().union(*values)) == sum(map(len, values))


def test_without_ties_the_bins_are_those_of_scikit_learn() -> None:
    visited, truth = drawn(1_000)
    bins = [
        calibration_bin(Accounts(visited[rows], truth[rows], ones(rows)), 0.95)
        for rows in quantile_bins(truth, ones(truth), 10)
    ]
    observed, expected = calibration_curve(visited, truth, n_bins=10, strategy="quantile")
    assert [each.accounts for each in bins] == [100] * 10
    assert [each.observed_rate for each in bins] == pytest.approx(observed)
    assert [each.expected_rate for each in bins] == pytest.approx(expected)
    assert [each.minimum for each in bins] == np.sort(truth)[::100].tolist()
    assert [each.maximum for each in bins] == np.sort(truth)[99::100].tolist()


@given(SAMPLES)
def test_the_mean_of_the_log_losses_is_scikit_learns(sample: Sample) -> None:
    expected = log_loss(*sample, labels=[False, True])
    assert log_losses(*sample).mean() == pytest.approx(expected, abs=1e-12)


@given(TWO_CLASSES)
def test_the_shift_makes_the_expected_rate_equal_to_the_observed_one(sample: Sample) -> None:
    visited, probability = sample
    eps = np.finfo(float).eps
    log_odds = logit(np.clip(probability, eps, 1 - eps))
    shift = calibration_in_the_large(visited, probability, ones(visited))
    if shift is None:
        ordered = np.sort(log_odds)[::-1]
        assert ordered[visited.sum() - 1] - ordered[visited.sum()] > 20
    else:
        assert expit(log_odds + shift).mean() == pytest.approx(visited.mean(), abs=1e-9)


def test_a_shift_of_certain_probabilities_is_not_identified() -> None:
    """With one visit, one account at 1 and two at 0, every shift near 0 gives one expected visit."""
    visited = np.array([False, False, True])
    assert calibration_in_the_large(visited, np.array([0.0, 0.0, 1.0]), ones(visited)) is None
    assert calibration_in_the_large(visited, np.array([0.0, 1.0, 0.0]), ones(visited)) is None
    assert calibration_in_the_large(visited, np.array([0.0, 0.5, 1.0]), ones(visited)) is None
    assert calibration_in_the_large(visited, np.array([0.1, 0.1, 0.1]), ones(visited)) == pytest.approx(
        logit(1 / 3) - logit(0.1)
    )


@pytest.mark.parametrize("visited", [True, False])
def test_one_class_has_neither_a_shift_nor_a_line(visited: bool) -> None:  # noqa: FBT001  # a parameter of the test
    sample = np.full(3, visited), np.array([0.1, 0.2, 0.3])
    assert (
        calibration_in_the_large(*sample, ones(sample[0])),
        calibration_line(*sample, ones(sample[0])),
    ) == (None, None)


def score_equations(visited: Array, probability: Array) -> tuple[float, float]:
    """Return the gradient of the log-likelihood, which is zero at its maximum only."""
    log_odds = logit(probability)
    intercept, slope = calibration_line(visited, probability, ones(visited)) or (np.nan, np.nan)
    residual = visited - expit(intercept + slope * log_odds)
    return float(residual.mean()), float((residual * log_odds).mean())


@pytest.mark.parametrize("seed", range(5))
def test_intercept_and_slope_are_at_the_maximum_of_the_likelihood(seed: int) -> None:
    assert score_equations(*drawn(80, seed=seed)) == pytest.approx((0, 0), abs=1e-8)


def test_the_line_recovers_a_distortion_of_the_true_probabilities() -> None:
    """If log-odds are doubled and raised by 1, the slope is halved and the intercept lowered."""
    visited, truth = drawn(50_000)
    distorted = expit(2 * logit(truth) + 1)
    intercept, slope = calibration_line(visited, distorted, ones(visited)) or (0, 0)
    undistorted = calibration_line(visited, truth, ones(visited)) or (0, 0)
    assert slope == pytest.approx(undistorted[1] / 2)
    assert intercept == pytest.approx(undistorted[0] - undistorted[1] / 2)
    assert undistorted == pytest.approx((0, 1), abs=0.05)


def test_a_line_that_is_flat_at_the_maximum_needs_no_warning() -> None:
    visited = np.array([False, False, False, True, True, True])
    line = calibration_line(visited, np.array([0.0, 0.0, 1.0, 0.0, 0.0, 1.0]), ones(visited))
    assert line == pytest.approx((0, 0), abs=1e-12)


@pytest.mark.parametrize(
    "probability", [[0.1, 0.2, 0.8, 0.9], [0.9, 0.8, 0.2, 0.1], [0.1, 0.5, 0.5, 0.9], [0.3, 0.3, 0.3, 0.3]]
)
def test_classes_that_a_threshold_separates_have_no_line(probability: list[float]) -> None:
    """Their likelihood has no finite maximum."""
    visited = np.array([False, False, True, True])
    assert calibration_line(visited, np.array(probability), ones(visited)) is None


def test_a_perfect_forecast_has_a_brier_score_of_zero_and_maximum_resolution() -> None:
    visited = np.array([True, False, True])
    components = decompose_brier(
        visited, visited.astype(float), ones(visited), quantile_bins(visited.astype(float), ones(visited), 10)
    )
    assert components == pytest.approx((0, 2 / 9, 2 / 9))
    assert brier_score_loss(visited, visited.astype(float)) == 0
