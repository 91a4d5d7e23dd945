"""The pages with commands show exactly what the commands print."""

from __future__ import annotations

import doctest
import re
import shlex
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from shell import run

from collectrisk.errors import CollectRiskError

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
PAGES = [
    PROJECT / "docs" / "how-to" / name for name in ("command-line.md", "read-an-export.md", "todays-list.md")
]


class Shell:
    """Runs what the page shows; a file that appears first in `cat` is written from the page."""

    def __init__(self) -> None:
        self.exit_code = 0
        self.names: dict[str, Any] = {}

    def run_python(self, block: str) -> None:
        """Run the examples of a block; another test compares their output."""
        for example in doctest.DocTestParser().get_examples(block):
            with pytest.raises(CollectRiskError) if example.exc_msg else nullcontext():
                exec(example.source, self.names)  # noqa: S102  # the page belongs to this project

    def run(self, command: str, shown: str) -> str:
        """Return what a command prints; `shown` is what the page shows."""
        program, *arguments = shlex.split(command)
        if program == "echo":
            return f"{self.exit_code}\n"
        if program == "cat":
            return self._cat(Path(arguments[0]), shown)
        result = run(*arguments)
        self.exit_code = result.exit_code
        return result.output

    def _cat(self, file: Path, shown: str) -> str:
        if not file.exists():
            file.write_text(shown, encoding="utf-8")
        return file.read_text(encoding="utf-8")


def commands(console: str) -> list[tuple[str, str]]:
    """Return each command of a block and what follows it."""
    return re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", console, re.MULTILINE)


def printed_and_shown(page: Path) -> Iterator[tuple[str, str, str]]:
    """Run a page from top to bottom; yield each command, what it prints and what the page shows."""
    shell = Shell()
    text = page.read_text(encoding="utf-8")
    for language, block in re.findall(r"^```(console|python)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        if language == "python":
            shell.run_python(block)
        for command, shown in commands(block):
            yield command, shell.run(command, shown), shown


def comparable(text: str) -> str:
    """Remove trailing blanks, and digits that depend on the processor."""
    rounded = re.sub(r"\d\.\d{10,}(e-\d+)?", lambda number: f"{float(number[0]):.10g}", text)
    return re.sub(r" +$", "", rounded, flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_prints_what_the_page_says(page: Path, directory: Path) -> None:
    (directory / "examples").symlink_to(PROJECT / "examples")
    compared = [
        (command, comparable(one), comparable(other)) for command, one, other in printed_and_shown(page)
    ]
    printed = [(command, one) for command, one, _ in compared]
    assert printed == [(command, other) for command, _, other in compared]
    assert len(printed) >= 3
