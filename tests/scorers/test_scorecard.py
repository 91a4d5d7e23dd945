"""A scorecard adds a base and points, can be edited, and can be blended."""

from __future__ import annotations

import itertools
import math
import re
from enum import StrEnum
from typing import Any

import attrs
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import borrowers

import collectrisk as cr
from collectrisk._fields import code_of
from collectrisk._namespaces import SCALAR
from collectrisk._scorers.scorecard import CardScorer
from collectrisk.errors import ArgumentError, InvalidCardError

DELAY = cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, -1), (365, 2)])
PLAN = cr.Flag(label="plan", field="repayment_plan", if_true=-3)
CARD = cr.Scorecard(base=-1, characteristics=[DELAY, PLAN])


def test_base_and_points_add_up_to_the_log_odds() -> None:
    assessment = CARD.assess(cr.Borrower(amount_overdue=0, days_past_due=365, repayment_plan=True))
    assert assessment.log_odds == -1 + 2 - 3
    assert assessment.visit_probability == SCALAR.logistic(-2.0)
    assert [(reason.label, reason.points) for reason in assessment.reasons] == [
        ("plan", -3.0),
        ("delay", 2.0),
    ]


@given(borrowers())
def test_the_log_odds_are_within_the_range(borrower: cr.Borrower) -> None:
    lowest, highest = CARD.range
    log_odds = CARD.assess(borrower).log_odds
    assert log_odds is not None
    assert lowest <= log_odds <= highest


@given(borrowers())
def test_assess_and_the_formula_agree(borrower: cr.Borrower) -> None:
    assert CARD.assess(borrower).visit_probability == CARD.visit_probability(borrower, SCALAR)


def test_a_card_knows_its_fields_and_labels_in_order() -> None:
    assert (CARD.fields, CARD.labels) == (("days_past_due", "repayment_plan"), ("delay", "plan"))


def test_cards_of_the_same_data_are_equal() -> None:
    assert cr.Scorecard(base=-1.0, characteristics=(DELAY, PLAN)) == CARD


def test_a_card_without_characteristics_gives_its_base_to_all() -> None:
    card = cr.Scorecard(base=0, characteristics=[])
    assert card.assess(cr.Borrower(amount_overdue=0, days_past_due=0)).visit_probability == 0.5


def test_a_card_uses_its_own_ladder() -> None:
    card = cr.Scorecard(base=0, characteristics=[], ladder=cr.Ladder([(0, "email")]))
    assert card.assess(cr.Borrower(amount_overdue=0, days_past_due=0)).channel is cr.Channel.EMAIL


def test_labels_must_be_unique() -> None:
    with pytest.raises(InvalidCardError, match="delay: the labels of a scorecard must be unique"):
        cr.Scorecard(base=0, characteristics=[DELAY, DELAY])


def test_a_base_must_be_finite() -> None:
    with pytest.raises(InvalidCardError, match="base: must be a number from -1,000 to 1,000, not inf"):
        cr.Scorecard(base=math.inf, characteristics=[])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"base": "1"}, "base: must be a number from -1,000 to 1,000, not '1'"),
        ({"base": True}, "base: must be a number from -1,000 to 1,000, not True"),
        ({"base": 1.7e308}, r"base: must be a number from -1,000 to 1,000, not 1.7e\+308"),
        ({"slope_spreads": [1]}, "slope_spreads: must be spreads of slopes, .*, and contains an int"),
        (
            {"slope_spreads": [cr.SlopeSpread("dealy", 0.3, 0.0)], "characteristics": [DELAY]},
            "slope_spreads: no characteristic has the label 'dealy'; did you mean 'delay'",
        ),
        (
            {"slope_spreads": [cr.SlopeSpread("delay", 0.3, 0.0)] * 2, "characteristics": [DELAY]},
            "slope_spreads: must have the label 'delay' once, not 2 times",
        ),
        ({"portfolio_labels": 5}, "portfolio_labels: must be labels of characteristics, not an int"),
        ({"portfolio_labels": [5]}, "portfolio_labels: must be labels of .*, and contains an int"),
        ({"portfolio_labels": ["x"]}, "portfolio_labels: no characteristic has the label 'x'"),
        (
            {"portfolio_labels": ["delay"] * 3, "characteristics": [DELAY]},
            "portfolio_labels: must have the label 'delay' once, not 3 times",
        ),
        ({"base_spread": -1}, "base_spread: must be a number from 0 to 1,000, not -1.0"),
        (
            {"characteristics": 5},
            "characteristics: must be characteristics, such as Flag or Bands, not an int",
        ),
        ({"characteristics": ["plan"]}, "characteristics: must be characteristics, .*, and contains a str"),
        ({"ladder": [(0, "sms")]}, "ladder: must be a Ladder, not a list"),
    ],
)
def test_an_invalid_parameter_is_an_error_that_names_it(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidCardError, match=says):
        cr.Scorecard(**{"base": 0, "characteristics": [], **changes})


