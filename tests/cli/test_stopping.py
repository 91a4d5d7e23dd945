"""Being told to stop leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import polars as pl
import pytest
from shell import contents, hidden_files, write

from collectrisk._cli.stopping import SIGNALS, stoppable

SLOW = """
import sys, time
from collectrisk._cli import main
from collectrisk._cli.batches import Run
score = Run.score

def slowly(run, batch):
    time.sleep(0.3)
    return score(run, batch)

Run.score = slowly
sys.argv[1:] = ["score", "in.parquet", "-o", "out.parquet"]
main()
"""


@pytest.mark.parametrize("number", SIGNALS)
def test_a_polite_kill_becomes_the_exit_code_that_shells_expect(number: int) -> None:
    before = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(SystemExit) as end, stoppable():
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert end.value.code == 128 + number


def test_whoever_handles_a_signal_goes_on_handling_it() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))
    try:
        with stoppable():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [signal.SIGTERM]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals for another process")
@pytest.mark.parametrize(("number", "old"), [(signal.SIGINT, None), (signal.SIGTERM, b"old")])
def test_a_program_that_is_stopped_leaves_what_was_there(number: signal.Signals, old: bytes | None) -> None:
    write(
        "in.parquet", pl.DataFrame({"amount_overdue": pl.int_range(60_000, eager=True), "days_past_due": 1})
    )
    if old is not None:
        write("out.parquet", old)
    before = contents()
    with subprocess.Popen([sys.executable, "-c", SLOW], stderr=subprocess.PIPE) as program:
        while program.poll() is None and not hidden_files():
            time.sleep(0.01)
        program.send_signal(number)
        assert program.wait() == 128 + number
    assert contents() == before
