"""The commands and their options."""
# typer reads the annotations at run time, so there is no `from __future__ import annotations`.

import datetime as dt
import enum
import inspect
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from collectrisk._borrower import Borrower
from collectrisk._cli.card_options import CardOption, MapOption, MappingOption, scorer_of, with_options
from collectrisk._cli.console import (
    exit_on_error,
    exit_on_signal,
    print_message,
    print_summary,
    print_text,
    progress_bar,
)
from collectrisk._cli.history_command import history
from collectrisk._cli.limits import HALF, InvalidLimit
from collectrisk._cli.mapping import draft_file, what_to_do
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
from collectrisk._cli.permitted_command import permitted
from collectrisk._cli.planning_command import forecast, plan
from collectrisk._cli.scoring import Run
from collectrisk._cli.stability_command import baseline, compare
from collectrisk._cli.tabular import Reading, open_source, suffix_of
from collectrisk._cli.validate_command import validate
from collectrisk._fields import ChoiceValidator, FieldSpec, FlagValidator, NumberValidator, field_specs
from collectrisk._files.atomic import refuse_unwritable
from collectrisk._namespaces.sql_dialects import DIALECTS
from collectrisk._scorers.scorer import formula_of
from collectrisk._version import __version__
from collectrisk.errors import (
    CardFileError,
    ColumnNameError,
    ColumnsError,
    FileError,
    printable,
)
from collectrisk.mapping import Mapping
from collectrisk.mapping._toml import write_text

