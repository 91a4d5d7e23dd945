"""Fields from a log of events, against a polars query that is written by hand for the same columns."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.measure import Line, interleaved, timed
from collectrisk.history import ContactLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.setting import Setting

AS_OF = dt.datetime(2026, 6, 1)  # noqa: DTZ001  # a local time
GRACE_DAYS = 3
EVENTS_AN_ACCOUNT = 20
ROOT = Path(__file__).resolve().parents[1]
MIB = 2**20
BY_HAND = "by hand"
MOST = 1.5
"""Times the time of the query that is written by hand."""

MOST_MEMORY = 2.0
"""Times its memory: the library also keeps the columns that it has checked."""

SHARES = {
    "SMS": ("message_sent", 0.25),
    "NA": ("no_answer", 0.30),
    "LM": ("message_left", 0.08),
    "TP": ("third_party_reached", 0.05),
    "RPC": ("conversation", 0.06),
    "REF": ("refusal", 0.02),
    "PTP": ("promise", 0.04),
    "PAY": ("payment", 0.08),
    "LETTER": ("letter_sent", 0.06),
    "PLAN": ("plan_started", 0.01),
    "PLAN END": ("plan_ended", 0.005),
    "PLACED": ("agency_placed", 0.01),
    "RECALLED": ("agency_recalled", 0.005),
    "VISIT": ("visit", 0.01),
    "NOTE": ("other", 0.02),
}
"""The kind of event that each code means, and its share of the events."""

CODES = {code: kind for code, (kind, _) in SHARES.items()}
REVERSED = 0.04
"""The share of payments that are taken back."""

MESSAGES, CALLS = ["SMS", "LETTER"], ["NA", "LM", "TP", "REF"]
COOPERATIVE = ["PAY", "PLAN"]
RESULTS = [*COOPERATIVE, "RPC", "PTP"]


def make_events(rows: int) -> pl.DataFrame:
    """Return a made-up log in order of time, with 20 events an account on average."""
    rng = np.random.default_rng(1)
    shares = np.array([share for _, share in SHARES.values()])
    codes = rng.choice(list(SHARES), rows, p=shares / shares.sum())
    at = np.datetime64("2025-01-01", "us") + np.sort(rng.integers(0, 600 * 86_400, rows)) * 1_000_000
    due = at.astype("datetime64[D]") + rng.integers(1, 20, rows)
    amount = rng.integers(100, 50_000, rows) / 100
    amount[(codes == "PAY") & (rng.random(rows) < REVERSED)] *= -1
    frame = pl.DataFrame(
        {
            "account_id": rng.integers(0, max(rows // EVENTS_AN_ACCOUNT, 1), rows),
            "happened_at": at,
            "recorded_at": at + np.timedelta64(60, "s"),
            "event": codes,
            "amount": amount,
            "due_on": due,
        }
    )
    code = pl.col("event")
    return frame.with_columns(
        account_id=pl.format("A{}", pl.col("account_id").cast(pl.String).str.zfill(8)),
        amount=pl.when(code.is_in(["PTP", "PAY"])).then("amount"),
        due_on=pl.when(code == "PTP").then("due_on"),
    )


def by_library(events: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Return the fields from a new log, so that its check is part of the work."""
    found = ContactLog(events, codes=CODES, grace_days=GRACE_DAYS).fields(AS_OF)
    return found.collect() if isinstance(found, pl.LazyFrame) else found


