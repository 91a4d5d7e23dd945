"""Several scorers on the same accounts: names, paired differences, and formats."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from samples import drawn
from scipy.special import expit, logit
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

import collectrisk as cr
from collectrisk.errors import ArgumentError
from collectrisk.evaluation import Comparison, Difference

VISITED, TRUTH = drawn(2_000)
NOISY = expit(logit(TRUTH) + np.random.default_rng(5).normal(0, 1, 2_000))
GROUPS = np.where(np.arange(2_000) % 3, "most", "some")


def compared(**settings: Any) -> Comparison:
    return cr.compare({"noisy": NOISY, "truth": TRUTH}, None, VISITED, **settings)


def test_each_scorer_has_the_same_report_as_from_evaluate() -> None:
    found = compared(portfolio=GROUPS, bins=5)
    alone = cr.evaluate(TRUTH, None, VISITED, portfolio=GROUPS, bins=5)
    assert list(found.evaluations) == ["noisy", "truth"]
    assert found.evaluations["truth"].pooled == alone.pooled
    assert found.evaluations["truth"].portfolios == alone.portfolios
    assert found.evaluations["truth"].name == "truth"


def test_a_difference_is_the_scorers_measure_minus_the_first_scorers() -> None:
    found = compared().differences["truth"]
    assert {key: difference.value for key, difference in found.items()} == {
        "auc": roc_auc_score(VISITED, TRUTH) - roc_auc_score(VISITED, NOISY),
        "brier": brier_score_loss(VISITED, TRUTH) - brier_score_loss(VISITED, NOISY),
        "log_loss": log_loss(VISITED, TRUTH) - log_loss(VISITED, NOISY),
    }


def test_the_true_probabilities_are_significantly_better_than_noisy_ones() -> None:
    found = compared(portfolio=GROUPS).differences["truth"]
    intervals = {key: difference.interval or (0, 0) for key, difference in found.items()}
    assert {key: high < 0 or low > 0 for key, (low, high) in intervals.items()} == {
        "auc": True,
        "within_portfolio_auc": True,
        "brier": True,
        "log_loss": True,
    }


@pytest.mark.exhaustive
def test_intervals_agree_with_a_paired_bootstrap() -> None:
    found = compared(confidence=0.9).differences["truth"]
    rng = np.random.default_rng(0)
    draws = []
    for _ in range(200):
        rows = rng.integers(0, 2_000, 2_000)
        visited, truth, noisy = VISITED[rows], TRUTH[rows], NOISY[rows]
        gaps = [
            metric(visited, truth) - metric(visited, noisy)
            for metric in (roc_auc_score, brier_score_loss, log_loss)
        ]
        draws.append(gaps)
    spread = np.std(draws, axis=0)
    widths = [(high - low) / 2 / 1.645 for low, high in (each.interval or (0, 0) for each in found.values())]
    assert widths == pytest.approx(spread, rel=0.2)


def test_a_scorer_does_not_differ_from_itself() -> None:
    found = cr.compare([TRUTH, TRUTH], None, VISITED).differences["probabilities 2"]
    assert {(difference.value, difference.interval) for difference in found.values()} == {(0.0, (0.0, 0.0))}


def test_with_one_class_the_difference_of_aucs_is_not_defined() -> None:
    found = cr.compare([TRUTH, NOISY], None, [1] * 2_000, portfolio=GROUPS).differences["probabilities 2"]
    assert (found["auc"], found["within_portfolio_auc"]) == (Difference(value=None, interval=None),) * 2
    assert found["brier"].interval is not None


def test_scorers_in_a_list_are_named_after_their_class() -> None:
    accounts = cr.simulate_portfolio(50, backend="polars").with_columns(guess=0.5)
    scorers = [cr.RuleScorer(), cr.RuleScorer(base=-3), "guess", np.full(50, 0.1)]
    found = cr.compare(scorers, accounts, [0, 1] * 25)
    assert list(found.evaluations) == ["RuleScorer", "RuleScorer 2", "guess", "probabilities"]
    assert list(found.differences) == ["RuleScorer 2", "guess", "probabilities"]


@pytest.mark.parametrize(
    ("scorers", "message"),
    [
        ([TRUTH], "scorers must be two or more, not 1; use evaluate for one"),
        ({}, "scorers must be two or more, not 0; use evaluate for one"),
        (TRUTH, "scorers must be a mapping or a list, not a ndarray"),
        ("guess", "scorers must be a mapping or a list, not a str"),
        (
            {"a": TRUTH, "b": TRUTH[:-1]},
            "scorers must have the same number of probabilities, not a 2,000, b 1,999",
        ),
    ],
)
def test_invalid_scorers_raise_an_error_that_says_why(scorers: Any, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        cr.compare(scorers, None, VISITED)
    assert str(caught.value) == message


def test_the_dictionary_round_trips_through_json() -> None:
    plain = compared(portfolio=GROUPS).to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert list(plain) == ["confidence", "evaluations", "differences"]


def test_the_text_has_a_column_per_scorer() -> None:
    captions = [part.splitlines()[0] for part in str(compared(portfolio=GROUPS)).split("\n\n")]
    assert captions == [
        "all accounts, 95% intervals",
        "difference from noisy",
        "share of accounts by channel",
        "AUC by portfolio",
        "log-loss by portfolio",
    ]
    assert len(str(compared()).split("\n\n")) == 3


def test_the_channels_of_all_ladders_are_in_one_table() -> None:
    ladder = cr.Ladder([(0, "email"), (0.5, "field_visit")])
    email = cr.Scorecard(base=-1.0, characteristics=[], ladder=ladder)
    found = cr.compare([cr.RuleScorer(), email], cr.simulate_portfolio(10), [0, 1] * 5)
    shares = next(part for part in str(found).split("\n\n") if part.startswith("share of accounts"))
    rows = [line.split() for line in shares.splitlines()[4:]]
    assert [row[0] for row in rows] == ["sms", "email", "phone_call", "agency", "field_visit"]
    assert rows[1][1:] == ["-", "100.00%"]


def test_html_in_names_is_escaped() -> None:
    scorers = {"<img src=x onerror=alert(1)>": TRUTH, "b": NOISY}
    html = cr.compare(scorers, None, VISITED)._repr_html_()
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_the_repr_is_short() -> None:
    assert repr(compared()) == "Comparison(confidence=0.95, evaluations=['noisy', 'truth'])"


def test_with_clusters_the_interval_of_a_difference_is_that_of_the_debtors() -> None:
    """Four copies of each account, so a difference is known as well as from one."""
    scorers, rows = {"noisy": NOISY, "truth": TRUTH}, np.repeat(np.arange(2_000), 4)
    repeated = {name: probability[rows] for name, probability in scorers.items()}
    once = compared().differences["truth"]
    found = cr.compare(repeated, None, VISITED[rows], cluster=rows).differences["truth"]
    for key, difference in once.items():
        assert found[key].value == pytest.approx(difference.value)
        assert found[key].interval == pytest.approx(difference.interval, rel=0.01)
