"""Posteriors with few labels, averaged over the prior scale of the common factor."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pytest
from fit_cases import case, mode_of
from labelled import accounts, table
from scipy.special import expit, logit
from sklearn.metrics import log_loss

import collectrisk as cr
from collectrisk._fit import averaging
from collectrisk._fit.averaging import SCALES, averaged_posterior
from collectrisk._fit.posterior import fit_posterior

Array = npt.NDArray[Any]

OBJECTIVE = case().objective
NO_CONSTRAINTS = np.zeros((0, len(OBJECTIVE.design.prior_points)))
FACTOR = "common prior factor"
OTHERS = {group.name: 0.7 for group in OBJECTIVE.design.groups if group.name != FACTOR}
RULES = cr.RuleScorer(base=-2.0)


def log_evidence(scale: float) -> float:
    """Return the log marginal likelihood by the Laplace approximation, with dense matrices."""
    objective = attrs.evolve(OBJECTIVE, blocks=OBJECTIVE.sample)
    design, block = objective.design, objective.sample[0]
    scales = np.array([scale if group.name == FACTOR else 0.7 for group in design.groups])
    precision = scales[design.group_index] ** -2.0
    mode, _ = mode_of(objective, precision)
    matrix = (
        np.column_stack([np.ones(len(block.visited)), block.matrix.toarray()]) @ design.transform.toarray()
    )
    chance = expit(block.log_odds(design.points(mode)))
    fitted = np.where(block.visited == 1.0, chance, 1.0 - chance)
    hessian = (matrix.T * (block.weights * chance * (1.0 - chance))) @ matrix + np.diag(precision)
    log_prior = 0.5 * np.log(precision / (2 * np.pi)).sum() - 0.5 * precision @ mode**2
    log_volume = 0.5 * len(mode) * np.log(2 * np.pi) - 0.5 * np.linalg.slogdet(hessian)[1]
    return float(block.weights @ np.log(fitted) + log_prior + log_volume)


def test_posteriors_are_averaged_by_the_evidence_of_their_scales() -> None:
    objective = attrs.evolve(OBJECTIVE, blocks=OBJECTIVE.sample)
    found = averaged_posterior(objective, OTHERS, NO_CONSTRAINTS)
    parts = [fit_posterior(objective, {**OTHERS, FACTOR: scale}, NO_CONSTRAINTS) for scale in SCALES]
    logarithms = np.log([*SCALES.values()]) + [log_evidence(scale) for scale in SCALES]
    weights = np.exp(logarithms - logarithms.max()) / np.exp(logarithms - logarithms.max()).sum()
    expected = weights @ np.array([part.points for part in parts])
    np.testing.assert_allclose(found.points, expected, atol=1e-5)
    covariance = sum(
        weight
        * (part.covariance_factor @ part.covariance_factor.T + np.outer(step := part.points - expected, step))
        for weight, part in zip(weights, parts, strict=True)
    )
    np.testing.assert_allclose(found.covariance_factor @ found.covariance_factor.T, covariance, atol=1e-5)
    assert found.prior_scales[FACTOR] == pytest.approx(np.sqrt(weights @ np.square([*SCALES])), rel=1e-4)
    assert found.factor.shape == (len(found.coefficients),) * 2


def test_a_scale_that_is_given_is_not_averaged() -> None:
    fixed = {**OTHERS, FACTOR: 0.2}
    found = averaged_posterior(OBJECTIVE, fixed, NO_CONSTRAINTS)
    assert found.prior_scales == fixed
    np.testing.assert_array_equal(found.points, fit_posterior(OBJECTIVE, fixed, NO_CONSTRAINTS).points)


def test_a_fit_without_rules_is_not_averaged() -> None:
    fitted = cr.LogisticScorer().fit(table(), np.arange(400) % 2)
    assert FACTOR not in fitted.prior_scales_
    again = cr.LogisticScorer(prior=fitted).fit(table()[:50], np.arange(50) % 2)
    assert FACTOR not in again.prior_scales_


def scorers(frame: Any, labels: Array, monkeypatch: pytest.MonkeyPatch) -> list[cr.LogisticScorer]:
    """Return a fit that is averaged, and one with the most probable scale."""
    found = []
    for few in (1e9, 0.0):
        monkeypatch.setattr(averaging, "FEW", few)
        found.append(cr.LogisticScorer(prior=RULES).fit(frame, labels))
    return found


def test_where_the_average_ends_it_hardly_changes_a_probability(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = accounts(3_000)
    labels = np.random.default_rng(1).random(3_000) < RULES.with_base(0.2).visit_probabilities(frame)
    assert 0.9 * averaging.FEW < labels.sum() < averaging.FEW
    averaged, alone = (each.visit_probabilities(frame) for each in scorers(frame, labels, monkeypatch))
    assert 0.0 < np.abs(averaged - alone).mean() < 1e-4


@pytest.mark.parametrize("factor", [0.5, 2.0, -1.0])
def test_rules_that_are_all_off_by_a_factor_are_corrected_further_by_the_average(
    factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = accounts(300)
    log_odds = logit(RULES.visit_probabilities(frame))
    truth = expit(log_odds.mean() + factor * (log_odds - log_odds.mean()))
    losses = np.zeros(2)
    for some in (slice(0, 100), slice(100, 200), slice(200, 300)):
        labels = np.random.default_rng(some.start).random(100) < truth[some]
        found = [each.visit_probabilities(frame) for each in scorers(frame[some], labels, monkeypatch)]
        losses += [
            log_loss(np.repeat([1, 0], 300), np.tile(each, 2), sample_weight=weights(truth)) for each in found
        ]
    best = log_loss(np.repeat([1, 0], 300), np.tile(truth, 2), sample_weight=weights(truth))
    averaged, alone = losses / 3 - best
    assert averaged < 0.95 * alone


def weights(truth: Array) -> Array:
    """Return the share of visited accounts, then that of the others."""
    return np.concatenate([truth, 1.0 - truth])
