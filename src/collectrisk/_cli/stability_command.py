"""The commands ``collectrisk baseline`` and ``collectrisk compare``."""
# typer reads the annotations at run time, so there is no `from __future__ import annotations`.

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from collectrisk._cli.accounts import mapping_of, read_all, with_columns
from collectrisk._cli.card_options import CardOption, MapOption, MappingOption, scorer_of
from collectrisk._cli.cells import TextMapping
from collectrisk._cli.console import exit_on_error, exit_on_signal, print_document, print_message
from collectrisk._cli.options import (
    ENGLISH,
    DelimiterOption,
    EncodingOption,
    LanguageOption,
    QuietOption,
    SheetOption,
    SkipLinesOption,
    options_checked,
)
from collectrisk._cli.tabular import Reading, open_source
from collectrisk._files.atomic import refuse_unwritable
from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import FileError, refuse_other
from collectrisk.mapping import Mapping
from collectrisk.validation import Baseline

REMEDY = "Nothing was compared. Correct the rows, or leave them out."

FileArgument = Annotated[
    Path, typer.Argument(help="A CSV, Parquet or Excel file with one account per row, or - for CSV.")
]


def baseline(
    *,
    file: FileArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="JSON", help="The file to write.")],
    scorer: CardOption = None,
    mapping: MappingOption = None,
    columns: MapOption = None,
    bins: Annotated[int, typer.Option(metavar="N", help="The number of bins of each number.")] = 10,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    skip_lines: SkipLinesOption = 0,
    sheet: SheetOption = None,
    quiet: QuietOption = False,
) -> None:
    """Count the accounts of the time at which a card goes into use, to compare others with them."""
    given = Reading(delimiter, encoding, skip_lines, sheet)
    with exit_on_error():
        card = scorer_of(scorer)
        used = mapping_of(card, mapping)
    with exit_on_error(), exit_on_signal():
        refuse_unwritable(output, file, scorer, mapping)
        frame, used = _read(card, file, used, columns, given)
        with options_checked():
            found = Baseline.of(card, frame, columns=used, bins=bins)
        found.save(output)
    if not quiet:
        noun = "account" if found.accounts == 1 else "accounts"
        print_message(f"Wrote the baseline of {found.accounts:,} {noun} to {output}.")


def compare(
    *,
    baseline: Annotated[Path, typer.Argument(help="A file that collectrisk baseline wrote.")],
    file: FileArgument,
    mapping: MappingOption = None,
    columns: MapOption = None,
    show: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD", help="Also the bins of a field, visit_probability or channel; may be repeated."
        ),
    ] = None,
    language: LanguageOption = ENGLISH,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    skip_lines: SkipLinesOption = 0,
    sheet: SheetOption = None,
) -> None:
    """Compare accounts with a baseline: what changed by more than chance explains."""
    given = Reading(delimiter, encoding, skip_lines, sheet)
    with exit_on_error(), exit_on_signal():
        before = Baseline.load(baseline)
        if before.scorer is None:
            raise FileError(str(baseline), "contains no scorecard; compare in Python, with scorer=")
        used = mapping_of(before.scorer, mapping)
        frame, used = _read(before.scorer, file, used, columns, given)
        with options_checked():
            stability = before.compare(frame, columns=used)
            for name in show or ():
                refuse_other("show", name, stability.changes)
    results: list[Any] = [stability, *(stability[name] for name in show or ())]
    for each in results:
        print_document(each, language)


def _read(
    card: Scorer, file: Path, mapping: Mapping, columns: list[str] | None, given: Reading
) -> tuple[pl.DataFrame, Mapping]:
    """Return the rows of a file, and how its fields are read."""
    with options_checked():
        used = with_columns(mapping, columns)
        given.refuse_unused(file)
        declared = Reading(used.delimiter, used.encoding, used.skip_lines, used.sheet)
    reading = given.or_else(declared.without_unused(file))
    with open_source(file, reading, [*used.columns, *(card.fields or ())], used.skip) as source:
        frame, _ = read_all(card, source, used, REMEDY)
        return frame, TextMapping.of_file(used) if source.header_row else used
