"""A scorecard as plain data and back: what stands in a card file, and nothing else.

The JSON Schema of such a file is beside this one, ``card.schema.json``.
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
from collectrisk.errors import ArgumentError, InvalidCardError

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

FORMAT = "collectrisk scorecard"
FORMAT_VERSION = 1

MIGRATIONS: dict[int, Callable[[Any], Any]] = {}
"""For each older format version, the function that turns its card into the next version's."""

CURVES: dict[str, Any] = {curve.kind: curve for curve in (PiecewiseLinear, Bands, Levels, Flag, Gate)}


def document_of(card: Scorecard) -> dict[str, Any]:
    """Return what stands in a card file: a head that says what it is, and the card.

    Raises
    ------
    ArgumentError
        If the card would not come back the same.
    InvalidCardError
        If a label or another text is none.
    """
    data = data_of(card)
    if card_of(data) != card:
        why = f"is a {type(card).__name__} that would not come back the same from a card file"
        raise ArgumentError("scorer", why)
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "package_version": __version__,
        "sha256": digest(data),
        "scorecard": data,
    }


def card_in(document: Any) -> Scorecard:
    """Return the card of a file whose head and hash are right, brought to the newest version.

    Raises
    ------
    InvalidCardError
        If they are not, or the card is none.
    """
    _object(document, "file", {"format", "format_version", "package_version", "sha256", "scorecard"})
    if document["format"] != FORMAT:
        raise InvalidCardError("format", f"must be {FORMAT!r}")
    version = _number(document["format_version"], "format_version")
    written = _text(document["package_version"], "package_version")
    if version != FORMAT_VERSION and version not in MIGRATIONS:
        why = (
            f"{version:g} is unknown to {__version__}; collectrisk {written[:40]} wrote the file, so use that"
        )
        raise InvalidCardError("format_version", why)
    data = document["scorecard"]
    if digest(data) != document["sha256"]:
        why = "the card was changed after it was written; change it in Python and save it again"
        raise InvalidCardError("sha256", why)
    return card_of(_migrated(data, int(version)))


def _migrated(data: Any, version: int) -> Any:
    for older in range(version, FORMAT_VERSION):
        data = MIGRATIONS[older](data)
    return data


def digest(data: Any) -> str:
    """Return the hash of a card's data, whatever its layout and order of keys."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def data_of(card: Scorecard) -> dict[str, Any]:
    """Return a scorecard as dictionaries, lists, text and numbers.

    Raises
    ------
    ArgumentError
        If a characteristic is of a kind that has no JSON form.
    """
    spread = {"base_spread": card.base_spread} if card.base_spread else {}
    return {
        "base": card.base,
        **spread,
        "characteristics": [_curve_data(part) for part in card.characteristics],
        "ladder": [[rung.least, rung.channel.value] for rung in card.ladder.rungs],
    }


def _curve_data(curve: Any) -> dict[str, Any]:
    if type(curve) not in CURVES.values():
        kinds = ", ".join(kind.__name__ for kind in CURVES.values())
        raise ArgumentError(
            "scorer",
            f"has a {type(curve).__name__}, which has no JSON form; only {kinds} have, so use trusted files",
        )
    data = {name: value for name, value in _plain(curve).items() if value is not None}
    if isinstance(curve, Levels):
        data["levels"] = dict(curve.levels)
    return {"kind": curve.kind, **data}


def _plain(value: Any) -> Any:
    """Return attributes as an object and tuples as lists."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if attrs.has(type(value)):
        return {name: _plain(each) for name, each in attrs.asdict(value, recurse=False).items()}
    return value


def card_of(data: Any) -> Scorecard:
    """Return the scorecard that stands in the data.

    Raises
    ------
    InvalidCardError
        If anything is missing, unknown or of the wrong type; the error names the place.
    """
    card = _object(data, "scorecard", {"base", "characteristics", "ladder"}, {"base_spread"})
    curves = _list(card["characteristics"], "characteristics")
    return Scorecard(
        base=_number(card["base"], "base"),
        characteristics=[_curve(curve, f"characteristics[{place}]") for place, curve in enumerate(curves)],
        ladder=_ladder(card["ladder"], "ladder"),
        base_spread=_number(card.get("base_spread", 0.0), "base_spread"),
    )


def _curve(data: Any, place: str) -> Characteristic:
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in CURVES:
        raise InvalidCardError(place, f"needs a kind, one of {', '.join(CURVES)}, not {kind!r}")
    attributes = attrs.fields(CURVES[kind])
    optional = {attribute.name for attribute in attributes if attribute.default is None}
    required = {attribute.name for attribute in attributes} - optional
    found = _object(data, place, {"kind", *required}, optional)
    curve: Characteristic = CURVES[kind](
        **{name: READERS[name](each, f"{place}.{name}") for name, each in found.items() if name != "kind"}
    )
    return curve


def _ladder(data: Any, place: str) -> Ladder:
    return Ladder([(_number(least, place), _text(channel, place)) for least, channel in _twos(data, place)])


def _object(
    data: Any, place: str, required: set[str], optional: AbstractSet[str] = frozenset()
) -> dict[str, Any]:
    if not isinstance(data, dict) or not required <= set(data) <= required | optional:
        seen = ", ".join(map(str, data)) if isinstance(data, dict) else f"a {type(data).__name__}"
        raise InvalidCardError(place, f"must have exactly {', '.join(sorted(required))}, not {seen[:200]}")
    return data


def _list(data: Any, place: str) -> list[Any]:
    if not isinstance(data, list):
        raise InvalidCardError(place, f"must be a list, not a {type(data).__name__}")
    return data


def _number(data: Any, place: str) -> float:
    if isinstance(data, bool) or not isinstance(data, (int, float)):
        raise InvalidCardError(place, f"must be a number, not a {type(data).__name__}")
    return float(data)


def _text(data: Any, place: str) -> str:
    if not isinstance(data, str):
        raise InvalidCardError(place, f"must be text, not a {type(data).__name__}")
    try:
        data.encode()
    except UnicodeEncodeError:
        raise InvalidCardError(place, "must be text, and has half a character") from None
    return data


def _twos(data: Any, place: str) -> list[tuple[Any, Any]]:
    pairs = _list(data, place)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise InvalidCardError(place, "must be a list of pairs")
    return [(first, second) for first, second in pairs]


def _pairs(data: Any, place: str) -> list[tuple[float, float]]:
    return [(_number(at, place), _number(points, place)) for at, points in _twos(data, place)]


def _levels(data: Any, place: str) -> dict[str, float]:
    if not isinstance(data, dict):
        raise InvalidCardError(place, f"must be an object of points by level, not a {type(data).__name__}")
    return {_text(level, place): _number(points, f"{place}.{level[:40]}") for level, points in data.items()}


def _conditions(data: Any, place: str) -> list[AtLeast]:
    found = [_object(each, place, {"fields", "least"}) for each in _list(data, place)]
    return [
        AtLeast([_text(name, place) for name in _list(each["fields"], place)], _number(each["least"], place))
        for each in found
    ]


READERS: dict[str, Callable[[Any, str], Any]] = {
    "label": _text,
    "source": _text,
    "field": _text,
    "scale": _text,
    "knots": _pairs,
    "bands": _pairs,
    "levels": _levels,
    "otherwise": _number,
    "if_missing": _number,
    "if_true": _number,
    "if_shut": _number,
    "conditions": _conditions,
}
"""How each attribute of a curve is read; a curve's attributes are the keys of its JSON object."""
