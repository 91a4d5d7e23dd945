"""Expected against observed rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from pictures import comparison, plots

import collectrisk as cr
from collectrisk.evaluation._intervals import rate_interval

REPORT = comparison().evaluations["truth"]


def whiskers(ax: Any) -> Any:
    return np.array([path.vertices for path in ax.collections[0].get_paths()])


def test_each_bin_is_a_point_with_its_interval() -> None:
    ax = plots.reliability(REPORT)
    bins = REPORT.pooled.bins
    assert ax.lines[0].get_xdata().tolist() == [each.expected_rate for each in bins]
    assert ax.lines[0].get_ydata().tolist() == [each.observed_rate for each in bins]
    ends = [rate_interval(round(each.observed_rate * each.accounts), each.accounts, 0.95) for each in bins]
    assert whiskers(ax)[:, :, 1] == pytest.approx(np.array(ends), abs=1e-12)


def test_intervals_have_the_reports_confidence() -> None:
    wide, narrow = (
        cr.evaluate([0.2] * 10, None, [1, 1] + [0] * 8, confidence=confidence) for confidence in (0.99, 0.5)
    )
    lengths = [np.ptp(whiskers(plots.reliability(each))[0, :, 1]) for each in (wide, narrow)]
    assert lengths[0] > lengths[1]
    legend = plots.reliability(narrow).get_legend()
    assert "probabilities, 50% intervals" in [text.get_text() for text in legend.get_texts()]


def test_everything_that_is_drawn_is_to_be_seen() -> None:
    ax = plots.reliability(comparison())
    top = ax.get_xlim()[1]
    drawn = np.concatenate([path.vertices for each in ax.collections for path in each.get_paths()])
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, top), (0, top))
    assert ((drawn >= -1e-12) & (drawn <= top)).all()


def test_the_diagonal_goes_from_corner_to_corner() -> None:
    ax = plots.reliability(REPORT)
    top = ax.get_xlim()[1]
    assert ax.lines[-1].get_xydata().tolist() == [[0, 0], [top, top]]


def test_a_perfect_forecast_fits_on_the_picture() -> None:
    ax = plots.reliability(cr.evaluate([0.0, 1.0], None, [0, 1]))
    assert ax.get_xlim() == (0, 1)


def test_it_can_be_shown(tmp_path: Any) -> None:
    """The scale of square roots is asked about values below zero, too."""
    plots.reliability(REPORT)
    plt.savefig(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_size > 5_000
