"""The fields of borrowers that a log knows, as expressions that the engine of the log runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from collectrisk._borrower import Attitude
from collectrisk._channel import Channel
from collectrisk.history._attitude import attitude_of
from collectrisk.history._events import MESSAGES
from collectrisk.history._promises import promise_states
from collectrisk.history._tables import constant, day_of, units_of

if TYPE_CHECKING:
    from collectrisk.history._attitude import AttitudeRule
    from collectrisk.history._events import Events

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


def fields_of(events: Events, rows: Any, by: list[str], definitions: Definitions) -> Any:
    """Return one row for each account, or account and moment, with all fields.

    Each kind of event is aggregated before it is joined, and each part of the query is used once,
    because SQL engines compute a part again wherever it is used.

    Parameters
    ----------
    events : Events
        What the codes mean.
    rows : narwhals frame
        The events that are known, with the columns `by`, ``as_of_day`` and ``invalid``.
    by : list of str
        The columns that identify the result's rows.
    definitions : Definitions
        What the fields mean.
    """
    at = nw.col("happened_at")
    cooperative = events.counts(lambda kind: kind.shows is Attitude.COOPERATIVE and kind.effect != "promise")
    kinds = {
        "result": events.counts(lambda kind: kind.result),
        "since": cooperative,
        **{name: events.effect(name) for name in STAMPS},
    }
    marked = rows.with_columns(
        *(nw.when(found).then(at).alias(name) for name, found in kinds.items()),
        cooperative=_flag(cooperative),
    )
    accounts = marked.group_by(by).agg(
        *(nw.col(name).max() for name in (*kinds, "invalid")), nw.col("cooperative").sum()
    )
    accounts = accounts.join(_promised(events, rows, by, definitions), on=by, how="left")
    promised = nw.col("promised_at")
    accounts = accounts.with_columns(
        since=nw.when(promised.is_null() | (nw.col("since") > promised).fill_null(value=False))
        .then(nw.col("since"))
        .otherwise(promised),
        cooperative=_count("cooperative") + _count("promised"),
        broken_promises=_count("broken_promises"),
    ).drop("promised", "promised_at")
    return _finished(_counted(events, rows, accounts, by, definitions), by, definitions)


def _flag(condition: nw.Expr) -> nw.Expr:
    return condition.fill_null(value=False).cast(nw.Int64)


def _count(name: str) -> nw.Expr:
    return nw.col(name).fill_null(0).cast(nw.Int64)


def _promised(events: Events, rows: Any, by: list[str], definitions: Definitions) -> Any:
    """Return the number of broken promises, and the number and the last of others that show cooperation."""
    states = promises_of(events, rows, by, definitions)
    shows = (nw.col("shows") == 1) & (nw.col("broken") == 0)
    states = states.with_columns(
        broken_promises=nw.col("broken") * nw.col("promises"),
        promised=_flag(shows) * nw.col("promises"),
        promised_at=nw.when(shows).then(nw.col("made")),
    )
    return states.group_by(by).agg(
        nw.col("broken_promises").sum(), nw.col("promised").sum(), nw.col("promised_at").max()
    )


def promises_of(events: Events, rows: Any, by: list[str], definitions: Definitions) -> Any:
    """Return the states of all promises."""
    valid = nw.col("invalid") == 0
    payments, promises = (rows.filter(events.effect(each) & valid) for each in ("payment", "promise"))
    has_amounts, decimals = "amount" in events.table, definitions.decimals
    one = constant(1, "happened_at")
    payments = payments.select(
        *by,
        at=nw.col("happened_at"),
        day=day_of("happened_at"),
        paid=units_of(nw.col("amount"), decimals) if has_amounts else one,
    )
    due = "due_on" if "due_on" in events.table else "happened_at"
    promises = promises.select(
        *by,
        "as_of_day",
        made=nw.col("happened_at"),
        deadline=day_of(due) + definitions.grace_days,
        # A promise without an amount is kept by any payment.
        amount=units_of(nw.col("amount").fill_null(10.0**-decimals), decimals) if has_amounts else one,
        promises=one,
        shows=_flag(events.shows(Attitude.COOPERATIVE)),
    )
    # Promises that are made at the same time for the same day are one promise.
    promises = promises.group_by([*by, "as_of_day", "made", "deadline"]).agg(
        nw.col("amount").sum(), nw.col("promises").sum(), nw.col("shows").max()
    )
    promises = promises.with_columns(_count(name).alias(name) for name in ("amount", "promises", "shows"))
    share = nw.col("amount").cast(nw.Float64) * definitions.kept_share
    part = (share + NEARLY).floor().cast(nw.Int64)
    return promise_states(
        promises.with_columns(need=nw.max_horizontal(part, constant(1, "made"))), payments, by
    )


def _counted(events: Events, rows: Any, accounts: Any, by: list[str], definitions: Definitions) -> Any:
    """Return the accounts with the numbers of failed attempts and of signs of each adverse attitude."""
    at, days = nw.col("happened_at"), definitions.failed_since
    recent = (
        nw.col("result").is_null() | (at > nw.col("result"))
        if days is None
        else day_of("happened_at") >= nw.col("as_of_day") - days
    )
    failed = events.where(lambda kind: kind.failed) & recent
    later = nw.col("since").is_null() | (at > nw.col("since"))
    flags = {
        "failed_messages": failed & events.on(*MESSAGES),
        "failed_calls": failed & events.on(Channel.PHONE_CALL.value),
        **{name: later & events.shows(sign) for sign, name in SIGNS.items()},
    }
    counts = [nw.col(name).sum() for name in flags]
    flagged = [_flag(flag).alias(name) for name, flag in flags.items()]
    if isinstance(accounts, nw.LazyFrame) and not accounts.implementation.is_polars():
        # An SQL engine would compute the accounts twice, so their columns pass through the groups.
        others = [nw.col(name).max() for name in accounts.collect_schema().names() if name not in by]
        joined = rows.drop("invalid").join(accounts, on=by, how="left").with_columns(*flagged)
        return joined.group_by(by).agg(*counts, *others)
    relevant = rows.drop("invalid").filter(events.where(lambda kind: kind.failed or kind.shows in SIGNS))
    joined = relevant.join(accounts.select(*by, "result", "since"), on=by, how="left")
    counted = joined.with_columns(*flagged).group_by(by).agg(*counts)
    return accounts.join(counted, on=by, how="left").with_columns(_count(name) for name in flags)


def _finished(counted: Any, by: list[str], definitions: Definitions) -> Any:
    counts = {**SIGNS, Attitude.COOPERATIVE: "cooperative"}

    def lasts(start: str, end: str) -> nw.Expr:
        started, ended = nw.col(start), nw.col(end)
        return (~started.is_null() & (ended.is_null() | (started >= ended))).fill_null(value=False)

    values = {
        **{
            name: nw.col(name).cast(nw.Int64)
            for name in ("failed_messages", "failed_calls", "broken_promises")
        },
        "attitude": attitude_of(definitions.attitude_rules, counts),
        "placed_with_agency": lasts("agency_placed", "agency_recalled"),
        "repayment_plan": lasts("plan_started", "plan_ended"),
    }
    if isinstance(counted, nw.DataFrame):  # whose events are valid
        return counted.select(*by, *(values[name].alias(name) for name in FIELDS))
    valid = nw.col("invalid") == 0
    return counted.select(*by, *(nw.when(valid).then(values[name]).alias(name) for name in FIELDS))
