"""The file that is written: whole or not at all."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from collectrisk.cli.source import refuse_directory, suffix_of
from collectrisk.errors import FileProblemError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl

    from collectrisk.cli.delimited import Dialect

__all__ = ["refuse_unwritable", "sink", "whole_or_nothing"]


def refuse_unwritable(path: Path) -> None:
    """Raise `FileProblemError` for an output that could only fail after all the work."""
    refuse_directory(path)
    suffix_of(path)
    if not path.parent.is_dir():
        raise FileProblemError(str(path), f"the directory {path.parent} does not exist; create it first")
    if path.exists() and not os.access(path, os.W_OK):
        raise FileProblemError(str(path), "is write-protected")


@contextmanager
def whole_or_nothing(path: Path) -> Iterator[Path]:
    """Give a path to write to, which takes the place of `path` only if all goes well.

    The old file stays whole until the new one is on the disk; whatever goes wrong, nothing else
    is left behind (only a kill that no program can notice leaves the half-written file, under a
    name that starts with a dot and ends in ``.part``).
    """
    final = path.resolve()
    partial = final.with_name(f".{final.name}.{os.getpid()}.part")
    try:
        partial.touch(exist_ok=False)
        yield partial
        _settle(partial, final)
    except FileProblemError:
        raise
    except OSError as error:
        raise FileProblemError(str(path), f"cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _settle(partial: Path, final: Path) -> None:
    if final.exists():
        shutil.copymode(final, partial)
    _sync(partial, os.O_RDWR)
    partial.replace(final)
    # Not every system can open a directory; there the rename is as safe as it gets.
    with suppress(OSError):
        _sync(final.parent, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sink(frame: pl.LazyFrame, partial: Path, suffix: str, dialect: Dialect | None) -> None:
    """Write a lazy frame; a CSV file made from a CSV file keeps its dialect."""
    if suffix == ".parquet":
        frame.sink_parquet(partial)
        return
    frame.sink_csv(
        partial,
        separator=dialect.delimiter if dialect else ",",
        include_bom=dialect is not None and dialect.byte_order_mark,
    )
