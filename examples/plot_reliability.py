"""Observed against expected visit rates of two scorers, with an interval for each bin.

python examples/plot_reliability.py
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt
import numpy as np

import collectrisk as cr


def main() -> None:
    accounts = cr.simulate_portfolio(12_000, seed=3)
    truth = cr.RuleScorer(base=-2.5).visit_probabilities(accounts)
    visited = np.random.default_rng(3).random(12_000) < truth
    half = 6_000

    rules = cr.RuleScorer()
    fitted = cr.LogisticScorer(prior=rules).fit(accounts[:half], visited[:half])
    comparison = cr.compare({"rules": rules, "fitted": fitted}, accounts[half:], visited[half:], bins=24)
    cr.plots.reliability(comparison)
    # A path on the command line says where to save the plot.
    plt.savefig(sys.argv[1]) if len(sys.argv) > 1 else plt.show()


if __name__ == "__main__":
    main()
