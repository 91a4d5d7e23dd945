"""What more visits are worth: the value of the best plan for each number of visits.

python examples/plot_frontier.py
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt
import polars as pl

import collectrisk as cr
from collectrisk.planning import allocate


def main() -> None:
    accounts = cr.simulate_portfolio(10_000, seed=5, backend="polars")
    # An assumption for the example: a visit recovers 5 % of the amount, a call 1 %, both at a cost.
    valued = (
        cr.RuleScorer()
        .assess_frame(accounts)
        .with_columns(visit=0.05 * pl.col("amount_overdue") - 800, call=0.01 * pl.col("amount_overdue") - 20)
    )
    values = {"field_visit": "visit", "phone_call": "call"}
    plan = allocate(valued, {"field_visit": 20, "phone_call": 300}, values=values)
    cr.plots.frontier(plan, "field_visit", range(0, 81, 4))
    # A path on the command line says where to save the plot.
    plt.savefig(sys.argv[1]) if len(sys.argv) > 1 else plt.show()


if __name__ == "__main__":
    main()
