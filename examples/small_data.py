"""Measure how many labels a fit needs, with and without the rules as its prior.

    python examples/small_data.py [--seeds 50] [--labels 30 100 300 1000 10000] [--shift LOW HIGH]

The true model is derived from the rules: the points of each characteristic are multiplied by a random
factor between 0.5 and 1.5, and the base is shifted. Accounts are simulated with labels from that model.
Three scorers are compared by their excess log-loss over the true model on 20,000 other accounts (the
median over all true models): the unchanged rules, scikit-learn's logistic regression, and
`LogisticScorer` with the rules as its prior. In a second table the prior is wrong: the sizes of its
characteristics are permuted and their signs are reversed. That table shows the total log-loss.
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


def log_loss(true: Array, predicted: Array) -> float:
    """Return the expected log-loss of predicted probabilities, given the true ones."""
    predicted = np.clip(predicted, 1e-12, 1 - 1e-12)
    return float(-(true * np.log(predicted) + (1 - true) * np.log1p(-predicted)).mean())


def regression() -> Any:
    """Return scikit-learn's logistic regression, with the preprocessing that it needs."""
    preprocessing = make_column_transformer(
        (make_pipeline(FunctionTransformer(np.log1p), StandardScaler()), AMOUNT),
        (StandardScaler(), [*COUNTS, *FLAGS]),
        (OneHotEncoder(handle_unknown="ignore"), ATTITUDE),
    )
    return make_pipeline(preprocessing, LogisticRegression(max_iter=1_000))


def regression_probabilities(accounts: Any, visited: Array, test: Any) -> Array:
    """Return the regression's probabilities; with a single class, the rate of visits."""
    if len(np.unique(visited)) < 2:
        return np.full(len(test), (visited.sum() + 0.5) / (len(visited) + 1))
    return regression().fit(accounts, visited).predict_proba(test)[:, 1]  # type: ignore[no-any-return]


def true_model(rng: np.random.Generator, shift: Sequence[float]) -> cr.Scorecard:
    """Return the rules with points multiplied by random factors, and a shifted base."""
    parts = [part.scaled(rng.uniform(0.5, 1.5)) for part in RULES.card.characteristics]
    return cr.Scorecard(base=RULES.card.base + rng.uniform(shift[0], shift[1]), characteristics=parts)


def wrong_prior(card: cr.Scorecard, rng: np.random.Generator) -> cr.Scorecard:
    """Return a card with the sizes of its characteristics permuted, and their signs reversed."""
    sizes = [max(map(abs, part.range)) for part in card.characteristics]
    permuted = rng.permutation(sizes)
    pairs = zip(card.characteristics, sizes, permuted, strict=True)
    parts = [part.scaled(-other / size) for part, size, other in pairs]
    return cr.Scorecard(base=card.base, characteristics=parts)


def losses(labels: int, seed: int, shift: Sequence[float], *, wrong: bool) -> dict[str, float]:
    """Return the log-loss of each scorer, for one true model."""
    rng = np.random.default_rng(seed)
    truth = true_model(rng, shift)
    prior = wrong_prior(RULES.card, rng) if wrong else RULES.card
    test = cr.simulate_portfolio(20_000, seed=10_000 + seed)
    accounts = cr.simulate_portfolio(labels, seed=50_000 + seed)
    visited = rng.random(labels) < truth.visit_probabilities(accounts)
    true = truth.visit_probabilities(test)
    fitted = cr.LogisticScorer(prior=prior).fit(accounts, visited)
    return {
        "truth": log_loss(true, true),
        "unchanged prior": log_loss(true, prior.visit_probabilities(test)),
        "regression": log_loss(true, regression_probabilities(accounts, visited, test)),
        "fitted": log_loss(true, fitted.visit_probabilities(test)),
    }


def table(arguments: argparse.Namespace, *, wrong: bool) -> str:
    """Return the medians over all true models."""
    scorers = ("unchanged prior", "regression", "fitted")
    lines = [f"{'labels':>8}" + "".join(f"{name:>16}" for name in scorers)]
    for labels in arguments.labels:
        results = [losses(labels, seed, arguments.shift, wrong=wrong) for seed in range(arguments.seeds)]
        excess = [
            float(np.median([each[name] - (0 if wrong else each["truth"]) for each in results]))
            for name in scorers
        ]
        lines.append(f"{labels:>8,}" + "".join(f"{value:>16.5f}" for value in excess))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--labels", type=int, nargs="+", default=[30, 100, 300, 1_000, 10_000])
    parser.add_argument("--shift", type=float, nargs=2, default=[-1.0, 1.0])
    arguments = parser.parse_args()
    low, high = arguments.shift
    print(
        f"True models: the rules, points times 0.5 to 1.5, base {low:+g} to {high:+g}; "
        f"{arguments.seeds} models.\n"
    )
    print("Median excess log-loss over the true model, with the rules as the prior:")
    print(table(arguments, wrong=False), flush=True)
    print("\nMedian log-loss, with a wrong prior:")
    print(table(arguments, wrong=True))


if __name__ == "__main__":
    main()
