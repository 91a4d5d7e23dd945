"""Weight of evidence and points that would fit: by other programs' figures, and intervals by simulation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit, logit

from collectrisk.evaluation._sample import Sample
from collectrisk.validation._evidence import ClassCounts, Evidence, Shift, chance_of_iv

# (accounts, visits, WoE, IV) of five intervals and of missing values, by optbinning 0.21.
OPTBINNING = [
    (242, 25, 0.8179171003027796, 0.04167872206078135),
    (975, 124, 0.5830261345988581, 0.09213876029825416),
    (920, 199, -0.05577011580902247, 0.000969416759214033),
    (568, 167, -0.46713681347966496, 0.046883194679327674),
    (124, 68, -1.5372604428104364, 0.13214521805137017),
    (171, 38, -0.09034145987411102, 0.00047752540862236735),
]


def counts(inside: float, total: float) -> ClassCounts:
    return ClassCounts(inside, total, total)


@pytest.mark.parametrize(("accounts", "visits", "woe", "iv"), OPTBINNING)
def test_woe_and_iv_are_those_of_optbinning(accounts: int, visits: int, woe: float, iv: float) -> None:
    found = Evidence.of(counts(accounts - visits, 2_379), counts(visits, 621), 0.95)
    assert found.woe == pytest.approx(woe, abs=1e-12)
    assert found.iv == pytest.approx(iv, abs=1e-12)


def test_a_bin_without_a_visit_has_half_a_count_more_of_each_class_and_an_open_interval() -> None:
    found = Evidence.of(counts(10, 100), counts(0, 20), 0.95)
    assert found.woe == pytest.approx(math.log((10.5 / 100) / (0.5 / 20)))
    assert found.iv == pytest.approx((10.5 / 100 - 0.5 / 20) * found.woe)
    low, high = found.interval
    assert -math.inf < low < found.woe < high == math.inf
    low, high = Evidence.of(counts(0, 100), counts(10, 20), 0.95).interval
    assert -math.inf == low < high < 0


def test_a_bin_of_all_visits_and_none_of_the_others_is_far_below_zero() -> None:
    found = Evidence.of(counts(0, 100), counts(20, 20), 0.95)
    assert found.woe < -4
    assert found.interval[0] == -math.inf
    assert found.interval[1] > found.woe


def shift_of(visited: Any, log_odds: Any, weights: Any) -> Shift:
    return Shift.of(Sample(visited, expit(log_odds), weights), log_odds, 0.95)


def coverage(covered: list[bool]) -> float:
    return sum(covered) / len(covered)


@pytest.mark.parametrize(
    ("accounts", "share", "rate", "other_rate"),
    [(2_000, 0.1, 0.03, 0.03), (500, 0.2, 0.4, 0.15), (20_000, 0.02, 0.03, 0.01), (300, 0.1, 0.1, 0.02)],
)
def test_the_interval_of_the_weight_of_evidence_covers_it(
    accounts: int, share: float, rate: float, other_rate: float
) -> None:
    rng = np.random.default_rng(1)
    overall = share * rate + (1 - share) * other_rate
    true = math.log((1 - rate) / (1 - overall)) - math.log(rate / overall)
    covered = []
    for _ in range(1_500):
        inside = rng.binomial(accounts, share)
        visits, elsewhere = rng.binomial(inside, rate), rng.binomial(accounts - inside, other_rate)
        others = counts(inside - visits, accounts - visits - elsewhere)
        low, high = Evidence.of(others, counts(visits, visits + elsewhere), 0.95).interval
        covered.append(low <= true <= high)
    assert 0.93 < coverage(covered) < 0.975


@pytest.mark.exhaustive
@pytest.mark.parametrize("rate", [0.02, 0.05, 0.1, 0.3, 0.6])
def test_the_interval_of_the_shift_covers_it(rate: float) -> None:
    rng = np.random.default_rng(2)
    spread = rng.normal(0, 1, 300)
    log_odds = spread + brentq(lambda shift: expit(spread + shift).mean() - rate, -20, 20)
    covered = []
    for _ in range(2_000):
        visited = rng.random(300) < expit(log_odds)
        low, high = shift_of(visited, log_odds - 0.4, np.ones(300)).interval
        covered.append(low <= 0.4 <= high)
    assert 0.93 < coverage(covered) < 0.975


@pytest.mark.exhaustive
@pytest.mark.parametrize(("debtors", "rate"), [(600, 0.05), (160, 0.2)])
def test_with_clusters_the_intervals_cover_what_they_are_for(debtors: int, rate: float) -> None:
    """Each debtor has 1 to 8 rows, in the same bin and mostly with the same outcome."""
    rng = np.random.default_rng(4)
    log_odds, covered = logit(rate), []
    for _ in range(1_500):
        sizes = rng.integers(1, 9, debtors)
        inside = np.repeat(rng.random(debtors) < 0.5, sizes)
        debtor = np.repeat(np.arange(debtors), sizes)
        shared = rng.random(debtors)[debtor] < rate
        visited = np.where(rng.random(len(debtor)) < 0.7, shared, rng.random(len(debtor)) < rate)
        rows = np.flatnonzero(inside)
        sample = Sample(visited, np.full(len(visited), rate), np.ones(len(visited)), debtor).take(rows)
        low, high = Shift.of(sample, np.full(len(rows), log_odds), 0.95).interval
        every = Sample(inside, inside, np.ones(len(inside)), debtor)
        classes = [ClassCounts.of(every.take(np.flatnonzero(part))) for part in (~visited, visited)]
        woe_low, woe_high = Evidence.of(classes[0], classes[1], 0.95).interval
        covered.append((low <= 0 <= high, woe_low <= 0 <= woe_high))
    shift, woe = np.mean(covered, axis=0)
    assert 0.92 < shift < 0.98
    assert woe > 0.92


def test_the_mean_information_value_without_any_relation_is_that_of_chance() -> None:
    rng = np.random.default_rng(3)
    shares, found = np.array([0.1, 0.2, 0.3, 0.4]), []
    for _ in range(500):
        others, visits = rng.multinomial(2_000, shares), rng.multinomial(200, shares)
        parts = zip(others.tolist(), visits.tolist(), strict=True)
        found.append(sum(Evidence.of(counts(a, 2_000), counts(b, 200), 0.95).iv for a, b in parts))
    assert np.mean(found) == pytest.approx(chance_of_iv(4, 2_000, 200), rel=0.1)


def test_the_shift_makes_the_expected_visits_equal_to_the_observed_ones() -> None:
    log_odds = np.array([-2.0, -1.0, 0.0, 0.5])
    visited = np.array([False, True, True, False])
    weights = np.array([1.0, 2.0, 0.5, 1.0])
    shift = Shift.of(Sample(visited, expit(log_odds), weights), log_odds, 0.95)
    assert (weights * expit(log_odds + shift.value)).sum() == pytest.approx(2.5, abs=1e-9)
    low, high = shift.interval
    assert low < shift.value < high


def test_the_interval_for_equal_probabilities_is_that_of_wilson() -> None:
    visited = np.arange(50) < 5
    shift = shift_of(visited, np.full(50, -1.0), np.ones(50))
    assert shift.value == pytest.approx(logit(0.1) + 1)
    # Wilson's interval of 5 of 50.
    assert [expit(end - 1.0) for end in shift.interval] == pytest.approx([0.0434752, 0.2136023], abs=1e-6)


def test_without_a_visit_the_shift_is_that_for_half_a_visit_and_the_interval_is_open() -> None:
    shift = shift_of(np.zeros(40, dtype=bool), np.zeros(40), np.ones(40))
    assert 40 * expit(shift.value) == pytest.approx(0.5)
    assert -math.inf == shift.interval[0] < shift.value < shift.interval[1]
    every = shift_of(np.ones(40, dtype=bool), np.zeros(40), np.ones(40))
    assert every.value == pytest.approx(-shift.value)
    assert every.interval == pytest.approx((-shift.interval[1], math.inf))
    one = shift_of(np.array([True]), np.array([3.0]), np.array([0.5]))
    assert one.value == pytest.approx(-3.0)


def test_half_of_the_weight_may_be_that_of_visits_although_sums_are_rounded() -> None:
    """Both parts may be above half the total by rounding: then neither part is the smaller one."""
    weights = np.full(6, 1 / 10)
    visited = np.arange(6) % 2 == 0
    assert weights[visited].sum() > weights.sum() / 2 < weights[~visited].sum()
    shift = Shift.of(Sample(visited, np.full(6, 0.5), weights), np.zeros(6), 0.95)
    assert shift.value == pytest.approx(0.0, abs=1e-9)
    assert shift.interval == pytest.approx(shift_of(visited, np.zeros(6), np.ones(6)).interval)
