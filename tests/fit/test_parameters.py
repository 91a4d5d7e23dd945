"""The validation of the parameters of a fitted scorer."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from labelled import accounts, labels, table, visited
from sklearn.base import clone

import collectrisk as cr
from collectrisk._fit.parameters import reusable
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("parameter", "invalid"),
    [
        ("portfolio", [5, True, ["product"], b"product"]),
        ("columns", [5, "BILL", ["BILL"]]),
        ("monotone", [5, "age", ["age"], [("age", 1)], {"age": [1]}, {"age": 2}, {"age": "1"}]),
        ("borrower_type", [None, 5, dict, "Borrower", cr.Borrower(amount_overdue=1, days_past_due=1)]),
        ("characteristics", [5, True, b"ab"]),
        ("knots", [None, True, 1, 10.0, "10", np.nan]),
        ("prior_scale", ["1", True, [1.0], np.nan, {"base": None}, {"age": True}, np.ones(2)]),
        ("class_weight", [5, "fair", ["a"], {"a": 1.0}, {False: "a"}, {False: -1.0}, {False: np.nan}]),
        ("class_weight", [{False: 1e12}, {False: np.inf}, {False: None}]),
        ("positive", ["yes", [True], {}, np.array([True, False]), np.nan]),
        ("prior", [5, cr.RuleScorer, cr.LogisticScorer()]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_invalid_parameter_is_named(parameter: str, invalid: list[Any]) -> None:
    for value in invalid:
        with pytest.raises(ArgumentError) as caught:
            cr.LogisticScorer(**{parameter: value}).fit(table(), labels())
        assert caught.value.argument == parameter
        assert "must" in str(caught.value)


def test_a_prior_that_is_not_fitted_has_to_be_fitted() -> None:
    with pytest.raises(ArgumentError, match="not a LogisticScorer; fit it first"):
        cr.LogisticScorer(prior=cr.LogisticScorer()).fit(accounts(), visited())


@pytest.mark.parametrize("base", [-100, 100])
def test_labels_correct_a_base_that_is_far_off(base: float) -> None:
    scorer = cr.LogisticScorer(prior=cr.RuleScorer().with_base(base)).fit(accounts(), visited())
    assert abs(scorer.visit_probabilities(accounts()).mean() - visited().mean()) < 0.02


def test_valid_parameters_of_other_types_are_accepted() -> None:
    options: dict[str, Any] = {
        "knots": np.int64(5),
        "monotone": {"age": np.int64(1), "size": -1.0},
        "prior_scale": np.float32(0.5),
        "characteristics": np.array(["age", "size"]),
    }
    assert cr.LogisticScorer(**options).fit(table(), labels()).labels == ("age", "size")


# Iterators


ITERATORS: dict[str, Callable[[], dict[str, Any]]] = {
    "a generator": lambda: {"characteristics": (name for name in ["size", "age"])},
    "a map": lambda: {"characteristics": map(str, ["size", "age"])},
    "the columns of a field": lambda: {
        "characteristics": ["size", "age"],
        "columns": {"size": iter(["size"]), "age": {"column": (name for name in ["age"])}},
    },
}

USES: dict[str, Callable[[cr.LogisticScorer], Any]] = {
    "a second fit": lambda scorer: scorer.fit(table(), labels()),
    "a clone": clone,
    "a copy": copy.deepcopy,
    "a pickled scorer": lambda scorer: pickle.loads(pickle.dumps(scorer)),  # noqa: S301  # our own
    "its representation": repr,
    "changed parameters": lambda scorer: scorer.set_params(**scorer.get_params()),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("options", ITERATORS.values(), ids=ITERATORS)
def test_an_iterator_is_read_once_and_kept(
    options: Callable[[], dict[str, Any]], use: Callable[[cr.LogisticScorer], Any]
) -> None:
    scorer = cr.LogisticScorer(**options())
    used = use(scorer)
    for each in (scorer, used if isinstance(used, cr.LogisticScorer) else scorer):
        first = each.fit(table(), labels()).scorecard_
        assert first.labels == ("size", "age")
        assert each.fit(table(), labels()).scorecard_ == first
        assert each.predict_proba(table()).shape == (400, 2)


def test_the_constructor_stores_parameters_as_they_are() -> None:
    names, columns = (name for name in ["size"]), {"size": iter(["size"])}
    scorer = cr.LogisticScorer(characteristics=names, columns=columns)
    assert scorer.characteristics is names
    assert scorer.columns is columns


def test_a_parameter_that_can_be_read_again_is_not_copied() -> None:
    for value in (["size"], {"size": "Size"}, {"size": ["a", "b"]}, None, 5, "size", cr.Mapping()):
        assert reusable(value) is value
    scorer = cr.LogisticScorer(characteristics=["size"], columns={"size": "size"})
    before = dict(vars(scorer))
    scorer.fit(table(), labels())
    assert all(vars(scorer)[name] is value for name, value in before.items())
