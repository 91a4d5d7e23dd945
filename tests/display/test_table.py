"""Tables: aligned as text, and escaped in HTML."""

from __future__ import annotations

import pytest
from html_reading import HOSTILE, elements, harmless, seen, tags

from collectrisk._display import Table, element, table

TABLE = Table("fruit", ("name", "number"), (("apple", "3"), ("fig", "1,000")))


def test_text_is_aligned_in_columns() -> None:
    assert TABLE.as_text().splitlines() == [
        "fruit",
        "-------------",
        "name   number",
        "-------------",
        "apple       3",
        "fig     1,000",
    ]


def test_words_are_aligned_to_the_left() -> None:
    aligned = Table("fruit", ("name", "colour"), (("fig", "blue"), ("apple", "red")), words=2)
    assert aligned.as_text().splitlines()[4:] == ["fig    blue", "apple  red"]
    assert "right" not in aligned.as_html()


def test_html_holds_the_same_cells() -> None:
    assert seen(TABLE.as_html()) == "fruitnamenumberapple3fig1,000"
    assert tags(TABLE.as_html()) == {"table", "caption", "thead", "tbody", "tr", "th", "td"}


def test_every_header_says_what_it_is_the_header_of() -> None:
    scopes = [dict(attributes)["scope"] for tag, attributes in elements(TABLE.as_html()) if tag == "th"]
    assert scopes == ["col", "col", "row", "row"]


def test_figures_are_aligned_to_the_right() -> None:
    styles = [str(dict(attributes)["style"]) for tag, attributes in elements(TABLE.as_html()) if tag == "td"]
    assert [style.rpartition(" ")[2] for style in styles] == ["right", "right"]


def test_html_takes_its_colours_from_the_page() -> None:
    """So that it reads on a light and on a dark page."""
    html = TABLE.as_html()
    assert "currentColor" in html
    assert [word for word in ("#", "rgb", "background", "white", "black") if word in html] == []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_can_break_out_of_its_cell(text: str) -> None:
    html, plain = (Table(each, (each, each), ((each, each),)).as_html() for each in (text, "fig"))
    assert elements(html) == elements(plain)
    assert harmless(html)


def test_a_cell_may_hold_markup() -> None:
    html = table("fruit", ("name", "seen"), [("fig", element("b", "<ripe>"))])
    assert "<b>&lt;ripe&gt;</b>" in html
    assert "width: 100%" in html
