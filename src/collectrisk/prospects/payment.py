"""The smallest payment that is enough, in whole units of the currency.

A card's points change with the amount in few ways. Between its knots, edges and conditions their
sum is a straight line plus a logarithm, which turns at most once, and where it turns is known. From
one such stop to the next the sum only rises or only falls, so that bisection misses nothing.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.curves import Bands, Gate, PiecewiseLinear
from collectrisk.fields import specs
from collectrisk.namespace import SCALAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from collectrisk.assessment import Assessment
    from collectrisk.channel import Channel
    from collectrisk.curves import AtLeast, Characteristic

    Test = Callable[[int], bool]

__all__ = ["Debt", "smallest_payment"]

AMOUNT = "amount_overdue"


@attrs.frozen
class Debt:
    """An overdue amount, as whole units and the fraction of one."""

    whole: int
    fraction: float

    @classmethod
    def of(cls, amount: float) -> Debt:
        """Return an amount as a debt."""
        return cls(int(amount), amount - int(amount))

    def after(self, payment: int) -> float:
        """Return what stays overdue after a payment, as exactly as a float can hold it."""
        return float(self.whole - payment) + self.fraction


def smallest_payment(assessment: Assessment, to: Channel) -> int | None:
    """Return the smallest payment after which a channel, or a lighter one, is enough.

    None where no payment is. Without a scorecard it is known only that one unit less is not enough.
    """
    debt = Debt.of(assessment.borrower.amount_overdue)
    if not _is_read_as_it_stands(assessment):
        return _smallest(partial(_enough_by_assessing, assessment, to, debt), [], debt.whole)
    moving = [part for part in assessment.characteristics if AMOUNT in part.fields]
    enough = _by_points(assessment, moving, to, debt)
    return _smallest(enough, _stops(assessment.borrower, moving, debt), debt.whole)


def _is_read_as_it_stands(assessment: Assessment) -> bool:
    """Tell whether there is a card, and it reads nothing that the borrower works out from the amount."""
    own = specs(type(assessment.borrower))
    return assessment.base is not None and all(
        field in own for part in assessment.characteristics for field in part.fields
    )


def _enough_by_assessing(assessment: Assessment, to: Channel, debt: Debt, payment: int) -> bool:
    paid = attrs.evolve(assessment.borrower, amount_overdue=debt.after(payment))
    found: Assessment = assessment.scorer.assess(paid)
    return found.channel <= to


def _by_points(assessment: Assessment, moving: list[Characteristic], to: Channel, debt: Debt) -> Test:
    """Return whether a payment is enough, working out only those points that depend on the amount."""
    pairs = zip(assessment.characteristics, assessment.points, strict=True)
    still = [assessment.base or 0.0, *(points for part, points in pairs if AMOUNT not in part.fields)]
    record = _record(assessment.borrower, moving)

    def enough(payment: int) -> bool:
        record.amount_overdue = debt.after(payment)
        log_odds = SCALAR.total([*still, *(part.points(record, SCALAR) for part in moving)])
        return assessment.ladder.channel(SCALAR.logistic(log_odds)) <= to

    return enough


def _record(borrower: Any, parts: Iterable[Characteristic]) -> SimpleNamespace:
    """Return what some characteristics read of a borrower, free to be changed."""
    return SimpleNamespace(**{field: getattr(borrower, field) for part in parts for field in part.fields})


def _smallest(enough: Test, stops: Iterable[int], most: int) -> int | None:
    """Return the smallest payment that is enough, or None; from stop to stop there is one way only."""
    last = 0
    for stop in sorted({*stops, most} - {0}):
        if enough(stop):
            return _first(last, stop, enough)
        last = stop
    return None


def _first(low: int, high: int, holds: Test) -> int:
    """Return the first number above `low` from which on something holds; it holds at `high`.

    The search starts from above, in steps that double: a large debt has its stops near its end.
    """
    step = 1
    while high - step > low and holds(high - step):
        high, step = high - step, 2 * step
    low = max(low, high - step)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _stops(borrower: Any, moving: list[Characteristic], debt: Debt) -> Iterator[int]:
    """Yield the payments on either side of each place where the sum of the points changes its form."""
    record = _record(borrower, moving)
    crossings = [crossing for part in moving for crossing in _crossings(part)]
    lines = [part for part in moving if isinstance(part, PiecewiseLinear)]
    crossings += [partial(_is_below, at) for at in _turns(lines)]
    for crossing in crossings:

        def crossed(payment: int, crossing: Callable[[Any], bool] = crossing) -> bool:
            record.amount_overdue = debt.after(payment)
            return crossing(record)

        if crossed(debt.whole) and not crossed(0):
            beyond = _first(0, debt.whole, crossed)
            yield from (beyond - 1, beyond)


def _is_below(at: float, record: Any) -> bool:
    return bool(record.amount_overdue < at)


def _is_unmet(condition: AtLeast, record: Any) -> bool:
    return not condition.holds(record)


def _crossings(part: Characteristic) -> list[Callable[[Any], bool]]:
    """Return what becomes true of a record, once and for all, where a curve changes its form."""
    match part:
        case PiecewiseLinear():
            return [partial(_is_below, at) for at, _ in part.knots]
        case Bands():
            return [partial(_is_below, edge) for edge, _ in part.bands]
        case Gate():
            return [partial(_is_unmet, condition) for condition in part.conditions]
        case _:
            return []


def _turns(lines: list[PiecewiseLinear]) -> Iterator[float]:
    """Yield where, between two knots, a line and a logarithm that pull apart are as steep as each other."""
    knots = sorted({at for line in lines for at, _ in line.knots})
    for left, right in pairwise(knots):
        straight, log = (
            sum(_rise(line, left, right) for line in lines if line.scale == scale)
            for scale in ("linear", "log")
        )
        if straight * log < 0:
            span = SCALAR.log(right) - SCALAR.log(left)
            yield -SCALAR.divide(log / span, straight / (right - left))


def _rise(line: PiecewiseLinear, left: float, right: float) -> float:
    start, end = (line.points(SimpleNamespace(**{line.field: at}), SCALAR) for at in (left, right))
    return float(end - start)
