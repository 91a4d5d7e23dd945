"""Tables: aligned as text, and escaped in HTML."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectrisk.evaluation.tables import Report, Table, count, decimal, percent, signed, with_interval

TABLE = Table("fruit", ("name", "number"), (("apple", "3"), ("fig", "1,000")))


class Cells(HTMLParser):
    """Collects what a browser would show, and every tag."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  # the base class names it
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def parsed(html: str) -> Cells:
    cells = Cells()
    cells.feed(html)
    cells.close()
    return cells


def test_text_is_aligned_in_columns() -> None:
    assert TABLE.as_text().splitlines() == [
        "fruit",
        "-------------",
        "name   number",
        "-------------",
        "apple       3",
        "fig     1,000",
    ]


def test_html_holds_the_same_cells() -> None:
    cells = parsed(TABLE.as_html())
    assert cells.texts == ["fruit", "name", "number", "apple", "3", "fig", "1,000"]
    assert cells.tags == {"table", "caption", "thead", "tbody", "tr", "th", "td"}


def test_html_takes_its_colours_from_the_page() -> None:
    """So that it reads on a light and on a dark page."""
    html = TABLE.as_html()
    assert "currentColor" in html
    assert [word for word in ("#", "rgb", "background", "white", "black") if word in html] == []


@given(st.text(min_size=1))
def test_no_text_can_break_out_of_its_cell(text: str) -> None:
    hostile = f"<script>alert('{text}')</script>\"&lt;<img src=x onerror=alert(1)>"
    html = Table(hostile, (hostile, hostile), ((hostile, hostile),)).as_html()
    assert parsed(html).tags == {"table", "caption", "thead", "tbody", "tr", "th", "td"}


def test_a_report_without_tables_is_not_finished() -> None:
    with pytest.raises(NotImplementedError):
        Report().tables()


def test_figures_are_written_alike() -> None:
    assert (count(12_345), decimal(0.12345), signed(0.5)) == ("12,345", "0.1235", "+0.5000")
    assert [percent(value) for value in (0.0, 0.00001, 0.0005, 0.123)] == [
        "0.00%",
        "<0.01%",
        "0.05%",
        "12.30%",
    ]
    assert (decimal(None), signed(None), percent(None)) == ("-", "-", "-")


def test_an_interval_stands_behind_its_figure() -> None:
    assert with_interval(0.5, (0.4, 0.6), percent) == "50.00% (40.00% to 60.00%)"
    assert with_interval(0.5, None) == "0.5000"
    assert with_interval(None, None) == "-"
