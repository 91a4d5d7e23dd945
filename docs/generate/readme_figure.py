"""The figure of the README: the reasons of one borrower, drawn by `collectrisk.plots.reasons`.

python docs/generate/readme_figure.py    writes it in English and in Chinese

It is not checked by ``docs/generate --check``, because its digits depend on the version of matplotlib.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
from borrowers import ANCHORS
from matplotlib import rc_context
from matplotlib.figure import Figure

import collectrisk as cr
from collectrisk import plots
from collectrisk._display.words import words_in

if TYPE_CHECKING:
    from collectrisk._typing import Language

STATIC = Path(__file__).resolve().parents[1] / "_static"
FILES: dict[Language, str] = {"en": "idea.svg", "zh": "idea.zh-CN.svg"}
FACTS: dict[Language, str] = {
    "en": (
        "{amount_overdue:,} yuan, {days_past_due} days past due, {attitude},\n"
        "{failed_messages} failed messages, {failed_calls} failed calls, placed with an agency"
    ),
    "zh": (
        "{amount_overdue:,} 元，逾期 {days_past_due} 天，回避联系，\n"
        "{failed_messages} 条信息和 {failed_calls} 次电话没有结果，已委外"
    ),
}
CHINESE_LABELS = {
    "amount": "金额",
    "delay": "逾期天数",
    "attitude": "态度",
    "failed messages": "无结果的信息",
    "failed calls": "无结果的电话",
    "agency": "已委外",
}
FONT = "DejaVu Sans"
STYLE: dict[Any, Any] = {
    "figure.facecolor": "white",
    "font.family": [FONT],
    "font.size": 11,
    # Text stays text, and the ids are the same in every run.
    "svg.fonttype": "none",
    "svg.hashsalt": "collectrisk",
}


def readme_figure(language: Language) -> str:
    """Return the figure as SVG, for the borrower in the article's own example."""
    anchor = ANCHORS[1]
    assessment = cr.RuleScorer().assess(anchor.borrower)
    if language == "zh":
        labelled = (
            attrs.evolve(each, label=CHINESE_LABELS.get(each.label, each.label))
            for each in assessment.characteristics
        )
        assessment = attrs.evolve(assessment, characteristics=tuple(labelled))
    words = words_in(language)
    verdict = words.plots.verdict.format(
        words.probability(assessment.visit_probability), words.plots.channels[assessment.channel]
    )
    file = io.StringIO()
    with rc_context(STYLE), warnings.catch_warnings():
        # The font that measures the texts needs no Chinese characters, because it does not draw them.
        warnings.filterwarnings("ignore", "Glyph")
        # A wider figure would have too small a text on a phone.
        figure = Figure(figsize=(6.2, 5.4))
        ax = plots.reasons(assessment, figure.add_axes((0.24, 0.11, 0.66, 0.53)), language=language)
        ax.set_title("", loc="left")
        figure.text(0.02, 0.97, FACTS[language].format(**anchor.fields), va="top", linespacing=1.4)
        figure.text(0.02, 0.87, verdict.split("\n")[0], va="top", weight="bold")
        figure.savefig(file, format="svg", metadata={"Creator": None, "Date": None})
    return file.getvalue().replace(f"'{FONT}'", "system-ui, sans-serif")


def main() -> None:
    """Write the figure in every language."""
    for language, name in FILES.items():
        (STATIC / name).write_text(readme_figure(language), encoding="utf-8")


if __name__ == "__main__":
    main()
