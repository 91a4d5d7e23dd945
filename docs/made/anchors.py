"""The nine anchor cases, asked and answered, and the typical accounts beside them."""

from __future__ import annotations

from people import ANCHORS, TYPICAL
from telling import answer, facts, percent, table

import collectrisk as cr


def anchors() -> str:
    """Return the nine anchor cases, with what the rule scorer answers."""
    scorer = cr.RuleScorer()
    rows = []
    for number, anchor in ANCHORS.items():
        told = f"**{anchor.title}**: {facts(anchor.fields)}"
        rows.append([str(number), told, anchor.source, anchor.asked, answer(scorer.assess(anchor.borrower))])
    head = ["", "borrower", "article", "asked", "answer"]
    return table(head, [*rows, _ninth(scorer)])


def _ninth(scorer: cr.RuleScorer) -> list[str]:
    scored = scorer.assess_frame(cr.simulate_portfolio(backend="polars"))
    mean = scored["visit_probability"].mean()
    remote = (scored["channel"] != "field_visit").mean()
    return [
        "9",
        f"**a whole portfolio**: `simulate_portfolio()`, {len(scored):,} accounts",
        "A2.7, A6.1",
        "mean below 5%, more than 80% remote",
        f"mean {percent(mean)}, {percent(remote)} remote",
    ]


def typical() -> str:
    """Return the typical accounts, with what the rule scorer answers."""
    scorer = cr.RuleScorer()
    rows = [
        [f"**{title}**: {facts(fields)}", answer(scorer.assess(cr.Borrower(**fields)))]
        for title, fields in TYPICAL.items()
    ]
    return table(["borrower", "answer"], rows)
