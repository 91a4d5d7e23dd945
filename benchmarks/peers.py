"""toad and optbinning, in an interpreter of their own, taking turns with us."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from benchmarks.setting import FITTED_ROWS, Setting, portfolio, visited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measure import Side

__all__ = ["peers"]

NAMES = ("toad", "optbinning")
SCRIPT = Path(__file__).with_name("peer_process.py")


@contextlib.contextmanager
def peers(setting: Setting) -> Iterator[dict[str, Side]]:
    """Give a side for each peer that is there; their process ends with the block."""
    if setting.peer_python is None:
        yield {}
        return
    with tempfile.TemporaryDirectory() as folder:
        fitted = portfolio(FITTED_ROWS, "pandas").assign(visited=visited(FITTED_ROWS))
        fitted.to_csv(Path(folder) / "fitted.csv", index=False)
        portfolio(setting.rows, "pandas").to_csv(Path(folder) / "scored.csv", index=False)
        with subprocess.Popen(
            [setting.peer_python, SCRIPT, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            yield {name: _side(process, name) for name in NAMES}
            _write(process).close()


def _side(process: subprocess.Popen[str], name: str) -> Side:
    def side() -> float:
        print(name, file=_write(process), flush=True)
        return float(cast("IO[str]", process.stdout).readline())

    return side


def _write(process: subprocess.Popen[str]) -> IO[str]:
    return cast("IO[str]", process.stdin)
