"""Finding columns of text or numbers that identify accounts or people."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._borrower import Borrower
from collectrisk._curves import Levels
from collectrisk._fields import field_specs
from collectrisk._namespaces.arrays import TextArray
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._curves import Characteristic

MIN_ROWS = 20
"""In this many rows or fewer, texts may be different by chance."""

MAX_SHARE = 0.5
"""The largest number of different texts, as a share of the known ones."""


def refuse_identifiers(characteristics: Iterable[Characteristic], record: Any) -> None:
    """Raise `ArgumentError` if a column whose texts become levels has a different one in nearly every row.

    Such texts are account numbers, names or remarks. They say nothing about another account, and each
    of them would be written into the card.

    Parameters
    ----------
    characteristics : iterable of Characteristic
        The prior curves. Levels that they have already are not new in the card.
    record : Record
        The columns.
    """
    found = [each.field for each in characteristics if isinstance(each, Levels) and _identifies(each, record)]
    if found:
        columns = ", ".join(map(repr, dict.fromkeys(found)))
        raise ArgumentError(
            "X",
            f"must not have a different text in nearly every row of a characteristic, as {columns} has: "
            "account numbers, names and remarks say nothing about other accounts, and each would be "
            "written into the card as a level (personal data). Drop the column, name the others in "
            "characteristics=, or group its texts",
        )


LEAST_NUMBER = 1_000_000
"""Different numbers that all have seven digits or more are account numbers rather than amounts."""

ROWS_FIRST, ROWS_COMPARED = 1_000, 50_000
"""Most columns are not identifiers in the first rows already, so that the others need not be compared."""

LEAST_EXPECTED, LARGEST_SHARE = 14.0, 0.1
"""Numbers that are drawn from some range repeat each other, and account numbers do not. Numbers are taken for
account numbers if so many pairs of equal ones are to be expected, and at most this share of them is found.

The probability that none is found is at most ``exp(-14)``, or one in a million, whatever the distribution.
"""


def warn_of_numbers(names: Iterable[str], record: Any) -> None:
    """Warn of columns of integers that do not repeat each other, in the way of account numbers.

    The fields of `Borrower` are left out, because a frame may be sorted by them.
    """
    for name in sorted(set(names) - set(field_specs(Borrower)), key=list(names).index):
        values = getattr(record, name)
        if isinstance(values, np.ndarray) and _numbers_rows(np.asarray(values)):
            warnings.warn(
                f"{name!r} has a different integer in nearly every row, in running order, of many digits, or "
                "from so small a range that measurements would repeat each other. Account numbers are such, "
                "and say nothing about other accounts: drop the column, or name the others in "
                "characteristics=",
                stacklevel=4,  # the line that calls `LogisticScorer.fit`
            )


def _numbers_rows(values: Any) -> bool:
    if len(values) <= MIN_ROWS or values.dtype.kind not in "iuf":
        return False
    first, some = values[:ROWS_FIRST], values[:ROWS_COMPARED]
    if not np.array_equal(first, np.floor(first)):
        return False
    pairs, expected = _equal_pairs(first)
    if pairs <= LARGEST_SHARE * expected:
        pairs, expected = _equal_pairs(some)
        if expected >= LEAST_EXPECTED and pairs <= LARGEST_SHARE * expected:
            return np.array_equal(some, np.floor(some))
    return all(_are_in_order_or_long(rows) for rows in (first, values))


def _are_in_order_or_long(rows: Any) -> bool:
    """Return whether integers are in running order, or all different and of many digits."""
    if not np.array_equal(rows, np.floor(rows)):
        return False
    earlier, later = rows[:-1], rows[1:]
    is_running = bool((later > earlier).all() or (later < earlier).all())
    return is_running or bool(rows.min() >= LEAST_NUMBER and len(np.unique(rows)) == len(rows))


def _equal_pairs(rows: Any) -> tuple[float, float]:
    """Return the number of pairs of equal numbers, and the one to be expected if all are equally probable.

    With any other probabilities of the numbers from the smallest to the largest, there are more such pairs.
    """
    _, counts = np.unique(rows, return_counts=True)
    span = float(rows.max()) - float(rows.min()) + 1.0
    return float((counts * (counts - 1.0)).sum() / 2.0), len(rows) * (len(rows) - 1.0) / 2.0 / span


def _identifies(curve: Levels, record: Any) -> bool:
    values = getattr(record, curve.field)
    if not isinstance(values, TextArray):
        return False
    counts = np.bincount(values.codes[values.codes >= 0], minlength=len(values.levels))
    known = counts.sum()
    prior = {level for level, _ in curve.levels}
    new = sum(values.levels[code] not in prior for code in np.flatnonzero(counts).tolist())
    return bool(known > MIN_ROWS and new > MAX_SHARE * known)
