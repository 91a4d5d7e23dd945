"""The points in a card's tables are those that the characteristics compute."""

from __future__ import annotations

import itertools
import pickle
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from own_borrower import OwnBorrower, Region
from strategies import borrowers

import collectrisk as cr
from collectrisk._namespaces import SCALAR
from collectrisk._scorers import tables
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collectrisk._namespaces.protocol import Namespace

CARD = cr.RuleScorer().card.with_characteristic(
    cr.Bands(label="bands", field="failed_calls", bands=[(0, 0.0), (3, 0.1), (9, 0.3)])
)


@given(borrowers())
def test_the_points_of_a_borrower_are_the_same_each_time(borrower: cr.Borrower) -> None:
    computed = tuple(each.points(borrower, SCALAR) for each in CARD.characteristics)
    assert [CARD.assess(borrower).points for _ in range(3)] == [computed] * 3


def test_a_full_table_does_not_grow_and_the_points_stay_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_VALUES", 5)
    delay = cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, 0), (64, 64)])
    card = cr.Scorecard(base=0, characteristics=[delay])
    for days in [*range(20), *range(20)]:
        assert card.assess(cr.Borrower(amount_overdue=1, days_past_due=days)).points == (days,)
    [(_, _, kind, known)] = card.tables(cr.Borrower)
    assert (kind, known) == (int, {0: 0.0, 1: 1.0, 2: 2.0, 3: 3.0, 4: 4.0})


def test_amounts_and_texts_have_no_table() -> None:
    card = cr.Scorecard(
        base=0,
        characteristics=[
            cr.PiecewiseLinear(label="amount", field="amount_overdue", knots=[(0, 0), (100, 1)]),
            cr.Levels(label="note", field="note", levels={"late": 1}),
            cr.Levels(label="region", field="region", levels={"north": 2}),
        ],
    )
    account = OwnBorrower(
        amount_overdue=50, days_past_due=1, income=1, note="late", region=Region.NORTH, file_number="7"
    )
    assert card.assess(account).points == (0.5, 1.0, 2.0)
    found = [known for _, _, _, known in card.tables(OwnBorrower)]
    assert found == [{}, {}, {"north": 2.0}]


def test_each_class_of_borrowers_has_tables_of_its_own() -> None:
    @attrs.frozen(kw_only=True)
    class Counted(cr.Borrower):
        visits: int

    @attrs.frozen(kw_only=True)
    class Measured(cr.Borrower):
        visits: float

    curve = cr.PiecewiseLinear(label="visits", field="visits", knots=[(0, 0), (4, 4)], if_missing=9)
    card = cr.Scorecard(base=0, characteristics=[curve])
    facts: dict[str, Any] = {"amount_overdue": 1, "days_past_due": 1}
    for _ in range(2):
        assert card.assess(Counted(**facts, visits=3)).points == (3.0,)
        assert card.assess(Measured(**facts, visits=3.5)).points == (3.5,)
        with pytest.raises(ArgumentError, match="must have a field 'visits'"):
            card.assess(cr.Borrower(**facts))
    # Neither class can be pickled, and the card does not need them.
    assert pickle.loads(pickle.dumps(card)) == card  # noqa: S301  # pickled here


def test_a_characteristic_of_ones_own_is_asked_each_time() -> None:
    calls = itertools.count(1)

    @attrs.frozen(kw_only=True)
    class Counter(cr.Flag):
        def points(self, record: Any, xp: Namespace = SCALAR) -> Any:
            return super().points(record, xp) + next(calls)

    card = cr.Scorecard(base=0, characteristics=[Counter(label="own", field="repayment_plan", if_true=0.0)])
    borrower = cr.Borrower(amount_overdue=1, days_past_due=1)
    assert [card.assess(borrower).points for _ in range(3)] == [(1.0,), (2.0,), (3.0,)]


def test_a_missing_value_has_points_of_its_own_beside_the_table() -> None:
    @attrs.frozen(kw_only=True)
    class Own(cr.Borrower):
        visits: int | None = None
        mood: cr.Attitude | None = None

    card = cr.Scorecard(
        base=0,
        characteristics=[
            cr.Bands(label="visits", field="visits", bands=[(0, 1), (2, 2)], if_missing=7),
            cr.Levels(label="mood", field="mood", levels={"hostile": 3}, if_missing=8),
        ],
    )
    facts: dict[str, Any] = {"amount_overdue": 1, "days_past_due": 1}
    for _ in range(2):
        assert card.assess(Own(**facts)).points == (7.0, 8.0)
        assert card.assess(Own(**facts, visits=2, mood=cr.Attitude.HOSTILE)).points == (2.0, 3.0)
