"""The ladder in HTML and as a sentence: its rungs from light to heavy, and marks for probabilities."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from collectrisk._display.html import Markup, element
from collectrisk._display.words import format_percent

if TYPE_CHECKING:
    from collectrisk._channel import Ladder
    from collectrisk._display.words import Words

_LADDER = (
    "position: relative; display: flex; max-width: 44em; margin: 0.8em 0.45em; padding: 0.8em 0 0; "
    "list-style: none"
)
_RUNG = (
    "flex: 1 1 0; min-width: 0; margin: 0; padding: 0.3em 0.4em 0 0; "
    "border-top: 0.7em solid rgba(64, 136, 180, {:.2f})"
)
_MARK = "position: absolute; top: -0.2em; margin-left: -0.5em; width: 1em; text-align: center; line-height: 1"
_INTERVAL = "position: absolute; top: 0.5em; border-top: 0.2em solid currentColor; opacity: 0.6"


def ladder_html(ladder: Ladder, words: Words, *marks: Markup, current: float | None = None) -> Markup:
    """Return the rungs side by side, with marks above them and the rung of one probability in bold."""
    channel = None if current is None else ladder.channel(current)
    rungs = []
    for place, rung in enumerate(ladder.rungs, start=1):
        style = _RUNG.format(0.15 + 0.75 * place / len(ladder.rungs))
        is_current = rung.channel is channel
        rungs.append(
            element(
                "div",
                element("div", words.channels[rung.channel]),
                element("div", _from(rung.least, words), style="font-size: 0.9em; opacity: 0.8"),
                role="listitem",
                style=f"{style}; font-weight: bold" if is_current else style,
                **({"aria_current": "true"} if is_current else {}),
            )
        )
    return element("div", *marks, *rungs, role="list", aria_label=words.ladder.title, style=_LADDER)


def ladder_text(ladder: Ladder, words: Words) -> str:
    """Return the ladder as a sentence."""
    rungs = (f"{words.channels[rung.channel]} {_from(rung.least, words)}" for rung in ladder.rungs)
    return str(words.ladder.title + words.ladder.separator.join(rungs))


def _from(probability: float, words: Words) -> str:
    return str(words.ladder.rung.format(format_percent(probability)))


def mark(ladder: Ladder, probability: float, *, filled: bool = True) -> Markup:
    """Return a triangle above the ladder at a probability."""
    style = f"left: {100 * _position(ladder, probability):.4g}%; {_MARK}"
    return element("div", "▼" if filled else "▽", aria_hidden="true", style=style)


def interval_line(ladder: Ladder, low: float, high: float) -> Markup:
    """Return a line above the ladder from one probability to another."""
    start, end = _position(ladder, low), _position(ladder, high)
    style = f"{_INTERVAL}; left: {100 * start:.4g}%; width: {100 * (end - start):.4g}%"
    return element("div", aria_hidden="true", style=style)


def _position(ladder: Ladder, probability: float) -> float:
    """Return the position of a probability on the ladder, 0 to 1.

    Rungs are equally wide. Within a rung the scale is logarithmic, because its ends may differ by a
    factor of several hundred; the first rung starts at 0 and is linear.
    """
    rung = ladder.channels.index(ladder.channel(probability))
    low, high = (*ladder.cuts, 1.0)[rung : rung + 2]
    if low == high:
        inside = 1.0
    elif low:
        inside = math.log(probability / low) / math.log(high / low)
    else:
        inside = probability / high
    return (rung + inside) / len(ladder.rungs)
