"""Scorecards as JSON files that can be read, compared and trusted; loading runs no code."""

from __future__ import annotations

import codecs
import importlib
import json
import math
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectrisk._files.atomic import atomic_write
from collectrisk._files.card_format import card_in, document_of
from collectrisk._scorers.scorecard import CardScorer
from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import ArgumentError, CardFileError, InvalidCardError

if TYPE_CHECKING:
    from collectrisk._scorers.scorecard import Scorecard

LARGEST_FILE = 2 * 2**20
"""In bytes; a card of 500 characteristics with 32 knots each takes less than half of it."""

LONGEST_REASON = 300
"""In characters; what a file holds must not fill the screen by way of an error."""


def save(scorer: Scorer, path: str | os.PathLike[str]) -> None:
    """Write a scorer to a file, whole or not at all.

    Everything that is a scorecard (rules, a fitted, an edited or a blended card) becomes JSON
    that a person can read and a diff can show: format and package version, a hash of the card,
    each characteristic with its source and its points to full precision, and the ladder. Any
    other scorer is stored with joblib, which only `load` with ``trusted=True`` reads back.

    Parameters
    ----------
    scorer : Scorer
        The scorer.
    path : str or path
        The file; a scorer that is no scorecard may not be called ``.json``. Where it is a
        symbolic link, what it points to is written.

    Raises
    ------
    ArgumentError
        If `scorer` is no scorer, or cannot be stored, or has no JSON form and the path says
        ``.json``.
    InvalidCardError
        If a text of the card, such as a label, is none.
    FileError
        If the file cannot be written. The old file then still stands.

    Examples
    --------
    >>> import collectrisk as cr, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "card.json")
    >>> cr.save(cr.RuleScorer(), path)
    >>> cr.load(path) == cr.RuleScorer().card
    True
    """
    name = _name(path)
    if not isinstance(scorer, Scorer):
        raise ArgumentError("scorer", f"must be a scorer, not a {type(scorer).__name__}")
    card = scorer.card if isinstance(scorer, CardScorer) else None
    if card is not None:
        _write_card(card.with_ladder(scorer.ladder), name)
    elif name.lower().endswith(".json"):
        kind = type(scorer).__name__
        why = f"is a {kind}, which is no scorecard and has no JSON form; call the file .joblib"
        raise ArgumentError("scorer", why)
    else:
        _store(scorer, name)


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
    name = _name(path)
    content = _content(name, follow_symlinks=follow_symlinks)
    if content.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{":
        return _card_from(content, name)
    if trusted:
        return _stored_in(name)
    raise CardFileError(
        name,
        "is no card file, which would begin with '{'; trusted=True reads what joblib has stored, and runs "
        "whatever code its writer put there",
    )


def _name(path: object) -> str:
    """Return a path as text."""
    name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if not isinstance(name, str) or "\0" in name:
        raise ArgumentError("path", f"must be the path of a file, not {path!r}")
    return name


def _write_card(card: Scorecard, name: str) -> None:
    content = (_laid_out(document_of(card)) + "\n").encode()
    if len(content) > LARGEST_FILE:
        why = f"would take {len(content):,} bytes, and `load` reads no more than {LARGEST_FILE:,}"
        raise ArgumentError("scorer", why)
    with atomic_write(name) as temporary:
        temporary.write_bytes(content)


def _laid_out(value: Any, indent: str = "") -> str:
    """Return JSON with a line for each fact: objects and lists are broken, pairs are not."""
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        lines = [f"{deeper}{_inline(key)}: {_laid_out(each, deeper)}" for key, each in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(each, (list, dict)) for each in value):
        lines = [deeper + _laid_out(each, deeper) for each in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    return _inline(value)


def _inline(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _content(name: str, *, follow_symlinks: bool) -> bytes:
    """Return the first bytes of a regular file: all of it, if it is of a card's size."""
    try:
        linked = Path(name).is_symlink()
        content = _first_bytes(name)
    except OSError as error:
        raise CardFileError(name, f"cannot be read ({error.strerror})") from error
    if linked and not follow_symlinks:
        raise CardFileError(name, "is a symbolic link; load what it points to, or pass follow_symlinks=True")
    if content is None:
        raise CardFileError(name, "is no regular file")
    return content


def _first_bytes(name: str) -> bytes | None:
    """Return the first bytes of a regular file; None where there is something else."""
    with open(name, "rb", opener=_open_at_once) as file:
        regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
        return file.read(LARGEST_FILE + 1) if regular else None


def _open_at_once(name: str, flags: int) -> int:
    """Open a file; a pipe too, without waiting until somebody writes into it."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _card_from(content: bytes, name: str) -> Scorecard:
    """Return the card in a file's bytes."""
    if len(content) > LARGEST_FILE:
        raise CardFileError(name, f"is larger than {LARGEST_FILE:,} bytes, and no card is")
    try:
        return card_in(_parsed(content))
    except (ValueError, RecursionError) as error:
        raise CardFileError(name, f"holds no valid card: {_in_short(error)}") from None


def _in_short(error: Exception) -> str:
    """Return an error's text on one line, without what a file could do to a screen."""
    start = str(error)[:LONGEST_REASON]
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in start)


def _parsed(content: bytes) -> Any:
    """Return what JSON says, read more strictly than Python does."""
    return json.loads(
        content.decode("utf-8"),
        object_pairs_hook=_no_key_twice,
        parse_constant=_finite,
        parse_float=_finite,
        parse_int=_finite,
    )


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


def _store(scorer: Scorer, name: str) -> None:
    with atomic_write(name) as temporary:
        try:
            importlib.import_module("joblib").dump(scorer, temporary)
        except OSError:
            raise
        except Exception as error:
            why = f"cannot be stored with joblib ({type(error).__name__}: {error})"
            raise ArgumentError("scorer", why) from error


def _stored_in(name: str) -> Scorer:
    """Return the scorer that joblib stored, running whatever its writer put there."""
    try:
        stored = importlib.import_module("joblib").load(name)
    except Exception as error:
        raise CardFileError(name, f"cannot be read with joblib ({type(error).__name__}: {error})") from error
    if not isinstance(stored, Scorer):
        raise CardFileError(name, f"holds a {type(stored).__name__}, not a scorer")
    return stored
