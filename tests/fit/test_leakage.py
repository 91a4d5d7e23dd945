"""Columns that contain the labels."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import polars as pl
import pytest
from labelled import Array, accounts, labels, points, table, visited

import collectrisk as cr
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

LEAKS: dict[str, Callable[[Array], Any]] = {
    "the labels": lambda outcome: outcome,
    "their opposite": lambda outcome: ~outcome,
    "1 and 0": lambda outcome: outcome.astype(int),
    "codes": lambda outcome: np.where(outcome, 1, 2),
    "text": lambda outcome: np.where(outcome, "visited", "not visited"),
    "a number, or missing": lambda outcome: np.where(outcome, 7.0, np.nan),
    "text, or missing": lambda outcome: [("met" if each else None) for each in outcome.tolist()],
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
@pytest.mark.parametrize(
    "options",
    [{}, {"characteristics": ["size", "outcome"]}, {"characteristics": ["size"], "portfolio": "outcome"}],
    ids=["all", "named", "portfolio"],
)
def test_a_column_that_contains_the_labels_is_named(
    leak: Callable[[Array], Any], options: dict[str, Any]
) -> None:
    frame = table().with_columns(outcome=pl.Series(leak(labels())))
    why = "X must not contain the labels: 'outcome' has one value for all visited accounts"
    with pytest.raises(ArgumentError, match=why):
        cr.LogisticScorer(**options).fit(frame, labels())


def test_all_columns_that_contain_the_labels_are_named() -> None:
    frame = accounts().with_columns(visited=pl.Series(visited()), closed=pl.Series(~visited()))
    with pytest.raises(ArgumentError, match="must not contain the labels: 'visited', 'closed' has"):
        cr.LogisticScorer().fit(frame, frame["visited"])


def test_a_column_that_nothing_reads_may_contain_the_labels() -> None:
    frame = accounts().with_columns(visited=pl.Series(visited()))
    expected = cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts(), visited())
    assert cr.LogisticScorer(prior=cr.RuleScorer()).fit(frame, visited()).scorecard_ == expected.scorecard_
    scorer = cr.LogisticScorer(characteristics=["amount_overdue"]).fit(frame, visited())
    assert scorer.labels == ("amount_overdue",)


def test_a_curve_that_is_passed_may_separate_the_classes() -> None:
    frame = table().with_columns(decided=pl.Series(labels()))
    known = cr.Flag(label="known", field="decided", if_true=0)
    scorer = cr.LogisticScorer(characteristics=["size", known]).fit(frame, labels())
    assert cr.evaluate(scorer, frame, labels()).pooled.auc == 1.0


@pytest.mark.parametrize("row", [0, 5, 1_500])
def test_one_other_row_is_enough_to_learn_from_a_column(row: int) -> None:
    outcome = np.arange(2_000) % 3 == 0
    flag = outcome.copy()
    flag[row] = not flag[row]
    frame = pl.DataFrame({"flag": flag})
    with pytest.warns(UserWarning, match="'flag' has one value for at least 99"):
        of_texts = cr.LogisticScorer().fit(frame.cast(pl.String), outcome)
    assert points(of_texts, "flag").shape == (2,)
    with pytest.warns(UserWarning, match="'flag' has one value for at least 99"):
        assert cr.LogisticScorer().fit(frame, outcome).labels == ("flag",)


def test_rows_without_weight_are_not_compared() -> None:
    frame, weights = table().with_columns(outcome=pl.Series(labels())), np.ones(len(table()))
    different = frame.with_columns(outcome=pl.Series(np.r_[~labels()[:5], labels()[5:]]))
    weights[:5] = 0
    with pytest.raises(ArgumentError, match="must not contain the labels"):
        cr.LogisticScorer().fit(different, labels(), weights)


def test_a_column_with_one_value_does_not_contain_the_labels() -> None:
    frame = table().with_columns(same=pl.lit(1.0), none=pl.lit(None, pl.String))
    assert {"same", "none"} <= set(cr.LogisticScorer().fit(frame, labels()).labels)
    only = np.zeros(len(frame), dtype=bool)
    closed = frame.with_columns(closed=pl.lit(value=False))
    assert "closed" in cr.LogisticScorer().fit(closed, only).labels


def test_a_few_rows_may_have_the_pattern_of_the_labels_by_chance() -> None:
    frame = pl.DataFrame({"size": [1.0, 2.0] * 3})
    assert cr.LogisticScorer().fit(frame, [0, 1] * 3).labels == ("size",)


def test_columns_of_an_array_are_not_compared() -> None:
    """They have no names, and scikit-learn's checks pass such arrays."""
    array = np.tile([[1.0, 3.0], [1.0, 1.0]], (8, 1))
    assert cr.LogisticScorer().fit(array, [0, 1] * 8).labels == ("x0", "x1")


@pytest.mark.parametrize(("wrong", "is_suspect"), [(0.01, True), (0.1, False)])
def test_a_column_that_is_almost_the_labels_is_named_with_the_share(
    wrong: float, *, is_suspect: bool
) -> None:
    outcome = np.arange(1_000) % 4 == 0
    noted = outcome.copy()
    for rows in (np.flatnonzero(outcome), np.flatnonzero(~outcome)):
        noted[rows[: int(wrong * len(rows))]] ^= True
    texts = np.where(noted, "met", "absent")
    size = np.random.default_rng(1).uniform(size=1_000)
    for values in (noted, texts, np.where(noted, cast("Any", None), texts), np.where(noted, np.nan, 1.0)):
        frame = pl.DataFrame({"size": size, "noted": values.tolist()})
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            cr.LogisticScorer().fit(frame, outcome)
        found = [str(each.message)[:44] for each in caught]
        assert found == ["'noted' has one value for at least 99.1% of "] * is_suspect
        assert {each.filename for each in caught} <= {__file__}


def test_a_few_labels_may_agree_with_a_column_by_chance() -> None:
    outcome = np.arange(100) < 19
    noted = outcome.copy()
    noted[99] = True
    frame = pl.DataFrame({"size": np.arange(100) % 7 / 7, "noted": noted})
    cr.LogisticScorer().fit(frame, outcome)  # a warning would be an error
