"""The points of two fields together, as heat maps.

python examples/plot_surface.py
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt

import collectrisk as cr


def main() -> None:
    # A long delay counts for more where the amount is large, and a plan for less with some borrowers.
    amount_and_delay = cr.Surface(
        label="amount and delay",
        x=cr.NumberAxis("amount_overdue", [300, 3_000, 30_000, 300_000], scale="log"),
        y=cr.NumberAxis("days_past_due", [0, 90, 365]),
        grid=[[0.3, 0, -0.6], [0.1, 0, -0.2], [-0.1, 0, 0.4], [-0.3, 0, 0.9]],
    )
    delay_and_attitude = cr.Surface(
        label="delay and attitude",
        x=cr.NumberAxis("days_past_due", [0, 90, 365]),
        y=cr.LevelAxis("attitude", ["cooperative", "evasive", "hostile"]),
        grid=[[0, -0.2, -0.4], [0, 0, 0.2], [-0.5, 0.3, 0.6]],
    )
    card = cr.RuleScorer().with_characteristic(amount_and_delay).with_characteristic(delay_and_attitude)
    accounts = cr.simulate_portfolio(1_000, seed=1)
    _, axes = plt.subplots(2, 1, figsize=(7, 7), layout="constrained")
    cr.plots.curve(card, "amount and delay", accounts, axes[0])
    cr.plots.curve(card, "delay and attitude", ax=axes[1])
    # A path on the command line says where to save the plot.
    plt.savefig(sys.argv[1]) if len(sys.argv) > 1 else plt.show()


if __name__ == "__main__":
    main()
