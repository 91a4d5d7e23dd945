"""Tables of words and figures, as plain text and as HTML."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from collectrisk.evaluation.measures import Interval

__all__ = ["Report", "Table", "count", "decimal", "names_only", "percent", "signed", "with_interval"]

ABSENT = "-"
"""Stands where a figure is not defined."""

# Lines in the text's own colour, so that the table reads on a light and on a dark page alike.
_LINE = "border-bottom: 1px solid currentColor"
_CELL = "padding: 0.15em 0.7em; text-align: "


@attrs.frozen
class Table:
    """A caption, a header, and rows; the first cell of a row says what the row is."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_text(self) -> str:
        """Return the table in columns of plain text."""
        lines = [self.header, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        texts = [_line(cells, widths) for cells in lines]
        rule = "-" * max(map(len, texts))
        return "\n".join([self.caption, rule, texts[0], rule, *texts[1:]])

    def as_html(self) -> str:
        """Return the table in HTML without scripts or style sheets, all text escaped."""
        head = "".join(_html_cell("th", cell, place, "col") for place, cell in enumerate(self.header))
        body = "".join(f"<tr>{_html_row(cells)}</tr>" for cells in self.rows)
        caption = f'<caption style="text-align: left">{html.escape(self.caption)}</caption>'
        return (
            '<table style="border-collapse: collapse; margin: 0.8em 0">'
            f'{caption}<thead><tr style="{_LINE}">{head}</tr></thead><tbody>{body}</tbody></table>'
        )


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    first, *others = (
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([first, *others]).rstrip()


def _html_row(cells: tuple[str, ...]) -> str:
    return "".join(
        _html_cell("td" if place else "th", cell, place, "row") for place, cell in enumerate(cells)
    )


def _html_cell(tag: str, text: str, place: int, scope: str) -> str:
    scoped = f' scope="{scope}"' if tag == "th" else ""
    style = f"{_CELL}{'right' if place else 'left'}"
    return f'<{tag}{scoped} style="{style}">{html.escape(text)}</{tag}>'


class Report:
    """The base of reports: a few tables, shown as text, in a notebook, or as plain data."""

    def tables(self) -> Iterable[Table]:
        """Return what the report shows, in order."""
        raise NotImplementedError

    def __str__(self) -> str:
        return "\n\n".join(table.as_text() for table in self.tables())

    def _repr_html_(self) -> str:
        return f"<div>{''.join(table.as_html() for table in self.tables())}</div>"

    def to_dict(self) -> dict[str, Any]:
        """Return the whole report as plain dictionaries, lists, texts and numbers, fit for JSON."""
        told: dict[str, Any] = _plain(self)
        return told


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        return {field.name: _plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, str) else value


def names_only(reports: dict[str, Any]) -> str:
    """Return the repr of reports by name, without the reports."""
    return repr(list(reports))


def count(value: float) -> str:
    """Return a number of accounts or visits."""
    return f"{value:,.0f}"


def percent(value: float | None) -> str:
    """Return a share or a rate; a tiny one is not told as none."""
    if value is None:
        return ABSENT
    return "<0.01%" if 0 < value < 0.00005 else f"{value:.2%}"


def decimal(value: float | None) -> str:
    """Return a figure to four decimals."""
    return ABSENT if value is None else f"{value:.4f}"


def signed(value: float | None) -> str:
    """Return a figure to four decimals with its sign."""
    return ABSENT if value is None else f"{value:+.4f}"


def with_interval(
    value: float | None, interval: Interval | None, form: Callable[[float | None], str] = decimal
) -> str:
    """Return a figure with its interval behind it, where it has one."""
    low_to_high = f" ({form(interval[0])} to {form(interval[1])})" if interval else ""
    return form(value) + low_to_high
