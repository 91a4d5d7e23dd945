"""Scoring a file, a batch at a time, in constant memory.

polars reads, orders and writes the batches on threads of its own and calls `Run.score` for
each. The main thread only waits, so that it hears a signal at once; the others then stop at
their next batch.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import polars as pl

from collectrisk._cli.batches import ROW, Job, Run
from collectrisk._cli.source import Source, first_line, suffix_of
from collectrisk._cli.target import sink
from collectrisk._files.atomic import atomic_write
from collectrisk.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._cli.tally import Tally


def score_file(job: Job, advance: Callable[[int], object] = lambda _rows: None) -> Tally:
    """Score a file, and write the result if an output is named.

    Parameters
    ----------
    job : Job
        What to do.
    advance : callable, optional
        Told the number of rows of each batch that is done.

    Returns
    -------
    Tally
        What was seen.

    Raises
    ------
    FileError
        If rows are at fault, or a file cannot be read or written; nothing is written then.
    CollectRiskError
        If columns are missing, misspelt or named like a result.
    """
    run = Run(job, advance)
    try:
        schema = run.schema()
        numbered = job.source.scan.with_row_index(ROW, job.source.first_row)
        scored = numbered.map_batches(
            run.score,
            schema=schema,
            streamable=True,
            predicate_pushdown=False,
            projection_pushdown=False,
            slice_pushdown=False,
        )
        _finish(run, scored)
    except FileError:
        raise
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _file_at_fault(job, first_line(error)) from error
    return run.tally


def _finish(run: Run, scored: pl.LazyFrame) -> None:
    """Let the batches flow, and keep what was written only if all of it may be."""
    if run.job.output is None:
        _wait_for(run, lambda: scored.collect(engine="streaming"))
        _refuse_bad_rows(run)
        return
    with atomic_write(run.job.output) as partial:
        suffix, dialect = suffix_of(run.job.output), run.job.source.dialect
        _wait_for(run, lambda: sink(scored, partial, suffix, dialect))
        _refuse_bad_rows(run)


def _wait_for(run: Run, work: Callable[[], object]) -> None:
    with ThreadPoolExecutor(1) as pool:
        # A signal that comes while a thread starts would make the pool forget to wait for it.
        pool.submit(int).result()
        try:
            pool.submit(work).result()
        finally:
            run.stopped.set()


def _refuse_bad_rows(run: Run) -> None:
    source, tally = run.job.source, run.tally
    if tally.rows != source.rows:
        why = f"{tally.rows:,} of {source.rows:,} rows could be read; did it change, or is a quote left open?"
        raise FileError(str(source.path), why)
    if tally.problems and run.job.invalid == "raise":
        advice = "Nothing was written. Mend the rows, or pass --invalid null to score the others."
        raise FileError(str(source.path), f"{bad_rows(tally, source)}\n{advice}")


def bad_rows(tally: Tally, source: Source) -> str:
    """Return which rows are at fault, and why."""
    lines = "\n".join(f"- {problem.describe()}" for problem in tally.in_order())
    return f"some rows hold impossible borrowers:\n{lines}\nRow numbers are the file's: {source.numbering}."


def _file_at_fault(job: Job, why: str) -> FileError:
    """Name the file that made polars fail.

    Only writing runs into the operating system, and a file that is no CSV can only be written as one.
    """
    from_csv = job.source.dialect is not None
    if job.output is not None and ("os error" in why or ("csv" in why.lower() and not from_csv)):
        return FileError(str(job.output), f"cannot be written: {why}")
    quotes = "; is a quote not closed, or not doubled?" if from_csv else ""
    return FileError(str(job.source.path), f"cannot be read: {why}{quotes}")
