"""The file that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from collectrisk._cli.delimited import Dialect


def sink(frame: pl.LazyFrame, path: Path, suffix: str, dialect: Dialect | None) -> None:
    """Write a lazy frame; a CSV file made from a CSV file keeps its dialect."""
    if suffix == ".parquet":
        frame.sink_parquet(path)
        return
    frame.sink_csv(
        path,
        separator=dialect.delimiter if dialect else ",",
        include_bom=dialect is not None and dialect.byte_order_mark,
    )
