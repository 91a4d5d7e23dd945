"""Outcomes: labels of two classes, portfolios by name, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import collectrisk as cr
from collectrisk.evaluation._outcomes import Outcomes, read_outcomes


def read(visited: Any, portfolio: Any = None, **settings: Any) -> Outcomes:
    """Read outcomes with the settings of `evaluate`, three rows unless told."""
    settings = {"positive": None, "confidence": 0.95, "bins": 10, "rows": 3, **settings}
    return read_outcomes(visited, portfolio, None, **settings)


def groups(portfolio: Any) -> dict[str, list[int]]:
    found = read([0, 1] * 3, portfolio, rows=6).groups
    assert found is not None
    return {name: rows.tolist() for name, rows in zip(found.names, found.members, strict=True)}


@pytest.mark.parametrize(
    "visited",
    [
        [True, False, True],
        [1, 0, 1],
        [1.0, 0.0, 1.0],
        np.array([1, 0, 1], dtype=np.uint8),
        pd.Series([True, False, True], dtype="boolean"),
    ],
)
def test_true_and_false_or_1_and_0_need_no_class(visited: Any) -> None:
    assert read(visited).visited.tolist() == [True, False, True]


@pytest.mark.parametrize("label", [True, False])
def test_one_class_alone_will_do(label: bool) -> None:  # noqa: FBT001  # a parameter of the test
    assert read([label] * 3).visited.tolist() == [label] * 3


def test_other_labels_need_the_class_of_visits() -> None:
    assert read(["yes", "no", "yes"], positive="yes").visited.tolist() == [True, False, True]
    assert read([2, 1, 2], positive=1).visited.tolist() == [False, True, False]
    assert read(["no", "no", "no"], positive="yes").visited.tolist() == [False, False, False]


@pytest.mark.parametrize(
    ("visited", "settings", "message"),
    [
        ([1, 0], {}, "visited must hold one value for each of the 3 accounts, not 2"),
        (
            [True, None, None],
            {},
            "visited must be known for every account; 2 missing (rows from 0: 1, 2). "
            "Leave these accounts out of the evaluation",
        ),
        (
            [np.nan] * 8,
            {"rows": 8},
            "visited must be known for every account; 8 missing (rows from 0: 0, 1, 2, 3, 4, ...). "
            "Leave these accounts out of the evaluation",
        ),
        ([0, 1, 2], {}, "visited must have two classes, not 3: 0, 1, 2"),
        (
            ["yes", "no", "no"],
            {},
            "visited must be true and false, or 1 and 0, not 'no', 'yes'; "
            "or name the class that stands for a visit: positive='yes'",
        ),
        (
            ["yes", "no", "no"],
            {"positive": "Yes"},
            "positive must be one of the two classes, 'no', 'yes', not 'Yes'",
        ),
        ([[1], [0], {}], {}, "visited must hold texts, numbers or the like: unhashable type: 'list'"),
    ],
)
def test_labels_that_will_not_do_say_why(visited: Any, settings: Any, message: str) -> None:
    with pytest.raises(cr.ArgumentError) as caught:
        read(visited, **settings)
    assert str(caught.value) == message


def test_portfolios_come_largest_first_and_then_by_name() -> None:
    assert groups(["b", "c", "b", "a", "c", "b"]) == {"b": [0, 2, 5], "c": [1, 4], "a": [3]}
    assert list(groups(["d", "c", "b", "a", "f", "e"])) == ["a", "b", "c", "d", "e", "f"]


def test_portfolios_that_are_not_known_are_one_of_their_own() -> None:
    assert groups(["a", None, float("nan"), "a", pd.NA, "a"]) == {"a": [0, 3, 5], "(missing)": [1, 2, 4]}


def test_portfolios_are_named_as_they_are_written() -> None:
    """Whole numbers that a missing value made floats are whole again."""
    assert list(groups([7.0, 7.0, 7.0, True, True, 2.5])) == ["7", "True", "2.5"]


def test_no_portfolio_makes_no_groups() -> None:
    assert read([1, 0, 1]).groups is None


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95, True, "0.95", float("nan")])
def test_a_confidence_lies_between_0_and_1(confidence: Any) -> None:
    with pytest.raises(cr.ArgumentError, match=r"^confidence must be between 0 and 1, such as 0\.95, not"):
        read([1, 0, 1], confidence=confidence)


@pytest.mark.parametrize("bins", [0, -1, 2.0, True, "10"])
def test_bins_are_counted_in_whole_numbers(bins: Any) -> None:
    with pytest.raises(cr.ArgumentError, match=r"^bins must be a whole number, 1 or more, not"):
        read([1, 0, 1], bins=bins)
