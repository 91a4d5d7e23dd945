"""The scale of square roots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import blank

from collectrisk.plots._scales import square_root_scale


@given(st.floats(1e-6, 1e12))
def test_a_few_round_values_are_written_none_too_close_to_another(high: float) -> None:
    ax = blank()
    square_root_scale(ax, "x", high, "{:g}".format)
    at = np.sqrt(ax.get_xticks() / high)
    assert at[0] == 0
    assert 4 <= len(at) <= 10
    assert np.diff(at).min() > 0.10
    assert at[-1] <= 1
    assert {f"{tick:.6e}"[:8] for tick in ax.get_xticks()[1:]} <= {f"{step}.000000" for step in (1, 2, 3, 5)}


@pytest.mark.parametrize(("which", "shown"), [("x", [0, 1, 5, 10]), ("y", [0, 1, 3, 5, 10])])
def test_an_upright_axis_has_room_for_more(which: str, shown: list[float]) -> None:
    ax = blank()
    square_root_scale(ax, which, 10, "{:g}".format)
    ticks = getattr(ax, f"get_{which}ticks")()
    assert set(shown) <= set(ticks)
    assert getattr(ax, f"get_{which}lim")() == (0, 10)
