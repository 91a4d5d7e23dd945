"""How often the 90 % interval of the visit probability holds the truth, in simulation.

Run ``python tests/benchmarks/intervals.py [portfolios]``. Truths are drawn at random, labels are
drawn from them, the scorer is fitted, and the intervals of accounts that it has not seen are held
against the truth. Two settings:

- curves: four columns, each with a smooth curve drawn at random, one of them flat; no prior.
- rules: simulated accounts; the truth is the rules with each weight off by a random factor (mean 1,
  spread 0.3) and another base (spread 0.6), both normal; the rules are the prior. Accounts of one
  portfolio share the truth's errors, hence the large standard error.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

import collectrisk as cr
from collectrisk._assessment import Z_90

if TYPE_CHECKING:
    from collections.abc import Callable

Array = npt.NDArray[Any]

SIZES = (300, 1_000, 5_000)
PORTFOLIOS = 100
UNSEEN = 500


def held(log_odds: Array, truth: Array, spread: Array) -> float:
    """Return the share of rows whose interval holds the truth."""
    return float((np.abs(log_odds - truth) <= Z_90 * spread).mean())


def curve(rng: np.random.Generator) -> Callable[[Array], Array]:
    """Return a smooth curve over about -2 to 2, its steepness drawn at random too."""
    size = rng.exponential(0.5)
    slope, bend, phase = rng.normal(size=3)
    return lambda x: size * (slope * x + bend * np.sin(1.5 * x + 3 * phase))


def of_curves(rows: int, seed: int) -> float:
    """Return the share of intervals that hold a truth of smooth curves."""
    rng = np.random.default_rng(seed)
    curves: list[Callable[[Array], Array]] = [*(curve(rng) for _ in range(3)), np.zeros_like]
    base = rng.normal(-1.0, 1.0)

    def draw(count: int) -> tuple[dict[str, Array], Array]:
        table = rng.normal(size=(len(curves), count))
        effects = np.array([each(x) for each, x in zip(curves, table, strict=True)])
        return {f"x{place}": x for place, x in enumerate(table)}, base + effects.sum(axis=0)

    columns, log_odds = draw(rows)
    scorer = cr.LogisticScorer().fit(columns, rng.random(rows) < expit(log_odds))
    unseen, truth = draw(UNSEEN)
    block = scorer.fit_.design.block(SimpleNamespace(**unseen), np.zeros(UNSEEN), np.ones(UNSEEN))
    root = scorer.fit_.posterior.root
    spread = np.linalg.norm(root[0] + block.cells @ root[1:], axis=1)
    return held(logit(scorer.visit_probabilities(unseen)), truth, spread)


def of_rules(rows: int, seed: int) -> float:
    """Return the share of intervals that hold a truth near the rules."""
    rng = np.random.default_rng(seed)
    rules = cr.RuleScorer(base=-2.0)
    parts = [part.scaled(rng.normal(1.0, 0.3)) for part in rules.card.characteristics]
    truth = cr.Scorecard(base=rng.normal(rules.base, 0.6), characteristics=parts)
    accounts = cr.simulate_portfolio(rows + UNSEEN, seed=seed)
    visited = rng.random(rows) < truth.visit_probabilities(accounts[:rows])
    scorer = cr.LogisticScorer(prior=rules).fit(accounts[:rows], visited)
    borrowers = [cr.Borrower(**row) for row in accounts[rows:].to_dict("records")]
    assessed = [scorer.assess(borrower) for borrower in borrowers]
    spread = np.array([scorer.fit_.spread(borrower) for borrower in borrowers])
    log_odds = np.array([each.log_odds for each in assessed])
    return held(log_odds, np.array([truth.assess(borrower).log_odds for borrower in borrowers]), spread)


def main(portfolios: int = PORTFOLIOS) -> None:
    """Print a line for each setting and size."""
    sys.stdout.write("setting   rows  held by the 90 % interval  its standard error\n")
    for setting, share in (("curves", of_curves), ("rules", of_rules)):
        for rows in SIZES:
            shares = np.array([share(rows, seed) for seed in range(portfolios)])
            error = shares.std(ddof=1) / portfolios**0.5
            sys.stdout.write(f"{setting:7} {rows:6,}  {shares.mean():24.1%}  {error:18.1%}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
