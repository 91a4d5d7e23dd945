"""A scorer in plain Python: row by row, in order, in several processes, without partial results."""

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
from row_scorers import ByDelay, ByProcess, Ending, Failing, Locked, TooLarge

import collectrisk as cr
from collectrisk.errors import ArgumentError, FormulaError, InvalidRowsError, RowFormulaError

if TYPE_CHECKING:
    from frame_kinds import Columns

ROWS = 1_000


def columns(rows: int = ROWS) -> Columns:
    """Return accounts that are 0, 1, 2, ... days past due."""
    return {
        "amount_overdue": [100.0] * rows,
        "days_past_due": list(range(rows)),
        "attitude": ["unknown"] * rows,
    }


def in_process(kind: type[cr.RowScorer], **attributes: Any) -> cr.RowScorer:
    """Return a scorer that runs in this process."""
    scorer: cr.RowScorer = type(kind.__name__, (kind,), {"n_jobs": 1, **attributes})()
    return scorer


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_the_order_of_the_rows_is_kept(n_jobs: int) -> None:
    scorer = ByDelay()
    scorer.n_jobs = n_jobs
    scored = scorer.assess_frame(pl.DataFrame(columns()))
    assert scored["visit_probability"].to_list() == [days / 1_000 for days in range(ROWS)]
    assert scored["days_past_due"].to_list() == list(range(ROWS))


def test_blocks_are_scored_in_other_processes() -> None:
    found = ByProcess().visit_probabilities(pl.DataFrame(columns()))
    processes = {round(each * 2**32) for each in found.tolist()}
    assert os.getpid() not in processes
    assert 1 <= len(processes) <= 2


@pytest.mark.parametrize(("scorer", "rows"), [(in_process(ByProcess), ROWS), (ByProcess(), 100)])
def test_one_job_and_a_single_block_stay_in_this_process(scorer: cr.RowScorer, rows: int) -> None:
    found = scorer.visit_probabilities(pl.DataFrame(columns(rows)))
    assert {round(each * 2**32) for each in found.tolist()} == {os.getpid()}


@pytest.mark.parametrize("scorer", [Ending(), Locked()], ids=lambda scorer: type(scorer).__name__)
def test_a_failure_of_the_processes_is_an_error_that_says_how_to_do_without(scorer: cr.RowScorer) -> None:
    name = type(scorer).__name__
    with pytest.raises(
        FormulaError, match=rf"{name}\.visit_probability: another process cannot score"
    ) as caught:
        scorer.visit_probabilities(pl.DataFrame(columns()))
    assert "set n_jobs = 1 on the class to score all rows in this process" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_scorer_that_cannot_be_sent_to_a_process_scores_rows_in_this_one() -> None:
    found = in_process(Locked).visit_probabilities(pl.DataFrame(columns()))
    assert found.tolist() == [days / 1_000 for days in range(ROWS)]


@pytest.mark.parametrize("scorer", [in_process(Failing), Failing()], ids=["one process", "two processes"])
def test_the_error_of_a_formula_names_the_row_and_its_values(scorer: cr.RowScorer) -> None:
    frame = pl.DataFrame(columns()).with_columns(
        attitude=pl.when(pl.col("days_past_due") == 517).then(pl.lit("hostile")).otherwise("attitude")
    )
    with pytest.raises(RowFormulaError) as caught:
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


@pytest.mark.parametrize("scorer", [in_process(TooLarge), TooLarge()], ids=["one process", "two processes"])
def test_a_value_that_is_not_a_probability_is_an_error_that_names_the_row(scorer: cr.RowScorer) -> None:
    """The first such row of its block."""
    with pytest.raises(RowFormulaError, match="which is not a probability") as caught:
        scorer.visit_probabilities(pl.DataFrame(columns(300)))
    assert caught.value.row == 201
    assert caught.value.why == "returned 1.005, which is not a probability"


