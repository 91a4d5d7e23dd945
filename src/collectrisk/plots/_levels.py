"""Plots of the points of a few values: levels of a text, yes and no, or an open and a shut gate."""

from __future__ import annotations

import textwrap
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._curves import Flag, Levels
from collectrisk._namespaces.arrays import ARRAYS, TextArray
from collectrisk.plots._style import legend_label, number, percent, quantity, set_row_names, text_color, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from collectrisk._display.words import Words
    from collectrisk._typing import Array
    from collectrisk.plots._card_curves import Accounts, CardCurve

MAX_ROWS = 24
"""Of more levels than this, only those with the most and the fewest points have a row of their own."""

LABEL_LETTERS = 22
"""The y label is wrapped at this many letters, because the plot may be low."""

OFFSET = 0.22
"""The distance between the markers of two scorecards within a row."""


@attrs.frozen(eq=False)
class Values:
    """The values that a characteristic distinguishes.

    Attributes
    ----------
    names : tuple of str
        Their names.
    record : object
        A record with one row for each value.
    indices : callable
        From the record of some accounts to the index of each account's value.
    axis_label : str
        What the values are values of.
    n_levels : int
        How many of them, the first ones, may share a row if there are too many.
    """

    names: tuple[str, ...]
    record: Any
    indices: Callable[[Any], Any]
    axis_label: str
    n_levels: int = 0


def values_of(curves: list[CardCurve], words: Words) -> Values:
    """Return the values that curves of the same kind distinguish."""
    first = curves[0].characteristic
    if isinstance(first, Levels):
        return _level_values(curves, words)
    if isinstance(first, Flag):
        return Values(
            names=(words.plots.no, words.plots.yes),
            record=SimpleNamespace(**{first.field: np.array([False, True])}),
            indices=lambda record: getattr(record, first.field),
            axis_label=quantity(first.field, words),
        )
    conditions = [
        words.plots.at_least.format(words.gate.plus.join(map(words.noun, each.fields)), number(each.least))
        for each in first.conditions
    ]
    fields = {field for each in curves for field in each.characteristic.fields}
    return Values(
        names=(words.plots.gate_shut, "\n".join(conditions)),
        record=SimpleNamespace(**{field: np.array([-np.inf, np.inf]) for field in fields}),
        indices=lambda record: np.all([each.holds(record) for each in first.conditions], axis=0),
        axis_label="",
    )


def _level_values(curves: list[CardCurve], words: Words) -> Values:
    field = curves[0].characteristic.field
    levels = dict.fromkeys(level for each in curves for level, _ in each.characteristic.levels)
    index_of = {level: index for index, level in enumerate(levels)}
    other = len(levels)
    # Longer than every level, so it is not one of them.
    unknown_level = max(levels, key=len, default="") + "?"
    missing = (
        [words.plots.missing] if any(each.characteristic.if_missing is not None for each in curves) else []
    )
    codes = np.array([*range(other + 1), *(-1 for _ in missing)])

    def indices(record: Any) -> Any:
        values = getattr(record, field)
        return np.where(ARRAYS.is_missing(values), other + 1, ARRAYS.lookup(values, index_of, other))

    return Values(
        names=(*levels, words.plots.any_other, *missing),
        record=SimpleNamespace(**{field: TextArray(codes, (*levels, unknown_level))}),
        indices=indices,
        axis_label=quantity(field, words),
        n_levels=other,
    )


def _rows(values: Values, points: Array) -> list[list[int]]:
    """Return the indices of the values in each row: one, or all levels that share the row."""
    rest = [[index] for index in range(values.n_levels, len(values.names))]
    if len(values.names) <= MAX_ROWS:
        return [*([index] for index in range(values.n_levels)), *rest]
    order = np.argsort(-points[: values.n_levels], kind="stable").tolist()
    half = (MAX_ROWS - len(rest) - 1) // 2
    most, fewest = ([[index] for index in part] for part in (order[:half], order[-half:]))
    return [*most, order[half:-half], *fewest, *rest]


def draw_levels(
    ax: Axes, curves: list[CardCurve], values: Values, accounts: Accounts | None, words: Words
) -> None:
    """Draw the points of each value with their interval, and each value's share of the accounts."""
    rows = _rows(values, curves[0].points(values.record, len(values.names)))
    ax.axvline(0, color=text_color(), linewidth=0.8, alpha=0.6)
    ends = [0.0]
    for index, each in enumerate(curves):
        ends += _draw_points(ax, each, values, rows, OFFSET * (index - (len(curves) - 1) / 2))
    low, high = min(ends), max(ends)
    margin = 0.08 * ((high - low) or 1.0)
    ax.set_xlim(low - margin, high + margin)
    names = [
        values.names[row[0]] if len(row) == 1 else words.plots.more_levels.format(len(row)) for row in rows
    ]
    set_row_names(ax, names, "small" if len(rows) > MAX_ROWS // 2 else "medium")
    if accounts is not None:
        _draw_shares(ax, values, rows, accounts, words)
    ax.set_xlabel(words.plots.points)
    ax.set_ylabel(wrap(values.axis_label, LABEL_LETTERS))


def _draw_points(
    ax: Axes, curve: CardCurve, values: Values, rows: list[list[int]], offset: float
) -> list[float]:
    """Draw the points of one scorecard, and return the ends of their intervals."""
    count = len(values.names)
    points, margin = curve.points(values.record, count), curve.margin(values.record, count)
    single = np.array([[row, indices[0]] for row, indices in enumerate(rows) if len(indices) == 1])
    ax.errorbar(
        points[single[:, 1]],
        single[:, 0] + offset,
        xerr=margin[single[:, 1]] if margin.any() else None,
        label=legend_label(curve.name) or None,
        color=curve.mark.color,
        fmt=curve.mark.marker,
        capsize=3,
    )
    for row, indices in enumerate(rows):
        if len(indices) > 1:
            ends = [points[indices].min(), points[indices].max()]
            ax.plot(ends, [row + offset] * 2, color=curve.mark.color, linewidth=4)
    known = ~np.isnan(points)
    return [*(points - margin)[known], *(points + margin)[known]]


def _draw_shares(ax: Axes, values: Values, rows: list[list[int]], accounts: Accounts, words: Words) -> None:
    """Draw each row's share of the accounts as a pale bar, and write it to the right of the plot."""
    indices = np.broadcast_to(values.indices(accounts.record), (accounts.rows,)).astype(np.intp)
    by_value = np.bincount(indices, minlength=len(values.names)) / accounts.rows
    transform = ax.get_yaxis_transform()
    for row, members in enumerate(rows):
        share = by_value[members].sum()
        ax.barh(row, share, 0.8, color=text_color(), alpha=0.15, zorder=0, transform=transform)
        ax.text(1.01, row, percent(share), transform=transform, va="center", fontsize="small")
    heading = textwrap.fill(words.plots.share_of_accounts, 9)
    ax.text(1.01, 1.01, heading, transform=ax.transAxes, va="bottom", fontsize="small")
