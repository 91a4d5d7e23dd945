"""The plot of one borrower's reasons: how the base and the points add up to the log-odds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs

from collectrisk._assessment import Assessment
from collectrisk._display.words import format_points
from collectrisk.errors import ArgumentError, type_name
from collectrisk.plots._axes import draw_ladder, log_odds
from collectrisk.plots._style import (
    DECREASE,
    INCREASE,
    axes_or_new,
    inches,
    plot_words,
    set_row_names,
    set_texts,
    text_color,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from collectrisk._display.words import Words
    from collectrisk._typing import Language

MAX_REASONS = 12
"""This many reasons have a bar of their own; the smaller ones share one."""

MIN_POINTS = 0.005
"""Fewer points than this would be written as 0.00."""

LINE_LETTERS = 48
"""The texts to the left of the bars are wrapped at this many letters."""

MIN_WIDTH = 6.0
"""If the x axis is shorter than this many inches, reasons are named by their labels."""


@attrs.frozen
class Bar:
    """One bar: its text, a short text, where it starts, and its points."""

    text: str
    label: str
    start: float
    points: float

    @property
    def end(self) -> float:
        """Where the bar ends."""
        return self.start + self.points


def reasons(assessment: Assessment, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Draw how the base and the reasons of one borrower add up to the log-odds of a visit.

    The bars start at the base and end at the log-odds, the largest effect first. Dotted lines show
    the visit probabilities from which the ladder uses a heavier channel. On small Axes, reasons are
    named by their labels.

    Parameters
    ----------
    assessment : Assessment
        The assessment of a borrower by a scorecard.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    language : {"en", "zh"}, default "en"
        English or Chinese; Chinese needs a font with Chinese characters.

    Returns
    -------
    matplotlib Axes
        The plot. If the scorer was fitted, it shows the 90 % interval of the log-odds.

    Raises
    ------
    ArgumentError
        If the scorer is not a scorecard, and so gives no reasons.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> borrower = cr.Borrower(amount_overdue=30_000, days_past_due=540, attitude="evasive")
    >>> ax = cr.plots.reasons(cr.RuleScorer().assess(borrower))
    >>> ax.get_xlabel()
    'log-odds of a visit (further right: more likely)'
    """
    words = plot_words(language)
    bars = _bars(assessment, words, language)
    lines = 1 + max(wrap(bar.text, LINE_LETTERS).count("\n") for bar in bars)
    ax = axes_or_new(ax, 9, 2 + len(bars) * max(0.42, 0.19 * lines))
    interval = [] if assessment.interval is None else [log_odds(end) for end in assessment.interval]
    _draw_bars(ax, bars, interval)
    _set_limits(ax, [*(bar.end for bar in bars), *interval, 0.0, *map(log_odds, assessment.ladder.cuts)])
    wide = inches(ax, "x") >= MIN_WIDTH
    set_row_names(ax, [wrap(bar.text if wide else bar.label, LINE_LETTERS) for bar in bars])
    draw_ladder(ax, assessment.ladder, words, log_odds)
    channel = words.plots.channels[assessment.channel]
    title = words.plots.verdict.format(words.probability(assessment.visit_probability), channel)
    set_texts(ax, title, words.plots.log_odds, "")
    return ax


def _bars(assessment: Assessment, words: Words, language: Language) -> list[Bar]:
    if not isinstance(assessment, Assessment):
        raise ArgumentError("assessment", f"must be an Assessment, not {type_name(assessment)}")
    if assessment.base is None or assessment.log_odds is None:
        raise ArgumentError("assessment", "must come from a scorecard: other scorers give no reasons")
    text = words.plots
    shown = [each for each in assessment.reasons if abs(each.points) >= MIN_POINTS][:MAX_REASONS]
    parts = [(each.fact(language), each.label, each.points) for each in shown]
    rest = [each.points for each in assessment.reasons[len(shown) :] if each.points]
    if abs(math.fsum(rest)) >= MIN_POINTS:
        parts.append((text.other_reasons.format(len(rest)), text.others, math.fsum(rest)))
    bars = [Bar(text.base, text.base, 0.0, assessment.base)]
    for fact, label, points in parts:
        bars.append(Bar(fact, label, bars[-1].end, points))
    total = text.total if assessment.interval is None else text.total_with_interval
    return [*bars, Bar(total, text.total, 0.0, assessment.log_odds)]


def _draw_bars(ax: Axes, bars: list[Bar], interval: list[float]) -> None:
    """Draw the bars with their points, a line from each bar to the next, and the interval."""
    color, last = text_color(), len(bars) - 1
    background = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "alpha": 0.8, "pad": 1}
    for row, bar in enumerate(bars):
        if row in {0, last}:
            ax.barh(row, bar.points, 0.62, left=bar.start, color=color, alpha=0.55)
        else:
            ax.barh(row, bar.points, 0.62, left=bar.start, color=INCREASE if bar.points > 0 else DECREASE)
        if row < last:
            ax.plot([bar.end] * 2, [row - 0.31, row + 1.31], color=color, linewidth=0.8, alpha=0.7)
        right = max(bar.start, bar.end, *(interval if row == last else ()))
        ax.annotate(
            format_points(bar.points),
            (right, row),
            (5, 0),
            textcoords="offset points",
            va="center",
            bbox=background,
        )
    if interval:
        low, high = interval
        ax.errorbar(
            [(low + high) / 2],
            [last],
            xerr=(high - low) / 2,
            fmt="none",
            elinewidth=1.5,
            capsize=4,
            color=color,
        )


def _set_limits(ax: Axes, values: list[float]) -> None:
    """Show all these log-odds, with a margin for the numbers next to the bars."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite), max(finite)
    margin = 0.1 * (high - low)
    ax.set_xlim(low - margin, high + margin)
