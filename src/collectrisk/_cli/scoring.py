"""Scoring a file in batches, in constant memory.

polars reads, orders and writes the batches in threads of its own, and calls `Run.score_batch` for
each one.
"""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import TYPE_CHECKING, Literal

import attrs
import polars as pl

from collectrisk._cli.cells import Unparsable, parse_cells
from collectrisk._cli.excel import ERROR, kind_of, without_marks
from collectrisk._cli.limits import HALF, InvalidLimit
from collectrisk._cli.tabular import Source, first_line, suffix_of, write_frame
from collectrisk._fields import field_specs
from collectrisk._files.atomic import atomic_write
from collectrisk._scorers.scorer import formula_of
from collectrisk.errors import ColumnTypeError, FileError, InvalidRowsError, advice_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from collectrisk._fields import Validator
    from collectrisk._scorers.scorer import Scorer
    from collectrisk.errors import ColumnProblem

ROW = "__collectrisk_row"
"""The column that carries the row numbers through polars' threads."""

ROWS_SHOWN = 5
DATE = re.compile(r"^\s*\d{1,4}[-./]\d{1,2}[-./]\d{2,4}(?!\d)", re.ASCII)
DATE_HINT = "; a date is not a number"
NUMBER_HINT = "; write the digits alone, without blanks, units or thousands separators"


class StoppedError(Exception):
    """Ends polars' threads when the run was stopped; never reaches the user."""


class EmptyCell:
    """An empty cell in an error message."""

    def __repr__(self) -> str:
        return "empty"


@attrs.define
class Totals:
    """Counts and problems, added up over batches in any order.

    Attributes
    ----------
    accounts : int
        The number of rows with an account.
    blank : int
        The number of rows in which every cell is empty.
    scored : int
        The number of accounts with a visit probability.
    expected_visits : float
        The sum of the visit probabilities.
    channels : Counter of str
        The number of accounts per channel.
    problems : dict of (str, str) to ColumnProblem
        The problems by column and requirement, with the row numbers of the file.
    """

    accounts: int = 0
    blank: int = 0
    scored: int = 0
    expected_visits: float = 0.0
    channels: Counter[str] = attrs.Factory(Counter)
    problems: dict[tuple[str, str], ColumnProblem] = attrs.Factory(dict)

    def add_scores(self, scored: pl.DataFrame) -> None:
        """Add the visit probabilities and channels of a batch."""
        probabilities = scored["visit_probability"]
        self.scored += len(probabilities) - probabilities.null_count()
        self.expected_visits += float(probabilities.sum())
        self.channels.update(dict(scored["channel"].drop_nulls().value_counts().iter_rows()))

    def add_problem(self, problem: ColumnProblem, cells: pl.DataFrame, numbers: pl.Series) -> None:
        """Add a problem of a batch.

        Parameters
        ----------
        problem : ColumnProblem
            The problem, with rows counted from 0 in the batch.
        cells : polars.DataFrame
            The batch as it is in the file.
        numbers : polars.Series of int
            The file's number of each row.
        """
        # Validators of other kinds explain what to write in hints of their own.
        unparsable = any(isinstance(value, Unparsable) for _, value in problem.rows)
        found = [(row, cells[problem.column][row]) for row, _ in problem.rows]
        hint, advice = problem.hint, problem.advice
        if unparsable and not hint:
            dates = any(isinstance(cell, str) and DATE.search(cell) for _, cell in found)
            hint = DATE_HINT if dates else NUMBER_HINT
            advice = "date" if dates and problem.field == "days_past_due" else ""
        rows = [(int(numbers[row]), EmptyCell() if cell is None else cell) for row, cell in found]
        key, count = (problem.column, problem.requirement), problem.count
        if known := self.problems.get(key):
            rows, count = [*known.rows, *rows], known.count + count
            hint, advice = (known.hint, known.advice) if known.hint else (hint, advice)
        first = tuple(sorted(rows, key=lambda row: row[0])[:ROWS_SHOWN])
        self.problems[key] = attrs.evolve(problem, count=count, rows=first, hint=hint, advice=advice)

    def sorted_problems(self) -> list[ColumnProblem]:
        """Return the problems in the order of their first rows."""
        return sorted(self.problems.values(), key=lambda problem: problem.rows[0][0])


