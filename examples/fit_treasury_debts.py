"""Fit which debts to the Brazilian treasury were taken to court, by state.

    python examples/fit_treasury_debts.py [--folder FOLDER] [--rows ROWS]

FOLDER contains pgfn_fgts_prev_2020-12_deidentified.parquet; the default is ../shared/data next to
the project. Each state has its own policy, so the state is the portfolio. All debts of a debtor are in
the same fold. The most relevant figure is the AUC *within* states: the pooled AUC also rewards a model
for knowing which states sue more.
"""

from __future__ import annotations

import argparse
import importlib
import math
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

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
    from collections.abc import Callable, Mapping

FILE = "pgfn_fgts_prev_2020-12_deidentified.parquet"
SOURCE = "Procuradoria-Geral da Fazenda Nacional, open data"
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
FIELDS = ["amount_overdue", "days_past_due"]
Array = npt.NDArray[Any]


class Debtor(cr.Borrower):
    """A borrower whose debt may have any age; a few are registered in the year 1000."""

    plausible: ClassVar[Mapping[str, float]] = {"days_past_due": math.inf}


def read(path: Path) -> pl.DataFrame:
    """Return the debts with a valid age."""
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


def log_features(frame: pl.DataFrame) -> Array:
    """Return amount and age on a log scale, and a column for each state."""
    numbers = np.log1p(frame.select(FIELDS).to_numpy().astype(np.float64))
    return np.hstack([numbers, frame["state"].to_dummies().to_numpy().astype(np.float64)])


class ArrayClassifier:
    """A classifier that needs arrays of numbers."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def fit(self, frame: pl.DataFrame, labels: Array) -> ArrayClassifier:
        self.model.fit(log_features(frame), labels)
        return self

    def predict_proba(self, frame: pl.DataFrame) -> Array:
        return self.model.predict_proba(log_features(frame))  # type: ignore[no-any-return]


class FittedScorecard:
    """The fitted scorer: a curve for amount and for age, and the state as the portfolio."""

    def fit(self, frame: pl.DataFrame, labels: Array) -> FittedScorecard:
        self.model = cr.LogisticScorer(characteristics=FIELDS, portfolio="state", borrower_type=Debtor).fit(
            frame, labels
        )
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
    return ArrayClassifier(make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000)))


def boosted() -> Any:
    return ArrayClassifier(HistGradientBoostingClassifier(random_state=0))


def explainable() -> Any:
    glassbox = importlib.import_module("interpret.glassbox")
    return ArrayClassifier(glassbox.ExplainableBoostingClassifier(interactions=0, random_state=0))


MODELS: dict[str, Callable[[], Any]] = {
    "collectrisk LogisticScorer": FittedScorecard,
    "scikit-learn LogisticRegression": plain,
    "scikit-learn HistGradientBoosting": boosted,
    "interpret EBM, additive": explainable,
    "optbinning Scorecard": BinnedScorecard,
}


def out_of_fold(model: Callable[[], Any], debts: pl.DataFrame) -> Array:
    """Return each debt's probability, from a model fitted without the debts of its debtor."""
    labels = debts["sued"].to_numpy()
    probabilities = np.empty(len(debts))
    folds = GroupKFold(5).split(labels, groups=debts["debtor"].to_numpy())
    for train, test in folds:
        fitted = model().fit(debts[train], labels[train])
        probabilities[test] = fitted.predict_proba(debts[test])[:, 1]
    return probabilities


def within_states(debts: pl.DataFrame, probabilities: Array) -> float:
    """Return the mean of the states' AUCs, each state weighted by its debts."""
    scored = debts.with_columns(probability=probabilities)
    parts = [part for part in scored.partition_by("state") if part["sued"].n_unique() == 2]
    aucs = [roc_auc_score(part["sued"], part["probability"]) for part in parts]
    return float(np.average(aucs, weights=[len(part) for part in parts]))


def line(name: str, model: Callable[[], Any], debts: pl.DataFrame) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the other packages
            probabilities = out_of_fold(model, debts)
    except ImportError:
        return f"{name:<34} not installed"
    labels = debts["sued"].to_numpy()
    pooled, brier = roc_auc_score(labels, probabilities), brier_score_loss(labels, probabilities)
    return f"{name:<34} {within_states(debts, probabilities):>12.5f} {pooled:>8.5f} {brier:>8.5f}"


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
    parser.add_argument("--rows", type=int, help="use only this number of rows")
    arguments = parser.parse_args()
    main(arguments.folder, arguments.rows)
