"""Score the 30,000 credit card clients of a bank in Taiwan (2005).

    python examples/card_clients.py [FOLDER]

FOLDER contains uci_default_credit_card.parquet; the default is ../shared/data next to the project.

`PAY_0` is the number of months by which a client is late, and `BILL_AMT1` the amount of the last
bill. A client who is not late has no overdue amount; neither has one with a negative bill, which is a
credit. Attitude and contact attempts are not recorded, so they have their defaults.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import polars as pl

import collectrisk as cr

FILE = "uci_default_credit_card.parquet"
SOURCE = (
    'UCI Machine Learning Repository, "default of credit card clients", '
    "https://doi.org/10.24432/C55S3H, CC BY 4.0"
)
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
FIELDS = ("amount_overdue", "days_past_due", "failed_messages", "product")
RESULTS = ("visit_probability", "channel", "problem")

NT_DOLLARS_PER_YUAN = 4.1  # a rounded assumption: the data contains no rate


def read(path: Path) -> pl.DataFrame:
    """Return the clients, with columns for the fields of a borrower added."""
    late = pl.col("PAY_0") > 0
    return pl.read_parquet(path).with_columns(
        amount_overdue=pl.when(late).then(pl.col("BILL_AMT1").clip(0)).otherwise(0.0),
        days_past_due=30 * pl.col("PAY_0").clip(0),
        failed_messages=pl.lit(0),
        product=pl.lit("credit_card"),
    )


def print_mix(title: str, scored: pl.DataFrame) -> None:
    mix = scored.group_by("channel").agg(pl.len(), pl.mean("visit_probability"))
    mix = mix.sort("channel", nulls_last=True)
    mean = scored.select(pl.mean("visit_probability")).item()
    print(f"\n{title}\n{'channel':<12} {'accounts':>8} {'share':>7}   mean visit probability")
    for channel, accounts, probability in mix.iter_rows():
        mean_text = "-" if probability is None else f"{probability:.3%}"
        print(f"{channel or 'no score':<12} {accounts:>8,} {accounts / len(scored):>7.1%} {mean_text:>24}")
    print(f"{'all':<12} {len(scored):>8,} {1:>7.1%} {mean:>24.3%}")


def explain(title: str, scorer: cr.RuleScorer, client: dict[str, Any]) -> None:
    borrower = cr.Borrower(**{field: client[field] for field in FIELDS})
    print(f"\n{title}: client {client['ID']}.\n{scorer.assess(borrower).explain()}")


def print_counts(scored: pl.DataFrame, late: pl.DataFrame) -> None:
    credit_bills = (late["BILL_AMT1"] < 0).sum()
    print(f"Source: {SOURCE}.")
    print(f"Amounts in NT dollars; assumed rate: {NT_DOLLARS_PER_YUAN} to the yuan.\n")
    print(f"rows scored             {scored['visit_probability'].count():>6,}")
    print(f"invalid rows            {scored['problem'].count():>6,}")
    print(f"late clients            {len(late):>6,}")
    print(f"  with a negative bill  {credit_bills:>6,}   (a credit, so nothing is overdue)")


def main(folder: Path) -> None:
    if not (folder / FILE).exists():
        print(f"{FILE} is not in {folder}, so nothing was scored. Public source: {SOURCE}.")
        return
    scorer = cr.RuleScorer(currency_scale=NT_DOLLARS_PER_YUAN)
    scored = scorer.assess_frame(read(folder / FILE), invalid="null")
    late = scored.filter(pl.col("days_past_due") > 0)
    print_counts(scored, late)
    print_mix("All clients, with the recorded facts:", scored)
    print_mix("Late clients, with the recorded facts (no failed attempts, so no visits):", late)

    attempts = int(scorer.min_failed_attempts)
    assumed = late.drop(RESULTS).with_columns(failed_messages=attempts)
    attempted = scorer.assess_frame(assumed)
    print_mix(f"Late clients, if {attempts} messages to each had failed (assumed, not recorded):", attempted)

    recorded, assumed = (frame.sort("visit_probability", "ID") for frame in (late, attempted))
    explain("Highest probability, with the recorded facts", scorer, recorded.row(-1, named=True))
    explain("Highest probability, if the messages had failed", scorer, assumed.row(-1, named=True))
    explain(
        "Median probability, if the messages had failed", scorer, assumed.row(len(assumed) // 2, named=True)
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
