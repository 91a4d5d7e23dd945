"""Finding columns of text that identify accounts or people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from collectrisk._curves import Levels
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


def _identifies(curve: Levels, record: Any) -> bool:
    values = getattr(record, curve.field)
    if not isinstance(values, TextArray):
        return False
    counts = np.bincount(values.codes[values.codes >= 0], minlength=len(values.levels))
    known = counts.sum()
    prior = {level for level, _ in curve.levels}
    new = sum(values.levels[code] not in prior for code in np.flatnonzero(counts).tolist())
    return bool(known > MIN_ROWS and new > MAX_SHARE * known)
