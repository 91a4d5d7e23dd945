"""Score the 30,000 card clients of a bank in Taiwan, 2005, end to end.

    python examples/card_clients.py [FOLDER]

FOLDER holds uci_default_credit_card.parquet; by default it is ../shared/data beside the project.

How the columns become borrowers: `PAY_0` says how many months a client is behind, and
`BILL_AMT1` what the last bill came to. Whoever is not behind owes nothing overdue, and a bill
below zero is a credit. Attitude and attempts are not recorded, so they stay at their defaults.
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

NT_DOLLARS_PER_YUAN = 4.1  # an assumption, rounded: no rate comes with the data


def read(path: Path) -> pl.DataFrame:
    """Return the clients, with the columns that a borrower needs beside the bank's own."""
    behind = pl.col("PAY_0") > 0
    return pl.read_parquet(path).with_columns(
        amount_overdue=pl.when(behind).then(pl.col("BILL_AMT1").clip(0)).otherwise(0.0),
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
        shown = "-" if probability is None else f"{probability:.3%}"
        print(f"{channel or 'no score':<12} {accounts:>8,} {accounts / len(scored):>7.1%} {shown:>24}")
    print(f"{'all':<12} {len(scored):>8,} {1:>7.1%} {mean:>24.3%}")


def explain(title: str, scorer: cr.RuleScorer, client: dict[str, Any]) -> None:
    borrower = cr.Borrower(**{field: client[field] for field in FIELDS})
    print(f"\n{title}: client {client['ID']}.\n{scorer.assess(borrower).explain()}")


def print_counts(scored: pl.DataFrame, behind: pl.DataFrame) -> None:
    credit_bills = (behind["BILL_AMT1"] < 0).sum()
    print(f"Source: {SOURCE}.")
    print(f"Amounts in NT dollars; assumed rate: {NT_DOLLARS_PER_YUAN} to the yuan.\n")
    print(f"rows scored             {scored['visit_probability'].count():>6,}")
    print(f"invalid rows            {scored['problem'].count():>6,}")
    print(f"behind with a payment   {len(behind):>6,}")
    print(f"  their bill is below 0 {credit_bills:>6,}   (a credit, counted as nothing overdue)")


def main(folder: Path) -> None:
    if not (folder / FILE).exists():
        print(f"{FILE} is not in {folder}, so nothing was scored. Public source: {SOURCE}.")
        return
    scorer = cr.RuleScorer(currency_scale=NT_DOLLARS_PER_YUAN)
    scored = scorer.assess_frame(read(folder / FILE), invalid="null")
    behind = scored.filter(pl.col("days_past_due") > 0)
    print_counts(scored, behind)
    print_mix("Every client, by what is recorded:", scored)
    print_mix("Those behind, by what is recorded (no failed attempt, so no visit):", behind)

    attempts = int(scorer.min_failed_attempts)
    supposed = behind.drop(RESULTS).with_columns(failed_messages=attempts)
    tried = scorer.assess_frame(supposed)
    print_mix(f"Those behind, had {attempts} messages to each failed (supposed, not recorded):", tried)

    recorded, supposed = (frame.sort("visit_probability", "ID") for frame in (behind, tried))
    explain("Likeliest by what is recorded", scorer, recorded.row(-1, named=True))
    explain("Likeliest had the messages failed", scorer, supposed.row(-1, named=True))
    explain("In the middle had the messages failed", scorer, supposed.row(len(supposed) // 2, named=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
