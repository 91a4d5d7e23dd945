"""Converters and validators of the parameters of scorecards, characteristics and ladders.

A converter leaves what it cannot convert to the validator, which knows the parameter's name.
"""

from __future__ import annotations

import enum
import math
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from collectrisk._errors import InvalidCardError, shown, type_name
from collectrisk._fields import code_of, is_boolean, is_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import attrs

Knots = tuple[tuple[float, float], ...]
LevelPoints = tuple[tuple[str, float], ...]

LARGEST_POINTS = 1_000.0
"""Log-odds beyond +-745 are a probability of 0 or 1. With numbers of this size, the sum of a scorecard's
points is exact to about 1e-12 in every order of adding, so that all ways to run a formula agree."""

LARGEST_VALUE = 1e300
"""The difference of two values of this size is finite."""


def require(condition: object, owner: Any, name: str, why: str) -> None:
    """Raise `InvalidCardError` unless a condition on the parameter of a characteristic or scorer holds."""
    if not condition:
        raise refusal(owner, name, why)


def refusal(owner: Any, name: str, why: str) -> InvalidCardError:
    """Return the error for a parameter, after the label of its characteristic or the name of its part."""
    part = getattr(owner, "_part", getattr(owner, "label", None))  # a scorer or a condition has none
    return InvalidCardError(part, f"{name} {why}") if isinstance(part, str) else InvalidCardError(name, why)


def to_number(value: float) -> float:
    """Convert a real number to a float."""
    try:
        return float(value) if is_number(value) and not is_boolean(value) else value
    except (OverflowError, ValueError):  # an integer that no float holds, or a signaling NaN
        return value


def to_optional_number(value: float | None) -> float | None:
    """Convert a real number to a float, and keep None."""
    return None if value is None else to_number(value)


def to_knots(pairs: Iterable[Iterable[float]]) -> Knots:
    """Convert pairs of a value and its points."""
    try:
        return tuple((to_number(value), to_number(points)) for value, points in pairs)
    except (TypeError, ValueError):
        return pairs  # type: ignore[return-value]  # left to the validator


def to_levels(levels: Mapping[str, float] | Iterable[tuple[str, float]]) -> LevelPoints:
    """Convert a mapping, or pairs, of a level and its points."""
    try:
        pairs = dict(levels).items()
    except (TypeError, ValueError):
        return levels  # type: ignore[return-value]  # left to the validator
    return tuple((to_level(level), to_number(points)) for level, points in pairs)


def to_level(level: Any) -> Any:
    """Convert a member of an enum to its text, and a number or boolean to its code."""
    if isinstance(level, enum.Enum):
        return level.value
    is_finite = is_number(level) and math.isfinite(level)
    return code_of(level) if is_finite or is_boolean(level) else level


def to_tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    """Convert an iterable."""
    try:
        return tuple(values)
    except TypeError:
        return values  # type: ignore[return-value]  # left to the validator


