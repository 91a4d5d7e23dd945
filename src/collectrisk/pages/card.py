"""A scorecard as a page and as text: base, range, every characteristic with its points, and the ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk.markup import Markup, Table, bar, element, page, shortened, table
from collectrisk.namespace import SCALAR
from collectrisk.pages.curve import form_of, values_of
from collectrisk.pages.ladder import ladder_drawing, ladder_text
from collectrisk.pages.words import page_words_in, points_told

if TYPE_CHECKING:
    from collectrisk.curves import Characteristic
    from collectrisk.pages.words import PageWords
    from collectrisk.scorecard import Scorecard
    from collectrisk.words import Language

__all__ = ["card_page", "card_text"]

AT_A_GLANCE = 8
"""How many values of a characteristic are shown at once; more are folded up, or left out of text."""

_SMALL = "font-size: 0.9em; font-weight: normal; opacity: 0.8"
_SCROLLED = "max-height: 16em; overflow-y: auto"


def card_page(card: Scorecard, name: str, language: Language) -> Markup:
    """Return a card in HTML."""
    words = page_words_in(language)
    reach = max((abs(end) for part in card.characteristics for end in part.range), default=0.0)
    return page(
        table(
            _summary(card, name, words),
            (words.characteristic, words.points),
            [_row(part, reach, words) for part in card.characteristics],
        ),
        element("p", words.ladder, style="margin: 0"),
        ladder_drawing(card.ladder, words),
    )


def _summary(card: Scorecard, name: str, words: PageWords) -> str:
    low, high = card.range
    figures = (points_told(card.base), len(card.characteristics), points_told(low), points_told(high))
    return words.card.format(
        name, *figures, *(words.probability(SCALAR.logistic(end)) for end in (low, high))
    )


def _row(part: Characteristic, reach: float, words: PageWords) -> tuple[str, ...]:
    head = (
        element("div", shortened(part.label)),
        element("div", f"{_reads(part)}{words.comma}{_source(part, words)}", style=_SMALL),
        bar(*part.range, reach),
        element("div", _span(part, words), style=_SMALL),
    )
    return Markup("".join(head)), Markup(form_of(part) + _values(part, words))


def _reads(part: Characteristic) -> str:
    return shortened(", ".join(part.fields))


def _source(part: Characteristic, words: PageWords) -> str:
    return shortened(words.spoken.source(part.source))


def _span(part: Characteristic, words: PageWords) -> str:
    return words.span.format(*map(points_told, part.range))


def _values(part: Characteristic, words: PageWords) -> Markup:
    values = values_of(part, words)
    told = element("div", Markup("; ".join(map(_isolated, values))), style=_SMALL)
    if len(values) <= AT_A_GLANCE:
        return told
    summary = element("summary", words.values.format(len(values)), style=_SMALL)
    return element("details", summary, element("div", told, style=_SCROLLED))


def _isolated(value: tuple[str, float]) -> Markup:
    """Return a value and its points; where the value is written from right to left, the points are not."""
    where, points = value
    return Markup(f"{element('bdi', where)}: {points_told(points)}")


def _value(value: tuple[str, float]) -> str:
    where, points = value
    return f"{where}: {points_told(points)}"


def card_text(card: Scorecard, name: str) -> str:
    """Return a card as plain text, in English."""
    words = page_words_in("en")
    header = (words.characteristic, words.reads, words.source, words.points)
    rows = tuple(
        (shortened(part.label), _reads(part), _source(part, words), _told(part, words))
        for part in card.characteristics
    )
    shown = Table(_summary(card, name, words), header, rows, words=len(header))
    return f"{shown.as_text()}\n\n{ladder_text(card.ladder, words)}"


def _told(part: Characteristic, words: PageWords) -> str:
    """Return the points of a few values; of many, the first and the last of them."""
    told = [_value(value) for value in values_of(part, words)] or [_span(part, words)]
    if len(told) > AT_A_GLANCE:
        told = [*told[: AT_A_GLANCE // 2], "...", *told[-AT_A_GLANCE // 2 :]]
    return "; ".join(told)
