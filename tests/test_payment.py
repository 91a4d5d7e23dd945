"""The smallest payment: no smaller one is sufficient, on any scorecard, within the precision of floats."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_borrower import AnyNumber

import collectrisk as cr
from collectrisk._namespaces import SCALAR
from collectrisk._payment import Debt

TOLERANCE = 1e-9
"""Points that differ by less may be rounded to either side of a threshold."""

LADDER = cr.Ladder([(0, "sms"), (0.5, "letter")])

amounts = st.floats(0.5, 600).map(
    lambda amount: round(amount, 6)
)  # so that any two are far enough apart to interpolate
points = st.floats(-3, 3)
pairs = st.dictionaries(amounts, points, min_size=1, max_size=4).map(lambda found: sorted(found.items()))


def surface(knots: list[float], scale: Any, grid: list[tuple[float, ...]], *, swapped: bool) -> cr.Surface:
    """Return a surface of the amount and the days past due, or of the days and the amount."""
    amount, days = cr.NumberAxis("amount_overdue", knots, scale), cr.NumberAxis("days_past_due", [0, 20])
    rows = grid[: len(knots)]
    if swapped:
        return cr.Surface(label="", x=days, y=amount, grid=[*zip(*rows, strict=True)])
    return cr.Surface(label="", x=amount, y=days, grid=rows)


parts: st.SearchStrategy[Any] = st.one_of(
    st.builds(
        cr.PiecewiseLinear,
        label=st.just(""),
        field=st.just("amount_overdue"),
        knots=pairs,
        scale=st.sampled_from(["linear", "log"]),
    ),
    st.builds(cr.Bands, label=st.just(""), field=st.just("amount_overdue"), bands=pairs),
    st.builds(
        surface,
        knots=st.sets(amounts, min_size=1, max_size=3).map(sorted),
        scale=st.sampled_from(["linear", "log"]),
        grid=st.lists(st.tuples(points, points), min_size=3, max_size=3),
        swapped=st.booleans(),
    ),
    st.builds(
        cr.Gate,
        label=st.just(""),
        conditions=st.lists(
            st.builds(
                cr.AtLeast, st.sampled_from(["amount_overdue", ("amount_overdue", "days_past_due")]), amounts
            ),
            min_size=1,
            max_size=2,
        ),
        if_shut=points,
    ),
)


@st.composite
def cards(draw: st.DrawFn) -> cr.Scorecard:
    """Draw a card whose points rise and fall with the amount."""
    found = draw(st.lists(parts, min_size=1, max_size=4))
    named = [attrs.evolve(part, label=str(place)) for place, part in enumerate(found)]
    return cr.Scorecard(base=draw(points), characteristics=named, ladder=LADDER)


def log_odds(card: cr.Scorecard, borrower: cr.Borrower) -> float:
    return card.assess(borrower).log_odds or 0.0


@given(cards(), st.floats(0, 700), st.integers(0, 40))
def test_no_smaller_payment_is_sufficient(card: cr.Scorecard, amount: float, days: int) -> None:
    borrower = cr.Borrower(amount_overdue=amount, days_past_due=days)
    assessment = card.assess(borrower)
    payment = next((way.payment for way in card.ways_down(borrower)), None)
    tried = (payment or math.floor(amount) + 1) if assessment.channel == "letter" else 1
    rests = [amount - smaller for smaller in range(1, tried)]
    enough = [
        rest for rest in rests if log_odds(card, attrs.evolve(borrower, amount_overdue=rest)) < -TOLERANCE
    ]
    assert enough == []


@pytest.mark.parametrize("scale", [1e3, 1e10, 1e15, 1e17, 1e100, 1e300])
def test_the_size_of_a_debt_does_not_matter(scale: float) -> None:
    """Beyond 2**53 a float cannot represent single units, and the payment is exact nevertheless."""
    curve = cr.PiecewiseLinear(
        label="amount", field="amount_overdue", knots=[(scale / 7, -1), (scale / 3, 1)]
    )
    gate = cr.Gate(label="gate", conditions=[cr.AtLeast("amount_overdue", scale / 2)], if_shut=-0.1)
    card = cr.Scorecard(base=0, characteristics=[curve, gate], ladder=LADDER)
    borrower = AnyNumber(amount_overdue=scale, days_past_due=1)
    (way,) = card.ways_down(borrower)
    debt = Debt.of(scale)
    payment = way.payment or 0
    at = [
        card.assess(attrs.evolve(borrower, amount_overdue=debt.after(paid)))
        for paid in (payment - 1, payment)
    ]
    assert [assessment.channel for assessment in at] == ["letter", "sms"]


def test_a_dip_between_a_line_and_a_logarithm_is_found() -> None:
    """At both knots the points are above the threshold; only between them they are below it."""
    card = cr.Scorecard(
        base=0.0,
        ladder=LADDER,
        characteristics=[
            cr.PiecewiseLinear(label="line", field="amount_overdue", knots=[(1, 0.01), (1_000, 5.01)]),
            cr.PiecewiseLinear(label="log", field="amount_overdue", knots=[(1, 0), (1_000, -5)], scale="log"),
        ],
    )
    (way,) = card.ways_down(cr.Borrower(amount_overdue=1_000, days_past_due=0))
    first = next(
        paid
        for paid in range(1, 1_000)
        if log_odds(card, cr.Borrower(amount_overdue=1_000 - paid, days_past_due=0)) < 0
    )
    assert way.payment == first


def test_a_narrow_band_is_found() -> None:
    bands = [(0, 1), (500, -1), (501, 1)]
    card = cr.Scorecard(
        base=0, ladder=LADDER, characteristics=[cr.Bands(label="b", field="amount_overdue", bands=bands)]
    )
    ways = card.ways_down(cr.Borrower(amount_overdue=90_000.25, days_past_due=0))
    assert [(way.payment, dict(way.changes)) for way in ways] == [(89_500, {"amount_overdue": 500.25})]


def test_a_sufficient_payment_is_found_although_a_larger_one_is_not() -> None:
    curve = cr.PiecewiseLinear(
        label="amount", field="amount_overdue", knots=[(100, 1), (1_000, -1), (2_000, 1)]
    )
    card = cr.Scorecard(base=0, ladder=LADDER, characteristics=[curve])
    ways = card.ways_down(cr.Borrower(amount_overdue=2_000, days_past_due=0))
    assert [way.payment for way in ways] == [501]


@pytest.mark.parametrize("amount", [0.0, 0.99, 5e-324])
def test_less_than_a_unit_cannot_be_paid_in_part(amount: float) -> None:
    curve = cr.Bands(label="amount", field="amount_overdue", bands=[(0, 0), (5e-324, 1)])
    card = cr.Scorecard(base=1, ladder=LADDER, characteristics=[curve])
    assert card.ways_down(cr.Borrower(amount_overdue=amount, days_past_due=0)) == ()


def test_a_property_that_depends_on_the_amount_is_computed_again() -> None:
    @attrs.frozen(kw_only=True)
    class Shared(cr.Borrower):
        income: float = 1_000.0

        @property
        def share(self) -> float:
            return self.amount_overdue / self.income

    curve = cr.PiecewiseLinear(label="share", field="share", knots=[(0, -1), (2, 1)])
    card = cr.Scorecard(base=0, ladder=LADDER, characteristics=[curve])
    ways = card.ways_down(Shared(amount_overdue=1_800, days_past_due=0))
    assert [way.payment for way in ways] == [801]


def test_a_characteristic_of_another_class_is_searched_as_if_it_were_monotone() -> None:
    @attrs.frozen(kw_only=True)
    class Root(cr.Characteristic):
        fields = ("amount_overdue",)
        range = (0.0, math.inf)

        def points(self, record: Any, xp: cr.Namespace = SCALAR) -> Any:
            return xp.sqrt(record.amount_overdue)

    card = cr.Scorecard(base=-20, ladder=LADDER, characteristics=[Root(label="root")])
    ways = card.ways_down(cr.Borrower(amount_overdue=900.5, days_past_due=0))
    assert [way.payment for way in ways] == [501]


@given(st.floats(0, 1e18), st.integers(0, 10**18))
def test_the_remaining_amount_is_exact(amount: float, payment: int) -> None:
    debt = Debt.of(amount)
    paid = min(payment, debt.units)
    exact = np.longdouble(amount) - np.longdouble(paid)
    assert debt.after(paid) == float(exact)
