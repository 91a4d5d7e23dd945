"""The curves of one scorecard, and of several."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest
from frame_kinds import EAGER, FrameKind
from labelled import accounts, labels, table
from matplotlib import pyplot as plt
from plot_baselines import bands, fitted, lines, many_levels, plots, two_years

import collectrisk as cr
from collectrisk.errors import ArgumentError, InvalidRowsError, MissingColumnError

FRAME = accounts(60)


def legend_texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("kind", EAGER, ids=lambda kind: kind.name)
@pytest.mark.parametrize("label", ["amount", "attitude", "repayment plan", "visit gate"])
def test_every_eager_frame_gives_the_same_plot(label: str, kind: FrameKind) -> None:
    def drawn(data: Any) -> Any:
        ax = plots.curve(cr.RuleScorer(), label, data)
        heights = [patch.get_data().values.tolist() for patch in ax.patches if hasattr(patch, "get_data")]
        return heights, [text.get_text() for text in ax.texts]

    assert drawn(kind.make(FRAME.to_dict(as_series=False))) == drawn(FRAME)


def test_a_mapping_of_arrays_and_other_column_names_do_too() -> None:
    days = FRAME["days_past_due"].to_numpy()
    ax = plots.curve(lines(), "delay", {"late": days}, columns={"days_past_due": "late"})
    assert legend_texts(ax)[0].startswith("accounts by value (tallest bar: ")


def test_all_curves_of_a_scorecard_are_in_one_figure_in_its_order() -> None:
    axes = plots.curves(cr.RuleScorer())
    titles = [ax.get_title(loc="left") for ax in axes]
    assert titles == [f"{label}: points of each value" for label in cr.RuleScorer().labels]
    assert {ax.figure for ax in axes} == {plt.gcf()}


@pytest.mark.parametrize("fields", ["attitude", ["attitude", "attitude"]])
def test_only_curves_of_the_requested_fields_are_drawn(fields: Any) -> None:
    (ax,) = plots.curves(cr.RuleScorer(), fields)
    assert ax.get_title(loc="left") == "attitude: points of each value"


def test_a_gate_is_drawn_for_any_of_its_fields() -> None:
    axes = plots.curves(cr.RuleScorer(), "failed_calls")
    assert [ax.get_title(loc="left").partition(":")[0] for ax in axes] == ["failed calls", "visit gate"]


def test_curves_are_drawn_on_the_axes_that_are_passed() -> None:
    given = plt.subplots(1, 2)[1]
    assert plots.curves(lines().with_characteristic(*renamed_bands()), ax=given) == tuple(given)


def renamed_bands() -> list[cr.Characteristic]:
    return [attrs.evolve(bands().characteristics[0], label="delay in bands")]


def test_a_curve_can_be_named_by_its_field() -> None:
    """The curve of the portfolios has a label of its own, and the rules have short labels."""
    rows = table().with_columns(agency=np.array(["a", "b", "c"])[np.arange(len(table())) % 3])
    by_agency = cr.LogisticScorer(portfolio="agency", characteristics=["owner"]).fit(rows, labels())
    assert plots.curve(by_agency, "agency", rows).get_title(loc="left") == "portfolio: points of each value"
    assert plots.curve(cr.RuleScorer(), "days_past_due").get_title(loc="left").startswith("delay: ")


def test_a_field_of_several_curves_names_none() -> None:
    both = lines().with_characteristic(*renamed_bands())
    with pytest.raises(
        ArgumentError, match="label must be one of delay, delay in bands, not 'days_past_due'"
    ):
        plots.curve(both, "days_past_due")


def test_scorecards_differ_in_name_colour_and_marker() -> None:
    ax = plots.curve(two_years(), "delay")
    assert legend_texts(ax) == ["last year", "this year", "before: not on this card"]
    first, second = (line for line in ax.lines if line.get_label() in {"last year", "this year"})
    assert first.get_color() != second.get_color()
    assert first.get_marker() != second.get_marker()


def test_scorecards_of_a_list_are_named_by_their_class() -> None:
    assert legend_texts(plots.curve([lines(), lines()], "delay")) == ["Scorecard", "Scorecard 2"]


def test_a_single_scorecard_has_no_legend() -> None:
    assert plots.curve(lines(), "delay").get_legend() is None


def test_only_a_fitted_scorecard_has_intervals() -> None:
    ax = plots.curve({"fitted": fitted(), "card": fitted().scorecard_}, "size")
    area, *_ = ax.collections
    rows = [row for row in fitted().summary().rows if row.label == "size"]
    ends = {round(end, 6) for row in rows[:-1] for end in (row.lower, row.upper)}
    assert ends <= {round(float(y), 6) for _, y in area.get_paths()[0].vertices}


def test_a_fit_without_intervals_is_drawn_without_them() -> None:
    with pytest.warns(UserWarning, match="taken for counts"):
        weighted = cr.LogisticScorer().fit(table(), labels(), np.full(len(table()), 2.0))
    assert not plots.curve(weighted, "size").collections


def test_intervals_of_levels_are_those_of_the_summary() -> None:
    """Missing values have an interval too."""
    ax = plots.curve(fitted(), "region")
    (whiskers,) = ax.collections
    drawn = [path.vertices[:, 0].tolist() for path in whiskers.get_paths()]
    rows = [row for row in fitted().summary().rows if row.label == "region"]
    assert np.array(drawn) == pytest.approx(np.array([[row.lower, row.upper] for row in rows]))


def test_points_of_a_missing_number_are_right_of_the_plot() -> None:
    ax = plots.curve(fitted(), "age", table())
    missing = next(row for row in fitted().summary().rows if (row.label, row.value) == ("age", "missing"))
    right = [line for line in ax.lines if line.get_xdata()[0] > 1 and len(line.get_xdata()) == 1]
    assert right[0].get_ydata() == pytest.approx([missing.points])
    assert [text.get_text() for text in ax.texts] == ["missing"]


@attrs.frozen(kw_only=True)
class Parity(cr.Characteristic):
    """Points for an odd number of days."""

    @property
    def fields(self) -> tuple[str, ...]:
        return ("days_past_due",)


WRONG: dict[str, tuple[Any, str]] = {
    "an unknown label": (
        lambda: plots.curve(cr.RuleScorer(), "delais"),
        "label must be one of amount, delay, .*, not 'delais'; did you mean 'delay'",
    ),
    "a label unlike any other": (
        lambda: plots.curve(lines(), "qqq"),
        "label must be one of delay, not 'qqq'$",
    ),
    "an unknown field": (
        lambda: plots.curves(lines(), ["days_past_du"]),
        "fields must be one of days_past_due, not 'days_past_du'; did you mean 'days_past_due'",
    ),
    "a field unlike any other": (
        lambda: plots.curves(lines(), "qqq"),
        "fields must be one of days_past_due, not 'qqq'$",
    ),
    "a scorer without curves": (
        lambda: plots.curve(cr.BlendScorer(parts={"rules": cr.RuleScorer()}), "delay"),
        "scorer must be one or more scorecards: .* a BlendScorer has no curves",
    ),
    "a name instead of a scorer": (
        lambda: plots.curve("rules", "delay"),
        "a str has no curves",
    ),
    "no scorecard": (
        lambda: plots.curves([]),
        "scorer must be one or more scorecards, not an empty collection",
    ),
    "a single Axes for several characteristics": (
        lambda: plots.curves(lines(), ax=plt.figure().add_subplot()),
        "ax must be a list of matplotlib Axes, not an Axes",
    ),
    "curves of different kinds": (
        lambda: plots.curve(
            [lines(), cr.Scorecard(base=0, characteristics=[cr.Flag(label="delay", field="x", if_true=1)])],
            "delay",
        ),
        "label 'delay' has curves that cannot be drawn in the same plot: PiecewiseLinear, Flag",
    ),
    "a curve of an unknown kind": (
        lambda: plots.curve(cr.Scorecard(base=0, characteristics=[Parity(label="odd")]), "odd"),
        "label 'odd' has curves that cannot be drawn in the same plot: Parity",
    ),
    "too few Axes": (
        lambda: plots.curves(cr.RuleScorer(), ax=[plt.gca()]),
        "ax must be 9 Axes, one for each characteristic, not 1",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_arguments_that_cannot_be_drawn_are_errors(what: str) -> None:
    draw, message = WRONG[what]
    with pytest.raises(ArgumentError, match=message):
        draw()


def test_invalid_accounts_are_an_error() -> None:
    with pytest.raises(InvalidRowsError, match="days_past_due"):
        plots.curve(lines(), "delay", {"days_past_due": np.array([-1])})
    with pytest.raises(MissingColumnError, match="days_past_due"):
        plots.curve(lines(), "delay", {"late": np.array([1])})


def test_an_empty_frame_is_not_an_error() -> None:
    assert not plots.curve(lines(), "delay", accounts(0)).patches


def test_the_height_grows_with_the_number_of_levels_up_to_a_limit() -> None:
    def height(count: int) -> float:
        return float(plots.curve(many_levels(count), "town").figure.get_size_inches()[1])

    assert height(3) < height(20) < height(40) == height(500)


def test_a_card_without_characteristics_has_nothing_to_draw() -> None:
    empty = cr.Scorecard(base=0, characteristics=[])
    calls: list[tuple[Any, tuple[Any, ...]]] = [
        (plots.curves, (empty,)),
        (plots.curves, ([empty] * 2,)),
        (plots.curve, (empty, "delay")),
    ]
    for draw, arguments in calls:
        with pytest.raises(ArgumentError) as caught:
            draw(*arguments)
        assert str(caught.value) == "scorer must have at least one characteristic, and so a curve to draw"
    assert len(plots.curves([empty, cr.RuleScorer()], "days_past_due")) == len(
        plots.curves(cr.RuleScorer(), "days_past_due")
    )


@pytest.mark.parametrize("draw", ["curves", "portfolio", "evaluate", "a part of a blend"])
def test_a_scorer_must_be_fitted(draw: str) -> None:
    unfitted, visited = cr.LogisticScorer(prior=cr.RuleScorer()), np.arange(60) % 2
    blend = cr.BlendScorer(parts={"rules": cr.RuleScorer(), "fitted": unfitted})
    calls: dict[str, Any] = {
        "curves": lambda: plots.curves([cr.RuleScorer(), unfitted]),
        "portfolio": lambda: plots.portfolio(unfitted, FRAME),
        "evaluate": lambda: cr.compare([cr.RuleScorer(), unfitted], FRAME, visited),
        "a part of a blend": lambda: plots.portfolio(blend, FRAME),
    }
    with pytest.raises(
        ArgumentError, match=r"^scorer must be fitted, and the \w+Scorer is not; call fit first$"
    ):
        calls[draw]()
