"""What pairs of fields are worth on public data, out of fold, beside boosted trees and EBM.

Run ``python benchmarks/pairs.py [--folder FOLDER] [--seeds 0 1 2] [data ...]``. FOLDER contains the files of
the examples; the default is ../shared/data next to the project. The data are those of credit card clients
(all 23 columns), of debts to the Brazilian treasury (amount, age and state; all debts of a debtor are in the
same fold), and of a bank's telephone campaign (without the duration of the call). Seconds are those of
the processors, on average over the fits. EBM (interpret) is included if it is installed.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

import collectrisk as cr

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))
CARD, TREASURY = (importlib.import_module(name) for name in ("fit_card_default", "fit_treasury_debts"))

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BANK_FILE = "uci_bank_marketing_additional_full.parquet"
FOLDS = 5
Array = npt.NDArray[Any]


@attrs.frozen
class Data:
    """Rows with labels, and how our scorer is made for them."""

    columns: pl.DataFrame
    labels: Array
    debtors: Array | None = None
    options: dict[str, Any] = attrs.field(factory=dict)

    def folds(self, seed: int) -> Iterator[tuple[Array, Array]]:
        """Return the rows of the fit and those left out, for each fold."""
        if self.debtors is not None:
            groups = GroupKFold(FOLDS, shuffle=True, random_state=seed)
            return groups.split(self.labels, groups=self.debtors)  # type: ignore[no-any-return]
        return StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(self.labels, self.labels)  # type: ignore[no-any-return]


def card_clients(folder: Path) -> Data:
    frame = pl.read_parquet(folder / CARD.FILE)
    return Data(frame.drop("ID", CARD.LABEL), frame[CARD.LABEL].to_numpy())


def treasury_debts(folder: Path) -> Data:
    frame = TREASURY.read(folder / TREASURY.FILE)
    options = {"characteristics": TREASURY.FIELDS, "portfolio": "state", "borrower_type": TREASURY.Debtor}
    labels, debtors = frame["sued"].to_numpy(), frame["debtor"].to_numpy()
    return Data(frame.select(*TREASURY.FIELDS, "state"), labels, debtors, options)


def bank_campaign(folder: Path) -> Data:
    frame = pl.read_parquet(folder / BANK_FILE).drop("duration")
    return Data(frame.drop("y"), (frame["y"] == "yes").to_numpy().astype(int))


DATA: dict[str, Callable[[Path], Data]] = {
    "card": card_clients,
    "treasury": treasury_debts,
    "bank": bank_campaign,
}


def _with_numbers(model: Any) -> Any:
    """Return a pipeline in which texts are the numbers of their levels."""
    texts = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    is_text = make_column_selector(dtype_include=["object", "str", "string", "category"])
    return make_pipeline(make_column_transformer((texts, is_text), remainder="passthrough"), model)


def _explainable(interactions: Any) -> Any:
    glassbox = importlib.import_module("interpret.glassbox")
    return glassbox.ExplainableBoostingClassifier(interactions=interactions, n_jobs=1, random_state=0)


MODELS: dict[str, Callable[[Data], Any]] = {
    "curves": lambda data: cr.LogisticScorer(**data.options),
    "curves and pairs": lambda data: cr.LogisticScorer(pairs="auto", **data.options),
    "HistGradientBoosting": lambda _: _with_numbers(HistGradientBoostingClassifier(random_state=0)),
    "EBM, additive": lambda _: _explainable(0),
    "EBM with pairs": lambda _: _explainable("3x"),
}


def measure(model: Callable[[Data], Any], data: Data, seed: int) -> tuple[Array, float, int]:
    """Return AUC, Brier score and log-loss out of fold, the seconds of a fit, and the number of pairs."""
    probabilities, seconds, pairs = np.empty(len(data.labels)), 0.0, 0
    rows = data.columns.to_pandas()
    for train, test in data.folds(seed):
        start = time.process_time()
        fitted = model(data).fit(rows.iloc[train], data.labels[train])
        seconds += time.process_time() - start
        probabilities[test] = fitted.predict_proba(rows.iloc[test])[:, 1]
        card = getattr(fitted, "scorecard_", None)
        pairs += sum(isinstance(each, cr.Surface) for each in card.characteristics) if card else 0
    quality = [measure(data.labels, probabilities) for measure in (roc_auc_score, brier_score_loss, log_loss)]
    return np.array(quality), seconds / FOLDS, pairs


def main(folder: Path, names: list[str], seeds: list[int]) -> None:
    for name in names:
        data = DATA[name](folder)
        print(f"{name}: {len(data.labels):,} rows, {data.columns.width} columns")
        print(f"{'out of fold':<24}{'AUC':>8}{'Brier':>8}{'log-loss':>10}{'seconds':>9}{'pairs':>7}")
        for model, make in MODELS.items():
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    measured = [measure(make, data, seed) for seed in seeds]
            except ImportError:
                print(f"{model:<24}{'not installed':>20}")
                continue
            auc, brier, loss = np.mean([each[0] for each in measured], axis=0)
            seconds = np.mean([each[1] for each in measured])
            pairs = sum(each[2] for each in measured) / FOLDS / len(seeds)
            print(f"{model:<24}{auc:8.4f}{brier:8.4f}{loss:10.4f}{seconds:9.2f}{pairs:7.1f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="*", metavar="data", help=f"any of {', '.join(DATA)}; all by default")
    parser.add_argument("--folder", type=Path, default=CARD.FOLDER)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    arguments = parser.parse_args()
    if others := set(arguments.data) - set(DATA):
        parser.error(f"no such data: {', '.join(sorted(others))}; the data are {', '.join(DATA)}")
    main(arguments.folder, arguments.data or list(DATA), arguments.seeds)
