"""Scorecards as JSON files that can be read, compared and trusted; loading runs no code."""

from __future__ import annotations

import hashlib
import importlib
import json
import math
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectrisk.atomic import written_whole
from collectrisk.card_format import card_of, data_of
from collectrisk.errors import ArgumentError, CardFileError, InvalidCardError
from collectrisk.scorecard import CardScorer, Scorecard
from collectrisk.scorer import Scorer
from collectrisk.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["load", "save"]

FORMAT = "collectrisk scorecard"
FORMAT_VERSION = 1
LARGEST_FILE = 4 * 2**20
"""In bytes; a card of 500 characteristics with 32 knots each takes a small part of it."""

MIGRATIONS: dict[int, Callable[[Any], Any]] = {}
"""For each older format version, the function that turns its card into the next version's."""


def save(scorer: Scorer, path: str | os.PathLike[str]) -> None:
    """Write a scorer to a file, whole or not at all.

    Everything that is a scorecard (rules, a fitted or an edited card) becomes JSON that a
    person can read and a diff can show: format and package version, a hash of the card, each
    characteristic with its source and its points to full precision, and the ladder. Any other
    scorer is stored with joblib, which only `load` with ``trusted=True`` reads back.

    Parameters
    ----------
    scorer : Scorer
        The scorer.
    path : str or path
        The file; a scorer that is no scorecard may not be called ``.json``.

    Raises
    ------
    ArgumentError
        If `scorer` is no scorer, or has no JSON form and the path says ``.json``.
    FileProblemError
        If the file cannot be written. The old file then still stands.

    Examples
    --------
    >>> import collectrisk as cr, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "card.json")
    >>> cr.save(cr.RuleScorer(), path)
    >>> cr.load(path) == cr.RuleScorer().card
    True
    """
    if not isinstance(scorer, Scorer):
        raise ArgumentError("scorer", f"must be a scorer, not a {type(scorer).__name__}")
    if isinstance(scorer, CardScorer):
        text = _document(scorer.card.with_ladder(scorer.ladder))
        with written_whole(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
        return
    if os.fspath(path).endswith(".json"):
        why = (
            f"is a {type(scorer).__name__}, which is no scorecard and has no JSON form; call the file .joblib"
        )
        raise ArgumentError("scorer", why)
    with written_whole(path) as temporary:
        importlib.import_module("joblib").dump(scorer, temporary)


def load(path: str | os.PathLike[str], *, trusted: bool = False, follow_symlinks: bool = False) -> Scorer:
    """Read a scorer from a file. A card file is data: reading it runs no code.

    Parameters
    ----------
    path : str or path
        The file.
    trusted : bool, default False
        Whether a file that is no card may be read with joblib, which runs whatever code its
        writer put into it.
    follow_symlinks : bool, default False
        Whether `path` may be a symbolic link.

    Returns
    -------
    Scorer
        A `Scorecard` from a card file; else what was stored.

    Raises
    ------
    CardFileError
        If the file cannot be read, is too large, is of an unknown version, was changed since
        it was written, or holds anything but a card.

    Examples
    --------
    >>> import collectrisk as cr
    >>> cr.load("nowhere.json")
    Traceback (most recent call last):
        ...
    collectrisk.errors.CardFileError: nowhere.json: cannot be read (No such file or directory)
    """
    name = os.fspath(path)
    content = _content(name, follow_symlinks=follow_symlinks)
    if content.lstrip()[:1] == b"{":
        return _card_in(content, name)
    if trusted:
        return _stored_in(name)
    raise CardFileError(
        name,
        "is no card file; if you trust whoever wrote it, trusted=True reads it with joblib, and may run code",
    )


def _document(card: Scorecard) -> str:
    """Return the text of a card file."""
    data = data_of(card)
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "package_version": __version__,
        "sha256": _digest(data),
        "scorecard": data,
    }
    return _laid_out(document) + "\n"


def _digest(data: Any) -> str:
    """Return the hash of a card's data, whatever its layout and order of keys."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _laid_out(value: Any, indent: str = "") -> str:
    """Return JSON with a line for each fact: objects and lists are broken, pairs are not."""
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        lines = [f"{deeper}{_inline(key)}: {_laid_out(each, deeper)}" for key, each in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, (list, tuple)) and any(isinstance(each, (list, tuple, dict)) for each in value):
        lines = [deeper + _laid_out(each, deeper) for each in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    return _inline(value)


def _inline(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _content(name: str, *, follow_symlinks: bool) -> bytes:
    """Return the first bytes of a regular file: all of it, if it is of a card's size."""
    if not follow_symlinks and Path(name).is_symlink():
        raise CardFileError(name, "is a symbolic link; load what it points to, or pass follow_symlinks=True")
    try:
        # Opening a pipe must not wait for somebody to write into it.
        handle = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise CardFileError(name, "is no regular file")
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise CardFileError(name, f"cannot be read ({error.strerror})") from error


def _card_in(content: bytes, name: str) -> Scorecard:
    """Return the card in a file's bytes."""
    if len(content) > LARGEST_FILE:
        raise CardFileError(name, f"is larger than {LARGEST_FILE:,} bytes, and no card is")
    try:
        document = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_no_key_twice,
            parse_constant=_finite,
            parse_float=_finite,
            parse_int=_finite,
        )
        return card_of(_checked(document))
    except (ValueError, RecursionError) as error:
        raise CardFileError(name, f"holds no valid card: {error}") from error


def _checked(document: dict[str, Any]) -> Any:
    """Return the card's data, brought to the newest version, if head and hash are right."""
    head = {"format", "format_version", "package_version", "sha256", "scorecard"}
    if set(document) != head or document["format"] != FORMAT:
        raise InvalidCardError("file", f"must be a {FORMAT!r} with exactly {', '.join(sorted(head))}")
    version = document["format_version"]
    if version != FORMAT_VERSION and version not in MIGRATIONS:
        written = str(document["package_version"])[:40]
        why = (
            f"{version!r} is unknown to {__version__}; collectrisk {written} wrote the file, so upgrade to it"
        )
        raise InvalidCardError("format_version", why)
    data = document["scorecard"]
    if _digest(data) != document["sha256"]:
        why = "the card was changed after it was written; change it in Python and save it again"
        raise InvalidCardError("sha256", why)
    while version != FORMAT_VERSION:
        data = MIGRATIONS[version](data)
        version += 1
    return data


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidCardError("file", "an object has the same key twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InvalidCardError("file", f"{text[:40]} is no finite number")
    return number


def _stored_in(name: str) -> Scorer:
    """Return the scorer that joblib stored, running whatever its writer put there."""
    try:
        stored = importlib.import_module("joblib").load(name)
    except Exception as error:
        raise CardFileError(name, f"cannot be read with joblib ({type(error).__name__}: {error})") from error
    if not isinstance(stored, Scorer):
        raise CardFileError(name, f"holds a {type(stored).__name__}, not a scorer")
    return stored
