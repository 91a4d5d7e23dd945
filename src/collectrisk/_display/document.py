"""The one way to show a result: blocks, each with a plain-text form, an HTML form and a Markdown form."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from collectrisk._display.html import Markup, element, page
from collectrisk._display.markdown import escaped, markdown_table, markdown_text
from collectrisk._display.text_table import display_width, text_table
from collectrisk._errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from collectrisk._typing import Language

# Lines have the colour of the text, so that a table is readable on light and dark pages.
_LINE = "border-bottom: 1px solid currentColor"
_TABLE = "border-collapse: collapse; margin: 0.8em 0; text-align: left"
_CAPTION = "text-align: left; caption-side: top; padding: 0.3em 0"
_PARAGRAPH = "margin: 0.5em 0"
_CELL = "padding: 0.25em 0.8em 0.25em 0; vertical-align: top; text-align: "


class Block(NamedTuple):
    """A part of a document.

    Attributes
    ----------
    text : str or None
        Its plain text; None if it appears in HTML only.
    html : callable or None
        Returns its HTML; None if it appears in plain text only.
    markdown : callable or None
        Returns its Markdown; None if that is the plain text.
    """

    text: str | None = None
    html: Callable[[], Markup] | None = None
    markdown: Callable[[], str] | None = None

    def to_markdown(self) -> str | None:
        """Return its Markdown; None if it appears in HTML only."""
        if self.markdown is not None:
            return self.markdown()
        return None if self.text is None else markdown_text(self.text)


class Document:
    """The base class of results that are shown as plain text, as HTML, as Markdown and in a notebook."""

    _separator: ClassVar[str] = "\n\n"
    """What separates blocks of plain text."""

    def _blocks(self, language: Language) -> Iterable[Block]:
        raise NotImplementedError

    def _text(self, language: Language) -> str:
        texts = (block.text for block in self._blocks(language))
        return printable(self._separator.join(text for text in texts if text is not None))

    def to_html(self, language: Language = "en") -> str:
        """Return the result as HTML, as a notebook shows it.

        The HTML contains no scripts and fetches nothing, all text is escaped, and it is readable on
        light and dark pages.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the language is not supported.

        Examples
        --------
        >>> import collectrisk as cr
        >>> assessment = cr.RuleScorer().assess(cr.Borrower(amount_overdue=3_000, days_past_due=10))
        >>> "The account is 10 days past due" in assessment.to_html()
        True
        """
        return html_of(self._blocks(language))

    def to_markdown(self, language: Language = "en") -> str:
        r"""Return the result as Markdown, for a document or a review.

        All text is escaped. Tables are those of GitHub's Markdown.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the language is not supported.

        Examples
        --------
        >>> import collectrisk as cr
        >>> assessment = cr.RuleScorer().assess(cr.Borrower(amount_overdue=3_000, days_past_due=10))
        >>> "\n- The account is 10 days past due" in assessment.to_markdown()
        True
        """
        parts = (block.to_markdown() for block in self._blocks(language))
        return "\n\n".join(part for part in parts if part is not None) + "\n"

    def __str__(self) -> str:
        return self._text("en")

    def _repr_html_(self) -> str:
        return self.to_html()


class ExplainedDocument(Document):
    """The base class of results that explain themselves in words."""

    def explain(self, language: Language = "en") -> str:
        """Return the result as text.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the language is not supported.
        """
        return self._text(language)


def html_table(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, text_columns: int | None = None
) -> Markup:
    """Return an HTML table.

    Parameters
    ----------
    caption : str
        What the table shows.
    header : sequence of str
        The column names.
    rows : iterable of sequence of str or Markup
        The cells; the first of a row is its header.
    text_columns : int, optional
        The number of columns, from the left, that contain text instead of numbers. By default all,
        and the table is then as wide as is comfortable to read.
    """
    width = "; width: 100%; max-width: 58em" if text_columns is None else ""
    count = len(header) if text_columns is None else text_columns

    def row(cells: Sequence[str], tags: str, scope: str, style: str = "") -> Markup:
        across = ("left" if place < count else "right" for place in range(len(cells)))
        # The names of columns stand on the line, also where those that are out of sight are long.
        cell = _CELL if tags == "td" else _CELL.replace("top", "bottom")
        styles = [f"{cell}{each}" for each in across]
        first = element("th", cells[0], style=styles[0], scope=scope)
        others = (
            element(tags, cell, style=style, **({"scope": scope} if tags == "th" else {}))
            for cell, style in zip(cells[1:], styles[1:], strict=True)
        )
        return element("tr", first, *others, **({"style": style} if style else {}))

    return element(
        "table",
        element("caption", caption, style=_CAPTION),
        element("thead", row(header, "th", "col", _LINE)),
        element("tbody", *(row(cells, "td", "row") for cells in rows)),
        style=_TABLE + width,
    )


def table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], text_columns: int = 1) -> Block:
    """Return a table as a block; see `html_table`."""
    return Block(
        text_table(caption, header, rows, text_columns),
        partial(html_table, caption, header, rows, text_columns=text_columns),
        partial(markdown_table, caption, header, rows, text_columns),
    )


def html_paragraph(*children: str) -> Markup:
    """Return an HTML paragraph; see `element`."""
    return element("p", *children, style=_PARAGRAPH)


def html_of(blocks: Iterable[Block]) -> Markup:
    """Return the HTML of blocks, one below the other."""
    return page(*(block.html() for block in blocks if block.html is not None))


def blocks_of(document: Document, language: Language) -> Iterable[Block]:
    """Return the blocks of a document, as a part of another one."""
    return document._blocks(language)  # noqa: SLF001  # private to the package


def heading(text: str, *, level: int = 2) -> Block:
    """Return the heading of a section, or of a part of one, as a block."""
    line = "=" if level == 2 else "-"
    return Block(
        f"{text}\n{line * display_width(text)}",
        partial(element, f"h{level}", text),
        lambda: f"{'#' * level} {escaped(text)}",
    )


def listed(texts: Sequence[str]) -> Block:
    """Return a list of texts as a block."""
    return Block(
        "\n".join(f"- {text}" for text in texts),
        lambda: element("ul", *(element("li", text) for text in texts)),
    )


def paragraph(text: str) -> Block:
    """Return a text as a block."""
    return Block(text, partial(html_paragraph, text))
