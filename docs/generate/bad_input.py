"""The result of each kind of bad input, for one borrower, frames and the command line."""

from __future__ import annotations

import contextlib
import io
import math
import re
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import openpyxl
import polars as pl
from formatting import table

import collectrisk as cr
from collectrisk._cli.app import app

if TYPE_CHECKING:
    from collections.abc import Callable

SCORER = cr.RuleScorer()
GOOD: dict[str, list[Any]] = {
    "amount_overdue": [3_000.0, 30_000.0, 250.0],
    "days_past_due": [10, 540, 45],
    "attitude": ["unknown", "evasive", "passive"],
    "failed_calls": [0, 6, 1],
}
BAD = 1
"""The row of `GOOD` that a case makes invalid."""


@attrs.frozen
class Case:
    """A kind of bad input: three rows, of which the second is invalid."""

    name: str
    columns: dict[str, list[Any]]

    @property
    def frame(self) -> pl.DataFrame:
        """The rows as a frame."""
        return pl.DataFrame(self.columns, strict=False)

    @property
    def anchor(self) -> str:
        """The link to the heading of the case."""
        return "#" + self.name.lower().replace(" ", "-").replace(",", "").replace("'", "")


def _with_columns(name: str, **columns: list[Any]) -> Case:
    return Case(name, GOOD | columns)


def _renamed(name: str, old: str, new: str | None) -> Case:
    return Case(
        name, {new if key == old else key: values for key, values in GOOD.items() if new or key != old}
    )


CASES = [
    _with_columns("Numbers as text", amount_overdue=["3000", "30000", "250"]),
    _with_columns("Points that may separate thousands", amount_overdue=["12.500", "1.200", "3.000"]),
    _with_columns("Decimal commas", amount_overdue=["3000,00", "30000,50", "250,00"]),
    _with_columns("Garbage text", amount_overdue=["3000", "thirty", "250"]),
    _renamed("A required column is missing", "days_past_due", None),
    _renamed("A column is misspelt", "attitude", "atitude"),
    Case(
        "Several columns have other names",
        dict(zip(["balance", "days_overdue", "attitude", "calls"], GOOD.values(), strict=True)),
    ),
    _with_columns("A negative amount", amount_overdue=[3_000.0, -5.0, 250.0]),
    _with_columns("NaN or null in a required field", amount_overdue=[3_000.0, None, 250.0]),
    _with_columns("An account number for an amount", amount_overdue=[3_000.0, 4_000_123_456_789.0, 250.0]),
    _with_columns("A code for a missing value", failed_calls=[0, -999, 1]),
    _with_columns("Infinity", amount_overdue=[3_000.0, math.inf, 250.0]),
    _with_columns("An unknown attitude", attitude=["unknown", "Evasive", "passive"]),
    _with_columns("A code for an attitude", attitude=["unknown", "E2", "passive"]),
    Case("A flag in another spelling", GOOD | {"placed_with_agency": ["N", "Y", "N"]}),
    _with_columns("True or false for a count", failed_calls=[False, True, False]),
    _with_columns("A fraction of a count", failed_calls=[0.0, 2.5, 1.0]),
    _with_columns("A date for a number of days", days_past_due=[10, 20_240_121, 45]),
    _with_columns("A spreadsheet's serial date", days_past_due=[10, 45_678, 45]),
    _with_columns(
        "Dates instead of days", days_past_due=[date(2024, 1, 21), date(2024, 2, 29), date(2024, 3, 1)]
    ),
    Case("No rows at all", {name: [] for name in GOOD}),
]


@attrs.frozen
class Outcome:
    """The result: a short description, and the complete message."""

    short: str
    message: str = ""


def _outcome(run: Callable[[], Outcome]) -> Outcome:
    try:
        return run()
    except (cr.CollectRiskError, TypeError) as error:
        # Python 3.13 adds a suggestion; the page must not depend on the version of Python.
        message = f"{error}".removeprefix("Borrower.__init__() ").partition(". Did you mean")[0]
        return Outcome(type(error).__name__, message)


def _borrower(case: Case) -> Outcome:
    if not next(iter(case.columns.values())):
        return Outcome("–")
    SCORER.assess(cr.Borrower(**{name: values[BAD] for name, values in case.columns.items()}))
    return Outcome("scored")


def _shown(scored: pl.DataFrame) -> Outcome:
    if scored.is_empty():
        return Outcome("empty result")
    row = scored.row(BAD, named=True)
    if row["visit_probability"] is not None:
        return Outcome("scored")
    return Outcome("null", row.get("problem") or "")


def _eager(case: Case) -> Outcome:
    return _shown(SCORER.assess_frame(case.frame))


