"""Columns beside the fields of borrowers: attempts in windows, days since the last events, promises kept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from collectrisk._channel import Channel
from collectrisk._fields import is_boolean
from collectrisk._frames import ordinal_day
from collectrisk.errors import ArgumentError, did_you_mean, shown
from collectrisk.history._fields import promises_of
from collectrisk.history._tables import day_number

if TYPE_CHECKING:
    from collectrisk.history._events import Known
    from collectrisk.history._fields import Definitions

CHANNELS = {
    "message": tuple(channel.value for channel in Channel if channel.is_message),
    "letter": (Channel.LETTER.value,),
    "call": (Channel.PHONE_CALL.value,),
    "visit": (Channel.FIELD_VISIT.value,),
}
WINDOWS = (7, 30, 90)
ATTEMPTS = {f"{name}_attempts_{days}_days": (name, days) for name in CHANNELS for days in WINDOWS}
LAST = ("days_since_contact", "days_since_payment")
KEPT = "share_of_promises_kept"

EXTRA: dict[str, int | None] = {**dict.fromkeys(ATTEMPTS, 0), **dict.fromkeys((*LAST, KEPT))}
"""The columns, and their values for an account without events."""


def extra_names(extra: Any) -> tuple[str, ...]:
    """Return the columns that are asked for, or raise `ArgumentError`."""
    if is_boolean(extra):
        return tuple(EXTRA) if extra else ()
    if not isinstance(extra, (list, tuple)):
        raise ArgumentError("extra", f"must be True, False or a list of names, not {shown(extra)}")
    for name in extra:
        if name not in EXTRA:
            guess = did_you_mean(name, EXTRA)
            raise ArgumentError("extra", f"must name some of {', '.join(EXTRA)}, not {shown(name)}{guess}")
    return tuple(dict.fromkeys(extra))


def with_extra(fields: Any, known: Known, definitions: Definitions, names: tuple[str, ...]) -> Any:
    """Return the fields with further columns; those of an account with an invalid event are null."""
    if not names:
        return fields
    found = _counted(known, names)
    if KEPT in names:
        found = found.join(_kept(known, definitions), on=known.by, how="left")
    values = {name: nw.col(name) for name in names}
    values |= {name: nw.col(name).cast(nw.Int64) for name in names if name in ATTEMPTS}
    values |= {name: _days_since(known, name) for name in names if name in LAST}
    if not known.is_valid:
        values = {name: nw.when(nw.col("invalid") == 0).then(value) for name, value in values.items()}
    found = found.select(*known.by, *(value.alias(name) for name, value in values.items()))
    return fields.join(found, on=known.by, how="left")


def _counted(known: Known, names: tuple[str, ...]) -> Any:
    """Return the numbers of attempts, and when the last contact and the last payment were."""
    events, at = known.events, nw.col("happened_at")
    is_attempt = events.where(lambda kind: kind.is_attempt)
    lasts = {
        "days_since_contact": events.where(lambda kind: kind.reached),
        "days_since_payment": events.counts(lambda kind: kind.effect == "payment"),
    }
    columns, aggregated = [], []
    for name in names:
        if name in ATTEMPTS:
            channel, days = ATTEMPTS[name]
            counts = is_attempt & events.on(*CHANNELS[channel]) & (at >= known.days_before(days))
            columns.append(counts.fill_null(value=False).cast(nw.Int64).alias(name))
            aggregated.append(nw.col(name).sum())
        elif name in LAST:
            columns.append(nw.when(lasts[name]).then(at).alias(name))
            aggregated.append(nw.col(name).max())
    if not known.is_valid:
        columns.append(nw.col("invalid"))
        aggregated.append(nw.col("invalid").max())
    # At least one column is aggregated, so that the groups are those of all accounts.
    columns.append(nw.col("happened_at"))
    aggregated.append(nw.col("happened_at").max())
    return known.rows.select(*known.by, *columns).group_by(known.by).agg(*aggregated)


def _days_since(known: Known, name: str) -> nw.Expr:
    """Return the number of days from the day of a stamp to that of the moment, as a float or null."""
    midnight = known.midnight
    if isinstance(midnight, dt.datetime):
        return float(midnight.toordinal()) - day_number(name)
    return ordinal_day(midnight) - day_number(name)


def _kept(known: Known, definitions: Definitions) -> Any:
    """Return the share of promises that were kept, among those that were kept or broken."""
    states = promises_of(known, definitions)
    kept, is_over = nw.col("kept") == 1, nw.col("end") <= known.midnight
    number = nw.col("promises").cast(nw.Float64)
    states = states.select(
        *known.by,
        kept=nw.when(kept).then(number).otherwise(0.0),
        settled=nw.when(kept | is_over).then(number).otherwise(0.0),
    )
    totals = states.group_by(known.by).agg(nw.col("kept").sum(), nw.col("settled").sum())
    share = nw.when(nw.col("settled") > 0).then(nw.col("kept") / nw.col("settled"))
    return totals.select(*known.by, share.alias(KEPT))
