"""The commands ``collectrisk plan`` and ``collectrisk forecast``."""
# typer reads the annotations at run time, so there is no `from __future__ import annotations`.

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import attrs
import polars as pl
import typer

from collectrisk._cli.console import exit_on_error, exit_on_signal, print_document, print_message
from collectrisk._cli.excel import without_marks
from collectrisk._cli.options import (
    ENGLISH,
    DelimiterOption,
    EncodingOption,
    LanguageOption,
    QuietOption,
    SheetOption,
    SkipLinesOption,
    options_checked,
    pairs,
)
from collectrisk._cli.tabular import Reading, Source, open_source, suffix_of, write_frame
from collectrisk._files.atomic import atomic_write, refuse_unwritable
from collectrisk.errors import ArgumentError, FileError
from collectrisk.planning import allocate, forecast_visits

FileArgument = Annotated[
    Path, typer.Argument(help="A file that collectrisk score wrote, or another one with such columns.")
]
ProbabilityOption = Annotated[
    str, typer.Option(metavar="COLUMN", help="The column with the visit probabilities.")
]
FLAGS = {"true": True, "false": False}
FROM_ZERO = re.compile(", from 0(?! to)")
ROW_NUMBERS = re.compile(r"(?<=\brow )\d+|(?<=\brows )\d+|(?<= and )\d+(?= of scored)")
"""The rows of a frame in an error, counted from 0."""


def plan(
    *,
    file: FileArgument,
    capacity: Annotated[
        list[str],
        typer.Option(
            metavar="CHANNEL[:GROUP]=N",
            help="The capacity of a channel, or of a group of --by; none is no limit; may be repeated.",
        ),
    ],
    by: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="The column with the groups of capacities, such as teams."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write, CSV or Parquet; by default, none."),
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHANNEL=COLUMN", help="The column with the value of a channel; may be repeated."
        ),
    ] = None,
    permitted: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHANNEL=COLUMN",
            help="The column that says whether a channel is permitted, or true or false; may be repeated.",
        ),
    ] = None,
    ties: Annotated[
        str, typer.Option(metavar="COLUMN", help="The column with the key of each account.")
    ] = "borrower_id",
    probability: ProbabilityOption = "visit_probability",
    language: LanguageOption = ENGLISH,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    skip_lines: SkipLinesOption = 0,
    sheet: SheetOption = None,
    quiet: QuietOption = False,
) -> None:
    """Choose which accounts of a scored file get the calls and visits that are possible."""
    with options_checked():
        reading = Reading(delimiter, encoding, skip_lines, sheet)
    amounts = _capacities(capacity)
    worth = pairs(values or [], "--values", "COLUMN", "CHANNEL")
    may = pairs(permitted or [], "--permitted", "COLUMN", "CHANNEL")
    with exit_on_error(), exit_on_signal():
        if output is not None:
            refuse_unwritable(output)
            suffix_of(output)
        with open_source(file, reading, [ties, probability, "channel"]) as source:
            cells = _cells(source)
            frame = _numbers(cells, [probability, *worth.values()], source)
            with options_checked(), _file_named(source):
                result = allocate(
                    frame,
                    amounts,
                    values=worth or None,
                    permitted={channel: _permitted(cells, column) for channel, column in may.items()} or None,
                    ties=ties,
                    by=by,
                    probability=probability,
                )
            if output is not None:
                # In a CSV file, every cell of text is kept as it is written.
                kept = frame if suffix_of(output) == ".parquet" else cells
                planned = result.to_native()["planned_channel"].cast(pl.String)
                with atomic_write(output) as partial:
                    written = kept.with_columns(planned_channel=planned).lazy()
                    write_frame(written, partial, suffix_of(output), source.dialect)
    if quiet:
        return
    if output is not None:
        print_message(f"Wrote {result.accounts:,} {'row' if result.accounts == 1 else 'rows'} to {output}.")
    print_document(result, language)


