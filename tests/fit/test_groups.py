"""The groups of coefficients, and their names."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from scipy.special import expit

import collectrisk as cr
from collectrisk._fit.groups import SHARED, own_group
from collectrisk._scorers.spreads import SlopeSpread

Array = npt.NDArray[Any]


def labels_of(x: Array, z: Array) -> Array:
    visits: Array = np.random.default_rng(1).random(len(x)) < expit(x + 0.8 * x * z)
    return visits


@pytest.mark.parametrize("name", [*(group.name for group in SHARED), "z slope"])
def test_a_column_may_have_the_name_of_a_group_that_others_share(name: str) -> None:
    x, z = np.random.default_rng(0).normal(size=(2, 300))
    q = np.where(np.arange(300) % 5, x, np.nan)
    flag = z > 0
    card = cr.Scorecard(
        base=0.0,
        base_spread=0.5,
        characteristics=[
            cr.PiecewiseLinear(label="z", field="z", knots=[(-2, -1), (2, 1)], source="fitted"),
            cr.Bands(label="q", field="q", bands=[(-9, 0.0), (0, 0.5)], if_missing=0.0),
        ],
        slope_spreads=[SlopeSpread(label="z", spread=0.3, centre=0.0)],
    )
    probabilities = []
    for its in ("some other name", name):
        frame = pl.DataFrame({its: x, "z": z, "q": q, "flag": flag})
        scorer = cr.LogisticScorer(prior=card, characteristics=[its, "flag"], pairs=[(its, "z")], knots=4)
        probabilities.append(scorer.fit(frame, labels_of(x, z)).visit_probabilities(frame))
    np.testing.assert_array_equal(probabilities[0], probabilities[1])
    assert f"{name} (points)" in scorer.prior_scales_
    assert scorer.prior_scales_.keys() >= {"base", "z slope", "flags", "missing", "prior factor", "trend"}


def test_the_scale_of_the_base_is_not_that_of_a_column_named_base() -> None:
    x, z = np.random.default_rng(0).normal(size=(2, 300))
    frame = pl.DataFrame({"base": x, "z": z})
    scorer = cr.LogisticScorer(knots=4, prior_scale={"base": 0.01}).fit(frame, labels_of(x, z))
    assert scorer.prior_scales_["base"] == pytest.approx(0.01)
    assert scorer.prior_scales_["base (points)"] > 0.1


def test_groups_of_different_labels_have_different_names() -> None:
    labels = ["amount", "base", "base (points)", "base (points) (points)", "amount (points)", "tax slope"]
    names = {own_group(label, 1.0).name for label in labels}
    assert len(names | {group.name for group in SHARED}) == len(labels) + len(SHARED)
    assert own_group("amount (points)", 1.0, shape=2.0).name == "amount (points)"
