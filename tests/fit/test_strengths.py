"""The marginal likelihood of the strengths."""

from __future__ import annotations

import numpy as np
import pytest
from fit_cases import slopes
from scipy.stats import multivariate_normal

from collectrisk._fit.evidence import LARGEST, SMALLEST, Parabola, _marginal, most_likely_strengths

GROUP = np.array([0, 1, 1, 1, 2, 2, 2, 2])
EXPECTED = np.array([0.5, 1.0, 0.2])
CERTAINTY = np.array([1.0, 4.0, 1.0])
RNG = np.random.default_rng(5)
TABLE = RNG.normal(size=(30, len(GROUP)))
SEEN = TABLE @ RNG.normal(0, [0.5] + [1.0] * 3 + [0.01] * 4) + RNG.normal(size=30)
PARABOLA = Parabola(TABLE.T @ TABLE, TABLE.T @ SEEN)


def test_it_is_the_evidence_of_a_linear_model() -> None:
    """For y = table @ steps + noise the evidence is a normal density in y."""

    def evidence(spreads: np.ndarray) -> float:
        covariance = np.eye(30) + TABLE @ np.diag(spreads[GROUP] ** 2) @ TABLE.T
        density = multivariate_normal(np.zeros(30), covariance).logpdf(SEEN)
        return float(density + CERTAINTY @ (np.log(spreads) - spreads / EXPECTED))

    one, other = np.array([0.5, 1.0, 0.1]), np.array([2.0, 0.3, 0.7])
    found = [-_marginal(np.log(spreads), PARABOLA, GROUP, EXPECTED, CERTAINTY)[0] for spreads in (one, other)]
    assert found[0] - found[1] == pytest.approx(evidence(one) - evidence(other), abs=1e-9)


def test_its_slope_is_right() -> None:
    logs = np.log([0.4, 1.3, 0.05])
    _, slope = _marginal(logs, PARABOLA, GROUP, EXPECTED, CERTAINTY)
    expected = slopes(lambda at: _marginal(at, PARABOLA, GROUP, EXPECTED, CERTAINTY)[0], logs)
    np.testing.assert_allclose(slope, expected, atol=1e-7)


def test_the_likeliest_strengths_are_at_its_bottom() -> None:
    found = most_likely_strengths(PARABOLA, GROUP, np.array([0.5, 1.0, 0.2]), EXPECTED, CERTAINTY)
    _, slope = _marginal(np.log(found), PARABOLA, GROUP, EXPECTED, CERTAINTY)
    np.testing.assert_allclose(slope, 0, atol=1e-3)
    assert found[1] > 5 * found[2]


def test_where_data_say_nothing_strengths_are_those_expected() -> None:
    empty = Parabola(np.zeros((8, 8)), np.zeros(8))
    found = most_likely_strengths(empty, GROUP, np.array([0.1, 0.1, 0.1]), EXPECTED, CERTAINTY)
    np.testing.assert_allclose(found, EXPECTED, rtol=1e-4)


def test_a_strength_that_is_held_stays() -> None:
    found = most_likely_strengths(
        PARABOLA, GROUP, np.array([0.5, 77.0, 0.2]), np.array([0.5, np.nan, 0.2]), CERTAINTY
    )
    assert found[1] == pytest.approx(77.0)


def test_strengths_stay_in_a_sane_range() -> None:
    wild = Parabola(np.eye(8) * 1e6, np.concatenate([np.zeros(4), np.full(4, 1e9)]))
    found = most_likely_strengths(
        wild, GROUP, np.array([0.5, 1.0, 0.2]), np.array([0.5, 1.0, 1e9]), CERTAINTY
    )
    assert found[1] >= SMALLEST * 0.999
    assert found[2] == pytest.approx(LARGEST)
