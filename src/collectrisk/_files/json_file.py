"""Files of plain data as JSON, with a format, versions and a hash; reading one runs no code."""

from __future__ import annotations

import json
import math
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from collectrisk._files.atomic import atomic_write
from collectrisk._files.card_data import digest
from collectrisk._plain import number_in, object_in, text_in
from collectrisk._version import __version__
from collectrisk.errors import ArgumentError, FileError, InvalidCardError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

Read = TypeVar("Read")

MAX_BYTES = 2 * 2**20
"""A card of 500 characteristics with 32 knots each needs less than half of this."""

RECORD_VERSION = 1
"""The version of the formats of `save_record`."""

MAX_MESSAGE = 300
"""In characters; the contents of a file must not fill the screen through an error message."""


def file_name(path: object) -> str:
    """Return a path as text, or raise `ArgumentError`."""
    name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    try:
        valid = isinstance(name, str) and bool(name) and b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        valid = False
    if not valid:
        raise ArgumentError("path", f"must be the path of a file, not {path!r}")
    return str(name)


def write_json(name: str, contents: Any, argument: str) -> None:
    """Write plain data to a file, completely or not at all.

    Raises
    ------
    ArgumentError
        If the data are larger than what is read back; the error names the argument.
    FileError
        If the file cannot be written.
    """
    content = (_layout(contents) + "\n").encode()
    if len(content) > MAX_BYTES:
        why = f"would need {len(content):,} bytes, and `load` reads at most {MAX_BYTES:,}"
        raise ArgumentError(argument, why)
    with atomic_write(name) as temporary:
        temporary.write_bytes(content)


def _layout(value: Any, indent: str = "") -> str:
    """Return JSON with one line for each fact, so that a diff shows only what was changed.

    Unlike with ``json.dumps(indent=2)``, pairs and other lists of plain values stay on one line.
    """
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        lines = [f"{deeper}{_layout(key)}: {_layout(each, deeper)}" for key, each in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(each, (list, dict)) for each in value):
        lines = [deeper + _layout(each, deeper) for each in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read_content(name: str, *, follow_symlinks: bool, error: type[FileError] = FileError) -> bytes:
    """Return the contents of a regular file, up to one byte more than it may have."""

    # Without O_NONBLOCK, opening a pipe would wait until another process writes to it.
    def opener(path: str, flags: int) -> int:
        return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))

    try:
        linked = Path(name).is_symlink()
        with open(name, "rb", opener=opener) as file:
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            content = file.read(MAX_BYTES + 1) if regular else b""
    except OSError as reason:
        raise error(name, f"cannot be read ({reason.strerror})") from reason
    if linked and not follow_symlinks:
        raise error(name, "is a symbolic link; load its target, or pass follow_symlinks=True")
    if not regular:
        raise error(name, "is not a regular file")
    return content


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidCardError("file", "an object has the same key twice")
    return found


def finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InvalidCardError("file", f"{text[:40]} is not a finite number")
    return number


def parse_json(
    content: bytes,
    name: str,
    noun: str,
    read: Callable[[Any], Read],
    *,
    error: type[FileError] = FileError,
    parse_int: Callable[[str], float] = finite,
) -> Read:
    """Return what a function reads from JSON.

    Parameters
    ----------
    content : bytes
        The JSON.
    name : str
        The file, for error messages.
    noun : str
        What it is to contain, such as ``"card"``.
    read : callable
        Reads the plain data, and raises `ValueError` if they are not valid.
    error : type, optional
        The error to raise.
    parse_int : callable, optional
        Reads whole numbers; by default as floats.
    """
    if len(content) > MAX_BYTES:
        raise error(name, f"is larger than {MAX_BYTES:,} bytes, which no {noun} is")
    try:
        # Stricter than Python's default: UTF-8, unique keys and finite numbers only.
        contents = json.loads(
            content.decode(),
            object_pairs_hook=_unique_keys,
            parse_constant=finite,
            parse_float=finite,
            parse_int=parse_int,
        )
        return read(contents)
    except (ValueError, RecursionError) as reason:
        why = f"does not contain a valid {noun}: {str(reason)[:MAX_MESSAGE]}"
        raise error(name, why) from None


LOADERS = {
    "collectrisk scorecard": "collectrisk.load",
    "collectrisk baseline": "Baseline.load",
    "collectrisk split": "Split.load",
}
"""What reads each kind of file."""


def wrapped(data: Any, kind: str, version: int) -> dict[str, Any]:
    """Return the contents of a file: the format, versions, a hash and the data."""
    return {
        "format": f"collectrisk {kind}",
        "format_version": version,
        "package_version": __version__,
        "sha256": digest(data),
        kind: data,
    }


def unwrapped(contents: Any, kind: str, versions: Collection[int], noun: str) -> tuple[int, Any]:
    """Return the version of a file's contents, and the data.

    Raises
    ------
    InvalidCardError
        If the format, the version or the hash is not valid.
    """
    other = contents.get("format") if isinstance(contents, dict) else None
    if isinstance(other, str) and other != f"collectrisk {kind}" and other in LOADERS:
        why = f"must be 'collectrisk {kind}', not {other!r}, which {LOADERS[other]} reads"
        raise InvalidCardError("format", why)
    object_in(contents, "file", {"format", "format_version", "package_version", "sha256", kind})
    if contents["format"] != f"collectrisk {kind}":
        raise InvalidCardError("format", f"must be 'collectrisk {kind}'")
    version = number_in(contents["format_version"], "format_version")
    writer = text_in(contents["package_version"], "package_version")
    if version not in versions:
        why = (
            f"{version:g} is unknown to {__version__}; collectrisk {writer[:40]} wrote the file, so use that"
        )
        raise InvalidCardError("format_version", why)
    if digest(contents[kind]) != contents["sha256"]:
        why = f"the {noun} was changed after it was written; change it in Python and save it again"
        raise InvalidCardError("sha256", why)
    return int(version), contents[kind]


def save_record(path: object, kind: str, data: dict[str, Any]) -> None:
    """Write a result to a file of its own format, such as ``"baseline"``.

    Raises
    ------
    ArgumentError
        If the path is not one, or the data are larger than what is read back.
    FileError
        If the file cannot be written.
    """
    write_json(file_name(path), wrapped(data, kind, RECORD_VERSION), kind)


def load_record(path: object, kind: str, read: Callable[[Any], Read]) -> Read:
    """Return what a function reads from the data in a file of `save_record`.

    Raises
    ------
    ArgumentError
        If the path is not one.
    FileError
        If the file cannot be read, is too large, has an unknown version, was changed after it was
        written, or contains something else.
    """
    name = file_name(path)
    content = read_content(name, follow_symlinks=True)

    def data_in(contents: Any) -> Read:
        return read(unwrapped(contents, kind, {RECORD_VERSION}, kind)[1])

    return parse_json(content, name, kind, data_in, parse_int=int)
