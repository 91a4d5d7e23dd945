"""The command: which lines to measure, how large, and the table."""

from __future__ import annotations

import argparse
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks import contacts, fitting, frames, history, lazy, memory, parallel, single
from benchmarks.setting import Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.measure import Line

LINES: dict[str, Callable[[Setting], Iterator[Line]]] = {
    "import": single.importing,
    "one": single.one_borrower,
    "probability": frames.probability,
    "frame": frames.frames_with_channel,
    "linear": frames.linear_time,
    "lazy": lazy.lazy_frames,
    "history": history.histories,
    "contacts": contacts.contacts,
    "rows": parallel.two_processes,
    "memory": memory.eager_frames,
    "command": memory.command_line,
    "fit": fitting.fitting,
}
COLUMNS = ("measured", "ours", "against", "its", "best", "median", "target", "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python benchmarks", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="LINE", help=f"any of: {', '.join(LINES)}; all by default")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of a frame (1,000,000)")
    parser.add_argument("--repeats", type=int, default=15, help="interleaved repetitions (15)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, 3 repetitions")
    parser.add_argument(
        "--peer-python",
        type=Path,
        help="an interpreter that has toad and optbinning; without it they are left out",
    )
    return parser


def _setting(options: argparse.Namespace) -> Setting:
    shrink = 10 if options.quick else 1
    repeats = 3 if options.quick else options.repeats
    return Setting(rows=options.rows // shrink, repeats=repeats, peer_python=options.peer_python)


def _verdict(line: Line) -> str:
    return "[green]met[/]" if line.met else "[red]missed[/]"


def main() -> None:
    """Measure the lines asked for, and print one table."""
    parser = _parser()
    options = parser.parse_args()
    unknown = set(options.only) - set(LINES)
    if unknown:
        parser.error(f"no such line: {', '.join(sorted(unknown))}; the lines are {', '.join(LINES)}")
    setting = _setting(options)
    console = Console(width=None if Console().is_terminal else 160)
    title = f"{setting.rows:,} rows, {setting.repeats} repetitions, Python {platform.python_version()}"
    table = Table(*COLUMNS, title=title)
    for name in options.only or LINES:
        with console.status(f"measuring {name}"):
            for line in LINES[name](setting):
                table.add_row(*line.cells, _verdict(line))
    console.print(table)
