"""The number of visits if the level is uncertain, against integration by other means and simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from numpy.polynomial.hermite_e import hermegauss
from scipy import stats
from scipy.integrate import quad_vec
from scipy.special import expit, logit

from collectrisk.planning import VisitCount
from collectrisk.planning._counts import FewAccounts, ManyAccounts, visit_sum
from collectrisk.planning._levels import Portfolio, count_distribution

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = npt.NDArray[Any]

SMALL = np.random.default_rng(0).random(25) ** 2
LARGE = np.random.default_rng(1).random(1_200) ** 8


def full(portfolios: Sequence[Portfolio], spread: float) -> Array:
    """Return the probability of each number of visits."""
    first, probabilities = count_distribution(portfolios, spread)
    found = np.zeros(sum(each.visits.accounts for each in portfolios) + 1)
    found[first : first + len(probabilities)] = probabilities
    return found


def conditional(probability: Array, shift: float) -> Array:
    counts = np.ones(1)
    for visit in expit(logit(probability) + shift):
        counts = np.convolve(counts, [1 - visit, visit])
    return counts


@pytest.mark.parametrize("spread", [0.05, 0.5, 3.0, 10.0])
def test_an_uncertain_level_is_integrated_out(spread: float) -> None:
    """Against adaptive integration."""
    expected, _ = quad_vec(
        lambda z: conditional(SMALL, spread * z) * stats.norm.pdf(z), -9, 9, epsabs=1e-13, limit=2_000
    )
    found = full([Portfolio(visit_sum(SMALL), 0.0)], spread)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize("spread", [0.1, 0.6])
def test_both_methods_agree_if_the_level_is_uncertain(spread: float) -> None:
    few, many = (
        full([Portfolio(visits, 0.0)], spread) for visits in (FewAccounts(LARGE), ManyAccounts.of(LARGE))
    )
    np.testing.assert_allclose(many, few, rtol=0, atol=1e-12)


def test_the_distribution_of_many_accounts_is_smooth() -> None:
    """With too few levels it would be a comb, because each of them gives a narrow distribution."""
    probability = np.random.default_rng(2).random(200_000)
    found = full([Portfolio(visit_sum(probability), 0.0)], 0.5)
    inner = found[np.cumsum(found).searchsorted(0.05) : np.cumsum(found).searchsorted(0.95)]
    assert np.abs(np.diff(np.log(inner), 2)).max() < 1e-6


def test_a_level_shared_by_one_portfolio_adds_to_its_own() -> None:
    one, other = (
        full([Portfolio(visit_sum(SMALL), own)], shared) for own, shared in ((0.3, 0.4), (0.0, 0.5))
    )
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-14)


def test_levels_of_two_portfolios_and_a_shared_one_are_integrated_out() -> None:
    """Against nested Gauss-Hermite quadrature."""
    parts, own, shared = (SMALL[:10], SMALL[10:]), (0.4, 0.0), 0.7
    nodes, weights = hermegauss(60)
    weights /= weights.sum()

    def mixed(place: int, shift: float) -> Array:
        each = [conditional(parts[place], shift + own[place] * z) for z in nodes]
        found: Array = weights @ np.array(each)
        return found

    given = [np.convolve(mixed(0, shared * z), mixed(1, shared * z)) for z in nodes]
    expected = weights @ np.array(given)
    portfolios = [Portfolio(visit_sum(part), spread) for part, spread in zip(parts, own, strict=True)]
    np.testing.assert_allclose(full(portfolios, shared), expected, rtol=0, atol=1e-10)


def test_portfolios_without_a_shared_level_are_independent() -> None:
    portfolios = [Portfolio(visit_sum(LARGE), 0.3), Portfolio(visit_sum(SMALL), 0.0)]
    one, other = (full([each], 0.0) for each in portfolios)
    expected = np.convolve(one, other)
    np.testing.assert_allclose(full(portfolios, 0.0), expected, rtol=0, atol=1e-14)


def test_portfolios_whose_levels_are_known_count_as_one() -> None:
    parts = [LARGE[:700], LARGE[700:]]
    found = full([Portfolio(visit_sum(part), 0.0) for part in parts], 0.5)
    np.testing.assert_allclose(found, full([Portfolio(visit_sum(LARGE), 0.0)], 0.5), rtol=0, atol=1e-11)


def covered(spread: float, accounts: int, seed: int, simulations: int = 4_000) -> float:
    """Return the share of simulated portfolios whose count lies in the 90 % interval."""
    rng = np.random.default_rng(seed)
    probability = expit(rng.normal(-3, 1.5, accounts))
    first, probabilities = count_distribution([Portfolio(visit_sum(probability), 0.0)], spread)
    low, high = VisitCount(first=first, probabilities=probabilities).interval(0.9)
    inside = 0
    for level in rng.normal(0, spread, simulations):
        visits = (rng.random(accounts) < expit(logit(probability) + level)).sum()
        inside += low <= visits <= high
    return inside / simulations


def test_the_interval_covers_nine_of_ten_simulated_portfolios() -> None:
    assert 0.88 <= covered(0.5, 2_000, seed=0) <= 0.92


@pytest.mark.exhaustive
@pytest.mark.parametrize("spread", [0.1, 0.3, 1.0])
@pytest.mark.parametrize("accounts", [1_000, 5_000])
def test_the_interval_covers_nine_of_ten_portfolios_of_every_size(spread: float, accounts: int) -> None:
    assert 0.88 <= covered(spread, accounts, seed=1, simulations=6_000) <= 0.92
