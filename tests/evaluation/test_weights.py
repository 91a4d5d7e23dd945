"""Weights: integer weights are repeated accounts, weights of 1 change nothing, and what is rejected."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import TWO_CLASSES, Array, Sample, drawn, ones
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

import collectrisk as cr
from collectrisk.errors import ArgumentError
from collectrisk.evaluation._auc import influence_on_auc
from collectrisk.evaluation._intervals import influence_on_mean, rate_interval
from collectrisk.evaluation._sample import Sample as Accounts
from collectrisk.evaluation._weighted import effective_count, weight_below

VISITED, TRUTH = drawn(400)
WEIGHTS = np.random.default_rng(4).exponential(size=400)
GROUPS = np.where(np.arange(400) % 3, "most", "some")
COUNTS = st.lists(st.integers(0, 4), min_size=40, max_size=40).map(np.array)


def figures(value: Any, path: str = "") -> dict[str, Any]:
    """Return all figures of a report but those of its intervals and tests, None as NaN."""
    if attrs.has(type(value)):
        parts: Any = attrs.asdict(value, recurse=False).items()
    elif isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, (tuple, list)):
        parts = enumerate(value)
    elif isinstance(value, str):
        parts = []
    else:
        return {path: math.nan if value is None else value}
    kept = (
        figures(each, f"{path}.{name}")
        for name, each in parts
        if not str(name).endswith(("interval", "test"))
    )
    return {name: each for several in kept for name, each in several.items()}


@given(TWO_CLASSES, COUNTS)
def test_integer_weights_are_repeated_accounts(sample: Sample, counts: Array) -> None:
    visited, probability = sample
    counts = counts[: len(visited)]
    counts[0] += 1
    groups = np.arange(len(visited)) % 2
    rows = np.repeat(np.arange(len(visited)), counts)
    weighted = cr.evaluate(probability, None, visited, portfolio=groups, sample_weight=counts)
    repeated = cr.evaluate(probability[rows], None, visited[rows], portfolio=groups[rows])
    assert figures(weighted) == pytest.approx(figures(repeated), rel=1e-5, abs=1e-9, nan_ok=True)


@settings(max_examples=8)
@given(TWO_CLASSES)
def test_weights_of_one_change_no_digit(sample: Sample) -> None:
    visited, probability = sample
    scorers = {"given": probability, "complement": 1 - probability}
    options: dict[str, Any] = {"portfolio": np.arange(len(visited)) % 2, "bins": 3}
    without = cr.compare(scorers, None, visited, **options)
    assert cr.compare(scorers, None, visited, **options, sample_weight=ones(visited)) == without


def test_auc_and_losses_are_scikit_learns() -> None:
    found = cr.evaluate(TRUTH, None, VISITED, sample_weight=WEIGHTS).pooled
    assert found.auc == roc_auc_score(VISITED, TRUTH, sample_weight=WEIGHTS)
    assert found.brier == brier_score_loss(VISITED, TRUTH, sample_weight=WEIGHTS)
    assert found.log_loss == log_loss(VISITED, TRUTH, sample_weight=WEIGHTS)
    assert (found.accounts, found.visits) == pytest.approx((WEIGHTS.sum(), WEIGHTS[VISITED].sum()))
    assert sum(each.accounts for each in found.bins) == pytest.approx(WEIGHTS.sum())


def test_only_the_proportions_of_weights_matter() -> None:
    scorers = {"truth": TRUTH, "flat": np.full(400, 0.4)}
    one, other = (
        cr.compare(scorers, None, VISITED, sample_weight=factor * WEIGHTS) for factor in (1, 2.0**-60)
    )
    assert other.differences == one.differences
    pooled = one.evaluations["truth"].pooled
    assert other.evaluations["truth"].pooled.auc_interval == pooled.auc_interval
    assert other.evaluations["truth"].pooled.calibration_slope == pooled.calibration_slope
    assert other.evaluations["truth"].pooled.calibration_in_the_large == pooled.calibration_in_the_large


@pytest.mark.parametrize("weight", [3.0, 1 / 400, 1e-50, 1e50])
@pytest.mark.parametrize("clustered", [False, True])
def test_equal_weights_change_nothing_whatever_their_size(weight: float, *, clustered: bool) -> None:
    cluster = np.arange(400) // 3 if clustered else None
    options: dict[str, Any] = {"portfolio": GROUPS, "cluster": cluster}
    plain, weighted = (
        cr.evaluate(np.round(TRUTH, 2), None, VISITED, **options, sample_weight=each).portfolios["most"]
        for each in (None, np.full(400, weight))
    )
    names = [each.name for each in attrs.fields(type(plain)) if each.name.endswith(("_interval", "_test"))]
    assert "calibration_slope_interval" in names
    for name in [*names, "reliability", "resolution"]:
        found, expected = (getattr(each, name) for each in (weighted, plain))
        if attrs.has(type(expected)):
            found, expected = attrs.astuple(found), attrs.astuple(expected)
        assert found == pytest.approx(expected, rel=1e-7), name


def test_accounts_of_weight_zero_are_left_out() -> None:
    kept = np.arange(400) % 4 > 0
    scorers = {"truth": TRUTH, "complement": 1 - TRUTH}
    portfolio = np.where(kept, GROUPS, "left out")
    weighted = cr.compare(scorers, None, VISITED, portfolio=portfolio, sample_weight=kept.astype(int))
    filtered = {name: probability[kept] for name, probability in scorers.items()}
    assert weighted == cr.compare(filtered, None, VISITED[kept], portfolio=portfolio[kept])


def test_portfolios_are_in_the_order_of_their_weights() -> None:
    found = cr.evaluate([0.1, 0.2, 0.3], None, [0, 1, 0], portfolio=["a", "a", "b"], sample_weight=[1, 1, 3])
    assert {name: each.accounts for name, each in found.portfolios.items()} == {"b": 3, "a": 2}
    assert type(found.pooled.accounts) is int


# Intervals


@given(TWO_CLASSES, st.randoms(use_true_random=False))
def test_the_influence_on_an_auc_follows_from_its_pairs(sample: Sample, random: Any) -> None:
    """DeLong's structural components, with the weight of each pair."""
    visited, probability = sample
    weights = np.array([random.choice([0.5, 1.0, 2.5]) for _ in visited])
    yes, no = weights[visited], weights[~visited]
    won = np.sign(probability[visited][:, None] - probability[~visited][None, :]) / 2 + 0.5
    auc = float(yes @ won @ no / yes.sum() / no.sum())
    expected = np.empty(len(visited))
    for one_class, weight, wins in ((visited, yes, won @ no), (~visited, no, yes @ won)):
        component = wins / weights[~one_class].sum()
        count = weight.sum() ** 2 / (weight**2).sum()
        factor = math.sqrt(count / (count - 1)) if len(weight) > 1 else 1
        expected[one_class] = weight / weight.sum() * (component - auc) * factor
    rows = [np.arange(len(visited))]
    assert influence_on_auc(Accounts(visited, probability, weights), rows, auc) == pytest.approx(
        expected, abs=1e-12
    )


