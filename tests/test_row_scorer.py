"""A scorer in free Python: row by row, in order, in several processes, whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl
import pytest
from row_scorers import ByDelay, ByProcess, Failing, Impossible

import collectrisk as cr

if TYPE_CHECKING:
    from frame_kinds import Columns

ROWS = 1_000


def columns(rows: int = ROWS) -> Columns:
    """Return accounts that are one day late, two days, three days ..."""
    return {
        "amount_overdue": [100.0] * rows,
        "days_past_due": list(range(rows)),
        "attitude": ["unknown"] * rows,
    }


def alone(kind: type[cr.RowScorer], **attributes: Any) -> cr.RowScorer:
    """Return a scorer that shares nothing with other processes."""
    scorer: cr.RowScorer = type(kind.__name__, (kind,), {"n_jobs": 1, **attributes})()
    return scorer


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_frame_is_scored_in_its_own_order(n_jobs: int) -> None:
    scorer = ByDelay()
    scorer.n_jobs = n_jobs
    scored = scorer.assess_frame(pl.DataFrame(columns()))
    assert scored["visit_probability"].to_list() == [days / 1_000 for days in range(ROWS)]
    assert scored["days_past_due"].to_list() == list(range(ROWS))


def test_the_blocks_are_shared_among_other_processes() -> None:
    found = ByProcess().visit_probabilities(pl.DataFrame(columns()))
    processes = {round(each * 2**32) for each in found.tolist()}
    assert os.getpid() not in processes
    assert 1 <= len(processes) <= 2


@pytest.mark.parametrize(("scorer", "rows"), [(alone(ByProcess), ROWS), (ByProcess(), 100)])
def test_one_job_and_a_single_block_stay_in_this_process(scorer: cr.RowScorer, rows: int) -> None:
    found = scorer.visit_probabilities(pl.DataFrame(columns(rows)))
    assert {round(each * 2**32) for each in found.tolist()} == {os.getpid()}


@pytest.mark.parametrize("scorer", [alone(Failing), Failing()], ids=["one process", "two processes"])
def test_a_formula_that_raises_is_told_on_which_row_and_with_what(scorer: cr.RowScorer) -> None:
    frame = pl.DataFrame(columns()).with_columns(
        attitude=pl.when(pl.col("days_past_due") == 517).then(pl.lit("hostile")).otherwise("attitude")
    )
    with pytest.raises(cr.RowFormulaError) as caught:
        scorer.assess_frame(frame)
    error = caught.value
    assert (error.scorer, error.row) == ("Failing", 517)
    assert error.values["days_past_due"] == 517
    assert error.values["attitude"] is cr.Attitude.HOSTILE
    assert str(error).startswith(
        "Failing.visit_probability: row 517 (amount_overdue=100.0, days_past_due=517, "
        "attitude=<Attitude.HOSTILE: 'hostile'>, "
    )
    assert str(error).endswith(") raised KeyError: <Attitude.HOSTILE: 'hostile'>")
    assert frame.columns == ["amount_overdue", "days_past_due", "attitude"]


@pytest.mark.parametrize("scorer", [alone(Impossible), Impossible()], ids=["one process", "two processes"])
def test_what_is_no_probability_is_told_of_its_row(scorer: cr.RowScorer) -> None:
    """Of several such rows, the first one in its block."""
    with pytest.raises(cr.RowFormulaError, match="which is no probability") as caught:
        scorer.visit_probabilities(pl.DataFrame(columns(300)))
    assert caught.value.row == 201
    assert caught.value.why == "gave 1.005, which is no probability"


@pytest.mark.parametrize("value", [None, "much", float("nan")])
def test_what_is_no_number_is_told_of_its_row(value: Any) -> None:
    class Wordy(cr.RowScorer):
        def visit_probability(self, borrower: Any) -> Any:  # type: ignore[override]  # noqa: ARG002  # as in RowScorer
            return value

    with pytest.raises(cr.RowFormulaError, match=r"row 0 \("):
        Wordy().visit_probabilities(pl.DataFrame(columns(2)))
    with pytest.raises(cr.FormulaError, match="Wordy"):
        Wordy().assess(cr.Borrower(amount_overdue=1, days_past_due=1))


def test_rows_that_no_borrower_can_be_never_reach_the_formula() -> None:
    days = [1, -1, 2, None, 3]
    frame = pl.DataFrame({"amount_overdue": [1.0] * 5, "days_past_due": days})
    scorer = alone(ByDelay, rows_in_block=1)
    scored = scorer.assess_frame(frame, invalid="null")
    assert scored["visit_probability"].to_list() == [0.001, None, 0.002, None, 0.003]
    with pytest.raises(cr.InvalidRowsError, match="2 rows broken"):
        scorer.assess_frame(frame)


def test_the_formula_gets_borrowers_with_values_as_they_always_have() -> None:
    seen: list[Any] = []

    class Watching(cr.RowScorer):
        def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
            seen.append(borrower)
            return 0.5

    frame = pl.DataFrame({**columns(1), "product": ["credit_card"], "borrower_id": ["B7"]})
    Watching().assess_frame(frame)
    assert seen == [cr.Borrower(amount_overdue=100, days_past_due=0, product="credit_card")]
    assert type(seen[0].days_past_due) is int
    assert seen[0].borrower_id is None


def test_a_house_borrower_that_refuses_itself_is_told_of_its_row() -> None:
    @attrs.frozen(kw_only=True)
    class Rated(cr.Borrower):
        rating: float = attrs.field(default=1.0, validator=attrs.validators.le(5))

    scorer = alone(ByDelay, borrower_type=Rated)
    frame = pl.DataFrame({**columns(3), "rating": [1.0, 9.0, 2.0]})
    with pytest.raises(cr.RowFormulaError, match=r"row 1 .*rating=9\.0\) raised ValueError"):
        scorer.assess_frame(frame)


def test_a_lazy_frame_is_refused_with_the_two_ways_out() -> None:
    with pytest.raises(cr.ArgumentError) as caught:
        ByDelay().assess_frame(pl.LazyFrame(columns(3)))
    assert str(caught.value) == (
        "frame cannot be lazy, because ByDelay goes row by row: collect the frame first, "
        "or write the formula with xp as a Scorer"
    )


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"rows_in_block": 0}, "rows_in_block must be a whole number, 1 or more, not 0"),
        ({"rows_in_block": 2.5}, "rows_in_block must be a whole number, 1 or more, not 2.5"),
        ({"n_jobs": 0}, "n_jobs must be a number of processes, or -1 for one a core, not 0"),
        ({"n_jobs": "two"}, "n_jobs must be a number of processes, or -1 for one a core, not 'two'"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(attributes: dict[str, Any], message: str) -> None:
    scorer = type("Mine", (ByDelay,), attributes)()
    with pytest.raises(cr.ArgumentError) as caught:
        scorer.visit_probabilities(pl.DataFrame(columns(1)))
    assert str(caught.value) == message


def test_a_row_scorer_must_define_its_formula() -> None:
    with pytest.raises(
        NotImplementedError, match=r"RowScorer must define visit_probability\(self, borrower\)"
    ):
        cr.RowScorer().assess(cr.Borrower(amount_overdue=1, days_past_due=1))


RUN = """
import multiprocessing, sys
import numpy as np
from row_scorers import Slow

rows = np.arange(1_000)
try:
    print("started", flush=True)
    Slow().visit_probabilities({"amount_overdue": rows, "days_past_due": rows})
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def children_of(process: int) -> set[int]:
    """Return the processes that a process has started, and those that they have."""
    found = {int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat") if parent(path) == process}
    return found.union(*(children_of(child) for child in found))


def parent(status: Path) -> int | None:
    """Return the parent of a running process, or None where it has ended."""
    try:
        state, ppid = status.read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else int(ppid)


def is_running(process: int) -> bool:
    return parent(Path(f"/proc/{process}/stat")) is not None


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes where Linux shows them")
def test_ctrl_c_ends_the_run_and_all_its_processes() -> None:
    path = os.pathsep.join(filter(None, sys.path))
    with subprocess.Popen(
        [sys.executable, "-c", RUN],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "started\n"
        while program.poll() is None and len(children_of(program.pid)) < 3:
            time.sleep(0.05)
        started = children_of(program.pid)
        program.send_signal(signal.SIGINT)
        told, _ = program.communicate(timeout=60)
    assert (told, program.returncode) == ("stopped\n", 0)
    deadline = time.monotonic() + 30
    while any(map(is_running, started)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [process for process in started if is_running(process)] == []
