"""The tables of the anchor cases and of the typical accounts, with the results of the rule scorer."""

from __future__ import annotations

from borrowers import ANCHORS, TYPICAL
from formatting import facts, percent, result, table

import collectrisk as cr


def anchor_cases() -> str:
    """Return the nine anchor cases: what is required, and the rule scorer's result."""
    scorer = cr.RuleScorer()
    rows = [
        [
            str(number),
            f"**{anchor.title}**: {facts(anchor.fields)}",
            anchor.source,
            anchor.requirement,
            result(scorer.assess(anchor.borrower)),
        ]
        for number, anchor in ANCHORS.items()
    ]
    return table(["", "borrower", "article", "required", "result"], [*rows, _portfolio(scorer)])


def _portfolio(scorer: cr.RuleScorer) -> list[str]:
    """Return the row of the ninth case, which is a portfolio."""
    scored = scorer.assess_frame(cr.simulate_portfolio(backend="polars"))
    mean = scored["visit_probability"].mean()
    remote = (scored["channel"] != "field_visit").mean()
    return [
        "9",
        f"**a portfolio**: `simulate_portfolio()`, {len(scored):,} accounts",
        "A2.7, A6.1",
        "mean below 5%, more than 80% remote",
        f"mean {percent(mean)}, {percent(remote)} remote",
    ]


def typical_accounts() -> str:
    """Return the typical accounts, with the rule scorer's results."""
    scorer = cr.RuleScorer()
    rows = [
        [f"**{title}**: {facts(fields)}", result(scorer.assess(cr.Borrower(**fields)))]
        for title, fields in TYPICAL.items()
    ]
    return table(["borrower", "result"], rows)
