"""Simulated events of accounts whose fields are known; see `simulate_log`.

Days count back from the moment of the fields: 1 is the day before, and 0 and below come after it.
The failed attempts that count are on the days from 1 to `recent`. Everything else happened before them:

    recent + 1           the last result, or the last sign of cooperation
    recent + 2 to 11     signs of an attitude that the attempts that count do not show
    recent + 15, 29, ..  promises that were broken, each over before the next one was made
    recent + 31 or more  earlier plans and placements
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from collectrisk._borrower import Attitude
from collectrisk._channel import Channel
from collectrisk.history._timeline import Accounts, Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk._typing import Array

MESSAGES = ("SMS", "EMAIL", "LETTER")
CALLS = ("NA", "LM", "WN", "DC")
CHANNELS = {"SMS": Channel.SMS.value, "EMAIL": Channel.EMAIL.value}
SPACING = 14
"""The days from one broken promise to the next."""

HORIZON = 365
"""The days after the moment in which events are simulated."""


def simulated_events(accounts: Accounts, rng: np.random.Generator) -> Mapping[str, Array]:
    """Return events from which the fields of the accounts follow, and events after the moment."""
    line = Timeline(rng)
    cooperative = accounts.has(Attitude.COOPERATIVE)
    plan_now = cooperative & accounts.plan
    signs_recently = _signs_recently(accounts, rng)
    shows = accounts.has(Attitude.HOSTILE, Attitude.EVASIVE, Attitude.PASSIVE)
    has_result = cooperative | (shows & ~signs_recently)
    attempts = accounts.messages + accounts.calls
    share = np.where(has_result | (accounts.broken > 0), rng.uniform(0.2, 0.7, len(accounts)), 1.0)
    recent = np.maximum((accounts.days * share).astype(np.int64), np.maximum(-(-attempts // 4), 1))
    early = recent + 1 + SPACING * accounts.broken + 30

    reset = np.where(accounts.broken > 0, recent + 1 + SPACING, 0)
    reset = np.where(has_result, recent + 1, reset)
    reset = _plans(line, accounts, early, reset)
    _cooperation(line, accounts, recent, cooperative & ~plan_now)
    line.add(np.flatnonzero(plan_now), recent[plan_now] + 1, "ARR")
    _signs(line, accounts, recent, shows & ~signs_recently)
    _broken_promises(line, accounts, recent, (signs_recently & shows, cooperative))
    _attempts(line, accounts, recent, signs_recently)
    _attempts_before(line, cooperative, reset)
    _placements(line, accounts, early)
    _recorded_later(line, accounts)
    _afterwards(line, accounts)
    return line.columns()


def _signs_recently(accounts: Accounts, rng: np.random.Generator) -> Array:
    """Return where calls that count as failed show the attitude: a refusal, or a call that was hung up."""
    least = np.where(accounts.has(Attitude.HOSTILE), 2, 1)
    enough: Array = accounts.calls >= least
    # A passive borrower may also have talked twice without a result.
    return enough & ~(accounts.has(Attitude.PASSIVE) & (rng.random(len(accounts)) < 0.5))


def _plans(line: Timeline, accounts: Accounts, early: Array, reset: Array) -> Array:
    """Add plans that are not the last result, and return the day of the last result with them."""
    unknown = accounts.has(Attitude.UNKNOWN)
    kept = accounts.plan & ~accounts.has(Attitude.COOPERATIVE)
    # A plan that the borrower agrees to is a sign of cooperation; one by an adviser is not.
    for code, which in (("DMP", kept & unknown), ("ARR", kept & ~unknown)):
        line.add(np.flatnonzero(which), early[which], code)
    ended = line.some(~accounts.plan & ~unknown, 0.06)
    line.add(ended, early[ended] + 40, "ARR")
    line.add(ended, early[ended] + 20, "BROKEN ARRANGEMENT")
    started = np.where(kept, early, 0)
    started[ended] = early[ended] + 40
    last: Array = np.where((reset == 0) | ((started > 0) & (started < reset)), started, reset)
    return last


def _cooperation(line: Timeline, accounts: Accounts, recent: Array, which: Array) -> None:
    """Add the last sign of cooperation: a payment, a kept or a pending promise, or an answer."""
    places = np.flatnonzero(which)
    choice = line.rng.random(len(places))
    day, unit = recent[places] + 1, accounts.unit[places]
    promises, answers = choice < 0.45, (choice >= 0.7) & (choice < 0.85)
    pending = (choice >= 0.85) & (day <= 15)
    paid = ~answers & ~pending
    amount = line.part(unit, 0.1, 0.3)
    line.add(places[answers], day[answers], "SMS REPLY")
    line.pay(places[paid], day[paid], amount[paid])
    made = day + line.rng.integers(1, 4, len(places))
    line.add(places[promises], made[promises], "PTP", amount=amount[promises], due=day[promises])
    due = -line.rng.integers(0, 6, len(places))
    line.add(places[pending], day[pending], "PTP", amount=amount[pending], due=due[pending])


def _signs(line: Timeline, accounts: Accounts, recent: Array, which: Array) -> None:
    """Add the signs of an attitude, and then a conversation, after which attempts count anew."""
    line.add(np.flatnonzero(which), recent[which] + 1, "RPC")
    for attitude, code, count in (
        (Attitude.HOSTILE, "REF", 2),
        (Attitude.EVASIVE, "HU", 1),
        (Attitude.PASSIVE, "RPC", 1),
    ):
        places = np.repeat(np.flatnonzero(which & accounts.has(attitude)), count)
        line.add(places, recent[places] + line.rng.integers(2, 12, len(places)), code)


def _broken_promises(line: Timeline, accounts: Accounts, recent: Array, may_pay: tuple[Array, Array]) -> None:
    """Add the broken promises; a part of some was paid, where that is not the last sign of cooperation."""
    places = np.repeat(np.arange(len(accounts)), accounts.broken)
    number = _numbers(accounts.broken)
    made = recent[places] + 1 + SPACING * number
    due = made - line.rng.integers(2, 9, len(places))
    amount = line.part(accounts.unit[places], 0.1, 0.3)
    line.add(places, made, "PTP", amount=amount, due=due)
    line.add(places, due - 4, "BP", recorded_after=0)
    recently, cooperative = (each[places] for each in may_pay)
    in_part = (recently & (number == 2)) | (cooperative & (number <= 2))
    in_part &= (amount > 1) & (line.rng.random(len(places)) < 0.3)
    line.pay(places[in_part], due[in_part] + 1, np.maximum(amount[in_part] // 2, 1))


def _numbers(counts: Array) -> Array:
    """Return 1, 2, ... for each account, as many as its count."""
    ends = np.cumsum(counts)
    numbers: Array = np.arange(1, counts.sum() + 1) - np.repeat(ends - counts, counts)
    return numbers


def _attempts(line: Timeline, accounts: Accounts, recent: Array, signs: Array) -> None:
    """Add the failed attempts that count."""
    places = np.repeat(np.arange(len(accounts)), accounts.messages)
    codes = line.rng.choice(MESSAGES, len(places), p=[0.6, 0.25, 0.15])
    days = line.rng.integers(1, recent[places] + 1)
    line.add(places, days, codes)
    returned = (codes == "LETTER") & (days > 7) & (line.rng.random(len(places)) < 0.1)
    line.add(places[returned], days[returned] - 6, "RTS")
    places = np.repeat(np.arange(len(accounts)), accounts.calls)
    codes = line.rng.choice(CALLS, len(places), p=[0.6, 0.2, 0.1, 0.1])
    number = _numbers(accounts.calls)
    for attitude, code, count in (
        (Attitude.HOSTILE, "REF", 2),
        (Attitude.EVASIVE, "HU", 1),
        (Attitude.PASSIVE, "REF", 1),
    ):
        shown = (signs & accounts.has(attitude))[places] & (number <= count)
        codes = np.where(shown, code, codes)
    line.add(places, line.rng.integers(1, recent[places] + 1), codes)


def _attempts_before(line: Timeline, cooperative: Array, reset: Array) -> None:
    """Add attempts before the last result, which do not count any more."""
    count = np.where(reset > 0, line.rng.poisson(4, len(reset)), 0)
    places = np.repeat(np.arange(len(reset)), count)
    codes = line.rng.choice((*MESSAGES, *CALLS), len(places))
    answered = cooperative[places] & (line.rng.random(len(places)) < 0.2)
    codes = np.where(answered, line.rng.choice(("RPC", "REF"), len(places)), codes)
    line.add(places, reset[places] + line.rng.integers(1, 41, len(places)), codes)


def _placements(line: Timeline, accounts: Accounts, early: Array) -> None:
    """Add placements with an agency, and visits that met nobody and count for no field."""
    placed = np.flatnonzero(accounts.placed)
    line.add(placed, line.rng.integers(1, accounts.days[placed] // 2 + 2), "PLACED")
    recalled = line.some(~accounts.placed & (accounts.days > 120), 0.05)
    line.add(recalled, early[recalled] + 30, "PLACED")
    line.add(recalled, early[recalled] + 10, "RECALLED")
    visited = line.some(accounts.placed & (accounts.days > 365), 0.1)
    line.add(visited, line.rng.integers(1, 200, len(visited)), "VISIT")


def _recorded_later(line: Timeline, accounts: Accounts) -> None:
    """Add events on the day before the moment that were recorded after it."""
    everybody = np.ones(len(accounts), np.bool_)
    line.add(line.some(everybody, 0.015), 1, "RPC", recorded_after=36 * 60)
    places = line.some(everybody, 0.015)
    line.pay(places, 1, line.part(accounts.unit[places], 0.1, 0.3), days_late=1)


def _afterwards(line: Timeline, accounts: Accounts) -> None:
    """Add what happened after the moment, with a visit to some accounts."""
    size = len(accounts)

    def days(count: int) -> Array:
        return -line.rng.integers(1, HORIZON, count)

    places = np.repeat(np.arange(size), line.rng.poisson(3, size))
    codes = line.rng.choice((*MESSAGES, *CALLS, "RPC"), len(places))
    line.add(places, days(len(places)), codes)
    everybody, helpful = np.ones(size, np.bool_), accounts.has(Attitude.COOPERATIVE)
    places = line.some(everybody, np.where(helpful, 0.6, 0.2))
    made, amount = days(len(places)), line.part(accounts.unit[places], 0.1, 0.3)
    line.add(places, made, "PTP", amount=amount, due=made - 10)
    paid = line.rng.random(len(places)) < 0.6
    line.pay(places[paid], made[paid] - 5, amount[paid])
    places = line.some(everybody, _visit_probability(accounts))
    codes = np.where(line.rng.random(len(places)) < 0.5, "VISIT", "VISIT MET")
    line.add(places, days(len(places)), codes)


def _visit_probability(accounts: Accounts) -> Array:
    log_odds = (
        -8
        + 1.3 * np.log1p(accounts.days / 45)
        + 0.15 * accounts.calls
        + 0.02 * accounts.messages
        + 0.3 * accounts.broken
        + 1.0 * accounts.has(Attitude.EVASIVE, Attitude.HOSTILE)
        - 2.0 * accounts.has(Attitude.COOPERATIVE)
        + 1.0 * accounts.placed
        - 3.0 * accounts.plan
    )
    probability: Array = 1 / (1 + np.exp(-log_odds))
    return probability
