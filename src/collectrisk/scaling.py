"""A scorecard in scaled points: a score in which a number of points doubles the odds."""

from __future__ import annotations

import math
import numbers
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from scipy.special import expit, logit

from collectrisk._display.card import every_value
from collectrisk._display.document import ExplainedDocument, paragraph, table
from collectrisk._display.words import words_in
from collectrisk._errors import ArgumentError, shown
from collectrisk._export import Tabular
from collectrisk._fields import is_boolean, is_number
from collectrisk._frames import log_odds_of
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._scorers.scorer import formula_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from collectrisk._display.document import Block
    from collectrisk._display.words import Words
    from collectrisk._formula import Formula
    from collectrisk._typing import Array, Interval, Language
    from collectrisk.mapping._mapping import Columns

__all__ = ["Rounding", "ScaledPoints", "ScaledRow"]

LIMITS = {"pdo": (1.0, 1e6), "score": (-1e9, 1e9), "odds": (1e-9, 1e9)}
"""The smallest and the largest value of each number of the scale."""


@attrs.frozen
class ScaledRow:
    """The scaled points of one value.

    Attributes
    ----------
    label : str
        The characteristic, or ``"base"``.
    value : str
        The value: a knot, a band, a level.
    log_odds : float
        The points on the card: what the value adds to the log-odds of a visit.
    exact : float
        The scaled points before they are rounded.
    points : int or float
        The scaled points.
    """

    label: str
    value: str
    log_odds: float
    exact: float
    points: float


@attrs.frozen(kw_only=True)
class Rounding:
    """What is lost by rounding scaled points.

    Attributes
    ----------
    log_odds : (float, float)
        The lowest and the highest change of the log-odds, over all combinations of knots, bands and
        levels; between knots the change is smaller.
    probability : float
        No visit probability changes by more than this, whoever the borrower is.
    accounts : int or None
        The number of accounts for which the change was measured; None if none were passed.
    largest, mean : float or None
        The largest and the mean absolute change of their visit probabilities.
    channels : int or None
        The number of accounts for which the ladder recommends another channel.
    """

    log_odds: Interval
    probability: float
    accounts: int | None = None
    largest: float | None = None
    mean: float | None = None
    channels: int | None = None


