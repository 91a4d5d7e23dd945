"""Observed visits and portfolios, read and validated."""

from __future__ import annotations

import math
import numbers
from typing import TYPE_CHECKING, Any, cast

import attrs
import numpy as np

from collectrisk._fields import code_of, is_boolean, is_missing, is_number
from collectrisk._frames import values_of, visit_class
from collectrisk.errors import ArgumentError, shown
from collectrisk.evaluation._values import read_weights, require_length

if TYPE_CHECKING:
    from collectrisk._typing import Array

MISSING_PORTFOLIO = "(missing)"
"""The name of the portfolio of accounts whose portfolio is missing."""

BOOLEANS = (bool, np.bool_)


MOST_BINS = 1_000_000


def _to_confidence(value: Any) -> float:
    confidence = (
        float(value) if isinstance(value, numbers.Real) and is_number(value) and value < 1 else math.nan
    )
    if not 0 < confidence < 1:
        raise ArgumentError("confidence", f"must be between 0 and 1, such as 0.95, not {shown(value)}")
    return confidence


@attrs.frozen(eq=False)
class Outcomes:
    """The outcomes of some accounts, and the settings of a report on them.

    Attributes
    ----------
    rows : array of int
        The rows that count, because their weight is not 0.
    visited : array of bool
        Whether each of these accounts was visited.
    weights : array of float
        Their weights.
    portfolios : dict of str to array of int
        The rows of each portfolio, the largest first; empty if no portfolios were passed.
    skipped : int
        The number of rows that are not accounts, and are left out of the others.
    confidence : float
        The confidence of intervals.
    bins : int
        The number of calibration bins.
    """

    rows: Array
    visited: Array
    weights: Array
    portfolios: dict[str, Array]
    skipped: int
    confidence: float = attrs.field(converter=_to_confidence)
    bins: int = attrs.field()

    @bins.validator
    def _check_bins(self, _attribute: object, value: object) -> None:
        is_whole = isinstance(value, numbers.Integral) and is_number(value)
        if not is_whole or not 1 <= int(cast("int", value)) <= MOST_BINS:
            why = f"must be a whole number from 1 to {MOST_BINS:,}, not {shown(value)}"
            raise ArgumentError("bins", why)


def read_outcomes(
    visited: Any,
    portfolio: Any,
    data: Any,
    rows: int,
    *,
    sample_weight: Any,
    positive: object,
    confidence: float,
    bins: int,
    accounts: Array | None = None,
) -> Outcomes:
    """Return the outcomes of some rows; see `collectrisk.evaluate` for the parameters.

    `accounts` contains the rows that the mapping does not skip; all rows by default.
    """
    accounts = np.arange(rows) if accounts is None else accounts
    labels = _to_labels(*_encode("visited", visited, data, rows, accounts), positive, accounts)
    weights = read_weights(sample_weight, data, rows, accounts)
    used = np.flatnonzero(weights)
    portfolios = {}
    if portfolio is not None:
        codes, values = _encode("portfolio", portfolio, data, rows, accounts)
        portfolios = _to_portfolios(codes[used], values, weights[used])
    skipped = rows - len(accounts)
    return Outcomes(accounts[used], labels[used], weights[used], portfolios, skipped, confidence, bins)


def _encode(argument: str, values: Any, data: Any, rows: int, accounts: Array) -> tuple[Array, list[Any]]:
    """Return the code of each account's value, and the distinct values that the codes index."""
    listed = values_of(values, data, argument)
    require_length(argument, listed, rows)
    if len(accounts) < rows:
        listed = [listed[row] for row in accounts.tolist()]
    # Not np.unique, which sorts: the values may be of several types. In a dictionary, True is the same as 1.
    codes: dict[tuple[bool, Any], int] = {}
    keys = ((type(value) in BOOLEANS, value) for value in listed)
    try:
        encoded = np.fromiter((codes.setdefault(key, len(codes)) for key in keys), np.intp, len(accounts))
    except TypeError as error:
        raise ArgumentError(argument, f"must contain strings, numbers or booleans: {error}") from error
    return encoded, [value for _, value in codes]


def _to_labels(codes: Array, classes: list[Any], positive: object, accounts: Array) -> Array:
    missing = accounts[np.flatnonzero(np.array([is_missing(label) for label in classes])[codes])]
    if len(missing):
        rows = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
        raise ArgumentError(
            "visited",
            f"must be known for every account; {len(missing):,} missing (rows from 0: {rows}). "
            "Remove these accounts from the evaluation",
        )
    chosen = visit_class(list(dict.fromkeys(classes)), positive, "visited")
    return np.array([label == chosen for label in classes], dtype=np.bool_)[codes]


def groups_of(argument: str, values: Any, data: Any, rows: int, accounts: Array) -> dict[str, Array]:
    """Return the rows of each group of accounts, the largest group first; all are strings or codes.

    Parameters
    ----------
    argument : str
        The name of the argument with the groups, for error messages.
    values : array, series or list of shape (n_rows,), or str
        The group of each row, or the name of a column.
    data : eager frame, mapping of str to array, or None
        Contains a named column.
    rows : int
        The number of rows.
    accounts : array of int
        The rows that count.
    """
    codes, found = _encode(argument, values, data, rows, accounts)
    if not found:
        return {}
    groups = _to_portfolios(codes, found, np.ones(len(accounts)), argument)
    return {name: accounts[its_rows] for name, its_rows in groups.items()}


def _to_portfolios(
    codes: Array, values: list[Any], weights: Array, argument: str = "portfolio"
) -> dict[str, Array]:
    named: dict[str, object] = {}
    for value in values:
        name = _portfolio_name(value)
        first = named.setdefault(name, value)
        if first is not value and not (is_missing(first) and is_missing(value)):
            raise ArgumentError(
                argument,
                f"must not contain both {shown(first)} and {shown(value)}, which would have the same name "
                f"in the report, {name!r}; rename one of them",
            )
    names = sorted(named)
    index = {name: code for code, name in enumerate(names)}
    codes = np.array([index[_portfolio_name(value)] for value in values])[codes]
    ends = np.cumsum(np.bincount(codes, minlength=len(names)))
    rows = np.split(np.argsort(codes, kind="stable"), ends[:-1])
    found = {name: each for name, each in zip(names, rows, strict=True) if len(each)}
    return dict(sorted(found.items(), key=lambda item: -weights[item[1]].sum()))


def _portfolio_name(value: object) -> str:
    if is_missing(value):
        return MISSING_PORTFOLIO
    # As a card names it. A missing value makes a pandas column of integers one of floats.
    is_code = is_boolean(value) or (is_number(value) and math.isfinite(cast("float", value)))
    return code_of(value) if is_code else str(value)
