"""The scale of square roots: it has a zero, and tells small values apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk.plots._canvas import size_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

STEPS = (1, 2, 3, 5)
"""A value worth writing on an axis is one of these times a power of ten."""

CLOSE = {"x": 0.5, "y": 0.28}
"""How many inches lie, at the least, between two values that are written on an axis."""


def square_root_scale(ax: Axes, which: str, high: float, told: Callable[[float], str]) -> None:
    """Put the x or the y axis on the scale of square roots, from zero on."""
    getattr(ax, f"set_{which}scale")("function", functions=(_root, np.square))
    getattr(ax, f"set_{which}lim")(0, high)
    ticks = _ticks(high, CLOSE[which] / size_of(ax, which))
    getattr(ax, f"set_{which}ticks")(ticks, [told(tick) for tick in ticks])


def _root(value: Any) -> Any:
    return np.sqrt(np.maximum(value, 0))


def _ticks(high: float, close: float) -> list[float]:
    """Return the values to write, from the highest down, none too close to the one before."""
    top = int(np.floor(np.log10(high)))
    found = [next(each for each in _falling(top) if each <= high)]
    for each in _falling(top):
        if _apart(found[-1], each, high) >= close and _apart(each, 0, high) >= close:
            found.append(each)
    return [0.0, *reversed(found)]


def _falling(top: int) -> list[float]:
    return [float(f"{step}e{power}") for power in range(top, top - 4, -1) for step in reversed(STEPS)]


def _apart(higher: float, lower: float, high: float) -> float:
    return float(np.sqrt(higher / high) - np.sqrt(lower / high))
