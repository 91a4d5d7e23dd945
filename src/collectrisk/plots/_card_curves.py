"""The curves to draw: those that one scorecard, or several, have under a label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._curves import Levels
from collectrisk._fields import merge_specs
from collectrisk._fit.posterior import Z_90
from collectrisk._formula import shared_columns
from collectrisk._frames import read_columns
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._scorers.logistic import LogisticScorer
from collectrisk._scorers.scorecard import CardScorer
from collectrisk._scorers.scorer import formula_of, require_fitted
from collectrisk.errors import ArgumentError, refuse_other, type_name
from collectrisk.evaluation._candidate import name_scorers
from collectrisk.plots._style import mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._fit.fitting import Fit
    from collectrisk._typing import Array
    from collectrisk.mapping._mapping import Columns
    from collectrisk.plots._style import Mark


@attrs.frozen(eq=False)
class CardCurve:
    """The curve of one scorecard under a label.

    Attributes
    ----------
    name : str
        The scorecard's name; empty if it is the only one.
    characteristic : Characteristic
        The characteristic.
    fit : Fit or None
        Knows the standard errors, if the scorecard was fitted and has intervals.
    mark : Mark
        Colour, marker and line style.
    """

    name: str
    characteristic: Any
    fit: Any
    mark: Mark

    def points(self, record: Any, rows: int) -> Array:
        """Return the points of each row; NaN for a missing value that has none."""
        with np.errstate(all="ignore"):
            points = np.broadcast_to(self.characteristic.points(record, ARRAYS), (rows,)).astype(np.float64)
        if isinstance(self.characteristic, Levels) and self.characteristic.if_missing is None:
            points[ARRAYS.is_missing(getattr(record, self.characteristic.field))] = np.nan
        return points

    def margin(self, record: Any, rows: int) -> Array:
        """Return half the width of the 90 % interval of each row; 0 if the scorecard has none."""
        if self.fit is None:
            return np.zeros(rows)
        margin: Array = Z_90 * self.fit.standard_errors(self.characteristic.label, record, rows)
        return margin


@attrs.frozen(eq=False)
class Accounts:
    """The columns of a frame that some curves read, and its number of rows."""

    record: Any
    rows: int

    def column(self, field: str) -> Array:
        """Return a column, also where the frame has none and a default is used."""
        return np.broadcast_to(getattr(self.record, field), (self.rows,))


def read_accounts(
    cards: Mapping[str, CardScorer], curves: Iterable[CardCurve], data: Any, columns: Columns | None
) -> Accounts | None:
    """Return the accounts of a frame, or None if there are none."""
    if data is None:
        return None
    formulas = [formula_of(card) for card in cards.values()]
    if columns is None:
        columns = shared_columns(formulas, "scorer")
    specs = merge_specs(each.characteristic.column_specs for each in curves)
    known = merge_specs(each.column_specs for each in formulas)
    record, rows = read_columns(data, formulas[0].borrower_type, specs, columns, known)
    return Accounts(record, rows) if rows else None


def cards_by_name(scorer: Any) -> dict[str, CardScorer]:
    """Return one scorecard, or several by name."""
    several = isinstance(scorer, (Mapping, Sequence)) and not isinstance(scorer, str)
    cards = name_scorers(scorer, "scorer") if several else {"": scorer}
    if not cards:
        raise ArgumentError("scorer", "must be one or more scorecards, not an empty collection")
    for card in cards.values():
        if not isinstance(card, CardScorer):
            raise ArgumentError(
                "scorer",
                "must be one or more scorecards: a RuleScorer, a Scorecard, a fitted LogisticScorer; "
                f"{type_name(card)} has no curves",
            )
        require_fitted(card, "scorer")
    if not all_labels(cards):
        raise ArgumentError("scorer", "must have at least one characteristic, and so a curve to draw")
    return cards


def all_labels(cards: Mapping[str, CardScorer]) -> list[str]:
    """Return the labels of all scorecards, each once, in order."""
    return list(dict.fromkeys(label for card in cards.values() for label in card.labels))


def card_curves(cards: Mapping[str, CardScorer], label: str) -> list[CardCurve]:
    """Return the curves that the scorecards have under a label, or for a field."""
    label = _label(cards, label)
    return [
        CardCurve(name, characteristic, _fit_with_intervals(card), mark(index))
        for index, (name, card) in enumerate(cards.items())
        for characteristic in card.card.characteristics
        if characteristic.label == label
    ]


def _label(cards: Mapping[str, CardScorer], name: str) -> str:
    """Return a label, or that of the only characteristic that reads a field and no other."""
    labels = all_labels(cards)
    if isinstance(name, str) and name not in labels:
        of_field = {
            each.label
            for card in cards.values()
            for each in card.card.characteristics
            if each.fields == (name,)
        }
        if len(of_field) == 1:
            return of_field.pop()
    refuse_other("label", name, labels)
    return name


def _fit_with_intervals(card: CardScorer) -> Fit | None:
    return card.fit_ if isinstance(card, LogisticScorer) and card.has_intervals_ else None
