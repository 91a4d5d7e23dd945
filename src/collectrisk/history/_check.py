"""Checking a log: every problem of its rows at once, and what it contains."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw
import numpy as np

from collectrisk.errors import ColumnProblem, printable, shown
from collectrisk.history._attach import ACCOUNT
from collectrisk.history._tables import NEVER, UNTIL, end_of, moment_of
from collectrisk.history._times import changed_hours

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from collectrisk.history._events import Events
    from collectrisk.history._tables import Table
    from collectrisk.history._times import AsOf

CODES_SHOWN = 20


@attrs.frozen(kw_only=True, slots=False)
class LogCheck:
    """What a log contains, and every problem of its rows.

    Parameters
    ----------
    rows : int
        The number of rows.
    problems : tuple of ColumnProblem
        The problems; with any of them, the fields of an eager log are an error, and those of the
        accounts concerned are null in a lazy one.
    repeated_rows : int
        The number of rows that are like an earlier one in every column that the log reads. They count
        as events: drop them from the frame if they are not.
    kinds : mapping of str to int
        The number of events of each kind.
    has_recorded_at : bool
        Whether the log says when each event was recorded. If not, an event that was entered late
        counts from the moment when it happened, although it was not known then.
    known_until : datetime or None
        The local time until which the log is taken to be complete: its latest event; or, if that is
        earlier, the latest moment at which an event was recorded. None if there are no events.
    unknown_accounts, accounts_without_events : int or None
        If accounts were passed to the check: the number of accounts in the log that are not among them,
        whose events `attach` leaves out; and the number of those without events in the log, which have
        the defaults. If both are large, the ids may be written differently.

    Examples
    --------
    >>> import polars as pl
    >>> from collectrisk.history import ContactLog
    >>> events = pl.DataFrame(
    ...     {"account_id": ["A", "A"], "happened_at": ["2026-10-01"] * 2, "event": ["no_answer", "XX"]}
    ... ).with_columns(pl.col("happened_at").str.to_datetime())
    >>> print(ContactLog(events).check())
    2 rows: 1 no_answer
    0 rows repeat an earlier one
    known until 2026-10-01 00:00
    there is no column 'recorded_at': events count from the moment when they happened
    1 problem:
    - column 'event' must be a code that `codes` maps, or ...; 1 invalid row (row 1: 'XX'); 'XX' (1 row)
    """

    rows: int
    problems: tuple[ColumnProblem, ...]
    repeated_rows: int
    kinds: Mapping[str, int]
    has_recorded_at: bool
    known_until: dt.datetime | None
    unknown_accounts: int | None = None
    accounts_without_events: int | None = None

    @property
    def ok(self) -> bool:
        """Whether there are no problems."""
        return not self.problems

    @cached_property
    def _text(self) -> str:
        kinds = ", ".join(f"{count:,} {name}" for name, count in self.kinds.items())
        lines = [
            f"{self.rows:,} rows: {kinds or 'no events'}",
            f"{self.repeated_rows:,} rows repeat an earlier one",
        ]
        if self.known_until is not None:
            lines.append(f"known until {self.known_until.isoformat(' ', 'minutes')}")
        if not self.has_recorded_at:
            lines.append("there is no column 'recorded_at': events count from the moment when they happened")
        if self.unknown_accounts is not None:
            lines.append(f"{self.unknown_accounts:,} accounts of the log are not among the accounts")
            lines.append(f"{self.accounts_without_events:,} of the accounts have no events in the log")
        count = len(self.problems)
        lines.append(f"{count} problem{'s' * (count != 1)}{':' * bool(count)}")
        return printable("\n".join([*lines, *(f"- {problem.describe()}" for problem in self.problems)]))

    def __str__(self) -> str:
        return self._text


def problems_of(events: Events, zone: ZoneInfo | None) -> tuple[ColumnProblem, ...]:
    """Return the problems of a log's rows; those of clock changes only if a zone is given."""
    table = events.table
    problems = list(table.problems()) if isinstance(table.frame, nw.DataFrame) else _lazy_problems(events)
    problems = [
        attrs.evolve(each, hint=_unmapped(events)) if "codes" in each.requirement else each
        for each in problems
    ]
    problems += _duplicates(events)
    if zone is not None and isinstance(table.frame, nw.DataFrame):
        problems += [
            problem
            for name in ("happened_at", "recorded_at")
            if name in table.naive
            for problem in _clock_changes(events, name, zone)
        ]
    return tuple(problems)


def future_of(events: Events, as_of: AsOf) -> list[ColumnProblem]:
    """Return the problem of events at or after a moment."""
    table = events.table
    late = (~table.known_before("happened_at", as_of)).fill_null(value=False)
    return _problems(events, "happened_at", late, f"before {as_of.local.isoformat(' ')}")


def _problems(events: Events, name: str, invalid: nw.Expr, requirement: str) -> list[ColumnProblem]:
    """Return the problem of the rows that meet a condition, if there are any."""
    table = events.table
    if isinstance(table.frame, nw.DataFrame):
        mask = table.frame.select(invalid.alias("invalid"))["invalid"]
        return [table.problem(name, mask, requirement)] if len(mask) and mask.any() else []
    counted = _collected(table.frame.select(invalid.cast(nw.Int64).sum().alias("count")))
    count = int(counted["count"][0] or 0)
    return [ColumnProblem(str(table.names[name]), requirement, count, (), "", name)] if count else []


def _collected(frame: Any) -> Any:
    return frame.collect() if isinstance(frame, nw.LazyFrame) else frame


