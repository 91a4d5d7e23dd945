"""HTML elements. Whatever is not markup is text, and text is escaped."""

from __future__ import annotations

from collectrisk._errors import printable

_UP, _DOWN = "rgb(204, 115, 30)", "rgb(64, 136, 180)"
_BARS = "position: relative; width: 7.5em; max-width: 100%; height: 0.9em"
_BAR = "position: absolute; top: 0.1em; height: 0.7em"


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
