"""Fitting: the time and the memory of a fit without a prior, with a curve for every column."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import collectrisk as cr
from benchmarks.measure import Line, interleaved, timed
from benchmarks.setting import Setting, numbers, visited

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

PEER = "scikit-learn"
MAX_MEMORY_RATIO = 3.0
REPEATS_DIVISOR = 3
"""A fit takes a hundred times as long as scoring, so it is repeated less often."""


def fitting(setting: Setting) -> Iterator[Line]:
    """Compare a fit of six columns with scaling them and a plain logistic regression."""
    array, labels = numbers(setting.rows).to_numpy(), visited(setting.rows)
    sides = {
        "ours": timed(lambda: cr.LogisticScorer().fit(array, labels)),
        PEER: timed(lambda: make_pipeline(StandardScaler(), LogisticRegression()).fit(array, labels)),
    }
    times = interleaved(sides, max(setting.repeats // REPEATS_DIVISOR, 3))
    yield Line.of_speed("fit, NumPy array", times, "ours", PEER, 0.2)
    yield _memory(array, labels)


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
