"""The curve of a number over its values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.collections import LineCollection
from plot_baselines import bands, lines, new_axes, plots

import collectrisk as cr
from collectrisk._namespaces import SCALAR


def card(knots: Any, **curve: Any) -> cr.Scorecard:
    part = cr.PiecewiseLinear(label="x", field="x", knots=knots, **curve)
    return cr.Scorecard(base=0, characteristics=[part])


def drawn(scorer: Any, values: Any = None, label: str = "x", ax: Any = None) -> Any:
    return plots.curve(scorer, label, None if values is None else {"x": np.array(values)}, ax)


def line(ax: Any) -> Any:
    return ax.lines[1]


def three_digits(number: float) -> float:
    """Return a number that differs from its neighbours on any scale."""
    return float(f"{number:.3g}")


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.floats(0.1, 1e6).map(three_digits), st.floats(-5, 5)),
        min_size=1,
        max_size=8,
        unique_by=lambda k: k[0],
    ),
    st.sampled_from(["linear", "log"]),
    st.none() | st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
)
def test_every_value_is_drawn_with_the_points_of_the_scorecard(knots: Any, scale: str, values: Any) -> None:
    scorer = card(sorted(knots), scale=scale)
    ax = drawn(scorer, values, ax=new_axes())
    at, points = line(ax).get_data()
    for x, y in zip(at, points, strict=True):
        record = SimpleNamespace(x=float(x))
        assert y == pytest.approx(scorer.characteristics[0].points(record, SCALAR), abs=1e-9)
    assert set(np.asarray(at)[line(ax).get_markevery()]) >= {
        x for x, _ in knots if ax.get_xlim()[0] <= x <= ax.get_xlim()[1]
    }


def test_all_knots_and_nearly_all_accounts_are_within_the_limits() -> None:
    """Of a thousand accounts, the five highest and the five lowest may lie outside."""
    values = np.append(np.linspace(-50, 50, 998), [-1e6, 1e6])
    low, high = drawn(card([(0, 0), (10, 1)]), values).get_xlim()
    assert -51 < low < -49
    assert 49 < high < 51


def test_accounts_outside_the_plot_count_in_the_outermost_bars() -> None:
    values = np.append(np.linspace(0.0, 99.9, 992), [-1e6] * 4 + [1e6] * 4)
    ax = drawn(card([(0, 0), (100, 1)]), values)
    heights = ax.patches[0].get_data().values
    tallest = float(ax.get_legend().get_texts()[0].get_text().split()[-1].rstrip("%)"))
    assert heights.sum() / heights.max() * tallest == pytest.approx(100, rel=0.01)
    assert sorted(heights)[-2:] == sorted([heights[0], heights[-1]])


@pytest.mark.parametrize(
    ("knots", "scale", "expected"),
    [
        ([(1, 0), (100, 1)], "log", "log"),
        ([(0, 0), (50, 0.5), (100, 1)], "linear", "linear"),
        ([(0, 0), (5, 0.5), (100, 1)], "linear", "function"),
        ([(-1, 0), (5, 0.5), (100, 1)], "linear", "asinh"),
    ],
)
def test_the_scale_suits_the_knots(knots: Any, scale: str, expected: str) -> None:
    """Log knots have a log scale; crowded knots have a square root, or a logarithm if one is below zero."""
    ax = drawn(card(knots, scale=scale))
    assert ax.get_xscale() == expected
    assert (
        ax.get_xlabel()
        == {
            "log": "x, logarithmic scale",
            "linear": "x",
            "function": "x, square-root scale",
            "asinh": "x, logarithmic scale, linear near 0",
        }[expected]
    )


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_single_knot_is_a_flat_line(scale: str) -> None:
    at, points = line(drawn(card([(5, 2)], scale=scale))).get_data()
    assert min(at) < 5 < max(at)
    assert set(points) == {2}


def test_a_log_scale_starts_above_zero_for_any_accounts() -> None:
    ax = drawn(card([(1, 0), (100, 1)], scale="log"), [0.0, 0.0, -5.0, 10.0])
    assert ax.get_xlim() == pytest.approx((1, 100))
    assert ax.patches[0].get_data().values[0] == max(ax.patches[0].get_data().values)


def test_bands_are_steps() -> None:
    ax = drawn(bands(), label="delay")
    assert line(ax).get_drawstyle() == "steps-post"


def test_integers_have_a_bar_each() -> None:
    ax = drawn(card([(0, 0), (3, 1)]), [0, 0, 0, 1, 3])
    data = ax.patches[0].get_data()
    assert data.edges.tolist() == [-0.5, 0.5, 1.5, 2.5, 3.5]
    assert (data.values / data.values.max()).tolist() == pytest.approx([1, 1 / 3, 0, 1 / 3])


def test_values_that_are_all_missing_have_no_histogram() -> None:
    ax = drawn(card([(0, 0), (3, 1)], if_missing=0.5), [np.nan, np.nan])
    assert not ax.patches


def test_the_legend_of_the_accounts_covers_no_curve() -> None:
    ax = drawn(card([(0, 0), (1, 0.3), (3, 0.8), (4, 0.8)]), [0.0, 0.0, 0.0, 1.0, 4.0])
    ax.figure.draw_without_rendering()
    assert ax.get_legend().get_window_extent().y0 > ax.transData.transform((0, 0.8))[1]


def test_missing_values_count_in_no_bar() -> None:
    ax = drawn(card([(0, 0), (3, 1)], if_missing=0.5), [0.0, 0.0, 1.5, np.nan])
    assert ax.get_legend().get_texts()[0].get_text() == "accounts by value (tallest bar: 66.7%)"


def test_a_scorecard_without_points_for_a_missing_value_shows_none() -> None:
    ax = plots.curve([lines(), lines()], "delay")
    assert not ax.texts


@pytest.mark.parametrize(("missing", "is_cut"), [(0.0, True), (0.4, False)])
def test_the_interval_of_a_missing_value_does_not_squeeze_the_curve(missing: float, *, is_cut: bool) -> None:
    """Without a missing value in the fit, only the prior says what one adds."""
    rng = np.random.default_rng(1)
    x = np.where(rng.random(400) < missing, np.nan, rng.random(400))
    fitted = cr.LogisticScorer(knots=2).fit(pl.DataFrame({"x": x}), rng.random(400) < 0.3)
    ax = plots.curve(fitted, "x")
    bars: list[Any] = [each for each in ax.collections if isinstance(each, LineCollection)]
    whisker = bars[0].get_paths()[0].vertices[:, 1]
    rows = {row.value: row for row in fitted.summary().rows if row.label == "x"}
    shown = [rows["missing"].lower, rows["missing"].upper]
    ends = [end for value, row in rows.items() if value != "missing" for end in (row.lower, row.upper, 0.0)]
    if is_cut:
        half = (max(ends) - min(ends)) / 2
        shown = [max(shown[0], min(ends) - half), min(shown[1], max(ends) + half)]
        assert shown[1] - shown[0] < rows["missing"].upper - rows["missing"].lower
    assert whisker == pytest.approx(shown)
    caps = [each for each in ax.lines if each.get_marker() == "_"]
    assert bool(caps) is not is_cut


@pytest.mark.parametrize("value", [0.3, 0.5, 0.7, 1.1])
def test_an_account_at_the_very_end_of_a_square_root_scale_is_drawn(value: float) -> None:
    """The root of a number, squared, is often a little off the number."""
    ax = drawn(card([(1.2, 0), (2, 1), (12, 1), (1_000, 1)]), [value], ax=new_axes())
    (bars,) = [patch for patch in ax.patches if hasattr(patch, "get_data")]
    assert np.count_nonzero(bars.get_data().values) == 1
