"""Importing the package, and assessing one borrower."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from typing import TYPE_CHECKING, Any

import collectrisk as cr
from benchmarks.measure import Line, Times, interleaved, seconds, timed
from benchmarks.setting import numbers, pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measure import Side
    from benchmarks.setting import Setting

BORROWERS = 1_000
PASSES = 10
"""Passes in a repetition, of which the shortest counts: other work on the machine disturbs most of them."""

ASSESS = (
    "import collectrisk as cr; "
    "cr.RuleScorer().assess(cr.Borrower(amount_overdue=30_000, days_past_due=540, attitude='passive'))"
)
"""A program that assesses one borrower and ends."""

IMPORTS = {
    "bare interpreter": "",
    "import attrs": "import attrs",
    "import collectrisk": "import collectrisk",
    "import and assess": ASSESS,
}


def _interpreter(code: str, bytecode: str) -> None:
    # With the bytecode of a first run, as an installed package has it.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = bytecode
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def importing(setting: Setting) -> Iterator[Line]:
    """Compare interpreters that import collectrisk, and assess, with one that imports attrs alone."""
    with tempfile.TemporaryDirectory() as bytecode:
        sides = {name: timed(partial(_interpreter, code, bytecode)) for name, code in IMPORTS.items()}
        times = interleaved(sides, setting.repeats)
    yield _beyond_bare("import", times, "import collectrisk", 1.5)
    yield _beyond_bare("import, and one assessment", times, "import and assess", 2)


def _beyond_bare(measured: str, times: Times, ours: str, most: float) -> Line:
    """Return the line of a program and one that imports attrs, each beyond a bare interpreter."""
    bare = times.best("bare interpreter")
    median = sorted(
        (own - bare) / (attrs - bare)
        for own, attrs in zip(times.of[ours], times.of["import attrs"], strict=True)
    )[len(times.of[ours]) // 2]
    own, attrs = times.best(ours) - bare, times.best("import attrs") - bare
    return Line(
        measured=f"{measured}, beyond a bare interpreter",
        ours=seconds(own),
        against="import attrs",
        its=seconds(attrs),
        best=f"{own / attrs:.2f} x",
        median=f"{median:.2f} x",
        target=f"at most {most:g} x",
        met=own <= most * attrs,
    )


def _within(measured: str, times: Times, ours: str, most: float) -> Line:
    """Return the line of a time that has a limit of its own."""
    ordered = sorted(times.of[ours])
    return Line(
        measured=measured,
        ours=seconds(ordered[0]),
        against="",
        its="",
        best=seconds(ordered[0]),
        median=seconds(ordered[len(ordered) // 2]),
        target=f"at most {seconds(most)}",
        met=ordered[0] <= most,
    )


def _accounts() -> list[dict[str, Any]]:
    """Return the values of different borrowers: all eight fields, the attitude as text."""
    frame = cr.simulate_portfolio(BORROWERS, seed=1, backend="polars")
    rows: list[dict[str, Any]] = frame.select(cr.RuleScorer().fields).to_dicts()
    return rows


def _shortest(side: Side, calls: int) -> Side:
    return lambda: min(side() for _ in range(PASSES)) / calls


def one_borrower(setting: Setting) -> Iterator[Line]:
    """Compare assessing borrowers one by one with predict_proba on an array of one row."""
    scorer = cr.RuleScorer()
    model = pipeline(named=False)
    row = numbers(1).to_numpy()
    accounts = _accounts()
    borrowers = [cr.Borrower(**values) for values in accounts]

    def from_values() -> None:
        for values in accounts:
            _ = scorer.assess(cr.Borrower(**values)).channel

    def assess() -> None:
        for borrower in borrowers:
            _ = scorer.assess(borrower).channel

    sides = {
        "from values": _shortest(timed(from_values), BORROWERS),
        "assess": _shortest(timed(assess), BORROWERS),
        "scikit-learn, one row": _shortest(timed(lambda: model.predict_proba(row), 20), 1),
    }
    times = interleaved(sides, setting.repeats)
    yield _within("one borrower, from values to channel", times, "from values", 10e-6)
    yield _within("one borrower, assess with channel", times, "assess", 5e-6)
    yield Line.of_speed("one borrower, assess with channel", times, "assess", "scikit-learn, one row", 40)
