"""A plot as text: everything that it shows, where, and in which colour.

Such a description, unlike pixels, is the same for every version of matplotlib, and a change of it
can be read in a diff.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection, PathCollection, PolyCollection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle, StepPatch
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator

from collectrisk.plots._ticks import RoundTicks

MAX_VALUES = 12
"""Of each row and column of a heat map, not more than this many values are described."""

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def describe(axes: Iterable[Any]) -> str:
    """Return everything that some Axes show, one artist on each line."""
    return "\n".join(line for ax in axes for line in _axes(ax)) + "\n"


def _axes(ax: Any) -> Iterator[str]:
    yield f"plot {ax.get_title(loc='left')!r}"
    for name in ("x", "y"):
        yield _axis(ax, name)
    yield from (line for artist in ax.get_children() if (line := _artist(ax, artist)))
    yield from (_map(artist) for artist in ax.collections if isinstance(artist, QuadMesh))
    if (legend := ax.get_legend()) is not None:
        yield f"legend {legend.get_title().get_text()!r}: {[text.get_text() for text in legend.get_texts()]}"
    for second in getattr(ax, "child_axes", []):
        if second.axison and second.has_data():
            yield from _axes(second)
        else:
            yield f"second axis {second.get_xscale()}{_ticks(second.xaxis)}"


def _axis(ax: Any, name: str) -> str:
    axis = getattr(ax, f"{name}axis")
    scale, limits = getattr(ax, f"get_{name}scale")(), getattr(ax, f"get_{name}lim")()
    return f"{name} axis {axis.label.get_text()!r}, {scale}, {_numbers(limits)}{_ticks(axis)}"


def _ticks(axis: Any) -> str:
    """Return the ticks that we chose; those that matplotlib chooses depend on its version."""
    locator: Any = axis.get_major_locator()
    if not isinstance(locator, (FixedLocator, RoundTicks)):
        return ""
    positions: Any = locator()
    labels = axis.get_major_formatter().format_ticks(positions)
    return f", ticks {_numbers(positions)} {labels}"


def _artist(ax: Any, artist: Any) -> str:
    """Return what an artist shows; nothing for the frame, the background and empty texts."""
    if isinstance(artist, Rectangle) and artist is not ax.patch:
        corner = _numbers([*artist.get_xy(), artist.get_width(), artist.get_height()])
        return f"bar {corner}{_style(artist, artist.get_facecolor())}"
    if isinstance(artist, StepPatch):
        values, edges, _ = artist.get_data()
        hatch = f" hatch {artist.get_hatch()!r}" if artist.get_hatch() else ""
        style = _style(artist, artist.get_facecolor())
        return f"steps {_numbers(values)} between {_numbers(edges)}{hatch}{style}"
    if isinstance(artist, Text) and artist.get_text() and artist.get_text() != ax.get_title(loc="left"):
        at = artist.xy if isinstance(artist, Annotation) else artist.get_position()
        return f"text {artist.get_text()!r} at {_numbers(at)}{_style(artist, artist.get_color())}"
    if isinstance(artist, (LineCollection, PathCollection, PolyCollection)):
        return _collection(artist)
    if hasattr(artist, "get_drawstyle"):
        style = f"{artist.get_linestyle()} {artist.get_marker()} {artist.get_drawstyle()}"
        every = artist.get_markevery()
        marked = f" marked at {every}" if every else ""
        return f"line {style} {_points(artist.get_xydata())}{marked}{_style(artist, artist.get_color())}"
    return ""


def _collection(artist: Any) -> str:
    colors = [*artist.get_facecolor(), *artist.get_edgecolor()]
    if isinstance(artist, PathCollection):
        what = f"dots {_points(artist.get_offsets())} of {_numbers(artist.get_sizes())}"
    else:
        paths = [_points(path.vertices) for path in artist.get_paths()]
        what = f"{'error bar' if isinstance(artist, LineCollection) else 'area'} {paths}"
    hatch = f" hatch {artist.get_hatch()!r}" if artist.get_hatch() else ""
    return f"{what}{hatch}{_style(artist, colors[0])}"


def _map(artist: Any) -> str:
    """Return some of the values of a heat map, evenly spaced, and its colours."""
    values = np.asarray(artist.get_array())
    values = values[tuple(slice(None, None, math.ceil(size / MAX_VALUES)) for size in values.shape)]
    colors = [to_hex(color) for color in artist.cmap([0.0, 0.5, 1.0])]
    return f"map {_points(values)} from {artist.norm.vmin:.3g} to {artist.norm.vmax:.3g} in {colors}"


def _style(artist: Any, color: Any) -> str:
    label = artist.get_label()
    named = "" if not label or label.startswith("_") else f" named {label!r}"
    alpha = "" if artist.get_alpha() is None else f" at {artist.get_alpha():g}"
    return f" in {to_hex(color, keep_alpha=True)}{alpha}{named}"


def _points(points: Any) -> str:
    return " ".join(_numbers(point) for point in np.asarray(points))


def _numbers(numbers: Iterable[float]) -> str:
    return f"({', '.join(f'{number + 0.0:.3g}' for number in np.asarray(numbers, dtype=float).round(9))})"
