"""A scorer of your own needs one method, whose result is validated."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pytest

import collectrisk as cr
from collectrisk._namespaces import SCALAR
from collectrisk.errors import ArgumentError, FormulaError, InvalidBorrowerError

if TYPE_CHECKING:
    from collections.abc import Callable

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
    assert assessment.visit_probability == SCALAR.logistic(1.2)
    assert assessment.channel is cr.Channel.FIELD_VISIT
    assert (assessment.reasons, assessment.base, assessment.log_odds) == ((), None, None)


def test_a_scorer_may_have_its_own_ladder() -> None:
    class Gentle(StalePromises):
        ladder = cr.Ladder([(0, "letter")])

    assert Gentle().assess(BORROWER).channel is cr.Channel.LETTER


@pytest.mark.parametrize("value", [1.7, -0.1, float("nan"), float("inf")])
def test_a_value_that_is_not_a_probability_is_an_error(value: float) -> None:
    with pytest.raises(FormulaError, match=r"which is not a probability; return a number from 0 to 1"):
        Constant(value).assess(BORROWER)


def test_a_division_by_zero_is_an_error_that_suggests_what_to_use() -> None:
    class Careless(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            return xp.logistic(1 / borrower.failed_calls)

    with pytest.raises(FormulaError, match=r"division by zero; use xp\.divide"):
        Careless().assess(BORROWER)


@pytest.mark.parametrize("value", [None, "0.5x", "0.5", [0.5], 0.5j, np.array([0.5])])
def test_a_value_that_is_not_a_number_is_an_error(value: Any) -> None:
    with pytest.raises(FormulaError, match=r"Constant.* it returned .*, which is not a number"):
        Constant(value).assess(BORROWER)


@pytest.mark.parametrize("value", [1, True, np.float32(1), np.array(1.0), np.True_, Fraction(1)])
def test_a_number_of_any_type_is_a_probability(value: Any) -> None:
    found = Constant(value).assess(BORROWER).visit_probability
    assert (found, type(found)) == (1.0, float)


def test_an_error_of_the_package_within_a_formula_is_unchanged() -> None:
    class Strict(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # needs no xp
            return cr.Borrower(amount_overdue=-1.0, days_past_due=borrower.days_past_due)

    with pytest.raises(InvalidBorrowerError, match="amount_overdue must be known"):
        Strict().assess(BORROWER)


@pytest.mark.parametrize("other", [{"amount_overdue": 1}, None, 3])
def test_only_a_borrower_is_assessed(other: Any) -> None:
    with pytest.raises(ArgumentError, match="must be a Borrower"):
        StalePromises().assess(other)


def test_a_scorer_with_its_own_class_of_borrowers_requires_it() -> None:
    @attrs.frozen(kw_only=True)
    class OwnBorrower(cr.Borrower):
        income: float = 0.0

    class Income(cr.Scorer):
        borrower_type = OwnBorrower

        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            return xp.logistic(-borrower.income)

    assert Income().assess(OwnBorrower(amount_overdue=1, days_past_due=1)).visit_probability == 0.5
    with pytest.raises(ArgumentError, match="must be an OwnBorrower, not a Borrower"):
        Income().assess(BORROWER)


def test_a_scorer_must_define_its_formula() -> None:
    with pytest.raises(FormulaError, match=r"Scorer must define visit_probability\(self, borrower, xp\)"):
        cr.Scorer().assess(BORROWER)


def test_a_missing_field_is_an_error_that_suggests_two_solutions() -> None:
    class Unread(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            return xp.logistic(-borrower.income)

    card = cr.Scorecard(base=0, characteristics=[cr.Flag(label="x", field="income", if_true=1)])
    for scorer in (Unread(), card):
        with pytest.raises(ArgumentError, match="a field 'income'; the fields of Borrower are amount_"):
            scorer.assess(cr.Borrower(amount_overdue=0, days_past_due=0))


def _recursive(borrower: Any) -> float:
    return _recursive(borrower) + 1.0


RAISING: dict[str, tuple[Callable[[Any, Any], Any], type[Exception], str]] = {
    "key": (lambda _, __: {"a": 1.0}["b"], KeyError, "raised KeyError: 'b'; correct this error"),
    "index": (lambda _, __: [0.5].pop(1), IndexError, "raised IndexError: pop index out of range; correct"),
    "recursion": (lambda borrower, _: _recursive(borrower), RecursionError, "raised RecursionError: maximum"),
    "attribute": (lambda _, xp: xp.sigmoid(0.0), AttributeError, "raised AttributeError: .*'sigmoid'"),
    "runtime": (lambda _, __: next(iter([])), StopIteration, "raised StopIteration"),
    "power": (
        lambda borrower, _: 2.0**9**borrower.days_past_due,
        OverflowError,
        r"; use xp\.divide, xp\.exp",
    ),
    "zero": (lambda borrower, _: 1 / borrower.failed_calls, ZeroDivisionError, r"by zero; use xp\.divide"),
    "math": (lambda borrower, _: math.log(borrower.failed_calls), ValueError, r"math domain error; use xp\."),
    "text": (lambda borrower, _: borrower.attitude + 1, TypeError, "raised TypeError: can only concatenate"),
}


@pytest.mark.parametrize("name", RAISING)
def test_whatever_a_formula_raises_is_an_error_that_names_the_scorer(name: str) -> None:
    formula, cause, says = RAISING[name]

    class Slip(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            return formula(borrower, xp)

    with pytest.raises(FormulaError, match=rf"Slip\.visit_probability: .*{says}") as raised:
        Slip().assess(BORROWER)
    assert isinstance(raised.value.__cause__, cause)


@pytest.mark.parametrize("name", RAISING)
def test_a_characteristic_that_raises_is_an_error_that_names_the_card(name: str) -> None:
    formula, cause, _says = RAISING[name]

    @attrs.frozen(kw_only=True)
    class Own(cr.Characteristic):
        @property
        def fields(self) -> tuple[str, ...]:
            return ("days_past_due",)

        def points(self, record: Any, xp: cr.Namespace = SCALAR) -> Any:
            return formula(record, xp)

    card = cr.Scorecard(base=0, characteristics=[Own(label="own")])
    with pytest.raises(FormulaError, match=r"Scorecard\.visit_probability: raised") as raised:
        card.assess(BORROWER)
    assert isinstance(raised.value.__cause__, cause)
