"""Axes of probabilities: log-odds, and the channels of a ladder."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from collectrisk.plots._style import percent, text_color

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from collectrisk._channel import Ladder
    from collectrisk._display.words import Words


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability; those of 0 and 1 are infinite."""
    if not 0 < probability < 1:
        return math.inf if probability else -math.inf
    return math.log(probability / (1 - probability))


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
