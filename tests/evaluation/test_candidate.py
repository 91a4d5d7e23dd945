"""Candidates: scorers of every kind, and probabilities from elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

import collectrisk as cr
from collectrisk.errors import ArgumentError, InvalidRowsError, NotAFrameError
from collectrisk.evaluation._candidate import name_scorers, read_candidate

ACCOUNTS = cr.simulate_portfolio(20, backend="polars")
LADDER = cr.Ladder([(0, "email"), (0.1, "field_visit")])
FITTED = LogisticRegression().fit([[100.0, 5], [50_000, 700], [300, 9], [80_000, 500]], [0, 1, 0, 1])
SCORERS = [
    cr.RuleScorer(),
    cr.Scorecard(base=-1.0, characteristics=[], ladder=LADDER),
    cr.EstimatorScorer(estimator=FITTED, features=["amount_overdue", "days_past_due"]),
]


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda scorer: type(scorer).__name__)
def test_a_scorer_has_its_own_name_and_ladder(scorer: cr.Scorer) -> None:
    found = read_candidate(scorer, ACCOUNTS, None, None)
    assert found.probability.tolist() == scorer.visit_probabilities(ACCOUNTS).tolist()
    assert (found.name, found.ladder) == (type(scorer).__name__, scorer.ladder)


def test_a_scorer_reads_renamed_columns() -> None:
    renamed = ACCOUNTS.rename({"amount_overdue": "bill"})
    found = read_candidate(cr.RuleScorer(), renamed, {"amount_overdue": "bill"}, None)
    assert found.probability.tolist() == cr.RuleScorer().visit_probabilities(ACCOUNTS).tolist()


@pytest.mark.parametrize("values", [[0.1, 0.9], np.array([0.1, 0.9]), pl.Series([0.1, 0.9])])
def test_probabilities_are_not_changed(values: Any) -> None:
    found = read_candidate(values, None, None, None)
    assert found.probability.tolist() == [0.1, 0.9]
    assert (found.name, found.ladder) == ("probabilities", cr.DEFAULT_LADDER)


def test_a_column_of_a_scored_frame_contains_probabilities() -> None:
    scored = cr.RuleScorer().assess_frame(ACCOUNTS)
    found = read_candidate("visit_probability", scored, None, None)
    assert (found.name, found.probability.tolist()) == (
        "visit_probability",
        scored["visit_probability"].to_list(),
    )


def test_a_given_name_and_ladder_replace_the_defaults() -> None:
    found = read_candidate([0.1, 0.9], None, None, LADDER, "last year")
    assert (found.name, found.ladder) == ("last year", LADDER)


@pytest.mark.parametrize(
    ("scorer", "data", "message"),
    [
        (FITTED, ACCOUNTS, "scorer must be a Scorer; wrap the LogisticRegression in an EstimatorScorer"),
        (cr.RuleScorer(), None, "frame is required: the RuleScorer needs rows to score"),
        (cr.RuleScorer(), ACCOUNTS.head(0), "frame must have at least one row"),
        ([], None, "frame must have at least one row"),
        ([0.1, 0.9], ACCOUNTS, "scorer has 2 probabilities, but the frame has 20 rows"),
        (
            [0.1, 1.5, -1.0],
            None,
            "scorer must be probabilities from 0 to 1; 2 are not (row 1, from 0: 1.5)",
        ),
        ([0.1, None], None, "scorer must be probabilities from 0 to 1; 1 are not (row 1, from 0: nan)"),
        (
            [0.5, "0.5"],
            None,
            "scorer must be a Scorer or one probability per row; a value is '0.5'",
        ),
        (
            np.array([[0.9, 0.1]]),
            None,
            "scorer must be an array, series or list with one value per row, or the name of a column, "
            "not a ndarray of 2 dimensions",
        ),
    ],
    ids=range(9),
)
def test_an_invalid_scorer_raises_an_error_that_says_why(scorer: Any, data: Any, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        read_candidate(scorer, data, None, None)
    assert str(caught.value) == message


def test_a_lazy_frame_is_rejected() -> None:
    with pytest.raises(NotAFrameError, match="collect it first"):
        read_candidate(cr.RuleScorer(), ACCOUNTS.lazy(), None, None)


def test_a_row_with_invalid_values_is_rejected() -> None:
    broken = ACCOUNTS.with_columns(amount_overdue=pl.lit(-1.0))
    with pytest.raises(InvalidRowsError, match="'amount_overdue' must be known"):
        read_candidate(cr.RuleScorer(), broken, None, None)


def test_scorers_in_a_list_have_distinct_default_names() -> None:
    """Even if a column has the name that would be next."""
    names = list(name_scorers(["RuleScorer 2", cr.RuleScorer(), cr.RuleScorer(), cr.RuleScorer()]))
    assert names == ["RuleScorer 2", "RuleScorer", "RuleScorer 3", "RuleScorer 4"]


def test_names_that_are_the_same_as_text_are_rejected() -> None:
    with pytest.raises(
        ArgumentError, match=r"^scorers must have different names as text, not \[1, '1', 2\]$"
    ):
        name_scorers({1: [0.5], "1": [0.4], 2: [0.3]})


def test_an_empty_name_is_kept() -> None:
    assert read_candidate([0.5], None, None, None, "").name == ""
    assert list(cr.compare({"": [0.5], "probabilities": [0.4]}, None, [1]).evaluations) == [
        "",
        "probabilities",
    ]


def test_a_ladder_must_be_one() -> None:
    with pytest.raises(ArgumentError, match=r"^ladder must be a Ladder, not a list$"):
        read_candidate([0.5], None, None, [(0, "sms")])  # type: ignore[arg-type]  # what is tested
