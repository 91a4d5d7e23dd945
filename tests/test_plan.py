"""How a scorer wants a frame to be gone through is data, and checked."""

from __future__ import annotations

from typing import Any

import pytest

import collectrisk as cr
from collectrisk._execution import IN_COLUMNS, IN_THREADS, Execution


def test_a_formula_runs_in_columns_and_a_card_on_several_threads_too() -> None:
    assert cr.Scorer().execution is IN_COLUMNS
    assert cr.RuleScorer().execution is IN_THREADS


def test_a_row_scorer_states_its_own_plan() -> None:
    class Mine(cr.RowScorer):
        n_jobs = 3
        progress = True
        rows_in_block = 7

    assert Mine().execution == Execution(in_columns=False, rows_in_block=7, n_jobs=3, progress=True)


@pytest.mark.parametrize("rows", [0, -1, 2.5, True, "many"])
def test_a_block_has_a_whole_number_of_rows(rows: Any) -> None:
    with pytest.raises(cr.ArgumentError, match="rows_in_block must be a whole number, 1 or more, not "):
        Execution(rows_in_block=rows)


@pytest.mark.parametrize("jobs", [0, 1.5, True, None])
def test_there_is_a_number_of_processes_or_one_for_each_core(jobs: Any) -> None:
    with pytest.raises(cr.ArgumentError, match="n_jobs must be a number of processes, or -1 for one a core"):
        Execution(n_jobs=jobs)
