"""Text files as UTF-8, which is the only encoding that polars scans."""

from __future__ import annotations

import codecs
import gzip
import re
import sys
import zlib
from contextlib import nullcontext
from encodings.aliases import aliases
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, cast

import attrs

from collectrisk._cli.advice import ContentError
from collectrisk.errors import ArgumentError, FileError, did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

CHUNK = 1 << 20

LIKELY = {
    "cp1252": "Western Europe",
    "cp1250": "Central Europe",
    "cp1251": "Cyrillic",
    "gb18030": "Chinese",
    "big5": "Taiwan, Hong Kong",
    "cp932": "Japanese",
    "cp949": "Korean",
}
"""The encodings that are tried for an error message, and where they are usual."""

NOT_FOR_FILES = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"}
"""Python's text encodings for other purposes than files."""

# The mark of UTF-32 starts with that of UTF-16.
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
MARK_LENGTH = max(map(len, MARKS))


@attrs.frozen
class TextFile:
    """A text file in UTF-8.

    Attributes
    ----------
    path : Path
        The file to read: the user's, or a temporary copy.
    name : str
        The name of the user's file.
    skipped : int
        The number of lines of the user's file that a copy lacks at the beginning.
    byte_order_mark : bool
        Whether the user's file starts with a byte-order mark.
    """

    path: Path
    name: str
    skipped: int = 0
    byte_order_mark: bool = False


def is_standard_input(path: Path) -> bool:
    """Return whether a path is a dash, which stands for standard input."""
    return str(path) == "-"


def name_of(path: Path) -> str:
    """Return what messages call a file."""
    return "standard input" if is_standard_input(path) else str(path)


def _text_encoding(name: str) -> str | None:
    """Return Python's name of an encoding for text files, or None if it is not one."""
    try:
        found = codecs.lookup(name).name.replace("_", "-")
        "".encode(found)  # fails for codecs that are not between text and bytes, such as base64
    except (LookupError, ValueError):
        return None
    return None if found in NOT_FOR_FILES else found


def normalized_encoding(name: str) -> str:
    """Return Python's name of an encoding for text files, or raise `ArgumentError`."""
    found = _text_encoding(name)
    if found is None:
        others = filter(_text_encoding, [*aliases, *aliases.values()])
        guess = did_you_mean(name, LIKELY) or did_you_mean(name, others)
        why = "must be an encoding of text files that Python knows"
        raise ArgumentError("encoding", f"{why}, not {shown(name)}{guess}")
    return found


def as_utf8(path: Path, encoding: str | None, skip_lines: int, directory: Path) -> TextFile:
    """Return a file as UTF-8 text: itself, or a copy if it is anything else.

    Parameters
    ----------
    path : Path
        The file, which may be compressed; or a dash for standard input.
    encoding : str or None
        The file's encoding; by default UTF-8, or that of its byte-order mark.
    skip_lines : int
        The number of lines to leave out at the beginning.
    directory : Path
        The temporary directory for a copy.

    Raises
    ------
    FileError
        If the file cannot be read, is empty, or is not text in its encoding.
    """
    name = name_of(path)
    try:
        opened = _bytes_of(path)
    except OSError as error:
        raise FileError(name, f"cannot be read: {error.strerror}") from error
    with opened as file:
        chunks = _chunks(file, name)
        start = next(chunks, b"")
        if not start:
            raise FileError(name, "is empty; it does not even contain column names")
        marked = next((codec for mark, codec in MARKS.items() if start.startswith(mark)), None)
        used = _encoding(name, encoding, marked, start)
        texts = _decoded(chain([start], chunks), used, name)
        if (
            used == "utf-8"
            and not skip_lines
            and path.suffix.lower() != ".gz"
            and not is_standard_input(path)
        ):
            for _ in texts:
                pass  # only to find text that cannot be decoded
            return TextFile(path, name, 0, marked is not None)
        copy = directory / "copy.csv"
        try:
            with copy.open("w", encoding="utf-8", newline="") as target:
                target.writelines(_after_lines(texts, skip_lines, name))
        except FileError:
            raise
        except OSError as error:
            raise FileError(str(copy), f"the temporary copy cannot be written: {error.strerror}") from error
    return TextFile(copy, name, skip_lines, marked is not None)


