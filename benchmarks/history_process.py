"""Computes the fields of a file of events, and prints the peak memory in bytes and the processor time.

The memory of an eager frame that was read before is not counted.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import time
from pathlib import Path

import polars as pl

from benchmarks.history import by_hand, by_library
from benchmarks.memory_process import RESET_PEAK, kilobytes


def main() -> None:
    """Print two numbers."""
    kind, side, path = sys.argv[1:]
    frame = pl.read_parquet(path) if kind == "eager" else pl.scan_parquet(path)
    run = by_library if side == "ours" else lambda events: by_hand(events.lazy()).collect()
    gc.collect()
    # Memory left over from reading the file would be reused, and hide what is needed.
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text(RESET_PEAK, encoding="ascii")
    before, start = kilobytes("VmRSS"), time.process_time()
    fields = run(frame)
    seconds = time.process_time() - start
    sys.stdout.write(f"{(kilobytes('VmHWM') - before) * 1024} {seconds}")
    assert len(fields), "a log has accounts"  # so that the result is kept until here


if __name__ == "__main__":
    main()
