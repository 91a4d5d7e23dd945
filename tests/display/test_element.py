"""Elements escape whatever is not markup already."""

from __future__ import annotations

import pytest
from html_reading import HOSTILE, elements, harmless, seen
from hypothesis import given
from hypothesis import strategies as st

from collectrisk._display import Markup, element, page, shortened

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


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x9f", "\u202e", "\u2069", "\ud800"])
def test_what_cannot_be_seen_is_replaced(character: str) -> None:
    """Else it could turn the direction of what follows, or break the file."""
    html = element("p", f"a{character}b")
    assert html == "<p>a\ufffdb</p>"
    assert html.encode()


def test_white_space_stays() -> None:
    assert element("p", "a\tb\nc\rd") == "<p>a\tb\nc d</p>"


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
