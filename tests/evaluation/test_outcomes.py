"""Outcomes: labels of two classes, portfolios by name, and rejected values."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

import collectrisk as cr
from collectrisk.errors import ArgumentError
from collectrisk.evaluation._outcomes import Outcomes, read_outcomes


def read(visited: Any, portfolio: Any = None, **settings: Any) -> Outcomes:
    """Read outcomes with the settings of `evaluate`, three rows by default."""
    settings = {
        "sample_weight": None,
        "positive": None,
        "confidence": 0.95,
        "bins": 10,
        "rows": 3,
        **settings,
    }
    return read_outcomes(visited, portfolio, None, **settings)


def portfolios(portfolio: Any) -> dict[str, list[int]]:
    found = read([0, 1] * 3, portfolio, rows=6).portfolios
    return {name: rows.tolist() for name, rows in found.items()}


@pytest.mark.parametrize(
    "visited",
    [
        [True, False, True],
        [1, 0, 1],
        [1.0, 0.0, 1.0],
        np.array([1, 0, 1], dtype=np.uint8),
        [1, -1, 1],
        pd.Series([True, False, True], dtype="boolean"),
    ],
)
def test_true_and_false_or_1_and_0_do_not_need_a_positive_class(visited: Any) -> None:
    assert read(visited).visited.tolist() == [True, False, True]


@pytest.mark.parametrize("label", [True, False])
def test_labels_may_have_one_class(label: bool) -> None:  # noqa: FBT001  # a parameter of the test
    assert read([label] * 3).visited.tolist() == [label] * 3


def test_other_labels_need_a_positive_class() -> None:
    assert read(["yes", "no", "yes"], positive="yes").visited.tolist() == [True, False, True]
    assert read([2, 1, 2], positive=1).visited.tolist() == [False, True, False]
    assert read(["no", "no", "no"], positive="yes").visited.tolist() == [False, False, False]


@pytest.mark.parametrize(
    ("visited", "settings", "message"),
    [
        ([1, 0], {}, "visited must have one value for each of 3 accounts, not 2"),
        (
            [True, None, None],
            {},
            "visited must be known for every account; 2 missing (rows from 0: 1, 2). "
            "Remove these accounts from the evaluation",
        ),
        (
            [np.nan] * 8,
            {"rows": 8},
            "visited must be known for every account; 8 missing (rows from 0: 0, 1, 2, 3, 4, ...). "
            "Remove these accounts from the evaluation",
        ),
        ([0, 1, 2], {}, "visited must have two classes, not 3: 0, 1, 2"),
        (
            ["yes", "no", "no"],
            {},
            "visited must be true and false, 1 and 0, or 1 and -1, not 'no', 'yes'; "
            "for other labels, pass the one that means a visit: positive='no' or positive='yes'",
        ),
        (
            ["yes", "no", "no"],
            {"positive": "Yes"},
            "positive must be one of the two classes, 'no', 'yes', not 'Yes'",
        ),
        ([[1], [0], {}], {}, "visited must contain strings, numbers or booleans: unhashable type: 'list'"),
    ],
)
def test_invalid_labels_raise_an_error_that_says_why(visited: Any, settings: Any, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        read(visited, **settings)
    assert str(caught.value) == message


def test_portfolios_are_sorted_by_size_and_then_by_name() -> None:
    assert portfolios(["b", "c", "b", "a", "c", "b"]) == {"b": [0, 2, 5], "c": [1, 4], "a": [3]}
    assert list(portfolios(["d", "c", "b", "a", "f", "e"])) == ["a", "b", "c", "d", "e", "f"]


def test_accounts_with_a_missing_portfolio_form_one() -> None:
    assert portfolios(["a", None, float("nan"), "a", pd.NA, "a"]) == {"a": [0, 3, 5], "(missing)": [1, 2, 4]}


def test_portfolios_are_named_after_their_values() -> None:
    """Integers that became floats, because another value is missing, are shown as integers."""
    assert list(portfolios([7.0, 7.0, 7.0, True, True, 2.5])) == ["7", "true", "2.5"]


@pytest.mark.parametrize(
    ("values", "first", "second", "name"),
    [
        (["(missing)", None], "'(missing)'", "None", "'(missing)'"),
        ([float("nan"), "(missing)"], "nan", "'(missing)'", "'(missing)'"),
        ([1, "1"], "1", "'1'", "'1'"),
        (["2", 2.0], "'2'", "2.0", "'2'"),
        ([True, "true"], "True", "'true'", "'true'"),
    ],
)
def test_different_portfolios_of_one_name_are_not_merged(
    values: Any, first: str, second: str, name: str
) -> None:
    with pytest.raises(ArgumentError) as raised:
        portfolios([*values, *values, "a", "b"])
    assert str(raised.value) == (
        f"portfolio must not contain both {first} and {second}, which would have the same name in the "
        f"report, {name}; rename one of them"
    )


def test_true_is_another_portfolio_than_1() -> None:
    assert portfolios([1, True, 1.0, 0, False, 1]) == {"1": [0, 2, 5], "0": [3], "false": [4], "true": [1]}
    assert portfolios(np.array([1, 0] * 3, dtype=np.bool_)) == {"false": [1, 3, 5], "true": [0, 2, 4]}


@pytest.mark.parametrize("unit", ["ns", "s"])
def test_portfolios_may_be_dates(unit: str) -> None:
    days = np.array(["2026-01-01", "2026-01-02"] * 3, dtype=f"datetime64[{unit}]")
    assert list(portfolios(days)) == ["2026-01-01 00:00:00", "2026-01-02 00:00:00"]
    assert list(portfolios(days.astype("datetime64[D]"))) == ["2026-01-01", "2026-01-02"]


@pytest.mark.parametrize("positive", [[1], np.array([1, 0]), pd.NA, float("nan")])
def test_what_cannot_be_a_label_is_not_a_positive_class(positive: Any) -> None:
    for visited in ([1, 0, 1], [1, 1, 1]):
        with pytest.raises(ArgumentError, match=r"^positive must be one of the two classes"):
            read(visited, positive=positive)


def test_equal_labels_of_different_types_are_one_class() -> None:
    assert read([True, 1, 0.0]).visited.tolist() == [True, True, False]


def test_portfolios_are_optional() -> None:
    assert read([1, 0, 1]).portfolios == {}


@pytest.mark.parametrize("confidence", [np.float32(0.5), np.float64(0.5), Fraction(1, 2)])
def test_a_confidence_may_be_any_number(confidence: Any) -> None:
    found = read([1, 0, 1], confidence=confidence).confidence
    assert (found, type(found)) == (0.5, float)


@pytest.mark.parametrize("confidence", [0, 1, 0.0, 1.0, 95, True, "0.95", float("nan"), None, np.array(0.5)])
def test_a_confidence_must_be_between_0_and_1(confidence: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^confidence must be between 0 and 1, such as 0\.95, not"):
        read([1, 0, 1], confidence=confidence)


@pytest.mark.parametrize("bins", [0, -1, 2.0, True, "10"])
def test_the_number_of_bins_must_be_a_positive_integer(bins: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^bins must be a whole number from 1 to 1,000,000, not"):
        read([1, 0, 1], bins=bins)


def test_portfolios_that_differ_in_a_trailing_null_character_are_different() -> None:
    assert portfolios(["a", "a\0", "a", "b", "b", "b"]) == {"b": [3, 4, 5], "a": [0, 2], "a\0": [1]}


def test_rows_of_the_same_debtor_are_a_cluster() -> None:
    found = read([1, 0, 1, 0], rows=4, cluster=["b", "a", "b", "c"], sample_weight=[1, 1, 2, 1]).clusters
    assert found is not None
    assert found[0] == found[2]
    assert sorted(set(found)) == [0, 1, 2]
    assert read([1, 0, 1], cluster=["b", "a", "c"]).clusters is None


@pytest.mark.parametrize(
    ("cluster", "message"),
    [
        (["a", None, "b"], "cluster must be known for every account; 1 missing (rows from 0: 1). "),
        (["a", "a", "a"], "cluster must have at least two values, not only 'a': intervals follow from "),
        (["a", "b"], "cluster must have one value for each of 3 accounts, not 2"),
    ],
)
def test_clusters_must_be_known_and_more_than_one(cluster: list[Any], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        read([1, 0, 1], cluster=cluster)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("argument", ["visited", "portfolio", "by", "cluster", "sample_weight"])
def test_a_series_with_another_index_than_the_frame_is_refused(argument: str) -> None:
    """Taken by position, its values would belong to other rows."""
    frame = cr.simulate_portfolio(20, seed=1, backend="pandas")
    values = pd.Series([0, 1] * 10)
    given: dict[str, Any] = {"visited": values, argument: values[::-1]}
    with pytest.raises(
        ArgumentError, match=rf"^{argument} must have the index of the frame; row 0 .* is 19 "
    ):
        cr.evaluate(cr.RuleScorer(), frame, **given)
    expected = cr.evaluate(cr.RuleScorer(), frame, values.tolist())
    for same in (values, values[::-1].loc[frame.index], values[::-1].to_numpy()[::-1]):
        assert cr.evaluate(cr.RuleScorer(), frame, same).to_dict() == expected.to_dict()
