"""New portfolios in real data: each state of the treasury debts once, with few labels of it.

Run ``python benchmarks/portfolios.py 5 --only treasury [--folder FOLDER]``, where FOLDER contains the file
that `examples/fit_treasury_debts.py` reads. The fields are amount and age, as there. For each draw and state:

- Old: at most 2,000 debts of each other state, so that a fit takes about a second. Debtors of the new state
  are left out.
- New: random debtors of the state with half of its debts, or with 1,000 debts. The labels are those of some
  of their debts, drawn at random, and the rest are the debts of all others, so that no debtor is in both.

The models are compared by their log-loss on the rest: the card of the old model (`old`); the same with
another level; a fit to all labels, in which the new state is one more portfolio (`together`); a fit to the
new labels alone; scikit-learn's HistGradientBoostingClassifier, fitted to all labels, with the state as a
categorical feature (`boosted`); the old model as the prior of a fit to the new labels (`adapted`), and the
same for an old model with the pair of amount and age (`pairs`). The last lines are the differences between
the last two and each other one. A state's mean over the draws is one value, and the standard errors are those
between states.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss

import collectrisk as cr
from collectrisk._fit.recalibration import shift_to_labels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

Array = npt.NDArray[Any]

SIZES = (30, 100, 300, 1_000)
OLD_DEBTS = 2_000
MODELS = ("old", "level", "together", "alone", "boosted", "adapted", "pairs")
PAIRS = [("amount_overdue", "days_past_due")]


def _example() -> ModuleType:
    """Return the example that reads the debts; the examples are no package."""
    path = Path(__file__).resolve().parents[1] / "examples" / "fit_treasury_debts.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


EXAMPLE = _example()
FIELDS: list[str] = EXAMPLE.FIELDS


def fit(debts: pl.DataFrame, **parameters: Any) -> cr.LogisticScorer:
    """Return a fitted scorer."""
    return cr.LogisticScorer(**parameters, borrower_type=EXAMPLE.Debtor).fit(debts, debts["sued"])


def level(scorer: cr.LogisticScorer, spread: float, labelled: pl.DataFrame, rest: pl.DataFrame) -> Array:
    """Return the probabilities of a scorer with another base, fitted to labels; the spread is its scale."""
    visited = labelled["sued"].to_numpy().astype(np.float64)
    shift = shift_to_labels(logit(scorer.visit_probabilities(labelled)), visited, spread)
    return expit(logit(scorer.visit_probabilities(rest)) + shift)  # type: ignore[no-any-return]


def boosted(debts: pl.DataFrame, rest: pl.DataFrame) -> Array:
    """Return the probabilities of boosted trees, with the state as a categorical feature."""
    codes = {state: code for code, state in enumerate(sorted(debts["state"].unique()))}

    def features(frame: pl.DataFrame) -> Array:
        states = frame["state"].replace_strict(codes, return_dtype=pl.Float64)
        return np.column_stack([frame.select(FIELDS).to_numpy().astype(np.float64), states.to_numpy()])

    model = HistGradientBoostingClassifier(categorical_features=[len(FIELDS)], random_state=0)
    return model.fit(features(debts), debts["sued"]).predict_proba(features(rest))[:, 1]  # type: ignore[no-any-return]


def blank() -> cr.Scorecard:
    """Return a prior that says nothing."""
    curves = [cr.PiecewiseLinear(label=name, field=name, knots=[(0.0, 0.0)]) for name in FIELDS]
    return cr.Scorecard(base=0.0, base_spread=10.0, characteristics=curves)


def parts(debts: pl.DataFrame, state: str, draw: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return old debts, as many new ones as there are labels, and the rest."""
    rng = np.random.default_rng([draw, *state.encode()])
    shuffled = debts[rng.permutation(len(debts))]
    new = shuffled.filter(pl.col("state") == state)
    old = shuffled.filter(pl.col("state") != state).join(new, on="debtor", how="anti")
    old = old.filter(pl.int_range(pl.len()).over("state") < OLD_DEBTS)
    debtors = new.group_by("debtor").len().sort("debtor")
    enough = max(*SIZES, len(new) // 2)
    labelled = debtors[rng.permutation(len(debtors))].filter(pl.col("len").cum_sum() - pl.col("len") < enough)
    return (
        old,
        new.join(labelled, on="debtor", how="semi").head(max(SIZES)),
        new.join(labelled, on="debtor", how="anti"),
    )


def losses(
    debts: pl.DataFrame, state: str, draw: int, models: tuple[str, ...] = MODELS
) -> Iterator[tuple[int, dict[str, float]]]:
    """Yield the number of labels of a new state, with the log-loss of each model on its other debts."""
    old, new, rest = parts(debts, state, draw)
    scorer = fit(old, characteristics=FIELDS, portfolio="state")
    paired = fit(old, characteristics=FIELDS, portfolio="state", pairs=PAIRS)
    for rows in SIZES:
        found = {}
        for name in models:
            prior = paired if name == "pairs" else scorer
            probabilities = predicted(name, prior, old, new.head(rows), rest)
            found[name] = float(log_loss(rest["sued"], probabilities, labels=[0, 1]))
        yield rows, found


def predicted(
    model: str, scorer: cr.LogisticScorer, old: pl.DataFrame, labelled: pl.DataFrame, rest: pl.DataFrame
) -> Array:
    """Return the probabilities of a model, given the scorer fitted to the old debts."""
    if model == "boosted":
        return boosted(pl.concat([old, labelled]), rest)
    mean = fit(labelled.head(0), prior=scorer)
    if model == "level":
        return level(mean, scorer.scorecard_.base_spread, labelled, rest)
    if model == "old":
        fitted = mean
    elif model == "together":
        fitted = fit(pl.concat([old, labelled]), characteristics=FIELDS, portfolio="state")
    else:
        fitted = fit(labelled, prior=blank() if model == "alone" else scorer)
    return fitted.visit_probabilities(rest)


def main(draws: int, folder: Path = EXAMPLE.FOLDER) -> None:
    """Print the mean log-loss of each model, and its difference from the adapted model."""
    if not (folder / EXAMPLE.FILE).exists():
        sys.stdout.write(f"{EXAMPLE.FILE} is not in {folder}, so nothing was fitted\n")
        return
    debts = EXAMPLE.read(folder / EXAMPLE.FILE)
    states = sorted(debts["state"].unique())
    found = np.array(
        [
            [[[*each.values()] for _, each in losses(debts, state, draw)] for draw in range(draws)]
            for state in states
        ]
    )
    means = found.mean(axis=1)  # by state, number of labels, model
    sys.stdout.write(f"log-loss, {len(states)} states, {draws} draws of each\n")
    header = "".join(f"{name:>18}" for name in MODELS)
    sys.stdout.write(f"labels{header}\n")
    for place, rows in enumerate(SIZES):
        cells = "".join(f"{each:18.4f}" for each in means[:, place].mean(axis=0))
        sys.stdout.write(f"{rows:6,}{cells}\n")
    for model in ("adapted", "pairs"):
        differences = means[..., MODELS.index(model), None] - means
        sys.stdout.write(f"{model} minus the other\n")
        for place, rows in enumerate(SIZES):
            average = differences[:, place].mean(axis=0)
            errors = differences[:, place].std(axis=0, ddof=1) / len(states) ** 0.5
            cells = "".join(f"{a:+9.4f} ± {e:.4f}" for a, e in zip(average, errors, strict=True))
            sys.stdout.write(f"{rows:6,}{cells}\n")
