"""The ladder as a drawing: its rungs from light to heavy, and where a probability stands on it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from collectrisk.markup import Markup, element, marker

if TYPE_CHECKING:
    from collectrisk.channel import Ladder, Rung
    from collectrisk.pages.words import PageWords

__all__ = ["ladder_drawing", "ladder_text", "mark", "stretch"]

_LADDER = (
    "position: relative; display: flex; max-width: 44em; margin: 0.8em 0.45em; padding: 0.8em 0 0; "
    "list-style: none"
)
_RUNG = (
    "flex: 1 1 0; min-width: 0; margin: 0; padding: 0.3em 0.4em 0 0; "
    "border-top: 0.7em solid rgba(64, 136, 180, {:.2f})"
)
_STRETCH = "position: absolute; top: 0.5em; border-top: 0.2em solid currentColor; opacity: 0.6"
_HERE = "font-weight: bold"


def ladder_drawing(ladder: Ladder, words: PageWords, *marks: Markup, here: float | None = None) -> Markup:
    """Return the rungs in a row, with marks above them, and the rung of one probability in bold."""
    current = None if here is None else ladder.channel(here)
    rungs = [
        _rung(rung, words, share=(place + 1) / len(ladder.rungs), here=rung.channel is current)
        for place, rung in enumerate(ladder.rungs)
    ]
    return element("div", *marks, *rungs, role="list", aria_label=words.ladder, style=_LADDER)


def mark(ladder: Ladder, probability: float, *, filled: bool = True) -> Markup:
    """Return the mark of a probability: as far across its rung as it is between the rung's cuts.

    From one cut to the next it is the ratio that counts, because a rung may span hundredfolds.
    """
    return marker(_place(ladder, probability), filled=filled)


def stretch(ladder: Ladder, low: float, high: float) -> Markup:
    """Return the line from one probability to another, above the rungs."""
    start, end = _place(ladder, low), _place(ladder, high)
    style = f"{_STRETCH}; left: {100 * start:.4g}%; width: {100 * (end - start):.4g}%"
    return element("div", aria_hidden="true", style=style)


def _place(ladder: Ladder, probability: float) -> float:
    rung = ladder.channels.index(ladder.channel(probability))
    low, high = (*ladder.cuts, 1.0)[rung : rung + 2]
    return (rung + _inside(probability, low, high)) / len(ladder.rungs)


def _inside(probability: float, low: float, high: float) -> float:
    if low == high:
        return 1.0
    return math.log(probability / low) / math.log(high / low) if low else probability / high


def _rung(rung: Rung, words: PageWords, *, share: float, here: bool) -> Markup:
    style = _RUNG.format(0.15 + 0.75 * share)
    told = [
        element("div", words.spoken.channels[rung.channel]),
        element("div", words.rung.format(words.cut(rung.least)), style="font-size: 0.9em; opacity: 0.8"),
    ]
    if here:
        return element("div", *told, role="listitem", aria_current="true", style=f"{style}; {_HERE}")
    return element("div", *told, role="listitem", style=style)


def ladder_text(ladder: Ladder, words: PageWords) -> str:
    """Return the ladder as a sentence."""
    return words.ladder + words.comma.join(
        f"{words.spoken.channels[rung.channel]} {words.rung.format(words.cut(rung.least))}"
        for rung in ladder.rungs
    )