def by_hand(events: pl.LazyFrame) -> pl.LazyFrame:
    """Return the fields by the query that one would write for these codes, which validates nothing."""
    known = events.filter(pl.col("happened_at") < AS_OF, pl.col("recorded_at") < AS_OF)
    known = known.with_columns(pl.col("event").cast(pl.Enum(list(CODES))))
    at, code = pl.col("happened_at"), pl.col("event")
    paid_back = ((code == "PAY") & (pl.col("amount") <= 0)).fill_null(value=False)
    cooperative = code.is_in(COOPERATIVE) & ~paid_back
    last = (
        known.filter(code.is_in([*RESULTS, "PLAN END", "PLACED", "RECALLED"]))
        .group_by("account_id")
        .agg(
            result=at.filter(code.is_in(RESULTS) & ~paid_back).max(),
            cooperative_at=at.filter(cooperative).max(),
            cooperative=cooperative.sum(),
            placed=at.filter(code == "PLACED").max(),
            recalled=at.filter(code == "RECALLED").max(),
            started=at.filter(code == "PLAN").max(),
            ended=at.filter(code == "PLAN END").max(),
        )
        .join(_promised_by_hand(known), on="account_id", how="left")
        .with_columns(
            pl.col("promised", "broken_promises").fill_null(0),
            since=pl.max_horizontal("cooperative_at", "promised_at"),
        )
        .cache()
    )
    fresh = (at > pl.col("result")).fill_null(value=True)
    later = (at > pl.col("since")).fill_null(value=True)
    counts = (
        known.join(last.select("account_id", "result", "since"), on="account_id", how="left")
        .group_by("account_id")
        .agg(
            failed_messages=(fresh & code.is_in(MESSAGES)).sum(),
            failed_calls=(fresh & code.is_in(CALLS)).sum(),
            hostile=(later & (code == "REF")).sum(),
            passive=(later & (code == "RPC")).sum(),
        )
    )
    hostile, passive = pl.col("hostile"), pl.col("passive")
    shows_cooperation = (pl.col("cooperative") + pl.col("promised")).fill_null(0) > 0
    attitude = (
        pl.when(hostile >= 2)  # as in ATTITUDE_RULES
        .then(pl.lit("hostile"))
        .when((hostile >= 1) | (passive >= 2))
        .then(pl.lit("passive"))
        .when(shows_cooperation)
        .then(pl.lit("cooperative"))
        .otherwise(pl.lit("unknown"))
    )
    return (
        counts.join(last, on="account_id", how="left")
        .select(
            "account_id",
            "failed_messages",
            "failed_calls",
            pl.col("broken_promises").fill_null(0),
            attitude=attitude,
            placed_with_agency=_lasts("placed", "recalled"),
            repayment_plan=_lasts("started", "ended"),
        )
        .sort("account_id")
    )


def _lasts(start: str, end: str) -> pl.Expr:
    return (pl.col(start).is_not_null() & (pl.col(start) >= pl.col(end)).fill_null(value=True)).fill_null(
        value=False
    )


def _promised_by_hand(known: pl.LazyFrame) -> pl.LazyFrame:
    """Return the number of broken promises, and the number and the last of the others."""
    cents = (pl.col("amount") * 100).round().cast(pl.Int64)
    payments = known.filter(pl.col("event") == "PAY")
    payments = payments.select("account_id", at="happened_at", paid=cents).cache()
    moment = ["account_id", "made", "due_on"]
    made, due, end, close = (pl.col(name) for name in ("made", "due_on", "end", "close"))
    promises = (
        known.filter(pl.col("event") == "PTP")
        .group_by("account_id", "due_on", made="happened_at")
        .agg(amount=cents.sum(), promises=pl.len())
        .with_columns(end=due.cast(pl.Datetime("us")) + dt.timedelta(GRACE_DAYS + 1))
        .cache()
    )
    # What was promised before, and the end of the last of these promises.
    others = promises.select("account_id", made_j="made", due_j="due_on", end_j="end", amount_j="amount")
    places = (
        promises.join(others, on="account_id")
        .filter((pl.col("made_j") < made) | ((pl.col("made_j") == made) & (pl.col("due_j") <= due)))
        .group_by(moment)
        .agg(
            pl.col("end", "amount", "promises").first(),
            place=pl.len(),
            up_to=pl.col("amount_j").sum(),
            close=pl.col("end_j").max(),
        )
    )
    # What was paid until each moment, less what was paid back after it.
    at, back = pl.col("at"), pl.col("back")
    balances = (
        payments.filter(pl.col("paid") < 0)
        .select("account_id", back="at")
        .join(payments, on="account_id")
        .filter(at <= back)
        .group_by("account_id", "back")
        .agg(balance=pl.col("paid").sum())
    )
    place = ["account_id", "place"]
    of_promise = ["made", "end", "amount", "promises", "up_to", "close"]
    paid = (
        places.join(payments, on="account_id", how="left")
        .group_by(place)
        .agg(
            pl.col(of_promise).first(),
            before=pl.col("paid").filter(at < made).sum(),
            by_end=pl.col("paid").filter(at < end).sum(),
            by_close=pl.col("paid").filter(at < close).sum(),
        )
        .join(balances, on="account_id", how="left")
        .group_by(place)
        .agg(
            pl.col(of_promise).first(),
            before=pl.min_horizontal(pl.col("before").first(), pl.col("balance").filter(back >= made).min()),
            by_end=pl.min_horizontal(pl.col("by_end").first(), pl.col("balance").filter(back >= end).min()),
            by_close=pl.min_horizontal(
                pl.col("by_close").first(), pl.col("balance").filter(back >= close).min()
            ),
        )
        .select(
            *place,
            "made",
            "end",
            "promises",
            floor=pl.col("before") - pl.col("up_to") + pl.col("amount"),
            roof=pl.col("by_close") - pl.col("up_to"),
            limit=pl.col("by_end") - pl.col("up_to"),
        )
        .cache()
    )
    j, limit = pl.col("j"), pl.col("limit")
    states = (
        paid.join(paid.select("account_id", j="place", floor_j="floor", roof_j="roof"), on="account_id")
        .filter(j <= pl.col("place"))
        .group_by(place)
        .agg(
            pl.col("made", "end", "promises").first(),
            exceeded=j.filter(pl.col("floor_j") > limit).max(),
            freed=j.filter((j < pl.col("place")) & (pl.col("roof_j") <= limit)).max(),
        )
    )
    kept = pl.col("exceeded").is_null() | (pl.col("freed") >= pl.col("exceeded")).fill_null(value=False)
    broken = ~kept & (pl.col("end") <= AS_OF)
    return states.group_by("account_id").agg(
        broken_promises=pl.col("promises").filter(broken).sum(),
        promised=pl.col("promises").filter(~broken).sum(),
        promised_at=made.filter(~broken).max(),
    )


