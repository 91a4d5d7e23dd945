"""A blend is the weighted mean of the log-odds of its parts."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import polars as pl
import pytest
from broken_scorers import Stale
from frame_kinds import arrays
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from strategies import borrowers

import collectrisk as cr
from collectrisk._formula import BLOCK_ROWS
from collectrisk._namespaces import SCALAR
from collectrisk._scorers.scorer import formula_of
from collectrisk.errors import (
    ArgumentError,
    FormulaError,
    InvalidCardError,
    InvalidRowsError,
    MissingColumnError,
)

MILD = cr.RuleScorer(base=-6)
STRICT = cr.RuleScorer(base=-2, days_past_due=((0, -1), (365, 3)))
BORROWER = cr.Borrower(amount_overdue=900, days_past_due=200, broken_promises=3)
FRAME = pl.DataFrame({"amount_overdue": [900.0, 50.0], "days_past_due": [200, 10], "broken_promises": [3, 0]})


WEIGHT = st.floats(0, 100, allow_subnormal=False)


class Certain(cr.RowScorer):
    """Returns the same probability for every borrower."""

    n_jobs = 1

    def __init__(self, probability: float) -> None:
        self.probability = probability

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # noqa: ARG002  # as in RowScorer
        return self.probability


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


@given(borrowers())
def test_a_part_that_is_not_a_scorecard_contributes_the_log_odds_of_its_probability(
    borrower: cr.Borrower,
) -> None:
    blend = cr.BlendScorer(parts={"rules": MILD, "formula": Stale()}, weights={"rules": 3, "formula": 1})
    card = MILD.assess(borrower).log_odds or 0.0
    formula = Stale().assess(borrower).visit_probability
    limited = min(logit(formula), 53 * math.log(2)) if formula < 1 else 53 * math.log(2)
    assert blend.assess(borrower).visit_probability == pytest.approx(
        SCALAR.logistic(0.75 * card + 0.25 * limited), rel=0, abs=1e-12
    )


@given(
    borrower=borrowers(),
    weights=st.tuples(WEIGHT, WEIGHT).filter(lambda pair: sum(pair) > 0),
)
def test_a_blend_of_scorecards_is_the_mean_of_their_log_odds_exactly(
    borrower: cr.Borrower, weights: tuple[float, float]
) -> None:
    parts = {"mild": MILD, "strict": STRICT}
    blend = cr.BlendScorer(parts=parts, weights=dict(zip(parts, weights, strict=True)))
    mild, strict = (part.assess(borrower).log_odds or 0.0 for part in parts.values())
    expected = SCALAR.logistic((weights[0] * mild + weights[1] * strict) / sum(weights))
    assert blend.assess(borrower).visit_probability == pytest.approx(expected, rel=0, abs=1e-12)


def test_a_blend_may_be_a_part_of_a_blend() -> None:
    inner = cr.BlendScorer(parts={"mild": MILD, "strict": STRICT})
    outer = cr.BlendScorer(parts={"inner": inner, "mild": MILD}, ladder=cr.Ladder([(0, "email")]))
    mild, strict = (part.assess(BORROWER).log_odds or 0.0 for part in (MILD, STRICT))
    assessment = outer.assess(BORROWER)
    assert assessment.visit_probability == pytest.approx(SCALAR.logistic(0.75 * mild + 0.25 * strict))
    assert assessment.channel is cr.Channel.EMAIL


def test_blends_inside_each_other_are_scored_up_to_a_bound() -> None:
    part: cr.Scorer = cr.RuleScorer()
    for _ in range(16):
        part = cr.BlendScorer(parts={"only": part})
    borrower = cr.Borrower(amount_overdue=30_000, days_past_due=90)
    expected = cr.RuleScorer().assess(borrower).visit_probability
    assert part.assess(borrower).visit_probability == pytest.approx(expected, rel=1e-12)
    found = part.visit_probabilities(arrays({"amount_overdue": [30_000.0], "days_past_due": [90]}))
    assert found.tolist() == pytest.approx([expected], rel=1e-12)
    with pytest.raises(ArgumentError, match="parts must not have more than 16 blends inside each other"):
        cr.BlendScorer(parts={"only": part})


def test_a_blend_has_no_reasons() -> None:
    blend = cr.BlendScorer(parts={"rules": MILD, "formula": Stale()})
    assert blend.assess(BORROWER).reasons == ()
    with pytest.raises(ArgumentError, match="reasons must be 0, because BlendScorer is not a scorecard"):
        blend.assess_frame(FRAME, reasons=1)


@pytest.mark.parametrize(("certain", "opposite"), [(0.0, 1.0), (1.0, 0.0)])
def test_two_parts_that_are_certain_of_opposite_outcomes_cancel_out(certain: float, opposite: float) -> None:
    blend = cr.BlendScorer(parts={"one": Certain(certain), "other": Certain(opposite)})
    assert blend.assess(BORROWER).visit_probability == 0.5
    assert blend.assess_frame(FRAME)["visit_probability"].to_list() == [0.5, 0.5]


def test_a_part_of_weight_zero_has_no_effect_even_if_it_is_certain() -> None:
    blend = cr.BlendScorer(parts={"sure": Certain(1.0), "rules": MILD}, weights={"sure": 0, "rules": 2})
    expected = MILD.assess(BORROWER).visit_probability
    assert blend.assess(BORROWER).visit_probability == pytest.approx(expected, rel=1e-12)


def test_a_blend_runs_like_its_most_demanding_part() -> None:
    formula = formula_of(cr.BlendScorer(parts={"rules": MILD, "rows": Certain(0.5)}))
    assert (formula.by_row, formula.threads, formula.block_rows, formula.n_jobs) == (True, False, 1_024, 1)
    formula = formula_of(cr.BlendScorer(parts={"mild": MILD, "strict": STRICT}))
    assert (formula.by_row, formula.threads, formula.block_rows) == (False, True, BLOCK_ROWS)

    class Busy(Certain):
        n_jobs = 2
        progress = True

    formula = formula_of(cr.BlendScorer(parts={"rows": Certain(0.5), "busy": Busy(0.5)}))
    assert (formula.n_jobs, formula.progress) == (2, True)


def test_a_blend_reads_the_fields_of_all_its_parts() -> None:
    class ByBill(Stale):
        @property
        def fields(self) -> tuple[str, ...]:
            return ("BILL", "days_past_due")

        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            return xp.logistic(borrower.BILL)

    assert cr.BlendScorer(parts={"one": Stale(), "other": Certain(0.5)}).fields is None
    blend = cr.BlendScorer(parts={"bill": ByBill(), "rows": Certain(0.5)})
    assert blend.fields == ("BILL", "days_past_due", "amount_overdue")
    scored = blend.assess_frame(FRAME.with_columns(BILL=pl.lit(0.0)))
    assert scored["visit_probability"].to_list() == [0.5, 0.5]
    with pytest.raises(MissingColumnError, match="BILL"):
        blend.assess_frame(FRAME)


def test_the_column_specs_of_the_parts_apply_to_the_blend() -> None:
    curve = cr.Levels(label="region", field="region", levels={"north": 1.0}, if_missing=-1.0)
    blend = cr.BlendScorer(
        parts={"card": cr.Scorecard(base=0, characteristics=[curve]), "rows": Certain(0.5)}
    )
    scored = blend.assess_frame(FRAME.with_columns(region=pl.Series(["north", None])))
    expected = [SCALAR.logistic(0.5), SCALAR.logistic(-0.5)]
    assert scored["visit_probability"].to_list() == pytest.approx(expected, abs=1e-15)


def test_the_class_of_borrowers_is_one_that_every_part_can_read() -> None:
    @attrs.frozen(kw_only=True)
    class OwnBorrower(cr.Borrower):
        income: float = 0.0

    @attrs.frozen(kw_only=True)
    class OtherBorrower(cr.Borrower):
        region: str = ""

    class ByIncome(Stale):
        borrower_type = OwnBorrower

    class ByRegion(Stale):
        borrower_type = OtherBorrower

    assert cr.BlendScorer(parts={"rules": MILD, "income": ByIncome()}).borrower_type is OwnBorrower
    blend = cr.BlendScorer(parts={"income": ByIncome(), "region": ByRegion()})
    with pytest.raises(
        ArgumentError, match="one class of borrowers, and they read OtherBorrower, OwnBorrower"
    ):
        blend.assess(BORROWER)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "parts must be one scorer or more, by name"),
        ({"rules": MILD, "other": "rules"}, "parts must be scorers by name, and 'other' is not a scorer"),
        (5, "parts must be scorers by name, not an int"),
        ([MILD], "parts must be scorers by name, not a list"),
    ],
)
def test_parts_must_be_scorers(parts: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        cr.BlendScorer(parts=parts)


WRONG = [{"mild": 1.0}, {"mild": 1.0, "strict": 1.0, "x": 1.0}]


@pytest.mark.parametrize(
    "weights",
    [
        *WRONG,
        *({"mild": 1.0, "strict": bad} for bad in (-1, math.inf, math.nan, "1", True, None, 1e301)),
        5,
        [1],
    ],
)
def test_weights_must_match_the_parts(weights: Any) -> None:
    with pytest.raises(ArgumentError, match="weights must be 0 or more, one for each of mild, strict"):
        cr.BlendScorer(parts={"mild": MILD, "strict": STRICT}, weights=weights)


def test_large_weights_have_a_finite_sum() -> None:
    blend = cr.BlendScorer(parts={"mild": MILD, "strict": STRICT}, weights={"mild": 1e300, "strict": 3e299})
    assert blend.weights == pytest.approx({"mild": 1 / 1.3, "strict": 0.3 / 1.3})


def test_the_ladder_of_a_blend_must_be_a_ladder() -> None:
    with pytest.raises(InvalidCardError, match="ladder: must be a Ladder, not a str"):
        cr.BlendScorer(parts={"mild": MILD}, ladder="sms")  # type: ignore[arg-type]  # the point of the test


def test_weights_must_not_all_be_zero() -> None:
    with pytest.raises(ArgumentError, match="weights must be 0 or more"):
        cr.BlendScorer(parts={"mild": MILD}, weights={"mild": 0})


def test_a_field_that_only_some_parts_know_when_it_is_missing_must_be_known() -> None:
    data = np.array([[0.0, 1], [np.nan, 2], [3, 3], [np.nan, 4]] * 10)
    fitted = HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=2).fit(data, data[:, 0] != 0)
    model = cr.EstimatorScorer(estimator=fitted, features=["broken_promises", "days_past_due"])
    frame = FRAME.with_columns(broken_promises=pl.Series([None, 0]))
    rules = cr.BlendScorer(parts={"model": model, "rules": MILD})
    formula = cr.BlendScorer(parts={"model": model, "formula": Stale()})
    for blend in (rules, formula, cr.BlendScorer(parts={"inner": rules, "model": model})):
        with pytest.raises(InvalidRowsError, match="'broken_promises' must be known"):
            blend.assess_frame(frame)
    one_policy = cr.BlendScorer(parts={"first": model, "second": model})
    found = one_policy.visit_probabilities(frame)
    assert found == pytest.approx(model.visit_probabilities(frame), rel=0, abs=1e-12)


def test_parts_that_read_single_borrowers_need_the_fields_of_a_borrower() -> None:
    class ByDays(Certain):
        fields = ("days_past_due",)

    with pytest.raises(MissingColumnError, match="the column 'amount_overdue' is missing"):
        ByDays(0.5).assess_frame(FRAME.drop("amount_overdue"))
    blend = cr.BlendScorer(parts={"row": ByDays(0.5), "formula": Stale()})
    assert blend.fields == ("days_past_due", "amount_overdue")
    with pytest.raises(MissingColumnError, match="the column 'amount_overdue' is missing"):
        blend.assess_frame(FRAME.drop("amount_overdue"))


@pytest.mark.parametrize("wrong", [2.0, -1.0, math.inf, 1.0 + 1e-9])
def test_a_part_without_a_probability_makes_the_result_invalid(wrong: float) -> None:
    class Wrong(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: Any) -> Any:
            return xp.where(borrower.days_past_due >= 0, wrong, 0.5)

    blend = cr.BlendScorer(parts={"wrong": Wrong(), "rules": cr.RuleScorer()})
    frame = pl.DataFrame({"amount_overdue": [3e4], "days_past_due": [300]})
    with pytest.raises(FormulaError):
        blend.assess(cr.Borrower(amount_overdue=3e4, days_past_due=300))
    with pytest.raises(FormulaError):
        blend.assess_frame(frame)
    assert blend.assess_frame(frame.lazy()).collect()["visit_probability"].to_list() == [None]
