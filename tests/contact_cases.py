"""Histories, contacts and rule files for the tests of contact rules."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from collectrisk._channel import Channel
from collectrisk.contact import Contact, ContactRules
from collectrisk.contact._loading import loaded, shipped_words
from collectrisk.contact._reading import read_vocabulary
from collectrisk.contact._source import Source
from collectrisk.history import KINDS, AccountHistory, EventKind, PastEvent
from collectrisk.history._fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

NEW_YORK, SHANGHAI = "America/New_York", "Asia/Shanghai"
INBOUND = EventKind(
    "inbound_call", "The borrower called.", channel="phone_call", connected=True, reached=True, result=True
)
LONG_AGO, FAR_OFF = dt.datetime(2020, 1, 1), dt.datetime(2035, 1, 1)  # noqa: DTZ001  # local times


def local(text: str) -> dt.datetime:
    """Return a local time."""
    return dt.datetime.fromisoformat(text)


def event(at: str | dt.datetime, kind: str | EventKind = "no_answer", **values: Any) -> PastEvent:
    """Return an event."""
    known = KINDS[kind] if isinstance(kind, str) else kind
    when = local(at) if isinstance(at, str) else at
    values.setdefault("channel", known.channel)
    if isinstance(values["channel"], str):
        values["channel"] = Channel(values["channel"])
    return PastEvent(at=when, kind=known, **values)


def history(
    *events: PastEvent,
    as_of: str | dt.datetime = FAR_OFF,
    zone: str | None = NEW_YORK,
    has_times: bool = True,
) -> AccountHistory:
    """Return the history of an account, by default with all that will ever be known."""
    return AccountHistory(
        as_of=local(as_of) if isinstance(as_of, str) else as_of,
        events=tuple(sorted(events, key=lambda each: each.at)),
        fields=FIELDS,
        failed_since=None,
        has_recorded_at=True,
        zone=None if zone is None else ZoneInfo(zone),
        has_times=has_times,
    )


def calls(times: Iterable[str], kind: str = "no_answer", **values: Any) -> list[PastEvent]:
    """Return calls at some times."""
    return [event(at, kind, **values) for at in times]


def call(at: str, **values: Any) -> Contact:
    """Return a telephone call at a time in New York."""
    return Contact("phone_call", at=at, **{"zones": NEW_YORK, **values})


HOUSE = """
[[instrument]]
id = "HOUSE"
jurisdiction = "any"
title = "House policy"
issuer = "us"
force = "house"
actors = ["any"]
products = ["any"]
"""

LAW = """
[[instrument]]
id = "LAW"
jurisdiction = "any"
title = "A law of contacts"
issuer = "somebody"
force = "statute"
actors = ["any"]
products = ["any"]
on_contact = true

[[rule]]
id = "law"
instrument = "LAW"
kind = "facts"
modality = "must_not"
channels = ["any"]
block_if = ["dispute_open"]
text = "None while the debt is disputed."
confidence = "primary"
sources = ["a test"]
"""
"""An instrument that covers every contact, with one rule that passes if `dispute_open` is False."""


def parsed(*parts: str, **options: Any) -> ContactRules:
    """Return the rules of a file with some content."""
    source = Source.parse("own.toml", "\n".join(parts).encode())
    given = {name: options.pop(name, None) for name in ("jurisdiction", "actor", "product", "as_of", "house")}
    words = read_vocabulary(source, shipped_words())
    rest = {"downgrade": options.pop("downgrade", ()), "holidays": options.pop("holidays", None)}
    assert not options
    return ContactRules(**loaded([source], words, **given, **rest))


def rule(name: str, kind: str, body: str, instrument: str = "HOUSE", channels: str = '["any"]') -> str:
    """Return a rule of a file."""
    return f"""
[[rule]]
id = "{name}"
instrument = "{instrument}"
kind = "{kind}"
modality = "must_not"
channels = {channels}
text = "A rule of a test."
confidence = "primary"
sources = ["a test"]
{body}
"""
