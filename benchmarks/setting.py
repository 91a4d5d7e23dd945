"""What all lines share: the size, the portfolio, its eight features, and scikit-learn fitted to them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import collectrisk as cr

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

__all__ = ["FEATURES", "Setting", "numbers", "pipeline", "portfolio", "visited"]

FEATURES = [
    "amount_overdue",
    "days_past_due",
    "attitude",
    "failed_messages",
    "failed_calls",
    "broken_promises",
    "placed_with_agency",
    "repayment_plan",
]
FITTED_ROWS = 50_000
"""The number of rows to which peers are fitted: scoring is what is measured."""


@attrs.frozen
class Setting:
    """How large and how often, and where the peers with other dependencies live."""

    rows: int
    repeats: int
    peer_python: Path | None = None


@functools.cache
def portfolio(rows: int, backend: Any) -> Any:
    """Return the eight features of a simulated portfolio."""
    return cr.simulate_portfolio(rows, seed=1, backend=backend)[FEATURES]


@functools.cache
def visited(rows: int) -> npt.NDArray[np.bool_]:
    """Return made-up labels: one draw from each account's probability under the rules."""
    probability = cr.RuleScorer().visit_probabilities(portfolio(rows, "polars"))
    return np.random.default_rng(2).random(rows) < np.sqrt(probability)


@functools.cache
def numbers(rows: int) -> Any:
    """Return the features as a pandas frame of floats; an attitude is its place in the enum."""
    frame = portfolio(rows, "pandas")
    places = {attitude.value: float(place) for place, attitude in enumerate(cr.Attitude)}
    return frame.assign(attitude=frame["attitude"].map(places)).astype(float)


@functools.cache
def pipeline(*, named: bool) -> Any:
    """Return a fitted StandardScaler and LogisticRegression, for pandas or for NumPy input."""
    frame = numbers(FITTED_ROWS)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(frame if named else frame.to_numpy(), visited(FITTED_ROWS))
