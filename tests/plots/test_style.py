"""Axes, texts, colours and marks."""

from __future__ import annotations

import importlib
import subprocess
import sys
from itertools import combinations, pairwise
from typing import Any, NoReturn

import attrs
import numpy as np
import pytest
from labelled import accounts
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from plot_baselines import CASES, history, plan, plots

import collectrisk as cr
from collectrisk._display.words import words_in
from collectrisk.errors import ArgumentError, MissingExtraError
from collectrisk.planning import forecast_visits
from collectrisk.plots._style import MARKS, mark, percent, quantity, wrap

ASSESSMENT = cr.RuleScorer().assess(cr.Borrower(amount_overdue=3_000, days_past_due=10))
REPORT = cr.evaluate([0.1, 0.2], None, [False, True])
CALLS: dict[str, tuple[Any, ...]] = {
    "curve": (cr.RuleScorer(), "delay"),
    "curves": (cr.RuleScorer(),),
    "forecast": (forecast_visits([0.1] * 30, None),),
    "frontier": (plan(), "phone_call", [0, 10, 30]),
    "gains": (REPORT,),
    "portfolio": (cr.RuleScorer(), accounts()),
    "reasons": (ASSESSMENT,),
    "reliability": (REPORT,),
    "roc": (REPORT,),
    "timeline": (history(),),
}


