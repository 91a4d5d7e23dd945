"""The anchor cases and the always-true properties of the rule scorer."""

from __future__ import annotations

import math
from typing import Any

import attrs
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import NUMBERS, borrowers

import collectrisk as cr
from collectrisk._namespaces import SCALAR
from collectrisk.errors import InvalidCardError
from collectrisk.mapping import Mapping

SCORER = cr.RuleScorer()

CASE_1: dict[str, Any] = {
    "amount_overdue": 30_000,
    "days_past_due": 540,
    "attitude": "evasive",
    "failed_messages": 40,
    "failed_calls": 6,
    "placed_with_agency": True,
}


def assess(**fields: Any) -> cr.Assessment:
    return SCORER.assess(cr.Borrower(**fields))


# The anchor cases


def test_case_1_the_articles_case_at_its_end_is_visited() -> None:
    """A3.1, A3.2: dozens of messages, dodged calls, an agency that got nowhere."""
    assessment = assess(**CASE_1)
    assert assessment.visit_probability >= 0.50
    assert assessment.channel is cr.Channel.FIELD_VISIT


def test_case_2_before_an_agency_has_tried_it_is_placed_with_one() -> None:
    """A3.2: the outside team comes first, and it telephones first."""
    assessment = assess(**CASE_1 | {"placed_with_agency": False})
    assert 0.25 <= assessment.visit_probability < 0.50
    assert assessment.visit_probability < assess(**CASE_1).visit_probability
    assert assessment.channel is cr.Channel.AGENCY


def test_case_3_the_same_account_at_its_start_gets_a_message() -> None:
    """A2.2: remote messages are the usual form."""
    assessment = assess(amount_overdue=30_000, days_past_due=15, failed_messages=1)
    assert assessment.visit_probability < 0.01
    assert assessment.channel.is_message


def test_case_4_a_small_and_fresh_arrear_gets_a_message() -> None:
    """A2.7: an ordinary consumer need not worry."""
    assessment = assess(amount_overdue=3_000, days_past_due=10)
    assert assessment.visit_probability < 0.005
    assert assessment.channel.is_message


def test_case_5_without_attempts_there_is_no_visit() -> None:
    """A2.4: both conditions are needed, and nothing was tried."""
    assessment = assess(amount_overdue=500_000, days_past_due=900, attitude="hostile")
    assert assessment.visit_probability < 0.05
    assert assessment.channel.is_remote


def test_case_6_a_small_amount_brings_no_visit() -> None:
    """A2.4: both conditions are needed, and the amount is small."""
    assessment = assess(
        amount_overdue=3_000, days_past_due=900, attitude="hostile", failed_messages=40, failed_calls=10
    )
    assert assessment.visit_probability < 0.05
    assert assessment.channel is not cr.Channel.FIELD_VISIT


def test_case_7_whoever_keeps_a_plan_gets_a_message() -> None:
    """A4.3: cooperation is treated leniently."""
    assessment = assess(
        amount_overdue=200_000,
        days_past_due=400,
        attitude="cooperative",
        failed_calls=5,
        repayment_plan=True,
    )
    assert assessment.visit_probability < 0.05
    assert assessment.channel.is_message


def test_case_8_the_conditions_are_weighed_together() -> None:
    """A4.2: a large amount and an evasive borrower, but a fresh arrear."""
    assessment = assess(
        amount_overdue=100_000, days_past_due=20, attitude="evasive", failed_calls=6, failed_messages=10
    )
    assert assessment.visit_probability < 0.25
    assert assessment.channel in {cr.Channel.PHONE_CALL, cr.Channel.AGENCY}


# Always true


