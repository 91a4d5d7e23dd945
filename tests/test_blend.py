"""A blend is the weighted mean of its parts on the log-odds, and a card if they all are."""

from __future__ import annotations

import math
from typing import Any

import attrs
import polars as pl
import pytest
from broken_scorers import Stale
from hypothesis import given
from hypothesis import strategies as st
from strategies import borrowers

import collectrisk as cr

MILD = cr.RuleScorer(base=-6)
STRICT = cr.RuleScorer(base=-2, delay=((0, -1), (365, 3)))
BORROWER = cr.Borrower(amount_overdue=900, days_past_due=200, broken_promises=3)
FRAME = pl.DataFrame({"amount_overdue": [900.0, 50.0], "days_past_due": [200, 10], "broken_promises": [3, 0]})


WEIGHT = st.floats(0, 100, allow_subnormal=False)


class Certain(cr.RowScorer):
    """Is sure that there will be a visit, or that there will be none."""

    n_jobs = 1

    def __init__(self, probability: float) -> None:
        self.probability = probability

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # noqa: ARG002  # as in RowScorer
        return self.probability


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


@given(
    borrower=borrowers(),
    weights=st.tuples(WEIGHT, WEIGHT).filter(lambda pair: sum(pair) > 0),
)
def test_a_blend_of_cards_is_the_weighted_mean_of_their_log_odds(
    borrower: cr.Borrower, weights: tuple[float, float]
) -> None:
    parts = {"mild": MILD, "strict": STRICT}
    blend = cr.BlendScorer(parts=parts, weights=dict(zip(parts, weights, strict=True)))
    mild, strict = (part.assess(borrower).log_odds or 0.0 for part in parts.values())
    expected = (weights[0] * mild + weights[1] * strict) / sum(weights)
    found = blend.assess(borrower)
    assert found.log_odds == pytest.approx(expected, rel=0, abs=1e-12)
    assert math.fsum([blend.base, *(reason.points for reason in found.reasons)]) == found.log_odds
    assert blend.visit_probability(borrower, cr.SCALAR) == found.visit_probability
    assert blend.terms(borrower, cr.SCALAR) == list(found.points)


@given(borrowers())
def test_a_blend_with_other_parts_is_the_mean_of_the_log_odds_as_well(borrower: cr.Borrower) -> None:
    blend = cr.BlendScorer(parts={"rules": MILD, "formula": Stale()}, weights={"rules": 3, "formula": 1})
    card = MILD.assess(borrower).log_odds or 0.0
    formula = Stale().assess(borrower).visit_probability
    held = min(logit(formula), 53 * math.log(2)) if formula < 1 else 53 * math.log(2)
    assert blend.assess(borrower).visit_probability == pytest.approx(
        cr.SCALAR.logistic(0.75 * card + 0.25 * held), rel=0, abs=1e-12
    )


def test_labels_that_parts_share_get_the_names_of_the_parts() -> None:
    one = cr.Scorecard(base=0, characteristics=[cr.Flag(label="plan", field="repayment_plan", if_true=-2)])
    other = one.with_characteristic(cr.Flag(label="agency", field="placed_with_agency", if_true=1))
    blend = cr.BlendScorer(parts={"one": one, "other": other})
    assert blend.labels == ("plan (one)", "plan (other)", "agency")
    assert blend.fields == ("repayment_plan", "placed_with_agency")


def test_a_blend_of_blends_is_still_a_card() -> None:
    inner = cr.BlendScorer(parts={"mild": MILD, "strict": STRICT})
    outer = cr.BlendScorer(parts={"inner": inner, "mild": MILD}, ladder=cr.Ladder([(0, "email")]))
    assert outer.base == (-4 + -6) / 2
    assert outer.assess(BORROWER).channel is cr.Channel.EMAIL


def test_a_blend_with_a_part_that_is_no_card_has_no_reasons() -> None:
    blend = cr.BlendScorer(parts={"rules": MILD, "formula": Stale()})
    assert (blend.card, blend.labels, blend.assess(BORROWER).reasons) == (None, (), ())
    with pytest.raises(NotImplementedError, match="BlendScorer is no scorecard and has no base"):
        _ = blend.base
    with pytest.raises(NotImplementedError, match="BlendScorer is no scorecard and has no terms"):
        blend.terms(BORROWER, cr.SCALAR)
    with pytest.raises(cr.ArgumentError, match="reasons must be 0"):
        blend.assess_frame(FRAME, reasons=1)


