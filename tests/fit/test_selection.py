"""The choice of the pairs of fields that act together."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from labelled import table
from scipy.special import expit, logsumexp
from scipy.stats import multivariate_normal

import collectrisk as cr
from collectrisk._fit import sample, selection, surfaces
from collectrisk._fit.pairs import Candidates
from collectrisk._fit.selection import SCALE_PRIOR, SCALES, Selection, log_factor
from collectrisk._fit.surfaces import curves_on_grid

ROWS = 1_500


def together(rows: int = ROWS, *, strength: float = 1.5) -> tuple[pl.DataFrame, Any]:
    """Return columns, of which size and owner act together, as do size and age, and labels."""
    frame = table(rows).with_columns(pl.col("age").fill_null(40.0))
    size, age, owner = (frame[name].to_numpy() for name in ("size", "age", "owner"))
    log_odds = np.log(size) * np.where(owner, -1.0, 1.0) + np.sign(np.log(size)) * (age - 40.0) / 10.0
    return frame, np.random.default_rng(2).random(rows) < expit(strength * log_odds)


def pairs_of(scorer: cr.LogisticScorer) -> list[tuple[str, ...]]:
    return [each.fields for each in scorer.scorecard_.characteristics if isinstance(each, cr.Surface)]


@pytest.mark.parametrize("compared", [6, 2], ids=["all compared", "the first two compared"])
def test_pairs_that_act_together_are_chosen_and_no_others(
    compared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The strongest is the first one."""
    monkeypatch.setattr(selection, "COMPARED", compared)
    frame, visited = together()
    scorer = cr.LogisticScorer(pairs="auto", knots=6).fit(frame, visited)
    assert pairs_of(scorer) == [("size", "owner"), ("size", "age")]
    named = cr.LogisticScorer(pairs=pairs_of(scorer), knots=6).fit(frame, visited)  # type: ignore[arg-type]
    np.testing.assert_allclose(
        scorer.visit_probabilities(frame), named.visit_probabilities(frame), rtol=0, atol=1e-3
    )


def test_without_an_effect_together_the_card_is_that_of_the_curves() -> None:
    frame, visited = together(400, strength=0.0)
    scorer = cr.LogisticScorer(pairs="auto", knots=6).fit(frame, visited)
    assert scorer.scorecard_ == cr.LogisticScorer(knots=6).fit(frame, visited).scorecard_


def test_a_number_of_pairs_is_chosen_without_much_evidence() -> None:
    frame, visited = together(400, strength=0.0)
    assert len(pairs_of(cr.LogisticScorer(pairs=2, knots=4).fit(frame, visited))) == 2
    some = frame.select("size", "age")
    assert pairs_of(cr.LogisticScorer(pairs=np.int64(3), knots=4).fit(some, visited)) == [("size", "age")]  # type: ignore[arg-type]
    assert pairs_of(cr.LogisticScorer(pairs=1).fit(frame.select("size"), visited)) == []
    assert pairs_of(cr.LogisticScorer(pairs=0, knots=4).fit(some, visited)) == []


def test_a_monotone_field_and_a_pair_of_the_prior_card_are_not_chosen() -> None:
    frame, visited = together()
    monotone = cr.LogisticScorer(pairs="auto", knots=6, monotone={"age": 1})
    assert pairs_of(monotone.fit(frame, visited)) == [("size", "owner")]
    known = cr.LogisticScorer(pairs=[("owner", "size")], knots=6).fit(frame, visited)
    again = cr.LogisticScorer(prior=known, pairs="auto", knots=6).fit(frame, visited)
    assert pairs_of(again) == [("owner", "size"), ("size", "age")]


def test_pairs_are_chosen_from_the_sample_of_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "SAMPLE_ROWS", 1_200)
    monkeypatch.setattr(selection, "RANKED_ROWS", 500)
    monkeypatch.setattr(selection, "COMPARED", 1)
    frame, visited = together(3_000)
    scorer = cr.LogisticScorer(pairs=1, knots=6).fit(frame, visited)
    assert pairs_of(scorer) == [("size", "owner")]
    assert scorer.fit_.design.slices[-1].stop == len(scorer.fit_.posterior.points)


