"""The parts of scorecards and results as plain data (dictionaries, lists, text and numbers), and back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._channel import Ladder
from collectrisk._curves import AtLeast, Bands, Characteristic, Flag, Gate, Levels, PiecewiseLinear
from collectrisk._surface import LevelAxis, NumberAxis, Surface
from collectrisk.errors import ArgumentError, InvalidCardError, type_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLASSES = (PiecewiseLinear, Bands, Levels, Flag, Gate, Surface)
CURVES: dict[str, Any] = {curve.kind: curve for curve in CLASSES}


def data_from_curve(curve: Any, owner: str, hint: str = "") -> dict[str, Any]:
    """Return a characteristic as plain data.

    Raises
    ------
    ArgumentError
        If it is of a class that has no JSON form; the error begins with the owner, and ends with the hint.
    """
    # A subclass may compute something else, so only the exact classes are saved.
    if type(curve) not in CURVES.values():
        kinds = ", ".join(kind.__name__ for kind in CURVES.values())
        why = f"has {type_name(curve)}, which has no JSON form (only {kinds} have one)"
        raise ArgumentError(owner, f"{why}{hint}")
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


def data_from_ladder(ladder: Ladder) -> list[list[Any]]:
    """Return a ladder as plain data."""
    return [[rung.least, rung.channel.value] for rung in ladder.rungs]


def ladder_in(data: Any, place: str) -> Ladder:
    """Return the ladder in plain data."""
    return Ladder([(number_in(least, place), text_in(name, place)) for least, name in pairs_in(data, place)])


def curves_in(data: Any, place: str) -> tuple[Characteristic, ...]:
    """Return the characteristics in plain data."""
    return tuple(_curve(curve, f"{place}[{index}]") for index, curve in enumerate(list_in(data, place)))


def _curve(data: Any, place: str) -> Characteristic:
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in CURVES:
        raise InvalidCardError(place, f"needs a kind, one of {', '.join(CURVES)}, not {kind!r}")
    attributes = attrs.fields_dict(CURVES[kind])
    optional = {name for name, attribute in attributes.items() if attribute.default is None}
    object_in(data, place, {"kind", *attributes} - optional, optional)
    values = {name: READERS[name](data[name], f"{place}.{name}") for name in attributes if name in data}
    curve: Characteristic = CURVES[kind](**values)
    return curve


@contextmanager
def arguments(place: str = "") -> Iterator[None]:
    """Convert errors in data that are not a card, and name the place of the data within others."""
    try:
        yield
    except InvalidCardError as error:
        raise ArgumentError(place + error.part, error.why) from None
    except ArgumentError as error:
        raise ArgumentError(place + error.argument, error.why) from None


def object_in(data: Any, place: str, required: set[str], optional: set[str] | None = None) -> dict[str, Any]:
    """Return an object that has the required keys and no unknown ones, or raise `InvalidCardError`."""
    if not isinstance(data, dict) or not required <= set(data) <= required | (optional or set()):
        found = ", ".join(map(str, data)) if isinstance(data, dict) else f"{type_name(data)}"
        raise InvalidCardError(place, f"must have exactly {', '.join(sorted(required))}, not {found[:200]}")
    return data


def list_in(data: Any, place: str) -> list[Any]:
    """Return a list, or raise `InvalidCardError`."""
    if not isinstance(data, list):
        raise InvalidCardError(place, f"must be a list, not {type_name(data)}")
    return data


def number_in(data: Any, place: str) -> float:
    """Return a number, or raise `InvalidCardError`."""
    if isinstance(data, bool) or not isinstance(data, (int, float)):
        raise InvalidCardError(place, f"must be a number, not {type_name(data)}")
    try:
        return float(data)
    except OverflowError:
        raise InvalidCardError(place, "is too large for a number") from None


def text_in(data: Any, place: str) -> str:
    """Return a text, or raise `InvalidCardError`."""
    if not isinstance(data, str):
        raise InvalidCardError(place, f"must be text, not {type_name(data)}")
    try:
        data.encode()
    except UnicodeEncodeError:
        raise InvalidCardError(place, "must be valid text, and contains half a surrogate pair") from None
    return data


def pairs_in(data: Any, place: str) -> list[tuple[Any, Any]]:
    """Return a list of pairs, or raise `InvalidCardError`."""
    pairs = list_in(data, place)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise InvalidCardError(place, "must be a list of pairs")
    return [(first, second) for first, second in pairs]


def number_pairs_in(data: Any, place: str) -> list[tuple[float, float]]:
    """Return a list of pairs of numbers, or raise `InvalidCardError`."""
    return [(number_in(value, place), number_in(points, place)) for value, points in pairs_in(data, place)]


def _levels(data: Any, place: str) -> dict[str, float]:
    if not isinstance(data, dict):
        raise InvalidCardError(place, f"must be an object of points by level, not {type_name(data)}")
    return {
        text_in(level, place): number_in(points, f"{place}.{level[:40]}") for level, points in data.items()
    }


def _conditions(data: Any, place: str) -> list[AtLeast]:
    conditions = []
    for each in list_in(data, place):
        object_in(each, place, {"fields", "least"})
        fields = [text_in(name, place) for name in list_in(each["fields"], place)]
        least = number_in(each["least"], place)
        try:
            conditions.append(AtLeast(fields, least))
        except InvalidCardError as error:  # a condition has no label that would say where it is
            raise InvalidCardError(place, f"{error.part} {error.why}") from None
    return conditions


def _axis(data: Any, place: str) -> NumberAxis | LevelAxis:
    is_number = isinstance(data, dict) and "knots" in data
    keys = {"field", "knots", "scale"} if is_number else {"field", "levels"}
    axis = {**object_in(data, place, keys)}
    kind, values, read = (NumberAxis, "knots", number_in) if is_number else (LevelAxis, "levels", text_in)
    axis[values] = [read(each, f"{place}.{values}") for each in list_in(axis[values], f"{place}.{values}")]
    texts = {name: text_in(axis[name], f"{place}.{name}") for name in axis if name != values}
    try:
        return kind(**{**axis, **texts})
    except InvalidCardError as error:  # an axis has no label that would say where it is
        raise InvalidCardError(place, error.why) from None


def _grid(data: Any, place: str) -> list[list[float]]:
    return [[number_in(each, place) for each in list_in(row, place)] for row in list_in(data, place)]


READERS: dict[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(("label", "source", "field", "scale"), text_in),
    **dict.fromkeys(("otherwise", "if_missing", "if_true", "if_shut"), number_in),
    **dict.fromkeys(("knots", "bands"), number_pairs_in),
    "levels": _levels,
    "conditions": _conditions,
    **dict.fromkeys(("x", "y"), _axis),
    "grid": _grid,
}
"""The function that reads each attribute of a curve; the keys of its JSON object are its attributes."""
