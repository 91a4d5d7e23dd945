"""The scorecard: an additive scorer held as data."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk import pages
from collectrisk.assessment import Assessment
from collectrisk.channel import DEFAULT_LADDER, Ladder
from collectrisk.errors import InvalidBorrowerError, InvalidCardError, nearest
from collectrisk.fields import strictest
from collectrisk.namespace import SCALAR, Namespace
from collectrisk.plan import IN_THREADS, RunPlan
from collectrisk.scorer import Scorer, lacking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from collectrisk.borrower import Borrower
    from collectrisk.curves import Characteristic
    from collectrisk.fields import FieldSpec
    from collectrisk.words import Language

__all__ = ["CardScorer", "Scorecard"]


class CardScorer(Scorer):
    """A scorer that is, at heart, a scorecard: it says what its `card` says, with reasons."""

    @property
    def card(self) -> Scorecard:
        """The scorecard."""
        raise NotImplementedError

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the characteristics read, in order."""
        return tuple(dict.fromkeys(name for part in self.card.characteristics for name in part.fields))

    @property
    def column_specs(self) -> Mapping[str, FieldSpec]:
        """What each field must hold; it must be known unless all its readers have points for absence."""
        return strictest(part.column_specs for part in self.card.characteristics)

    @property
    def run_plan(self) -> RunPlan:
        """How to go through a frame: in columns, several blocks at a time."""
        return IN_THREADS

    @property
    def base(self) -> float:
        """The log-odds of a borrower who gets no points."""
        return self.card.base

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the characteristics, in order."""
        return tuple(part.label for part in self.card.characteristics)

    def terms(self, borrower: Any, xp: Namespace) -> list[Any]:
        """Return the points of each characteristic."""
        return [part.points(borrower, xp) for part in self.card.characteristics]

    def visit_probability(self, borrower: Any, xp: Namespace) -> Any:
        """Return the logistic of the base and all points."""
        return xp.logistic(xp.total([self.card.base, *self.terms(borrower, xp)]))

    def with_characteristic(self, characteristic: Characteristic) -> Scorecard:
        """Return a card with one more characteristic, or another one under the same label.

        Parameters
        ----------
        characteristic : Characteristic
            It takes the place of the one with its label, or comes last.

        Examples
        --------
        >>> import collectrisk as cr
        >>> strict = cr.Flag(label="agency", field="placed_with_agency", if_true=0.5)
        >>> cr.RuleScorer().with_characteristic(strict).labels == cr.RuleScorer().labels
        True
        """
        parts = {part.label: part for part in self.card.characteristics} | {
            characteristic.label: characteristic
        }
        return attrs.evolve(self.card, characteristics=parts.values())

    def without(self, label: str) -> Scorecard:
        """Return a card without one characteristic.

        Parameters
        ----------
        label : str
            The characteristic's label.

        Raises
        ------
        InvalidCardError
            If no characteristic has that label; the error names the nearest.
        """
        if label not in self.labels:
            guess = nearest(label, self.labels)
            meant = f"; did you mean {guess!r}?" if guess else ""
            raise InvalidCardError(label, f"no characteristic has this label{meant}")
        return attrs.evolve(
            self.card, characteristics=[part for part in self.card.characteristics if part.label != label]
        )

    def with_base(self, base: float) -> Scorecard:
        """Return a card with another base, in log-odds."""
        return attrs.evolve(self.card, base=base)

    def with_ladder(self, ladder: Ladder) -> Scorecard:
        """Return a card with another ladder."""
        return attrs.evolve(self.card, ladder=ladder)

    def assess(self, borrower: Borrower) -> Assessment:
        """Assess one borrower, with a reason for each characteristic."""
        self._require_borrower(borrower)
        card = self.card
        try:
            points = tuple(self.terms(borrower, SCALAR))
        except AttributeError as error:
            raise lacking(borrower, error) from None
        log_odds = SCALAR.total((card.base, *points))
        if log_odds != log_odds:
            raise _unknown(borrower, card.characteristics, points)
        probability = SCALAR.logistic(log_odds)
        return Assessment(
            visit_probability=probability,
            channel=self.ladder.channel(probability),
            ladder=self.ladder,
            log_odds=log_odds,
            base=card.base,
            borrower=borrower,
            characteristics=card.characteristics,
            points=points,
            scorer=self,
        )

    def to_html(self, language: Language = "en") -> str:
        """Return the card in HTML, as a notebook shows it.

        Base, range, every characteristic with its points, and the ladder. Nothing in it runs or is
        fetched, every text is escaped, and it reads on a light and on a dark page.

        Parameters
        ----------
        language : {"en", "zh"}, default "en"
            English or Chinese.

        Raises
        ------
        ArgumentError
            If the language is neither.

        Examples
        --------
        >>> import collectrisk as cr
        >>> "article A4.2" in cr.RuleScorer().to_html()
        True
        """
        return pages.card_page(self.card, type(self).__name__, language)

    def __str__(self) -> str:
        return pages.card_text(self.card, type(self).__name__)

    @property
    def _repr_html_(self) -> Callable[[], str]:
        return self.to_html


def _unknown(
    borrower: Borrower, parts: Iterable[Characteristic], points: Iterable[float]
) -> InvalidBorrowerError:
    """Return the error for a field that is missing where its curve needs it."""
    part = next(part for part, its_points in zip(parts, points, strict=True) if its_points != its_points)
    field = next(name for name in part.fields if SCALAR.is_missing(getattr(borrower, name)))
    hint = f"; {part.label!r} has no points for a missing value: give it some with if_missing"
    return InvalidBorrowerError(field, "known", getattr(borrower, field), hint)


def _characteristics(parts: Iterable[Characteristic]) -> tuple[Characteristic, ...]:
    return tuple(parts)


@attrs.frozen(kw_only=True)
class Scorecard(CardScorer):
    """A base and characteristics whose points add up to the log-odds of a visit.

    Parameters
    ----------
    base : float
        The log-odds of a borrower who gets no points.
    characteristics : iterable of Characteristic
        The curves, each with a label of its own.
    ladder : Ladder, optional
        Which visit probability justifies which channel; the house ladder by default.
    base_spread : float, default 0.0
        How far, in log-odds, the base of a portfolio that the card has not seen may be expected
        to lie from this one, as a standard deviation; 0 where nobody knows.

    Raises
    ------
    InvalidCardError
        If two labels are the same, or a number is not finite.

    Examples
    --------
    >>> import collectrisk as cr
    >>> card = cr.Scorecard(
    ...     base=-3.0,
    ...     characteristics=[
    ...         cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, 0), (365, 2)]),
    ...         cr.Flag(label="plan", field="repayment_plan", if_true=-3),
    ...     ],
    ... )
    >>> card.assess(cr.Borrower(amount_overdue=500, days_past_due=365)).log_odds
    -1.0
    """

    base: float = attrs.field(converter=float)
    characteristics: tuple[Characteristic, ...] = attrs.field(converter=_characteristics)
    ladder: Ladder = DEFAULT_LADDER
    base_spread: float = attrs.field(default=0.0, converter=float)

    def __attrs_post_init__(self) -> None:
        """Check that the card can be read back unambiguously."""
        if not math.isfinite(self.base):
            raise InvalidCardError("base", f"must be finite, not {self.base}")
        if not 0 <= self.base_spread < math.inf:
            raise InvalidCardError("base_spread", f"must be 0 or more and finite, not {self.base_spread}")
        repeated = [label for label, count in Counter(self.labels).items() if count > 1]
        if repeated:
            raise InvalidCardError(repeated[0], "each label may stand on a scorecard only once")

    @property
    def card(self) -> Scorecard:
        """The scorecard itself."""
        return self

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and highest log-odds that the curves allow."""
        ranges = [part.range for part in self.characteristics]
        return (
            math.fsum([self.base, *(lowest for lowest, _ in ranges)]),
            math.fsum([self.base, *(highest for _, highest in ranges)]),
        )
