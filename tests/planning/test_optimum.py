"""The best use of limited capacities, against all possibilities and a plain linear programme."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse
from scipy.optimize import linprog

from collectrisk.planning import _optimum
from collectrisk.planning._optimum import Gains, Optimum, optimum

Array = npt.NDArray[Any]


def value(problem: Gains, choice: Array) -> float:
    rows = np.flatnonzero(choice >= 0)
    return float(problem.gains[rows, choice[rows]].sum())


def solved(problem: Gains) -> Optimum:
    """Return the optimum, after checking that it is possible, and that its prices prove it."""
    found = optimum(problem.gains, problem.resources, problem.capacities)
    assert (problem.used(found.choice) <= problem.capacities).all()
    assert value(problem, found.choice) > -np.inf
    assert (found.prices >= 0).all()
    assert 0 <= found.gap <= 1e-9 * max(value(problem, found.choice), 1e-300)
    return found


def drawn(rng: np.random.Generator, accounts: int, columns: int, groups: int, most: int) -> Gains:
    """Return a random problem; each column has one capacity, or one for each group of accounts."""
    with_ties = rng.random() < 0.5
    gains = rng.integers(1, 4, (accounts, columns)) if with_ties else rng.gamma(1.0, 1.0, (accounts, columns))
    gains = np.where(rng.random(gains.shape) < 0.25, -np.inf, gains)
    group = rng.integers(0, groups, accounts)
    resources, count = np.zeros(gains.shape, dtype=np.intp), 0
    for column in range(columns):
        by_group = groups > 1 and rng.random() < 0.5
        resources[:, column] = count + (group if by_group else 0)
        count += groups if by_group else 1
    return Gains(gains, resources, rng.integers(0, most, count))


def best_of_all(problem: Gains) -> float:
    """Return the largest sum among all possible choices."""
    columns = problem.gains.shape[1]
    best = 0.0
    for choices in product(range(-1, columns), repeat=len(problem.gains)):
        choice = np.array(choices)
        found = value(problem, choice)
        if found > best and (problem.used(choice) <= problem.capacities).all():
            best = found
    return best


def programme(problem: Gains) -> float:
    """Return the optimum of a linear programme with a variable for each account and channel."""
    owner, column = np.nonzero(problem.gains > -np.inf)
    variables = np.arange(len(owner))
    rows = np.concatenate([owner, len(problem.gains) + problem.resources[owner, column]])
    ones = np.ones(len(rows))
    shape = (len(problem.gains) + len(problem.capacities), len(owner))
    matrix = scipy.sparse.coo_array((ones, (rows, np.tile(variables, 2))), shape=shape).tocsr()
    limits = np.concatenate([np.ones(len(problem.gains)), problem.capacities])
    return -float(linprog(-problem.gains[owner, column], matrix, limits, method="highs").fun)


def check_all(problems: int, seed: int, accounts: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(problems):
        size, columns, groups = (int(rng.integers(1, high)) for high in (accounts + 1, 4, 3))
        problem = drawn(rng, size, columns, groups, most=3)
        found = value(problem, solved(problem).choice)
        assert found == pytest.approx(best_of_all(problem), abs=1e-9)


def test_small_problems_have_the_best_of_all_choices() -> None:
    check_all(60, seed=0, accounts=4)


@pytest.mark.exhaustive
def test_thousands_of_small_problems_have_the_best_of_all_choices() -> None:
    check_all(3_000, seed=1, accounts=5)


@pytest.mark.parametrize("seed", range(2))
def test_a_problem_has_the_value_of_a_plain_linear_programme(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = drawn(rng, 300, 3, groups=1 + 2 * seed, most=90)
    assert value(problem, solved(problem).choice) == pytest.approx(programme(problem), rel=1e-9)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(20))
def test_large_problems_have_the_value_of_a_plain_linear_programme(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    problem = drawn(rng, 3_000, 3, groups=1 + seed % 4, most=1_200)
    assert value(problem, solved(problem).choice) == pytest.approx(programme(problem), rel=1e-9)


def test_the_first_prices_may_come_from_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = drawn(np.random.default_rng(5), 400, 3, groups=1, most=100)
    expected = value(problem, solved(problem).choice)
    monkeypatch.setattr(_optimum, "SAMPLE", 50)
    assert value(problem, solved(problem).choice) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("added", [1, 5, 1_000])
def test_prices_that_are_far_off_only_cost_time(added: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The linear programme is extended until the result is proved to be optimal."""
    monkeypatch.setattr(_optimum, "NEARLY_EQUAL", added)
    rng = np.random.default_rng(6)
    for factor in (0.0, 0.5, 3.0):
        problem = drawn(rng, 200, 3, groups=2, most=60)
        prices = _optimum.dual_prices(problem) * factor + (factor > 1)
        monkeypatch.setattr(_optimum, "dual_prices", lambda _, prices=prices: prices)
        found = value(problem, solved(problem).choice)
        monkeypatch.undo()
        monkeypatch.setattr(_optimum, "NEARLY_EQUAL", added)
        assert found == pytest.approx(programme(problem), rel=1e-9)