# Plain classes: making a class with attrs takes as long as reading this module twice.
class Number:
    """A validator: the parameter is a number in an interval, or None if it is optional."""

    def __init__(
        self, least: float = -LARGEST_POINTS, most: float = LARGEST_POINTS, *, optional: bool = False
    ) -> None:
        self.least, self.most, self.optional = least, most, optional

    def __call__(self, owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        """Check a value."""
        if not (value is None and self.optional):
            require(
                self.holds(value), owner, attribute.name, f"must be {self.requirement}, not {shown(value)}"
            )

    def holds(self, value: object) -> bool:
        """Return whether a converted value is a number in the interval."""
        return isinstance(value, float) and self.least <= value <= self.most

    @property
    def requirement(self) -> str:
        """What a valid number is."""
        return f"a number {self.interval}"

    @property
    def interval(self) -> str:
        """The interval of valid numbers."""
        least, most = (
            f"{end:,.0f}" if 1 <= abs(end) < 1e9 else f"{end:g}" for end in (self.least, self.most)
        )
        return f"from {least} to {most}"


POINTS = Number()
"""The points of a value."""

VALUE = Number(-LARGEST_VALUE, LARGEST_VALUE)
"""The value of a knot, or the least value of a band or condition."""


class Pairs:
    """A validator: the parameter is pairs of a value and its points, one or more, with increasing values."""

    def __init__(self, points: Number = POINTS, *, monotone: bool = False) -> None:
        self.points, self.monotone = points, monotone

    def __call__(self, owner: Any, attribute: attrs.Attribute[Any], knots: Any) -> None:
        """Check the converted pairs."""
        name, points = attribute.name, self.points
        example = "pairs of a value and its points, such as [(0, 0), (90, 1.5)]"
        are_pairs = isinstance(knots, tuple) and all(isinstance(x, float) for x in chain.from_iterable(knots))
        require(are_pairs and knots, owner, name, f"must be one or more {example}, not {shown(knots)}")
        values, effects = zip(*knots, strict=True)
        for value in values:
            if not VALUE.holds(value):
                raise refusal(owner, name, f"must have values {VALUE.interval}, not {value:g}")
        for effect in effects:
            if not points.holds(effect):
                raise refusal(owner, name, f"must have points {points.interval}, not {effect:g}")
        for left, right in pairwise(values):
            if not left < right:
                raise refusal(owner, name, f"must have increasing values, and {right:g} follows {left:g}")
        for left, right in pairwise(effects) if self.monotone else ():
            if left > right:
                raise refusal(
                    owner, name, f"must have points that do not decrease, and {right:g} follows {left:g}"
                )


def _is_level(pair: object) -> bool:
    return isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str)


class PointsByLevel:
    """A validator: the parameter is the points of each text."""

    def __init__(self, points: Number = POINTS) -> None:
        self.points = points

    def __call__(self, owner: Any, attribute: attrs.Attribute[Any], levels: Any) -> None:
        """Check the converted pairs."""
        name, points = attribute.name, self.points
        require(
            isinstance(levels, tuple) and all(map(_is_level, levels)),
            owner,
            name,
            f'must be the points of each text, such as {{"hostile": 1.5}}, not {_shown_levels(levels)}',
        )
        names = [level for level, _ in levels]
        require(len(set(names)) == len(names), owner, name, f"must have each level once, not {shown(names)}")
        for level, effect in levels:
            if not points.holds(effect):
                raise refusal(
                    owner, name, f"must have points {points.interval}, not {shown(effect)} for {level!r}"
                )


def _shown_levels(levels: Any) -> str:
    pairs = isinstance(levels, tuple) and all(isinstance(each, tuple) and len(each) == 2 for each in levels)
    return shown(dict(levels) if pairs else levels)


class Instance:
    """A validator: the parameter is an instance of a class, such as "text" for a str."""

    def __init__(self, kind: type, noun: str) -> None:
        self.kind, self.noun = kind, noun

    def __call__(self, owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        """Check a value."""
        is_instance = isinstance(value, self.kind)
        require(is_instance, owner, attribute.name, f"must be {self.noun}, not {type_name(value)}")


class Text(Instance):
    """A validator: the parameter is text that can be the name of a column."""

    def __init__(self) -> None:
        super().__init__(str, "text")

    def __call__(self, owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        """Check a value."""
        super().__call__(owner, attribute, value)
        try:
            value.encode()
        except UnicodeEncodeError:
            why = "must be valid text, and contains half a surrogate pair"
            raise refusal(owner, attribute.name, why) from None


class Each:
    """A validator: the parameter is a tuple of instances of a class, such as "characteristics"."""

    def __init__(self, kind: type, noun: str, at_least: int = 0) -> None:
        self.kind, self.noun, self.at_least = kind, noun, at_least

    def __call__(self, owner: Any, attribute: attrs.Attribute[Any], values: Any) -> None:
        """Check the converted values."""
        name = attribute.name
        require(isinstance(values, tuple), owner, name, f"must be {self.noun}, not {type_name(values)}")
        for each in values:
            fine = isinstance(each, self.kind)
            require(fine, owner, name, f"must be {self.noun}, and contains {type_name(each)}")
        require(len(values) >= self.at_least, owner, name, f"must be {self.noun}, {self.at_least} or more")


TEXT = Text()
