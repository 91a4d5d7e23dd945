"""Gains and ROC curves."""

from __future__ import annotations

import pytest
from pictures import comparison, plots

import collectrisk as cr

REPORT = comparison().evaluations["rules"]
ONE_CLASS = cr.evaluate([0.1, 0.2], None, [False, False])
SURE = cr.evaluate([0.1, 0.9], None, [False, True])


def told(ax: object) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]  # type: ignore[attr-defined]


def test_gains_are_the_visits_found_among_the_accounts_passed() -> None:
    ranking = REPORT.ranking
    assert ranking is not None
    ax = plots.gains(REPORT)
    assert ax.lines[0].get_xdata().tolist() == list(ranking.share_of_accounts)
    assert ax.lines[0].get_ydata().tolist() == list(ranking.share_of_visits)


def test_roc_is_the_visits_found_among_the_others_passed() -> None:
    ranking = REPORT.ranking
    assert ranking is not None
    ax = plots.roc(REPORT)
    assert ax.lines[0].get_xdata().tolist() == list(ranking.share_of_others)
    assert ax.lines[0].get_ydata().tolist() == list(ranking.share_of_visits)


def test_ks_is_the_length_of_the_line_at_the_large_mark() -> None:
    _, mark, distance, _ = plots.roc(REPORT).lines
    low, high = distance.get_ydata()
    assert high - low == pytest.approx(REPORT.pooled.ks)
    assert mark.get_xydata().tolist() == [[distance.get_xdata()[1], high]]


def test_the_legend_tells_auc_and_ks() -> None:
    pooled = REPORT.pooled
    low, high = pooled.auc_interval or (0, 0)
    expected = f"rules: AUC {pooled.auc:.3f} ({low:.3f} to {high:.3f}), KS {pooled.ks:.3f}"
    assert told(plots.roc(REPORT)) == [expected, "ranked by chance"]
    (gains, _) = told(plots.gains(REPORT))
    assert gains.startswith(f"rules: AUC {pooled.auc:.3f}, KS {pooled.ks:.3f}\n(")


def test_an_auc_without_an_interval_is_told_without_one() -> None:
    assert told(plots.roc(SURE))[0] == "probabilities: AUC 1.000, KS 1.000"


@pytest.mark.parametrize("draw", ["gains", "roc"])
def test_where_nothing_ranks_there_is_nothing_to_draw(draw: str) -> None:
    with pytest.raises(cr.ArgumentError, match="evaluation 'probabilities' ranks nothing: evaluate it"):
        getattr(plots, draw)(ONE_CLASS)
