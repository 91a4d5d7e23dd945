"""Pictures of reasons, cards, reports and portfolios, drawn with matplotlib."""

from __future__ import annotations

from collectrisk.plots.calibration import reliability
from collectrisk.plots.card import curve, curves
from collectrisk.plots.probabilities import portfolio
from collectrisk.plots.ranking import gains, roc
from collectrisk.plots.waterfall import reasons

__all__ = ["curve", "curves", "gains", "portfolio", "reasons", "reliability", "roc"]
