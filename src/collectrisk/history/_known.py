"""The events of many accounts that were known at a moment, for the rules that count them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk.errors import ArgumentError, type_name
from collectrisk.history._attach import ACCOUNT, ROW, requests
from collectrisk.history._check import known_until
from collectrisk.history._log import ContactLog
from collectrisk.history._tables import NEVER
from collectrisk.history._times import AsOf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from collectrisk._typing import Array
    from collectrisk.history._kinds import EventKind

COLUMNS = ("event", "channel", "amount", "person_id", "contact_point")


@attrs.frozen(kw_only=True)
class KnownEvents:
    """The events of the accounts of a frame, as one array for each column.

    Attributes
    ----------
    row : array of int
        The row of each event's account.
    at : array of datetime64
        The local time of each event, in microseconds.
    columns : mapping of str to list
        The other columns that the log has: ``event``, ``channel``, ``amount``, ``person_id`` and
        ``contact_point``.
    kinds : mapping of str to EventKind
        The kind of each code of ``event``.
    zone : ZoneInfo or None
        The zone of the local times, if the log states it.
    has_times : bool
        Whether the log has the times of events; otherwise it has dates only.
    as_of, known_until : datetime
        The moment, and the moment until which the log is complete, as local times.
    """

    row: Array
    at: Array
    columns: Mapping[str, list[Any]]
    kinds: Mapping[str, EventKind]
    zone: ZoneInfo | None
    has_times: bool
    as_of: dt.datetime
    known_until: dt.datetime


def known_events(
    log: Any, accounts: Any, as_of: dt.datetime, until: Any, since: dt.datetime | None
) -> KnownEvents:
    """Return the events of accounts that were known at a moment.

    Parameters
    ----------
    log : ContactLog
        The log, of an eager frame.
    accounts : eager frame
        The accounts, with their ids in a column of the same name as in the log.
    as_of : datetime
        The moment: an instant in UTC, or a local time for a log without a zone.
    until : date, datetime, str or None
        The moment until which the log is complete; by default, that of its latest event.
    since : datetime or None
        The local time before which events are left out.

    Raises
    ------
    ArgumentError
        If it is not a log, or the log is lazy.
    InvalidHistoryError
        If events of the log, or ids of accounts, are not valid.
    """
    if not isinstance(log, ContactLog):
        raise ArgumentError("log", f"must be a ContactLog, not {type_name(log)}")
    events, zone = log._valid_events, log._zone  # noqa: SLF001  # of this package
    table = events.table
    if isinstance(table.frame, nw.LazyFrame):
        raise ArgumentError("log", "must have an eager frame: collect the events first")
    moment = AsOf.parse(as_of, zone)
    if "happened_at" in table.dates:  # what is dated on the day of the moment may have happened before it
        moment = AsOf(moment.midnight + dt.timedelta(days=1))
    wanted = requests(accounts, table, None, zone, added=())
    rows: Any = table.known_rows(["happened_at", "recorded_at"], moment)
    if since is not None:
        rows = rows.filter(nw.col("happened_at") >= nw.lit(since))
    rows = rows.join(wanted.frame.select(ACCOUNT, ROW), left_on="account_id", right_on=ACCOUNT, how="inner")
    end = known_until(table) if until is None else AsOf.parse(until, zone, "known_until").local
    return KnownEvents(
        row=rows[ROW].to_numpy().astype(np.int64),
        at=rows["happened_at"].to_numpy().astype("datetime64[us]"),
        columns={name: _listed(rows[name]) for name in COLUMNS if name in table},
        kinds=events.kinds,
        zone=zone,
        has_times="happened_at" not in table.dates,
        as_of=moment.local,
        known_until=NEVER if end is None else min(end, moment.local),
    )


def _listed(series: Any) -> list[Any]:
    """Return the values of a column, and None for whatever means that one is missing."""
    missing = series.is_null().to_numpy()
    values = series.to_list()
    return (
        [None if gone else value for gone, value in zip(missing, values, strict=True)]
        if any(missing)
        else values
    )
