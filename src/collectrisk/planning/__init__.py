"""How many visits there will be, and which accounts get the calls and visits that are possible."""

from __future__ import annotations

from collectrisk.planning._allocate import allocate
from collectrisk.planning._forecast import Forecast, ForecastByGroup, forecast_visits
from collectrisk.planning._plan import Plan
from collectrisk.planning._plan_comparison import PlanComparison
from collectrisk.planning._uncertainty import DEFAULT_SPREAD
from collectrisk.planning._visit_count import VisitCount

__all__ = [
    "DEFAULT_SPREAD",
    "Forecast",
    "ForecastByGroup",
    "Plan",
    "PlanComparison",
    "VisitCount",
    "allocate",
    "forecast_visits",
]
