"""A planned contact, and the permission that rules give it."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from collectrisk._channel import Channel
from collectrisk._errors import ArgumentError, refuse_other, shown
from collectrisk._zones import offsets, zone_named

LEGAL_ACTION = "legal_action"
CONTACT_CHANNELS: tuple[str, ...] = (*(channel.value for channel in Channel), LEGAL_ACTION)
"""The channels that rules know: those of the ladder, and the beginning of legal action."""

PLACES = ("home", "work", "mobile", "other")
"""Where the person is reached: an address or number of the home or the workplace, or a mobile number."""

AT_AN_ADDRESS = ("letter", "field_visit")
"""The channels that reach an address, so that the place is not a mobile number."""

RECIPIENTS = (
    "debtor",
    "guarantor",
    "attorney",
    "contact_person",
    "employer",
    "third_party",
    "unrelated_third_party",
)
"""Who is contacted. A contact person is somebody whom the debtor named, such as a referee."""

PURPOSES = (
    "collect",
    "answer_query_or_complaint",
    "confirm_cease",
    "debtor_request",
    "notice_of_specified_remedy",
    "permitted_proceedings",
    "reply_to_debtor",
    "statutory_notice",
    "unrelated",
)
"""The purposes of a contact: to collect, or what some rules permit nevertheless."""


class Permission(enum.Enum):
    """Whether a contact is permitted by the rules that are encoded.

    It has no truth value: compare it with ``is``, so that UNKNOWN is never mistaken for ALLOWED.

    Attributes
    ----------
    ALLOWED
        No encoded rule forbids the contact, and an instrument on contacts covers it. This is not legal
        advice, and it does not say that the contact is lawful.
    FORBIDDEN
        At least one rule forbids it.
    UNKNOWN
        No rule is known to forbid it, but a fact is missing, or no encoded instrument covers it.

    Examples
    --------
    >>> from collectrisk.contact import Permission
    >>> Permission("unknown") is Permission.ALLOWED
    False
    >>> bool(Permission.FORBIDDEN)
    Traceback (most recent call last):
        ...
    TypeError: a Permission is neither true nor false; write `permission is Permission.ALLOWED`
    """

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        """Raise, because a permission has three values."""
        raise TypeError("a Permission is neither true nor false; write `permission is Permission.ALLOWED`")


def to_moment(value: Any, argument: str) -> Any:
    """Return a datetime or ISO text as a datetime; anything else is an error."""
    found = value
    if isinstance(value, str):
        try:
            found = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            found = None
        if found is not None and _is_date(value.strip()):  # which would be read as midnight
            found = None
    elif (
        hasattr(value, "to_pydatetime") and value == value
    ):  # a time stamp of pandas; NaT differs from itself
        found = value.to_pydatetime(warn=False)
    if isinstance(found, dt.datetime) and found == found:
        return found
    raise ArgumentError(
        argument, f'must be a datetime, or text such as "2026-11-03T20:30-05:00", not {shown(value)}'
    )


def _is_date(text: str) -> bool:
    """Return whether a text is a date without a time."""
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _to_at(value: Any) -> Any:
    return to_moment(value, "at")


def to_zones(value: Any) -> tuple[ZoneInfo, ...]:
    """Return time zones by their names, without repetitions."""
    if value is None:
        return ()
    names = [value] if isinstance(value, (str, ZoneInfo)) else value
    if not isinstance(names, Iterable):
        raise ArgumentError("zones", f"must be names of time zones, not {shown(value)}")
    return tuple(dict.fromkeys(map(_to_zone, names)))


def _to_zone(name: Any) -> ZoneInfo:
    found = zone_named(name)
    if found is None:
        raise ArgumentError(
            "zones", f'must be names of time zones, such as ("America/New_York",), not {shown(name)}'
        )
    return found


def channels_in_use(channels: Any) -> tuple[str, ...]:
    """Return channels from light to heavy, without repetitions, or raise `ArgumentError`."""
    if isinstance(channels, str) or not isinstance(channels, Iterable):
        raise ArgumentError("channels", f"must be channels, not {shown(channels)}")
    used = [str(channel) for channel in channels]
    for channel in used:
        refuse_other("channels", channel, CONTACT_CHANNELS)
    return tuple(channel for channel in CONTACT_CHANNELS if channel in used)


def checked_places(places: Any) -> dict[str, str]:
    """Return the place at which each channel reaches the person, or raise `ArgumentError`."""
    if places is None:
        return {}
    if not isinstance(places, Mapping):
        raise ArgumentError("places", f"must be a mapping of channels to places, not {shown(places)}")
    for channel, place in places.items():
        refuse_other("places", channel, CONTACT_CHANNELS)
        refuse_other(f"places[{channel!r}]", place, places_of(str(channel)))
    return {str(channel): place for channel, place in places.items()}


def _to_texts(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, Iterable) else value


def _one_of(*choices: str, optional: bool = False) -> Any:
    def check(_owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if not (optional and value is None):
            refuse_other(attribute.name, value, choices)

    return check


def places_of(channel: str) -> tuple[str, ...]:
    """Return the places at which a channel may reach a person."""
    return tuple(place for place in PLACES if place != "mobile" or channel not in AT_AN_ADDRESS)


def _optional_text(_owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not (value is None or isinstance(value, str)):
        raise ArgumentError(attribute.name, f"must be text, not {shown(value)}")


@attrs.frozen(slots=False)
class Contact:
    """A contact that is planned: how, when, with whom, where and about what.

    What is not known is left out. It is then unknown to the rules that ask for it, and a contact is
    permitted only if they do not matter.

    Parameters
    ----------
    channel : Channel or str
        The channel, or ``"legal_action"``. Rules on telephone calls include automated calls.
    at : datetime or str
        When: a time with a UTC offset, or a local time in each of the zones.
    zones : sequence of str or ZoneInfo, optional
        The time zones in which the debtor may be. If there are several, the contact must be permitted
        in all of them. Without any, the debtor's local time is not known.
    person : str, optional
        The id of the person, as in the column ``person_id`` of the log. Without one, events of all
        persons count as theirs.
    debts : sequence of str, optional
        The accounts that the contact is about; by default all whose histories are given.
    recipient : str, default "debtor"
        Who is contacted: one of ``debtor``, ``guarantor``, ``attorney``, ``contact_person``,
        ``employer``, ``third_party`` and ``unrelated_third_party``.
    place : str, optional
        Where the person is reached: ``home``, ``work``, ``other``, or ``mobile``, except by letters and
        visits.
    contact_point : str, optional
        The number or address, as in the column ``contact_point`` of the log. Without one, events of all
        contact points count.
    purpose : str, default "collect"
        The purpose. Some rules permit others: ``answer_query_or_complaint``, ``confirm_cease``,
        ``debtor_request``, ``notice_of_specified_remedy``, ``permitted_proceedings``,
        ``reply_to_debtor``, ``statutory_notice`` or ``unrelated``.

    Raises
    ------
    ArgumentError
        If a value is not valid, or a local time has no zone, or does not exist or exists twice in one of
        the zones because clocks change.

    Examples
    --------
    >>> from collectrisk.contact import Contact
    >>> contact = Contact("phone_call", at="2026-11-03T20:30", zones="America/New_York")
    >>> contact.at.isoformat()
    '2026-11-03T20:30:00-05:00'
    """

    channel: str = attrs.field(validator=_one_of(*CONTACT_CHANNELS))
    at: dt.datetime = attrs.field(kw_only=True, converter=_to_at)
    zones: tuple[ZoneInfo, ...] = attrs.field(default=(), kw_only=True, converter=to_zones)
    person: str | None = attrs.field(default=None, kw_only=True, validator=_optional_text)
    debts: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_to_texts)
    recipient: str = attrs.field(default="debtor", kw_only=True, validator=_one_of(*RECIPIENTS))
    place: str | None = attrs.field(default=None, kw_only=True, validator=_one_of(*PLACES, optional=True))
    contact_point: str | None = attrs.field(default=None, kw_only=True, validator=_optional_text)
    purpose: str = attrs.field(default="collect", kw_only=True, validator=_one_of(*PURPOSES))

    def __attrs_post_init__(self) -> None:
        """Check the time in the zones; a local time in one zone becomes a time with an offset."""
        if not (isinstance(self.debts, tuple) and all(isinstance(each, str) for each in self.debts)):
            raise ArgumentError("debts", f"must be ids of accounts as text, not {shown(self.debts)}")
        if len(set(self.debts)) != len(self.debts):
            raise ArgumentError("debts", f"must name each account once, not {shown(self.debts)}")
        if not 1_900 <= self.at.year <= 9_000:  # so that time can be added
            raise ArgumentError("at", f"must be within the years 1900 to 9000, not {shown(self.at)}")
        object.__setattr__(self, "channel", str(self.channel))
        if self.place is not None:
            refuse_other("place", self.place, places_of(self.channel))
        if self.at.utcoffset() is not None:
            return
        if not self.zones:
            why = f"has no UTC offset ({self.at.isoformat()}); write one, or pass the zones in which it is"
            raise ArgumentError("at", why)
        for zone in self.zones:
            first, second = offsets(self.at, zone)
            if first != second:
                what = "exists twice" if first > second else "does not exist"
                why = f"{what} in {zone.key}, because clocks change; write it with its UTC offset"
                raise ArgumentError("at", f"({self.at.isoformat()}) {why}")
        if len(self.zones) == 1:
            object.__setattr__(self, "at", self.at.replace(tzinfo=self.zones[0]))