@pytest.mark.parametrize("value", [None, "much", "0.5", float("nan")])
def test_a_value_that_is_not_a_number_is_an_error_that_names_the_row(value: Any) -> None:
    class Wordy(cr.RowScorer):
        def visit_probability(self, borrower: Any) -> Any:  # type: ignore[override]  # noqa: ARG002  # as in RowScorer
            return value

    with pytest.raises(RowFormulaError, match=r"row 0 \("):
        Wordy().visit_probabilities(pl.DataFrame(columns(2)))
    with pytest.raises(FormulaError, match="Wordy"):
        Wordy().assess(cr.Borrower(amount_overdue=1, days_past_due=1))


def test_invalid_rows_never_reach_the_formula() -> None:
    days = [1, -1, 2, None, 3]
    frame = pl.DataFrame({"amount_overdue": [1.0] * 5, "days_past_due": days})
    scorer = in_process(ByDelay, block_rows=1)
    scored = scorer.assess_frame(frame, invalid="null")
    assert scored["visit_probability"].to_list() == [0.001, None, 0.002, None, 0.003]
    with pytest.raises(InvalidRowsError, match="2 invalid rows"):
        scorer.assess_frame(frame)


def test_the_formula_gets_valid_borrowers_without_private_fields() -> None:
    seen: list[Any] = []

    class Recording(cr.RowScorer):
        def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # as in RowScorer
            seen.append(borrower)
            return 0.5

    frame = pl.DataFrame({**columns(1), "product": ["credit_card"], "borrower_id": ["B7"]})
    Recording().assess_frame(frame)
    assert seen == [cr.Borrower(amount_overdue=100, days_past_due=0, product="credit_card")]
    assert type(seen[0].days_past_due) is int
    assert seen[0].borrower_id is None


def test_the_error_of_a_users_validator_names_the_row() -> None:
    @attrs.frozen(kw_only=True)
    class Rated(cr.Borrower):
        rating: float = attrs.field(default=1.0, validator=attrs.validators.le(5))

    scorer = in_process(ByDelay, borrower_type=Rated)
    frame = pl.DataFrame({**columns(3), "rating": [1.0, 9.0, 2.0]})
    with pytest.raises(RowFormulaError, match=r"row 1 .*rating=9\.0\) raised ValueError"):
        scorer.assess_frame(frame)


def test_a_lazy_frame_is_an_error_that_suggests_two_solutions() -> None:
    with pytest.raises(ArgumentError) as caught:
        ByDelay().assess_frame(pl.LazyFrame(columns(3)))
    assert str(caught.value) == (
        "frame must not be lazy, because ByDelay scores row by row: collect the frame first, "
        "or write the formula with xp as a Scorer"
    )


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"block_rows": 0}, "block_rows must be a whole number, 1 or more, not 0"),
        ({"block_rows": 2.5}, "block_rows must be a whole number, 1 or more, not 2.5"),
        ({"n_jobs": 0}, "n_jobs must be a number of processes, or -1 for one per core, not 0"),
        ({"n_jobs": "two"}, "n_jobs must be a number of processes, or -1 for one per core, not 'two'"),
    ],
)
def test_invalid_options_are_errors(attributes: dict[str, Any], message: str) -> None:
    scorer = type("Mine", (ByDelay,), attributes)()
    with pytest.raises(ArgumentError) as caught:
        scorer.visit_probabilities(pl.DataFrame(columns(1)))
    assert str(caught.value) == message


def test_a_row_scorer_must_define_its_formula() -> None:
    with pytest.raises(FormulaError, match=r"RowScorer must define visit_probability\(self, borrower\)"):
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
    """Return the parent of a running process, or None if it has ended."""
    try:
        state, ppid = status.read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else int(ppid)


def is_running(process: int) -> bool:
    return parent(Path(f"/proc/{process}/stat")) is not None


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs the process information of Linux")
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
        output, _ = program.communicate(timeout=60)
    assert (output, program.returncode) == ("stopped\n", 0)
    deadline = time.monotonic() + 30
    while any(map(is_running, started)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [process for process in started if is_running(process)] == []
