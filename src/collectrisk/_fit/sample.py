"""The rows of a fit, and a sample of them."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._fields import is_number
from collectrisk._frames.blocks import select_rows
from collectrisk._parameters import LARGEST_VALUE
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._fit.design import Design, RowBlock
    from collectrisk._fit.threads import Map
    from collectrisk._typing import Array

SAMPLE_ROWS = 50_000
"""More rows would hardly change the knots, the prior scales or the Hessian."""

BLOCK_ROWS = 32_768
"""The largest number of rows of a block, which one thread works on at a time."""

RARE_SHARE = 0.1
"""The share of the sample for an outcome that is rarer: with fewer rows of it, the scales say little."""


def sample_indices(rows: int) -> Array:
    """Return the row numbers of the sample: every row if there are few, else evenly spaced ones."""
    return _evenly_spaced(rows, min(rows, SAMPLE_ROWS))


def _evenly_spaced(rows: int, count: int) -> Array:
    indices: Array = np.linspace(0, rows - 1, count).astype(np.intp)
    return indices


def sample_by_outcome(visited: Array) -> tuple[Array, Array]:
    """Return the row numbers of a sample with enough rows of the rarer outcome, and their weights.

    If an outcome is rare, more of its rows are in the sample, and the other rows have weights above one, so
    that the weighted likelihood is an unbiased estimate of a multiple of that of all rows.

    Parameters
    ----------
    visited : array of float, shape (n_rows,)
        1 if the account was visited, else 0.
    """
    indices = sample_indices(len(visited))
    is_rare = visited == (2 * visited.sum() <= len(visited))
    rare, common = np.flatnonzero(is_rare), np.flatnonzero(~is_rare)
    kept = min(len(rare), round(RARE_SHARE * len(indices)))
    others = len(indices) - kept
    if kept * len(common) <= others * len(rare):  # no more than among evenly spaced rows
        return indices, np.ones(len(indices))
    chosen = np.concatenate(
        [rare[_evenly_spaced(len(rare), kept)], common[_evenly_spaced(len(common), others)]]
    )
    weights = np.repeat([1.0, kept / len(rare) * len(common) / others], [kept, others])
    order = np.argsort(chosen)
    return chosen[order], weights[order]


@attrs.frozen(eq=False)
class RowSubset:
    """Some rows of a record of columns; a constant stays a constant."""

    _record: Any  # a column may have any name that does not start with an underscore
    _rows: Any

    @classmethod
    def of(cls, record: Any, rows: slice) -> RowSubset:
        """Return a part of a record; if numbers choose its rows, only those of the part are read."""
        if isinstance(record, RowSubset) and isinstance(record._rows, np.ndarray):  # noqa: SLF001
            return cls(record._record, record._rows[rows])  # noqa: SLF001  # same class
        return cls(record, rows)

    def __getattr__(self, field: str) -> Any:
        return select_rows(getattr(self._record, field), self._rows)


@attrs.frozen(eq=False)
class TrainingRows:
    """The rows of a fit.

    Attributes
    ----------
    record : Record
        The columns.
    weights : array of float, shape (n_rows,)
        The weight of each row, above 0.
    knots : int
        The maximum number of knots that the data may give a curve.
    """

    record: Any
    weights: Array
    knots: int

    def __attrs_post_init__(self) -> None:
        """Check the number of knots."""
        is_whole = isinstance(self.knots, (int, np.integer)) and is_number(self.knots)
        if not is_whole or self.knots < 2:
            raise ArgumentError("knots", f"must be a whole number, 2 or more, not {self.knots!r}")

    @cached_property
    def sample(self) -> TrainingRows:
        """The sample, or the rows themselves if there are few."""
        if len(self.weights) <= SAMPLE_ROWS:
            return self
        indices = sample_indices(len(self.weights))
        return TrainingRows(RowSubset(self.record, indices), self.weights[indices], self.knots)

    def numbers(self, field: str) -> Array:
        """Return a column of numbers, NaN where a value is missing, within the limits of a curve's knots."""
        values = np.asarray(getattr(self.record, field), dtype=np.float64)
        return np.broadcast_to(np.clip(values, -LARGEST_VALUE, LARGEST_VALUE), self.weights.shape)


def block_ranges(rows: int) -> list[slice]:
    """Return blocks of rows of about the same size; one of them even if there are no rows."""
    ends = np.linspace(0, rows, max(math.ceil(rows / BLOCK_ROWS), 1) + 1).astype(int).tolist()
    return [slice(start, stop) for start, stop in pairwise(ends)]


@attrs.frozen(eq=False, slots=False)
class LabelledRows:
    """The rows of a fit with their labels.

    Attributes
    ----------
    data : TrainingRows
        The columns and the weights.
    visited : array of float, shape (n_rows,)
        1 if the account was visited, else 0.
    """

    data: TrainingRows
    visited: Array

    @cached_property
    def sample(self) -> LabelledRows:
        """The rows that give the prior scales and the Hessian, or all rows if there are few."""
        if len(self.visited) <= SAMPLE_ROWS:
            return self
        indices, times = sample_by_outcome(self.visited)
        weights = self.data.weights[indices] * times
        data = attrs.evolve(self.data, record=RowSubset(self.data.record, indices), weights=weights)
        return LabelledRows(data, self.visited[indices])

    def blocks(self, design: Design, threads: Map, *, uses_bins: bool) -> Sequence[RowBlock]:
        """Return the terms of the likelihood under a design."""
        # Single precision takes two thirds of the memory, and moves a row by less than 1e-7 of a segment. But
        # SciPy converts it in each product, which takes a third of the time.
        dtype = np.float64 if len(self.visited) <= SAMPLE_ROWS else np.float32

        def block(rows: slice) -> RowBlock:
            record = RowSubset.of(self.data.record, rows)
            weights = self.data.weights[rows]
            return design.block(record, self.visited[rows], weights, uses_bins=uses_bins, dtype=dtype)

        return list(threads(block, block_ranges(len(self.visited))))
