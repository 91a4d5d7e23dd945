"""Options that several commands have, and the errors of options."""
# typer reads the annotations at run time, so there is no `from __future__ import annotations`.

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from collectrisk._display.words import LANGUAGES
from collectrisk.errors import ArgumentError, InvalidMappingError, printable

DelimiterOption = Annotated[
    str | None, typer.Option(metavar="CHAR", help="The delimiter of a text file; detected by default.")
]
EncodingOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="The encoding of a text file; UTF-8 by default.")
]
SkipLinesOption = Annotated[int, typer.Option(metavar="N", help="Leave out N lines above the header.")]
SheetOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="The sheet of an Excel file; by default, the only one.")
]

LanguageName = enum.StrEnum("LanguageName", list(LANGUAGES))  # type: ignore[misc]  # not a literal list
ENGLISH = LanguageName("en")
LanguageOption = Annotated[LanguageName, typer.Option("--language", help="The language of the result.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")]
LogZoneOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="The time zone of the log, such as Asia/Shanghai.")
]
TimeFormatOption = Annotated[
    str | None, typer.Option(metavar="FORMAT", help="How times are written as text; ISO 8601 by default.")
]


def pairs(texts: list[str], option: str, value: str, key: str = "FIELD") -> dict[str, str]:
    """Parse pairs such as ``FIELD=COLUMN``, each field once."""
    found: dict[str, str] = {}
    for text in texts:
        field, equals, after = text.partition("=")
        if not (field and equals) or field in found:
            why = f"write {key}={value} once for each {key.lower()}, not {text!r}"
            raise typer.BadParameter(why, param_hint=option)
        found[field] = after
    return found


@contextmanager
def options_checked() -> Iterator[None]:
    """Report an invalid argument as an invalid option."""
    try:
        yield
    except (ArgumentError, InvalidMappingError) as error:
        part = error.argument.rpartition(".")[2] if isinstance(error, ArgumentError) else error.part
        part = "map" if part == "columns" else part
        why = f"{error.about}: {error.why}" if error.about else error.why
        raise typer.BadParameter(printable(why), param_hint=f"--{part.replace('_', '-')}") from error
