"""Runs in the peers' interpreter: fits each peer once, then scores on request and prints the seconds."""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import toad
from optbinning import BinningProcess, Scorecard
from sklearn.linear_model import LogisticRegression


def _toad(features: pd.DataFrame, visited: pd.Series[int]) -> Any:
    combiner = toad.transform.Combiner().fit(features, visited, method="quantile", n_bins=10)
    weights = toad.transform.WOETransformer()
    woe = weights.fit_transform(combiner.transform(features), visited)
    return toad.ScoreCard(combiner=combiner, transer=weights).fit(woe, visited).predict_proba


def _optbinning(features: pd.DataFrame, visited: pd.Series[int]) -> Any:
    names = list(features)
    texts = list(features.select_dtypes(exclude=["number", "bool"]))
    card = Scorecard(BinningProcess(names, categorical_variables=texts), LogisticRegression())
    return card.fit(features, visited).predict_proba


FITS = {"toad": _toad, "optbinning": _optbinning}


def main() -> None:
    """Answer each name on standard input with the seconds that scoring took."""
    # The output of a peer must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    folder = Path(sys.argv[1])
    fitted, scored = pd.read_csv(folder / "fitted.csv"), pd.read_csv(folder / "scored.csv")
    models: dict[str, Any] = {}
    for line in sys.stdin:
        name = line.strip()
        if name not in models:
            models[name] = FITS[name](fitted.drop(columns="visited"), fitted["visited"].astype(int))
        gc.collect()
        start = time.perf_counter()
        models[name](scored)
        print(time.perf_counter() - start, file=answers, flush=True)


if __name__ == "__main__":
    main()