def test_more_equal_accounts_than_capacity_are_decided_with_another_choice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At these prices, all three should get one of two capacities."""
    monkeypatch.setattr(_optimum, "dual_prices", lambda _: np.zeros(2))
    found = optimum(np.ones((3, 2)), np.tile([0, 1], (3, 1)), np.array([1, 1]))
    assert sorted(found.choice.tolist()) == [-1, 0, 1]
    assert (found.gap, found.prices.tolist()) == (0.0, [1.0, 1.0])


def test_prices_need_not_converge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_optimum, "ROUNDS", 1)
    problem = drawn(np.random.default_rng(9), 200, 3, groups=2, most=60)
    assert value(problem, solved(problem).choice) == pytest.approx(programme(problem), rel=1e-9)


def test_equal_accounts_get_the_heavier_channels_in_the_order_of_their_keys() -> None:
    gains = np.full((6, 2), 1.0)
    found = optimum(gains, np.tile([0, 1], (6, 1)), np.array([2, 2]))
    assert found.choice.tolist() == [1, 1, 0, 0, -1, -1]


@pytest.mark.parametrize("outlier", [1e3, 1e9, 1e13, 1e15])
def test_one_large_gain_does_not_hide_the_others(outlier: float) -> None:
    """What is a rounding error for one account is not for another."""
    gains = np.array([[outlier, 2 * outlier], [1.0, 2.0], [2.0, 3.0], [9.0, 4.0], [3.0, 9.0]])
    found = optimum(gains, np.tile([0, 1], (5, 1)), np.array([1, 2]))
    assert found.choice.tolist() == [1, -1, -1, 0, 1]


def test_substitutes_have_the_same_price() -> None:
    """Prices that are moved one by one would not get there."""
    gain = np.arange(1.0, 101.0)
    found = optimum(np.column_stack([gain, gain]), np.tile([0, 1], (100, 1)), np.array([30, 20]))
    assert found.prices[0] == found.prices[1] == pytest.approx(50)
    assert sorted(found.choice[50:].tolist()) == [0] * 30 + [1] * 20


def test_the_price_lies_between_the_values_of_one_unit_more_and_one_less() -> None:
    problem = drawn(np.random.default_rng(8), 120, 3, groups=1, most=40)
    found = solved(problem)

    def with_change(resource: int, change: int) -> float:
        capacities = problem.capacities.copy()
        capacities[resource] += change
        return value(problem, optimum(problem.gains, problem.resources, capacities).choice)

    present = value(problem, found.choice)
    for resource, price in enumerate(found.prices.tolist()):
        assert with_change(resource, 1) - present <= price + 1e-9
        if problem.capacities[resource]:
            assert price <= present - with_change(resource, -1) + 1e-9


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (2, 2)])
def test_without_accounts_channels_or_gains_nothing_is_chosen(shape: tuple[int, int]) -> None:
    found = optimum(np.full(shape, -np.inf), np.zeros(shape, dtype=np.intp), np.array([1]))
    assert found.choice.tolist() == [-1] * shape[0]
    assert (found.prices.tolist(), found.gap) == ([0.0], 0.0)
