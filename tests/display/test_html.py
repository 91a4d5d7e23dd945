"""Elements escape whatever is not markup; bars stay within their limits."""

from __future__ import annotations

import math
import re
import sys

import pytest
from html_reading import HOSTILE, elements, harmless, seen
from hypothesis import given
from hypothesis import strategies as st

from collectrisk._display.html import Markup, bar, element, page, shortened, signed_bar

ANY_TEXT = st.text() | st.sampled_from(HOSTILE)


def test_an_element_holds_markup_as_it_is_and_text_escaped() -> None:
    assert element("p", element("b", "1 < 2"), " & so on") == "<p><b>1 &lt; 2</b> &amp; so on</p>"


def test_an_attribute_may_be_a_number_and_have_a_hyphen() -> None:
    assert element("rect", width=0.1 + 0.2, stroke_width=2) == '<rect width="0.3" stroke-width="2"></rect>'


@given(ANY_TEXT)
def test_no_text_gets_out_of_its_element(text: str) -> None:
    html = element("p", text, title=text)
    assert [tag for tag, _ in elements(html)] == ["p"]
    assert [name for _, attributes in elements(html) for name, _ in attributes] == ["title"]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"])))
def test_what_can_be_seen_is_seen_as_it_was_written(text: str) -> None:
    assert seen(element("p", text)) == text


@pytest.mark.parametrize(
    ("character", "seen"),
    [
        *(("\x00", "x00"), ("\x1b", "x1b"), ("\r", "x0d"), ("\x7f", "x7f"), ("\x9f", "u009f")),
        *(("\u202e", "u202e"), ("\u2069", "u2069"), ("\ud800", "ud800")),
    ],
)
def test_what_cannot_be_seen_is_escaped(character: str, seen: str) -> None:
    """Else it could turn the direction of what follows, or break the file."""
    html = element("p", f"a{character}b")
    assert html == f"<p>a\\{seen}b</p>"
    assert html.encode()


def test_white_space_stays() -> None:
    assert element("p", "a\tb\nc") == "<p>a\tb\nc</p>"


def test_a_page_scrolls_each_part_by_itself() -> None:
    html = page(element("p", "one"), "<two>")
    assert seen(html) == "one<two>"
    assert [dict(attributes).get("style") for _, attributes in elements(html)].count("overflow-x: auto") == 2
    assert harmless(html)


def test_markup_is_text() -> None:
    assert isinstance(element("p"), Markup)
    assert element("p") == "<p></p>"


def test_a_long_text_is_cut() -> None:
    assert (shortened("a" * 80), shortened("a" * 81)) == ("a" * 80, "a" * 79 + "…")


FLOATS = st.floats(-sys.float_info.max, sys.float_info.max)


def segments(html: str) -> list[tuple[float, float, str]]:
    """Return left, right and colour of each segment of a bar, in percent of its width."""
    found = re.findall(r"left: ([^%]+)%; width: ([^%]+)%; background: (rgb[^\"]+)", html)
    return [(float(left), float(left) + float(width), colour) for left, width, colour in found]


def test_positive_points_extend_to_the_right_and_negative_ones_to_the_left() -> None:
    ((left, right, up),) = segments(signed_bar(1, 2))
    assert (left, right) == (50, 75)
    ((left, right, down),) = segments(signed_bar(-2, 2))
    assert (left, right) == (0, 50)
    assert up != down


def test_a_bar_across_zero_has_two_colours() -> None:
    (one, other) = segments(bar(-1, 2, 2))
    assert (one[:2], other[:2]) == ((25, 50), (50, 100))
    assert one[2] != other[2]


def test_a_bar_of_zero_points_has_no_segment() -> None:
    assert segments(bar(0, 0, 0)) == []


@given(FLOATS, FLOATS)
def test_a_bar_stays_within_its_limits(one: float, other: float) -> None:
    low, high = sorted((one, other))
    ends = [
        end for left, right, _ in segments(bar(low, high, max(abs(one), abs(other)))) for end in (left, right)
    ]
    assert all(math.isfinite(end) and -0.01 <= end <= 100.01 for end in ends)


def test_a_bar_is_hidden_from_screen_readers() -> None:
    """The number is in the text beside it."""
    html = signed_bar(1, 2)
    assert dict(elements(html)[0][1])["aria-hidden"] == "true"
    assert seen(html) == ""
    assert harmless(html)
