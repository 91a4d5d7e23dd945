"""Importing the package, and assessing one borrower."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import collectrisk as cr
from benchmarks.measure import Line, Times, interleaved, seconds, timed
from benchmarks.setting import numbers, pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.setting import Setting

BORROWER = cr.Borrower(
    amount_overdue=30_000,
    days_past_due=540,
    attitude="evasive",
    failed_messages=40,
    failed_calls=6,
    placed_with_agency=True,
)


def _interpreter(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def importing(setting: Setting) -> Iterator[Line]:
    """Compare an interpreter that imports collectrisk with one that does nothing."""
    sides = {
        "import collectrisk": timed(lambda: _interpreter("import collectrisk")),
        "bare interpreter": timed(lambda: _interpreter("")),
    }
    times = interleaved(sides, setting.repeats)
    yield _within("import, beyond a bare interpreter", times, 0.1, beyond="bare interpreter")


def _within(measured: str, times: Times, most: float, beyond: str | None = None) -> Line:
    """Return the line of a time that has a limit of its own, beyond that of another side if one is named."""
    ours = next(iter(times.of))
    others = times.of[beyond] if beyond else [0.0] * len(times.of[ours])
    extra = sorted(a - b for a, b in zip(times.of[ours], others, strict=True))
    best = times.best(ours) - min(others)
    return Line(
        measured=measured,
        ours=seconds(times.best(ours)),
        against=beyond or "",
        its=seconds(times.best(beyond)) if beyond else "",
        best=seconds(best),
        median=seconds(extra[len(extra) // 2]),
        target=f"at most {seconds(most)}",
        met=best <= most,
    )


def one_borrower(setting: Setting) -> Iterator[Line]:
    """Compare assessing a borrower in hand with predict_proba on an array of one row."""
    scorer = cr.RuleScorer()
    model = pipeline(named=False)
    row = numbers(1).to_numpy()
    sides = {
        "collectrisk": timed(lambda: scorer.assess(BORROWER), 5_000),
        "scikit-learn, one row": timed(lambda: model.predict_proba(row), 200),
    }
    times = interleaved(sides, setting.repeats)
    yield _within("one borrower, with channel", times, 10e-6)
    yield Line.of_speed("one borrower, with channel", times, "collectrisk", "scikit-learn, one row", 20)