@pytest.mark.parametrize(
    "curve",
    [
        cr.Flag(label="x", field="_x", if_true=1.0),
        cr.Gate(label="x", conditions=[cr.AtLeast(["limit", "_x"], 1.0)], if_shut=-1.0),
        cr.Surface(label="x", x=cr.NumberAxis("_x", [0]), y=cr.NumberAxis("limit", [0]), grid=[[1]]),
    ],
    ids=lambda curve: type(curve).__name__,
)
def test_a_field_whose_name_starts_with_an_underscore_is_rejected(curve: Any) -> None:
    """The columns of a frame are read as attributes, and those are private to Python."""
    with pytest.raises(InvalidCardError, match="x: must not read '_x': no scorer reads a name that starts"):
        cr.Scorecard(base=0, characteristics=[curve])


def test_only_a_characteristic_can_be_added() -> None:
    with pytest.raises(InvalidCardError, match=r"characteristics: must be .*, and contains a str"):
        CARD.with_characteristic("plan")  # type: ignore[arg-type]  # the point of the test


class Region(StrEnum):
    NORTH = "north"
    SOUTH = "south"


@attrs.frozen(kw_only=True)
class Own(cr.Borrower):
    income: int = 0
    region: Region = Region.NORTH
    insured: bool = False


@pytest.mark.parametrize(
    ("curve", "says"),
    [
        (
            cr.Flag(label="x", field="income", if_true=1),
            "x: must read a flag field, and 'income' of Own is a num",
        ),
        (
            cr.PiecewiseLinear(label="x", field="insured", knots=[(0, 1)]),
            "x: must read a number field, and 'insured' of Own is a flag field",
        ),
        (
            cr.Levels(label="x", field="region", levels={"nort": 1}),
            "x: levels must be among north, south, not 'nort'; did you mean 'north'?",
        ),
    ],
)
def test_a_field_of_a_subclass_must_be_of_the_type_that_the_points_are_for(
    curve: cr.Characteristic, says: str
) -> None:
    card = CARD.with_characteristic(curve)
    for _ in range(2):
        with pytest.raises(InvalidCardError, match=re.escape(says)):
            card.assess(Own(amount_overdue=1, days_past_due=1, income=1))
    assert CARD.assess(Own(amount_overdue=1, days_past_due=0)).log_odds == -2


def test_the_base_class_leaves_the_card_to_subclasses() -> None:
    with pytest.raises(NotImplementedError):
        _ = CardScorer().card


BORROWER = cr.Borrower(amount_overdue=0, days_past_due=365, repayment_plan=True)


def test_a_characteristic_of_a_known_label_replaces_the_other() -> None:
    steeper = attrs.evolve(DELAY, knots=((0, -1), (365, 3)))
    edited = CARD.with_characteristic(steeper)
    assert edited.characteristics == (steeper, PLAN)
    assert edited.assess(BORROWER).log_odds == -1 + 3 - 3


def test_a_characteristic_of_a_new_label_comes_last() -> None:
    agency = cr.Flag(label="agency", field="placed_with_agency", if_true=1)
    assert CARD.with_characteristic(agency).characteristics == (DELAY, PLAN, agency)


def test_a_characteristic_can_be_left_out() -> None:
    assert CARD.without("delay") == cr.Scorecard(base=-1, characteristics=[PLAN])
    with pytest.raises(InvalidCardError, match=r"plam: no characteristic .* did you mean 'plan'"):
        CARD.without("plam")
    with pytest.raises(InvalidCardError, match=r"xyz: no characteristic has this label$"):
        CARD.without("xyz")


def of_portfolios(**changes: Any) -> cr.Scorecard:
    """Return a card that knows how portfolios differ."""
    settings: dict[str, Any] = {
        "characteristics": [DELAY, cr.Levels(label="state", field="state", levels={"a": 1})],
        "slope_spreads": [cr.SlopeSpread("delay", 0.3, 0.5)],
        "portfolio_labels": ["state"],
    }
    return cr.Scorecard(**{"base": -2.0, "base_spread": 0.5, **settings, **changes})


