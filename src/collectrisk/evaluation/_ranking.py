"""How well probabilities rank accounts: AUC, the Kolmogorov-Smirnov statistic and the ROC curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
from sklearn.metrics import roc_auc_score

from collectrisk.evaluation._weighted import by_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._typing import Array

POINTS = 101
"""The number of evenly spaced points of a ranking; the Kolmogorov-Smirnov point may be another one."""


@attrs.frozen(kw_only=True)
class Ranking:
    """Cumulative shares of the accounts, from the highest visit probability to the lowest.

    Each point includes all accounts from some visit probability upwards, so accounts with the same
    probability are never separated. The first point is before the first account. There are at most
    102 points, evenly spaced along the ROC curve; the point of the Kolmogorov-Smirnov statistic is
    always one of them.

    Attributes
    ----------
    share_of_accounts : tuple of float
        The share of all accounts that each point includes.
    share_of_visits : tuple of float
        The share of the visited accounts that each point includes.
    share_of_others : tuple of float
        The share of the other accounts that each point includes.

    Examples
    --------
    >>> import collectrisk as cr
    >>> report = cr.evaluate([0.9, 0.6, 0.6, 0.1], None, visited=[1, 1, 0, 0])
    >>> report.ranking.share_of_accounts
    (0.0, 0.25, 0.75, 1.0)
    >>> report.ranking.share_of_visits
    (0.0, 0.5, 1.0, 1.0)
    >>> report.ranking.share_of_others
    (0.0, 0.0, 0.5, 1.0)
    """

    share_of_accounts: tuple[float, ...]
    share_of_visits: tuple[float, ...]
    share_of_others: tuple[float, ...]

    @property
    def ks_index(self) -> int:
        """The index of the point where the shares of visits and of others differ most.

        Their difference there is the Kolmogorov-Smirnov statistic.
        """
        return _ks_index(np.array(self.share_of_visits), np.array(self.share_of_others))


def rank_accounts(visited: Array, probability: Array, weights: Array) -> Ranking | None:
    """Return the cumulative shares, or None if all accounts are in one class."""
    if _one_class(visited):
        return None
    accounts, visits, others = _cumulative_shares(visited, probability, weights)
    evenly_spaced = np.searchsorted((visits + others) / 2, np.linspace(0, 1, POINTS))
    points = np.union1d(evenly_spaced, _ks_index(visits, others))
    return Ranking(
        share_of_accounts=tuple(accounts[points].tolist()),
        share_of_visits=tuple(visits[points].tolist()),
        share_of_others=tuple(others[points].tolist()),
    )


def _cumulative_shares(visited: Array, probability: Array, weights: Array) -> list[Array]:
    """Return the shares of all accounts, of visits and of others from each probability upwards."""
    shares = []
    for each in (weights, weights * visited, weights * ~visited):
        sums = np.cumsum(by_value(-probability, each)[2])
        shares.append(np.append(0.0, sums / sums[-1]))
    return shares


def _ks_index(visits: Array, others: Array) -> int:
    return int(np.abs(visits - others).argmax())


def area_under_curve(visited: Array, probability: Array, weights: Array) -> float | None:
    """Return the AUC, or None if all accounts are in one class."""
    if _one_class(visited):
        return None
    return float(roc_auc_score(visited, probability, sample_weight=weights))


def kolmogorov_smirnov(visited: Array, probability: Array, weights: Array) -> float | None:
    """Return the largest difference of the classes' distributions, or None if there is one class."""
    if _one_class(visited):
        return None
    _, visits, others = _cumulative_shares(visited, probability, weights)
    return float(np.abs(visits - others).max())


def mean_auc(
    visited: Array, weights: Array, groups: Iterable[Array], aucs: Iterable[float | None]
) -> float | None:
    """Return the mean of the groups' AUCs, weighted by their pairs of a visited and another account."""
    of_visits, of_others = weights * visited, weights * ~visited
    pairs = [float(of_visits[rows].sum() * of_others[rows].sum()) for rows in groups]
    total = sum(auc * count for auc, count in zip(aucs, pairs, strict=True) if auc is not None)
    return total / sum(pairs) if any(pairs) else None


def _one_class(visited: Array) -> bool:
    return bool(visited.all() or not visited.any())
