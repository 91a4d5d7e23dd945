"""What is asked about the contacts of a portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._errors import ArgumentError, shown
from collectrisk._fields import is_boolean
from collectrisk.contact._clock import UTC, instants, local_time
from collectrisk.contact._contact import (
    CONTACT_CHANNELS,
    Contact,
    channels_in_use,
    checked_places,
    to_moment,
)
from collectrisk.contact._portfolio import OUTPUTS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from collectrisk.contact._ruleset import RuleSet


@attrs.frozen(kw_only=True)
class Request:
    """What is asked of all accounts alike.

    Attributes
    ----------
    rules : RuleSet
        The rules.
    at : datetime
        The moment: with a UTC offset, or a local time in the zones of each account.
    recipient : str
        Who is contacted.
    places : mapping of str to str
        The place at which each channel reaches the person.
    channels : tuple of str
        The channels in use, from light to heavy.
    by_channel : bool
        Whether the permission of every channel in use is asked for.
    """

    rules: RuleSet
    at: dt.datetime
    recipient: str
    places: Mapping[str, str]
    channels: tuple[str, ...]
    by_channel: bool

    @classmethod
    def of(
        cls, rules: RuleSet, *, at: Any, recipient: str, places: Any, channels: Any, by_channel: Any
    ) -> Request:
        """Return what is asked, or raise `ArgumentError`."""
        if not is_boolean(by_channel):
            raise ArgumentError("by_channel", f"must be True or False, not {shown(by_channel)}")
        return cls(
            rules=rules,
            at=to_moment(at, "at"),
            recipient=recipient,
            places=checked_places(places),
            channels=channels_in_use(channels),
            by_channel=bool(by_channel),
        )

    @property
    def new_columns(self) -> tuple[str, ...]:
        """The names of the columns with the answers."""
        return (*OUTPUTS, *(self.channels if self.by_channel else ()))

    def contact(self, channel: str, zones: Any) -> Contact:
        """Return the contact on a channel with a debtor who may be in some zones."""
        # Without zones, hours are not known whatever the time is; only the day whose law applies needs one.
        is_local = self.at.utcoffset() is None
        at = self.at.replace(tzinfo=UTC) if is_local and not zones else self.at
        return Contact(channel, at=at, zones=zones, recipient=self.recipient, place=self.places.get(channel))

    def instants(self, zones: Sequence[ZoneInfo]) -> list[dt.datetime]:
        """Return the moment in each of some zones, as instants in UTC."""
        contact = self.contact(CONTACT_CHANNELS[0], zones)
        if contact.at.utcoffset() is not None:
            return [contact.at.astimezone(UTC)]
        return [instants(contact.at, zone)[1] for zone in zones]

    def locals(self, zones: Sequence[ZoneInfo]) -> list[dt.datetime]:
        """Return the moment as a local time in each of some zones."""
        return [local_time(each, zone) for zone in zones for each in self.instants(zones)]
