"""The words of pictures, in English and Chinese."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from collectrisk._channel import Channel
from collectrisk._display.words import words_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectrisk._display.words import Words
    from collectrisk._typing import Language


@attrs.frozen
class PlotWords:
    """Everything that pictures say in one language, beside its other words; ``{}`` is filled in."""

    spoken: Words
    quantities: Mapping[str, str]
    channels: Mapping[Channel, str]
    lightest: str
    rung: str
    verdict: str
    log_odds: str
    base: str
    total: str
    total_with_interval: str
    other_reasons: str
    others: str
    curve: str
    points: str
    any_other: str
    missing: str
    more_levels: str
    yes: str
    no: str
    gate_shut: str
    at_least: str
    square_root: str
    accounts_here: str
    share_of_accounts: str
    share_below: str
    not_on_card: str
    reliability: str
    expected: str
    observed: str
    exact: str
    bin_interval: str
    gains: str
    passed: str
    visits_found: str
    roc: str
    others_passed: str
    by_chance: str
    gain: str
    area: str
    area_interval: str
    ks_place: str
    portfolio: str
    probability: str
    channel_share: str
    mix: str

    def quantity(self, field: str) -> str:
        """Return what to call a field on an axis, with its unit."""
        return self.quantities.get(field, field.replace("_", " "))


ENGLISH = PlotWords(
    spoken=words_in("en"),
    quantities={
        "amount_overdue": "overdue amount (house currency)",
        "days_past_due": "days past due",
        "failed_messages": "failed messages (count)",
        "failed_calls": "failed calls (count)",
        "broken_promises": "broken promises (count)",
        "placed_with_agency": "placed with agency",
        "repayment_plan": "repayment plan kept",
    },
    channels={
        Channel.SMS: "SMS",
        Channel.EMAIL: "e-mail",
        Channel.SOCIAL_MESSAGE: "social message",
        Channel.PHONE_CALL: "phone call",
        Channel.LETTER: "letter",
        Channel.AGENCY: "agency",
        Channel.FIELD_VISIT: "field visit",
    },
    lightest="{}",
    rung="{} from {}",
    verdict="Visit probability {}, recommended channel: {}\nThe base and the reasons add up to the log-odds",
    log_odds="log-odds of a visit (further right: more likely)",
    base="base",
    total="log-odds",
    total_with_interval="log-odds, with 90% interval",
    other_reasons="smaller reasons together ({})",
    others="others",
    curve="{}: what each value adds",
    points="points added to the log-odds of\na visit (+0.69 doubles the odds)",
    any_other="any other",
    missing="missing",
    more_levels="{} more, in this range",
    yes="yes",
    no="no",
    gate_shut="otherwise",
    at_least="{} ≥ {}",
    square_root="{}, square-root scale",
    accounts_here="accounts by value (tallest bar: {})",
    share_of_accounts="share of accounts",
    share_below="share of\naccounts",
    not_on_card="{}: not on this card",
    reliability="Do the visit probabilities come true?",
    expected="expected visit rate (square-root scale)",
    observed="observed visit rate (square-root scale)",
    exact="as expected (above: more visits than that)",
    bin_interval="{}, {} intervals",
    gains="How many visits are found on the way down the ranking?",
    passed="share of accounts, the likeliest first",
    visits_found="share of the visits among them",
    roc="Do accounts that were visited rank above the others?",
    others_passed="share of the accounts not visited above a mark",
    by_chance="ranked by chance",
    gain="{}: AUC {}, KS {}\n({} of the accounts hold {} of the visits)",
    area="{}: AUC {}, KS {}",
    area_interval="{}: AUC {} ({} to {}), KS {}",
    ks_place="large mark: where KS is reached",
    portfolio="How likely is a visit? {} accounts",
    probability="visit probability (log-odds scale)",
    channel_share="{}: {} ({})",
    mix="channel, and the accounts that get it",
)

CHINESE = PlotWords(
    spoken=words_in("zh"),
    quantities={
        "amount_overdue": "逾期金额（本币）",
        "days_past_due": "逾期天数",
        "failed_messages": "无结果的信息（条）",
        "failed_calls": "无结果的电话（次）",
        "broken_promises": "未兑现的承诺（次）",
        "placed_with_agency": "已委托外部机构",
        "repayment_plan": "还款计划履行中",
        "attitude": "态度",
        "product": "产品",
    },
    channels={
        Channel.SMS: "短信",
        Channel.EMAIL: "电子邮件",
        Channel.SOCIAL_MESSAGE: "社交消息",
        Channel.PHONE_CALL: "电话",
        Channel.LETTER: "信函",
        Channel.AGENCY: "外部机构",
        Channel.FIELD_VISIT: "上门拜访",
    },
    lightest="{}",
    rung="{}：{}起",
    verdict="上门概率{}，建议的联系方式：{}\n基准值与各项理由相加即为对数几率",
    log_odds="上门的对数几率（越靠右可能性越大）",
    base="基准值",
    total="对数几率",
    total_with_interval="对数几率及其90%区间",
    other_reasons="其余较小的理由合计（{}项）",
    others="其余",
    curve="{}：各取值的分值",
    points="计入上门对数几率的分值\n（+0.69使几率加倍）",
    any_other="其他取值",
    missing="缺失",
    more_levels="另有{}个取值在此范围内",
    yes="是",
    no="否",
    gate_shut="否则",
    at_least="{} ≥ {}",
    square_root="{}，平方根刻度",
    accounts_here="账户按取值的分布（最高一格：{}）",
    share_of_accounts="账户占比",
    share_below="账户\n占比",
    not_on_card="{}：此卡没有该项",
    reliability="上门概率与实际相符吗？",
    expected="预期上门率（平方根刻度）",
    observed="实际上门率（平方根刻度）",
    exact="与预期一致（其上：上门多于预期）",
    bin_interval="{}，{}区间",
    gains="按概率由高到低，能找到多少次上门？",
    passed="账户占比（概率最高者在先）",
    visits_found="其中上门账户所占的比例",
    roc="上门的账户是否排在其他账户之前？",
    others_passed="标记之上未上门账户的比例",
    by_chance="随机排序",
    gain="{}：AUC {}，KS {}\n（{}的账户包含{}的上门）",
    area="{}：AUC {}，KS {}",
    area_interval="{}：AUC {}（{}至{}），KS {}",
    ks_place="大标记：KS所在之处",
    portfolio="上门的可能性有多大？共{}个账户",
    probability="上门概率（对数几率刻度）",
    channel_share="{}：{}（{}）",
    mix="联系方式及相应账户",
)

LANGUAGES: Mapping[str, PlotWords] = {"en": ENGLISH, "zh": CHINESE}


def plot_words(language: Language) -> PlotWords:
    """Return the words of pictures in a language, or raise `ArgumentError`."""
    words_in(language)
    return LANGUAGES[language]


def percent(share: float) -> str:
    """Return a share or a probability in as few digits as tell it."""
    return f"{Decimal(f'{100 * share:.3g}'):f}%"