def make_imports_fail(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def absent(_module: str) -> NoReturn:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(importlib, "import_module", absent)


@pytest.mark.parametrize("name", plots.__all__)
def test_without_matplotlib_every_plot_names_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = getattr(plots, name)
    make_imports_fail(monkeypatch, "matplotlib")
    with pytest.raises(MissingExtraError, match=r'pip install "\.\[plots\]"'):
        draw(*CALLS[name])


def test_another_missing_library_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    make_imports_fail(monkeypatch, "PIL")
    with pytest.raises(ModuleNotFoundError):
        plots.reasons(ASSESSMENT)


@pytest.mark.exhaustive
def test_matplotlib_is_loaded_by_the_first_plot_and_not_before() -> None:
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


def test_plots_is_an_attribute_of_the_package() -> None:
    assert cr.plots is plots is sys.modules["collectrisk.plots"]


@pytest.mark.parametrize("name", sorted(set(plots.__all__) - {"curves"}))
def test_every_plot_draws_on_the_axes_it_is_given_and_returns_them(name: str) -> None:
    given = plt.subplots()[1]
    assert getattr(plots, name)(*CALLS[name], ax=given) is given
    assert plt.get_fignums() == [1]


def test_an_object_that_is_not_axes_is_an_error() -> None:
    with pytest.raises(ArgumentError, match=r"ax must be a matplotlib Axes, such as .*, not a Figure"):
        plots.reasons(ASSESSMENT, plt.figure())


@pytest.mark.parametrize("name", plots.__all__)
def test_an_unsupported_language_is_an_error(name: str) -> None:
    with pytest.raises(ArgumentError, match="language must be one of en, zh, not 'fr'"):
        getattr(plots, name)(*CALLS[name], language="fr")


@pytest.mark.parametrize("name", CASES)
def test_every_plot_has_a_title_and_labelled_axes(name: str) -> None:
    """Rows are labelled by their names instead of a label of the y axis."""
    axes = CASES[name]()
    for ax in axes if isinstance(axes, tuple) else [axes]:
        assert ax.get_title(loc="left")
        assert ax.get_xlabel()
        assert ax.get_ylabel() or any(text.get_text() for text in ax.get_yticklabels())


HOSTILE = "_$\\nothing{$ <b>"


def test_names_are_shown_literally() -> None:
    """Dollar signs do not start a formula, and a leading underscore does not hide a name."""
    levels = cr.Levels(label=HOSTILE, field=f"a{HOSTILE}", levels={HOSTILE: 1.0})
    line = cr.PiecewiseLinear(label=f"{HOSTILE} 2", field=f"a{HOSTILE} 2", knots=[(0, 0), (1, 1)])
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


def test_reasons_are_shown_literally() -> None:
    @attrs.frozen(kw_only=True)
    class Tenant(cr.Borrower):
        street: str = HOSTILE

    street = cr.Levels(label=HOSTILE, field="street", levels={HOSTILE: 1.0})
    card = cr.Scorecard(base=0, characteristics=[street])
    ax = plots.reasons(card.assess(Tenant(amount_overdue=1, days_past_due=1)))
    ax.figure.canvas.draw()
    assert f'The field "street" is "{HOSTILE}"' in [text.get_text() for text in ax.get_yticklabels()]


def luminance(color: str) -> float:
    """Return the relative luminance of a colour, as the Web Content Accessibility Guidelines define it."""
    channel = np.array(to_rgb(color))
    linear = np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("each", MARKS, ids=lambda each: each.color)
@pytest.mark.parametrize("background", ["white", "black"])
def test_every_colour_has_contrast_on_light_and_on_dark(each: Any, background: str) -> None:
    assert contrast(each.color, background) >= 3


def test_marks_differ_not_only_in_colour() -> None:
    """Any two of the first four differ in marker and line; the first sixteen are all different."""
    for one, other in combinations(MARKS, 2):
        assert one.marker != other.marker
        assert one.line != other.line
    assert len({mark(place) for place in range(16)}) == 16


@pytest.mark.parametrize("name", ["reasons", "curve-linear", "curve-levels", "reliability", "roc"])
def test_on_a_dark_style_all_texts_and_lines_are_light(name: str) -> None:
    with plt.style.context("dark_background"):
        ax = CASES[name]()
    colors = {text.get_color() for text in ax.texts} | {line.get_color() for line in ax.lines}
    assert {"black", "k", "#000000"}.isdisjoint(colors)
    assert all(contrast(color, "black") >= 3 for color in colors)


def test_a_long_title_is_wrapped_on_narrow_axes() -> None:
    ax = plots.gains(REPORT, plt.figure(figsize=(3, 3)).add_subplot())
    title = ax.get_title(loc="left")
    assert title.replace("\n", " ") == "How many visits are found going down the ranking?"
    assert max(map(len, title.split("\n"))) <= 3 * 10


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0, "0%"), (1, "100%"), (0.0005, "0.05%"), (1 / 3, "33.3%"), (1e-6, "0.0001%"), (1e-9, "0.0000001%")],
)
def test_a_percentage_has_few_digits_and_no_exponent(share: float, expected: str) -> None:
    assert percent(share) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a long title of several words", "a long title of\nseveral words"),
        ("逾期金额（本币）与逾期天数", "逾期金额（本币）\n与逾期天数"),
        ("逾期金额和逾期天、逾期", "逾期金额和逾期\n天、逾期"),
        ("LIMIT_BAL 与 PAY_0：分值", "LIMIT_BAL 与\nPAY_0：分值"),
        ("Zahlungsrückstand in Euro", "Zahlungsrückstand\nin Euro"),
        ("a_name_that_is_longer_than_a_line：分值", "a_name_that_is_longer_than_a_line：\n分值"),
    ],
)
def test_long_lines_are_broken_by_their_width(text: str, expected: str) -> None:
    """A Chinese letter is as wide as two others, and punctuation does not begin a line."""
    assert wrap(text, 16) == expected


def test_a_field_without_a_name_in_the_language_is_named_by_its_identifier() -> None:
    assert quantity("LIMIT_BAL", words_in("en")) == "LIMIT_BAL"


def test_every_channel_has_a_short_name_in_every_language() -> None:
    for language in ("en", "zh"):
        channels = words_in(language).plots.channels
        assert set(channels) == set(cr.Channel)
        assert len(set(channels.values())) == len(cr.Channel)


@pytest.mark.parametrize("name", sorted(set(plots.__all__) - {"curves"}))
@pytest.mark.parametrize("width", [4.5, 7.0])
def test_tick_labels_do_not_overlap(name: str, width: float) -> None:
    ax = plt.figure(figsize=(width, 4), layout="constrained").add_subplot()
    getattr(plots, name)(*CALLS[name], ax=ax)
    ax.figure.canvas.draw()
    labels = [text for text in ax.get_xticklabels() if ax.bbox.x0 <= text.get_window_extent().x1]
    ends = [tuple(text.get_window_extent().intervalx) for text in labels if text.get_text()]
    assert all(left[1] < right[0] for left, right in pairwise(sorted(ends)))
