"""Saving scorers to files and loading them; a scorecard is JSON, and loading it runs no code."""

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
from collectrisk._files.card_format import card_from_file, file_from_card
from collectrisk._scorers.scorecard import CardScorer
from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import ArgumentError, CardFileError, InvalidCardError, type_name

if TYPE_CHECKING:
    from collectrisk._scorers.scorecard import Scorecard

MAX_BYTES = 2 * 2**20
"""A card of 500 characteristics with 32 knots each needs less than half of this."""

MAX_MESSAGE = 300
"""In characters; the contents of a file must not fill the screen through an error message."""


def save(scorer: Scorer, path: str | os.PathLike[str]) -> None:
    """Write a scorer to a file, completely or not at all.

    Every scorecard (rules, a fitted, an edited or a blended card) is written as JSON that people
    can read and compare: format and package version, a hash of the card, each characteristic with
    its source and its points to full precision, and the ladder. Any other scorer is stored with
    joblib, and only `load` with ``trusted=True`` reads it.

    Parameters
    ----------
    scorer : Scorer
        The scorer.
    path : str or path
        The file. Only a scorecard may have the suffix ``.json``. If the path is a symbolic link,
        its target is written.

    Raises
    ------
    ArgumentError
        If `scorer` is not a scorer, cannot be stored, or has no JSON form although the suffix is
        ``.json``.
    InvalidCardError
        If a text of the card, such as a label, is not valid text.
    FileError
        If the file cannot be written. The old file is then unchanged.

    Examples
    --------
    >>> import collectrisk as cr, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "card.json")
    >>> cr.save(cr.RuleScorer(), path)
    >>> cr.load(path) == cr.RuleScorer().card
    True
    """
    name = _name(path)
    if isinstance(scorer, CardScorer):
        _save_card(scorer.card.with_ladder(scorer.ladder), name)
    elif not isinstance(scorer, Scorer):
        raise ArgumentError("scorer", f"must be a scorer, not {type_name(scorer)}")
    elif name.lower().endswith(".json"):
        why = f"is {type_name(scorer)}, which is not a scorecard and has no JSON form; use the suffix .joblib"
        raise ArgumentError("scorer", why)
    else:
        _save_joblib(scorer, name)


def load(path: str | os.PathLike[str], *, trusted: bool = False, follow_symlinks: bool = False) -> Scorer:
    """Read a scorer from a file. A card file is data: reading it runs no code.

    Parameters
    ----------
    path : str or path
        The file.
    trusted : bool, default False
        Whether a file that is not a card may be read with joblib, which runs any code that its
        author put into it.
    follow_symlinks : bool, default False
        Whether `path` may be a symbolic link.

    Returns
    -------
    Scorer
        A `Scorecard` from a card file, otherwise the scorer that was stored.

    Raises
    ------
    CardFileError
        If the file cannot be read, is too large, has an unknown version, was changed after it was
        written, or does not contain a card.

    Examples
    --------
    >>> import collectrisk as cr
    >>> cr.load("nowhere.json")
    Traceback (most recent call last):
        ...
    collectrisk.errors.CardFileError: nowhere.json: cannot be read (No such file or directory)
    """
    name = _name(path)
    content = _read(name, follow_symlinks=follow_symlinks)
    if content.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{":
        return _load_card(content, name)
    if trusted:
        return _load_joblib(name)
    raise CardFileError(
        name,
        "is not a card file, which starts with '{'",
        "; trusted=True reads a file that joblib wrote, and runs any code that its author put into it",
    )


def _name(path: object) -> str:
    """Return a path as text, or raise `ArgumentError`."""
    name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    try:
        valid = isinstance(name, str) and bool(name) and b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        valid = False
    if not valid:
        raise ArgumentError("path", f"must be the path of a file, not {path!r}")
    return str(name)


def _save_card(card: Scorecard, name: str) -> None:
    content = (_layout(file_from_card(card)) + "\n").encode()
    if len(content) > MAX_BYTES:
        why = f"would need {len(content):,} bytes, and `load` reads at most {MAX_BYTES:,}"
        raise ArgumentError("scorer", why)
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


def _read(name: str, *, follow_symlinks: bool) -> bytes:
    """Return the contents of a regular file, up to one byte more than a card may have."""

    # Without O_NONBLOCK, opening a pipe would wait until another process writes to it.
    def opener(path: str, flags: int) -> int:
        return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))

    try:
        linked = Path(name).is_symlink()
        with open(name, "rb", opener=opener) as file:
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            content = file.read(MAX_BYTES + 1) if regular else b""
    except OSError as error:
        raise CardFileError(name, f"cannot be read ({error.strerror})") from error
    if linked and not follow_symlinks:
        raise CardFileError(name, "is a symbolic link; load its target, or pass follow_symlinks=True")
    if not regular:
        raise CardFileError(name, "is not a regular file")
    return content


def _load_card(content: bytes, name: str) -> Scorecard:
    if len(content) > MAX_BYTES:
        raise CardFileError(name, f"is larger than {MAX_BYTES:,} bytes, which no card is")
    try:
        # Stricter than Python's default: UTF-8, unique keys and finite numbers only.
        contents = json.loads(
            content.decode(),
            object_pairs_hook=_unique_keys,
            parse_constant=_finite,
            parse_float=_finite,
            parse_int=_finite,
        )
        return card_from_file(contents)
    except (ValueError, RecursionError) as error:
        raise CardFileError(name, f"does not contain a valid card: {str(error)[:MAX_MESSAGE]}") from None


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidCardError("file", "an object has the same key twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InvalidCardError("file", f"{text[:40]} is not a finite number")
    return number


def _save_joblib(scorer: Scorer, name: str) -> None:
    with atomic_write(name) as temporary:
        try:
            importlib.import_module("joblib").dump(scorer, temporary)
        except OSError:
            raise
        except Exception as error:
            why = f"cannot be stored with joblib ({type(error).__name__}: {error})"
            raise ArgumentError("scorer", why) from error


def _load_joblib(name: str) -> Scorer:
    try:
        scorer = importlib.import_module("joblib").load(name)
    except Exception as error:
        raise CardFileError(name, f"cannot be read with joblib ({type(error).__name__}: {error})") from error
    if not isinstance(scorer, Scorer):
        raise CardFileError(name, f"contains {type_name(scorer)}, not a scorer")
    return scorer