app = typer.Typer(
    name="collectrisk",
    help="Choose how to contact borrowers in arrears; estimate the chance of a visit.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DirectionName = enum.StrEnum("DirectionName", ["up", "down"])
Invalid = enum.StrEnum("Invalid", ["raise", "null"])

FILE_HELP = "A CSV, Parquet or Excel file with one account per row, or - for CSV from standard input."
LIMIT_HELP = (
    "How many invalid rows --invalid null allows: a number, or a share such as 5% or 0.05; 50% by default."
)

SQL_MAP_HELP = (
    "The column of the table that contains a field; may be repeated. FIELD= means that the table lacks it."
)

PlausibleOption = Annotated[
    list[str] | None, typer.Option(metavar="FIELD=NUMBER", help="The largest plausible value of a field.")
]


def _version(requested: bool) -> None:  # noqa: FBT001  # typer passes the value by position
    if requested:
        typer.echo(f"collectrisk {__version__}")
        raise typer.Exit


@app.callback()
def collectrisk(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Define the options before a command."""


def _numbers(texts: list[str]) -> dict[str, float]:
    """Parse ``FIELD=NUMBER`` pairs."""
    try:
        return {field: float(number) for field, number in pairs(texts, "--plausible", "NUMBER").items()}
    except ValueError as error:
        raise typer.BadParameter(f"write FIELD=NUMBER: {error}", param_hint="--plausible") from error


@contextmanager
def _names_checked(given: dict[str, Collection[str]]) -> Iterator[None]:
    """Report a field or a key that is not valid as an invalid option: the one with its name."""
    try:
        yield
    except (ColumnNameError, ColumnsError) as error:
        errors = error.errors if isinstance(error, ColumnsError) else (error,)
        wrong = [each for each in errors if isinstance(each, ColumnNameError)]
        names = {name for each in wrong for name in each.names}
        option = next((name for name, each in given.items() if names & {*each}), "--mapping")
        why = "; ".join(printable(each.problem) for each in wrong)
        raise typer.BadParameter(why, param_hint=option) from error


def _limit(text: str | None, invalid: Invalid) -> InvalidLimit:
    if text is None:
        return HALF
    if invalid != Invalid["null"]:
        raise typer.BadParameter("only --invalid null allows invalid rows", param_hint="--max-invalid")
    return InvalidLimit.parse(text)


def _mapping_note(card: str, mapping: Mapping) -> str:
    """Return the note that a file was read by the mapping of a card."""
    until = "" if mapping.as_of is None else f", with dates counted to {mapping.as_of}"
    return f"Read by the mapping of {card}{until}."


@app.command()
def score(
    *,
    file: Annotated[Path, typer.Argument(help=FILE_HELP)],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write, CSV or Parquet; by default, none."),
    ] = None,
    scorer: CardOption = None,
    mapping: MappingOption = None,
    columns: MapOption = None,
    decimal: Annotated[
        str | None, typer.Option(metavar="CHAR", help="The decimal separator, a point by default.")
    ] = None,
    thousands: Annotated[
        str | None, typer.Option(metavar="CHAR", help="The separator of thousands, none by default.")
    ] = None,
    missing: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="A code that means 'not known'; may be repeated.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Count the days past due from due dates to this day.")
    ] = None,
    date_format: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="How due dates are written; 2026-11-30 by default.")
    ] = None,
    require: Annotated[
        list[str] | None, typer.Option(metavar="FIELD", help="A field that must be known; may be repeated.")
    ] = None,
    plausible: PlausibleOption = None,
    invalid: Annotated[
        Invalid, typer.Option(help="Reject a file with invalid rows, or leave their scores empty.")
    ] = Invalid["raise"],
    reasons: Annotated[int, typer.Option(min=0, metavar="K", help="Add K reason codes per account.")] = 0,
    max_invalid: Annotated[str | None, typer.Option(metavar="N|P%", help=LIMIT_HELP)] = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    skip_lines: SkipLinesOption = 0,
    sheet: SheetOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score a file: visit probability and channel for every account."""
    with exit_on_error():
        card = scorer_of(scorer)
        own = Mapping.of(formula_of(card).columns)
        used = own if mapping is None else Mapping.read(mapping)
    with options_checked():
        limit = _limit(max_invalid, invalid)
        fields = pairs(columns or [], "--map", "COLUMN")
        conventions: dict[str, Any] = {
            "decimal": decimal,
            "thousands": thousands,
            "missing": missing,
            "as_of": as_of,
            "require": require,
            "plausible": _numbers(plausible) if plausible else None,
        }
        used = with_options(used, fields, date_format, **conventions)
        given = Reading(delimiter, encoding, skip_lines, sheet)
        declared = Reading(used.delimiter, used.encoding, used.skip_lines, used.sheet)
    to_map = file if mapping is None else None
    with exit_on_error(to_map), exit_on_signal(), progress_bar(quiet=quiet) as bar:
        with options_checked():
            given.refuse_unused(file)
        reading = given.or_else(declared.without_unused(file))
        if output is not None:
            refuse_unwritable(output)
            suffix_of(output)
        task = bar.add_task("reading", total=None)
        known = [*used.columns, *(card.fields or ())]
        with open_source(file, reading, known, used.skip) as source:
            bar.update(task, description="scoring", total=source.rows)
            policy = cast("Any", invalid.value)
            run = Run(card, source, output, used, policy, reasons, limit, partial(bar.advance, task))
            totals = run.execute()
    if quiet:
        return
    if totals.problems:
        print_message(f"{source.name}: {totals.problems.text(source)}")
    if output is not None:
        print_message(f"Wrote {totals.accounts:,} {'row' if totals.accounts == 1 else 'rows'} to {output}.")
    by_card = mapping is None and own != Mapping()
    notes = [_mapping_note(str(scorer), used)] if by_card else []
    print_summary(Path(source.name).name, totals, card.ladder, notes)


@app.command("map")
def map_columns(
    *,
    file: Annotated[Path, typer.Argument(help=FILE_HELP)],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="TOML", help="The mapping to write; by default, it is printed."
        ),
    ] = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    skip_lines: SkipLinesOption = 0,
    sheet: SheetOption = None,
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="The day of the export, such as 2026-11-30."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing mapping.")] = False,
) -> None:
    """Draft the mapping of a file: which columns contain which fields, and how their values are written."""
    with options_checked():
        reading = Reading(delimiter, encoding, skip_lines, sheet)
    with exit_on_error(), exit_on_signal(), options_checked():
        if output is not None:
            refuse_unwritable(output, file)
            if output.exists() and not force:
                raise FileError(str(output), "exists; pass --force to replace it")
        text = draft_file(file, reading, output, None if as_of is None else as_of.date())
        if output is not None:
            write_text(output, text)
    if output is None:
        typer.echo(text.encode(), nl=False)
    else:
        print_message(f"Wrote {output}. {what_to_do(text)}")


