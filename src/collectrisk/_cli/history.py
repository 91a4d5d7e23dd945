"""The fields of a file of events, in parts that fit in memory."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl

from collectrisk._cli.advice import ContentError
from collectrisk._cli.events_file import EventTotals, first_rows, in_shell, naming, numbered
from collectrisk._cli.problems import ROWS_SHOWN, Problems
from collectrisk._cli.spill import Spill
from collectrisk._cli.tabular import first_line, suffix_of, write_frame
from collectrisk._cli.text_columns import TextColumns, stripped
from collectrisk._files.atomic import atomic_write
from collectrisk._frames.engines import unused_prefix
from collectrisk.errors import HIDDEN, ColumnProblem, FileError, InvalidHistoryError
from collectrisk.history import ContactLog
from collectrisk.history._check import codes_text
from collectrisk.history._events import EVENTS, checked_codes

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._cli.tabular import Source
    from collectrisk.mapping._numbers import NumberFormat

ROW = "__collectrisk_file_row"
"""The column with the row numbers of a file, if the file has none of this name."""

ROWS_CHECKED = 1_000
"""The first rows, which say how dates are written."""

LEDGER = {"amount_overdue": False, "days_past_due": True}
"""The fields that a file of accounts may have as text, and whether they are whole numbers."""

ROWS_IN_PART = 500_000
NOTHING_WRITTEN = "Nothing was written. Correct the rows, or how they are read."


@attrs.define
class HistoryRun:
    """A run that computes the fields of the accounts in a file of events.

    Attributes
    ----------
    source : Source
        The file of events.
    as_of : str
        The moment of the fields.
    settings : dict of str to object
        The parameters of `ContactLog` besides the columns.
    columns : dict of str to str
        The columns that were named; an empty name means that the file lacks the column.
    formats : dict of str to (str or None, str)
        The declared format of each field with dates or times, and the option that declares it.
    written : NumberFormat or None
        The declared convention of amounts.
    accounts : Source or None
        The file of accounts to which the fields are added.
    unknown_accounts : {"ignore", "raise"}
        What to do with events that belong to none of the accounts.
    output : Path or None
        The file to write, if any.
    advance : callable
        Called with the number of rows of each batch that was read.
    """

    source: Source
    as_of: str
    settings: dict[str, Any]
    columns: dict[str, str]
    formats: dict[str, tuple[str | None, str]]
    written: NumberFormat | None = None
    accounts: Source | None = None
    unknown_accounts: str = "ignore"
    output: Path | None = None
    advance: Callable[[int], object] = lambda _rows: None
    totals: EventTotals = attrs.field(init=False, factory=EventTotals)
    _problems: Problems = attrs.field(init=False, factory=Problems)
    _account_problems: Problems = attrs.field(init=False, factory=Problems)
    _text: TextColumns = attrs.field(init=False)
    _account_text: TextColumns = attrs.field(init=False)
    _found: dict[str, str] = attrs.field(init=False, factory=dict)
    _row: str = attrs.field(init=False, default=ROW)
    _key_is_text: bool = attrs.field(init=False, default=False)
    _no_events: pl.DataFrame = attrs.field(init=False)
    _no_accounts: pl.DataFrame | None = attrs.field(init=False, default=None)

    @property
    def has_recorded_at(self) -> bool:
        """Whether the file says when events were recorded."""
        return "recorded_at" in self._found

    def prepare(self) -> None:
        """Find the columns, and check every argument before any work is done.

        Raises
        ------
        CollectRiskError
            If columns are missing or have the wrong type, or an argument is not valid.
        """
        absent = {field for field, column in self.columns.items() if not column}
        self.columns = {field: column for field, column in self.columns.items() if column}
        first = first_rows(self.source, ROWS_CHECKED)
        names = {spec.name: self.columns.get(spec.name, spec.name) for spec in EVENTS}
        self._found = {
            field: name for field, name in names.items() if name in first.columns and field not in absent
        }
        empty = None if self.accounts is None else first_rows(self.accounts, 0)
        self._row = unused_prefix(ROW, [*first.columns, *(() if empty is None else empty.columns)])
        self._text = TextColumns.of(
            self.source,
            first,
            self._found.values(),
            stamps={self._found[field]: each for field, each in self.formats.items() if field in self._found},
            amounts={self._found[field]: False for field in ("amount",) if field in self._found},
            written=self.written,
        )
        events, _ = self._text.read(first.with_row_index(self._row), self._row)
        unread = absent - set(self._found.values())
        with naming(self.source):
            # A column that is missing is looked for among all others.
            self._log(events.drop(self._row, *unread, strict=False))
        self._no_events = events.select(*dict.fromkeys(self._found.values()), self._row).clear()
        self._log(self._no_events).fields(self.as_of)
        if self.accounts is not None and empty is not None:
            self._prepare_accounts(self.accounts, empty)

    def _prepare_accounts(self, accounts: Source, empty: pl.DataFrame) -> None:
        # A Parquet file has types, which a scorer needs; cells of a CSV file are kept as they are.
        has_types = self.output is not None and suffix_of(self.output) == ".parquet"
        names = {name: whole for name, whole in LEDGER.items() if has_types and name in empty.columns}
        columns = [*names, *accounts.mixed]
        self._account_text = TextColumns.of(
            accounts, empty, columns, stamps={}, amounts=names, written=self.written
        )
        self._no_accounts, _ = self._account_text.read(empty.with_row_index(self._row), self._row)
        key = self._found["account_id"]
        types = [frame.schema.get(key, pl.Null()) for frame in (empty, self._no_events)]
        self._key_is_text = pl.String() in types and any(each.is_integer() for each in types)
        self._attached(self._log(self._no_events), self._no_accounts.drop(self._row))

    def execute(self) -> EventTotals:
        """Compute the fields, and write them if there is an output.

        Raises
        ------
        FileError
            If rows are invalid, or a file cannot be read or written; nothing is written then.
        """
        rows = max(self.source.rows, self.accounts.rows if self.accounts else 0)
        count = max(1, -(-rows // ROWS_IN_PART))
        # Windows does not remove a file that polars still maps.
        with tempfile.TemporaryDirectory(prefix="collectrisk-", ignore_cleanup_errors=True) as name:
            directory = Path(name)
            events, ids = self._read_events(directory, count)
            accounts = self._read_accounts(directory, count)
            files = []
            for part in range(count):
                fields = self._fields_of_part(events, accounts, part)
                if fields is not None:
                    files.append(directory / f"fields-{part}.parquet")
                    fields.write_parquet(files[-1])
            if ids is not None:
                self._check_ids(ids)
            self._refuse()
            if self.output is not None:
                self._write(files, self.output)
        return self.totals

    def _log(self, events: pl.DataFrame) -> ContactLog:
        if self._key_is_text:
            events = events.with_columns(pl.col(self._found["account_id"]).cast(pl.String))
        return ContactLog(events, columns=self.columns, **self.settings)

    def _read_events(self, directory: Path, count: int) -> tuple[Spill, Spill | None]:
        """Return the events in parts by account, and their ids in parts of their own."""
        events = Spill(directory, "events", pl.col(self._found["account_id"]), count)
        event_id = self._found.get("event_id")
        ids = None if event_id is None else Spill(directory, "ids", pl.col(event_id), count)
        for batch in numbered(self.source, self._row, self.advance):
            rows, problems = self._text.read(batch, self._row)
            for problem in problems:
                self._problems.add(problem, batch[self._row])
            rows = rows.select(self._no_events.columns)
            codes = rows[self._found["event"]].drop_nulls().cast(pl.String)
            self.totals.codes.update(dict(codes.value_counts().iter_rows()))
            self.totals.events += len(batch)
            events.add(rows)
            if ids is not None:
                ids.add(rows.select(event_id, self._row).drop_nulls())
        self._text.refuse_ambiguous(self.source.name, NOTHING_WRITTEN)
        return events, ids

    def _read_accounts(self, directory: Path, count: int) -> Spill | None:
        """Return the accounts, in the same parts as their events."""
        if self.accounts is None:
            return None
        accounts = Spill(directory, "accounts", self._joined_key(), count)
        for batch in numbered(self.accounts, self._row):
            rows, problems = self._account_text.read(batch, self._row)
            for problem in problems:
                self._account_problems.add(problem, batch[self._row])
            accounts.add(rows)
        self._account_text.refuse_ambiguous(self.accounts.name, NOTHING_WRITTEN)
        return accounts

    def _joined_key(self) -> pl.Expr:
        """Return the id of an account as it is in the events."""
        assert self._no_accounts is not None  # noqa: S101  # for mypy
        name = self._found["account_id"]
        key = pl.col(name)
        if self._no_accounts.schema[name] == pl.String:
            return stripped(key).alias(name)
        return key.cast(pl.String) if self._key_is_text else key

    def _fields_of_part(self, events: Spill, accounts: Spill | None, part: int) -> pl.DataFrame | None:
        """Return the fields of a part, or None if there is no output or something is not valid."""
        rows = events.take(part, self._no_events).sort(self._row)
        log = self._log(rows.drop(self._row))
        check = log.check()
        for problem in check.problems:
            self._problems.add(in_shell(problem), rows[self._row])
        ids = rows.select(pl.col(self._found["account_id"]).cast(pl.String).unique())
        self.totals.repeated += check.repeated_rows
        self.totals.accounts += len(ids)
        if accounts is None or self._no_accounts is None:
            if self._problems or self.output is None:
                return None
            fields: pl.DataFrame = log.fields(self.as_of)
            return fields
        own = accounts.take(part, self._no_accounts).sort(self._row)
        if self._problems:
            return None
        try:
            attached = self._attached(log, own)
        except InvalidHistoryError as error:
            of_events = error.table == "events"
            problems, frame = (self._problems, rows) if of_events else (self._account_problems, own)
            for problem in error.problems:
                problems.add(in_shell(problem), frame[self._row])
            return None
        known = own.select(self._joined_key().cast(pl.String))
        self.totals.unknown_accounts += len(ids.join(known, on=ids.columns, how="anti"))
        return attached

    def _attached(self, log: ContactLog, accounts: pl.DataFrame) -> pl.DataFrame:
        """Return accounts with their fields; their ids stay as they are written."""
        key = self._found["account_id"]
        own = accounts.select(pl.col(key) if key in accounts.columns else [])
        with naming(self.accounts):
            keyed = accounts.with_columns(self._joined_key()) if len(own.columns) else accounts
            unknown: Any = self.unknown_accounts
            attached: pl.DataFrame = log.attach(keyed, self.as_of, unknown_accounts=unknown)
        return attached.with_columns(own)

    def _check_ids(self, ids: Spill) -> None:
        """Look for event ids that occur twice, in whatever accounts."""
        name = self._found["event_id"]
        empty = self._no_events.select(name, self._row)
        twice = [ids.take(part, empty).filter(pl.col(name).is_duplicated()) for part in range(ids.count)]
        rows = pl.concat(twice).sort(self._row)
        if len(rows):
            shown = tuple((place, HIDDEN) for place in range(min(len(rows), ROWS_SHOWN)))
            problem = ColumnProblem(name, "different in each row", len(rows), shown, "", "event_id")
            self._problems.found.pop((problem.column, problem.requirement), None)
            self._problems.add(problem, rows[self._row])

    def _refuse(self) -> None:
        """Raise `FileError` if there are problems."""
        for key, problem in self._problems.found.items():
            if "codes" in problem.requirement:
                known = checked_codes(self.settings.get("codes"))
                codes = {code: rows for code, rows in self.totals.codes.items() if code not in known}
                self._problems.found[key] = attrs.evolve(problem, hint=codes_text(codes))
        for source, problems in ((self.source, self._problems), (self.accounts, self._account_problems)):
            if source is not None and problems:
                raise ContentError(source.name, f"{problems.text(source)}\n{NOTHING_WRITTEN}")

    def _write(self, files: list[Path], output: Path) -> None:
        suffix, order = suffix_of(output), self._found["account_id"] if self.accounts is None else self._row
        fields = pl.scan_parquet(files, glob=False)
        self.totals.written = fields.select(pl.len()).collect().item()
        dialect = None if self.accounts is None else self.accounts.dialect
        try:
            with atomic_write(output) as partial:
                write_frame(fields.sort(order).drop(self._row, strict=False), partial, suffix, dialect)
        except pl.exceptions.PolarsError as error:
            raise FileError(str(output), f"cannot be written: {first_line(error)}") from error
