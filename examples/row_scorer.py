"""Write a scorer in plain Python, with branches, tables or any library, one borrower at a time.

python examples/row_scorer.py
"""

from __future__ import annotations

from typing import Any, ClassVar

import polars as pl

import collectrisk as cr
from collectrisk.errors import ArgumentError


class Patience(cr.RowScorer):
    """The probability is the share of a number of days, by attitude, that has passed."""

    days: ClassVar = {"cooperative": 400, "hostile": 100}
    n_jobs = 1

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # one borrower needs no xp
        if borrower.repayment_plan:
            return 0.0
        patience = self.days.get(borrower.attitude, 200)
        if borrower.broken_promises > 2:
            patience //= 2
        return float(min(borrower.days_past_due / patience / 10, 1.0))


def main() -> None:
    scorer = Patience()
    borrower = cr.Borrower(amount_overdue=900, days_past_due=120, attitude="hostile")
    print(f"one borrower: {scorer.assess(borrower).visit_probability:.4f}")

    portfolio = cr.simulate_portfolio(5_000, seed=1, backend="polars")
    scored = scorer.assess_frame(portfolio)
    print(f"\na portfolio of {len(scored):,}, mean visit probability by attitude:")
    means = scored.group_by("attitude").agg(pl.mean("visit_probability")).sort("visit_probability")
    for row in means.iter_rows(named=True):
        print(f"{row['attitude']:<12} {row['visit_probability']:.4f}")

    try:
        scorer.assess_frame(portfolio.lazy())
    except ArgumentError as error:
        print(f"\na lazy frame: {error}")


if __name__ == "__main__":
    main()
