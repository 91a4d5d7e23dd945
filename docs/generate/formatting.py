"""Format probabilities, channels, borrowers and tables for the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import collectrisk as cr

FACTS = {
    "attitude": "{}",
    "amount_overdue": "{:,} yuan",
    "days_past_due": "{} days",
    "failed_messages": "{} failed messages",
    "failed_calls": "{} failed calls",
    "broken_promises": "{} broken promises",
    "placed_with_agency": "placed with an agency",
    "repayment_plan": "a plan is being kept",
}


def percent(probability: float) -> str:
    """Return a probability as a percentage with three significant digits."""
    return "under 0.001%" if 0 < probability < 1e-5 else f"{100 * probability:.3g}%"


def facts(fields: dict[str, Any]) -> str:
    """Return a borrower's fields as a list of short facts."""
    text = ", ".join(FACTS[name].format(value) for name, value in fields.items())
    return text.replace("1 failed messages", "1 failed message")


def channel_name(channel: cr.Channel) -> str:
    """Return a channel as a table shows it."""
    return channel.value.replace("_", " ").replace("sms", "SMS")


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def result(assessment: cr.Assessment) -> str:
    """Return a visit probability and its channel as a table shows them."""
    return f"{percent(assessment.visit_probability)}, {channel_name(assessment.channel)}"


def number(value: float) -> str:
    """Return a number with three significant digits, or as an integer from 1,000 on."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"
