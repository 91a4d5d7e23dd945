"""The command ``collectrisk history``."""
# typer reads the annotations at run time, so there is no `from __future__ import annotations`.

import enum
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from collectrisk._cli.console import (
    exit_on_error,
    exit_on_signal,
    print_events,
    print_message,
    progress_bar,
)
from collectrisk._cli.history import HistoryRun
from collectrisk._cli.options import (
    DelimiterOption,
    EncodingOption,
    LogZoneOption,
    QuietOption,
    SheetOption,
    SkipLinesOption,
    TimeFormatOption,
    options_checked,
    pairs,
)
from collectrisk._cli.tabular import Reading, open_source, suffix_of
from collectrisk._cli.text_columns import checked_format
from collectrisk._files.atomic import refuse_unwritable
from collectrisk.errors import ArgumentError, did_you_mean
from collectrisk.history import read_codes
from collectrisk.history._events import EVENTS, checked_codes
from collectrisk.mapping._numbers import DECIMALS, THOUSANDS, NumberFormat

UnknownAccounts = enum.StrEnum("UnknownAccounts", ["ignore", "raise"])
ClockChanges = enum.StrEnum("ClockChanges", ["raise", "keep"])

FILE_HELP = "A CSV, Parquet or Excel file with one event per row, or - for CSV from standard input."
MAP_HELP = (
    "The column that contains a field of the log; may be repeated. FIELD= means that the file lacks it."
)
UNRECORDED = "No column says when events were recorded, so they count from when they happened."
FIELDS = [spec.name for spec in EVENTS]


def _number_format(decimal: str | None, thousands: str | None) -> NumberFormat | None:
    for option, text, known in (("decimal", decimal, DECIMALS), ("thousands", thousands, THOUSANDS)):
        if text is not None and text not in known:
            listed = " ".join(filter(None, known))
            raise ArgumentError(option, f"must be one of {listed}, not {text!r}")
    if decimal is None and thousands is None:
        return None
    if (decimal or ".") == thousands:
        raise ArgumentError("thousands", "must not be the decimal separator too")
    return NumberFormat(decimal or ".", thousands or "")


def columns_of_events(texts: list[str]) -> dict[str, str]:
    """Return the columns of a log that were named, by field, or raise `ArgumentError`."""
    columns = pairs(texts, "--map", "COLUMN")
    for field in columns:
        if field not in FIELDS:
            known = ", ".join(FIELDS)
            raise ArgumentError(
                "map", f"must name one of {known}, not {field!r}{did_you_mean(field, FIELDS)}"
            )
    return columns


def history(
    *,
    file: Annotated[Path, typer.Argument(help=FILE_HELP)],
    as_of: Annotated[
        str,
        typer.Option(metavar="DATE", help="The moment of the fields: a date, or a date and a time."),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write, CSV or Parquet; by default, none."),
    ] = None,
    codes: Annotated[
        Path | None, typer.Option(metavar="TOML", help="The kind of event that each code means.")
    ] = None,
    accounts: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A file of accounts to which the fields are added."),
    ] = None,
    unknown_accounts: Annotated[
        UnknownAccounts, typer.Option(help="What to do with events of accounts that are not in that file.")
    ] = UnknownAccounts["ignore"],
    columns: Annotated[list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help=MAP_HELP)] = None,
    zone: LogZoneOption = None,
    time_format: TimeFormatOption = None,
    date_format: Annotated[
        str | None,
        typer.Option(metavar="FORMAT", help="How due dates are written as text; ISO 8601 by default."),
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(metavar="CHAR", help="The decimal separator, a point by default.")
    ] = None,
    thousands: Annotated[
        str | None, typer.Option(metavar="CHAR", help="The separator of thousands, none by default.")
    ] = None,
    grace_days: Annotated[
        int,
        typer.Option(metavar="N", help="Days after its due date until a promise is broken."),
    ] = 3,
    kept_share: Annotated[
        float, typer.Option(metavar="SHARE", help="The share of a promise that must be paid.")
    ] = 1.0,
    failed_since: Annotated[
        int | None,
        typer.Option(metavar="N", help="Count failed attempts within N days, not since the last result."),
    ] = None,
    clock_changes: Annotated[
        ClockChanges, typer.Option(help="What to do with local times that do not exist, or exist twice.")
    ] = ClockChanges["raise"],
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    skip_lines: SkipLinesOption = 0,
    sheet: SheetOption = None,
    quiet: QuietOption = False,
) -> None:
    """Compute the fields of accounts from a log of contacts, promises and payments."""
    with exit_on_error():
        kinds = None if codes is None else read_codes(codes)
    with options_checked():
        reading = Reading(delimiter, encoding, skip_lines, sheet)
        if accounts is None and unknown_accounts is UnknownAccounts["raise"]:
            raise ArgumentError("unknown_accounts", "needs --accounts, which names the known ones")
        found = columns_of_events(columns or [])
        written = _number_format(decimal, thousands)
        times = checked_format("time_format", time_format), "--time-format"
        dates = checked_format("date_format", date_format), "--date-format"
    settings: dict[str, Any] = {
        "codes": kinds,
        "zone": zone,
        "grace_days": grace_days,
        "kept_share": kept_share,
        "failed_since": "last_result" if failed_since is None else failed_since,
        "clock_changes": clock_changes.value,
    }
    formats = {"happened_at": times, "recorded_at": times, "due_on": dates}
    with exit_on_error(), exit_on_signal(), progress_bar(quiet=quiet) as bar:
        with options_checked():
            reading.refuse_unused(file)
        if output is not None:
            refuse_unwritable(output, file)
            suffix_of(output)
        task = bar.add_task("reading", total=None)
        beside = nullcontext() if accounts is None else open_source(accounts)
        with open_source(file, reading, [*FIELDS, *found.values()]) as source, beside as other:
            bar.update(task, total=source.rows)
            run = HistoryRun(
                source,
                as_of,
                settings,
                found,
                formats,
                written,
                other,
                unknown_accounts.value,
                output,
                partial(bar.advance, task),
            )
            with options_checked():
                run.prepare()
            totals = run.execute()
    if quiet:
        return
    if output is not None:
        print_message(f"Wrote {totals.written:,} {'row' if totals.written == 1 else 'rows'} to {output}.")
    counts = {"accounts": totals.accounts, "rows that repeat another": totals.repeated}
    if other is not None:
        counts["accounts not in the file of accounts"] = totals.unknown_accounts
    notes = [] if run.has_recorded_at else [UNRECORDED]
    print_events(Path(source.name).name, _by_kind(totals.codes, kinds), counts, notes)


def _by_kind(codes: Mapping[str, int], kinds: Any) -> dict[str, int]:
    """Return the number of events of each kind, in the order of the kinds."""
    events: dict[str, int] = {}
    for code, kind in checked_codes(kinds).items():
        if code in codes:
            events[kind.name] = events.get(kind.name, 0) + codes[code]
    return events
