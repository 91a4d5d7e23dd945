"""Outcomes: whether an event of some kind followed a moment, as far as the log can know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._channel import Channel
from collectrisk._frames import refuse_qualified
from collectrisk.errors import ArgumentError, did_you_mean, shown
from collectrisk.history._attach import ACCOUNT, AS_OF, as_given
from collectrisk.history._kinds import EventKind
from collectrisk.history._tables import (
    DAY,
    FAR,
    UNTIL,
    constant,
    day_of,
    end_of,
    microseconds,
    microseconds_of,
    paired,
)

if TYPE_CHECKING:
    from collectrisk.history._events import Events
    from collectrisk.history._tables import Table
    from collectrisk.history._times import AsOf

START, VALUE = "__collectrisk_start", "__collectrisk_value"
FOUND = "__collectrisk_found"
LEFT, STAYED, FOLLOWED = -1, 0, 1
"""The account left or is not to be used, none of the events followed while it was there, or one did."""


@attrs.frozen
class Horizon:
    """Which events decide on an outcome.

    Attributes
    ----------
    target : Expr
        Where an event is one of those that are looked for.
    exit : Expr
        Where an account leaves.
    days : int
        The number of days from the moment of a row.
    known_until : AsOf or None
        The moment until which the log is complete; None if that follows from the log.
    first_only : bool
        Whether a row has no outcome if a target precedes it.
    """

    target: nw.Expr
    exit: nw.Expr
    days: int
    known_until: AsOf | None
    first_only: bool


def kinds_named(
    events: Events, argument: str, value: Any, *, optional: bool = False
) -> tuple[str | EventKind, ...]:
    """Return kinds of events, checked, or raise `ArgumentError`."""
    listed = tuple(value) if isinstance(value, (list, tuple, set, frozenset)) else (value,)
    names = {kind.name: kind for kind in events.kinds.values()}
    if not listed and not optional:
        raise ArgumentError(argument, f"must name at least one kind of event, not {shown(value)}")
    for each in listed:
        if isinstance(each, EventKind):
            if each not in names.values():
                raise ArgumentError(
                    argument, f"must be a kind of event of this log, but no code means {each.name!r}"
                )
        elif not isinstance(each, str) or each not in names:
            guess = did_you_mean(each, names) if isinstance(each, str) else ""
            if isinstance(each, str) and each in events.kinds:
                guess = f"; the code {shown(each)} means {events.kinds[each].name!r}"
            raise ArgumentError(
                argument, f"must name kinds of events, such as 'visit', not {shown(each)}{guess}"
            )
    return listed


def outcome_name(kinds: tuple[str | EventKind, ...]) -> str:
    """Return the name of a column with outcomes."""
    named = {kind if isinstance(kind, str) else kind.name for kind in kinds}
    return "visited" if named <= {"visit", "visit_met"} else "outcome"


def where_any(events: Events, kinds: tuple[str | EventKind, ...]) -> nw.Expr:
    """Return where an event is of one of some kinds; "visit" is any event on that channel."""
    if not kinds:
        return constant(0, "event") == 1
    found = events.counts(lambda kind: kind in kinds or kind.name in kinds)
    if "visit" in kinds:
        found = found | events.on(Channel.FIELD_VISIT.value)
    return found.fill_null(value=False)


def with_outcome(accounts: Any, wanted: Table, events: Events, horizon: Horizon, name: str) -> Any:
    """Return the accounts with the outcome of each row: true, false, or null if it is not known."""
    table = events.table
    frame: Any = wanted.frame
    refuse_qualified([name], frame.implementation)
    # The day of a date is known as a part of the day of the moment, so it is in the outcome.
    start = day_of(AS_OF) * DAY if "happened_at" in table.dates else microseconds(AS_OF)
    frame = frame.with_columns(start.alias(START))
    if horizon.known_until is None:
        frame = paired(frame, end_of(table), ACCOUNT, UNTIL)
    else:
        at = horizon.known_until
        until = microseconds_of(at.midnight if "happened_at" in table.dates else at.local)
        frame = frame.with_columns(constant(until, ACCOUNT).alias(UNTIL))
    moments = frame.group_by(ACCOUNT, START, UNTIL).agg(nw.len().alias(FOUND)).drop(FOUND)
    frame = frame.join(_found(table, moments, horizon), on=[ACCOUNT, START], how="left")
    found, is_over = nw.col(FOUND).fill_null(STAYED), nw.col(START) + horizon.days * DAY <= nw.col(UNTIL)
    # Floats, because pandas 2 warns where it turns integers with missing values into floats and back.
    value = nw.when(found == FOLLOWED).then(1.0).otherwise(nw.when((found == STAYED) & is_over).then(0.0))
    if isinstance(frame, nw.LazyFrame):
        value = nw.when(~nw.col(ACCOUNT).is_null()).then(value)
    # A comparison in pandas, and in Dask, would turn a missing value into False.
    is_pandas = frame.implementation.is_pandas_like() or frame.implementation.is_dask()
    frame = frame.with_columns((value if is_pandas else value == 1).alias(VALUE))
    result = as_given(accounts, frame, [nw.col(VALUE).alias(name)])
    return result.assign(**{name: result[name].astype("boolean")}) if is_pandas else result


def _found(table: Table, moments: Any, horizon: Horizon) -> Any:
    """Return, for each account and moment with an event that matters, what it decides.

    An account can have many moments, so only the events that matter are joined with them.
    """
    rows: Any = table.frame.select(
        nw.col("account_id").alias(ACCOUNT),
        nw.col("happened_at"),
        target=horizon.target,
        exit=horizon.exit,
        invalid=table.invalid(),
    )
    rows = rows.filter(nw.col("target") | nw.col("exit") | (nw.col("invalid") == 1))
    rows = moments.join(rows.with_columns(at=microseconds("happened_at")), on=ACCOUNT, how="inner")
    at, start = nw.col("at"), nw.col(START)
    end = start + horizon.days * DAY
    known = at < nw.col(UNTIL) if horizon.known_until is not None else at <= nw.col(UNTIL)
    follows = nw.col("target") & (at >= start) & (at < end) & known
    ignored = nw.col("invalid") == 1
    if horizon.first_only:
        ignored = ignored | (nw.col("target") & (at < start))
    # In pandas, a missing number would turn the others into floats, which cannot tell microseconds apart.
    rows = rows.select(
        ACCOUNT,
        START,
        following=nw.when(follows).then(at).otherwise(FAR),
        left=nw.when(nw.col("exit")).then(at).otherwise(FAR),
        ignored=ignored.fill_null(value=False).cast(nw.Int64),
    )
    rows = rows.group_by(ACCOUNT, START).agg(
        nw.col("following").min(), nw.col("left").min(), nw.col("ignored").max()
    )
    following, left = nw.col("following"), nw.col("left")
    unknown = nw.when(left >= end).then(STAYED).otherwise(LEFT)
    found = nw.when((following < FAR) & (following <= left)).then(FOLLOWED).otherwise(unknown)
    return rows.select(
        ACCOUNT, START, nw.when(nw.col("ignored") == 1).then(LEFT).otherwise(found).alias(FOUND)
    )
