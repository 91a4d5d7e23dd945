"""Scorers that fail one check each, and pass all others."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pandas as pd

import collectrisk as cr
from collectrisk._scorers.scorecard import CardScorer, Scorecard

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BROKEN", "CARD", "MONOTONE", "Moody", "Squared", "Stale", "Unbounded"]

MONOTONE = {"days_past_due": 1}


class Stale(cr.Scorer):
    """Passes every check; its probability increases with the days past due."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        log_odds = -4.0 + 0.02 * borrower.days_past_due
        return xp.logistic(log_odds + xp.where(borrower.broken_promises > 2, 1.2, 0.0))


class Unbounded(cr.Scorer):
    """Returns values above 1 after a hundred days."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # the error
        return borrower.days_past_due / 100


class Moody(Stale):
    """Returns random values."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return super().visit_probability(borrower, xp) * random.random()  # noqa: S311  # the error


class Forgetful(cr.Scorer):
    """Stores an intermediate result where other threads overwrite it."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        self.log_odds = -4.0 + 0.02 * borrower.days_past_due
        time.sleep(0.0001)
        return xp.logistic(self.log_odds)


class Crowded(Stale):
    """Depends on the number of rows."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        others = getattr(borrower.days_past_due, "size", 1)
        return super().visit_probability(borrower, xp) / others


class Untidy(Stale):
    """Adds a column to the frame that it is given."""

    def assess_frame(self, frame: Any, **options: Any) -> Any:
        scored = super().assess_frame(frame, **options)
        if isinstance(frame, pd.DataFrame):
            frame["seen"] = True
        return scored


class Overwriting(Stale):
    """Changes the arrays that it is given."""

    def visit_probabilities(self, data: Any, **options: Any) -> Any:
        found = super().visit_probabilities(data, **options)
        data["days_past_due"] += 1
        return found


class NumPyAlone(cr.Scorer):
    """Uses a function of NumPy, which does not work on expressions."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.logistic(np.log1p(borrower.days_past_due) - 4.0)


class NarrowOnLazy(Stale):
    """Returns another value on lazy frames than elsewhere."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        lazy = hasattr(borrower.days_past_due, "expr")
        return super().visit_probability(borrower, xp) / (2 if lazy else 1)


@attrs.frozen(kw_only=True)
class Uncopied(Stale):
    """Contains a function that cannot be pickled."""

    curve: Any = lambda days: -4.0 + 0.02 * days  # the error

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.logistic(self.curve(borrower.days_past_due))


class Halved(Stale):
    """Changes its state when it is copied."""

    factor = 1.0

    def __getstate__(self) -> dict[str, float]:
        return {"factor": 0.5}

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return super().visit_probability(borrower, xp) * self.factor


DELAY = cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, -1), (365, 2)])
PLAN = cr.Flag(label="plan", field="repayment_plan", if_true=-3)
CARD = cr.Scorecard(base=-1, characteristics=[DELAY, PLAN])


class OnCard(CardScorer):
    """Has a card."""

    @property
    def card(self) -> Scorecard:
        return CARD


class Shifted(OnCard):
    """Adds to its card what a card file does not contain."""

    def assess(self, borrower: cr.Borrower | Mapping[str, Any]) -> cr.Assessment:
        return CARD.with_base(0).assess(borrower)

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return CARD.with_base(0).visit_probability(borrower, xp)


class Discreet(OnCard):
    """Does not give all of its reasons."""

    def assess(self, borrower: cr.Borrower | Mapping[str, Any]) -> cr.Assessment:
        assessment = super().assess(borrower)
        return attrs.evolve(
            assessment, characteristics=assessment.characteristics[1:], points=assessment.points[1:]
        )


class Squared(OnCard):
    """Has reasons that explain another probability."""

    def assess(self, borrower: cr.Borrower | Mapping[str, Any]) -> cr.Assessment:
        assessment = super().assess(borrower)
        return attrs.evolve(assessment, visit_probability=assessment.visit_probability**2)

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return super().visit_probability(borrower, xp) ** 2


class Ebbing(cr.Scorer):
    """Decreases again after a year."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.interp(borrower.days_past_due, (0.0, 365.0, 730.0), (0.0, 1.0, 0.5))


BROKEN: list[tuple[str, cr.Scorer, str]] = [
    ("probability", Unbounded(), "return a number from 0 to 1"),
    ("deterministic", Moody(), "do not use random numbers"),
    ("threads", Forgetful(), "keep intermediate results in local variables"),
    ("eager_frames", Crowded(), "compute each row from its own fields"),
    ("input", Untidy(), "copy a frame before you add columns to it"),
    ("input", Overwriting(), "do not write to the frame or to its arrays"),
    ("lazy_frames", NumPyAlone(), "the functions of xp instead of those of math and NumPy"),
    ("lazy_frames", NarrowOnLazy(), "use only operators and the functions of xp"),
    ("pickle", Uncopied(), "no lambda"),
    ("pickle", Halved(), "plain data"),
    ("save", Shifted(), "put everything into it"),
    ("reasons", Discreet(), "put every effect into a characteristic"),
    ("monotone", Ebbing(), "check the signs"),
]
"""The check that each scorer fails, the scorer, and words of the advice to correct it."""
