"""The value of a plan for each capacity of a channel."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from plot_baselines import plots

from collectrisk.errors import ArgumentError
from collectrisk.planning import allocate

ACCOUNTS = pl.DataFrame(
    {"borrower_id": list("ABCDE"), "channel": ["phone_call"] * 5, "worth": [5.0, 4.0, 3.0, 2.0, 1.0]}
)
PLAN = allocate(ACCOUNTS, {"phone_call": 2}, values={"phone_call": "worth"})


def test_the_line_is_the_frontier_and_the_marker_the_plan() -> None:
    ax = plots.frontier(PLAN, "phone_call", [0, 1, 2, 3, 6])
    line, marker = ax.lines
    np.testing.assert_allclose(line.get_ydata(), [0, 5, 9, 12, 15])
    assert [*marker.get_xydata()[0]] == [2, 9]
    assert ax.get_legend().get_texts()[0].get_text() == "this plan: 9 for 2"


def test_large_values_are_shown_without_exponents() -> None:
    frame = ACCOUNTS.with_columns(worth=pl.col("worth") * 1e6 + 0.25)
    plan = allocate(frame, {"phone_call": 2}, values={"phone_call": "worth"})
    ax = plots.frontier(plan, "phone_call")
    assert ax.yaxis.get_major_formatter()(12_000_000) == "12,000,000"
    assert ax.get_legend().get_texts()[0].get_text() == "this plan: 9,000,000 for 2"


def test_by_default_the_capacities_go_to_twice_that_of_the_plan() -> None:
    assert plots.frontier(PLAN, "phone_call").lines[0].get_xdata().tolist() == [0, 1, 2, 3, 4]


def test_something_else_than_a_plan_is_an_error() -> None:
    with pytest.raises(ArgumentError, match="plan must be the result of allocate, not a dict"):
        plots.frontier({}, "phone_call")
