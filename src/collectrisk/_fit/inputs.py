"""Validates what a fit receives: frames, arrays or borrowers, and labels."""

from __future__ import annotations

import numbers
import warnings
from collections.abc import Iterator, Mapping, Sequence, Sized
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np
import sklearn.utils.validation as sklearn_validation
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from collectrisk._borrower import Borrower
from collectrisk._fields import field_specs, is_missing
from collectrisk._frames import as_narwhals, is_named, is_sparse, not_a_frame, unmasked
from collectrisk.errors import ArgumentError, shown, type_name

if TYPE_CHECKING:
    from collectrisk._typing import Array


def as_data(estimator: Any, data: Any, *, reset: bool) -> tuple[Any, bool]:
    """Return a frame as it is, and an array or borrowers as a mapping of columns.

    Also return whether the columns have names of their own, as those of an array do not.

    Parameters
    ----------
    estimator : BaseEstimator
        Stores the number and names of the features if `reset`; otherwise the data must match them.
    data : eager frame, mapping of arrays, sequence of Borrower, or array of shape (n_rows, n_columns)
        The rows.
    reset : bool
        Whether this is a fit.
    """
    if data is None or isinstance(data, (str, bytes, numbers.Number, Iterator, Borrower)):
        raise ArgumentError(
            "X", f"must be a frame, a list of borrowers, or an array of two dimensions, not {shown(data)}"
        )
    if are_borrowers(data):
        data = _columns_of_borrowers(data)
    frame = as_narwhals(data)
    if is_sparse(data):
        raise not_a_frame(data)
    # A lazy frame is rejected when it is read, with an error that suits every scorer.
    if isinstance(frame, nw.LazyFrame):
        return data, True
    if isinstance(data, Mapping):
        if invalid := [name for name in data if not isinstance(name, str)]:
            raise ArgumentError("X", f"must have text as the names of columns, not {shown(invalid[0])}")
        return data, True
    # A frame whose column names are numbers is treated as an array.
    if isinstance(frame, nw.DataFrame) and is_named(frame):
        _check_names(estimator, data, reset=reset)
        return data, True
    if getattr(getattr(data, "dtype", None), "kind", "") in {"m", "M"}:
        raise ArgumentError("X", "must contain numbers, not dates or durations; convert these to days first")
    matrix = _check_array(estimator, unmasked(data), reset=reset)
    return {f"x{index}": column for index, column in enumerate(matrix.T)}, False


def are_borrowers(data: Any) -> bool:
    """Return whether rows are borrowers, whose values are those of the fields already."""
    return isinstance(data, Sequence) and len(data) > 0 and isinstance(data[0], Borrower)


def _columns_of_borrowers(borrowers: Sequence[Any]) -> dict[str, Array]:
    kind = type(borrowers[0])
    if others := [place for place, each in enumerate(borrowers) if not isinstance(each, kind)]:
        seen = f"element {others[0]} is {type_name(borrowers[others[0]])}"
        raise ArgumentError("X", f"must be a list with one class of borrowers, {kind.__name__}, and {seen}")
    columns = {}
    for name, spec in field_specs(kind).items():
        if spec.private:
            continue
        values = [getattr(borrower, name) for borrower in borrowers]
        # str() turns enum members into their values; a text may be missing.
        texts = [str(value) if isinstance(value, str) else value for value in values]
        is_text = spec.validator.kind in {"text", "choice"}
        columns[name] = np.array(texts, dtype=object) if is_text else np.array(values)
    return columns


def _check_names(estimator: Any, frame: Any, *, reset: bool) -> None:
    """Store the column names of a frame, or check that they are those of the fit."""
    if hasattr(sklearn_validation, "validate_data"):
        sklearn_validation.validate_data(estimator, frame, reset=reset, skip_check_array=True)
        return
    with warnings.catch_warnings():
        # It uses the interchange protocol, which polars has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        estimator._check_feature_names(frame, reset=reset)  # noqa: SLF001  # not public before scikit-learn 1.6
    estimator._check_n_features(frame, reset=reset)  # noqa: SLF001  # not public before scikit-learn 1.6


def _check_array(estimator: Any, data: Any, *, reset: bool) -> Array:
    """Return an array of numbers; NaN is a missing value, and infinity an error."""
    if hasattr(sklearn_validation, "validate_data"):
        matrix: Array = sklearn_validation.validate_data(
            estimator, data, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan"
        )
        return matrix
    return estimator._validate_data(  # type: ignore[no-any-return]  # noqa: SLF001  # not public before scikit-learn 1.6
        data, reset=reset, dtype=np.float64, force_all_finite="allow-nan"
    )


def as_labels(labels: Any, rows: int, classes: Array | None = None) -> Array:
    """Return labels of at most two classes as an array; without rows, none are needed.

    Parameters
    ----------
    labels : sequence, shape (n_rows,), or None
        The labels.
    rows : int
        The number of rows.
    classes : array, optional
        The only valid labels; by default any two are valid.

    Raises
    ------
    ValueError
        If labels are missing, have more than two classes, or are not as many as the rows.
    """
    if not rows and (labels is None or (isinstance(labels, Sized) and not len(labels))):
        return np.zeros(0, dtype=np.int64)
    if labels is None:
        raise ValueError("a fit requires y to be passed, but the target y is None")
    if isinstance(labels, str):
        raise ArgumentError("y", f"must be labels, one for each row, not a name; pass X[{shown(labels)}]")
    found: Array = sklearn_validation.column_or_1d(np.asarray(unmasked(labels)), warn=True)
    if found.dtype == object:
        unknown = [row for row, label in enumerate(found) if is_missing(label)]
        if unknown:
            raise ArgumentError("y", f"must be known in every row, and is missing in row {unknown[0]}")
        typed = np.array(found.tolist())
        found = typed if typed.dtype.kind in "biuf" else found
    else:
        assert_all_finite(found, input_name="y")
    if len(found) != rows:
        raise ValueError(f"found {rows} rows and {len(found)} labels; each row needs one label")
    # scikit-learn finds in two distinct labels what it finds in a million rows of them.
    distinct = found if found.dtype == object else np.unique(found)
    checked = distinct if len(distinct) <= 2 else found
    check_classification_targets(checked)
    kind = type_of_target(checked, input_name="y")
    if kind != "binary" and len(np.unique(checked)) > 2:
        raise ValueError(
            f"Only binary classification is supported. The type of the target is {kind}; "
            "a label says whether an account was visited"
        )
    known = set(checked.tolist() if classes is None else classes.tolist())
    others = set(checked.tolist()) - known
    if others:
        of_fit, seen = (", ".join(sorted(map(shown, each))) for each in (known, others))
        raise ArgumentError("y", f"must be labels of the fit, {of_fit}, not {seen}; convert them first")
    return found
