"""The words of a reason, in English and Chinese: what was seen, and which way it points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import attrs

from collectrisk.channel import Channel
from collectrisk.errors import ArgumentError
from collectrisk.namespace import SCALAR

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LANGUAGES", "Condition", "Language", "Words", "words_in"]

Language = Literal["en", "zh"]


@attrs.frozen
class Condition:
    """A condition of a gate as it stood for one borrower."""

    fields: tuple[str, ...]
    seen: float
    least: float

    @property
    def holds(self) -> bool:
        """Whether the condition was met."""
        return self.seen >= self.least


@attrs.frozen
class Words:
    """Everything that one language says.

    Attributes
    ----------
    facts : mapping
        Sentence openings by field; ``{n}`` stands for the value.
    one : mapping
        The same where the value is exactly one.
    none : mapping
        The same where the value is zero.
    by_value : mapping
        Sentence openings by field and value, for fields of a few values.
    nouns : mapping
        What to call a field.
    """

    facts: Mapping[str, str]
    one: Mapping[str, str]
    none: Mapping[str, str]
    by_value: Mapping[str, Mapping[str, str]]
    nouns: Mapping[str, str]
    other_fact: str
    unknown: str
    plus: str
    met: str
    unmet: str
    reached: str
    not_reached: str
    between: str
    more: str
    less: str
    same: str
    article: str
    other_sources: Mapping[str, str]
    sentence: str
    channels: Mapping[Channel, str]
    verdict: str
    tiny: str
    base: str
    no_reasons: str

    def probability(self, value: float) -> str:
        """Return a probability as a percentage; a tiny one is not rounded to none."""
        return f"{value:.2%}" if value >= 0.0001 or value == 0 else self.tiny

    def noun(self, field: str) -> str:
        """Return what to call a field."""
        return self.nouns.get(field, field.replace("_", " "))

    def fact(self, field: str, value: Any) -> str:
        """Return what was seen in a field, as the opening of a sentence."""
        if SCALAR.is_missing(value):
            return self.other_fact.format(noun=self.noun(field), n=self.unknown)
        named = self.by_value.get(field, {}).get(str(value))
        if named is not None:
            return named
        counted = {0: self.none, 1: self.one}.get(value, self.facts) if is_number(value) else self.facts
        template = counted.get(field) or self.facts.get(field)
        if template is None:
            return self.other_fact.format(noun=self.noun(field), n=number(value))
        return template.format(n=number(value))

    def conditions(self, conditions: tuple[Condition, ...]) -> str:
        """Return which conditions of a gate were met, as the opening of a sentence."""
        unmet = [condition for condition in conditions if not condition.holds]
        told = self.between.join(
            (self.reached if condition.holds else self.not_reached).format(
                noun=self.plus.join(map(self.noun, condition.fields)),
                n=number(condition.seen),
                least=number(condition.least),
            )
            for condition in unmet or conditions
        )
        return (self.unmet if unmet else self.met).format(told)

    def source(self, source: str) -> str:
        """Return where a characteristic comes from."""
        return self.other_sources.get(source) or self.article.format(source)

    def reason(self, opening: str, points: float, source: str) -> str:
        """Return the whole sentence of a reason."""
        effect = self.more if points > 0 else self.less if points < 0 else self.same
        return self.sentence.format(opening, effect, points, self.source(source))


def is_number(value: object) -> bool:
    """Tell whether a value is a number rather than true, false or text."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def number(value: Any) -> str:
    """Return a value as a reader expects it: thousands apart, no needless decimals."""
    if not is_number(value):
        return str(value)
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