@app.command()
def sql(
    *,
    dialect: Annotated[
        str, typer.Option(metavar="NAME", help=f"The database that runs the query: {', '.join(DIALECTS)}.")
    ],
    table: Annotated[
        str, typer.Option(metavar="NAME", help="The table of accounts: accounts, or schema.accounts.")
    ],
    scorer: CardOption = None,
    key: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="A column to keep; may be repeated. By default, all columns."),
    ] = None,
    mapping: MappingOption = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help=SQL_MAP_HELP)
    ] = None,
    plausible: PlausibleOption = None,
    reasons: Annotated[int, typer.Option(min=0, metavar="K", help="Add K reason codes per account.")] = 0,
    direction: Annotated[
        DirectionName | None,
        typer.Option(help="Only reasons that raise the probability, or only those that lower it."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="SQL", help="The file to write; by default, it is printed."),
    ] = None,
) -> None:
    """Write a scorecard as a query: visit probability and channel in a database without Python."""
    with exit_on_error():
        card = scorer_of(scorer)
        used = Mapping.of(formula_of(card).columns) if mapping is None else Mapping.read(mapping)
    with options_checked():
        fields = pairs(columns or [], "--map", "COLUMN")
        none = dict.fromkeys(("decimal", "thousands", "missing", "require"))
        limits = _numbers(plausible) if plausible else None
        used = with_options(used, fields, None, **none, plausible=limits)
    with exit_on_error():
        if output is not None:
            refuse_unwritable(output, scorer, mapping)
        names = {"--map": fields, "--key": key or [], "--plausible": limits or {}}
        with _names_checked(names), options_checked():
            text = card.to_sql(
                table,
                dialect=dialect,
                key=key,
                columns=used,
                reasons=reasons,
                direction=cast("Any", direction and direction.value),
            )
        if output is not None:
            write_text(output, text)
    if output is None:
        typer.echo(text.encode(), nl=False)
    else:
        print_message(f"Wrote {output}.")


def explain(
    *,
    scorer: CardOption = None,
    plausible: PlausibleOption = None,
    language: LanguageOption = ENGLISH,
    **fields: Any,
) -> None:
    """Explain the visit probability of one account."""
    with exit_on_error():
        card = scorer_of(scorer)
        unknown = [name for name in card.fields or () if name not in field_specs(Borrower)]
        if unknown:
            names = ", ".join(map(repr, unknown))
            why = f"needs {names}, for which there is no option; score a file with these columns"
            raise CardFileError(str(scorer), why)
        with options_checked():
            borrower = _borrower_type(_numbers(plausible or []))(**fields)
        assessment = card.assess(borrower)
    print_text(assessment.explain(cast("Any", language.value)), has_words=language is ENGLISH)


def _borrower_type(limits: dict[str, float]) -> type[Borrower]:
    return (
        type(Borrower.__name__, (Borrower,), {"__slots__": (), "plausible": limits}) if limits else Borrower
    )


def with_field_options(command: Any, borrower_type: type[Borrower]) -> Any:
    """Give a command that accepts ``**fields`` one option for each field of a borrower class."""
    own = [
        each for each in inspect.signature(command).parameters.values() if each.kind is not each.VAR_KEYWORD
    ]
    options = [_field_option(spec) for spec in field_specs(borrower_type).values() if not spec.private]
    signature = inspect.Signature([*options, *own])
    command.__signature__ = signature
    command.__annotations__ = {name: each.annotation for name, each in signature.parameters.items()}
    return command


def _field_option(spec: FieldSpec) -> inspect.Parameter:
    validator = spec.validator
    kind: Any = bool if isinstance(validator, FlagValidator) else str
    if isinstance(validator, NumberValidator):
        kind = int if validator.integer else float
    elif isinstance(validator, ChoiceValidator):
        kind = validator.choices
    # With an explicit name, typer adds no second option to unset a flag.
    option = typer.Option(f"--{spec.name.replace('_', '-')}", help=spec.description)
    return inspect.Parameter(
        spec.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if spec.required else spec.default,
        annotation=Annotated[kind, option],
    )


app.command()(with_field_options(explain, Borrower))
app.command()(history)
app.command()(forecast)
app.command()(plan)
app.command()(permitted)
app.command()(validate)
app.command()(baseline)
app.command()(compare)
