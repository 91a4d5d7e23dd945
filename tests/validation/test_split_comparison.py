"""The rates of visits of the groups of a split."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from collectrisk.errors import ArgumentError
from collectrisk.validation import Split, SplitComparison

SPLIT = Split("letters-2026", {"champion": 0.9, "challenger": 0.1})


def frame(counts: dict[str, tuple[int, int]], propensities: dict[str, float] | None = None) -> pl.DataFrame:
    """Return accounts with some numbers of visits and accounts by group."""
    shares = propensities or SPLIT.shares
    rows = [
        (group, shares.get(group, 0.5), place < visits)
        for group, (visits, accounts) in counts.items()
        for place in range(accounts)
    ]
    return pl.DataFrame(rows, schema=["group", "propensity", "visited"], orient="row")


def test_the_difference_has_the_interval_of_newcombe() -> None:
    """Newcombe (1998), table II, example (a): 56 of 70 and 48 of 80."""
    comparison = SPLIT.compare(frame({"challenger": (56, 70), "champion": (48, 80)}), "visited")
    outcome = comparison["challenger"]
    assert outcome.difference == pytest.approx(0.2)
    assert outcome.difference_interval == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert (outcome.accounts, outcome.visits, outcome.rate) == (70, 56, 0.8)
    assert comparison["champion"].difference is None
    assert list(comparison.groups) == ["champion", "challenger"]
    assert not comparison.weighted


def test_no_visits_at_all_have_an_interval() -> None:
    """Newcombe (1998), table II, example (h): 0 of 10 and 0 of 10; here with 10 of 10, example (g)."""
    same = SPLIT.compare(frame({"challenger": (0, 10), "champion": (0, 10)}), "visited")
    assert same["challenger"].difference_interval == pytest.approx((-0.2775, 0.2775), abs=5e-5)
    other = SPLIT.compare(frame({"challenger": (10, 10), "champion": (0, 10)}), "visited")
    assert other["challenger"].difference_interval == pytest.approx((0.6075, 1.0), abs=5e-5)


def test_weights_correct_for_shares_that_changed() -> None:
    """Nobody is visited in the first month, everybody in the second: both groups have the mean rate."""
    months = [
        frame({"champion": (0, 90), "challenger": (0, 10)}, {"champion": 0.9, "challenger": 0.1}),
        frame({"champion": (50, 50), "challenger": (50, 50)}, {"champion": 0.5, "challenger": 0.5}),
    ]
    comparison = SPLIT.compare(pl.concat(months), "visited")
    assert comparison.weighted
    assert [each.rate for each in comparison.groups.values()] == pytest.approx([0.5, 0.5])
    assert comparison["challenger"].difference == pytest.approx(0)
    assert "inverse of its propensity" in str(comparison)


def test_groups_without_accounts_are_left_out_and_others_refused() -> None:
    split = SPLIT.add("second", 0.1)
    data = frame({"champion": (1, 9), "challenger": (1, 9)})
    assert list(split.compare(data, "visited").groups) == ["champion", "challenger"]
    with pytest.raises(ArgumentError, match=r"reference must have at least one account .* 'second' has none"):
        split.compare(data, "visited", reference="second")
    other = frame({"champion": (1, 9), "champin": (1, 9)})
    with pytest.raises(
        ArgumentError, match=r"group must contain groups of the split \(champion, .*; did you"
    ):
        split.compare(other, "visited")
    with pytest.raises(ArgumentError, match=r"reference must be one of .*, not 'champoin'; did you mean"):
        split.compare(data, "visited", reference="champoin")
    assert split.compare(data, "visited", reference="challenger")["champion"].difference == 0


@pytest.mark.parametrize(("value", "seen"), [(0.0, "0.0"), (1.5, "1.5"), (None, "missing")])
def test_a_propensity_that_is_not_one_is_refused(value: Any, seen: str) -> None:
    data = frame({"champion": (1, 9), "challenger": (1, 9)})
    wrong = data.with_columns(propensity=pl.when(pl.int_range(18) == 4).then(pl.lit(value)).otherwise(0.5))
    message = rf"propensity must be above 0 and up to 1; 1 is not \(row 4, from 0: {seen}\)"
    with pytest.raises(ArgumentError, match=message):
        SPLIT.compare(wrong, "visited")


def test_a_frame_without_the_columns_of_attach_or_with_one_group_is_refused() -> None:
    data = frame({"champion": (1, 9), "challenger": (1, 9)})
    message = r"frame must have the columns that Split\.attach adds, and is without"
    with pytest.raises(ArgumentError, match=f"{message} propensity;"):
        SPLIT.compare(data.drop("propensity"), "visited")
    with pytest.raises(ArgumentError, match=f"{message} group and propensity;"):
        SPLIT.compare(data.select("visited"), "visited")
    with pytest.raises(ArgumentError, match=r"group must contain at least two groups .* only 'champion'"):
        SPLIT.compare(data.filter(pl.col("group") == "champion"), "visited")


def shown() -> SplitComparison:
    return SPLIT.compare(frame({"challenger": (30, 500), "champion": (200, 4_500)}), "visited")


def test_a_frame_without_accounts_is_refused() -> None:
    with pytest.raises(ArgumentError, match="frame must have at least one row"):
        SPLIT.compare(frame({"champion": (1, 2)}).clear(), "visited")


def test_a_comparison_is_shown_as_text_and_as_a_table() -> None:
    assert (
        str(shown())
        == """\
Visits by group of the split letters-2026
---------------------------------------------------------------------------------
group       accounts  visits   rate    95% interval  difference      95% interval
---------------------------------------------------------------------------------
champion       4,500     200  4.44%  3.88% to 5.09%
challenger       500      30  6.00%  4.23% to 8.44%      +1.56%  -0.32% to +4.06%

Differences are from champion."""
    )
    assert "<table" in shown()._repr_html_()
    assert "组别" in shown().explain("zh")


def test_a_comparison_is_plain_data() -> None:
    data = json.loads(json.dumps(shown().to_dict()))
    assert data["groups"]["challenger"]["difference"] == pytest.approx(30 / 500 - 200 / 4_500)
    assert data["reference"] == "champion"


def test_a_comparison_is_a_frame() -> None:
    table = shown().to_frame("polars")
    assert table.columns == [
        *("group", "accounts", "visits", "rate", "rate_low", "rate_high"),
        *("difference", "difference_low", "difference_high"),
    ]
    outcome = shown()["challenger"]
    assert table.row(1)[-3:] == (outcome.difference, *(outcome.difference_interval or ()))
    assert table.row(0)[-3:] == (None, None, None)


@pytest.mark.exhaustive
@pytest.mark.parametrize("rate", [0.03, 0.3])
@pytest.mark.parametrize("changed", [False, True])
def test_the_intervals_cover_the_difference(rate: float, *, changed: bool) -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(600):
        late = rng.random(1_500) < (0.5 if changed else 0)
        challenger = rng.random(1_500) < np.where(late, 0.5, 0.2)
        propensity = np.where(late, 0.5, np.where(challenger, 0.2, 0.8))
        probability = rate * np.where(late, 1.3, 0.7) if changed else np.full(1_500, rate)
        visited = rng.random(1_500) < probability * np.where(challenger, 1.2, 1.0)
        data = pl.DataFrame(
            {
                "group": np.where(challenger, "challenger", "champion"),
                "propensity": propensity,
                "visited": visited,
            }
        )
        low, high = SPLIT.compare(data, "visited")["challenger"].difference_interval or (1, 0)
        covered += low <= 0.2 * rate <= high
    assert 0.93 <= covered / 600 <= 0.97
