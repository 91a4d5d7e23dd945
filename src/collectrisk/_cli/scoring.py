"""Scoring a file in batches, in constant memory.

polars reads, orders and writes the batches in threads of its own, and calls `Run.score_batch` for
each one.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Literal

import attrs
import narwhals.stable.v2 as nw
import polars as pl

from collectrisk._cli.advice import ContentError
from collectrisk._cli.cells import Points, TextMapping, has_type, typed, undeclared_points
from collectrisk._cli.excel import counts_from_1904, text_cells, values_of, without_marks
from collectrisk._cli.limits import HALF, InvalidLimit
from collectrisk._cli.problems import Problems
from collectrisk._cli.tabular import Source, first_line, suffix_of, write_frame
from collectrisk._files.atomic import atomic_write
from collectrisk._frames import assess_and_report
from collectrisk._frames.engines import FrameNames, unused_prefix
from collectrisk._frames.mapped import accounts_of
from collectrisk._frames.names import ColumnNames
from collectrisk._scorers.scorer import formula_of
from collectrisk.errors import (
    ColumnNameError,
    ColumnsError,
    ColumnTypeError,
    FileError,
    InvalidRowsError,
    MissingColumnError,
    advice_on,
)
from collectrisk.mapping import Mapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._scorers.scorer import Scorer
    from collectrisk.errors import ColumnProblem
    from collectrisk.input_report import InputReport
    from collectrisk.mapping._convert import Converter

ROW = "__collectrisk_row"
"""The column that carries the row numbers through polars' threads, if the file has none of this name."""

ROWS_CHECKED = 1_000
"""The rows that are read to list all problems of the columns."""


class StoppedError(Exception):
    """Ends polars' threads when the run was stopped; never reaches the user."""


