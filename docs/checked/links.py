"""Links and pictures of built pages: whether what they lead to is there, and is ours."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BRINGS_IN = {"src", "srcset", "poster", "data", "action"}
"""Attributes of a page that make a browser fetch something."""
IN_STYLES = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


@attrs.define
class Page(HTMLParser):
    """What a page links to, what it brings in, and the anchors that it has."""

    path: Path
    links: list[str] = attrs.field(factory=list, init=False)
    brought_in: list[str] = attrs.field(factory=list, init=False)
    anchors: set[str] = attrs.field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        """Read the page."""
        HTMLParser.__init__(self)
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element leads to."""
        for name, value in attrs:
            self._note(tag, name, value or "")

    def _note(self, tag: str, name: str, value: str) -> None:
        if name == "id" or (tag, name) == ("a", "name"):
            self.anchors.add(value)
        elif (tag, name) == ("a", "href"):
            self.links.append(value)
        elif name == "srcset":
            self.brought_in += [part.split()[0] for part in value.split(",")]
        elif name in BRINGS_IN or name == "href":
            self.brought_in.append(value)
        elif name == "style":
            self.brought_in += brought_in_by(value)


def brought_in_by(style: str) -> list[str]:
    """Return what a style sheet makes a browser fetch."""
    return [given or imported for given, imported in IN_STYLES.findall(style)]


def _is_inside(link: str) -> bool:
    return not urlsplit(link).scheme and not link.startswith("//")


def _dead(link: str, source: Path, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    target = (source.parent / unquote(parts.path)).resolve() if parts.path else source
    anchor = unquote(parts.fragment)
    if target in pages:
        return bool(anchor) and anchor not in pages[target].anchors
    return not target.is_file()


def dead_or_foreign(site: Path) -> Iterator[str]:
    """Yield a line for each link that leads nowhere and each thing that comes from another site."""
    pages = {path: Page(path) for path in sorted(site.resolve().rglob("*.html"))}
    brought_in = {path: page.brought_in for path, page in pages.items()}
    for path in sorted(site.resolve().rglob("*.css")):
        brought_in[path] = brought_in_by(path.read_text(encoding="utf-8"))
    for path, links in brought_in.items():
        fetched = [link for link in links if link and not link.startswith("data:")]
        yield from (f"{path}: {link} comes from elsewhere" for link in fetched if not _is_inside(link))
        yield from (
            f"{path}: {link} is not there"
            for link in fetched
            if _is_inside(link) and _dead(link, path, pages)
        )
    for path, page in pages.items():
        inside = [link for link in page.links if _is_inside(link)]
        yield from (f"{path}: {link} leads nowhere" for link in inside if _dead(link, path, pages))
