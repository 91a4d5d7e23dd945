"""An assessment as a page: probability, channel, where it stands on the ladder, and a bar for each reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk.markup import Markup, bar, element, page, shortened, table
from collectrisk.pages.ladder import ladder_drawing, mark, stretch
from collectrisk.pages.words import page_words_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk.assessment import Assessment, Reason
    from collectrisk.pages.words import PageWords
    from collectrisk.words import Language

__all__ = ["SENTENCE", "assessment_page"]

SENTENCE = 600
"""The longest sentence that is shown; only a value of a house's own field can make it longer."""

_LARGE = "font-size: 1.7em; font-weight: bold"
_HEAD = "margin: 0.4em 0"


def assessment_page(assessment: Assessment, language: Language) -> Markup:
    """Return an assessment in HTML."""
    words = page_words_in(language)
    here = assessment.visit_probability
    return page(
        _headline(assessment, words),
        ladder_drawing(assessment.ladder, words, *_marks(assessment), here=here),
        _reasons(assessment, words, language),
    )


def _marks(assessment: Assessment) -> Iterator[Markup]:
    """Yield where the probability stands on the ladder, and how far its interval reaches."""
    if assessment.interval:
        yield stretch(assessment.ladder, *assessment.interval)
    yield mark(assessment.ladder, assessment.visit_probability)


def _headline(assessment: Assessment, words: PageWords) -> Markup:
    """Return probability, interval and channel as one line."""
    figure = element("span", words.probability(assessment.visit_probability), style=_LARGE)
    channel = element("strong", words.spoken.channels[assessment.channel])
    return element(
        "div",
        element("div", figure, f" {words.visit_probability}{_interval(assessment, words)}"),
        element("div", words.recommended, channel),
        style=_HEAD,
    )


def _interval(assessment: Assessment, words: PageWords) -> str:
    if assessment.interval is None:
        return ""
    return f" ({words.interval.format(*map(words.probability, assessment.interval))})"


def _reasons(assessment: Assessment, words: PageWords, language: Language) -> Markup:
    if assessment.base is None:
        return element("p", words.spoken.no_reasons)
    shown = [reason for reason in assessment.reasons if reason.points]
    reach = max((abs(reason.points) for reason in shown), default=1.0)
    return table(
        words.spoken.base.format(assessment.log_odds, assessment.base),
        (words.characteristic, words.reason),
        [_row(reason, reach, language) for reason in shown],
    )


def _row(reason: Reason, reach: float, language: Language) -> tuple[str, ...]:
    label = Markup(element("div", shortened(reason.label)) + bar(0.0, reason.points, reach))
    return label, shortened(reason.sentence(language), SENTENCE)
