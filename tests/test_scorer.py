"""A scorer of one's own needs one method; what it gives is checked."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import collectrisk as cr

BORROWER = cr.Borrower(amount_overdue=900, days_past_due=200, broken_promises=3)


class StalePromises(cr.Scorer):
    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        log_odds = -4.0 + 0.02 * borrower.days_past_due
        log_odds = log_odds + xp.where(borrower.broken_promises > 2, 1.2, 0.0)
        return xp.logistic(log_odds)


class Constant(cr.Scorer):
    def __init__(self, value: Any) -> None:
        self.value = value

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # needs neither
        return self.value


def test_one_method_gives_an_assessment() -> None:
    assessment = StalePromises().assess(BORROWER)
    assert assessment.visit_probability == cr.SCALAR.logistic(1.2)
    assert assessment.channel is cr.Channel.FIELD_VISIT
    assert (assessment.reasons, assessment.base, assessment.log_odds) == ((), None, None)


def test_a_scorer_may_bring_its_own_ladder() -> None:
    class Gentle(StalePromises):
        ladder = cr.Ladder([(0, "letter")])

    assert Gentle().assess(BORROWER).channel is cr.Channel.LETTER


@pytest.mark.parametrize("value", [1.7, -0.1, float("nan"), float("inf")])
def test_what_is_no_probability_is_refused(value: float) -> None:
    with pytest.raises(cr.FormulaError, match=r"which is no probability; end .* xp\.logistic"):
        Constant(value).assess(BORROWER)


def test_a_formula_that_divides_by_zero_is_told_what_to_use() -> None:
    class Careless(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            return xp.logistic(1 / borrower.failed_calls)

    with pytest.raises(cr.FormulaError, match=r"division by zero; use xp\.divide"):
        Careless().assess(BORROWER)


@pytest.mark.parametrize("value", [None, "0.5x", [0.5]])
def test_a_formula_that_gives_no_number_is_refused(value: Any) -> None:
    with pytest.raises(cr.FormulaError, match="Constant"):
        Constant(value).assess(BORROWER)


def test_an_error_of_ours_inside_a_formula_keeps_its_words() -> None:
    class Strict(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # needs no xp
            return cr.Borrower(amount_overdue=-1.0, days_past_due=borrower.days_past_due)

    with pytest.raises(cr.InvalidBorrowerError, match="amount_overdue must be known"):
        Strict().assess(BORROWER)


@pytest.mark.parametrize("other", [{"amount_overdue": 1}, None, 3])
def test_only_a_borrower_is_assessed(other: Any) -> None:
    with pytest.raises(cr.ArgumentError, match="must be a Borrower"):
        StalePromises().assess(other)


def test_a_scorer_of_a_houses_own_borrowers_wants_those() -> None:
    @attrs.frozen(kw_only=True)
    class HouseBorrower(cr.Borrower):
        income: float = 0.0

    class Income(cr.Scorer):
        borrower_type = HouseBorrower

        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            return xp.logistic(-borrower.income)

    assert Income().assess(HouseBorrower(amount_overdue=1, days_past_due=1)).visit_probability == 0.5
    with pytest.raises(cr.ArgumentError, match="must be a HouseBorrower, not a Borrower"):
        Income().assess(BORROWER)


def test_a_scorer_must_define_its_formula() -> None:
    with pytest.raises(
        NotImplementedError, match=r"Scorer must define visit_probability\(self, borrower, xp\)"
    ):
        cr.Scorer().assess(BORROWER)


def test_a_scorer_that_is_no_scorecard_has_no_terms_and_no_base() -> None:
    with pytest.raises(NotImplementedError, match="no scorecard"):
        StalePromises().terms(BORROWER, cr.SCALAR)
    with pytest.raises(NotImplementedError, match="no scorecard"):
        _ = StalePromises().base


def test_a_field_that_the_borrower_lacks_is_named_with_two_ways_out() -> None:
    class Unread(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            return xp.logistic(-borrower.income)

    card = cr.Scorecard(base=0, characteristics=[cr.Flag(label="x", field="income", if_true=1)])
    for scorer in (Unread(), card):
        with pytest.raises(cr.ArgumentError, match="must have a field 'income', and a Borrower has amount_"):
            scorer.assess(cr.Borrower(amount_overdue=0, days_past_due=0))


def test_any_other_missing_attribute_stays_what_it_is() -> None:
    class Slip(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            return xp.sigmoid(borrower.amount_overdue)  # type: ignore[attr-defined]

    with pytest.raises(AttributeError, match="sigmoid"):
        Slip().assess(cr.Borrower(amount_overdue=0, days_past_due=0))
