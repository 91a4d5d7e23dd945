"""The HTML of an assessment: probability, channel, ladder, and a bar for each reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from cards import HAND_MADE, fitted
from html_reading import HOSTILE, elements, harmless, seen
from hypothesis import given
from strategies import borrowers

import collectrisk as cr
from collectrisk._display.words import LANGUAGES, words_in
from collectrisk.errors import ArgumentError

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
ASSESSMENT = cr.RuleScorer().assess(CASE)


class Even(cr.Scorer):
    """A scorer that is not a scorecard."""

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:  # noqa: ARG002  # needs neither
        return 0.5


def styles(html: str) -> list[str]:
    return [str(dict(attributes).get("style", "")) for _, attributes in elements(html)]


def marked(html: str) -> list[float]:
    """Return the positions of marks and intervals on the ladder, in percent of its width."""
    ladder = html.partition('role="list"')[2].partition('role="listitem"')[0]
    return [float(left) for left in re.findall(r"left: ([-+.e0-9]+)%", ladder)]


def bars(html: str) -> list[str]:
    """Return the style of each coloured bar."""
    return [style for style in styles(html) if "background" in style]


def test_the_text_form_is_the_explanation() -> None:
    assert str(ASSESSMENT) == ASSESSMENT.explain()


def test_a_notebook_shows_the_html() -> None:
    assert ASSESSMENT._repr_html_() == ASSESSMENT.to_html()


@given(borrowers())
def test_every_reason_that_changes_something_is_there_with_its_bar(borrower: cr.Borrower) -> None:
    assessment = cr.RuleScorer().assess(borrower)
    effective = [reason for reason in assessment.reasons if abs(reason.points) >= 0.005]
    for language in LANGUAGES:
        html = assessment.to_html(language)  # type: ignore[arg-type]  # a key of LANGUAGES
        assert [reason for reason in effective if reason.sentence(language) not in seen(html)] == []  # type: ignore[arg-type]  # the same
        assert len(bars(html)) == len(effective)
        assert harmless(html)


def test_probability_and_channel_come_first_then_the_ladder() -> None:
    html = seen(ASSESSMENT.to_html())
    assert html.startswith(
        "64.61% visit probabilityrecommended channel: field visit▼text message (SMS)from 0%"
    )
    assert "phone callfrom 0.05%" in html


def test_everything_is_in_chinese_on_request() -> None:
    html = seen(ASSESSMENT.to_html("zh"))
    assert html.startswith("64.61% 上门概率建议的联系方式：上门拜访▼短信0%起")
    assert "账户已逾期540天" in html


def test_the_current_rung_is_marked_for_screen_readers_too() -> None:
    current = [
        attributes
        for _, attributes in elements(ASSESSMENT.to_html())
        if ("aria-current", "true") in attributes
    ]
    assert len(current) == 1
    assert "bold" in str(dict(current[0])["style"])


@pytest.mark.parametrize(
    ("probability", "place"),
    [(0.0, 0), (0.00025, 12.5), (0.0005, 25), (0.25, 50), (0.125, 47.21), (0.5, 75), (1.0, 100)],
)
def test_the_mark_is_at_the_probability_within_its_rung(probability: float, place: float) -> None:
    ladder = cr.DEFAULT_LADDER
    assessment = cr.Assessment(
        visit_probability=probability, channel=ladder.channel(probability), ladder=ladder, borrower=CASE
    )
    assert marked(assessment.to_html()) == [place]


def test_a_rung_that_starts_where_probabilities_end_is_marked_at_its_end() -> None:
    ladder = cr.Ladder([(0, "sms"), (1, "letter")])
    assessment = cr.Assessment(visit_probability=1.0, channel=cr.Channel.LETTER, ladder=ladder, borrower=CASE)
    assert marked(assessment.to_html()) == [100]


def test_a_fitted_scorer_shows_its_interval_in_words_and_on_the_ladder() -> None:
    assessment = fitted(None).assess(CASE)
    html = assessment.to_html()
    low, high = (words_in("en").probability(end) for end in assessment.interval or ())
    assert f"(90% interval {low} to {high})" in seen(html)
    start, mark = marked(html)
    assert start < mark


def test_without_a_scorecard_there_is_a_ladder_and_no_reason() -> None:
    html = Even().assess(CASE).to_html()
    assert seen(html).endswith("This scorer is not a scorecard, so it gives no reasons.")
    assert "table" not in html


def test_without_effects_there_is_no_bar() -> None:
    card = cr.Scorecard(base=1, characteristics=[cr.Flag(label="plan", field="repayment_plan", if_true=-1)])
    assert bars(card.assess(CASE).to_html()) == []


def test_the_id_is_never_shown() -> None:
    assert "secret" not in ASSESSMENT.to_html() + ASSESSMENT.to_html("zh") + str(ASSESSMENT)


def noted(text: str) -> tuple[cr.Borrower, cr.Scorecard]:
    """Return a borrower and a card with a text in every place that accepts one."""

    @attrs.frozen(kw_only=True)
    class Noted(cr.Borrower):
        note: str = ""

    parts = [cr.Levels(label=text, field="note", levels={text: 1}, source=text), HAND_MADE.characteristics[0]]
    borrower = Noted(amount_overdue=1, days_past_due=1, note=text, borrower_id=text)
    return borrower, cr.Scorecard(base=0, characteristics=parts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_cannot_escape_in_the_html(text: str, language: Language) -> None:
    html, plain = (
        card.assess(borrower).to_html(language) for borrower, card in (noted(text), noted("a note"))
    )
    assert elements(html) == elements(plain)
    assert harmless(html)


def test_a_long_value_is_shortened() -> None:
    borrower, card = noted("long" * 5_000)
    assert len(card.assess(borrower).to_html()) < 6_000


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ArgumentError, match="language must be one of en, zh, not 'fr'"):
        ASSESSMENT.to_html("fr")  # type: ignore[arg-type]
