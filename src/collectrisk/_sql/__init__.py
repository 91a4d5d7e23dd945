"""Scorecards as SQL text: a query in stages, each of which refers to the columns of the one before."""

from __future__ import annotations

from collectrisk._sql.card import to_sql

__all__ = ["to_sql"]
