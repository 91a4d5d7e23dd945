"""Candidates: scorers of every sort, and probabilities from elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

import collectrisk as cr
from collectrisk.evaluation._candidate import read_candidate

ACCOUNTS = cr.simulate_portfolio(20, backend="polars")
LADDER = cr.Ladder([(0, "email"), (0.1, "field_visit")])
FITTED = LogisticRegression().fit([[100.0, 5], [50_000, 700], [300, 9], [80_000, 500]], [0, 1, 0, 1])
SCORERS = [
    cr.RuleScorer(),
    cr.Scorecard(base=-1.0, characteristics=[], ladder=LADDER),
    cr.EstimatorScorer(estimator=FITTED, features=["amount_overdue", "days_past_due"]),
]


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda scorer: type(scorer).__name__)
def test_a_scorer_scores_the_frame_under_its_own_name_and_ladder(scorer: cr.Scorer) -> None:
    found = read_candidate(scorer, ACCOUNTS)
    assert found.probability.tolist() == scorer.visit_probabilities(ACCOUNTS).tolist()
    assert (found.name, found.ladder) == (type(scorer).__name__, scorer.ladder)


def test_a_scorer_finds_its_fields_under_other_names() -> None:
    renamed = ACCOUNTS.rename({"amount_overdue": "bill"})
    found = read_candidate(cr.RuleScorer(), renamed, columns={"amount_overdue": "bill"})
    assert found.probability.tolist() == cr.RuleScorer().visit_probabilities(ACCOUNTS).tolist()


@pytest.mark.parametrize("values", [[0.1, 0.9], np.array([0.1, 0.9]), pl.Series([0.1, 0.9])])
def test_probabilities_are_taken_as_they_are(values: Any) -> None:
    found = read_candidate(values, None)
    assert found.probability.tolist() == [0.1, 0.9]
    assert (found.name, found.ladder) == ("probabilities", cr.DEFAULT_LADDER)


def test_a_column_of_a_scored_frame_holds_probabilities() -> None:
    scored = cr.RuleScorer().assess_frame(ACCOUNTS)
    found = read_candidate("visit_probability", scored)
    assert (found.name, found.probability.tolist()) == (
        "visit_probability",
        scored["visit_probability"].to_list(),
    )


def test_a_name_and_a_ladder_may_be_given() -> None:
    found = read_candidate([0.1, 0.9], None, name="last year", ladder=LADDER)
    assert (found.name, found.ladder) == ("last year", LADDER)


@pytest.mark.parametrize(
    ("scorer", "data", "message"),
    [
        (FITTED, ACCOUNTS, "scorer must be a Scorer; wrap the LogisticRegression in an EstimatorScorer"),
        (cr.RuleScorer(), None, "frame must be given: the RuleScorer needs rows to score"),
        (cr.RuleScorer(), ACCOUNTS.head(0), "frame must have at least one row"),
        ([], None, "frame must have at least one row"),
        ([0.1, 0.9], ACCOUNTS, "scorer gives 2 probabilities, and the frame has 20 rows"),
        (
            [0.1, 1.5, -1.0],
            None,
            "scorer must give probabilities, 0 to 1; 2 are not (row 1, from 0: 1.5)",
        ),
        ([0.1, None], None, "scorer must give probabilities, 0 to 1; 1 are not (row 1, from 0: nan)"),
        (
            [0.5, "0.5"],
            None,
            "scorer must be a Scorer or probabilities, one a row, not '0.5'",
        ),
        (
            np.array([[0.9, 0.1]]),
            None,
            "scorer must be one value a row, an array, a series or the name of a column, "
            "and not a ndarray of 2 dimensions",
        ),
    ],
    ids=range(9),
)
def test_what_cannot_be_evaluated_says_why(scorer: Any, data: Any, message: str) -> None:
    with pytest.raises(cr.ArgumentError) as caught:
        read_candidate(scorer, data)
    assert str(caught.value) == message


def test_a_lazy_frame_is_refused() -> None:
    with pytest.raises(cr.NotAFrameError, match="collect it first"):
        read_candidate(cr.RuleScorer(), ACCOUNTS.lazy())


def test_an_impossible_borrower_is_refused() -> None:
    broken = ACCOUNTS.with_columns(amount_overdue=pl.lit(-1.0))
    with pytest.raises(cr.InvalidRowsError, match="'amount_overdue' must be known"):
        read_candidate(cr.RuleScorer(), broken)
