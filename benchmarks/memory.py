"""Peak memory, each size in a new process: it must not grow with the number of rows."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import collectrisk as cr
from benchmarks.measure import Line
from benchmarks.setting import FEATURES, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).with_name("memory_process.py")
MIB = 2**20
A_ROW = 1.0
"""More bytes than this for each further row are growth; less is the machine's page size and chance."""


def _parquet(folder: str, rows: int) -> Path:
    path = Path(folder) / f"{rows}.parquet"
    cr.simulate_portfolio(rows, seed=1, backend="polars")[FEATURES].write_parquet(path)
    return path


def _line(measured: str, small: int, large: int, rows: int) -> Line:
    """Return the line of two peaks in bytes, where the second has `rows` more rows."""
    growth = (large - small) / rows
    return Line(
        measured=measured,
        ours=f"{large / MIB:.1f} MiB",
        against="a quarter of the rows",
        its=f"{small / MIB:.1f} MiB",
        best=f"{growth:+.2f} B a row",
        median="",
        target=f"at most {A_ROW:g} B a row",
        met=growth <= A_ROW,
    )


def eager_frames(setting: Setting) -> Iterator[Line]:
    """Compare the peak beyond the output columns at two sizes."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = (_parquet(folder, rows) for rows in (setting.rows, 4 * setting.rows))
        for kind in ("pandas", "polars", "pyarrow"):
            extra = [_extra(kind, path) for path in (small, large)]
            yield _line(f"memory beyond the outputs, {kind}", extra[0], extra[1], 3 * setting.rows)


def _extra(kind: str, path: Path) -> int:
    """Return the least of five measurements: what else happens in a process only adds to it."""
    command = [sys.executable, str(SCRIPT), kind, str(path)]
    return min(int(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(5))


def command_line(setting: Setting) -> Iterator[Line]:
    """Compare the peak of ``collectrisk score`` on a Parquet file at two sizes."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = (_parquet(folder, rows) for rows in (setting.rows, 4 * setting.rows))
        peaks = [_command_peak(path, Path(folder) / "out.parquet") for path in (small, large)]
        yield _line("memory of the command, Parquet", peaks[0], peaks[1], 3 * setting.rows)


def _command_peak(source: Path, target: Path) -> int:
    """Return the peak resident bytes of one run of the command."""
    code = "from collectrisk._cli import main; main()"
    target.unlink(missing_ok=True)
    command = [sys.executable, "-c", code, "score", str(source), "-o", str(target)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_maxrss * 1024
