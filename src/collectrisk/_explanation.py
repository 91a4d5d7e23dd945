"""The explanation of an assessment, as plain text and as HTML: the verdict, the ladder and the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk._display.document import Block, html_table, paragraph
from collectrisk._display.html import Markup, element, shortened, signed_bar
from collectrisk._display.ladder import interval_line, ladder_html, mark
from collectrisk._display.words import format_points, rounds_to_zero, words_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from collectrisk._channel import Channel, Ladder
    from collectrisk._display.words import Words
    from collectrisk._reason import Reason
    from collectrisk._typing import Interval, Language

MAX_SENTENCE = 600
"""Longer sentences are truncated in HTML; only a text field of your own makes one this long."""


def assessment_blocks(
    *,
    probability: float,
    channel: Channel,
    ladder: Ladder,
    interval: Interval | None,
    log_odds: float | None,
    base: float | None,
    reasons: Sequence[Reason],
    language: Language,
) -> Iterator[Block]:
    """Yield the verdict, the ladder, and each reason with an effect or a value that is not listed."""
    words = words_in(language)
    verdict = words.assessment.verdict.format(words.probability(probability), words.channels[channel])
    yield Block(verdict, lambda: _headline(probability, channel, interval, words))
    yield Block(html=lambda: _ladder(ladder, probability, interval, words))
    if base is None or log_odds is None:
        message = words.assessment.no_reasons
        yield paragraph(message)
        return
    caption = words.assessment.base.format(format_points(log_odds), format_points(base))
    effective = [reason for reason in reasons if reason.unlisted or not rounds_to_zero(reason.points)]
    sentences = [(reason, reason.sentence(language)) for reason in effective]
    yield Block(
        "\n".join([caption, *(f"- {sentence}" for _, sentence in sentences)]),
        lambda: _reasons_table(caption, sentences, words),
    )


def _ladder(ladder: Ladder, probability: float, interval: Interval | None, words: Words) -> Markup:
    line = [interval_line(ladder, *interval)] if interval else []
    return ladder_html(ladder, words, *line, mark(ladder, probability), current=probability)


def _headline(probability: float, channel: Channel, interval: Interval | None, words: Words) -> Markup:
    figure = element("span", words.probability(probability), style="font-size: 1.7em; font-weight: bold")
    label = f" {words.assessment.visit_probability}"
    if interval:
        label += f" ({words.assessment.interval.format(*map(words.probability, interval))})"
    return element(
        "div",
        element("div", figure, label),
        element("div", words.assessment.recommended, element("strong", words.channels[channel])),
        style="margin: 0.4em 0",
    )


def _reasons_table(caption: str, reasons: Sequence[tuple[Reason, str]], words: Words) -> Markup:
    limit = max((abs(reason.points) for reason, _ in reasons), default=1.0)
    rows = [
        (
            Markup(element("div", shortened(reason.label)) + signed_bar(reason.points, limit)),
            shortened(sentence, MAX_SENTENCE),
        )
        for reason, sentence in reasons
    ]
    return html_table(caption, (words.assessment.characteristic, words.assessment.reason), rows)
