"""The curves of a card, one by one and together."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest
from frame_kinds import EAGER, FrameKind
from labelled import accounts, table
from matplotlib import pyplot as plt
from pictures import bands, fitted, lines, many_levels, plots, two_years

import collectrisk as cr

FRAME = accounts(60)


def told(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
@pytest.mark.parametrize("label", ["amount", "attitude", "repayment plan", "visit gate"])
def test_every_eager_frame_gives_the_same_picture(label: str, kind: FrameKind) -> None:
    def drawn(data: Any) -> Any:
        ax = plots.curve(cr.RuleScorer(), label, data)
        heights = [patch.get_data().values.tolist() for patch in ax.patches if hasattr(patch, "get_data")]
        return heights, [text.get_text() for text in ax.texts]

    assert drawn(kind.make(FRAME.to_dict(as_series=False))) == drawn(FRAME)


def test_a_mapping_of_arrays_and_other_column_names_do_too() -> None:
    days = FRAME["days_past_due"].to_numpy()
    ax = plots.curve(lines(), "delay", {"late": days}, columns={"days_past_due": "late"})
    assert told(ax)[0].startswith("accounts by value (tallest bar: ")


def test_all_curves_of_a_card_stand_in_one_figure_in_the_cards_order() -> None:
    axes = plots.curves(cr.RuleScorer())
    titles = [ax.get_title(loc="left") for ax in axes]
    assert titles == [f"{label}: what each value adds" for label in cr.RuleScorer().labels]
    assert {ax.figure for ax in axes} == {plt.gcf()}


@pytest.mark.parametrize("fields", ["attitude", ["attitude", "attitude"]])
def test_only_curves_of_the_fields_asked_for_are_drawn(fields: Any) -> None:
    (ax,) = plots.curves(cr.RuleScorer(), fields)
    assert ax.get_title(loc="left") == "attitude: what each value adds"


def test_a_gate_is_drawn_for_any_of_its_fields() -> None:
    axes = plots.curves(cr.RuleScorer(), "failed_calls")
    assert [ax.get_title(loc="left").partition(":")[0] for ax in axes] == ["failed calls", "visit gate"]


def test_curves_go_onto_the_axes_that_are_given() -> None:
    given = plt.subplots(1, 2)[1]
    assert plots.curves(lines().with_characteristic(*bands_beside()), ax=given) == tuple(given)


def bands_beside() -> list[cr.Characteristic]:
    return [attrs.evolve(bands().characteristics[0], label="delay in bands")]


def test_cards_are_told_apart_by_name_colour_and_marker() -> None:
    ax = plots.curve(two_years(), "delay")
    assert told(ax) == ["last year", "this year", "before: not on this card"]
    first, second = (line for line in ax.lines if line.get_label() in {"last year", "this year"})
    assert first.get_color() != second.get_color()
    assert first.get_marker() != second.get_marker()


def test_cards_of_a_list_are_named_by_their_class() -> None:
    assert told(plots.curve([lines(), lines()], "delay")) == ["Scorecard", "Scorecard 2"]


def test_a_card_alone_needs_no_legend() -> None:
    assert plots.curve(lines(), "delay").get_legend() is None


def test_a_fitted_card_shows_its_intervals_and_its_prior_none() -> None:
    ax = plots.curve({"fitted": fitted(), "as it stands": fitted().scorecard_}, "size")
    (area,) = ax.collections
    rows = [row for row in fitted().summary().rows if row.label == "size"]
    ends = {round(end, 6) for row in rows[:-1] for end in (row.lower, row.upper)}
    assert ends <= {round(float(y), 6) for _, y in area.get_paths()[0].vertices}


def test_intervals_of_levels_are_those_of_the_summary() -> None:
    """Missing values have one, too."""
    ax = plots.curve(fitted(), "region")
    (whiskers,) = ax.collections
    drawn = [path.vertices[:, 0].tolist() for path in whiskers.get_paths()]
    rows = [row for row in fitted().summary().rows if row.label == "region"]
    assert np.array(drawn) == pytest.approx(np.array([[row.lower, row.upper] for row in rows]))


def test_points_of_a_missing_number_stand_to_the_right_of_the_picture() -> None:
    ax = plots.curve(fitted(), "age", table())
    missing = next(row for row in fitted().summary().rows if (row.label, row.value) == ("age", "missing"))
    beside = [line for line in ax.lines if line.get_xdata()[0] > 1 and len(line.get_xdata()) == 1]
    assert beside[0].get_ydata() == pytest.approx([missing.points])
    assert [text.get_text() for text in ax.texts] == ["missing"]


@attrs.frozen(kw_only=True)
class Parity(cr.Characteristic):
    """Points for an odd number of days."""

    @property
    def fields(self) -> tuple[str, ...]:
        return ("days_past_due",)


WRONG: dict[str, tuple[Any, str]] = {
    "a label that is on no card": (
        lambda: plots.curve(cr.RuleScorer(), "delais"),
        "label 'delais' is on no card; did you mean 'delay'\\? the labels are amount, delay, ",
    ),
    "a label like no other": (
        lambda: plots.curve(lines(), "qqq"),
        "label 'qqq' is on no card; the labels are delay",
    ),
    "a field that no card reads": (
        lambda: plots.curves(lines(), ["days_past_du"]),
        "fields 'days_past_du' is read by no card; did you mean 'days_past_due'\\? they read days_past_due",
    ),
    "a field like no other": (
        lambda: plots.curves(lines(), "qqq"),
        "fields 'qqq' is read by no card; they read days_past_due",
    ),
    "a scorer without curves": (
        lambda: plots.curve(cr.BlendScorer(parts={"rules": cr.RuleScorer()}), "delay"),
        "scorer must be a scorecard, or several: .* a BlendScorer has no curves to draw",
    ),
    "a name instead of a scorer": (
        lambda: plots.curve("rules", "delay"),
        "a str has no curves to draw",
    ),
    "no card at all": (lambda: plots.curves([]), "scorer must be a scorecard, or several, not none"),
    "curves of unlike kinds": (
        lambda: plots.curve(
            [lines(), cr.Scorecard(base=0, characteristics=[cr.Flag(label="delay", field="x", if_true=1)])],
            "delay",
        ),
        "label 'delay' stands for curves that have no picture together: PiecewiseLinear, Flag",
    ),
    "a curve of an unknown kind": (
        lambda: plots.curve(cr.Scorecard(base=0, characteristics=[Parity(label="odd")]), "odd"),
        "label 'odd' stands for curves that have no picture together: Parity",
    ),
    "too few Axes": (
        lambda: plots.curves(cr.RuleScorer(), ax=[plt.gca()]),
        "ax must be 9 Axes, one for each characteristic, not 1",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_drawn_is_refused(what: str) -> None:
    draw, message = WRONG[what]
    with pytest.raises(cr.ArgumentError, match=message):
        draw()


def test_accounts_that_cannot_be_are_refused() -> None:
    with pytest.raises(cr.InvalidRowsError, match="days_past_due"):
        plots.curve(lines(), "delay", {"days_past_due": np.array([-1])})
    with pytest.raises(cr.MissingColumnError, match="days_past_due"):
        plots.curve(lines(), "delay", {"late": np.array([1])})


def test_no_accounts_are_no_error() -> None:
    assert not plots.curve(lines(), "delay", accounts(0)).patches


def test_a_picture_of_levels_grows_with_them_up_to_a_limit() -> None:
    def height(count: int) -> float:
        return float(plots.curve(many_levels(count), "town").figure.get_size_inches()[1])

    assert height(3) < height(20) < height(40) == height(500)