def _eager_null(case: Case) -> Outcome:
    return _shown(SCORER.assess_frame(case.frame, invalid="null"))


def _lazy(case: Case) -> Outcome:
    return _shown(SCORER.assess_frame(case.frame.lazy()).collect())


def _command(case: Case) -> Outcome:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        case.frame.write_csv("accounts.csv")
        code, message = _run_command("score", "accounts.csv", "-o", "scored.csv")
        if code:
            return Outcome(f"exit code {code}", message)
        scored = _shown(pl.read_csv("scored.csv"))
        return Outcome("read as a number, and scored") if scored.short == "scored" else scored


def _run_command(*arguments: str) -> tuple[int, str]:
    """Run the command line; return its exit code and its standard error."""
    stderr = io.StringIO()
    with contextlib.redirect_stderr(stderr), contextlib.redirect_stdout(io.StringIO()):
        try:
            app(arguments)
        except SystemExit as end:
            return int(end.code or 0), stderr.getvalue().strip()
    raise RuntimeError("the command line ends by exiting")


INPUTS: dict[str, Callable[[Case], Outcome]] = {
    "one borrower": _borrower,
    "eager frame": _eager,
    '`invalid="null"`': _eager_null,
    "lazy frame": _lazy,
    "command line": _command,
}


def _outcomes(case: Case) -> dict[str, Outcome]:
    return {name: _outcome(lambda run=run: run(case)) for name, run in INPUTS.items()}  # type: ignore[misc]  # binds run now


def _breakable(outcome: Outcome) -> str:
    """Allow line breaks between the words of a class name, so that the table fits the page."""
    return re.sub("(?<=[a-z])(?=[A-Z])", "<wbr>", outcome.short)


def bad_input() -> str:
    """Return the table of the outcomes: a row for each case, a column for each kind of input."""
    rows = []
    for case in CASES:
        outcomes = _outcomes(case).values()
        rows.append([f"[{case.name}]({case.anchor})", *map(_breakable, outcomes)])
    return table(["", *INPUTS], rows)


def messages() -> str:
    """Return every message, case by case, with the kinds of input that produce it."""
    return "\n\n".join(_section(case) for case in CASES)


def _section(case: Case) -> str:
    by_message: dict[str, list[str]] = {}
    for name, outcome in _outcomes(case).items():
        if outcome.message:
            by_message.setdefault(outcome.message, []).append(f"{name} ({outcome.short})")
    parts = []
    for message, names in by_message.items():
        title = ", ".join(names)
        parts.append(f"**{title[0].upper()}{title[1:]}**\n\n```text\n{message}\n```")
    return "\n\n".join([f"### {case.name}", *(parts or ["There is no error. The result has no rows."])])


@attrs.frozen
class FileCase:
    """A file that cannot be scored as it is, and the options that it is scored with."""

    name: str
    content: bytes | list[list[Any]]
    options: tuple[str, ...] = ()


HEADER = "amount_overdue,days_past_due,failed_calls,city\n"
FILE_CASES = [
    FileCase(
        "An error in a cell of a workbook",
        [["amount_overdue", "days_past_due"], [3000, 10], ["#N/A", 30]],
    ),
    FileCase("Another encoding than UTF-8", f"{HEADER}3000,10,0,Köln\n".encode("cp1252")),
    FileCase("A row with too few cells", f"{HEADER}3000,10\n".encode()),
    FileCase("Two columns of the same name", b"amount_overdue,amount_overdue,days_past_due\n3000,1,10\n"),
    FileCase(
        "`--require` and an absent field", f"{HEADER}3000,10,0,Rome\n".encode(), ("--require", "attitude")
    ),
    FileCase(
        "`--require` and a missing value", f"{HEADER}3000,10,,Rome\n".encode(), ("--require", "failed_calls")
    ),
    FileCase(
        "`--invalid null`, and more than half of the rows are invalid",
        f"{HEADER}-1,10,0,Rome\n-2,20,0,Oslo\n900,5,0,Bern\n".encode(),
        ("--invalid", "null"),
    ),
]


def _message_of(case: FileCase) -> str:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        if isinstance(case.content, bytes):
            name = "accounts.csv"
            Path(name).write_bytes(case.content)
        else:
            name = "accounts.xlsx"
            workbook = openpyxl.Workbook()
            for row in case.content:
                workbook.active.append(row)
            workbook.save(name)
        code, message = _run_command("score", name, "-o", "scored.csv", *case.options)
    if not code:
        raise RuntimeError(f"{case.name} is scored")
    return message


def bad_files() -> str:
    """Return what the command line says about files that it cannot score."""
    return "\n\n".join(f"**{case.name}**\n\n```text\n{_message_of(case)}\n```" for case in FILE_CASES)
