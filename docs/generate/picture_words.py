"""What the picture of the idea says, in English and Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from borrowers import ANCHORS
from formatting import channel_name, facts

from collectrisk._display.words import words_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    import collectrisk as cr


@attrs.frozen
class PictureWords:
    """The words of one language; a part or a channel that is not named keeps its own name."""

    borrower: tuple[str, str]
    parts: Mapping[str, str]
    channels: Mapping[str, str]
    base: str
    log_odds: str
    channel: str
    visit_probability: str
    verdict: str
    title: str

    def part(self, label: str) -> str:
        """Return what to call a characteristic."""
        return self.parts.get(label, label)

    def channel_name(self, channel: cr.Channel) -> str:
        """Return what to call a channel."""
        return self.channels.get(channel, channel_name(channel))


_TOLD = facts(ANCHORS[1].fields).split(", ")

ENGLISH = PictureWords(
    borrower=(", ".join(_TOLD[:3]) + ",", ", ".join(_TOLD[3:])),
    parts={},
    channels={},
    base="base",
    log_odds="log-odds",
    channel="channel",
    visit_probability="visit probability",
    verdict="visit probability {}: {}",
    title="{}, from a base and the points of each characteristic",
)

CHINESE = PictureWords(
    borrower=(
        "{amount_overdue:,} 元，逾期 {days_past_due} 天，回避联系，".format(**ANCHORS[1].fields),
        "{failed_messages} 条信息和 {failed_calls} 次电话没有结果，已委外".format(**ANCHORS[1].fields),
    ),
    parts={
        "amount": "金额",
        "delay": "逾期天数",
        "attitude": "态度",
        "failed messages": "无结果的信息",
        "failed calls": "无结果的电话",
        "agency": "已委外",
    },
    channels={**words_in("zh").channels, "agency": "委外"},
    base="基准值",
    log_odds="对数几率",
    channel="联系方式",
    visit_probability="上门概率",
    verdict="上门概率 {}：{}",
    title="{}，由基准值和各特征的分值相加得出",
)
