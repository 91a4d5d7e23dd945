"""The distribution of a number or of levels among some accounts, as counts."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._namespaces.arrays import TextArray
from collectrisk._plain import list_in, number_in, object_in, text_in
from collectrisk.errors import InvalidCardError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._fields import NumberValidator
    from collectrisk._typing import Array


@attrs.frozen
class NumberCounts:
    """The counts of a number by bin.

    Attributes
    ----------
    edges : tuple of float
        The upper ends of the bins but the last, which has none; a bin includes its upper end.
    counts : tuple of int
        The number of accounts in each bin.
    missing : int
        The number of accounts whose value is missing.
    integer : bool
        Whether the number is a whole one.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    missing: int
    integer: bool

    @classmethod
    def of(cls, values: Array, missing: int, bins: int, number: NumberValidator) -> NumberCounts:
        """Return the counts of known values in bins with about the same number of accounts."""
        edges = _edges(values, bins, number)
        return cls(edges, (0,) * (len(edges) + 1), missing, number.integer).within_bins(values, missing)

    def within_bins(self, values: Array, missing: int) -> NumberCounts:
        """Return the counts of other known values in the same bins."""
        places = np.searchsorted(np.array(self.edges, dtype=np.float64), values)
        return self.with_counts(np.bincount(places, minlength=len(self.counts)).tolist(), missing)

    def with_counts(self, counts: Iterable[int], missing: int) -> NumberCounts:
        """Return other counts in the same bins."""
        return attrs.evolve(self, counts=tuple(counts), missing=missing)

    @property
    def total(self) -> int:
        """The number of accounts."""
        return sum(self.counts) + self.missing

    @classmethod
    def read(cls, data: Any, place: str) -> NumberCounts:
        """Return the counts in plain data."""
        edges = tuple(number_in(each, f"{place}.edges") for each in list_in(data["edges"], f"{place}.edges"))
        counts = tuple(
            count_in(each, f"{place}.counts") for each in list_in(data["counts"], f"{place}.counts")
        )
        if len(counts) != len(edges) + 1 or any(low >= high for low, high in pairwise(edges)):
            raise InvalidCardError(place, "must have increasing edges, and one count more")
        if not isinstance(data["integer"], bool):
            raise InvalidCardError(f"{place}.integer", "must be true or false")
        return cls(edges, counts, count_in(data["missing"], f"{place}.missing"), data["integer"])

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain data."""
        lists = {"edges": list(self.edges), "counts": list(self.counts)}
        return {**lists, "missing": self.missing, "integer": self.integer}


@attrs.frozen
class LevelCounts:
    """The counts of levels.

    Attributes
    ----------
    levels : dict of str to int
        The number of accounts with each level, the most frequent first.
    missing : int
        The number of accounts whose level is missing.
    """

    levels: dict[str, int]
    missing: int

    @classmethod
    def of(cls, levels: Iterable[tuple[str, int]], missing: int) -> LevelCounts:
        """Return the counts of some levels, without those that no account has."""
        found = [pair for pair in levels if pair[1]]
        return cls(dict(sorted(found, key=lambda pair: (-pair[1], pair[0]))), missing)

    @property
    def total(self) -> int:
        """The number of accounts."""
        return sum(self.levels.values()) + self.missing

    def of_each(self, levels: Iterable[str]) -> list[int]:
        """Return the number of accounts with each of some levels."""
        return [self.levels.get(level, 0) for level in levels]

    @classmethod
    def read(cls, data: Any, place: str) -> LevelCounts:
        """Return the counts in plain data."""
        here = f"{place}.levels"
        if not isinstance(data["levels"], dict):
            raise InvalidCardError(here, "must be an object of counts by level")
        levels = {text_in(name, here): count_in(each, here) for name, each in data["levels"].items()}
        return cls(levels, count_in(data["missing"], f"{place}.missing"))

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain data."""
        return {"levels": self.levels, "missing": self.missing}


Counts = NumberCounts | LevelCounts


def counts_in(data: Any, place: str) -> Counts:
    """Return counts in plain data."""
    is_number = isinstance(data, dict) and "edges" in data
    object_in(data, place, {"edges", "counts", "missing", "integer"} if is_number else {"levels", "missing"})
    return NumberCounts.read(data, place) if is_number else LevelCounts.read(data, place)


def count_in(data: Any, place: str) -> int:
    """Return a number of accounts in plain data."""
    if not isinstance(data, int) or isinstance(data, bool) or data < 0:
        raise InvalidCardError(place, "must be whole numbers, 0 or more")
    return data


def level_counts(values: Array | TextArray, missing: int) -> LevelCounts:
    """Return the counts of known texts or flags."""
    if isinstance(values, TextArray):
        codes, levels = values.codes, list(map(str, values.levels))
    else:
        codes, levels = values.astype(np.intp), ["false", "true"]
    return LevelCounts.of(
        zip(levels, np.bincount(codes, minlength=len(levels)).tolist(), strict=True), missing
    )


def _edges(values: Array, bins: int, number: NumberValidator) -> tuple[float, ...]:
    """Return the upper ends of bins with about the same number of values, except the last bin.

    They are rounded, so that the file rarely has the value of an account: by at most a tenth of the
    distance to the next one.
    """
    if not len(values):
        return ()
    shares = np.arange(1, bins) / bins
    found = np.unique(np.quantile(values, shares, method="inverted_cdf")).tolist()
    gaps = [high - low for low, high in pairwise(found)]
    nearest = map(min, [math.inf, *gaps], [*gaps, math.inf])
    edges = [_rounded(edge, gap, integer=number.integer) for edge, gap in zip(found, nearest, strict=True)]
    lowest = float(values.min())
    if number.minimum < lowest == found[0] <= edges[0]:
        # Many accounts have the lowest value: lower ones, which may come, get a bin of their own.
        edges.insert(0, lowest - 1.0 if number.integer else math.nextafter(lowest, -math.inf))
    return tuple(edges)


def _rounded(edge: float, gap: float, *, integer: bool) -> float:
    """Return an edge rounded up to the digits that its distance from the next one needs.

    Not down, because many accounts may have exactly this value.
    """
    if not math.isfinite(gap):
        return float(edge)
    digits = 1 - math.floor(math.log10(gap))
    digits = min(digits, 0) if integer else digits
    rounded = round(edge, digits)
    return float(rounded if rounded >= edge else round(rounded + 10.0**-digits, digits))
