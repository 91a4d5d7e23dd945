"""The reasons of the borrower in the article's own example, with one bar for each.

python examples/plot_reasons.py
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt

import collectrisk as cr


def main() -> None:
    borrower = cr.Borrower(
        amount_overdue=30_000,
        days_past_due=540,
        attitude="evasive",
        failed_messages=40,
        failed_calls=6,
        placed_with_agency=True,
    )
    cr.plots.reasons(cr.RuleScorer().assess(borrower))
    # A path on the command line says where to save the plot.
    plt.savefig(sys.argv[1]) if len(sys.argv) > 1 else plt.show()


if __name__ == "__main__":
    main()
