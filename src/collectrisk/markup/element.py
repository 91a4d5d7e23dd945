"""Elements of HTML. Whatever is not markup already is text, and text is escaped."""

from __future__ import annotations

__all__ = ["Markup", "element", "page", "shortened"]

_MEANT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "\r": " "}
_UNSEEN = (
    *(code for code in range(0x20) if chr(code) not in "\t\n\r"),
    *range(0x7F, 0xA0),
    *range(0x202A, 0x202F),  # these and the next turn the direction of what follows them
    *range(0x2066, 0x206A),
    *range(0xD800, 0xE000),  # half a character, which no file can hold
)
_ESCAPES = str.maketrans({**dict.fromkeys(map(chr, _UNSEEN), "\ufffd"), **_MEANT})


class Markup(str):
    """HTML that is ready, and is not escaped again."""

    __slots__ = ()


def _escaped(text: str) -> str:
    return text if isinstance(text, Markup) else text.translate(_ESCAPES)


def element(tag: str, *children: str, **attributes: str | float) -> Markup:
    """Return an element of HTML or SVG.

    Parameters
    ----------
    tag : str
        Its name.
    *children : str or Markup
        What it holds: markup as it is, any other text escaped.
    **attributes : str or float
        Its attributes; an underscore stands for a hyphen.
    """
    head = "".join(
        f' {name.strip("_").replace("_", "-")}="{_told(value)}"' for name, value in attributes.items()
    )
    return Markup(f"<{tag}{head}>{''.join(map(_escaped, children))}</{tag}>")


def _told(value: str | float) -> str:
    return _escaped(value) if isinstance(value, str) else f"{value:.6g}"


def page(*parts: str) -> Markup:
    """Return parts one below the other; what is too wide for the screen is scrolled by itself."""
    scrolled = (element("div", part, style="overflow-x: auto") for part in parts)
    return element("div", *scrolled, style="text-align: left; line-height: 1.45; overflow-wrap: break-word")


def shortened(text: str, longest: int = 80) -> str:
    """Return a text, cut where it is too long to be read at a glance."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
