"""A log of contacts, promises and payments, and the fields of borrowers that follow from it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex

import attrs
import narwhals.stable.v2 as nw

from collectrisk._parameters import to_number
from collectrisk.errors import ArgumentError, InvalidHistoryError, refuse_other, shown
from collectrisk.history._arrears import whole_number
from collectrisk.history._attach import known_at_each, refuse_unknown, requests, with_fields
from collectrisk.history._attitude import ATTITUDE_RULES, AttitudeRule, checked_rules
from collectrisk.history._check import (
    LogCheck,
    accounts_of,
    count_rows,
    future_of,
    kinds_of,
    known_until,
    problems_of,
)
from collectrisk.history._events import EVENTS, Events, Known, checked_codes, rules_of
from collectrisk.history._extra import EXTRA, extra_names, with_extra
from collectrisk.history._fields import FIELDS, Definitions, fields_of
from collectrisk.history._one import account_history, checked_account, events_of_account
from collectrisk.history._reading import checked_columns, read_table
from collectrisk.history._times import AsOf, to_zone
from collectrisk.history._training import TrainingRows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from collectrisk.history._account import AccountHistory
    from collectrisk.history._kinds import EventKind


@attrs.frozen(eq=False, slots=False)
class ContactLog(TrainingRows):
    """A log of contacts, promises and payments of many accounts.

    Only what had happened, and had been recorded, before a moment counts for the fields as of that
    moment. "Days" are days of the calendar in `zone`.

    Parameters
    ----------
    events : frame
        One row for each event. The columns ``account_id``, ``happened_at`` and ``event`` are
        required; ``recorded_at``, ``amount`` and ``due_on`` (of promises and payments), ``channel``,
        ``event_id``, ``person_id`` and ``contact_point`` are read if there are any.
    columns : mapping of str to str, optional
        The names of these columns, where they differ.
    codes : mapping of str to str or EventKind, optional
        The kind of event that each code in the column ``event`` means. The names of the library's
        kinds (see `KINDS`) mean themselves. `CODES` has tables of common codes.
    zone : ZoneInfo or str, optional
        The time zone, such as ``"Asia/Shanghai"``. Times without a UTC offset are in this zone, and
        those with one are converted to it; for those, it is required.
    grace_days : int, default 3
        The number of days after its due date within which a promise is not yet broken.
    kept_share : float, default 1.0
        The share of its amount that must be paid in time for a promise to be kept, above 0.
    failed_since : int or "last_result", default "last_result"
        Which failed attempts count: those since the last result (see `EventKind`), or those within this
        number of days before the moment.
    attitude_rules : sequence of AttitudeRule, optional
        The rules of the attitude; by default `ATTITUDE_RULES`.
    decimals : int, default 2
        The decimals of the currency, 0 to 4. Amounts of promises and payments are rounded to its
        smallest unit and added as whole numbers, so that no promise fails by a rounding error.
    clock_changes : {"raise", "keep"}, default "raise"
        What to do with times without a UTC offset that do not exist, or exist twice, because clocks
        change: an error, or to keep them as they are written. A lazy log keeps them.

    Raises
    ------
    MissingColumnError
        If a column is missing.
    HistoryTypeError
        If a column has the wrong type.
    ArgumentError
        If another argument is not valid.

    See Also
    --------
    arrears : The fields that follow from the ledger instead of the log.

    Notes
    -----
    A payment serves the promise that was made first of those that are open, then the next one. A
    promise is open from the moment when it is made until it is fulfilled, or until its own due date
    and those of all promises before it are over, with `grace_days`. It is kept if its amount, or
    `kept_share` of it, is paid by its due date with `grace_days`, broken if that day is over, and
    pending until then; a promise without an amount is kept by any payment. A negative payment takes
    back the latest payments before it.

    Examples
    --------
    >>> import polars as pl
    >>> from collectrisk.history import ContactLog
    >>> events = pl.DataFrame(
    ...     [
    ...         ("A", "2026-10-01 10:00", "SMS", None, None),
    ...         ("A", "2026-10-02 11:30", "NA", None, None),
    ...         ("A", "2026-10-05 09:15", "PTP", 50.0, "2026-10-20"),
    ...         ("A", "2026-10-25 18:00", "NA", None, None),
    ...         ("B", "2026-10-20 12:00", "PTP", 80.0, "2026-10-31"),
    ...     ],
    ...     schema=["account_id", "happened_at", "event", "amount", "due_on"],
    ...     orient="row",
    ... ).with_columns(pl.col("happened_at").str.to_datetime(), pl.col("due_on").str.to_date())
    >>> codes = {"SMS": "message_sent", "NA": "no_answer", "PTP": "promise"}
    >>> log = ContactLog(events, codes=codes, zone="Asia/Shanghai")
    >>> fields = log.fields(as_of="2026-11-01")
    >>> fields.select("account_id", "failed_calls", "broken_promises", "attitude").rows()
    [('A', 1, 1, 'unknown'), ('B', 0, 0, 'cooperative')]
    """

    events: Any = attrs.field(repr=False)
    columns: Mapping[str, Any] | None = attrs.field(default=None, kw_only=True)
    codes: Mapping[Any, str | EventKind] | None = attrs.field(default=None, kw_only=True, repr=False)
    zone: ZoneInfo | str | None = attrs.field(default=None, kw_only=True)
    grace_days: int = attrs.field(default=3, kw_only=True)
    kept_share: float = attrs.field(default=1.0, kw_only=True)
    failed_since: int | Literal["last_result"] = attrs.field(default="last_result", kw_only=True)
    attitude_rules: Sequence[AttitudeRule] = attrs.field(default=ATTITUDE_RULES, kw_only=True, repr=False)
    decimals: int = attrs.field(default=2, kw_only=True)
    clock_changes: Literal["raise", "keep"] = attrs.field(default="raise", kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Check the arguments and the columns."""
        refuse_other("clock_changes", self.clock_changes, ("raise", "keep"))
        _ = self._definitions, self._events

    @cached_property
    def _zone(self) -> ZoneInfo | None:
        return to_zone(self.zone)

    @cached_property
    def _definitions(self) -> Definitions:
        share = to_number(self.kept_share)
        if not (isinstance(share, float) and 0 < share <= 1):
            raise ArgumentError("kept_share", f"must be a number above 0 and up to 1, not {shown(share)}")
        since = self.failed_since
        if isinstance(since, str):
            refuse_other("failed_since", since, ("last_result",))
        return Definitions(
            whole_number("grace_days", self.grace_days, 36_500),
            share,
            None if isinstance(since, str) else whole_number("failed_since", since, 36_500),
            checked_rules(self.attitude_rules),
            whole_number("decimals", self.decimals, 4),
        )

    @cached_property
    def _events(self) -> Events:
        names = checked_columns(self.columns, EVENTS)
        kinds = checked_codes(self.codes)
        table = read_table(self.events, "events", EVENTS, names, self._zone)
        events = Events(table, kinds)
        return attrs.evolve(events, table=attrs.evolve(table, rules=rules_of(events)))

    @cached_property
    def _problems(self) -> tuple[Any, ...]:
        return problems_of(self._events, self._zone if self.clock_changes == "raise" else None)

    def check(self, as_of: dt.date | str | None = None, *, accounts: Any = None) -> LogCheck:
        """Return what the log contains, and every problem of its rows at once.

        Parameters
        ----------
        as_of : date, datetime or str, optional
            The moment of the export; by default, events in the future are not looked for.
        accounts : frame of the same kind as the log, optional
            The accounts to which the log belongs, as in `attach`: which of them are not in the log, and
            which accounts of the log are not among them?

        Returns
        -------
        LogCheck
            Codes that mean nothing, with counts; missing or impossible values; promises without a
            due date; event ids that occur twice; local times that do not exist or exist twice. A lazy
            log is collected, and its problems have counts but no rows.
        """
        problems = list(self._problems)
        if as_of is not None:
            problems += future_of(self._events, AsOf.parse(as_of, self._zone))
        table = self._events.table
        counts = (
            {}
            if accounts is None
            else accounts_of(table, requests(accounts, table, None, self._zone, added=()))
        )
        rows, repeated = count_rows(table.frame)
        return LogCheck(
            rows=rows,
            problems=tuple(problems),
            repeated_rows=repeated,
            kinds=kinds_of(self._events),
            has_recorded_at="recorded_at" in table,
            known_until=known_until(table),
            **counts,
        )

    def fields(self, as_of: dt.date | str, *, extra: bool | Sequence[str] = False) -> Any:
        """Return the fields of each account with an event before a moment.

        Parameters
        ----------
        as_of : date, datetime or str
            What happened, or was recorded, at this moment or later is not known. A date is the
            beginning of its day.
        extra : bool or sequence of str, default False
            Further columns, which are not fields of a borrower: all of them, or those named (see
            Notes).

        Returns
        -------
        frame of the same kind
            One row for each account: its id, ``failed_messages``, ``failed_calls``,
            ``broken_promises``, ``attitude``, ``placed_with_agency`` and ``repayment_plan``. An eager
            frame is sorted by account. A lazy frame stays lazy, and has nulls for an account of which
            any event is not valid; only `check` looks for event ids that occur twice in it. Times
            that do not exist, or exist twice, are not looked for in a lazy log at all.

        Raises
        ------
        InvalidHistoryError
            If events of an eager log are not valid; the error has all problems (see `check`).
        ArgumentError
            If an argument is not valid.

        Notes
        -----
        The further columns are:

        - ``message_attempts_7_days``, and the same with ``letter``, ``call`` or ``visit``, and with
          30 or 90 days: attempts on the day of the moment, up to the moment, and on that many days
          before it;
        - ``days_since_contact`` and ``days_since_payment``: days of the calendar since the borrower
          was reached and since a payment above 0, missing if there was none;
        - ``share_of_promises_kept``: among the promises that were kept or broken, missing if there
          are none.

        Examples
        --------
        >>> import polars as pl
        >>> from collectrisk.history import ContactLog
        >>> events = pl.DataFrame(
        ...     {
        ...         "account_id": ["A", "A", "B"],
        ...         "happened_at": ["2026-09-01", "2026-10-29", "2026-10-30"],
        ...         "event": ["payment", "no_answer", "refusal"],
        ...     }
        ... ).with_columns(pl.col("happened_at").str.to_date(), amount=10.0)
        >>> log = ContactLog(events)
        >>> extra = ["call_attempts_7_days", "days_since_payment"]
        >>> log.fields("2026-11-01", extra=extra).select("account_id", *extra).rows()
        [('A', 1, 61.0), ('B', 1, None)]
        """
        events, moment = self._valid_events, AsOf.parse(as_of, self._zone)
        result = self._fields(Known.at(events.as_query(), moment), extra_names(extra))
        if isinstance(result, nw.DataFrame):
            result = result.sort("account_id")
        return result.rename({"account_id": events.table.names["account_id"]}).to_native()

    def attach(
        self,
        accounts: Any,
        as_of: dt.date | str | None = None,
        *,
        as_of_column: str | None = None,
        unknown_accounts: Literal["ignore", "raise"] = "ignore",
        extra: bool | Sequence[str] = False,
    ) -> Any:
        """Return a frame of accounts with the fields of each, as of one moment or of one in each row.

        Parameters
        ----------
        accounts : frame of the same kind as the log
            One row for each account, or for each account and moment, with the account's id in a
            column of the same name as in the log.
        as_of : date, datetime or str, optional
            The moment of all rows.
        as_of_column : str, optional
            The column with the moment of each row: dates or times.
        unknown_accounts : {"ignore", "raise"}, default "ignore"
            What to do with accounts in an eager log that are not among the accounts: leave out their
            events, or raise an error. `check` counts them.
        extra : bool or sequence of str, default False
            Further columns, all or those named: see `fields`.

        Returns
        -------
        frame of the same kind
            The frame with the columns of `fields`. An account without events has the defaults: 0,
            "unknown" and False; what is missing without events is missing.

        Raises
        ------
        InvalidHistoryError
            If rows of an eager frame are not valid, or there are unknown accounts.
        ColumnNameError
            If the accounts already have a column of one of the fields.
        ArgumentError
            If not exactly one of `as_of` and `as_of_column` is given, or an argument is not valid.

        Examples
        --------
        >>> import polars as pl
        >>> from collectrisk.history import ContactLog
        >>> events = pl.DataFrame(
        ...     {"account_id": ["A", "A"], "happened_at": ["2026-09-01", "2026-10-01"], "event": "no_answer"}
        ... ).with_columns(pl.col("happened_at").str.to_date())
        >>> snapshots = pl.DataFrame(
        ...     {"account_id": ["A", "A", "B"], "snapshot_at": ["2026-09-15", "2026-10-15", "2026-10-15"]}
        ... ).with_columns(pl.col("snapshot_at").str.to_date())
        >>> attached = ContactLog(events).attach(snapshots, as_of_column="snapshot_at")
        >>> attached["failed_calls"].to_list()
        [1, 2, 0]
        """
        if (as_of is None) == (as_of_column is None):
            raise ArgumentError("as_of", "or as_of_column must be given, and not both")
        added = {**FIELDS, **{name: EXTRA[name] for name in extra_names(extra)}}
        events = self._valid_events
        wanted = requests(accounts, events.table, as_of_column, self._zone, added=added)
        refuse_other("unknown_accounts", unknown_accounts, ("ignore", "raise"))
        if unknown_accounts == "raise":
            refuse_unknown(events.table, wanted)
        query = events.as_query()
        known = (
            known_at_each(wanted, query) if as_of is None else Known.at(query, AsOf.parse(as_of, self._zone))
        )
        fields = self._fields(known, tuple(name for name in added if name in EXTRA))
        return with_fields(accounts, wanted, fields, known.by, added)

    def of(self, account: str | SupportsIndex, as_of: dt.date | str) -> AccountHistory:
        """Return the history of one account, with the events that made each field.

        Parameters
        ----------
        account : str or int
            The account's id.
        as_of : date, datetime or str
            What happened, or was recorded, at this moment or later is not known.

        Returns
        -------
        AccountHistory
            Its events, its fields and their explanation; without events, the defaults.

        Raises
        ------
        InvalidHistoryError
            If events of an eager log, or of this account in a lazy one, are not valid.
        ArgumentError
            If an argument is not valid.

        Examples
        --------
        >>> import polars as pl
        >>> from collectrisk.history import ContactLog
        >>> events = pl.DataFrame(
        ...     {"account_id": ["A", "A"], "happened_at": ["2026-09-01", "2026-10-01"], "event": "no_answer"}
        ... ).with_columns(pl.col("happened_at").str.to_date())
        >>> events = events.with_columns(recorded_at="happened_at")
        >>> print(ContactLog(events).of("A", as_of="2026-10-01").explain())
        Events of this account that were known as of 2026-10-01 00:00: 1
        messages and letters without a result: 0
        calls without a result: 1
          2026-09-01 00:00  no answer
        broken promises: 0
        attitude: unknown
        placed with an agency: no
        repayment plan: no
        """
        moment = AsOf.parse(as_of, self._zone)
        table = self._valid_events.table
        is_text = table.frame.collect_schema()["account_id"] == nw.String
        wanted = nw.lit(checked_account(account, is_text=is_text))
        events = events_of_account(self._events, table.frame.filter(nw.col("account_id") == wanted))
        return account_history(Known.at(events, moment), moment, self._definitions, self._zone)

    def _fields(self, known: Known, extra: tuple[str, ...]) -> Any:
        """Return the fields, and further columns, as the same kind of frame as the log."""
        fields = with_extra(fields_of(known, self._definitions), known, self._definitions, extra)
        is_eager = isinstance(self._events.table.frame, nw.DataFrame)
        return fields.collect() if is_eager and isinstance(fields, nw.LazyFrame) else fields

    @cached_property
    def _valid_events(self) -> Events:
        """The events; those of an eager log are checked."""
        events = self._events
        if not isinstance(events.table.frame, nw.DataFrame):
            return events
        if self._problems:
            raise InvalidHistoryError("events", self._problems)
        frame = events.coded(events.table.frame)
        return attrs.evolve(events, table=attrs.evolve(events.table, frame=frame, is_valid=True))
