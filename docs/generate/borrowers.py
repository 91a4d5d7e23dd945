"""The borrowers on the pages: the article's anchor cases, and a few typical accounts."""

from __future__ import annotations

import math
from typing import Any

import attrs
from formatting import percent

import collectrisk as cr

REMOTE = tuple(channel for channel in cr.Channel if channel.is_remote)
MESSAGES = tuple(channel for channel in cr.Channel if channel.is_message)
CHANNEL_NAMES = {
    REMOTE: "a remote channel",
    MESSAGES: "a message",
    (cr.Channel.FIELD_VISIT,): "a field visit",
    (cr.Channel.AGENCY,): "an agency",
    (cr.Channel.PHONE_CALL, cr.Channel.AGENCY): "a phone call or an agency",
}


@attrs.frozen(kw_only=True)
class Anchor:
    """A borrower for whom the article determines the channels and a range of the probability."""

    title: str
    fields: dict[str, Any]
    minimum: float = 0.0
    below: float = math.inf
    channels: tuple[cr.Channel, ...]
    source: str

    @property
    def borrower(self) -> cr.Borrower:
        """The borrower."""
        return cr.Borrower(**self.fields)

    @property
    def requirement(self) -> str:
        """What the article requires, as text."""
        if not self.minimum:
            bounds = f"below {percent(self.below)}"
        elif self.below > 1:
            bounds = f"at least {percent(self.minimum)}"
        else:
            bounds = f"{percent(self.minimum)} to {percent(self.below)}"
        return f"{bounds}, {CHANNEL_NAMES[self.channels]}"

    def holds(self, scorer: cr.Scorer) -> bool:
        """Return whether a scorer meets the requirement."""
        assessment = scorer.assess(self.borrower)
        return (
            self.minimum <= assessment.visit_probability < self.below and assessment.channel in self.channels
        )


THE_CASE = {
    "amount_overdue": 30_000,
    "days_past_due": 540,
    "attitude": "evasive",
    "failed_messages": 40,
    "failed_calls": 6,
}

ANCHORS = {
    1: Anchor(
        title="the article's case at its end",
        fields={**THE_CASE, "placed_with_agency": True},
        minimum=0.5,
        channels=(cr.Channel.FIELD_VISIT,),
        source="A3.1, A3.2",
    ),
    2: Anchor(
        title="the same, before an agency has tried",
        fields=THE_CASE,
        minimum=0.25,
        below=0.5,
        channels=(cr.Channel.AGENCY,),
        source="A3.2",
    ),
    3: Anchor(
        title="the same account at its start",
        fields={"amount_overdue": 30_000, "days_past_due": 15, "failed_messages": 1},
        below=0.01,
        channels=MESSAGES,
        source="A2.2",
    ),
    4: Anchor(
        title="small and recent",
        fields={"amount_overdue": 3_000, "days_past_due": 10},
        below=0.005,
        channels=MESSAGES,
        source="A2.7",
    ),
    5: Anchor(
        title="large, old and hostile, nothing tried",
        fields={"amount_overdue": 500_000, "days_past_due": 900, "attitude": "hostile"},
        below=0.05,
        channels=REMOTE,
        source="A2.4",
    ),
    6: Anchor(
        title="small, old and hostile, everything tried",
        fields={
            "amount_overdue": 3_000,
            "days_past_due": 900,
            "attitude": "hostile",
            "failed_messages": 40,
            "failed_calls": 10,
        },
        below=0.05,
        channels=REMOTE,
        source="A2.4",
    ),
    7: Anchor(
        title="large and old, cooperative, keeping a plan",
        fields={
            "amount_overdue": 200_000,
            "days_past_due": 400,
            "attitude": "cooperative",
            "failed_calls": 5,
            "repayment_plan": True,
        },
        below=0.05,
        channels=MESSAGES,
        source="A4.3",
    ),
    8: Anchor(
        title="large and evasive, but recent",
        fields={
            "amount_overdue": 100_000,
            "days_past_due": 20,
            "attitude": "evasive",
            "failed_messages": 10,
            "failed_calls": 6,
        },
        below=0.25,
        channels=(cr.Channel.PHONE_CALL, cr.Channel.AGENCY),
        source="A4.2",
    ),
}

TYPICAL = {
    "medium": {
        "amount_overdue": 20_000,
        "days_past_due": 120,
        "failed_messages": 8,
        "failed_calls": 3,
    },
    "promises broken": {
        "amount_overdue": 15_000,
        "days_past_due": 200,
        "attitude": "passive",
        "failed_messages": 15,
        "failed_calls": 5,
        "broken_promises": 2,
    },
    "large, cooperative": {
        "amount_overdue": 80_000,
        "days_past_due": 150,
        "attitude": "cooperative",
        "failed_messages": 6,
        "failed_calls": 3,
    },
    "evasive, keeping a plan": {
        "amount_overdue": 40_000,
        "days_past_due": 300,
        "attitude": "evasive",
        "failed_messages": 20,
        "failed_calls": 6,
        "placed_with_agency": True,
        "repayment_plan": True,
    },
}
