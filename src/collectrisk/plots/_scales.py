"""The scales of number axes: linear, logarithmic, and those for values that are mostly near zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from collectrisk.plots._style import number

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from collectrisk._display.words import Words
    from collectrisk._typing import Array

TAIL = 0.005
"""This share of the accounts at either end may lie outside the plot, so that outliers do not squeeze it."""

WIDE_RANGE, WIDER_RANGE = 10, 100
"""Up to so many times the median knot, the scale is linear, or a square root; beyond, it is logarithmic."""

NEAR_ZERO = 0.1
"""This share of the knots that are not zero is in the linear part of a logarithmic scale."""

MOST_TIMES = 1e12
"""The largest value is not more than this many times those that are near zero."""


@attrs.frozen
class Span:
    """The range of an axis, and its scale.

    Attributes
    ----------
    low, high : float
        The ends.
    scale : {"linear", "square_root", "log", "asinh"}
        The scale; the last one is logarithmic, but linear near zero.
    near_zero : float
        Up to about this size, values are near zero.
    """

    low: float
    high: float
    scale: Literal["linear", "square_root", "log", "asinh"] = "linear"
    near_zero: float = 1.0

    def grid(self, count: int) -> Array:
        """Return values that are equally spaced on the scale."""
        functions: dict[str, tuple[Any, Any]] = {
            "linear": (np.positive, np.positive),
            "square_root": (_root, np.square),
            "log": (np.log, np.exp),
            "asinh": (self._asinh, self._sinh),
        }
        forward, inverse = functions[self.scale]
        grid: Array = inverse(np.linspace(forward(self.low), forward(self.high), count))
        # A function and its inverse often miss the ends by a little.
        grid[0], grid[-1] = self.low, self.high
        return grid

    def _asinh(self, value: Any) -> Any:
        return np.arcsinh(value / self.near_zero)

    def _sinh(self, value: Any) -> Any:
        return self.near_zero * np.sinh(value)

    def set_on(self, ax: Axes, axis: str, tick_label: Callable[[float], str] = number) -> None:
        """Give the x or the y axis this range and scale, and ticks at round numbers."""
        settings: dict[str, Any] = {
            "square_root": {"functions": (_root, np.square)},
            "asinh": {"linear_width": self.near_zero},
        }
        name = "function" if self.scale == "square_root" else self.scale
        getattr(ax, f"set_{axis}scale")(name, **settings.get(self.scale, {}))
        getattr(ax, f"set_{axis}lim")(self.low, self.high)
        set_round_ticks(ax, axis, tick_label)

    def label(self, quantity: str, words: Words) -> str:
        """Return the label of an axis: its quantity, and the scale unless it is linear."""
        return quantity if self.scale == "linear" else words.plots.scales[self.scale].format(quantity)


def set_round_ticks(ax: Axes, axis: str, label: Callable[[float], str] = number) -> None:
    """Give the x or the y axis ticks at round numbers, whose labels do not overlap."""
    from collectrisk.plots._ticks import RoundTicks  # noqa: PLC0415  # imports matplotlib

    which = getattr(ax, f"{axis}axis")
    which.set_major_locator(RoundTicks(label))
    which.set_major_formatter(lambda value, _: label(value))


def _root(value: Any) -> Any:
    # Matplotlib transforms values below the limit of the axis too.
    return np.sqrt(np.maximum(value, 0))


def span_of(knots: Array, values: Array | None, *, log: bool) -> Span:
    """Return a range with all knots and nearly all accounts, on the scale that suits the knots.

    Parameters
    ----------
    knots : array
        The knots of all curves.
    values : array or None
        The accounts' values that are not missing.
    log : bool
        Whether the points are linear in the logarithm.
    """
    knots = np.unique(knots)
    outer = knots if values is None else np.quantile(values, [TAIL, 1 - TAIL], method="nearest")
    if log:
        low, high = min([knots[0], *outer[outer > 0]]), max(knots[-1], outer[-1])
        return Span(low / 1.5, high * 1.5, "log") if np.isclose(low, high) else Span(low, high, "log")
    low, high = min(knots[0], outer[0]), max(knots[-1], outer[-1])
    if np.isclose(low, high):
        return Span(low - 1, high + 1)
    sizes = np.abs(knots)
    largest, median = max(-low, high), np.median(sizes)
    if largest <= WIDE_RANGE * median:
        return Span(low, high)
    if low >= 0 and largest <= WIDER_RANGE * median:
        return Span(low, high, "square_root")
    near_zero = np.quantile([*sizes[sizes > 0], largest], NEAR_ZERO, method="lower")
    return Span(low, high, "asinh", max(near_zero, largest / MOST_TIMES))
