"""The same characteristics on last year's scorecard and on this year's.

python examples/plot_two_cards.py
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt
import numpy as np

import collectrisk as cr


def main() -> None:
    # In the simulated year, the days past due matter less than before, and failed calls matter more.
    accounts = cr.simulate_portfolio(6_000, seed=2)
    flatter = ((0, -0.5), (30, -0.3), (90, 0.0), (365, 0.3), (730, 0.4))
    steeper = ((0, 0.0), (3, 0.8), (10, 2.0))
    truth = cr.RuleScorer(base=-2, days_past_due=flatter, failed_calls=steeper).visit_probabilities(accounts)
    visited = np.random.default_rng(2).random(6_000) < truth

    last_year = cr.RuleScorer(base=-2)
    this_year = cr.LogisticScorer(prior=last_year).fit(accounts, visited)
    scorecards = {"last year": last_year, "this year": this_year}
    _, axes = plt.subplots(2, 1, figsize=(7, 7.2), layout="constrained")
    cr.plots.curve(scorecards, "delay", accounts, axes[0])
    cr.plots.curve(scorecards, "failed calls", accounts, axes[1])
    # A path on the command line says where to save the plot.
    plt.savefig(sys.argv[1]) if len(sys.argv) > 1 else plt.show()


if __name__ == "__main__":
    main()
