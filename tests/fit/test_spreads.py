"""The spreads between portfolios, with the uncertainty of their scales."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from scipy.special import expit

import collectrisk as cr
from collectrisk._fit.bases import Group
from collectrisk._fit.spreads import root_mean_square_scale

Array = npt.NDArray[Any]

VAGUE = Group("portfolio", 1e6)
OBSERVED = np.array([-1.1, -0.7, -0.6, -0.2, 0.0, 0.1, 0.3, 0.4, 0.7, 0.9, 1.2, 0.5])


def posterior(variance: float, scale: float) -> tuple[Array, Array]:
    """Return covariance and mean of effects that were observed with some error."""
    shrunk = 1.0 / (1.0 / variance + scale**-2.0)
    return shrunk * np.eye(len(OBSERVED)), shrunk * OBSERVED / variance


@pytest.mark.parametrize("scale", [0.2, 0.7, 3.0])
def test_effects_that_are_known_have_an_inverse_chi_squared_variance(scale: float) -> None:
    covariance, mean = posterior(1e-6, scale)
    found = root_mean_square_scale(covariance, mean, scale, VAGUE)
    assert found**2 == pytest.approx(np.sum(OBSERVED**2) / (len(OBSERVED) - VAGUE.shape - 2.0), rel=1e-3)


def test_effects_of_which_nothing_is_known_have_the_expected_variance() -> None:
    group = Group("portfolio", 0.5, shape=2.0)
    found = root_mean_square_scale(0.3**2 * np.eye(4), np.zeros(4), 0.3, group)
    assert found**2 == pytest.approx(group.expected_scale**2 * (1.0 + 1.0 / group.shape), rel=1e-3)


def test_the_variance_does_not_depend_on_correlated_errors_of_the_mean() -> None:
    """The covariance of the effects has the error of their common mean, which is no part of the spread."""
    covariance, mean = posterior(0.05, 0.6)
    rotation, _ = np.linalg.qr(np.random.default_rng(0).normal(size=covariance.shape))
    plain = root_mean_square_scale(covariance, mean, 0.6, VAGUE)
    rotated = root_mean_square_scale(rotation @ covariance @ rotation.T, rotation @ mean, 0.6, VAGUE)
    assert rotated == pytest.approx(plain)


def scored(prior_scale: dict[str, float] | None = None) -> cr.LogisticScorer:
    """Return a fit to six portfolios with different levels."""
    rng = np.random.default_rng(3)
    house = np.repeat(list("abcdef"), 60)
    level = np.repeat(rng.normal(size=6), 60)
    frame = pl.DataFrame({"house": house, "x": rng.normal(size=len(house))})
    visited = rng.random(len(house)) < expit(level)
    return cr.LogisticScorer(portfolio="house", prior_scale=prior_scale).fit(frame, visited)


def test_the_base_of_a_new_portfolio_is_more_uncertain_than_the_scale_says() -> None:
    scorer = scored()
    spread = scorer.scorecard_.base_spread
    assert 1.05 < spread / scorer.prior_scales_["portfolio"] < 1.6
    design, factor = scorer.fit_.design, scorer.fit_.posterior.covariance_factor
    other = design.slices[1].start + 6
    assert np.linalg.norm(factor[other]) == pytest.approx(spread)


def test_a_given_scale_is_certain() -> None:
    scorer = scored(prior_scale={"portfolio": 0.5})
    assert scorer.scorecard_.base_spread == scorer.prior_scales_["portfolio"] == 0.5
