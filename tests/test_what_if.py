"""What if: the assessment of a borrower with hypothetical field values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest
from cards import SCORERS, WITH_MISSING, fitted
from html_reading import HOSTILE, elements, harmless, seen
from hypothesis import given
from misspellings import slips
from strategies import borrowers

import collectrisk as cr
from collectrisk._display.words import LANGUAGES
from collectrisk.errors import ArgumentError, InvalidBorrowerError
from collectrisk.what_if import ReasonChange, with_changes

if TYPE_CHECKING:
    from collectrisk._typing import Language

CASE = cr.Borrower(
    amount_overdue=30_000,
    days_past_due=540,
    attitude="evasive",
    failed_messages=40,
    failed_calls=6,
    placed_with_agency=True,
    borrower_id="secret-id",
)
CONTACTED = cr.RuleScorer().what_if(CASE, attitude="cooperative", repayment_plan=True)


class Patience(cr.Scorer):
    """A scorer that is not a scorecard."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.where(borrower.repayment_plan, 0.1, 0.6)


class Rows(cr.RowScorer):
    """A scorer in plain Python."""

    def visit_probability(self, borrower: Any) -> float:  # type: ignore[override]  # one borrower needs no xp
        return 0.1 if borrower.repayment_plan else 0.6


@attrs.frozen(kw_only=True)
class Noted(cr.Borrower):
    """A borrower with more fields."""

    note: str = ""
    limit: float | None = None
    months: float | None = None
    branch: str | None = None


@given(borrowers(), borrowers())
def test_before_and_after_are_what_assess_says(one: cr.Borrower, other: cr.Borrower) -> None:
    scorer = cr.RuleScorer()
    what_if = scorer.what_if(one, **attrs.asdict(other))
    assert (what_if.before, what_if.after) == (scorer.assess(one), scorer.assess(other))


@given(borrowers(), borrowers())
def test_the_differences_add_up_to_that_of_the_log_odds(one: cr.Borrower, other: cr.Borrower) -> None:
    what_if = cr.RuleScorer().what_if(one, **attrs.asdict(other))
    total = sum(each.difference for each in what_if.differences)
    assert total == pytest.approx((what_if.after.log_odds or 0) - (what_if.before.log_odds or 0), abs=1e-9)
    sizes = [abs(each.difference) for each in what_if.differences]
    assert sizes == sorted(sizes, reverse=True)


def test_a_difference_names_the_points_before_and_after() -> None:
    plan, attitude, *others = CONTACTED.differences
    assert plan == ReasonChange(label="repayment plan", before=0.0, after=-4.0)
    assert (attitude.label, attitude.before, attitude.after, attitude.difference) == (
        "attitude",
        0.9,
        -2.0,
        -2.9,
    )
    assert [each.difference for each in others] == [0.0] * 7
    assert [each.label for each in others][:2] == ["amount", "delay"]


def test_only_what_differs_is_a_change() -> None:
    assert dict(CONTACTED.changes) == {
        "attitude": (cr.Attitude.EVASIVE, cr.Attitude.COOPERATIVE),
        "repayment_plan": (False, True),
    }
    assert dict(cr.RuleScorer().what_if(CASE, attitude="evasive").changes) == {}


@pytest.mark.parametrize("make", SCORERS.values(), ids=SCORERS)
def test_every_card_answers(make: Any) -> None:
    scorer = make()
    what_if = scorer.what_if(CASE, attitude="cooperative")
    assert [each.label for each in what_if.differences if each.difference] != []
    assert (
        what_if.after.visit_probability
        == scorer.assess(attrs.evolve(CASE, attitude="cooperative")).visit_probability
    )


@pytest.mark.parametrize("scorer", [Patience(), Rows()], ids=["formula", "rows"])
def test_a_scorer_without_a_card_answers_without_reasons(scorer: cr.Scorer) -> None:
    what_if = scorer.what_if(CASE, repayment_plan=True)
    assert (what_if.before.channel, what_if.after.channel) == (cr.Channel.FIELD_VISIT, cr.Channel.PHONE_CALL)
    assert what_if.differences == ()
    for text in (str(what_if), seen(what_if.to_html())):
        assert text.endswith("This scorer is not a scorecard, so it gives no reasons.")


def test_a_fitted_scorer_gives_both_their_intervals() -> None:
    what_if = fitted(None).what_if(CASE, days_past_due=10)
    assert what_if.before.interval != what_if.after.interval


def test_it_reads_well_in_english() -> None:
    assert CONTACTED.explain().splitlines() == [
        "Hypothetical changes:",
        "- The borrower deliberately avoids contact (attitude: evasive) → "
        "The borrower cooperates (attitude: cooperative)",
        "- No agreed repayment plan is being kept (repayment plan: no) → "
        "An agreed repayment plan is being kept (repayment plan: yes)",
        "The visit probability goes from 64.61% to 0.18%, and the recommended channel from field visit "
        "to phone call.",
        "The points, largest change first:",
        "- repayment plan: +0.00 → -4.00 (-4.00)",
        "- attitude: +0.90 → -2.00 (-2.90)",
    ]
    assert str(CONTACTED) == CONTACTED.explain()


