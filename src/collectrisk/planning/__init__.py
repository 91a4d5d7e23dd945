"""How many visits there will be, and which accounts get the calls and visits that are possible."""

from __future__ import annotations

from collectrisk.planning._forecast import Forecast, ForecastByGroup, forecast_visits
from collectrisk.planning._uncertainty import DEFAULT_SPREAD
from collectrisk.planning._visit_count import VisitCount

__all__ = ["DEFAULT_SPREAD", "Forecast", "ForecastByGroup", "VisitCount", "forecast_visits"]
