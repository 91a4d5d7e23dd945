"""Scores the frame of a Parquet file, and prints the peak memory in bytes without the output columns."""

from __future__ import annotations

import ctypes
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Callable

STATUS = Path("/proc/self/status")
RESET_PEAK = "5"
OUTPUTS = ["visit_probability", "channel"]


def kilobytes(key: str) -> int:
    line = next(line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith(key))
    return int(line.split()[1])


READ: dict[str, Callable[[str], Any]] = {
    "pandas": pd.read_parquet,
    "polars": pl.read_parquet,
    "pyarrow": pq.read_table,
}


def _size(kind: str, frame: Any) -> int:
    """Return the bytes of the output columns."""
    if kind == "pandas":
        return int(frame[OUTPUTS].memory_usage(index=False, deep=True).sum())
    if kind == "polars":
        return int(frame.select(OUTPUTS).estimated_size())
    return int(frame.select(OUTPUTS).nbytes)


def main() -> None:
    """Print one number."""
    kind, path = sys.argv[1:]
    frame, scorer = READ[kind](path), cr.RuleScorer()
    scorer.assess_frame(frame[:100_000])
    gc.collect()
    # Memory left over from reading the file would be reused, and hide what scoring needs.
    pa.default_memory_pool().release_unused()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text(RESET_PEAK, encoding="ascii")
    before = kilobytes("VmRSS")
    scored = scorer.assess_frame(frame)
    sys.stdout.write(str((kilobytes("VmHWM") - before) * 1024 - _size(kind, scored)))


if __name__ == "__main__":
    main()
