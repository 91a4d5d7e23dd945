"""The fields of borrowers that a log knows, as expressions that the engine of the log runs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._borrower import Attitude
from collectrisk._channel import Channel
from collectrisk.history._attitude import attitude_of
from collectrisk.history._engines import shared
from collectrisk.history._events import MESSAGES
from collectrisk.history._promises import promise_states
from collectrisk.history._tables import constant, units_of

if TYPE_CHECKING:
    from collectrisk.history._attitude import AttitudeRule
    from collectrisk.history._events import Known

FIELDS: dict[str, Any] = {
    "failed_messages": 0,
    "failed_calls": 0,
    "broken_promises": 0,
    "attitude": Attitude.UNKNOWN.value,
    "placed_with_agency": False,
    "repayment_plan": False,
}
"""The fields that a log knows, and their values for an account without events."""

NEARLY = 1e-6
"""Added before a share of units is rounded down: 0.29 times 100 is a little less than 29."""

STAMPS = ("agency_placed", "agency_recalled", "plan_started", "plan_ended")
SIGNS = {Attitude.HOSTILE: "hostile", Attitude.EVASIVE: "evasive", Attitude.PASSIVE: "passive"}


@attrs.frozen
class Definitions:
    """What a log's fields mean.

    Attributes
    ----------
    grace_days : int
        The number of days after its due date within which a promise is not yet broken.
    kept_share : float
        The share of a promise that must be paid.
    failed_since : int or None
        The number of days in which failed attempts count; None since the last result.
    attitude_rules : tuple of AttitudeRule
        The rules of the attitude.
    decimals : int
        The decimals of the currency, in whose smallest unit amounts are compared.
    """

    grace_days: int
    kept_share: float
    failed_since: int | None
    attitude_rules: tuple[AttitudeRule, ...]
    decimals: int


def fields_of(known: Known, definitions: Definitions) -> Any:
    """Return one row for each account, or account and moment, with all fields.

    The few events that change what others mean (results, promises, placements) are aggregated first,
    and joined to all events once.
    """
    latest = shared(_latest(known, definitions))
    return _finished(_counted(known, latest, definitions), known, definitions)


def _flag(condition: nw.Expr) -> nw.Expr:
    return condition.fill_null(value=False).cast(nw.Int64)


def _count(name: str) -> nw.Expr:
    return nw.col(name).fill_null(0).cast(nw.Int64)


def _latest(known: Known, definitions: Definitions) -> Any:
    """Return the accounts that have any such event: when the last of each was, and their promises."""
    events, by, at = known.events, known.by, nw.col("happened_at")
    cooperative = events.counts(lambda kind: kind.shows is Attitude.COOPERATIVE and kind.effect != "promise")
    stamps = {
        "result": events.counts(lambda kind: kind.result),
        "since": cooperative,
        **{name: events.effect(name) for name in STAMPS},
    }
    relevant = known.rows.filter(
        events.where(
            lambda kind: (
                kind.result or kind.shows is Attitude.COOPERATIVE or kind.effect in {"promise", *STAMPS}
            )
        )
    )
    marked = relevant.select(
        *by,
        *(nw.when(found).then(at).alias(name) for name, found in stamps.items()),
        cooperative=_flag(cooperative),
    )
    latest = marked.group_by(by).agg(*(nw.col(name).max() for name in stamps), nw.col("cooperative").sum())
    latest = latest.join(_promised(known, definitions), on=by, how="left")
    since, promised = nw.col("since"), nw.col("promised_at")
    return latest.with_columns(
        since=nw.when(promised.is_null() | (since > promised).fill_null(value=False))
        .then(since)
        .otherwise(promised),
        cooperative=_count("cooperative") + _count("promised"),
        broken_promises=_count("broken_promises"),
    ).drop("promised", "promised_at")


def _promised(known: Known, definitions: Definitions) -> Any:
    """Return the number of broken promises, and the number and the last of others that show cooperation."""
    states, by = promises_of(known, definitions), known.by
    broken = (nw.col("kept") == 0) & (nw.col("end") <= known.midnight)
    shows = (nw.col("shows") == 1) & ~broken
    states = states.select(
        *by,
        broken_promises=_flag(broken) * nw.col("promises"),
        promised=_flag(shows) * nw.col("promises"),
        promised_at=nw.when(shows).then(nw.col("made")),
    )
    return states.group_by(by).agg(
        nw.col("broken_promises").sum(), nw.col("promised").sum(), nw.col("promised_at").max()
    )


def promises_of(known: Known, definitions: Definitions) -> Any:
    """Return the states of all promises."""
    events, rows, by = known.events, known.rows, known.by
    payments, promises = (rows.filter(events.effect(each)) for each in ("payment", "promise"))
    if not known.is_valid:
        payments, promises = (frame.filter(nw.col("invalid") == 0) for frame in (payments, promises))
    has_amounts, decimals = "amount" in events.table, definitions.decimals
    one = constant(1, "happened_at")
    payments = payments.select(
        *by,
        at=nw.col("happened_at"),
        paid=units_of(nw.col("amount"), decimals) if has_amounts else one,
    )
    due = "due_on" if "due_on" in events.table else "happened_at"
    promises = promises.select(
        *by,
        made=nw.col("happened_at"),
        due=nw.col(due).dt.truncate("1d"),
        # A promise without an amount is kept by any payment.
        amount=units_of(nw.col("amount").fill_null(10.0**-decimals), decimals) if has_amounts else one,
        shows=_flag(events.shows(Attitude.COOPERATIVE)),
    )
    # Promises that are made at the same time for the same day are one promise.
    promises = promises.group_by([*by, "made", "due"]).agg(
        nw.col("amount").sum(), nw.len().alias("promises"), nw.col("shows").max()
    )
    promises = promises.with_columns(_count(name).alias(name) for name in ("amount", "promises", "shows"))
    share = nw.col("amount").cast(nw.Float64) * definitions.kept_share
    part = (share + NEARLY).floor().cast(nw.Int64)
    promises = promises.with_columns(
        end=nw.col("due") + dt.timedelta(definitions.grace_days + 1),
        need=nw.max_horizontal(part, constant(1, "made")),
    )
    return promise_states(promises, payments, by)


def _counted(known: Known, latest: Any, definitions: Definitions) -> Any:
    """Return all accounts with the numbers of failed attempts and of signs of each adverse attitude."""
    events, rows, by = known.events, known.rows, known.by
    at, days = nw.col("happened_at"), definitions.failed_since
    recent = (
        nw.col("result").is_null() | (at > nw.col("result"))
        if days is None
        else at >= known.days_before(days)
    )
    failed = events.where(lambda kind: kind.failed) & recent
    later = nw.col("since").is_null() | (at > nw.col("since"))
    flags = {
        "failed_messages": failed & events.on(*MESSAGES),
        "failed_calls": failed & events.on(Channel.PHONE_CALL.value),
        **{name: later & events.shows(sign) for sign, name in SIGNS.items()},
    }
    aggregated = [nw.col(name).sum() for name in flags]
    kept = by if known.is_valid else [*by, "invalid"]
    if not known.is_valid:
        aggregated.append(nw.col("invalid").max())
    carried = [name for name in latest.collect_schema().names() if name not in by]
    flagged = [_flag(flag).alias(name) for name, flag in flags.items()]
    if isinstance(rows, nw.LazyFrame) and not rows.implementation.is_polars():
        # An SQL engine would compute the latest events twice, so their columns pass through the groups.
        joined = rows.join(latest, on=by, how="left").select(*kept, *carried, *flagged)
        return joined.group_by(by).agg(*aggregated, *(nw.col(name).max() for name in carried))
    joined = rows.join(latest.select(*by, "result", "since"), on=by, how="left").select(*kept, *flagged)
    return joined.group_by(by).agg(*aggregated).join(latest, on=by, how="left")


def _finished(counted: Any, known: Known, definitions: Definitions) -> Any:
    counts = {**SIGNS, Attitude.COOPERATIVE: "cooperative"}

    def lasts(start: str, end: str) -> nw.Expr:
        started, ended = nw.col(start), nw.col(end)
        return (~started.is_null() & (ended.is_null() | (started >= ended))).fill_null(value=False)

    values = {
        **{name: _count(name) for name in ("failed_messages", "failed_calls", "broken_promises")},
        "attitude": attitude_of(definitions.attitude_rules, counts),
        "placed_with_agency": lasts("agency_placed", "agency_recalled"),
        "repayment_plan": lasts("plan_started", "plan_ended"),
    }
    if known.is_valid:
        return counted.select(*known.by, *(values[name].alias(name) for name in FIELDS))
    valid = nw.col("invalid") == 0
    return counted.select(*known.by, *(nw.when(valid).then(values[name]).alias(name) for name in FIELDS))
