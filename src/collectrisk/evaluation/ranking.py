"""How well a scorer ranks: AUC and the Kolmogorov-Smirnov statistic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score, roc_curve

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["area_under_curve", "kolmogorov_smirnov", "within_groups"]

Array = npt.NDArray[Any]


def area_under_curve(visited: Array, probability: Array) -> float | None:
    """Return the AUC, or None where all accounts are of one class."""
    return None if _one_class(visited) else float(roc_auc_score(visited, probability))


def kolmogorov_smirnov(visited: Array, probability: Array) -> float | None:
    """Return the largest distance between the two classes' distributions of the probability."""
    if _one_class(visited):
        return None
    false_rate, true_rate, _ = roc_curve(visited, probability)
    return float(np.abs(true_rate - false_rate).max())


def within_groups(visited: Array, members: Sequence[Array], areas: Sequence[float | None]) -> float | None:
    """Return the mean of the groups' AUCs, each weighted by its number of pairs of unlike accounts."""
    pairs = [int(visited[rows].sum()) * int((~visited[rows]).sum()) for rows in members]
    known = [(area, count) for area, count in zip(areas, pairs, strict=True) if area is not None]
    total = sum(count for _, count in known)
    return sum(area * count for area, count in known) / total if total else None


def _one_class(visited: Array) -> bool:
    return bool(visited.all() or not visited.any())
