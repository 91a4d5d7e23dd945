"""Observed visits and portfolios, read and validated."""

from __future__ import annotations

import math
import numbers
from typing import TYPE_CHECKING, Any, cast

import attrs
import numpy as np

from collectrisk._fields import is_missing, is_number
from collectrisk._frames import visit_class
from collectrisk.errors import ArgumentError, shown
from collectrisk.evaluation._groups import encode, named_groups, read_groups
from collectrisk.evaluation._sample import Sample
from collectrisk.evaluation._values import read_weights
from collectrisk.evaluation._weighted import clusters_of

if TYPE_CHECKING:
    from collectrisk._typing import Array

MOST_BINS = 1_000_000


def _to_confidence(value: Any) -> float:
    confidence = (
        float(value) if isinstance(value, numbers.Real) and is_number(value) and value < 1 else math.nan
    )
    if not 0 < confidence < 1:
        raise ArgumentError("confidence", f"must be between 0 and 1, such as 0.95, not {shown(value)}")
    return confidence


@attrs.frozen(eq=False)
class Outcomes:
    """The outcomes of some accounts, and the settings of a report on them.

    Attributes
    ----------
    rows : array of int
        The rows that count, because their weight is not 0.
    visited : array of bool
        Whether each of these accounts was visited.
    weights : array of float
        Their weights.
    clusters : array of int, or None
        The cluster of each account; None if each account is a cluster of its own.
    portfolios : dict of str to array of int
        The rows of each portfolio, the largest first; empty if no portfolios were passed.
    by : str or None
        What accounts are grouped by.
    groups : dict of str to array of int
        The rows of each group, in the order of the groups; empty if accounts are not grouped.
    skipped : int
        The number of rows that are not accounts, and are left out of the others.
    confidence : float
        The confidence of intervals.
    bins : int
        The number of calibration bins.
    """

    rows: Array
    visited: Array
    weights: Array
    clusters: Array | None
    portfolios: dict[str, Array]
    by: str | None
    groups: dict[str, Array]
    skipped: int
    confidence: float = attrs.field(converter=_to_confidence)
    bins: int = attrs.field()

    @bins.validator
    def _check_bins(self, _attribute: object, value: object) -> None:
        is_whole = isinstance(value, numbers.Integral) and is_number(value)
        if not is_whole or not 1 <= int(cast("int", value)) <= MOST_BINS:
            why = f"must be a whole number from 1 to {MOST_BINS:,}, not {shown(value)}"
            raise ArgumentError("bins", why)

    def sample(self, probability: Array) -> Sample:
        """Return these accounts, with the visit probabilities of all rows."""
        return Sample(self.visited, probability[self.rows], self.weights, self.clusters)


def read_outcomes(
    visited: Any,
    portfolio: Any,
    data: Any,
    rows: int,
    *,
    by: Any = None,
    period: str = "month",
    cluster: Any = None,
    sample_weight: Any,
    positive: object,
    confidence: float,
    bins: int,
    accounts: Array | None = None,
) -> Outcomes:
    """Return the outcomes of some rows; see `collectrisk.evaluate` for the parameters.

    `accounts` contains the rows that the mapping does not skip; all rows by default.
    """
    accounts = np.arange(rows) if accounts is None else accounts
    if not len(accounts):
        kept = " that the mapping does not skip" if rows else ""
        raise ArgumentError("frame", f"must have at least one row{kept}")
    labels = _to_labels(*encode("visited", visited, data, rows, accounts), positive, accounts)
    weights = read_weights(sample_weight, data, rows, accounts)
    weighted = np.flatnonzero(weights)
    used, weights = accounts[weighted], weights[weighted]
    portfolios: dict[str, Array] = {}
    label, groups = None, portfolios
    if portfolio is not None:
        portfolios = named_groups(*encode("portfolio", portfolio, data, rows, used), weights)
    if by is not None:
        label, groups = read_groups(by, data, rows, period=period, accounts=used, weights=weights)
    return Outcomes(
        rows=used,
        visited=labels[weighted],
        weights=weights,
        clusters=None if cluster is None else _to_clusters(cluster, data, rows, used),
        portfolios=portfolios,
        by=label,
        groups=groups,
        skipped=rows - len(accounts),
        confidence=confidence,
        bins=bins,
    )


def _to_clusters(cluster: Any, data: Any, rows: int, accounts: Array) -> Array | None:
    codes, values = encode("cluster", cluster, data, rows, accounts)
    _require_known("cluster", codes, values, accounts)
    if len(values) < 2:
        only = f", not only {shown(values[0])}: intervals follow from the differences between clusters"
        raise ArgumentError("cluster", f"must have at least two values{only}")
    return clusters_of(codes, slice(None))


def _require_known(argument: str, codes: Array, values: list[Any], accounts: Array) -> None:
    missing = accounts[np.flatnonzero(np.array([is_missing(value) for value in values])[codes])]
    if len(missing):
        rows = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
        raise ArgumentError(
            argument,
            f"must be known for every account; {len(missing):,} missing (rows from 0: {rows}). "
            "Remove these accounts from the evaluation",
        )


def _to_labels(codes: Array, classes: list[Any], positive: object, accounts: Array) -> Array:
    _require_known("visited", codes, classes, accounts)
    chosen = visit_class(list(dict.fromkeys(classes)), positive, "visited")
    return np.array([label == chosen for label in classes], dtype=np.bool_)[codes]
