"""Markdown, as CommonMark with the tables of GitHub. Text is escaped."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from collectrisk._errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# An underscore within a word, as in the name of a field, has no meaning.
_SPECIAL = re.compile(r"[\\`*\[\]<>|&~$]|(?<!\w)_|_(?!\w)")
_AT_START = re.compile(r"^(\s*)(?:([#+=-])|(\d+)([.)]))(?=\s|$|[#=-])")


def escaped(text: str) -> str:
    """Return text as Markdown that shows it, on one line."""
    return _SPECIAL.sub(r"\\\g<0>", printable(text, one_line=True))


_ITEM = "- "


def _line(text: str) -> str:
    item = _ITEM if text.startswith(_ITEM) else ""
    text = escaped(text.removeprefix(item))
    return item + _AT_START.sub(lambda match: f"{match[1]}{match[3] or ''}\\{match[2] or match[4]}", text)


def markdown_text(text: str) -> str:
    """Return plain text as Markdown; lines that start with a hyphen are a list, and others end as they do."""
    lines = text.splitlines()
    ends = [_end(*pair) for pair in pairwise(lines)]
    return "".join(_line(line) + end for line, end in zip(lines, [*ends, ""], strict=False))


def _end(line: str, following: str) -> str:
    if following.startswith(_ITEM):
        return "\n"
    # Two spaces at the end of a line keep the line break.
    return "\n\n" if line.startswith(_ITEM) else "  \n"


def markdown_table(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], text_columns: int
) -> str:
    """Return a table below its caption; the columns after the first `text_columns` contain numbers."""
    rule = ["---" if place < text_columns else "---:" for place in range(len(header))]
    lines = [list(map(escaped, header)), rule, *(list(map(escaped, row)) for row in rows)]
    return "\n".join([markdown_text(caption), "", *(f"| {' | '.join(cells)} |" for cells in lines)])
