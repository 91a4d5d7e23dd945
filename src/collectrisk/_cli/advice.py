"""Errors that a mapping may solve, and how to draft one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk.errors import (
    ColumnNameError,
    ColumnsError,
    FileError,
    InvalidRowsError,
    MissingColumnError,
    shell_word,
)

if TYPE_CHECKING:
    from pathlib import Path

    from collectrisk.errors import CollectRiskError

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".xlsx")


class ContentError(FileError):
    """A file that can be read, but whose text, columns or cells are not as expected."""


SOLVED_BY_MAPPING = (ContentError, ColumnsError, MissingColumnError, ColumnNameError, InvalidRowsError)


def mapping_name(path: Path) -> str:
    """Return the name of the mapping that is proposed for a file; a dash is standard input."""
    name = path.name.removesuffix(".gz")
    stem = next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)
    return "mapping.toml" if stem == "-" else f"{stem}.toml"


def draft_advice(error: CollectRiskError, path: Path) -> str:
    """Return how to draft the mapping of a file, as a line after an error that a mapping may solve."""
    if not isinstance(error, SOLVED_BY_MAPPING):
        return ""
    if not path.is_file():  # standard input
        return ""
    file, mapping = shell_word(str(path)), shell_word(mapping_name(path))
    return f"\nOr draft a mapping and correct it: collectrisk map {file} -o {mapping}"
