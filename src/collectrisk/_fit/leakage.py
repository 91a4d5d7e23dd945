"""Finding columns that contain the labels."""

from __future__ import annotations

import warnings
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


MIN_AGREEMENT = 0.97
"""The share of the visited accounts, and of the others, with one value, from which a column is suspect."""

MIN_OF_EACH = 20
"""With fewer visited accounts, or fewer others, such a share may be due to chance."""


def warn_of_labels(names: Iterable[str], record: Any, visited: Array) -> None:
    """Warn of columns of two values that are almost the labels; see `refuse_labels`."""
    positive = visited > 0
    if min(int(positive.sum()), int((~positive).sum())) < MIN_OF_EACH:
        return
    shares = {name: _agreement(getattr(record, name), positive) for name in names}
    for name, share in shares.items():
        if share >= MIN_AGREEMENT:
            warnings.warn(
                f"{name!r} has one value for at least {share:.1%} of the visited accounts, and another for "
                "at least as many of the others: it is almost the labels. If it is not known before a visit, "
                "drop the column, or name the others in characteristics=",
                stacklevel=4,  # the line that calls `LogisticScorer.fit`
            )


def _agreement(values: Any, positive: Array) -> float:
    """Return the least share of a class that has the value of its class, 0 if there are more than two."""
    values = values.codes if isinstance(values, TextArray) else np.asarray(values)
    if len(np.unique(values[:ROWS_FIRST])) > 2 or len(distinct := np.unique(values)) != 2:
        return 0.0
    other = _same(values, distinct[1])
    shares = float(other[positive].mean()), float(other[~positive].mean())
    return max(min(shares[0], 1 - shares[1]), min(1 - shares[0], shares[1]))


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