@pytest.mark.parametrize(("field", "values"), NUMBERS.items(), ids=NUMBERS)
@given(data=st.data())
def test_an_increase_never_lowers_the_probability(
    field: str, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    """A2.4, A2.5, A4.1, A4.2: amount, delay, attempts and broken promises only push upward."""
    borrower = data.draw(borrowers())
    low, high = sorted([data.draw(values), data.draw(values)])
    lower = SCORER.assess(attrs.evolve(borrower, **{field: low}))
    higher = SCORER.assess(attrs.evolve(borrower, **{field: high}))
    assert lower.log_odds is not None
    assert higher.log_odds is not None
    assert lower.log_odds <= higher.log_odds
    assert lower.visit_probability <= higher.visit_probability
    assert lower.channel <= higher.channel


@pytest.mark.parametrize("decade", [100, 1_000, 10_000, 100_000])
@given(borrower=borrowers())
def test_each_decade_of_the_amount_ranks_accounts(decade: float, borrower: cr.Borrower) -> None:
    """A4.1: the amount is the core indicator, far below the threshold too."""
    start = SCORER.assess(attrs.evolve(borrower, amount_overdue=decade))
    end = SCORER.assess(attrs.evolve(borrower, amount_overdue=decade * 10))
    assert start.visit_probability < end.visit_probability


@given(borrower=borrowers())
def test_attitudes_are_ordered_from_cooperative_to_hostile(borrower: cr.Borrower) -> None:
    """A2.6, A4.3."""
    cooperative, unknown, passive, evasive, hostile = (
        SCORER.assess(attrs.evolve(borrower, attitude=attitude)).visit_probability for attitude in cr.Attitude
    )
    assert cooperative < unknown <= passive < evasive <= hostile


@given(borrower=borrowers())
def test_a_plan_that_is_kept_never_raises_the_probability(borrower: cr.Borrower) -> None:
    """A3.3, A4.3."""
    without = SCORER.assess(attrs.evolve(borrower, repayment_plan=False))
    kept = SCORER.assess(attrs.evolve(borrower, repayment_plan=True))
    assert kept.visit_probability <= without.visit_probability


@given(borrower=borrowers(amount_overdue=st.floats(0, 10_000, exclude_max=True)))
def test_below_the_size_threshold_nobody_is_visited(borrower: cr.Borrower) -> None:
    """A2.4, first condition."""
    assert SCORER.assess(borrower).channel is not cr.Channel.FIELD_VISIT


@given(borrower=borrowers(), attempts=st.integers(0, 4), data=st.data())
def test_with_too_few_attempts_nobody_is_visited(
    borrower: cr.Borrower, attempts: int, data: st.DataObject
) -> None:
    """A2.4, second condition."""
    calls = data.draw(st.integers(0, attempts))
    few = attrs.evolve(borrower, failed_calls=calls, failed_messages=attempts - calls)
    assert SCORER.assess(few).channel is not cr.Channel.FIELD_VISIT


@given(borrower=borrowers())
def test_the_product_alone_changes_nothing(borrower: cr.Borrower) -> None:
    """A1.1 names two products and treats them alike."""
    assessments = {
        SCORER.assess(attrs.evolve(borrower, product=product)).visit_probability for product in cr.Product
    }
    assert len(assessments) == 1


@given(borrower=borrowers())
def test_reasons_and_base_add_up_to_the_log_odds_exactly(borrower: cr.Borrower) -> None:
    assessment = SCORER.assess(borrower)
    assert assessment.base is not None
    assert (
        math.fsum([assessment.base, *(reason.points for reason in assessment.reasons)]) == assessment.log_odds
    )
    assert SCALAR.logistic(assessment.log_odds) == assessment.visit_probability


# Other parameters

OTHER_RULES = st.builds(
    cr.RuleScorer,
    size_threshold=st.floats(1_000, 100_000),
    min_failed_attempts=st.integers(1, 30),
    currency_scale=st.floats(0.01, 1_000),
    gate_ceiling=st.floats(0.001, 0.499),
    base=st.floats(-8, 2),
    amount_per_decade=st.floats(0.01, 3),
    placed_with_agency=st.floats(0, 4),
    repayment_plan=st.floats(0, 8),
)


@given(rules=OTHER_RULES, borrower=borrowers())
def test_whatever_the_parameters_a_shut_gate_prevents_visits(
    rules: cr.RuleScorer, borrower: cr.Borrower
) -> None:
    """A2.4 holds for the scorer, not only for its default parameters."""
    small = borrower.amount_overdue < rules.size_threshold * rules.currency_scale
    untried = borrower.failed_messages + borrower.failed_calls < rules.min_failed_attempts
    assume(small or untried)
    assessment = rules.assess(borrower)
    assert assessment.channel is not cr.Channel.FIELD_VISIT
    assert assessment.visit_probability <= rules.gate_ceiling * (1 + 1e-9)


@given(borrower=borrowers(amount_overdue=st.floats(0, 1e7)), scale=st.floats(0.01, 1_000))
def test_a_currency_scale_moves_amounts_and_nothing_else(borrower: cr.Borrower, scale: float) -> None:
    scaled = attrs.evolve(borrower, amount_overdue=borrower.amount_overdue * scale)
    # A product may be rounded to just below the threshold, where the gate is shut.
    assume(not math.isclose(borrower.amount_overdue, SCORER.size_threshold, rel_tol=1e-9))
    expected = SCORER.assess(borrower).visit_probability
    assert cr.RuleScorer(currency_scale=scale).assess(scaled).visit_probability == pytest.approx(expected)


def test_a_higher_threshold_keeps_the_articles_case_remote() -> None:
    assert cr.RuleScorer(size_threshold=50_000).assess(cr.Borrower(**CASE_1)).channel.is_remote


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("size_threshold", 0),
        ("size_threshold", math.inf),
        ("min_failed_attempts", 0),
        ("currency_scale", -1),
        ("gate_ceiling", 0),
        ("gate_ceiling", 0.5),
        ("amount_per_decade", 0),
        ("placed_with_agency", -0.1),
        ("repayment_plan", -0.1),
        ("repayment_plan", math.nan),
        ("days_past_due", [(0, 1.0), (30, 0.0)]),
        ("failed_messages", [(0, 0.0), (5, -0.1)]),
        ("attitude", {"cooperative": 0.0}),
        (
            "attitude",
            {"cooperative": 0.5, "unknown": 0.0, "passive": 0.4, "evasive": 0.9, "hostile": 1.1},
        ),
    ],
)
def test_a_parameter_that_would_violate_a_property_is_an_error(parameter: str, value: Any) -> None:
    with pytest.raises(InvalidCardError, match=parameter) as raised:
        cr.RuleScorer(**{parameter: value})
    assert raised.value.part == parameter


