"""Masked NumPy arrays, whose masked elements are missing values."""

from __future__ import annotations

from typing import Any

import numpy as np


def unmasked(values: Any) -> Any:
    """Return a masked array as a plain one in which the masked elements are missing values.

    They are NaN in an array of numbers, NaT in one of dates or durations, and None in an array of
    objects, to which every other type is converted. Anything that is not a masked array is returned
    as it is. `numpy.asarray` would ignore the mask.
    """
    if not isinstance(values, np.ma.MaskedArray):
        return values
    mask = np.ma.getmaskarray(values)
    if mask.dtype != np.bool_ or not mask.any():  # a record has a mask for each of its parts
        return values.data
    kind = values.dtype.kind
    missing = {"i": np.nan, "u": np.nan, "f": np.nan, "M": "NaT", "m": "NaT"}.get(kind)
    dtype = np.float64 if kind in "iuf" else values.dtype if kind in "Mm" else np.dtype(object)
    plain = values.data.astype(dtype)
    plain[mask] = missing
    return plain
