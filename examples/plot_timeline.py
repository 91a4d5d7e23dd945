"""The history of one account: what happened, and which events count for its fields.

python examples/plot_timeline.py
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt

import collectrisk as cr
from collectrisk.history import ContactLog, simulate_log


def main() -> None:
    accounts = cr.simulate_portfolio(1_000, seed=6, backend="polars")
    simulated = simulate_log(accounts, as_of="2026-11-01", seed=6)
    log = ContactLog(simulated.events, codes=simulated.codes, zone=simulated.zone)
    history = log.of("B0000124", as_of="2026-11-01")
    cr.plots.timeline(history)
    # A path on the command line says where to save the plot.
    plt.savefig(sys.argv[1]) if len(sys.argv) > 1 else plt.show()


if __name__ == "__main__":
    main()
