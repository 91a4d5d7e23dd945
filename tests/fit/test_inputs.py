"""The validation of what a fit receives."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
import sklearn.utils.validation
from labelled import accounts, assert_same_fit, labels, table, visited

import collectrisk as cr
from collectrisk._fit.inputs import as_data, as_labels
from collectrisk.errors import ArgumentError, ColumnNameError, ColumnTypeError, NotAFrameError

YES = [True, False, True]


@pytest.mark.parametrize("make", [list, tuple, np.array, pd.Series, pl.Series, pa.array])
def test_labels_may_be_any_sequence(make: Any) -> None:
    assert as_labels(make(YES), 3).tolist() == YES


def test_nullable_labels_are_valid_if_they_are_known() -> None:
    assert as_labels(pd.Series(YES, dtype="boolean"), 3).tolist() == YES
    assert as_labels(pd.Series([1, 0, 1], dtype="Int64"), 3).tolist() == [1, 0, 1]
    assert as_labels(pd.Series([1, 0, 1], dtype=object), 3).tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    "unknown",
    [
        pd.Series([True, None, False], dtype="boolean"),
        ["yes", None, "no"],
        pl.Series([True, None, False]),
        np.ma.masked_array(YES, [False, True, False]),
        np.ma.masked_array(["yes", "no", "yes"], [False, True, False]),
    ],
    ids=["pandas", "list", "polars", "masked", "masked text"],
)
def test_a_missing_label_is_named(unknown: Any) -> None:
    with pytest.raises(ArgumentError, match="y must be known in every row, and is missing in row 1"):
        as_labels(unknown, 3)


@pytest.mark.parametrize(
    ("invalid", "why"),
    [
        ([1.0, np.nan, 0.0], "contains NaN"),
        (np.ma.masked_array([1, 0, 0], [True, False, False]), "contains NaN"),
        ([1.0, np.inf, 0.0], "contains infinity"),
        ([0, 1, 2], "Only binary classification is supported. The type of the target is multiclass"),
        ([0.1, 0.2, 0.3], "continuous"),
        ([0.1, 0.2, 0.1], "continuous"),
        ([0, 1], "found 3 rows and 2 labels; each row needs one label"),
        ([], "found 3 rows and 0 labels"),
        (None, "requires y to be passed"),
        (np.eye(3), "1d array"),
    ],
)
def test_invalid_labels_are_rejected(invalid: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        as_labels(invalid, 3)


@pytest.mark.parametrize("none", [None, [], np.zeros(0)], ids=["none", "list", "array"])
def test_no_rows_need_no_labels(none: Any) -> None:
    assert as_labels(none, 0).tolist() == []


def test_labels_without_rows_are_rejected() -> None:
    with pytest.raises(ValueError, match="found 0 rows and 3 labels"):
        as_labels(YES, 0)
    with pytest.raises(ValueError, match="y should be a 1d array"):
        as_labels(5, 0)


def test_masked_arrays_without_masked_elements_are_plain_ones() -> None:
    assert as_labels(np.ma.masked_array(YES), 3).tolist() == YES


def test_a_mapping_of_columns_is_a_frame() -> None:
    columns = {name: column.to_numpy() for name, column in table().select("size", "owner").to_dict().items()}
    scorer = cr.LogisticScorer().fit(columns, labels())
    assert_same_fit(scorer, cr.LogisticScorer().fit(table().select("size", "owner"), labels()))


def test_a_sparse_array_is_rejected_as_in_scikit_learn() -> None:
    with pytest.raises(TypeError, match="Sparse data was passed"):
        cr.LogisticScorer().fit(scipy.sparse.csr_array(np.eye(4)), [0, 1, 0, 1])


@pytest.mark.parametrize("make", [scipy.sparse.csr_matrix, scipy.sparse.dok_matrix, scipy.sparse.coo_array])
def test_sparse_data_are_not_a_frame_for_any_method(make: Any) -> None:
    data, scorer = make(np.eye(4)), cr.LogisticScorer().fit(np.eye(4), [0, 1, 0, 1])
    for act in (scorer.assess_frame, scorer.visit_probabilities, scorer.predict_proba, scorer.input_report):
        with pytest.raises(NotAFrameError, match=r"dense data is required: use toarray\(\)"):
            act(data)


@pytest.mark.parametrize("names", [["x", "y"], [0, 1]])
def test_sparse_columns_are_rejected(names: list[Any]) -> None:
    sparse = pd.arrays.SparseArray([1.0, 0.0, 0.0, 0.0])
    frame = pd.DataFrame(dict.fromkeys(names, sparse))
    with pytest.raises(ColumnTypeError, match=rf"column {names[0]!r} .*contains an unknown type, Sparse"):
        cr.LogisticScorer().fit(frame, [0, 1, 0, 1])


@pytest.mark.parametrize("dtype", ["m8[D]", "m8[ns]", "M8[D]", "M8[us]"])
def test_dates_and_durations_are_not_numbers(dtype: str) -> None:
    times = np.arange(8).reshape(4, 2).astype(dtype)
    with pytest.raises(ArgumentError, match="X must contain numbers, not dates or durations"):
        cr.LogisticScorer().fit(times, [0, 1, 0, 1])


@pytest.mark.parametrize(
    "column",
    [
        pd.to_timedelta([1, 2, 3, 4]),
        pd.to_datetime([1, 2, 3, 4]),
        # Before pandas 3, text is a column of objects, which scikit-learn refuses itself.
        pytest.param(list("abcd"), marks=pytest.mark.skipif(pd.__version__ < "3", reason="pandas 2")),
    ],
)
@pytest.mark.parametrize("names", [[0, 1], [("a", "b"), ("a", 1)]])
def test_columns_without_names_must_contain_numbers(column: Any, names: list[Any]) -> None:
    frame = pd.DataFrame({0: [1.0, 2.0, 3.0, 4.0], 1: column})
    frame.columns = pd.Index(names)
    with pytest.raises(ColumnTypeError, match="must be known, and a finite number; 4 invalid rows") as error:
        cr.LogisticScorer().fit(frame, [0, 1, 0, 1])
    assert [problem.column for problem in error.value.problems] == names[1:]


def test_names_must_all_be_text_or_none_of_them() -> None:
    frame = pd.DataFrame({"size": [1.0, 2.0, 3.0, 4.0], 7: [1, 2, 3, 4], ("a", 1): [1, 2, 3, 4]})
    with pytest.raises(ColumnNameError) as error:
        cr.LogisticScorer().fit(frame, [0, 1, 0, 1])
    assert str(error.value) == (
        "7, ('a', 1): must be text, like the names of the other columns; rename or drop them"
    )
    numbered = frame[[7]].set_axis([0], axis=1)
    assert cr.LogisticScorer().fit(numbered, [0, 1, 0, 1]).labels == ("x0",)


@pytest.mark.parametrize("names", [["size", "size"], [1, 1], [("a", 1), ("a", 1)]])
def test_names_must_differ(names: list[Any]) -> None:
    frame = pd.DataFrame(np.eye(2)).set_axis(pd.Index(names), axis=1)
    scorer = cr.LogisticScorer()
    acts: list[Any] = [lambda data: scorer.fit(data, [0, 1]), scorer.assess_frame, scorer.input_report]
    for act in acts:
        with pytest.raises(ColumnNameError, match="more than one column of this name") as error:
            act(frame)
        assert error.value.names == (names[0],)
        scorer.fit(np.eye(2), [0, 1])


def test_infinity_is_rejected_and_nan_is_a_missing_value() -> None:
    x = np.array([[1.0], [np.nan], [3.0], [4.0]])
    assert cr.LogisticScorer().fit(x, [0, 1, 0, 1]).labels == ("x0",)
    x[0] = np.inf
    with pytest.raises(ValueError, match="infinity"):
        cr.LogisticScorer().fit(x, [0, 1, 0, 1])


@pytest.mark.parametrize(
    "other",
    ["accounts", b"accounts", None, 5, iter([[1.0], [2.0]]), cr.Borrower(amount_overdue=1, days_past_due=2)],
)
def test_other_objects_are_rejected(other: Any) -> None:
    why = "X must be a frame, a list of borrowers, or an array of two dimensions, not"
    with pytest.raises(ArgumentError, match=why):
        cr.LogisticScorer().fit(other, [0, 1])
    with pytest.raises(ArgumentError, match=why):
        cr.LogisticScorer().fit(table(), labels()).predict(other)


def test_the_names_of_arrays_must_be_text() -> None:
    with pytest.raises(ArgumentError, match="X must have text as the names of columns, not 1"):
        cr.LogisticScorer().fit({1: np.arange(4.0)}, [0, 1, 0, 1])


@pytest.mark.parametrize("name", ["record", "rows", "places", "weights", "knots", "fields"])
def test_a_column_may_have_the_name_of_an_attribute(name: str) -> None:
    frame = table().select(pl.col("size").alias(name), "age")
    scorer = cr.LogisticScorer().fit(frame, labels())
    expected = cr.LogisticScorer().fit(table().select("size", "age"), labels())
    np.testing.assert_allclose(
        scorer.predict_proba(frame), expected.predict_proba(table().select("size", "age"))
    )


@pytest.mark.parametrize("name", ["_id", "__class__", "_record", ""])
def test_a_column_that_a_formula_could_not_read_is_rejected(name: str) -> None:
    frame = table().rename({"size": name})
    with pytest.raises(
        ColumnNameError, match=f"{name!r}: a fit reads no column without a name, or whose name"
    ):
        cr.LogisticScorer().fit(frame, labels())
    assert cr.LogisticScorer(characteristics=["age"]).fit(frame, labels()).labels == ("age",)


def test_the_fields_of_borrowers_become_columns() -> None:
    rows = accounts().select("amount_overdue", "days_past_due", "attitude", "borrower_id").to_dicts()
    borrowers = [cr.Borrower(**row) for row in rows]
    scorer = cr.LogisticScorer(characteristics=["attitude", "repayment_plan"]).fit(borrowers, visited())
    assert scorer.labels == ("attitude", "repayment_plan")
    assert scorer.predict_proba(borrowers[:3]).shape == (3, 2)


@attrs.frozen(kw_only=True)
class WithNote(cr.Borrower):
    note: str | None = None


def test_a_text_of_a_borrower_may_be_missing() -> None:
    """The text "None" is another level than a missing value."""
    notes = ["called", None, "moved", None]
    borrowers = [WithNote(amount_overdue=1, days_past_due=2, note=note) for note in notes * 10]
    scorer = cr.LogisticScorer(characteristics=["note"], borrower_type=WithNote)
    (curve,) = scorer.fit(borrowers, [0, 1, 0, 0] * 10).scorecard_.characteristics
    assert isinstance(curve, cr.Levels)
    assert [level for level, _ in curve.levels] == ["called", "moved"]
    assert (curve.if_missing or 0) > 0


def test_borrowers_of_a_subclass_may_stand_among_those_of_its_base() -> None:
    own = WithNote(amount_overdue=3, days_past_due=4, note="a")
    borrowers = [cr.Borrower(amount_overdue=1, days_past_due=2), own] * 4
    scorer = cr.LogisticScorer(characteristics=["amount_overdue"]).fit(borrowers, [0, 1, 1, 0] * 2)
    assert scorer.predict_proba(borrowers).shape == (8, 2)
    with pytest.raises(ArgumentError, match="one class of borrowers, WithNote, and element 1 is a Borrower"):
        scorer.fit(borrowers[::-1], [0, 1, 1, 0] * 2)
    with pytest.raises(ArgumentError, match="one class of borrowers, Borrower, and element 8 is a dict"):
        scorer.fit([*borrowers, {}], [0, 1, 1, 0] * 2)


class RecordingEstimator:
    """An estimator that records the checks of scikit-learn before 1.6."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def _check_feature_names(self, frame: Any, *, reset: bool) -> None:
        self.calls.append(f"names of {frame.columns}, reset {reset}")

    def _check_n_features(self, frame: Any, *, reset: bool) -> None:
        self.calls.append(f"{frame.shape[1]} columns, reset {reset}")

    def _validate_data(self, data: Any, *, reset: bool, dtype: Any, force_all_finite: str) -> Any:
        self.calls.append(f"{force_all_finite}, reset {reset}")
        return np.asarray(data, dtype=dtype)


def test_before_scikit_learn_1_6_the_estimator_checks_its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sklearn.utils.validation, "validate_data", raising=False)
    estimator = RecordingEstimator()
    frame = table().select("size")
    found, has_names = as_data(estimator, frame, reset=True)
    assert found is frame
    assert has_names
    array, has_names = as_data(estimator, [[1, 2]], reset=False)
    assert array["x1"].tolist() == [2.0]
    assert not has_names
    assert estimator.calls == [
        "names of ['size'], reset True",
        "1 columns, reset True",
        "allow-nan, reset False",
    ]


def test_tags_say_the_same_on_every_scikit_learn() -> None:
    older = cr.LogisticScorer()._more_tags()  # noqa: SLF001  # scikit-learn's name before 1.6
    assert older == {"binary_only": True, "allow_nan": True}


def test_the_name_of_a_column_is_not_labels() -> None:
    with pytest.raises(ArgumentError, match=r"y must be labels, one for each row, .* pass X\['visited'\]"):
        as_labels("visited", 3)