def test_pairs_of_texts_are_ranked_by_the_levels_that_their_surface_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The time grows with the sixth power of their number, and a text beside a number may have more."""
    monkeypatch.setattr(selection, "COMPARED", 1)
    monkeypatch.setattr(surfaces, "MAX_LEVELS_OF_BOTH", 2)
    sizes = []

    def counted(gradient: Any, *others: Any) -> float:
        sizes.append(len(gradient))
        return log_factor(gradient, *others)

    monkeypatch.setattr(selection, "log_factor", counted)
    rng = np.random.default_rng(0)
    one, two = np.array([*"aabbccd"] * 100), rng.permutation([*"wxyyzzz"] * 100)
    number = rng.integers(0, 2, 700)
    frame = pl.DataFrame({"one": one, "two": two, "number": number})
    visited = rng.random(700) < expit(
        4.0 * ((one == "b") & (two == "z")) - 4.0 * ((one == "a") & (two == "z"))
    )
    scorer = cr.LogisticScorer(pairs=1, prior_scale=1.0).fit(frame, visited)
    assert pairs_of(scorer) == [("one", "two")]
    assert sizes == [4, 8, 8, 4]


def test_the_factor_is_the_ratio_of_two_marginal_likelihoods() -> None:
    """A linear model with normal errors has both in closed form; its log-likelihood is quadratic."""
    rng = np.random.default_rng(0)
    design, curves = rng.normal(size=(30, 6)), curves_on_grid(2, 3)
    transform = rng.normal(size=(6, 2))
    outcome = design @ (transform @ [0.5, -0.3]) + rng.normal(size=30)
    both = design @ curves
    beside = both @ both.T / selection.RIDGE + np.eye(30)
    zeros = np.zeros(30)
    surface = design @ transform
    expected = logsumexp(
        [
            multivariate_normal.logpdf(outcome, zeros, beside + scale**2 * surface @ surface.T)
            for scale in SCALES
        ],
        b=SCALE_PRIOR,
    ) - multivariate_normal.logpdf(outcome, zeros, beside)
    found = log_factor(design.T @ outcome, design.T @ design, transform, curves)
    assert found == pytest.approx(expected, rel=1e-6)


def test_the_evidence_for_each_pair_is_the_ratio_of_two_marginal_likelihoods() -> None:
    """The log-odds plus residuals, divided by their variances, are normal numbers around the mode."""
    frame, visited = together(400)
    frame = frame.select("size", "age", "owner")
    scorer = cr.LogisticScorer(pairs=[("size", "owner"), ("age", "owner")], knots=4).fit(frame, visited)
    design, points = scorer.fit_.design, scorer.fit_.posterior.points
    record = SimpleNamespace(**{name: frame[name].to_numpy() for name in frame.columns})
    matrix = np.hstack([np.ones((400, 1)), design.matrix(record, 400).toarray()])
    expected = expit(matrix @ points)
    variance = expected * (1.0 - expected)
    response = matrix @ (points - design.prior_points) + (visited - expected) / variance
    effects = matrix @ design.transform.toarray()
    groups = [design.groups[index].name for index in design.group_index]
    scales = np.array([scorer.prior_scales_[name] for name in groups])

    def evidence(without: str = "") -> float:
        kept = (effects * scales)[:, [name != without for name in groups]]
        density: float = multivariate_normal.logpdf(response, cov=kept @ kept.T + np.diag(1.0 / variance))
        return density

    factors = {label: evidence() - evidence(label) for label in ("size and owner", "age and owner")}
    assert list(scorer.pairs_) == [("size", "owner"), ("age", "owner")]
    assert list(scorer.pairs_.values()) == pytest.approx(list(factors.values()), abs=0.05)
    assert scorer.pairs_["size", "owner"] > math.log(100) > 1 > scorer.pairs_["age", "owner"]
    assert scorer.recalibrate(rate=0.5).pairs_ == scorer.pairs_
    assert cr.LogisticScorer(knots=4).fit(frame, visited).pairs_ == {}


def test_the_evidence_must_exceed_that_of_chance_among_all_pairs() -> None:
    candidates = Candidates([], sample.TrainingRows(None, np.ones(0), 5))
    assert Selection.of(candidates, "auto").least == pytest.approx(math.log(3))
    assert SCALE_PRIOR.sum() == pytest.approx(1.0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("prior", [None, cr.RuleScorer()], ids=["alone", "from the rules"])
@pytest.mark.parametrize("rows", [300, 1_000, 3_000])
def test_nine_of_ten_simulated_truths_without_pairs_get_none(rows: int, prior: Any) -> None:
    truth = cr.RuleScorer(base=-2.0).card
    for label in [each.label for each in truth.characteristics if isinstance(each, cr.Gate)]:
        truth = truth.without(label)
    chosen = 0
    for seed in range(40):
        accounts = cr.simulate_portfolio(rows, seed=seed).drop(columns="borrower_id")
        visited = np.random.default_rng(seed).random(rows) < truth.visit_probabilities(accounts)
        chosen += bool(pairs_of(cr.LogisticScorer(prior=prior, pairs="auto").fit(accounts, visited)))
    assert chosen <= 4
