"""Rules that count the events of a log: caps, pauses, and failed attempts that must come before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from collectrisk._channel import Channel
from collectrisk.contact._case import PASSED, Outcome, blocked, missing
from collectrisk.contact._clock import local_time
from collectrisk.contact._window import Window

if TYPE_CHECKING:
    import datetime as dt
    from zoneinfo import ZoneInfo

    from collectrisk.contact._case import Case, Counted
    from collectrisk.history import EventKind, PastEvent

FRESH = Window(2, "day", "calendar")
"""How old a log may be from which events are counted: it must reach into the day before the contact.

What happened after its end is not known. A default; no source says so.
"""

COUNTS = ("attempts", "answered", "unanswered", "contacts", "conversations")
PER = ("debt", "person_and_debt", "debtor", "contact_point")


def counts_kind(count: str, kind: EventKind, channel: Channel | None) -> bool:
    """Return whether an event is among those that a rule counts, by its kind and channel alone.

    Parameters
    ----------
    count : str
        "attempts": the collector's attempts, with or without a result. "answered" and "unanswered": those
        that somebody answered, or nobody. "contacts": those by which contact was made: somebody was
        reached, a message was left, or something was written. "conversations": those in which the
        borrower was reached by telephone, whoever began.
    kind : EventKind
        The kind of the event.
    channel : Channel or None
        Its channel.
    """
    if count == "conversations":
        return kind.reached and kind.connected and channel in {Channel.PHONE_CALL, None}
    is_spoken = channel in {Channel.PHONE_CALL, Channel.FIELD_VISIT}
    return kind.is_attempt and {
        "attempts": True,
        "answered": kind.connected,
        "unanswered": not kind.connected,
        "contacts": kind.connected or not is_spoken,
    }.get(count, False)


@attrs.frozen
class Consent:
    """A consent to be called, which lifts a cap from the day of its receipt on.

    Parameters
    ----------
    fact : str
        The fact with the days of consent.
    days : int
        The number of days, the day of receipt being the first.
    """

    fact: str
    days: int

    def holds(self, case: Case, local: dt.datetime) -> bool:
        """Return whether any consent holds at a local time."""
        given = case.facts.get(self.fact) or ()
        return any(0 <= (local.date() - day).days < self.days for day in given)


@attrs.frozen
class Cap:
    """At most a number of events within a window, or no contact within a window after an event.

    Parameters
    ----------
    most : int
        The largest number of events within the window, this contact included; 0 for a pause, which no
        event may precede within the window.
    window : Window
        The window.
    count : str
        What is counted: see `counts_kind`.
    per : {"debt", "person_and_debt", "debtor", "contact_point"}
        For whom. Events whose person or contact point is not known count.
    channels : tuple of str
        The channels whose events count; an event without a channel counts on each.
    pooled : bool
        Whether events on all these channels count together, instead of those on the contact's own.
    near : tuple of str
        If not empty, the places to which `window` applies.
    elsewhere : Window or None
        The window of other places.
    consent : Consent or None
        A consent that lifts it.
    """

    most: int
    window: Window
    count: str
    per: str
    channels: tuple[str, ...]
    pooled: bool = False
    near: tuple[str, ...] = ()
    elsewhere: Window | None = None
    consent: Consent | None = None

    @property
    def is_pause(self) -> bool:
        """Whether it is a pause after an event."""
        return self.most == 0

    def window_at(self, place: str | None) -> Window:
        """Return the window of contacts at a place; of an unknown place, the one that is not near."""
        if self.elsewhere is None or place in self.near:
            return self.window
        return self.elsewhere

    def counts(self, event: PastEvent, case: Case) -> bool:
        """Return whether an event is among those that are counted."""
        contact = case.contact
        channels = self.channels if self.pooled or self.is_pause else (contact.channel,)
        if not counts_kind(self.count, event.kind, event.channel):
            return False
        if event.channel is not None and event.channel not in channels and not self.is_pause:
            return False
        pairs = []
        if self.per == "person_and_debt":
            pairs.append((event.person, contact.person))
        if self.per == "contact_point":
            pairs.append((event.contact_point, contact.contact_point))
        return all(own == wanted for own, wanted in pairs if own is not None and wanted is not None)

    def consented(self, case: Case, local: dt.datetime) -> bool:
        """Return whether a consent held at a local time."""
        return self.consent is not None and self.consent.holds(case, local)

    def check(self, case: Case) -> Outcome:
        """Return whether the number of events permits one more contact."""
        if case.histories is None:
            return missing("log")
        if case.zone is None:
            return missing("zones")
        window = self.window_at(case.contact.place)
        groups = self._groups(case, case.zone)
        found = max((sum(each.counts_at(case.instant) for each in group) for group in groups), default=0)
        is_full = found >= max(self.most, 1)
        if is_full and not self.consented(case, local_time(case.instant, case.zone)):
            return blocked(found, self._limit(window))
        # Events after the end of the log may fill what seems to have room.
        is_old = any(
            case.log_ends_before(account, each, case.zone)
            for account in self._accounts(case)
            for each in (FRESH, window)
        )
        return missing("log") if is_old else PASSED

    def _limit(self, window: Window) -> str:
        return f"0 in {window}" if self.is_pause else f"{self.most} in {window}"

    def _accounts(self, case: Case) -> tuple[str, ...]:
        """Return the accounts whose events matter."""
        if self.per in {"debt", "person_and_debt"}:
            return case.debts
        return tuple(case.histories or ())

    def _groups(self, case: Case, zone: ZoneInfo) -> list[list[Counted]]:
        """Return the events that are counted: of each account, or of all together."""
        key = self, zone  # neither the contact nor the events change while a later time is sought
        if key not in case.memo:
            case.memo[key] = self._new_groups(case, zone)
        return case.memo[key]  # type: ignore[no-any-return]

    def _new_groups(self, case: Case, zone: ZoneInfo) -> list[list[Counted]]:
        accounts = self._accounts(case)
        together = self.per not in {"debt", "person_and_debt"}
        window = self.window_at(case.contact.place)
        # A conversation starts a pause even if it was consented to.
        return [
            case.counted(
                zone,
                window,
                group,
                lambda event: self.counts(event, case),
                lambda local: not self.is_pause and self.consented(case, local),
            )
            for group in ([accounts] if together else [(account,) for account in accounts])
        ]

    def opens(self, case: Case) -> dt.datetime | None:
        """Return the first instant from that of a case on at which the number permits a contact."""
        if case.histories is None or case.zone is None:
            return None
        if self.consented(case, local_time(case.instant, case.zone)):
            return case.instant
        groups, instant = self._groups(case, case.zone), case.instant
        while True:
            counted = [[each for each in group if each.counts_at(instant)] for group in groups]
            most = max(self.most, 1)
            full = [sorted(each.expires for each in group) for group in counted if len(group) >= most]
            if not full:
                return instant
            # Until all but `most - 1` of them have expired, a group stays full whatever comes later.
            instant = max(expiries[-most] for expiries in full)


@attrs.frozen
class Attempts:
    """Only after a number of failed attempts on other channels since the last result.

    If the log ends seven days or more before the contact, the number is not known.

    Parameters
    ----------
    on : tuple of str
        The channels whose attempts count.
    least : int or None
        The number; None if the source sets none and the user supplied none.
    """

    on: tuple[str, ...]
    least: int | None

    def check(self, case: Case) -> Outcome:
        """Return whether there were enough failed attempts, for each account of the contact."""
        if self.least is None:
            return missing("house_attempts")
        if case.histories is None:
            return missing("log")
        if case.zone is None:
            return missing("zones")
        if any(case.log_ends_before(account, FRESH, case.zone) for account in case.debts):
            return missing("log")
        found = min((self._failed(case, case.zone, account) for account in case.debts), default=0)
        return PASSED if found >= self.least else blocked(found, f">= {self.least}")

    def _failed(self, case: Case, zone: ZoneInfo, account: str) -> int:
        known = [event for event, first in case.events(account, zone) if first <= case.instant]
        results = [each.at for each in known if each.kind.result and not each.is_reversal]
        last = max(results, default=None)
        return sum(
            each.kind.failed and each.channel in self.on and (last is None or each.at > last)
            for each in known
        )

    def opens(self, case: Case) -> dt.datetime | None:
        """Return the first instant from that of a case on at which there were enough.

        Only events that the log already has are counted, so this is later only for a log with later events.
        """
        if case.histories is None or case.zone is None:
            return None
        later = {first for account in case.debts for _, first in case.events(account, case.zone)}
        moments = sorted({case.instant, *(first for first in later if first > case.instant)})
        return next((moment for moment in moments if self.check(case.at(moment)).passed), None)
