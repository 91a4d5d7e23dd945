"""Write a scorer of your own: one formula for one borrower and for frames.

python examples/custom_scorer.py
"""

from __future__ import annotations

from typing import Any

import polars as pl

import collectrisk as cr


class StalePromises(cr.Scorer):
    """The probability increases with the days past due, and after three broken promises."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        log_odds = -4.0 + 0.02 * borrower.days_past_due
        log_odds = log_odds + xp.where(borrower.broken_promises > 2, 1.2, 0.0)
        return xp.logistic(log_odds)


def main() -> None:
    scorer = StalePromises()
    borrower = cr.Borrower(amount_overdue=900, days_past_due=120, broken_promises=3)
    assessment = scorer.assess(borrower)
    print(f"one borrower: {assessment.visit_probability:.4f} -> {assessment.channel}")

    frame = pl.DataFrame(
        {
            "amount_overdue": [900.0, 900.0, 900.0],
            "days_past_due": [120, 120, 300],
            "broken_promises": [3, 0, 0],
        }
    )
    print("\na frame with the same borrower in its first row:")
    for row in scorer.assess_frame(frame).iter_rows(named=True):
        delay, promises = row["days_past_due"], row["broken_promises"]
        print(f"{delay} days, {promises} broken promises: {row['visit_probability']:.4f} -> {row['channel']}")


if __name__ == "__main__":
    main()
