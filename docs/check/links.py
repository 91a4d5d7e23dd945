"""Find broken links in built pages, and files that they load from other sites."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOADING_ATTRIBUTES = {"src", "srcset", "poster", "data", "action"}
"""HTML attributes that make a browser load a file."""
CSS_REFERENCE = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


@attrs.define
class Page(HTMLParser):
    """The links of a page, the files that it loads, and its anchors."""

    path: Path
    links: list[str] = attrs.field(factory=list, init=False)
    loaded: list[str] = attrs.field(factory=list, init=False)
    anchors: set[str] = attrs.field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        """Read the page."""
        HTMLParser.__init__(self)
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record the links, files and anchors of an element."""
        for name, value in attrs:
            self._record(tag, name, value or "")

    def _record(self, tag: str, name: str, value: str) -> None:
        if name == "id" or (tag, name) == ("a", "name"):
            self.anchors.add(value)
        elif (tag, name) == ("a", "href"):
            self.links.append(value)
        elif name == "srcset":
            self.loaded += [part.split()[0] for part in value.split(",")]
        elif name in LOADING_ATTRIBUTES or name == "href":
            self.loaded.append(value)
        elif name == "style":
            self.loaded += loaded_by_style(value)


def loaded_by_style(style: str) -> list[str]:
    """Return the files that a style sheet loads."""
    return [url or imported for url, imported in CSS_REFERENCE.findall(style)]


def _is_local(link: str) -> bool:
    return not urlsplit(link).scheme and not link.startswith("//")


def _is_broken(link: str, source: Path, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    target = (source.parent / unquote(parts.path)).resolve() if parts.path else source
    anchor = unquote(parts.fragment)
    if target in pages:
        return bool(anchor) and anchor not in pages[target].anchors
    return not target.is_file()


def link_problems(site: Path) -> Iterator[str]:
    """Yield a line for each broken link, each missing file and each file from another site."""
    pages = {path: Page(path) for path in sorted(site.resolve().rglob("*.html"))}
    loaded = {path: page.loaded for path, page in pages.items()}
    for path in sorted(site.resolve().rglob("*.css")):
        loaded[path] = loaded_by_style(path.read_text(encoding="utf-8"))
    for path, files in loaded.items():
        for file in files:
            if not file or file.startswith("data:"):
                continue
            if not _is_local(file):
                yield f"{path}: {file} is loaded from another site"
            elif _is_broken(file, path, pages):
                yield f"{path}: the file {file} is missing"
    for path, page in pages.items():
        local = [link for link in page.links if _is_local(link)]
        yield from (f"{path}: the link {link} is broken" for link in local if _is_broken(link, path, pages))
