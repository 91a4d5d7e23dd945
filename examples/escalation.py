"""Which unpaid traffic fines go to credit collection after the penalty, from an event log alone.

    python examples/escalation.py [--folder FOLDER] [--fines FINES]

FOLDER contains traffic_fine_events_half.parquet; the default is ../shared/data next to the project.

Each fine is seen once: at the beginning of the day on which a penalty was added to it because it had not
been paid in time. The fields are what the log knew at that moment, without the penalty itself. The outcome
is whether the fine was sent for credit collection within a number of days. Models are fitted to fines whose
outcome was known on 1 January 2009, and evaluated on later penalties.

Fines are sent in batches, about once a year, on dates that nobody knew at the penalty. Within one year of it,
the outcome mostly says whether a batch followed in time: in most months no fine is sent, and in others most
are. What was learned from earlier batches does not hold for later ones, so the AUC over all months is below
one half and probabilities are too high. The mean of the AUCs within months compares fines with nearly the
same batches ahead of them. Within two years, most months have their batch.

The rules know nothing of these fines, and they estimate another event, a visit: only their ranking can be
compared. For every model, the amount overdue is what was owed and not paid before the penalty, the days past
due count from the day on which the fine was created, and the letter with the fine is a message without a
result.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

import collectrisk as cr
from collectrisk.history import ContactLog, TimeSplit, split_by_time

FILE = "traffic_fine_events_half.parquet"
SOURCE = (
    'de Leoni and Mannhardt, "Road Traffic Fine Management Process", 2015, '
    "https://doi.org/10.4121/uuid:270fd440-1057-4fb9-89a9-b699b47990f5 (the file is half of the log)"
)
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
CODES = {
    "Create Fine": "other",
    "Send Fine": "letter_sent",
    "Insert Fine Notification": "letter_delivered",
    "Add penalty": "other",
    "Payment": "payment",
    "Send for Credit Collection": "agency_placed",
    "Insert Date Appeal to Prefecture": "dispute",
    "Send Appeal to Prefecture": "other",
    "Receive Result Appeal from Prefecture": "other",
    "Notify Result Appeal to Offender": "other",
    "Appeal to Judge": "dispute",
}
NUMBERS = ["amount_overdue", "days_past_due", "failed_messages", "points"]
TEXTS = ["attitude", "vehicle_class"]
FIELDS = [*NUMBERS, *TEXTS]
SPLIT, KNOWN_UNTIL = "2009-01-01", "2013-06-18"  # the log ends on that day
EUROS_PER_YUAN = 0.13  # a rounded assumption: the data contains no rate
Array = npt.NDArray[Any]


def read(path: Path, fines: int | None) -> pl.DataFrame:
    """Return the events of all fines, or of some, with local times."""
    at = pl.col("happened_at").str.to_datetime(time_zone="UTC").dt.convert_time_zone("Europe/Rome")
    events = pl.read_parquet(path).with_columns(at)
    if fines is None:
        return events
    chosen = events.select(pl.col("fine_id").unique().sort()).sample(fines, seed=0)
    return events.join(chosen, on="fine_id", how="semi")


def unpaid_at_penalty(events: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each fine of which anything was owed at the beginning of the day of its penalty.

    The columns `dismissal` and `total_paid` are not used: nobody knows when they were entered.
    """
    penalties = events.filter(pl.col("event") == "Add penalty").select("fine_id", penalty_at="happened_at")
    before = events.join(penalties, on="fine_id").filter(pl.col("happened_at") < pl.col("penalty_at"))
    created = pl.col("event") == "Create Fine"
    fine, expense, paid = (pl.col(name).sum() for name in ("amount", "expense", "payment_amount"))
    since = pl.col("penalty_at").dt.date() - pl.col("happened_at").filter(created).first().dt.date()
    rows = before.group_by("fine_id", "penalty_at", maintain_order=True).agg(
        amount_overdue=(fine + expense - paid).round(2),
        days_past_due=since.first().dt.total_days(),
        vehicle_class=pl.col("vehicle_class").filter(created).first(),
        points=pl.col("points").filter(created).first(),
    )
    return rows.filter(pl.col("amount_overdue") > 0)


