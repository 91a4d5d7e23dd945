"""Several scorers side by side on the same accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._channel import Channel
from collectrisk._display.document import table
from collectrisk.errors import ArgumentError
from collectrisk.evaluation._calibration import log_losses
from collectrisk.evaluation._candidate import Candidate, read_candidate
from collectrisk.evaluation._intervals import difference_interval, influence_on_auc, influence_on_mean
from collectrisk.evaluation._names import named
from collectrisk.evaluation._outcomes import Outcomes, read_outcomes
from collectrisk.evaluation._report import Evaluation, evaluation_of, pooled_figures
from collectrisk.evaluation._tables import (
    Report,
    count,
    decimal,
    names_only,
    percent,
    signed,
    with_interval,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from collectrisk._channel import Ladder
    from collectrisk._display.document import Block
    from collectrisk._typing import Array, ColumnMapping, Interval, Language

    # A figure, and the influence of each account on it; both None if the figure is not defined.
    Figure = tuple[float | None, Array | None]


@attrs.frozen(kw_only=True)
class Difference:
    """By how much a figure of one scorer differs from that of the first.

    Attributes
    ----------
    value : float or None
        The scorer's figure less the first scorer's; None where there is no such figure.
    interval : (float, float) or None
        Its paired interval: both scorers were held against the same accounts.
    """

    value: float | None
    interval: Interval | None


@attrs.frozen(kw_only=True)
class Comparison(Report):
    """Several scorers on the same accounts. `compare` makes it.

    ``print(comparison)`` shows it as text, a notebook as tables, and ``to_dict()`` gives plain data.

    Attributes
    ----------
    confidence : float
        The confidence of every interval.
    evaluations : dict of str to Evaluation
        The report on each scorer, in the order given.
    differences : dict of str to dict of str to Difference
        For each scorer but the first: ``"auc"``, ``"within_portfolio_auc"``, ``"brier"`` and
        ``"log_loss"`` less the first scorer's. A higher AUC is better, and a lower Brier score and
        log-loss.

    Notes
    -----
    Intervals are normal approximations. That of an AUC rests on DeLong, DeLong and Clarke-Pearson
    (1988), with the covariance of the two scorers; those of Brier score and log-loss on the spread
    of the accounts' differences.
    """

    confidence: float
    evaluations: dict[str, Evaluation] = attrs.field(repr=names_only)
    differences: dict[str, dict[str, Difference]] = attrs.field(repr=False)

    def _blocks(self, language: Language) -> Iterator[Block]:  # noqa: ARG002
        """Return what the report shows, in order."""
        yield self._pooled_table()
        yield self._difference_table()
        yield self._channel_table()
        if next(iter(self.evaluations.values())).portfolios:
            yield self._portfolio_table("AUC by portfolio", "auc")
            yield self._portfolio_table("log-loss by portfolio", "log_loss")

    def _pooled_table(self) -> Block:
        first, *others = map(pooled_figures, self.evaluations.values())
        rows = tuple((name, figure, *(other[name] for other in others)) for name, figure in first.items())
        return table(f"all accounts, {100 * self.confidence:g}% intervals", ("", *self.evaluations), rows)

    def _difference_table(self) -> Block:
        named = next(iter(self.differences.values()))
        rows = tuple(
            (LABELS[key], *(_told(differences[key]) for differences in self.differences.values()))
            for key in named
        )
        return table(f"less {next(iter(self.evaluations))}", ("", *self.differences), rows)

    def _channel_table(self) -> Block:
        shares = [
            {share.channel: share.share_of_accounts for share in each.pooled.channels}
            for each in self.evaluations.values()
        ]
        used = [channel for channel in Channel if any(channel in share for share in shares)]
        rows = tuple((channel.value, *(percent(share.get(channel)) for share in shares)) for channel in used)
        return table("share of accounts by channel", ("channel", *self.evaluations), rows)

    def _portfolio_table(self, caption: str, figure: str) -> Block:
        first, *_ = reports = [each.portfolios for each in self.evaluations.values()]
        rows = tuple(
            (
                name,
                count(measures.accounts),
                *(decimal(getattr(report[name], figure)) for report in reports),
            )
            for name, measures in first.items()
        )
        return table(caption, ("portfolio", "accounts", *self.evaluations), rows)


LABELS = {
    "auc": "AUC",
    "within_portfolio_auc": "AUC within portfolios",
    "brier": "Brier score",
    "log_loss": "log-loss",
}
"""What the tables call each figure that is compared."""


def _told(difference: Difference) -> str:
    return with_interval(difference.value, difference.interval, signed)


def _figures(candidate: Candidate, outcomes: Outcomes, evaluation: Evaluation) -> dict[str, Figure]:
    """Return the figures that are compared."""
    visited, probability, pooled = outcomes.visited, candidate.probability, evaluation.pooled

    def area(auc: float | None, members: Sequence[Array]) -> Figure:
        return auc, None if auc is None else influence_on_auc(visited, probability, members, auc)

    figures = {"auc": area(pooled.auc, [np.arange(len(visited))])}
    if outcomes.groups is not None:
        figures["within_portfolio_auc"] = area(evaluation.within_portfolio_auc, outcomes.groups.members)
    return {
        **figures,
        "brier": (pooled.brier, influence_on_mean((probability - visited) ** 2)),
        "log_loss": (pooled.log_loss, influence_on_mean(log_losses(visited, probability))),
    }


def _difference(figure: Figure, first: Figure, confidence: float) -> Difference:
    (value, influence), (first_value, first_influence) = figure, first
    if value is None or influence is None or first_value is None or first_influence is None:
        return Difference(value=None, interval=None)
    difference = value - first_value
    interval = difference_interval(difference, influence - first_influence, confidence)
    return Difference(value=difference, interval=interval)


def _several(scorers: Any) -> dict[str, Any]:
    """Return two or more scorers by name."""
    found = named(scorers)
    if len(found) < 2:
        raise ArgumentError("scorers", f"must be two or more, not {len(found)}; evaluate takes one alone")
    return found


def compare(
    scorers: Mapping[str, Any] | Sequence[Any],
    frame: Any,
    visited: Any,
    *,
    portfolio: Any = None,
    columns: ColumnMapping | None = None,
    positive: object = None,
    ladder: Ladder | None = None,
    confidence: float = 0.95,
    bins: int = 10,
) -> Comparison:
    """Hold several scorers against what came of the same accounts.

    Parameters
    ----------
    scorers : mapping of str to scorer, or list of scorers
        Two or more, each anything that `evaluate` takes: a scorer, probabilities, a column's name.
        The first is the one that the others are compared to.
    frame, visited, portfolio, columns, positive, ladder, confidence, bins
        As in `evaluate`.

    Returns
    -------
    Comparison
        The report on each, and the differences to the first with paired intervals.

    Raises
    ------
    ArgumentError
        If there are fewer than two scorers, they do not give equally many probabilities, or as in
        `evaluate`.

    See Also
    --------
    evaluate : One scorer alone.

    Examples
    --------
    >>> import collectrisk as cr
    >>> import numpy as np
    >>> accounts = cr.simulate_portfolio(2_000, backend="polars")
    >>> truth = cr.RuleScorer(base=-2.0).visit_probabilities(accounts)
    >>> visited = np.random.default_rng(0).random(2_000) < truth
    >>> scorers = {"rules": cr.RuleScorer(), "truth": truth}
    >>> comparison = cr.compare(scorers, accounts, visited)
    >>> low, high = comparison.differences["truth"]["log_loss"].interval
    >>> high < 0
    True
    """
    candidates = [
        read_candidate(scorer, frame, columns=columns, ladder=ladder, name=name)
        for name, scorer in _several(scorers).items()
    ]
    outcomes = read_outcomes(
        visited,
        portfolio,
        frame,
        _shared_rows(candidates),
        positive=positive,
        confidence=confidence,
        bins=bins,
    )
    evaluations = {candidate.name: evaluation_of(candidate, outcomes) for candidate in candidates}
    first, *others = (_figures(each, outcomes, evaluations[each.name]) for each in candidates)
    differences = {
        candidate.name: {key: _difference(figures[key], first[key], confidence) for key in first}
        for candidate, figures in zip(candidates[1:], others, strict=True)
    }
    return Comparison(confidence=confidence, evaluations=evaluations, differences=differences)


def _shared_rows(candidates: list[Candidate]) -> int:
    rows = {candidate.name: len(candidate.probability) for candidate in candidates}
    if len(set(rows.values())) > 1:
        told = ", ".join(f"{name} {count:,}" for name, count in rows.items())
        raise ArgumentError("scorers", f"must give equally many probabilities: {told}")
    return next(iter(rows.values()))
