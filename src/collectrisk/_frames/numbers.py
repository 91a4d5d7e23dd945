"""Validating a block of numbers of which all are valid, as in most blocks, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collectrisk._fields import NumberValidator
    from collectrisk._typing import Array

SMALL = np.iinfo(np.int16)
"""Integers of this type take a quarter of the memory, and of the time to read them."""


def numbers_if_valid(values: Array, validator: NumberValidator, dtype: Any) -> Array | None:
    """Return floats or integers as a formula reads them if all of them are valid; otherwise None.

    Parameters
    ----------
    values : array of float or int
        The numbers.
    validator : NumberValidator
        Validates them.
    dtype : type
        The type that they get; integers remain integers of any size if it is one.
    """
    largest, is_integer = _largest_within(values, validator), values.dtype.kind in "iu"
    if largest is None or (validator.integer and not is_integer and (np.floor(values) != values).any()):
        return None
    if dtype is np.float64 or not is_integer:
        values = values.astype(dtype, copy=False)
    small = dtype is np.intp and validator.minimum == 0 and largest <= SMALL.max
    return values.astype(SMALL.dtype, copy=False) if small else values


def _largest_within(values: Array, validator: NumberValidator) -> Any:
    """Return the largest of floats or integers if all are within the limits; otherwise None.

    None, too, where one of them is a zero with a sign.
    """
    if not len(values):
        return 0
    if validator.limit >= validator.minimum == 0:
        # As unsigned numbers, negative ones are larger than all others, and so is NaN: one pass is enough.
        largest = values.view(f"u{values.itemsize}").max()
        if values.dtype.kind == "f":
            return (
                largest.view(np.float64) if largest <= np.float64(validator.limit).view(np.uint64) else None
            )
        most = min(validator.limit, np.iinfo(values.dtype).max)
        return int(largest) if int(largest) <= most else None
    # Minimum and maximum are NaN if any value is.
    largest = values.max()
    return largest if values.min() >= validator.minimum and largest <= validator.limit else None
