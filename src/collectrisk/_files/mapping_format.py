"""The mapping in a card file: converting it to plain data and back."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping as AnyMapping
from typing import Any

import attrs

from collectrisk._fields import LARGEST_EXACT_INTEGER
from collectrisk._plain import number_in, text_in
from collectrisk.errors import InvalidCardError, InvalidMappingError, shown, type_name
from collectrisk.mapping import Mapping
from collectrisk.mapping._kept import FILE_KEYS
from collectrisk.mapping._toml import keys_of

UNLIMITED = "inf"
"""The plausible limit that JSON has no number for; TOML writes it in the same way, as a number."""

MAX_RULES = 10_000
"""The largest number of fields, times that of codes for all fields, which are checked with each of them."""


def data_from_mapping(mapping: Mapping) -> dict[str, Any]:
    """Return a mapping as JSON can represent it: the keys of its TOML file, with numbers as floats."""
    data: dict[str, Any] = _plain(keys_of(mapping))
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, AnyMapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    if isinstance(value, (str, bool)):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    return UNLIMITED if value == math.inf else float(value)


def mapping_in(data: Any, place: str) -> Mapping:
    """Return the mapping in plain data.

    Raises
    ------
    InvalidCardError
        If a key is unknown, a value is not valid, or anything is written otherwise than
        `data_from_mapping` writes it.
    """
    known = [each.name for each in attrs.fields(Mapping) if each.name not in FILE_KEYS]
    if not isinstance(data, dict) or not data or not set(data) <= set(known):
        found = ", ".join(map(str, data)) or "none" if isinstance(data, dict) else type_name(data)
        raise InvalidCardError(place, f"must have some of the keys {', '.join(known)}, not {found[:200]}")
    keys = {key: _value_in(each, f"{place}.{key}") for key, each in data.items()}
    if isinstance(keys.get("plausible"), dict):
        limits = keys["plausible"].items()
        keys["plausible"] = {field: math.inf if each == UNLIMITED else each for field, each in limits}
    sizes = {key: len(each) for key, each in keys.items() if isinstance(each, (list, dict))}
    codes = sum(sizes.get(key, 0) for key in ("missing", "units", "true", "false"))
    if sizes.get("fields", 0) * max(1, codes) > MAX_RULES:
        why = f"must have at most {MAX_RULES:,} fields, or pairs of a field and a code for all fields"
        raise InvalidCardError(place, why)
    try:
        mapping = Mapping(**keys)
    except InvalidMappingError as error:
        raise InvalidCardError(f"{place}.{error.part}", error.why) from None
    again = data_from_mapping(mapping)
    for key, each in data.items():
        if again.get(key) != each:
            raise InvalidCardError(f"{place}.{key}", f"must be as collectrisk writes it, not {shown(each)}")
    return mapping


def _value_in(value: Any, place: str) -> Any:
    """Return a value of a mapping; a number without decimals is an integer, as the number of a column is."""
    if isinstance(value, dict):
        return {text_in(key, place): _value_in(each, place) for key, each in value.items()}
    if isinstance(value, list):
        return [_value_in(each, place) for each in value]
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        number = number_in(value, place)
        return int(number) if number % 1 == 0 and abs(number) <= LARGEST_EXACT_INTEGER else number
    return text_in(value, place)
