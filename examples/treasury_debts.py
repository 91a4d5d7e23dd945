"""Score 154,213 debts to the Brazilian treasury, including rows with invalid values.

    python examples/treasury_debts.py [FOLDER]

FOLDER contains pgfn_fgts_prev_2020-12_deidentified.parquet; the default is ../shared/data next to
the project.

`columns=` maps the fields to the names of the amount and the age in this file. A tax benefit
("Benefício Fiscal", an instalment scheme) counts as a repayment plan that is being kept. Attitude and
contact attempts are not recorded, so they have their defaults. Nothing is repaired: a row with an
invalid value gets no score, and the column `problem` states the reason. The file has debts of more than
40 years, so its borrowers have a higher plausible limit; an age of a thousand years is still an error.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

import collectrisk as cr
from collectrisk.errors import InvalidRowsError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "pgfn_fgts_prev_2020-12_deidentified.parquet"
SOURCE = (
    'Procuradoria-Geral da Fazenda Nacional, open data "Devedores da União e do FGTS", '
    "December 2020, https://www.gov.br/pgfn"
)
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
COLUMNS = {"amount_overdue": "overdue_amount_brl", "days_past_due": "days_since_registration"}

REAIS_PER_YUAN = 0.8  # a rounded assumption: the data contains no rate


class Debtor(cr.Borrower):
    """A borrower whose debt may be a hundred years old."""

    plausible: ClassVar[Mapping[str, float]] = {"days_past_due": 36_525}


class Rules(cr.RuleScorer):
    """The rules, for debtors."""

    borrower_type = Debtor


def read(path: Path) -> pl.DataFrame:
    """Return the debts, with columns for the fields of a borrower added."""
    return pl.read_parquet(path).with_columns(
        failed_messages=pl.lit(0),
        repayment_plan=pl.col("tipo_situacao_inscricao") == "Benefício Fiscal",
    )


def print_problems(scorer: cr.RuleScorer, debts: pl.DataFrame, scored: pl.DataFrame) -> None:
    try:
        scorer.assess_frame(debts, columns=COLUMNS)
    except InvalidRowsError as error:
        print(f'\nWithout invalid="null" the frame raises an error:\n{error}')
    problems = scored["problem"].drop_nulls().value_counts(sort=True)
    print('\nWith invalid="null" these rows get no score:')
    for problem, rows in problems.iter_rows():
        print(f"{rows:>6,}  {problem}")
    age = scored["days_since_registration"]
    print(f"{(age < 0).sum():>6,}  of them are registered after the day of the data")
    print(f"{(age > 36_525).sum():>6,}  of them are older than a hundred years (registered in the year 1000)")
    valid = scored.filter(pl.col("problem").is_null())
    print("\nUnusual but valid values, which are scored:")
    print(f"{(valid['days_since_registration'] > 14_610).sum():>6,}  older than 40 years")
    print(f"{(valid['overdue_amount_brl'] == 0).sum():>6,}  nothing owed")


def print_mix(title: str, scored: pl.DataFrame) -> None:
    mix = scored.group_by("channel").agg(pl.len(), pl.mean("visit_probability"))
    mix = mix.sort("channel", nulls_last=True)
    mean = scored.select(pl.mean("visit_probability")).item()
    print(f"\n{title}\n{'channel':<12} {'debts':>8} {'share':>7}   mean visit probability")
    for channel, debts, probability in mix.iter_rows():
        mean_text = "-" if probability is None else f"{probability:.3%}"
        print(f"{channel or 'no score':<12} {debts:>8,} {debts / len(scored):>7.1%} {mean_text:>24}")
    print(f"{'all':<12} {len(scored):>8,} {1:>7.1%} {mean:>24.3%}")


def explain(title: str, scorer: cr.RuleScorer, debt: dict[str, Any]) -> None:
    borrower = Debtor(
        amount_overdue=debt["overdue_amount_brl"],
        days_past_due=debt["days_since_registration"],
        failed_messages=debt["failed_messages"],
        repayment_plan=debt["repayment_plan"],
    )
    print(f"\n{title}: debt {debt['inscription_key']}.\n{scorer.assess(borrower).explain()}")


def print_counts(scored: pl.DataFrame) -> None:
    print(f"Source: {SOURCE}.")
    print(f"Amounts in reais; assumed rate: {REAIS_PER_YUAN} to the yuan.\n")
    print(f"rows read     {len(scored):>7,}")
    print(f"rows scored   {scored['visit_probability'].count():>7,}")
    print(f"invalid rows  {scored['problem'].count():>7,}")
    print(f"kept plans    {scored['repayment_plan'].sum():>7,}")


def main(folder: Path) -> None:
    if not (folder / FILE).exists():
        print(f"{FILE} is not in {folder}, so nothing was scored. Public source: {SOURCE}.")
        return
    debts = read(folder / FILE)
    scorer = Rules(currency_scale=REAIS_PER_YUAN)
    scored = scorer.assess_frame(debts, invalid="null", columns=COLUMNS)
    print_counts(scored)
    print_problems(scorer, debts, scored)
    print_mix("With the recorded facts (no failed attempts, so no visits):", scored)

    attempts = int(scorer.min_failed_attempts)
    assumed = debts.with_columns(failed_messages=attempts)
    attempted = scorer.assess_frame(assumed, invalid="null", columns=COLUMNS)
    print_mix(f"If {attempts} messages to each debtor had failed (assumed, not recorded):", attempted)

    recorded, assumed = (
        frame.drop_nulls("visit_probability").sort("visit_probability", "inscription_key")
        for frame in (scored, attempted)
    )
    explain("Highest probability, with the recorded facts", scorer, recorded.row(-1, named=True))
    explain("Highest probability, if the messages had failed", scorer, assumed.row(-1, named=True))
    plans = assumed.filter("repayment_plan")
    explain("Highest probability with a kept plan", scorer, plans.row(-1, named=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
