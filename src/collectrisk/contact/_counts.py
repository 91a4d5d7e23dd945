"""How many events of each account a rule counts at one moment, and when contact is permitted again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._channel import Channel
from collectrisk.contact._clock import DAY
from collectrisk.contact._clock_arrays import NEVER, ZoneClock, to_stamp, window_ends
from collectrisk.history import AccountHistory, PastEvent

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from collectrisk._typing import Array
    from collectrisk.contact._case import Case
    from collectrisk.contact._counting import Attempts, Cap
    from collectrisk.contact._window import Window
    from collectrisk.history._known import KnownEvents

END_OF_DAY = np.timedelta64(1, "D").astype("timedelta64[us]") - np.timedelta64(1, "us")


def codes_of(values: Iterable[Any]) -> tuple[Array, list[Any]]:
    """Return the values as numbers, and the value of each number."""
    levels: dict[Any, int] = {}
    codes = np.fromiter((levels.setdefault(value, len(levels)) for value in values), np.int64)
    return codes, list(levels)


@attrs.frozen(kw_only=True)
class Counts:
    """The events of all accounts, each with what a rule may count it by.

    Attributes
    ----------
    known : KnownEvents
        The events.
    meanings : list of PastEvent
        One event of each kind, channel, person and contact point that occurs, at an arbitrary time.
    meaning : array of int
        The number of each event's meaning.
    debtor : array of int
        The debtor of each row of accounts.
    order : array of int
        The places of the events, by row and then by time.
    starts : array of int
        The place in `order` at which the events of each row begin, and one more.
    """

    known: KnownEvents
    meanings: list[PastEvent]
    meaning: Array
    debtor: Array
    order: Array
    starts: Array
    _numbers: dict[Any, Any] = attrs.field(factory=dict, repr=False)

    @classmethod
    def of(cls, known: KnownEvents, debtor: Array) -> Counts:
        """Return the counts of events that were known."""
        names = ("event", "channel", "person_id", "contact_point")
        missing = [None] * len(known.row)
        columns = {name: known.columns.get(name, missing) for name in names}
        amounts = known.columns.get("amount", missing)
        reversed_ = (amount is not None and amount <= 0 for amount in amounts)
        meaning, levels = codes_of(zip(reversed_, *columns.values(), strict=True))
        order = np.lexsort((known.at, known.row))
        starts = np.searchsorted(known.row[order], np.arange(len(debtor) + 1))
        return cls(
            known=known,
            meanings=[
                _meaning(known, is_reversal=back, event=event, channel=channel, person=person, point=point)
                for back, event, channel, person, point in levels
            ],
            meaning=meaning,
            debtor=debtor,
            order=order,
            starts=starts,
        )

    def history(self, row: int) -> AccountHistory:
        """Return the history of the account of a row, without its fields."""
        known = self.known
        places = self.order[self.starts[row] : self.starts[row + 1]]
        return AccountHistory(
            as_of=known.known_until,
            events=tuple(
                attrs.evolve(self.meanings[self.meaning[place]], at=known.at[place].astype(object))
                for place in places
            ),
            fields={},
            failed_since=None,
            has_recorded_at=False,
            zone=known.zone,
            has_times=known.has_times,
        )

    def full(self, cap: Cap, case: Case) -> tuple[Array, Array]:
        """Return where a cap permits no more contact in a zone, and the instant at which it does again.

        Parameters
        ----------
        cap : Cap
            The cap.
        case : Case
            The contact, with the zone and the moment.

        Returns
        -------
        full : array of bool
            For each account, or for each debtor if the cap counts by debtor.
        lifts : array of datetime64
            The instant in UTC; NaT where it is not full.
        """
        by_debt = cap.per in {"debt", "person_and_debt"}
        window = cap.window_at(case.contact.place)
        counted = np.array([cap.counts(event, case) for event in self.meanings], bool)
        key = (case.zone, case.instant, window, by_debt, max(cap.most, 1), counted.tobytes())
        if key not in self._numbers:
            assert case.zone is not None, "without a zone, nothing is counted"  # noqa: S101  # for mypy
            who, first, expires = self._counted(counted, case.zone, window, by_debt=by_debt)
            at = to_stamp(case.instant)
            current = (first <= at) & (at < expires)
            number = len(self.debtor) if by_debt else int(self.debtor.max(initial=-1)) + 1
            self._numbers[key] = _full(who[current], expires[current], number, max(cap.most, 1))
        return self._numbers[key]  # type: ignore[no-any-return]

    def later(self, case: Case) -> Array:
        """Return which debtors have events after the moment of a case."""
        key = ("later", case.zone, case.instant)
        if key not in self._numbers:
            assert case.zone is not None, "without a zone, nothing is counted"  # noqa: S101  # for mypy
            first = ZoneClock(self.known.zone or case.zone).earliest(self.known.at)
            later = np.zeros(int(self.debtor.max(initial=-1)) + 1, bool)
            later[self.debtor[self.known.row[first > to_stamp(case.instant)]]] = True
            self._numbers[key] = later
        return self._numbers[key]  # type: ignore[no-any-return]

    def _counted(
        self, counted: Array, zone: ZoneInfo, window: Window, *, by_debt: bool
    ) -> tuple[Array, Array, Array]:
        """Return whose the events are that count, from when on, and when they expire."""
        places = np.flatnonzero(counted[self.meaning])
        own = ZoneClock(self.known.zone or zone)
        at, row = self.known.at[places], self.known.row[places]
        if not by_debt:
            kept = self._each_once(places, at, row)
            places, at, row = places[kept], at[kept], row[kept]
        # Of a date without a time, any time of the day may be meant.
        last = own.latest(at if self.known.has_times else at + END_OF_DAY)
        clock = ZoneClock(zone)
        expires = clock.latest(window_ends(window, clock.local(last)))
        return (row if by_debt else self.debtor[row]), own.earliest(at), expires

    def _each_once(self, places: Array, at: Array, row: Array) -> Array:
        """Return the places of events, leaving out repetitions in other accounts of the same debtor.

        A call about several accounts is in the log of each. What is repeated in one account is not the same
        call, so the larger number counts.
        """
        keys = (self._alike()[self.meaning[places]], at, self.debtor[row])
        order = np.lexsort((row, *keys))
        same = np.ones(len(order), bool)
        for key in keys:
            same[1:] &= key[order][1:] == key[order][:-1]
        # The number of an event among the equal ones of its own account.
        new_row = np.ones(len(order), bool)
        new_row[1:] = ~same[1:] | (row[order][1:] != row[order][:-1])
        index = np.arange(len(order))
        nth = index - np.maximum.accumulate(np.where(new_row, index, 0))
        group = np.cumsum(~same | (index == 0))
        first = np.unique(group * (nth.max(initial=0) + 1) + nth, return_index=True)[1]
        return order[first]

    def _alike(self) -> Array:
        """Return numbers of the meanings that do not differ in what identifies an event."""
        return codes_of(
            (each.kind.name, each.channel, each.person, each.contact_point) for each in self.meanings
        )[0]

    def too_few(self, attempts: Attempts, case: Case) -> Array:
        """Return where the account of a row has had too few failed attempts."""
        assert case.zone is not None, "without a zone, nothing is counted"  # noqa: S101  # for mypy
        assert attempts.least is not None, "the number is known"  # noqa: S101  # for mypy
        known, rows = self.known, len(self.debtor)
        result = np.array([each.kind.result and not each.is_reversal for each in self.meanings], bool)
        failed = np.array([each.kind.failed and each.channel in attempts.on for each in self.meanings], bool)
        happened = ZoneClock(known.zone or case.zone).earliest(known.at) <= to_stamp(case.instant)
        last = np.full(rows, np.datetime64("0001-01-01", "us"))
        results = result[self.meaning] & happened
        np.maximum.at(last, known.row[results], known.at[results])
        since = failed[self.meaning] & happened & (known.at > last[known.row])
        return np.bincount(known.row[since], minlength=rows) < attempts.least


def _meaning(
    known: KnownEvents, *, is_reversal: bool, event: str, channel: str | None, person: Any, point: Any
) -> PastEvent:
    """Return an event of a meaning, at an arbitrary time."""
    kind = known.kinds[event]
    return PastEvent(
        at=known.as_of,
        kind=kind,
        channel=kind.channel if channel is None else Channel(channel),
        amount=-1.0 if is_reversal else None,
        person=None if person is None else str(person),
        contact_point=None if point is None else str(point),
    )


def _full(who: Array, expires: Array, number: int, most: int) -> tuple[Array, Array]:
    """Return who has as many events as a cap permits, and when the number falls below it."""
    full = np.bincount(who, minlength=number) >= most
    lifts = np.full(number, NEVER)
    order = np.lexsort((expires, who))
    # The events of each, by expiry: the one that makes room is the last but `most - 1`.
    ends = np.searchsorted(who[order], np.arange(number), side="right")
    lifts[full] = expires[order][ends[full] - most]
    return full, lifts


def longest(caps: Iterable[Cap]) -> dt.timedelta:
    """Return a time that is longer than the windows of all caps."""
    days = {"day": 1, "week": 7, "month": 31}
    windows = [window for cap in caps for window in (cap.window, cap.elsewhere) if window is not None]
    return max((each.n * days[each.unit] for each in windows), default=0) * DAY + 40 * DAY
