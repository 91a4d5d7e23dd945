"""Axes, ink and marks."""

from __future__ import annotations

import importlib
import subprocess
import sys
from itertools import combinations
from typing import Any, NoReturn

import attrs
import numpy as np
import pytest
from labelled import accounts
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from pictures import CASES, plots

import collectrisk as cr
from collectrisk.plots._canvas import MARKS, mark

ASSESSED = cr.RuleScorer().assess(cr.Borrower(amount_overdue=3_000, days_past_due=10))
REPORT = cr.evaluate([0.1, 0.2], None, [False, True])
CALLS: dict[str, tuple[Any, ...]] = {
    "curve": (cr.RuleScorer(), "delay"),
    "curves": (cr.RuleScorer(),),
    "gains": (REPORT,),
    "portfolio": (cr.RuleScorer(), accounts()),
    "reasons": (ASSESSED,),
    "reliability": (REPORT,),
    "roc": (REPORT,),
}


def importing_fails(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def absent(_module: str) -> NoReturn:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(importlib, "import_module", absent)


@pytest.mark.parametrize("name", plots.__all__)
def test_without_matplotlib_every_plot_names_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = getattr(plots, name)
    importing_fails(monkeypatch, "matplotlib")
    with pytest.raises(cr.MissingExtraError, match=r'pip install "collectrisk\[plots\]"'):
        draw(*CALLS[name])


def test_any_other_library_that_is_absent_is_a_fault_to_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    importing_fails(monkeypatch, "PIL")
    with pytest.raises(ModuleNotFoundError):
        plots.reasons(ASSESSED)


def test_matplotlib_is_loaded_by_the_first_picture_and_not_before() -> None:
    code = """
import sys
import collectrisk as cr
print("collectrisk.plots" in sys.modules)
draw = cr.plots.reasons
print("matplotlib" in sys.modules)
draw(cr.RuleScorer().assess(cr.Borrower(amount_overdue=1, days_past_due=1)))
print("matplotlib" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True"]


def test_the_room_is_an_attribute_of_the_package() -> None:
    assert cr.plots is plots is sys.modules["collectrisk.plots"]


@pytest.mark.parametrize("name", sorted(set(plots.__all__) - {"curves"}))
def test_every_plot_draws_on_the_axes_it_is_given_and_returns_them(name: str) -> None:
    given = plt.subplots()[1]
    assert getattr(plots, name)(*CALLS[name], ax=given) is given
    assert plt.get_fignums() == [1]


def test_what_is_no_axes_is_refused() -> None:
    with pytest.raises(cr.ArgumentError, match=r"ax must be a matplotlib Axes, such as .*, not a Figure"):
        plots.reasons(ASSESSED, plt.figure())


@pytest.mark.parametrize("name", plots.__all__)
def test_every_plot_refuses_a_language_that_it_does_not_speak(name: str) -> None:
    with pytest.raises(cr.ArgumentError, match="language is one of en, zh, not 'fr'"):
        getattr(plots, name)(*CALLS[name], language="fr")


@pytest.mark.parametrize("name", CASES)
def test_every_picture_says_what_it_is_and_what_its_axes_are(name: str) -> None:
    """Rows of bars and of values say what they are beside each row."""
    axes = CASES[name]()
    for ax in axes if isinstance(axes, tuple) else [axes]:
        assert ax.get_title(loc="left")
        assert ax.get_xlabel()
        assert ax.get_ylabel() or any(text.get_text() for text in ax.get_yticklabels())


HOSTILE = "_$\\nothing{$ <b>"


def test_names_are_shown_as_they_are_written() -> None:
    """Dollar signs make no formula of them, which could be a broken one, and an underscore hides none."""
    levels = cr.Levels(label=HOSTILE, field=HOSTILE, levels={HOSTILE: 1.0})
    line = cr.PiecewiseLinear(label=f"{HOSTILE} 2", field=f"{HOSTILE} 2", knots=[(0, 0), (1, 1)])
    card = cr.Scorecard(base=0, characteristics=[levels, line])
    drawn = [
        *plots.curves({HOSTILE: card, f"{HOSTILE} 3": card.without(HOSTILE)}),
        *(draw(attrs.evolve(REPORT, name=HOSTILE)) for draw in (plots.gains, plots.roc, plots.reliability)),
    ]
    for ax in drawn:
        ax.figure.canvas.draw()
        assert HOSTILE in "".join(text.get_text() for text in ax.get_legend().get_texts())
    assert HOSTILE in drawn[0].get_title(loc="left")
    assert HOSTILE in [text.get_text() for text in drawn[0].get_yticklabels()]


def test_reasons_are_shown_as_they_are_written() -> None:
    @attrs.frozen(kw_only=True)
    class Tenant(cr.Borrower):
        street: str = HOSTILE

    street = cr.Levels(label=HOSTILE, field="street", levels={HOSTILE: 1.0})
    card = cr.Scorecard(base=0, characteristics=[street])
    ax = plots.reasons(card.assess(Tenant(amount_overdue=1, days_past_due=1)))
    ax.figure.canvas.draw()
    assert f"The field street is {HOSTILE}" in [text.get_text() for text in ax.get_yticklabels()]


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as the Web Content Accessibility Guidelines define it."""
    channel = np.array(to_rgb(colour))
    linear = np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("each", MARKS, ids=lambda each: each.colour)
@pytest.mark.parametrize("paper", ["white", "black"])
def test_every_colour_stands_out_on_light_and_on_dark(each: Any, paper: str) -> None:
    assert contrast(each.colour, paper) >= 3


def test_marks_differ_in_more_than_their_colour() -> None:
    """Any two of the first four in both marker and line; of the first sixteen none is there twice."""
    for one, other in combinations(MARKS, 2):
        assert one.marker != other.marker
        assert one.line != other.line
    assert len({mark(place) for place in range(16)}) == 16


@pytest.mark.parametrize("name", ["reasons", "curve-linear", "curve-levels", "reliability", "roc"])
def test_on_a_dark_style_all_ink_is_light(name: str) -> None:
    with plt.style.context("dark_background"):
        ax = CASES[name]()
    inks = {text.get_color() for text in ax.texts} | {line.get_color() for line in ax.lines}
    assert {"black", "k", "#000000"}.isdisjoint(inks)
    assert all(contrast(ink, "black") >= 3 for ink in inks)


def test_a_long_title_is_broken_where_the_axes_are_narrow() -> None:
    ax = plots.gains(REPORT, plt.figure(figsize=(3, 3)).add_subplot())
    title = ax.get_title(loc="left")
    assert title.replace("\n", " ") == "How many visits are found on the way down the ranking?"
    assert max(map(len, title.split("\n"))) <= 3 * 10
