"""Plots of the points of two fields together, as heat maps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._display.words import format_points
from collectrisk._namespaces.array_grid import array_place
from collectrisk._namespaces.arrays import ARRAYS, TextArray
from collectrisk._surface import NumberAxis
from collectrisk.plots._style import (
    DECREASE,
    INCREASE,
    pyplot,
    quantity,
    set_texts,
    text_color,
    without_math,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from collectrisk._display.words import Words
    from collectrisk._surface import LevelAxis
    from collectrisk._typing import Array
    from collectrisk.plots._card_curves import Accounts, CardCurve

STEPS = 16
"""Between two knots, the map has this many colours."""

MAX_WRITTEN = 64
"""Up to this many points are written into the map, if there are no accounts."""

MAX_DOTS = 2_000
"""Of more accounts than this, only a part is drawn, evenly over the rows of the frame."""

SPREAD = 0.8
"""The dots of a level are spread over this part of its row, so that they do not cover each other."""

MAX_TALL = 12
"""The names of more rows than this are smaller."""

SHIFTS = (0.618033988749895, 0.414213562373095)
"""Multiples of each, modulo 1, are spread evenly, and their pairs too."""

GAP = 0.14
"""The space around each of several maps, relative to the plot."""


def draw_surfaces(ax: Axes, curves: list[CardCurve], accounts: Accounts | None, words: Words) -> None:
    """Draw surfaces, side by side if there are several, with the same colours for the same points."""
    limit = max(abs(end) for each in curves for end in each.characteristic.range) or 1.0
    if len(curves) == 1:
        mesh = _draw(ax, curves[0], limit, accounts, words)
    else:
        ax.set_xticks([])
        ax.set_yticks([])
        ax.spines[:].set_visible(False)
        for index, each in enumerate(curves):
            panel = ax.inset_axes(
                ((index + GAP) / len(curves), GAP, (1 - 2 * GAP) / len(curves), 1 - 2 * GAP)
            )
            mesh = _draw(panel, each, limit, accounts, words)
            set_texts(panel, each.name, "", "")
    x, y = curves[0].characteristic.fields
    ax.set_xlabel(wrap(quantity(x, words), 40))
    ax.set_ylabel(wrap(quantity(y, words), 26))
    bar = ax.figure.colorbar(mesh, ax=ax, fraction=0.06, pad=0.02)
    bar.set_label(words.plots.points, fontsize="small")


def _draw(ax: Axes, curve: CardCurve, limit: float, accounts: Accounts | None, words: Words) -> Any:
    """Draw one surface, and return the map."""
    surface = curve.characteristic
    x, y = (_edges(axis) for axis in surface.axes)
    columns, rows = np.meshgrid((x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2)
    points = _points(curve, columns, rows)
    mesh = ax.pcolormesh(x, y, points, cmap=_colors(), vmin=-limit, vmax=limit, rasterized=True)
    names = [_names(axis, words) for axis in surface.axes]
    ax.set_xticks(range(len(names[0])), names[0], rotation=30 if sum(map(len, names[0])) > 40 else 0)
    ax.set_yticks(range(len(names[1])), names[1], fontsize="small" if len(names[1]) > MAX_TALL else "medium")
    without_math([*ax.get_xticklabels(), *ax.get_yticklabels()])
    if accounts is not None:
        _draw_accounts(ax, surface, accounts, words)
    elif len(names[0]) * len(names[1]) <= MAX_WRITTEN:
        _write_points(ax, curve, len(names[0]), len(names[1]))
    if surface.if_missing is not None:
        text = words.plots.missing_points.format(format_points(surface.if_missing))
        ax.set_title(text, loc="right", fontsize="small")
    return mesh


def _colors() -> Any:
    """Return a colour map from less likely to more likely, with the background for no effect."""
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415  # not needed for other plots

    middle = pyplot().rcParams["axes.facecolor"]
    return LinearSegmentedColormap.from_list("points", [DECREASE, middle, INCREASE])


def _edges(axis: NumberAxis | LevelAxis) -> Array:
    """Return the ends of the coloured cells; the place of a knot or level is its index."""
    if isinstance(axis, NumberAxis) and axis.size > 1:
        return np.linspace(0, axis.size - 1, STEPS * (axis.size - 1) + 1)
    return np.arange(len(_values(axis)) + 1) - 0.5


def _values(axis: NumberAxis | LevelAxis) -> tuple[Any, ...]:
    """Return the knots, or the levels and a text that is longer than each and so none of them."""
    if isinstance(axis, NumberAxis):
        return axis.knots
    return (*axis.levels, max(axis.levels, key=len) + "?")


def _names(axis: NumberAxis | LevelAxis, words: Words) -> list[str]:
    if isinstance(axis, NumberAxis):
        return [f"{knot:,.4g}" if abs(knot) < 1e4 else f"{knot:,.0f}" for knot in axis.knots]
    return [*axis.levels, words.plots.any_other]


def _column(axis: NumberAxis | LevelAxis, places: Array) -> Any:
    """Return the values at places, as a column."""
    if isinstance(axis, NumberAxis):
        scaled = np.interp(places, np.arange(axis.size), axis.grid)
        return np.exp(scaled) if axis.scale == "log" else scaled
    return TextArray(places.astype(np.intp), _values(axis))


def _points(curve: CardCurve, columns: Array, rows: Array) -> Array:
    """Return the points at places of the map."""
    x, y = curve.characteristic.axes
    record = SimpleNamespace(**{x.field: _column(x, columns.ravel()), y.field: _column(y, rows.ravel())})
    return curve.points(record, columns.size).reshape(columns.shape)


def _write_points(ax: Axes, curve: CardCurve, n_columns: int, n_rows: int) -> None:
    """Write the points of each knot or level into the map."""
    columns, rows = np.meshgrid(np.arange(n_columns), np.arange(n_rows))
    points = _points(curve, columns, rows)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    for x, y, each in zip(columns.ravel(), rows.ravel(), points.ravel(), strict=True):
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


def _draw_accounts(ax: Axes, surface: Any, accounts: Accounts, words: Words) -> None:
    """Draw a dot for each account, or for a part of them, where both values are known."""
    places = [
        _places(axis, getattr(accounts.record, axis.field), accounts.rows, shift)
        for axis, shift in zip(surface.axes, SHIFTS, strict=True)
    ]
    known = np.flatnonzero(~np.isnan(places[0] + places[1]))
    shown = known[:: -(-len(known) // MAX_DOTS) or 1]
    ax.plot(
        places[0][shown],
        places[1][shown],
        ".",
        markersize=2,
        color=text_color(),
        alpha=0.3,
        label=words.plots.accounts,
    )


def _places(axis: NumberAxis | LevelAxis, values: Any, rows: int, shift: float) -> Array:
    """Return the place of each value on the map; NaN if it is missing."""
    index, distance = array_place(axis.scaled(values, ARRAYS), axis.grid)
    places = np.broadcast_to(np.add(index, distance, dtype=np.float64), (rows,)).copy()
    places[np.broadcast_to(ARRAYS.is_missing(values), (rows,))] = np.nan
    if axis.levels:
        places += SPREAD * (np.arange(rows) * shift % 1 - 0.5)
    return places
