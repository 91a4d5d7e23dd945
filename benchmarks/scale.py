"""Rows per second and peak memory of each method to score a large Parquet file, each in a new process.

    python benchmarks/scale.py 1000000 10000000 --methods shell polars --folder DIRECTORY

The file has a million simulated accounts, all eight fields, again and again. It is written to the folder
unless it is there, and needs 10 bytes a row; the result needs 15 more, and is removed.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

import attrs
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

import collectrisk as cr

SCRIPT = Path(__file__).with_name("scale_process.py")
METHODS = ("shell", "polars", "duckdb", "spark", "eager")
ROWS = (1_000_000, 10_000_000)
EAGER_ROWS = 20_000_000
"""An eager frame is in memory: more rows are left out."""
PART = 1_000_000
POLL = 0.05
"""The interval, in seconds, at which the memory is read."""
BILLION = 1_000_000_000
CLUSTER_CORES = 100


@attrs.frozen
class Run:
    """What one run took: seconds of the clock and of all cores, and bytes of memory."""

    rows: int
    seconds: float
    cpu: float
    memory: int
    said: str


def source(folder: Path, rows: int) -> Path:
    """Return the file with this number of accounts, a million in each row group."""
    path = folder / f"accounts-{rows}.parquet"
    if path.exists():
        return path
    part = cr.simulate_portfolio(min(rows, PART), seed=1, backend="pyarrow").select([*cr.RuleScorer().fields])
    unfinished = path.with_suffix(".unfinished")
    with pq.ParquetWriter(unfinished, part.schema) as writer:
        for start in range(0, rows, PART):
            writer.write_table(part.slice(0, min(PART, rows - start)))
    return unfinished.rename(path)


def run(method: str, rows: int, path: Path, folder: Path) -> Run:
    """Score a file in a new process, and look at the memory of it and its children."""
    target = folder / f"scored-by-{method}.parquet"
    shutil.rmtree(target, ignore_errors=True)
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, SCRIPT, method, path, target],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        watched = Watched(process.pid)
        watcher = threading.Thread(target=watched.watch)
        watcher.start()
        said = process.communicate()[0]
        watched.done.set()
        watcher.join()
    seconds = time.perf_counter() - start
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, method)
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink()
    return Run(rows, seconds, sum(watched.cpu.values()), watched.peak, said.strip())


@attrs.define
class Watched:
    """The memory and the processor time of all processes of a session, such as Spark's own."""

    session: int
    peak: int = 0
    cpu: dict[str, float] = attrs.Factory(dict)
    done: threading.Event = attrs.Factory(threading.Event)

    def watch(self) -> None:
        """Look until it is done."""
        page, ticks = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
        while not self.done.wait(POLL):
            resident = 0
            for process in Path("/proc").glob("[0-9]*"):
                # The name of a process may contain spaces and brackets.
                fields = _read(process / "stat").rpartition(") ")[2].split()
                if fields and int(fields[3]) == self.session:
                    resident += page * int(fields[21])
                    self.cpu[process.name] = (int(fields[11]) + int(fields[12])) / ticks
            self.peak = max(self.peak, resident)


def _read(path: Path) -> str:
    """Return the text of a file; none if it is of a process that has ended."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _setup() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("polars", "duckdb", "pyspark", "numpy"))
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    machine = f"{os.cpu_count()} cores, {pages * page / 2**30:.0f} GiB"
    return f"{machine}, Python {platform.python_version()}, {libraries}"


def main() -> None:
    """Measure the chosen methods and sizes, one after the other, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("rows", nargs="*", type=int, default=ROWS, help="rows of the file")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument("--folder", type=Path, help="where files are written; by default a temporary one")
    options = parser.parse_args()
    headers = ["rows", "method", "seconds", "rows/s", "peak memory", "core seconds"]
    computed = [f"{BILLION:,} rows", f"on {CLUSTER_CORES} cores"]
    table = Table(*headers, *computed, title=_setup())
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        fewest: dict[str, Run] = {}
        for rows in options.rows:
            path = source(folder, rows)
            for method in options.methods:
                if method == "eager" and rows > EAGER_ROWS:
                    continue
                one = run(method, rows, path, folder)
                table.add_row(*_cells(method, one, fewest.setdefault(method, one)))
                if one.said:
                    print(f"{method}, {rows:,} rows: {one.said}")
    Console(width=None if Console().is_terminal else 130).print(table)


def _cells(method: str, one: Run, fewest: Run) -> list[str]:
    """Return the cells of a run, and what a further billion rows would take, if there were fewer before."""
    rate, memory = one.rows / one.seconds, one.memory / 2**20
    cells = [
        f"{one.rows:,}",
        method,
        f"{one.seconds:.1f}",
        f"{rate:,.0f}",
        f"{memory:,.0f} MiB",
        f"{one.cpu:.1f}",
    ]
    if one.rows == fewest.rows:
        return cells
    # The difference leaves out what does not depend on the rows: imports, and the start of Spark.
    by_billion = BILLION * (one.cpu - fewest.cpu) / (one.rows - fewest.rows)
    return [*cells, f"{by_billion:,.0f} core seconds", f"{by_billion / CLUSTER_CORES:,.0f} s"]


if __name__ == "__main__":
    main()
