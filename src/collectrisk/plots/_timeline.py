"""The plot of one account's events along time: what happened, and which events count."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from collectrisk._channel import Channel
from collectrisk.errors import ArgumentError, type_name
from collectrisk.history import KINDS, AccountHistory
from collectrisk.history._account import field_texts, known_text
from collectrisk.plots._style import (
    BLUE,
    VERMILLION,
    add_legend,
    axes_or_new,
    inches,
    plot_words,
    pyplot,
    set_row_names,
    set_texts,
    text_color,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from collectrisk._display.words import Words
    from collectrisk._typing import Language
    from collectrisk.history import PastEvent

ORDER = {channel: place for place, channel in enumerate(Channel)}
LINE_LETTERS, SHORT_LINE_LETTERS = 34, 20
"""The names of the rows are wrapped at this many letters."""

MANY = 60
"""From this many events on, markers are smaller."""

MIN_WIDTH = 6.0
"""If the x axis is shorter than this many inches, the title has no fields, and names have short lines."""

NO_BREAK = "\N{NO-BREAK SPACE}"
INCHES_PER_DATE = 1.5
DAYS_WITHOUT_EVENTS = 30
LEGEND_BELOW = 0.55
"""How far the legend is below the axes, in inches."""

PROMISES = {"kept": (BLUE, "-"), "broken": (VERMILLION, "-"), "pending": (BLUE, ":")}
"""The colour and the style of the line from a promise to its due date, by state."""


def timeline(history: AccountHistory, ax: Axes | None = None, *, language: Language = "en") -> Axes:
    """Draw the events of one account along time, by channel and kind.

    Filled markers are events that made one of the fields, hollow ones count for none; to the right of each
    row is how many of its events count. A line leads from each promise to its due date. Vertical lines
    show the last result, up to which attempts do not count as failed, and the moment of the fields.

    Parameters
    ----------
    history : AccountHistory
        The history of an account; see `ContactLog.of`.
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
        If an argument is not valid.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> import collectrisk as cr
    >>> from collectrisk.history import ContactLog, simulate_log
    >>> accounts = cr.simulate_portfolio(100, seed=1, backend="polars")
    >>> simulated = simulate_log(accounts, as_of="2026-11-01", seed=1)
    >>> log = ContactLog(simulated.events, codes=simulated.codes, zone=simulated.zone)
    >>> ax = cr.plots.timeline(log.of("B0000013", as_of="2026-11-01"))
    >>> ax.get_xlabel()
    'date'
    """
    words = plot_words(language)
    if not isinstance(history, AccountHistory):
        raise ArgumentError("history", f"must be an AccountHistory, not {type_name(history)}")
    rows = _rows(history.events)
    ax = axes_or_new(ax, 9, 2.4 + 0.3 * max(len(rows), 2))
    counted = {id(each) for field in history.fields for each in history.evidence(field)}
    _set_dates(ax, history)
    _draw_promises(ax, rows, words)
    _draw_events(ax, rows, counted, words)
    _draw_moments(ax, history, words)
    _name_rows(ax, rows, counted, words)
    wide = inches(ax, "x") >= MIN_WIDTH
    set_texts(ax, "\n".join(_title(history, words)[: None if wide else 1]), words.plots.date, "")
    figure: Any = ax.figure
    below = pyplot().matplotlib.transforms.ScaledTranslation(0, -LEGEND_BELOW, figure.dpi_scale_trans)
    place = {"loc": "upper left", "bbox_to_anchor": (0, 0), "bbox_transform": ax.transAxes + below}
    add_legend(ax, ncols=3 if wide else 1, **place)
    return ax


def _title(history: AccountHistory, words: Words) -> list[str]:
    """Return how many events there are, and the fields in two lines, which are never broken within one."""
    fields = [text.replace(" ", NO_BREAK) for text in field_texts(history, words)]
    lines = [words.plots.between.join(fields[:3]), words.plots.between.join(fields[3:])]
    return [known_text(history, words), *lines]


def _channel(event: PastEvent) -> Channel | None:
    return event.kind.channel if event.channel is None else event.channel


def _rows(events: Sequence[PastEvent]) -> list[list[PastEvent]]:
    """Return the events of each row: by channel, from light to heavy, and then by kind."""
    rows: dict[tuple[int, int, str], list[PastEvent]] = {}
    kinds = list(KINDS)
    for event in events:
        channel, name = _channel(event), event.kind.name
        place = len(ORDER) if channel is None else ORDER[channel]
        kind = kinds.index(name) if name in kinds else len(kinds)
        rows.setdefault((place, kind, name), []).append(event)
    return [rows[row] for row in sorted(rows)]


def _name(event: PastEvent, words: Words) -> str:
    """Return the name of an event's row."""
    kind: str = words.history.kinds.get(event.kind.name, event.kind.name.replace("_", " "))
    channel = _channel(event)
    return kind if channel is None else str(words.plots.event.format(words.plots.channels[channel], kind))


