"""Bring last year's model to a portfolio it has never seen, with few labels or none.

    python examples/new_portfolio.py [--folder FOLDER] [--draws 5] [STATE ...]

Each state of the Brazilian treasury's debts plays the new portfolio once; the model is fitted on
all other states. Then the new state shows 0, 30, 100 or 300 of its labels, and the log-loss on
the rest of its debts (always the same rest) says who made the most of them:

    as it is    the old model, untouched
    new only    a model fitted on the new labels alone
    pooled      a model fitted on all labels together, no portfolio apart
    adapted     LogisticScorer(prior=old): the level is free, the curves hold still
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sklearn.metrics import log_loss

import collectrisk as cr

FILE = "pgfn_fgts_prev_2020-12_deidentified.parquet"
SOURCE = "Procuradoria-Geral da Fazenda Nacional, open data"
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
FIELDS = ["amount_overdue", "days_past_due"]
LABELS_SEEN = (0, 30, 100, 300)
ENOUGH_DEBTS = 700
WAYS = ("as it is", "new only", "pooled", "adapted")


def read(path: Path) -> pl.DataFrame:
    """Return the debts with a possible age."""
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


def fit(debts: pl.DataFrame, **how: Any) -> cr.LogisticScorer:
    return cr.LogisticScorer(**how).fit(debts, debts["sued"])


def losses(elsewhere: pl.DataFrame, here: pl.DataFrame, draws: int) -> list[dict[str, Any]]:
    """Return the log-loss of every way, a row for each number of labels and each draw."""
    old = fit(elsewhere, characteristics=FIELDS, portfolio="state")
    pooled = fit(elsewhere, characteristics=FIELDS)
    found = []
    for draw in range(draws):
        order = np.random.default_rng(draw).permutation(len(here))
        rest = here[order[max(LABELS_SEEN) :]]
        for seen in LABELS_SEEN:
            labelled = here[order[:seen]]
            models = {"as it is": old, "pooled": pooled}
            if seen:
                models["new only"] = fit(labelled, characteristics=FIELDS)
                models["pooled"] = fit(pl.concat([elsewhere, labelled]), characteristics=FIELDS)
            # Without a label the adapted model is the old one, its portfolios' mean as the level.
            models["adapted"] = fit(labelled, prior=old)
            chance = {way: model.visit_probabilities(rest) for way, model in models.items()}
            found.append({"labels": seen} | {way: log_loss(rest["sued"], p) for way, p in chance.items()})
    return found


def table(rows: list[dict[str, Any]]) -> str:
    """Return the mean over states, each the mean of its draws."""
    means = (
        pl.DataFrame(rows)
        .group_by("state", "labels")
        .mean()
        .group_by("labels")
        .agg(pl.col(WAYS).mean())
        .sort("labels")
    )
    lines = [f"{'labels':>6}" + "".join(f"{way:>10}" for way in WAYS)]
    for labels, *losses in means.select("labels", *WAYS).iter_rows():
        shown = ["-" if loss is None else f"{loss:.4f}" for loss in losses]
        lines.append(f"{labels:>6}" + "".join(f"{text:>10}" for text in shown))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("states", nargs="*")
    asked = parser.parse_args()
    if not (asked.folder / FILE).exists():
        print(f"{FILE} is not in {asked.folder}, so nothing was fitted. Public source: {SOURCE}.")
        return
    debts = read(asked.folder / FILE)
    sizes = debts["state"].value_counts().filter(pl.col("count") > ENOUGH_DEBTS)
    states = asked.states or sorted(sizes["state"])
    print(f"Source: {SOURCE}.")
    print(
        f"Log-loss on the rest of a new state, mean of {len(states)} states and {asked.draws} draws each:\n"
    )
    rows = []
    for state in states:
        elsewhere, here = (debts.filter(pl.col("state") != state), debts.filter(pl.col("state") == state))
        rows += [{"state": state, **row} for row in losses(elsewhere, here, asked.draws)]
    print(table(rows))


if __name__ == "__main__":
    main()
