"""Intervals on real debts, of which one debtor has up to 110, agree with a bootstrap of the debtors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

import collectrisk as cr
from collectrisk.evaluation._ranking import area_under_curve

if TYPE_CHECKING:
    from collectrisk.evaluation import Measures

FILE = Path(__file__).parents[3] / "shared/data/pgfn_fgts_prev_2020-12_deidentified.parquet"
SOURCE = "Procuradoria-Geral da Fazenda Nacional, open data, https://www.gov.br/pgfn"


def width(measures: Measures, measure: str) -> float:
    low, high = getattr(measures, f"{measure}_interval")
    return float(high - low)


@pytest.mark.exhaustive
def test_the_intervals_with_clusters_agree_with_a_bootstrap_of_the_debtors() -> None:
    """Without clusters, that of the rate is narrower by a factor of 1.65, and that of the AUC of 1.3."""
    if not FILE.exists():
        pytest.skip(f"{FILE.name} is not in ../shared/data; public source: {SOURCE}")
    debts = pl.read_parquet(FILE)
    age, sued = debts["days_since_registration"].to_numpy(), debts["sued"].to_numpy() == 1
    probability = expit(np.log1p(np.maximum(age, 0)) - 7.0)
    found, naive = (
        cr.evaluate(probability, debts, "sued", cluster=cluster).pooled for cluster in ("debtor_key", None)
    )
    assert found.clusters == 75_308
    assert width(found, "observed_rate") / width(naive, "observed_rate") == pytest.approx(1.65, abs=0.01)
    debtor = np.unique(debts["debtor_key"].to_numpy(), return_inverse=True)[1]
    rng, draws = np.random.default_rng(0), []
    for _ in range(200):
        drawn = np.bincount(rng.integers(0, 75_308, 75_308), minlength=75_308)[debtor].astype(float)
        rows = drawn > 0
        auc = area_under_curve(sued[rows], probability[rows], drawn[rows]) or 0.0
        brier = np.average((probability - sued) ** 2, weights=drawn)
        draws.append((np.average(sued, weights=drawn), auc, brier))
    for measure, deviation in zip(("observed_rate", "auc", "brier"), np.std(draws, axis=0), strict=True):
        assert width(found, measure) / (2 * 1.96) == pytest.approx(deviation, rel=0.12)
        assert width(naive, measure) / (2 * 1.96) < 0.85 * deviation
