"""Plots of the curve of a number: its points by value, and the distribution of the accounts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from collectrisk._curves import PiecewiseLinear
from collectrisk.plots._scales import span_of
from collectrisk.plots._style import legend_label, percent, quantity, text_color

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from collectrisk._display.words import Words
    from collectrisk._typing import Array
    from collectrisk.plots._card_curves import Accounts, CardCurve
    from collectrisk.plots._scales import Span

BINS = 40
HISTOGRAM_HEIGHT = 0.22
"""The height of the tallest bar of the histogram, relative to the plot."""

CURVE_VALUES = 65
"""The number of values at which a curve is drawn that is straight on another scale than the axis."""


def draw_numbers(ax: Axes, curves: list[CardCurve], accounts: Accounts | None, words: Words) -> None:
    """Draw curves over a number, and the distribution of the accounts below them."""
    values = _known_values(curves, accounts)
    log = all(getattr(each.characteristic, "scale", "") == "log" for each in curves)
    span = span_of(np.concatenate([_knots(each) for each in curves]), values, log=log)
    span.set_on(ax, "x")
    ax.axhline(0, color=text_color(), linewidth=0.8, alpha=0.6)
    ends = [0.0]
    for each in curves:
        ends += _draw_line(ax, each, span)
    half = (max(ends) - min(ends)) / 2
    room = min(ends) - half, max(ends) + half
    for index, each in enumerate(curves):
        ends += _draw_missing(ax, each, 1.03 + 0.02 * index, room)
    low, high = min(ends), max(ends)
    height = (high - low) or 1.0
    # Of the accounts, the histogram is below the curve, and the legend above it.
    below, above = (0.08, 0.08) if values is None else (0.4, 0.24)
    ax.set_ylim(low - below * height, high + above * height)
    ax.set_xlim(span.low, span.high)
    if values is not None:
        _draw_histogram(ax, values, span, words)
    if any(each.characteristic.if_missing is not None for each in curves):
        ax.annotate(
            words.plots.missing,
            (1.03, 0),
            (0, -4),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="left",
            va="bottom",
            rotation=90,
            fontsize="small",
        )
    ax.set_xlabel(span.label(quantity(curves[0].characteristic.field, words), words))
    ax.set_ylabel(words.plots.points)


def _knots(curve: CardCurve) -> Array:
    """Return the values at which a curve bends or steps."""
    pairs = (
        curve.characteristic.knots
        if isinstance(curve.characteristic, PiecewiseLinear)
        else curve.characteristic.bands
    )
    return np.array([value for value, _ in pairs])


def _known_values(curves: list[CardCurve], accounts: Accounts | None) -> Array | None:
    """Return the accounts' values that are not missing, or None if there are none."""
    if accounts is None:
        return None
    values = accounts.column(curves[0].characteristic.field).astype(np.float64)
    values = values[~np.isnan(values)]
    return values if len(values) else None


def _draw_line(ax: Axes, curve: CardCurve, span: Span) -> list[float]:
    """Draw a curve with its knots and its interval, and return the points and interval ends drawn."""
    is_linear = isinstance(curve.characteristic, PiecewiseLinear)
    grid = span.grid(CURVE_VALUES) if is_linear and curve.characteristic.scale != span.scale else ()
    knots = np.unique(np.clip(_knots(curve), span.low, span.high))
    x = np.unique([span.low, *knots, *grid, span.high])
    points, margin = _evaluate(curve, x)
    ax.plot(
        x,
        points,
        curve.mark.line,
        drawstyle="default" if is_linear else "steps-post",
        color=curve.mark.color,
        marker=curve.mark.marker,
        markersize=4,
        markevery=np.searchsorted(x, knots).tolist(),
        label=legend_label(curve.name) or None,
        clip_on=False,
    )
    low, high = points - margin, points + margin
    if margin.any():
        ax.fill_between(
            x, low, high, step=None if is_linear else "post", color=curve.mark.color, alpha=0.2, linewidth=0
        )
    return [*low, *high]


def _evaluate(curve: CardCurve, values: Array) -> tuple[Array, Array]:
    """Return the points of values, and the margins of their intervals."""
    record = SimpleNamespace(**{curve.characteristic.field: values})
    return curve.points(record, len(values)), curve.margin(record, len(values))


def _draw_missing(ax: Axes, curve: CardCurve, x: float, room: tuple[float, float]) -> list[float]:
    """Draw the points of a missing value to the right of the plot, and return the ends of the interval.

    An interval that is much wider than the curves would squeeze them: it is cut, and has no caps.
    """
    if curve.characteristic.if_missing is None:
        return []
    (points,), (margin,) = _evaluate(curve, np.array([np.nan]))
    low, high = max(points - margin, min(points, room[0])), min(points + margin, max(points, room[1]))
    ax.errorbar(
        [x],
        [points],
        yerr=[[points - low], [high - points]] if margin else None,
        fmt=curve.mark.marker,
        color=curve.mark.color,
        capsize=3 if np.isclose(high - low, 2 * margin) else 0,
        clip_on=False,
        transform=ax.get_yaxis_transform(),
    )
    return [low, high]


def _draw_histogram(ax: Axes, values: Array, span: Span, words: Words) -> None:
    """Draw the distribution of the accounts; values outside the plot count in the outermost bars."""
    edges = _bin_edges(values, span)
    share = np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0] / len(values)
    ax.stairs(
        share / share.max() * HISTOGRAM_HEIGHT,
        edges,
        fill=True,
        transform=ax.get_xaxis_transform(),
        color=text_color(),
        alpha=0.25,
        zorder=0,
        label=words.plots.accounts_by_value.format(percent(share.max())),
    )
    ax.set_xlim(edges[0], edges[-1])


def _bin_edges(values: Array, span: Span) -> Array:
    """Return the bins of the histogram: one for each integer if there are few, else equally wide ones."""
    grid = span.grid(BINS + 1)
    few = span.scale == "linear" and span.high - span.low < BINS
    if not (few or span.scale in {"square_root", "asinh"}) or (values % 1).any():
        return grid
    integers = np.unique(np.floor(grid))
    edges = np.append(integers, integers[-1] + 1)
    return edges - 0.5 if few else edges
