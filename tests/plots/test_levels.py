"""The points of a few values, and of many."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plot_baselines import many_levels, new_axes, plots, towns

import collectrisk as cr


def names(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_yticklabels()]


def shares(ax: Any) -> dict[str, str]:
    """Return the share written to the right of each row."""
    written = {round(text.get_position()[1]): text.get_text() for text in ax.texts[:-1]}
    return {name: written[row] for row, name in enumerate(names(ax))}


def points(ax: Any) -> dict[str, float]:
    """Return the points drawn in each row."""
    x, y = ax.lines[1].get_data()
    return {names(ax)[round(row)]: float(at) for at, row in zip(x, y, strict=True)}


def levels(**curve: Any) -> cr.Scorecard:
    part = cr.Levels(label="town", field="town", **curve)
    return cr.Scorecard(base=0, characteristics=[part])


def test_each_level_has_its_points_and_its_share_of_the_accounts() -> None:
    card = levels(levels={"north": 1.0, "south": -1.0}, otherwise=0.25, if_missing=0.5)
    frame = pl.DataFrame({"town": ["north", "north", "elsewhere", None]})
    ax = plots.curve(card, "town", frame)
    assert points(ax) == {"north": 1, "south": -1, "any other": 0.25, "missing": 0.5}
    assert shares(ax) == {"north": "50%", "south": "0%", "any other": "25%", "missing": "25%"}


def test_a_level_may_have_any_name() -> None:
    ax = plots.curve(levels(levels={"?": 1.0, "any other": 2.0, "": 3.0}), "town")
    assert names(ax) == ["?", "any other", "", "any other"]
    assert ax.lines[1].get_xdata().tolist() == [1, 2, 3, 0]


def test_without_levels_there_is_one_row() -> None:
    assert points(plots.curve(levels(levels={}, otherwise=2.0), "town")) == {"any other": 2}


def test_of_many_levels_those_with_most_and_fewest_points_have_rows() -> None:
    ax = plots.curve(many_levels(), "town", towns())
    assert len(names(ax)) == 23
    assert names(ax)[10] == "180 more, in this range"
    assert names(ax)[-2:] == ["any other", "missing"]
    drawn = [points(ax)[name] for name in names(ax)[:10]]
    assert drawn == sorted(drawn, reverse=True)
    (between,) = (line for line in ax.lines if line.get_linewidth() == 4)
    low, high = between.get_xdata()
    assert max(points(ax)[name] for name in names(ax)[11:-2]) < low < high < min(drawn)


@settings(max_examples=20)
@given(st.integers(0, 120), st.integers(1, 60))
def test_all_accounts_are_shown_however_many_levels_there_are(count: int, rows: int) -> None:
    ax = plots.curve(many_levels(count), "town", towns(rows), new_axes())
    assert sum(float(share.rstrip("%")) for share in shares(ax).values()) == pytest.approx(100, abs=2)


def test_a_scorecard_without_points_for_missing_values_has_no_marker_there() -> None:
    with_missing = levels(levels={"north": 1.0}, if_missing=0.5)
    ax = plots.curve({"with": with_missing, "without": levels(levels={"north": 2.0})}, "town")
    first, second = (line.get_xdata() for line in ax.lines if line.get_marker() in "os")
    assert first.tolist() == [1, 0, 0.5]
    assert second.tolist()[:2] == [2, 0]
    assert np.isnan(second[2])


def test_levels_of_two_scorecards_are_side_by_side() -> None:
    cards = [levels(levels={"north": 1.0}), levels(levels={"south": 2.0, "north": 3.0})]
    ax = plots.curve(cards, "town")
    assert names(ax) == ["north", "south", "any other"]
    heights = [line.get_ydata().tolist() for line in ax.lines if line.get_marker() in "os"]
    assert np.subtract(*heights) == pytest.approx([-0.22] * 3)


def test_a_gate_shows_its_conditions() -> None:
    gate = cr.Gate(
        label="gate",
        conditions=[cr.AtLeast("amount_overdue", 1e4), cr.AtLeast(["failed_calls", "failed_messages"], -2)],
        if_shut=-5,
    )
    frame = {"amount_overdue": [1e3, 2e4, 3e4, 4e4], "failed_calls": [0] * 4, "failed_messages": [0] * 4}
    card = cr.Scorecard(base=0, characteristics=[gate])
    ax = plots.curve(card, "gate", pl.DataFrame(frame))
    conditions = "the overdue amount ≥ 10,000\nfailed calls plus failed messages ≥ -2"
    assert points(ax) == {"otherwise": -5, conditions: 0}
    assert shares(ax) == {"otherwise": "25%", conditions: "75%"}


def test_a_flag_without_a_column_has_its_default() -> None:
    flag = cr.Flag(label="plan", field="repayment_plan", if_true=-3)
    frame = {"amount_overdue": np.array([1.0, 2.0])}
    ax = plots.curve(cr.Scorecard(base=0, characteristics=[flag]), "plan", frame)
    assert shares(ax) == {"no": "100%", "yes": "0%"}
    assert points(ax) == {"no": 0, "yes": -3}