@pytest.mark.parametrize(
    ("parameter", "value", "says"),
    [
        ("base", math.nan, "must be a number from -100 to 100, not nan"),
        ("base", 1e10, "must be a number from -100 to 100, not 10000000000.0"),
        ("placed_with_agency", 1e13, "must be a number from 0 to 100, not 10000000000000.0"),
        ("amount_per_decade", 101, "must be a number from 1e-15 to 100, not 101.0"),
        ("size_threshold", "5", r"must be a number from 1e-15 to 1e\+15, not '5'"),
        ("size_threshold", 1e300, r"must be a number from 1e-15 to 1e\+15, not 1e\+300"),
        ("currency_scale", True, "must be a number from .*, not True"),
        ("min_failed_attempts", None, "must be a number from .*, not None"),
        ("gate_ceiling", 1e-13, "must be a number from 1e-12 to 1, not 1e-13"),
        ("gate_ceiling", math.nextafter(0.5, 0), "must be below the ladder's field visit at 0.5, not 0.5"),
        ("days_past_due", 5, "must be one or more pairs of a value and its points, such as"),
        ("days_past_due", [(0, 0), (30, 101)], "must have points from -100 to 100, not 101"),
        ("failed_calls", [(5, 0), (0, 1)], "must have increasing values, and 0 follows 5"),
        ("failed_calls", [(0, 1), (5, 0)], "must have points that do not decrease, and 0 follows 1"),
        ("attitude", "hostile", "must be the points of each text, such as"),
        ("attitude", {"hostile": 1}, "must have points for exactly cooperative, .*, not hostile"),
        ("attitude", dict.fromkeys(cr.Attitude, 101), "must have points from -100 to 100, not 101.0"),
        ("ladder", 0.5, "must be a Ladder, not a float"),
        ("ladder", cr.Ladder([(0, "field_visit")]), "must start with a lighter channel than a field visit"),
    ],
)
def test_an_invalid_parameter_is_an_error_that_names_it(parameter: str, value: Any, says: str) -> None:
    with pytest.raises(InvalidCardError, match=f"^{parameter}: {says}"):
        cr.RuleScorer(**{parameter: value})


EXTREME: dict[str, Any] = {
    "base": 100.0,
    "amount_per_decade": 100.0,
    **{field: [(0, -100), (1, 100)] for field in ("days_past_due", "failed_messages", "failed_calls")},
    "broken_promises": [(0, -100), (1, 100)],
    "attitude": {"cooperative": -100, "unknown": 99.1, "passive": 99.2, "evasive": 99.3, "hostile": 99.7},
    "placed_with_agency": 100.0,
    "repayment_plan": 100.0,
    "size_threshold": 1e15,
}


@pytest.mark.parametrize("ceiling", [0.04, 0.5 * (1 - 1.01e-9), 1e-12])
def test_the_largest_parameters_keep_the_promise_of_the_gate_on_every_path(ceiling: float) -> None:
    scorer = cr.RuleScorer(gate_ceiling=ceiling, **EXTREME)
    shut = {
        "amount_overdue": [1e16, math.nextafter(1e15, 0)],
        "days_past_due": [900, 900],
        "attitude": ["hostile", "hostile"],
        "failed_calls": [4, 40],
        "broken_promises": [3, 3],
        "placed_with_agency": [True, True],
    }

    class Rich(cr.Borrower):
        plausible = {"amount_overdue": 1e300}  # noqa: RUF012  # as in the docs

    frame = pl.DataFrame(shut)
    mapping = Mapping(plausible={"amount_overdue": 1e300})
    eager = scorer.assess_frame(frame, columns=mapping)
    lazy = scorer.assess_frame(frame.lazy(), columns=mapping).collect()
    single = [scorer.assess(Rich(**row)) for row in frame.iter_rows(named=True)]
    for found in (eager, lazy):
        assert "field_visit" not in found["channel"].to_list()
        assert found["visit_probability"].to_list() == pytest.approx(
            [each.visit_probability for each in single], rel=1e-9, abs=1e-12
        )
    assert [each.channel.is_remote for each in single] == [True, True]
    assert max(each.visit_probability for each in single) <= ceiling * (1 + 1e-9)


def test_a_ladder_without_visits_allows_any_ceiling_below_one() -> None:
    remote = cr.Ladder([(0, "sms"), (0.1, "phone_call")])
    assert cr.RuleScorer(gate_ceiling=0.9, ladder=remote).assess(cr.Borrower(**CASE_1)).channel.is_remote


def test_a_gate_without_effect_adds_zero() -> None:
    gate = cr.RuleScorer(base=-30, gate_ceiling=0.4).card.characteristics[-1]
    assert gate.range == (0.0, 0.0)


def test_the_rules_read_every_field_but_product_and_id() -> None:
    assert set(SCORER.fields) == {field.name for field in attrs.fields(cr.Borrower)} - {
        "product",
        "borrower_id",
    }
