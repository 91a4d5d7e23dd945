"""The reasons of one borrower: bars that add up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from labelled import accounts, visited
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from plot_baselines import CASE, new_axes, plots
from strategies import borrowers

import collectrisk as cr
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def bars(ax: Axes) -> list[Rectangle]:
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def rows(ax: Axes) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.get_yticklabels()]


@given(borrowers())
@settings(max_examples=25)
def test_each_bar_starts_where_the_last_one_ended_and_the_last_ends_at_the_log_odds(borrower: Any) -> None:
    assessment = cr.RuleScorer().assess(borrower)
    ax = plots.reasons(assessment, new_axes())
    *steps, total = bars(ax)
    ends = [bar.get_x() + bar.get_width() for bar in steps]
    assert [bar.get_x() for bar in steps[1:]] == pytest.approx(ends[:-1])
    assert ends[0] == assessment.base
    assert ends[-1] == pytest.approx(assessment.log_odds, abs=0.005)
    assert total.get_width() == assessment.log_odds


def test_many_reasons_share_a_last_bar() -> None:
    flags = [cr.Flag(label=f"flag {place}", field="repayment_plan", if_true=place + 1) for place in range(15)]
    card = cr.Scorecard(base=-1, characteristics=flags)
    borrower = cr.Borrower(amount_overdue=1, days_past_due=1, repayment_plan=True)
    ax = plots.reasons(card.assess(borrower))
    assert rows(ax)[-2:] == ["smaller reasons together (3)", "log-odds"]
    assert bars(ax)[-2].get_width() == 1 + 2 + 3


def test_on_small_axes_reasons_are_named_by_their_labels() -> None:
    assessment = cr.RuleScorer().assess(CASE)
    figure = Figure(figsize=(4, 3))
    shorter = rows(plots.reasons(assessment, figure.subplots()))
    labels = [reason.label for reason in assessment.reasons if reason.points]
    assert shorter == ["base", *labels, "log-odds"]
    assert "The account is 540 days past due" in rows(plots.reasons(assessment))


def test_points_that_round_to_zero_have_no_bar() -> None:
    flag = cr.Flag(label="plan", field="repayment_plan", if_true=0.001)
    card = cr.Scorecard(base=-1, characteristics=[flag])
    borrower = cr.Borrower(amount_overdue=1, days_past_due=1, repayment_plan=True)
    assert rows(plots.reasons(card.assess(borrower))) == ["base", "log-odds"]


def test_the_cuts_of_the_ladder_are_on_a_second_axis() -> None:
    ladder = cr.Ladder([(0, "email"), (0.1, "phone_call"), (1, "field_visit")])
    ax = plots.reasons(cr.RuleScorer(ladder=ladder).assess(CASE))
    (second,) = ax.child_axes
    assert [text.get_text() for text in second.get_xticklabels()] == ["e-mail", "phone call from 10%"]
    assert second.get_xticks()[1] == pytest.approx(math.log(0.1 / 0.9))


def test_the_interval_of_a_fitted_card_is_drawn_on_the_log_odds() -> None:
    scorer = cr.LogisticScorer(prior=cr.RuleScorer()).fit(accounts(), visited())
    assessment = scorer.assess(CASE)
    ax = plots.reasons(assessment)
    (error_bar,) = ax.collections
    (path,) = error_bar.get_paths()
    low, high = assessment.interval or (0, 0)
    assert path.vertices[:, 0] == pytest.approx([math.log(end / (1 - end)) for end in (low, high)])
    assert rows(ax)[-1] == "log-odds, with 90% interval"


def test_a_scorer_without_reasons_is_an_error() -> None:
    class Coin(cr.Scorer):
        def visit_probability(self, borrower: Any, xp: Any) -> Any:  # noqa: ARG002  # a coin ignores it
            return 0.5

    with pytest.raises(ArgumentError, match="assessment must come from a scorecard"):
        plots.reasons(Coin().assess(CASE))


def test_title_and_reasons_are_chinese() -> None:
    ax = plots.reasons(cr.RuleScorer().assess(CASE), language="zh")
    assert "账户已逾期540天" in rows(ax)
    assert ax.get_title(loc="left").startswith("上门概率64.61%，建议的联系方式：上门拜访")
