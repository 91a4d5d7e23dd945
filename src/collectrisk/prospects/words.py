"""The words of a way down: what would change, what comes of it, and what helps, in English and Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from collectrisk.words import LANGUAGES, Words, words_in

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["WayWords", "way_words_in"]


@attrs.frozen
class WayWords:
    """What one language says of a way; `spoken` are its words for reasons.

    Attributes
    ----------
    changes : mapping
        Sentence openings by the field that changes.
    advice : mapping
        What helps on a way, by article key.
    """

    spoken: Words
    changes: Mapping[str, str]
    outcome: str
    just_under: str
    advice: Mapping[str, str]
    between: str


ENGLISH = WayWords(
    spoken=LANGUAGES["en"],
    changes={
        "attitude": "If contact is resumed and the situation explained openly (attitude: cooperative)",
        "repayment_plan": "If a repayment plan is agreed and kept (repayment plan: yes)",
        "amount_overdue": "If {payment} of the overdue {before} is paid, so that {after} stays overdue",
    },
    outcome="{0}, the visit probability falls from {1} to {2}, and a lighter channel is enough: {3}.",
    just_under="just under {:g}%",
    advice={
        "A3.3": "The collector may offer a longer term or payment in instalments (article A3.3).",
        "A5.2": "Prompt contact and openness mostly lead to a compromise, and a longer term or an adjusted "
        "interest rate may be asked for (article A5.2).",
        "A5.3": "A budget that is kept to helps, with what it saves put towards the debt (article A5.3).",
    },
    between=" ",
)

CHINESE = WayWords(
    spoken=LANGUAGES["zh"],
    changes={
        "attitude": "如果恢复联系并坦诚说明情况（态度：配合）",
        "repayment_plan": "如果商定还款计划并按时履行（还款计划：是）",
        "amount_overdue": "如果在逾期的{before}中偿还{payment}，逾期金额降为{after}",
    },
    outcome="{0}，上门概率将从{1}降至{2}，用较轻的联系方式即可：{3}。",
    just_under="略低于{:g}%",
    advice={
        "A3.3": "催收方可以提供延长期限或分期还款的方案（依据文章A3.3）。",
        "A5.2": "及时联系、坦诚沟通，多数情况下能够找到折中办法；也可以请求延长期限或调整利率"
        "（依据文章A5.2）。",
        "A5.3": "做好预算并坚持执行，把省下的钱用于还款，会有帮助（依据文章A5.3）。",
    },
    between="",
)

LANGUAGES_OF_WAYS: Mapping[str, WayWords] = {"en": ENGLISH, "zh": CHINESE}


def way_words_in(language: str) -> WayWords:
    """Return the words of a language, or raise `ArgumentError`."""
    words_in(language)
    return LANGUAGES_OF_WAYS[language]
