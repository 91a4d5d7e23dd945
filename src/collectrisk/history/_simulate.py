"""A simulated log and ledger of accounts whose fields are known."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk._borrower import Borrower
from collectrisk._fields import field_specs
from collectrisk._frames import open_frame, read_columns
from collectrisk._zones import offsets
from collectrisk.errors import ArgumentError
from collectrisk.history._arrears import whole_number
from collectrisk.history._codes import CODES
from collectrisk.history._kinds import EventKind
from collectrisk.history._simulated_events import CHANNELS, simulated_events
from collectrisk.history._simulated_ledger import DAY, Schedule, instalments
from collectrisk.history._timeline import Accounts
from collectrisk.history._times import AsOf, to_zone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from collectrisk._typing import Array

LARGEST_SEED = 2**32 - 1
FIRST_YEAR, LAST_YEAR = 1900, 9000
MINUTE = np.timedelta64(1, "m")
HUNG_UP = EventKind(
    "hung_up",
    "The borrower hung up when the caller gave a name.",
    channel="phone_call",
    is_attempt=True,
    failed=True,
    connected=True,
    reached=True,
    shows="evasive",
)
PLAN_BY_ADVISER = EventKind(
    "plan_by_adviser", "A debt adviser arranged a repayment plan.", result=True, effect="plan_started"
)
_COMMON = {**CODES["dialler"], **CODES["messages"], **CODES["account"]}
SIMULATED_CODES: Mapping[str, str | EventKind] = MappingProxyType(
    {
        **{
            code: _COMMON[code]
            for code in (
                *("SMS", "EMAIL", "SMS REPLY", "LETTER", "RTS"),
                *("NA", "LM", "WN", "DC", "RPC", "REF", "PTP", "BP"),
                *("PAY", "ARR", "BROKEN ARRANGEMENT", "PLACED", "RECALLED", "VISIT", "VISIT MET"),
            )
        },
        "HU": HUNG_UP,
        "DMP": PLAN_BY_ADVISER,
    }
)


@attrs.frozen(kw_only=True)
class SimulatedLog:
    """A simulated log and ledger; see `simulate_log`.

    Parameters
    ----------
    events : frame
        One row for each event, in order of time, with the columns ``event_id``, ``account_id``,
        ``happened_at``, ``recorded_at``, ``event``, ``channel``, ``amount`` and ``due_on``.
    instalments : frame
        One row for each instalment, with the columns ``account_id``, ``due_on`` and ``amount_due``.
    payments : frame
        One row for each payment, with the columns ``account_id``, ``paid_on``, ``recorded_at`` and
        ``amount_paid``.
    codes : mapping of str to str or EventKind
        The kind of event that each code means.
    zone : ZoneInfo or None
        The zone of the times.
    """

    events: Any = attrs.field(repr=False)
    instalments: Any = attrs.field(repr=False)
    payments: Any = attrs.field(repr=False)
    codes: Mapping[str, str | EventKind] = attrs.field(repr=False)
    zone: ZoneInfo | None


def simulate_log(
    accounts: Any, as_of: dt.date | str, *, seed: int = 0, zone: ZoneInfo | str | None = "Asia/Shanghai"
) -> SimulatedLog:
    """Return a log and a ledger from which the fields of accounts follow as of a moment.

    For examples and tests, where real logs are not available: the true value of each field is known.

    Parameters
    ----------
    accounts : eager frame
        One row for each account, as `simulate_portfolio` returns it. Fields that are absent have their
        defaults; ``borrower_id`` becomes ``account_id``.
    as_of : date, datetime or str
        The moment. Of a datetime, the beginning of its day counts.
    seed : int, default 0
        The seed of the random numbers. The events are the same in every kind of frame.
    zone : ZoneInfo or str, optional
        The time zone of the events, whose times have its UTC offset; None for times without an offset.

    Returns
    -------
    SimulatedLog
        Frames of the same kind as the accounts, and the codes of the events.

    Raises
    ------
    InvalidRowsError
        If a row is not a valid borrower.
    ArgumentError
        If another argument is not valid; accounts have no or no different ids; or an account has days
        past due and nothing overdue, or the other way round.

    Notes
    -----
    The fields follow from the events by the default definitions of `ContactLog`: exactly, except that an
    account without events is in no row of `ContactLog.fields`, and amounts are rounded to hundredths.
    All numbers are defaults of this library.

    The failed attempts that count are distributed over the days since the last result. Before it are four
    more attempts, on average, which do not count any more; each broken promise, a part of which was
    sometimes paid; and the last sign of cooperation of a cooperative borrower: a payment, a kept or a
    pending promise, or an answer to a message. Signs of the other attitudes are refusals, conversations
    without a result, and calls that were hung up. Some accounts had an earlier plan or placement.

    The unpaid amount is up to 12 monthly instalments. One to four earlier ones were paid in time. All
    payments in the log are in the ledger, too.

    Of the accounts, 1.5 % each had a conversation and a payment on the last day that were recorded later.
    What happens in the year after the moment is in the log as well: attempts, promises, payments, and a
    visit whose probability increases with days past due, failed attempts, broken promises and placement,
    is higher for evasive and hostile borrowers, and lower for cooperative ones and with a plan.

    Examples
    --------
    >>> import collectrisk as cr
    >>> from collectrisk.history import ContactLog, simulate_log
    >>> accounts = cr.simulate_portfolio(100, seed=1, backend="polars")
    >>> simulated = simulate_log(accounts, as_of="2026-11-01", seed=1)
    >>> log = ContactLog(simulated.events, codes=simulated.codes, zone=simulated.zone)
    >>> fields = log.attach(accounts.select(account_id="borrower_id"), as_of="2026-11-01")
    >>> fields["failed_calls"].equals(accounts["failed_calls"])
    True
    """
    place = to_zone(zone)
    moment = AsOf.parse(as_of, place).midnight
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ArgumentError("as_of", f"must be in the years {FIRST_YEAR} to {LAST_YEAR}, not {moment.year}")
    rng = np.random.default_rng(whole_number("seed", seed, LARGEST_SEED))
    frame = open_frame(accounts)
    if isinstance(frame, nw.LazyFrame):
        raise ArgumentError("accounts", "must be an eager frame: collect it first")
    fields = _read(frame)
    amount = (fields.pop("amount_overdue") * 100).round().astype(np.int64)
    ids, days = fields.pop("borrower_id"), fields["days_past_due"]
    _check(ids, amount, days)
    today = np.datetime64(moment.date(), "D")
    schedule = Schedule.of(today, days, amount)
    events = simulated_events(
        Accounts(
            days,
            fields["failed_messages"],
            fields["failed_calls"],
            fields["broken_promises"],
            fields["attitude"],
            fields["placed_with_agency"],
            fields["repayment_plan"],
            schedule.unit,
        ),
        rng,
    )
    tables = {
        "events": _events(events, ids, moment),
        **_ledger(events, ids, moment, schedule, rng),
    }
    frames = {name: _frame(columns, frame.implementation, place) for name, columns in tables.items()}
    return SimulatedLog(**frames, codes=SIMULATED_CODES, zone=place)


def _read(frame: Any) -> dict[str, Array]:
    """Return the fields of the accounts as arrays, one value for each row."""
    specs = {name: spec for name, spec in field_specs(Borrower).items() if name != "product"}
    record, rows = read_columns(frame, Borrower, specs, None)
    fields = {}
    for name, spec in specs.items():
        values = getattr(record, name)
        if hasattr(values, "levels"):
            values = np.array([*values.levels, None], dtype=object).take(values.codes)
        kind: Any = {"number": np.int64, "flag": np.bool_}.get(spec.validator.kind, object)
        kind = np.float64 if name == "amount_overdue" else kind
        fields[name] = np.broadcast_to(np.asarray(values), (rows,)).astype(kind)
    return fields


def _check(ids: Array, amount: Array, days: Array) -> None:
    """Raise `ArgumentError` unless a log and a ledger can be made of the accounts."""
    if any(each is None for each in ids) or len(set(ids)) < len(ids):
        raise ArgumentError("accounts", "must have a different borrower_id in each row")
    wrong = np.flatnonzero((amount > 0) != (days > 0))
    if len(wrong):
        row = int(wrong[0])
        raise ArgumentError(
            "accounts",
            "must have either both an amount_overdue of 0.01 or more and days_past_due, or neither: row "
            f"{row} has {float(amount[row]) / 100:,.2f} and {int(days[row])}",
        )


def _events(events: Mapping[str, Array], ids: Array, moment: dt.datetime) -> dict[str, Any]:
    minutes = events["minute"] - events["day"] * 1440
    order = np.lexsort((events["account"], minutes))
    happened = np.datetime64(moment, "us") + minutes[order] * MINUTE
    code, amount = events["code"][order].astype(object), events["amount"][order]
    today = np.datetime64(moment.date(), "D")
    return {
        "event_id": [f"E{number:08d}" for number in range(1, len(order) + 1)],
        "account_id": ids[events["account"][order]],
        "happened_at": happened,
        "recorded_at": happened + events["recorded_after"][order] * MINUTE,
        "event": code,
        "channel": [CHANNELS.get(each, "") for each in code],
        "amount": np.where(amount > 0, amount / 100, np.nan),
        "due_on": np.where(code == "PTP", today - events["due"][order] * DAY, np.datetime64("NaT")),
    }


def _ledger(
    events: Mapping[str, Array],
    ids: Array,
    moment: dt.datetime,
    schedule: Schedule,
    rng: np.random.Generator,
) -> dict[str, dict[str, Any]]:
    """Return the instalments, and the payments: those of the log, and earlier ones in time."""
    is_payment = events["code"] == "PAY"
    account, day, cents = (events[name][is_payment] for name in ("account", "day", "amount"))
    after = (events["minute"] + events["recorded_after"])[is_payment]
    known = day * 1440 > after
    paid = np.bincount(account[known], cents[known], len(ids)).astype(np.int64)
    places, number, due, amounts = instalments(schedule, paid, rng.integers(1, 5, len(ids)))
    early = number < 0
    today = np.datetime64(moment.date(), "D")
    paid_on = np.concatenate([due[early] + rng.integers(0, 3, early.sum()) * DAY, today - day * DAY])
    recorded = np.concatenate([np.full(early.sum(), 30 * 60), after])
    who = np.concatenate([places[early], account])
    order = np.lexsort((paid_on, who))
    return {
        "instalments": {"account_id": ids[places], "due_on": due, "amount_due": amounts / 100},
        "payments": {
            "account_id": ids[who[order]],
            "paid_on": paid_on[order],
            "recorded_at": paid_on[order].astype("datetime64[us]") + recorded[order] * MINUTE,
            "amount_paid": np.concatenate([amounts[early], cents])[order] / 100,
        },
    }


def _frame(columns: dict[str, Any], backend: Any, zone: ZoneInfo | None) -> Any:
    """Return columns as a frame; times are those of the zone, and what is missing is null."""
    date = nw.Datetime("us") if backend.is_pandas_like() else nw.Date()
    types: dict[str, Any] = {"due_on": date, "paid_on": date}
    types |= {"happened_at": nw.Datetime("us"), "recorded_at": nw.Datetime("us")}
    types |= dict.fromkeys(("amount", "amount_due", "amount_paid"), nw.Float64())
    schema = {name: types.get(name, nw.String()) for name in columns}
    times = [name for name in ("happened_at", "recorded_at") if name in columns and zone is not None]
    utc = {name: _utc(columns[name], zone) for name in times}
    values = {name: _values(each, schema[name]) for name, each in (columns | utc).items()}
    frame = nw.from_dict(values, schema=schema, backend=backend)
    # pandas would turn None into text.
    for name, known in (("amount", ~nw.col("amount").is_nan()), ("channel", nw.col("channel") != "")):
        if name in columns:
            frame = frame.with_columns(nw.when(known).then(nw.col(name)).alias(name))
    if zone is not None:
        frame = frame.with_columns(
            nw.col(name).dt.replace_time_zone("UTC").dt.convert_time_zone(zone.key) for name in times
        )
    return frame.to_native()


def _values(values: Any, dtype: Any) -> Any:
    if dtype == nw.Datetime:
        return values.astype("datetime64[us]")
    # polars would keep an array of Python objects as it is.
    return list(values) if dtype == nw.String else values


def _utc(times: Array, zone: Any) -> Array:
    """Return local times as times in UTC, by the offset at noon; clocks change at night."""
    days, places = np.unique(times.astype("datetime64[D]"), return_inverse=True)
    noon = dt.timedelta(hours=12)
    shifts = [offsets(day + noon, zone)[0] for day in days.astype("datetime64[us]").tolist()]
    utc: Array = times - np.array(shifts, "timedelta64[us]")[places]
    return utc
