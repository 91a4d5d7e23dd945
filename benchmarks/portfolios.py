"""New portfolios, in simulation: which model to use with few labels, and whether intervals hold the truth.

Run ``python benchmarks/portfolios.py [draws]``. Portfolios differ in their level (standard deviation 0.7) and
in the slope of each characteristic (0.4). A model is fitted to twelve of them, and others are new.

- rules: simulated accounts, whose characteristics are those of the rules, with the rules as prior. The
  points of the gate are the same in all portfolios, because a gate has no slopes.
- curves: three columns with a curve each, evenly distributed; no prior.

With ``--only treasury`` the portfolios are states of real data: see `states.py`.

The models are compared by their excess log-loss, the mean Kullback-Leibler divergence from the truth, on
accounts of the new portfolio that were not in the fit: the old model; the old model with another level;
a fit to all labels together; a fit to the new labels alone, with the rules as prior if there are; the old
model as the prior of a fit to the new labels, without its spreads of slopes and with them.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit

import collectrisk as cr
from collectrisk._fit.recalibration import shift_to_labels

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import states
from benchmarks.priors import divergence  # this folder is found only once its parent is on the path

if TYPE_CHECKING:
    from collections.abc import Iterator

Array = npt.NDArray[Any]

OLD, NEW, ROWS, UNSEEN = 12, 4, 400, 1_000
SIZES = (0, 30, 100, 300, 1_000)
LEVELS, SLOPES = 0.7, 0.4
DRAWS = 2
RULES = cr.RuleScorer(base=-2.0)
MODELS = ("old", "level", "together", "alone", "no slopes", "adapted")
HELD = ("held", "held by old", "held, known")
"""The share of intervals that hold the truth: of the adapted model and of the old one in the new portfolio,
and of the old one in its own portfolios."""


class Rules:
    """Accounts whose log-odds are a sum of the rules' characteristics, each with a factor."""

    prior: Any = RULES
    base = -1.0
    slopes = np.array([not isinstance(each, cr.Gate) for each in RULES.card.characteristics])

    def accounts(self, rows: int, rng: np.random.Generator) -> tuple[Any, Array]:
        """Return accounts, and their points of each characteristic, centred."""
        accounts = cr.simulate_portfolio(rows, seed=int(rng.integers(2**31)))
        scored = RULES.assess_frame(accounts, points=True)
        points = np.array([scored[f"points_{label}"] for label in RULES.labels])
        return accounts, points - MEANS[:, None]


class Curves:
    """Accounts with three columns, whose curves are a line, a bend and a wave."""

    prior: Any = None
    base = -1.0
    slopes = np.ones(3)

    def accounts(self, rows: int, rng: np.random.Generator) -> tuple[Any, Array]:
        """Return accounts, and the values of the three curves."""
        x = rng.uniform(-1.0, 1.0, (3, rows))
        points = np.array([1.7 * x[0], 1.2 * np.abs(x[1]) - 0.6, 0.9 * np.sin(3.0 * x[2])])
        return pd.DataFrame({f"x{place}": each for place, each in enumerate(x)}), points


_SCORED = RULES.assess_frame(cr.simulate_portfolio(20_000, seed=1), points=True)
MEANS = np.array([_SCORED[f"points_{label}"].mean() for label in RULES.labels])
SETTINGS = {"rules": Rules(), "curves": Curves()}


@attrs.frozen(eq=False)
class Drawn:
    """The accounts of a portfolio, their log-odds and labels."""

    accounts: Any
    log_odds: Array
    visited: Array


def draw(setting: Any, rows: int, rng: np.random.Generator) -> Drawn:
    """Return accounts of a portfolio of its own."""
    accounts, points = setting.accounts(rows, rng)
    factors = 1.0 + SLOPES * setting.slopes * rng.normal(size=len(points))
    log_odds = setting.base + LEVELS * rng.normal() + factors @ points
    return Drawn(accounts, log_odds, rng.random(rows) < expit(log_odds))


def held(scorer: Any, accounts: Any, log_odds: Array) -> float:
    """Return the share of the 90 % intervals that hold the truth."""
    scored = scorer.assess_frame(accounts, interval=True)
    low, high = (scored[f"visit_probability_{end}"].to_numpy() for end in ("low", "high"))
    truth = expit(log_odds)
    return float(((low <= truth) & (truth <= high)).mean())


