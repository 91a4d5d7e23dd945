"""Fitting: the time and the memory of a fit without a prior, with a curve for every column."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import collectrisk as cr
from benchmarks.measure import Line, interleaved, timed
from benchmarks.setting import Setting, numbers, portfolio, visited

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from benchmarks.measure import Side

PEER = "scikit-learn"
MAX_MEMORY_RATIO = 3.0
REPEATS_DIVISOR = 3
"""A fit takes a hundred times as long as scoring, so it is repeated less often."""
MAX_TIME_RATIO = 2.0
MANY_COLUMNS, MAX_COLUMNS_RATIO = 60, 12.0
"""Ten times the columns of the other fit, and how many times as long they may take.

They have half the knots each, because a fit has at most 1,000.
"""


def fitting(setting: Setting) -> Iterator[Line]:
    """Compare a fit of all features with scaling them and a plain logistic regression; and sizes."""
    repeats = max(setting.repeats // REPEATS_DIVISOR, 3)
    yield from _peers(setting.rows, repeats)
    yield _memory(numbers(setting.rows).to_numpy(), visited(setting.rows))
    yield from _rows(setting.rows, repeats)
    yield _columns(setting.rows // 10, repeats)


def _peers(rows: int, repeats: int) -> Iterator[Line]:
    """Compare with scikit-learn's fit to the same rows as floats."""
    array, frame, labels = numbers(rows).to_numpy(), portfolio(rows, "polars"), visited(rows)
    sides = {
        "array": timed(lambda: cr.LogisticScorer().fit(array, labels)),
        "frame": timed(lambda: cr.LogisticScorer().fit(frame, labels)),
        PEER: timed(lambda: make_pipeline(StandardScaler(), LogisticRegression()).fit(array, labels)),
    }
    times = interleaved(sides, repeats)
    yield Line.of_time("fit, NumPy array", times, "array", PEER, MAX_TIME_RATIO)
    yield Line.of_time("fit, polars with a column of text", times, "frame", PEER, MAX_TIME_RATIO)


def _rows(rows: int, repeats: int) -> Iterator[Line]:
    """Compare twice and four times as many rows with as many times the seconds of the fewest."""
    array, labels = numbers(rows).to_numpy(), visited(rows)
    sizes = [rows // 4, rows // 2, rows]
    sides = {f"{size:,} rows": _fit(array[:size], labels[:size]) for size in sizes}
    fewest, *others = (times := interleaved(sides, repeats)).of
    for more, parts in zip(others, (2, 4), strict=True):
        yield Line.of_time(f"linear time of a fit: {more}", times, more, fewest, 1.1 * parts)


def _columns(rows: int, repeats: int) -> Line:
    """Compare a fit of ten times as many columns."""
    rng = np.random.default_rng(3)
    array = rng.normal(size=(rows, MANY_COLUMNS))
    labels = rng.random(rows) < 1.0 / (1.0 + np.exp(1.0 - array @ rng.normal(size=MANY_COLUMNS) / 3.0))
    few = MANY_COLUMNS // 10
    sides = {
        f"{count} columns": _fit(np.ascontiguousarray(array[:, :count]), labels, min(32, 1_000 // count))
        for count in (MANY_COLUMNS, few)
    }
    many, its = (times := interleaved(sides, min(repeats, 3))).of
    return Line.of_time(f"fit of {rows:,} rows, {many}", times, many, its, MAX_COLUMNS_RATIO)


def _fit(array: npt.NDArray[np.float64], labels: npt.NDArray[np.bool_], knots: int = 32) -> Side:
    return timed(lambda: cr.LogisticScorer(knots=knots).fit(array, labels))


def _memory(array: npt.NDArray[np.float64], labels: npt.NDArray[np.bool_]) -> Line:
    tracemalloc.start()
    cr.LogisticScorer().fit(array, labels)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    ratio = peak / array.nbytes
    return Line(
        measured="fit, peak of what it allocates",
        ours=f"{peak / 1e6:.0f} MB",
        against="its input",
        its=f"{array.nbytes / 1e6:.0f} MB",
        best=f"{ratio:.2f} x",
        median="",
        target=f"at most {MAX_MEMORY_RATIO:g} x",
        met=ratio <= MAX_MEMORY_RATIO,
    )
