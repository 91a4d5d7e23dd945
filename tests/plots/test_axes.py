"""The square-root scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plot_baselines import new_axes

from collectrisk.plots._axes import set_square_root_scale


@given(st.floats(1e-6, 1e12))
def test_ticks_are_a_few_round_values_that_are_not_close_to_each_other(high: float) -> None:
    ax = new_axes()
    set_square_root_scale(ax, "x", high, "{:g}".format)
    at = np.sqrt(ax.get_xticks() / high)
    assert at[0] == 0
    assert 4 <= len(at) <= 10
    assert np.diff(at).min() > 0.10
    assert at[-1] <= 1
    assert {f"{tick:.6e}"[:8] for tick in ax.get_xticks()[1:]} <= {f"{step}.000000" for step in (1, 2, 3, 5)}


@pytest.mark.parametrize(("which", "shown"), [("x", [0, 1, 5, 10]), ("y", [0, 1, 3, 5, 10])])
def test_the_y_axis_has_more_ticks(which: str, shown: list[float]) -> None:
    ax = new_axes()
    set_square_root_scale(ax, which, 10, "{:g}".format)
    ticks = getattr(ax, f"get_{which}ticks")()
    assert set(shown) <= set(ticks)
    assert getattr(ax, f"get_{which}lim")() == (0, 10)
