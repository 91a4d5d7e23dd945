"""The population stability index, and what chance alone gives for it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.stats import binom

from collectrisk._fields import NumberValidator
from collectrisk.validation import _chance
from collectrisk.validation._chance import Bins, Judgement, judge
from collectrisk.validation._distribution import NumberCounts

if TYPE_CHECKING:
    from collections.abc import Callable

Sample = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]


def slow_psi(before: list[int], now: list[int]) -> float:
    """Return the index by its definition, bin by bin, with half a count more in each bin in use."""
    pairs = [(old, new) for old, new in zip(before, now, strict=True) if old or new]
    totals = [sum(each) + len(pairs) / 2 for each in zip(*pairs, strict=True)]
    index = 0.0
    for old, new in pairs:
        p, q = (old + 0.5) / totals[0], (new + 0.5) / totals[1]
        index += (q - p) * math.log(q / p)
    return index


def judged(before: list[int], now: list[int], *, levels: bool = False) -> Judgement:
    return judge(np.array(before), np.array(now), np.full(len(before), levels))


@pytest.mark.parametrize(
    ("before", "now"),
    [([50, 30, 20], [40, 30, 30]), ([50, 0, 20], [40, 30, 0]), ([50, 0, 20], [40, 0, 9]), ([1, 0], [0, 1])],
)
def test_the_index_is_that_of_the_definition(before: list[int], now: list[int]) -> None:
    assert judged(before, now).psi == pytest.approx(slow_psi(before, now), rel=1e-12)


def test_samples_with_the_same_shares_have_no_index() -> None:
    found = judged([50, 30, 20], [50, 30, 20])
    assert (found.psi, found.p_value) == (0.0, 1.0)
    assert found.expected == pytest.approx(2 * (1 / 100 + 1 / 100))


def test_one_bin_that_is_in_use_cannot_change() -> None:
    assert judged([70, 0], [9, 0]) == Judgement(0.0, 0.0, 0.0, 1.0)


def test_large_samples_have_a_scaled_chi_square_distribution() -> None:
    """The 95 % quantile of the chi-square distribution with two degrees of freedom is 5.991."""
    found = judged([500, 300, 200], [250, 150, 100])
    assert found.expected == pytest.approx(2 * (1 / 1000 + 1 / 500))
    assert found.limit == pytest.approx(5.991 * (1 / 1000 + 1 / 500), rel=1e-3)
    shifted = judged([500, 300, 200], [230, 150, 120])
    assert shifted.p_value == pytest.approx(math.exp(-shifted.psi / (2 * (1 / 1000 + 1 / 500))))


def test_the_simulated_distribution_agrees_with_the_law_for_large_samples(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = [500, 300, 200], [230, 150, 120]
    law = judged(*counts)
    monkeypatch.setattr(_chance, "LARGE", math.inf)
    simulated = judged(*counts)
    assert simulated != law
    assert simulated.expected == pytest.approx(law.expected, rel=0.1)
    assert simulated.limit == pytest.approx(law.limit, rel=0.1)
    assert simulated.p_value == pytest.approx(law.p_value, abs=0.02)


def test_the_p_value_of_small_samples_is_that_of_all_divisions() -> None:
    """Of the 20 ways to choose three of six accounts, two leave each sample with one bin only."""
    assert judged([3, 0], [0, 3]).p_value == pytest.approx(0.1, abs=0.02)
    assert judged([2, 1], [1, 2]).p_value == 1.0


def test_a_simulated_p_value_is_the_same_every_time_and_never_zero() -> None:
    found = judged([990, 10], [70, 30])
    assert found == judged([990, 10], [70, 30])
    assert found.p_value == 1 / (1 + _chance.DRAWS)


def test_more_accounts_than_can_be_divided_at_random_have_the_law_for_large_samples() -> None:
    found = judged([10**9, 5], [10**9, 7])
    assert found.expected == pytest.approx(2e-9)
    assert found.p_value > 0.5


def test_rare_levels_are_together_and_so_are_unseen_ones() -> None:
    bins = Bins(np.array([990, 6, 4, 0, 0]), np.array([90, 0, 5, 2, 3])).pooled(
        np.array([True, True, True, True, False])
    )
    assert bins.before.tolist() == [990, 0, 0, 0, 0, 10, 0]
    assert bins.now.tolist() == [90, 0, 0, 0, 3, 5, 2]
    assert bins.used.tolist() == [True, False, False, False, True, True, True]


def test_many_levels_are_simulated_fewer_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_chance, "ELEMENTS", 1)
    assert judged([1] * 9 + [0], [0] * 9 + [9], levels=True).p_value == 1 / (1 + _chance.FEWEST_DRAWS)


RANDOM = np.random.default_rng(7)


@pytest.fixture(autouse=True)
def seed() -> None:
    """Draw the same samples in each test, whichever tests ran before it."""
    RANDOM.bit_generator.state = np.random.default_rng(4).bit_generator.state


def quantiles(missing: float, decimals: int = 9) -> Callable[[int, int], Sample]:
    """Return a sampler of a number, in bins that are made from the baseline."""

    def counts(rows: int, new_rows: int) -> Sample:
        values = [np.exp(RANDOM.standard_normal(each)).round(decimals) for each in (rows, new_rows)]
        known = [each[RANDOM.random(len(each)) >= missing] for each in values]
        first = NumberCounts.of(known[0], rows - len(known[0]), 10, NumberValidator(0.0))
        other = first.within_bins(known[1], new_rows - len(known[1]))
        arrays = [np.array([*each.counts, each.missing]) for each in (first, other)]
        return arrays[0], arrays[1], np.zeros(len(arrays[0]), dtype=np.bool_)

    return counts


def levels(shares: Any) -> Callable[[int, int], Sample]:
    """Return a sampler of levels."""
    probabilities = np.array(shares) / np.sum(shares)

    def counts(rows: int, new_rows: int) -> Sample:
        before, now = (RANDOM.multinomial(each, probabilities) for each in (rows, new_rows))
        return before, now, np.ones(len(probabilities), dtype=np.bool_)

    return counts


DISTRIBUTIONS = {
    "number": quantiles(0.0),
    "number, few missing": quantiles(0.002),
    "number, many missing": quantiles(0.2),
    "count": quantiles(0.0, decimals=0),
    "flag": levels([0.99, 0.01]),
    "rare flag": levels([0.998, 0.002]),
    "few levels": levels([50, 30, 15, 4, 1]),
    "levels about as rare as those that are put together": levels([1.0] * 100),
    "many levels": levels(1 / np.arange(1, 301) ** 1.1),
}


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("rows", "new_rows", "runs"),
    [
        *((500, 500, 100), (500, 5_000, 100), (5_000, 500, 100)),
        *((100_000, 1_000, 60), (10**6, 10**6, 10)),
    ],
)
def test_without_a_change_at_most_6_percent_are_flagged(rows: int, new_rows: int, runs: int) -> None:
    shares = {
        name: sum(judge(*sample(rows, new_rows)).p_value <= 0.05 for _ in range(runs)) / runs
        for name, sample in DISTRIBUTIONS.items()
    }
    assert np.mean(list(shares.values())) <= 0.06, shares
    # Each of them may be higher by the chance of the simulation itself, with a probability of 1 in 10,000.
    assert max(shares.values()) <= binom.isf(1e-4, runs, 0.05) / runs, shares


@pytest.mark.exhaustive
@pytest.mark.parametrize(("rows", "new_rows"), [(5_000, 5_000), (10**6, 10**5), (10**6, 10**6)])
def test_bins_at_the_quantiles_of_the_baseline_are_flagged_in_5_percent(rows: int, new_rows: int) -> None:
    """The true shares of bins between quantiles have a Dirichlet distribution, so no value need be drawn."""
    random, runs = np.random.default_rng(5), 20_000
    before, none = np.full(10, rows // 10), np.zeros(10, dtype=np.bool_)
    samples = (random.multinomial(new_rows, random.dirichlet(before)) for _ in range(runs))
    flagged = sum(judge(before, now, none).p_value <= 0.05 for now in samples)
    assert 0.045 <= flagged / runs <= 0.055


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["number", "few levels", "flag"])
def test_a_shift_of_a_tenth_is_found_among_5000_accounts(name: str) -> None:
    """The shares are moved as far as an index of 0.1 needs."""
    before, _, pooled = DISTRIBUTIONS[name](5_000, 5_000)
    shares = before / before.sum()
    tilt = np.linspace(-1, 1, len(shares))

    def moved(strength: float) -> np.ndarray[Any, Any]:
        weights = shares * np.exp(strength * tilt)
        shares_now: np.ndarray[Any, Any] = weights / weights.sum()
        return shares_now

    def index(strength: float) -> float:
        used = shares > 0
        now = moved(strength)[used]
        return float(((now - shares[used]) * np.log(now / shares[used])).sum())

    strength = next(each for each in np.linspace(0, 5, 5_001) if index(each) >= 0.1)
    runs = 300
    found = sum(
        judge(before, RANDOM.multinomial(5_000, moved(strength)), pooled).p_value <= 0.05 for _ in range(runs)
    )
    assert found / runs >= 0.95
