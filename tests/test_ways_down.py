"""Ways down: each leads to the channel that it states, each is possible, and none is missed."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pytest
from cards import BLENDED, HAND_MADE, borrower_columns, borrowers_in, fitted
from hypothesis import given
from hypothesis import strategies as st
from strategies import borrowers

import collectrisk as cr
from collectrisk._display.words import LANGUAGES
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk.what_if import Way

CASE = cr.Borrower(
    amount_overdue=30_000,
    days_past_due=540,
    attitude="evasive",
    failed_messages=40,
    failed_calls=6,
    placed_with_agency=True,
    borrower_id="secret-id",
)
BANDS_AND_GATE = cr.Scorecard(
    base=-2.0,
    characteristics=[
        cr.Bands(label="amount", field="amount_overdue", bands=[(0, -3), (500, 0.5), (1e4, -1), (2e5, 3)]),
        cr.Levels(label="attitude", field="attitude", levels={"cooperative": -2, "hostile": 2}),
        cr.Flag(label="plan", field="repayment_plan", if_true=-1.5),
        cr.Gate(
            label="gate",
            conditions=[
                cr.AtLeast(["amount_overdue", "days_past_due"], 3_000.5),
                cr.AtLeast("failed_calls", 2),
            ],
            if_shut=-2.5,
        ),
    ],
)


def wavy() -> cr.LogisticScorer:
    """Return a card fitted to visits that become more and less likely as the amount grows."""
    accounts = cr.simulate_portfolio(1_500, seed=5)[["amount_overdue", "attitude", "repayment_plan"]]
    log_odds = 2 * np.sin(2 * np.log(accounts["amount_overdue"])) + (accounts["attitude"] == "hostile")
    visited = np.random.default_rng(5).random(len(log_odds)) < 1 / (1 + np.exp(-log_odds))
    return cr.LogisticScorer(knots=16).fit(accounts, visited)


def checked(scorer: cr.Scorer, borrower: cr.Borrower, to: cr.Channel | None = None) -> tuple[Way, ...]:
    """Return the ways down, each of them checked."""
    before = scorer.assess(borrower)
    ways = scorer.ways_down(borrower, to)
    for way in ways:
        ((field, value),) = way.changes.items()
        after = scorer.assess(attrs.evolve(borrower, **way.changes))
        assert (way.before, way.after) == (before, after)
        assert (way.channel, way.visit_probability) == (after.channel, after.visit_probability)
        assert after.channel < before.channel
        assert to is None or after.channel <= to
        assert getattr(borrower, field) != value
        assert (field, value) in {("attitude", "cooperative"), ("repayment_plan", True)} or way.payment
        if way.payment is not None:
            check_payment(scorer, before, way, to)
    order = ["attitude", "repayment_plan", "amount_overdue"]
    places = [order.index(field) for way in ways for field in way.changes]
    assert places == sorted(set(places))
    return ways


def check_payment(scorer: cr.Scorer, before: cr.Assessment, way: Way, to: cr.Channel | None) -> None:
    """Check that a payment is an integer, possible and sufficient, and that one unit less is not."""
    borrower, payment = before.borrower, way.payment or 0
    owed = Fraction(borrower.amount_overdue)
    assert type(payment) is int
    assert 1 <= payment <= owed
    assert dict(way.changes) == {"amount_overdue": float(owed - payment)}
    less = scorer.assess(attrs.evolve(borrower, amount_overdue=float(owed - payment + 1)))
    assert less.channel >= before.channel if to is None else less.channel > to


def drawn(count: int) -> Iterator[cr.Borrower]:
    """Yield random borrowers from the entire valid domain, most of them with something to improve."""
    columns = borrower_columns(count)
    rng = np.random.default_rng(11)
    columns["attitude"] = rng.choice([attitude.value for attitude in cr.Attitude], count)
    columns["placed_with_agency"] = rng.random(count) < 0.5
    columns["repayment_plan"] = rng.random(count) < 0.2
    yield from borrowers_in(columns, count)


@pytest.mark.exhaustive
def test_of_15_000_random_borrowers_each_way_leads_to_its_channel() -> None:
    found = [(each, way) for each in drawn(15_000) for way in checked(cr.RuleScorer(), each)]
    kinds = [field for _, way in found for field in way.changes]
    counts = {kind: kinds.count(kind) for kind in ("attitude", "repayment_plan", "amount_overdue")}
    assert all(count > 1_000 for count in counts.values())
    assert {way.channel for _, way in found} == {"sms", "phone_call", "agency"}


@pytest.mark.parametrize(
    "scorer",
    [wavy(), fitted("product"), BANDS_AND_GATE, HAND_MADE, BLENDED],
    ids=["fitted", "fitted from the rules", "bands and gate", "hand-made", "blended"],
)
def test_on_any_card_each_way_leads_to_its_channel(scorer: cr.Scorer) -> None:
    found = [
        way for each in drawn(400) for to in (None, cr.Channel.EMAIL) for way in checked(scorer, each, to)
    ]
    assert any(way.payment for way in found)
    assert len({field for way in found for field in way.changes}) > 1


def test_on_a_fitted_card_that_is_not_monotone_no_smaller_payment_is_sufficient() -> None:
    scorer, payments = wavy(), 0
    for borrower in drawn(300):
        owed = borrower.amount_overdue % 3_000
        debtor = attrs.evolve(borrower, amount_overdue=owed)
        for way in scorer.ways_down(debtor):
            if way.payment:
                payments += 1
                smaller = owed - np.arange(1, way.payment)
                columns = {name: np.full(len(smaller), getattr(borrower, name)) for name in scorer.fields}
                chances = scorer.visit_probabilities({**columns, "amount_overdue": smaller})
                assert (chances > (scorer.ladder.least(way.before.channel) or 0) - 1e-12).all()
    assert payments > 100


@given(borrowers(), st.none() | st.sampled_from(cr.Channel))
def test_any_borrower_and_any_channel(borrower: cr.Borrower, to: cr.Channel | None) -> None:
    checked(cr.RuleScorer(), borrower, to)


@given(borrowers())
def test_a_sufficient_change_is_never_missed(borrower: cr.Borrower) -> None:
    scorer = cr.RuleScorer()
    before = scorer.assess(borrower)
    proposed = [field for way in scorer.ways_down(borrower) for field in way.changes]
    changes: dict[str, Any] = {"attitude": "cooperative", "repayment_plan": True, "amount_overdue": 0.0}
    for field, value in changes.items():
        after = scorer.assess(attrs.evolve(borrower, **{field: value}))
        if borrower.amount_overdue >= 1 or field != "amount_overdue":
            assert (after.channel < before.channel) == (field in proposed)


def test_the_articles_case_has_three_ways_down() -> None:
    talk, plan, pay = cr.RuleScorer().ways_down(CASE)
    assert (dict(talk.changes), talk.payment, talk.channel) == (
        {"attitude": "cooperative"},
        None,
        "phone_call",
    )
    assert (dict(plan.changes), plan.payment, plan.channel) == ({"repayment_plan": True}, None, "phone_call")
    assert (dict(pay.changes), pay.payment, pay.channel) == (
        {"amount_overdue": 9_999.0},
        20_001,
        "phone_call",
    )
    assert [way.advice for way in (talk, plan, pay)] == [
        ("A5.2", "A3.3"),
        ("A3.3", "A5.2", "A5.3"),
        ("A5.3", "A5.2"),
    ]


def test_to_is_the_heaviest_acceptable_channel() -> None:
    scorer = cr.RuleScorer()
    assert scorer.ways_down(CASE, "letter") == scorer.ways_down(CASE, cr.Channel.PHONE_CALL)
    assert len(scorer.ways_down(CASE, to="agency")) == 3
    assert scorer.ways_down(CASE, to="sms") == ()


def test_no_change_is_needed_where_the_channel_is_light_enough() -> None:
    assert cr.RuleScorer().ways_down(CASE, to="field_visit") == ()
    lightest = cr.Borrower(amount_overdue=3_000, days_past_due=10)
    assert cr.RuleScorer().ways_down(lightest) == ()
    by_letter = cr.RuleScorer(ladder=cr.Ladder([(0, "letter"), (0.5, "field_visit")]))
    assert by_letter.ways_down(CASE, to="sms") == ()


def test_what_is_already_the_case_is_not_proposed() -> None:
    card = cr.Scorecard(base=0, characteristics=[])
    borrower = cr.Borrower(amount_overdue=3, days_past_due=0, attitude="cooperative", repayment_plan=True)
    assert card.ways_down(borrower) == ()


def test_a_card_that_does_not_read_a_field_proposes_nothing_about_it() -> None:
    card = BANDS_AND_GATE.without("plan").without("amount").without("gate").with_base(0.5)
    assert [dict(way.changes) for way in card.ways_down(CASE)] == [{"attitude": "cooperative"}]


def test_other_fields_of_a_subclass_are_kept() -> None:
    @attrs.frozen(kw_only=True)
    class WithIncome(cr.Borrower):
        income: float = 0.0

    borrower = WithIncome(**attrs.asdict(CASE), income=700)
    ways = checked(cr.RuleScorer(), borrower)
    assert [attrs.asdict(way.after.borrower)["income"] for way in ways] == [700.0] * 3


def test_a_scorer_that_is_not_a_scorecard_has_ways_down_too() -> None:
    class Plain(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            log_odds = xp.log1p(borrower.amount_overdue) - 9 + 0.01 * borrower.days_past_due
            return xp.logistic(log_odds - xp.where(borrower.repayment_plan, 8.0, 0.0))

    plan, pay = checked(Plain(), CASE)
    assert dict(plan.changes) == {"repayment_plan": True}
    assert pay.payment == 30_000 - math.floor(math.expm1(9 - 5.4))


def test_the_sentence_reads_well_in_english() -> None:
    talk, plan, pay = cr.RuleScorer().ways_down(CASE)
    assert str(talk) == (
        "If contact is resumed and the situation explained openly (attitude: cooperative), the visit "
        "probability falls from 64.61% to 9.13%, and a lighter channel is enough: phone call. Prompt and "
        "open contact leads to a compromise in most cases, and the borrower may ask for a longer term or an "
        "adjusted interest rate (article A5.2). The collector may offer a longer term or payment in "
        "instalments (article A3.3)."
    )
    assert str(plan).startswith("If a repayment plan is agreed and kept (repayment plan: yes), the visit ")
    assert pay.sentence().startswith("If 20,001 of the overdue 30,000 is paid, so that 9,999 stays overdue, ")


def test_the_sentence_reads_well_in_chinese() -> None:
    _, plan, pay = cr.RuleScorer().ways_down(CASE)
    assert plan.sentence("zh").startswith(
        "如果商定还款计划并按时履行（还款计划：是），上门概率将从64.61%降至3.24%，用较轻的联系方式即可：电话。"
        "催收方可以提供延长期限或分期还款的方案（依据文章A3.3）。"
    )
    assert pay.sentence("zh").startswith("如果在逾期的30,000中偿还20,001，逾期金额降为9,999，上门概率将从")


def test_every_way_says_all_its_advice_in_both_languages() -> None:
    for way in cr.RuleScorer().ways_down(CASE):
        for language in LANGUAGES:
            sentence = way.sentence(language)  # type: ignore[arg-type]  # a key of LANGUAGES
            assert [key for key in way.advice if key not in sentence] == []


def test_a_probability_just_under_the_heavier_channels_is_not_rounded_up_to_it() -> None:
    borrower = attrs.evolve(CASE, amount_overdue=300_000, failed_calls=8)
    curve = cr.PiecewiseLinear(label="amount", field="amount_overdue", knots=[(0, -1e-4), (1e6, 1e-4)])
    (pay,) = cr.Scorecard(base=4e-5, characteristics=[curve]).ways_down(borrower)
    assert f"{pay.visit_probability:.2%}" == "50.00%"
    assert "falls from 50.00% to just under 50%, and" in str(pay)
    assert "至略低于50%，" in pay.sentence("zh")


def test_a_tiny_probability_is_below_the_smallest_that_is_shown() -> None:
    ladder = cr.Ladder([(0, "sms"), (0.00002, "letter")])
    card = cr.Scorecard(
        base=-9, ladder=ladder, characteristics=[cr.Flag(label="plan", field="repayment_plan", if_true=-9)]
    )
    assert "falls from 0.01% to below 0.01%, and" in str(card.ways_down(CASE)[0])


def test_the_id_is_never_shown() -> None:
    ways = cr.RuleScorer().ways_down(CASE)
    assert "secret" not in "".join(repr(way) + str(way) + way.sentence("zh") for way in ways)


def test_an_unknown_channel_is_an_error() -> None:
    scorer = cr.RuleScorer()
    with pytest.raises(
        ArgumentError, match=r"to must be one of sms, .*, not 'fone_call'; did you mean 'phone_call'"
    ):
        scorer.ways_down(CASE, to="fone_call")
    with pytest.raises(ArgumentError, match=r"to must be one of .*, not 7$"):
        scorer.ways_down(CASE, to=7)  # type: ignore[arg-type]


def test_an_unknown_language_is_an_error() -> None:
    way, *_ = cr.RuleScorer().ways_down(CASE)
    with pytest.raises(ArgumentError, match="language must be one of en, zh, not 'fr'"):
        way.sentence("fr")  # type: ignore[arg-type]
