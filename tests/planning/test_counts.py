"""The number of visits among independent accounts, against exact fractions and published results."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from collectrisk.planning._counts import FEW_ACCOUNTS, FewAccounts, ManyAccounts, VisitSum, visit_sum

if TYPE_CHECKING:
    from collections.abc import Callable

Array = npt.NDArray[Any]
KNOWN = np.zeros(1)
SHIFTS = np.array([-3.0, 0.0, 0.7, 5.0])


def exact(probability: Array) -> list[Fraction]:
    """Return the distribution by exact arithmetic, in integers over a common power of two."""
    counts, denominator = [1], 1
    for visit, of in map(float.as_integer_ratio, probability.tolist()):
        none = [count * (of - visit) for count in counts]
        counts = [a + b * visit for a, b in zip([*none, 0], [0, *counts], strict=True)]
        denominator *= of
    return [Fraction(count, denominator) for count in counts]


def full(visits: VisitSum, shifts: Array = KNOWN) -> Array:
    """Return the probability of each number of visits, with a row for each shift."""
    found = np.zeros((len(shifts), visits.accounts + 1))
    for row, (first, probabilities) in zip(found, visits.parts(shifts), strict=True):
        row[first : first + len(probabilities)] = probabilities
    return found


def assert_exact(probability: Array) -> None:
    (found,) = full(visit_sum(probability))
    for value, expected in zip(found.tolist(), exact(probability), strict=True):
        if expected == 0 or float(expected) > 1e-290:
            assert abs(Fraction(value) - expected) <= Fraction(1, 10**12) * expected


SMALL: dict[str, Callable[[np.random.Generator], Array]] = {
    "uniform": lambda rng: rng.random(200),
    "small": lambda rng: rng.random(120) ** 8,
    "near one": lambda rng: 1 - rng.random(80) ** 6,
    "with certain ones": lambda rng: np.concatenate([np.zeros(20), rng.random(60), np.ones(20)]),
    "tiny": lambda rng: 10.0 ** -rng.uniform(1, 15, 15),
    "one": lambda rng: rng.random(1),
}


@pytest.mark.parametrize("name", SMALL)
def test_small_portfolios_equal_exact_fractions_to_twelve_digits(name: str) -> None:
    """In relative terms, down to the least probability."""
    assert_exact(SMALL[name](np.random.default_rng(0)))


@given(st.lists(st.floats(0, 1), max_size=25))
def test_any_small_portfolio_equals_exact_fractions(probabilities: list[float]) -> None:
    assert_exact(np.array(probabilities))


def test_no_accounts_have_no_visits() -> None:
    assert full(visit_sum(np.zeros(0))).tolist() == [[1.0]]
    assert full(ManyAccounts.of(np.zeros(0))).tolist() == [[1.0]]


MANY: dict[str, Callable[[np.random.Generator], Array]] = {
    "uniform": lambda rng: rng.random(501),
    "skewed": lambda rng: rng.random(1_500) ** 6,
    "rare": lambda rng: 1e-4 * rng.random(1_500),
    "all one half": lambda _: np.full(1_000, 0.5),
    "few at one half": lambda _: np.concatenate([np.full(990, 1e-9), np.full(10, 0.5)]),
    "with certain ones": lambda rng: np.concatenate([np.zeros(300), np.ones(300), rng.random(600)]),
    "only certain ones": lambda _: np.concatenate([np.zeros(300), np.ones(300)]),
    "negligible": lambda rng: np.concatenate([np.full(590, 1e-300), rng.random(10)]),
    "near one": lambda rng: 1 - 1e-3 * rng.random(1_500),
}


@pytest.mark.parametrize("name", MANY)
def test_the_two_methods_agree_at_every_level(name: str) -> None:
    probability = MANY[name](np.random.default_rng(1))
    exactly, found = FewAccounts(probability), ManyAccounts.of(probability)
    np.testing.assert_allclose(full(found, SHIFTS), full(exactly, SHIFTS), rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.variance(SHIFTS), exactly.variance(SHIFTS), rtol=1e-12, atol=1e-15)


def test_the_method_depends_on_the_number_of_accounts() -> None:
    assert isinstance(visit_sum(np.full(FEW_ACCOUNTS, 0.1)), FewAccounts)
    assert isinstance(visit_sum(np.full(FEW_ACCOUNTS + 1, 0.1)), ManyAccounts)


def test_equal_probabilities_give_the_binomial_distribution() -> None:
    for accounts in (200, 20_000):
        (found,) = full(visit_sum(np.full(accounts, 0.03)))
        expected = stats.binom.pmf(np.arange(accounts + 1), accounts, 0.03)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_a_sum_of_two_binomial_counts_has_their_convolved_distribution() -> None:
    (found,) = full(visit_sum(np.repeat([0.2, 0.7], [400, 300])))
    one, other = (stats.binom.pmf(np.arange(n + 1), n, p) for n, p in ((400, 0.2), (300, 0.7)))
    np.testing.assert_allclose(found, np.convolve(one, other), rtol=0, atol=1e-13)


@pytest.mark.parametrize("accounts", [100, 5_000])
def test_the_distance_to_a_poisson_distribution_is_within_the_bound_of_le_cam(accounts: int) -> None:
    """L. Le Cam (1960): the sum of absolute differences is at most twice the sum of squares."""
    probability = 0.02 * np.random.default_rng(2).random(accounts)
    (found,) = full(visit_sum(probability))
    poisson = stats.poisson.pmf(np.arange(accounts + 1), probability.sum())
    assert 0 < np.abs(found - poisson).sum() <= 2 * (probability**2).sum()


@pytest.mark.parametrize("accounts", [100, 5_000])
def test_the_most_probable_number_is_within_one_of_the_mean(accounts: int) -> None:
    """J. N. Darroch (1964)."""
    probability = np.random.default_rng(3).random(accounts) ** 2
    (found,) = full(visit_sum(probability))
    assert abs(int(found.argmax()) - probability.sum()) < 1


def test_mean_and_variance_of_many_accounts_are_those_of_the_sum() -> None:
    probability = np.random.default_rng(4).random(100_000) ** 5
    (found,) = full(visit_sum(probability))
    numbers = np.arange(len(found))
    mean = found @ numbers
    assert mean == pytest.approx(probability.sum(), rel=1e-12)
    assert found @ (numbers - mean) ** 2 == pytest.approx((probability * (1 - probability)).sum(), rel=1e-9)


def test_simulated_counts_of_many_accounts_follow_the_distribution() -> None:
    rng = np.random.default_rng(5)
    probability = rng.random(100_000) ** 5
    counts = [int((rng.random(100_000, np.float32) < probability).sum()) for _ in range(300)]
    (found,) = full(visit_sum(probability))
    below = np.cumsum(found)
    # Uniform, if each count is moved by a random part of the probability of its own.
    moved = below[counts] - rng.random(300) * found[counts]
    assert stats.kstest(moved, "uniform").pvalue > 0.01


def test_the_probabilities_add_up_to_one() -> None:
    for accounts in (501, 50_000):
        probability = np.random.default_rng(accounts).random(accounts) ** 9
        (found,) = full(visit_sum(probability))
        assert math.fsum(found) == pytest.approx(1, abs=1e-12)
