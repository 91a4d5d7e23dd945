"""The weighted products of basis functions, summed over the rows: the parts of a Hessian.

References
----------
Z. Li and S. N. Wood, "Faster model matrix crossproducts for large generalized linear models with
discretized covariates", Statistics and Computing 30 (2020).
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._typing import Array

DENSE_ROWS = 2_048
"""The number of rows of a dense matrix that fits the cache."""
FINE = 4
"""The number of bins from one function to the next: a table of the bins of two bases fits the cache."""
DEPENDENT = 0.05
"""A correlation that is hardly due to chance in a few thousand rows."""
ROUNDING = 1e-6
"""More than the rounding error of a fraction in single precision."""


def dense_products(matrix: Any, weights: Array) -> Array:
    """Return the products of each two columns of a sparse matrix, by multiplying dense ones."""
    rows, functions = matrix.shape
    products = np.zeros((functions, functions))
    for start in range(0, rows, DENSE_ROWS):
        chunk = slice(start, start + DENSE_ROWS)
        dense = matrix[chunk].toarray() * np.sqrt(weights[chunk, None])
        products += dense.T @ dense
    return products


def products_by_pair(positions: Sequence[Positions], weights: Array, binned: Array) -> Array:
    """Return the products of each two functions of some bases, by counting the rows in tables.

    Parameters
    ----------
    positions : sequence of Positions
        The position of each row in each basis.
    weights : array of float, shape (n_rows,)
        The weight of each row.
    binned : array of bool, shape (n_bases, n_bases)
        For which pairs the mean of the rows in a bin takes the place of the rows.
    """
    products = np.zeros((positions[-1].part.stop,) * 2)
    means = {index: positions[index].means(weights) for index in np.flatnonzero(binned.any(axis=1)).tolist()}
    cells = np.empty(len(weights), np.intp)
    for index, each in enumerate(positions):
        weighted = each.weighted(weights)
        counts = {positions[other].count for other in np.flatnonzero(binned[index, :index]).tolist()}
        first_cells = {count: each.bins * count for count in counts}
        for other, its in enumerate(positions[: index + 1]):
            if binned[index, other]:
                np.add(first_cells[its.count], its.bins, out=cells)
                table = np.bincount(cells, weights, each.count * its.count).reshape(each.count, its.count)
                found = means[index].T @ (table @ means[other])
            else:
                found = each.products(its, weighted)
            products[each.part, its.part] = found
            products[its.part, each.part] = found.T
    return products


def independent(positions: Sequence[Positions]) -> Array:
    """Return for which pairs of bases the deviations from the means of the bins are not correlated.

    Otherwise one column determines the other one, and the deviations do not cancel each other. Surfaces
    of two numbers have no bins.
    """
    others = [index for index, each in enumerate(positions) if len(each.strides) < 2]
    deviations = np.array([positions[index].deviations for index in others])
    found = np.zeros((len(positions),) * 2, dtype=np.bool_)
    found[np.ix_(others, others)] = np.abs(deviations @ deviations.T) < DEPENDENT
    np.fill_diagonal(found, val=False)
    return found


@attrs.frozen(eq=False)
class Positions:
    """Where the rows are in one basis.

    Attributes
    ----------
    part : slice
        The columns of the design matrix that belong to the basis.
    left : array of int, shape (n_rows,)
        The first function that differs from zero in a row, counted within the basis.
    strides : tuple of int
        How many functions later the others are that may differ from zero: one stride for lines between
        knots, two for the surface of two numbers, none if it is one function in every row.
    fractions : array of float, shape (n_strides, n_rows)
        The share f of each stride: the value of the next function, where that of the first is 1 - f.
    """

    part: slice
    left: Array
    strides: tuple[int, ...]
    fractions: Array

    @classmethod
    def of(cls, part: slice, columns: Array, values: Array, strides: tuple[int, ...]) -> Positions:
        """Return the positions of rows, given their columns and values in a design matrix."""
        left = columns[0].astype(np.intp) - part.start
        corners = values.astype(np.float64).reshape((2,) * len(strides) + left.shape)
        # A share is the sum of the values at the end of its step.
        steps = range(len(strides))
        fractions = [corners.take(1, axis=step).sum(axis=tuple(steps[:-1])) for step in steps]
        return cls(part, left, strides, np.reshape(fractions, (len(steps), len(left))))

    def weighted(self, weights: Array) -> list[Array]:
        """Return the products of weights and of each subset of the fractions."""
        found = [weights]
        for fraction in self.fractions:
            found = [product for each in found for product in (each, each * fraction)]
        return found

    @cached_property
    def size(self) -> int:
        """The number of functions."""
        return int(self.part.stop - self.part.start)

    def products(self, other: Positions, weighted: Sequence[Array]) -> Array:
        """Return the products of each function with each of the other basis.

        They are sums over the rows in each cell. The functions of a basis that differ from zero in a row
        are the corners of a cell, so the cell of the first ones is also that of the others.

        Parameters
        ----------
        other : Positions
            The other basis.
        weighted : sequence of (array of float, shape (n_rows,))
            The products of the weights with each subset of the fractions.
        """
        shape = (self.size, other.size)
        cells = self.left * shape[1] + other.left

        def table(weights: Array) -> Array:
            return np.bincount(cells, weights, math.prod(shape)).reshape(shape)

        rows = [
            _of_functions([table(its) for its in other.weighted(each)], other.strides) for each in weighted
        ]
        return _of_functions([each.T for each in rows], self.strides).T

    @property
    def _fine(self) -> int:
        """The number of bins from one function to the next."""
        return FINE if len(self.fractions) else 1

    @cached_property
    def count(self) -> int:
        """The number of bins."""
        return self.size * self._fine

    @cached_property
    def bins(self) -> Array:
        """The bin of each row."""
        found = self.left * self._fine
        for fraction in self.fractions:
            lowest, highest = fraction.min(initial=0.0), fraction.max(initial=0.0)
            if lowest >= 0.0 and highest <= 1.0:
                lowest, highest = 0.0, 1.0
            # Otherwise a curve is multiplied by a factor, and these are its points, of either sign.
            found += np.minimum((fraction - lowest) * (FINE / (highest - lowest)), FINE - 1).astype(np.intp)
        return found

    def means(self, weights: Array) -> Array:
        """Return the weighted mean of each function in each bin, a row for each bin."""
        fractions = self._mean_fractions(weights)
        bins = np.arange(self.count)
        left = bins // self._fine
        means = np.zeros((self.count, self.size + 1))
        means[bins, left] = 1.0 - fractions
        means[bins, left + 1] = fractions
        return means[:, :-1].copy()  # contiguous, for the multiplication

    def _mean_fractions(self, weights: Array) -> Array:
        """Return the weighted mean of the value of the next function in each bin."""
        totals = np.bincount(self.bins, weights, self.count)
        sums = sum(
            (np.bincount(self.bins, weights * each, self.count) for each in self.fractions),
            np.zeros(self.count),
        )
        found: Array = sums / np.where(totals > 0.0, totals, 1.0)
        return found

    @property
    def deviations(self) -> Array:
        """By how much the fractions differ from the means of the bins, as a vector of length one.

        It is shorter if these are rounding errors, for example because all values are whole numbers.
        """
        rows = len(self.left)
        mean = self._mean_fractions(np.ones(rows))
        found = np.zeros(rows, np.float32)
        for fraction in self.fractions:
            found += (fraction - mean[self.bins]).astype(np.float32)
        found /= max(float(np.linalg.norm(found)), ROUNDING * math.sqrt(rows))
        return found


def _of_functions(tables: Sequence[Array], strides: Sequence[int]) -> Array:
    """Return a column of sums for each function, given those in each cell by the subsets of fractions."""
    if not strides:
        return tables[0]
    stride, *others = strides
    half = len(tables) // 2
    total, of_next = (_of_functions(each, others) for each in (tables[:half], tables[half:]))
    # The function that the step leads to exists wherever the share is above zero.
    found = total - of_next
    found[:, stride:] += of_next[:, :-stride]
    return found
