"""The two sides of a heat map: a number on its scale, or a row or a column for each level."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._namespaces.array_grid import array_place
from collectrisk._namespaces.arrays import ARRAYS, TextArray
from collectrisk._surface import NumberAxis
from collectrisk.plots._scales import span_of
from collectrisk.plots._style import inches, quantity, without_math

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from collectrisk._display.words import Words
    from collectrisk._surface import Axis
    from collectrisk._typing import Array
    from collectrisk.plots._card_curves import Accounts
    from collectrisk.plots._scales import Span

COLORS = 96
"""Along a number, the map has this many colours."""

BINS = 32
"""Along a number, the accounts are counted in this many bins."""

BOOLEAN = ("false", "true")

SLANTED_LETTERS = 9
"""The names of columns are slanted if together they have more letters than this for each inch."""

LINES_PER_INCH = 7
"""Of more rows than this, not every one has its name."""


@attrs.frozen(eq=False)
class NumberSide:
    """A side along a number.

    Attributes
    ----------
    axis : NumberAxis
        The axis of the surface.
    span : Span
        The range and the scale, common to all maps in a plot.
    """

    axis: NumberAxis
    span: Span

    @property
    def edges(self) -> Array:
        """The ends of the coloured cells."""
        return self.span.grid(COLORS + 1)

    @property
    def bins(self) -> Array:
        """The ends of the bins of accounts."""
        return self.span.grid(BINS + 1)

    @property
    def cells(self) -> Array:
        """The ends of the parts of the side that are nearest to each knot."""
        grid = np.array(self.axis.grid)
        between = (grid[1:] + grid[:-1]) / 2
        between = np.exp(between) if self.axis.scale == "log" else between
        return np.array([self.span.low, *between, self.span.high])

    @property
    def marks(self) -> Array:
        """The knots."""
        return np.array(self.axis.knots)

    def column(self, places: Array) -> Any:
        """Return the values at places, as a column."""
        return places

    def places(self, accounts: Accounts) -> Array:
        """Return the place of each account; NaN if its value is missing."""
        values = accounts.column(self.axis.field).astype(np.float64)
        return np.clip(values, self.span.low, self.span.high)

    def set_on(self, ax: Axes, axis: str, words: Words) -> str:
        """Set the scale and the ticks of an axis, and return its label."""
        self.span.set_on(ax, axis)
        return self.span.label(quantity(self.axis.field, words), words)


@attrs.frozen(eq=False)
class LevelSide:
    """A side with a place for each level; the first row is at the top.

    Attributes
    ----------
    field : str
        The field.
    levels : tuple of str
        The levels of all maps in a plot, and, unless the field is boolean, a text that is none of them.
    names : tuple of str
        Their names.
    """

    field: str
    levels: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def edges(self) -> Array:
        """The ends of the places."""
        return np.arange(len(self.levels) + 1) - 0.5

    bins = cells = edges

    @property
    def marks(self) -> Array:
        """The middles of the places."""
        return np.arange(len(self.levels))

    def column(self, places: Array) -> Any:
        """Return the levels at places, as a column."""
        return TextArray(places.astype(np.intp), self.levels)

    def places(self, accounts: Accounts) -> Array:
        """Return the place of each account; NaN if its value is missing."""
        values = getattr(accounts.record, self.field)
        index = np.minimum(array_place(values, self.levels)[0], len(self.levels) - 1)
        return np.broadcast_to(np.where(ARRAYS.is_missing(values), np.nan, index), (accounts.rows,))

    def set_on(self, ax: Axes, axis: str, words: Words) -> str:
        """Name the levels along an axis, and return its label."""
        count = len(self.names)
        if axis == "x":
            slanted = sum(map(len, self.names)) > SLANTED_LETTERS * inches(ax, "x")
            slant: dict[str, Any] = {"rotation": 35, "ha": "right"} if slanted else {}
            ax.set_xticks(range(count), self.names, **slant)
        else:
            step = math.ceil(count / (LINES_PER_INCH * inches(ax, "y")))
            ax.set_yticks(range(0, count, step), self.names[::step], fontsize="small" if count > 12 else None)
            ax.set_ylim(count - 0.5, -0.5)
        without_math([*ax.get_xticklabels(), *ax.get_yticklabels()])
        return quantity(self.field, words)


Side = NumberSide | LevelSide


def sides_of(axes: Sequence[Axis], accounts: Accounts | None, words: Words) -> list[Side]:
    """Return the side of each of several maps, whose axes have the same field and type."""
    field = axes[0].field
    numbers = [axis for axis in axes if isinstance(axis, NumberAxis)]
    if numbers:
        values = None if accounts is None else accounts.column(field).astype(np.float64)
        known = None if values is None or np.isnan(values).all() else values[~np.isnan(values)]
        knots = np.concatenate([axis.knots for axis in numbers])
        span = span_of(knots, known, log=all(axis.scale == "log" for axis in numbers))
        return [NumberSide(axis, span) for axis in numbers]
    levels = tuple(dict.fromkeys(level for axis in axes for level in axis.levels))
    if set(levels) <= set(BOOLEAN):
        return [LevelSide(field, BOOLEAN, (words.plots.no, words.plots.yes))] * len(axes)
    other = max(levels, key=len) + "?"  # longer than every level, so it is not one of them
    return [LevelSide(field, (*levels, other), (*levels, words.plots.any_other))] * len(axes)
