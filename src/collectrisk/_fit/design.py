"""The bases of all characteristics side by side, and the rows of data as a sparse design matrix."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import scipy.sparse
from scipy.special import expit

from collectrisk._fit.bases import corners
from collectrisk._fit.products import Positions, dense_products, independent, products_by_pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from collectrisk._fit.bases import Basis, Group
    from collectrisk._typing import Array

DENSE = 6.0
"""With fewer functions per element of a row, dense matrices are faster."""
FEW_ROWS = 3_000
"""Calling NumPy for a pair of bases costs as much as adding the products of this number of rows."""
ENOUGH_ROWS = 5_000
"""So many rows show whether bases depend on each other."""
MANY_BASES, MANY_ROWS = 17, 16
"""With so many bases, and rows for each coefficient, most of the time of a fit is spent on Hessians."""


@attrs.frozen(eq=False)
class Design:
    """The base and the bases of all characteristics, in that order.

    Attributes
    ----------
    bases : tuple of Basis
        The basis of each characteristic.
    prior_points : array of float, shape (1 + n_functions,)
        The prior card: its base, then the points of each basis function.
    transform : sparse array, shape (1 + n_functions, n_coefficients)
        What a unit of each coefficient adds to the base and the points. The first coefficient is
        the base's.
    groups : tuple of Group
        The groups, the base's first.
    group_index : array of int, shape (n_coefficients,)
        The index of each coefficient's group in `groups`.
    shared : array of float, shape (1 + n_functions, n_shared)
        The columns of `transform` after the base's: those of coefficients that several bases have in common.
    """

    bases: tuple[Basis, ...]
    prior_points: Array
    transform: Any
    groups: tuple[Group, ...]
    group_index: Array
    shared: Array

    @classmethod
    def of(
        cls,
        base: float,
        base_group: Group,
        bases: Iterable[Basis],
        shared: Sequence[tuple[Group, Array]] = (),
    ) -> Design:
        """Return the design of a prior base, its group, the bases, and coefficients that they share."""
        bases = tuple(bases)
        prior_points = np.concatenate([[base], *(basis.prior_points for basis in bases)])
        columns = np.array([column for _, column in shared]).reshape(len(shared), len(prior_points)).T
        by_coefficient = [base_group, *(group for group, _ in shared)]
        by_coefficient += [group for basis in bases for group in basis.groups]
        groups = tuple(dict.fromkeys(by_coefficient))
        indices = {group: index for index, group in enumerate(groups)}
        # Of arrays without structure alone, SciPy 1.18 will make a sparse array, and warns of it.
        of_base = scipy.sparse.csr_matrix([[1.0, *(-mean for basis in bases for mean in basis.from_base)]])
        of_bases = [scipy.sparse.csr_matrix((0, 1)), *(basis.transform for basis in bases)]
        own = scipy.sparse.vstack([of_base, scipy.sparse.block_diag(of_bases)], format="csc")
        return cls(
            bases=bases,
            prior_points=prior_points,
            transform=scipy.sparse.hstack([own[:, :1], columns, own[:, 1:]], format="csr"),
            groups=groups,
            group_index=np.array([indices[group] for group in by_coefficient]),
            shared=columns,
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

    @cached_property
    def _transposed(self) -> Any:
        return self.transform.T.tocsr()

    def gradient(self, by_points: Array) -> Array:
        """Return a gradient by coefficients, given that by base and points."""
        gradient: Array = self._transposed @ by_points
        return gradient

    def hessian(self, by_points: Array) -> Array:
        """Return a Hessian by coefficients, given that by base and points."""

        def transposed_product(matrix: Array) -> Array:
            # The transform has a block for each basis, and zeros elsewhere but for shared columns and means.
            found = np.empty((len(self.group_index), matrix.shape[1]))
            found[0] = matrix[0]
            start = 1 + self.shared.shape[1]
            np.matmul(self.shared.T, matrix, out=found[1:start])
            for basis, part in zip(self.bases, self.slices, strict=True):
                own = found[start : start + basis.transform.shape[1]]
                np.matmul(basis.transform.T, matrix[part], out=own)
                if basis.means is not None:
                    own -= np.outer(basis.means, matrix[0])
                start += len(own)
            return found

        return transposed_product(transposed_product(by_points).T)

    def is_costly(self, rows: int) -> bool:
        """Whether a Hessian of so many rows takes so long that it is better approximated."""
        return len(self.bases) >= MANY_BASES and rows >= MANY_ROWS * len(self.group_index)

    def block(
        self,
        record: Any,
        visited: Array,
        weights: Array,
        *,
        uses_bins: bool = False,
        dtype: type[np.floating[Any]] = np.float64,
    ) -> RowBlock:
        """Return rows of data as terms of the likelihood."""
        matrix, parts = self._matrix(record, len(visited), dtype)
        return RowBlock(matrix, parts, visited, weights, uses_bins)

    def matrix(self, record: Any, rows: int) -> Any:
        """Return the value of each basis function in each row of a record, as a sparse array."""
        return self._matrix(record, rows, np.float64)[0]

    def _matrix(self, record: Any, rows: int, dtype: type[np.floating[Any]]) -> tuple[Any, tuple[Part, ...]]:
        """Return the design matrix, and its part that belongs to each basis.

        A row has one element if all others are zero in all rows, as for levels and bands, two for lines,
        and four for the surface of two numbers.
        """
        most = sum(2**basis.max_steps for basis in self.bases)
        # Written in place: the elements of a row are neighbours, and the memory of so many columns is slow.
        columns, values = np.empty((rows, most), np.int32), np.empty((rows, most), dtype)
        parts: list[Part] = []
        width = 0
        for basis, its in zip(self.bases, self.slices, strict=True):
            start, steps = basis.cells(record, rows)
            part = slice(its.start - 1, its.stop - 1)  # the base has no column
            first = width
            for index, value in corners((start + part.start, steps)):
                np.minimum(index, part.stop - 1, out=columns[:, width], casting="unsafe")
                values[:, width] = value
                width += 1
            parts.append(Part(part, slice(first, width), tuple(stride for stride, _ in steps)))
        shape = (rows, len(self.prior_points) - 1)
        row_starts = np.arange(rows + 1, dtype=np.int32) * width
        elements = (values[:, :width].ravel(), columns[:, :width].ravel(), row_starts)
        return scipy.sparse.csr_array(elements, shape=shape), tuple(parts)


@attrs.frozen
class Part:
    """The part of the design matrix that belongs to a basis.

    Attributes
    ----------
    columns : slice
        Its columns.
    elements : slice
        The elements of a row: two for each step, from one function to others.
    strides : tuple of int
        By how many functions each step leads further.
    """

    columns: slice
    elements: slice
    strides: tuple[int, ...]


@attrs.frozen(eq=False)
class RowBlock:
    """Some rows of data and their part of the log-likelihood.

    Attributes
    ----------
    matrix : sparse array, shape (n_rows, n_functions)
        The design matrix: the value of each basis function in each row. The base has no column.
        Every row has the same number of elements.
    parts : tuple of Part
        The part of the matrix that belongs to each basis.
    visited : array of float, shape (n_rows,)
        1 if the account was visited, else 0.
    weights : array of float, shape (n_rows,)
        The weight of each row.
    uses_bins : bool
        Whether the Hessian counts the rows in bins.
    """

    matrix: Any
    parts: tuple[Part, ...]
    visited: Array
    weights: Array
    uses_bins: bool = False

    def thinned(self, step: int) -> RowBlock:
        """Return every so many rows."""
        some = slice(None, None, step)
        return attrs.evolve(
            self, matrix=self.matrix[some], visited=self.visited[some], weights=self.weights[some]
        )

    @cached_property
    def signs(self) -> Array:
        """-1 if the account was visited, else 1."""
        return 1.0 - 2.0 * self.visited

    def log_odds(self, points: Array) -> Array:
        """Return the log-odds of each row, given the base and all points."""
        log_odds: Array = self.matrix @ points[1:]
        log_odds += points[0]
        return log_odds

    def loss_and_gradient(self, points: Array) -> tuple[float, Array]:
        """Return minus the log-likelihood, and its gradient by base and points."""
        # Log-odds of the other outcome: the probability of a certain row's error keeps all its digits.
        against = self.log_odds(points)
        against *= self.signs
        negative = np.minimum(against, 0.0)
        # Exponentials that cannot overflow. Operations in place take half the time of new arrays.
        tail = np.abs(against)
        np.exp(np.negative(tail, out=tail), out=tail)
        loss = np.log1p(tail)
        against -= negative
        loss += against
        residuals = np.exp(negative, out=negative)
        tail += 1.0
        residuals /= tail
        residuals *= self.signs
        residuals *= self.weights
        return float(self.weights @ loss), np.concatenate([[residuals.sum()], self.matrix.T @ residuals])

    def hessian(self, points: Array) -> Array:
        """Return the Hessian of minus the log-likelihood by base and points."""
        log_odds = self.log_odds(points)
        variance = self.weights * expit(log_odds) * expit(-log_odds)
        hessian = np.empty((len(points), len(points)))
        hessian[0, 0] = variance.sum()
        hessian[0, 1:] = hessian[1:, 0] = self.matrix.T @ variance
        hessian[1:, 1:] = self._weighted_products(variance)
        return hessian

    def diagonal(self, points: Array) -> Array:
        """Return the diagonal of the Hessian, which takes as little time as a gradient."""
        log_odds = self.log_odds(points)
        variance = self.weights * expit(log_odds) * expit(-log_odds)
        # The power of a sparse array would add up the elements of a row that are in the same column.
        elements = self.matrix.data**2, self.matrix.indices, self.matrix.indptr
        squares = scipy.sparse.csr_array(elements, shape=self.matrix.shape)
        return np.concatenate([[variance.sum()], squares.T @ variance])

    def _weighted_products(self, weights: Array) -> Array:
        """Return the sum over the rows of the weighted products of each two basis functions."""
        rows, functions = self.matrix.shape
        width = self.matrix.nnz / max(rows, 1)
        if functions**2 * rows <= (DENSE * width) ** 2 * (rows + FEW_ROWS):
            return dense_products(self.matrix, weights)
        return products_by_pair(self._positions, weights, self._binned)

    @property
    def _positions(self) -> list[Positions]:
        """The position of each row in each basis."""
        columns, values = (
            np.ascontiguousarray(each.reshape(len(self.visited), -1).T)  # a column is contiguous
            for each in (self.matrix.indices, self.matrix.data)
        )
        return [
            Positions.of(part.columns, columns[part.elements], values[part.elements], part.strides)
            for part in self.parts
        ]

    @cached_property
    def _binned(self) -> Array:
        """The pairs of bases whose rows are counted in bins."""
        if not self.uses_bins:
            return np.zeros((len(self.parts),) * 2, dtype=np.bool_)
        some = self.thinned(max(len(self.visited) // ENOUGH_ROWS, 1))
        return independent(some._positions)  # noqa: SLF001  # same class


def joined(blocks: Sequence[RowBlock]) -> Sequence[RowBlock]:
    """Return one block with the rows of all, or the same ones if the elements of their rows differ."""
    first = blocks[0]
    if any(block.parts != first.parts for block in blocks):
        return blocks
    visited = np.concatenate([block.visited for block in blocks])
    # In older SciPy, a stack of sparse arrays loses elements of a row that are in the same column.
    values = np.concatenate([block.matrix.data for block in blocks])
    columns = np.concatenate([block.matrix.indices for block in blocks])
    row_starts = np.arange(len(visited) + 1, dtype=np.int32) * (len(values) // max(len(visited), 1))
    matrix = scipy.sparse.csr_array(
        (values, columns, row_starts), shape=(len(visited), first.matrix.shape[1])
    )
    weights = np.concatenate([block.weights for block in blocks])
    return [attrs.evolve(first, matrix=matrix, visited=visited, weights=weights)]
