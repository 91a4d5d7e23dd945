"""Documents: blocks as plain text, as HTML and in a notebook; tables aligned and escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from html_reading import HOSTILE, elements, harmless, seen, tags

from collectrisk._display.document import Block, Document, html_table, table
from collectrisk._display.html import element

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._display.html import Markup
    from collectrisk._typing import Language


class Greeting(Document):
    """A document with all kinds of blocks."""

    def _blocks(self, language: Language) -> Iterator[Block]:
        hello = {"en": "Hello", "zh": "你好"}[language]
        yield Block(hello, lambda: element("b", hello))
        yield Block(text="plain text only")
        yield Block(html=lambda: element("i", "<HTML only>"))


def fruit(*rows: tuple[str, ...], text_columns: int = 1) -> Block:
    return table("fruit", ("name", "number"), rows, text_columns)


def html_of(block: Block) -> Markup:
    assert block.html is not None
    return block.html()


TABLE = fruit(("apple", "3"), ("fig", "1,000"))


def test_the_plain_text_consists_of_the_blocks_with_text() -> None:
    assert str(Greeting()) == "Hello\n\nplain text only"


def test_the_plain_text_has_no_control_characters() -> None:
    """A terminal would obey them, and the name of a card's field may contain them."""

    class Hostile(Document):
        def _blocks(self, language: Language) -> Iterator[Block]:
            yield Block(f"{language}\x1b[2J\u202e")
            yield fruit(("\x9b31m", "1"))

    text = str(Hostile())
    assert text.startswith("en\\x1b[2J\\u202e\n\nfruit\n---")
    assert "\n\\u009b31m" in text


def test_the_html_consists_of_the_blocks_with_html() -> None:
    assert seen(Greeting().to_html()) == "Hello<HTML only>"
    assert seen(Greeting().to_html("zh")) == "你好<HTML only>"
    assert harmless(Greeting().to_html())


def test_a_notebook_shows_the_html() -> None:
    assert Greeting()._repr_html_() == Greeting().to_html()


def test_the_base_class_leaves_the_blocks_to_subclasses() -> None:
    with pytest.raises(NotImplementedError):
        str(Document())


def test_text_is_aligned_in_columns() -> None:
    assert str(TABLE.text).splitlines() == [
        "fruit",
        "-------------",
        "name   number",
        "-------------",
        "apple       3",
        "fig     1,000",
    ]


def test_a_table_that_is_wider_than_a_terminal_is_broken_between_words() -> None:
    name, header = "a long name of something " * 3, ("the name of a fruit", "how many there are " * 3)
    block = table("fruit", header, [(name.strip(), "1"), ("fig", "2")])
    assert str(block.text).splitlines() == [
        "fruit",
        "-" * 80,
        " " * 43 + "how many there are how many there are",
        "the name of a fruit" + " " * 43 + "how many there are",
        "-" * 80,
        "a long name of something a long name of" + " " * 40 + "1",
        "something a long name of something",
        "fig" + " " * 76 + "2",
    ]


def test_cells_of_text_are_not_broken_if_the_names_of_columns_can_be() -> None:
    name = "a long name of something " * 2
    block = table("fruit", ("fruit", "how many there are"), [(name.strip(), "1" * 17)], text_columns=1)
    assert len(str(block.text).splitlines()) == 5
    block = table("fruit", ("fruit", "how many there are " * 2), [(name.strip(), "1" * 17)], text_columns=1)
    assert str(block.text).splitlines()[4:] == ["-" * 80, f"{name.strip()}{'1' * 17:>31}"]


def test_the_names_of_columns_stand_on_the_line_below_them() -> None:
    head, body = html_of(TABLE).split("<tbody>")
    assert (head.count("vertical-align: bottom"), head.count("vertical-align: top")) == (2, 0)
    assert (body.count("vertical-align: bottom"), body.count("vertical-align: top")) == (0, 4)


def test_a_table_whose_numbers_are_wider_than_a_terminal_is_not_broken() -> None:
    block = table("fruit", ("the name of a fruit", "number"), [("fig " * 3, "1" * 80)])
    assert str(block.text).splitlines()[1:3] == ["-" * 101, "the name of a fruit" + " " * 76 + "number"]


def test_columns_of_text_are_aligned_to_the_left() -> None:
    aligned = fruit(("fig", "blue"), ("apple", "red"), text_columns=2)
    assert str(aligned.text).splitlines()[4:] == ["fig    blue", "apple  red"]
    assert "right" not in html_of(aligned)


def test_the_html_has_the_same_cells() -> None:
    assert seen(html_of(TABLE)) == "fruitnamenumberapple3fig1,000"
    assert tags(html_of(TABLE)) == {"table", "caption", "thead", "tbody", "tr", "th", "td"}


def test_every_header_states_its_scope() -> None:
    scopes = [dict(attributes)["scope"] for tag, attributes in elements(html_of(TABLE)) if tag == "th"]
    assert scopes == ["col", "col", "row", "row"]


def test_numbers_are_aligned_to_the_right() -> None:
    styles = [str(dict(attributes)["style"]) for tag, attributes in elements(html_of(TABLE)) if tag == "td"]
    assert [style.rpartition(" ")[2] for style in styles] == ["right", "right"]


def test_the_html_takes_its_colours_from_the_page() -> None:
    """So that it is readable on a light and on a dark page."""
    html = html_of(TABLE)
    assert "currentColor" in html
    assert [word for word in ("#", "rgb", "background", "white", "black") if word in html] == []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_cannot_escape_from_its_cell(text: str) -> None:
    html, plain = (html_of(table(each, (each, each), ((each, each),))) for each in (text, "fig"))
    assert elements(html) == elements(plain)
    assert harmless(html)


def test_a_cell_may_contain_markup() -> None:
    html = html_table("fruit", ("name", "look"), [("fig", element("b", "<ripe>"))])
    assert "<b>&lt;ripe&gt;</b>" in html
    assert "width: 100%" in html