def test_the_interval_of_a_rate_is_that_of_the_effective_number_of_accounts() -> None:
    """The variance of the rate, by hand: that of the weighted deviations from a rate of 1/3."""
    found = cr.evaluate([0.5] * 4, None, [1, 0, 0, 0], sample_weight=[2, 1, 1, 2]).pooled
    variance = (4 * 4 / 9 + 1 / 9 + 1 / 9 + 4 / 9) / 36
    assert found.observed_rate_interval == pytest.approx(rate_interval(1 / 3, 2 / 9 / variance, 0.95))
    assert found.bins[0].observed_rate_interval == found.observed_rate_interval


def test_intervals_with_weights_cover_the_mean_of_the_population() -> None:
    """Accounts that are sampled with unequal probabilities, and weighted with their inverse."""
    rng = np.random.default_rng(6)
    values = rng.random(20_000)
    chance = 0.01 + 0.03 * values
    covered = 0
    for _ in range(400):
        sample = rng.random(20_000) < chance
        weights = 1 / chance[sample]
        mean = (weights * values[sample]).sum() / weights.sum()
        error = math.sqrt(np.square(influence_on_mean(values[sample], weights)).sum())
        covered += abs(mean - values.mean()) < 1.645 * error
    assert 0.87 < covered / 400 < 0.93


