"""The command ``collectrisk permitted``."""
# typer reads the annotations at run time, so there is no `from __future__ import annotations`.

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import attrs
import polars as pl
import typer

from collectrisk._cli.console import exit_on_error, exit_on_signal, print_message, print_permissions
from collectrisk._cli.history_command import MAP_HELP, columns_of_events
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
from collectrisk._cli.permitted import FLAGS, PermittedRun
from collectrisk._cli.tabular import Reading, open_source, suffix_of, write_frame
from collectrisk._cli.text_columns import checked_format
from collectrisk._display.words import words_in
from collectrisk._files.atomic import atomic_write, refuse_unwritable
from collectrisk.contact import ContactRules, Permission
from collectrisk.contact._report import Report
from collectrisk.errors import ArgumentError
from collectrisk.history import read_codes

MOST_SHOWN = 5
"""So many rules and facts are shown, the most frequent ones."""

STAMP = "%Y-%m-%dT%H:%M:%S%.f%:z"


def permitted(
    *,
    file: Annotated[
        Path, typer.Argument(help="A file that collectrisk score wrote, or another one with channels.")
    ],
    jurisdiction: Annotated[
        str, typer.Option(metavar="PLACE", help="Where the debtors are, such as CN or US-MA.")
    ],
    at: Annotated[
        str,
        typer.Option(metavar="TIME", help="When: a time with a UTC offset, or a local time in the zones."),
    ],
    events: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A file of events; without it, rules that count are unknown."),
    ] = None,
    actor: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who makes contact: first_party, third_party or debt_buyer."),
    ] = None,
    product: Annotated[
        str | None, typer.Option(metavar="NAME", help="The product; by default, the column product.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write, CSV or Parquet; by default, none."),
    ] = None,
    zones: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A time zone in which debtors may be; may be repeated."),
    ] = None,
    zones_column: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column with the time zones of each account.")
    ] = None,
    debtor_column: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column with the debtor of each account.")
    ] = None,
    rules: Annotated[
        list[Path] | None, typer.Option(metavar="TOML", help="A file of own rules; may be repeated.")
    ] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A fact of all accounts: true, false, a number or a date."),
    ] = None,
    place: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHANNEL=PLACE",
            help="Where a channel reaches the person: home, work, mobile or other; may be repeated.",
        ),
    ] = None,
    known_until: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Until when the log is complete; by default, its latest event."),
    ] = None,
    by_channel: Annotated[
        bool, typer.Option("--by-channel", help="Also write a column for each channel, with its permission.")
    ] = False,
    codes: Annotated[
        Path | None, typer.Option(metavar="TOML", help="The kind of event that each code means.")
    ] = None,
    columns: Annotated[list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help=MAP_HELP)] = None,
    zone: LogZoneOption = None,
    time_format: TimeFormatOption = None,
    date_format: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="How dates are written as text; ISO 8601 by default.")
    ] = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    skip_lines: SkipLinesOption = 0,
    sheet: SheetOption = None,
    quiet: QuietOption = False,
) -> None:
    """Say which contacts of a scored file are permitted now, by encoded rules; not legal advice."""
    with exit_on_error(), options_checked(), _options_named():
        reading = Reading(delimiter, encoding, skip_lines, sheet)
        loaded = ContactRules.load(jurisdiction, actor=actor, product=product)
        for own in rules or []:
            loaded += ContactRules.from_file(own)
        found = columns_of_events(columns or [])
        formats = checked_format("time_format", time_format), checked_format("date_format", date_format)
        kinds = None if codes is None else read_codes(codes)
        options = {
            "at": at,
            "zones": zones or None,
            "zones_column": zones_column,
            "debtor_column": debtor_column,
            "facts": {name: _fact(text) for name, text in pairs(fact or [], "--fact", "VALUE").items()},
            "places": pairs(place or [], "--place", "PLACE"),
            "known_until": known_until,
            "by_channel": by_channel,
        }
    with exit_on_error(), exit_on_signal():
        if output is not None:
            refuse_unwritable(output)
            suffix_of(output)
        beside = nullcontext() if events is None else open_source(events)
        with open_source(file, reading, ["channel"]) as source, beside as log:
            run = PermittedRun(
                rules=loaded,
                scored=source,
                events=log,
                columns=found,
                settings={"codes": kinds, "zone": zone},
                time_format=(formats[0], "--time-format"),
                date_format=(formats[1], "--date-format"),
                options=options,
            )
            with options_checked(), _options_named():
                cells, decided = run.execute()
            if output is not None:
                written = decided
                if suffix_of(output) != ".parquet":
                    written = decided.with_columns(pl.col("next_allowed").dt.strftime(STAMP))
                with atomic_write(output) as partial:
                    frame = pl.concat([cells, written], how="horizontal").lazy()
                    write_frame(frame, partial, suffix_of(output), source.dialect)
    if quiet:
        return
    if output is not None:
        print_message(f"Wrote {len(cells):,} {'row' if len(cells) == 1 else 'rows'} to {output}.")
    counts = Counter(decided["permission"])
    permissions = {each.value: counts[each.value] for each in Permission}
    any_permitted = len(decided) - decided["permitted_channel"].null_count()
    reasons = {"forbidden by": _most(decided["blocked_by"]), "not known": _most(decided["missing"])}
    notes = [Report(words_in("en"), "en", {}).warning(loaded.files)]
    print_permissions(Path(source.name).name, permissions, any_permitted, reasons, notes)


def _fact(text: str) -> Any:
    """Return a truth value or a number; the library checks any other text."""
    if text.lower() in FLAGS:
        return FLAGS[text.lower()]
    return int(text) if text.isdecimal() else text or None


def _most(reasons: pl.Series) -> dict[str, int]:
    """Return the most frequent of the names that are separated by ";"."""
    names = Counter(name for text in reasons.drop_nulls() for name in text.split("; "))
    return dict(sorted(names.items(), key=lambda each: (-each[1], each[0]))[:MOST_SHOWN])


@contextmanager
def _options_named() -> Iterator[None]:
    """Report an invalid fact or place under the name of its option."""
    try:
        yield
    except ArgumentError as error:
        name = re.fullmatch(r"(fact|place)s(?:\['(.*)'\])?", error.argument)
        if name is None:
            raise
        why = f"of {name[2]} {error.why}" if name[2] else error.why
        raise attrs.evolve(error, argument=name[1], why=why) from error
