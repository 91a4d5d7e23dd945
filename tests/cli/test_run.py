"""One batch of a file: its scores, and the totals."""

from __future__ import annotations

import polars as pl
import pytest
from shell import HEADER, write

import collectrisk as cr
from collectrisk._cli.scoring import ROW, Run, StoppedError
from collectrisk._cli.tabular import open_source
from collectrisk.errors import FileError


def run_of(name: str, content: object, **options: object) -> tuple[Run, pl.DataFrame]:
    """Return a run for a file, and all rows of the file as one batch."""
    with open_source(write(name, content)) as source:
        run = Run(cr.RuleScorer(), source, **options)  # type: ignore[arg-type]  # any option
        return run, source.scan.with_row_index(ROW, source.first_row).collect()


def test_a_batch_that_will_not_be_written_returns_no_rows_but_is_counted() -> None:
    run, batch = run_of("in.csv", f"{HEADER}\n1,2,\n-1,2,x\n,,\n")
    result = run.score_batch(batch)
    assert (result.height, result.schema) == (0, run.result_schema())
    assert (run.totals.accounts, run.totals.blank, run.totals.scored) == (2, 1, 0)


def test_the_valid_rows_of_a_batch_can_be_scored() -> None:
    run, batch = run_of("in.csv", f"{HEADER}\n1,2,\nx,2,\n", invalid="null", output=write("out.csv", ""))
    result = run.score_batch(batch)
    assert result["amount_overdue"].to_list() == ["1", "x"]
    assert result["channel"].to_list() == ["sms", None]
    assert (run.totals.accounts, run.totals.scored) == (2, 1)


def test_problems_are_added_up_over_batches_in_any_order() -> None:
    rows = [f"{-row}," for row in range(20)]
    run, batch = run_of("in.csv", "amount_overdue,days_past_due\n" + "\n".join(rows))
    run.score_batch(batch[10:])
    run.score_batch(batch[:10])
    days, amount = run.totals.problems.sorted()
    assert (days.column, days.count, repr(days.rows[0])) == ("days_past_due", 20, "(2, empty)")
    assert (amount.column, amount.count) == ("amount_overdue", 19)
    assert amount.rows == ((3, "-1"), (4, "-2"), (5, "-3"), (6, "-4"), (7, "-5"))


def test_a_hint_found_in_one_batch_is_kept() -> None:
    run, batch = run_of("in.csv", f"{HEADER}\n-1,2,\nabc,2,\n-3,2,\n")
    for row in range(3):
        run.score_batch(batch[row : row + 1])
    (amount,) = run.totals.problems.sorted()
    assert "write the digits alone" in amount.hint
    assert [value for _, value in amount.rows] == ["-1", "abc", "-3"]


def test_a_column_of_the_wrong_type_names_the_file() -> None:
    run, batch = run_of("in.parquet", pl.DataFrame({"amount_overdue": ["1"], "days_past_due": [2]}))
    with pytest.raises(FileError, match=r"^in\.parquet: column 'amount_overdue' must be known"):
        run.score_batch(batch)


def test_an_error_cell_is_invalid_and_shown() -> None:
    rows = [HEADER.split(","), [1, 2, "passive"], [3, "#N/A", "passive"], [4, 5, 6]]
    run, batch = run_of("in.xlsx", rows, invalid="null", output=write("out.csv", ""))
    result = run.score_batch(batch)
    assert result["days_past_due"].to_list() == ["2", "#N/A", "5"]
    assert result["channel"].to_list() == ["sms", None, None]
    days, attitude = run.totals.problems.sorted()
    assert (days.column, days.rows) == ("days_past_due", ((3, "#N/A"),))
    assert (attitude.column, attitude.rows) == ("attitude", ((4, 6),))


def test_rows_that_the_mapping_skips_are_left_out_and_counted() -> None:
    mapping = cr.Mapping(skip={"attitude": ["total*"]})
    run, batch = run_of("in.csv", f"{HEADER}\n1,2,\n3,4,Total: 1\n,,\n", mapping=mapping)
    run.score_batch(batch)
    assert (run.totals.accounts, run.totals.skipped, run.totals.blank) == (1, 1, 1)


def test_a_stopped_run_scores_no_further_batch() -> None:
    run, batch = run_of("in.csv", f"{HEADER}\n1,2,\n")
    run.stopped.set()
    with pytest.raises(StoppedError):
        run.score_batch(batch)
