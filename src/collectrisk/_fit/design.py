"""The bases of all characteristics side by side, and the rows of data as a sparse design matrix."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import scipy.linalg
import scipy.sparse
from scipy.special import expit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._fit.bases import Basis, Group
    from collectrisk._typing import Array

DENSE, DENSE_ROWS = 8, 2_048
"""With fewer functions per non-zero element of a row, dense matrices of so many rows are faster."""


@attrs.frozen(eq=False)
class Design:
    """The base and the bases of all characteristics, in that order.

    Attributes
    ----------
    bases : tuple of Basis
        The basis of each characteristic.
    prior_points : array of float, shape (1 + n_functions,)
        The prior card: its base, then the points of each basis function.
    transform : array of float, shape (1 + n_functions, n_coefficients)
        What a unit of each coefficient adds to the base and the points. The first coefficient is
        the base's.
    groups : tuple of Group
        The groups, the base's first.
    group_index : array of int, shape (n_coefficients,)
        The index of each coefficient's group in `groups`.
    """

    bases: tuple[Basis, ...]
    prior_points: Array
    transform: Array
    groups: tuple[Group, ...]
    group_index: Array

    @classmethod
    def of(cls, base: float, base_group: Group, bases: Iterable[Basis]) -> Design:
        """Return the design of a prior base, its group, and the bases of the characteristics."""
        bases = tuple(bases)
        by_coefficient = [base_group, *(group for basis in bases for group in basis.groups)]
        groups = tuple(dict.fromkeys(by_coefficient))
        return cls(
            bases=bases,
            prior_points=np.concatenate([[base], *(basis.prior_points for basis in bases)]),
            transform=scipy.linalg.block_diag(1.0, *(basis.transform for basis in bases)),
            groups=groups,
            group_index=np.array([groups.index(group) for group in by_coefficient]),
        )

    @property
    def slices(self) -> list[slice]:
        """The part of the points that belongs to each basis."""
        ends = np.cumsum([1, *(len(basis.prior_points) for basis in self.bases)]).tolist()
        return [slice(start, end) for start, end in pairwise(ends)]

    def points(self, coefficients: Array) -> Array:
        """Return the base and the points of all basis functions."""
        points: Array = self.prior_points + self.transform @ coefficients
        return points

    def hessian(self, by_points: Array) -> Array:
        """Return a Hessian by coefficients, given that by base and points."""

        def transposed_product(matrix: Array) -> Array:
            # The transform has a block for each basis, and zeros elsewhere.
            parts = zip(self.bases, self.slices, strict=True)
            return np.concatenate([matrix[:1], *(basis.transform.T @ matrix[part] for basis, part in parts)])

        return transposed_product(transposed_product(by_points).T)

    def block(self, record: Any, visited: Array, weights: Array) -> RowBlock:
        """Return rows of data as terms of the likelihood."""
        # Single precision halves the memory, and moves a row by less than 1e-7 of a segment.
        return RowBlock(self.matrix(record, len(visited), np.float32), visited, weights)

    def matrix(self, record: Any, rows: int, dtype: type[np.floating[Any]] = np.float64) -> Any:
        """Return the value of each basis function in each row of a record, as a sparse array."""
        shape = (rows, 2 * len(self.bases))
        values, columns = np.empty(shape, dtype=dtype), np.empty(shape, dtype=np.int32)
        first = 0
        for index, basis in enumerate(self.bases):
            left, fraction = basis.positions(record, rows)
            last = len(basis.prior_points) - 1
            values[:, 2 * index], values[:, 2 * index + 1] = 1.0 - fraction, fraction
            columns[:, 2 * index] = first + left
            columns[:, 2 * index + 1] = first + np.minimum(left + 1, last)
            first += last + 1
        row_starts = np.arange(rows + 1, dtype=np.int32) * shape[1]
        return scipy.sparse.csr_array((values.ravel(), columns.ravel(), row_starts), shape=(rows, first))


@attrs.frozen(eq=False)
class RowBlock:
    """Some rows of data and their part of the log-likelihood.

    Attributes
    ----------
    matrix : sparse array, shape (n_rows, n_functions)
        The design matrix: the value of each basis function in each row. The base has no column.
    visited : array of float, shape (n_rows,)
        1 if the account was visited, else 0.
    weights : array of float, shape (n_rows,)
        The weight of each row.
    """

    matrix: Any
    visited: Array
    weights: Array

    @cached_property
    def signs(self) -> Array:
        """-1 if the account was visited, else 1."""
        return 1.0 - 2.0 * self.visited

    def log_odds(self, points: Array) -> Array:
        """Return the log-odds of each row, given the base and all points."""
        log_odds: Array = self.matrix @ points[1:] + points[0]
        return log_odds

    def loss_and_gradient(self, points: Array) -> tuple[float, Array]:
        """Return minus the log-likelihood, and its gradient by base and points."""
        # Log-odds of the other outcome: the probability of a certain row's error keeps all its digits.
        against = self.log_odds(points) * self.signs
        # One exponential serves the loss and the probability, and cannot overflow.
        tail = np.exp(-np.abs(against))
        loss = np.log1p(tail) + np.maximum(against, 0.0)
        residuals = self.signs * self.weights * np.where(against > 0, 1.0, tail) / (1.0 + tail)
        return float(self.weights @ loss), np.concatenate([[residuals.sum()], self.matrix.T @ residuals])

    def hessian(self, points: Array) -> Array:
        """Return the Hessian of minus the log-likelihood by base and points."""
        log_odds = self.log_odds(points)
        variance = self.weights * expit(log_odds) * expit(-log_odds)
        by_base = self.matrix.T @ variance
        by_points = self._weighted_products(variance)
        return np.block([[variance.sum(), by_base[None, :]], [by_base[:, None], by_points]])

    def _weighted_products(self, weights: Array) -> Array:
        """Return the sum over the rows of the weighted products of each two basis functions."""
        matrix, (rows, functions) = self.matrix, self.matrix.shape
        if functions < DENSE * matrix.nnz / max(rows, 1):
            products = np.zeros((functions, functions))
            for start in range(0, rows, DENSE_ROWS):
                chunk = slice(start, start + DENSE_ROWS)
                dense = matrix[chunk].toarray() * np.sqrt(weights[chunk, None])
                products += dense.T @ dense
            return products
        values = matrix.data * np.repeat(weights, np.diff(matrix.indptr))
        scaled = scipy.sparse.csr_array((values, matrix.indices, matrix.indptr), matrix.shape)
        found: Array = (matrix.T @ scaled).toarray()
        return found
