"""Writing a file completely or not at all."""

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
    """Yield a temporary path to write to, which replaces `path` if the block succeeds.

    The old file, or the one that a symbolic link points to, is kept until the new one is on the
    disk. After any error, the temporary file is removed. Only a process that is killed with SIGKILL
    leaves it behind, under a name that starts with a dot and ends in ``.part``.

    Raises
    ------
    FileError
        If `path` cannot be written; the error names it.
    """
    try:
        refuse_unwritable(path)
        final = Path(os.path.realpath(path))
        partial = final.with_name(f".{final.name}.{secrets.token_hex(4)}.part")
        try:
            partial.touch(exist_ok=False)
            yield partial
            _replace(partial, final)
        finally:
            partial.unlink(missing_ok=True)
    except FileError:
        raise
    except OSError as error:
        raise FileError(os.fspath(path), f"cannot be written ({error.strerror or error})") from error


def refuse_unwritable(path: str | os.PathLike[str], *inputs: Path | None) -> None:
    """Raise `FileError` for a path that cannot be written, before any work is done.

    Parameters
    ----------
    path : str or path
        The file to write.
    inputs : path or None
        Files that are read, and that the output would destroy.
    """
    target = Path(path)
    sources = [each for each in inputs if each is not None and each.exists()]
    checks = {
        "is a directory; name a file in it": target.is_dir(),
        f"the directory {target.parent} does not exist; create it first": not target.parent.is_dir(),
        "is not a regular file": target.exists() and not target.is_file(),
        "is write-protected": target.exists() and not os.access(target, os.W_OK),
        "is a file that is read, and would be lost; name another one": target.exists()
        and any(map(target.samefile, sources)),
    }
    for why, failed in checks.items():
        if failed:
            raise FileError(str(target), why)


def _replace(partial: Path, final: Path) -> None:
    _flush(partial, os.O_RDWR)
    if final.exists():
        shutil.copymode(final, partial)
    partial.replace(final)
    # Without this, a power failure may undo the rename. Not every system can open a directory.
    with suppress(OSError):
        _flush(final.parent, os.O_RDONLY)


def _flush(path: Path, flags: int) -> None:
    """Wait until a file or directory is on the disk."""
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
