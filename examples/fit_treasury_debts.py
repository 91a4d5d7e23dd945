"""Fit which debts to the Brazilian treasury were taken to court, state by state.

    python examples/fit_treasury_debts.py [--folder FOLDER] [--rows ROWS]

FOLDER holds pgfn_fgts_prev_2020-12_deidentified.parquet; by default it is ../shared/data beside
the project. Each state has a policy of its own, so the state is the portfolio. One debtor has many
debts, so a debtor's debts are all in one fold. What counts is the order *within* a state: a pooled
figure also rewards knowing which state sues more.
"""

from __future__ import annotations

import argparse
import importlib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = "pgfn_fgts_prev_2020-12_deidentified.parquet"
SOURCE = "Procuradoria-Geral da Fazenda Nacional, open data"
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
FIELDS = ["amount_overdue", "days_past_due"]
Array = npt.NDArray[Any]


def read(path: Path) -> pl.DataFrame:
    """Return the debts with a possible age."""
    return (
        pl.read_parquet(path)
        .filter(pl.col("days_since_registration") >= 0)
        .select(
            amount_overdue=pl.col("overdue_amount_brl").cast(pl.Float64),
            days_past_due="days_since_registration",
            state="uf",
            debtor="debtor_key",
            sued=pl.col("sued").cast(pl.Int8),
        )
    )


def logged(frame: pl.DataFrame) -> Array:
    """Return the two numbers on a log scale, and a column for each state."""
    numbers = np.log1p(frame.select(FIELDS).to_numpy().astype(np.float64))
    return np.hstack([numbers, frame["state"].to_dummies().to_numpy().astype(np.float64)])


class OfArrays:
    """A peer that wants numbers: amount and age on a log scale, a column for each state."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def fit(self, frame: pl.DataFrame, labels: Array) -> OfArrays:
        self.model.fit(logged(frame), labels)
        return self

    def predict_proba(self, frame: pl.DataFrame) -> Array:
        return self.model.predict_proba(logged(frame))  # type: ignore[no-any-return]


class Fitted:
    """The fitted scorer: a curve for amount and age, the state as the portfolio."""

    def fit(self, frame: pl.DataFrame, labels: Array) -> Fitted:
        self.model = cr.LogisticScorer(characteristics=FIELDS, portfolio="state").fit(frame, labels)
        return self

    def predict_proba(self, frame: pl.DataFrame) -> Array:
        return self.model.predict_proba(frame)


class BinnedScorecard:
    """optbinning's scorecard with its defaults."""

    def fit(self, frame: pl.DataFrame, labels: Array) -> BinnedScorecard:
        optbinning = importlib.import_module("optbinning")
        columns = [*FIELDS, "state"]
        process = optbinning.BinningProcess(columns, categorical_variables=["state"])
        card = optbinning.Scorecard(binning_process=process, estimator=LogisticRegression(max_iter=1_000))
        self.card = card.fit(frame.select(columns).to_pandas(), labels)
        return self

    def predict_proba(self, frame: pl.DataFrame) -> Array:
        return self.card.predict_proba(frame.select([*FIELDS, "state"]).to_pandas())  # type: ignore[no-any-return]


def plain() -> Any:
    return OfArrays(make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000)))


def boosted() -> Any:
    return OfArrays(HistGradientBoostingClassifier(random_state=0))


def explainable() -> Any:
    glassbox = importlib.import_module("interpret.glassbox")
    return OfArrays(glassbox.ExplainableBoostingClassifier(interactions=0, random_state=0))


MODELS: dict[str, Callable[[], Any]] = {
    "collectrisk LogisticScorer": Fitted,
    "scikit-learn LogisticRegression": plain,
    "scikit-learn HistGradientBoosting": boosted,
    "interpret EBM, additive": explainable,
    "optbinning Scorecard": BinnedScorecard,
}


def out_of_fold(model: Callable[[], Any], debts: pl.DataFrame) -> Array:
    """Return each debt's probability, from a model that saw none of its debtor's debts."""
    labels = debts["sued"].to_numpy()
    chance = np.empty(len(debts))
    folds = GroupKFold(5).split(labels, groups=debts["debtor"].to_numpy())
    for seen, unseen in folds:
        fitted = model().fit(debts[seen], labels[seen])
        chance[unseen] = fitted.predict_proba(debts[unseen])[:, 1]
    return chance


def within_states(debts: pl.DataFrame, chance: Array) -> float:
    """Return the mean of the states' AUCs, each state weighted by its debts."""
    scored = debts.with_columns(chance=chance)
    parts = [part for part in scored.partition_by("state") if part["sued"].n_unique() == 2]
    aucs = [roc_auc_score(part["sued"], part["chance"]) for part in parts]
    return float(np.average(aucs, weights=[len(part) for part in parts]))


def line(name: str, model: Callable[[], Any], debts: pl.DataFrame) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the peers' own
            chance = out_of_fold(model, debts)
    except ImportError:
        return f"{name:<34} not installed"
    labels = debts["sued"].to_numpy()
    pooled, brier = roc_auc_score(labels, chance), brier_score_loss(labels, chance)
    return f"{name:<34} {within_states(debts, chance):>12.5f} {pooled:>8.5f} {brier:>8.5f}"


def main(folder: Path, rows: int | None) -> None:
    if not (folder / FILE).exists():
        print(f"{FILE} is not in {folder}, so nothing was fitted. Public source: {SOURCE}.")
        return
    debts = read(folder / FILE)
    if rows is not None:
        debts = debts.sample(rows, seed=0)
    print(f"Source: {SOURCE}.")
    states, sued = debts["state"].n_unique(), debts["sued"].to_numpy().mean()
    print(f"{len(debts):,} debts in {states} states, {sued:.1%} sued; 5 folds.\n")
    print(f"{'out of fold':<34} {'within states':>12} {'AUC':>7} {'Brier':>8}")
    for name, model in MODELS.items():
        print(line(name, model, debts), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--rows", type=int, help="take so many rows only, to try it out")
    asked = parser.parse_args()
    main(asked.folder, asked.rows)
