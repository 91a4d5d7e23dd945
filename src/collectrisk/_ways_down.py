"""The search for the smallest single changes by a person that lead to a lighter channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._borrower import Attitude
from collectrisk._channel import Channel, not_a_channel
from collectrisk._payment import Debt, smallest_payment
from collectrisk.errors import ArgumentError
from collectrisk.what_if import Way

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._assessment import Assessment
    from collectrisk._borrower import Borrower

ADVICE = {
    "attitude": ("A5.2", "A3.3"),
    "repayment_plan": ("A3.3", "A5.2", "A5.3"),
    "amount_overdue": ("A5.3", "A5.2"),
}
"""The article's statements that apply to a change of each field."""


def find_ways_down(
    assess: Callable[[Borrower], Assessment], before: Assessment, to: Channel | str | None
) -> tuple[Way, ...]:
    """Return the changes that lead to a lighter channel; see `Scorer.ways_down`."""
    target = _target(before, to)
    if target is None:
        return ()

    def way(field: str, value: Any, payment: int | None = None) -> Way:
        after = assess(attrs.evolve(before.borrower, **{field: value}))
        return Way(changes={field: value}, payment=payment, before=before, after=after, advice=ADVICE[field])

    ways = [
        way(field, value)
        for field, value in (("attitude", Attitude.COOPERATIVE), ("repayment_plan", True))
        if getattr(before.borrower, field) != value
    ]
    payment = smallest_payment(assess, before, target)
    if payment is not None:
        remaining = Debt.of(before.borrower.amount_overdue).after(payment)
        ways.append(way("amount_overdue", remaining, payment))
    return tuple(each for each in ways if each.channel <= target)


def _target(before: Assessment, to: Channel | str | None) -> Channel | None:
    """Return the heaviest acceptable channel of the ladder, or None if it is reached already."""
    try:
        limit = None if to is None else Channel(to)
    except ValueError:
        raise ArgumentError("to", f"must be {not_a_channel(to)}") from None
    if limit is not None and before.channel <= limit:
        return None
    lighter = [
        channel
        for channel in before.ladder.channels
        if channel < before.channel and (limit is None or channel <= limit)
    ]
    return max(lighter, default=None)