def _bytes_of(path: Path) -> AbstractContextManager[BinaryIO]:
    if is_standard_input(path):
        return nullcontext(sys.stdin.buffer)
    return cast("BinaryIO", gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb")


def _chunks(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the bytes of a file; the first chunk is just long enough for a byte-order mark."""
    try:
        yield from filter(None, [file.read(MARK_LENGTH)])
        yield from iter(partial(file.read, CHUNK), b"")
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(name, f"cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _encoding(name: str, declared: str | None, marked: str | None, start: bytes) -> str:
    """Return the encoding to use; raise `FileError` if the first bytes contradict it."""
    used = normalized_encoding(declared or marked or "utf-8")
    used = "utf-8" if used == "utf-8-sig" else used
    if marked and not used.startswith(marked):
        why = f"starts with the byte-order mark of {marked}, so it is not {declared} text"
        raise FileError(name, f"{why}; leave out --encoding")
    if b"\0" in start and not used.startswith(("utf-16", "utf-32")):
        why = f"contains NUL characters, so it is not {used} text"
        raise FileError(name, f"{why}; is it UTF-16? Then pass --encoding utf-16-le or utf-16-be")
    if used in {"utf-16", "utf-32"} and not marked:
        raise FileError(name, f"has no byte-order mark; pass --encoding {used}-le or {used}-be")
    return used


def _decoded(chunks: Iterable[bytes], encoding: str, name: str) -> Iterator[str]:
    """Yield the text without its byte-order mark; raise `FileError` where it cannot be decoded."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, at_start = 1, True
    for chunk in chain(chunks, [b""]):
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise _undecodable(error, encoding, name, line) from error
        line += text.count("\n")
        yield text.removeprefix("\ufeff") if at_start else text
        at_start = at_start and not text


def _undecodable(error: UnicodeDecodeError, encoding: str, name: str, line: int) -> FileError:
    """Return the error for bytes that are not text in an encoding, with the encodings that fit."""
    before, after = error.object[: error.start], error.object[error.start :]
    line += before.decode(encoding, "replace").count("\n")
    bad_line = before.rpartition(b"\n")[2] + after.partition(b"\n")[0]
    place = len(before.rpartition(b"\n")[2])
    readings = []
    for candidate, region in LIKELY.items():
        try:
            word = _word_at(bad_line.decode(candidate), len(bad_line[:place].decode(candidate, "ignore")))
        except UnicodeDecodeError:
            continue
        if word.isprintable():
            readings.append((candidate, f"{candidate} ({region}): {shown(word)}"))
    why = f"line {line} is not {'UTF-8' if encoding == 'utf-8' else encoding} text"
    if not readings:
        return FileError(name, f"{why}, nor text in another usual encoding; is the file damaged?")
    listed = ", ".join(reading for _, reading in readings)
    advice = f"pass the encoding that reads right, such as --encoding {readings[0][0]}"
    return ContentError(name, f"{why}; it decodes as {listed}; {advice}")


def _word_at(text: str, position: int) -> str:
    """Return the word at a position of a text, or the character if it is not in a word."""
    words = re.finditer(r"[\w.'€-]+", text)
    found = (word[0] for word in words if word.start() <= position < word.end())
    return next(found, text[position : position + 1])


def _after_lines(texts: Iterable[str], count: int, name: str) -> Iterator[str]:
    """Yield the text after the first lines."""
    left = count
    for text in texts:
        rest = text
        while left and rest:
            _, end, rest = rest.partition("\n")
            left -= len(end)
        yield rest
    if left:
        raise FileError(name, f"has only {count - left} lines, but --skip-lines is {count}")
