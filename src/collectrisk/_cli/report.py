"""What the command line says: the summary on stdout, progress and messages on stderr."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from collectrisk._channel import Channel
from collectrisk.errors import CollectRiskError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._channel import Ladder
    from collectrisk._cli.tally import Tally


def _stderr() -> Console:
    console = Console(stderr=True, highlight=False, markup=False)
    # A terminal's lines break between words; a log's lines stay whole.
    console.soft_wrap = not console.is_terminal
    return console


def say(message: str, style: str = "") -> None:
    """Write a message to stderr, after the program's name in a style if it has one."""
    name = ("collectrisk: ", style) if style else ""
    _stderr().print(Text.assemble(name, message))


IN_SHELL_WORDS = {
    r"the frame has": "the file has",
    r'columns=\{"([^"]*)": None\}': r"--map \1=",
    r'columns=\{"([^"]*)": ("[^"]*")\}': r"--map \1=\2",
    r"; trusted=True .*": "; nothing else is read here",
}
"""What errors advise programmers to do, and what to do in a shell."""


def in_shell_words(message: str) -> str:
    """Turn an error's advice to a programmer into advice for the shell."""
    for in_python, in_shell in IN_SHELL_WORDS.items():
        message = re.sub(in_python, in_shell, message)
    return message


@contextmanager
def errors_told() -> Iterator[None]:
    """Say what is wrong in one message, without a traceback, and end with code 1."""
    try:
        yield
    except CollectRiskError as error:
        say(in_shell_words(str(error)), style="bold red")
        raise typer.Exit(1) from error


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress]:
    """Give a bar that shows itself on a terminal only, and leaves nothing behind."""
    console = _stderr()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True)
    if quiet or not console.is_terminal:
        yield bar
        return
    with bar:
        yield bar


def summary(title: str, tally: Tally, ladder: Ladder) -> Table:
    """Return the summary: accounts per channel, share remote, expected visits, invalid rows."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    # On a narrow terminal no digit is cut off.
    table.add_column("channel", overflow="fold")
    table.add_column("accounts", justify="right", overflow="fold")
    table.add_column("share", justify="right", overflow="fold")
    for channel in ladder.channels:
        table.add_row(channel, *_count(tally.channels[channel], tally.scored))
    table.add_section()
    table.add_row("remote", *_count(_remote(tally), tally.scored))
    table.add_row(
        "expected visits", f"{tally.expected_visits:,.1f}", _share(tally.expected_visits, tally.scored)
    )
    table.add_row("invalid rows", *_count(tally.invalid, tally.accounts))
    if tally.blank:
        table.add_row("blank rows left out", f"{tally.blank:,}", "")
    return table


def _remote(tally: Tally) -> int:
    return sum(count for channel, count in tally.channels.items() if Channel(channel).is_remote)


def _count(part: int, whole: int) -> tuple[str, str]:
    return f"{part:,}", _share(part, whole)


def _share(part: float, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "-"
