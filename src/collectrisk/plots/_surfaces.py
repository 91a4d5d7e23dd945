"""Plots of the points of two fields together, as heat maps."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._display.words import format_points
from collectrisk.plots._sides import sides_of
from collectrisk.plots._style import (
    DECREASE,
    INCREASE,
    LETTERS_PER_INCH,
    inches,
    keep_apart,
    percent,
    pyplot,
    set_texts,
    text_color,
    without_math,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from collectrisk._display.words import Words
    from collectrisk._typing import Array
    from collectrisk.plots._card_curves import Accounts, CardCurve
    from collectrisk.plots._sides import Side

    Sides = tuple[Side, Side]

LEAST_LIMIT = math.log(2)
"""The strongest colours are for no fewer points than these, which double the odds, so that few are pale."""

LARGEST_DOT, SMALLEST_DOT = 64.0, 3.0
"""The area of the dot of most accounts, and the minimum area, in square points."""

WRITTEN = (0.38, 0.16)
"""The size of written points, in inches."""

PANEL_GAP = 0.08
"""The space between two maps, relative to the plot."""

CAPTION_LETTERS = 15
"""The caption is wrapped at this many letters for each inch."""


def draw_surfaces(ax: Axes, curves: list[CardCurve], accounts: Accounts | None, words: Words) -> int:
    """Draw surfaces, side by side if there are several, with the same axes and the same colours.

    Return the number of lines above the maps.
    """
    surfaces = [each.characteristic for each in curves]
    limit = max(LEAST_LIMIT, *(abs(end) for each in surfaces for end in each.range))
    both = [sides_of([each.axes[index] for each in surfaces], accounts, words) for index in (0, 1)]
    panels = [ax] if len(curves) == 1 else _panels(ax, len(curves))
    largest = 0.0
    for panel, curve, *sides in zip(panels, curves, *both, strict=True):
        x, y = sides
        mesh = _draw_points(panel, curve, (x, y), limit)
        labels = x.set_on(panel, "x", words), y.set_on(panel, "y", words)
        if accounts is None:
            _write_points(panel, curve, (x, y))
        else:
            largest = _draw_accounts(panel, (x, y), accounts)
        x_label, y_label = [
            wrap(each, LETTERS_PER_INCH * inches(panel, axis))
            for each, axis in zip(labels, "xy", strict=True)
        ]
        set_texts(panel, curve.name, x_label, y_label)
        panel.tick_params(labelleft=panel is panels[0])
        panel.yaxis.label.set_visible(panel is panels[0])
    ax.set(xlabel=x_label, ylabel=y_label)  # which are not shown if there are several maps
    bar = ax.figure.colorbar(mesh, ax=ax, fraction=0.06, pad=0.02)
    bar.set_label(words.plots.points, fontsize="small")
    caption = _caption(curves, largest, accounts, words)
    _add_caption(panels[0], wrap(caption, CAPTION_LETTERS * inches(ax, "x")))
    return 0 if len(panels) == 1 else max(each.get_title(loc="left").count("\n") + 1 for each in panels)


def _panels(ax: Axes, count: int) -> list[Axes]:
    """Return Axes within others, side by side."""
    ax.set_axis_off()
    width = (1 - PANEL_GAP * (count - 1)) / count
    return [ax.inset_axes((index * (width + PANEL_GAP), 0, width, 1)) for index in range(count)]


def _draw_points(ax: Axes, curve: CardCurve, sides: Sides, limit: float) -> Any:
    """Draw the map of one surface, and return it."""
    x, y = (side.edges for side in sides)
    points = _points(curve, sides, (x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2)
    return ax.pcolormesh(x, y, points, cmap=_colors(), vmin=-limit, vmax=limit, rasterized=True)


def _colors() -> Any:
    """Return a colour map from less likely to more likely, with the background for no effect."""
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415  # not needed for other plots

    middle = pyplot().rcParams["axes.facecolor"]
    return LinearSegmentedColormap.from_list("points", [DECREASE, middle, INCREASE])


def _points(curve: CardCurve, sides: Sides, x: Array, y: Array) -> Array:
    """Return the points at places of the map, with a row for each place of the y axis."""
    columns, rows = np.meshgrid(x, y)
    values = (side.column(at.ravel()) for side, at in zip(sides, (columns, rows), strict=True))
    record = SimpleNamespace(**dict(zip(curve.characteristic.fields, values, strict=True)))
    return curve.points(record, columns.size).reshape(columns.shape)


def _write_points(ax: Axes, curve: CardCurve, sides: Sides) -> None:
    """Write the points of the knots or levels into the map where there is space for them."""
    marks = [side.marks for side in sides]
    for which, size in zip((0, 1), WRITTEN, strict=True):
        # Before the colour bar is drawn, the plot is wider than later.
        length = 0.85 * inches(ax, "xy"[which])
        places = np.tile(marks[which], (2, 1)).T
        at = ax.transAxes.inverted().transform(ax.transData.transform(places))[:, which]
        at = np.clip(at * length, size / 2, length - size / 2)
        marks[which] = marks[which][keep_apart((each, size) for each in at)]
    points = _points(curve, sides, *marks)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    for (row, column), each in np.ndenumerate(points):
        x, y = marks[0][column], marks[1][row]
        ax.annotate(
            format_points(each),
            (x, y),
            # Within the map, although a knot may be at its end.
            (2 * (x == left) - 2 * (x == right), 2 * (y == bottom) - 2 * (y == top)),
            textcoords="offset points",
            ha="left" if x == left else "right" if x == right else "center",
            va="bottom" if y == bottom else "top" if y == top else "center",
            fontsize="x-small",
            color=text_color(),
        )


def _draw_accounts(ax: Axes, sides: Sides, accounts: Accounts) -> float:
    """Draw dots as large as the number of accounts there, hatch where there are none.

    Return the share of the accounts in the largest dot.
    """
    x, y = (side.places(accounts) for side in sides)
    known = ~np.isnan(x + y)
    x, y = x[known], y[known]
    cells = [side.cells for side in sides]
    is_empty = np.histogram2d(x, y, cells)[0].T == 0
    if is_empty.any():
        _hatch(ax, cells, is_empty)
    bins = [side.bins for side in sides]
    counts, total_x, total_y = (np.histogram2d(x, y, bins, weights=each)[0] for each in (None, x, y))
    has_dot = counts > 0
    counts = counts[has_dot]
    largest = float(counts.max(initial=0))
    ax.scatter(
        total_x[has_dot] / counts,
        total_y[has_dot] / counts,
        np.maximum(SMALLEST_DOT, LARGEST_DOT * counts / max(1, largest)),
        color=text_color(),
        alpha=0.45,
        linewidth=0,
    )
    return largest / accounts.rows


def _hatch(ax: Axes, cells: list[Array], where: Array) -> None:
    """Fade and hatch some cells."""
    from matplotlib.collections import PolyCollection  # noqa: PLC0415  # not needed for other plots

    x, y = cells
    corners = [
        [(x[column + right], y[row + up]) for right, up in ((0, 0), (1, 0), (1, 1), (0, 1))]
        for row, column in np.argwhere(where)
    ]
    background = pyplot().rcParams["axes.facecolor"]
    ax.add_collection(
        PolyCollection(
            corners, facecolors=background, edgecolors="gray", linewidths=0, alpha=0.65, hatch="////"
        )
    )


def _caption(curves: list[CardCurve], largest: float, accounts: Accounts | None, words: Words) -> str:
    """Return what the dots, the hatching and a missing value mean."""
    text = words.plots
    parts = [] if accounts is None else [text.dots.format(percent(largest)), text.hatched]
    for each in curves:
        if each.characteristic.if_missing is not None:
            missing = text.missing_points.format(format_points(each.characteristic.if_missing))
            parts.append(text.of_card.format(each.name, missing) if len(curves) > 1 else missing)
    return str(text.between.join(parts))


def _add_caption(ax: Axes, caption: str) -> None:
    """Write a caption below the label of the x axis, wherever that is."""
    without_math(
        [
            ax.annotate(
                caption,
                (0, 0),
                (0, -6),
                xycoords=(ax.transAxes, ax.xaxis.label),
                textcoords="offset points",
                ha="left",
                va="top",
                fontsize="small",
            )
        ]
    )
