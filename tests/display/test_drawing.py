"""Drawings: small, in place, and never beyond their edges."""

from __future__ import annotations

import math
import re
import sys

import pytest
from html_reading import elements, harmless, seen
from hypothesis import given
from hypothesis import strategies as st

from collectrisk._display import bar, columns, line, marker
from collectrisk._display.drawing import LESS, MORE

points = st.floats(-sys.float_info.max, sys.float_info.max)
spots = st.lists(st.tuples(points, points), min_size=1).map(sorted)


def attributes_of(html: str, tag: str) -> list[dict[str, str | None]]:
    return [dict(attributes) for name, attributes in elements(html) if name == tag]


def rectangles(html: str) -> list[tuple[float, float, str]]:
    """Return the left and right end of each rectangle, and its colour."""
    found = [{key: str(value) for key, value in each.items()} for each in attributes_of(html, "rect")]
    return [(float(r["x"]), float(r["x"]) + float(r["width"]), r["fill"]) for r in found]


def places(html: str) -> list[float]:
    """Return every place that is drawn to."""
    told = " ".join(str(each["points"]) for each in attributes_of(html, "polyline"))
    ends = [end for left, right, _ in rectangles(html) for end in (left, right)]
    return [float(number) for number in re.split("[ ,]", told)] + ends


def inside(html: str) -> bool:
    return all(math.isfinite(place) and -0.01 <= place <= 120.01 for place in places(html))


def test_a_bar_to_the_right_is_more_and_to_the_left_is_less() -> None:
    assert rectangles(bar(0, 1, 2)) == [(60, 89, MORE)]
    assert rectangles(bar(0, -2, 2)) == [(2, 60, LESS)]


def test_a_bar_across_zero_has_two_colours() -> None:
    assert rectangles(bar(-1, 2, 2)) == [(31, 60, LESS), (60, 118, MORE)]


def test_a_bar_of_nothing_is_only_the_line_at_zero() -> None:
    assert rectangles(bar(0, 0, 0)) == []


@given(points, points)
def test_no_bar_leaves_its_drawing(start: float, end: float) -> None:
    assert inside(bar(start, end, max(abs(start), abs(end))))


@given(spots)
def test_no_line_leaves_its_drawing(drawn: list[tuple[float, float]]) -> None:
    assert inside(line(drawn))


@given(st.lists(points, min_size=1, max_size=300))
def test_no_column_leaves_its_drawing(drawn: list[float]) -> None:
    assert inside(columns(drawn))


def test_a_line_through_one_spot_is_level() -> None:
    _, drawn = attributes_of(line([(5, 1)]), "polyline")
    assert drawn["points"] == "2,2 118,2"


def test_a_line_rises_from_left_to_right() -> None:
    zero, drawn = attributes_of(line([(0, -1), (1, 0), (4, 1)]), "polyline")
    assert (zero["points"], drawn["points"]) == ("0,20 120,20", "2,38 31,20 118,2")


def test_columns_stand_on_zero_or_hang_from_it() -> None:
    up, down = attributes_of(columns([1, -1]), "rect")
    assert (up["y"], up["height"], up["fill"]) == ("2", "18", MORE)
    assert (down["y"], down["height"], down["fill"]) == ("20", "18", LESS)


def test_a_marker_is_filled_or_an_outline() -> None:
    solid, outline = (attributes_of(marker(0.25, filled=filled), "path")[0] for filled in (True, False))
    assert (solid["fill"], outline["fill"], outline["stroke"]) == ("currentColor", "none", "currentColor")
    assert "left: 25%" in marker(0.25)


@pytest.mark.parametrize("html", [bar(-1, 1, 1), line([(0, 0), (1, 1)]), columns([1]), marker(0.5)])
def test_a_drawing_is_left_out_when_a_page_is_read_aloud(html: str) -> None:
    """What it shows is told in words beside it."""
    assert attributes_of(html, "svg")[0]["aria-hidden"] == "true"
    assert seen(html) == ""
    assert harmless(html)
