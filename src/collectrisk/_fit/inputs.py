"""What a fit takes in: frames, arrays or borrowers, and labels, as scikit-learn checks them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np
import scipy.sparse
import sklearn.utils.validation as checks
from sklearn.utils import assert_all_finite
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from collectrisk._borrower import Borrower
from collectrisk._fields import field_specs, is_missing
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collectrisk._typing import Array


def as_data(estimator: Any, data: Any, *, reset: bool) -> Any:
    """Return a frame as it is, and an array or borrowers as a mapping of columns.

    Parameters
    ----------
    estimator : BaseEstimator
        Remembers the number and names of features if `reset`, and holds the data to them if not.
    data : eager frame, mapping of arrays, sequence of Borrower, or array of shape (n_rows, n_columns)
        The rows.
    reset : bool
        Whether this is a fit.
    """
    if isinstance(data, Sequence) and data and isinstance(data[0], Borrower):
        data = _columns_of_borrowers(data)
    frame = nw.from_native(data, pass_through=True)
    # A lazy frame is refused where it is opened, in words that serve every scorer.
    if isinstance(frame, nw.LazyFrame) or (isinstance(data, Mapping) and not scipy.sparse.issparse(data)):
        return data
    # A frame that numbers its columns is as good as an array.
    if isinstance(frame, nw.DataFrame) and all(isinstance(name, str) for name in frame.columns):
        _check_names(estimator, data, reset=reset)
        return data
    matrix = _check_array(estimator, data, reset=reset)
    return {f"x{place}": matrix[:, place] for place in range(matrix.shape[1])}


def _columns_of_borrowers(borrowers: Sequence[Borrower]) -> dict[str, Array]:
    fields = [name for name, spec in field_specs(type(borrowers[0])).items() if not spec.private]
    return {name: _column([getattr(borrower, name) for borrower in borrowers]) for name in fields}


def _column(values: list[Any]) -> Array:
    texts = isinstance(values[0], str)
    return np.array([str(value) for value in values], dtype=object) if texts else np.array(values)


def _check_names(estimator: Any, frame: Any, *, reset: bool) -> None:
    """Remember the columns of a frame, or hold it to those of the fit."""
    if hasattr(checks, "validate_data"):
        checks.validate_data(estimator, frame, reset=reset, skip_check_array=True)
        return
    with warnings.catch_warnings():
        # It asks polars for an interchange format that polars will give up.
        warnings.simplefilter("ignore", DeprecationWarning)
        estimator._check_feature_names(frame, reset=reset)  # noqa: SLF001  # before scikit-learn 1.6 there is no public name
    estimator._check_n_features(frame, reset=reset)  # noqa: SLF001  # before scikit-learn 1.6 there is no public name


def _check_array(estimator: Any, data: Any, *, reset: bool) -> Array:
    """Return numbers in rows and columns; NaN is a missing value, and infinity an error."""
    if hasattr(checks, "validate_data"):
        found: Array = checks.validate_data(
            estimator, data, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan"
        )
        return found
    return estimator._validate_data(  # type: ignore[no-any-return]  # noqa: SLF001  # before scikit-learn 1.6 there is no public name
        data, reset=reset, dtype=np.float64, force_all_finite="allow-nan"
    )


def as_labels(labels: Any, rows: int) -> Array:
    """Return two-class labels as an array, one a row; no rows need none.

    Raises
    ------
    ValueError
        If labels are missing, of more than two classes, or more or fewer than the rows.
    """
    if not rows and (labels is None or not len(labels)):
        return np.zeros(0, dtype=np.int64)
    if labels is None:
        raise ValueError("a fit requires y to be passed, but the target y is None")
    found = checks.column_or_1d(np.asarray(labels), warn=True)
    _all_known(found) if found.dtype == object else assert_all_finite(found, input_name="y")
    if len(found) != rows:
        raise ValueError(f"found {rows} rows and {len(found)} labels; each row needs one label")
    check_classification_targets(found)
    kind = type_of_target(found, input_name="y")
    if kind != "binary" and len(np.unique(found)) > 2:
        raise ValueError(
            f"Only binary classification is supported. The type of the target is {kind}; "
            "a label says whether an account was visited"
        )
    return np.asarray(found)


def _all_known(labels: Array) -> None:
    unknown = [row for row, label in enumerate(labels) if is_missing(label)]
    if unknown:
        raise ArgumentError("y", f"must be known in every row, and is missing in row {unknown[0]}")


def as_weights(given: Any, labels: Array, class_weight: Any) -> Array:
    """Return how often each row counts: once, where nothing is said.

    Parameters
    ----------
    given : sequence of float, shape (n_rows,), or None
        The user's weights.
    labels : array, shape (n_rows,)
        The labels.
    class_weight : dict, "balanced" or None
        What multiplies the weights of each class.

    Raises
    ------
    ArgumentError
        If there is not one number for each row, or one is below zero.
    ValueError
        If a weight is missing, infinite, or no number.
    """
    weights = np.broadcast_to(np.float64(1.0), len(labels)) if given is None else _numbers(given, len(labels))
    if class_weight is None or not weights.any():
        return weights
    balanced = isinstance(class_weight, str) and class_weight == "balanced"
    factors: Array = _balance(labels, weights) if balanced else compute_sample_weight(class_weight, labels)
    return weights * factors


def _numbers(weights: Any, rows: int) -> Array:
    found: Array = checks.check_array(
        weights, dtype=np.float64, ensure_2d=False, ensure_min_samples=0, input_name="sample_weight"
    )
    if found.shape != (rows,):
        raise ArgumentError("sample_weight", f"must hold {rows} numbers, one a row, not {found.shape}")
    if (found < 0).any():
        raise ArgumentError("sample_weight", f"must not be below 0, and {found.min()} is")
    return found


def _balance(labels: Array, weights: Array) -> Array:
    """Return what makes all classes weigh the same; scikit-learn's own counts rows and not weights."""
    _, place = np.unique(labels, return_inverse=True)
    totals = np.bincount(place, weights)
    totals[totals == 0] = np.inf
    factors: Array = (weights.sum() / np.isfinite(totals).sum() / totals)[place]
    return factors
