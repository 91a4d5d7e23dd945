"""Plots of evaluations: reliability, gains and ROC curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk.errors import ArgumentError, type_name
from collectrisk.evaluation import Comparison, Evaluation
from collectrisk.plots._scales import Span
from collectrisk.plots._style import (
    add_legend,
    axes_or_new,
    legend_label,
    mark,
    percent,
    plot_words,
    pyplot,
    set_texts,
    text_color,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from collectrisk._display.words import Words
    from collectrisk._typing import Language
    from collectrisk.evaluation import Ranking


def reliability(
    evaluation: Evaluation | Comparison | Sequence[Evaluation],
    ax: Axes | None = None,
    *,
    language: Language = "en",
) -> Axes:
    """Draw the observed against the expected visit rate of each bin, with intervals.

    On the diagonal, the observed rate is the expected one; above it, visits are more frequent than
    expected. The intervals are Wilson's (1927), with the report's confidence. Both axes have a
    square-root scale, which separates small rates.

    Parameters
    ----------
    evaluation : Evaluation, Comparison, or sequence of Evaluation
        One or more reports.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    language : {"en", "zh"}, default "en"
        English or Chinese; Chinese needs a font with Chinese characters.

    Returns
    -------
    matplotlib Axes
        The plot.

    Raises
    ------
    ArgumentError
        If `evaluation` is not a report.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> report = cr.evaluate([0.1, 0.1, 0.6, 0.6], None, visited=[0, 0, 1, 0])
    >>> ax = cr.plots.reliability(report)
    >>> ax.get_title(loc="left")
    'Do observed and expected visit rates agree?'
    """
    words = plot_words(language)
    text = words.plots
    reports = _to_reports(evaluation)
    ax = axes_or_new(ax, 6, 5.4)
    highest = max(_draw_bins(ax, report, index, words) for index, report in enumerate(reports))
    top = min(1.0, highest * 1.1)
    ax.plot([0, top], [0, top], color=text_color(), linewidth=1, linestyle=":", label=text.exact)
    for axis in ("x", "y"):
        Span(0.0, top, "square_root").set_on(ax, axis, percent)
    set_texts(ax, text.reliability, text.expected, text.observed)
    add_legend(ax)
    return ax


def _draw_bins(ax: Axes, report: Evaluation, index: int, words: Words) -> float:
    """Draw the bins of one report, and return the highest rate in the plot."""
    bins = report.pooled.bins
    expected = [each.expected_rate for each in bins]
    observed = [each.observed_rate for each in bins]
    intervals = np.array([each.observed_rate_interval for each in bins])
    ax.errorbar(
        expected,
        observed,
        yerr=np.abs(intervals.T - observed),
        label=words.plots.bin_interval.format(legend_label(report.name), percent(report.confidence)),
        color=mark(index).color,
        fmt=mark(index).marker,
        markersize=5,
        capsize=2,
        elinewidth=1,
    )
    return float(max(*expected, *intervals[:, 1]))


def gains(
    evaluation: Evaluation | Comparison | Sequence[Evaluation],
    ax: Axes | None = None,
    *,
    language: Language = "en",
) -> Axes:
    """Draw the share of visits found against the share of accounts, most likely accounts first.

    The large marker is where the Kolmogorov-Smirnov statistic (KS) is reached: the largest distance
    between the share of visits and the share of other accounts.

    Parameters
    ----------
    evaluation, ax, language
        As in `reliability`.

    Returns
    -------
    matplotlib Axes
        The plot.

    Raises
    ------
    ArgumentError
        If `evaluation` is not a report, or if all or none of a report's accounts were visited.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> report = cr.evaluate([0.9, 0.6, 0.6, 0.1], None, visited=[1, 1, 0, 0])
    >>> ax = cr.plots.gains(report)
    >>> ax.get_ylabel()
    'share of visits found'
    """
    words = plot_words(language)
    rankings = [(report, _ranking(report)) for report in _to_reports(evaluation)]
    ax = axes_or_new(ax, 7, 5.6)
    for index, (report, ranking) in enumerate(rankings):
        best = ranking.ks_index
        label = words.plots.gain.format(
            legend_label(report.name),
            f"{report.pooled.auc:.3f}",
            f"{report.pooled.ks:.3f}",
            percent(ranking.share_of_accounts[best]),
            percent(ranking.share_of_visits[best]),
        )
        _draw_ranking(ax, ranking.share_of_accounts, ranking, index, label)
    _finish_ranking(ax, words)
    set_texts(ax, words.plots.gains, words.plots.accounts_ranked, words.plots.visits_found)
    return ax


def roc(
    evaluation: Evaluation | Comparison | Sequence[Evaluation],
    ax: Axes | None = None,
    *,
    language: Language = "en",
) -> Axes:
    """Draw the ROC curve, with AUC and KS.

    It shows the share of visits found against the share of accounts not visited, most likely
    accounts first.

    Parameters
    ----------
    evaluation, ax, language
        As in `reliability`.

    Returns
    -------
    matplotlib Axes
        The plot. KS is the length of the vertical line from the diagonal to the large marker.

    Raises
    ------
    ArgumentError
        If `evaluation` is not a report, or if all or none of a report's accounts were visited.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> report = cr.evaluate([0.9, 0.6, 0.6, 0.1], None, visited=[1, 1, 0, 0])
    >>> ax = cr.plots.roc(report)
    >>> ax.get_legend().get_texts()[0].get_text()
    'probabilities: AUC 0.875 (0.271 to 0.992), KS 0.500'
    """
    words = plot_words(language)
    rankings = [(report, _ranking(report)) for report in _to_reports(evaluation)]
    ax = axes_or_new(ax, 7, 5.6)
    for index, (report, ranking) in enumerate(rankings):
        others, visits = ranking.share_of_others, ranking.share_of_visits
        _draw_ranking(ax, others, ranking, index, _area(report, words))
        best, style = ranking.ks_index, mark(index)
        ax.plot([others[best]] * 2, [others[best], visits[best]], style.line, color=style.color, linewidth=1)
    _finish_ranking(ax, words)
    set_texts(ax, words.plots.roc, words.plots.others_ranked, words.plots.visits_found)
    return ax


def _area(report: Evaluation, words: Words) -> str:
    """Return the name of a report with its AUC and KS."""
    name, auc, ks = legend_label(report.name), f"{report.pooled.auc:.3f}", f"{report.pooled.ks:.3f}"
    ends = (f"{end:.3f}" for end in report.pooled.auc_interval or ())
    return str(words.plots.area.format(name, auc, *ends, ks))


def _draw_ranking(ax: Axes, x: tuple[float, ...], ranking: Ranking, index: int, label: str) -> None:
    """Draw the share of visits found, with a large marker where KS is reached."""
    y, best, style = ranking.share_of_visits, ranking.ks_index, mark(index)
    ax.plot(x, y, style.line, color=style.color, label=label)
    ax.plot([x[best]], [y[best]], style.marker, color=style.color, markersize=9)


def _finish_ranking(ax: Axes, words: Words) -> None:
    """Draw the diagonal of a random ranking, the percentages and the legend."""
    ax.plot([0, 1], [0, 1], color=text_color(), linewidth=1, linestyle=":", label=words.plots.by_chance)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(pyplot().matplotlib.ticker.PercentFormatter(1.0))
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
    add_legend(ax, loc="lower right", title=words.plots.ks_place, title_fontsize="small")


def _ranking(report: Evaluation) -> Ranking:
    if report.ranking is None:
        why = "has no ranking: evaluate it on accounts of which some were visited and some were not"
        raise ArgumentError("evaluation", f"{report.name!r} {why}")
    return report.ranking


def _to_reports(evaluation: Any) -> list[Evaluation]:
    """Return one or more reports as a list."""
    if isinstance(evaluation, Comparison):
        return list(evaluation.evaluations.values())
    several = isinstance(evaluation, Sequence) and not isinstance(evaluation, str)
    reports = list(evaluation) if several else [evaluation]
    other = next((type_name(each) for each in reports if not isinstance(each, Evaluation)), None)
    if other or not reports:
        raise ArgumentError(
            "evaluation",
            f"must be one or more reports of evaluate or compare, not {other or 'an empty list'}",
        )
    return reports
