"""Changing the base of a card, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from collectrisk._fit.recalibration import shift_to_labels, shift_to_rate

LOG_ODDS = np.array([-9.0, -2.0, 0.5, 3.0])
WEIGHTS = np.array([1.0, 5.0, 2.0, 1.0])


@pytest.mark.parametrize("rate", [1e-9, 0.01, 0.5, 0.999999])
def test_the_weighted_mean_is_the_rate(rate: float) -> None:
    shift = shift_to_rate(LOG_ODDS, WEIGHTS, rate)
    assert np.average(expit(LOG_ODDS + shift), weights=WEIGHTS) == pytest.approx(rate, rel=1e-6)


def test_labels_give_the_most_probable_shift() -> None:
    visited = np.array([0.0, 1.0, 1.0, 1.0])
    shift = shift_to_labels(LOG_ODDS, visited, 0.7)

    def loss(at: float) -> float:
        log_odds = LOG_ODDS + at
        return float((np.logaddexp(0, log_odds) - visited * log_odds).sum() + (at / 0.7) ** 2 / 2)

    assert loss(shift) < min(loss(shift - 1e-4), loss(shift + 1e-4))


def test_many_labels_give_their_rate_and_none_give_no_shift() -> None:
    flat = np.zeros(100_000)
    visited = (np.arange(100_000) % 4 == 0).astype(float)
    assert shift_to_labels(flat, visited, 1.0) == pytest.approx(logit(0.25), abs=1e-3)
    assert shift_to_labels(flat[:0], visited[:0], 1.0) == 0.0


@pytest.mark.parametrize("far", [50.0, 900.0, 3_000.0])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_log_odds_far_from_zero_are_shifted_too(far: float, sign: float) -> None:
    log_odds = sign * np.array([far, far, 0.0, 0.0])
    shift = shift_to_rate(log_odds, np.ones(4), 0.5 - 0.25 * sign)
    assert shift == pytest.approx(-sign * far, abs=1e-6)
    shift = shift_to_labels(log_odds, np.array([1.0, 0.0, 0.5 - 0.5 * sign, 0.5 - 0.5 * sign]), 1e9)
    assert shift == pytest.approx(-sign * far, abs=1e-6)
