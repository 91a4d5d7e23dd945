"""Saving scorers to files and loading them; a scorecard is JSON, and loading it runs no code."""

from __future__ import annotations

import codecs
import importlib
from typing import TYPE_CHECKING

from collectrisk._files.atomic import atomic_write
from collectrisk._files.card_format import card_from_file, file_from_card
from collectrisk._files.json_file import file_name, parse_json, read_content, write_json
from collectrisk._scorers.scorecard import CardScorer
from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import ArgumentError, CardFileError, type_name

if TYPE_CHECKING:
    import os

    from collectrisk._scorers.scorecard import Scorecard


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
    name = file_name(path)
    if isinstance(scorer, CardScorer):
        write_json(name, file_from_card(scorer.card.with_ladder(scorer.ladder)), "scorer")
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
    name = file_name(path)
    content = read_content(name, follow_symlinks=follow_symlinks, error=CardFileError)
    if content.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{":
        return _load_card(content, name)
    if trusted:
        return _load_joblib(name)
    raise CardFileError(
        name,
        "is not a card file, which starts with '{'",
        "; trusted=True reads a file that joblib wrote, and runs any code that its author put into it",
    )


def _load_card(content: bytes, name: str) -> Scorecard:
    return parse_json(content, name, "card", card_from_file, error=CardFileError)


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
