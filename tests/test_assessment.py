"""An assessment explains itself in sentences, in two languages."""

from __future__ import annotations

import math
from typing import Any

import attrs
import pytest
from html_reading import seen
from hypothesis import given
from strategies import borrowers

import collectrisk as cr
from collectrisk.errors import ArgumentError

CASE = cr.Borrower(
    amount_overdue=30_000,
    days_past_due=540,
    attitude="evasive",
    failed_messages=40,
    failed_calls=6,
    placed_with_agency=True,
    borrower_id="secret-id",
)


@given(borrowers())
def test_reasons_are_ordered_by_the_size_of_their_effect(borrower: cr.Borrower) -> None:
    sizes = [abs(reason.points) for reason in cr.RuleScorer().assess(borrower).reasons]
    assert sizes == sorted(sizes, reverse=True)


def test_a_reason_has_no_control_characters() -> None:
    plan = cr.Flag(label="plan", field="repayment_plan", if_true=-3.0, source="\x1b[2Jmine")
    (reason,) = cr.Scorecard(base=0, characteristics=[plan]).assess(CASE).reasons
    assert "article \\x1b[2Jmine" in str(reason)
    assert "\x1b" not in reason.sentence("zh")


@given(borrowers())
def test_every_reason_names_value_and_source_in_both_languages(borrower: cr.Borrower) -> None:
    for reason in cr.RuleScorer().assess(borrower).reasons:
        english, chinese = reason.sentence("en"), reason.sentence("zh")
        assert reason.source in english
        assert {"house": "机构自定"}.get(reason.source, reason.source) in chinese
        assert english.endswith(").")
        assert chinese.endswith("）。")
        assert f"{reason.points:+z.2f}" in english


def test_the_articles_case_reads_well_in_english() -> None:
    assert cr.RuleScorer().assess(CASE).explain().splitlines()[1:4] == [
        "The log-odds are +0.60: a base of -4.00 and these reasons, largest effect first:",
        "- An outside agency already works the account (placed with agency: yes); "
        "this makes a visit more likely (+1.20, article A3.2).",
        "- The account is 540 days past due; this makes a visit more likely (+1.19, article A4.2).",
    ]


def test_the_articles_case_reads_well_in_chinese() -> None:
    lines = cr.RuleScorer().assess(CASE).explain("zh").splitlines()
    assert lines[0] == "该账户最终需要上门处理的概率为64.61%。建议的联系方式：上门拜访。"
    assert lines[3] == "- 账户已逾期540天，上门的可能性因此上升（+1.19，依据文章A4.2）。"


def test_a_tiny_probability_is_not_rounded_to_zero() -> None:
    fresh = cr.RuleScorer().assess(cr.Borrower(amount_overdue=100, days_past_due=1))
    assert "in-person visit is below 0.01%." in fresh.explain()
    assert "概率为不到0.01%。" in fresh.explain("zh")


def test_the_id_is_never_shown() -> None:
    assessment = cr.RuleScorer().assess(CASE)
    assert "secret-id" not in assessment.explain() + assessment.explain("zh") + repr(assessment)


def reason_of(borrower: cr.Borrower, label: str) -> cr.Reason:
    return next(reason for reason in cr.RuleScorer().assess(borrower).reasons if reason.label == label)


