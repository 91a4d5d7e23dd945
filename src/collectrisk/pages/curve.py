"""A curve as people see it: the form that it has, and its points value by value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from collectrisk.curves import Bands, Flag, Gate, Levels, PiecewiseLinear
from collectrisk.markup import Markup, columns, line, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk.curves import AtLeast, Characteristic
    from collectrisk.pages.words import PageWords

__all__ = ["form_of", "values_of"]

Value = tuple[str, float]


def form_of(curve: Characteristic) -> Markup:
    """Return a drawing of the curve's form, or nothing where it has only one."""
    match curve:
        case PiecewiseLinear(scale="log"):
            return line([(math.log(at), points) for at, points in curve.knots])
        case PiecewiseLinear():
            return line(curve.knots)
        case Bands():
            return line(list(_steps(curve)))
        case Levels(levels=levels) if levels:
            return columns(sorted((points for _, points in levels), reverse=True))
        case _:
            return Markup()


def _steps(curve: Bands) -> Iterator[tuple[float, float]]:
    """Yield both ends of each band; the last is drawn as wide as the others are on average."""
    edges = [edge / 4 for edge, _ in curve.bands]  # so that no sum leaves the floats
    width = (edges[-1] - edges[0]) / max(len(edges) - 1, 1) or 1.0
    ends = [*edges[1:], edges[-1] + width]
    for start, end, (_, points) in zip(edges, ends, curve.bands, strict=True):
        yield start, points
        yield end, points


def values_of(curve: Characteristic, words: PageWords) -> list[Value]:
    """Return what the curve gives to which value, in words; nothing of a curve of another sort."""
    missing = getattr(curve, "if_missing", None)
    return [*_values(curve, words), *([(words.spoken.unknown, missing)] if missing is not None else [])]


def _values(curve: Characteristic, words: PageWords) -> Iterator[Value]:
    match curve:
        case PiecewiseLinear():
            yield from ((_number(at), points) for at, points in curve.knots)
        case Bands():
            yield from ((words.least.format(_number(edge)), points) for edge, points in curve.bands)
        case Levels():
            yield from ((shortened(level), points) for level, points in curve.levels)
            yield words.any_other, curve.otherwise
        case Flag():
            yield words.yes, curve.if_true
        case Gate():
            yield (
                words.until.format(words.also.join(_condition(each, words) for each in curve.conditions)),
                curve.if_shut,
            )


def _condition(condition: AtLeast, words: PageWords) -> str:
    nouns = words.spoken.plus.join(shortened(words.spoken.noun(field)) for field in condition.fields)
    return words.reaches.format(noun=nouns, least=_number(condition.least))


def _number(value: float) -> str:
    return f"{value:,.7g}"
