"""A what-if as a page and as text: what differs, what comes of it, and how each reason's points change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectrisk.markup import Markup, bar, element, page, shortened, table
from collectrisk.pages.assessment import SENTENCE
from collectrisk.pages.ladder import ladder_drawing, mark
from collectrisk.pages.words import page_words_in, points_told

if TYPE_CHECKING:
    from collectrisk.pages.words import PageWords
    from collectrisk.prospects.what_if import ReasonChange, WhatIf
    from collectrisk.words import Language

__all__ = ["what_if_page", "what_if_text"]


def what_if_text(what_if: WhatIf, language: Language) -> str:
    """Return a what-if in words."""
    words = page_words_in(language)
    lines = [*(f"- {fact}" for fact in _facts(what_if, words)), _outcome(what_if, words)]
    if lines[1:]:
        lines.insert(0, words.supposed)
    if what_if.before.base is None:
        return "\n".join([*lines, words.spoken.no_reasons])
    told = [_told(each, words) for each in what_if.differences if each.difference]
    return "\n".join([*lines, words.changing if told else words.unchanged, *told])


def _facts(what_if: WhatIf, words: PageWords) -> list[str]:
    """Return each field that differs, as it is and as it would be."""
    fact = words.spoken.fact
    return [
        f"{fact(field, before)} → {fact(field, after)}" for field, (before, after) in what_if.changes.items()
    ]


def _outcome(what_if: WhatIf, words: PageWords) -> str:
    before, after = what_if.before, what_if.after
    return _outcome_form(what_if, words).format(
        words.probability(before.visit_probability),
        words.probability(after.visit_probability),
        words.spoken.channels[before.channel],
        words.spoken.channels[after.channel],
    )


def _outcome_form(what_if: WhatIf, words: PageWords) -> str:
    if what_if.before.channel is not what_if.after.channel:
        return words.outcome
    same = what_if.before.visit_probability == what_if.after.visit_probability
    return words.same if same else words.same_channel


def _told(each: ReasonChange, words: PageWords) -> str:
    before, after, difference = map(points_told, (each.before, each.after, each.difference))
    return words.change.format(each.label, before, after, difference)


def what_if_page(what_if: WhatIf, language: Language) -> Markup:
    """Return a what-if in HTML."""
    words = page_words_in(language)
    before, after, ladder = (
        what_if.before.visit_probability,
        what_if.after.visit_probability,
        what_if.after.ladder,
    )
    marks = mark(ladder, before, filled=False), mark(ladder, after)
    facts = [element("li", shortened(fact, SENTENCE)) for fact in _facts(what_if, words)]
    return page(
        *([element("div", words.supposed, element("ul", *facts))] if facts else []),
        element("strong", _outcome(what_if, words)),
        ladder_drawing(ladder, words, *marks, here=after),
        element("div", words.marks, style="font-size: 0.9em; opacity: 0.8"),
        _reasons(what_if, words),
    )


def _reasons(what_if: WhatIf, words: PageWords) -> Markup:
    if what_if.before.base is None:
        return element("p", words.spoken.no_reasons)
    shown = [each for each in what_if.differences if each.difference]
    if not shown:
        return element("p", words.unchanged)
    reach = max(abs(each.difference) for each in shown)
    header = (words.characteristic, words.before, words.after, words.difference)
    return table(words.changing, header, [_row(each, reach) for each in shown], words=1)


def _row(each: ReasonChange, reach: float) -> tuple[str, ...]:
    label = Markup(element("div", shortened(each.label)) + bar(0.0, each.difference, reach))
    return label, points_told(each.before), points_told(each.after), points_told(each.difference)
