"""Rows divided into parts that fit in memory, by the hash of a key, in temporary files."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import attrs
import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

BUFFERED_ROWS = 1_000_000
"""This many rows are in memory before they are written."""

PART = "__collectrisk_part"


@attrs.define
class Spill:
    """Rows in parts; all rows with the same key are in the same part, whatever the file.

    Attributes
    ----------
    directory : Path
        The directory of the temporary files.
    name : str
        The first part of the files' names.
    key : polars.Expr
        The key, whose hash decides.
    count : int
        The number of parts.
    """

    directory: Path
    name: str
    key: pl.Expr
    count: int
    _buffers: defaultdict[int, list[pl.DataFrame]] = attrs.Factory(lambda: defaultdict(list))
    _files: defaultdict[int, list[Path]] = attrs.Factory(lambda: defaultdict(list))
    _rows: int = attrs.field(init=False, default=0)

    def add(self, rows: pl.DataFrame) -> None:
        """Add rows."""
        # Text and numbers of the same key have the same hash.
        placed = rows.with_columns((self.key.cast(pl.String).hash() % self.count).alias(PART))
        for (part,), own in placed.partition_by(PART, as_dict=True, include_key=False).items():
            self._buffers[int(part)].append(own)
        self._rows += len(rows)
        if self._rows >= BUFFERED_ROWS:
            self._flush()

    def _flush(self) -> None:
        for part, buffer in self._buffers.items():
            file = self.directory / f"{self.name}-{part}-{len(self._files[part])}.arrow"
            pl.concat(buffer).write_ipc_stream(file, compression="lz4")
            self._files[part].append(file)
        self._buffers.clear()
        self._rows = 0

    def take(self, part: int, empty: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of a part, and remove its files; `empty` has the columns without rows."""
        frames = [pl.read_ipc_stream(file) for file in self._files[part]]
        for file in self._files[part]:
            file.unlink()
        return pl.concat([empty, *frames, *self._buffers[part]])
