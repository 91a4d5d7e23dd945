"""Mappings as TOML files."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import tomllib
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import Any

import attrs

from collectrisk._errors import NOT_PRINTABLE
from collectrisk._files.atomic import atomic_write
from collectrisk.errors import FileError, InvalidMappingError


def read_keys(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the keys of a TOML file, or raise `FileError` or `InvalidMappingError`."""
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FileError(os.fspath(path), f"cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidMappingError(os.fspath(path), f"is not a valid TOML file: {error}") from error


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a file completely or not at all."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidMappingError(os.fspath(path), f"cannot be written: {error}") from None
    with atomic_write(path) as partial:
        partial.write_bytes(data)


def to_toml(mapping: attrs.AttrsInstance) -> str:
    """Return a mapping as the text of a TOML file; keys that have their default are left out."""
    keys = keys_of(mapping)
    tables = {name: keys.pop(name) for name in ("skip", "plausible", "fields") if name in keys}
    parts = ["".join(_line(name, each) for name, each in keys.items())]
    for name, table in tables.items():
        parts.append(f"[{name}]\n" + "".join(_line(key, each) for key, each in table.items()))
    return "\n".join(filter(None, parts))


def keys_of(mapping: attrs.AttrsInstance) -> dict[str, Any]:
    """Return the keys of a mapping's file that do not have their default."""
    keys = _changed(mapping)
    if "fields" in keys:
        keys["fields"] = {name: _field(each) for name, each in keys["fields"].items()}
    return keys


def _changed(instance: attrs.AttrsInstance) -> dict[str, Any]:
    """Return the attributes that differ from their default."""
    values = attrs.asdict(instance, recurse=False)
    defaults = {each.name: each.default for each in attrs.fields(type(instance))}
    return {name: each for name, each in values.items() if each != defaults[name] and each != {}}


def _field(field: Any) -> Any:
    """Return the shortest form of a field's mapping."""
    if field is None:
        return False
    keys = _changed(field)
    columns = keys.pop("columns")
    if not keys:
        return columns[0] if len(columns) == 1 else columns
    return {"column": columns[0], **keys} if len(columns) == 1 else {"columns": columns, **keys}


def _line(key: str, value: Any) -> str:
    return f"{key_text(key)} = {value_text(value)}\n"


def key_text(key: str) -> str:
    """Return a key as TOML writes it."""
    plain = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if plain else _text(key)


def _text(text: str) -> str:
    # TOML escapes as JSON does, but also the character DEL; the others would not be seen.
    return re.sub(NOT_PRINTABLE, _escaped, json.dumps(text, ensure_ascii=False))


def _escaped(match: re.Match[str]) -> str:
    half = match[0] >= "\ud800"  # half a character has no escape; `write_text` refuses it
    return match[0] if half else f"\\u{ord(match[0]):04x}"


def value_text(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, AnyMapping):
        return "{ " + ", ".join(f"{key_text(key)} = {value_text(each)}" for key, each in value.items()) + " }"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(value_text, value))}]"
    return value.isoformat() if isinstance(value, dt.date) else repr(value)
