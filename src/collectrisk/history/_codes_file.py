"""The codes of a log, read from a TOML file."""

from __future__ import annotations

import os
from typing import Any

import attrs

from collectrisk.errors import ArgumentError, FileError, InvalidMappingError, did_you_mean, shown
from collectrisk.history._codes import CODES
from collectrisk.history._events import checked_codes
from collectrisk.history._kinds import EventKind
from collectrisk.mapping._toml import read_keys

PARAMETERS = {each.name: each for each in attrs.fields(EventKind)}


def read_codes(path: str | os.PathLike[str]) -> dict[str, str | EventKind]:
    """Read the codes of a log from a TOML file, for `ContactLog` and the command ``collectrisk history``.

    The table ``codes`` has the kind of event that each code means. A code whose kind is not one of `KINDS`
    has a table with the parameters of its own `EventKind`. The key ``include`` names tables of `CODES`,
    whose codes apply unless the file gives them another meaning.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    dict of str to str or EventKind
        The codes.

    Raises
    ------
    FileError
        If the file cannot be read, is not a TOML file, or contains anything else.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from collectrisk.history import read_codes
    >>> text = '''
    ... include = ["dialler"]
    ...
    ... [codes]
    ... X7 = "no_answer"
    ...
    ... [codes.HU]
    ... name = "hung_up"
    ... description = "The borrower hung up."
    ... channel = "phone_call"
    ... is_attempt = true
    ... failed = true
    ... shows = "evasive"
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "codes.toml")
    ...     _ = file.write_text(text)
    ...     codes = read_codes(file)
    >>> codes["X7"], codes["RPC"], codes["HU"].shows
    ('no_answer', 'conversation', <Attitude.EVASIVE: 'evasive'>)
    """
    try:
        keys = read_keys(path)
        codes = _codes(keys)
        checked_codes(codes)
    except InvalidMappingError as error:
        raise FileError(os.fspath(path), error.why) from error
    except ArgumentError as error:
        raise FileError(os.fspath(path), str(error)) from error
    return codes


def _codes(keys: dict[str, Any]) -> dict[str, str | EventKind]:
    for key in keys:
        if key not in {"include", "codes"}:
            guess = did_you_mean(key, ("include", "codes"))
            raise ArgumentError(key, f"is not a key of a file of codes, which has include and [codes]{guess}")
    include, own = keys.get("include", []), keys.get("codes", {})
    if not isinstance(include, list) or not all(isinstance(name, str) and name in CODES for name in include):
        known = ", ".join(f'"{name}"' for name in CODES)
        raise ArgumentError("include", f"must be a list of tables among {known}, not {shown(include)}")
    if not isinstance(own, dict):
        raise ArgumentError("codes", f"must be a table: write [codes] above the codes, not {shown(own)}")
    codes: dict[str, str | EventKind] = {}
    for name in include:
        codes |= CODES[name]
    return codes | {code: _kind(code, each) if isinstance(each, dict) else each for code, each in own.items()}


def _kind(code: str, parameters: dict[str, Any]) -> EventKind:
    owner = f"codes.{code}"
    for name in parameters:
        if name not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            guess = did_you_mean(name, PARAMETERS)
            raise ArgumentError(owner, f"has the key {shown(name)}, which is not one of {known}{guess}")
    missing = [
        name for name, each in PARAMETERS.items() if each.default is attrs.NOTHING and name not in parameters
    ]
    if missing:
        raise ArgumentError(owner, f"must also have {' and '.join(missing)}")
    return EventKind(**parameters)
