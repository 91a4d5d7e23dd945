"""How well a scorer ranks: AUC, the Kolmogorov-Smirnov statistic, and the way down the ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._typing import Array

PLACES = 101
"""At so many evenly spread places a ranking is looked at; its best place may be one more."""


@attrs.frozen(kw_only=True)
class Ranking:
    """What a scorer's ranking has found on the way down, from the likeliest account to the last.

    Each place holds all accounts down to a visit probability: accounts of the same probability are
    never parted. The first place is before the first account. There are at most 102, spread evenly
    along the ROC curve; the place where Kolmogorov-Smirnov is reached is always one of them.

    Attributes
    ----------
    share_of_accounts : tuple of float
        The share of all accounts that have been passed, at each place.
    share_of_visits : tuple of float
        The share of the accounts that were visited that are among them.
    share_of_others : tuple of float
        The share of the accounts that were not visited that are among them.

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
    def best_place(self) -> int:
        """Where the shares of visits and of others are furthest apart: there is Kolmogorov-Smirnov."""
        return _furthest_apart(np.array(self.share_of_visits), np.array(self.share_of_others))


def ranking_of(visited: Array, probability: Array) -> Ranking | None:
    """Return what the ranking has found on the way down, or None where all accounts are of one class."""
    if _one_class(visited):
        return None
    order = np.argsort(-probability, kind="stable")
    last_of_its_probability = np.diff(probability[order], append=-1.0) != 0
    passed = np.concatenate([[0], np.flatnonzero(last_of_its_probability) + 1])
    seen = np.concatenate([[0], np.cumsum(visited[order])])[passed]
    visits, others = seen / visited.sum(), (passed - seen) / (~visited).sum()
    even = np.searchsorted((visits + others) / 2, np.linspace(0, 1, PLACES))
    places = np.union1d(even, _furthest_apart(visits, others))
    return Ranking(
        share_of_accounts=tuple((passed / len(visited))[places].tolist()),
        share_of_visits=tuple(visits[places].tolist()),
        share_of_others=tuple(others[places].tolist()),
    )


def _furthest_apart(visits: Array, others: Array) -> int:
    return int(np.abs(visits - others).argmax())


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
