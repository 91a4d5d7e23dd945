"""How well two scorers rank: gains, and ROC curves with AUC and KS.

python examples/plot_ranking.py
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt
import numpy as np

import collectrisk as cr


def main() -> None:
    accounts = cr.simulate_portfolio(10_000, seed=4)
    truth = cr.RuleScorer(base=-1).visit_probabilities(accounts)
    visited = np.random.default_rng(4).random(10_000) < truth

    by_delay = cr.Scorecard(
        base=-3,
        characteristics=[
            cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, 0), (730, 4)]),
        ],
    )
    comparison = cr.compare({"rules": cr.RuleScorer(), "delay alone": by_delay}, accounts, visited)
    _, axes = plt.subplots(2, 1, figsize=(7, 11), layout="constrained")
    cr.plots.gains(comparison, axes[0])
    cr.plots.roc(comparison, axes[1])
    # A path on the command line says where to save the plot.
    plt.savefig(sys.argv[1]) if len(sys.argv) > 1 else plt.show()


if __name__ == "__main__":
    main()
