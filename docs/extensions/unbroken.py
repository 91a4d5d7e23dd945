"""Blocks of code and figures keep their lines, and scroll on a phone; those with long sentences wrap."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

WIDEST = 88
"""How many Latin letters stand side by side on a page that is as wide as it gets."""


def width(line: str) -> int:
    """Return how many Latin letters a line is as wide as; a Chinese character is as wide as two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def keep_lines(_app: Sphinx, page: nodes.document) -> None:
    """Mark the blocks of which every line has room."""
    for kind in (nodes.literal_block, nodes.doctest_block):
        for block in page.findall(kind):
            if all(width(line) <= WIDEST for line in block.astext().splitlines()):
                block["classes"].append("unbroken")


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx when to look."""
    app.connect("doctree-read", keep_lines)
    return {"parallel_read_safe": True}
