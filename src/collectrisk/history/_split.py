"""Splitting rows by time: what was known at a date to train on, and what came later to evaluate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._frames import open_frame, quoted
from collectrisk._frames.engines import FrameNames
from collectrisk._parameters import to_number
from collectrisk.errors import ArgumentError, did_you_mean, shown
from collectrisk.history._arrears import whole_number
from collectrisk.history._attach import AS_OF
from collectrisk.history._reading import checked_name, read_table
from collectrisk.history._tables import DAY, ColumnSpec, microseconds, microseconds_of, moment_of, refuse
from collectrisk.history._times import AsOf, to_zone

if TYPE_CHECKING:
    import datetime as dt
    from zoneinfo import ZoneInfo

START = "__collectrisk_start"


@attrs.frozen(eq=False)
class TimeSplit:
    """Rows before and after a date; see `split_by_time`.

    Parameters
    ----------
    train : frame
        The rows whose outcome was known at the date.
    later : frame
        The rows from the date on whose outcome is known now.
    at : datetime
        The date, as a local time.
    left_out : int or None
        The number of rows in neither part, because their days were not over; None for a lazy frame.
    """

    train: Any = attrs.field(repr=False)
    later: Any = attrs.field(repr=False)
    at: dt.datetime
    left_out: int | None


def split_by_time(
    frame: Any,
    column: str = "snapshot_at",
    *,
    within_days: int,
    known_until: dt.date | str,
    at: dt.date | str | None = None,
    share: float | None = None,
    zone: ZoneInfo | str | None = None,
) -> TimeSplit:
    """Split rows at a date into those to train on and later ones to evaluate, without leakage.

    A model that is fitted at the date can only learn from rows whose outcome was known by then: those
    whose days were over. Later rows are evaluated only if their days are over at the end of the log.
    Among rows whose days are not over, an event is known and its absence is not, so that their known
    outcomes are mostly True.

    Parameters
    ----------
    frame : frame
        The rows, such as those of `ContactLog.outcomes`.
    column : str, default "snapshot_at"
        The column with the moment of each row: dates or times.
    within_days : int
        The number of days that decide on the outcome, as in `ContactLog.outcomes`.
    known_until : date, datetime or str
        The moment until which the log is complete: the same as in `ContactLog.outcomes`, or
        `LogCheck.known_until`.
    at : date, datetime or str, optional
        The date of the split.
    share : float, optional
        Instead of `at`, the least share of the rows that precede the date, between 0 and 1: the split
        is at the first moment of a row that this many rows precede.
    zone : ZoneInfo or str, optional
        The time zone, required if times have a UTC offset.

    Returns
    -------
    TimeSplit
        Both parts, as frames of the same kind, and the number of rows in neither. Lazy frames stay lazy.

    Raises
    ------
    InvalidHistoryError
        If moments in an eager frame are missing.
    HistoryTypeError
        If the column contains something else.
    ArgumentError
        If an argument is not valid, or a part of an eager frame has no rows.

    See Also
    --------
    ContactLog.outcomes : Whether an event followed.

    Examples
    --------
    >>> import polars as pl
    >>> from collectrisk.history import split_by_time
    >>> months = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"]
    >>> rows = pl.DataFrame({"snapshot_at": months}).with_columns(pl.col("snapshot_at").str.to_date())
    >>> split = split_by_time(rows, at="2026-03-15", within_days=30, known_until="2026-05-15")
    >>> split
    TimeSplit(at=datetime.datetime(2026, 3, 15, 0, 0), left_out=2)
    >>> split.train["snapshot_at"].dt.month().to_list(), split.later["snapshot_at"].dt.month().to_list()
    ([1, 2], [4])
    """
    if (at is None) == (share is None):
        raise ArgumentError("at", "or share must be given, and not both")
    place = to_zone(zone)
    days = whole_number("within_days", within_days, 36_500) * DAY
    until = microseconds_of(AsOf.parse(known_until, place, "known_until").local)
    rows: Any = _with_start(frame, column, place)
    cut = _cut(rows, share) if at is None else microseconds_of(AsOf.parse(at, place, "at").local)
    names = open_frame(frame).collect_schema().names()
    own = [nw.col(quoted(name, rows.implementation)).alias(name) for name in names]
    start = nw.col(START)
    parts = {
        "train": rows.filter(start + days <= cut).select(*own),
        "later": rows.filter((start >= cut) & (start + days <= until)).select(*own),
    }
    left_out = None
    if isinstance(rows, nw.DataFrame):
        for name, part in parts.items():
            if len(rows) and not len(part):
                why = f"leaves no rows in the part {name!r} whose {within_days} days are over"
                why += " by then, or by known_until"
                raise ArgumentError("share" if at is None else "at", why)
        left_out = len(rows) - sum(map(len, parts.values()))
    return TimeSplit(parts["train"].to_native(), parts["later"].to_native(), moment_of(cut), left_out)


def _with_start(frame: Any, column: str, zone: ZoneInfo | None) -> Any:
    """Return a frame with the moments of its rows as whole numbers."""
    names = FrameNames.of(open_frame(frame))
    checked_name("column", column)
    if column not in names.names:
        raise ArgumentError(
            "column", f"must be a column of the frame, not {shown(column)}{did_you_mean(column, names)}"
        )
    table = read_table(frame, "accounts", [ColumnSpec(AS_OF, "stamp")], {AS_OF: column}, zone, keep=True)
    refuse("accounts", table.problems())
    return table.frame.with_columns(microseconds(AS_OF).alias(START))


def _cut(rows: Any, share: Any) -> int:
    """Return the first moment of a row that a share of the rows precede."""
    part = to_number(share)
    if not (isinstance(part, float) and 0 < part < 1):
        raise ArgumentError("share", f"must be a number between 0 and 1, not {shown(share)}")
    if not isinstance(rows, nw.DataFrame):
        raise ArgumentError("share", "needs an eager frame; pass at")
    before = 0
    counts = rows.group_by(START).agg(nw.len().alias("rows")).sort(START)
    for start, count in zip(counts[START].to_list(), counts["rows"].to_list(), strict=True):
        if before and before >= part * len(rows):
            return int(start)
        before += count
    raise ArgumentError("share", f"is too large: fewer than {part:g} of the rows precede the last moment")
