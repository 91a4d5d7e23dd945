"""One report, several, or a comparison: all are drawn alike."""

from __future__ import annotations

from typing import Any

import pytest
from pictures import comparison, plots

import collectrisk as cr
from collectrisk.plots._reports import reports_of

RULES, TRUTH = comparison().evaluations.values()


@pytest.mark.parametrize(
    ("given", "expected"),
    [(RULES, [RULES]), ([RULES, TRUTH], [RULES, TRUTH]), (comparison(), [RULES, TRUTH])],
    ids=["one", "a list", "a comparison"],
)
def test_reports_are_taken_as_they_come(given: Any, expected: list[cr.Evaluation]) -> None:
    assert reports_of(given) == expected


@pytest.mark.parametrize(
    ("wrong", "seen"),
    [([], "none"), ("rules", "a str"), (cr.RuleScorer(), "a RuleScorer"), ([RULES, 1], "a int")],
)
@pytest.mark.parametrize("draw", ["gains", "reliability", "roc"])
def test_what_is_no_report_is_refused(draw: str, wrong: Any, seen: str) -> None:
    told = f"evaluation must be a report of evaluate or compare, or a list of them, not {seen}"
    with pytest.raises(cr.ArgumentError, match=told):
        getattr(plots, draw)(wrong)
