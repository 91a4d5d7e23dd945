"""Labels and probabilities to evaluate: arbitrary ones, and some drawn from known probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from scipy.special import expit

__all__ = ["SAMPLES", "TWO_CLASSES", "Array", "Sample", "drawn", "has_both", "ones"]

Array = npt.NDArray[Any]
Sample = tuple[Array, Array]

PROBABILITIES = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.25, 0.5, 1.0]))


def _arrays(rows: list[tuple[bool, float]]) -> Sample:
    visited, probability = zip(*rows, strict=True)
    return np.array(visited), np.array(probability)


def has_both(sample: Sample) -> bool:
    """Return whether some accounts were visited and some not."""
    return bool(sample[0].any() and not sample[0].all())


SAMPLES = st.lists(st.tuples(st.booleans(), PROBABILITIES), min_size=1, max_size=40).map(_arrays)
TWO_CLASSES = SAMPLES.filter(has_both)


def ones(values: Array) -> Array:
    """Return a weight of 1 for each value."""
    return np.ones(len(values))


def drawn(count: int = 500, *, seed: int = 0) -> Sample:
    """Return outcomes, and the probabilities that they were drawn from."""
    rng = np.random.default_rng(seed)
    truth: Array = expit(rng.normal(-0.5, 1.5, count))
    return rng.random(count) < truth, truth
