"""The ladder on an axis of log-odds: where its rungs start, and what the probabilities there are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs

from collectrisk.plots._canvas import ink, size_of
from collectrisk.plots._words import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from collectrisk._channel import Ladder
    from collectrisk.plots._words import PlotWords

TICKS = (0.5, 0.01, 1e-4, 1e-6, 1e-8, 1e-12, 0.99, 0.9999, 1e-3, 1e-5, 1e-7, 1e-10, 0.1, 0.9, 0.25, 0.75)
"""Probabilities that a reader expects on an axis; those that come first matter most."""

CLOSE = 0.65
"""How many inches lie, at the least, between two probabilities that are written on an axis."""


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability; those of 0 and 1 are infinite."""
    if not 0 < probability < 1:
        return math.inf if probability else -math.inf
    return math.log(probability / (1 - probability))


@attrs.frozen
class Cut:
    """Where a rung starts."""

    at: float
    words: str


def cuts_of(ladder: Ladder, words: PlotWords) -> list[Cut]:
    """Return where the rungs above the first start."""
    return [
        Cut(log_odds(rung.least), words.rung.format(words.channels[rung.channel], percent(rung.least)))
        for rung in ladder.rungs
        if 0 < rung.least < 1
    ]


def draw_ladder(ax: Axes, ladder: Ladder, words: PlotWords) -> None:
    """Draw a line where each rung starts, and say on a second axis which channel it is."""
    cuts = cuts_of(ladder, words)
    for cut in cuts:
        ax.axvline(cut.at, color=ink(), linestyle=":", linewidth=1, alpha=0.6, zorder=0)
    lowest = words.lightest.format(words.channels[ladder.rungs[0].channel])
    top = ax.secondary_xaxis("top")
    top.set_xticks([ax.get_xlim()[0], *(cut.at for cut in cuts)])
    top.set_xticklabels(
        [lowest, *(cut.words for cut in cuts)], rotation=40, ha="left", rotation_mode="anchor"
    )
    top.tick_params(labelsize="small", length=3)


def probability_ticks(ax: Axes, low: float, high: float) -> None:
    """Write probabilities on an axis of log-odds."""
    shown: list[float] = []
    close = CLOSE / size_of(ax, "x") * (high - low)
    for tick in TICKS:
        apart = (abs(log_odds(tick) - log_odds(other)) for other in shown)
        if low <= log_odds(tick) <= high and min(apart, default=math.inf) >= close:
            shown.append(tick)
    shown.sort()
    ax.set_xticks([log_odds(tick) for tick in shown], [percent(tick) for tick in shown])
    ax.set_xlim(low, high)
