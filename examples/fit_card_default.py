"""Fit the payment defaults of 30,000 credit card clients, and compare with other models.

    python examples/fit_card_default.py [--folder FOLDER] [--rows ROWS]

FOLDER contains uci_default_credit_card.parquet; the default is ../shared/data next to the project.
All 23 columns are used, except the client's number. Scores are out of fold, with five folds. The
boosted trees are not a scorecard; the comparison shows the cost of additivity. Explainable boosting
(interpret) and optbinning's scorecard are included if they are installed.
"""

from __future__ import annotations

import argparse
import importlib
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = "uci_default_credit_card.parquet"
SOURCE = (
    'UCI Machine Learning Repository, "default of credit card clients", '
    "https://doi.org/10.24432/C55S3H, CC BY 4.0"
)
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
LABEL = "default.payment.next.month"
Array = npt.NDArray[Any]


def signed_log(values: Array) -> Array:
    """Return log(1 + |x|) with the sign of x."""
    return np.sign(values) * np.log1p(np.abs(values))


def logistic_regression() -> Any:
    return make_pipeline(
        FunctionTransformer(signed_log), StandardScaler(), LogisticRegression(max_iter=1_000)
    )


def boosted_trees() -> Any:
    return HistGradientBoostingClassifier(random_state=0)


def explainable_boosting() -> Any:
    return importlib.import_module("interpret.glassbox").ExplainableBoostingClassifier(
        interactions=0, random_state=0
    )


class BinnedScorecard:
    """A classifier for arrays: optbinning's scorecard with its defaults."""

    def fit(self, columns: Array, labels: Array) -> BinnedScorecard:
        optbinning = importlib.import_module("optbinning")
        frame = importlib.import_module("pandas").DataFrame(columns)
        frame.columns = [f"x{number}" for number in frame.columns]
        process = optbinning.BinningProcess(list(frame.columns))
        regression = LogisticRegression(max_iter=1_000)
        self.card = optbinning.Scorecard(binning_process=process, estimator=regression).fit(frame, labels)
        return self

    def predict_proba(self, columns: Array) -> Array:
        frame = importlib.import_module("pandas").DataFrame(columns)
        frame.columns = [f"x{number}" for number in frame.columns]
        return self.card.predict_proba(frame)  # type: ignore[no-any-return]


MODELS: dict[str, Callable[[], Any]] = {
    "collectrisk LogisticScorer": cr.LogisticScorer,
    "scikit-learn LogisticRegression": logistic_regression,
    "scikit-learn HistGradientBoosting": boosted_trees,
    "interpret EBM, additive": explainable_boosting,
    "optbinning Scorecard": BinnedScorecard,
}


def out_of_fold(model: Callable[[], Any], columns: Array, labels: Array) -> Array:
    """Return each row's probability, from a model fitted on the other folds."""
    probabilities = np.empty(len(labels))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for train, test in folds.split(columns, labels):
        probabilities[test] = model().fit(columns[train], labels[train]).predict_proba(columns[test])[:, 1]
    return probabilities


def line(name: str, model: Callable[[], Any], columns: Array, labels: Array) -> str:
    start = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the other packages
            probabilities = out_of_fold(model, columns, labels)
    except ImportError:
        return f"{name:<34} not installed"
    seconds = time.perf_counter() - start
    auc, brier = roc_auc_score(labels, probabilities), brier_score_loss(labels, probabilities)
    loss = log_loss(labels, probabilities)
    return f"{name:<34} {auc:.5f} {brier:.6f} {loss:.5f} {seconds:8.1f}"


def main(folder: Path, rows: int | None) -> None:
    if not (folder / FILE).exists():
        print(f"{FILE} is not in {folder}, so nothing was fitted. Public source: {SOURCE}.")
        return
    frame = pl.read_parquet(folder / FILE)
    if rows is not None:
        frame = frame.head(rows)
    columns = frame.drop("ID", LABEL).to_numpy().astype(np.float64)
    labels = frame[LABEL].to_numpy().astype(np.int64)
    print(f"Source: {SOURCE}.")
    print(f"{len(labels):,} clients, {columns.shape[1]} columns, {labels.mean():.1%} in default; 5 folds.\n")
    print(f"{'out of fold':<34} {'AUC':>7} {'Brier':>8} {'log-loss':>7} {'seconds':>8}")
    for name, model in MODELS.items():
        print(line(name, model, columns, labels), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--rows", type=int, help="use only this number of rows")
    arguments = parser.parse_args()
    main(arguments.folder, arguments.rows)
