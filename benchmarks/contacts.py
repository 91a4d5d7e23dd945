"""Deciding on the contacts of a portfolio: time and memory of ten times as many accounts and events."""

from __future__ import annotations

import ctypes
import datetime as dt
import gc
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.measure import Line
from benchmarks.memory_process import RESET_PEAK, kilobytes
from collectrisk.contact import ContactRules
from collectrisk.history import ContactLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.setting import Setting

AT = dt.datetime(2026, 11, 3, 19, 30)  # noqa: DTZ001  # a local time
EVENTS_AN_ACCOUNT = 10
DAY = 86_400
ROOT = Path(__file__).resolve().parents[1]
MIB = 2**20
MOST = 12.0
"""Times the time and memory of a tenth of the accounts."""

ZONES = ["America/New_York", "America/Chicago", "America/Los_Angeles", "America/New_York;America/Chicago"]
KINDS = ["no_answer", "message_left", "conversation", "message_sent", "letter_sent"]
FACTS = ("attorney_represented", "bankruptcy_open", "cease_request_written", "dispute_written_unverified")


def make_portfolio(rows: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return made-up scored accounts, and the events of a year: ten an account on average."""
    rng = np.random.default_rng(1)
    channels = rng.choice(["sms", "phone_call", "agency", "field_visit"], rows, p=[0.6, 0.3, 0.08, 0.02])
    scored = pl.DataFrame(
        {
            "account_id": np.arange(rows),
            "channel": channels,
            "zone": rng.choice(ZONES, rows),
            "medium_optout": False,
            **{name: rng.random(rows) < 0.02 for name in FACTS},
        }
    )
    number = EVENTS_AN_ACCOUNT * rows
    age = rng.integers(0, 365 * DAY, number).astype("timedelta64[s]")
    events = pl.DataFrame(
        {
            "account_id": rng.integers(0, rows, number),
            "happened_at": np.datetime64(AT, "us") - age,
            "event": rng.choice(KINDS, number, p=[0.5, 0.1, 0.1, 0.25, 0.05]),
        }
    )
    return scored, events


def contacts(setting: Setting) -> Iterator[Line]:
    """Compare a portfolio with one of a tenth of the accounts, each in new processes."""
    ours, its = _usage(setting.rows), _usage(setting.rows // 10)
    for what, unit, place in (("processor time", "s", 0), ("memory", "MiB", 1)):
        ratio = ours[place] / its[place]
        yield Line(
            measured=f"contacts of {setting.rows:,} accounts, {what}",
            ours=f"{ours[place]:.3g} {unit}",
            against="a tenth",
            its=f"{its[place]:.3g} {unit}",
            best=f"{ratio:.2f} x",
            median="",
            target=f"at most {MOST:g} x",
            met=ratio <= MOST,
        )


def _usage(rows: int) -> tuple[float, float]:
    """Return the least processor time and the least extra memory of two runs, in MiB."""
    command = [sys.executable, "-m", "benchmarks.contacts", str(rows)]
    runs = [
        tuple(map(float, subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout.split()))
        for _ in range(2)
    ]
    seconds, peak = (min(run[place] for run in runs) for place in (0, 1))
    return seconds, peak / MIB


def _run(rows: int) -> None:
    """Print the processor time of deciding, and the peak of memory in bytes beyond the input."""
    scored, events = make_portfolio(rows)
    rules = ContactRules.load("US", actor="third_party", product="credit_card")
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text(RESET_PEAK, encoding="ascii")
    before, start = kilobytes("VmRSS"), time.process_time()
    log = ContactLog(events, zone="America/New_York", clock_changes="keep")
    decided = rules.decide_frame(scored, at=AT, log=log, zones_column="zone")
    seconds = time.process_time() - start
    sys.stdout.write(f"{seconds} {(kilobytes('VmHWM') - before) * 1024}")
    assert decided.height == rows  # so that the result is kept until here


if __name__ == "__main__":
    _run(int(sys.argv[1]))
