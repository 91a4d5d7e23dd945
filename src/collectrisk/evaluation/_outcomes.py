"""Observed visits and portfolios, read and validated."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._fields import is_boolean, is_missing
from collectrisk._frames import values_of, visit_class
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collectrisk._typing import Array

MISSING_PORTFOLIO = "(missing)"
"""The name of the portfolio of accounts whose portfolio is missing."""


@attrs.frozen(eq=False)
class Outcomes:
    """The outcomes of some accounts, and the settings of a report on them.

    Attributes
    ----------
    visited : array of bool
        Whether each account was visited.
    portfolios : dict of str to array of int
        The rows of each portfolio, the largest first; empty if no portfolios were passed.
    confidence : float
        The confidence of intervals.
    bins : int
        The number of calibration bins.
    """

    visited: Array
    portfolios: dict[str, Array]
    confidence: float = attrs.field()
    bins: int = attrs.field()

    @confidence.validator
    def _check_confidence(self, _attribute: object, value: object) -> None:
        if not isinstance(value, float) or not 0 < value < 1:
            raise ArgumentError("confidence", f"must be between 0 and 1, such as 0.95, not {value!r}")

    @bins.validator
    def _check_bins(self, _attribute: object, value: object) -> None:
        if is_boolean(value) or not isinstance(value, numbers.Integral) or value < 1:
            raise ArgumentError("bins", f"must be a whole number, 1 or more, not {value!r}")


def read_outcomes(
    visited: Any, portfolio: Any, data: Any, rows: int, *, positive: object, confidence: float, bins: int
) -> Outcomes:
    """Return the outcomes of some rows; see `collectrisk.evaluate` for the parameters."""
    labels = _to_labels(*_encode("visited", visited, data, rows), positive)
    portfolios = {} if portfolio is None else _to_portfolios(*_encode("portfolio", portfolio, data, rows))
    return Outcomes(labels, portfolios, confidence, bins)


def _encode(argument: str, values: Any, data: Any, rows: int) -> tuple[Array, list[Any]]:
    """Return the code of each row's value, and the distinct values that the codes index."""
    listed = values_of(values, data, argument)
    if len(listed) != rows:
        raise ArgumentError(
            argument, f"must have one value for each of {rows:,} accounts, not {len(listed):,}"
        )
    # Not np.unique, which sorts: the values may be of several types.
    codes: dict[Any, int] = {}
    try:
        encoded = np.fromiter((codes.setdefault(value, len(codes)) for value in listed), np.intp, rows)
    except TypeError as error:
        raise ArgumentError(argument, f"must contain strings, numbers or booleans: {error}") from error
    return encoded, list(codes)


def _to_labels(codes: Array, classes: list[Any], positive: object) -> Array:
    missing = np.flatnonzero(np.array([is_missing(label) for label in classes])[codes])
    if len(missing):
        rows = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
        raise ArgumentError(
            "visited",
            f"must be known for every account; {len(missing):,} missing (rows from 0: {rows}). "
            "Remove these accounts from the evaluation",
        )
    chosen = visit_class(classes, positive, "visited")
    return np.array([label == chosen for label in classes], dtype=np.bool_)[codes]


def _to_portfolios(codes: Array, values: list[Any]) -> dict[str, Array]:
    # An array of objects, because NumPy's own strings lose trailing null characters.
    names = np.array([_portfolio_name(value) for value in values], dtype=object)
    names, name_of_value = np.unique(names, return_inverse=True)
    codes = name_of_value[codes]
    rows = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    by_name = zip(names.tolist(), rows, strict=True)
    return dict(sorted(by_name, key=lambda item: -len(item[1])))


def _portfolio_name(value: object) -> str:
    if is_missing(value):
        return MISSING_PORTFOLIO
    # A missing value makes a pandas column of integers one of floats.
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)
