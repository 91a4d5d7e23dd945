"""What a rule is evaluated on: a contact at a moment in one zone, the facts and the events."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.contact._clock import DAY, instants, local_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

    from collectrisk.contact._contact import Contact
    from collectrisk.contact._window import Window
    from collectrisk.history import AccountHistory, PastEvent

MICROSECOND = dt.timedelta(microseconds=1)


@attrs.frozen
class Outcome:
    """What a rule says of a contact.

    Attributes
    ----------
    state : {"passed", "blocked", "missing"}
        Whether the contact passes the rule, is blocked by it, or facts are missing.
    observed : int, str or None
        What was found: a count, a local time, or the facts that are or are not true.
    limit : int, str or None
        What the rule permits.
    missing : tuple of str
        The facts that are missing; of a blocked contact, those that would lift the block.
    """

    state: str
    observed: int | str | None = None
    limit: int | str | None = None
    missing: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the contact passes."""
        return self.state == "passed"


PASSED = Outcome("passed")


def missing(*facts: str) -> Outcome:
    """Return the outcome that facts are missing."""
    return Outcome("missing", missing=facts)


def blocked(observed: int | str | None = None, limit: int | str | None = None) -> Outcome:
    """Return the outcome that the contact is blocked."""
    return Outcome("blocked", observed, limit)


@attrs.frozen
class Counted:
    """An event that a rule counts, from its first possible instant until it expires."""

    first: dt.datetime
    expires: dt.datetime

    def counts_at(self, instant: dt.datetime) -> bool:
        """Return whether it counts at an instant."""
        return self.first <= instant < self.expires


@attrs.frozen(kw_only=True, slots=False)
class Case:
    """A contact at one moment in one zone, with everything that is known.

    Attributes
    ----------
    contact : Contact
        The contact.
    zone : ZoneInfo or None
        The zone of the debtor; None if it is not known.
    instant : datetime
        The moment, in UTC.
    asked_at : datetime
        The moment of the contact that was asked about, in UTC: `instant` is a later one where the next
        permitted time is sought.
    facts : mapping of str to object
        The facts that are known.
    histories : mapping of str to AccountHistory, or None
        The histories of all accounts of the debtor; None if there is no log.
    debts : tuple of str
        The accounts that the contact is about.
    is_holiday : callable
        Says of a date whether it is a public holiday: True, False, or None if it is not known.
    memo : dict
        What was counted, for the same contact at other moments.
    """

    contact: Contact
    zone: ZoneInfo | None
    instant: dt.datetime
    asked_at: dt.datetime
    facts: Mapping[str, Any]
    histories: Mapping[str, AccountHistory] | None
    debts: tuple[str, ...]
    is_holiday: Callable[[dt.date], bool | None]
    memo: dict[Any, Any] = attrs.field(factory=dict, repr=False, eq=False)

    @property
    def local(self) -> dt.datetime | None:
        """The local time; None if the zone is not known."""
        return None if self.zone is None else local_time(self.instant, self.zone)

    def at(self, instant: dt.datetime) -> Case:
        """Return the same at another moment."""
        return attrs.evolve(self, instant=instant)

    def events(self, account: str, zone: ZoneInfo) -> list[tuple[PastEvent, dt.datetime]]:
        """Return the events of an account, each with the first instant at which it may have happened."""
        assert self.histories is not None, "rules that count ask for the log first"  # noqa: S101  # for mypy
        key = "events", account, zone  # they stay the same while a later time is sought
        if key not in self.memo:
            history = self.histories[account]
            self.memo[key] = [(event, span(event.at, history, zone)[0]) for event in history.events]
        return self.memo[key]  # type: ignore[no-any-return]

    def counted(
        self,
        zone: ZoneInfo,
        window: Window,
        accounts: tuple[str, ...],
        counts: Callable[[PastEvent], bool],
        is_excluded: Callable[[dt.datetime], bool],
    ) -> list[Counted]:
        """Return the events of some accounts that count, each once, unless their local time is excluded.

        A call about several accounts is in the log of each, with the same time, kind and channel.
        """
        assert self.histories is not None, "rules that count ask for the log first"  # noqa: S101  # for mypy
        numbers: Counter[Any] = Counter()
        spans = {}
        for account in accounts:
            history = self.histories[account]
            own: Counter[Any] = Counter()
            for event in filter(counts, history.events):
                key = (event.at, event.kind.name, event.channel, event.person, event.contact_point)
                own[key] += 1
                spans[key] = span(event.at, history, zone)
            numbers |= own  # the larger number of each
        return [
            Counted(first, expiry(last, window, zone))
            for key, number in numbers.items()
            for first, last in [spans[key]]
            if not is_excluded(local_time(last, zone))
            for _ in range(number)
        ]

    def log_ends_before(self, account: str, window: Window, zone: ZoneInfo) -> bool:
        """Return whether the log of an account ends before the window that ends with the contact begins."""
        assert self.histories is not None, "rules that count ask for the log first"  # noqa: S101  # for mypy
        history = self.histories[account]
        end = instants(history.as_of, history.zone or zone)[1]
        return expiry(end, window, zone) <= self.asked_at


def span(local: dt.datetime, history: AccountHistory, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Return the first and the last instant at which an event may have happened.

    They differ where a local time exists twice, and where the log has dates without times. A log without
    a zone is read as local times of the debtor.
    """
    where = history.zone or zone
    first, last = instants(local, where)
    if not history.has_times:
        last = instants(local + DAY - MICROSECOND, where)[1]
    return first, last


def expiry(instant: dt.datetime, window: Window, zone: ZoneInfo) -> dt.datetime:
    """Return the instant from which an event does not count any more."""
    return instants(window.end(local_time(instant, zone)), zone)[1]
