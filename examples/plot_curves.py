"""The curves of a fitted scorecard, with intervals and the distribution of the accounts.

python examples/plot_curves.py
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt
import numpy as np

import collectrisk as cr


def main() -> None:
    # Simulated accounts, and labels drawn from rules with another base; use your own instead.
    accounts = cr.simulate_portfolio(4_000, seed=1).drop(columns="borrower_id")
    truth = cr.RuleScorer(base=-2).visit_probabilities(accounts)
    visited = np.random.default_rng(1).random(4_000) < truth

    model = cr.LogisticScorer(knots=10).fit(accounts, visited)
    _, axes = plt.subplots(2, 1, figsize=(7, 7), layout="constrained")
    cr.plots.curves(model, ["days_past_due", "attitude"], accounts, axes)
    # A path on the command line says where to save the plot.
    plt.savefig(sys.argv[1]) if len(sys.argv) > 1 else plt.show()


if __name__ == "__main__":
    main()
