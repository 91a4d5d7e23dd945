"""The commands and their options."""
# typer reads the annotations when it runs, so they are no strings here.

import enum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.console import Console

from collectrisk._borrower import Borrower
from collectrisk._cli.explain import refuse_fields_without_option, with_field_options
from collectrisk._cli.report import errors_told, progress_bar, say, summary
from collectrisk._cli.score import Job, bad_rows, score_file
from collectrisk._cli.source import open_source, suffix_of
from collectrisk._cli.stopping import stoppable
from collectrisk._cli.tally import Tally
from collectrisk._display.words import LANGUAGES
from collectrisk._files.atomic import refuse_unwritable
from collectrisk._files.files import load
from collectrisk._scorers.rules import RuleScorer
from collectrisk._scorers.scorer import Scorer
from collectrisk._version import __version__

app = typer.Typer(
    name="collectrisk",
    help="How to make contact next with borrowers in arrears, and how likely a visit is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

LanguageName = enum.StrEnum("LanguageName", list(LANGUAGES))  # type: ignore[misc]  # the list is words.py's
ENGLISH = LanguageName("en")

CardOption = Annotated[
    Path | None,
    typer.Option(
        "--scorer",
        metavar="CARD",
        help="A card file to score with, written by collectrisk.save; else the rules.",
    ),
]


class Invalid(enum.StrEnum):
    """What to do with rows that no borrower can be."""

    RAISE = "raise"
    NULL = "null"


def _version(asked: bool) -> None:  # noqa: FBT001  # typer's callbacks take the value alone
    if asked:
        typer.echo(f"collectrisk {__version__}")
        raise typer.Exit


@app.callback()
def collectrisk(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Give the options that stand before a command."""


def _columns(pairs: list[str]) -> dict[str, str | None]:
    """Read ``field=column`` pairs; no column says that the field is absent."""
    columns: dict[str, str | None] = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not (field and equals) or field in columns:
            raise typer.BadParameter(
                f"write FIELD=COLUMN once for each field, not {pair!r}", param_hint="--map"
            )
        columns[field] = column or None
    return columns


def _delimiter(text: str | None, file: Path) -> str | None:
    if text is None:
        return None
    delimiter = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        raise typer.BadParameter(f"write one character or tab, not {text!r}", param_hint="--delimiter")
    if file.suffix.lower() != ".csv":
        raise typer.BadParameter(f"{file.name} is no CSV file", param_hint="--delimiter")
    return delimiter


def _scorer(card: Path | None) -> Scorer:
    """Return the scorer of a card file, which runs no code, or the rules."""
    return RuleScorer() if card is None else load(card, follow_symlinks=True)


@app.command()
def score(
    *,
    file: Annotated[Path, typer.Argument(help="A CSV or Parquet file, one account a row.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The CSV or Parquet file to write; without it only the summary."),
    ] = None,
    scorer: CardOption = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="The file's own name for a field; may be repeated. FIELD= says that the file lacks it.",
        ),
    ] = None,
    invalid: Annotated[
        Invalid,
        typer.Option(help="Refuse a file with impossible rows, or leave their scores empty and say why."),
    ] = Invalid.RAISE,
    reasons: Annotated[int, typer.Option(min=0, metavar="K", help="Add so many reason codes.")] = 0,
    delimiter: Annotated[
        str | None,
        typer.Option(metavar="CHAR", help="What separates the cells of a CSV; found out if not given."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Score a file: visit probability and channel for every account."""
    columns, separator = _columns(mapping or []), _delimiter(delimiter, file)
    with errors_told(), stoppable(), progress_bar(quiet=quiet) as bar:
        card = _scorer(scorer)
        if output is not None:
            refuse_unwritable(output)
            suffix_of(output)
        task = bar.add_task("reading", total=None)
        known = [*filter(None, columns.values()), *(card.fields or ())]
        source = open_source(file, separator, known)
        bar.update(task, description="scoring", total=source.rows)
        job = Job(card, source, output, columns, invalid.value, reasons)
        tally = score_file(job, partial(bar.advance, task))
    if not quiet:
        _report(job, tally)


def _report(job: Job, tally: Tally) -> None:
    if tally.problems:
        say(f"{job.source.path}: {bad_rows(tally, job.source)}")
    if job.output is not None:
        say(f"Wrote {tally.accounts:,} {'row' if tally.accounts == 1 else 'rows'} to {job.output}.")
    Console(highlight=False).print(summary(job.source.path.name, tally, job.scorer.ladder))


def explain(
    *,
    scorer: CardOption = None,
    language: Annotated[LanguageName, typer.Option(help="The language to answer in.")] = ENGLISH,
    **fields: Any,
) -> None:
    """Explain the visit probability of one account."""
    with errors_told():
        card = _scorer(scorer)
        refuse_fields_without_option(card, Borrower, str(scorer))
        assessment = card.assess(Borrower(**fields))
    typer.echo(assessment.explain(cast("Any", language.value)))


app.command()(with_field_options(explain, Borrower))
