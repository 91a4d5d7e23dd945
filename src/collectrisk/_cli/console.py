"""Console output and signals: the summary goes to stdout, progress and messages go to stderr."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, cast

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from collectrisk._channel import Channel
from collectrisk._cli.advice import draft_advice
from collectrisk.errors import CollectRiskError, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from types import FrameType

    from collectrisk._channel import Ladder
    from collectrisk._cli.scoring import Totals
    from collectrisk._display.document import Document
    from collectrisk._typing import Language

SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""By default these end the process without any clean-up; Windows has no SIGHUP."""


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False)
    # Wrap at word boundaries on a terminal, but not in a file.
    console.soft_wrap = not console.is_terminal
    return console


def print_message(message: str) -> None:
    """Write a message to stderr."""
    _console(stderr=True).print(Text(printable(message)))


def print_text(text: str, *, has_words: bool) -> None:
    """Write a text to stdout; one without blanks between words may be wrapped anywhere, by the terminal."""
    console = _console(stderr=False)
    console.soft_wrap = console.soft_wrap or not has_words
    console.print(Text(printable(text)))


def print_document(document: Document, language: str) -> None:
    """Write a result to stdout as text, in a language."""
    text = document._text(cast("Language", language))  # noqa: SLF001  # private to the package
    print_text(f"{text}\n", has_words=language == "en")


@contextmanager
def exit_on_error(file: Path | None = None) -> Iterator[None]:
    """Print an error of collectrisk without a traceback, and exit with code 1.

    Parameters
    ----------
    file : Path or None
        The file to score if it has no mapping; an error in its columns or cells leads to one.
    """
    try:
        yield
    except CollectRiskError as error:
        advice = "" if file is None else draft_advice(error, file)
        message = error.message(for_shell=True) + advice
        _console(stderr=True).print(Text.assemble(("collectrisk: ", "bold red"), message))
        raise typer.Exit(1) from error


def _exit(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


@contextmanager
def exit_on_signal() -> Iterator[None]:
    """Turn a signal to stop into `SystemExit`, with the exit code that shells expect.

    Temporary files are then removed, as they are after Ctrl-C.
    """
    unhandled = [number for number in SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
    for number in unhandled:
        signal.signal(number, _exit)
    try:
        yield
    finally:
        for number in unhandled:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress]:
    """Yield a progress bar, which is shown on a terminal only and removed at the end."""
    console = _console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True)
    # Not with `disable=True`: rich 13.7 would then still print a blank line at the end.
    with nullcontext() if quiet or not console.is_terminal else bar:
        yield bar


def print_summary(title: str, totals: Totals, ladder: Ladder, notes: Iterable[str] = ()) -> None:
    """Write the summary to stdout: accounts per channel, remote share, expected visits, invalid rows.

    The notes follow, and what the report says.
    """
    table = _table(title, "channel", "accounts", "share")

    def add_row(name: str, count: float, total: int, digits: int = 0) -> None:
        table.add_row(name, f"{count:,.{digits}f}", f"{count / total:.2%}" if total else "-")

    for channel in ladder.channels:
        add_row(channel, totals.channels[channel], totals.scored)
    table.add_section()
    remote = sum(count for channel, count in totals.channels.items() if Channel(channel).is_remote)
    add_row("remote", remote, totals.scored)
    add_row("expected visits", totals.expected_visits, totals.scored, digits=1)
    add_row("invalid rows", totals.accounts - totals.scored, totals.accounts)
    if totals.blank:
        table.add_row("blank rows left out", f"{totals.blank:,}", "")
    if totals.skipped:
        table.add_row("skipped rows left out", f"{totals.skipped:,}", "")
    _print_table(table, (*notes, *(totals.report.notes() if totals.report else ())))


def print_events(
    title: str, kinds: Mapping[str, int], counts: Mapping[str, int], notes: Iterable[str]
) -> None:
    """Write the summary of a log to stdout: events of each kind, other counts, and notes."""
    table = _table(title, "event", "rows", "share")
    total = sum(kinds.values())
    for name, count in kinds.items():
        table.add_row(name, f"{count:,}", f"{count / total:.2%}")
    table.add_section()
    for name, count in counts.items():
        table.add_row(name, f"{count:,}", "")
    _print_table(table, notes)


def print_permissions(
    title: str,
    permissions: Mapping[str, int],
    any_permitted: int,
    reasons: Mapping[str, Mapping[str, int]],
    notes: Iterable[str],
) -> None:
    """Write what rules say of a file to stdout: accounts by permission, the most frequent reasons, notes."""
    table = _table(title, "recommended contact", "accounts", "share")
    total = sum(permissions.values())
    counts = {**permissions, "some channel is permitted": any_permitted}
    for name, count in counts.items():
        table.add_row(name, f"{count:,}", f"{count / total:.2%}" if total else "-")
    for reason, names in reasons.items():
        table.add_section()
        for name, count in names.items():
            table.add_row(printable(f"{reason} {name}", one_line=True), f"{count:,}", f"{count / total:.2%}")
    _print_table(table, notes)


def _table(title: str, *names: str) -> Table:
    table = Table(
        title=printable(title, one_line=True), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD
    )
    for name in names:
        # Folded, so that no digit is cut off on a narrow terminal.
        table.add_column(name, justify="left" if name == names[0] else "right", overflow="fold")
    return table


def _print_table(table: Table, notes: Iterable[str]) -> None:
    console = Console(highlight=False, markup=False)
    console.print(table)
    for note in notes:
        console.print(printable(note))
