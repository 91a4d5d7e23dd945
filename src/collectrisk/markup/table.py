"""Tables of words and figures, as plain text and as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from collectrisk.markup.element import Markup, element, page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Table", "Tabled", "table"]

# Lines in the text's own colour, so that a table reads on a light and on a dark page alike.
_LINE = "border-bottom: 1px solid currentColor"
_TABLE = "border-collapse: collapse; margin: 0.8em 0; text-align: left"
_CAPTION = "text-align: left; caption-side: top; padding: 0.3em 0"
_CELL = "padding: 0.25em 0.8em 0.25em 0; vertical-align: top; text-align: "


def table(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, words: int | None = None
) -> Markup:
    """Return a table in HTML without scripts or style sheets.

    Parameters
    ----------
    caption : str
        What the table shows.
    header : sequence of str
        The columns' names.
    rows : iterable of sequence of str or Markup
        The cells; the first of a row says what the row is.
    words : int, optional
        How many columns, from the left, hold words rather than figures. By default all of them
        do, and the table is as wide as a reader likes.
    """
    filled = "; width: 100%; max-width: 58em" if words is None else ""
    words = len(header) if words is None else words
    head = [_cell("th", cell, place < words, scope="col") for place, cell in enumerate(header)]
    return element(
        "table",
        element("caption", caption, style=_CAPTION),
        element("thead", element("tr", *head, style=_LINE)),
        element("tbody", *(_row(cells, words) for cells in rows)),
        style=_TABLE + filled,
    )


def _row(cells: Sequence[str], words: int) -> Markup:
    first, *others = cells
    return element(
        "tr",
        _cell("th", first, words > 0, scope="row"),
        *(_cell("td", cell, place < words) for place, cell in enumerate(others, start=1)),
    )


def _cell(tag: str, text: str, is_word: bool, **attributes: str) -> Markup:  # noqa: FBT001  # it reads well where it is called
    return element(tag, text, style=f"{_CELL}{'left' if is_word else 'right'}", **attributes)


@attrs.frozen
class Table:
    """A caption, a header, and rows of text; the first cell of a row says what the row is.

    `words` is how many columns, from the left, hold words rather than figures.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = attrs.field(default=1, kw_only=True)

    def as_text(self) -> str:
        """Return the table in columns of plain text."""
        lines = [self.header, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        texts = [self._line(cells, widths) for cells in lines]
        rule = "-" * max(map(len, texts))
        return "\n".join([self.caption, rule, texts[0], rule, *texts[1:]])

    def _line(self, cells: tuple[str, ...], widths: list[int]) -> str:
        placed = (
            cell.ljust(width) if place < self.words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(placed).rstrip()

    def as_html(self) -> Markup:
        """Return the table in HTML, all text escaped."""
        return table(self.caption, self.header, self.rows, words=self.words)


class Tabled:
    """The base of what shows itself in tables, as text and in a notebook."""

    def tables(self) -> Iterable[Table]:
        """Return the tables, in order."""
        raise NotImplementedError

    def __str__(self) -> str:
        return "\n\n".join(table.as_text() for table in self.tables())

    def to_html(self) -> str:
        """Return the tables in HTML: they take their colours from the page, and nothing in them runs."""
        return page(*(table.as_html() for table in self.tables()))

    def _repr_html_(self) -> str:
        return self.to_html()
