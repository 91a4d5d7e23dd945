"""The one way in which HTML is made: escaped elements, tables and small drawings, and nothing that runs."""

from __future__ import annotations

from collectrisk.markup.drawing import bar, columns, line, marker
from collectrisk.markup.element import Markup, element, page, shortened
from collectrisk.markup.table import Table, Tabled, table

__all__ = [
    "Markup",
    "Table",
    "Tabled",
    "bar",
    "columns",
    "element",
    "line",
    "marker",
    "page",
    "shortened",
    "table",
]
