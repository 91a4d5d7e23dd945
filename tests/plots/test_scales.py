"""The scales of number axes, and their ticks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from plot_baselines import new_axes

from collectrisk._display.words import words_in
from collectrisk.plots._scales import Span, span_of
from collectrisk.plots._style import inches, number

SPANS = {
    "linear": Span(10_000, 1_000_000),
    "linear-of-billions": Span(-3e9, 7e9),
    "square-root": Span(0, 584_984_053, "square_root"),
    "log": Span(0.71, 24_497_617, "log"),
    "log-of-one-decade": Span(30, 300, "log"),
    "asinh": Span(0, 405_016, "asinh", 1_257),
    "asinh-of-both-signs": Span(-1e9, 1e12, "asinh", 1_000),
}


@settings(max_examples=50)
@given(st.floats(1e-6, 1e12))
def test_ticks_of_a_square_root_are_a_few_round_values_that_are_not_close_to_each_other(high: float) -> None:
    ax = new_axes()
    Span(0.0, high, "square_root").set_on(ax, "x", "{:g}".format)
    at = np.sqrt(np.array(ax.get_xticks()) / high)
    assert at[0] == 0
    assert 4 <= len(at) <= 12
    assert np.diff(at).min() * inches(ax, "x") > 0.2
    assert at[-1] <= 1
    assert {f"{tick:.6e}"[:8] for tick in ax.get_xticks()[1:]} <= {f"{step}.000000" for step in (1, 2, 3, 5)}


@pytest.mark.parametrize("width", [2, 7])
@pytest.mark.parametrize("name", SPANS)
def test_labels_of_ticks_do_not_overlap(name: str, width: float) -> None:
    """Their number depends on the length of the axis."""
    figure: Any = Figure(figsize=(width, 3))
    ax = figure.subplots()
    for axis in ("x", "y"):
        SPANS[name].set_on(ax, axis)
    figure.draw_without_rendering()
    for which, size in ((ax.xaxis, "x"), (ax.yaxis, "y")):
        boxes = [label.get_window_extent() for label in which.get_ticklabels()]
        ends = np.array(sorted((getattr(box, f"{size}0"), getattr(box, f"{size}1")) for box in boxes))
        assert (ends[1:, 0] > ends[:-1, 1]).all()
        assert len(ends) >= (1 if which is ax.xaxis and width == 2 else 2)
        assert [label.get_text() for label in which.get_ticklabels()] == [
            *map(number, which.get_majorticklocs())
        ]


def test_a_longer_axis_has_more_ticks() -> None:
    def ticks(width: float) -> int:
        ax: Any = Figure(figsize=(width, 3)).subplots()
        SPANS["asinh"].set_on(ax, "x")
        return len(ax.get_xticks())

    assert ticks(3) < ticks(6) < ticks(12)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(-0.5, 3.5, [0, 1, 2, 3]), (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0, 30, [0, 5, 10, 15, 20, 25, 30])],
)
def test_ticks_of_a_linear_scale_are_whole_numbers_unless_its_range_is_narrow(
    low: float, high: float, expected: Any
) -> None:
    ax = new_axes()
    Span(low, high).set_on(ax, "x")
    assert ax.get_xticks() == pytest.approx(expected)


@pytest.mark.parametrize("name", SPANS)
def test_a_grid_is_equally_spaced_on_the_axis(name: str) -> None:
    span, ax = SPANS[name], new_axes()
    span.set_on(ax, "x")
    grid = span.grid(9)
    assert (grid[0], grid[-1]) == ax.get_xlim() == (span.low, span.high)
    at = ax.transData.transform(np.column_stack([grid, grid]))[:, 0]
    assert np.diff(at) == pytest.approx(np.full(8, (at[-1] - at[0]) / 8), rel=1e-9)


@pytest.mark.parametrize(
    ("knots", "values", "expected"),
    [
        ([0, 50, 100], None, Span(0, 100)),
        ([0, 5, 100], None, Span(0, 100, "square_root")),
        ([0, 5, 501], None, Span(0, 501, "asinh", 5)),
        ([-1, 5, 100], None, Span(-1, 100, "asinh", 1)),
        ([0, 5, 20], [3.0, 400.0], Span(0, 400, "square_root")),
        ([0], [0.0, 7.0], Span(0, 7, "asinh", 7)),
        ([1e-300, 1, 1e300], None, Span(1e-300, 1e300, "asinh", 1e288)),
        ([3], None, Span(2, 4)),
    ],
)
def test_the_scale_suits_the_knots(knots: Any, values: Any, expected: Span) -> None:
    """The median knot is not squeezed into a corner of the axis."""
    values = None if values is None else np.array(values)
    assert span_of(np.array(knots, dtype=float), values, log=False) == expected


def test_amounts_of_several_powers_of_ten_are_spread_over_the_axis() -> None:
    amounts = np.random.default_rng(1).lognormal(9, 2, 1_000)
    span = span_of(np.quantile(amounts, np.linspace(0, 1, 20)), amounts, log=False)
    assert span.scale == "asinh"
    shares = np.histogram(amounts, span.grid(5))[0] / 1_000
    assert shares[0] < 0.5
    assert shares[-1] > 0.005


@pytest.mark.parametrize(
    ("name", "en", "zh"),
    [
        ("linear", "debt", "debt"),
        ("square-root", "debt, square-root scale", "debt，平方根刻度"),
        ("log", "debt, logarithmic scale", "debt，对数刻度"),
        ("asinh", "debt, logarithmic scale, linear near 0", "debt，对数刻度，0附近为线性"),
    ],
)
def test_the_label_of_an_axis_says_its_scale(name: str, en: str, zh: str) -> None:
    assert [SPANS[name].label("debt", words_in(each)) for each in ("en", "zh")] == [en, zh]