def test_the_spread_of_a_characteristic_that_is_removed_or_replaced_is_not_known() -> None:
    card, other = of_portfolios(), cr.Bands(label="delay", field="days_past_due", bands=[(0, 0), (30, 1)])
    assert card.without("delay").slope_spreads == card.with_characteristic(other).slope_spreads == ()
    for kept in (card.without("state"), card.with_characteristic(DELAY)):
        assert kept.slope_spreads == card.slope_spreads
    assert card.without("state").base_spread == card.base_spread


def test_a_characteristic_that_replaces_that_of_portfolios_is_not_one_of_them() -> None:
    card, other = of_portfolios(), cr.Levels(label="state", field="branch", levels={"a": 1})
    assert card.without("state").portfolio_labels == card.with_characteristic(other).portfolio_labels == ()
    assert card.without("delay").portfolio_labels == ("state",)


NUMBER = cr.PiecewiseLinear(label="number", field="grade", knots=[(1, 0), (5, 4)])
SURFACE = cr.Surface(
    label="surface", x=cr.NumberAxis("grade", [1, 5]), y=cr.LevelAxis("owner", ["true"]), grid=[[0], [4]]
)
CODES = cr.Levels(label="codes", field="grade", levels={"1": 10.0}, otherwise=-1.0)
TEXT = cr.Levels(label="text", field="grade", levels={"x": 10.0})
FLAG = cr.Flag(label="flag", field="grade", if_true=7.0)


@pytest.mark.parametrize(
    ("other", "values", "points"),
    [
        (NUMBER, [1, 2, 5], [0.0, 1.0, 4.0]),
        (attrs.evolve(NUMBER, if_missing=0.0), [1.0, 2.0, 5.0], [0.0, 1.0, 4.0]),
        (SURFACE, [1, 2, 5], [0.0, 1.0, 4.0]),
        (TEXT, ["1", "x", "2"], [0.0, 10.0, 0.0]),
        (FLAG, [True, False, True], [7.0, 0.0, 7.0]),
    ],
    ids=["number", "number that may be missing", "surface", "text", "flag"],
)
def test_codes_are_read_from_a_column_of_the_type_that_another_characteristic_reads(
    other: Any, values: list[Any], points: list[float]
) -> None:
    """In either order, in an eager and in a lazy frame."""
    frame = pl.DataFrame({"grade": values, "owner": True})
    for characteristics in itertools.permutations([CODES, other]):
        card = cr.Scorecard(base=0.0, characteristics=characteristics)
        for accounts in (frame, frame.lazy()):
            found = card.assess_frame(accounts, points=True).lazy().collect()
            assert found[f"points_{other.label}"].to_list() == points
            assert found["points_codes"].to_list() == [
                10.0 if code_of(each) == "1" else -1.0 for each in values
            ]


@pytest.mark.parametrize(("one", "other"), [*itertools.permutations([SURFACE, TEXT, FLAG], 2)])
def test_a_column_that_is_read_as_two_types_is_refused_in_either_order(one: Any, other: Any) -> None:
    card = cr.Scorecard(base=0.0, characteristics=[one, other])
    types = {"surface": "number", "text": "text", "flag": "flag"}
    message = (
        f"{other.label}: must not read a {types[other.label]} from 'grade', from which {one.label!r} reads a "
        f"{types[one.label]}; copy the values into a column of another name"
    )
    with pytest.raises(InvalidCardError, match=re.escape(message)):
        card.visit_probabilities(pl.DataFrame({"grade": [1], "owner": True}))


def test_base_and_ladder_can_be_exchanged() -> None:
    letters = cr.Ladder([(0, "letter")])
    edited = CARD.with_base(2).with_ladder(letters)
    assert (edited.base, edited.ladder, edited.characteristics) == (2.0, letters, CARD.characteristics)
    with pytest.raises(InvalidCardError, match="base: must be a number"):
        CARD.with_base(math.nan)


def test_an_edit_returns_a_new_scorecard_for_any_kind_of_scorecard() -> None:
    rules = cr.RuleScorer()
    edited = rules.without("repayment plan").with_base(-3)
    assert type(edited) is cr.Scorecard
    assert edited.labels == tuple(label for label in rules.labels if label != "repayment plan")
    assert rules == cr.RuleScorer()


@given(borrowers())
def test_an_edited_card_gives_the_same_for_a_borrower_and_a_frame(borrower: cr.Borrower) -> None:
    edited = cr.RuleScorer().without("visit gate").with_base(-2)
    found = edited.visit_probabilities(
        {
            "amount_overdue": np.array([borrower.amount_overdue]),
            "days_past_due": np.array([borrower.days_past_due]),
        }
    )
    plain = cr.Borrower(amount_overdue=borrower.amount_overdue, days_past_due=borrower.days_past_due)
    assert found[0] == pytest.approx(edited.assess(plain).visit_probability, rel=0, abs=1e-12)


