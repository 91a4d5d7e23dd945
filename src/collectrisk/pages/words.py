"""The words around figures: headings, captions and short labels, in English and Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from collectrisk.words import LANGUAGES, Words, words_in

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PageWords", "page_words_in", "points_told"]


@attrs.frozen
class PageWords:
    """What one language writes around the figures of a page; `spoken` are its words for reasons."""

    spoken: Words
    visit_probability: str
    interval: str
    recommended: str
    reason: str
    rung: str
    card: str
    characteristic: str
    reads: str
    source: str
    points: str
    span: str
    values: str
    least: str
    yes: str
    any_other: str
    until: str
    reaches: str
    also: str
    ladder: str
    comma: str
    supposed: str
    outcome: str
    same_channel: str
    same: str
    changing: str
    unchanged: str
    change: str
    marks: str
    before: str
    after: str
    difference: str

    def probability(self, value: float) -> str:
        """Return a probability as a percentage."""
        return self.spoken.probability(value)

    def cut(self, value: float) -> str:
        """Return a ladder's cut as a percentage, to six digits."""
        return f"{100 * value:.6g}%"


ENGLISH = PageWords(
    spoken=LANGUAGES["en"],
    visit_probability="visit probability",
    interval="90% interval {0} to {1}",
    recommended="recommended channel: ",
    reason="reason",
    rung="from {}",
    card="{0}: a base of {1} and {2} characteristics, whose points add up to the log-odds of a visit. "
    "These reach from {3} to {4}, which is a visit probability of {5} to {6}.",
    characteristic="characteristic",
    reads="reads",
    source="source",
    points="points",
    span="{0} to {1}",
    values="{} values",
    least="from {}",
    yes="yes",
    any_other="any other",
    until="until {}",
    reaches="{noun} reaches {least}",
    also=" and ",
    ladder="The ladder, from which visit probability on which channel: ",
    comma=", ",
    supposed="Suppose that this were different:",
    outcome="The visit probability goes from {0} to {1}, and the recommended channel from {2} to {3}.",
    same_channel="The visit probability goes from {0} to {1}, and the recommended channel stays {2}.",
    same="The visit probability stays {0}, and the recommended channel {2}.",
    changing="The points, largest change first:",
    unchanged="No reason's points change.",
    change="- {0}: {1} → {2} ({3})",
    marks="On the ladder, the outline stands for before and the filled mark for after.",
    before="before",
    after="after",
    difference="change",
)

CHINESE = PageWords(
    spoken=LANGUAGES["zh"],
    visit_probability="上门概率",
    interval="90%区间：{0}至{1}",
    recommended="建议的联系方式：",
    reason="理由",
    rung="{}起",
    card="{0}：基准值{1}，另有{2}个特征，其分值与基准值相加即为上门的对数几率。"
    "对数几率的范围为{3}至{4}，即上门概率{5}至{6}。",
    characteristic="特征",
    reads="字段",
    source="依据",
    points="分值",
    span="{0}至{1}",
    values="{}个取值",
    least="{}起",
    yes="是",
    any_other="其他",
    until="{}之前",
    reaches="{noun}达到{least}",
    also="且",
    ladder="多大的上门概率对应哪种联系方式：",
    comma="，",
    supposed="假设以下情况有所不同：",
    outcome="上门概率从{0}变为{1}，建议的联系方式从{2}变为{3}。",
    same_channel="上门概率从{0}变为{1}，建议的联系方式仍为{2}。",
    same="上门概率仍为{0}，建议的联系方式仍为{2}。",
    changing="分值（变化最大的在前）：",
    unchanged="各项理由的分值没有变化。",
    change="- {0}：{1} → {2}（{3}）",
    marks="图中空心标记为变化之前，实心标记为变化之后。",
    before="之前",
    after="之后",
    difference="变化",
)

LANGUAGES_OF_PAGES: Mapping[str, PageWords] = {"en": ENGLISH, "zh": CHINESE}


def page_words_in(language: str) -> PageWords:
    """Return the words of a language, or raise `ArgumentError`."""
    words_in(language)
    return LANGUAGES_OF_PAGES[language]


def points_told(points: float) -> str:
    """Return points with their sign."""
    return f"{points:+.2f}" if abs(points) < 1e6 else f"{points:+.3g}"
