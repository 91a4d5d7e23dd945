"""Small drawings beside a figure: a bar, a line, columns, a marker.

What they show is always told in words, too. They are SVG, in the text's own colour and two more
that read on a light and on a dark page, and that people who see few colours can tell apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk.markup.element import Markup, element

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["bar", "columns", "line", "marker"]

MORE, LESS = "rgb(204, 115, 30)", "rgb(64, 136, 180)"
WIDTH = 120.0
BAR, PICTURE = 14.0, 40.0
EDGE = 2.0
_MARKER = "position: absolute; top: 0; margin-left: -0.45em; width: 0.9em; height: 0.6em"

Spot = tuple[float, float]


def _svg(height: float, parts: Iterable[Markup]) -> Markup:
    size = f"display: block; width: {WIDTH / 16:g}em; max-width: 100%; height: auto"
    return element("svg", *parts, viewBox=f"0 0 {WIDTH:g} {height:g}", aria_hidden="true", style=size)


def _stroke(spots: Iterable[Spot], opacity: float = 1.0, width: float = 2.0) -> Markup:
    told = " ".join(f"{x:.5g},{y:.5g}" for x, y in spots)
    return element(
        "polyline",
        points=told,
        fill="none",
        stroke="currentColor",
        stroke_opacity=opacity,
        stroke_width=width,
        stroke_linejoin="round",
    )


def _rectangle(x: Spot, y: Spot, colour: str) -> Markup:
    (left, right), (top, bottom) = sorted(x), sorted(y)
    return element("rect", x=left, y=top, width=right - left, height=bottom - top, fill=colour)


def _between(value: float, low: float, high: float, start: float, end: float) -> float:
    """Return where a value of low to high lies between start and end; halves do not overflow."""
    span = high / 2 - low / 2
    return start + (end - start) * ((value / 2 - low / 2) / span) if span else (start + end) / 2


def bar(start: float, end: float, reach: float) -> Markup:
    """Return a bar from one number of points to another, to the left and right of zero.

    Parameters
    ----------
    start, end : float
        Where it begins and ends, in points.
    reach : float
        What lies at either edge of the drawing.
    """

    def at(points: float) -> float:
        return _between(points, -reach, reach, EDGE, WIDTH - EDGE)

    low, high = sorted((start, end))
    parts = [
        _rectangle((at(least), at(most)), (1.0, BAR - 1), colour)
        for least, most, colour in ((low, min(high, 0.0), LESS), (max(low, 0.0), high, MORE))
        if least < most
    ]
    middle = [(WIDTH / 2, 0.0), (WIDTH / 2, BAR)]
    return _svg(BAR, [*parts, _stroke(middle, opacity=0.6, width=1.0)])


def _height(points: Sequence[float]) -> Iterator[float]:
    """Yield the height of zero, then of each number of points."""
    low, high = min(0.0, *points), max(0.0, *points)
    yield from (_between(each, low, high, PICTURE - EDGE, EDGE) for each in (0.0, *points))


def line(spots: Sequence[Spot]) -> Markup:
    """Return a line through some spots over or under a line at zero."""
    zero, *heights = _height([points for _, points in spots])
    left, right = spots[0][0], spots[-1][0]
    places = [_between(at, left, right, EDGE, WIDTH - EDGE) for at, _ in spots]
    if len(spots) == 1:
        places, heights = [EDGE, WIDTH - EDGE], heights * 2
    return _svg(
        PICTURE,
        [
            _stroke([(0.0, zero), (WIDTH, zero)], opacity=0.5, width=1.0),
            _stroke(zip(places, heights, strict=True)),
        ],
    )


def columns(points: Sequence[float]) -> Markup:
    """Return one column for each number of points, over or under a line at zero."""
    zero, *heights = _height(points)
    step = (WIDTH - 2 * EDGE) / len(points)
    parts = [
        _rectangle(
            (EDGE + place * step, EDGE + (place + min(0.8, 1 - 0.1 / step)) * step),
            (zero, height),
            MORE if each > 0 else LESS,
        )
        for place, (each, height) in enumerate(zip(points, heights, strict=True))
    ]
    return _svg(PICTURE, [*parts, _stroke([(0.0, zero), (WIDTH, zero)], opacity=0.5, width=1.0)])


def marker(share: float, *, filled: bool = True) -> Markup:
    """Return a triangle that points down at a share of the width of what it stands in."""
    fill = (
        {"fill": "currentColor"}
        if filled
        else {"fill": "none", "stroke": "currentColor", "stroke_width": 1.5}
    )
    place = f"left: {100 * share:.4g}%; {_MARKER}"
    shape = element("path", d="M1 1h10l-5 7z", **fill)
    return element("svg", shape, viewBox="0 0 12 8", aria_hidden="true", style=place)
