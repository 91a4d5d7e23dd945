"""Scales and axes: square roots, log-odds, and the channels of a ladder."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk.plots._style import inches, percent, text_color

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from collectrisk._channel import Ladder
    from collectrisk._display.words import Words

TICK_DISTANCE = {"x": 0.5, "y": 0.28}
"""The minimum distance, in inches, between two ticks of a square-root scale."""


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability; those of 0 and 1 are infinite."""
    if not 0 < probability < 1:
        return math.inf if probability else -math.inf
    return math.log(probability / (1 - probability))


def set_square_root_scale(ax: Axes, axis: str, high: float, tick_label: Callable[[float], str]) -> None:
    """Give the x or the y axis a square-root scale from 0 to a number."""
    getattr(ax, f"set_{axis}scale")("function", functions=(_root, np.square))
    getattr(ax, f"set_{axis}lim")(0, high)
    ticks = _square_root_ticks(high, TICK_DISTANCE[axis] / inches(ax, axis))
    getattr(ax, f"set_{axis}ticks")(ticks, [tick_label(tick) for tick in ticks])


def _root(value: Any) -> Any:
    # Matplotlib transforms values below the limit of the axis too.
    return np.sqrt(np.maximum(value, 0))


def _square_root_ticks(high: float, distance: float) -> list[float]:
    """Return 0 and round numbers up to `high`; `distance` is relative to the length of the axis.

    Matplotlib's locators place ticks evenly in the values, which leaves small values without a tick.
    """
    power = math.floor(math.log10(high))
    ticks: list[float] = []
    for step in (float(f"{digit}e{power - decade}") for decade in range(4) for digit in (5, 3, 2, 1)):
        at = math.sqrt(step / high)
        next_tick = math.sqrt(ticks[-1] / high) if ticks else math.inf
        if step <= high and distance <= at <= next_tick - distance:
            ticks.append(step)
    return [0.0, *reversed(ticks)]


def draw_ladder(ax: Axes, ladder: Ladder, words: Words, position: Callable[[float], float] = float) -> None:
    """Draw a line where each channel starts, and name the channels on a second axis at the top.

    `position` converts a probability to a position on the x axis.
    """
    text = words.plots
    low, high = ax.get_xlim()
    labels = {low: text.channels[ladder.channels[0]]}
    for rung in ladder.rungs:
        if low < position(rung.least) < high:
            labels[position(rung.least)] = text.rung.format(text.channels[rung.channel], percent(rung.least))
    for start in list(labels)[1:]:
        ax.axvline(start, color=text_color(), linestyle=":", linewidth=1, alpha=0.6, zorder=0)
    top = ax.secondary_xaxis("top")
    # A secondary axis copies only the linear and the logarithmic scale of its parent.
    top.set_xscale(ax.get_xscale())
    top.set_xticks(list(labels), list(labels.values()), rotation=40, ha="left", rotation_mode="anchor")
    top.minorticks_off()
    top.tick_params(labelsize="small", length=3)