def results(setting: Any, number: int) -> Iterator[tuple[int, dict[str, float]]]:
    """Yield the number of labels of a new portfolio, with the measures."""
    rng = np.random.default_rng([number, *type(setting).__name__.encode()])
    old = [draw(setting, ROWS, rng) for _ in range(OLD)]
    pooled = pd.concat([each.accounts.assign(house=f"h{place}") for place, each in enumerate(old)])
    visited = np.concatenate([each.visited for each in old])
    scorer = cr.LogisticScorer(
        prior=setting.prior,
        portfolio="house",
        characteristics=None if setting.prior else [each for each in pooled if each != "house"],
    ).fit(pooled, visited)
    card = attrs.evolve(scorer.scorecard_, slope_spreads=())
    for each in scorer.labels:
        card = card.without(each) if each == "portfolio" or each.endswith(" by portfolio") else card
    known = held(scorer, pooled, np.concatenate([each.log_odds for each in old]))
    for _ in range(NEW):
        new = draw(setting, max(SIZES) + UNSEEN, rng)
        rest = new.accounts[max(SIZES) :].reset_index(drop=True)
        truth = new.log_odds[max(SIZES) :]
        for rows in SIZES:
            labelled, labels = new.accounts[:rows], new.visited[:rows]
            models = {"old": card, "adapted": cr.LogisticScorer(prior=scorer).fit(labelled, labels)}
            if rows:
                models["no slopes"] = cr.LogisticScorer(prior=card).fit(labelled, labels)
                models["level"] = level(card, labelled, labels)
                names = None if setting.prior else list(labelled)
                alone = cr.LogisticScorer(prior=setting.prior or blank(labelled))
                models["alone"] = alone.fit(labelled, labels)
                together = cr.LogisticScorer(prior=setting.prior, characteristics=names)
                both = pd.concat([pooled.drop(columns="house"), labelled])
                models["together"] = together.fit(both, np.concatenate([visited, labels]))
            found = {
                name: divergence(expit(truth), each.visit_probabilities(rest))
                for name, each in models.items()
            }
            found["held"] = held(models["adapted"], rest, truth)
            found["held by old"] = held(scorer, rest.assign(house="new"), truth)
            found["held, known"] = known
            yield rows, found


def blank(accounts: Any) -> cr.Scorecard:
    """Return a prior that says nothing, so that no column is refused by chance."""
    curves = [cr.PiecewiseLinear(label=name, field=name, knots=[(0.0, 0.0)]) for name in accounts]
    return cr.Scorecard(base=0.0, base_spread=10.0, characteristics=curves)


def level(card: cr.Scorecard, accounts: Any, visited: Array) -> cr.Scorecard:
    """Return the card with another base, fitted to the labels."""
    log_odds = logit(card.visit_probabilities(accounts))
    return card.with_base(card.base + shift_to_labels(log_odds, visited.astype(float), card.base_spread))


def main() -> None:
    """Print a line for each setting and number of labels."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("draws", type=int, nargs="?", default=DRAWS, help=f"of old portfolios ({DRAWS})")
    parser.add_argument("--only", choices=[*SETTINGS, "treasury"], help="one setting alone")
    parser.add_argument("--folder", type=Path, default=states.EXAMPLE.FOLDER, help="of the treasury debts")
    options = parser.parse_args()
    draws = options.draws
    if options.only == "treasury":
        states.main(draws, options.folder)
        return
    sys.stdout.write(
        "mean excess log-loss x 1000, and the share of intervals that hold the truth; "
        f"{draws} draws of {OLD} old and {NEW} new portfolios\n"
        f"setting labels{''.join(f'{each:>14}' for each in (*MODELS, *HELD))}\n"
    )
    for name in [options.only] if options.only else SETTINGS:
        found = [list(results(SETTINGS[name], number)) for number in range(draws)]
        for rows in SIZES:
            measures = [[each for size, each in some if size == rows] for some in found]
            cells = (_cell(measures, column) for column in (*MODELS, *HELD))
            sys.stdout.write(f"{name:7} {rows:6,}{''.join(cells)}\n")
            sys.stdout.flush()


def _cell(measures: list[list[dict[str, float]]], column: str) -> str:
    """Return the mean and its standard error, by draw: its new portfolios share the old ones."""
    times = 1_000.0 if column in MODELS else 100.0
    means = times * np.array([np.mean([each.get(column, math.nan) for each in some]) for some in measures])
    error = means.std(ddof=1) / math.sqrt(len(means)) if len(means) > 1 else math.nan
    return f"{means.mean():7.1f} ± {error:<4.1f}"


if __name__ == "__main__":
    main()
