"""How well a scorer ranks: gains and ROC curves, with KS and AUC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk.errors import ArgumentError
from collectrisk.plots._canvas import axes_for, heading, in_legend, ink, legend, mark, ready
from collectrisk.plots._reports import reports_of
from collectrisk.plots._words import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from collectrisk._typing import Language
    from collectrisk.evaluation import Comparison, Evaluation, Ranking
    from collectrisk.plots._canvas import Mark
    from collectrisk.plots._words import PlotWords

Shares = tuple[float, ...]


def gains(
    evaluation: Evaluation | Comparison | Sequence[Evaluation],
    ax: Axes | None = None,
    *,
    language: Language = "en",
) -> Axes:
    """Draw how many of the visits are found on the way from the likeliest account to the last.

    The large mark is where Kolmogorov-Smirnov (KS) is reached: where the shares of visits and of
    other accounts passed are furthest apart.

    Parameters
    ----------
    evaluation, ax, language
        As in `reliability`.

    Returns
    -------
    matplotlib Axes
        The picture.

    Raises
    ------
    ArgumentError
        If `evaluation` is no report, or all accounts of one were visited, or none.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> report = cr.evaluate([0.9, 0.6, 0.6, 0.1], None, visited=[1, 1, 0, 0])
    >>> ax = cr.plots.gains(report)
    >>> ax.get_ylabel()
    'share of the visits among them'
    """
    words = ready(language)
    reports = reports_of(evaluation)
    rankings = [_ranking(report) for report in reports]
    ax = axes_for(ax, 7, 5.6)
    for place, (report, ranking) in enumerate(zip(reports, rankings, strict=True)):
        best = ranking.best_place
        accounts, visits = ranking.share_of_accounts, ranking.share_of_visits
        told = words.gain.format(
            in_legend(report.name),
            f"{report.pooled.auc:.3f}",
            f"{report.pooled.ks:.3f}",
            percent(accounts[best]),
            percent(visits[best]),
        )
        _draw(ax, (accounts, visits), best, mark(place), told)
    _finish(ax, words)
    heading(ax, words.gains, words.passed, words.visits_found)
    return ax


def roc(
    evaluation: Evaluation | Comparison | Sequence[Evaluation],
    ax: Axes | None = None,
    *,
    language: Language = "en",
) -> Axes:
    """Draw the ROC curve, with AUC and KS: visits found against other accounts passed on the way.

    Parameters
    ----------
    evaluation, ax, language
        As in `reliability`.

    Returns
    -------
    matplotlib Axes
        The picture. KS is the length of the vertical line from the diagonal to the large mark.

    Raises
    ------
    ArgumentError
        If `evaluation` is no report, or all accounts of one were visited, or none.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> report = cr.evaluate([0.9, 0.6, 0.6, 0.1], None, visited=[1, 1, 0, 0])
    >>> ax = cr.plots.roc(report)
    >>> ax.get_legend().get_texts()[0].get_text()
    'probabilities: AUC 0.875 (0.228 to 0.994), KS 0.500'
    """
    words = ready(language)
    reports = reports_of(evaluation)
    rankings = [_ranking(report) for report in reports]
    ax = axes_for(ax, 7, 5.6)
    for place, (report, ranking) in enumerate(zip(reports, rankings, strict=True)):
        best = ranking.best_place
        others, visits = ranking.share_of_others, ranking.share_of_visits
        look = mark(place)
        _draw(ax, (others, visits), best, look, _area(report, words))
        distance = [others[best], visits[best]]
        ax.plot([others[best]] * 2, distance, look.line, color=look.colour, linewidth=1)
    _finish(ax, words)
    heading(ax, words.roc, words.others_passed, words.visits_found)
    return ax


def _ranking(report: Evaluation) -> Ranking:
    if report.ranking is None:
        why = "ranks nothing: evaluate it on accounts of which some were visited and some were not"
        raise ArgumentError("evaluation", f"{report.name!r} {why}")
    return report.ranking


def _area(report: Evaluation, words: PlotWords) -> str:
    """Return what the legend says of AUC and KS."""
    name, auc, ks = in_legend(report.name), f"{report.pooled.auc:.3f}", f"{report.pooled.ks:.3f}"
    if report.pooled.auc_interval is None:
        return words.area.format(name, auc, ks)
    low, high = (f"{end:.3f}" for end in report.pooled.auc_interval)
    return words.area_interval.format(name, auc, low, high, ks)


def _draw(ax: Axes, way: tuple[Shares, Shares], best: int, look: Mark, told: str) -> None:
    """Draw a way down a ranking, across and up, with a large mark at its best place."""
    across, up = way
    ax.plot(across, up, look.line, color=look.colour, label=told)
    ax.plot([across[best]], [up[best]], look.marker, color=look.colour, markersize=9)


def _finish(ax: Axes, words: PlotWords) -> None:
    """Draw what chance would do, and say what stands for what."""
    ax.plot([0, 1], [0, 1], color=ink(), linewidth=1, linestyle=":", label=words.by_chance)
    ticks = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    ax.set_xlim(-0.01, 1.01)
    ax.set_ylim(-0.01, 1.01)
    ax.set_xticks(ticks, [percent(tick) for tick in ticks])
    ax.set_yticks(ticks, [percent(tick) for tick in ticks])
    legend(ax, loc="lower right", title=words.ks_place, title_fontsize="small")
