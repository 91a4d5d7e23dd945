"""Score a simulated portfolio, and print the recommended channels and reasons.

python examples/score_portfolio.py
"""

from __future__ import annotations

import polars as pl

import collectrisk as cr


def main() -> None:
    portfolio = cr.simulate_portfolio(10_000, seed=1, backend="polars")
    scored = cr.RuleScorer().assess_frame(portfolio, reasons=3)

    mix = scored.group_by("channel").agg(pl.len(), pl.mean("visit_probability")).sort("channel")
    print(f"{'channel':<12} {'accounts':>8} {'share':>7}   mean visit probability")
    for channel, accounts, probability in mix.iter_rows():
        print(f"{channel:<12} {accounts:>8,} {accounts / len(scored):>7.1%} {probability:>24.2%}")
    print(f"{'all':<12} {len(scored):>8,} {1:>7.1%} {scored['visit_probability'].mean():>24.2%}")

    print("\nThe three accounts most likely to end in a visit, and their three largest reasons:")
    likeliest = scored.sort("visit_probability", descending=True).head(3)
    for account in likeliest.iter_rows(named=True):
        reasons = ", ".join(account[f"reason_{rank}"] for rank in (1, 2, 3))
        print(f"{account['borrower_id']}  {account['visit_probability']:.1%}  {reasons}")


if __name__ == "__main__":
    main()
