"""What is drawn of one characteristic: the curves that one card, or several, have under its label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._curves import Levels
from collectrisk._fit.posterior import Z_90
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._scorers.logistic import LogisticScorer
from collectrisk._scorers.scorecard import CardScorer
from collectrisk.errors import ArgumentError, nearest
from collectrisk.evaluation._names import named
from collectrisk.plots._canvas import mark

if TYPE_CHECKING:
    from collectrisk._typing import Array
    from collectrisk.plots._canvas import Mark


@attrs.frozen(eq=False)
class Part:
    """One card's curve under a label, and how to draw it.

    Attributes
    ----------
    name : str
        What the card is called; empty where it is the only one.
    curve : Characteristic
        The curve.
    fit : Fit or None
        What knows how sure the points are, where the card was fitted.
    mark : Mark
        How it is told from other cards' curves.
    """

    name: str
    curve: Any
    fit: Any
    mark: Mark

    def points(self, record: Any, rows: int) -> Array:
        """Return the points at each row of a record; NaN at a missing value that has none."""
        with np.errstate(all="ignore"):
            points = np.broadcast_to(self.curve.points(record, ARRAYS), (rows,)).astype(np.float64)
        if isinstance(self.curve, Levels) and self.curve.if_missing is None:
            points[ARRAYS.is_missing(getattr(record, self.curve.field))] = np.nan
        return points

    def reach(self, record: Any, rows: int) -> Array:
        """Return how far the 90 % interval reaches to either side; 0 where the card was not fitted."""
        if self.fit is None:
            return np.zeros(rows)
        spread: Array = Z_90 * self.fit.spread_of(self.curve.label, record, rows)
        return spread


def cards_of(scorer: Any) -> dict[str, CardScorer]:
    """Return one scorecard, or several by name."""
    several = isinstance(scorer, (Mapping, Sequence)) and not isinstance(scorer, str)
    cards = named(scorer, "scorer") if several else {"": scorer}
    if not cards:
        raise ArgumentError("scorer", "must be a scorecard, or several, not none")
    for card in cards.values():
        if not isinstance(card, CardScorer):
            raise ArgumentError(
                "scorer",
                f"must be a scorecard, or several: a RuleScorer, a Scorecard, a fitted LogisticScorer; "
                f"a {type(card).__name__} has no curves to draw",
            )
    return cards


def labels_of(cards: Mapping[str, CardScorer]) -> list[str]:
    """Return the labels on any of the cards, in the order of the cards."""
    return list(dict.fromkeys(label for card in cards.values() for label in card.labels))


def parts_of(cards: Mapping[str, CardScorer], label: str) -> list[Part]:
    """Return the curves that the cards have under a label."""
    if label not in labels_of(cards):
        guess = nearest(label, labels_of(cards))
        meant = f"did you mean {guess!r}? " if guess else ""
        raise ArgumentError(
            "label", f"{label!r} is on no card; {meant}the labels are {', '.join(labels_of(cards))}"
        )
    return [
        Part(name, curve, card.fit_ if isinstance(card, LogisticScorer) else None, mark(place))
        for place, (name, card) in enumerate(cards.items())
        for curve in card.card.characteristics
        if curve.label == label
    ]
