"""The reasons of one borrower: how a base and points add up to the log-odds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.errors import ArgumentError
from collectrisk.plots._canvas import (
    LESS,
    MORE,
    axes_for,
    heading,
    ink,
    paper,
    ready,
    rows_called,
    size_of,
    wrapped,
)
from collectrisk.plots._ladder import draw_ladder, log_odds

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from collectrisk._assessment import Assessment
    from collectrisk._typing import Language
    from collectrisk.plots._words import PlotWords

MOST = 12
"""So many reasons have a bar of their own; the smaller ones share a last one."""

NONE = 0.005
"""Fewer points than these would be written as none."""

WRAP = 48
"""So many letters stand in a line beside a bar."""

WIDTH = 6.0
"""Where the axis is fewer inches long, a reason is told by its label instead of its sentence."""

FIGURE: dict[str, Any] = {"textcoords": "offset points", "va": "center"}
INTERVAL: dict[str, Any] = {"fmt": "none", "elinewidth": 1.5, "capsize": 4}


@attrs.frozen
class Step:
    """One bar: what it says, and in short, where it starts, and how far it goes."""

    words: str
    short: str
    start: float
    points: float

    @property
    def end(self) -> float:
        """Where the bar ends."""
        return self.start + self.points


def reasons(assessment: Assessment, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Draw how the base and the reasons of one borrower add up to the log-odds of a visit.

    Bars go from the base, largest effect first, to the log-odds. Dotted lines say from which
    visit probability on the ladder goes to a heavier channel. On small Axes the reasons are named by
    their labels only.

    Parameters
    ----------
    assessment : Assessment
        What a scorecard said of the borrower.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    language : {"en", "zh"}, default "en"
        English or Chinese (which needs a font that has it).

    Returns
    -------
    matplotlib Axes
        The picture. A log-odds' 90 % interval is drawn where the scorer was fitted.

    Raises
    ------
    ArgumentError
        If the scorer is no scorecard, and so gives no reasons.
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
    words = ready(language)
    steps = _steps(assessment, words, language)
    lines = 1 + max(wrapped(step.words, WRAP).count("\n") for step in steps)
    ax = axes_for(ax, 9, 2 + len(steps) * max(0.42, 0.19 * lines))
    _draw_bars(ax, steps)
    interval = _draw_interval(ax, assessment, len(steps) - 1)
    _draw_figures(ax, steps, interval)
    ends = [step.end for step in steps]
    _set_limits(ax, [*ends, *interval, 0.0, *map(log_odds, assessment.ladder.cuts)], len(steps))
    wide = size_of(ax, "x") >= WIDTH
    rows_called(ax, [wrapped(step.words if wide else step.short, WRAP) for step in steps])
    draw_ladder(ax, assessment.ladder, words)
    probability = words.spoken.probability(assessment.visit_probability)
    title = words.verdict.format(probability, words.channels[assessment.channel])
    heading(ax, title, words.log_odds, "")
    return ax


def _steps(assessment: Assessment, words: PlotWords, language: Language) -> list[Step]:
    if assessment.base is None or assessment.log_odds is None:
        raise ArgumentError("assessment", "must come from a scorecard: other scorers give no reasons to draw")
    told = [reason for reason in assessment.reasons if abs(reason.points) >= NONE][:MOST]
    bars = [(reason.opening(language), reason.label, reason.points) for reason in told]
    rest = [reason.points for reason in assessment.reasons[len(told) :] if reason.points]
    if abs(math.fsum(rest)) >= NONE:
        bars.append((words.other_reasons.format(len(rest)), words.others, math.fsum(rest)))
    steps = [Step(words.base, words.base, 0.0, assessment.base)]
    for opening, label, points in bars:
        steps.append(Step(opening, label, steps[-1].end, points))
    total = words.total if assessment.interval is None else words.total_with_interval
    return [*steps, Step(total, words.total, 0.0, assessment.log_odds)]


def _draw_bars(ax: Axes, steps: list[Step]) -> None:
    """Draw a bar a step, and a line down to where the next one starts."""
    whole = (0, len(steps) - 1)
    for place, step in enumerate(steps):
        colour = ink() if place in whole else MORE if step.points > 0 else LESS
        alpha = 0.55 if place in whole else 1.0
        ax.barh(place, step.points, 0.62, left=step.start, color=colour, alpha=alpha)
    for place, step in enumerate(steps[:-1]):
        ax.plot([step.end] * 2, [place - 0.31, place + 1.31], color=ink(), linewidth=0.8, alpha=0.7)


def _draw_interval(ax: Axes, assessment: Assessment, row: int) -> list[float]:
    """Draw the interval of the log-odds, and return its ends, if there is one."""
    if assessment.interval is None:
        return []
    low, high = map(log_odds, assessment.interval)
    ax.errorbar([(low + high) / 2], [row], xerr=(high - low) / 2, **INTERVAL, color=ink())
    return [low, high]


def _draw_figures(ax: Axes, steps: list[Step], interval: list[float]) -> None:
    """Write the points beside each bar."""
    for place, step in enumerate(steps):
        beside = max(step.start, step.end, *(interval if step is steps[-1] else ()))
        ax.annotate(f"{step.points:+.2f}", (beside, place), (5, 0), **FIGURE, bbox=paper(ax))


def _set_limits(ax: Axes, at: list[float], rows: int) -> None:
    """Show all these log-odds, with room for the figures beside the bars."""
    finite = [each for each in at if math.isfinite(each)]
    low, high = min(finite), max(finite)
    room = 0.1 * (high - low)
    ax.set_xlim(low - room, high + room)
    ax.set_ylim(rows - 0.5, -0.5)
