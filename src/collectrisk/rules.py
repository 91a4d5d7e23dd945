"""The rule scorer: the article's factors as a scorecard, every house number in the open."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.borrower import Attitude
from collectrisk.channel import DEFAULT_LADDER, Channel, Ladder
from collectrisk.curves import AtLeast, Characteristic, Flag, Gate, Levels, PiecewiseLinear
from collectrisk.errors import InvalidCardError
from collectrisk.scorecard import CardScorer, Scorecard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["RuleScorer"]

Knots = tuple[tuple[float, float], ...]

DECADES = (100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0)
"""The knots of the amount's curve, in yuan; its points are zero at the middle one."""


def _require(condition: object, attribute: attrs.Attribute[Any], why: str) -> None:
    if not condition:
        raise InvalidCardError(attribute.name, why)


def _above_zero(_: object, attribute: attrs.Attribute[Any], value: float) -> None:
    _require(0 < value < math.inf, attribute, f"must be above 0 and finite, not {value!r}")


def _not_negative(_: object, attribute: attrs.Attribute[Any], value: float) -> None:
    _require(0 <= value < math.inf, attribute, f"must be 0 or more and finite, not {value!r}")


def _never_falling(_: object, attribute: attrs.Attribute[Any], knots: Knots) -> None:
    points = [points for _, points in knots]
    _require(points == sorted(points), attribute, f"points must not fall as the value grows, not {points}")


def _as_knots(knots: Iterable[Iterable[float]]) -> Knots:
    return tuple((float(at), float(points)) for at, points in knots)


