"""How many labels does a fit need? None to begin with, where it starts from the rules.

    python examples/small_data.py [--seeds 50] [--labels 30 100 300 1000 10000] [--shift LOW HIGH]

A truth is made from the rules: every characteristic's weight is off by a random factor between
0.5 and 1.5, and the base is shifted. Accounts are drawn with labels from that truth, and three
scorers are compared by their excess log-loss over the truth on 20,000 other accounts (the median
of all truths): the rules as they are, scikit-learn's logistic regression, and `LogisticScorer`
with the rules as its prior. A second table gives the fit a prior that is wrong throughout, the
characteristics' sizes dealt anew and their signs flipped; there it shows the whole log-loss.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = npt.NDArray[Any]

COUNTS = ["days_past_due", "failed_messages", "failed_calls", "broken_promises"]
FLAGS = ["placed_with_agency", "repayment_plan"]
AMOUNT, ATTITUDE = ["amount_overdue"], ["attitude"]
RULES = cr.RuleScorer()


def log_loss(chance: Array, given: Array) -> float:
    """Return the mean log-loss that a probability has where a chance is the truth."""
    given = np.clip(given, 1e-12, 1 - 1e-12)
    return float(-(chance * np.log(given) + (1 - chance) * np.log1p(-given)).mean())


def regression() -> Any:
    """Return scikit-learn's logistic regression, on columns made ready for it."""
    ready = make_column_transformer(
        (make_pipeline(FunctionTransformer(np.log1p), StandardScaler()), AMOUNT),
        (StandardScaler(), [*COUNTS, *FLAGS]),
        (OneHotEncoder(handle_unknown="ignore"), ATTITUDE),
    )
    return make_pipeline(ready, LogisticRegression(max_iter=1_000))


def regressed(accounts: Any, visited: Array, unseen: Any) -> Array:
    """Return the regression's probabilities; with one class only, the rate of visits."""
    if len(np.unique(visited)) < 2:
        return np.full(len(unseen), (visited.sum() + 0.5) / (len(visited) + 1))
    return regression().fit(accounts, visited).predict_proba(unseen)[:, 1]  # type: ignore[no-any-return]


def truth(draw: np.random.Generator, shift: Sequence[float]) -> cr.Scorecard:
    """Return the rules with every weight off by a factor, on another level."""
    parts = [part.scaled(draw.uniform(0.5, 1.5)) for part in RULES.card.characteristics]
    return cr.Scorecard(base=RULES.card.base + draw.uniform(shift[0], shift[1]), characteristics=parts)


def opposite(card: cr.Scorecard, draw: np.random.Generator) -> cr.Scorecard:
    """Return a card whose characteristics have each other's sizes, and the wrong signs."""
    sizes = [max(map(abs, part.range)) for part in card.characteristics]
    dealt = draw.permutation(sizes)
    pairs = zip(card.characteristics, sizes, dealt, strict=True)
    parts = [part.scaled(-other / size) for part, size, other in pairs]
    return cr.Scorecard(base=card.base, characteristics=parts)


def losses(labels: int, seed: int, shift: Sequence[float], *, wrong: bool) -> dict[str, float]:
    """Return the log-loss of every scorer, for one truth."""
    draw = np.random.default_rng(seed)
    true = truth(draw, shift)
    prior = opposite(RULES.card, draw) if wrong else RULES.card
    unseen = cr.simulate_portfolio(20_000, seed=10_000 + seed)
    accounts = cr.simulate_portfolio(labels, seed=50_000 + seed)
    visited = draw.random(labels) < true.visit_probabilities(accounts)
    chance = true.visit_probabilities(unseen)
    fitted = cr.LogisticScorer(prior=prior).fit(accounts, visited)
    return {
        "truth": log_loss(chance, chance),
        "prior as it is": log_loss(chance, prior.visit_probabilities(unseen)),
        "regression": log_loss(chance, regressed(accounts, visited, unseen)),
        "fitted": log_loss(chance, fitted.visit_probabilities(unseen)),
    }


def table(asked: argparse.Namespace, *, wrong: bool) -> str:
    """Return the medians over all truths."""
    scorers = ("prior as it is", "regression", "fitted")
    lines = [f"{'labels':>8}" + "".join(f"{name:>16}" for name in scorers)]
    for labels in asked.labels:
        found = [losses(labels, seed, asked.shift, wrong=wrong) for seed in range(asked.seeds)]
        excess = [
            float(np.median([each[name] - (0 if wrong else each["truth"]) for each in found]))
            for name in scorers
        ]
        lines.append(f"{labels:>8,}" + "".join(f"{value:>16.5f}" for value in excess))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--labels", type=int, nargs="+", default=[30, 100, 300, 1_000, 10_000])
    parser.add_argument("--shift", type=float, nargs=2, default=[-1.0, 1.0])
    asked = parser.parse_args()
    low, high = asked.shift
    print(f"Truth: the rules, weights times 0.5 to 1.5, base {low:+g} to {high:+g}; {asked.seeds} truths.\n")
    print("Median excess log-loss over the truth, with the rules as the prior:")
    print(table(asked, wrong=False), flush=True)
    print("\nMedian log-loss, with a prior that is wrong throughout:")
    print(table(asked, wrong=True))


if __name__ == "__main__":
    main()
