"""Keep the lines of code blocks that fit the page, and let blocks with long sentences wrap."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MAX_WIDTH = 88
"""The number of Latin letters in a line of a page at its maximum width."""


def width(line: str) -> int:
    """Return the width of a line in Latin letters; a Chinese character is as wide as two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def keep_lines(_app: Sphinx, page: nodes.document) -> None:
    """Mark the blocks all of whose lines fit the page; on a phone they scroll."""
    for kind in (nodes.literal_block, nodes.doctest_block):
        for block in page.findall(kind):
            if all(width(line) <= MAX_WIDTH for line in block.astext().splitlines()):
                block["classes"].append("unbroken")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step."""
    app.connect("doctree-read", keep_lines)
    return {"parallel_read_safe": True}
