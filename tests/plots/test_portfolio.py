"""How likely visits are over a portfolio."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from frame_kinds import EAGER, FrameKind
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import accounts
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from plot_baselines import new_axes, plots

import collectrisk as cr
from collectrisk.errors import ArgumentError
from collectrisk.plots._style import percent


class FromColumn(cr.Scorer):
    """A scorer that reads its probabilities from a column."""

    fields = ("chance",)

    def __init__(self, ladder: cr.Ladder = cr.DEFAULT_LADDER) -> None:
        self.ladder = ladder

    def visit_probability(self, borrower: Any, xp: Any) -> Any:  # noqa: ARG002  # there is nothing to compute
        return borrower.chance


def drawn(chance: list[float], ladder: cr.Ladder = cr.DEFAULT_LADDER) -> Any:
    return plots.portfolio(FromColumn(ladder), {"chance": np.array(chance, dtype=float)}, new_axes())


def legend_texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def shares(ax: Any) -> list[float]:
    return [float(patch.get_data().values.sum()) for patch in ax.patches]


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_every_eager_frame_gives_the_same_plot(kind: FrameKind) -> None:
    frame = kind.make(accounts().to_dict(as_series=False))
    expected = plots.portfolio(cr.RuleScorer(), accounts())
    ax = plots.portfolio(cr.RuleScorer(), frame)
    assert legend_texts(ax) == legend_texts(expected)
    assert shares(ax) == shares(expected)


CUTS = st.lists(st.floats(0.0, 1.0, exclude_min=True), min_size=1, max_size=6, unique=True)


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), CUTS)
def test_bars_hold_the_accounts_that_the_ladder_gives_each_channel(chance: list[float], cuts: Any) -> None:
    """For any cuts, and for probabilities of exactly 0 and 1 too."""
    ladder = cr.Ladder(list(zip([0.0, *sorted(cuts)], cr.Channel, strict=False)))
    ax = drawn(chance, ladder)
    channels = [ladder.channel(each) for each in chance]
    expected = [channels.count(channel) / len(chance) for channel in ladder.channels]
    assert shares(ax) == pytest.approx(expected)
    assert [float(words.split("(")[1].rstrip(")")) for words in legend_texts(ax)] == [
        channels.count(channel) for channel in ladder.channels
    ]


def test_bars_are_between_the_cuts_of_their_channel() -> None:
    ax = drawn([0.0001, 0.01, 0.3, 0.9])
    edges = [patch.get_data().edges for patch in ax.patches]
    cuts = [0.0005, 0.25, 0.5]
    assert [each[-1] for each in edges[:-1]] == pytest.approx(cuts)
    assert [each[0] for each in edges[1:]] == pytest.approx(cuts)
    assert ax.get_xlim() == (edges[0][0], edges[-1][-1])


def test_the_axis_shows_probabilities_on_the_scale_of_log_odds() -> None:
    ax = drawn([0.0001, 0.9])
    ax.figure.draw_without_rendering()
    labels = [text.get_text() for text in ax.get_xticklabels()]
    assert ax.get_xscale() == "logit"
    assert {"1%", "50%"} <= set(labels)
    assert labels == [percent(tick) for tick in ax.get_xticks()]


@pytest.mark.parametrize("width", [4.5, 7, 12])
def test_there_are_several_ticks_however_wide_the_axes_are(width: float) -> None:
    ax = Figure(figsize=(width, 3)).subplots()
    plots.portfolio(FromColumn(), {"chance": np.array([1e-9, 0.99])}, ax)
    low, high = ax.get_xlim()
    assert sum(low <= tick <= high for tick in ax.get_xticks()) >= 3


def test_the_channels_are_named_where_they_start() -> None:
    """Also after the figure is drawn: a secondary axis may lose the scale of its parent."""
    ax = drawn([0.0001, 0.9])
    ax.figure.draw_without_rendering()
    (top,) = ax.child_axes
    assert [text.get_text() for text in top.get_xticklabels()][1:] == [
        "phone call from 0.05%",
        "agency from 25%",
        "field visit from 50%",
    ]
    for cut in (0.0005, 0.25, 0.5):
        assert top.transData.transform((cut, 0))[0] == pytest.approx(ax.transData.transform((cut, 0))[0])


def test_channels_differ_in_colour_and_hatch() -> None:
    patches = plots.portfolio(cr.RuleScorer(), accounts()).patches
    assert len({to_hex(patch.get_facecolor()) for patch in patches}) == 4
    assert len({patch.get_hatch() for patch in patches}) == 4


def test_a_ladder_of_one_rung_has_one_band() -> None:
    ax = drawn([0.2, 0.2], cr.Ladder([(0, "email")]))
    assert legend_texts(ax) == ["e-mail: 100% (2)"]


def test_columns_may_have_other_names() -> None:
    frame = {"due": np.array([1e4]), "days_past_due": np.array([90])}
    ax = plots.portfolio(cr.RuleScorer(), frame, columns={"amount_overdue": "due"})
    assert ax.get_title(loc="left") == "Visit probabilities of 1 accounts"


def test_an_argument_that_is_not_a_scorer_and_an_empty_frame_are_errors() -> None:
    with pytest.raises(ArgumentError, match="scorer must be a Scorer, not a str"):
        plots.portfolio("rules", accounts())
    with pytest.raises(ArgumentError, match="frame must have at least one row"):
        plots.portfolio(cr.RuleScorer(), accounts(0))
