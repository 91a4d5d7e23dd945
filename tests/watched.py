"""Load files while watching: what is opened or run, how long it takes, how much memory it needs.

    python tests/watched.py FOLDER      tells as JSON what came of every file in a folder

A program of its own, because an audit hook stays as long as its process does.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Iterable

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
STATUS = Path("/proc/self/status")


@attrs.frozen
class Outcome:
    """What came of loading a file.

    Attributes
    ----------
    name : str
        The file's name.
    result : str
        The class of the scorer or of the error.
    text : str
        The error's message.
    seconds : float
        Processor time.
    memory : int
        By how many bytes the most memory that the process ever had rose.
    deeds : list of str
        Everything but opening the file for reading that the interpreter was asked to do: code
        to compile, run or import, a process to start, another file to open, and so on.
    """

    name: str
    result: str
    text: str
    seconds: float
    memory: int
    deeds: list[str]


class Watch:
    """Sees what the interpreter is asked to do while a file is loaded."""

    def __init__(self) -> None:
        self.path: str | None = None
        self.deeds: list[str] = []
        sys.addaudithook(self._see)

    def _see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.path is None:
            return
        if event == "open" and arguments[0] == self.path and not arguments[2] & WRITING:
            return
        self.deeds.append(f"{event} {arguments}"[:200])

    def load(self, path: Path) -> Outcome:
        """Load a file."""
        memory, start = peak_memory(), time.process_time()
        result, text = self._load(str(path))
        seconds = time.process_time() - start
        return Outcome(path.name, result, text, seconds, peak_memory() - memory, self.deeds)

    def _load(self, path: str) -> tuple[str, str]:
        self.path, self.deeds = path, []
        try:
            return type(cr.load(path)).__name__, ""
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is told
            return type(error).__name__, str(error)
        finally:
            self.path = None


def warmed_up() -> Watch:
    """Return a watch after what Python does only the first time: importing and compiling."""
    watch = Watch()
    for path in (Path(__file__), Path(__file__).parent / "data" / "card-v1.json", Path("nowhere.json")):
        watch.load(path)
    return watch


def peak_memory() -> int:
    """Return the most memory that this program has had, in bytes."""
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts a parent's memory in ru_maxrss, but not here.
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def report(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Load some files, and tell what came of it."""
    watch = warmed_up()
    return [attrs.asdict(watch.load(path)) for path in paths]


if __name__ == "__main__":
    json.dump(report(sorted(Path(sys.argv[1]).iterdir())), sys.stdout)
