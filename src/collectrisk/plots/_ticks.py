"""Ticks of number axes: matplotlib's own would overlap where numbers are long, or all be at one end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from matplotlib.ticker import Locator, MaxNLocator

from collectrisk.plots._style import inches, keep_apart

if TYPE_CHECKING:
    from collections.abc import Callable

LETTER = 0.085
"""The width of a letter, in inches."""

LINE = 0.28
"""The minimum distance between two ticks of a y axis, in inches."""

DECADES = 18
"""Ticks are not further than this many powers of ten below the largest value."""

MAX_EQUAL = 9
"""The maximum number of ticks of a linear scale."""

WIDE = 3
"""Over a range as wide as this, the ticks of a linear scale are whole numbers."""


class RoundTicks(Locator):
    """Round numbers whose labels do not overlap, on an axis of any scale and length.

    Powers of ten come first, and then their multiples by 5, 2 and 3. A linear scale has equal steps,
    of whole numbers unless its range is narrow.

    Parameters
    ----------
    label : callable
        From a number to its label.
    """

    def __init__(self, label: Callable[[float], str]) -> None:
        self.label = label

    def __call__(self) -> list[float]:
        """Return the ticks of the range that the axis shows."""
        axis: Any = self.axis
        return self.tick_values(*sorted(axis.get_view_interval()))

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """Return the ticks of a range."""
        axis: Any = self.axis
        length = inches(axis.axes, axis.axis_name)
        if axis.get_scale() == "linear":
            longest = max(self._size(float(f"{end:.3g}")) for end in (vmin, vmax))
            count = max(1, min(MAX_EQUAL, int(length / longest)))
            steps = MaxNLocator(count, integer=vmax - vmin >= WIDE, steps=[1, 2, 2.5, 5, 10])
            return [float(tick) for tick in steps.tick_values(vmin, vmax) if vmin <= tick <= vmax]
        candidates = [each for each in _round_numbers(max(-vmin, vmax)) if vmin <= each <= vmax]
        transform = axis.get_transform().transform
        low, high = transform([vmin, vmax])
        at = (transform(candidates) - low) / (high - low) * length
        places = [(place, self._size(each)) for place, each in zip(at, candidates, strict=True)]
        return sorted(candidates[index] for index in keep_apart(places))

    def _size(self, value: float) -> float:
        axis: Any = self.axis
        return LINE if axis.axis_name == "y" else LETTER * (len(self.label(value)) + 1.5)


def _round_numbers(largest: float) -> list[float]:
    """Return zero and round numbers up to a size, the roundest ones and the largest ones first."""
    power = math.floor(math.log10(largest))
    sizes = [float(f"{digit}e{power - decade}") for digit in (1, 5, 2, 3) for decade in range(DECADES)]
    return [0.0, *(sign * each for each in sizes for sign in (1, -1))]
