"""Measures: comparison with scikit-learn, and properties that always hold."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import SAMPLES, TWO_CLASSES, Array, Sample, drawn, ones
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

import collectrisk as cr
from collectrisk.evaluation._measures import Measures, measure
from collectrisk.evaluation._sample import Sample as Accounts


def measured(visited: Array, probability: Array, *, bins: int = 10) -> Measures:
    return measure(
        Accounts(visited, probability, ones(visited)), ladder=cr.DEFAULT_LADDER, confidence=0.95, bins=bins
    )


def numbers(measures: Measures) -> dict[str, Any]:
    """Return the numbers, None as NaN."""
    plain = attrs.asdict(measures, filter=lambda field, _: field.name not in {"bins", "channels"})
    tests = {name: tuple(value.values()) for name, value in plain.items() if isinstance(value, dict)}
    flat = {
        f"{name} {index}": each
        for name, value in {**plain, **tests}.items()
        for index, each in enumerate(value if isinstance(value, (list, tuple)) else [value])
    }
    return {name: float("nan") if value is None else value for name, value in flat.items()}


def test_auc_and_losses_are_scikit_learns() -> None:
    visited, truth = drawn()
    found = measured(visited, truth)
    assert found.auc == roc_auc_score(visited, truth)
    assert found.gini == 2 * roc_auc_score(visited, truth) - 1
    assert found.brier == brier_score_loss(visited, truth)
    assert found.log_loss == log_loss(visited, truth)


def test_counts_and_rates_are_those_of_the_accounts() -> None:
    visited, truth = drawn()
    found = measured(visited, truth)
    assert (found.accounts, found.visits) == (500, visited.sum())
    assert (found.observed_rate, found.expected_rate) == (visited.mean(), truth.mean())


def test_the_expected_calibration_error_is_the_mean_error_of_the_bins() -> None:
    """Two bins, by hand: 4 accounts with an error of 0, 2 with an error of 0.5."""
    probability = np.array([0.25, 0.25, 0.25, 0.25, 0.5, 0.5])
    visited = np.array([True, False, False, False, True, True])
    assert measured(visited, probability, bins=3).expected_calibration_error == pytest.approx(2 / 6 * 0.5)


@given(SAMPLES, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(sample: Sample, random: Any) -> None:
    visited, probability = sample[0], sample[1].round(3)
    rows = list(range(len(visited)))
    random.shuffle(rows)
    ordered, shuffled = measured(visited, probability), measured(visited[rows], probability[rows])
    assert numbers(shuffled) == pytest.approx(numbers(ordered), rel=1e-6, abs=1e-6, nan_ok=True)
    assert [each.accounts for each in shuffled.channels] == [each.accounts for each in ordered.channels]


@given(SAMPLES)
def test_the_brier_score_is_the_sum_of_its_components(sample: Sample) -> None:
    found = measured(*sample)
    components = found.reliability - found.resolution + found.uncertainty
    assert found.brier == pytest.approx(components, abs=1e-12)


@given(TWO_CLASSES, st.floats(0, 1))
def test_one_probability_for_all_accounts_has_no_discrimination(sample: Sample, probability: float) -> None:
    found = measured(sample[0], np.full(len(sample[0]), probability))
    assert (found.auc, found.gini, found.ks) == (0.5, 0, 0)
    assert (found.calibration_slope, len(found.bins)) == (None, 1)
    assert found.resolution == pytest.approx(0, abs=1e-12)


@given(TWO_CLASSES)
def test_auc_and_brier_score_are_symmetric_in_the_classes(sample: Sample) -> None:
    """They do not change if both the labels and the probabilities are complemented."""
    visited, probability = sample
    original, complemented = measured(visited, probability), measured(~visited, 1 - probability)
    ties = len(set(1 - probability)) < len(set(probability))
    if not ties:
        assert complemented.auc == pytest.approx(original.auc)
    assert complemented.brier == pytest.approx(original.brier)


@given(SAMPLES)
def test_an_interval_contains_its_measure(sample: Sample) -> None:
    found = measured(*sample)
    low, high = found.observed_rate_interval
    assert low <= found.observed_rate + 1e-12
    assert high >= found.observed_rate - 1e-12
    if found.auc is not None and found.auc_interval:
        assert found.auc_interval[0] <= found.auc + 1e-12
        assert 0 <= found.auc_interval[0] <= found.auc_interval[1] <= 1
        assert found.auc_interval[1] >= found.auc - 1e-12


@pytest.mark.parametrize("visited", [True, False])
def test_with_one_class_measures_that_need_two_are_not_defined(visited: bool) -> None:  # noqa: FBT001  # a parameter of the test
    found = measured(np.full(4, visited), np.array([0.1, 0.2, 0.3, 0.4]))
    undefined = {name for name, value in attrs.asdict(found).items() if value is None}
    assert undefined == {
        "clusters",
        "auc",
        "auc_interval",
        "gini",
        "ks",
        "calibration_in_the_large",
        "calibration_in_the_large_interval",
        "calibration_intercept",
        "calibration_intercept_interval",
        "calibration_slope",
        "calibration_slope_interval",
    }
    assert (found.observed_rate, found.uncertainty) == (float(visited), 0.0)


def test_each_channel_has_the_accounts_that_the_ladder_gives_it() -> None:
    probability = np.array([0.0, 0.0004, 0.0005, 0.3, 0.5, 1.0])
    visited = np.array([False, False, True, False, True, True])
    by_channel = {each.channel.value: each for each in measured(visited, probability).channels}
    assert {name: each.accounts for name, each in by_channel.items()} == {
        "sms": 2,
        "phone_call": 1,
        "agency": 1,
        "field_visit": 2,
    }
    visit = by_channel["field_visit"]
    assert (visit.least, visit.visits, visit.expected_visits) == (0.5, 2, 1.5)
    assert (visit.share_of_accounts, visit.share_of_visits) == pytest.approx((1 / 3, 2 / 3))
    assert visit.share_of_expected_visits == pytest.approx(1.5 / probability.sum())


@given(TWO_CLASSES)
def test_shares_of_channels_add_up_to_one(sample: Sample) -> None:
    channels = measured(*sample).channels
    assert sum(each.share_of_accounts for each in channels) == pytest.approx(1)
    assert sum(each.share_of_visits or 0 for each in channels) == pytest.approx(1)
    assert sum(each.accounts for each in channels) == len(sample[0])


def test_a_share_of_zero_visits_is_not_defined() -> None:
    first = measured(np.array([False]), np.array([0.0])).channels[0]
    assert (first.share_of_accounts, first.share_of_expected_visits, first.share_of_visits) == (1, None, None)
