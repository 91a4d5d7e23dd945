"""Blocks of columns give the same whether they are scored in turn or by several threads at once."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

import collectrisk as cr
from collectrisk._execution import Execution


@attrs.frozen(kw_only=True)
class InBlocks(cr.RuleScorer):
    """The rules, in blocks so small that any frame has many."""

    in_threads: bool

    @property
    def execution(self) -> Execution:
        return Execution(in_threads=self.in_threads, rows_in_block=16)


def test_threads_give_what_turns_give() -> None:
    portfolio = cr.simulate_portfolio(3_000, seed=3, backend="polars")
    expected = InBlocks(in_threads=False).assess_frame(portfolio, reasons=2)
    actual = InBlocks(in_threads=True).assess_frame(portfolio, reasons=2)
    assert expected.equals(actual)


def test_threads_name_the_first_invalid_rows_in_order() -> None:
    days = np.arange(3_000)
    days[[40, 700, 701, 1_500, 2_200, 2_900]] = -1
    columns = {"amount_overdue": np.full(3_000, 100.0), "days_past_due": days}
    with pytest.raises(cr.InvalidRowsError) as caught:
        InBlocks(in_threads=True).visit_probabilities(columns)
    (problem,) = caught.value.problems
    assert ([row for row, _ in problem.rows], problem.count) == ([40, 700, 701, 1_500, 2_200], 6)


def test_an_error_in_a_thread_is_raised_as_it_is() -> None:
    class Impossible(InBlocks):
        def visit_probability(self, borrower: object, xp: cr.Namespace) -> object:  # noqa: ARG002  # as in Scorer
            return 2.0

    with pytest.raises(cr.FormulaError, match="2"):
        Impossible(in_threads=True).assess_frame(cr.simulate_portfolio(3_000))


def test_a_card_whose_fields_are_all_absent_gives_every_row_its_base() -> None:
    plan = cr.Flag(label="plan", field="repayment_plan", if_true=-3.0)
    portfolio = cr.simulate_portfolio(5)[["amount_overdue", "days_past_due"]]
    actual = cr.Scorecard(base=0.0, characteristics=[plan]).visit_probabilities(portfolio)
    assert actual.tolist() == [0.5] * 5
