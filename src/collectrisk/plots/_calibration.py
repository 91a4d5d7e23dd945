"""Whether visit probabilities come true: expected against observed rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk.evaluation._intervals import rate_interval
from collectrisk.plots._canvas import axes_for, heading, in_legend, ink, legend, mark, ready
from collectrisk.plots._reports import reports_of
from collectrisk.plots._scales import square_root_scale
from collectrisk.plots._words import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from collectrisk._typing import Language
    from collectrisk.evaluation import Comparison, Evaluation
    from collectrisk.plots._words import PlotWords


def reliability(
    evaluation: Evaluation | Comparison | Sequence[Evaluation],
    ax: Axes | None = None,
    *,
    language: Language = "en",
) -> Axes:
    """Draw the observed against the expected visit rate, bin by bin, with intervals.

    On the diagonal, visits come about as often as expected; above it more often. Intervals are
    Wilson's (1927), with the report's confidence. Both axes are square roots, so that small rates
    can be told apart.

    Parameters
    ----------
    evaluation : Evaluation, Comparison, or sequence of Evaluation
        One report, or several to draw together.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    language : {"en", "zh"}, default "en"
        English or Chinese (which needs a font that has it).

    Returns
    -------
    matplotlib Axes
        The picture.

    Raises
    ------
    ArgumentError
        If `evaluation` is no report.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> report = cr.evaluate([0.1, 0.1, 0.6, 0.6], None, visited=[0, 0, 1, 0])
    >>> ax = cr.plots.reliability(report)
    >>> ax.get_title(loc="left")
    'Do the visit probabilities come true?'
    """
    words = ready(language)
    reports = reports_of(evaluation)
    ax = axes_for(ax, 6, 5.4)
    highest = max(_draw(ax, report, place, words) for place, report in enumerate(reports))
    top = min(1.0, highest * 1.1)
    ax.plot([0, top], [0, top], color=ink(), linewidth=1, linestyle=":", label=words.exact)
    square_root_scale(ax, "x", top, percent)
    square_root_scale(ax, "y", top, percent)
    heading(ax, words.reliability, words.expected, words.observed)
    legend(ax)
    return ax


def _draw(ax: Axes, report: Evaluation, place: int, words: PlotWords) -> float:
    """Draw one report's bins, and return the highest rate that is to be seen."""
    bins = report.pooled.bins
    expected = [each.expected_rate for each in bins]
    observed = [each.observed_rate for each in bins]
    ends = np.array(
        [
            rate_interval(round(each.observed_rate * each.accounts), each.accounts, report.confidence)
            for each in bins
        ]
    )
    error = np.abs(ends.T - observed)
    look: dict[str, Any] = {
        "color": mark(place).colour,
        "fmt": mark(place).marker,
        "capsize": 2,
        "elinewidth": 1,
    }
    told = words.bin_interval.format(in_legend(report.name), percent(report.confidence))
    ax.errorbar(expected, observed, yerr=error, markersize=5, label=told, **look)
    return float(max(*expected, *ends[:, 1]))