ENGLISH = Words(
    facts={
        "amount_overdue": "The overdue amount is {n}",
        "days_past_due": "The account is {n} days past due",
        "failed_messages": "{n} messages brought no result",
        "failed_calls": "{n} calls brought no result",
        "broken_promises": "{n} promises to pay were not kept",
    },
    one={
        "days_past_due": "The account is 1 day past due",
        "failed_messages": "1 message brought no result",
        "failed_calls": "1 call brought no result",
        "broken_promises": "1 promise to pay was not kept",
    },
    none={
        "failed_messages": "0 messages have failed so far",
        "failed_calls": "0 calls have failed so far",
        "broken_promises": "0 promises to pay were broken",
    },
    by_value={
        "attitude": {
            "cooperative": "The borrower cooperates (attitude: cooperative)",
            "unknown": "The borrower's attitude is not known (attitude: unknown)",
            "passive": "The borrower resists passively (attitude: passive)",
            "evasive": "The borrower deliberately avoids contact (attitude: evasive)",
            "hostile": "The borrower openly refuses to deal with the creditor (attitude: hostile)",
        },
        "placed_with_agency": {
            "True": "An outside agency already works the account (placed with agency: yes)",
            "False": "No outside agency works the account (placed with agency: no)",
        },
        "repayment_plan": {
            "True": "An agreed repayment plan is being kept (repayment plan: yes)",
            "False": "No agreed repayment plan is being kept (repayment plan: no)",
        },
    },
    nouns={
        "amount_overdue": "the overdue amount",
        "days_past_due": "days past due",
        "failed_messages": "failed messages",
        "failed_calls": "failed calls",
        "broken_promises": "broken promises",
    },
    other_fact="The field {noun} is {n}",
    unknown="not known",
    plus=" plus ",
    met="A visit may be considered, because {}",
    unmet="A visit is not to be considered yet, because {}",
    reached="{noun} ({n}) reached {least}",
    not_reached="{noun} ({n}) did not reach {least}",
    between=", and ",
    more="this makes a visit more likely",
    less="this makes a visit less likely",
    same="this changes nothing",
    article="article {}",
    other_sources={"house": "house", "fitted": "fitted to data"},
    sentence="{0}; {1} ({2:+.2f}, {3}).",
    channels={
        Channel.SMS: "text message (SMS)",
        Channel.EMAIL: "e-mail",
        Channel.SOCIAL_MESSAGE: "social-media message",
        Channel.PHONE_CALL: "phone call",
        Channel.LETTER: "letter",
        Channel.AGENCY: "outside agency, working remotely",
        Channel.FIELD_VISIT: "field visit",
    },
    verdict="The probability that this account goes on to an in-person visit is {0}. "
    "Recommended channel: {1}.",
    tiny="below 0.01%",
    base="The log-odds are {0:+.2f}: a base of {1:+.2f} and these reasons, largest effect first:",
    no_reasons="This scorer is no scorecard, so it gives no reasons.",
)

CHINESE = Words(
    facts={
        "amount_overdue": "逾期金额为{n}",
        "days_past_due": "账户已逾期{n}天",
        "failed_messages": "已发出的{n}条催收信息没有结果",
        "failed_calls": "已拨打的{n}次电话没有结果",
        "broken_promises": "有{n}次还款承诺没有兑现",
    },
    one={},
    none={
        "failed_messages": "目前没有失败的催收信息（0条）",
        "failed_calls": "目前没有失败的电话（0次）",
        "broken_promises": "没有未兑现的还款承诺（0次）",
    },
    by_value={
        "attitude": {
            "cooperative": "借款人态度配合（cooperative）",
            "unknown": "借款人的态度尚不清楚（unknown）",
            "passive": "借款人消极应对（passive）",
            "evasive": "借款人有意回避联系（evasive）",
            "hostile": "借款人公开拒绝与债权人沟通（hostile）",
        },
        "placed_with_agency": {
            "True": "账户已委托外部机构处理（是）",
            "False": "账户没有委托外部机构处理（否）",
        },
        "repayment_plan": {
            "True": "约定的还款计划正在履行（是）",
            "False": "没有正在履行的还款计划（否）",
        },
    },
    nouns={
        "amount_overdue": "逾期金额",
        "days_past_due": "逾期天数",
        "failed_messages": "无结果的信息数",
        "failed_calls": "无结果的电话数",
        "broken_promises": "未兑现的承诺数",
    },
    other_fact="字段“{noun}”的值为{n}",
    unknown="未知",
    plus="加",
    met="可以考虑上门，因为{}",
    unmet="暂不考虑上门，因为{}",
    reached="{noun}为{n}，已达到{least}",
    not_reached="{noun}为{n}，未达到{least}",
    between="；",
    more="上门的可能性因此上升",
    less="上门的可能性因此下降",
    same="对上门的可能性没有影响",
    article="依据文章{}",
    other_sources={"house": "机构自定（house）", "fitted": "由数据拟合（fitted）"},
    sentence="{0}，{1}（{2:+.2f}，{3}）。",
    channels={
        Channel.SMS: "短信",
        Channel.EMAIL: "电子邮件",
        Channel.SOCIAL_MESSAGE: "社交媒体消息",
        Channel.PHONE_CALL: "电话",
        Channel.LETTER: "信函",
        Channel.AGENCY: "外部机构远程处理",
        Channel.FIELD_VISIT: "上门拜访",
    },
    verdict="该账户最终需要上门处理的概率为{0}。建议的联系方式：{1}。",
    tiny="不到0.01%",
    base="对数几率为{0:+.2f}：基准值{1:+.2f}，加上以下各项理由（影响最大的在前）：",
    no_reasons="该评分器不是评分卡，因此没有逐项理由。",
)

LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "zh": CHINESE}


def words_in(language: str) -> Words:
    """Return the words of a language, or raise `ArgumentError`."""
    if language not in LANGUAGES:
        raise ArgumentError("language", f"is one of {', '.join(LANGUAGES)}, not {language!r}")
    return LANGUAGES[language]
