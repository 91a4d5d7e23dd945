"""How many visits there will be: the level of the log-odds is uncertain, so accounts are not independent.

python examples/plot_forecast.py
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt

import collectrisk as cr
from collectrisk.planning import forecast_visits


def main() -> None:
    accounts = cr.simulate_portfolio(10_000, seed=5, backend="polars")
    cr.plots.forecast(forecast_visits(cr.RuleScorer(), accounts))
    # A path on the command line says where to save the plot.
    plt.savefig(sys.argv[1]) if len(sys.argv) > 1 else plt.show()


if __name__ == "__main__":
    main()
