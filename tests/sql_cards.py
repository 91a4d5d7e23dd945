"""Scorecards for the tests of SQL text."""

from __future__ import annotations

import math

import cards

import collectrisk as cr

__all__ = ["HOSTILE_TEXTS", "column", "everything", "many_knots"]

HOSTILE_TEXTS = (
    "O'Brien",
    'a "b"',
    "`c`",
    "\\",
    "\\'",
    "a\\\\b",
    "北京 é",
    "%s {x} :y",
    "-- z",
    "/* */",
    "$$",
)


def column(*characteristics: cr.Characteristic, base: float = 0.0) -> cr.Scorecard:
    """Return a card of some characteristics; by default, the points are the value of the column x, to 4."""
    line = cr.PiecewiseLinear(label="x", field="x", knots=[(0, 0), (4, 4)])
    return cr.Scorecard(base=base, characteristics=characteristics or [line])


def many_knots(count: int = 32) -> cr.Scorecard:
    """Return a card of two curves with many knots, and a characteristic that many rows tie with."""
    days = [(place * 61, round(math.sin(place), 3)) for place in range(count)]
    amounts = [(10 * 1.7**place, round(math.cos(place), 3)) for place in range(count)]
    return column(
        cr.PiecewiseLinear(label="delay", field="days_past_due", knots=days),
        cr.PiecewiseLinear(label="amount", field="amount_overdue", knots=amounts, scale="log"),
        cr.Bands(label="calls", field="failed_calls", bands=[(n, n / 8) for n in range(count)]),
    )


def everything() -> cr.Scorecard:
    """Return a card of the rules, curves of many knots, points for missing values, and unusual texts."""
    levels = {text: place / 8 for place, text in enumerate(HOSTILE_TEXTS)}
    parts = {
        "rules": cr.RuleScorer(),
        "fitted": cards.fitted("product"),
        "knots": many_knots(),
        "missing": cards.WITH_MISSING,
        "surfaces": cards.SURFACES,
        "texts": column(cr.Levels(label="it's", field="it's", levels=levels, otherwise=-1, if_missing=0.5)),
    }
    return cr.Scorecard.blend(parts, dict.fromkeys(parts, 1.0))
