"""The points of a few values: the levels of a text, yes and no, or a gate that is open or shut."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._curves import Flag, Gate, Levels
from collectrisk._namespaces.arrays import ARRAYS, TextArray
from collectrisk.plots._canvas import in_legend, ink, rows_called, wrapped
from collectrisk.plots._words import percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from collectrisk._typing import Array
    from collectrisk.plots._accounts import Accounts
    from collectrisk.plots._parts import Part
    from collectrisk.plots._words import PlotWords

MOST_ROWS = 24
"""Of more levels than this, only those with the most and the fewest points have a row of their own."""

WRAP = 22
"""So many letters stand in a line along a short picture."""


@attrs.frozen(eq=False)
class Values:
    """The values that a characteristic tells apart.

    Attributes
    ----------
    names : tuple of str
        What each is called.
    record : object
        A record with one row for each.
    places : callable
        From the record of some accounts to the place of each account's value.
    axis : str
        What the values are values of.
    levels : int
        How many of them, the first ones, may be left out where there are too many.
    """

    names: tuple[str, ...]
    record: Any
    places: Callable[[Any], Any]
    axis: str
    levels: int = 0


def _of_levels(parts: list[Part], words: PlotWords) -> Values:
    field = parts[0].curve.field
    place_of = {
        level: place
        for place, level in enumerate(
            dict.fromkeys(level for part in parts for level, _ in part.curve.levels)
        )
    }
    other = len(place_of)
    unheard_of = max(place_of, key=len, default="") + "?"
    missing = [words.missing] if any(part.curve.if_missing is not None for part in parts) else []
    codes = np.array([*range(other + 1), *(-1 for _ in missing)])

    def places(record: Any) -> Any:
        values = getattr(record, field)
        return np.where(ARRAYS.is_missing(values), other + 1, ARRAYS.lookup(values, place_of, other))

    return Values(
        names=(*place_of, words.any_other, *missing),
        record=SimpleNamespace(**{field: TextArray(codes, (*place_of, unheard_of))}),
        places=places,
        axis=words.quantity(field),
        levels=other,
    )


def _of_flag(parts: list[Part], words: PlotWords) -> Values:
    field = parts[0].curve.field
    return Values(
        names=(words.no, words.yes),
        record=SimpleNamespace(**{field: np.array([False, True])}),
        places=lambda record: getattr(record, field),
        axis=words.quantity(field),
    )


def _of_gate(parts: list[Part], words: PlotWords) -> Values:
    conditions = parts[0].curve.conditions
    told = [
        words.at_least.format(
            words.spoken.plus.join(map(words.spoken.noun, condition.fields)), f"{condition.least:,g}"
        )
        for condition in conditions
    ]
    fields = dict.fromkeys(field for part in parts for field in part.curve.fields)
    return Values(
        names=(words.gate_shut, "\n".join(told)),
        record=SimpleNamespace(**{field: np.array([-np.inf, np.inf]) for field in fields}),
        places=lambda record: np.all([condition.holds(record) for condition in conditions], axis=0),
        axis="",
    )


_MAKERS: dict[type, Callable[[list[Part], PlotWords], Values]] = {
    Levels: _of_levels,
    Flag: _of_flag,
    Gate: _of_gate,
}


def values_of(parts: list[Part], words: PlotWords) -> Values:
    """Return the values that some curves of one kind tell apart."""
    return next(make for kind, make in _MAKERS.items() if isinstance(parts[0].curve, kind))(parts, words)


@attrs.frozen(eq=False)
class Rows:
    """Which values have a row of their own, from top to bottom, and which share one (at `gap`)."""

    own: list[int]
    gap: int
    hidden: list[int]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.own) + bool(self.hidden)

    def at(self) -> Array:
        """Return the height of each value that has a row of its own."""
        return np.array([row + (bool(self.hidden) and row >= self.gap) for row in range(len(self.own))])


def rows_of(values: Values, points: Array) -> Rows:
    """Return all values in order; or, of too many levels, those with the most and the fewest points."""
    rest = list(range(values.levels, len(values.names)))
    if len(values.names) <= MOST_ROWS:
        return Rows([*range(values.levels), *rest], 0, [])
    falling = np.argsort(-points[: values.levels], kind="stable").tolist()
    half = (MOST_ROWS - len(rest) - 1) // 2
    return Rows([*falling[:half], *falling[-half:], *rest], half, falling[half:-half])


def draw_levels(
    ax: Axes, parts: list[Part], values: Values, accounts: Accounts | None, words: PlotWords
) -> None:
    """Draw the points of each value as a mark with its interval, and the share of accounts beside it."""
    count = len(values.names)
    rows = rows_of(values, parts[0].points(values.record, count))
    ax.axvline(0, color=ink(), linewidth=0.8, alpha=0.6)
    ends = [0.0]
    for place, part in enumerate(parts):
        offset = 0.22 * (place - (len(parts) - 1) / 2)
        ends += _draw_part(ax, part, values, rows, offset)
    low, high = min(ends), max(ends)
    room = 0.08 * ((high - low) or 1.0)
    ax.set_xlim(low - room, high + room)
    ax.set_ylim(rows.count - 0.5, -0.5)
    names = [values.names[place] for place in rows.own]
    if rows.hidden:
        names.insert(rows.gap, words.more_levels.format(len(rows.hidden)))
    rows_called(ax, names, "small" if rows.count > MOST_ROWS // 2 else "medium")
    if accounts is not None:
        _draw_shares(ax, values, rows, accounts, words)
    ax.set_xlabel(words.points)
    ax.set_ylabel(wrapped(values.axis, WRAP))


def _draw_part(ax: Axes, part: Part, values: Values, rows: Rows, offset: float) -> list[float]:
    """Draw one card's points, and return the lowest and the highest of them."""
    count = len(values.names)
    points, reach = part.points(values.record, count), part.reach(values.record, count)
    own = np.array(rows.own)
    look: dict[str, Any] = {"color": part.mark.colour, "fmt": part.mark.marker, "capsize": 3}
    ax.errorbar(
        points[own],
        rows.at() + offset,
        xerr=reach[own] if reach.any() else None,
        label=in_legend(part.name) or None,
        **look,
    )
    if rows.hidden:
        between = points[rows.hidden]
        ax.plot([between.min(), between.max()], [rows.gap + offset] * 2, color=part.mark.colour, linewidth=4)
    known = ~np.isnan(points)
    return [*(points - reach)[known], *(points + reach)[known]]


def _draw_shares(ax: Axes, values: Values, rows: Rows, accounts: Accounts, words: PlotWords) -> None:
    """Draw the share of accounts at each value as a pale bar, and write it to the right of the picture."""
    places = np.broadcast_to(values.places(accounts.record), (accounts.rows,)).astype(np.intp)
    share = np.bincount(places, minlength=len(values.names)) / accounts.rows
    heights = [*rows.at().tolist(), *([rows.gap] if rows.hidden else [])]
    shares = [*share[rows.own].tolist(), *([share[rows.hidden].sum()] if rows.hidden else [])]
    across, size = ax.get_yaxis_transform(), "small"
    ax.barh(heights, shares, 0.8, color=ink(), alpha=0.15, zorder=0, transform=across)
    for height, each in zip(heights, shares, strict=True):
        ax.text(1.01, height, percent(each), transform=across, va="center", fontsize=size)
    ax.text(1.01, -0.02, words.share_below, transform=ax.transAxes, va="top", fontsize=size)
