"""The rule scorer: the article's factors as a scorecard, every number a parameter."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._borrower import Attitude
from collectrisk._channel import DEFAULT_LADDER, IS_LADDER, Channel, Ladder
from collectrisk._curves import AtLeast, Flag, Gate, Levels, PiecewiseLinear
from collectrisk._errors import InvalidCardError
from collectrisk._parameters import (
    Knots,
    LevelPoints,
    Number,
    Pairs,
    PointsByLevel,
    require,
    to_knots,
    to_levels,
    to_number,
)
from collectrisk._scorers.scorecard import CardScorer, Scorecard

if TYPE_CHECKING:
    from collectrisk._curves import Characteristic

AMOUNTS = (100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0)
"""The knots of the curve of the amount, in yuan; its points are zero at the middle one."""


def _ordered(owner: RuleScorer, attribute: attrs.Attribute[Any], levels: LevelPoints) -> None:
    points = dict(levels)
    names = [attitude.value for attitude in Attitude]
    why = f"must have points for exactly {', '.join(names)}, not {', '.join(points)}"
    require(sorted(points) == sorted(names), owner, attribute.name, why)
    cooperative, unknown, passive, evasive, hostile = (points[name] for name in names)
    order = "cooperative < unknown <= passive < evasive <= hostile"
    is_ordered = cooperative < unknown <= passive < evasive <= hostile
    require(is_ordered, owner, attribute.name, f"must order {order} (A2.6, A4.3), not {points}")


LARGEST = 100.0
"""The largest base and points. They add up to less than a scorecard's largest points, so that the gate's
points, which outweigh the sum of all others, are exact enough."""

POINTS = Number(-LARGEST, LARGEST)
SCALE = Number(1e-15, 1e15)
"""The validator of amounts and numbers of attempts; products of two of them are exact enough, too."""

SMALLEST_CEILING = 1e-12
MARGIN = 1e-9
"""How far, relatively, a shut gate stays below a field visit: more than rounding errors move it."""


def _number(default: float, validator: Number) -> Any:
    return attrs.field(default=default, converter=to_number, validator=validator)


def _curve(*knots: tuple[float, float]) -> Any:
    return attrs.field(default=knots, converter=to_knots, validator=Pairs(POINTS, monotone=True))


@attrs.frozen(kw_only=True, slots=False)
class RuleScorer(CardScorer):
    """The article's rules as a scorecard; needs no labels and no data.

    The article states what makes a visit more or less likely; how much is our default, and a
    parameter that you can change. Two properties hold whatever you change: below the amount
    threshold, or below the minimum number of failed attempts, a field visit is never recommended,
    and cooperation by the borrower never increases the probability.

    Parameters
    ----------
    size_threshold : float, default 10,000
        The overdue amount, in yuan, from which a visit is considered. Source: A2.4, A4.1
        ("tens of thousands").
    min_failed_attempts : float, default 5
        The number of failed messages and calls from which a visit is considered. The article
        (A2.4) says "several".
    currency_scale : float, default 1.0
        The number of units of your currency that equal one yuan; amounts are scaled by it.
    gate_ceiling : float, default 0.04
        The highest visit probability while either of the two conditions is not met.
    base : float, default -4.0
        The log-odds of a visit for 10,000 yuan, 90 days past due, all other fields at their
        defaults, both conditions met.
    amount_per_decade : float, default 0.5
        Points for each tenfold increase of the amount, from 100 to 1,000,000 yuan. Source: A4.1.
    days_past_due : iterable of (float, float)
        Days past due and their points. Source: A2.5, A4.2.
    attitude : mapping of str to float
        Points of each attitude. Source: A2.6, A4.3.
    failed_messages, failed_calls : iterable of (float, float)
        Numbers of failed messages and calls, and their points. Source: A2.4, A3.1.
    broken_promises : iterable of (float, float)
        Numbers of broken promises and their points. Source: house.
    placed_with_agency : float, default 1.2
        Points if the account is placed with an agency. Source: A3.2.
    repayment_plan : float, default 4.0
        Points subtracted while an agreed plan is being kept. Source: A3.3, A4.3.
    ladder : Ladder, optional
        Chooses the channel for a visit probability.

    Raises
    ------
    InvalidCardError
        If a parameter is of the wrong type, would violate one of the two properties, or is so large
        that rounding errors could: the base and points are at most 100, amounts and numbers 1e15.

    See Also
    --------
    Scorecard : Any other scorecard.

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

    size_threshold: float = _number(10_000.0, SCALE)
    min_failed_attempts: float = _number(5.0, SCALE)
    currency_scale: float = _number(1.0, SCALE)
    gate_ceiling: float = _number(0.04, Number(SMALLEST_CEILING, 1.0))
    base: float = _number(-4.0, POINTS)
    amount_per_decade: float = _number(0.5, Number(1e-15, LARGEST))
    days_past_due: Knots = _curve((0, -1.5), (30, -1.0), (90, 0.0), (180, 0.5), (365, 1.0), (730, 1.4))
    attitude: LevelPoints = attrs.field(
        default=(
            ("cooperative", -2.0),
            ("unknown", 0.0),
            ("passive", 0.4),
            ("evasive", 0.9),
            ("hostile", 1.1),
        ),
        converter=to_levels,
        validator=[PointsByLevel(POINTS), _ordered],
    )
    failed_messages: Knots = _curve((0, 0.0), (5, 0.2), (40, 0.5))
    failed_calls: Knots = _curve((0, 0.0), (3, 0.4), (10, 0.8))
    broken_promises: Knots = _curve((0, 0.0), (1, 0.3), (3, 0.8))
    placed_with_agency: float = _number(1.2, Number(0.0, LARGEST))
    repayment_plan: float = _number(4.0, Number(0.0, LARGEST))
    ladder: Ladder = attrs.field(default=DEFAULT_LADDER, validator=IS_LADDER)

    def __attrs_post_init__(self) -> None:
        """Check that a shut gate prevents field visits, and build the card to check the rest."""
        least = self.ladder.least(Channel.FIELD_VISIT)
        if least == 0:
            raise InvalidCardError("ladder", "must start with a lighter channel than a field visit")
        threshold = 1.0 if least is None else least
        if self.gate_ceiling > threshold * (1 - MARGIN):
            why = f"must be below the ladder's field visit at {threshold:g}, not {self.gate_ceiling:g}"
            raise InvalidCardError("gate_ceiling", why)
        self.card  # noqa: B018  # building the card checks its curves

    @cached_property
    def card(self) -> Scorecard:
        """The scorecard of these rules."""
        ungated = Scorecard(base=self.base, characteristics=self._characteristics(), ladder=self.ladder)
        ceiling = math.log(self.gate_ceiling / (1 - self.gate_ceiling))
        gate = Gate(
            label="visit gate",
            source="A2.4",
            conditions=(
                AtLeast("amount_overdue", self.size_threshold * self.currency_scale),
                AtLeast(("failed_messages", "failed_calls"), self.min_failed_attempts),
            ),
            # Even the highest log-odds stay at the ceiling.
            if_shut=min(0.0, ceiling - ungated.range[1]),
        )
        return ungated.with_characteristic(gate)

    def _characteristics(self) -> tuple[Characteristic, ...]:
        amounts = [
            (amount * self.currency_scale, self.amount_per_decade * (place - 2))
            for place, amount in enumerate(AMOUNTS)
        ]
        return (
            PiecewiseLinear(
                label="amount", source="A4.1", field="amount_overdue", knots=amounts, scale="log"
            ),
            PiecewiseLinear(label="delay", source="A4.2", field="days_past_due", knots=self.days_past_due),
            Levels(label="attitude", source="A4.3", field="attitude", levels=self.attitude),
            PiecewiseLinear(
                label="failed messages", source="A2.4", field="failed_messages", knots=self.failed_messages
            ),
            PiecewiseLinear(
                label="failed calls", source="A2.4", field="failed_calls", knots=self.failed_calls
            ),
            PiecewiseLinear(label="broken promises", field="broken_promises", knots=self.broken_promises),
            Flag(label="agency", source="A3.2", field="placed_with_agency", if_true=self.placed_with_agency),
            Flag(label="repayment plan", source="A4.3", field="repayment_plan", if_true=-self.repayment_plan),
        )
