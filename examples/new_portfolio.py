"""Adapt a model to a new portfolio with few labels or none.

    python examples/new_portfolio.py [--folder FOLDER] [--draws 2] [STATE ...]

The data are debts to the Brazilian treasury. Each state is the new portfolio once, and a model is
fitted on all other states. Then 0, 30, 100, 300 or 1,000 labels of the new state are used, and five
models are compared by their log-loss on its remaining debts, which are always the same:

    unchanged   the old model
    level       the old model, whose level `recalibrate` has moved
    new only    a model fitted on the new labels only
    pooled      a model fitted on all labels, without portfolios
    adapted     LogisticScorer(prior=old), whose level, slopes and curves may all change

The last column is the mean difference of adapted and level, with its standard error over the states.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import polars as pl
from sklearn.metrics import log_loss

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "pgfn_fgts_prev_2020-12_deidentified.parquet"
SOURCE = "Procuradoria-Geral da Fazenda Nacional, open data"
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
FIELDS = ["amount_overdue", "days_past_due"]
LABEL_COUNTS = (0, 30, 100, 300, 1_000)
MIN_DEBTS = 1_400
MODELS = ("unchanged", "level", "new only", "pooled", "adapted")


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
            sued=pl.col("sued").cast(pl.Int8),
        )
    )


def fit(debts: pl.DataFrame, **parameters: Any) -> cr.LogisticScorer:
    return cr.LogisticScorer(**parameters, borrower_type=Debtor).fit(debts, debts["sued"])


def losses(others: pl.DataFrame, new: pl.DataFrame, draws: int) -> list[dict[str, Any]]:
    """Return the log-loss of each model, with a row for each number of labels and each draw."""
    old = fit(others, characteristics=FIELDS, portfolio="state")
    pooled = fit(others, characteristics=FIELDS)
    results = []
    for draw in range(draws):
        order = np.random.default_rng(draw).permutation(len(new))
        rest = new[order[max(LABEL_COUNTS) :]]
        for seen in LABEL_COUNTS:
            labelled = new[order[:seen]]
            models = {"unchanged": old, "pooled": pooled}
            if seen:
                models["level"] = old.recalibrate(labelled, labelled["sued"])
                models["new only"] = fit(labelled, characteristics=FIELDS)
                models["pooled"] = fit(pl.concat([others, labelled]), characteristics=FIELDS)
            # Without labels, this is the old model with the mean level of its portfolios.
            models["adapted"] = fit(labelled, prior=old)
            probabilities = {name: model.visit_probabilities(rest) for name, model in models.items()}
            results.append(
                {"labels": seen} | {name: log_loss(rest["sued"], p) for name, p in probabilities.items()}
            )
    return results


def table(rows: list[dict[str, Any]]) -> str:
    """Return the means over the states, each of which is the mean of its draws."""
    difference = pl.col("adapted") - pl.col("level")
    means = (
        pl.DataFrame(rows, infer_schema_length=None)
        .group_by("state", "labels")
        .mean()
        .group_by("labels")
        .agg(
            pl.col(MODELS).mean(),
            difference=difference.mean(),
            error=difference.std() / pl.len().sqrt(),
        )
        .sort("labels")
    )
    lines = [f"{'labels':>6}" + "".join(f"{name:>10}" for name in MODELS) + f"{'adapted - level':>20}"]
    for labels, *losses, mean, error in means.select("labels", *MODELS, "difference", "error").iter_rows():
        shown = ["-" if loss is None else f"{loss:.4f}" for loss in losses]
        compared = "-" if mean is None or error is None else f"{mean:+.4f} ± {error:.4f}"
        lines.append(f"{labels:>6}" + "".join(f"{text:>10}" for text in shown) + f"{compared:>20}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("states", nargs="*")
    arguments = parser.parse_args()
    if not (arguments.folder / FILE).exists():
        print(f"{FILE} is not in {arguments.folder}, so nothing was fitted. Public source: {SOURCE}.")
        return
    debts = read(arguments.folder / FILE)
    sizes = debts["state"].value_counts().filter(pl.col("count") > MIN_DEBTS)
    states = arguments.states or sorted(sizes["state"])
    print(f"Source: {SOURCE}.")
    print(
        f"Log-loss on the other debts of a new state, mean of {len(states)} states "
        f"and {arguments.draws} draws each:\n"
    )
    rows = []
    for state in states:
        others, new = (debts.filter(pl.col("state") != state), debts.filter(pl.col("state") == state))
        rows += [{"state": state, **row} for row in losses(others, new, arguments.draws)]
    print(table(rows))


if __name__ == "__main__":
    main()
