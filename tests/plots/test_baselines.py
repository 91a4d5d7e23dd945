"""Every plot is compared with its stored description.

If a test here fails and the change is intended, run `python tests/plot_baselines.py` and read the diff.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from plot_baselines import BASELINES, CASES, description
from plot_descriptions import describe

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("name", CASES)
def test_a_plot_matches_its_description(name: str) -> None:
    assert description(name) == (BASELINES / f"{name}.txt").read_text(encoding="utf-8")


def test_every_stored_description_has_a_plot() -> None:
    assert {path.stem for path in BASELINES.iterdir()} == set(CASES)


def move_line(ax: Any) -> None:
    line = ax.lines[1]
    line.set_ydata(np.asarray(line.get_ydata()) + 0.01)


CHANGES: dict[str, Callable[[Any], Any]] = {
    "a point is moved by a hundredth": move_line,
    "a line has another colour": lambda ax: ax.lines[1].set_color("#0072B3"),
    "a line is paler": lambda ax: ax.lines[1].set_alpha(0.5),
    "a line is dashed": lambda ax: ax.lines[1].set_linestyle("--"),
    "a marker has another shape": lambda ax: ax.lines[1].set_marker("s"),
    "the accounts are hatched": lambda ax: ax.patches[0].set_hatch("//"),
    "the accounts are gone": lambda ax: ax.patches[0].remove(),
    "an axis has another label": lambda ax: ax.set_xlabel("days"),
    "the title is different": lambda ax: ax.set_title("delay", loc="left"),
    "an axis has other limits": lambda ax: ax.set_xlim(0, 1_000),
    "an axis has another scale": lambda ax: ax.set_yscale("symlog"),
    "a tick is set": lambda ax: ax.set_xticks([100]),
    "a text is added": lambda ax: ax.text(0, 0, "here"),
    "the legend is different": lambda ax: ax.legend(["accounts"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_description_changes_with_the_plot(change: str) -> None:
    ax = CASES["curve-linear"]()
    before = describe([ax])
    CHANGES[change](ax)
    assert describe([ax]) != before
