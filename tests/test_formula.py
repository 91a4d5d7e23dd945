"""A scorer as the code for data frames sees it, with options that are validated."""

from __future__ import annotations

from typing import Any

import pytest

import collectrisk as cr
from collectrisk._namespaces import SCALAR
from collectrisk._scorers.scorer import formula_of
from collectrisk.errors import ArgumentError


class Custom(cr.RowScorer):
    n_jobs = 3
    progress = True
    block_rows = 7

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # one borrower needs no xp
        return 0.1 if borrower.repayment_plan else 0.6


def test_a_scorecard_gives_points_and_runs_in_threads() -> None:
    formula = formula_of(cr.RuleScorer())
    assert (formula.scorer, formula.base, formula.threads, formula.by_row) == (
        "RuleScorer",
        -4.0,
        True,
        False,
    )
    assert formula.labels == cr.RuleScorer().labels
    assert formula.points is not None


def test_a_formula_of_a_users_class_runs_in_columns_in_one_thread() -> None:
    formula = formula_of(cr.Scorer())
    assert (formula.by_row, formula.threads, formula.points, formula.labels) == (False, False, None, ())


def test_a_row_scorer_has_its_own_block_size_and_processes() -> None:
    formula = formula_of(Custom())
    assert (formula.by_row, formula.block_rows, formula.n_jobs, formula.progress) == (True, 7, 3, True)


def test_the_probability_of_a_formula_is_that_of_the_scorer() -> None:
    borrower = cr.Borrower(amount_overdue=30_000, days_past_due=200, failed_calls=7)
    for scorer in (cr.RuleScorer(), Custom()):
        expected = scorer.assess(borrower).visit_probability
        assert formula_of(scorer).probability(borrower, SCALAR) == expected


@pytest.mark.parametrize("rows", [0, -1, 2.5, True, "many"])
def test_the_number_of_rows_of_a_block_is_a_positive_integer(rows: Any) -> None:
    class Blocks(Custom):
        block_rows = rows

    with pytest.raises(ArgumentError, match="block_rows must be a whole number, 1 or more, not "):
        formula_of(Blocks())


@pytest.mark.parametrize("jobs", [0, 1.5, True, None])
def test_the_number_of_processes_is_an_integer_other_than_zero(jobs: Any) -> None:
    class Jobs(Custom):
        n_jobs = jobs

    with pytest.raises(ArgumentError, match="n_jobs must be a number of processes, or -1 for one per core"):
        formula_of(Jobs())
