"""Write the validation reports of two fitted cards: credit card defaults, and debts that were taken to court.

    python examples/validate_public_data.py [--folder FOLDER] [--output OUTPUT]

FOLDER contains uci_default_credit_card.parquet and pgfn_fgts_prev_2020-12_deidentified.parquet; the
default is ../shared/data next to the project. The reports are HTML files in OUTPUT, by default the
current folder, in English and Chinese.

All debts of a debtor are in the same sample, by a hash of the debtor's key, and intervals allow for
several debts of a debtor. The debts registered from 2019 on are the later accounts, and the model was
fitted to older ones: it does not know how little time there was to sue, and the report shows it.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import polars as pl

import collectrisk as cr
from collectrisk.validation import Split, ValidationReport, validation_report

if TYPE_CHECKING:
    from collections.abc import Mapping

CARDS, DEBTS = "uci_default_credit_card.parquet", "pgfn_fgts_prev_2020-12_deidentified.parquet"
SOURCES = {
    CARDS: 'UCI, "default of credit card clients", https://doi.org/10.24432/C55S3H, CC BY 4.0',
    DEBTS: "Procuradoria-Geral da Fazenda Nacional, open data",
}
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
DEFAULT = "default.payment.next.month"


class Debtor(cr.Borrower):
    """A borrower whose debt may have any age; a few are registered in the year 1000."""

    plausible: ClassVar[Mapping[str, float]] = {"days_past_due": math.inf}


def halves(frame: pl.DataFrame, key: str) -> list[pl.DataFrame]:
    """Return the accounts for development, and those kept apart, by a hash of their keys."""
    split = Split("validation example", {"development": 0.6, "holdout": 0.4}).attach(frame, key=key)
    return [split.filter(pl.col("group") == group) for group in ("development", "holdout")]


def validate_cards(path: Path) -> ValidationReport:
    clients = pl.read_parquet(path)
    development, holdout = halves(clients, "ID")
    fields = [name for name in clients.columns if name not in {"ID", DEFAULT}]
    model = cr.LogisticScorer(characteristics=fields).fit(development, development[DEFAULT])
    return validation_report(
        model, development, holdout, visited=DEFAULT, portfolio="EDUCATION", name="credit card defaults"
    )


def validate_debts(path: Path) -> ValidationReport:
    debts = (
        pl.read_parquet(path)
        .filter(pl.col("days_since_registration") >= 0)
        .select(
            amount_overdue=pl.col("overdue_amount_brl").cast(pl.Float64),
            days_past_due="days_since_registration",
            state="uf",
            debtor="debtor_key",
            registered=pl.col("registered_on").dt.date(),
            sued=pl.col("sued").cast(pl.Int8),
        )
    )
    is_later = pl.col("registered") >= pl.date(2019, 1, 1)
    development, holdout = halves(debts.filter(~is_later), "debtor")
    model = cr.LogisticScorer(
        characteristics=["amount_overdue", "days_past_due"], portfolio="state", borrower_type=Debtor
    ).fit(development, development["sued"])
    return validation_report(
        model,
        development,
        holdout,
        debts.filter(is_later),
        visited="sued",
        cluster="debtor",
        name="debts taken to court",
        notes=["The visit is a court case, not a visit."],
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--output", type=Path, default=Path())
    arguments = parser.parse_args()
    for file, validate in ((CARDS, validate_cards), (DEBTS, validate_debts)):
        if not (arguments.folder / file).exists():
            print(f"{file} is not in {arguments.folder}. Public source: {SOURCES[file]}.")
            continue
        report = validate(arguments.folder / file)
        stem = report.name.replace(" ", "_")
        report.save(arguments.output / f"{stem}.html")
        report.save(arguments.output / f"{stem}.zh.html", "zh")
        print(f"Source: {SOURCES[file]}. Wrote {stem}.html and {stem}.zh.html.")
        for name, each in report.samples.items():
            auc, low, high = each.pooled.auc or 0.0, *(each.pooled.auc_interval or (0.0, 1.0))
            print(f"{name:<12} {each.pooled.accounts:>7,} accounts   AUC {auc:.3f} ({low:.3f} to {high:.3f})")
        print("\n".join(f"- {limit.explain()}" for limit in report.limits), end="\n\n")


if __name__ == "__main__":
    main()