@pytest.mark.parametrize(
    ("fields", "label", "sentence"),
    [
        ({}, "failed calls", "0 calls have failed so far; this changes nothing (+0.00, article A2.4)."),
        (
            {"failed_calls": 1},
            "failed calls",
            "1 call brought no result; this makes a visit more likely (+0.13, article A2.4).",
        ),
        (
            {"broken_promises": 2},
            "broken promises",
            "2 promises to pay were not kept; this makes a visit more likely (+0.55, house).",
        ),
        (
            {"amount_overdue": 1234.5},
            "amount",
            "The overdue amount is 1,234.50; this makes a visit less likely (-0.45, article A4.1).",
        ),
        (
            {"failed_calls": 5},
            "visit gate",
            "A visit is not considered yet, because the overdue amount (3,000) did not reach 10,000; "
            "this makes a visit less likely (-5.98, article A2.4).",
        ),
        (
            {"failed_calls": 5, "amount_overdue": 20_000},
            "visit gate",
            "A visit may be considered, because the overdue amount (20,000) reached 10,000, and "
            "failed messages plus failed calls (5) reached 5; this changes nothing "
            "(+0.00, article A2.4).",
        ),
    ],
)
def test_a_reason_is_a_sentence(fields: dict[str, Any], label: str, sentence: str) -> None:
    borrower = cr.Borrower(**{"amount_overdue": 3_000, "days_past_due": 10} | fields)
    assert str(reason_of(borrower, label)) == sentence


