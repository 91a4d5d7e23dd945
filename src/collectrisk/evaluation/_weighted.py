"""Weighted means, counts and ranks, and sums by cluster.

Weights of 1 give the figures of rows without weights exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collectrisk._typing import Array


def total(weights: Array) -> float:
    """Return the sum of weights, which is the number of rows if there are none; an int if it is whole."""
    found = float(weights.sum())
    return int(found) if found.is_integer() else found


def mean(values: Array, weights: Array) -> float:
    """Return the weighted mean."""
    return float((weights * values).sum() / weights.sum())


def sums_by(values: Array, clusters: Array | None) -> Array:
    """Return the sum of the values of each cluster; the values themselves without clusters."""
    return values if clusters is None else np.bincount(clusters, values)


def clusters_of(clusters: Array | None, rows: Any) -> Array | None:
    """Return the clusters of some rows, numbered from 0; None if each row is a cluster of its own."""
    if clusters is None:
        return None
    distinct, codes = np.unique(clusters[rows], return_inverse=True)
    return codes if len(distinct) < len(codes) else None


def effective_count(weights: Array) -> float:
    """Return the number of rows of equal weight that would give a mean the same variance (Kish 1965)."""
    return float(weights.sum() ** 2 / np.square(weights).sum())


def weight_below(values: Array, weights: Array) -> Array:
    """Return, for each row, the weight of the rows with smaller values, and half of that of equal values."""
    _, ranks, weights = by_value(values, weights)
    below: Array = (np.cumsum(weights) - weights / 2)[ranks]
    return below


def by_value(values: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Return the distinct values in increasing order, the index of each row's value, and their weights."""
    distinct, indices = np.unique(values, return_inverse=True)
    return distinct, indices, np.bincount(indices, weights, len(distinct))
