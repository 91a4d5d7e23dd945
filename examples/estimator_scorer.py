"""Use a fitted scikit-learn classifier as a scorer, check it, and blend it with the rules.

python examples/estimator_scorer.py
"""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

import collectrisk as cr
from collectrisk.testing import check_scorer

FEATURES = ["amount_overdue", "days_past_due", "failed_calls", "broken_promises"]


def main() -> None:
    # Accounts and labels are simulated; the labels are drawn from the probabilities of the rules.
    accounts = cr.simulate_portfolio(20_000, seed=1, backend="polars")
    probabilities = cr.RuleScorer(base=-1).visit_probabilities(accounts)
    visited = np.random.default_rng(1).random(len(accounts)) < probabilities
    half = len(accounts) // 2

    model = HistGradientBoostingClassifier(max_iter=30).fit(
        accounts[:half].select(FEATURES).to_numpy(), visited[:half]
    )
    scorer = cr.EstimatorScorer(estimator=model, features=FEATURES, positive=True)
    check_scorer(scorer)
    print("the model passes all checks for scorers")

    blend = cr.BlendScorer(parts={"rules": cr.RuleScorer(base=-1), "model": scorer})
    print(f"\n{half:,} accounts that were not in the fit, {visited[half:].sum():,} of them visited:")
    for name, each in {"rules": cr.RuleScorer(base=-1), "model": scorer, "blend": blend}.items():
        scored = each.assess_frame(accounts[half:])
        top = np.argsort(-scored["visit_probability"].to_numpy(), kind="stable")[: half // 20]
        share = visited[half:][top].sum() / visited[half:].sum()
        print(f"{name:<6} {share:.0%} of the visits are in the 5% with the highest probability")


if __name__ == "__main__":
    main()
