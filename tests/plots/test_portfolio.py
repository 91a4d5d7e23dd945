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
from pictures import blank, plots

import collectrisk as cr


class Given(cr.Scorer):
    """A scorer whose probabilities stand in the frame."""

    fields = ("chance",)

    def __init__(self, ladder: cr.Ladder = cr.DEFAULT_LADDER) -> None:
        self.ladder = ladder

    def visit_probability(self, borrower: Any, xp: Any) -> Any:  # noqa: ARG002  # there is nothing to reckon
        return borrower.chance


def drawn(chance: list[float], ladder: cr.Ladder = cr.DEFAULT_LADDER) -> Any:
    return plots.portfolio(Given(ladder), {"chance": np.array(chance, dtype=float)}, blank())


def told(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def shares(ax: Any) -> list[float]:
    return [float(patch.get_data().values.sum()) for patch in ax.patches]


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
def test_every_eager_frame_gives_the_same_picture(kind: FrameKind) -> None:
    frame = kind.make(accounts().to_dict(as_series=False))
    expected = plots.portfolio(cr.RuleScorer(), accounts())
    ax = plots.portfolio(cr.RuleScorer(), frame)
    assert told(ax) == told(expected)
    assert shares(ax) == shares(expected)


CUTS = st.lists(st.floats(0.0, 1.0, exclude_min=True), min_size=1, max_size=6, unique=True)


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), CUTS)
def test_bars_hold_the_accounts_that_the_ladder_gives_each_channel(chance: list[float], cuts: Any) -> None:
    """Whatever the cuts, and for probabilities of exactly 0 and 1 too."""
    ladder = cr.Ladder(list(zip([0.0, *sorted(cuts)], cr.Channel, strict=False)))
    ax = drawn(chance, ladder)
    channels = [ladder.channel(each) for each in chance]
    expected = [channels.count(channel) / len(chance) for channel in ladder.channels]
    assert shares(ax) == pytest.approx(expected)
    assert [float(words.split("(")[1].rstrip(")")) for words in told(ax)] == [
        channels.count(channel) for channel in ladder.channels
    ]


def test_bars_stand_between_the_cuts_of_their_channel() -> None:
    ax = drawn([0.0001, 0.01, 0.3, 0.9])
    edges = [patch.get_data().edges for patch in ax.patches]
    cuts = np.log([0.0005 / 0.9995, 0.25 / 0.75, 1.0])
    assert [each[-1] for each in edges[:-1]] == pytest.approx(cuts)
    assert [each[0] for each in edges[1:]] == pytest.approx(cuts)
    assert ax.get_xlim() == (edges[0][0], edges[-1][-1])


def test_the_axis_tells_probabilities() -> None:
    ax = drawn([0.0001, 0.9])
    ticks = dict(zip([text.get_text() for text in ax.get_xticklabels()], ax.get_xticks(), strict=True))
    assert ticks["50%"] == 0
    assert ticks["1%"] == pytest.approx(np.log(0.01 / 0.99))


def test_probabilities_that_are_written_stand_apart() -> None:
    """However many powers of ten there are, and on Axes of any width."""
    for width in (3, 6, 12):
        ax = Figure(figsize=(width, 3)).subplots()
        plots.portfolio(Given(), {"chance": np.array([1e-9, 0.99])}, ax)
        low, high = ax.get_xlim()
        inches = np.diff(ax.get_xticks()) / (high - low) * width
        assert inches.min() > 0.65
        assert inches.max() < 2


def test_channels_differ_in_colour_and_hatch() -> None:
    patches = plots.portfolio(cr.RuleScorer(), accounts()).patches
    assert len({to_hex(patch.get_facecolor()) for patch in patches}) == 4
    assert len({patch.get_hatch() for patch in patches}) == 4


def test_a_ladder_of_one_rung_has_one_band() -> None:
    ax = drawn([0.2, 0.2], cr.Ladder([(0, "email")]))
    assert told(ax) == ["e-mail: 100% (2)"]


def test_columns_of_other_names_are_found() -> None:
    frame = {"due": np.array([1e4]), "days_past_due": np.array([90])}
    ax = plots.portfolio(cr.RuleScorer(), frame, columns={"amount_overdue": "due"})
    assert ax.get_title(loc="left") == "How likely is a visit? 1 accounts"


def test_what_is_no_scorer_and_what_holds_no_accounts_are_refused() -> None:
    with pytest.raises(cr.ArgumentError, match="scorer must be a Scorer, not a str"):
        plots.portfolio("rules", accounts())
    with pytest.raises(cr.ArgumentError, match="frame must have at least one row"):
        plots.portfolio(cr.RuleScorer(), accounts(0))
