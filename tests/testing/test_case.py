"""The borrowers of a check: edges of every field, fields of subclasses, and other columns."""

from __future__ import annotations

import math
import sys
from typing import Any

from broken_scorers import Stale
from own_borrower import OwnBorrower, Region

import collectrisk as cr
from collectrisk.testing import check_scorer
from collectrisk.testing._case import Case


class Affordable(cr.Scorer):
    """Reads fields of every kind, including one that may be missing."""

    borrower_type = OwnBorrower

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        income = xp.maximum(borrower.income, 0.0)
        burden = xp.divide(borrower.amount_overdue, income + 1_000.0)
        rating = xp.where(xp.is_missing(borrower.rating), 0.5, xp.clip(borrower.rating, 0.0, 1.0))
        place = xp.where(borrower.region == "south", 0.5, 0.0) + xp.where(borrower.note == "text", 0.1, 0.0)
        return xp.logistic(-5.0 + xp.log1p(burden) + rating + place + 0.001 * xp.clip(borrower.months, -9, 9))


class ByBill(cr.Scorer):
    """Reads a column that is not a field, and whose name is not an identifier."""

    @property
    def fields(self) -> tuple[str, ...]:
        return ("days_past_due", "BILL AMT")

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.logistic(xp.clip(getattr(borrower, "BILL AMT"), -10.0, 10.0))


def test_the_sample_contains_every_edge_and_other_values() -> None:
    borrowers = Case(Stale()).borrowers
    assert len(borrowers) == 128
    amounts = {borrower.amount_overdue for borrower in borrowers}
    assert {0.0, 5e-324, 1e10} <= amounts
    assert len(amounts) > 60
    assert {0, 1, 14_610} <= {borrower.days_past_due for borrower in borrowers}
    assert {borrower.attitude for borrower in borrowers} == set(cr.Attitude)
    assert {borrower.product for borrower in borrowers} == set(cr.Product)
    assert {borrower.repayment_plan for borrower in borrowers} == {True, False}
    assert {borrower.borrower_id for borrower in borrowers} == {None}


def test_the_sample_is_the_same_every_time() -> None:
    assert Case(Stale()).borrowers == Case(Stale()).borrowers


def test_fields_of_a_subclass_are_sampled_too() -> None:
    borrowers: list[Any] = Case(Affordable()).borrowers
    assert min(borrower.income for borrower in borrowers) == -sys.float_info.max
    assert min(borrower.months for borrower in borrowers) == 1 - 2**53
    assert {borrower.region for borrower in borrowers} == set(Region)
    assert any(math.isnan(borrower.rating) for borrower in borrowers)
    assert all(borrower.file_number is not None for borrower in borrowers)
    assert {borrower.letters for borrower in borrowers} == {""}


def test_a_scorer_with_its_own_class_of_borrowers_is_checked() -> None:
    check_scorer(Affordable(), monotone={"income": -1, "region": +1})


def test_a_missing_value_has_no_place_in_the_order_of_a_field() -> None:
    check_scorer(Affordable(), monotone={"rating": +1})


def test_a_scorer_of_any_column_is_checked() -> None:
    check_scorer(ByBill(), monotone={"BILL AMT": +1})
    (borrower, *_) = Case(ByBill()).borrowers
    assert "BILL AMT" in repr(borrower)


def test_a_card_on_columns_that_may_be_absent_is_checked() -> None:
    curve = cr.Levels(label="region", field="region", levels={"north": 1.0}, otherwise=0.5, if_missing=-1.0)
    check_scorer(cr.Scorecard(base=0, characteristics=[curve]))