def forecast(
    *,
    file: FileArgument,
    spread: Annotated[
        float | None, typer.Option(metavar="X", help="The standard deviation of the level, in log-odds.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Also a forecast for each group of a column; may be repeated."),
    ] = None,
    portfolio: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="The column of portfolios with uncertain levels of their own."),
    ] = None,
    portfolio_spread: Annotated[
        float | None, typer.Option(metavar="X", help="The standard deviation of the portfolios' levels.")
    ] = None,
    horizon: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="What time the probabilities refer to: a note that is shown and changes nothing else.",
        ),
    ] = None,
    probability: ProbabilityOption = "visit_probability",
    language: LanguageOption = ENGLISH,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    skip_lines: SkipLinesOption = 0,
    sheet: SheetOption = None,
) -> None:
    """Forecast how many accounts of a scored file will be visited."""
    with options_checked():
        reading = Reading(delimiter, encoding, skip_lines, sheet)
    with exit_on_error(), exit_on_signal(), open_source(file, reading, [probability, "channel"]) as source:
        frame = _numbers(_cells(source), [probability], source)
        with options_checked(), _renamed({"scorer": "probability", "column": "by"}), _file_named(source):
            result = forecast_visits(
                probability,
                frame,
                spread=spread,
                portfolio=portfolio,
                portfolio_spread=portfolio_spread,
                horizon=horizon,
            )
            groups = [result.by(column) for column in by or []]
    for each in (result, *groups):
        print_document(each, language)


def _capacities(texts: list[str]) -> dict[str, Any]:
    """Return the capacity of each channel, or those of its groups."""
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, amount = text.rpartition("=")
        channel, colon, group = name.partition(":")
        own = found.setdefault(channel, {}) if colon else found
        key = group if colon else channel
        if not (equals and key) or not isinstance(own, dict) or key in own:
            why = f"write CHANNEL=N or CHANNEL:GROUP=N, once for each channel or group, not {text!r}"
            raise typer.BadParameter(why, param_hint="--capacity")
        own[key] = _whole(amount)
    return found


def _whole(text: str) -> Any:
    """Return a number as an integer; anything else is left to the check of the library."""
    if text.lower() == "none":
        return None
    return int(text) if text.isdecimal() else text


def _cells(source: Source) -> pl.DataFrame:
    """Return the rows of a file; a text file has only columns of text."""
    return source.scan.with_columns(map(without_marks, source.mixed)).collect()


def _numbers(cells: pl.DataFrame, columns: Iterable[str], source: Source) -> pl.DataFrame:
    """Return the rows with some columns of text as numbers."""
    for column in {*columns} & {*source.texts} & {*cells.columns}:
        texts = cells[column].str.strip_chars()
        numbers = texts.cast(pl.Float64, strict=False)
        wrong = (numbers.is_null() & texts.is_not_null() & (texts != "")).arg_true()
        if len(wrong):
            row, text = source.first_row + wrong[0], cells[column][wrong[0]]
            raise FileError(source.name, f"row {row} has {text!r} in {column!r}, which is not a number")
        cells = cells.with_columns(numbers.alias(column))
    return cells


def _permitted(cells: pl.DataFrame, column: str) -> Any:
    """Return the column that says whether a channel is permitted, or one truth value."""
    if column not in cells.columns:
        return FLAGS.get(column.lower(), column)
    if cells[column].dtype != pl.String:
        return cells[column].to_list()
    texts = cells[column].str.strip_chars().str.to_lowercase().to_list()
    return [FLAGS.get(text, text) if text else None for text in texts]


@contextmanager
def _renamed(names: dict[str, str]) -> Iterator[None]:
    """Report an invalid argument under the name of its option."""
    try:
        yield
    except ArgumentError as error:
        raise attrs.evolve(error, argument=names.get(error.argument, error.argument)) from error


@contextmanager
def _file_named(source: Source) -> Iterator[None]:
    """Report rows as those of the file, and what is wrong with the accounts as an error of the file."""
    try:
        yield
    except ArgumentError as error:
        why = error.why
        if FROM_ZERO.search(why):
            why = ROW_NUMBERS.sub(lambda found: str(int(found[0]) + source.first_row), why)
            why = FROM_ZERO.sub("", why.replace(" of scored", ""))
        if error.argument == "capacity":
            why = why.replace("or None if", "or none if")  # as it is written here
        if error.argument != "scored":
            raise attrs.evolve(error, why=why) from error
        raise FileError(source.name, why) from error
