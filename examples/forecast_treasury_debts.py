"""Forecast how many debts of a new state are taken to court, with a model of the other states.

    python examples/forecast_treasury_debts.py [--folder FOLDER] [STATE ...]

FOLDER contains pgfn_fgts_prev_2020-12_deidentified.parquet; the default is ../shared/data next to
the project. Each state is left out once, and the model does not know its level. The 90 % interval of the
forecast takes that into account; the other interval is that of independent accounts.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import polars as pl

import collectrisk as cr
from collectrisk.planning import forecast_visits

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "pgfn_fgts_prev_2020-12_deidentified.parquet"
SOURCE = "Procuradoria-Geral da Fazenda Nacional, open data"
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
FIELDS = ["amount_overdue", "days_past_due"]


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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("states", nargs="*")
    arguments = parser.parse_args()
    if not (arguments.folder / FILE).exists():
        print(f"{FILE} is not in {arguments.folder}, so nothing was fitted. Public source: {SOURCE}.")
        return
    debts = read(arguments.folder / FILE)
    states = arguments.states or sorted(debts["state"].unique())
    print(f"Source: {SOURCE}.\n")
    print(f"{'state':<6} {'debts':>7} {'sued':>7}   {'90% interval':<19} independent accounts")
    within, within_independent = 0, 0
    for state in states:
        others, new = debts.filter(pl.col("state") != state), debts.filter(pl.col("state") == state)
        model = cr.LogisticScorer(characteristics=FIELDS, portfolio="state", borrower_type=Debtor)
        forecast = forecast_visits(model.fit(others, others["sued"]), new)
        sued = new["sued"].sum()
        ends = [each.interval(0.9) for each in (forecast, forecast.independent)]
        inside = [low <= sued <= high for low, high in ends]
        within, within_independent = within + inside[0], within_independent + inside[1]
        texts = [
            f"{low:,} to {high:,}{' *' if hit else ''}" for (low, high), hit in zip(ends, inside, strict=True)
        ]
        print(f"{state:<6} {len(new):>7,} {sued:>7,}   {texts[0]:<19} {texts[1]}")
    print(
        f"\n* contains the number of debts that were sued: {within} and {within_independent} of {len(states)}"
    )


if __name__ == "__main__":
    main()
