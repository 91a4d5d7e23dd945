"""The smallest sufficient payment, in whole currency units.

The points of a scorecard depend on the amount in few ways. Between two adjacent knots, edges or
thresholds, their sum is a linear function plus a logarithm, which has at most one turning point, and
its position is known. Between these breakpoints the sum is monotone, so that bisection is exact. A
surface is a curve over the amount here, because its other field does not change.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._curves import AtLeast, Bands, Gate, PiecewiseLinear
from collectrisk._fields import field_specs
from collectrisk._namespaces import SCALAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from collectrisk._assessment import Assessment
    from collectrisk._borrower import Borrower
    from collectrisk._channel import Channel
    from collectrisk._curves import Characteristic

AMOUNT = "amount_overdue"


@attrs.frozen
class Debt:
    """An overdue amount, split into whole units and a fraction so that payments are exact."""

    units: int
    fraction: float

    @classmethod
    def of(cls, amount: float) -> Debt:
        """Split an amount."""
        return cls(int(amount), amount - int(amount))

    def after(self, payment: int) -> float:
        """Return the amount that remains after a payment."""
        return float(self.units - payment) + self.fraction


def smallest_payment(assess: Callable[[Borrower], Assessment], before: Assessment, to: Channel) -> int | None:
    """Return the smallest payment that leads to a channel or a lighter one, or None if none does.

    If the scorer is not a scorecard, it is only certain that one unit less is not sufficient.
    """
    borrower = before.borrower
    debt = Debt.of(borrower.amount_overdue)
    fields = field_specs(type(borrower))
    pairs = list(zip(before.characteristics, before.points, strict=True))
    # A field that is not an attrs field may be a property that depends on the amount.
    if before.base is None or any(name not in fields for each, _ in pairs for name in each.fields):

        def is_sufficient(payment: int) -> bool:
            return assess(attrs.evolve(borrower, amount_overdue=debt.after(payment))).channel <= to

        return _smallest(is_sufficient, [], debt.units)

    variable = [each for each, _ in pairs if AMOUNT in each.fields]
    constant = [before.base, *(points for each, points in pairs if AMOUNT not in each.fields)]
    record = SimpleNamespace(**{name: getattr(borrower, name) for each in variable for name in each.fields})

    def is_sufficient_by_points(payment: int) -> bool:
        record.amount_overdue = debt.after(payment)
        log_odds = SCALAR.total([*constant, *(each.points(record) for each in variable)])
        return before.ladder.channel(SCALAR.logistic(log_odds)) <= to

    along = [each.along(AMOUNT, record) for each in variable]
    return _smallest(is_sufficient_by_points, _breakpoints(record, along, debt), debt.units)


def _smallest(is_sufficient: Callable[[int], bool], breakpoints: Iterable[int], maximum: int) -> int | None:
    """Return the smallest sufficient payment, or None; monotone between breakpoints."""
    previous = 0
    for payment in sorted({*breakpoints, maximum} - {0}):
        if is_sufficient(payment):
            return _first_true(is_sufficient, previous, payment)
        previous = payment
    return None


def _first_true(condition: Callable[[int], bool], low: int, high: int) -> int:
    """Return the smallest number above `low` for which a monotone condition holds; it holds at `high`.

    The search starts from `high` with doubling steps, because the breakpoints of a large debt are
    close to its end.
    """
    step = 1
    while high - step > low and condition(high - step):
        high, step = high - step, 2 * step
    low = max(low, high - step)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if condition(middle) else (middle, high)
    return high


def _breakpoints(record: Any, characteristics: list[Characteristic], debt: Debt) -> Iterator[int]:
    """Yield the payments on both sides of each amount where the sum of points changes its form."""
    conditions = [each for characteristic in characteristics for each in _crossings(characteristic)]
    curves = [each for each in characteristics if isinstance(each, PiecewiseLinear)]
    conditions += [partial(_is_below, amount) for amount in _turning_points(curves)]
    for condition in conditions:

        def holds_after(payment: int, condition: Callable[[Any], bool] = condition) -> bool:
            record.amount_overdue = debt.after(payment)
            return condition(record)

        if holds_after(debt.units) and not holds_after(0):
            payment = _first_true(holds_after, 0, debt.units)
            yield from (payment - 1, payment)


def _is_below(amount: float, record: Any) -> bool:
    return bool(record.amount_overdue < amount)


def _is_unmet(condition: AtLeast, record: Any) -> bool:
    return not condition.holds(record)


def _crossings(characteristic: Characteristic) -> list[Callable[[Any], bool]]:
    """Return the conditions that become true, and stay true, as the amount falls."""
    match characteristic:
        case PiecewiseLinear():
            return [partial(_is_below, amount) for amount, _ in characteristic.knots]
        case Bands():
            return [partial(_is_below, edge) for edge, _ in characteristic.bands]
        case Gate():
            return [partial(_is_unmet, condition) for condition in characteristic.conditions]
        case _:
            return []


def _turning_points(curves: list[PiecewiseLinear]) -> Iterator[float]:
    """Yield the amounts between knots where the slopes of linear and logarithmic curves cancel out."""
    amounts = sorted({amount for curve in curves for amount, _ in curve.knots})
    for left, right in pairwise(amounts):
        linear, logarithmic = (
            sum(_rise(curve, left, right) for curve in curves if curve.scale == scale)
            for scale in ("linear", "log")
        )
        if linear * logarithmic < 0:
            width = SCALAR.log(right) - SCALAR.log(left)
            yield -SCALAR.divide(logarithmic / width, linear / (right - left))


def _rise(curve: PiecewiseLinear, left: float, right: float) -> float:
    start, end = (curve.points(SimpleNamespace(**{curve.field: amount})) for amount in (left, right))
    return float(end - start)
