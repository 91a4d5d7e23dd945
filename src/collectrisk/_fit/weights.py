"""Validates the weights of rows and of classes, and scales those of rows.

References
----------
L. Kish, *Survey Sampling* (1965): the effective number of rows.
"""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

import numpy as np
import sklearn.utils.validation as sklearn_validation

from collectrisk._fields import is_missing
from collectrisk._frames import is_sparse, unmasked
from collectrisk._parameters import to_number
from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collectrisk._display.words import Words
    from collectrisk._typing import Array

MAX_WEIGHT = 1e12
"""The bound of a weight; sums of larger ones would lose the digits of the other rows."""

COUNTS, IMPORTANCE = "counts", "importance"
"""What the weights of rows may mean."""


def as_weights(given: Any, rows: int) -> Array:
    """Return the weight of each row, by default 1.

    Parameters
    ----------
    given : sequence of float, shape (n_rows,), or None
        The user's weights.
    rows : int
        The number of rows.

    Raises
    ------
    ArgumentError
        If there is not one number for each row, or one is negative.
    ValueError
        If a weight is missing, infinite, or not a number.
    """
    return np.broadcast_to(np.float64(1.0), rows) if given is None else _sample_weight(given, rows)


def scaled_to_effective_rows(weights: Array) -> Array:
    """Return weights above 0, scaled so that their sum is the effective number of rows (Kish 1965).

    That is the number of rows with weight 1 whose mean has the same variance.

    Examples
    --------
    >>> import numpy as np
    >>> scaled_to_effective_rows(np.array([5.0, 5.0]))
    array([1., 1.])
    """
    if not len(weights):
        return weights
    shares = weights / weights.max()  # so that not all squares underflow
    found: Array = shares * (shares.sum() / (shares @ shares))
    return found


def note_of_weights(counted: tuple[int, float] | None, meaning: str | None, words: Words) -> str:
    """Return what a fit made of its weights.

    Parameters
    ----------
    counted : (int, float), optional
        The number of rows, and what they count as; None if all weights are 1, of which there is no note.
    meaning : str or None
        What the weights mean.
    words : Words
        The language.

    Examples
    --------
    >>> from collectrisk._display.words import words_in
    >>> note_of_weights((2, 1.2), "importance", words_in("en"))
    'Each row is one account, whatever its weight: 2 rows count as 1.2.'
    """
    if counted is None:
        return ""
    texts = words.summary
    if meaning is None:
        return str(texts.no_intervals.format(texts.without_meaning))
    rows, total = counted
    text = texts.counts if meaning == COUNTS else texts.importance
    return str(text.format(f"{rows:,}", f"{total:,.1f}"))


def as_class_weights(class_weight: Any, classes: Array, labels: Array, weights: Array) -> Array:
    """Return the weight of each class.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        The weights; those of balanced classes are inverse to their rows. By default 1.
    classes : array, shape (2,)
        The classes.
    labels : array, shape (n_rows,)
        The labels.
    weights : array of float, shape (n_rows,)
        The weight of each row.

    Raises
    ------
    ArgumentError
        If the weights are not numbers, 0 or more for each class, and above 0 for one.
    """
    if class_weight is None:
        return np.ones(len(classes))
    if isinstance(class_weight, str) and class_weight == "balanced":
        # scikit-learn's own function counts rows and ignores their weights.
        totals = np.array([weights[labels == each].sum() for each in classes])
        return totals.sum() / len(classes) / totals if totals.all() else np.ones(len(classes))
    requirement = 'must be a dict with the weight of each class, or "balanced"'
    if not isinstance(class_weight, dict):
        raise ArgumentError("class_weight", f"{requirement}, not {shown(class_weight)}")
    known = classes.tolist()
    for each, weight in class_weight.items():
        if each not in known:
            names = ", ".join(map(shown, known))
            raise ArgumentError("class_weight", f"{requirement}, {names}, and {shown(each)} is not one")
        if not isinstance(to_number(weight), float):
            seen = f"{shown(weight)} for {shown(each)}"
            raise ArgumentError("class_weight", f"{requirement}, a number, not {seen}")
    found = np.array([to_number(class_weight.get(each, 1.0)) for each in known])
    if not found.any():
        raise ArgumentError("class_weight", "must be above 0 for one of the classes")
    return _bounded(found, "class_weight")


def _bounded(weights: Array, argument: str) -> Array:
    """Return weights, which must be 0 or more and less than the bound; NaN is neither."""
    if invalid := weights[~((weights >= 0) & (weights < MAX_WEIGHT))].tolist():
        raise ArgumentError(
            argument,
            f"must have values of 0 or more and less than {MAX_WEIGHT:g}, not {invalid[0]:g}; divide all "
            "weights by their mean",
        )
    return weights


def _sample_weight(weights: Any, rows: int) -> Array:
    if not is_sparse(weights):
        _require_numbers(np.asarray(unmasked(weights)))
    try:
        found: Array = sklearn_validation.check_array(
            unmasked(weights),
            dtype=np.float64,
            ensure_2d=False,
            ensure_min_samples=0,
            input_name="sample_weight",
        )
    except OverflowError:
        raise ArgumentError("sample_weight", "contains an integer that is too large for a float") from None
    if found.shape != (rows,):
        raise ArgumentError(
            "sample_weight", f"must have {rows} numbers, one per row; its shape is {found.shape}"
        )
    if (found < 0).any():
        raise ArgumentError("sample_weight", f"must not be below 0, and {found.min()} is")
    return _bounded(found, "sample_weight")


def _require_numbers(weights: Array) -> None:
    """Raise `ArgumentError` unless an array has numbers; scikit-learn would parse text and dates."""
    if weights.dtype == object:
        others = [each for each in weights.flat if not (isinstance(each, numbers.Real) or is_missing(each))]
    else:
        others = [] if weights.dtype.kind in "biuf" else weights.ravel().tolist()
    if others:
        seen = shown(others[0])
        raise ArgumentError("sample_weight", f"must be numbers, one per row, and {seen} is not one")