def test_it_reads_well_in_chinese() -> None:
    assert CONTACTED.explain("zh").splitlines() == [
        "假设以下情况有所不同：",
        "- 借款人有意回避联系（evasive） → 借款人态度配合（cooperative）",
        "- 没有正在履行的还款计划（否） → 约定的还款计划正在履行（是）",
        "上门概率从64.61%变为0.18%，建议的联系方式从上门拜访变为电话。",
        "分值（变化最大的在前）：",
        "- repayment plan：+0.00 → -4.00（-4.00）",
        "- attitude：+0.90 → -2.00（-2.90）",
    ]


def test_a_change_that_leaves_the_channel_says_so() -> None:
    lines = cr.RuleScorer().what_if(CASE, days_past_due=500).explain().splitlines()
    assert lines[2].endswith("to 63.60%, and the recommended channel stays field visit.")


def test_without_a_change_the_text_says_so() -> None:
    what_if = cr.RuleScorer().what_if(CASE)
    outcome = "The visit probability stays 64.61%, and the recommended channel field visit."
    assert what_if.explain().splitlines() == [outcome, "No points change."]
    assert seen(what_if.to_html()).startswith(outcome)
    assert seen(what_if.to_html()).endswith("No points change.")


def test_an_unknown_value_is_called_not_known() -> None:
    what_if = WITH_MISSING.what_if(Noted(amount_overdue=1, days_past_due=1), limit=5)
    assert '- The field "limit" is not known → The field "limit" is 5' in str(what_if)
    assert dict(what_if.changes)["limit"][1] == 5.0
    assert list(what_if.changes) == ["limit"]


def test_the_html_has_the_contents_of_the_text() -> None:
    for language in LANGUAGES:
        html = CONTACTED.to_html(language)  # type: ignore[arg-type]  # a key of LANGUAGES
        lines = [line.removeprefix("- ") for line in CONTACTED.explain(language).splitlines()[:5]]  # type: ignore[arg-type]  # the same
        assert [line for line in lines if line not in seen(html)] == []
        assert harmless(html)
    assert "attitude+0.90-2.00-2.90" in seen(CONTACTED.to_html())
    assert CONTACTED._repr_html_() == CONTACTED.to_html()


def test_the_id_is_never_shown_even_if_it_changes() -> None:
    what_if = cr.RuleScorer().what_if(CASE, borrower_id="another-id")
    assert "-id" not in str(what_if) + what_if.to_html() + repr(what_if)
    assert dict(what_if.changes) == {}


def test_an_unknown_field_is_an_error_that_suggests_the_nearest() -> None:
    with pytest.raises(
        ArgumentError,
        match=r"changes must name fields of the borrower, not 'atitude'; did you mean 'attitude'[?] "
        r"[(]the fields are amount_overdue, days_past_due, attitude, ",
    ):
        cr.RuleScorer().what_if(CASE, atitude="cooperative")
    with pytest.raises(ArgumentError, match=r"not 'zzz' [(]the fields are amount_overdue"):
        cr.RuleScorer().what_if(CASE, zzz=1)


@pytest.mark.parametrize("field", attrs.fields_dict(cr.Borrower))
def test_every_slip_of_one_letter_is_an_error_that_suggests_the_field(field: str) -> None:
    for slip in sorted(set(slips(field)) - {field})[::10]:
        with pytest.raises(ArgumentError, match=f"not '{slip}'; did you mean '{field}'"):
            with_changes(CASE, {slip: None})
        with pytest.raises(TypeError, match=f"unexpected keyword argument '{slip}'"):
            cr.Borrower(amount_overdue=1, days_past_due=1, **{slip: None})  # type: ignore[arg-type]


def test_an_invalid_value_is_an_error_as_in_a_borrower() -> None:
    with pytest.raises(InvalidBorrowerError, match=r"attitude must be one of .* did you mean 'hostile'"):
        cr.RuleScorer().what_if(CASE, attitude="hostil")


def test_something_other_than_a_borrower_is_an_error() -> None:
    with pytest.raises(ArgumentError, match="borrower must be a Borrower, not a dict"):
        cr.RuleScorer().what_if({}, attitude="hostile")  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_cannot_escape_in_the_html(text: str, language: Language) -> None:
    def page(text: str) -> str:
        card = cr.Scorecard(
            base=0, characteristics=[cr.Levels(label=text, field="note", levels={text: 1}, source=text)]
        )
        borrower = Noted(amount_overdue=1, days_past_due=1, borrower_id=text)
        return card.what_if(borrower, note=text).to_html(language)

    assert elements(page(text)) == elements(page("a note"))
    assert harmless(page(text))


def test_an_unknown_language_is_an_error() -> None:
    for show in (CONTACTED.explain, CONTACTED.to_html):
        with pytest.raises(ArgumentError, match="language must be one of en, zh, not 'fr'"):
            show("fr")  # type: ignore[arg-type]


def test_a_private_field_has_the_name_that_it_has_in_plain_data() -> None:
    @attrs.frozen(kw_only=True)
    class Own(cr.Borrower):
        _score: float = 1.0

    borrower = Own(amount_overdue=1, days_past_due=2)
    after = cr.RuleScorer().what_if(borrower, _score=2.0).after.borrower
    assert after.to_dict()["_score"] == 2.0
    with pytest.raises(ArgumentError, match="not 'score'; did you mean '_score'"):
        cr.RuleScorer().what_if(borrower, score=2.0)
