"""Data frames of every kind: reading and validating columns, running a formula, adding the results.

Importing this package loads NumPy and narwhals, so the light modules import it inside functions.
"""

from __future__ import annotations

from collectrisk._frames.blocks import plain_columns
from collectrisk._frames.columns import kind_of, open_table, require_same_index, values_of
from collectrisk._frames.counting import count_lazily
from collectrisk._frames.engines import null_columns, quoted, refuse_duplicates, refuse_qualified
from collectrisk._frames.inputs import input_report
from collectrisk._frames.labels import visit_class
from collectrisk._frames.mapped import ordinal_day
from collectrisk._frames.native import as_narwhals, is_sparse, not_a_frame, open_frame
from collectrisk._frames.rows import map_rows
from collectrisk._frames.score import (
    account_rows,
    assess_and_report,
    assess_frame,
    log_odds_of,
    read_accounts,
    read_row,
    visit_probabilities,
)
from collectrisk._frames.training import column_specs, is_named, read_columns
from collectrisk._namespaces.masked import unmasked

__all__ = [
    "account_rows",
    "as_narwhals",
    "assess_and_report",
    "assess_frame",
    "column_specs",
    "count_lazily",
    "input_report",
    "is_named",
    "is_sparse",
    "kind_of",
    "log_odds_of",
    "map_rows",
    "not_a_frame",
    "null_columns",
    "open_frame",
    "open_table",
    "ordinal_day",
    "plain_columns",
    "quoted",
    "read_accounts",
    "read_columns",
    "read_row",
    "refuse_duplicates",
    "refuse_qualified",
    "require_same_index",
    "unmasked",
    "values_of",
    "visit_class",
    "visit_probabilities",
]
