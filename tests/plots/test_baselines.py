"""Every picture shows what it showed: in words, and two of them in pixels.

If a test here fails and the change is meant, run `python tests/pictures.py` and read the diff.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from describing import describe
from matplotlib import pyplot as plt
from pictures import CASES, PIXELS, STORED, described, pixels

from collectrisk.plots import canvas, waterfall

if TYPE_CHECKING:
    from collections.abc import Callable

TOLERANCE = 2.0
"""How far pixels may be off on the mean, of 255: anti-aliasing may change with matplotlib's version."""


@pytest.mark.parametrize("name", CASES)
def test_a_picture_shows_what_it_showed(name: str) -> None:
    assert described(name) == (STORED / f"{name}.txt").read_text(encoding="utf-8")


def test_nothing_is_stored_that_is_not_drawn() -> None:
    assert {path.stem for path in STORED.glob("*.txt")} == set(CASES)
    assert {path.stem for path in STORED.glob("*.png")} == set(PIXELS)


def moved(ax: Any) -> None:
    line = ax.lines[1]
    line.set_ydata(np.asarray(line.get_ydata()) + 0.01)


CHANGES: dict[str, Callable[[Any], Any]] = {
    "a point is moved by a hundredth": moved,
    "a line has another colour": lambda ax: ax.lines[1].set_color("#0072B3"),
    "a line is paler": lambda ax: ax.lines[1].set_alpha(0.5),
    "a line is dashed": lambda ax: ax.lines[1].set_linestyle("--"),
    "a mark has another shape": lambda ax: ax.lines[1].set_marker("s"),
    "the accounts are hatched": lambda ax: ax.patches[0].set_hatch("//"),
    "the accounts are gone": lambda ax: ax.patches[0].remove(),
    "an axis says something else": lambda ax: ax.set_xlabel("days"),
    "the title says something else": lambda ax: ax.set_title("delay", loc="left"),
    "an axis ends elsewhere": lambda ax: ax.set_xlim(0, 1_000),
    "an axis has another scale": lambda ax: ax.set_yscale("symlog"),
    "a tick is set by hand": lambda ax: ax.set_xticks([100]),
    "a text is added": lambda ax: ax.text(0, 0, "here"),
    "the legend says something else": lambda ax: ax.legend(["accounts"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_description_tells_of_any_change(change: str) -> None:
    ax = CASES["curve-linear"]()
    before = describe([ax])
    CHANGES[change](ax)
    assert describe([ax]) != before


def off(name: str) -> float:
    """Return how far a picture's pixels are off those that are stored, on the mean."""
    stored = plt.imread(STORED / f"{name}.png")[..., :3] * 255
    return float(np.abs(pixels(PIXELS[name]).astype(float) - stored).mean())


@pytest.mark.parametrize("name", PIXELS)
def test_a_picture_looks_as_it_looked(name: str) -> None:
    assert off(name) < TOLERANCE


def test_other_colours_look_different(monkeypatch: pytest.MonkeyPatch) -> None:
    """One bar colour for another is already more than the tolerance."""
    monkeypatch.setattr(waterfall, "MORE", canvas.BLUE)
    assert off("reasons") > TOLERANCE


def test_other_bars_look_different(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waterfall, "MOST", 3)
    assert off("reasons") > TOLERANCE
