"""The factors that all curves of a prior card have in common."""

from __future__ import annotations

import math
import re

import attrs
import numpy as np
import pytest
from fit_cases import PRIOR, record
from labelled import accounts, visited
from sklearn.base import clone

import collectrisk as cr
from collectrisk._fit.averaging import SCALES
from collectrisk._fit.bases import FITTED, Basis
from collectrisk._fit.build import basis_for
from collectrisk._fit.design import Design
from collectrisk._fit.factors import common_factors
from collectrisk._fit.groups import BASE, COMMON
from collectrisk._fit.sample import TrainingRows

WEIGHTS = np.random.default_rng(2).uniform(0.5, 2.0, 200)
DATA = TrainingRows(record(), WEIGHTS, 5)
RULES = cr.RuleScorer()
COMMON_FACTOR = "common prior factor"
WITHOUT_LABELS = math.sqrt(sum(probability * scale**2 for scale, probability in SCALES.items()))
"""The scale of the common factor if there are no labels."""


def test_a_common_factor_multiplies_the_prior_log_odds_and_keeps_their_mean() -> None:
    bases = [basis_for(part, DATA) for part in PRIOR]
    [(group, column)] = common_factors(bases, DATA)
    assert group.name == COMMON_FACTOR
    design = Design.of(-0.5, BASE, bases, [(group, column)])
    coefficients = np.zeros(len(design.group_index))
    matrix = design.matrix(record(), 200)
    before = matrix @ design.points(coefficients)[1:]
    coefficients[1] = 0.7
    points = design.points(coefficients)
    after = points[0] + 0.5 + matrix @ points[1:]
    np.testing.assert_allclose(after - before, 0.7 * (before - WEIGHTS @ before / WEIGHTS.sum()), atol=1e-12)


def test_curves_set_by_hand_and_fitted_ones_have_a_factor_each() -> None:
    fitted = [attrs.evolve(part, label=f"{part.label} again", source=FITTED) for part in PRIOR]
    found = common_factors([basis_for(part, DATA) for part in [*PRIOR, *fitted]], DATA)
    assert [group for group, _ in found] == list(COMMON.values())
    (_, by_hand), (_, again) = found
    # That of fitted curves leaves out the gate, which would outweigh all others.
    factors = [each.prior_points * (not isinstance(each.origin, cr.Gate)) for each in map(of, PRIOR)]
    half = len(by_hand) // 2 + 1
    np.testing.assert_allclose(by_hand[1:half], np.concatenate([of(part).prior_points for part in PRIOR]))
    np.testing.assert_allclose(again[half:], np.concatenate(factors))
    assert not by_hand[half:].any()
    assert not again[1:half].any()


def of(part: cr.Characteristic) -> Basis:
    return basis_for(part, DATA)


@pytest.mark.parametrize("parts", [PRIOR[:1], PRIOR[1:2], []], ids=["one", "flat", "none"])
def test_a_single_curve_or_none_has_no_common_factor(parts: list[cr.Characteristic]) -> None:
    assert common_factors([basis_for(part, DATA) for part in parts], DATA) == []


def test_without_rows_the_mean_is_not_changed() -> None:
    scorer = cr.LogisticScorer(prior=RULES).fit(accounts()[:0])
    assert scorer.scorecard_ == RULES.card
    assert scorer.fit_.design.shared[0].tolist() == [0.0]


def off_by(factor: float) -> tuple[float, float, float]:
    """Return the mean errors of fits with a common factor and without, and its scale.

    The labels are the expected ones: each account is visited with a weight, and not with the rest of it.
    """
    rules = RULES.with_base(-1.0)
    truth = cr.Scorecard(base=-1.0, characteristics=[each.scaled(factor) for each in rules.characteristics])
    frame = cr.simulate_portfolio(100, seed=3, backend="polars")
    chance = truth.visit_probabilities(frame)
    labelled = frame.vstack(frame), np.repeat([True, False], 100), np.concatenate([chance, 1.0 - chance])
    scorer = cr.LogisticScorer(prior=rules, weights="counts").fit(*labelled)
    alone = clone(scorer).set_params(prior_scale={COMMON_FACTOR: 1e-6}).fit(*labelled)
    error, without = (np.abs(each.visit_probabilities(frame) - chance).mean() for each in (scorer, alone))
    return float(error), float(without), scorer.prior_scales_[COMMON_FACTOR]


@pytest.mark.parametrize("factor", [0.4, 3.0])
def test_labels_say_by_which_factor_all_rules_are_off(factor: float) -> None:
    error, without, _ = off_by(factor)
    assert error < 0.97 * without


def test_labels_that_contradict_the_rules_discount_them() -> None:
    error, without, scale = off_by(-1.0)
    assert error < 0.9 * without
    assert scale > WITHOUT_LABELS


def test_right_rules_keep_their_points() -> None:
    error, _, scale = off_by(1.0)
    assert error < 1e-3
    assert scale < 0.5 * WITHOUT_LABELS


def test_the_scale_of_the_common_factor_may_be_given() -> None:
    scorer = cr.LogisticScorer(prior=RULES, prior_scale={COMMON_FACTOR: 0.2}).fit(accounts(), visited())
    assert scorer.prior_scales_[COMMON_FACTOR] == 0.2


def multiplied_by(factor: float, sample_weight: float = 1.0) -> tuple[float, ...]:
    """Return by how much a fit says that it multiplied the rules, given labels from rules times a factor."""
    frame = cr.simulate_portfolio(300, seed=3, backend="polars")
    truth = cr.Scorecard(
        base=0.5, characteristics=[each.scaled(factor) for each in RULES.card.characteristics]
    )
    chance = sample_weight * truth.visit_probabilities(frame)
    labelled = (
        frame.vstack(frame),
        np.repeat([True, False], 300),
        np.concatenate([chance, sample_weight - chance]),
    )
    note = cr.LogisticScorer(prior=RULES, weights="counts").fit(*labelled).summary().note
    assert "the points set by hand were multiplied by" in note
    return tuple(float(each) for each in re.findall(r"(-?\d\.\d\d)", note))


@pytest.mark.parametrize("factor", [0.4, 1.0, 2.0])
def test_the_summary_says_by_how_much_the_rules_were_multiplied(factor: float) -> None:
    few, many = multiplied_by(factor), multiplied_by(factor, 100.0)
    assert many[0] == pytest.approx(factor, rel=0.1)
    assert few[1] < factor < few[2]
    assert many[2] - many[1] < few[2] - few[1]


def test_the_note_on_the_factor_is_in_chinese_on_request() -> None:
    summary = cr.LogisticScorer(prior=RULES).fit(accounts(), visited()).summary()
    [english] = re.findall(r"multiplied by (.*) \(90 %: (.*) to (.*)\)\.", summary.note)
    [chinese] = re.findall(r"人工设定的分值被乘以(.*)（90%区间：(.*)至(.*)）。", summary.explain("zh"))
    assert english == chinese


def test_without_intervals_the_factor_has_none() -> None:
    weights = np.full(len(visited()), 5.0)
    with pytest.warns(UserWarning, match="weights are taken for counts"):
        scorer = cr.LogisticScorer(prior=RULES).fit(accounts(), visited(), weights)
    note = scorer.summary().note
    assert re.search(r"multiplied by \d\.\d\d\. ", note)


def test_a_fit_without_rules_has_no_factor() -> None:
    assert cr.LogisticScorer(characteristics=["attitude"]).fit(accounts(), visited()).summary().note == ""
