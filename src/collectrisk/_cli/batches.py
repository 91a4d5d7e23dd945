"""Scoring one batch of a file: read its cells, score its rows, remember what was seen."""

from __future__ import annotations

from threading import Event, Lock
from typing import TYPE_CHECKING, Literal

import attrs
import polars as pl

from collectrisk._cli.cells import known_cells, read_cells, with_unread
from collectrisk._cli.source import Source, suffix_of
from collectrisk._cli.tally import Tally
from collectrisk._fields import field_specs
from collectrisk.errors import ColumnTypeError, FileError, InvalidRowsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from collectrisk._fields import Validator
    from collectrisk._scorers.scorer import Scorer
    from collectrisk._typing import ColumnMapping
    from collectrisk.errors import ColumnProblem

ROW = "__collectrisk_row"
"""The column that carries each row's number past polars' threads."""


class StoppedError(Exception):
    """The run was stopped; ends polars' threads and is never seen."""


@attrs.frozen
class Job:
    """What to score, how, and where to put it.

    Attributes
    ----------
    scorer : Scorer
        The scorer.
    source : Source
        The file to read.
    output : Path or None
        The file to write, if any.
    columns : mapping of str to (str or None)
        The file's names for fields.
    invalid : {"raise", "null"}
        What to do with rows that no borrower can be.
    reasons : int
        How many reason codes to add.
    """

    scorer: Scorer
    source: Source
    output: Path | None = None
    columns: ColumnMapping = attrs.Factory(dict)
    invalid: Literal["raise", "null"] = "raise"
    reasons: int = 0

    @property
    def rules(self) -> dict[str, Validator]:
        """The rule of each text column that holds a field; none where the file has types."""
        names = self.source.dialect.names if self.source.dialect else ()
        fields = {**self.scorer.column_specs, **field_specs(self.scorer.borrower_type)}.values()
        columns = {
            self.columns.get(spec.name, spec.name): spec.validator for spec in fields if not spec.private
        }
        return {name: columns[name] for name in names if name in columns}

    @property
    def keeps_text(self) -> bool:
        """Whether the output takes over the input's cells as they are written."""
        csv_out = self.output is not None and suffix_of(self.output) == ".csv"
        return csv_out and self.source.dialect is not None

    @property
    def texts_added(self) -> list[str]:
        """The columns of text that the scorer adds."""
        problem = ["problem"] if self.invalid == "null" else []
        return ["channel", *(f"reason_{rank + 1}" for rank in range(self.reasons)), *problem]


@attrs.define
class Run:
    """A job under way."""

    job: Job
    advance: Callable[[int], object]
    tally: Tally = attrs.Factory(Tally)
    stopped: Event = attrs.Factory(Event)
    lock: Lock = attrs.Factory(Lock)

    def schema(self) -> pl.Schema:
        """Return the columns of the result, or raise for columns that no result can have."""
        empty = self.job.source.scan.head(0).collect()
        self._assess(read_cells(empty, self.job.rules), self.job.invalid)
        return self.score(empty.with_row_index(ROW)).schema

    def score(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Return a batch with its scores, or no rows where nothing will be written."""
        if self.stopped.is_set():
            raise StoppedError
        accounts = batch.filter(_any_cell()) if self.job.source.dialect else batch
        texts = accounts.drop(ROW)
        known = known_cells(texts, self.job.rules)
        values = read_cells(known, self.job.rules)
        scored, problems = self._scores(with_unread(values, known, self.job.rules))
        with self.lock:
            self.tally.add(scored, accounts.height, batch.height - accounts.height)
            self.tally.add_problems(problems, texts, accounts[ROW])
        self.advance(batch.height)
        kept = texts if self.job.keeps_text else values
        rows = scored.height if self.job.output else 0
        return pl.concat([kept.head(rows), scored.head(rows)], how="horizontal")

    def _scores(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[ColumnProblem, ...]]:
        """Return the new columns, without rows where bad ones forbid a result, and what is bad."""
        problems: tuple[ColumnProblem, ...] = ()
        try:
            scored = self._assess(frame, "raise")
        except ColumnTypeError as error:
            raise FileError(str(self.job.source.path), _wrong_types(error)) from error
        except InvalidRowsError as error:
            problems = error.problems
            allowed = frame if self.job.invalid == "null" else frame.clear()
            scored = self._assess(allowed, self.job.invalid)
        if self.job.invalid == "null" and not problems:
            scored = scored.with_columns(problem=None)
        return scored.select("visit_probability", pl.col(self.job.texts_added).cast(pl.String)), problems

    def _assess(self, frame: pl.DataFrame, invalid: Literal["raise", "null"]) -> pl.DataFrame:
        job = self.job
        return job.scorer.assess_frame(frame, invalid=invalid, reasons=job.reasons, columns=job.columns)


def _any_cell() -> pl.Expr:
    return pl.any_horizontal(pl.exclude(ROW).is_not_null())


def _wrong_types(error: ColumnTypeError) -> str:
    """Say which columns cannot be scored; their rows are all alike, so none is named."""
    sentences = (f"column {p.column!r} must be {p.rule}{p.hint}" for p in error.problems)
    return "\n".join(sentences)
