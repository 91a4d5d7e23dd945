"""The prior of a fit: a card, and the curves and columns added to it."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from labelled import accounts, labels, table, visited

import collectrisk as cr
from collectrisk.errors import ArgumentError, MissingColumnError

AGE = cr.PiecewiseLinear(label="years", field="age", knots=[(20, -1), (60, 1)], if_missing=0.5)


def test_without_prior_every_column_gets_a_curve() -> None:
    assert cr.LogisticScorer().fit(table(), labels()).labels == tuple(table().columns)


def test_private_fields_get_no_curve() -> None:
    assert "borrower_id" not in cr.LogisticScorer().fit(accounts(), visited()).labels


def test_with_a_prior_only_its_own_curves_are_fitted() -> None:
    with_more = accounts().hstack(table())
    assert cr.LogisticScorer(prior=cr.RuleScorer()).fit(with_more, visited()).labels == cr.RuleScorer().labels


def test_columns_and_curves_may_be_added_to_a_prior() -> None:
    scorer = cr.LogisticScorer(prior=cr.RuleScorer(), characteristics=["region", AGE])
    scorer.fit(accounts().hstack(table()), visited())
    assert scorer.labels == (*cr.RuleScorer().labels, "years", "region")


def test_characteristics_may_be_given_without_a_prior() -> None:
    assert cr.LogisticScorer(characteristics=["owner", AGE]).fit(table(), labels()).labels == (
        "years",
        "owner",
    )
    assert cr.LogisticScorer(characteristics=[]).fit(table(), labels()).labels == ()


def test_characteristics_may_be_an_iterator() -> None:
    scorer = cr.LogisticScorer(characteristics=(name for name in ["owner"]))
    assert scorer.fit(table(), labels()).labels == ("owner",)


def test_a_column_that_a_curve_reads_gets_no_second_curve() -> None:
    assert cr.LogisticScorer(characteristics=["age", AGE]).fit(table(), labels()).labels == ("years",)


def test_the_portfolio_column_gets_no_other_curve() -> None:
    scorer = cr.LogisticScorer(portfolio="region").fit(table(), labels())
    assert scorer.labels == ("size", "age", "owner", "portfolio")
    assert scorer.fields == ("size", "age", "owner", "region")


@pytest.mark.parametrize(
    "prior",
    [cr.RuleScorer(), cr.RuleScorer().card, cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts()[:0])],
)
def test_any_scorer_with_a_card_is_a_prior(prior: Any) -> None:
    assert cr.LogisticScorer(prior=prior).fit(accounts()[:0]).scorecard_ == cr.RuleScorer().card


@pytest.mark.parametrize("prior", [3, "rules", cr.Scorer(), {"base": 1}])
def test_any_other_prior_is_rejected(prior: Any) -> None:
    with pytest.raises(ArgumentError, match="prior must be a scorecard or a scorer that has one, not a"):
        cr.LogisticScorer(prior=prior).fit(table(), labels())


@pytest.mark.parametrize(
    ("characteristics", "why"),
    [
        ("age", r"must be a list; write \['age'\]"),
        ([3], "must be columns or curves, not 3"),
    ],
)
def test_invalid_characteristics_are_rejected(characteristics: Any, why: str) -> None:
    with pytest.raises(ArgumentError, match=f"characteristics {why}"):
        cr.LogisticScorer(characteristics=characteristics).fit(table(), labels())


@pytest.mark.parametrize("asked", [{"characteristics": ["ages"]}, {"portfolio": "ages"}])
def test_an_absent_column_is_named(asked: dict[str, Any]) -> None:
    with pytest.raises(MissingColumnError, match="did you mean 'age'"):
        cr.LogisticScorer(**asked).fit(table(), labels())


def test_two_curves_with_the_same_label_are_rejected() -> None:
    again = cr.Flag(label="years", field="owner", if_true=1.0)
    with pytest.raises(cr.errors.InvalidCardError, match="years: the labels of a scorecard must be unique"):
        cr.LogisticScorer(characteristics=[AGE, again]).fit(table(), labels())


def test_a_column_of_dates_is_rejected() -> None:
    dated = table().with_columns(day=pl.date(2024, 1, 1))
    with pytest.raises(cr.errors.ColumnTypeError, match="day"):
        cr.LogisticScorer().fit(dated, labels())
