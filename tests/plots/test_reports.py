"""Plots of evaluations: reliability, gains and ROC curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from plot_baselines import comparison, plots

import collectrisk as cr
from collectrisk.errors import ArgumentError
from collectrisk.evaluation._intervals import rate_interval
from collectrisk.plots._reports import _to_reports

if TYPE_CHECKING:
    from collectrisk.evaluation import Evaluation

RULES, TRUTH = comparison().evaluations.values()
ONE_CLASS = cr.evaluate([0.1, 0.2], None, [False, False])
PERFECT = cr.evaluate([0.1, 0.9], None, [False, True])


@pytest.mark.parametrize(
    ("given", "expected"),
    [(RULES, [RULES]), ([RULES, TRUTH], [RULES, TRUTH]), (comparison(), [RULES, TRUTH])],
    ids=["one", "a list", "a comparison"],
)
def test_one_report_several_or_a_comparison_are_all_drawn(given: Any, expected: list[Evaluation]) -> None:
    assert _to_reports(given) == expected


@pytest.mark.parametrize(
    ("wrong", "seen"),
    [
        ([], "an empty list"),
        (None, "a NoneType"),
        ([RULES, None], "a NoneType"),
        ("rules", "a str"),
        (cr.RuleScorer(), "a RuleScorer"),
        ([RULES, 1], "an int"),
    ],
)
@pytest.mark.parametrize("draw", ["gains", "reliability", "roc"])
def test_an_argument_that_is_not_a_report_is_an_error(draw: str, wrong: Any, seen: str) -> None:
    message = f"evaluation must be one or more reports of evaluate or compare, not {seen}"
    with pytest.raises(ArgumentError, match=message):
        getattr(plots, draw)(wrong)


def error_bars(ax: Any) -> Any:
    return np.array([path.vertices for path in ax.collections[0].get_paths()])


def test_each_bin_is_a_point_with_its_interval() -> None:
    ax = plots.reliability(TRUTH)
    bins = TRUTH.pooled.bins
    assert ax.lines[0].get_xdata().tolist() == [each.expected_rate for each in bins]
    assert ax.lines[0].get_ydata().tolist() == [each.observed_rate for each in bins]
    ends = [rate_interval(each.observed_rate, each.accounts, 0.95) for each in bins]
    assert error_bars(ax)[:, :, 1] == pytest.approx(np.array(ends), abs=1e-12)


def test_intervals_have_the_reports_confidence() -> None:
    wide, narrow = (
        cr.evaluate([0.2] * 10, None, [1, 1] + [0] * 8, confidence=confidence) for confidence in (0.99, 0.5)
    )
    lengths = [np.ptp(error_bars(plots.reliability(each))[0, :, 1]) for each in (wide, narrow)]
    assert lengths[0] > lengths[1]
    legend = plots.reliability(narrow).get_legend()
    assert "probabilities, 50% intervals" in [text.get_text() for text in legend.get_texts()]


def test_everything_drawn_is_within_the_limits() -> None:
    ax = plots.reliability(comparison())
    top = ax.get_xlim()[1]
    drawn = np.concatenate([path.vertices for each in ax.collections for path in each.get_paths()])
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, top), (0, top))
    assert ((drawn >= -1e-12) & (drawn <= top)).all()


def test_the_diagonal_goes_from_corner_to_corner() -> None:
    ax = plots.reliability(TRUTH)
    top = ax.get_xlim()[1]
    assert ax.lines[-1].get_xydata().tolist() == [[0, 0], [top, top]]


def test_a_perfect_forecast_is_within_the_limits() -> None:
    ax = plots.reliability(cr.evaluate([0.0, 1.0], None, [0, 1]))
    assert ax.get_xlim() == (0, 1)


def test_it_can_be_saved(tmp_path: Any) -> None:
    """Matplotlib transforms values below zero too, which have no square root."""
    plots.reliability(TRUTH)
    plt.savefig(tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 5_000


def legend_texts(ax: object) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]  # type: ignore[attr-defined]


def test_gains_show_the_visits_found_among_the_first_accounts() -> None:
    ranking = RULES.ranking
    assert ranking is not None
    ax = plots.gains(RULES)
    assert ax.lines[0].get_xdata().tolist() == list(ranking.share_of_accounts)
    assert ax.lines[0].get_ydata().tolist() == list(ranking.share_of_visits)


def test_roc_shows_the_visits_found_against_the_accounts_not_visited() -> None:
    ranking = RULES.ranking
    assert ranking is not None
    ax = plots.roc(RULES)
    assert ax.lines[0].get_xdata().tolist() == list(ranking.share_of_others)
    assert ax.lines[0].get_ydata().tolist() == list(ranking.share_of_visits)


def test_ks_is_the_length_of_the_line_at_the_large_marker() -> None:
    _, marker, distance, _ = plots.roc(RULES).lines
    low, high = distance.get_ydata()
    assert high - low == pytest.approx(RULES.pooled.ks)
    assert marker.get_xydata().tolist() == [[distance.get_xdata()[1], high]]


def test_the_legend_has_auc_and_ks() -> None:
    pooled = RULES.pooled
    low, high = pooled.auc_interval or (0, 0)
    expected = f"rules: AUC {pooled.auc:.3f} ({low:.3f} to {high:.3f}), KS {pooled.ks:.3f}"
    assert legend_texts(plots.roc(RULES)) == [expected, "random ranking"]
    (gains, _) = legend_texts(plots.gains(RULES))
    assert gains.startswith(f"rules: AUC {pooled.auc:.3f}, KS {pooled.ks:.3f}\n(")


def test_a_perfect_auc_of_two_accounts_has_a_wide_interval() -> None:
    assert legend_texts(plots.roc(PERFECT))[0] == "probabilities: AUC 1.000 (0.168 to 1.000), KS 1.000"


@pytest.mark.parametrize("draw", ["gains", "roc"])
def test_a_report_without_a_ranking_is_an_error(draw: str) -> None:
    with pytest.raises(ArgumentError, match="evaluation 'probabilities' has no ranking: evaluate it"):
        getattr(plots, draw)(ONE_CLASS)
