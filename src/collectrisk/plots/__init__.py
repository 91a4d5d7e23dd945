"""Plots of reasons, scorecards, evaluations, portfolios, plans and histories, drawn with matplotlib."""

from __future__ import annotations

from collectrisk.plots._curves import curve, curves
from collectrisk.plots._forecast import forecast
from collectrisk.plots._frontier import frontier
from collectrisk.plots._portfolio import portfolio
from collectrisk.plots._reasons import reasons
from collectrisk.plots._reports import gains, reliability, roc
from collectrisk.plots._timeline import timeline

__all__ = [
    "curve",
    "curves",
    "forecast",
    "frontier",
    "gains",
    "portfolio",
    "reasons",
    "reliability",
    "roc",
    "timeline",
]
