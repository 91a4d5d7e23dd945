"""Small labelled portfolios for the tests of fits."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import expit

import collectrisk as cr

Array = npt.NDArray[Any]

ROWS = 400
REGIONS = ("east", "north", "west")


@functools.cache
def accounts(rows: int = ROWS, seed: int = 1) -> pl.DataFrame:
    """Return simulated accounts."""
    frame = cr.simulate_portfolio(rows, seed=seed, backend="polars")
    assert isinstance(frame, pl.DataFrame)
    return frame


@functools.cache
def visited(rows: int = ROWS, seed: int = 1) -> Array:
    """Return which of the accounts were visited, drawn from the rules with a higher base."""
    probability = cr.RuleScorer(base=-1.5).visit_probabilities(accounts(rows, seed))
    labels: Array = np.random.default_rng(seed).random(rows) < probability
    return labels


@functools.cache
def table(rows: int = ROWS, seed: int = 0) -> pl.DataFrame:
    """Return columns of every kind that are not fields of a borrower, with missing values."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(0.0, 1.0, rows)
    missing = rng.random(rows) < 0.2
    age = np.where(missing, None, rng.normal(40, 10, rows)).tolist()  # type: ignore[call-overload]  # None is a missing value
    region = rng.choice([*REGIONS, None], rows).tolist()  # type: ignore[arg-type]  # None is a missing value
    return pl.DataFrame({"size": size, "age": age, "region": region, "owner": rng.random(rows) < 0.4})


@functools.cache
def labels(rows: int = ROWS, seed: int = 0) -> Array:
    """Return labels that depend on every column of the table, and on its missing values."""
    frame = table(rows, seed)
    age = frame["age"].to_numpy()
    log_odds = (
        np.log(frame["size"].to_numpy())
        + np.where(np.isnan(age), 0.8, (age - 40) / 20)
        + np.where(frame["region"].to_numpy() == "west", 1.0, -0.3)
        + np.where(frame["owner"].to_numpy(), -0.7, 0.0)
    )
    found: Array = np.random.default_rng(seed + 1).random(rows) < expit(log_odds)
    return found


def points(card: Any, label: str) -> Array:
    """Return the points of one curve's knots, bands or levels."""
    curve = {part.label: part for part in card.card.characteristics}[label]
    pairs = getattr(curve, "knots", None) or getattr(curve, "bands", None) or curve.levels
    return np.array([at for _, at in pairs])


def assert_same_fit(one: cr.LogisticScorer, other: cr.LogisticScorer) -> None:
    """Compare two fits up to rounding: the last digits of a NumPy sum depend on the memory layout."""
    assert one.labels == other.labels
    found, expected = one.fit_.posterior.points, other.fit_.posterior.points
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
