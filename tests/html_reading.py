"""Reads HTML as a browser would: its elements, and the visible text."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "' onmouseover='alert(1)",
    "</td></table></div><h1>mine",
    "&lt;b&gt; &#60;b&#62; &amp",
    "<!-- <![CDATA[ ]]> -->",
    "\x00\x1b[31m\x07\x7f\x85",
    "\u202egnorw eht yaw dnuor \u2066",
    "مرحبا שלום",
    "javascript:alert(1)",
    "long" * 5_000,
)
"""Texts that would be dangerous if they were not escaped."""

Element = tuple[str, tuple[tuple[str, str | None], ...]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)


def _read(html: str) -> _Reader:
    """Parse HTML; every element must be closed, and there must be no comments or declarations."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert (reader.open, reader.others) == ([], [])
    return reader


def elements(html: str) -> list[Element]:
    """Return every element with its attributes, in order."""
    return _read(html).elements


def tags(html: str) -> set[str]:
    """Return the set of tags."""
    return {tag for tag, _ in elements(html)}


def seen(html: str) -> str:
    """Return the visible text."""
    return "".join(_read(html).texts)


def harmless(html: str) -> bool:
    """Return whether HTML contains no scripts, loads nothing, and links to nothing."""
    names = {name for _, attributes in elements(html) for name, _ in attributes}
    values = [value or "" for _, attributes in elements(html) for _, value in attributes]
    fetched = [value for value in values if "url(" in value or "//" in value]
    runs = {name for name in names if name.startswith("on")} | names & {"href", "src", "xlink:href", "id"}
    return not (runs or fetched or tags(html) & {"script", "style", "link", "img", "a", "iframe", "form"})
