"""The page about the command line shows what the commands really print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from collectrisk.cli.app import app

if TYPE_CHECKING:
    import pytest

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "how-to" / "command-line.md"


class Shell:
    """Runs the commands that the page uses; a file that is first met in `cat` is written from the page."""

    def __init__(self) -> None:
        self.exit_code = 0

    def run(self, command: str, shown: str) -> str:
        """Return what a command prints; `shown` is what the page says."""
        program, *arguments = shlex.split(command)
        if program == "echo":
            return f"{self.exit_code}\n"
        if program == "cat":
            return self._cat(Path(arguments[0]), shown)
        result = CliRunner().invoke(app, arguments, prog_name=program)
        self.exit_code = result.exit_code
        return result.output

    def _cat(self, file: Path, shown: str) -> str:
        if not file.exists():
            file.write_text(shown, encoding="utf-8")
        return file.read_text(encoding="utf-8")


def blocks() -> list[tuple[str, str]]:
    """Return each command of the page and what follows it."""
    text = PAGE.read_text(encoding="utf-8")
    consoles = re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [
        (command, shown)
        for console in consoles
        for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", console, re.MULTILINE)
    ]


def comparable(text: str) -> str:
    """Leave out the blanks that fill a table's lines, and digits that depend on the processor."""
    rounded = re.sub(r"\d\.\d{10,}(e-\d+)?", lambda number: f"{float(number[0]):.10g}", text)
    return re.sub(r" +$", "", rounded, flags=re.MULTILINE)


def test_every_command_prints_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(PROJECT / "examples")
    shell = Shell()
    printed = [(command, shell.run(command, shown)) for command, shown in blocks()]
    assert [(command, comparable(text)) for command, text in printed] == [
        (command, comparable(shown)) for command, shown in blocks()
    ]
