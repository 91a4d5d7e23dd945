"""Heat maps of surfaces."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import attrs
import numpy as np
import polars as pl
import pytest
from cards import SURFACE, SURFACES
from matplotlib.collections import PathCollection, PolyCollection, QuadMesh
from matplotlib.text import Text
from plot_baselines import plots

import collectrisk as cr
from collectrisk.errors import ArgumentError

ACCOUNTS = pl.DataFrame(
    {
        "limit": [0.0, 0.0, 0.0, 5.0, 7.5, None, 99.0],
        "branch": ["north", "north", "north", "south", "west", "north", None],
    }
)


def card(*surfaces: cr.Characteristic) -> cr.Scorecard:
    return cr.Scorecard(base=0, characteristics=surfaces)


def drawn(surface: cr.Surface, *data: Any) -> Any:
    return plots.curve(card(surface), surface.label, *data)


def artist(ax: Any, kind: Any) -> Any:
    """Return the only artist of a kind."""
    (found,) = [each for each in ax.collections if isinstance(each, kind)]
    return found


def names(ax: Any, axis: str) -> list[str]:
    return [label.get_text() for label in getattr(ax, f"get_{axis}ticklabels")()]


def texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts]


def surface_of(
    x: cr.NumberAxis | cr.LevelAxis, y: cr.NumberAxis | cr.LevelAxis, size: float = 1.0, **settings: Any
) -> Any:
    grid = [[size * (-1) ** (row + column) for column in range(y.size)] for row in range(x.size)]
    return cr.Surface(label="both", x=x, y=y, grid=grid, **settings)


def test_the_map_has_the_points_of_every_place() -> None:
    surface: Any = SURFACES.characteristics[0]
    mesh = artist(drawn(surface), QuadMesh)
    corners = mesh.get_coordinates()
    middles = (corners[1:, 1:] + corners[:-1, :-1]) / 2
    values = mesh.get_array().reshape(middles.shape[:2])
    for row, column in [(0, 0), (5, 20), (95, 95), (30, 3), (60, 80)]:
        amount, days = middles[row, column]
        record = type("Record", (), {"amount_overdue": amount, "days_past_due": days})
        assert values[row, column] == pytest.approx(surface.points(record), abs=1e-12)


def test_a_dot_is_as_large_as_its_number_of_accounts() -> None:
    """Accounts with a missing value have none; accounts beyond the knots are at the end of the axis."""
    ax = drawn(SURFACE, ACCOUNTS)
    dots = artist(ax, PathCollection)
    assert dots.get_offsets().tolist() == [[0, 0], [5, 1], [7.5, 2]]
    assert (dots.get_sizes() / dots.get_sizes().max()).tolist() == pytest.approx([1, 1 / 3, 1 / 3])
    assert texts(ax)[0].startswith("dots: accounts (the largest: 42.9%); ")


def test_accounts_beyond_the_last_knot_are_at_their_own_values() -> None:
    surface = surface_of(cr.NumberAxis("limit", [0, 5]), cr.NumberAxis("age", [20, 30]))
    ax = drawn(surface, {"limit": np.array([1.0, 7.0]), "age": np.array([45.0, 25.0])})
    assert artist(ax, PathCollection).get_offsets().tolist() == [[1, 45], [7, 25]]


def test_what_has_no_account_near_it_is_hatched() -> None:
    """Near to a knot is what is nearer to it than to any other knot."""
    ax = drawn(SURFACE, ACCOUNTS)
    hatched = artist(ax, PolyCollection)
    cells = {tuple(path.get_extents().get_points().mean(axis=0)) for path in hatched.get_paths()}
    middles = [1.25, 5, 53.25]  # the knots are 0, 5 and 10, and the axis ends at 99
    assert cells == {(x, y) for x in middles for y in (0, 1, 2)} - {(1.25, 0), (5, 1), (53.25, 2)}
    assert hatched.get_hatch() == "////"
    assert not [each for each in drawn(SURFACE).collections if isinstance(each, PolyCollection)]


def test_cells_on_a_log_scale_end_between_the_logarithms_of_the_knots() -> None:
    surface = surface_of(cr.NumberAxis("x", [1, 100], scale="log"), cr.LevelAxis("y", ["a"]))
    ax = drawn(surface, {"x": np.array([9.0, 100.0]), "y": np.array(["a", "b"])})
    right = [path.vertices[:, 0].min() for path in artist(ax, PolyCollection).get_paths()]
    assert sorted(right) == pytest.approx([1, 10])


def test_accounts_everywhere_leave_nothing_hatched() -> None:
    surface = surface_of(cr.LevelAxis("x", ["true"]), cr.LevelAxis("y", ["false", "true"]))
    ax = drawn(surface, {"x": np.arange(4) < 2, "y": np.arange(4) % 2 == 0})
    assert not [each for each in ax.collections if isinstance(each, PolyCollection)]


def test_accounts_without_known_values_have_no_dots() -> None:
    ax = drawn(SURFACE, pl.DataFrame({"limit": [None, None], "branch": ["north", None]}, strict=False))
    assert len(artist(ax, PathCollection).get_offsets()) == 0
    assert "the largest: 0%" in texts(ax)[0]


def test_a_boolean_field_has_a_row_for_no_and_yes_and_none_else() -> None:
    surface = surface_of(cr.LevelAxis("region", ["a"]), cr.LevelAxis("owner", ["true"]), otherwise=0.5)
    ax = drawn(surface)
    assert names(ax, "y") == ["no", "yes"]
    assert names(ax, "x") == ["a", "any other"]
    assert artist(ax, QuadMesh).get_array().reshape(2, 2).tolist() == [[0.5, 0.5], [1, 0.5]]


def test_the_first_level_is_at_the_top() -> None:
    low, high = drawn(SURFACE).get_ylim()
    assert (low, high) == (2.5, -0.5)


@pytest.mark.parametrize(("size", "limit"), [(0.006, math.log(2)), (0.5, math.log(2)), (2.5, 2.5)])
def test_few_points_are_pale(size: float, limit: float) -> None:
    """The colours of points that do not even double the odds are not the strongest."""
    mesh = artist(drawn(surface_of(cr.NumberAxis("x", [0, 1]), cr.LevelAxis("y", ["a"]), size)), QuadMesh)
    assert (mesh.norm.vmin, mesh.norm.vmax) == (-limit, limit)


def test_only_points_with_space_are_written() -> None:
    """Knots at 0 and 0.01 are too close to each other."""
    number = cr.NumberAxis("x", [0, 0.01, 5, 10])
    ax = drawn(surface_of(number, cr.LevelAxis("y", ["a", "b"]), 0.25))
    assert texts(ax)[:9] == ["+0.25", "+0.25", "-0.25", "-0.25", "-0.25", "+0.25", "+0.00", "+0.00", "+0.00"]


def test_an_axis_may_have_one_knot() -> None:
    surface = cr.Surface(
        label="both", x=cr.NumberAxis("x", [12_345]), y=cr.LevelAxis("y", ["a"]), grid=[[2]], otherwise=1
    )
    ax = drawn(surface)
    assert set(artist(ax, QuadMesh).get_array().ravel().tolist()) == {2, 1}
    assert ax.get_xlim() == (12_344, 12_346)


def test_surfaces_of_several_cards_have_the_same_axes_and_colours() -> None:
    mine = surface_of(cr.NumberAxis("x", [0, 1]), cr.LevelAxis("y", ["a", "b"]), if_missing=-1.5)
    other = surface_of(cr.NumberAxis("x", [0, 4]), cr.LevelAxis("y", ["c", "a"]), 3)
    ax = plots.curve({"mine": card(mine), "other": card(other)}, "both")
    left, right = ax.child_axes
    assert left.get_xlim() == right.get_xlim() == (0, 4)
    assert names(left, "y") == ["a", "b", "c", "any other"]
    points = [artist(panel, QuadMesh).get_array().reshape(4, -1)[:, 0].tolist() for panel in (left, right)]
    assert np.round(points, 0).tolist() == [[1, -1, 0, 0], [-3, 0, 3, 0]]
    assert artist(left, QuadMesh).norm.vmax == artist(right, QuadMesh).norm.vmax == 3
    assert texts(left)[-1] == "mine: a value missing: -1.50"


LONG = "outstanding_principal_balance_local_ccy"
WIDE = cr.NumberAxis(LONG, [0, 631, 12_034, 25_700, 43_510, 93_075, 24_497_617.56])
TOWNS = cr.LevelAxis("town", [f"the town with number {number}" for number in range(12)])
PAIRS = {
    "numbers": surface_of(WIDE, cr.NumberAxis("days", [-2, -1, 0, 30, 60, 240]), 0.1, if_missing=0),
    "a number and levels": surface_of(WIDE, TOWNS, if_missing=0.5),
    "levels and a flag": surface_of(TOWNS, cr.LevelAxis("owner", ["true"]), if_missing=0.5),
}


def shown_texts(ax: Any) -> list[Any]:
    """Return every text of the figure of some Axes, after all have their places."""
    ax.figure.draw_without_rendering()
    hidden = [] if ax.axison else [*ax.xaxis.findobj(Text), *ax.yaxis.findobj(Text)]
    texts = ax.figure.findobj(lambda each: isinstance(each, Text) and each not in hidden)
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


@pytest.mark.parametrize(
    ("pair", "cards", "with_data"),
    [
        ("numbers", 1, False),
        ("numbers", 2, True),
        ("a number and levels", 2, False),
        ("levels and a flag", 2, True),
        *(pytest.param(pair, 3, True, marks=pytest.mark.exhaustive) for pair in PAIRS),
    ],
)
def test_no_text_is_on_another(pair: str, cards: int, *, with_data: bool) -> None:
    surface = PAIRS[pair]
    data = {
        LONG: np.array([500.0, 90_000.0]),
        "days": np.array([0.0, 200.0]),
        "town": np.array(["the town with number 1", "elsewhere"]),
        "owner": np.array([True, False]),
    }
    data = {each: data[each] for each in surface.fields}
    ax = plots.curve([card(surface)] * cards, "both", data if with_data else None)
    texts = [(text.get_text(), text.get_rotation(), text.get_window_extent()) for text in shown_texts(ax)]
    for (first, angle, box), (second, other_angle, other) in combinations(texts, 2):
        slanted = angle == other_angle == 35
        assert slanted or not box.overlaps(other), (first, second)


def test_maps_side_by_side_fill_most_of_their_place_in_a_grid() -> None:
    delay = cr.PiecewiseLinear(label="days", field="days", knots=[(0, 0), (240, 1)])
    axes = plots.curves([card(PAIRS["numbers"], delay)] * 2)
    axes[0].figure.draw_without_rendering()
    assert axes[0].bbox.height > 0.5 * axes[0].figure.bbox.height


def test_surfaces_of_more_levels_are_higher_up_to_a_limit() -> None:
    def height(count: int) -> float:
        levels = cr.LevelAxis("town", [f"town {index}" for index in range(count)])
        figure = drawn(surface_of(cr.NumberAxis("x", [0, 1]), levels)).figure
        return float(figure.get_size_inches()[1])

    assert height(3) < height(20) < height(60) == height(90)


def test_of_very_many_rows_some_have_names() -> None:
    levels = cr.LevelAxis("town", [f"town {index}" for index in range(200)])
    ax = drawn(surface_of(cr.NumberAxis("x", [0, 1]), levels))
    assert 30 < len(names(ax, "y")) < 110
    assert names(ax, "y")[:2] == ["town 0", f"town {ax.get_yticks()[1]}"]


def test_a_surface_and_a_curve_cannot_share_a_plot() -> None:
    flag = cr.Flag(label=SURFACE.label, field="repayment_plan", if_true=1)
    message = "cannot be drawn in the same plot: Surface of NumberAxis limit and LevelAxis branch, Flag"
    with pytest.raises(ArgumentError, match=message):
        plots.curve([card(SURFACE), cr.Scorecard(base=0, characteristics=[flag])], SURFACE.label)


def test_surfaces_of_different_fields_cannot_share_a_plot() -> None:
    turned = attrs.evolve(SURFACE, x=SURFACE.y, y=SURFACE.x, grid=np.transpose(SURFACE.grid).tolist())
    message = (
        "Surface of NumberAxis limit and LevelAxis branch, Surface of LevelAxis branch and NumberAxis limit"
    )
    with pytest.raises(ArgumentError, match=message):
        plots.curve([card(SURFACE), card(turned)], SURFACE.label)