@attrs.define
class Totals:
    """Counts and problems, added up over batches in any order.

    Attributes
    ----------
    accounts : int
        The number of rows with an account.
    blank : int
        The number of rows in which every cell is empty.
    skipped : int
        The number of rows that the mapping skips.
    scored : int
        The number of accounts with a visit probability.
    expected_visits : float
        The sum of the visit probabilities.
    channels : Counter of str
        The number of accounts per channel.
    report : InputReport or None
        What the scores rest on.
    problems : Problems
        The problems of the rows.
    """

    accounts: int = 0
    blank: int = 0
    skipped: int = 0
    scored: int = 0
    expected_visits: float = 0.0
    channels: Counter[str] = attrs.Factory(Counter)
    report: InputReport | None = None
    problems: Problems = attrs.Factory(Problems)

    def add_scores(self, scored: pl.DataFrame) -> None:
        """Add the visit probabilities and channels of a batch."""
        probabilities = scored["visit_probability"]
        self.scored += len(probabilities) - probabilities.null_count()
        self.expected_visits += float(probabilities.sum())
        self.channels.update(dict(scored["channel"].drop_nulls().value_counts().iter_rows()))

    def add_report(self, report: InputReport) -> None:
        """Add what the scores of a batch rest on."""
        self.report = report if self.report is None else self.report.plus(report)


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
    mapping : Mapping
        How the fields are read.
    invalid : {"raise", "null"}
        What to do with rows that contain invalid values.
    reasons : int
        The number of reason codes to add.
    max_invalid : InvalidLimit
        How many accounts may be invalid.
    advance : callable
        Called with the number of rows of each batch that was scored.
    remedy : str
        What to do about invalid rows.
    totals : Totals
        The counts and problems so far.
    stopped : Event
        Set when no further batch is to be scored.
    """

    scorer: Scorer
    source: Source
    output: Path | None = None
    mapping: Mapping = attrs.Factory(Mapping)
    invalid: Literal["raise", "null"] = "raise"
    reasons: int = 0
    max_invalid: InvalidLimit = HALF
    advance: Callable[[int], object] = lambda _rows: None
    remedy: str = "Nothing was written. Correct the rows, or pass --invalid null to score the others."
    totals: Totals = attrs.field(init=False, factory=Totals)
    stopped: Event = attrs.field(init=False, factory=Event)
    _lock: Lock = attrs.field(init=False, factory=Lock)
    _row: str = attrs.field(init=False, default=ROW)
    _points: list[Points] = attrs.field(init=False, factory=list)
    _accounts_only: Mapping = attrs.field(init=False)
    _typed: dict[str, Converter] = attrs.field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        """Choose how text is read: in a Parquet file as in any frame, otherwise as in a text file."""
        if self.source.header_row:
            self.mapping = TextMapping.of_file(self.mapping)
        self._accounts_only = attrs.evolve(self.mapping, skip={})

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
            schema = self.result_schema()
            scored = self.source.scan.with_row_index(self._row, self.source.first_row).map_batches(
                self.score_batch,
                schema=schema,
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
        self._row = unused_prefix(ROW, empty.columns)
        names = ColumnNames.of(formula_of(self.scorer), FrameNames(empty.columns), self.mapping)
        try:
            self._assess(empty, self.mapping, self.invalid)
        except (ColumnNameError, ColumnsError, MissingColumnError):
            # Without rows, columns of any type are accepted; with some, their problems are listed too.
            first = self.source.scan.head(ROWS_CHECKED).collect()
            marked = {name: values_of(first[name]) for name in self.source.mixed}
            self._assess(first.with_columns(**marked), self.mapping, self.invalid)
        if self.source.header_row:
            self._prepare(names)
        return self.score_batch(empty.with_row_index(self._row)).schema

    def _prepare(self, names: ColumnNames) -> None:
        """Find the columns whose points may be ambiguous, and those that get a type in Parquet."""
        converters = [
            names.converter(field, "text") for field in names.to_read() if names.find(field) is not None
        ]
        serial = any(each.rule.date == "excel" for each in converters)
        if serial and self.source.name.endswith(".xlsx") and counts_from_1904(Path(self.source.name)):
            why = "counts serial dates from 1904; format the column as dates in the workbook"
            raise ContentError(self.source.name, why)
        uses = Counter(column for each in converters for column in each.rule.columns)
        self._points = undeclared_points(converters)
        self._typed = {
            column: each
            for each in converters
            for column in each.rule.columns
            if has_type(each) and uses[column] == 1 and column in self.source.texts
        }

    def score_batch(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Return a batch with its scores, or without rows if nothing will be written."""
        if self.stopped.is_set():
            raise StoppedError
        may_be_blank = self.source.header_row > 0
        filled = (
            batch.filter(pl.any_horizontal(pl.exclude(self._row).is_not_null())) if may_be_blank else batch
        )
        plain = filled.with_columns(map(without_marks, self.source.mixed))
        _, positions = accounts_of(nw.from_native(plain, eager_only=True), self.mapping)
        skipped = 0 if positions is None else len(plain) - len(positions)
        if positions is not None:
            filled, plain = filled[positions], plain[positions]
        cells, numbers = plain.drop(self._row), plain[self._row]
        frame = cells.with_columns(values_of(filled[name]) for name in self.source.mixed)
        scored, problems = self._scores(frame)
        with self._lock:
            self.totals.accounts += len(cells)
            self.totals.blank += len(batch) - len(cells) - skipped
            self.totals.skipped += skipped
            self.totals.add_scores(scored)
            for problem in problems:
                self.totals.problems.add(problem, numbers)
            for points in self._points:
                column = filled[points.column]
                # A number of a sheet says nothing about the points in its texts.
                points.add(text_cells(column) if points.column in self.source.mixed else column, numbers)
        self.advance(len(batch))
        # In a CSV file, every cell of text is kept as it is written.
        to_parquet = self.output is not None and suffix_of(self.output) == ".parquet"
        kept = cells.with_columns(typed(frame, self._typed)) if to_parquet else cells
        rows = len(scored) if self.output else 0
        return pl.concat([kept.head(rows), scored.head(rows)], how="horizontal")

    def _scores(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[ColumnProblem, ...]]:
        """Return the new columns and the problems; no rows if invalid rows forbid a result."""
        problems: tuple[ColumnProblem, ...] = ()
        try:
            scored, report = self._assess(frame, self._accounts_only, "raise")
        except ColumnTypeError as error:
            # The type is wrong in every row, so no row is listed.
            why = "\n".join(attrs.evolve(each, count=0).describe() for each in error.problems)
            why += advice_on(error.problems, for_shell=True)
            raise ContentError(self.source.name, why) from error
        except InvalidRowsError as error:
            problems = error.problems
            scored, report = self._assess(
                frame if self.invalid == "null" else frame.clear(), self._accounts_only, self.invalid
            )
        with self._lock:
            self.totals.add_report(report)
        texts = ["channel", *(f"reason_{rank + 1}" for rank in range(self.reasons))]
        if self.invalid == "null":
            texts.append("problem")
            scored = scored if problems else scored.with_columns(problem=None)
        return scored.select("visit_probability", pl.col(texts).cast(pl.String)), problems

    def _assess(
        self, frame: pl.DataFrame, mapping: Mapping, invalid: Literal["raise", "null"]
    ) -> tuple[pl.DataFrame, InputReport]:
        assessed: tuple[pl.DataFrame, InputReport] = assess_and_report(
            formula_of(self.scorer), frame, invalid=invalid, reasons=self.reasons, columns=mapping
        )
        return assessed

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
        read, expected = totals.accounts + totals.blank + totals.skipped, self.source.rows
        if read != expected:
            why = f"{read:,} of {expected:,} rows could be read; did it change, or is a quote left open?"
            raise FileError(name, why)
        if ambiguous := [each.describe() for each in self._points if each.ambiguous]:
            listed = "".join(f"\n- {each}" for each in ambiguous)
            raise ContentError(
                name, f"some numbers can be read in several ways:{listed}\nNothing was written."
            )
        if totals.problems and self.invalid == "raise":
            raise ContentError(name, f"{totals.problems.text(self.source)}\n{self.remedy}")
        invalid, accounts = totals.accounts - totals.scored, totals.accounts
        if self.max_invalid.is_exceeded(invalid, accounts):
            limit = self.max_invalid.text
            summary = f"{invalid:,} of {accounts:,} rows are invalid, more than the limit of {limit}"
            advice = "Nothing was written. Correct the rows, or allow more of them with --max-invalid."
            raise ContentError(name, f"{totals.problems.text(self.source, summary)}\n{advice}")

    def _library_error(self, why: str) -> FileError:
        """Return the error for a failure of polars, with the file that caused it."""
        from_csv = self.source.dialect is not None
        # Only writing calls the operating system here. The source is mentioned as CSV only if it is.
        if self.output is not None and ("os error" in why or ("csv" in why.lower() and not from_csv)):
            return FileError(str(self.output), f"cannot be written: {why}")
        quotes = "; is a quote not closed, or not doubled?" if from_csv else ""
        return FileError(self.source.name, f"cannot be read: {why}{quotes}")
