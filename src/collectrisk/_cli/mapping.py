"""Drafting the mapping of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from collectrisk._borrower import Borrower
from collectrisk._cli.advice import mapping_name
from collectrisk._cli.detection import detect
from collectrisk._cli.excel import values_of
from collectrisk._cli.tabular import Reading, Source, first_line, open_source
from collectrisk._fields import field_specs
from collectrisk.errors import FileError, shell_word
from collectrisk.mapping._draft import draft_mapping

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

FIRST_ROWS = 10_000
LAST_ROWS = 20
"""A row of totals is at the end of a file."""


def draft_file(path: Path, reading: Reading, output: Path | None, as_of: dt.date | None) -> str:
    """Return a draft of the mapping of a file.

    Parameters
    ----------
    path : Path
        The file.
    reading : Reading
        How to read it; what is not declared is detected.
    output : Path or None
        The file to which the mapping will be written, if any.
    as_of : date or None
        The day up to which dates are counted.

    Raises
    ------
    FileError
        If the file cannot be read.
    """
    specs = field_specs(Borrower)
    reading.refuse_unused(path)
    reading, settings = detect(path, reading, specs)
    with open_source(path, reading, specs, skip=None) as source:
        columns = _cells_of(source)
    words = ["collectrisk", "score", str(path), "--mapping", str(output or mapping_name(path))]
    command = " ".join(map(shell_word, words))
    return draft_mapping(columns, specs, command=command, reading=settings, as_of=as_of)


def what_to_do(draft: str) -> str:
    """Return what the user must do with a draft."""
    count = draft.count(' = ""')
    if not count:
        return "Check every line."
    return f'Check every line, and fill in the {count} {"entry" if count == 1 else "entries"} with "".'


def _cells_of(source: Source) -> dict[str, list[Any]]:
    """Return the cells of the first and the last rows."""
    parts = [source.scan.head(FIRST_ROWS)]
    if source.rows > FIRST_ROWS:
        parts.append(source.scan.slice(max(FIRST_ROWS, source.rows - LAST_ROWS)))
    try:
        frame = pl.concat(parts).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FileError(source.name, f"cannot be read: {first_line(error)}") from error
    return {
        name: (values_of(frame[name]) if name in source.mixed else frame[name]).to_list()
        for name in frame.columns
    }
