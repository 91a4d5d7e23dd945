"""Writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from collectrisk.errors import FileProblemError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["written_whole"]


@contextlib.contextmanager
def written_whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary file beside `path`, and put it in its place when all went well.

    Until the last moment the old file stands; an error or an interrupt removes the temporary
    file, and a killed process leaves at most that file behind.

    Raises
    ------
    FileProblemError
        If `path` is a directory, or its folder does not exist or cannot be written.
    """
    target = Path(path)
    if target.is_dir():
        raise FileProblemError(str(target), "is a directory; name a file")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise FileProblemError(str(target), f"cannot be written ({error.strerror})") from error
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(_mode_for(target))
        _flush(temporary)
        temporary.replace(target)
        _flush(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _mode_for(target: Path) -> int:
    """Return the permissions that the file has, or that a new file would get."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _flush(path: Path) -> None:
    """Make sure that a file or folder has reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
