"""HTML elements. Whatever is not markup is text, and text is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk._errors import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

_UP, _DOWN = "rgb(204, 115, 30)", "rgb(64, 136, 180)"
_BARS = "position: relative; width: 7.5em; max-width: 100%; height: 0.9em"
_BAR = "position: absolute; top: 0.1em; height: 0.7em"


_PAGE_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 78em; margin: 0 auto; padding: 1em; }
h1 { line-height: 1.2; }
h2 { margin-top: 1.6em; }
@media screen {
  th[scope="row"] { position: sticky; left: 0; background: Canvas; }
}
td[style*="right"] { white-space: nowrap; }
@media (max-width: 40em) {
  body { font-size: 13px; padding: 0.6em; }
  h1 { font-size: 1.6em; }
}
@page { size: A4 landscape; margin: 12mm; }
@media print {
  body { font-size: 8pt; max-width: none; padding: 0; }
  div { overflow: visible !important; }
  h2, h3, caption, div:has(> h3) { break-after: avoid; }
  tr, li { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""
"""Tables that scroll on a screen are complete on paper."""


class Markup(str):
    """HTML that is not escaped again."""

    __slots__ = ()


def _escaped(text: str) -> str:
    if isinstance(text, Markup):
        return text
    from html import escape  # noqa: PLC0415  # not needed for scoring

    return escape(printable(text))


def element(tag: str, *children: str, **attributes: str | float) -> Markup:
    """Return an HTML or SVG element.

    Parameters
    ----------
    tag : str
        Its name.
    *children : str or Markup
        Its content; text is escaped.
    **attributes : str or float
        Its attributes; underscores become hyphens.
    """
    texts = {
        name.strip("_").replace("_", "-"): value if isinstance(value, str) else f"{value:.6g}"
        for name, value in attributes.items()
    }
    head = "".join(f' {name}="{_escaped(text)}"' for name, text in texts.items())
    return Markup(f"<{tag}{head}>{''.join(map(_escaped, children))}</{tag}>")


def page(*parts: str) -> Markup:
    """Return parts one below the other; a part that is too wide scrolls horizontally."""
    scrolled = (element("div", part, style="overflow-x: auto") for part in parts)
    return element("div", *scrolled, style="text-align: left; line-height: 1.45; overflow-wrap: break-word")


def standalone(title: str, language: str, sections: Mapping[str, Markup]) -> str:
    """Return sections below a title and links to them as a file of HTML, which fetches nothing."""
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", title),
        element("style", Markup(_PAGE_STYLE)),
    )
    links, parts = [], []
    for place, (name, content) in enumerate(sections.items(), start=1):
        links.append(element("li", element("a", name, href=f"#section-{place}")))
        parts.append(element("section", element("h2", name), content, id=f"section-{place}"))
    body = element("body", element("h1", title), element("nav", element("ul", *links)), *parts)
    return f"<!doctype html>\n{element('html', head, body, lang=language)}\n"


def shortened(text: str, max_length: int = 80) -> str:
    """Return a text, truncated if it is too long to be read at a glance."""
    return text if len(text) <= max_length else text[: max_length - 1] + "…"


def bar(low: float, high: float, limit: float) -> Markup:
    """Return a bar from `low` to `high` points; zero is in the middle and `limit` at the edges.

    The text beside a bar states the number. The two colours are distinguishable with colour vision
    deficiency, on light and on dark pages.
    """
    segments = [
        element("div", style=f"{_BAR}; left: {left:.4g}%; width: {right - left:.4g}%; background: {colour}")
        for start, end, colour in ((low, min(high, 0.0), _DOWN), (max(low, 0.0), high, _UP))
        if start < end
        for left, right in [(50 + 50 * (start / limit), 50 + 50 * (end / limit))]
    ]
    zero = element("div", style="position: absolute; left: 50%; height: 0.9em; border-left: 1px solid")
    return element("div", *segments, zero, aria_hidden="true", style=_BARS)


def signed_bar(points: float, limit: float) -> Markup:
    """Return a bar from zero to some points."""
    return bar(min(points, 0.0), max(points, 0.0), limit)
