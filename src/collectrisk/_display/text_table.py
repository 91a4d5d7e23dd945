"""Tables in plain text, whose columns are aligned in a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LINE_WIDTH = 80
"""The width of a terminal."""

LEAST_WIDTH = 8
"""Text that may be broken between any two characters is not broken into narrower lines than this."""

NO_BREAK = "\N{NO-BREAK SPACE}"
"""A space at which no line ends."""

_GAP = "  "

# Chinese, Japanese and Korean are written without spaces: a line may end between any two characters, but
# not before closing punctuation, nor after an opening bracket.
_WIDE = (
    r"\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60"
    r"\U00020000-\U0003fffd"
)
_CLOSING, _OPENING = r"、。，．；：！？）」』】》〉…”’,.;:!?)\]%", r"（「『【《〈“‘(\["
_BETWEEN_WORDS = "|".join(
    [
        r"(?<= )(?=[^ ])",
        rf"(?<=[{_WIDE}])(?<![{_OPENING}])(?=[^ {_CLOSING}])",
        rf"(?<=[^ {_OPENING}])(?=[{_WIDE}])(?![{_CLOSING}])",
    ]
)
_IN_NAMES = rf"{_BETWEEN_WORDS}|(?<=[_/])(?=\w)"
_BEFORE_BRACKETS = r"(?<= )(?=\()|(?=（)"
_NEVER = r"(?!)"

BREAKS = (
    (_BETWEEN_WORDS, _NEVER, _NEVER),
    (_BETWEEN_WORDS, _BETWEEN_WORDS, _NEVER),
    (_BETWEEN_WORDS, _BETWEEN_WORDS, _BEFORE_BRACKETS),
    (_IN_NAMES, _IN_NAMES, _BEFORE_BRACKETS),
)
"""Where names of columns, cells of text and cells of numbers are broken: the first that suffices is used."""


def display_width(text: str) -> int:
    """Return the number of columns of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    import unicodedata  # noqa: PLC0415  # not needed for most texts

    def width(character: str) -> int:
        if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
            return 0  # it is drawn over the one before it
        return 2 if unicodedata.east_asian_width(character) in "WF" else 1

    return sum(map(width, text))


def text_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], text_columns: int) -> str:
    """Return a table in aligned columns of plain text.

    If it is wider than a terminal, names of columns, cells of text and numbers are broken, in this order. If
    that is not enough, nothing is broken.

    Parameters
    ----------
    caption : str
        What the table shows.
    header : sequence of str
        The column names.
    rows : sequence of sequence of str
        The cells.
    text_columns : int
        The number of columns, from the left, that contain text instead of numbers.
    """
    is_text = [place < text_columns for place in range(len(header))]
    widths, breaks = _layout([header, *rows], is_text)

    def aligned(cells: Sequence[str], *, is_header: bool = False) -> Iterator[str]:
        patterns = [breaks[0] if is_header else breaks[1 if each else 2] for each in is_text]
        parts = [_broken(*each) for each in zip(cells, widths, patterns, strict=True)]
        height = max(map(len, parts))
        for part in parts:
            blank = [""] * (height - len(part))
            part[:] = blank + part if is_header else part + blank
        for line in zip(*parts, strict=True):
            padded = (
                _padded(text, width, left=left)
                for text, width, left in zip(line, widths, is_text, strict=True)
            )
            yield _GAP.join(padded).rstrip()

    head = list(aligned(header, is_header=True))
    body = [line for row in rows for line in aligned(row)]
    rule = "-" * max(map(display_width, [*head, *body]))
    return "\n".join([caption, rule, *head, rule, *body])


def _layout(lines: Sequence[Sequence[str]], is_text: Sequence[bool]) -> tuple[list[int], Sequence[str]]:
    """Return the width of each column, and where its cells are broken."""
    columns = list(zip(*lines, strict=True))
    widths = [max(map(display_width, column)) for column in columns]
    available = LINE_WIDTH - len(_GAP) * (len(widths) - 1)
    for breaks in BREAKS if sum(widths) > available else ():
        least = [
            max([_least(breaks[0], name), *(_least(breaks[1 if each else 2], cell) for cell in cells)])
            for (name, *cells), each in zip(columns, is_text, strict=True)
        ]
        if sum(least) <= available:
            for _ in range(sum(widths) - available):
                widths[max(range(len(widths)), key=lambda each: widths[each] - least[each])] -= 1
            return widths, breaks
    return widths, BREAKS[0]


def _least(pattern: str, cell: str) -> int:
    """Return the width of the column in which the lines of a cell end only where the pattern matches."""
    widest = max(display_width(part.rstrip()) for part in re.split(pattern, cell))
    return widest if cell.isascii() else max(widest, min(display_width(cell), LEAST_WIDTH))


def _broken(text: str, width: int, pattern: str) -> list[str]:
    """Return the lines of a text, each of which is as wide as the width allows."""
    if display_width(text) <= width:
        return [text.replace(NO_BREAK, " ")]
    lines = [""]
    for part in re.split(pattern, text):
        if lines[-1] and display_width(lines[-1] + part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return [line.rstrip().replace(NO_BREAK, " ") for line in lines]


def _padded(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - display_width(text))
    return text + space if left else space + text
