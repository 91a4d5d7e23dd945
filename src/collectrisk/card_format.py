"""A scorecard as plain data and back: what stands in a card file, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.channel import Ladder
from collectrisk.curves import AtLeast, Bands, Characteristic, Flag, Gate, Levels, PiecewiseLinear
from collectrisk.errors import ArgumentError, InvalidCardError
from collectrisk.scorecard import Scorecard

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["card_of", "data_of"]

CURVES: dict[str, Any] = {curve.kind: curve for curve in (PiecewiseLinear, Bands, Levels, Flag, Gate)}


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
    data = {name: value for name, value in attrs.asdict(curve).items() if value is not None}
    if isinstance(curve, Levels):
        data["levels"] = dict(curve.levels)
    return {"kind": curve.kind, **data}


def card_of(data: Any) -> Scorecard:
    """Return the scorecard that stands in the data.

    Raises
    ------
    InvalidCardError
        If anything is missing, unknown or of the wrong type; the error names the place.
    """
    card = _object(data, "scorecard", {"base", "characteristics", "ladder"} | ({"base_spread"} & set(data)))
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
    names = {attribute.name for attribute in attributes} - (optional - set(data))
    found = _object(data, place, {"kind", *names})
    curve: Characteristic = CURVES[kind](
        **{name: READERS[name](found[name], f"{place}.{name}") for name in sorted(names)}
    )
    return curve


def _ladder(data: Any, place: str) -> Ladder:
    return Ladder([(_number(least, place), _text(channel, place)) for least, channel in _twos(data, place)])


def _object(data: Any, place: str, keys: set[str]) -> dict[str, Any]:
    if not isinstance(data, dict) or set(data) != keys:
        seen = ", ".join(map(str, data)) if isinstance(data, dict) else type(data).__name__
        raise InvalidCardError(place, f"must have exactly {', '.join(sorted(keys))}, not {seen[:200]}")
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
    return {level: _number(points, f"{place}.{level[:40]}") for level, points in data.items()}


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
