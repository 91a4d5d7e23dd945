"""Blocks are scored with the same results by one thread and by several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import polars as pl
import pytest

import collectrisk as cr
from collectrisk.errors import FormulaError, InvalidRowsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._formula import Formula


@attrs.frozen(kw_only=True)
class SmallBlocks(cr.RuleScorer):
    """The rules, in blocks so small that every frame has many."""

    threads: bool = True

    def _formula(self) -> Formula:
        return attrs.evolve(super()._formula(), threads=self.threads, block_rows=16)


def test_threads_agree_with_a_single_thread() -> None:
    portfolio = cr.simulate_portfolio(3_000, seed=3, backend="polars")
    expected = SmallBlocks(threads=False).assess_frame(portfolio, reasons=2)
    assert SmallBlocks().assess_frame(portfolio, reasons=2).equals(expected)


def test_threads_report_the_first_invalid_rows_in_order() -> None:
    days = np.arange(3_000)
    days[[40, 700, 701, 1_500, 2_200, 2_900]] = -1
    columns = {"amount_overdue": np.full(3_000, 100.0), "days_past_due": days}
    with pytest.raises(InvalidRowsError) as caught:
        SmallBlocks().visit_probabilities(columns)
    (problem,) = caught.value.problems
    assert ([row for row, _ in problem.rows], problem.count) == ([40, 700, 701, 1_500, 2_200], 6)


def test_an_error_in_a_thread_is_raised() -> None:
    class Impossible(SmallBlocks):
        def visit_probability(self, borrower: object, xp: cr.Namespace) -> object:  # noqa: ARG002  # as in Scorer
            return 2.0

    with pytest.raises(FormulaError, match="2"):
        Impossible().assess_frame(cr.simulate_portfolio(3_000))


def test_a_card_whose_fields_are_all_absent_gives_every_row_its_base() -> None:
    plan = cr.Flag(label="plan", field="repayment_plan", if_true=-3.0)
    portfolio = cr.simulate_portfolio(5)[["amount_overdue", "days_past_due"]]
    actual = cr.Scorecard(base=0.0, characteristics=[plan]).visit_probabilities(portfolio)
    assert actual.tolist() == [0.5] * 5


class Inverse(cr.Scorer):
    """Divides by a field with an operator, which is an error where it is zero."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.where(borrower.failed_calls > 0, 1.0 / borrower.failed_calls, 0.5)


CALLS = pl.DataFrame({"amount_overdue": [1.0] * 3, "days_past_due": [1, -1, 1], "failed_calls": [2, 0, 4]})


def test_an_invalid_row_that_the_formula_cannot_compute_is_reported_as_invalid() -> None:
    with pytest.raises(InvalidRowsError, match="'days_past_due' must be known"):
        Inverse().assess_frame(CALLS)
    scored = Inverse().assess_frame(CALLS, invalid="null")
    assert scored["visit_probability"].to_list() == [0.5, None, 0.25]


def test_an_invalid_row_that_a_characteristic_cannot_compute_has_no_reason() -> None:
    @attrs.frozen(kw_only=True)
    class PerCall(cr.Characteristic):
        @property
        def fields(self) -> tuple[str, ...]:
            return ("failed_calls",)

        def points(self, record: Any, xp: Any = None) -> Any:  # noqa: ARG002  # as in Characteristic
            return 1.0 / record.failed_calls

    card = cr.Scorecard(base=0.0, characteristics=[PerCall(label="calls")])
    scored = card.assess_frame(CALLS, invalid="null", reasons=1)
    assert scored["reason_1"].is_null().to_list() == [False, True, False]


def test_a_division_by_zero_in_a_valid_row_is_an_error_as_it_is_for_its_borrower() -> None:
    frame = CALLS.with_columns(days_past_due=1)
    says = r"Inverse\.visit_probability: raised ZeroDivisionError: .*; use xp\.divide"
    with pytest.raises(FormulaError, match=says):
        Inverse().assess_frame(frame)
    with pytest.raises(FormulaError, match=says):
        Inverse().assess(cr.Borrower(amount_overdue=1, days_past_due=1))
    lazily = Inverse().assess_frame(frame.lazy()).collect()
    assert lazily["visit_probability"].to_list() == [0.5, None, 0.25]


@attrs.frozen
class Returning(cr.Scorer):
    """Returns what a function makes of the days past due."""

    function: Callable[[Any], Any]

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # needs no xp
        return self.function(borrower.days_past_due)


DAYS = {"amount_overdue": np.ones(3), "days_past_due": np.array([2.0, 1.0, 0.0])}


