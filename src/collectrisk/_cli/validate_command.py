"""The command ``collectrisk validate``."""
# typer reads the annotations at run time, so there is no `from __future__ import annotations`.

import enum
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, cast

import polars as pl
import typer

from collectrisk._cli.accounts import mapping_of, read_all, with_columns
from collectrisk._cli.card_options import CardOption, MapOption, MappingOption, scorer_of
from collectrisk._cli.cells import FALSE, TRUE, TextMapping
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
from collectrisk._cli.tabular import Reading, Source, open_source
from collectrisk._files.atomic import refuse_unwritable
from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import CollectRiskError, FileError, printable
from collectrisk.evaluation._groups import PERIODS
from collectrisk.mapping import Mapping
from collectrisk.validation import validation_report
from collectrisk.validation._report import SAMPLES, SUFFIXES

PeriodName = enum.StrEnum("PeriodName", list(PERIODS))  # type: ignore[misc]  # not a literal list
MONTH = PeriodName("month")
LATER = 2
"""The place of the later accounts among the files."""

REMEDY = "Nothing was validated. Correct the rows, or leave them out."


def validate(
    *,
    development: Annotated[
        Path, typer.Argument(help="The accounts that the card was made for: CSV, Parquet or Excel.")
    ],
    holdout: Annotated[Path, typer.Argument(help="Accounts that were kept apart.")],
    later: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Later accounts, with labels or without.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The report to write, .html or .md; by default, it is printed."),
    ] = None,
    scorer: CardOption = None,
    mapping: MappingOption = None,
    columns: MapOption = None,
    visited: Annotated[str, typer.Option(metavar="COLUMN", help="The column with the labels.")] = "visited",
    positive: Annotated[
        str | None, typer.Option(metavar="LABEL", help="The label that means a visit; 1, true or yes if not.")
    ] = None,
    portfolio: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column with the portfolios.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column with dates, or with groups in an order.")
    ] = None,
    period: Annotated[PeriodName, typer.Option(help="The period into which dates are cut.")] = MONTH,
    cluster: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column with the debtor, if it has several rows.")
    ] = None,
    pdo: Annotated[float, typer.Option(metavar="N", help="The points that double the odds.")] = 20,
    score: Annotated[float, typer.Option(metavar="N", help="The score that has the odds.")] = 600,
    odds: Annotated[float, typer.Option(metavar="N", help="Accounts without a visit to one with.")] = 50,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="The title of the report.")] = None,
    note: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="A limit to add to the report; may be repeated.")
    ] = None,
    language: LanguageOption = ENGLISH,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    skip_lines: SkipLinesOption = 0,
    sheet: SheetOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write the validation report of a card: its quality, points, bins and known limits."""
    if output is not None and output.suffix.lower() not in SUFFIXES:
        why = f"must end in {' or '.join(SUFFIXES)}, not {output.name!r}"
        raise typer.BadParameter(printable(why), param_hint="--output")
    with exit_on_error():
        card = scorer_of(scorer)
        used = mapping_of(card, mapping)
    with options_checked():
        used = with_columns(used, columns)
        given = Reading(delimiter, encoding, skip_lines, sheet)
        declared = Reading(used.delimiter, used.encoding, used.skip_lines, used.sheet)
    with exit_on_error(), exit_on_signal():
        if output is not None:
            refuse_unwritable(output)
        files = [development, holdout, *([] if later is None else [later])]
        samples: list[pl.DataFrame] = []
        groups = [each for each in (portfolio, by, cluster) if each is not None]
        for file in files:
            with options_checked():
                given.refuse_unused(file)
            reading = given.or_else(declared.without_unused(file))
            known = [*used.columns, *(card.fields or ()), visited]
            with _about(file), open_source(file, reading, known, used.skip) as source:
                optional = len(samples) == LATER
                samples.append(_accounts(card, source, used, visited, groups, optional=optional))
                used = TextMapping.of_file(used) if source.header_row else used
        frames = [_labelled(frame, visited, positive) for frame in samples]
        with options_checked():
            with _about(development, holdout, later):
                report = validation_report(
                    card,
                    *frames,
                    visited=visited,
                    portfolio=portfolio,
                    by=by,
                    period=cast("Any", period.value),
                    cluster=cluster,
                    columns=used,
                    positive=positive,
                    pdo=pdo,
                    score=score,
                    odds=odds,
                    name=name,
                    notes=note or (),
                    files=dict(zip(SAMPLES, map(str, files), strict=False)),
                )
            if output is not None:
                report.save(output, cast("Any", language.value))
    if output is not None and not quiet:
        print_message(f"Wrote the validation of {report.name} to {output}.")
    if output is None:
        print_document(report, language)


@contextmanager
def _about(*files: Path | None) -> Iterator[None]:
    """Say which file an error is about: that of its sample, or the only one."""
    try:
        yield
    except CollectRiskError as error:
        by_sample = dict(zip(SAMPLES, files, strict=False))
        file = by_sample.get(error.about) if len(files) > 1 else files[0]
        if file is not None and not isinstance(error, FileError):  # which names it
            error.about = str(file)
        raise


def _accounts(
    card: Scorer, source: Source, mapping: Mapping, visited: str, others: Iterable[str], *, optional: bool
) -> pl.DataFrame:
    """Return the rows of a file, after checking that all of them can be scored and have a label.

    If labels are optional, none has to have one.
    """
    frame, positions = read_all(card, source, mapping, REMEDY, [visited, *others])
    if visited in frame.columns:
        unknown = frame[visited].is_null()
        accounts = range(len(frame)) if positions is None else positions.tolist()
        row = next((row for row in accounts if unknown[row]), None)
        none = optional and all(unknown[row] for row in accounts)
        if row is not None and not none:
            why = f"account {row + 1} has no label in {visited!r}"
            advice = "; leave out accounts of which it is not known yet whether they were visited"
            raise FileError(source.name, why + advice)
    return frame


def _labelled(frame: pl.DataFrame, visited: str, positive: str | None) -> pl.DataFrame:
    """Return accounts with labels that are spelled as yes and no in text as booleans."""
    if positive is not None or visited not in frame.columns or frame[visited].dtype != pl.String:
        return frame
    text = frame[visited].str.strip_chars().str.to_lowercase()
    others = text.filter(~text.is_in([*TRUE, *FALSE])).unique(maintain_order=True)
    if len(others):
        why = f"is needed, because labels in {visited!r} are {', '.join(map(repr, others[:5]))}; name the one"
        raise typer.BadParameter(printable(f"{why} that means a visit"), param_hint="--positive")
    return frame.with_columns(text.is_in(TRUE).alias(visited))
