"""The contents of a card file: converting a scorecard to plain data and back.

The JSON Schema of a card file is ``card.schema.json``, in the same directory.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._channel import Ladder
from collectrisk._curves import AtLeast, Bands, Characteristic, Flag, Gate, Levels, PiecewiseLinear
from collectrisk._scorers.scorecard import Scorecard
from collectrisk._version import __version__
from collectrisk.errors import ArgumentError, InvalidCardError, type_name

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT = "collectrisk scorecard"
FORMAT_VERSION = 1

MIGRATIONS: dict[int, Callable[[Any], Any]] = {}
"""For each older format version, the function that converts its card to the next version."""

CURVES: dict[str, Any] = {curve.kind: curve for curve in (PiecewiseLinear, Bands, Levels, Flag, Gate)}


def file_from_card(card: Scorecard) -> dict[str, Any]:
    """Return the contents of a card file: the format, versions, a hash and the card.

    Raises
    ------
    ArgumentError
        If the card has no JSON form, or would change when it is read back.
    InvalidCardError
        If a label or another text of the card is not valid text.
    """
    data = data_from_card(card)
    if card_from_data(data) != card:
        why = f"is {type_name(card)} that would change when it is read back from a card file"
        raise ArgumentError("scorer", why)
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "package_version": __version__,
        "sha256": digest(data),
        "scorecard": data,
    }


def card_from_file(contents: Any) -> Scorecard:
    """Return the card in a file's contents, migrated to the newest format version.

    Raises
    ------
    InvalidCardError
        If the format, the version, the hash or the card is not valid.
    """
    _object(contents, "file", {"format", "format_version", "package_version", "sha256", "scorecard"})
    if contents["format"] != FORMAT:
        raise InvalidCardError("format", f"must be {FORMAT!r}")
    version = _number(contents["format_version"], "format_version")
    writer = _text(contents["package_version"], "package_version")
    if version != FORMAT_VERSION and version not in MIGRATIONS:
        why = (
            f"{version:g} is unknown to {__version__}; collectrisk {writer[:40]} wrote the file, so use that"
        )
        raise InvalidCardError("format_version", why)
    data = contents["scorecard"]
    if digest(data) != contents["sha256"]:
        why = "the card was changed after it was written; change it in Python and save it again"
        raise InvalidCardError("sha256", why)
    for older in range(int(version), FORMAT_VERSION):
        data = MIGRATIONS[older](data)
    return card_from_data(data)


def digest(data: Any) -> str:
    """Return the hash of a card's data, which does not depend on layout or the order of keys."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def data_from_card(card: Scorecard) -> dict[str, Any]:
    """Return a scorecard as dictionaries, lists, text and numbers.

    Raises
    ------
    ArgumentError
        If a characteristic is of a class that has no JSON form.
    """
    spread = {"base_spread": card.base_spread} if card.base_spread else {}
    return {
        "base": card.base,
        **spread,
        "characteristics": [_data_from_curve(each) for each in card.characteristics],
        "ladder": [[rung.least, rung.channel.value] for rung in card.ladder.rungs],
    }


def _data_from_curve(curve: Any) -> dict[str, Any]:
    # A subclass may compute something else, so only the exact classes are saved.
    if type(curve) not in CURVES.values():
        kinds = ", ".join(kind.__name__ for kind in CURVES.values())
        why = f"has {type_name(curve)}, which has no JSON form (only {kinds} have one)"
        raise ArgumentError("scorer", f"{why}; use the suffix .joblib")
    values = {name: value for name, value in _plain(curve).items() if value is not None}
    if isinstance(curve, Levels):
        values["levels"] = dict(curve.levels)
    return {"kind": curve.kind, **values}


