"""Coverage of all intervals, and the levels of both tests, with rare visits and several rows a debtor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.special import expit, ndtr

import collectrisk as cr
from collectrisk.evaluation._measures import measure
from collectrisk.evaluation._ranking import area_under_curve
from collectrisk.evaluation._sample import Sample

if TYPE_CHECKING:
    from samples import Array

MEASURES = (
    "observed_rate",
    "auc",
    "brier",
    "calibration_in_the_large",
    "calibration_intercept",
    "calibration_slope",
)


def simulated(rng: np.random.Generator, debtors: int, level: float, most: int) -> Sample:
    """Return accounts of debtors who have up to `most` each, and whose outcomes are correlated.

    The probabilities are right. The part of an outcome that they leave to chance is a normal number,
    and that of a debtor's accounts has a correlation of 0.6.
    """
    debtor = np.repeat(np.arange(debtors), rng.integers(1, most + 1, debtors))

    def normal(correlation: float) -> Array:
        common = rng.normal(size=debtors)[debtor]
        numbers: Array = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * rng.normal(
            size=len(debtor)
        )
        return numbers

    probability = expit(level + normal(0.5))
    visited = ndtr(normal(0.6)) < probability
    return Sample(visited, probability, np.ones(len(debtor)), debtor).take(slice(None))


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("debtors", "level", "most"),
    [(100, -3.9, 1), (100, -3.9, 5), (50, -1.1, 5)],
)
def test_every_interval_covers_and_every_test_has_its_level(debtors: int, level: float, most: int) -> None:
    rng = np.random.default_rng(8)
    large = simulated(rng, 400_000, level, 1)
    truth = dict(zip(MEASURES, (large.probability.mean(), 0.0, 0.0, 0.0, 0.0, 1.0), strict=True))
    truth["auc"] = area_under_curve(*large.arrays) or 0.0
    truth["brier"] = float((large.probability * (1 - large.probability)).mean())
    covered: dict[str, list[bool]] = {name: [] for name in MEASURES}
    rejected: dict[str, list[bool]] = {"level_test": [], "spiegelhalter_test": []}
    for _ in range(600):
        sample = simulated(rng, debtors, level, most)
        found = measure(sample, ladder=cr.DEFAULT_LADDER, confidence=0.95, bins=1)
        for name, hits in covered.items():
            low, high = getattr(found, f"{name}_interval") or (np.nan, np.nan)
            if np.isfinite(low):
                hits.append(low <= truth[name] <= high)
        for name, rejections in rejected.items():
            rejections.append(getattr(found, name).p_value < 0.05)
    coverage = {name: np.mean(hits) for name, hits in covered.items()}
    assert {name: each for name, each in coverage.items() if not 0.92 < each < 0.995} == {}
    assert {name: np.mean(each) for name, each in rejected.items() if not 0.02 < np.mean(each) < 0.08} == {}
