"""Characteristics bin by bin: counts against a slow implementation, missing values apart, every kind."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from labelled import labels, table
from scipy.special import expit

import collectrisk as cr
from collectrisk._namespaces import SCALAR
from collectrisk.errors import ArgumentError, InvalidRowsError
from collectrisk.validation import characteristic_table

RULES = cr.RuleScorer(base=-1.5)
ACCOUNTS = cr.simulate_portfolio(600, seed=4, backend="polars")
VISITED = np.random.default_rng(4).random(600) < RULES.visit_probabilities(ACCOUNTS)
TABLE = characteristic_table(RULES, ACCOUNTS, VISITED)
CARD = cr.Scorecard(
    base=-1.0,
    characteristics=[
        cr.Bands(label="age", field="age", bands=[(18, 0.1), (30, -0.2), (60, 0.3)], if_missing=0.4),
        cr.Levels(label="region", field="region", levels={"north": 0.5, "east": -0.1}, if_missing=0.0),
        cr.Surface(
            label="both",
            x=cr.NumberAxis("age", [0, 40]),
            y=cr.LevelAxis("region", ["north"]),
            grid=[[0.1], [0.2]],
            if_missing=0.0,
        ),
        cr.PiecewiseLinear(label="calls", field="failed_calls", knots=[(3, 0.1)]),
        cr.Flag(label="plan", field="repayment_plan", if_true=-1),
        cr.Gate(label="gate", conditions=[cr.AtLeast("failed_calls", 4)], if_shut=0),
    ],
)
FRAME = pl.DataFrame(
    {
        "age": [10, 18, 30, 59, 60, None, 20, 35],
        "region": ["north", "east", "south", None, "north", "north", "east", "west"],
        "failed_calls": [0, None, 4, 5, 0, 1, 9, 2],
        "repayment_plan": [True, False, None, False, True, True, False, False],
    }
)
OUTCOMES = [1, 0, 0, 1, 0, 1, 0, 0]
EXPECTED = characteristic_table(CARD, FRAME, OUTCOMES)


class Steep(cr.Characteristic):
    """A characteristic of a class of its own."""

    fields = ("age",)

    def points(self, record: Any, xp: Any = SCALAR) -> Any:
        return xp.where(record.age > 25, 0.5, -0.25)


def bins(label: str, frame: Any = FRAME, card: Any = CARD, **arguments: Any) -> list[tuple[str, Any, Any]]:
    found = characteristic_table(card, frame, OUTCOMES, **arguments)[label].bins
    return [(each.value, each.accounts, each.visits) for each in found]


def test_bands_are_the_cards_and_lower_values_are_in_the_first() -> None:
    assert bins("age") == [
        ("below 30", 3, 1),
        ("30 to below 60", 3, 1),
        ("from 60", 1, 0),
        ("missing", 1, 1),
    ]


def test_levels_have_a_bin_each_and_the_others_one() -> None:
    assert bins("region") == [("north", 3, 2), ("east", 2, 0), ("any other", 2, 0), ("missing", 1, 1)]


def test_a_surface_has_a_bin_for_each_pair() -> None:
    assert bins("both") == [
        ("below 40 × north", 1, 1),
        ("below 40 × any other", 4, 0),
        ("from 40 × north", 1, 0),
        ("from 40 × any other", 0, 0),
        ("missing", 2, 2),
    ]


def test_a_flag_on_a_surface_is_named_as_a_flag() -> None:
    surface = cr.Surface(
        label="plan and calls",
        x=cr.LevelAxis("repayment_plan", ["true", "false"]),
        y=cr.NumberAxis("failed_calls", [0]),
        grid=[[0.1], [0.2]],
    )
    found = bins("plan and calls", card=cr.Scorecard(base=0, characteristics=[surface]))
    assert found[:3] == [
        ("yes × any value", 3, 2),
        ("no × any value", 3, 1),
        ("any other × any value", 0, 0),
    ]


def test_missing_values_that_the_card_reads_as_a_default_are_apart() -> None:
    assert bins("calls") == [("any value", 7, 3), ("missing", 1, 0)]
    assert bins("plan") == [("no", 4, 1), ("yes", 3, 2), ("missing", 1, 0)]
    assert bins("gate") == [
        ("from then on", 3, 1),
        ("until failed calls reaches 4", 4, 2),
        ("missing", 1, 0),
    ]


def test_an_absent_column_is_missing_everywhere() -> None:
    found = bins("calls", FRAME.drop("failed_calls"))
    assert found == [("any value", 0, 0), ("missing", 8, 3)]


@pytest.mark.parametrize("kind", ["pandas", "pyarrow", "objects", "arrays"])
def test_frames_of_every_kind_have_the_same_bins(kind: str) -> None:
    frames: dict[str, Any] = {
        "pandas": FRAME.to_pandas(),
        "pyarrow": FRAME.to_arrow(),
        "objects": FRAME.to_pandas().astype(object).where(FRAME.to_pandas().notna(), None),
        "arrays": {name: np.array(FRAME[name].to_list(), dtype=object) for name in FRAME.columns},
    }
    assert characteristic_table(CARD, frames[kind], OUTCOMES) == EXPECTED


def test_coded_columns_have_the_same_bins() -> None:
    frame = FRAME.with_columns(
        age=pl.col("age").cast(pl.String),
        repayment_plan=pl.Series(["Y", "N", None, "N", "Y", "Y", "N", "N"]),
    )
    columns = cr.Mapping(decimal=".", true=["Y"], false=["N"])
    assert characteristic_table(CARD, frame, OUTCOMES, columns=columns) == EXPECTED


def test_a_class_of_its_own_has_bins_by_points() -> None:
    card = cr.Scorecard(base=0, characteristics=[Steep(label="steep")])
    frame = FRAME.with_columns(pl.col("age").fill_null(1))
    assert bins("steep", frame, card) == [("-0.25 to -0.25 points", 4, 2), ("+0.50 to +0.50 points", 4, 1)]


def test_the_figures_of_a_bin_are_those_of_its_rows() -> None:
    probability = RULES.visit_probabilities(ACCOUNTS)
    days = ACCOUNTS["days_past_due"].to_numpy()
    points = RULES.assess_frame(ACCOUNTS, points=True)["points_delay"]
    delay = TABLE["delay"].bins
    assert [each.value for each in delay][:2] == ["below 30", "30 to below 90"]
    for each, low, high in zip(delay, (0, 30, 90, 180, 365, 730), (30, 90, 180, 365, 730, 1e9), strict=True):
        rows = (days >= low) & (days < high)
        assert (each.accounts, each.visits) == (rows.sum(), VISITED[rows].sum())
        assert each.share == rows.mean()
        assert each.rate == pytest.approx(VISITED[rows].mean())
        assert each.expected_rate == pytest.approx(probability[rows].mean())
        assert each.points == pytest.approx(points.filter(rows).mean())
    assert TABLE["delay"].iv == pytest.approx(math.fsum(each.iv for each in delay))
    assert (TABLE.accounts, TABLE.visits) == (600, VISITED.sum())


def test_observed_points_give_the_observed_rate() -> None:
    log_odds = np.log(RULES.visit_probabilities(ACCOUNTS)) - np.log1p(-RULES.visit_probabilities(ACCOUNTS))
    agency = ACCOUNTS["placed_with_agency"].to_numpy()
    yes = TABLE["agency"].bins[1]
    assert yes.observed_points is not None
    assert yes.points == pytest.approx(1.2)
    shifted = expit(log_odds[agency] + yes.observed_points - yes.points)
    assert shifted.sum() == pytest.approx(yes.visits)
    assert yes.observed_points_interval is not None
    assert yes.observed_points_interval[0] < yes.observed_points < yes.observed_points_interval[1]


def test_a_bin_without_accounts_has_counts_only() -> None:
    empty = TABLE["attitude"].bins[-1]
    assert (empty.value, empty.accounts, empty.share, empty.iv) == ("any other", 0, 0.0, 0.0)
    assert (empty.rate, empty.woe, empty.points, empty.observed_points_interval) == (None,) * 4


def test_without_visits_there_is_no_evidence() -> None:
    found = characteristic_table(RULES, ACCOUNTS, np.zeros(600))
    assert found["delay"].iv is found["delay"].iv_by_chance is None
    first = found["delay"].bins[0]
    assert (first.woe, first.woe_interval, first.iv, first.rate) == (None, None, 0.0, 0.0)
    assert "information value" not in str(found)


def test_weights_count_as_repeated_accounts() -> None:
    weights = np.array([1, 2, 0, 1, 3, 1, 2, 1])
    repeated = np.repeat(np.arange(8), weights)
    found = characteristic_table(CARD, FRAME, OUTCOMES, sample_weight=weights)
    expected = characteristic_table(CARD, FRAME[repeated], np.array(OUTCOMES)[repeated])
    for one, other in zip(found.characteristics, expected.characteristics, strict=True):
        assert one.iv == pytest.approx(other.iv)
        for left, right in zip(one.bins, other.bins, strict=True):
            assert (left.accounts, left.visits, left.value) == (right.accounts, right.visits, right.value)
            for name in ("rate", "expected_rate", "woe", "points", "observed_points"):
                assert getattr(left, name) == pytest.approx(getattr(right, name), abs=1e-9)


@pytest.mark.parametrize("weight", [3.0, 1 / 600, 1e-50, 1e50])
def test_equal_weights_give_the_same_evidence_whatever_their_size(weight: float) -> None:
    found = characteristic_table(RULES, ACCOUNTS, VISITED, sample_weight=np.full(600, weight))
    every = [each for one in TABLE.characteristics for each in one.bins]
    assert any(each.accounts and not each.visits for each in every)  # with half a count
    for one, other in zip(found.characteristics, TABLE.characteristics, strict=True):
        assert (one.iv, one.iv_by_chance) == pytest.approx((other.iv, other.iv_by_chance))
        for left, right in zip(one.bins, other.bins, strict=True):
            for name in ("woe", "woe_interval", "observed_points", "observed_points_interval"):
                assert getattr(left, name) == pytest.approx(getattr(right, name), abs=1e-6), name


def test_repeated_rows_of_one_debtor_have_the_intervals_of_single_rows() -> None:
    """About the same ones: with clusters, the variance is estimated from the accounts."""
    debtors = np.repeat(np.arange(600), 4)
    found = characteristic_table(RULES, ACCOUNTS[debtors], VISITED[debtors], cluster=debtors)
    ignored = characteristic_table(RULES, ACCOUNTS[debtors], VISITED[debtors])
    for name in ("rate_interval", "woe_interval", "observed_points_interval"):
        one, four, wrong = (getattr(each["delay"].bins[2], name) for each in (TABLE, found, ignored))
        assert 0.9 < (four[1] - four[0]) / (one[1] - one[0]) < 1.1
        assert wrong[1] - wrong[0] < 0.6 * (one[1] - one[0])


def test_rows_that_a_mapping_skips_are_left_out() -> None:
    frame = pl.concat([FRAME, FRAME.head(1)]).with_columns(kind=pl.Series([*["account"] * 8, "total"]))
    columns = cr.Mapping(skip={"kind": ["total"]})
    found = characteristic_table(CARD, frame, [*OUTCOMES, None], columns=columns)
    assert found.skipped == 1
    assert found.characteristics == EXPECTED.characteristics


def test_fitted_scorers_and_labels_by_name_are_accepted() -> None:
    fitted = cr.LogisticScorer(characteristics=["owner", "region"]).fit(table(), labels())
    frame = table().with_columns(visit=pl.Series(np.where(labels(), "yes", "no")))
    found = characteristic_table(fitted, frame, "visit", positive="yes", confidence=0.9)
    assert [each.label for each in found.characteristics] == ["owner", "region"]
    assert found.confidence == 0.9


def test_a_fitted_card_has_observed_points_near_its_own_where_there_are_many_accounts() -> None:
    fitted = cr.LogisticScorer(characteristics=["owner", "region"]).fit(table(), labels())
    for each in characteristic_table(fitted, table(), labels())["region"].bins:
        if each.accounts > 100:
            assert each.observed_points == pytest.approx(each.points, abs=0.1)


def test_the_table_is_shown_in_both_languages_and_as_plain_data() -> None:
    english, chinese = str(TABLE), TABLE.explain("zh")
    assert "below 30" in english
    assert "+∞" in english
    assert "30以下" in chinese
    assert "below" not in chinese
    assert "| below 30 |" in TABLE.to_markdown()
    data = json.loads(json.dumps(TABLE.to_dict(), allow_nan=False))
    assert data["characteristics"][1]["bins"][0]["value"] == "below 30"
    frame = TABLE.to_frame("polars")
    assert frame.height == sum(len(each.bins) for each in TABLE.characteristics)
    assert frame.filter(pl.col("characteristic") == "delay")["visits"].sum() == VISITED.sum()
    assert frame["woe_high"].is_null().any()
    assert "delay" in repr(TABLE)


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(ArgumentError, match="not 'dely'; did you mean 'delay'"):
        TABLE["dely"]


def test_only_scorecards_with_accounts_have_a_table() -> None:
    blend = cr.BlendScorer(parts={"a": RULES, "b": CARD})
    with pytest.raises(ArgumentError, match=r"scorer must be a scorecard: .* a BlendScorer has no char"):
        characteristic_table(blend, FRAME, OUTCOMES)
    with pytest.raises(ArgumentError, match="scorer must be fitted"):
        characteristic_table(cr.LogisticScorer(), FRAME, OUTCOMES)
    with pytest.raises(ArgumentError, match="frame must have at least one row"):
        characteristic_table(CARD, FRAME.clear(), [], cluster=[])


def test_invalid_rows_are_refused() -> None:
    with pytest.raises(InvalidRowsError, match="failed_calls"):
        characteristic_table(CARD, FRAME.with_columns(failed_calls=-1), OUTCOMES)
