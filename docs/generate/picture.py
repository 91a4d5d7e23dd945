"""The picture of the idea: points add up to the log-odds, and the log-odds choose the channel.

Everything stands on one axis of log-odds: each bar is a characteristic's points, and the
ladder's rungs are drawn where their probabilities lie on that axis.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from borrowers import ANCHORS
from formatting import percent
from picture_words import ENGLISH

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from picture_words import PictureWords

WIDTH, LEFT, RIGHT, ROW, TOP = 560, 150, 544, 28, 78
INK, FAINT, UP, DOWN, BASE = "#1f2933", "#69757f", "#d9822b", "#3b7ea1", "#8a949e"
RUNGS = ("#e3eef3", "#bcd7e4", "#f4d3ab", "#e8a862")


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability)) if 0 < probability < 1 else -math.inf


DRAWN = f'role="img" font-family="system-ui, sans-serif" font-size="14" fill="{INK}"'
PAPER = 'rx="10" fill="#fff" stroke="#d5dbe0"'
LOWEST, HIGHEST = _log_odds(cr.DEFAULT_LADDER.cuts[1]) - 0.9, 1.8


def _x(log_odds: float) -> float:
    """Return where a log-odds lies on the axis."""
    held = min(max(log_odds, LOWEST), HIGHEST)
    return LEFT + (held - LOWEST) / (HIGHEST - LOWEST) * (RIGHT - LEFT)


def _text(x: float, y: float, words: str, style: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{words}</text>'


def _bar(row: int, label: str, *, start: float = 0, end: float, colour: str, bold: str = "") -> Iterator[str]:
    """Yield a row of the picture: a label, a bar from start to end, and its length in points."""
    y = TOP + row * ROW
    left, right = sorted((_x(start), _x(end)))
    yield _text(16, y + 14, label, bold)
    yield f'<rect x="{left:.1f}" y="{y + 2}" width="{right - left:.1f}" height="16" rx="2" fill="{colour}"/>'
    yield _text(right + 6, y + 14, f"{end - start:+.2f}", f'font-size="12" {bold}')


def _bars(assessment: cr.Assessment, base: float, words: PictureWords) -> Iterator[str]:
    yield from _bar(0, words.base, end=base, colour=BASE)
    running, row = base, 0
    for row, reason in enumerate((each for each in assessment.reasons if each.points), start=1):
        colour = UP if reason.points > 0 else DOWN
        yield from _bar(
            row, words.part(reason.label), start=running, end=running + reason.points, colour=colour
        )
        running += reason.points
    yield from _bar(row + 1, words.log_odds, end=running, colour=INK, bold='font-weight="700"')


def _ladder(ladder: cr.Ladder, y: float, words: PictureWords) -> Iterator[str]:
    cuts = [*map(_log_odds, ladder.cuts), math.inf]
    for (low, high), rung, colour in zip(pairwise(cuts), ladder.rungs, RUNGS, strict=True):
        left, right = _x(low), _x(high)
        width = right - left
        yield f'<rect x="{left:.1f}" y="{y}" width="{width:.1f}" height="30" fill="{colour}"/>'
        name = words.channel_name(rung.channel)
        yield _text((left + right) / 2, y + 19, name, 'font-size="11" text-anchor="middle"')
        if rung.least:
            dashed = f'stroke="{FAINT}" stroke-width=".6" stroke-dasharray="2 4"'
            yield f'<path d="M{left:.1f} {TOP - 6}V{y}" {dashed}/>'
            yield _text(
                left, y + 46, percent(rung.least), f'font-size="12" text-anchor="middle" fill="{FAINT}"'
            )


def picture(words: PictureWords = ENGLISH) -> str:
    """Return the picture as SVG, for the article's case at its end."""
    assessment = cr.RuleScorer().assess(ANCHORS[1].borrower)
    if assessment.base is None or assessment.log_odds is None:
        raise TypeError("the rule scorer is a scorecard")
    bars = list(_bars(assessment, assessment.base, words))
    foot = TOP + ROW * (len(bars) // 3) + 30
    here = _x(assessment.log_odds)
    verdict = words.verdict.format(
        percent(assessment.visit_probability), words.channel_name(assessment.channel)
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {foot + 88}" {DRAWN}>',
            f"<title>{words.title.format(verdict)}</title>",
            f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{foot + 87}" {PAPER}/>',
            _text(16, 28, words.borrower[0]),
            _text(16, 48, words.borrower[1]),
            *_ladder(assessment.ladder, foot, words),
            *bars,
            _text(16, foot + 19, words.channel),
            _text(16, foot + 46, words.visit_probability, f'font-size="12" fill="{FAINT}"'),
            f'<path d="M{here:.1f} {foot - 2}l-6 -10h12z" fill="{INK}"/>',
            _text(WIDTH / 2, foot + 74, verdict, 'text-anchor="middle" font-weight="700"'),
            "</svg>\n",
        ]
    )