@attrs.frozen(eq=False, kw_only=True)
class ScaledPoints(Tabular, ExplainedDocument):
    """A scorecard in scaled points, as `Scorecard.scaled_points` returns it.

    A higher score means fewer visits. The odds are those of an account without a visit to one with a
    visit (good to bad; Siddiqi 2006), so the scaled points of a value have the opposite sign of its
    points on the card. The score of an account is the sum of the base and of the points of each
    characteristic. Between two knots, the points are on the line between those of the knots.

    Attributes
    ----------
    pdo : float
        The number of points that double the odds.
    score, odds : float
        The score of an account that has these odds of no visit.
    integer : bool
        Whether the points in the table are whole numbers.
    original : Scorecard
        The card.
    card : Scorecard
        The card with the points of the table, in log-odds: it gives the visit probabilities that belong
        to the scores, and works like any other card. Without rounding it equals the original, but for
        the last digits of its numbers.
    rounding : Rounding
        What is lost by rounding.
    formula : object
        How accounts are read and scored, for `scores`.

    Examples
    --------
    >>> import collectrisk as cr
    >>> card = cr.Scorecard(
    ...     base=-3, characteristics=[cr.Flag(label="plan", field="repayment_plan", if_true=-2)]
    ... )
    >>> scaled = card.scaled_points(pdo=20, score=600, odds=50)
    >>> [(row.label, row.value, row.points) for row in scaled.rows]
    [('base', '', 574), ('plan', 'yes', 58), ('plan', 'no', 0)]
    """

    pdo: float
    score: float
    odds: float
    integer: bool
    original: Any = attrs.field(repr=False)
    card: Any = attrs.field(repr=False)
    rounding: Rounding = attrs.field(repr=False)
    _formula: Formula = attrs.field(repr=False)

    @property
    def factor(self) -> float:
        """The number of points by which a score is lower if the log-odds of a visit are higher by 1."""
        return factor_of(self.pdo)

    @property
    def offset(self) -> float:
        """The score of an account with even odds."""
        return offset_of(self.pdo, self.score, self.odds)

    @property
    def base(self) -> float:
        """The score of an account without any points."""
        return self._points(self.card.base, self.offset)

    @property
    def rows(self) -> tuple[ScaledRow, ...]:
        """The scaled points of the base, then of each value of each characteristic."""
        return tuple(self._rows(words_in("en")))

    def _points(self, log_odds: float, offset: float = 0.0) -> float:
        """Return points in log-odds as they are in the table."""
        points = offset - self.factor * log_odds
        return round(points) if self.integer else points + 0.0  # no negative zero

    def _rows(self, words: Words) -> Iterator[ScaledRow]:
        yield ScaledRow(
            words.card.base, "", self.original.base, self.offset - self.factor * self.original.base, self.base
        )
        pairs = zip(self.original.characteristics, self.card.characteristics, strict=True)
        for exact, scaled in pairs:
            values = zip(every_value(exact, words), every_value(scaled, words), strict=True)
            whole = self.integer and has_points(exact)
            for (value, log_odds), (_, points) in values:
                found = -self.factor * log_odds + 0.0
                yield ScaledRow(exact.label, value, log_odds, found, self._points(points) if whole else found)

    def score_of(self, probability: Any) -> Any:
        """Return the score that belongs to a visit probability, without any rounding.

        Parameters
        ----------
        probability : float, or array of float
            One or more visit probabilities.

        Raises
        ------
        ArgumentError
            If they are not numbers from 0 to 1.

        Examples
        --------
        >>> import collectrisk as cr
        >>> scaled = cr.RuleScorer().scaled_points(pdo=20, score=600, odds=50)
        >>> round(scaled.score_of(1 / 51), 6), round(scaled.score_of(1 / 101), 6)
        (600.0, 620.0)
        """
        found = self.offset - self.factor * logit(_numbers("probability", probability, 0, 1))
        return found if found.ndim else float(found)

    def probability_of(self, score: Any) -> Any:
        """Return the visit probability that belongs to a score: the inverse of `score_of`.

        Parameters
        ----------
        score : float, or array of float
            One or more scores.

        Raises
        ------
        ArgumentError
            If they are not numbers.
        """
        found = expit((self.offset - _numbers("score", score, -math.inf, math.inf)) / self.factor)
        return found if found.ndim else float(found)

    def scores(self, accounts: Any, *, columns: Columns | None = None) -> Any:
        """Return the score of each account: the sum of the points of the table.

        Parameters
        ----------
        accounts : eager frame, or mapping of str to array
            One row per account.
        columns : Mapping, or mapping of str to (str or None), optional
            How the fields are read, as in `Scorer.assess_frame`.

        Returns
        -------
        array of float
            The scores; NaN for a row that the mapping skips. They are whole numbers if the points are,
            except for accounts between two knots.

        Raises
        ------
        CollectRiskError
            As in `Scorer.visit_probabilities`: for a lazy frame, or rows with invalid values.
        """
        log_odds = log_odds_of(self._formula, accounts, columns=columns)
        # A sum of whole points is a whole number, which the division by the factor has blurred.
        return np.round(self.offset - self.factor * log_odds, 9)

    def to_dict(self) -> dict[str, Any]:
        """Return the scale, the points and the loss by rounding as plain data, which JSON can represent."""
        scale = {
            name: getattr(self, name) for name in ("pdo", "score", "odds", "integer", "factor", "offset")
        }
        rounding = attrs.asdict(self.rounding)
        return {
            **scale,
            "rounding": {**rounding, "log_odds": list(self.rounding.log_odds)},
            "points": list(map(attrs.asdict, self.rows)),
        }

    def _columns(self) -> dict[str, list[Any]]:
        rows = self.rows
        return {
            "characteristic": [row.label for row in rows],
            "value": [row.value for row in rows],
            "log_odds": [row.log_odds for row in rows],
            "exact": [row.exact for row in rows],
            "points": [row.points for row in rows],
        }

    def _blocks(self, language: Language) -> Iterator[Block]:
        every = words_in(language)
        words = every.scaling
        rows = [
            (row.label, row.value, f"{row.log_odds:+.3f}", f"{row.exact:,.2f}", f"{row.points:,.10g}")
            for row in self._rows(every)
        ]
        caption = words.title.format(f"{self.score:g}", f"{self.odds:g}", f"{self.pdo:g}")
        header = (every.assessment.characteristic, words.value, words.log_odds, words.exact, words.points)
        yield table(caption, header, rows, text_columns=2)
        yield paragraph(words.formula.format(f"{self.offset:.4f}", f"{self.factor:.4f}"))
        if self.integer:
            yield paragraph(self._loss(words))

    def _loss(self, words: Any) -> str:
        rounding = self.rounding
        low, high = rounding.log_odds
        text = words.rounding.format(f"{low:+.3f}", f"{high:+.3f}", f"{100 * rounding.probability:.2g}")
        if rounding.accounts:
            text += words.accounts.format(
                f"{rounding.accounts:,}",
                f"{100 * (rounding.largest or 0.0):.2g}",
                f"{100 * (rounding.mean or 0.0):.2g}",
                f"{rounding.channels:,}",
            )
        return str(text)


