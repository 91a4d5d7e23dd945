"""The kinds of rules: each says whether a case passes, is blocked or lacks facts, and when it passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.contact._case import PASSED, Outcome, blocked, missing
from collectrisk.contact._clock import DAY, first_within
from collectrisk.contact._counting import Attempts, Cap
from collectrisk.contact._window import PUBLIC_HOLIDAY, WEEKDAYS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from collectrisk.contact._case import Case
    from collectrisk.contact._window import OpenHours

LONGEST_SEARCH = 400
"""The number of days after which no window of hours is sought any more: more than a year."""


@attrs.frozen
class Hours:
    """Contact only within hours of the debtor's local time.

    Parameters
    ----------
    windows : tuple of OpenHours or None
        The hours; None if the source sets none and the user supplied none.
    holidays_closed : bool
        Whether there is no contact on public holidays.
    not_stated : OpenHours or None
        Days whose hours the source was not seen to state.
    """

    windows: tuple[OpenHours, ...] | None
    holidays_closed: bool = False
    not_stated: frozenset[int] = frozenset()

    @property
    def needs_holidays(self) -> bool:
        """Whether public holidays matter."""
        return self.holidays_closed or any(each.days == PUBLIC_HOLIDAY for each in self.windows or ())

    def check(self, case: Case) -> Outcome:
        """Return whether the hours are open at the time of a case."""
        if self.windows is None:
            return missing("house_hours")
        local = case.local
        if local is None:
            return missing("zones")
        holidays = self._holidays(case, local.date())
        since_midnight = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
        outcomes = set()
        for holiday in holidays:
            if local.weekday() in self.not_stated and not holiday:
                return missing("house_hours")
            hours = (each.since_midnight for each in self._on(local.date(), holiday=holiday))
            outcomes.add(any(start <= since_midnight < end for start, end in hours))
        if outcomes == {True}:
            return PASSED
        if outcomes == {False}:
            return blocked(f"{WEEKDAYS[local.weekday()]} {local:%H:%M}", ", ".join(map(str, self.windows)))
        return missing("holidays")

    def _holidays(self, case: Case, day: dt.date) -> tuple[bool, ...]:
        """Return whether a day is a public holiday; both if that is not known."""
        holiday = case.is_holiday(day) if self.needs_holidays else False
        return (True, False) if holiday is None else (holiday,)

    def _on(self, day: dt.date, *, holiday: bool) -> tuple[OpenHours, ...]:
        if holiday and self.holidays_closed:
            return ()
        windows = self.windows or ()
        own = tuple(each for each in windows if each.days == PUBLIC_HOLIDAY)
        if holiday and own:
            return own
        return tuple(each for each in windows if each.is_on(day.weekday(), holiday=False))

    def opens(self, case: Case) -> dt.datetime | None:
        """Return the first instant from that of a case on at which the hours are open; None if none."""
        if self.windows is None or case.zone is None or case.local is None:
            return None
        first = case.local.date()
        for number in range(LONGEST_SEARCH):
            day = first + number * DAY
            found = [
                instant
                for holiday in self._holidays(case, day)
                for each in self._on(day, holiday=holiday)
                for instant in [first_within(case.zone, case.instant, day, *each.since_midnight)]
                if instant is not None
            ]
            # With holidays that are not known, the time must be open either way.
            passing = [instant for instant in sorted(found) if self.check(case.at(instant)).passed]
            if passing:
                return passing[0]
        return None


@attrs.frozen
class Facts:
    """Conditions on recorded facts.

    Parameters
    ----------
    block_if : tuple of str
        Any of these facts blocks if it is true.
    require : tuple of str
        Any of these facts blocks if it is false.
    at_least : mapping of str to int
        Any of these numbers blocks if it is smaller.
    forbid : bool
        Whether the rule blocks whatever the facts, unless an exemption is true.
    """

    block_if: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    at_least: Mapping[str, int] = attrs.field(factory=dict)
    forbid: bool = False

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it asks for."""
        return (*self.block_if, *self.require, *self.at_least)

    def check(self, case: Case) -> Outcome:
        """Return whether the facts permit the contact."""
        known = case.facts
        wrong = [f"{name} = yes" for name in self.block_if if known.get(name) is True]
        wrong += [f"{name} = no" for name in self.require if known.get(name) is False]
        wrong += [
            f"{name} = {known[name]}"
            for name, least in self.at_least.items()
            if known.get(name) is not None and known[name] < least
        ]
        limits = ", ".join(f"{name} >= {least}" for name, least in self.at_least.items())
        if self.forbid or wrong:
            return blocked(", ".join(wrong) or None, limits or None)
        unknown = [name for name in self.facts if known.get(name) is None]
        return missing(*unknown) if unknown else PASSED

    def opens(self, case: Case) -> dt.datetime | None:
        """Return the instant of a case if the facts permit the contact: they are assumed to stay."""
        return case.instant if self.check(case).passed else None


@attrs.frozen
class Obligation:
    """What must be done, or may be offered, if contact is made; no data show whether it was done.

    Parameters
    ----------
    effect : {"duty", "offer", "human_review"}
        What it is.
    facts : tuple of str
        It applies unless one of these facts is known to be false.
    """

    effect: str = "duty"
    facts: tuple[str, ...] = ()

    def applies(self, facts: Mapping[str, Any]) -> bool:
        """Return whether it may apply."""
        return all(facts.get(name) is not False for name in self.facts)


Condition = Hours | Cap | Facts | Attempts | Obligation
