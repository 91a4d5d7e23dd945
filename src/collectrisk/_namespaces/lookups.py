"""The terms of a sum that each row looks up in a table: small tables are joined, and looked up once."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._namespaces.array_columns import is_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from collectrisk._namespaces.array_columns import TextArray
    from collectrisk._typing import Array

MAX_TABLE = 4096
"""Up to this many whole numbers, a table of the results is filled once for all rows that look them up."""

SMALL = 2**15 - 1
"""The largest integer of 16 bits with a sign."""

MAX_JOINT = 2**15
"""A joint table of at most this many sums stays in the processor's cache, and its places have 16 bits."""


@attrs.frozen(eq=False)
class Lookup:
    """A term of a sum, not yet looked up.

    Attributes
    ----------
    places : array of int or bool
        Each row's place in the table. What is before the first counts as the first, what is after the
        last as the last.
    table : array of float
        The term at each place.
    """

    places: Array
    table: Array

    def column(self) -> Array:
        """Return the term of each row."""
        return self.table.take(self.places, mode="clip")

    def narrow(self) -> Array:
        """Return the places within the table, as integers of at most 16 bits."""
        last, places = len(self.table) - 1, self.places
        if places.dtype == np.bool_:
            return places.view(np.int8)
        # As unsigned numbers, negative places are large. NumPy limits numbers with a sign the fastest.
        if places.dtype != np.int16 and places.view(f"u{places.itemsize}").max(initial=0) > SMALL:
            places = places.clip(0, last)
        return places.astype(np.int16, copy=False).clip(0, last)

    def replaced(self, condition: Array, term: float) -> Lookup:
        """Return a lookup with another term where a condition is true."""
        places, last = self.narrow(), len(self.table)
        return Lookup(np.maximum(places, condition * places.dtype.type(last)), np.append(self.table, term))


def lookup_of(
    curve: Callable[..., float], x: Any, knots: Sequence[float], points: Sequence[float]
) -> Lookup | None:
    """Return the points of integers by a table; None for other numbers, or if it would be too large."""
    if not is_whole(x) or (found := _table(curve, tuple(knots), tuple(points))) is None:
        return None
    lowest, table = found
    whole = x.view(np.ndarray)
    if lowest < 0 or whole.dtype == np.uint64:
        # The difference of the numbers themselves might be too large for their type, and NumPy reads
        # places from 2**63 on as negative ones.
        limits, highest = np.iinfo(whole.dtype), lowest + len(table) - 1
        whole = whole.clip(max(lowest, limits.min), min(highest, limits.max)).astype(np.intp) - lowest
    return Lookup(whole, table)


def lookup_of_text(x: TextArray, table: Mapping[str, float], otherwise: float) -> Lookup:
    """Return the table's number for each text; NaN where it is missing."""
    points = np.array([*(table.get(level, otherwise) for level in x.levels), np.nan])
    codes = x.codes
    if codes.min(initial=0) < 0:  # the last element is for a missing text
        codes = np.where(codes < 0, len(x.levels), codes)
    return Lookup(codes, points)


@functools.lru_cache(maxsize=256)
def _table(
    curve: Callable[..., float], knots: tuple[float, ...], points: tuple[float, ...]
) -> tuple[int, Array] | None:
    """Return the points of each whole number in the range of the knots, outside which they are constant.

    The first element of the table is for the lowest number, zero or less.
    """
    if not all(map(math.isfinite, knots)):
        return None
    lowest, highest = min(math.floor(knots[0]), 0), max(math.ceil(knots[-1]), 0)
    if highest - lowest >= MAX_TABLE:
        return None
    table = [curve(float(number), knots, points) for number in range(lowest, highest + 1)]
    return lowest, np.array(table, dtype=np.float64)


def joined(lookups: Iterable[Lookup]) -> Iterator[Array]:
    """Return columns that have the same sum as the lookups, as few as the size of joint tables allows.

    Which terms are added first depends on the tables only, so that a row has the same sum in any block.
    """
    groups: list[list[Lookup]] = []
    for each in sorted(lookups, key=_size, reverse=True):
        fits = (group for group in groups if math.prod(map(_size, (*group, each))) <= MAX_JOINT)
        if (group := next(fits, None)) is None:
            groups.append([each])
        else:
            group.append(each)
    return (_sum(*group) for group in groups)


def _size(lookup: Lookup) -> int:
    return len(lookup.table)


def _sum(first: Lookup, *others: Lookup) -> Array:
    """Return the sum of several lookups in each row."""
    if len(first.places) < math.prod(map(_size, others), start=_size(first)):
        # The joint table would take longer than the rows.
        total = first.column()
        for each in others:
            total += each.column()
        return total
    places, table = first.narrow(), first.table
    for each in others:
        places = places * np.int16(_size(each))
        places += each.narrow()
        table = np.add.outer(table, each.table).ravel()
    return Lookup(places, table).column()