def _name_rows(ax: Axes, rows: list[list[PastEvent]], counted: set[int], words: Words) -> None:
    """Name the rows at the left, and write at the right how many of their events count."""
    wide = inches(ax, "x") >= MIN_WIDTH
    letters, size = (LINE_LETTERS, "small") if wide else (SHORT_LINE_LETTERS, "x-small")
    set_row_names(
        ax, [wrap(_name(each[0], words), letters) for each in rows] or [words.plots.no_events], size
    )
    form = words.plots.of_events if wide else "{}/{}"
    for row, events in enumerate(rows):
        text = form.format(sum(id(each) in counted for each in events), len(events))
        ax.text(1.01, row, text, transform=ax.get_yaxis_transform(), va="center", fontsize=size)


def _draw_promises(ax: Axes, rows: list[list[PastEvent]], words: Words) -> None:
    """Draw a line from each promise to its due date."""
    drawn = set()
    for row, events in enumerate(rows):
        for event in events:
            if event.due_on is None or event.state is None:
                continue
            color, style = PROMISES[event.state]
            due = dt.datetime.combine(event.due_on, dt.time.max)
            label = "_" if event.state in drawn else words.plots.promises[event.state]
            drawn.add(event.state)
            ax.plot(
                _dates([event.at, due]), [row, row], color=color, linestyle=style, linewidth=2, label=label
            )
            ax.plot(
                _dates([due]), [row], color=color, marker="|", markersize=10, markeredgewidth=2, label="_"
            )


def _draw_events(ax: Axes, rows: list[list[PastEvent]], counted: set[int], words: Words) -> None:
    """Draw a marker for each event."""
    size = 7 if sum(map(len, rows)) < MANY else 5
    for counts, label in ((False, words.plots.ignored), (True, words.plots.counted)):
        places = [
            (event.at, row)
            for row, events in enumerate(rows)
            for event in events
            if (id(event) in counted) == counts
        ]
        if not places:
            continue
        face, edge = (BLUE, ax.get_facecolor()) if counts else ("none", text_color())
        ax.plot(
            _dates([at for at, _ in places]),
            [row for _, row in places],
            linestyle="none",
            marker="o",
            markersize=size,
            markerfacecolor=face,
            markeredgecolor=edge,
            markeredgewidth=0.8,
            label=label,
        )


def _draw_moments(ax: Axes, history: AccountHistory, words: Words) -> None:
    """Draw the last result and the moment of the fields as vertical lines."""
    if history.last_result is not None:
        label = words.plots.last_result.format(history.last_result.date())
        (at,) = _dates([history.last_result])
        ax.axvline(at, color=text_color(), linestyle=":", linewidth=1.2, zorder=0, label=label)
    (at,) = _dates([history.as_of])
    ax.axvline(
        at, color=text_color(), linewidth=1.2, zorder=0, label=words.plots.as_of.format(history.as_of.date())
    )


def _dates(moments: Sequence[dt.datetime]) -> list[float]:
    """Return moments as matplotlib's numbers of days."""
    return [float(pyplot().matplotlib.dates.date2num(moment)) for moment in moments]


def _set_dates(ax: Axes, history: AccountHistory) -> None:
    """Show all events, due dates and the moment of the fields, with readable dates."""
    due = [dt.datetime.combine(each.due_on, dt.time.max) for each in history.events if each.due_on]
    shown = _dates([history.as_of, *due, *(each.at for each in history.events)])
    low, high = min(shown), max(shown)
    low = low if history.events else high - DAYS_WITHOUT_EVENTS
    margin = max(0.02 * (high - low), 0.25)
    ax.set_xlim(low - margin, high + margin)
    ticks = max(2, int(inches(ax, "x") / INCHES_PER_DATE))
    dates = pyplot().matplotlib.dates
    ax.xaxis.set_major_locator(dates.AutoDateLocator(minticks=2, maxticks=ticks))
    ax.xaxis.set_major_formatter(dates.DateFormatter("%Y-%m-%d" if high - low > 2 else "%m-%d %H:%M"))