def split(log: ContactLog, fines: pl.DataFrame, within_days: int) -> TimeSplit:
    """Return the fines with fields and outcome, those known at the split and later ones."""
    rows = log.attach(fines, as_of_column="penalty_at")
    days: dict[str, Any] = {"within_days": within_days, "known_until": KNOWN_UNTIL}
    rows = log.outcomes("agency_placed", rows, after="penalty_at", name="sent", first_only=True, **days)
    return split_by_time(rows, "penalty_at", at=SPLIT, zone="Europe/Rome", **days)


def pipeline() -> Any:
    """Return scikit-learn's logistic regression on the same fields."""
    log1p = make_pipeline(FunctionTransformer(np.log1p, feature_names_out="one-to-one"), StandardScaler())
    columns = make_column_transformer((log1p, NUMBERS), (OneHotEncoder(handle_unknown="ignore"), TEXTS))
    return make_pipeline(columns, LogisticRegression(max_iter=1_000))


def probabilities(parts: TimeSplit) -> dict[str, Array]:
    """Return the probabilities of the later fines, by model."""
    train, later = parts.train.drop_nulls("sent"), parts.later.drop_nulls("sent")
    labels = train["sent"].to_numpy()
    card = cr.LogisticScorer(characteristics=FIELDS).fit(train, labels)
    plain = pipeline().fit(train[FIELDS].to_pandas(), labels)
    return {
        "collectrisk RuleScorer": cr.RuleScorer(currency_scale=EUROS_PER_YUAN).visit_probabilities(later),
        "collectrisk LogisticScorer": card.visit_probabilities(later),
        "scikit-learn LogisticRegression": plain.predict_proba(later[FIELDS].to_pandas())[:, 1],
    }


def print_comparison(parts: TimeSplit) -> None:
    later = parts.later.drop_nulls("sent")
    month = later["penalty_at"].dt.strftime("%Y-%m")
    columns = f"{'AUC':>6} {'within months':>14} {'expected':>9} {'observed':>9} {'Brier':>7}"
    print(f"{'on later penalties':<32} {columns}")
    reports = {
        name: cr.evaluate(values, None, visited=later["sent"], portfolio=month, bins=5)
        for name, values in probabilities(parts).items()
    }
    for name, report in reports.items():
        pooled, within = report.pooled, report.within_portfolio_auc
        print(
            f"{name:<32} {pooled.auc:>6.3f} {within:>14.3f} {pooled.expected_rate:>9.1%} "
            f"{pooled.observed_rate:>9.1%} {pooled.brier:>7.4f}"
        )
    print("\ncollectrisk LogisticScorer: fines by probability, a fifth in each row")
    print(f"{'probability':>18} {'fines':>7} {'expected':>9} {'observed':>9}")
    for each in reports["collectrisk LogisticScorer"].pooled.bins:
        span = f"{each.minimum:.1%} to {each.maximum:.1%}"
        print(f"{span:>18} {each.accounts:>7,} {each.expected_rate:>9.1%} {each.observed_rate:>9.1%}")


def main(folder: Path, fines: int | None) -> None:
    if not (folder / FILE).exists():
        print(f"{FILE} is not in {folder}, so nothing was fitted. Public source: {SOURCE}.")
        return
    events = read(folder / FILE, fines)
    columns = {"account_id": "fine_id", "amount": "payment_amount"}
    log = ContactLog(events, columns=columns, codes=CODES, zone="Europe/Rome")
    print(f"Source: {SOURCE}.\n\n{log.check()}\n")
    unpaid = unpaid_at_penalty(events)
    print(f"{len(unpaid):,} fines were not paid in full before the day of the penalty.")
    for within_days in (365, 730):
        parts = split(log, unpaid, within_days)
        sent = [f"{len(each):,} ({each['sent'].mean():.1%} sent)" for each in (parts.train, parts.later)]
        print(f"\nSent within {within_days} days? {sent[0]} fines until {SPLIT}, {sent[1]} later,", end=" ")
        print(f"{parts.left_out:,} in neither.\n")
        print_comparison(parts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--fines", type=int, help="use only this number of fines")
    arguments = parser.parse_args()
    main(arguments.folder, arguments.fines)
