"""The events of one account along time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from matplotlib import dates
from matplotlib.figure import Figure
from plot_baselines import history, plots

from collectrisk.errors import ArgumentError
from collectrisk.history import KINDS, ContactLog

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def day_of(number: float) -> dt.datetime:
    """Return the moment at a position of the x axis."""
    moment: dt.datetime = dates.num2date(number)  # type: ignore[no-untyped-call]  # of matplotlib
    return moment.replace(tzinfo=None)


def labelled(ax: Axes, label: str) -> Any:
    """Return the line with a label."""
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def counts(ax: Axes) -> list[str]:
    """Return what is to the right of each row."""
    return [text.get_text() for text in ax.texts]


def rows(ax: Axes) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.get_yticklabels()]


def many(count: int) -> ContactLog:
    """Return a log with events of every kind."""
    names = [name for name in KINDS if name != "promise"]
    start = dt.datetime(2026, 1, 1)  # noqa: DTZ001  # a local time
    events = pl.DataFrame(
        {
            "account_id": ["A"] * count,
            "happened_at": [start + dt.timedelta(days=place) for place in range(count)],
            "event": [names[place % len(names)] for place in range(count)],
            "amount": [10.0] * count,
        }
    )
    return ContactLog(events)


def test_there_is_a_row_for_each_channel_and_kind_from_light_to_heavy_with_how_many_count() -> None:
    ax = plots.timeline(history())
    assert list(zip(rows(ax), counts(ax), strict=True)) == [
        ("SMS: message sent", "0 of 1 count"),
        ("e-mail: message sent", "0 of 1 count"),
        ("phone call: message left on voicemail", "0 of 1 count"),
        ("phone call: promise to pay", "2 of 2 count"),
        ("phone call: hung up", "0 of 1 count"),
        ("field visit: visit that met nobody", "0 of 1 count"),
        ("payment", "1 of 1 count"),
    ]


def test_an_event_is_filled_if_it_made_a_field() -> None:
    """The second promise is the last result, so no attempt counts."""
    ax = plots.timeline(history())
    filled, hollow = labelled(ax, "counts for a field"), labelled(ax, "counts for no field")
    assert (len(filled.get_xdata()), len(hollow.get_xdata())) == (3, 5)
    assert filled.get_markerfacecolor() != "none"
    assert hollow.get_markerfacecolor() == "none"
    days = sorted(day_of(each).date() for each in filled.get_xdata())
    assert days == [dt.date(2026, 8, 12), dt.date(2026, 9, 15), dt.date(2026, 10, 31)]


def test_a_line_leads_from_each_promise_to_its_due_date() -> None:
    ax = plots.timeline(history())
    broken = labelled(ax, "broken promise, up to its due date")
    pending = labelled(ax, "pending promise, up to its due date")
    assert [day_of(each).date() for each in broken.get_xdata()] == [
        dt.date(2026, 8, 12),
        dt.date(2026, 8, 31),
    ]
    assert day_of(pending.get_xdata()[1]).date() == dt.date(2026, 11, 5)
    assert (broken.get_linestyle(), pending.get_linestyle()) == ("-", ":")
    assert broken.get_color() != pending.get_color()
    assert day_of(ax.get_xlim()[1]).date() >= dt.date(2026, 11, 5)


def test_vertical_lines_are_the_last_result_and_the_moment() -> None:
    ax = plots.timeline(history())
    result, moment = (labelled(ax, text) for text in ("last result, 2026-10-31", "as of 2026-11-01"))
    assert day_of(result.get_xdata()[0]) == history().last_result
    assert day_of(moment.get_xdata()[0]) == history().as_of


def test_the_title_has_the_fields() -> None:
    title = plots.timeline(history()).get_title(loc="left").replace("\N{NO-BREAK SPACE}", " ")
    assert title.replace("\n", " ") == (
        "Events of this account that were known as of 2026-11-01 00:00: 8 "
        "messages and letters without a result: 0; calls without a result: 0; broken promises: 1 "
        "attitude: cooperative; placed with an agency: no; repayment plan: no"
    )


def test_without_events_the_plot_says_so() -> None:
    ax = plots.timeline(history("B"))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["no events"]
    assert [line.get_label() for line in ax.lines] == ["as of 2026-11-01"]
    assert ax.get_xlim()[1] - ax.get_xlim()[0] > 30


@pytest.mark.parametrize("count", [1, 200])
def test_no_texts_overlap_with_one_event_or_many(count: int) -> None:
    ax = plots.timeline(many(count).of("A", as_of="2026-11-01"))
    ax.figure.canvas.draw()
    names = [text.get_window_extent() for text in ax.get_yticklabels()]
    dates = [text.get_window_extent() for text in ax.get_xticklabels() if text.get_text()]
    others = [ax.title.get_window_extent(), *(text.get_window_extent() for text in ax.texts)]
    boxes = [*names, *dates, *others, ax.get_legend().get_window_extent()]
    assert len(boxes) >= 5
    pairs = [(one, other) for place, one in enumerate(boxes) for other in boxes[:place]]
    assert not any(one.overlaps(other) for one, other in pairs)


def test_a_span_of_hours_has_times() -> None:
    ax = plots.timeline(many(1).of("A", as_of="2026-01-02 00:30"))
    assert ax.xaxis.get_major_formatter()(ax.get_xlim()[0]) == "12-31 18:00"


def test_on_small_axes_texts_are_shorter() -> None:
    ax = Figure(figsize=(5, 6), layout="constrained").subplots()
    plots.timeline(history(), ax)
    assert ax.get_title(loc="left") == "Events of this account that were known\nas of 2026-11-01 00:00: 8"
    assert counts(ax)[:4] == ["0/1", "0/1", "0/1", "2/2"]


def test_anything_but_a_history_is_an_error() -> None:
    with pytest.raises(ArgumentError, match="history must be an AccountHistory, not a str"):
        plots.timeline("A")