@attrs.define
class Run:
    """A run that scores one file.

    Attributes
    ----------
    scorer : Scorer
        The scorer.
    source : Source
        The file to score.
    output : Path or None
        The file to write, if any.
    columns : mapping of str to (str or None)
        The file's column names for fields.
    invalid : {"raise", "null"}
        What to do with rows that contain invalid values.
    reasons : int
        The number of reason codes to add.
    max_invalid : InvalidLimit
        How many accounts may be invalid.
    advance : callable
        Called with the number of rows of each batch that was scored.
    totals : Totals
        The counts and problems so far.
    stopped : Event
        Set when no further batch is to be scored.
    """

    scorer: Scorer
    source: Source
    output: Path | None = None
    columns: Mapping[str, str | None] = attrs.Factory(dict)
    invalid: Literal["raise", "null"] = "raise"
    reasons: int = 0
    max_invalid: InvalidLimit = HALF
    advance: Callable[[int], object] = lambda _rows: None
    totals: Totals = attrs.field(init=False, factory=Totals)
    stopped: Event = attrs.field(init=False, factory=Event)
    _lock: Lock = attrs.field(init=False, factory=Lock)
    _validators: dict[str, Validator] = attrs.field(init=False)

    @_validators.default
    def _validators_of_text(self) -> dict[str, Validator]:
        """Return the validator of each text column that contains a field; none for Parquet."""
        formula = formula_of(self.scorer)
        specs = {**formula.column_specs, **field_specs(formula.borrower_type)}.values()
        columns = {self.columns.get(spec.name, spec.name): spec for spec in specs if not spec.private}
        return {name: columns[name].validator for name in self.source.texts if name in columns}

    def execute(self) -> Totals:
        """Score the file, and write the result if there is an output.

        Raises
        ------
        FileError
            If rows are invalid, or a file cannot be read or written; nothing is written then.
        CollectRiskError
            If columns are missing, misspelt or have the name of a result.
        """
        try:
            scored = self.source.scan.with_row_index(ROW, self.source.first_row).map_batches(
                self.score_batch,
                schema=self.result_schema(),
                streamable=True,
                predicate_pushdown=False,
                projection_pushdown=False,
                slice_pushdown=False,
            )
            if self.output is None:
                self._complete(lambda: scored.collect(engine="streaming"))
            else:
                suffix, dialect = suffix_of(self.output), self.source.dialect
                with atomic_write(self.output) as partial:
                    self._complete(lambda: write_frame(scored, partial, suffix, dialect))
        except FileError:
            raise
        except (OSError, pl.exceptions.PolarsError) as error:
            raise self._library_error(first_line(error)) from error
        return self.totals

    def result_schema(self) -> pl.Schema:
        """Return the columns of the result, or raise if the file's columns do not allow one."""
        empty = self.source.scan.head(0).collect()
        self._assess(self._parsed(empty)[0], self.invalid)
        return self.score_batch(empty.with_row_index(ROW)).schema

    def score_batch(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Return a batch with its scores, or without rows if nothing will be written."""
        if self.stopped.is_set():
            raise StoppedError
        may_be_blank = self.source.header_row > 0
        accounts = batch.filter(pl.any_horizontal(pl.exclude(ROW).is_not_null())) if may_be_blank else batch
        cells = accounts.drop(ROW).with_columns(map(without_marks, self.source.mixed))
        values, to_validate = self._parsed(accounts.drop(ROW))
        scored, problems = self._scores(to_validate)
        with self._lock:
            self.totals.accounts += accounts.height
            self.totals.blank += batch.height - accounts.height
            self.totals.add_scores(scored)
            for problem in problems:
                self.totals.add_problem(problem, cells, accounts[ROW])
        self.advance(batch.height)
        # In a CSV file, every cell of text is kept as it is written.
        to_csv = self.output is not None and suffix_of(self.output) != ".parquet"
        kept = cells if to_csv else values
        rows = scored.height if self.output else 0
        return pl.concat([kept.head(rows), scored.head(rows)], how="horizontal")

    def problems_text(self, summary: str = "some rows contain invalid values") -> str:
        """Return which rows are invalid, and why, after a summary."""
        problems = self.totals.sorted_problems()
        lines = "\n".join(f"- {problem.describe()}" for problem in problems)
        advice = advice_on(problems, for_shell=True)
        header = self.source.header_row
        first = f"header is row {header}, as in a spreadsheet" if header else "first row is row 1"
        return f"{summary}:\n{lines}\nRow numbers are those of the file: the {first}.{advice}"

    def _parsed(self, cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the values of a batch, and the values to validate."""
        texts = cells.with_columns(map(without_marks, self.source.mixed))
        values, to_validate = parse_cells(texts, self._validators)
        invalid = []
        for name in filter(self._validators.__contains__, self.source.mixed):
            is_error = cells.select(kind_of(name).eq_missing(ERROR)).to_series()
            if is_error.any():
                pairs = zip(to_validate[name], is_error, strict=True)
                marked = [Unparsable() if error else value for value, error in pairs]
                invalid.append(pl.Series(name, marked, dtype=pl.Object))
        return values, to_validate.with_columns(invalid)

    def _scores(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[ColumnProblem, ...]]:
        """Return the new columns and the problems; no rows if invalid rows forbid a result."""
        problems: tuple[ColumnProblem, ...] = ()
        try:
            scored = self._assess(frame, "raise")
        except ColumnTypeError as error:
            # The type is wrong in every row, so no row is listed.
            why = "\n".join(attrs.evolve(each, count=0).describe() for each in error.problems)
            why += advice_on(error.problems, for_shell=True)
            raise FileError(self.source.name, why) from error
        except InvalidRowsError as error:
            problems = error.problems
            scored = self._assess(frame if self.invalid == "null" else frame.clear(), self.invalid)
        texts = ["channel", *(f"reason_{rank + 1}" for rank in range(self.reasons))]
        if self.invalid == "null":
            texts.append("problem")
            scored = scored if problems else scored.with_columns(problem=None)
        return scored.select("visit_probability", pl.col(texts).cast(pl.String)), problems

    def _assess(self, frame: pl.DataFrame, invalid: Literal["raise", "null"]) -> pl.DataFrame:
        return self.scorer.assess_frame(frame, invalid=invalid, reasons=self.reasons, columns=self.columns)

    def _complete(self, work: Callable[[], object]) -> None:
        """Let polars work through all batches, then check that the result may be kept."""
        # In a thread, so that the main thread handles a signal at once; the other threads then
        # stop at their next batch.
        with ThreadPoolExecutor(1) as pool:
            # A signal while a thread starts would make the pool forget to wait for it.
            pool.submit(int).result()
            try:
                pool.submit(work).result()
            finally:
                self.stopped.set()
        name, totals = self.source.name, self.totals
        read, expected = totals.accounts + totals.blank, self.source.rows
        if read != expected:
            why = f"{read:,} of {expected:,} rows could be read; did it change, or is a quote left open?"
            raise FileError(name, why)
        if totals.problems and self.invalid == "raise":
            advice = "Nothing was written. Correct the rows, or pass --invalid null to score the others."
            raise FileError(name, f"{self.problems_text()}\n{advice}")
        invalid, accounts = totals.accounts - totals.scored, totals.accounts
        if self.max_invalid.is_exceeded(invalid, accounts):
            limit = self.max_invalid.text
            summary = f"{invalid:,} of {accounts:,} rows are invalid, more than the limit of {limit}"
            advice = "Nothing was written. Correct the rows, or allow more of them with --max-invalid."
            raise FileError(name, f"{self.problems_text(summary)}\n{advice}")

    def _library_error(self, why: str) -> FileError:
        """Return the error for a failure of polars, with the file that caused it."""
        from_csv = self.source.dialect is not None
        # Only writing calls the operating system here. The source is mentioned as CSV only if it is.
        if self.output is not None and ("os error" in why or ("csv" in why.lower() and not from_csv)):
            return FileError(str(self.output), f"cannot be written: {why}")
        quotes = "; is a quote not closed, or not doubled?" if from_csv else ""
        return FileError(self.source.name, f"cannot be read: {why}{quotes}")
