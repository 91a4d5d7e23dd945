"""Load files and record what is opened or run, the time and the memory.

    python tests/watched.py DIRECTORY      prints the outcome of every file in a directory as JSON

This is a separate program, because an audit hook cannot be removed from a process.
"""

from __future__ import annotations

import importlib
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
    """The outcome of loading a file.

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
        The increase of the process's peak memory, in bytes.
    actions : list of str
        All audit events except opening the file for reading: compiling, running or importing code,
        starting a process, opening another file, and so on.
    """

    name: str
    result: str
    text: str
    seconds: float
    memory: int
    actions: list[str]


class Watch:
    """Records the audit events while a file is loaded."""

    def __init__(self) -> None:
        self.path: str | None = None
        self.actions: list[str] = []
        sys.addaudithook(self._record)

    def _record(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.path is None:
            return
        if event == "open" and arguments[0] == self.path and not arguments[2] & WRITING:
            return
        self.actions.append(f"{event} {arguments}"[:200])

    def load(self, path: Path) -> Outcome:
        """Load a file."""
        memory, start = peak_memory(), time.process_time()
        result, text = self._load(str(path))
        seconds = time.process_time() - start
        return Outcome(path.name, result, text, seconds, peak_memory() - memory, self.actions)

    def _load(self, path: str) -> tuple[str, str]:
        self.path, self.actions = path, []
        try:
            return type(cr.load(path)).__name__, ""
        except BaseException as error:  # noqa: BLE001  # any error is an outcome
            return type(error).__name__, str(error)
        finally:
            self.path = None


def warmed_up() -> Watch:
    """Return a watch after all imports, so that they are not recorded."""
    # Imported by the package for the suggestion in an error message.
    importlib.import_module("difflib")
    # Imports what checks formats of dates.
    cr.Mapping({"days_past_due": {"column": "due", "date": "%d.%m.%Y"}})
    watch = Watch()
    for path in (Path(__file__), Path(__file__).parent / "data" / "card-v1.json", Path("nowhere.json")):
        watch.load(path)
    return watch


def peak_memory() -> int:
    """Return the peak memory of this process, in bytes."""
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts a parent's memory in ru_maxrss, but not here.
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def report(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Load some files and return the outcomes."""
    watch = warmed_up()
    return [attrs.asdict(watch.load(path)) for path in paths]


if __name__ == "__main__":
    json.dump(report(sorted(Path(sys.argv[1]).iterdir())), sys.stdout)