def _plain(value: Any) -> Any:
    """Return an object's attributes as a dictionary, and tuples as lists."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if attrs.has(type(value)):
        return {name: _plain(getattr(value, name)) for name in attrs.fields_dict(type(value))}
    return value


def card_from_data(data: Any) -> Scorecard:
    """Return the scorecard in plain data.

    Raises
    ------
    InvalidCardError
        If anything is missing, unknown or of the wrong type; the error names the place.
    """
    card = _object(data, "scorecard", {"base", "characteristics", "ladder"}, {"base_spread"})
    curves = _list(card["characteristics"], "characteristics")
    rungs = _pairs(card["ladder"], "ladder")
    return Scorecard(
        base=_number(card["base"], "base"),
        characteristics=[_curve(curve, f"characteristics[{index}]") for index, curve in enumerate(curves)],
        ladder=Ladder([(_number(least, "ladder"), _text(name, "ladder")) for least, name in rungs]),
        base_spread=_number(card.get("base_spread", 0.0), "base_spread"),
    )


def _curve(data: Any, place: str) -> Characteristic:
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in CURVES:
        raise InvalidCardError(place, f"needs a kind, one of {', '.join(CURVES)}, not {kind!r}")
    attributes = attrs.fields_dict(CURVES[kind])
    optional = {name for name, attribute in attributes.items() if attribute.default is None}
    _object(data, place, {"kind", *attributes} - optional, optional)
    values = {name: READERS[name](data[name], f"{place}.{name}") for name in attributes if name in data}
    curve: Characteristic = CURVES[kind](**values)
    return curve


def _object(data: Any, place: str, required: set[str], optional: set[str] | None = None) -> dict[str, Any]:
    if not isinstance(data, dict) or not required <= set(data) <= required | (optional or set()):
        found = ", ".join(map(str, data)) if isinstance(data, dict) else f"{type_name(data)}"
        raise InvalidCardError(place, f"must have exactly {', '.join(sorted(required))}, not {found[:200]}")
    return data


def _list(data: Any, place: str) -> list[Any]:
    if not isinstance(data, list):
        raise InvalidCardError(place, f"must be a list, not {type_name(data)}")
    return data


def _number(data: Any, place: str) -> float:
    if isinstance(data, bool) or not isinstance(data, (int, float)):
        raise InvalidCardError(place, f"must be a number, not {type_name(data)}")
    return float(data)


def _text(data: Any, place: str) -> str:
    if not isinstance(data, str):
        raise InvalidCardError(place, f"must be text, not {type_name(data)}")
    try:
        data.encode()
    except UnicodeEncodeError:
        raise InvalidCardError(place, "must be valid text, and contains half a surrogate pair") from None
    return data


def _pairs(data: Any, place: str) -> list[tuple[Any, Any]]:
    pairs = _list(data, place)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise InvalidCardError(place, "must be a list of pairs")
    return [(first, second) for first, second in pairs]


def _points(data: Any, place: str) -> list[tuple[float, float]]:
    return [(_number(value, place), _number(points, place)) for value, points in _pairs(data, place)]


def _levels(data: Any, place: str) -> dict[str, float]:
    if not isinstance(data, dict):
        raise InvalidCardError(place, f"must be an object of points by level, not {type_name(data)}")
    return {_text(level, place): _number(points, f"{place}.{level[:40]}") for level, points in data.items()}


def _conditions(data: Any, place: str) -> list[AtLeast]:
    conditions = []
    for each in _list(data, place):
        _object(each, place, {"fields", "least"})
        fields = [_text(name, place) for name in _list(each["fields"], place)]
        least = _number(each["least"], place)
        try:
            conditions.append(AtLeast(fields, least))
        except InvalidCardError as error:  # a condition has no label that would say where it is
            raise InvalidCardError(place, f"{error.part} {error.why}") from None
    return conditions


READERS: dict[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(("label", "source", "field", "scale"), _text),
    **dict.fromkeys(("otherwise", "if_missing", "if_true", "if_shut"), _number),
    **dict.fromkeys(("knots", "bands"), _points),
    "levels": _levels,
    "conditions": _conditions,
}
"""The function that reads each attribute of a curve; the keys of its JSON object are its attributes."""