def test_ranks_and_effective_counts_by_hand() -> None:
    found = weight_below(np.array([3, 1, 3, 2]), np.array([1.0, 2.0, 3.0, 0.5]))
    assert found.tolist() == [4.5, 1.0, 4.5, 2.25]
    assert effective_count(np.array([3.0, 1.0])) == 1.6


# Validation


@pytest.mark.parametrize(
    "weights",
    [
        "weight",
        [0.5, 2, 1, 0],
        np.array([0.5, 2, 1, 0], dtype=np.float32),
        pd.Series([0.5, 2, 1, 0], dtype="Float64"),
        np.ma.masked_array([0.5, 2, 1, 0], [False] * 4),
        list(map(Decimal, ("0.5", "2", "1", "0"))),
        [0.5, 2, True, False],
    ],
)
def test_weights_may_be_a_column_or_any_sequence(weights: Any) -> None:
    frame = pl.DataFrame({"weight": [0.5, 2, 1, 0]})
    found = cr.evaluate([0.9, 0.6, 0.2, 0.1], frame, [1, 0, 1, 0], sample_weight=weights)
    assert (found.pooled.accounts, found.pooled.visits) == (3.5, 1.5)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, 2], "must have one value for each of 4 accounts, not 2"),
        (
            [[1, 2, 3, 4]],
            "must be an array, series or list with one value per row, or the name of a column, ",
        ),
        ("weight", "is the name of a column, 'weight', but there is no frame"),
        ([1, "2", 3, 4], "must be one number per row; a value is '2'"),
        (
            [np.timedelta64(1, "D")] * 4,
            "must be one number per row; a value is " + repr(np.timedelta64(1, "D")),
        ),
        ([1, -1, 3, 4], r"must be known, and 0 or from 1e-100 to 1e+100; 1 are not (row 1, from 0: -1.0)"),
        ([1, None, math.nan, 4], "1e+100; 2 are not (row 1, from 0: missing)"),
        (pl.Series([1, 2, 3, None]), "1 are not (row 3, from 0: missing)"),
        (pd.Series([1, 2, 3, pd.NA], dtype="Int64"), "1 are not (row 3, from 0: missing)"),
        (np.ma.masked_array([1, 2, 3, 4], [True, False, False, False]), "(row 0, from 0: missing)"),
        ([1, 2, 3, math.inf], "1 are not (row 3, from 0: inf)"),
        ([1, 2, 3, 1e101], "1 are not (row 3, from 0: 1e+101)"),
        ([1, 2, 3, 5e-324], "1 are not (row 3, from 0: 5e-324)"),
        ([0, 0, 0, 0], "must be above 0 for at least one account"),
    ],
)
def test_invalid_weights_are_rejected(weights: Any, message: str) -> None:
    for call in (cr.evaluate, lambda scorer, *rest, **named: cr.compare([scorer] * 2, *rest, **named)):
        with pytest.raises(ArgumentError) as raised:
            call([0.9, 0.6, 0.2, 0.1], None, [1, 0, 1, 0], sample_weight=weights)
        assert str(raised.value).startswith("sample_weight ")
        assert message in str(raised.value)


@pytest.mark.filterwarnings("error")
def test_extreme_weights_give_finite_figures() -> None:
    weights = np.where(np.arange(400) % 2, 1e-100, 1e100)
    report = cr.evaluate(TRUTH, None, VISITED, portfolio=GROUPS, sample_weight=weights)
    half = cr.evaluate(TRUTH[::2], None, VISITED[::2], portfolio=GROUPS[::2])
    assert report.pooled.auc == pytest.approx(half.pooled.auc)
    assert report.pooled.auc_interval == pytest.approx(half.pooled.auc_interval)
    assert report.pooled.calibration_slope == pytest.approx(half.pooled.calibration_slope)
    alone = cr.evaluate(
        [0.9, 0.6, 0.2, 0.1], None, [1, 0, 1, 0], sample_weight=[1e100, 1e100, 1e-100, 1e-100]
    )
    assert all(math.isfinite(end) for end in alone.pooled.observed_rate_interval)
    assert "nan" not in str(report) + str(alone)
