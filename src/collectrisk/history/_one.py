"""Reading the events of one account from a log."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._channel import Channel
from collectrisk._fields import is_boolean
from collectrisk.errors import ArgumentError, type_name
from collectrisk.history._account import AccountHistory, PastEvent
from collectrisk.history._check import problems_of
from collectrisk.history._fields import FIELDS, fields_of, promises_of
from collectrisk.history._tables import refuse

if TYPE_CHECKING:
    import datetime as dt
    from zoneinfo import ZoneInfo

    from collectrisk.history._events import Events, Known
    from collectrisk.history._fields import Definitions
    from collectrisk.history._times import AsOf


def checked_account(account: Any, *, is_text: bool) -> str | int:
    """Return the id of an account as a log has it, or raise `ArgumentError`."""
    if isinstance(account, str):
        if not is_text:
            raise ArgumentError("account", "must be a whole number, as in the log, not text")
        return account
    is_numpy = isinstance(account, numbers.Integral) and hasattr(account, "item")  # read from a column
    number = account.item() if is_numpy else account
    if not isinstance(number, int) or is_boolean(number):
        raise ArgumentError("account", f"must be text or a whole number, not {type_name(account)}")
    if is_text:
        return str(number)
    if not -(2**63) <= number < 2**63:
        raise ArgumentError("account", "must be a whole number of at most 64 bits, as in the log")
    return number


def events_of_account(events: Events, frame: Any) -> Events:
    """Return the events of one account, collected and checked."""
    is_lazy = isinstance(frame, nw.LazyFrame)
    table = attrs.evolve(events.table, frame=frame.collect() if is_lazy else frame)
    own = attrs.evolve(events, table=table)
    if is_lazy:
        refuse("events", problems_of(own, None))
    return attrs.evolve(own, table=attrs.evolve(table, is_valid=True))


def account_history(
    known: Known, moment: AsOf, definitions: Definitions, zone: ZoneInfo | None
) -> AccountHistory:
    """Return the history of one account from the events that are known."""
    events, rows = known.events, known.rows
    states = _states(known, definitions)
    found = list(fields_of(known, definitions).iter_rows(named=True))
    values = {name: found[0][name] if found else default for name, default in FIELDS.items()}
    past = [_past(row, events, states) for row in rows.iter_rows(named=True)]
    return AccountHistory(
        as_of=moment.local,
        events=tuple(sorted(past, key=lambda each: (each.at, each.kind.name, each.amount or 0.0))),
        fields={name: _typed(values[name], default) for name, default in FIELDS.items()},
        failed_since=definitions.failed_since,
        has_recorded_at="recorded_at" in events.table,
        zone=zone,
        has_times="happened_at" not in events.table.dates,
    )


def _typed(value: Any, default: Any) -> Any:
    """Return a value as a plain one of Python."""
    return type(default)(value)


def _plain(value: Any) -> Any:
    """Return a value as a plain one of Python, and None for whatever means that it is missing."""
    if value is None or value != value:
        return None
    return value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value


def _key(value: Any) -> str | None:
    """Return an id as text, and None if it is missing."""
    known = _plain(value)
    return None if known is None else str(known)


def _states(known: Known, definitions: Definitions) -> dict[tuple[dt.datetime, dt.date], str]:
    """Return the state of each promise by its moment and its due date."""
    over = nw.col("end") <= known.midnight
    rows = promises_of(known, definitions).select("made", "due", "kept", over=over)
    return {
        (_plain(row["made"]), _plain(row["due"]).date()): (
            "kept" if row["kept"] else "broken" if row["over"] else "pending"
        )
        for row in rows.iter_rows(named=True)
    }


def _past(row: dict[str, Any], events: Events, states: Any) -> PastEvent:
    kind = events.kinds[row["event"]]
    named, due = _plain(row.get("channel")), _plain(row.get("due_on"))
    promised = kind.effect == "promise"
    at = _plain(row["happened_at"])
    return PastEvent(
        at=at,
        kind=kind,
        channel=kind.channel if named is None else Channel(named),
        amount=_plain(row.get("amount")),
        due_on=due.date() if promised else None,
        state=states[at, due.date()] if promised else None,
        person=_key(row.get("person_id")),
        contact_point=_key(row.get("contact_point")),
    )
