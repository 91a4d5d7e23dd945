"""All shapes of a fit side by side, and the rows of data as weights on their cells."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import scipy.linalg
import scipy.sparse
from scipy.special import expit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._fit.bases import Group, Shape
    from collectrisk._typing import Array


@attrs.frozen(eq=False)
class Design:
    """The base and all shapes in one order: first the base, then the cells of each shape.

    Attributes
    ----------
    shapes : tuple of Shape
        The characteristics.
    prior : array of float, shape (1 + n_cells,)
        The prior card: its base, then the points of each cell.
    moves : array of float, shape (1 + n_cells, 1 + n_directions)
        What a step in each direction adds to the base and the cells; the first direction is the
        base's.
    group : array of int, shape (1 + n_directions,)
        Each direction's place among `groups`.
    groups : tuple of Group
        The groups, the base's first.
    """

    shapes: tuple[Shape, ...]
    prior: Array
    moves: Array
    group: Array
    groups: tuple[Group, ...]

    @classmethod
    def of(cls, base: float, spread: Group, shapes: Iterable[Shape]) -> Design:
        """Return the design of a prior base, the group that it moves in, and some shapes."""
        shapes = tuple(shapes)
        named = [spread, *(name for shape in shapes for name in shape.groups)]
        groups = tuple(dict.fromkeys(named))
        return cls(
            shapes=shapes,
            prior=np.concatenate([[base], *(shape.prior for shape in shapes)]),
            moves=scipy.linalg.block_diag(1.0, *(shape.moves for shape in shapes)),
            group=np.array([groups.index(name) for name in named]),
            groups=groups,
        )

    def points(self, steps: Array) -> Array:
        """Return the base and the points of every cell after these steps away from the prior."""
        points: Array = self.prior + self.moves @ steps
        return points

    def parts(self, points: Array) -> list[Array]:
        """Return the points of each shape's cells."""
        return [points[start:end] for start, end in self.ranges]

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """Where each shape's cells start and end."""
        ends = np.cumsum([1, *(len(shape.prior) for shape in self.shapes)]).tolist()
        return list(pairwise(ends))

    def block(self, record: Any, visited: Array, weights: Array) -> Block:
        """Return rows of data as the fit sums over them."""
        rows = len(visited)
        columns: list[Array] = []
        shares: list[Array] = []
        first = 0
        for shape in self.shapes:
            places = shape.places(record, rows)
            last = len(shape.prior) - 1
            columns += [first + places.left, first + np.minimum(places.left + 1, last)]
            shares += [1.0 - places.fraction, places.fraction]
            first += last + 1
        # Single precision halves the memory, and moves a row by less than 1e-7 of a segment.
        packed = (
            _interleaved(shares, rows, np.float32),
            _interleaved(columns, rows, np.int32),
            np.arange(rows + 1, dtype=np.int32) * len(columns),
        )
        return Block(scipy.sparse.csr_array(packed, shape=(rows, first)), visited, weights)


def _interleaved(columns: list[Array], rows: int, dtype: Any) -> Array:
    """Return the columns row by row, in one flat array."""
    table = np.empty((rows, len(columns)), dtype=dtype)
    for place, column in enumerate(columns):
        table[:, place] = column
    return table.ravel()


@attrs.frozen(eq=False)
class Block:
    """Some rows of data.

    Attributes
    ----------
    cells : sparse array, shape (n_rows, n_cells)
        Each row's weights on the cells.
    visited : array of float, shape (n_rows,)
        1 where the account was visited, else 0.
    weights : array of float, shape (n_rows,)
        How often each row counts.
    """

    cells: Any
    visited: Array
    weights: Array

    def log_odds(self, points: Array) -> Array:
        """Return each row's log-odds, given the base and the points of every cell."""
        found: Array = self.cells @ points[1:] + points[0]
        return found

    def loss(self, points: Array) -> float:
        """Return minus the log-likelihood of some points."""
        log_odds = self.log_odds(points)
        return float(self.weights @ (np.logaddexp(0.0, log_odds) - self.visited * log_odds))

    def slope(self, points: Array) -> Array:
        """Return how the loss grows with the base and the points of every cell."""
        too_high = self.weights * (expit(self.log_odds(points)) - self.visited)
        return np.concatenate([[too_high.sum()], self.cells.T @ too_high])

    def curvature(self, points: Array) -> Array:
        """Return the second derivatives of the loss in the base and the points of every cell."""
        chance = expit(self.log_odds(points))
        certain = self.weights * chance * (1.0 - chance)
        with_base = self.cells.T @ certain
        shares = self.cells.data * np.repeat(certain, np.diff(self.cells.indptr))
        scaled = scipy.sparse.csr_array((shares, self.cells.indices, self.cells.indptr), self.cells.shape)
        among_cells = (self.cells.T @ scaled).toarray()
        return np.block([[certain.sum(), with_base[None, :]], [with_base[:, None], among_cells]])