@pytest.mark.parametrize(("sure", "against"), [(0.0, 1.0), (1.0, 0.0)])
def test_two_parts_that_are_sure_of_the_opposite_come_out_even(sure: float, against: float) -> None:
    blend = cr.BlendScorer(parts={"one": Certain(sure), "other": Certain(against)})
    assert blend.assess(BORROWER).visit_probability == 0.5
    assert blend.assess_frame(FRAME)["visit_probability"].to_list() == [0.5, 0.5]


def test_a_part_without_weight_has_no_say_however_sure_it_is() -> None:
    blend = cr.BlendScorer(parts={"sure": Certain(1.0), "rules": MILD}, weights={"sure": 0, "rules": 2})
    expected = MILD.assess(BORROWER).visit_probability
    assert blend.assess(BORROWER).visit_probability == pytest.approx(expected, rel=1e-12)


def test_a_blend_runs_as_its_most_demanding_part() -> None:
    plan = cr.BlendScorer(parts={"rules": MILD, "rows": Certain(0.5)}).execution
    assert (plan.in_columns, plan.in_threads, plan.rows_in_block, plan.n_jobs) == (False, False, 1_024, 1)
    assert cr.BlendScorer(parts={"mild": MILD, "strict": STRICT}).execution == MILD.execution

    class Busy(Certain):
        n_jobs = 2
        progress = True

    plan = cr.BlendScorer(parts={"rows": Certain(0.5), "busy": Busy(0.5)}).execution
    assert (plan.n_jobs, plan.progress) == (2, True)


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
    with pytest.raises(cr.MissingColumnError, match="BILL"):
        blend.assess_frame(FRAME)


def test_what_one_part_knows_of_a_column_the_blend_knows() -> None:
    curve = cr.Levels(label="region", field="region", levels={"north": 1.0}, if_missing=-1.0)
    blend = cr.BlendScorer(
        parts={"card": cr.Scorecard(base=0, characteristics=[curve]), "rows": Certain(0.5)}
    )
    scored = blend.assess_frame(FRAME.with_columns(region=pl.Series(["north", None])))
    expected = [cr.SCALAR.logistic(0.5), cr.SCALAR.logistic(-0.5)]
    assert scored["visit_probability"].to_list() == pytest.approx(expected, abs=1e-15)


def test_a_blend_wants_the_borrowers_that_every_part_can_read() -> None:
    @attrs.frozen(kw_only=True)
    class HouseBorrower(cr.Borrower):
        income: float = 0.0

    @attrs.frozen(kw_only=True)
    class OtherBorrower(cr.Borrower):
        region: str = ""

    class ByIncome(Stale):
        borrower_type = HouseBorrower

    class ByRegion(Stale):
        borrower_type = OtherBorrower

    assert cr.BlendScorer(parts={"rules": MILD, "income": ByIncome()}).borrower_type is HouseBorrower
    blend = cr.BlendScorer(parts={"income": ByIncome(), "region": ByRegion()})
    with pytest.raises(cr.ArgumentError, match="different borrowers: HouseBorrower, OtherBorrower"):
        blend.assess(BORROWER)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "parts must be scorers by name, and there are none"),
        ({"rules": MILD, "other": "rules"}, r"parts must be scorers by name, and \['other'\]"),
    ],
)
def test_parts_must_be_scorers(parts: Any, message: str) -> None:
    with pytest.raises(cr.ArgumentError, match=message):
        cr.BlendScorer(parts=parts)


WRONG = [{"mild": 1.0}, {"mild": 1.0, "strict": 1.0, "x": 1.0}]


@pytest.mark.parametrize(
    "weights", [*WRONG, *({"mild": 1.0, "strict": bad} for bad in (-1, math.inf, math.nan))]
)
def test_weights_must_match_the_parts(weights: dict[str, float]) -> None:
    with pytest.raises(cr.ArgumentError, match="weights must be 0 or more, one for each of mild, strict"):
        cr.BlendScorer(parts={"mild": MILD, "strict": STRICT}, weights=weights)


def test_weights_must_not_all_be_nothing() -> None:
    with pytest.raises(cr.ArgumentError, match="weights must be 0 or more"):
        cr.BlendScorer(parts={"mild": MILD}, weights={"mild": 0})
