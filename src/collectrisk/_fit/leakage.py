"""Finding columns that contain the labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._namespaces.arrays import TextArray
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._typing import Array

MIN_ROWS = 8
"""In fewer rows, a column may have the same pattern as the labels by chance."""

ROWS_FIRST = 1_000
"""Most columns differ from the labels in the first rows already, so that the others need not be compared."""


def refuse_labels(names: Iterable[str], record: Any, visited: Array) -> None:
    """Raise `ArgumentError` if a column has one value where an account was visited, and another elsewhere.

    Parameters
    ----------
    names : iterable of str
        The columns to compare with the labels.
    record : Record
        The columns.
    visited : array of float, shape (n_rows,)
        1 if the account was visited, else 0.
    """
    positive = visited > 0
    if len(positive) < MIN_ROWS or positive.all() or not positive.any():
        return
    found = [name for name in names if _separates(getattr(record, name), positive)]
    if found:
        columns = ", ".join(map(repr, found))
        raise ArgumentError(
            "X",
            f"must not contain the labels: {columns} has one value for all visited accounts and another for "
            "all others, so that nothing else would be learned; drop the column, or name the others in "
            "characteristics=. If it is known before a visit, pass a curve for it there",
        )


def _separates(values: Any, positive: Array) -> bool:
    values = values.codes if isinstance(values, TextArray) else np.asarray(values)
    first, other = values[positive.argmax()], values[positive.argmin()]
    expected = np.array([other, first])
    return not _same(first, other) and all(
        bool(_same(values[rows], expected[positive[rows].astype(np.intp)]).all())
        for rows in (slice(ROWS_FIRST), slice(ROWS_FIRST, None))
    )


def _same(values: Any, others: Any) -> Any:
    """Return where values are equal; a missing value is equal to another."""
    return (values == others) | ((values != values) & (others != others))
