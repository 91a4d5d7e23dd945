"""The plot of a portfolio: how likely visits are, and which channels its accounts get."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from scipy.special import expit, logit

from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._scorers.scorer import Scorer, require_fitted
from collectrisk.errors import ArgumentError, type_name
from collectrisk.plots._axes import draw_ladder, log_odds
from collectrisk.plots._style import add_legend, axes_or_new, inches, percent, plot_words, pyplot, set_texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from collectrisk._channel import Channel, Ladder
    from collectrisk._typing import Array, Language
    from collectrisk.mapping._mapping import Columns

BARS = 40
"""The approximate number of bars."""

MIN_PROBABILITY = 1e-9
"""Probabilities nearer to 0 or 1 than this count in the outermost bars."""

LOG_ODDS_LIMITS = (-600.0, 36.0)
"""The logit scale cannot show log-odds much beyond these, because of rounding and overflow."""

TICK_DISTANCE = 0.75
"""The approximate distance of two ticks in inches."""

LIGHT_TO_HEAVY = ("#56B4E9", "#0072B2", "#E69F00", "#D55E00")
HATCHES = ("", "//", "..", "xx", "\\\\", "++", "oo")


def portfolio(
    scorer: Scorer,
    frame: Any,
    ax: Axes | None = None,
    *,
    columns: Columns | None = None,
    language: Language = "en",
) -> Axes:
    """Draw the distribution of the visit probabilities of a portfolio, and the share of each channel.

    The scale is that of log-odds, so that small probabilities are separated: most accounts have
    one. Dotted lines show the probabilities from which the ladder uses a heavier channel.

    Parameters
    ----------
    scorer : Scorer
        Any scorer.
    frame : eager frame, or mapping of str to array
        One row for each account.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    columns : mapping of str to (str or None), optional
        The frame's name for a field, as in `Scorer.assess_frame`.
    language : {"en", "zh"}, default "en"
        English or Chinese; Chinese needs a font with Chinese characters.

    Returns
    -------
    matplotlib Axes
        The plot. Accounts outside it count in the outermost bars.

    Raises
    ------
    ArgumentError
        If `scorer` is not a scorer, or the frame has no rows.
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
    words = plot_words(language)
    text = words.plots
    if not isinstance(scorer, Scorer):
        raise ArgumentError("scorer", f"must be a Scorer, not {type_name(scorer)}")
    require_fitted(scorer, "scorer")
    probability = scorer.visit_probabilities(frame, columns=columns)
    probability = probability[~np.isnan(probability)]  # of rows that the mapping skips
    rows = len(probability)
    if not rows:
        raise ArgumentError("frame", "must have at least one row")
    ax = axes_or_new(ax, 8.5, 5)
    mpl = pyplot().matplotlib
    bands = _bands(scorer.ladder, probability)
    bar_width = (bands[-1].high - bands[0].low) / BARS
    colors = mpl.colors.LinearSegmentedColormap.from_list("channels", LIGHT_TO_HEAVY)
    ax.set_xscale("logit")
    ax.set_xlim(expit(bands[0].low), _below_one(expit(bands[-1].high)))
    for index, (band, hatch) in enumerate(zip(bands, HATCHES, strict=False)):
        counts, edges = band.histogram(bar_width)
        count = len(band.values)
        ax.stairs(
            counts / rows,
            _below_one(expit(edges)),
            fill=True,
            linewidth=0,
            facecolor=colors(index / max(1, len(bands) - 1)),
            edgecolor=ax.get_facecolor(),
            hatch=hatch,
            label=text.channel_share.format(text.channels[band.channel], percent(count / rows), f"{count:,}"),
        )
    n_ticks = max(2, int(inches(ax, "x") / TICK_DISTANCE))
    ax.xaxis.set_major_locator(mpl.ticker.LogitLocator(nbins=n_ticks))
    ax.xaxis.set_major_formatter(lambda value, _: percent(value))
    ax.xaxis.set_minor_formatter(mpl.ticker.NullFormatter())
    ax.yaxis.set_major_formatter(mpl.ticker.PercentFormatter(1.0))
    draw_ladder(ax, scorer.ladder, words)
    set_texts(ax, text.portfolio.format(f"{rows:,}"), text.probability, text.share_of_accounts)
    add_legend(ax, title=text.mix, title_fontsize="small")
    return ax


@attrs.frozen(eq=False)
class Band:
    """The log-odds of the accounts that get a channel, and the range of the channel."""

    channel: Channel
    low: float
    high: float
    values: Array

    def histogram(self, bar_width: float) -> tuple[Array, Array]:
        """Return the counts and edges of bars that fill the range and have about a given width."""
        bins = max(1, round((self.high - self.low) / bar_width))
        return np.histogram(self.values.clip(self.low, self.high), bins, (self.low, self.high))


def _below_one(probability: Any) -> Any:
    # A logit scale has no place for 1, to which log-odds above 36.7 are rounded.
    return np.minimum(probability, np.nextafter(1, 0))


def _bands(ladder: Ladder, probability: Array) -> list[Band]:
    """Return the band of each channel, from light to heavy."""
    finite = [log_odds(cut) for cut in ladder.cuts if 0 < cut < 1]
    limit = log_odds(MIN_PROBABILITY)
    lowest = max(min([limit, *finite]), LOG_ODDS_LIMITS[0])
    highest = min(max([-limit, *finite]), LOG_ODDS_LIMITS[1])
    cuts = [min(max(log_odds(cut), lowest), highest) for cut in ladder.cuts[1:]]
    values = logit(probability).clip(lowest, highest)
    low, high = min([*cuts, values.min()]), max([*cuts, values.max()])
    margin = 0.03 * (high - low) or 1.0
    ends = pairwise([low - margin, *cuts, high + margin])
    codes = ladder.channel(probability, ARRAYS).codes
    return [
        Band(channel, *end, values[codes == code])
        for code, (channel, end) in enumerate(zip(ladder.channels, ends, strict=True))
    ]
