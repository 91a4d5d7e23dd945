"""The curve of a number: its points over the values, and where the accounts lie."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._curves import PiecewiseLinear
from collectrisk.plots._canvas import in_legend, ink
from collectrisk.plots._scales import square_root_scale
from collectrisk.plots._words import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from collectrisk._typing import Array
    from collectrisk.plots._accounts import Accounts
    from collectrisk.plots._parts import Part
    from collectrisk.plots._words import PlotWords

BINS = 40
TALLEST = 0.22
"""How much of the picture's height the tallest bar of accounts takes."""

FINE = 65
"""At so many values a line is drawn that is straight on another scale than the picture's."""

TAIL = 0.005
"""The accounts with the lowest and the highest values, of which so many may lie beyond the picture."""


WIDE = 10
"""Knots of which the middle one lies at less than a tenth of the way are told apart by square roots."""


@attrs.frozen
class Span:
    """The values from left to right, on a scale: ``"linear"``, ``"log"`` or ``"square root"``."""

    low: float
    high: float
    scale: str

    def even(self, count: int) -> Array:
        """Return values that are evenly spread on the scale."""
        if self.scale == "log":
            return np.geomspace(self.low, self.high, count)
        if self.scale == "square root":
            return np.linspace(np.sqrt(self.low), np.sqrt(self.high), count) ** 2
        return np.linspace(self.low, self.high, count)

    def put_on(self, ax: Axes) -> None:
        """Give the picture this scale."""
        if self.scale == "square root":
            square_root_scale(ax, "x", self.high, "{:,g}".format)
        else:
            ax.set_xscale(self.scale)


def draw_numbers(ax: Axes, parts: list[Part], accounts: Accounts | None, words: PlotWords) -> None:
    """Draw the points of curves over a number, with the accounts beneath."""
    known = _known(parts, accounts)
    span = _span(parts, known)
    span.put_on(ax)
    ax.axhline(0, color=ink(), linewidth=0.8, alpha=0.6)
    ends = [0.0]
    for place, part in enumerate(parts):
        ends += _draw_line(ax, part, span)
        ends += _draw_missing(ax, part, 1.03 + 0.02 * place)
    low, high = min(ends), max(ends)
    height = (high - low) or 1.0
    ax.set_ylim(low - (0.08 if known is None else 0.4) * height, high + 0.08 * height)
    edges = np.array([span.low, span.high]) if known is None else _draw_accounts(ax, known, span, words)
    ax.set_xlim(edges[0], edges[-1])
    if any(part.curve.if_missing is not None for part in parts):
        ax.annotate(words.missing, (1.03, 0), (0, -4), **BESIDE)
    told = words.quantity(parts[0].curve.field)
    ax.set_xlabel(words.square_root.format(told) if span.scale == "square root" else told)
    ax.set_ylabel(words.points)


BESIDE: dict[str, Any] = {
    "xycoords": "axes fraction",
    "textcoords": "offset points",
    "ha": "left",
    "va": "bottom",
    "rotation": 90,
    "fontsize": "small",
}


def _knots(part: Part) -> Array:
    """Return the values at which a curve bends or steps."""
    pairs = part.curve.knots if isinstance(part.curve, PiecewiseLinear) else part.curve.bands
    return np.array([at for at, _ in pairs])


def _known(parts: list[Part], accounts: Accounts | None) -> Array | None:
    """Return the accounts' values as far as they are known, or None without any."""
    if accounts is None:
        return None
    values = np.asarray(getattr(accounts.record, parts[0].curve.field), dtype=np.float64)
    values = np.broadcast_to(values, (accounts.rows,))
    known = values[~np.isnan(values)]
    return known if len(known) else None


def _span(parts: list[Part], known: Array | None) -> Span:
    """Return the values that the knots and nearly all accounts span, on the scale that suits them."""
    knots = np.unique(np.concatenate([_knots(part) for part in parts]))
    outer = knots if known is None else np.quantile(known, [TAIL, 1 - TAIL], method="nearest")
    if all(getattr(part.curve, "scale", "") == "log" for part in parts):
        low, high = min([knots[0], *outer[outer > 0]]), max(knots[-1], outer[-1])
        return Span(low / 1.5, high * 1.5, "log") if np.isclose(low, high) else Span(low, high, "log")
    low, high = min(knots[0], outer[0]), max(knots[-1], outer[-1])
    if np.isclose(low, high):
        return Span(low - 1, high + 1, "linear")
    wide = low >= 0 and high > WIDE * np.median(knots)
    return Span(low, high, "square root" if wide else "linear")


def _draw_line(ax: Axes, part: Part, span: Span) -> list[float]:
    """Draw a curve with its knots and its interval, and return the lowest and the highest points."""
    steps = not isinstance(part.curve, PiecewiseLinear)
    bent = not steps and part.curve.scale != span.scale
    knots = np.unique(np.clip(_knots(part), span.low, span.high))
    at = np.unique([span.low, *knots, *(span.even(FINE) if bent else ()), span.high])
    points, reach = _at(part, at)
    look: dict[str, Any] = {"color": part.mark.colour, "marker": part.mark.marker, "markersize": 4}
    look |= {
        "markevery": np.searchsorted(at, knots).tolist(),
        "label": in_legend(part.name) or None,
        "clip_on": False,
    }
    ax.plot(at, points, part.mark.line, drawstyle="steps-post" if steps else "default", **look)
    if reach.any():
        shade: dict[str, Any] = {"color": part.mark.colour, "alpha": 0.2, "linewidth": 0}
        ax.fill_between(at, points - reach, points + reach, step="post" if steps else None, **shade)
    return [*(points - reach), *(points + reach)]


def _at(part: Part, values: Array) -> tuple[Array, Array]:
    record = SimpleNamespace(**{part.curve.field: values})
    return part.points(record, len(values)), part.reach(record, len(values))


def _draw_missing(ax: Axes, part: Part, x: float) -> list[float]:
    """Draw the points of a missing value to the right of the picture."""
    if part.curve.if_missing is None:
        return []
    (points,), (reach,) = _at(part, np.array([np.nan]))
    look: dict[str, Any] = {
        "color": part.mark.colour,
        "fmt": part.mark.marker,
        "capsize": 3,
        "clip_on": False,
    }
    ax.errorbar([x], [points], yerr=[reach] if reach else None, transform=ax.get_yaxis_transform(), **look)
    return [points - reach, points + reach]


def _draw_accounts(ax: Axes, known: Array, span: Span, words: PlotWords) -> Array:
    """Draw how the accounts are spread over the values, and return where bars start and end.

    Accounts with values beyond these count to the outermost bars.
    """
    edges = _edges(known, span)
    share = np.histogram(np.clip(known, edges[0], edges[-1]), edges)[0] / len(known)
    tallest = share.max()
    look: dict[str, Any] = {
        "color": ink(),
        "alpha": 0.25,
        "zorder": 0,
        "label": words.accounts_here.format(percent(tallest)),
    }
    ax.stairs(share / tallest * TALLEST, edges, fill=True, transform=ax.get_xaxis_transform(), **look)
    return edges


def _edges(known: Array, span: Span) -> Array:
    """Return where bars start and end; of whole numbers, as far as they can be told apart, each has one."""
    even = span.even(BINS + 1)
    apart = span.scale == "square root" or (span.scale == "linear" and span.high - span.low < BINS)
    if not apart or (known % 1).any():
        return even
    whole = np.unique(np.floor(even))
    edges = np.append(whole, whole[-1] + 1)
    return edges if span.scale == "square root" else edges - 0.5
