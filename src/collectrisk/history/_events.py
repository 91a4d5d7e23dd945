"""The events of a log: which kinds their codes mean, and what a valid event is."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._channel import Channel
from collectrisk.errors import ArgumentError, did_you_mean, shown, type_name
from collectrisk.history._engines import coded
from collectrisk.history._kinds import KINDS, EventKind
from collectrisk.history._tables import LARGEST_AMOUNT, ColumnSpec, Rule, Table, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._borrower import Attitude
    from collectrisk.history._times import AsOf

EVENTS = (
    ColumnSpec("account_id", "key"),
    ColumnSpec("happened_at", "stamp"),
    ColumnSpec("event", "text"),
    ColumnSpec("recorded_at", "stamp", required=False),
    ColumnSpec("amount", "amount", required=False, free=True),
    ColumnSpec("due_on", "stamp", required=False, free=True),
    ColumnSpec("channel", "text", required=False, free=True),
    ColumnSpec("event_id", "key", required=False, free=True),
    ColumnSpec("person_id", "key", required=False, free=True),
    ColumnSpec("contact_point", "key", required=False, free=True),
)
MESSAGES = tuple(channel.value for channel in Channel if channel.is_message or channel is Channel.LETTER)
"""The channels whose failed attempts are ``failed_messages``."""

COMPARED = 4
"""Up to so many codes are compared one by one, which is faster than looking texts up in a list."""


def checked_codes(codes: Any) -> dict[str, EventKind]:
    """Return the kind of each code of a log, or raise `ArgumentError`.

    The name of a kind is its own code, unless `codes` gives it another meaning.
    """
    if codes is None:
        codes = {}
    if not isinstance(codes, Mapping):
        raise ArgumentError("codes", f"must be a mapping of codes to kinds of events, not {type_name(codes)}")
    kinds = {str(code): _kind(code, kind) for code, kind in codes.items()}
    own = {kind.name: kind for kind in kinds.values()}
    return {**KINDS, **own, **kinds}


def _kind(code: object, kind: object) -> EventKind:
    if isinstance(kind, EventKind):
        return kind
    if isinstance(kind, str) and kind in KINDS:
        return KINDS[kind]
    guess = did_you_mean(kind, KINDS) if isinstance(kind, str) else ""
    raise ArgumentError(
        "codes",
        f"must map {shown(code)} to the name of a kind of event or to an EventKind, not {shown(kind)}{guess}",
    )


@attrs.frozen
class Events:
    """The events of a log, with conditions on what they mean.

    Attributes
    ----------
    table : Table
        The columns.
    kinds : mapping of str to EventKind
        The kind of each code.
    """

    table: Table
    kinds: Mapping[str, EventKind]

    def coded(self, rows: Any) -> Any:
        """Return rows whose codes are compared fast."""
        return coded(rows, "event", list(self.kinds))

    def as_query(self) -> Events:
        """Return the same as a lazy frame, if polars has the events: it needs much less memory then."""
        frame = self.table.frame
        if isinstance(frame, nw.LazyFrame) or not frame.implementation.is_polars():
            return self
        return attrs.evolve(self, table=attrs.evolve(self.table, frame=frame.lazy()))

    def where(self, condition: Callable[[EventKind], Any]) -> nw.Expr:
        """Return where the kind of an event meets a condition."""
        codes, event = [code for code, kind in self.kinds.items() if condition(kind)], nw.col("event")
        if not codes:
            return nw.lit(value=False)
        if len(codes) > COMPARED:
            return event.is_in(codes)
        return functools.reduce(operator.or_, (event == code for code in codes))

    def effect(self, *effects: str) -> nw.Expr:
        """Return where an event has one of some effects."""
        return self.where(lambda kind: kind.effect in effects)

    def shows(self, attitude: Attitude) -> nw.Expr:
        """Return where an event is a sign of an attitude."""
        return self.where(lambda kind: kind.shows is attitude)

    def on(self, *channels: str) -> nw.Expr:
        """Return where an event was on one of some channels."""
        by_kind = self.where(lambda kind: kind.channel in channels)
        if "channel" not in self.table:
            return by_kind
        named = nw.col("channel")
        return (named.is_in(channels) & ~named.is_null()) | (named.is_null() & by_kind)

    def counts(self, condition: Callable[[EventKind], Any]) -> nw.Expr:
        """Return where an event meets a condition and is not the reversal of a payment."""
        matches = self.where(condition)
        if "amount" not in self.table:
            return matches
        reversal = self.effect("payment") & (nw.col("amount") <= 0).fill_null(value=False)
        return matches & ~reversal


@attrs.frozen
class Known:
    """The events of a log that are known at a moment, or at several moments of each account.

    Attributes
    ----------
    events : Events
        What the codes mean.
    rows : narwhals frame
        The events that are known, with the columns `by`, and unless they are valid ``invalid``, 1 or 0.
    by : list of str
        The columns that identify the rows of the result.
    midnight : datetime or Expr
        The beginning of the moment's day.
    """

    events: Events
    rows: Any
    by: list[str]
    midnight: dt.datetime | nw.Expr

    @property
    def is_valid(self) -> bool:
        """Whether all events are known to be valid, as those of an eager log are."""
        return self.events.table.is_valid

    @classmethod
    def of(cls, events: Events, rows: Any, by: list[str], midnight: dt.datetime | nw.Expr) -> Known:
        """Return some events of a log."""
        if not events.table.is_valid:
            rows = events.coded(rows).with_columns(invalid=events.table.invalid())
        return cls(events, rows, by, midnight)

    @classmethod
    def at(cls, events: Events, moment: AsOf) -> Known:
        """Return the events that are known at one moment."""
        rows = events.table.known_rows(["happened_at", "recorded_at"], moment)
        return cls.of(events, rows, ["account_id"], moment.midnight)

    def days_before(self, days: int) -> Any:
        """Return the beginning of the day some days before the moment's."""
        if isinstance(self.midnight, nw.Expr):
            return self.midnight - dt.timedelta(days)
        return self.midnight - dt.timedelta(min(days, self.midnight.toordinal() - 1))


