"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from collectrisk.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a path to write to, which takes the place of `path` only if all goes well.

    The old file, or the one that a symbolic link points to, stands until the new one is on the
    disk. Whatever goes wrong, nothing else is left behind; only a kill that no program can
    notice leaves the half-written file, under a name that starts with a dot and ends in
    ``.part``.

    Raises
    ------
    FileError
        If `path` cannot be written; the error names it.
    """
    with _errors_naming(path):
        refuse_unwritable(path)
        final = Path(os.path.realpath(path))
        partial = final.with_name(f".{final.name}.{secrets.token_hex(4)}.part")
        try:
            partial.touch(exist_ok=False)
            yield partial
            _settle(partial, final)
        finally:
            partial.unlink(missing_ok=True)


def refuse_unwritable(path: str | os.PathLike[str]) -> None:
    """Raise `FileError` for a path that could only fail after all the work."""
    target = Path(path)
    if target.is_dir():
        raise FileError(str(target), "is a directory; name a file in it")
    if not target.parent.is_dir():
        raise FileError(str(target), f"the directory {target.parent} does not exist; create it first")
    if target.exists() and not target.is_file():
        raise FileError(str(target), "is no regular file")
    if target.exists() and not os.access(target, os.W_OK):
        raise FileError(str(target), "is write-protected")


@contextmanager
def _errors_naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn what the system reports into an error that names the file the user asked for."""
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        why = f"cannot be written ({error.strerror or error})"
        raise FileError(os.fspath(path), why) from error


def _settle(partial: Path, final: Path) -> None:
    _flush(partial, os.O_RDWR)
    if final.exists():
        shutil.copymode(final, partial)
    partial.replace(final)
    # Not every system can open a folder; there the rename is as safe as it gets.
    with suppress(OSError):
        _flush(final.parent, os.O_RDONLY)


def _flush(path: Path, flags: int) -> None:
    """Make sure that a file or folder has reached the disk."""
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
