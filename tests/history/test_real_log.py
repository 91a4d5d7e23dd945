"""A real log: half of the events of Italian road-traffic fines.

De Leoni and Mannhardt, "Road Traffic Fine Management Process", 2015,
DOI 10.4121/uuid:270fd440-1057-4fb9-89a9-b699b47990f5.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from collectrisk.history import ContactLog

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "traffic_fine_events_half.parquet"
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


@pytest.fixture(scope="module")
def fines() -> pl.DataFrame:
    """Return the events, with times in UTC."""
    if not FILE.exists():
        pytest.skip(f"{FILE.name} is not in ../shared/data; see the DOI in this file")
    moment = pl.col("happened_at").str.to_datetime(time_zone="UTC")
    return pl.read_parquet(FILE).with_columns(local=pl.col("happened_at").str.head(10), happened_at=moment)


@pytest.fixture(scope="module")
def log(fines: pl.DataFrame) -> ContactLog:
    columns = {"account_id": "fine_id", "amount": "payment_amount"}
    return ContactLog(fines, columns=columns, codes=CODES, zone="Europe/Rome")


def test_every_event_is_counted(log: ContactLog) -> None:
    check = log.check()
    assert check.problems == ()
    assert (check.rows, check.repeated_rows) == (280_871, 0)
    assert {name: check.kinds[name] for name in ("letter_sent", "letter_delivered", "payment")} == {
        "letter_sent": 52_075,
        "letter_delivered": 39_990,
        "payment": 38_751,
    }
    assert check.kinds["agency_placed"] == 29_536
    assert sum(check.kinds.values()) == 280_871


def test_repeated_events_are_reported(fines: pl.DataFrame) -> None:
    """Fifteen fines were paid twice on one day: only the amounts show that the payments differ."""
    events = fines.select("fine_id", "event", "happened_at")
    log = ContactLog(events, columns={"account_id": "fine_id"}, codes=CODES, zone="Europe/Rome")
    assert log.check().repeated_rows == 15


def test_every_local_date_survives(log: ContactLog, fines: pl.DataFrame) -> None:
    """Read as UTC, every one of these midnights would be on the day before."""
    local = log._events.table.frame.to_native()["happened_at"]  # noqa: SLF001  # not public
    assert local.dt.strftime("%Y-%m-%d %H:%M:%S").equals(fines["local"] + " 00:00:00")


def test_fields_as_of_a_day_know_what_had_happened_before_it(log: ContactLog, fines: pl.DataFrame) -> None:
    before = fines.filter(pl.col("local") < "2008-01-01")
    fields = log.fields(as_of="2008-01-01")
    assert len(fields) == before["fine_id"].n_unique()
    placed = before.filter(pl.col("event") == "Send for Credit Collection")["fine_id"].n_unique()
    assert fields["placed_with_agency"].sum() == placed
    results = before.filter(
        pl.col("event").is_in(["Payment", "Insert Date Appeal to Prefecture", "Appeal to Judge"])
    )
    last = results.group_by("fine_id").agg(pl.col("happened_at").max().alias("last"))
    sent = before.filter(pl.col("event") == "Send Fine").join(last, on="fine_id", how="left")
    unanswered = sent.filter(pl.col("last").is_null() | (pl.col("happened_at") > pl.col("last")))
    assert fields["failed_messages"].sum() == len(unanswered)
