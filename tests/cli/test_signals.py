"""A run that is stopped by a signal leaves no file."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import polars as pl
import pytest
from shell import contents, hidden_files, write

from collectrisk._cli.console import SIGNALS, exit_on_signal

if TYPE_CHECKING:
    from pathlib import Path

SLOW = """
import sys, time
from collectrisk._cli import main
from collectrisk._cli.scoring import Run
score_batch = Run.score_batch

def slowly(run, batch):
    time.sleep(0.3)
    return score_batch(run, batch)

Run.score_batch = slowly
sys.argv[1:] = ["score", {name!r}, "-o", "out.parquet"]
main()
"""


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_becomes_the_exit_code_that_shells_expect(number: int) -> None:
    before = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(SystemExit) as end, exit_on_signal():
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert end.value.code == 128 + number


def test_an_existing_signal_handler_is_kept() -> None:
    handled: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: handled.append(number))
    try:
        with exit_on_signal():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert handled == [signal.SIGTERM]


@pytest.mark.exhaustive
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals for another process")
@pytest.mark.parametrize(
    ("number", "old", "name"), [(signal.SIGINT, None, "in.csv.gz"), (signal.SIGTERM, b"old", "in.parquet")]
)
def test_a_stopped_program_leaves_the_old_output(
    number: signal.Signals, old: bytes | None, name: str, directory: Path
) -> None:
    accounts = pl.DataFrame({"amount_overdue": pl.int_range(60_000, eager=True), "days_past_due": 1})
    write(name, gzip.compress(accounts.write_csv().encode()) if name.endswith(".gz") else accounts)
    if old is not None:
        write("out.parquet", old)
    before = contents()
    # Coverage is not measured there: when a signal arrives, Python 3.11 may execute one instruction of
    # a traced thread forever.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    env["TMPDIR"] = str(directory)
    code = SLOW.format(name=name)
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, env=env) as program:
        while program.poll() is None and not hidden_files():
            time.sleep(0.01)
        program.send_signal(number)
        assert program.wait() == 128 + number
    assert contents() == before
    assert [*directory.glob("collectrisk-*")] == []