# Blends

MILD = cr.RuleScorer(base=-6)
STRICT = cr.RuleScorer(base=-2, days_past_due=((0, -1), (365, 3)))
WEIGHT = st.floats(0, 100, allow_subnormal=False)


@given(
    borrower=borrowers(),
    weights=st.tuples(WEIGHT, WEIGHT).filter(lambda pair: sum(pair) > 0),
)
def test_a_blend_is_the_weighted_mean_of_the_log_odds(
    borrower: cr.Borrower, weights: tuple[float, float]
) -> None:
    parts = {"mild": MILD, "strict": STRICT}
    blend = cr.Scorecard.blend(parts, dict(zip(parts, weights, strict=True)))
    mild, strict = (part.assess(borrower).log_odds or 0.0 for part in parts.values())
    expected = (weights[0] * mild + weights[1] * strict) / sum(weights)
    assessment = blend.assess(borrower)
    assert assessment.log_odds == pytest.approx(expected, rel=0, abs=1e-12)
    assert math.fsum([blend.base, *(reason.points for reason in assessment.reasons)]) == assessment.log_odds
    assert blend.visit_probability(borrower, SCALAR) == assessment.visit_probability


@given(borrowers())
def test_a_blended_card_agrees_with_a_blend_scorer(borrower: cr.Borrower) -> None:
    parts, weights = {"mild": MILD, "strict": STRICT}, {"mild": 3.0, "strict": 1.0}
    card = cr.Scorecard.blend(parts, weights).assess(borrower).visit_probability
    scorer = cr.BlendScorer(parts=parts, weights=weights).assess(borrower).visit_probability
    assert card == pytest.approx(scorer, rel=0, abs=1e-12)


def test_labels_that_parts_share_get_the_names_of_the_parts() -> None:
    one = cr.Scorecard(base=0, characteristics=[PLAN])
    other = one.with_characteristic(cr.Flag(label="agency", field="placed_with_agency", if_true=1))
    blend = cr.Scorecard.blend({"one": one, "other": other})
    assert blend.labels == ("plan (one)", "plan (other)", "agency")
    assert blend.fields == ("repayment_plan", "placed_with_agency")


def test_a_blend_knows_how_portfolios_differ() -> None:
    """All parts differ from a portfolio alike, and a slope is a multiple of the curve that was scaled."""
    parts = {"a": of_portfolios(), "b": of_portfolios(base_spread=0.9), "rules": cr.RuleScorer()}
    blend = cr.Scorecard.blend(parts, {"a": 3, "b": 1, "rules": 1})
    assert blend.base_spread == pytest.approx(0.6)
    assert [(each.label, each.spread) for each in blend.slope_spreads] == [
        ("delay (a)", 0.3),
        ("delay (b)", 0.3),
    ]
    assert [each.centre for each in blend.slope_spreads] == pytest.approx([0.3, 0.1])
    assert blend.portfolio_labels == ("state (a)", "state (b)")
    new = cr.LogisticScorer(prior=blend).fit(cr.simulate_portfolio(0), [])
    assert new.labels == tuple(label for label in blend.labels if label not in blend.portfolio_labels)
    assert cr.Scorecard.blend(parts, {"a": 0, "b": 0, "rules": 1}).base_spread == 0.0


def test_a_blend_of_blends_is_a_scorecard_with_its_own_ladder() -> None:
    inner = cr.Scorecard.blend({"mild": MILD, "strict": STRICT})
    outer = cr.Scorecard.blend({"inner": inner, "mild": MILD}, ladder=cr.Ladder([(0, "email")]))
    assert outer.base == (-4 + -6) / 2
    assert outer.assess(BORROWER).channel is cr.Channel.EMAIL


@pytest.mark.parametrize(
    ("parts", "weights", "message"),
    [
        ({}, None, "parts must be one scorer or more, by name"),
        (
            {"rules": MILD, "other": "rules"},
            None,
            "must be scorecards, and 'other' is not; BlendScorer",
        ),
        (5, None, "parts must be scorecards by name, not an int"),
        ({"rules": MILD}, {"rules": "1"}, "weights must be 0 or more, one for each of rules, not all 0, not"),
        ({"rules": MILD}, {"rules": 0}, "weights must be 0 or more, one for each of rules, not"),
        ({"rules": MILD}, {"card": 1}, "weights must be 0 or more, one for each of rules, not"),
    ],
)
def test_an_invalid_blend_is_an_error(parts: Any, weights: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        cr.Scorecard.blend(parts, weights)