def _lazy_problems(events: Events) -> list[ColumnProblem]:
    table = events.table
    rules = table.requirements
    sums = ((~rule.valid).cast(nw.Int64).sum().alias(f"rule{place}") for place, rule in enumerate(rules))
    row = _collected(table.frame.select(*sums))
    counts = [int(row[f"rule{place}"][0] or 0) for place in range(len(rules))]
    return [
        ColumnProblem(str(table.names[rule.name]), rule.requirement, count, (), "", rule.name)
        for rule, count in zip(rules, counts, strict=True)
        if count
    ]


def _unmapped(events: Events) -> str:
    """Return the codes that mean nothing, most frequent first, as the end of a message."""
    event = nw.col("event")
    codes = events.table.frame.filter(~event.is_null() & ~event.is_in(list(events.kinds)))
    counts = _collected(codes.group_by("event").agg(nw.len().alias("rows")))
    return codes_text(dict(zip(counts["event"].to_list(), counts["rows"].to_list(), strict=True)))


def codes_text(counts: Mapping[Any, int]) -> str:
    """Return codes with the numbers of their rows, most frequent first, as the end of a message."""
    ordered = sorted(
        ((code, rows) for code, rows in counts.items() if code is not None),
        key=lambda pair: (-pair[1], pair[0]),
    )
    listed = [f"{shown(code)} ({rows:,} row{'s' * (rows != 1)})" for code, rows in ordered[:CODES_SHOWN]]
    more = f" and {len(ordered) - CODES_SHOWN} more" if len(ordered) > CODES_SHOWN else ""
    return f"; {', '.join(listed)}{more}" if listed else ""


def _duplicates(events: Events) -> list[ColumnProblem]:
    table = events.table
    if "event_id" not in table:
        return []
    known = ~nw.col("event_id").is_null()
    if isinstance(table.frame, nw.DataFrame):
        return _problems(
            events, "event_id", known & nw.col("event_id").is_duplicated(), "different in each row"
        )
    counts = table.frame.filter(known).group_by("event_id").agg(nw.len().alias("rows"))
    total = _collected(counts.filter(nw.col("rows") > 1).select(nw.col("rows").sum()))["rows"][0]
    name = str(table.names["event_id"])
    return [ColumnProblem(name, "different in each row", int(total), (), "", "event_id")] if total else []


def count_rows(frame: Any) -> tuple[int, int]:
    """Return the number of rows, and of those that are exactly like an earlier one."""
    if isinstance(frame, nw.DataFrame):
        return len(frame), len(frame) - len(frame.unique())
    counts = frame.group_by(frame.collect_schema().names()).agg(nw.len().alias("rows"))
    row = counts.select(nw.col("rows").sum(), nw.len().alias("distinct")).collect()
    rows = int(row["rows"][0] or 0)
    return rows, rows - int(row["distinct"][0])


def accounts_of(table: Table, wanted: Table) -> dict[str, int]:
    """Return how many accounts are in a log only, and how many are not in it."""
    own = table.frame.select(nw.col("account_id").alias(ACCOUNT))
    other = wanted.frame.select(ACCOUNT)
    return {
        "unknown_accounts": _only_in(own, other),
        "accounts_without_events": _only_in(other, own),
    }


def _only_in(first: Any, other: Any) -> int:
    """Return how many known values of a column are in the first frame only."""
    (name,) = first.collect_schema().names()
    found = first.filter(~nw.col(name).is_null()).group_by(name).agg(nw.len().alias("rows")).drop("rows")
    found = found.join(other, on=name, how="anti")
    return int(_collected(found.select(nw.len().alias("count")))["count"][0])


def known_until(table: Table) -> dt.datetime | None:
    """Return the moment until which a log is taken to be complete, or None if it has no events."""
    until = moment_of(int(_collected(end_of(table))[UNTIL][0]))
    return until if until > NEVER else None


def kinds_of(events: Events) -> dict[str, int]:
    """Return the number of events of each kind, in the order of the kinds."""
    counts = _collected(events.table.frame.group_by("event").agg(nw.len().alias("rows")))
    found: dict[str, int] = {}
    rows = dict(zip(counts["event"].to_list(), counts["rows"].to_list(), strict=True))
    for code, kind in events.kinds.items():
        if code in rows:
            found[kind.name] = found.get(kind.name, 0) + int(rows[code])
    return found


def _clock_changes(events: Events, name: str, zone: ZoneInfo) -> list[ColumnProblem]:
    """Return the problems of local times that do not exist, or exist twice."""
    frame: Any = events.table.frame
    stamps = frame[name].to_numpy().astype("datetime64[us]")
    known = stamps[~np.isnat(stamps)]
    if not len(known):
        return []
    first, last = (known.min().item().year, known.max().item().year)
    problems = []
    for exists_twice, what in ((False, "a local time that exists"), (True, "a local time that exists once")):
        spans = np.array(
            list(changed_hours(zone, first, last, twice=exists_twice)), "datetime64[us]"
        ).reshape(-1, 2)
        place = np.searchsorted(spans[:, 0], stamps, side="right") - 1
        inside = np.zeros(len(stamps), bool)
        within = place >= 0
        inside[within] = stamps[within] < spans[place[within], 1]
        if inside.any():
            mask = nw.new_series("mask", inside.tolist(), nw.Boolean(), backend=frame.implementation)
            hint = f'; clocks change in {zone.key}: pass times with a UTC offset, or clock_changes="keep"'
            problems.append(events.table.problem(name, mask, what, hint))
    return problems
