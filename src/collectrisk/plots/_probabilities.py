"""How likely visits are over a portfolio, and which channel its accounts get."""

from __future__ import annotations

import importlib
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._scorers.scorer import Scorer
from collectrisk.errors import ArgumentError
from collectrisk.plots._canvas import axes_for, heading, legend, ready
from collectrisk.plots._ladder import draw_ladder, log_odds, probability_ticks
from collectrisk.plots._words import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from collectrisk._channel import Ladder, Rung
    from collectrisk._typing import Array, ColumnMapping, Language

BARS = 40
"""About so many bars stand side by side."""

LEAST = 1e-9
"""Accounts that are less likely still, or nearer to certain, count to the outermost bars."""

LIGHT_TO_HEAVY = ("#56B4E9", "#0072B2", "#E69F00", "#D55E00")
HATCHES = ("", "//", "..", "xx", "\\\\", "++", "oo")


def portfolio(
    scorer: Scorer,
    frame: Any,
    ax: Axes | None = None,
    *,
    columns: ColumnMapping | None = None,
    language: Language = "en",
) -> Axes:
    """Draw how likely visits are over a portfolio, and what share of it each channel gets.

    The probabilities stand on the scale of log-odds, so that the many accounts that are hardly
    ever visited are told apart. Dotted lines say from where on the ladder goes to a heavier channel.

    Parameters
    ----------
    scorer : Scorer
        Any scorer.
    frame : eager frame, or mapping of str to array
        One row an account.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    columns : mapping of str to (str or None), optional
        The frame's name for a field, as in `Scorer.assess_frame`.
    language : {"en", "zh"}, default "en"
        English or Chinese (which needs a font that has it).

    Returns
    -------
    matplotlib Axes
        The picture. Accounts beyond its ends count to the outermost bars.

    Raises
    ------
    ArgumentError
        If `scorer` is none, or the frame has no rows.
    CollectRiskError
        As in `Scorer.visit_probabilities`.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> ax = cr.plots.portfolio(cr.RuleScorer(), cr.simulate_portfolio(1_000))
    >>> ax.get_legend().get_texts()[0].get_text()
    'SMS: 84.6% (846)'
    """
    words = ready(language)
    if not isinstance(scorer, Scorer):
        raise ArgumentError("scorer", f"must be a Scorer, not a {type(scorer).__name__}")
    probability = scorer.visit_probabilities(frame, columns=columns)
    if not len(probability):
        raise ArgumentError("frame", "must have at least one row")
    ax = axes_for(ax, 8.5, 5)
    bands = _bands(scorer.ladder, probability)
    step = (bands[-1].high - bands[0].low) / BARS
    for band, colour, hatch in zip(bands, _colours(len(bands)), HATCHES, strict=False):
        share, edges = band.bars(step)
        count = len(band.values)
        told = words.channel_share.format(
            words.channels[band.rung.channel], percent(count / len(probability)), f"{count:,}"
        )
        look: dict[str, Any] = {
            "facecolor": colour,
            "edgecolor": ax.get_facecolor(),
            "hatch": hatch,
            "label": told,
        }
        ax.stairs(share / len(probability), edges, fill=True, linewidth=0, **look)
    probability_ticks(ax, bands[0].low, bands[-1].high)
    draw_ladder(ax, scorer.ladder, words)
    heading(ax, words.portfolio.format(f"{len(probability):,}"), words.probability, words.share_of_accounts)
    ax.yaxis.set_major_formatter(importlib.import_module("matplotlib.ticker").PercentFormatter(1.0))
    legend(ax, title=words.mix, title_fontsize="small")
    return ax


@attrs.frozen(eq=False)
class Band:
    """The accounts on one rung of the ladder, in log-odds."""

    rung: Rung
    low: float
    high: float
    values: Array

    def bars(self, step: float) -> tuple[Array, Array]:
        """Return how many accounts each of some equal bars holds, and where the bars start and end."""
        count = max(1, round((self.high - self.low) / step))
        edges = np.linspace(self.low, self.high, count + 1)
        return np.histogram(self.values.clip(self.low, self.high), edges)[0], edges


def _bands(ladder: Ladder, probability: Array) -> list[Band]:
    """Return the bands of a ladder, from light to heavy, over the log-odds that are to be seen."""
    finite = [log_odds(cut) for cut in ladder.cuts if 0 < cut < 1]
    lowest, highest = min([log_odds(LEAST), *finite]), max([-log_odds(LEAST), *finite])
    cuts = [min(log_odds(cut), highest) for cut in ladder.cuts[1:]]
    with np.errstate(divide="ignore"):
        values = np.clip(np.log(probability) - np.log1p(-probability), lowest, highest)
    low, high = min([*cuts, values.min()]), max([*cuts, values.max()])
    room = 0.03 * (high - low) or 1.0
    ends = [low - room, *cuts, high + room]
    places = np.searchsorted(ladder.cuts, probability, side="right") - 1
    return [
        Band(rung, *end, values[places == place])
        for place, (rung, end) in enumerate(zip(ladder.rungs, pairwise(ends), strict=True))
    ]


def _colours(count: int) -> list[Any]:
    """Return colours from light to heavy channels; hatches tell them apart, too."""
    colours = importlib.import_module("matplotlib.colors")
    shades = colours.LinearSegmentedColormap.from_list("channels", LIGHT_TO_HEAVY)
    return [shades(place) for place in np.linspace(0, 1, count)]
