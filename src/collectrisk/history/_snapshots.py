"""Snapshots: which accounts a log knows at which dates."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk.errors import ArgumentError
from collectrisk.history._check import known_until
from collectrisk.history._tables import (
    FAR,
    NEVER,
    Table,
    constant,
    microseconds,
    microseconds_of,
    moment_of,
    paired,
)
from collectrisk.history._times import STAMP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from collectrisk.history._times import AsOf

SNAPSHOT_AT = "snapshot_at"
MOST_DATES = 2_000

STARTS: dict[str, Callable[[dt.date], bool]] = {
    "week": lambda day: day.weekday() == 0,
    "month": lambda day: day.day == 1,
    "quarter": lambda day: day.day == 1 and day.month % 3 == 1,
    "year": lambda day: day.day == 1 and day.month == 1,
}
"""Which days begin a period."""


@attrs.frozen
class Span:
    """The dates of snapshots.

    Attributes
    ----------
    every : str
        The period that each of the dates begins.
    first, last : AsOf or None
        The dates are not before the first nor after the last of these moments; None if that follows
        from the log.
    """

    every: str
    first: AsOf | None
    last: AsOf | None

    def dates(self, table: Table, known: Any) -> list[dt.datetime]:
        """Return the dates, as midnights.

        Raises
        ------
        ArgumentError
            If they follow from a lazy log, there are too many of them, or the last precedes the first.
        """
        if isinstance(table.frame, nw.LazyFrame):
            for argument, moment in (("from_", self.first), ("until", self.last)):
                if moment is None:
                    raise ArgumentError(argument, "must be given for a lazy log, which is not read here")
        if self.first is not None:
            start: dt.datetime | None = self.first.local
        else:
            start = moment_of(int(known["first"].min())) if len(known) else None
        end = known_until(table) if self.last is None else self.last.local
        if self.first is not None and self.last is not None and self.first.local > self.last.local:
            raise ArgumentError("until", "must not be before from_")
        found = [] if start is None or end is None else list(self._between(start, end))
        if len(found) > MOST_DATES:
            raise ArgumentError(
                "every", f"makes more than {MOST_DATES:,} dates: pass a later from_, or a longer period"
            )
        return found

    def _between(self, start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
        starts = STARTS[self.every]
        for number in range(start.toordinal(), end.toordinal() + 1):
            midnight = dt.datetime.fromordinal(number)
            if starts(midnight) and midnight >= start:
                yield midnight


def snapshots_of(table: Table, exits: nw.Expr, span: Span) -> Any:
    """Return one row for each account and date at which the account is known and has not left."""
    known: Any = table.frame.select("account_id", known=_known_at(table), exit=exits)
    known = known.with_columns(left=nw.when(nw.col("exit")).then(nw.col("known")).otherwise(FAR))
    known = known.group_by("account_id").agg(first=nw.col("known").min(), left=nw.col("left").min())
    dates = span.dates(table, known) or [NEVER]
    # No engine-independent frame can be made from values, so the dates become columns of the first row.
    one: Any = table.frame.head(1)
    rows = nw.concat(
        [
            one.select(
                constant(microseconds_of(each), "account_id").alias("date"),
                nw.lit(each, STAMP).alias(SNAPSHOT_AT),
            )
            for each in dates
        ]
    )
    pairs = paired(known, rows, "account_id", "date")
    date = nw.col("date")
    pairs = pairs.filter((nw.col("first") < date) & (nw.col("left") >= date))
    pairs = pairs.select("account_id", SNAPSHOT_AT)
    if isinstance(pairs, nw.DataFrame):
        pairs = nw.maybe_reset_index(pairs.sort("account_id", SNAPSHOT_AT))
    return pairs.rename({"account_id": table.names["account_id"]}).to_native()


def _known_at(table: Table) -> Any:
    """Return when an event had happened and been recorded, in microseconds."""
    happened = microseconds("happened_at")
    if "recorded_at" not in table:
        return happened
    recorded = microseconds("recorded_at")
    return nw.when(recorded > happened).then(recorded).otherwise(happened)
