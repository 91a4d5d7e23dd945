"""Logs of random events as frames of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pyarrow as pa
from event_logs import Event, columns

if TYPE_CHECKING:
    from frame_kinds import FrameKind

TYPES = pa.schema(
    [
        ("account_id", pa.string()),
        ("happened_at", pa.timestamp("us")),
        ("recorded_at", pa.timestamp("us")),
        ("event", pa.string()),
        ("amount", pa.float64()),
        ("due_on", pa.date32()),
        ("channel", pa.string()),
    ]
)


def typed(kind: FrameKind, events: list[Event]) -> Any:
    """Return a log as a frame whose columns have types even if they contain nulls only."""
    table = pa.table(columns(events), schema=TYPES)
    if kind.name == "polars lazy":
        return pl.LazyFrame(pl.from_arrow(table))
    makers = {
        "pandas": table.to_pandas,
        "pyarrow": lambda: table,
        "polars": lambda: pl.from_arrow(table),
        "DuckDB": lambda: duckdb.from_arrow(table),
    }
    return makers[kind.name]()
