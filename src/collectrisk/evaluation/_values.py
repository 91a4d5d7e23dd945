"""Numbers of the accounts, read and validated: probabilities and weights."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._fields import is_boolean, is_missing, is_number
from collectrisk._frames import values_of
from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collectrisk._typing import Array

SMALLEST_WEIGHT, LARGEST_WEIGHT = 1e-100, 1e100
"""The interval of positive weights; products of sums of weights are finite and not zero."""


def read_numbers(values: Any, data: Any, argument: str, requirement: str) -> Array:
    """Return one number per row, NaN where it is missing.

    Raises
    ------
    ArgumentError
        If a value is not a number; NumPy would parse text.
    """
    listed = [math.nan if is_missing(value) else value for value in values_of(values, data, argument)]
    other = next((value for value in listed if not (is_number(value) or is_boolean(value))), None)
    if other is not None:
        raise ArgumentError(argument, f"must be {requirement}; a value is {shown(other)}")
    try:
        return np.array(listed, dtype=np.float64)
    except OverflowError:
        why = f"must be {requirement}; an integer is too large for a float"
        raise ArgumentError(argument, why) from None


def read_weights(values: Any, data: Any, rows: int, accounts: Array) -> Array:
    """Return the weight of each account, 1 by default."""
    if values is None:
        return np.ones(len(accounts))
    weights = read_numbers(values, data, "sample_weight", "one number per row")
    require_length("sample_weight", weights, rows)
    weights = weights[accounts]
    valid = (weights == 0) | ((weights >= SMALLEST_WEIGHT) & (weights <= LARGEST_WEIGHT))
    if not valid.all():
        row = int(np.flatnonzero(~valid)[0])
        seen = "missing" if np.isnan(weights[row]) else shown(float(weights[row]))
        raise ArgumentError(
            "sample_weight",
            f"must be known, and 0 or from {SMALLEST_WEIGHT:g} to {LARGEST_WEIGHT:g}; "
            f"{(~valid).sum():,} are not (row {accounts[row]}, from 0: {seen})",
        )
    if not weights.any():
        raise ArgumentError("sample_weight", "must be above 0 for at least one account")
    return weights


def require_length(argument: str, values: Any, rows: int) -> None:
    """Raise `ArgumentError` if there is not one value for each account."""
    if len(values) != rows:
        raise ArgumentError(
            argument, f"must have one value for each of {rows:,} accounts, not {len(values):,}"
        )
