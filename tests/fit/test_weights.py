"""The weights of rows and of classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import scipy.sparse
from labelled import accounts, labels, table, visited
from scipy.special import expit, logit

import collectrisk as cr
from collectrisk._fit.weights import as_class_weights, as_weights, scaled_to_effective_rows
from collectrisk._frames.details import INTERVAL
from collectrisk.errors import ArgumentError

Array = npt.NDArray[Any]

CLASSES = np.array([False, True])
YES = np.array([True, False, True])
ONES = np.ones(3)


# Those of rows


def test_the_default_weight_is_one() -> None:
    assert as_weights(None, 3).tolist() == [1, 1, 1]


def test_masked_weights_without_masked_elements_are_plain_ones() -> None:
    assert as_weights(np.ma.masked_array([1.0, 2.0, 3.0], [False] * 3), 3).tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("invalid", "why"),
    [
        ([1.0, 2.0], r"sample_weight must have 3 numbers, one per row; its shape is \(2,\)"),
        (np.ones((3, 1)), r"sample_weight must have 3 numbers, one per row; its shape is \(3, 1\)"),
        ([1.0, -2.0, 0.0], "sample_weight must not be below 0, and -2.0 is"),
        ([1.0, np.nan, 0.0], "Input sample_weight contains NaN"),
        (np.ma.masked_array([1, 2, 3], [False, False, True]), "Input sample_weight contains NaN"),
        (pd.Series([1, None, 3], dtype="Int64"), "Input sample_weight contains NaN"),
        ([1.0, None, 0.0], "Input sample_weight contains NaN"),
        (10**400, "sample_weight contains an integer that is too large for a float"),
        (2.0, r"sample_weight must have 3 numbers, one per row; its shape is \(\)"),
        ([1.0, 1e12, 0.0], r"sample_weight must have values of 0 or more and less than 1e\+12, not 1e\+12"),
        (["a", "b", "c"], "sample_weight must be numbers, one per row, and 'a' is not one"),
        ([1, "2", 3], "sample_weight must be numbers, one per row, and '1' is not one"),
        (np.array([1, "2", 3], dtype=object), "sample_weight must be numbers, one per row, and '2' is not"),
        ("weight", "sample_weight must be numbers, one per row, and 'weight' is not one"),
        ({}, "sample_weight must be numbers, one per row, and {} is not one"),
        (iter([1, 2, 3]), "sample_weight must be numbers, one per row, and <list_iterator"),
        (np.ones(3) * 1j, "sample_weight must be numbers, one per row, and 1j is not one"),
        (np.full(3, np.datetime64("2026-01-01")), "sample_weight must be numbers, one per row, and datetime"),
        ([1.0, np.inf, 0.0], "Input sample_weight contains infinity"),
    ],
)
def test_invalid_weights_are_rejected(invalid: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        as_weights(invalid, 3)


def test_sparse_weights_are_rejected_as_in_scikit_learn() -> None:
    with pytest.raises(TypeError, match="Sparse data was passed for sample_weight"):
        as_weights(scipy.sparse.csr_array(np.ones((3, 1))), 3)


# Their effective number


@pytest.mark.parametrize("weight", [1e-300, 0.2, 1.0, 5.0, 1e11])
def test_equal_weights_are_as_good_as_none(weight: float) -> None:
    assert scaled_to_effective_rows(np.full(7, weight)).tolist() == [1.0] * 7


def test_the_sum_is_the_square_of_the_sum_over_the_sum_of_squares() -> None:
    weights = np.array([1.0, 2.0, 7.0])
    scaled = scaled_to_effective_rows(weights)
    np.testing.assert_allclose(scaled / scaled[0], weights)
    assert scaled.sum() == pytest.approx(100 / 54)


def test_no_rows_have_no_weights() -> None:
    assert scaled_to_effective_rows(np.zeros(0)).tolist() == []


# Those of classes


def test_the_default_weight_of_a_class_is_one() -> None:
    assert as_class_weights(None, CLASSES, YES, ONES).tolist() == [1.0, 1.0]
    assert as_class_weights({True: 3.0}, CLASSES, YES, ONES).tolist() == [1.0, 3.0]


def test_balanced_classes_have_the_same_product_of_weight_and_rows() -> None:
    assert as_class_weights("balanced", CLASSES, YES, np.array([1.0, 2.0, 7.0])).tolist() == [2.5, 0.625]


def test_a_class_without_rows_is_not_balanced() -> None:
    assert as_class_weights("balanced", CLASSES, YES, np.array([1.0, 0.0, 3.0])).tolist() == [1.0, 1.0]
    assert as_class_weights("balanced", CLASSES, YES[:0], ONES[:0]).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("invalid", "why"),
    [
        ({5: 1}, r"must be a dict .*, False, True, and 5 is not one"),
        ({True: 2, False: 3, "zz": 3}, "must be a dict .*, and 'zz' is not one"),
        ({True: "2"}, "must be a dict .*, a number, not '2' for True"),
        ({True: 10**400, False: 1}, "must be a dict .*, a number, not 1000"),
        ({True: True}, "must be a dict .*, a number, not True for True"),
        ({True: np.array([1, 2])}, "must be a dict .*, a number, not "),
        ({True: -1.0}, r"must have values of 0 or more and less than 1e\+12, not -1"),
        ({True: 1e12}, r"must have values of 0 or more and less than 1e\+12, not 1e\+12"),
        ({True: 0, False: 0}, "must be above 0 for one of the classes"),
        *(
            (each, r'must be a dict with the weight of each class, or "balanced", not ')
            for each in ["fair", [1], [1, 2], [], [{True: 1, False: 1}], 3]
        ),
    ],
)
def test_invalid_class_weights_are_rejected(invalid: Any, why: str) -> None:
    with pytest.raises(ArgumentError, match=f"class_weight {why}"):
        as_class_weights(invalid, CLASSES, YES, ONES)


# Their effect


def test_class_weights_change_no_probability_and_no_interval() -> None:
    plain = cr.LogisticScorer().fit(table(), labels())
    for weights in ("balanced", {True: 50.0}, {False: 0.0}):
        scorer = cr.LogisticScorer(class_weight=weights).fit(table(), labels())
        assert scorer.scorecard_ == plain.scorecard_
        pd.testing.assert_frame_equal(
            scorer.assess_frame(table().to_pandas(), interval=True),
            plain.assess_frame(table().to_pandas(), interval=True),
        )


def test_a_prediction_has_the_least_expected_cost() -> None:
    scorer = cr.LogisticScorer(class_weight={False: 1.0, True: 9.0}).fit(accounts(), visited())
    probability = scorer.visit_probabilities(accounts())
    predicted = scorer.predict(accounts())
    assert (predicted == (9.0 * probability > 1.0 - probability)).all()
    assert (predicted == (scorer.decision_function(accounts()) > 0)).all()
    assert 0 < predicted.sum() < len(predicted)


def test_balanced_classes_are_predicted_above_the_visit_rate() -> None:
    scorer = cr.LogisticScorer(class_weight="balanced").fit(accounts(), visited())
    above = scorer.visit_probabilities(accounts()) > visited().mean()
    assert (scorer.predict(accounts()) == above).all()


def test_a_class_of_weight_zero_is_never_predicted() -> None:
    scorer = cr.LogisticScorer(class_weight={True: 0.0}).fit(table(), labels())
    assert not scorer.predict(table()).any()
    assert (scorer.decision_function(table()) < 0).all()


def test_recalibration_does_not_depend_on_the_class_weights() -> None:
    scorer = cr.LogisticScorer(class_weight={True: 50.0}).fit(table(), labels())
    assert scorer.recalibrate(table(), rate=0.1).visit_probabilities(table()).mean() == pytest.approx(0.1)


@pytest.mark.parametrize("factor", [0.2, 5.0])
def test_of_importance_only_the_ratios_matter(factor: float) -> None:
    weights = np.random.default_rng(4).lognormal(0.0, 1.0, len(table()))
    scorer = cr.LogisticScorer(weights="importance")
    one, other = (
        cr.LogisticScorer(weights="importance").fit(table(), labels(), each)
        for each in (weights, factor * weights)
    )
    np.testing.assert_allclose(
        one.assess_frame(table().to_pandas(), interval=True)[[*INTERVAL]],
        other.assess_frame(table().to_pandas(), interval=True)[[*INTERVAL]],
        rtol=1e-6,
    )
    equal = scorer.fit(table(), labels(), np.full(len(table()), factor))
    assert equal.scorecard_ == cr.LogisticScorer().fit(table(), labels()).scorecard_


def test_weights_whose_meaning_is_not_given_are_taken_for_counts_and_have_no_intervals() -> None:
    frame = table().to_pandas()
    five = np.full(len(frame), 5.0)
    with pytest.warns(
        UserWarning, match="The weights are taken for counts, .* the points depend on it"
    ) as seen:
        scorer = cr.LogisticScorer().fit(frame, labels(), five)
    assert [each.filename for each in seen] == [__file__]
    assert scorer.scorecard_ == cr.LogisticScorer(weights="counts").fit(frame, labels(), five).scorecard_
    assert not scorer.has_intervals_
    with pytest.raises(
        ArgumentError, match=r'interval must be False, .* sample_weight only if weights="counts"'
    ):
        scorer.assess_frame(frame, interval=True)
    assert {(row["lower"], row["upper"]) for row in scorer.summary().to_dict()} == {(None, None)}
    assert scorer.summary().note.startswith("There are no intervals. The weights are taken for counts")
    assert "\n没有区间。权重按账户数处理" in scorer.summary().explain("zh")
    with pytest.warns(UserWarning, match="taken for counts"):
        borrower = cr.LogisticScorer().fit(accounts(), visited(), np.full(len(accounts()), 5.0))
    assert borrower.assess(cr.Borrower(amount_overdue=5_000, days_past_due=90)).interval is None


def test_weights_of_zero_and_one_need_no_meaning() -> None:
    scorer = cr.LogisticScorer().fit(table(), labels(), np.arange(len(table())) % 3 > 0)
    assert scorer.has_intervals_
    assert not scorer.summary().note


def test_counts_have_the_intervals_of_repeated_rows() -> None:
    times = np.random.default_rng(2).integers(1, 4, len(table()))
    places = np.repeat(np.arange(len(table())), times)
    weighted = cr.LogisticScorer(weights="counts").fit(table(), labels(), times)
    repeated = cr.LogisticScorer().fit(table()[places], labels()[places])
    frame = table().to_pandas()
    np.testing.assert_allclose(
        weighted.assess_frame(frame, interval=True)[[*INTERVAL]],
        repeated.assess_frame(frame, interval=True)[[*INTERVAL]],
        rtol=1e-6,
    )
    assert f"says: 400 rows count as {times.sum()}.0." in str(weighted.summary())


def test_the_mean_probability_is_the_weighted_visit_rate() -> None:
    weights = np.where(labels(), 1.0, 10.0)
    scorer = cr.LogisticScorer(weights="importance").fit(table(), labels(), weights)
    mean = np.average(scorer.visit_probabilities(table()), weights=weights)
    assert abs(mean - np.average(labels(), weights=weights)) < 0.005


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", ["equal", "random", "by outcome"])
@pytest.mark.parametrize("rows", [300, 1_500])
def test_intervals_contain_the_truth_whatever_the_weights(kind: str, rows: int) -> None:
    shares = np.array([coverage(kind, rows, seed) for seed in range(40)])
    assert shares.mean() > 0.85


def coverage(kind: str, rows: int, seed: int) -> float:
    """Return the share of new rows whose interval contains the truth."""
    rng = np.random.default_rng(seed)
    slope, bend, base = rng.normal(size=3) * [1.0, 0.7, 0.5] - [0.0, 0.0, 1.0]

    def draw(count: int) -> tuple[dict[str, Array], Array]:
        columns = rng.normal(size=(3, count))
        log_odds = base + slope * columns[0] + bend * np.sin(2.0 * columns[1])
        return {f"x{index}": column for index, column in enumerate(columns)}, log_odds

    columns, truth = draw(rows)
    visits = rng.random(rows) < expit(truth)
    weights = {
        "equal": np.full(rows, 5.0),
        "random": rng.lognormal(size=rows),
        "by outcome": np.where(visits, 1.0, 10.0),
    }[kind]
    if kind == "by outcome":
        kept = visits | (rng.random(rows) < 0.1)
        columns = {name: column[kept] for name, column in columns.items()}
        visits, weights = visits[kept], weights[kept]
    unseen, truth = draw(500)
    scorer = cr.LogisticScorer(weights="importance").fit(columns, visits, weights)
    found = scorer.assess_frame(pd.DataFrame(unseen), interval=True)
    low, high = (logit(np.asarray(found[name])) for name in INTERVAL)
    return float(((low <= truth) & (truth <= high)).mean())
