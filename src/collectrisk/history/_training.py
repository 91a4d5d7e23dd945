"""Rows to train on: accounts at several moments, and what happened to each afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from collectrisk._fields import is_boolean
from collectrisk.errors import ArgumentError, refuse_other, shown
from collectrisk.history._arrears import whole_number
from collectrisk.history._attach import requests
from collectrisk.history._outcomes import Horizon, kinds_named, outcome_name, where_any, with_outcome
from collectrisk.history._reading import checked_name
from collectrisk.history._snapshots import STARTS, Span, snapshots_of
from collectrisk.history._times import AsOf

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from collectrisk.history._events import Events
    from collectrisk.history._kinds import EventKind

    Kinds = str | EventKind | Sequence[str | EventKind]


class TrainingRows:
    """The methods of a log that make rows to train on."""

    if TYPE_CHECKING:

        @property
        def _events(self) -> Events: ...

        @property
        def _zone(self) -> ZoneInfo | None: ...

        @property
        def _valid_events(self) -> Events: ...

    def snapshots(
        self,
        every: Literal["week", "month", "quarter", "year"] = "month",
        *,
        from_: dt.date | str | None = None,
        until: dt.date | str | None = None,
        exits: Kinds = (),
    ) -> Any:
        """Return the accounts that the log knew on each of some dates, to train on.

        Pass them to `attach` for the fields as of each date, and to `outcomes` for what followed.

        Parameters
        ----------
        every : {"week", "month", "quarter", "year"}, default "month"
            The period on whose first days the accounts are listed.
        from_, until : date, datetime or str, optional
            The dates are not before `from_` nor after `until`; both are required for a lazy log. By
            default, they follow the first event, and do not exceed `LogCheck.known_until`.
        exits : str or EventKind, or a sequence of them, optional
            The events with which an account leaves the log, as in `outcomes`.

        Returns
        -------
        frame of the same kind
            One row for each account and date: the account's id and ``snapshot_at``, a time at midnight.
            An account is listed from the first date at which an event had happened and been recorded,
            until an exit had. An eager frame is sorted by account and date. A lazy frame stays lazy.

        Raises
        ------
        InvalidHistoryError
            If events of an eager log are not valid.
        ArgumentError
            If an argument is not valid.

        Examples
        --------
        >>> import polars as pl
        >>> from collectrisk.history import ContactLog
        >>> events = pl.DataFrame(
        ...     {
        ...         "account_id": ["A", "B", "A"],
        ...         "happened_at": ["2026-01-10", "2026-02-20", "2026-03-31"],
        ...         "event": ["no_answer", "visit", "payment"],
        ...     }
        ... ).with_columns(pl.col("happened_at").str.to_date(), amount=5.0)
        >>> log = ContactLog(events)
        >>> rows = log.attach(log.snapshots(every="month"), as_of_column="snapshot_at")
        >>> rows.select("account_id", pl.col("snapshot_at").dt.date(), "failed_calls").rows()
        [('A', datetime.date(2026, 2, 1), 1),
         ('A', datetime.date(2026, 3, 1), 1),
         ('B', datetime.date(2026, 3, 1), 0)]
        """
        refuse_other("every", every, tuple(STARTS))
        first, last = (
            None if value is None else AsOf.parse(value, self._zone, argument)
            for argument, value in (("from_", from_), ("until", until))
        )
        left = where_any(self._events, kinds_named(self._events, "exits", exits, optional=True))
        return snapshots_of(self._valid_events.table, left, Span(every, first, last))

    def outcomes(
        self,
        kind: Kinds,
        accounts: Any,
        *,
        after: str = "snapshot_at",
        within_days: int = 365,
        exits: Kinds = (),
        known_until: dt.date | str | None = None,
        first_only: bool = False,
        name: str | None = None,
    ) -> Any:
        """Return a frame of accounts with whether an event followed the moment of each row, if it is known.

        The outcome is True if an event of the kind happened at the moment or in the days after it, and
        False if none did and all of these days are known. In every other case it is missing: a day that
        is not over, or on which the account had left, never makes a False.

        Parameters
        ----------
        kind : str or EventKind, or a sequence of them
            The events, by the names of their kinds. ``"visit"`` is any event on the channel
            ``field_visit``, whether or not it met the borrower; ``KINDS["visit"]`` met nobody.
            A payment that is not above 0 is not an event of its kind.
        accounts : frame of the same kind as the log
            One row for each account and moment, with the account's id in a column of the same name as
            in the log.
        after : str, default "snapshot_at"
            The column with the moment of each row: dates or times. An event at the moment itself
            follows it, because fields as of the moment do not know it.
        within_days : int, default 365
            The number of days that follow. The last one ends at the local time of the moment; with
            dates in the log, the day of the moment is the first one.
        exits : str or EventKind, or a sequence of them, optional
            The events with which an account leaves the log, such as its sale. From the first one on,
            nothing is known of the account. Not a payment in full: the account is still observed.
        known_until : date, datetime or str, optional
            The moment until which the log is complete; events at it or later do not count. By default
            the latest event; or, if that is earlier, the latest moment at which an event was recorded.
        first_only : bool, default False
            Whether only the first event of an account counts: a row that follows one has no outcome. By
            default, earlier events do not matter.
        name : str, optional
            The name of the new column; by default ``"visited"`` for visits, and ``"outcome"`` for
            everything else.

        Returns
        -------
        frame of the same kind
            The frame with a column of True, False and missing values. A lazy frame stays lazy, and the
            outcome is also missing if any event of the account is not valid.

        Raises
        ------
        InvalidHistoryError
            If rows of an eager frame are not valid.
        ColumnNameError
            If the accounts already have the new column.
        ArgumentError
            If an argument is not valid.

        See Also
        --------
        snapshots : Accounts and moments to train on.
        split_by_time : Earlier rows to train on, and later ones to evaluate.

        Notes
        -----
        A True can be known long before the days are over, but a False cannot. Among rows whose days are
        not over, those with a known outcome are therefore mostly True: `split_by_time` leaves out all
        of them, whatever their outcome.

        Examples
        --------
        >>> import polars as pl
        >>> from collectrisk.history import ContactLog
        >>> events = pl.DataFrame(
        ...     {
        ...         "account_id": ["A", "B", "A", "C"],
        ...         "happened_at": ["2026-01-10", "2026-01-20", "2026-02-15", "2026-07-31"],
        ...         "event": ["no_answer", "no_answer", "visit_met", "no_answer"],
        ...     }
        ... ).with_columns(pl.col("happened_at").str.to_date())
        >>> snapshots = pl.DataFrame(
        ...     {"account_id": ["A", "B", "B"], "snapshot_at": ["2026-02-01", "2026-02-01", "2026-06-01"]}
        ... ).with_columns(pl.col("snapshot_at").str.to_date())
        >>> ContactLog(events).outcomes("visit", snapshots, within_days=90)["visited"].to_list()
        [True, False, None]
        """
        events = self._events
        kinds = kinds_named(events, "kind", kind)
        column = outcome_name(kinds) if name is None else name
        if not (isinstance(column, str) and column and column.isprintable()):
            raise ArgumentError("name", f"must be printable text, not {shown(column)}")
        if not is_boolean(first_only):
            raise ArgumentError("first_only", f"must be True or False, not {shown(first_only)}")
        horizon = Horizon(
            where_any(events, kinds),
            where_any(events, kinds_named(events, "exits", exits, optional=True)),
            whole_number("within_days", within_days, 36_500, least=1),
            None if known_until is None else AsOf.parse(known_until, self._zone, "known_until"),
            bool(first_only),
        )
        checked_name("after", after)
        wanted = requests(
            accounts, self._valid_events.table, after, self._zone, added=[column], argument="after"
        )
        return with_outcome(accounts, wanted, self._valid_events, horizon, column)
