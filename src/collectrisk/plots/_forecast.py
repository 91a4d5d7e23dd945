"""The plot of a forecast: how probable each number of visits is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from collectrisk.errors import ArgumentError, type_name
from collectrisk.planning import Forecast, VisitCount
from collectrisk.plots._scales import set_round_ticks
from collectrisk.plots._style import BLUE, VERMILLION, add_legend, axes_or_new, plot_words, pyplot, set_texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from collectrisk._typing import Array, Language

STEPS = 120
"""The largest number of steps of a distribution; each is the mean of several numbers if there are more."""

SHOWN = 0.999
"""The probability of the numbers of visits that the plot shows."""

GRAY = "0.55"


def forecast(forecast: Forecast, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Draw how probable each number of visits is, and how probable it would be if accounts were independent.

    Parameters
    ----------
    forecast : Forecast
        The result of `forecast_visits`.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    language : {"en", "zh"}, default "en"
        English or Chinese; Chinese needs a font with Chinese characters.

    Returns
    -------
    matplotlib Axes
        The plot. The distribution of independent accounts is grey, the 90 % interval is filled, and a
        line is at the number that is enough with a probability of 95 %.

    Raises
    ------
    ArgumentError
        If `forecast` is not a forecast.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> from collectrisk.planning import forecast_visits
    >>> accounts = cr.simulate_portfolio(2_000, seed=1)
    >>> ax = cr.plots.forecast(forecast_visits(cr.RuleScorer(base=-3.5), accounts))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['uncertain level: 90% interval 32 to 80', 'independent accounts: 44 to 61', '80: enough with 95% ...']
    """
    text = plot_words(language).forecast
    if not isinstance(forecast, Forecast):
        raise ArgumentError("forecast", f"must be the result of forecast_visits, not {type_name(forecast)}")
    ax = axes_or_new(ax, 8.5, 4.5)
    (low, high), (first, last) = forecast.interval(0.9), _range(forecast)
    width = max(1, -(-(last - first + 1) // STEPS))
    ends = (
        text.range.format(*(f"{end:,}" for end in each.interval(0.9)))
        for each in (forecast, forecast.independent)
    )
    shown, independent = (_steps(each, first, last, width) for each in (forecast, forecast.independent))
    named, alone = ends
    ax.stairs(*independent, fill=True, color=GRAY, alpha=0.45, label=text.alone.format(alone))
    ax.stairs(*shown, color=BLUE, linewidth=1.5, label=text.shown.format(named))
    heights, edges = shown
    inside = (edges[:-1] >= low - 0.5 - width / 2) & (edges[1:] <= high + 0.5 + width / 2)
    ax.stairs(np.where(inside, heights, 0.0), edges, fill=True, color=BLUE, alpha=0.25)
    enough = forecast.enough_for(0.95)
    ax.axvline(enough, color=VERMILLION, linestyle="--", label=text.enough_line.format(f"{enough:,}"))
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(bottom=0)
    set_round_ticks(ax, "x")
    ax.yaxis.set_major_formatter(pyplot().matplotlib.ticker.PercentFormatter(1.0))
    set_texts(ax, text.title.format(f"{forecast.accounts:,}"), text.number, text.probability)
    handles, labels = ax.get_legend_handles_labels()
    add_legend(ax, handles=[handles[1], handles[0], handles[2]], labels=[labels[1], labels[0], labels[2]])
    return ax


def _range(forecast: Forecast) -> tuple[int, int]:
    """Return the least and the greatest number of visits of the plot."""
    ends = [forecast.interval(SHOWN), forecast.independent.interval(SHOWN)]
    return min(low for low, _ in ends), max(high for _, high in ends)


def _steps(count: VisitCount, first: int, last: int, width: int) -> tuple[Array, Array]:
    """Return the mean probability of the numbers of visits in each step, and the edges of the steps."""
    edges = np.arange(first, last + width + 1, width)
    numbers = np.arange(edges[0], edges[-1])
    place = numbers - count.first
    known = (place >= 0) & (place < len(count.probabilities))
    probability = np.where(known, count.probabilities[np.where(known, place, 0)], 0.0)
    return probability.reshape(-1, width).mean(axis=1), edges - 0.5
