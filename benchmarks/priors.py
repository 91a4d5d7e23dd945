"""How much a prior card that is right, off, or wrong helps or harms a fit to few labels, in simulation.

Run ``python benchmarks/priors.py [draws]``. Accounts are simulated, the prior card is that of the rules, and
the truth is a card near them. Models are compared by their excess log-loss, the mean Kullback-Leibler
divergence from the truth, on accounts that were not in the fit.

Truths, all with the same mean log-odds:

- right: the rules.
- each: the points of each characteristic are multiplied by a factor from 0.25 to 2 (log-uniform).
- half, twice: all points are multiplied by 0.5 or by 2.
- flipped: all points have the other sign.

Models: the fit with the rules as prior, the rules, the rules with another level (a Gaussian prior of
1), a logistic regression on the rules' log-odds, one on the fields, and a fit without a prior.
"""

from __future__ import annotations

import argparse
import math
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import collectrisk as cr
from collectrisk._fit.recalibration import shift_to_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Array = npt.NDArray[Any]

SIZES = (30, 100, 300, 1_000)
DRAWS = 3
UNSEEN = 2_000
RULES = cr.RuleScorer(base=-2.0)
NUMBERS = ["amount_overdue", "days_past_due", "failed_messages", "failed_calls", "broken_promises"]
FLAGS = ["placed_with_agency", "repayment_plan"]
BLANK = cr.Scorecard(
    base=0.0,
    base_spread=10.0,
    characteristics=[
        *(cr.PiecewiseLinear(label=name, field=name, knots=[(0.0, 0.0)]) for name in NUMBERS),
        *(cr.Flag(label=name, field=name, if_true=0.0) for name in FLAGS),
        cr.Levels(label="attitude", field="attitude", levels={}),
    ],
)
"""A prior that says nothing. Without a prior, a fit refuses a flag that equals a few labels by chance."""
SIMPLE = ("rules", "shifted", "rescaled", "regression", "no prior")
"""The models with which the fit with a prior is compared."""
NEGLIGIBLE = 0.002
"""An excess log-loss that hardly matters."""
COUNT = len(RULES.labels)


def _each(rng: np.random.Generator) -> Array:
    return np.exp(rng.uniform(math.log(0.25), math.log(2.0), COUNT))


TRUTHS: dict[str, Callable[[np.random.Generator], Array]] = {
    "right": lambda _: np.ones(COUNT),
    "each": _each,
    "half": lambda _: np.full(COUNT, 0.5),
    "twice": lambda _: np.full(COUNT, 2.0),
    "flipped": lambda _: np.full(COUNT, -1.0),
}
"""The factors of the characteristics."""


def divergence(truth: Array, found: Array) -> float:
    """Return the mean Kullback-Leibler divergence of probabilities from the true ones."""
    # Probabilities of 0 and 1 lose to any other.
    found = np.clip(found, 1e-12, 1.0 - 1e-12)
    return float(
        np.mean(truth * np.log(truth / found) + (1.0 - truth) * np.log((1.0 - truth) / (1.0 - found)))
    )


def numbers(accounts: Any) -> Array:
    """Return the fields as numbers, as for a regression made by hand."""
    flags = accounts[FLAGS].to_numpy(float)
    attitudes = [accounts["attitude"].to_numpy() == each.value for each in cr.Attitude]
    return np.column_stack([np.log1p(accounts[NUMBERS].to_numpy(float)), flags, *attitudes])


def probabilities(accounts: Any, visited: Array, unseen: Any) -> Iterator[tuple[str, Array]]:
    """Fit each model, and return its probabilities for accounts that it has not seen."""
    fitted = cr.LogisticScorer(prior=RULES).fit(accounts, visited)
    yield "fit", fitted.visit_probabilities(unseen)
    log_odds, new = (logit(RULES.visit_probabilities(each)) for each in (accounts, unseen))
    yield "rules", expit(new)
    yield "shifted", expit(new + shift_to_labels(log_odds, visited.astype(float), 1.0))
    yield "no prior", cr.LogisticScorer(prior=BLANK).fit(accounts, visited).visit_probabilities(unseen)
    for name, rows, others in (
        ("rescaled", log_odds[:, None], new[:, None]),
        ("regression", numbers(accounts), numbers(unseen)),
    ):
        if visited.all() or not visited.any():  # a regression needs both classes
            yield name, np.full(len(unseen), (visited.sum() + 0.5) / (len(visited) + 1.0))
        else:
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000)).fit(rows, visited)
            yield name, model.predict_proba(others)[:, 1]


def excess(truth: str, rows: int, draw: int) -> dict[str, float]:
    """Return the excess log-loss of each model, for one truth and one draw of accounts and labels."""
    rng = np.random.default_rng([draw, rows, *truth.encode()])
    accounts = cr.simulate_portfolio(rows + UNSEEN, seed=draw)
    scored = RULES.assess_frame(accounts, points=True)
    points = np.array([scored[f"points_{label}"] for label in RULES.labels])
    of_rules, log_odds = points.sum(axis=0), TRUTHS[truth](rng) @ points
    log_odds += RULES.base + of_rules.mean() - log_odds.mean()
    chance = expit(log_odds)
    visited = rng.random(rows) < chance[:rows]
    unseen = accounts[rows:].reset_index(drop=True)
    return {
        name: divergence(chance[rows:], found)
        for name, found in probabilities(accounts[:rows], visited, unseen)
    }


def main() -> None:
    """Print the mean excess of each model, a line for each truth and each number of labels."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("draws", type=int, nargs="?", default=DRAWS, help=f"draws of each truth ({DRAWS})")
    draws = parser.parse_args().draws
    names = ("fit", *SIMPLE)
    header = "".join(f"{name:>12}" for name in names)
    sys.stdout.write(f"mean excess log-loss x 1000, {draws} draws\ntruth    labels{header}   s.e.\n")
    for truth in TRUTHS:
        for rows in SIZES:
            table = np.array([[*map(excess(truth, rows, draw).get, names)] for draw in range(draws)], float)
            means = table.mean(axis=0)
            error = table[:, 0].std(ddof=1) / math.sqrt(draws)
            met = means[0] <= max(1.1 * means[1:].min(), NEGLIGIBLE)
            cells = "".join(f"{1e3 * mean:12.2f}" for mean in means)
            verdict = "" if met else "  more than the best"
            sys.stdout.write(f"{truth:8} {rows:6,}{cells} {1e3 * error:6.2f}{verdict}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
