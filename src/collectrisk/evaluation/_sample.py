"""The accounts that measures are computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk.evaluation._weighted import clusters_of

if TYPE_CHECKING:
    from collectrisk._typing import Array


@attrs.frozen(eq=False)
class Sample:
    """The outcomes and the visit probabilities of some accounts.

    Attributes
    ----------
    visited : array of bool
        Whether each account was visited.
    probability : array of float
        Its visit probability.
    weights : array of float
        Its weight.
    clusters : array of int, or None
        Its cluster, numbered from 0 without gaps; None if each account is a cluster of its own.
    """

    visited: Array
    probability: Array
    weights: Array
    clusters: Array | None = None

    @property
    def arrays(self) -> tuple[Array, Array, Array]:
        """The outcomes, visit probabilities and weights, for measures that do not depend on clusters."""
        return self.visited, self.probability, self.weights

    def take(self, rows: Any) -> Sample:
        """Return some of the accounts."""
        visited, probability, weights = (each[rows] for each in self.arrays)
        return Sample(visited, probability, weights, clusters_of(self.clusters, rows))
