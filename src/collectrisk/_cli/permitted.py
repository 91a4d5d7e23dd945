"""The accounts of a scored file and the events of a log, put to contact rules."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl

from collectrisk._cli.advice import ContentError
from collectrisk._cli.events_file import first_rows, in_shell, naming, numbered
from collectrisk._cli.excel import without_marks
from collectrisk._cli.history import NOTHING_WRITTEN, ROW, ROWS_CHECKED
from collectrisk._cli.problems import ROWS_SHOWN, Problems
from collectrisk._cli.text_columns import TextColumns
from collectrisk._frames.engines import unused_prefix
from collectrisk.errors import ColumnProblem, InvalidHistoryError
from collectrisk.history import ContactLog
from collectrisk.history._events import EVENTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from collectrisk._cli.tabular import Source
    from collectrisk.contact import ContactRules

FLAGS = {"true": True, "false": False}
READ = ("channel", "product")
"""The columns with text that `ContactRules.decide_frame` reads, besides facts and those that are named."""


@attrs.define
class Table:
    """The rows of a file.

    Attributes
    ----------
    source : Source
        The file.
    row : str
        The column with the number of each row in the file.
    cells : polars.DataFrame
        The rows as they are written.
    typed : polars.DataFrame
        The rows with dates, times, numbers and truth values instead of text.
    """

    source: Source
    row: str
    cells: pl.DataFrame
    typed: pl.DataFrame

    @classmethod
    def read(
        cls,
        source: Source,
        columns: Collection[str],
        *,
        stamps: Mapping[str, tuple[str | None, str]],
        amounts: Mapping[str, bool],
        flags: Collection[str] = (),
    ) -> Table:
        """Return the rows of a file, some columns of which are read, or raise `FileError`."""
        first = first_rows(source, ROWS_CHECKED)
        row = unused_prefix(ROW, first.columns)
        columns = [name for name in (*columns, *stamps, *amounts, *flags) if name in first.columns]
        text = TextColumns.of(
            source, first, [*columns, *source.mixed], stamps=stamps, amounts=amounts, written=None
        )
        cells = pl.concat([first.clear().with_row_index(row), *numbered(source, row)]).sort(row)
        typed, found = text.read(cells, row)
        text.refuse_ambiguous(source.name, NOTHING_WRITTEN)
        table = cls(source, row, cells.with_columns(map(without_marks, source.mixed)), typed)
        table.refuse(found, cells)
        for name in flags:
            if typed.schema.get(name) == pl.String:
                values = table.typed[name].str.to_lowercase().replace_strict(FLAGS, default=None)
                wrong = (values.is_null() & typed[name].is_not_null()).arg_true()
                seen = tuple((int(place), typed[name][place]) for place in wrong.head(ROWS_SHOWN))
                problem = ColumnProblem(name, "true, false or empty", len(wrong), seen)
                table.refuse([problem] if seen else [], typed)
                table.typed = table.typed.with_columns(values.cast(pl.Boolean).alias(name))
        return table

    @property
    def frame(self) -> pl.DataFrame:
        """The rows with types, without their numbers."""
        return self.typed.drop(self.row)

    def refuse(self, problems: Collection[ColumnProblem], rows: pl.DataFrame) -> None:
        """Raise `FileError` if there are problems, whose rows are those of a frame with row numbers."""
        found = Problems()
        for problem in problems:
            found.add(in_shell(problem), rows[self.row])
        if found:
            raise ContentError(self.source.name, f"{found.text(self.source)}\n{NOTHING_WRITTEN}")


@attrs.frozen(kw_only=True)
class PermittedRun:
    """A run that decides on the contacts of the accounts in a file.

    Attributes
    ----------
    rules : ContactRules
        The rules.
    scored : Source
        The file of scored accounts.
    events : Source or None
        The file of events.
    columns : mapping of str to str
        The columns of events that were named; an empty name means that the file lacks the column.
    settings : mapping of str to object
        The parameters of `ContactLog` besides the columns.
    time_format, date_format : (str or None, str)
        The declared formats of times in events and of dates in facts, and the options that declare them.
    options : mapping of str to object
        The parameters of `ContactRules.decide_frame` besides the accounts and the log.
    """

    rules: ContactRules
    scored: Source
    events: Source | None
    columns: Mapping[str, str]
    settings: Mapping[str, Any]
    time_format: tuple[str | None, str]
    date_format: tuple[str | None, str]
    options: Mapping[str, Any]

    def execute(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows of the file as they are written, and what the rules say of each.

        Raises
        ------
        CollectRiskError
            If a file cannot be read, rows or columns are not valid, or an argument is not.
        """
        key = self.columns.get("account_id", "account_id")
        accounts = self._accounts(key)
        events = None if self.events is None else self._read_events(self.events)
        frame, log = accounts.frame, None
        with naming(self.events), _refusing(accounts):
            if events is not None:
                logged = events.frame
                if key in frame.columns and key in logged.columns and frame[key].dtype != logged[key].dtype:
                    text = pl.col(key).cast(pl.String)
                    frame, logged = frame.with_columns(text), logged.with_columns(text)
                named = {field: column for field, column in self.columns.items() if column}
                log = ContactLog(logged, columns=named, **self.settings)
                events.refuse(log.check().problems, events.typed)
            decided: pl.DataFrame = self.rules.decide_frame(frame, log=log, **self.options)
        return accounts.cells.drop(accounts.row), decided.select(decided.columns[len(frame.columns) :])

    def _accounts(self, key: str) -> Table:
        facts = {name: fact.type for name, fact in self.rules.words.facts.items()}
        schema = first_rows(self.scored, 0).schema
        own = {name: kind for name, kind in facts.items() if name in schema}
        named = (self.options["zones_column"], self.options["debtor_column"])
        return Table.read(
            self.scored,
            [key, *READ, *filter(None, named)],
            stamps={name: self.date_format for name, kind in own.items() if kind == "dates"},
            amounts={name: True for name, kind in own.items() if kind == "number"},
            flags=[*(name for name, kind in own.items() if kind == "flag"), "repayment_plan"],
        )

    def _read_events(self, source: Source) -> Table:
        schema = first_rows(source, 0).schema
        absent = {field for field, column in self.columns.items() if not column}
        names = {spec.name: self.columns.get(spec.name) or spec.name for spec in EVENTS}
        found = {field: name for field, name in names.items() if name in schema and field not in absent}
        times = {"happened_at": self.time_format, "recorded_at": self.time_format, "due_on": self.date_format}
        table = Table.read(
            source,
            [*found.values()],
            stamps={found[field]: each for field, each in times.items() if field in found},
            amounts={found["amount"]: False} if "amount" in found else {},
        )
        unread = {names[field] for field in absent} - {*found.values()}
        table.typed = table.typed.drop(*unread, strict=False)
        return table


@contextmanager
def _refusing(accounts: Table) -> Iterator[None]:
    """Report values of accounts that are not valid with their rows in the file."""
    try:
        yield
    except InvalidHistoryError as error:
        accounts.refuse(error.problems, accounts.typed)