@pytest.mark.parametrize(
    ("points", "effect", "chinese", "shown"),
    [
        (0.0049, "this changes almost nothing (+0.00, house)", "几乎没有影响（+0.00，", False),
        (-0.0049, "this changes almost nothing (+0.00, house)", "几乎没有影响（+0.00，", False),
        (-0.0, "this changes nothing (+0.00, house)", "可能性没有影响（+0.00，", False),
        (0.0051, "this makes a visit more likely (+0.01, house)", "因此上升（+0.01，", True),
        (-0.0051, "this makes a visit less likely (-0.01, house)", "因此下降（-0.01，", True),
    ],
)
def test_points_that_are_written_as_zero_are_not_said_to_have_an_effect(
    points: float,
    effect: str,
    chinese: str,
    shown: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    promises = cr.Bands(label="promises", field="broken_promises", bands=[(0, points)])
    card = cr.Scorecard(base=-0.001, characteristics=[promises])
    assessment = card.assess(cr.Borrower(amount_overdue=1, days_past_due=1))
    [reason] = assessment.reasons
    assert effect in reason.sentence()
    assert chinese in reason.sentence("zh")
    for text in (assessment.explain(), assessment.explain("zh"), seen(assessment.to_html())):
        assert ("promises" in text or "承诺" in text) is shown
    assert "a base of +0.00 and" in assessment.explain()
    assert assessment.log_odds == math.fsum([-0.001, reason.points])


def test_a_field_without_a_text_of_its_own_is_named() -> None:
    card = cr.Scorecard(
        base=0,
        characteristics=[
            cr.Levels(label="product", field="product", levels={"online_loan": 0.5}, source="fitted")
        ],
    )
    borrower = cr.Borrower(amount_overdue=1, days_past_due=1, product="online_loan")
    assert [str(reason) for reason in card.assess(borrower).reasons] == [
        'The field "product" is "online_loan"; this makes a visit more likely (+0.50, fitted to data).'
    ]


def test_an_unknown_value_is_called_not_known() -> None:
    @attrs.frozen(kw_only=True)
    class Limited(cr.Borrower):
        limit: float | None = None

    curve = cr.PiecewiseLinear(label="limit", field="limit", knots=[(0, 0)], if_missing=0.25)
    card = cr.Scorecard(base=0, characteristics=[curve])
    assessment = card.assess(Limited(amount_overdue=1, days_past_due=1))
    assert [reason.sentence() for reason in assessment.reasons] == [
        'The field "limit" is not known; this makes a visit more likely (+0.25, house).'
    ]
    assert assessment.reasons[0].sentence("zh").startswith("字段“limit”的值为未知，")


@attrs.frozen(kw_only=True)
class Housed(cr.Borrower):
    house_code: str = ""
    is_owner: bool = False


LISTED = cr.Scorecard(
    base=0,
    characteristics=[
        cr.Levels(label="house", field="house_code", levels={"A": 1.0}, otherwise=0.25),
        cr.Flag(label="owner", field="is_owner", if_true=1.0),
        cr.Levels(label="attitude", field="attitude", levels={"hostile": 1.0}),
    ],
)


@pytest.mark.parametrize("otherwise", [0.0, 0.25])
def test_a_value_that_the_card_does_not_list_is_said_to_be_one(otherwise: float) -> None:
    """Even if it has no points. A member of an enum is valid, whether it is listed or not."""
    house = cr.Levels(label="house", field="house_code", levels={"A": 1.0}, otherwise=otherwise)
    card = attrs.evolve(LISTED, characteristics=[house, *LISTED.characteristics[1:]])
    assessment = card.assess(Housed(amount_overdue=1, days_past_due=1, house_code="a "))
    fact = 'The field "house_code" is "a ", a value that the card does not list; this '
    for text in (assessment.explain(), seen(assessment.to_html())):
        assert fact in text
        assert text.count("does not list") == 1
    assert "字段“house_code”的值为“a ”（评分卡未列出该值），" in assessment.explain("zh")
    assert [reason.unlisted for reason in assessment.reasons].count(True) == 1
    listed = card.assess(Housed(amount_overdue=1, days_past_due=1, house_code="A"))
    assert "does not list" not in listed.explain()


def test_names_of_columns_are_written_as_they_are_and_truth_as_a_word() -> None:
    assessment = LISTED.assess(Housed(amount_overdue=1, days_past_due=1, house_code="A", is_owner=True))
    assert 'The field "is_owner" is yes; this makes a visit more likely' in assessment.explain()
    assert "字段“is_owner”的值为是，" in assessment.explain("zh")
    attempts = cr.Gate(label="gate", conditions=[cr.AtLeast(["visits_made", "failed_calls"], 5)], if_shut=-5)

    @attrs.frozen(kw_only=True)
    class Visited(cr.Borrower):
        visits_made: int = 0

    [reason] = (
        cr.Scorecard(base=0, characteristics=[attempts])
        .assess(Visited(amount_overdue=1, days_past_due=1))
        .reasons
    )
    assert '"visits_made" plus failed calls (0) did not reach 5' in reason.sentence()


def test_the_top_reasons_are_those_with_an_effect_in_one_direction() -> None:
    card = cr.Scorecard(
        base=0,
        characteristics=[
            cr.Flag(label=label, field="repayment_plan", if_true=points)
            for label, points in {"a": 1, "b": -2, "zero": 0, "tiny": 1e-11, "c": 2, "d": -0.5}.items()
        ],
    )
    assessment = card.assess(cr.Borrower(amount_overdue=1, days_past_due=1, repayment_plan=True))

    def labels(*count: int, **options: Any) -> str:
        return "".join(reason.label for reason in assessment.top_reasons(*count, **options))

    assert [labels(), labels(3), labels(0)] == ["bcad", "bca", ""]
    assert [labels(direction="up"), labels(1, direction="up")] == ["ca", "c"]
    assert [labels(direction="down"), labels(9, direction="down")] == ["bd", "bd"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"count": -1}, "count must be a whole number, 0 or more, not -1"),
        ({"count": True}, "count must be a whole number, 0 or more, not True"),
        ({"direction": "more"}, 'direction must be "up", "down" or None, not \'more\''),
    ],
)
def test_an_invalid_number_or_direction_of_top_reasons_is_an_error(options: Any, says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        cr.RuleScorer().assess(CASE).top_reasons(**options)


def test_without_a_scorecard_the_explanation_says_that_there_are_no_reasons() -> None:
    class Even(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # needs neither
            return 0.5

    assert Even().assess(CASE).explain().splitlines() == [
        "The probability that this account goes on to an in-person visit is 50.00%. "
        "Recommended channel: field visit.",
        "This scorer is not a scorecard, so it gives no reasons.",
    ]


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ArgumentError, match="language must be one of en, zh, not 'fr'"):
        cr.RuleScorer().assess(CASE).explain("fr")  # type: ignore[arg-type]