def _numbers(argument: str, values: Any, least: float, most: float) -> Array:
    """Return one or more numbers as an array of floats; NaN stays."""
    try:
        found: Array = np.asarray(values)
    except ValueError:  # lists of different lengths
        found = np.array(None)
    if found.dtype.kind not in "fiu" or (found < least).any() or (found > most).any():
        limits = f" from {least:g} to {most:g}" if math.isfinite(most) else ""
        raise ArgumentError(argument, f"must be a number{limits}, or an array of such, not {shown(values)}")
    return found.astype(np.float64)


def factor_of(pdo: float) -> float:
    """Return the points for a difference of 1 in log-odds."""
    return pdo / math.log(2.0)


def offset_of(pdo: float, score: float, odds: float) -> float:
    """Return the score for even odds."""
    return score - factor_of(pdo) * math.log(odds)


def has_points(characteristic: Any) -> bool:
    """Return whether the points of a characteristic are numbers that can be rounded one by one."""
    try:
        characteristic.with_points(float)
    except NotImplementedError:
        return False
    return True


def scaled_points(
    card: Any,
    reads: Formula,
    *,
    pdo: float,
    score: float,
    odds: float,
    integer: bool,
    accounts: Any,
    columns: Columns | None,
) -> ScaledPoints:
    """Return a card in scaled points; see `Scorecard.scaled_points`."""
    pdo, score, odds = (_checked(*each) for each in (("pdo", pdo), ("score", score), ("odds", odds)))
    if not isinstance(integer, bool):
        raise ArgumentError("integer", f"must be True or False, not {shown(integer)}")
    factor, offset = factor_of(pdo), offset_of(pdo, score, odds)
    scaled = card
    if integer:
        scaled = attrs.evolve(
            card,
            base=(offset - round(offset - factor * card.base)) / factor,
            characteristics=[_whole(each, factor) for each in card.characteristics],
        )
    # The scorer of the card may have a class of borrowers and a mapping of its own.
    formulas = [
        attrs.evolve(formula_of(each), borrower_type=reads.borrower_type, columns=reads.columns)
        for each in (card, scaled)
    ]
    rounding = _rounding(card, scaled)
    if accounts is not None:
        rounding = _measured(rounding, formulas, accounts, columns)
    return ScaledPoints(
        pdo=pdo,
        score=score,
        odds=odds,
        integer=integer,
        original=card,
        card=scaled,
        rounding=rounding,
        formula=formulas[-1],
    )


def _whole(characteristic: Any, factor: float) -> Any:
    if not has_points(characteristic):
        return characteristic
    return characteristic.with_points(lambda points: -round(-factor * points) / factor)


def _checked(name: str, value: Any) -> float:
    least, most = LIMITS[name]
    known = isinstance(value, numbers.Real) and is_number(value) and not is_boolean(value)
    if not known or not least <= value <= most:
        raise ArgumentError(name, f"must be a number from {least:g} to {most:g}, not {shown(value)}")
    return float(value)


def _rounding(exact: Any, scaled: Any) -> Rounding:
    """Return the largest changes over all combinations of knots, bands and levels."""
    words = words_in("en")
    ends = [[scaled.base - exact.base]]
    for before, after in zip(exact.characteristics, scaled.characteristics, strict=True):
        values = zip(every_value(before, words), every_value(after, words), strict=True)
        ends.append([new - old for (_, old), (_, new) in values])
    low, high = (math.fsum(end(changes) for changes in ends) for end in (min, max))
    return Rounding(log_odds=(low, high), probability=max(_largest(change, exact) for change in (low, high)))


def _largest(change: float, card: Any) -> float:
    """Return the largest change of a probability if the log-odds change, within the range of a card."""
    # It is largest where the probabilities before and after are equally far from one half.
    low, high = card.range
    before = min(max(-change / 2, low), high)
    return float(abs(expit(before + change) - expit(before)))


def _measured(
    rounding: Rounding, formulas: Sequence[Formula], accounts: Any, columns: Columns | None
) -> Rounding:
    before, after = (log_odds_of(each, accounts, columns=columns) for each in formulas)
    known = ~np.isnan(before)
    if not known.any():
        raise ArgumentError("accounts", "must have at least one row")
    before, after = expit(before[known]), expit(after[known])
    changes = np.abs(after - before)
    old, new = (formulas[0].ladder.channel(each, ARRAYS).codes for each in (before, after))
    return attrs.evolve(
        rounding,
        accounts=len(changes),
        largest=float(changes.max()),
        mean=float(changes.mean()),
        channels=int((old != new).sum()),
    )