def rules_of(events: Events) -> tuple[Rule, ...]:
    """Return what is required of the events besides the types of their columns."""
    table = events.table
    promise = events.effect("promise")
    codes = list(events.kinds)
    rules = [
        Rule(
            "event",
            nw.col("event").is_null() | nw.col("event").is_in(codes),  # that it is missing is another problem
            "a code that `codes` maps, or the name of a kind of event",
        )
    ]
    if "channel" in table:
        channel = nw.col("channel")
        valid = channel.is_null() | channel.is_in([each.value for each in Channel])
        rules.append(Rule("channel", valid, f"one of {', '.join(Channel)}"))
    if "amount" in table:
        amount, most = nw.col("amount"), f"{LARGEST_AMOUNT:,.0f}"
        payment = ~events.effect("payment") | within(amount, -LARGEST_AMOUNT)
        rules.append(Rule("amount", payment, f"a number from -{most} to {most} in a payment"))
        promised = ~promise | amount.is_null() | (within(amount, 0.0) & (amount > 0).fill_null(value=False))
        rules.append(Rule("amount", promised, f"missing, or a number above 0 and up to {most}, in a promise"))
    if "due_on" in table:
        due = (nw.col("due_on") >= nw.col("happened_at").dt.truncate("1d")).fill_null(value=False)
        why = "known in a promise, and not before the day on which it was made"
        rules.append(Rule("due_on", ~promise | due, why))
    else:
        rules.append(Rule("event", ~promise, "not a promise in a log without the column 'due_on'"))
    return tuple(attrs.evolve(rule, valid=rule.valid.fill_null(value=False)) for rule in rules)
