"""How often the 90 % credible interval of the visit probability contains the truth, in simulation.

Run ``python benchmarks/intervals.py [portfolios]``. Truths are drawn at random, labels are drawn from
them, the scorer is fitted, and the intervals of unseen accounts are compared with the truth. Three
settings:

- curves: four columns, each with a random smooth curve, one of them constant; no prior.
- rules: simulated accounts; the truth is the rules with each weight multiplied by a random factor (mean
  1, standard deviation 0.3) and another base (standard deviation 0.6), both normal; the rules are the
  prior. Accounts of one portfolio share the errors of its truth, hence the large standard error.
- weights: the same curves, with weights of importance: each row 5, log-normal with a standard deviation
  of 1 in the logarithm, or by outcome: all visited accounts and every tenth of the others, with weight 10.
"""

from __future__ import annotations

import sys
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

import collectrisk as cr
from collectrisk._fit.posterior import Z_90

if TYPE_CHECKING:
    from collections.abc import Callable

Array = npt.NDArray[Any]

SIZES = (300, 1_000, 5_000)
PORTFOLIOS = 100
UNSEEN = 500


WEIGHTS: dict[str, Callable[[np.random.Generator, Array], Array | None]] = {
    "none": lambda rng, visited: None,  # noqa: ARG005  # the same arguments as the others
    "equal": lambda rng, visited: np.full(len(visited), 5.0),  # noqa: ARG005
    "random": lambda rng, visited: rng.lognormal(size=len(visited)),
    "by outcome": lambda rng, visited: np.where(
        visited, 1.0, np.where(rng.random(len(visited)) < 0.1, 10.0, 0.0)
    ),
}
"""The weights of rows; a row of weight zero is not in the sample."""


def coverage(log_odds: Array, truth: Array, standard_error: Array) -> float:
    """Return the share of rows whose interval contains the truth."""
    return float((np.abs(log_odds - truth) <= Z_90 * standard_error).mean())


def curve(rng: np.random.Generator) -> Callable[[Array], Array]:
    """Return a random smooth curve over about -2 to 2, of random size."""
    size = rng.exponential(0.5)
    slope, bend, phase = rng.normal(size=3)
    return lambda x: size * (slope * x + bend * np.sin(1.5 * x + 3 * phase))


def of_curves(rows: int, seed: int, weighting: str = "none") -> float:
    """Return the share of intervals that contain a truth of smooth curves."""
    rng = np.random.default_rng(seed)
    curves: list[Callable[[Array], Array]] = [*(curve(rng) for _ in range(3)), np.zeros_like]
    base = rng.normal(-1.0, 1.0)

    def draw(count: int) -> tuple[dict[str, Array], Array]:
        table = rng.normal(size=(len(curves), count))
        effects = np.array([each(x) for each, x in zip(curves, table, strict=True)])
        return {f"x{place}": x for place, x in enumerate(table)}, base + effects.sum(axis=0)

    columns, log_odds = draw(rows)
    visited = rng.random(rows) < expit(log_odds)
    weights = WEIGHTS[weighting](rng, visited)
    scorer = cr.LogisticScorer(weights="importance").fit(columns, visited, weights)
    unseen, truth = draw(UNSEEN)
    unseen_rows = (
        SimpleNamespace(**dict(zip(unseen, row, strict=True))) for row in zip(*unseen.values(), strict=True)
    )
    errors = np.array([scorer.fit_.standard_error(row) for row in unseen_rows])
    return coverage(logit(scorer.visit_probabilities(unseen)), truth, errors)


def of_rules(rows: int, seed: int) -> float:
    """Return the share of intervals that contain a truth near the rules."""
    rng = np.random.default_rng(seed)
    rules = cr.RuleScorer(base=-2.0)
    parts = [part.scaled(rng.normal(1.0, 0.3)) for part in rules.card.characteristics]
    truth = cr.Scorecard(base=rng.normal(rules.base, 0.6), characteristics=parts)
    accounts = cr.simulate_portfolio(rows + UNSEEN, seed=seed)
    visited = rng.random(rows) < truth.visit_probabilities(accounts[:rows])
    scorer = cr.LogisticScorer(prior=rules).fit(accounts[:rows], visited)
    borrowers = [cr.Borrower(**row) for row in accounts[rows:].to_dict("records")]
    log_odds = np.array([scorer.assess(borrower).log_odds for borrower in borrowers])
    errors = np.array([scorer.fit_.standard_error(borrower) for borrower in borrowers])
    true_log_odds = np.array([truth.assess(borrower).log_odds for borrower in borrowers])
    return coverage(log_odds, true_log_odds, errors)


def main(portfolios: int = PORTFOLIOS) -> None:
    """Print a line for each setting and size."""
    sys.stdout.write("setting                 rows    in the 90 % interval    its standard error\n")
    settings: dict[str, Callable[[int, int], float]] = {"curves": of_curves, "rules": of_rules}
    settings |= {f"weights, {name}": partial(of_curves, weighting=name) for name in list(WEIGHTS)[1:]}
    for setting, share in settings.items():
        for rows in SIZES:
            shares = np.array([share(rows, seed) for seed in range(portfolios)])
            error = shares.std(ddof=1) / portfolios**0.5
            sys.stdout.write(f"{setting:20} {rows:7,}  {shares.mean():24.1%}  {error:18.1%}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
