"""What each kind of bad input meets, on each way in; every message is the one that comes."""

from __future__ import annotations

import contextlib
import io
import math
import re
import tempfile
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl
from telling import table

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
"""The row of `GOOD` that is spoilt."""


@attrs.frozen
class Case:
    """A way in which input can be bad: three rows, the second one spoilt."""

    name: str
    columns: dict[str, list[Any]]

    @property
    def frame(self) -> pl.DataFrame:
        """The rows as a frame."""
        return pl.DataFrame(self.columns, strict=False)

    @property
    def anchor(self) -> str:
        """The heading as a link finds it."""
        return "#" + self.name.lower().replace(" ", "-").replace(",", "")


def _spoilt(name: str, **columns: list[Any]) -> Case:
    return Case(name, GOOD | columns)


def _renamed(name: str, old: str, new: str | None) -> Case:
    return Case(
        name, {new if key == old else key: values for key, values in GOOD.items() if new or key != old}
    )


CASES = [
    _spoilt("Numbers as text", amount_overdue=["3000", "30000", "250"]),
    _spoilt("Garbage text", amount_overdue=["3000", "thirty", "250"]),
    _renamed("A required column is missing", "days_past_due", None),
    _renamed("A column is misspelt", "attitude", "atitude"),
    _spoilt("A negative amount", amount_overdue=[3_000.0, -5.0, 250.0]),
    _spoilt("NaN or null in a required field", amount_overdue=[3_000.0, None, 250.0]),
    _spoilt("Infinity", amount_overdue=[3_000.0, math.inf, 250.0]),
    _spoilt("An unknown attitude", attitude=["unknown", "Evasive", "passive"]),
    _spoilt("True or false for a count", failed_calls=[False, True, False]),
    _spoilt("A fraction of a count", failed_calls=[0.0, 2.5, 1.0]),
    Case("No rows at all", {name: [] for name in GOOD}),
]


@attrs.frozen
class Outcome:
    """What came of it: a few words, and the whole message."""

    short: str
    message: str = ""


def _tried(act: Callable[[], Outcome]) -> Outcome:
    try:
        return act()
    except (cr.CollectRiskError, TypeError) as error:
        # Python 3.13 goes on with a guess of its own, and the page is the same on all.
        said = f"{error}".removeprefix("Borrower.__init__() ").partition(". Did you mean")[0]
        return Outcome(type(error).__name__, said)


def _borrower(case: Case) -> Outcome:
    if not case.columns["amount_overdue"]:
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
        code, said = _run("score", "accounts.csv", "-o", "scored.csv")
        if code:
            return Outcome(f"exit code {code}", said)
        scored = _shown(pl.read_csv("scored.csv"))
        return Outcome("read as a number, and scored") if scored.short == "scored" else scored


def _run(*arguments: str) -> tuple[int, str]:
    """Run the command line; return its exit code and what it says on standard error."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            app(arguments)
        except SystemExit as end:
            return int(end.code or 0), said.getvalue().strip()
    raise RuntimeError("the command line ends by exiting")


WAYS: dict[str, Callable[[Case], Outcome]] = {
    "one borrower": _borrower,
    "eager frame": _eager,
    '`invalid="null"`': _eager_null,
    "lazy frame": _lazy,
    "command line": _command,
}


def _outcomes(case: Case) -> dict[str, Outcome]:
    return {way: _tried(lambda run=run: run(case)) for way, run in WAYS.items()}  # type: ignore[misc]  # binds run now


def _breakable(outcome: Outcome) -> str:
    """Let a long class name break between its words, so that the table fits the page."""
    return re.sub("(?<=[a-z])(?=[A-Z])", "<wbr>", outcome.short)


def bad_input() -> str:
    """Return the table of every case on every way in."""
    rows = []
    for case in CASES:
        found = _outcomes(case)
        rows.append([f"[{case.name}]({case.anchor})", *(_breakable(outcome) for outcome in found.values())])
    return table(["", *WAYS], rows)


def messages() -> str:
    """Return, case by case, every message with the ways on which it comes."""
    return "\n\n".join(_section(case) for case in CASES)


def _listed(ways: list[str]) -> str:
    told = ", ".join(ways)
    return told[0].upper() + told[1:]


def _section(case: Case) -> str:
    by_message: dict[str, list[str]] = {}
    for way, outcome in _outcomes(case).items():
        if outcome.message:
            by_message.setdefault(outcome.message, []).append(f"{way} ({outcome.short})")
    parts = [f"**{_listed(ways)}**\n\n```text\n{text}\n```" for text, ways in by_message.items()]
    return "\n\n".join([f"### {case.name}", *(parts or ["Nothing is wrong, and nothing is scored."])])