def histories(setting: Setting) -> Iterator[Line]:
    """Compare the fields from eager and lazy frames of polars; then the memory of ten times the events."""
    events = make_events(setting.rows)
    checked = ContactLog(events, codes=CODES, grace_days=GRACE_DAYS)
    ours: dict[str, Callable[[], pl.DataFrame]] = {
        "new log": lambda: by_library(events),
        "same log again": lambda: checked.fields(AS_OF),
        "lazy": lambda: by_library(events.lazy()),
    }
    expected = by_hand(events.lazy()).collect()
    for run in ours.values():
        found = run().sort("account_id")
        if not found.equals(expected.cast(found.schema)):
            raise AssertionError("the two queries do not compute the same")
    sides = {name: timed(run) for name, run in ours.items()}
    sides[BY_HAND] = timed(lambda: by_hand(events.lazy()).collect())
    times = interleaved(sides, setting.repeats)
    for name in ours:
        yield Line.of_time(f"fields of a log, {name}", times, name, BY_HAND, MOST)
    yield from _memory(10 * setting.rows)


def _memory(rows: int) -> Iterator[Line]:
    """Compare the peak memory and the processor time of new processes that read a Parquet file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.parquet"
        make_events(rows).write_parquet(path)
        for kind in ("eager", "lazy"):
            ours, its = (_usage(kind, side, path) for side in ("ours", BY_HAND))
            for what, unit, place, most in (
                ("memory", "MiB", 0, MOST_MEMORY),
                ("processor time", "s", 1, MOST),
            ):
                ratio = ours[place] / its[place]
                yield Line(
                    measured=f"{what}, {rows:,} events, {kind}",
                    ours=f"{ours[place]:.3g} {unit}",
                    against=BY_HAND,
                    its=f"{its[place]:.3g} {unit}",
                    best=f"{ratio:.2f} x",
                    median="",
                    target=f"at most {most:g} x",
                    met=ratio <= most,
                )


def _usage(kind: str, side: str, path: Path) -> tuple[float, float]:
    """Return the least peak in MiB and the least processor time of two runs."""
    command = [sys.executable, "-m", "benchmarks.history_process", kind, side, str(path)]
    runs = [
        tuple(map(float, subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout.split()))
        for _ in range(2)
    ]
    peak, seconds = (min(run[place] for run in runs) for place in (0, 1))
    return peak / MIB, seconds