def _as_levels(levels: Mapping[str, float] | Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple((str(level), float(points)) for level, points in dict(levels).items())


def _in_order(_: object, attribute: attrs.Attribute[Any], levels: tuple[tuple[str, float], ...]) -> None:
    points = dict(levels)
    spellings = [attitude.value for attitude in Attitude]
    _require(
        sorted(points) == sorted(spellings), attribute, f"must give points for exactly {', '.join(spellings)}"
    )
    cooperative, unknown, passive, evasive, hostile = (points[spelling] for spelling in spellings)
    _require(
        cooperative < unknown <= passive < evasive <= hostile,
        attribute,
        f"must order cooperative < unknown <= passive < evasive <= hostile (A2.6, A4.3), not {points}",
    )


def _number(default: float, validator: Any) -> Any:
    return attrs.field(default=default, converter=float, validator=validator)


def _curve(*knots: tuple[float, float]) -> Any:
    return attrs.field(default=knots, converter=_as_knots, validator=_never_falling)


@attrs.frozen(kw_only=True)
class RuleScorer(CardScorer):
    """The article's rules as a scorecard; needs no labels and no data.

    What pushes a visit up or down is the article's; how far is house. Every house number is a
    parameter, so a lender can change it, and whatever is changed, two promises hold: below the
    size threshold or below the least number of failed attempts no field visit is recommended,
    and nothing that a borrower does to cooperate ever counts against them.

    Parameters
    ----------
    size_threshold : float, default 10,000
        The overdue amount, in yuan, from which a visit is thinkable. Source: A2.4, A4.1
        ("tens of thousands").
    min_failed_attempts : int, default 5
        How many messages and calls must have failed before a visit is thinkable. The article
        (A2.4) says "several".
    currency_scale : float, default 1.0
        How many units of the house's currency a yuan is worth; all amounts are scaled by it.
    shut_ceiling : float, default 0.04
        The highest visit probability while either of the two conditions is unmet.
    base : float, default -4.0
        The log-odds of a visit for 10,000 yuan, 90 days past due, nothing else known, both
        conditions met.
    amount_per_decade : float, default 0.5
        Points for each tenfold of the amount, from 100 to 1,000,000 yuan. Source: A4.1.
    delay : iterable of (float, float)
        Days past due and their points. Source: A2.5, A4.2.
    attitudes : mapping of str to float
        Points of each attitude. Source: A2.6, A4.3.
    messages, calls : iterable of (float, float)
        Failed messages, failed calls, and their points. Source: A2.4, A3.1.
    promises : iterable of (float, float)
        Broken promises and their points. House.
    agency : float, default 1.2
        Points once an outside team works the account. Source: A3.2.
    plan : float, default 4.0
        Points taken off while an agreed plan is being kept. Source: A3.3, A4.3.
    ladder : Ladder, optional
        Which visit probability justifies which channel.

    Raises
    ------
    InvalidCardError
        If a number would break one of the promises.

    See Also
    --------
    Scorecard : Build any other card.

    Examples
    --------
    >>> import collectrisk as cr
    >>> borrower = cr.Borrower(
    ...     amount_overdue=30_000, days_past_due=540, attitude="evasive",
    ...     failed_messages=40, failed_calls=6, placed_with_agency=True,
    ... )
    >>> cr.RuleScorer().assess(borrower).channel
    <Channel.FIELD_VISIT: 'field_visit'>
    >>> cr.RuleScorer(size_threshold=50_000).assess(borrower).channel
    <Channel.PHONE_CALL: 'phone_call'>
    """

    size_threshold: float = _number(10_000.0, _above_zero)
    min_failed_attempts: float = _number(5.0, _above_zero)
    currency_scale: float = _number(1.0, _above_zero)
    shut_ceiling: float = _number(0.04, _above_zero)
    base: float = attrs.field(default=-4.0, converter=float)
    amount_per_decade: float = _number(0.5, _above_zero)
    delay: Knots = _curve((0, -1.5), (30, -1.0), (90, 0.0), (180, 0.5), (365, 1.0), (730, 1.4))
    attitudes: tuple[tuple[str, float], ...] = attrs.field(
        default=(
            ("cooperative", -2.0),
            ("unknown", 0.0),
            ("passive", 0.4),
            ("evasive", 0.9),
            ("hostile", 1.1),
        ),
        converter=_as_levels,
        validator=_in_order,
    )
    messages: Knots = _curve((0, 0.0), (5, 0.2), (40, 0.5))
    calls: Knots = _curve((0, 0.0), (3, 0.4), (10, 0.8))
    promises: Knots = _curve((0, 0.0), (1, 0.3), (3, 0.8))
    agency: float = _number(1.2, _not_negative)
    plan: float = _number(4.0, _not_negative)
    ladder: Ladder = DEFAULT_LADDER

    def __attrs_post_init__(self) -> None:
        """Check that a shut gate keeps visits away, and build the card once to check the rest."""
        visit_from = self.ladder.least(Channel.FIELD_VISIT) or 1.0
        if self.shut_ceiling >= visit_from:
            why = f"must be below the ladder's field visit at {visit_from:g}, not {self.shut_ceiling:g}"
            raise InvalidCardError("shut_ceiling", why)
        self.card  # noqa: B018  # building the card checks its curves

    @cached_property
    def card(self) -> Scorecard:
        """The scorecard that these rules make."""
        open_card = Scorecard(base=self.base, characteristics=self._drivers, ladder=self.ladder)
        return attrs.evolve(
            open_card, characteristics=(*open_card.characteristics, self._gate(open_card.range[1]))
        )

    @property
    def _drivers(self) -> tuple[Characteristic, ...]:
        """What pushes a visit up or down, before the gate."""
        amounts = [
            (at * self.currency_scale, self.amount_per_decade * (i - 2)) for i, at in enumerate(DECADES)
        ]
        return (
            PiecewiseLinear(
                label="amount", source="A4.1", field="amount_overdue", knots=amounts, scale="log"
            ),
            PiecewiseLinear(label="delay", source="A4.2", field="days_past_due", knots=self.delay),
            Levels(label="attitude", source="A4.3", field="attitude", levels=self.attitudes),
            PiecewiseLinear(
                label="failed messages", source="A2.4", field="failed_messages", knots=self.messages
            ),
            PiecewiseLinear(label="failed calls", source="A2.4", field="failed_calls", knots=self.calls),
            PiecewiseLinear(label="broken promises", field="broken_promises", knots=self.promises),
            Flag(label="agency", source="A3.2", field="placed_with_agency", if_true=self.agency),
            Flag(label="repayment plan", source="A4.3", field="repayment_plan", if_true=-self.plan),
        )

    def _gate(self, highest: float) -> Gate:
        """Return the gate that holds even the highest log-odds down to the ceiling."""
        ceiling = math.log(self.shut_ceiling / (1 - self.shut_ceiling))
        return Gate(
            label="visit gate",
            source="A2.4",
            conditions=(
                AtLeast("amount_overdue", self.size_threshold * self.currency_scale),
                AtLeast(("failed_messages", "failed_calls"), self.min_failed_attempts),
            ),
            if_shut=min(0.0, ceiling - highest),
        )
