"""A picture in words: everything that was drawn, where, and in which colour.

Such a description is the same with every version of matplotlib, which cannot be said of pixels, and
a change of it can be read in a diff.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle, StepPatch
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["describe"]


def describe(axes: Iterable[Any]) -> str:
    """Return everything that is to be seen on some Axes, one artist a line."""
    return "\n".join(line for ax in axes for line in _axes(ax)) + "\n"


def _axes(ax: Any) -> Iterator[str]:
    yield f"picture {ax.get_title(loc='left')!r}"
    for name in ("x", "y"):
        yield _axis(ax, name)
    yield from (line for artist in ax.get_children() if (line := _artist(ax, artist)))
    if (legend := ax.get_legend()) is not None:
        yield f"legend {legend.get_title().get_text()!r}: {[text.get_text() for text in legend.get_texts()]}"
    for second in getattr(ax, "child_axes", []):
        yield f"second axis {_ticks(second.xaxis)}"


def _axis(ax: Any, name: str) -> str:
    axis = getattr(ax, f"{name}axis")
    scale, limits = getattr(ax, f"get_{name}scale")(), getattr(ax, f"get_{name}lim")()
    return f"{name} axis {axis.label.get_text()!r}, {scale}, {_numbers(limits)}{_ticks(axis)}"


def _ticks(axis: Any) -> str:
    """Return the ticks that were set by hand; others are matplotlib's."""
    locator: Any = axis.get_major_locator()
    if not isinstance(locator, FixedLocator):
        return ""
    places: Any = locator()
    words = axis.get_major_formatter().format_ticks(places)
    return f", ticks {_numbers(places)} {words}"


def _artist(ax: Any, artist: Any) -> str:
    """Return what an artist shows; nothing for the frame, the background and empty texts."""
    if isinstance(artist, Rectangle) and artist is not ax.patch:
        corner = _numbers([*artist.get_xy(), artist.get_width(), artist.get_height()])
        return f"bar {corner}{_look(artist, artist.get_facecolor())}"
    if isinstance(artist, StepPatch):
        values, edges, _ = artist.get_data()
        hatch = f" hatch {artist.get_hatch()!r}" if artist.get_hatch() else ""
        look = _look(artist, artist.get_facecolor())
        return f"steps {_numbers(values)} between {_numbers(edges)}{hatch}{look}"
    if isinstance(artist, Text) and artist.get_text() and artist.get_text() != ax.get_title(loc="left"):
        at = artist.xy if isinstance(artist, Annotation) else artist.get_position()
        return f"text {artist.get_text()!r} at {_numbers(at)}{_look(artist, artist.get_color())}"
    if isinstance(artist, (LineCollection, PolyCollection)):
        kind = "whisker" if isinstance(artist, LineCollection) else "area"
        paths = [_points(path.vertices) for path in artist.get_paths()]
        colours = [*artist.get_facecolor(), *artist.get_edgecolor()]
        return f"{kind} {paths}{_look(artist, colours[0])}"
    if hasattr(artist, "get_drawstyle"):
        style = f"{artist.get_linestyle()} {artist.get_marker()} {artist.get_drawstyle()}"
        every = artist.get_markevery()
        marked = f" marked at {every}" if every else ""
        return f"line {style} {_points(artist.get_xydata())}{marked}{_look(artist, artist.get_color())}"
    return ""


def _look(artist: Any, colour: Any) -> str:
    label = artist.get_label()
    named = "" if not label or label.startswith("_") else f" named {label!r}"
    solid = "" if artist.get_alpha() is None else f" at {artist.get_alpha():g}"
    return f" in {to_hex(colour, keep_alpha=True)}{solid}{named}"


def _points(points: Any) -> str:
    return " ".join(_numbers(point) for point in np.asarray(points))


def _numbers(numbers: Iterable[float]) -> str:
    return f"({', '.join(f'{number + 0.0:.3g}' for number in np.asarray(numbers, dtype=float).round(9))})"
