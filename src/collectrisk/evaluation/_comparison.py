"""The report on several scorers on the same accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._channel import Channel
from collectrisk._display.document import table
from collectrisk.errors import ArgumentError
from collectrisk.evaluation._auc import influence_on_auc
from collectrisk.evaluation._calibration import log_losses
from collectrisk.evaluation._candidate import Candidate, accounts_for, name_scorers, read_candidate
from collectrisk.evaluation._evaluate import evaluate_candidate
from collectrisk.evaluation._evaluation import Evaluation, columns_of, pooled_values
from collectrisk.evaluation._intervals import difference_interval, influence_on_mean
from collectrisk.evaluation._outcomes import Outcomes, read_outcomes
from collectrisk.evaluation._report import Report, repr_names
from collectrisk.evaluation._wording import count, decimal, percent, signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from collectrisk._channel import Ladder
    from collectrisk._display.document import Block
    from collectrisk._typing import Array, Interval
    from collectrisk.evaluation._groups import Period
    from collectrisk.evaluation._wording import Wording
    from collectrisk.mapping._mapping import Columns

    # A measure and the influence of each account on it; both None if it is not defined.
    Estimate = tuple[float | None, Array | None]


@attrs.frozen(kw_only=True)
class Difference:
    """The difference between a measure of one scorer and that of the first scorer.

    Attributes
    ----------
    value : float or None
        The scorer's measure minus the first scorer's; None if one of them is not defined.
    interval : (float, float) or None
        Its interval, which is paired because both scorers are evaluated on the same accounts.

    Examples
    --------
    >>> import collectrisk as cr
    >>> scorers = {"flat": [0.5] * 4, "sharp": [0.9, 0.6, 0.2, 0.1]}
    >>> comparison = cr.compare(scorers, None, visited=[1, 0, 1, 0])
    >>> comparison.differences["sharp"]["auc"].value
    0.25
    """

    value: float | None
    interval: Interval | None


@attrs.frozen(kw_only=True)
class Comparison(Report):
    """The quality of several scorers on the same accounts, as `collectrisk.compare` returns it.

    ``print(comparison)`` shows it as text, a notebook as tables, ``to_frame()`` returns one row for each
    scorer and set of accounts, and ``to_dict()`` returns all figures as plain data.

    Attributes
    ----------
    confidence : float
        The confidence of all intervals.
    evaluations : dict of str to Evaluation
        The report on each scorer, in the order in which they were passed.
    differences : dict of str to dict of str to Difference
        For each scorer except the first: its ``"auc"``, ``"within_portfolio_auc"``, ``"brier"`` and
        ``"log_loss"`` minus the first scorer's. A higher AUC is better; a lower Brier score and
        log-loss are better.

    Notes
    -----
    The intervals are normal approximations. For an AUC, the variance is that of DeLong, DeLong and
    Clarke-Pearson (1988), with the covariance of the two scorers. For the Brier score and the
    log-loss, it is the variance of the accounts' differences.

    Examples
    --------
    >>> import collectrisk as cr
    >>> scorers = {"flat": [0.5] * 4, "sharp": [0.9, 0.6, 0.2, 0.1]}
    >>> comparison = cr.compare(scorers, None, visited=[1, 0, 1, 0])
    >>> comparison
    Comparison(confidence=0.95, evaluations=['flat', 'sharp'])
    >>> comparison.evaluations["sharp"].pooled.auc
    0.75
    """

    confidence: float
    evaluations: dict[str, Evaluation] = attrs.field(repr=repr_names)
    differences: dict[str, dict[str, Difference]] = attrs.field(repr=False)

    def _tables(self, wording: Wording) -> Iterator[Block]:
        words = wording.words
        first, *_ = reports = list(self.evaluations.values())
        values = [pooled_values(report, wording) for report in reports]
        rows = [(label, *(each[label] for each in values)) for label in values[0]]
        caption = words.all_scorers.format(f"{100 * self.confidence:g}")
        yield table(caption, ("", *self.evaluations), rows)
        yield self._difference_table(wording)
        yield self._channel_table(wording)
        if first.portfolios:
            yield self._portfolio_table(words.auc, "auc", wording)
            yield self._portfolio_table(words.log_loss, "log_loss", wording)

    def _columns(self) -> dict[str, list[Any]]:
        return columns_of(self.evaluations.values())

    def _difference_table(self, wording: Wording) -> Block:
        words = wording.words
        labels = {
            "auc": words.auc,
            "within_portfolio_auc": words.within_portfolio_auc,
            "brier": words.brier,
            "log_loss": words.log_loss,
        }
        first, *_ = differences = list(self.differences.values())
        rows = [
            (
                labels[key],
                *(wording.with_interval(each[key].value, each[key].interval, signed) for each in differences),
            )
            for key in first
        ]
        caption = words.difference.format(next(iter(self.evaluations)))
        return table(caption, ("", *self.differences), rows)

    def _channel_table(self, wording: Wording) -> Block:
        shares = [
            {share.channel: share.share_of_accounts for share in each.pooled.channels}
            for each in self.evaluations.values()
        ]
        used = [channel for channel in Channel if any(channel in share for share in shares)]
        rows = [
            (wording.channel(channel), *(percent(share.get(channel)) for share in shares)) for channel in used
        ]
        words = wording.words
        return table(words.share_by_channel, (words.channel, *self.evaluations), rows)

    def _portfolio_table(self, label: str, measure: str, wording: Wording) -> Block:
        first, *_ = reports = [each.portfolios for each in self.evaluations.values()]
        rows = [
            (name, count(first[name].accounts), *(decimal(getattr(each[name], measure)) for each in reports))
            for name in first
        ]
        words = wording.words
        header = (words.portfolio, words.accounts, *self.evaluations)
        return table(words.by_portfolio.format(label), header, rows)


def _estimates(candidate: Candidate, outcomes: Outcomes, evaluation: Evaluation) -> dict[str, Estimate]:
    """Return the measures that are compared."""
    sample = outcomes.sample(candidate.probability)
    visited, probability, weights = sample.arrays
    pooled = evaluation.pooled

    def auc_estimate(auc: float | None, groups: Iterable[Array]) -> Estimate:
        return auc, None if auc is None else influence_on_auc(sample, groups, auc)

    def influence_on(losses: Array) -> Array:
        return influence_on_mean(losses, weights, sample.clusters)

    estimates = {"auc": auc_estimate(pooled.auc, [np.arange(len(visited))])}
    if outcomes.portfolios:
        within = auc_estimate(evaluation.within_portfolio_auc, outcomes.portfolios.values())
        estimates["within_portfolio_auc"] = within
    return {
        **estimates,
        "brier": (pooled.brier, influence_on((probability - visited) ** 2)),
        "log_loss": (pooled.log_loss, influence_on(log_losses(visited, probability))),
    }


def _difference(estimate: Estimate, first: Estimate, outcomes: Outcomes) -> Difference:
    (value, influence), (first_value, first_influence) = estimate, first
    if value is None or influence is None or first_value is None or first_influence is None:
        return Difference(value=None, interval=None)
    difference = value - first_value
    interval = difference_interval(
        difference, influence - first_influence, outcomes.confidence, outcomes.clusters
    )
    return Difference(value=difference, interval=interval)


def compare(
    scorers: Mapping[str, Any] | Sequence[Any],
    frame: Any,
    visited: Any,
    *,
    portfolio: Any = None,
    by: Any = None,
    period: Period = "month",
    cluster: Any = None,
    sample_weight: Any = None,
    columns: Columns | None = None,
    positive: object = None,
    ladder: Ladder | None = None,
    confidence: float = 0.95,
    bins: int = 10,
) -> Comparison:
    """Compare several scorers' visit probabilities with observed visits on the same accounts.

    Parameters
    ----------
    scorers : mapping of str to scorer, or list of scorers
        Two or more, each a scorer, probabilities or the name of a column, as in `evaluate`. The
        others are compared with the first.
    frame, visited, portfolio, by, period, cluster, sample_weight, columns, positive, ladder, confidence, bins
        As in `evaluate`.

    Returns
    -------
    Comparison
        The report on each scorer, and the differences from the first, with paired intervals.

    Raises
    ------
    ArgumentError
        If there are fewer than two scorers, if they have different numbers of probabilities, if
        `columns` is not passed and two of them keep different mappings, or as in `evaluate`.

    See Also
    --------
    evaluate : Evaluates one scorer.

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
    by_name = name_scorers(scorers)
    if len(by_name) < 2:
        raise ArgumentError("scorers", f"must be two or more, not {len(by_name)}; use evaluate for one")
    accounts = accounts_for(by_name, frame, columns)
    candidates = [
        read_candidate(each, frame, columns, ladder, name, accounts=accounts)
        for name, each in by_name.items()
    ]
    rows = [len(candidate.probability) for candidate in candidates]
    if len(set(rows)) > 1:
        counts = ", ".join(f"{name} {count:,}" for name, count in zip(by_name, rows, strict=True))
        raise ArgumentError("scorers", f"must have the same number of probabilities, not {counts}")
    outcomes = read_outcomes(
        visited,
        portfolio,
        frame,
        rows[0],
        by=by,
        period=period,
        cluster=cluster,
        sample_weight=sample_weight,
        positive=positive,
        confidence=confidence,
        bins=bins,
        accounts=accounts,
    )
    evaluations = {candidate.name: evaluate_candidate(candidate, outcomes) for candidate in candidates}
    first, *others = (_estimates(each, outcomes, evaluations[each.name]) for each in candidates)
    differences = {
        candidate.name: {key: _difference(estimates[key], first[key], outcomes) for key in first}
        for candidate, estimates in zip(candidates[1:], others, strict=True)
    }
    return Comparison(confidence=outcomes.confidence, evaluations=evaluations, differences=differences)
