"""Blocks are scored with the same results by one thread and by several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pytest

import collectrisk as cr
from collectrisk.errors import FormulaError, InvalidRowsError

if TYPE_CHECKING:
    from collectrisk._formula import Formula


@attrs.frozen(kw_only=True)
class SmallBlocks(cr.RuleScorer):
    """The rules, in blocks so small that every frame has many."""

    threads: bool = True

    def _formula(self) -> Formula:
        return attrs.evolve(super()._formula(), threads=self.threads, block_rows=16)


def test_threads_agree_with_a_single_thread() -> None:
    portfolio = cr.simulate_portfolio(3_000, seed=3, backend="polars")
    expected = SmallBlocks(threads=False).assess_frame(portfolio, reasons=2)
    assert SmallBlocks().assess_frame(portfolio, reasons=2).equals(expected)


def test_threads_report_the_first_invalid_rows_in_order() -> None:
    days = np.arange(3_000)
    days[[40, 700, 701, 1_500, 2_200, 2_900]] = -1
    columns = {"amount_overdue": np.full(3_000, 100.0), "days_past_due": days}
    with pytest.raises(InvalidRowsError) as caught:
        SmallBlocks().visit_probabilities(columns)
    (problem,) = caught.value.problems
    assert ([row for row, _ in problem.rows], problem.count) == ([40, 700, 701, 1_500, 2_200], 6)


def test_an_error_in_a_thread_is_raised() -> None:
    class Impossible(SmallBlocks):
        def visit_probability(self, borrower: object, xp: cr.Namespace) -> object:  # noqa: ARG002  # as in Scorer
            return 2.0

    with pytest.raises(FormulaError, match="2"):
        Impossible().assess_frame(cr.simulate_portfolio(3_000))


def test_a_card_whose_fields_are_all_absent_gives_every_row_its_base() -> None:
    plan = cr.Flag(label="plan", field="repayment_plan", if_true=-3.0)
    portfolio = cr.simulate_portfolio(5)[["amount_overdue", "days_past_due"]]
    actual = cr.Scorecard(base=0.0, characteristics=[plan]).visit_probabilities(portfolio)
    assert actual.tolist() == [0.5] * 5