@pytest.mark.parametrize("shape", [(3, 1), (1, 3), (1,), (3, 3), (2,)])
def test_a_result_of_another_shape_is_an_error(shape: tuple[int, ...]) -> None:
    scorer = Returning(lambda _: np.zeros(shape))
    with pytest.raises(FormulaError, match=r"it returned an array of shape \(.*\) for 3 rows"):
        scorer.visit_probabilities(DAYS)


@pytest.mark.parametrize("constant", [1, True, 0.25, np.float32(0.25), np.array(0.5), np.array(1)])
def test_a_constant_is_the_probability_of_every_row(constant: Any) -> None:
    scorer = Returning(lambda _: constant)
    assert scorer.visit_probabilities(DAYS).tolist() == [float(constant)] * 3
    frame = pl.LazyFrame({"amount_overdue": [1.0] * 2, "days_past_due": [1] * 2})
    assert scorer.assess_frame(frame).collect()["visit_probability"].to_list() == [float(constant)] * 2


@pytest.mark.parametrize("result", ["0.5", None, [0.5, 0.5, 0.5], 0.5j, np.array(["0.5"] * 3)])
def test_a_result_that_is_not_a_number_is_an_error(result: Any) -> None:
    with pytest.raises(FormulaError, match=r"is(, which is)? not a number"):
        Returning(lambda _: result).visit_probabilities(DAYS)


def test_a_condition_is_the_probability_0_or_1() -> None:
    scorer = Returning(lambda days: days > 1.5)
    assert scorer.visit_probabilities(DAYS).tolist() == [1.0, 0.0, 0.0]
    frame = pl.LazyFrame({"amount_overdue": [1.0] * 2, "days_past_due": [2, 0]})
    assert scorer.assess_frame(frame).collect()["visit_probability"].to_list() == [1.0, 0.0]
    assert scorer.assess(cr.Borrower(amount_overdue=1, days_past_due=2)).visit_probability == 1.0


def _endless(days: Any) -> Any:
    return _endless(days)


RAISING: dict[str, tuple[Callable[[Any], Any], type[Exception], str]] = {
    "key": (lambda _: {"a": 1.0}["x"], KeyError, "raised KeyError: 'x'; correct this error"),
    "recursion": (_endless, RecursionError, "raised RecursionError: maximum recursion"),
    "index": (lambda _: [].pop(), IndexError, "raised IndexError: pop from empty list; correct"),
    "branch": (lambda days: 1.0 if days else 0.0, TypeError, "one value; on a frame, each field"),
}


@pytest.mark.parametrize("kind", [pl.DataFrame, pl.LazyFrame])
@pytest.mark.parametrize("name", RAISING)
def test_whatever_a_formula_raises_on_a_frame_is_an_error_that_names_the_scorer(name: str, kind: Any) -> None:
    function, cause, says = RAISING[name]
    frame = kind({"amount_overdue": [1.0] * 2, "days_past_due": [1] * 2})
    with pytest.raises(FormulaError, match=rf"Returning\.visit_probability: .*{says}") as raised:
        Returning(function).assess_frame(frame)
    assert isinstance(raised.value.__cause__, cause)


def test_a_power_that_is_too_large_is_an_error_or_null_on_a_lazy_frame() -> None:
    scorer = Returning(lambda days: 0.0 * (days * 1e200) ** 2)
    with pytest.raises(FormulaError, match=r"too large for a float; use xp\.divide"):
        scorer.visit_probabilities(DAYS)
    frame = pl.LazyFrame({"amount_overdue": [1.0] * 2, "days_past_due": [1, 0]})
    assert scorer.assess_frame(frame).collect()["visit_probability"].to_list() == [None, 0.0]


def test_a_formula_of_a_blend_that_raises_row_by_row_is_an_error_that_names_the_blend() -> None:
    class Half(cr.RowScorer):
        n_jobs = 1

        def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # noqa: ARG002  # as in RowScorer
            return 0.5

    blend = cr.BlendScorer(parts={"half": Half(), "formula": Returning(lambda _: {"a": 1.0}["x"])})
    with pytest.raises(FormulaError, match=r"BlendScorer\.visit_probability: raised KeyError: 'x'"):
        blend.visit_probabilities(DAYS)


@pytest.mark.parametrize("masked", [np.ma.masked, np.ma.array([0.5, 0.5], mask=[False, True])])
def test_a_masked_result_is_not_a_probability(masked: Any) -> None:
    """The value below the mask is never used."""

    class Masked(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: Any) -> Any:  # noqa: ARG002  # it ignores both
            return masked

    frame = pl.DataFrame({"amount_overdue": [1.0, 2.0], "days_past_due": [1, 2]})
    with pytest.raises(FormulaError):
        Masked().assess_frame(frame)
