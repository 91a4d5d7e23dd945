"""Random logs, and a slow and obvious way to compute the fields that they know."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from hypothesis import strategies as st

from collectrisk.history import KINDS, EventKind

START = dt.datetime(2026, 1, 1)  # noqa: DTZ001  # the local times of a log have no zone
HUNG_UP = EventKind(
    "hung_up", "Hung up.", channel="phone_call", is_attempt=True, failed=True, reached=True, shows="evasive"
)
CODES: dict[str, str | EventKind] = {"HU": HUNG_UP, "LM": "message_left", "PTP": "promise"}
ALL_KINDS = {**KINDS, "HU": HUNG_UP, "LM": KINDS["message_left"], "PTP": KINDS["promise"]}
MESSAGES = {"sms", "email", "social_message", "letter"}
ATTEMPT_CHANNELS = {
    "message": {"sms", "email", "social_message"},
    "letter": {"letter"},
    "call": {"phone_call"},
    "visit": {"field_visit"},
}


@attrs.frozen
class Event:
    """One event; the amount is in cents, and the due date in days after the event."""

    account: str
    at: dt.datetime
    code: str
    cents: int | None = None
    due: int | None = None
    channel: str | None = None
    recorded: dt.datetime | None = None

    @property
    def kind(self) -> EventKind:
        return ALL_KINDS[self.code]

    @property
    def due_on(self) -> dt.date | None:
        return None if self.due is None else self.at.date() + dt.timedelta(self.due)


MOMENTS = st.integers(0, 40 * 4).map(lambda quarters: START + dt.timedelta(hours=6 * quarters))
CODES_DRAWN = st.one_of(
    st.sampled_from(["promise", "payment", "payment", "PTP"]), st.sampled_from(list(ALL_KINDS))
)


@st.composite
def event(draw: Any) -> Event:
    """Draw one valid event."""
    code, at = draw(CODES_DRAWN), draw(MOMENTS)
    effect = ALL_KINDS[code].effect
    cents: int | None = None
    if effect == "payment":
        cents = draw(st.sampled_from([100, 50, 30, -30, -50, 1]))
    elif effect == "promise":
        cents = draw(st.sampled_from([None, 100, 50, 60]))
    return Event(
        draw(st.sampled_from("AAB")),
        at,
        code,
        cents,
        draw(st.integers(0, 12)) if effect == "promise" else None,
        draw(st.sampled_from([None, None, "email", "phone_call", "field_visit"])),
        at + dt.timedelta(hours=draw(st.sampled_from([0, 0, 1, 30]))),
    )


def logs(most: int = 25) -> st.SearchStrategy[list[Event]]:
    """Return a strategy for logs with one event or more."""
    return st.lists(event(), min_size=1, max_size=most)


def columns(events: list[Event]) -> dict[str, list[Any]]:
    """Return a log as columns."""
    return {
        "account_id": [each.account for each in events],
        "happened_at": [each.at for each in events],
        "recorded_at": [each.recorded or each.at for each in events],
        "event": [each.code for each in events],
        "amount": [None if each.cents is None else each.cents / 100 for each in events],
        "due_on": [each.due_on for each in events],
        "channel": [each.channel for each in events],
    }


def _surviving(payments: list[Event]) -> list[tuple[dt.datetime, int]]:
    """Return payments less what later reversals take back, the latest first."""
    balance: dict[dt.datetime, int] = {}
    for each in payments:
        balance[each.at] = balance.get(each.at, 0) + (each.cents or 0)
    stack: list[list[Any]] = []
    for at in sorted(balance):
        if balance[at] > 0:
            stack.append([at, balance[at]])
            continue
        owed = -balance[at]
        while owed and stack:
            taken = min(owed, stack[-1][1])
            owed -= taken
            stack[-1][1] -= taken
            if not stack[-1][1]:
                stack.pop()
    return [(at, cents) for at, cents in stack if cents]


def _states(events: list[Event], as_of: dt.datetime, grace: int, share: float) -> dict[tuple[Any, Any], str]:
    """Return the state of each promise, by the moment and the due date, paying one by one."""
    promises: dict[tuple[dt.datetime, dt.date], list[Event]] = {}
    for each in events:
        if each.kind.effect == "promise":
            promises.setdefault((each.at, each.due_on), []).append(each)  # type: ignore[arg-type]
    order = sorted(promises)
    amounts = {key: sum(1 if each.cents is None else each.cents for each in promises[key]) for key in order}
    deadlines = {key: key[1] + dt.timedelta(grace) for key in order}
    closes, last = {}, dt.date.min
    for key in order:
        last = max(last, deadlines[key])
        closes[key] = last
    received, in_time = dict.fromkeys(order, 0), dict.fromkeys(order, 0)
    for at, cents in _surviving([each for each in events if each.kind.effect == "payment"]):
        rest = cents
        for key in order:
            if key[0] <= at and at.date() <= closes[key]:
                used = min(rest, amounts[key] - received[key])
                received[key] += used
                rest -= used
                in_time[key] += used if at.date() <= deadlines[key] else 0
    states = {}
    for key in order:
        need = max(int(amounts[key] * share), 1)
        if in_time[key] >= need:
            states[key] = "kept"
        else:
            states[key] = "broken" if as_of.date() > deadlines[key] else "pending"
    return states


def slow_fields(
    events: list[Event],
    as_of: dt.datetime,
    *,
    grace_days: int = 3,
    kept_share: float = 1.0,
    failed_since: int | str = "last_result",
) -> dict[str, dict[str, Any]]:
    """Return the fields of each account, event by event."""
    known = [each for each in events if each.at < as_of and (each.recorded or each.at) < as_of]
    result = {}
    for account in sorted({each.account for each in known}):
        own = sorted((each for each in known if each.account == account), key=lambda each: each.at)
        states = _states(own, as_of, grace_days, kept_share)
        broken_at = {key[0] for key, state in states.items() if state == "broken"}
        positive = [each for each in own if each.kind.effect != "payment" or (each.cents or 0) > 0]
        results = [each.at for each in positive if each.kind.result]
        cooperative = [
            each.at
            for each in positive
            if each.kind.shows == "cooperative"
            and not (each.kind.effect == "promise" and each.at in broken_at)
        ]
        failed = {"failed_messages": 0, "failed_calls": 0}
        signs = dict.fromkeys(["hostile", "evasive", "passive"], 0)
        for each in own:
            channel = each.channel or each.kind.channel
            if isinstance(failed_since, str):
                counts = not results or each.at > max(results)
            else:
                counts = each.at.date() >= as_of.date() - dt.timedelta(failed_since)
            if each.kind.failed and counts:
                failed["failed_messages"] += channel in MESSAGES
                failed["failed_calls"] += channel == "phone_call"
            if each.kind.shows in signs and (not cooperative or each.at > max(cooperative)):
                signs[each.kind.shows] += 1
        result[account] = {
            **failed,
            "broken_promises": sum(
                sum(each.at == at and each.due_on == due for each in own if each.kind.effect == "promise")
                for (at, due), state in states.items()
                if state == "broken"
            ),
            "attitude": _attitude(signs, len(cooperative)),
            "placed_with_agency": _lasts(own, "agency_placed", "agency_recalled"),
            "repayment_plan": _lasts(own, "plan_started", "plan_ended"),
        }
    return result


def _attitude(signs: dict[str, int], cooperative: int) -> str:
    if signs["hostile"] >= 2:
        return "hostile"
    if signs["evasive"]:
        return "evasive"
    if signs["passive"] >= 2 or signs["hostile"]:
        return "passive"
    return "cooperative" if cooperative else "unknown"


def _lasts(events: list[Event], start: str, end: str) -> bool:
    started = [each.at for each in events if each.kind.effect == start]
    ended = [each.at for each in events if each.kind.effect == end]
    return bool(started) and (not ended or max(started) >= max(ended))


def is_a(event: Event, kind: str) -> bool:
    """Return whether an event is of a kind, or is any event at a visit."""
    if kind == "visit" and "field_visit" in {
        event.channel,
        event.kind.channel if not event.channel else None,
    }:
        return True
    return event.kind.name == kind and not (event.kind.effect == "payment" and (event.cents or 0) <= 0)


def slow_outcome(
    events: list[Event],
    account: str,
    moment: dt.datetime,
    kind: str,
    *,
    within_days: int,
    exits: list[str],
    known_until: dt.datetime | None,
    first_only: bool,
) -> bool | None:
    """Return whether an event of a kind followed a moment, or None if that is not known."""
    end = moment + dt.timedelta(within_days)
    last = min(max(each.at for each in events), max(each.recorded or each.at for each in events))
    own = sorted((each for each in events if each.account == account), key=lambda each: each.at)
    known = [each for each in own if (each.at <= last if known_until is None else each.at < known_until)]
    exits_at = [each.at for each in own if any(is_a(each, name) for name in exits)]
    if first_only and any(is_a(each, kind) and each.at < moment for each in own):
        return None
    for each in known:
        if is_a(each, kind) and moment <= each.at < end and not any(at < each.at for at in exits_at):
            return True
    is_over = end <= (last if known_until is None else known_until)
    return False if is_over and not any(at < end for at in exits_at) else None


def slow_snapshots(
    events: list[Event], dates: list[dt.datetime], exits: list[str]
) -> list[tuple[str, dt.datetime]]:
    """Return each account and date at which an event was known, and no exit."""
    found = []
    for account in sorted({each.account for each in events}):
        for date in dates:
            known = [
                each
                for each in events
                if each.account == account and each.at < date and (each.recorded or each.at) < date
            ]
            if known and not any(is_a(each, name) for each in known for name in exits):
                found.append((account, date))
    return found


def slow_extra(
    events: list[Event], as_of: dt.datetime, *, grace_days: int = 3, kept_share: float = 1.0
) -> dict[str, dict[str, Any]]:
    """Return the further columns of each account, event by event."""
    known = [each for each in events if each.at < as_of and (each.recorded or each.at) < as_of]
    result = {}
    for account in sorted({each.account for each in known}):
        own = [each for each in known if each.account == account]
        row: dict[str, Any] = {}
        for name, channels in ATTEMPT_CHANNELS.items():
            for days in (7, 30, 90):
                first = as_of.date() - dt.timedelta(days)
                row[f"{name}_attempts_{days}_days"] = sum(
                    each.kind.is_attempt
                    and (each.channel or each.kind.channel) in channels
                    and each.at.date() >= first
                    for each in own
                )
        contacts = [each.at.date() for each in own if each.kind.reached]
        paid = [each.at.date() for each in own if each.kind.effect == "payment" and (each.cents or 0) > 0]
        for what, days_of in (("contact", contacts), ("payment", paid)):
            row[f"days_since_{what}"] = (as_of.date() - max(days_of)).days if days_of else None
        states = _states(own, as_of, grace_days, kept_share)
        promised = [each for each in own if each.kind.effect == "promise"]
        settled = [states[each.at, each.due_on] for each in promised]
        settled = [state for state in settled if state != "pending"]
        row["share_of_promises_kept"] = settled.count("kept") / len(settled) if settled else None
        result[account] = row
    return result
