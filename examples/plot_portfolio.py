"""The visit probabilities of a portfolio, and the channels that its accounts get.

python examples/plot_portfolio.py
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt

import collectrisk as cr


def main() -> None:
    accounts = cr.simulate_portfolio(50_000, seed=5, backend="polars")
    cr.plots.portfolio(cr.RuleScorer(), accounts)
    # A path on the command line says where to save the plot.
    plt.savefig(sys.argv[1]) if len(sys.argv) > 1 else plt.show()


if __name__ == "__main__":
    main()
