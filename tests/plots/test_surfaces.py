"""Heat maps of surfaces."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from cards import SURFACE, SURFACES
from plot_baselines import plots

import collectrisk as cr
from collectrisk.errors import ArgumentError


def drawn(surface: cr.Surface, *data: Any) -> Any:
    card = cr.Scorecard(base=0, characteristics=[surface])
    return plots.curve(card, surface.label, *data)


def test_the_map_has_the_points_between_knots() -> None:
    surface: Any = SURFACES.characteristics[0]
    ax = drawn(surface)
    values = ax.collections[0].get_array().reshape(48, 32)
    amount = np.exp(np.interp((np.arange(32) + 0.5) / 16, [0, 1, 2], np.log([0.1, 1_000, 3e6])))
    days = np.interp((np.arange(48) + 0.5) / 16, [0, 1, 2, 3], [0, 30, 90, 365.5])
    for row, column in [(0, 0), (5, 20), (47, 31), (30, 3)]:
        record = type("Record", (), {"amount_overdue": amount[column], "days_past_due": days[row]})
        assert values[row, column] == pytest.approx(surface.points(record), abs=1e-12)


def test_each_account_is_a_dot_where_both_values_are_known() -> None:
    accounts = {
        "limit": [0.0, 5.0, 7.5, np.nan, 99.0],
        "branch": ["north", "south", "west", "north", "north"],
    }
    ax = drawn(SURFACE, pl.DataFrame(accounts))
    x, y = ax.lines[0].get_data()
    assert x.tolist() == [0, 1, 1.5, 2]
    assert np.round(y).tolist() == [0, 1, 2, 0]


def test_many_points_are_not_written() -> None:
    knots = [*map(float, range(9))]
    grid = [[x * y / 99 for y in range(9)] for x in range(9)]
    surface = cr.Surface(label="both", x=cr.NumberAxis("x", knots), y=cr.NumberAxis("y", knots), grid=grid)
    assert len(drawn(surface).texts) == 0
    assert len(drawn(SURFACE).texts) == 9


def test_an_axis_may_have_one_knot() -> None:
    surface = cr.Surface(
        label="both", x=cr.NumberAxis("x", [12_345]), y=cr.LevelAxis("y", ["a"]), grid=[[2]], otherwise=1
    )
    ax = drawn(surface)
    assert ax.collections[0].get_array().ravel().tolist() == [2, 1]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["12,345"]


def test_a_surface_and_a_curve_cannot_share_a_plot() -> None:
    flag = cr.Flag(label=SURFACE.label, field="repayment_plan", if_true=1)
    others = cr.Scorecard(base=0, characteristics=[flag])
    mine = cr.Scorecard(base=0, characteristics=[SURFACE])
    with pytest.raises(ArgumentError, match="cannot be drawn in the same plot: Surface, Flag"):
        plots.curve([mine, others], SURFACE.label)
