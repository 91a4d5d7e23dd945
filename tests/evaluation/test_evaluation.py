"""The report on one scorer, pooled and by portfolio, as text, HTML and plain data."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from frame_kinds import EAGER, FrameKind
from html_reading import HOSTILE, elements, harmless, seen
from samples import drawn
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

import collectrisk as cr
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collectrisk.evaluation import Evaluation

ACCOUNTS = cr.simulate_portfolio(600, seed=3, backend="polars")
TRUTH = cr.RuleScorer(base=-1.0).visit_probabilities(ACCOUNTS)
VISITED = np.random.default_rng(3).random(600) < TRUTH


def evaluated(**settings: Any) -> Evaluation:
    return cr.evaluate(cr.RuleScorer(), ACCOUNTS, VISITED, **settings)


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_every_eager_frame_gives_the_same_report(kind: FrameKind) -> None:
    columns = {**ACCOUNTS.to_dict(as_series=False), "seen": VISITED.tolist()}
    found = cr.evaluate(cr.RuleScorer(), kind.make(columns), "seen", portfolio="product")
    assert found == evaluated(portfolio="product")


def test_a_portfolio_has_the_same_measures_as_in_a_report_of_its_own() -> None:
    found = evaluated(portfolio="product")
    for name, measures in found.portfolios.items():
        alone = (ACCOUNTS["product"] == name).to_numpy()
        assert measures == cr.evaluate(cr.RuleScorer(), ACCOUNTS.filter(alone), VISITED[alone]).pooled


def test_portfolios_do_not_change_the_pooled_measures() -> None:
    assert evaluated(portfolio="product").pooled == evaluated().pooled
    assert (evaluated().portfolios, evaluated().within_portfolio_auc) == ({}, None)


def test_with_one_portfolio_the_auc_within_portfolios_is_the_pooled_auc() -> None:
    found = evaluated(portfolio=["all"] * 600)
    assert found.within_portfolio_auc == found.pooled.auc
    assert found.within_portfolio_auc_interval == pytest.approx(found.pooled.auc_interval)


def test_the_auc_within_portfolios_ignores_differences_between_portfolios() -> None:
    """Probabilities that depend on the portfolio only have a high pooled AUC, and 0.5 within."""
    east = np.arange(2_000) < 1_000
    probability = np.where(east, 0.7, 0.1)
    visited = np.random.default_rng(0).random(2_000) < probability
    found = cr.evaluate(probability, None, visited, portfolio=np.where(east, "east", "west"))
    assert found.pooled.auc == roc_auc_score(visited, probability)
    assert (found.pooled.auc_interval or (0, 0))[0] > 0.75
    assert found.within_portfolio_auc == 0.5


def test_calibration_in_the_large_recovers_a_shift_of_the_base() -> None:
    visited, truth = drawn(50_000)
    found = cr.evaluate(expit(logit(truth) - 0.7), None, visited)
    assert found.pooled.calibration_in_the_large == pytest.approx(0.7, abs=0.05)


def test_with_portfolios_of_one_class_each_the_auc_within_is_not_defined() -> None:
    found = cr.evaluate([0.1, 0.2, 0.8], None, [0, 0, 1], portfolio=["a", "a", "b"])
    assert (found.within_portfolio_auc, found.within_portfolio_auc_interval) == (None, None)
    assert found.portfolios["b"].auc is None
    assert "AUC within portfolios" in str(found)


def test_positive_bins_confidence_and_ladder_are_used() -> None:
    labels = np.where(VISITED, "seen", "not")
    ladder = cr.Ladder([(0, "email"), (0.5, "field_visit")])
    found = cr.evaluate(
        cr.RuleScorer(), ACCOUNTS, labels, positive="seen", bins=4, confidence=0.5, ladder=ladder
    )
    assert (found.pooled.visits, len(found.pooled.bins), found.confidence) == (VISITED.sum(), 4, 0.5)
    assert [share.channel.value for share in found.pooled.channels] == ["email", "field_visit"]
    low, high = found.pooled.observed_rate_interval
    wide = evaluated().pooled.observed_rate_interval
    assert wide[0] < low < high < wide[1]


def test_the_dictionary_round_trips_through_json() -> None:
    plain = evaluated(portfolio="product").to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert type(plain["pooled"]["channels"][0]["channel"]) is str
    assert list(plain) == [
        "name",
        "confidence",
        "pooled",
        "within_portfolio_auc",
        "within_portfolio_auc_interval",
        "portfolios",
        "by",
        "groups",
        "skipped",
        "ranking",
    ]


def test_the_ranking_in_the_dictionary_converts_to_a_frame() -> None:
    ranking = evaluated().to_dict()["ranking"]
    table = pl.DataFrame(ranking)
    assert table.columns == ["share_of_accounts", "share_of_visits", "share_of_others"]
    assert evaluated(portfolio="product").to_dict()["ranking"] == ranking


def test_the_text_contains_every_portfolio_and_channel() -> None:
    text = str(evaluated(portfolio="product"))
    assert text.startswith("RuleScorer: all accounts, 95% intervals\n")
    words = ["AUC within portfolios", "calibration slope", "field_visit", "online_loan", "log-loss"]
    assert [word for word in words if word not in text] == []


def test_without_portfolios_there_are_three_tables() -> None:
    captions = [part.splitlines()[0] for part in str(evaluated()).split("\n\n")]
    assert captions == [
        "RuleScorer: all accounts, 95% intervals",
        "expected and observed rates",
        "accounts and visits by channel",
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_html_in_names_and_portfolios_is_escaped(text: str) -> None:
    portfolio = text.replace("\ud800", "")  # which frames cannot contain
    html, plain = (
        cr.compare(
            {each: TRUTH, "rules": cr.RuleScorer()}, ACCOUNTS, VISITED, portfolio=[each] * 600
        ).to_html()
        for each in (portfolio, "east")
    )
    assert elements(html) == elements(plain)
    assert harmless(html)


def test_the_html_contains_the_same_words_as_the_text() -> None:
    found = evaluated(portfolio="product")
    assert found._repr_html_() == found.to_html()
    assert found.to_html().count("<table") == str(found).count("\n\n") + 1
    words = re.sub("--+", "", str(found)).split()
    assert [word for word in words if word not in seen(found.to_html())] == []


def test_the_repr_is_short() -> None:
    text = repr(evaluated(portfolio="product"))
    assert "portfolios=['credit_card', 'online_loan', 'other']" in text
    assert "CalibrationBin" not in text
    assert "share_of" not in text


def test_a_report_is_also_in_chinese() -> None:
    comparison = cr.compare({"one": TRUTH, "two": TRUTH**2}, ACCOUNTS, VISITED, portfolio="product")
    report = evaluated(portfolio="product", by=["2026-01"] * 600)
    for each, words in ((report, ["校准斜率", "上门拜访", "上门情况（按组）"]), (comparison, ["与one之差"])):
        text = each.explain("zh")
        assert [word for word in words if word not in text] == []
        assert each.to_html("zh").count("<table") == text.count("\n\n") + 1 == str(each).count("\n\n") + 1
        assert re.findall(r"\b[a-z]{4,}\b", re.sub("online_loan|credit_card|other", "", text)) == []
    with pytest.raises(ArgumentError, match="language must be one of en, zh, not 'fr'"):
        report.to_html("fr")  # type: ignore[arg-type]  # what is tested


def test_a_frame_has_a_row_for_all_accounts_each_portfolio_and_each_group() -> None:
    report = evaluated(portfolio="product", by=["2026-02", "2026-01"] * 300)
    frame = report.to_frame("polars")
    assert frame.select("scorer", "grouping", "group").rows() == [
        ("RuleScorer", "all", ""),
        *(("RuleScorer", "portfolio", name) for name in report.portfolios),
        *(("RuleScorer", "group", month) for month in ("2026-01", "2026-02")),
    ]
    january = report.groups["2026-01"]
    row = frame.row(-2, named=True)
    assert (row["accounts"], row["auc"]) == (january.accounts, january.auc)
    assert (row["auc_low"], row["auc_high"]) == january.auc_interval
    assert january.level_test is not None
    assert (row["level_z"], row["level_p_value"]) == (january.level_test.z, january.level_test.p_value)
    assert frame["clusters"].null_count() == len(frame)


def test_the_frame_of_a_comparison_has_the_rows_of_each_scorer() -> None:
    comparison = cr.compare({"one": TRUTH, "two": TRUTH**2}, None, VISITED)
    frame = comparison.to_frame("polars")
    assert frame.select("scorer", "brier").rows() == [
        (name, each.pooled.brier) for name, each in comparison.evaluations.items()
    ]
