"""Pictures of reasons, cards, reports and portfolios, drawn with matplotlib."""

from __future__ import annotations

from collectrisk.plots._calibration import reliability
from collectrisk.plots._card import curve, curves
from collectrisk.plots._probabilities import portfolio
from collectrisk.plots._ranking import gains, roc
from collectrisk.plots._waterfall import reasons

__all__ = ["curve", "curves", "gains", "portfolio", "reasons", "reliability", "roc"]
