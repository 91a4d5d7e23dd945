"""Scorers that break one promise each, and keep all others."""

from __future__ import annotations

import random
import time
from typing import Any

import attrs
import numpy as np
import pandas as pd

import collectrisk as cr
from collectrisk._scorers.scorecard import CardScorer, Scorecard

__all__ = ["BROKEN", "CARD", "MONOTONE", "Moody", "Squared", "Stale", "Unbounded"]

MONOTONE = {"days_past_due": 1}


class Stale(cr.Scorer):
    """Keeps every promise, rising with the delay included."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        log_odds = -4.0 + 0.02 * borrower.days_past_due
        return xp.logistic(log_odds + xp.where(borrower.broken_promises > 2, 1.2, 0.0))


class Unbounded(cr.Scorer):
    """Leaves the range of a probability after a hundred days."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # that is the fault
        return borrower.days_past_due / 100


class Moody(Stale):
    """Throws dice."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return super().visit_probability(borrower, xp) * random.random()  # noqa: S311  # that is the fault


class Forgetful(cr.Scorer):
    """Keeps an intermediate result where another thread writes its own."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        self.log_odds = -4.0 + 0.02 * borrower.days_past_due
        time.sleep(0.0001)
        return xp.logistic(self.log_odds)


class Crowded(Stale):
    """Asks how many others there are."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        others = getattr(borrower.days_past_due, "size", 1)
        return super().visit_probability(borrower, xp) / others


class Untidy(Stale):
    """Leaves a mark on the frame."""

    def assess_frame(self, frame: Any, **options: Any) -> Any:
        scored = super().assess_frame(frame, **options)
        if isinstance(frame, pd.DataFrame):
            frame["seen"] = True
        return scored


class Overwriting(Stale):
    """Changes arrays that it was lent."""

    def visit_probabilities(self, data: Any, **options: Any) -> Any:
        found = super().visit_probabilities(data, **options)
        data["days_past_due"] += 1
        return found


class NumPyAlone(cr.Scorer):
    """Uses a function that knows no columns but NumPy's."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.logistic(np.log1p(borrower.days_past_due) - 4.0)


class NarrowOnLazy(Stale):
    """Says another thing of a lazy frame's columns than of all others."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        lazy = hasattr(borrower.days_past_due, "over")
        return super().visit_probability(borrower, xp) / (2 if lazy else 1)


@attrs.frozen(kw_only=True)
class Uncopied(Stale):
    """Holds a function that cannot be pickled."""

    curve: Any = lambda days: -4.0 + 0.02 * days  # that is the fault

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.logistic(self.curve(borrower.days_past_due))


class Halved(Stale):
    """Loses half of itself on the way."""

    whole = 1.0

    def __getstate__(self) -> dict[str, float]:
        return {"whole": 0.5}

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return super().visit_probability(borrower, xp) * self.whole


DELAY = cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, -1), (365, 2)])
PLAN = cr.Flag(label="plan", field="repayment_plan", if_true=-3)
CARD = cr.Scorecard(base=-1, characteristics=[DELAY, PLAN])


class Shifted(CardScorer):
    """Adds to its card what a card file does not hold."""

    @property
    def card(self) -> Scorecard:
        return CARD

    @property
    def base(self) -> float:
        return self.card.base + 1.0

    def assess(self, borrower: cr.Borrower) -> cr.Assessment:
        return self.card.with_base(self.base).assess(borrower)

    def evaluate(self, record: Any, xp: cr.Namespace) -> Any:
        return self.card.with_base(self.base).evaluate(record, xp)


class Discreet(CardScorer):
    """Does not tell all of its reasons."""

    @property
    def card(self) -> Scorecard:
        return CARD

    def assess(self, borrower: cr.Borrower) -> cr.Assessment:
        told = super().assess(borrower)
        return attrs.evolve(told, characteristics=told.characteristics[1:], points=told.points[1:])


class Squared(Discreet):
    """Has reasons that explain another probability."""

    def assess(self, borrower: cr.Borrower) -> cr.Assessment:
        told = CardScorer.assess(self, borrower)
        return attrs.evolve(told, visit_probability=told.visit_probability**2)

    def evaluate(self, record: Any, xp: cr.Namespace) -> Any:
        return super().evaluate(record, xp) ** 2


class Ebbing(cr.Scorer):
    """Falls again after a year."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.interp(borrower.days_past_due, (0.0, 365.0, 730.0), (0.0, 1.0, 0.5))


BROKEN: list[tuple[str, cr.Scorer, str]] = [
    ("probability", Unbounded(), "end the formula with xp.logistic"),
    ("deterministic", Moody(), "leave out random numbers"),
    ("threads", Forgetful(), "keep intermediate results in local variables"),
    ("eager_frames", Crowded(), "read each row's own fields"),
    ("input", Untidy(), "copy a frame before you add to it"),
    ("input", Overwriting(), "make new values"),
    ("lazy_frames", NumPyAlone(), "use operators and the functions of xp alone"),
    ("lazy_frames", NarrowOnLazy(), "use operators and the functions of xp alone"),
    ("pickle", Uncopied(), "no lambda"),
    ("pickle", Halved(), "plain data"),
    ("save", Shifted(), "put everything into the card"),
    ("reasons", Discreet(), "put every effect into a characteristic"),
    ("monotone", Ebbing(), "look at the signs"),
]
"""The promise that each breaks, and words of how to mend it."""
