"""Frames of every kind. NumPy and narwhals are loaded when the first frame arrives, not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk.later import on_first_use

if TYPE_CHECKING:
    from collectrisk.frames.rows import plain_columns, row_by_row
    from collectrisk.frames.score import assess_frame, visit_probabilities
    from collectrisk.frames.values import count_rows, values_of

__all__ = ["assess_frame", "count_rows", "plain_columns", "row_by_row", "values_of", "visit_probabilities"]

__getattr__ = on_first_use(
    __name__,
    {
        "assess_frame": "collectrisk.frames.score",
        "count_rows": "collectrisk.frames.values",
        "plain_columns": "collectrisk.frames.rows",
        "row_by_row": "collectrisk.frames.rows",
        "values_of": "collectrisk.frames.values",
        "visit_probabilities": "collectrisk.frames.score",
    },
)
