"""The report on one scorer: pooled, and portfolio by portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._display.document import table
from collectrisk.evaluation._candidate import Candidate, read_candidate
from collectrisk.evaluation._intervals import auc_interval, influence_on_auc
from collectrisk.evaluation._measures import Measures, measure
from collectrisk.evaluation._outcomes import Outcomes, read_outcomes
from collectrisk.evaluation._ranking import Ranking, ranking_of, within_groups
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
    from collections.abc import Iterator, Mapping

    from collectrisk._channel import Ladder
    from collectrisk._display.document import Block
    from collectrisk._typing import ColumnMapping, Interval, Language


@attrs.frozen(kw_only=True)
class Evaluation(Report):
    """How good one scorer is on some accounts. `evaluate` makes it.

    ``print(evaluation)`` shows it as text, a notebook as tables, and ``to_dict()`` gives plain data.

    Attributes
    ----------
    name : str
        The scorer.
    confidence : float
        The confidence of every interval.
    pooled : Measures
        All accounts together.
    within_portfolio_auc : float or None
        The AUC among pairs of accounts of the same portfolio: the mean of the portfolios' AUCs,
        each weighted by its number of pairs. None without portfolios.
    within_portfolio_auc_interval : (float, float) or None
        Its interval.
    portfolios : dict of str to Measures
        The same measures for each portfolio, the largest first.
    ranking : Ranking or None
        What the ranking of all accounts has found on the way down, for `plots.gains` and
        `plots.roc`; None where all accounts are of one class.

    Notes
    -----
    The pooled AUC also counts pairs of accounts of different portfolios. Where portfolios differ in
    their policy of visits, it tells the policies apart and not the accounts. So does the rest of
    the pooled figures; read them beside those of the portfolios.

    Intervals take the accounts for independent of each other. Several accounts of one borrower are
    not, and make them too narrow.
    """

    name: str
    confidence: float
    pooled: Measures
    within_portfolio_auc: float | None = None
    within_portfolio_auc_interval: Interval | None = None
    portfolios: dict[str, Measures] = attrs.field(factory=dict, repr=names_only)
    ranking: Ranking | None = attrs.field(default=None, repr=False)

    def _blocks(self, language: Language) -> Iterator[Block]:  # noqa: ARG002
        """Return what the report shows, in order."""
        caption = f"{self.name}: all accounts, {100 * self.confidence:g}% intervals"
        yield table(caption, ("", "figure"), tuple(pooled_figures(self).items()))
        yield _calibration_table(self.pooled)
        yield _channel_table(self.pooled)
        if self.portfolios:
            yield _rates_by_portfolio(self.portfolios)
            yield _figures_by_portfolio(self.portfolios)
            yield _channels_by_portfolio(self.portfolios)


def pooled_figures(evaluation: Evaluation) -> dict[str, str]:
    """Return the figures for all accounts together, in words, by what they are called."""
    pooled = evaluation.pooled
    within = with_interval(evaluation.within_portfolio_auc, evaluation.within_portfolio_auc_interval)
    return {
        "accounts": count(pooled.accounts),
        "visits": count(pooled.visits),
        "observed visit rate": with_interval(pooled.observed_rate, pooled.observed_rate_interval, percent),
        "expected visit rate": percent(pooled.expected_rate),
        "AUC": with_interval(pooled.auc, pooled.auc_interval),
        **({"AUC within portfolios": within} if evaluation.portfolios else {}),
        "Gini": decimal(pooled.gini),
        "Kolmogorov-Smirnov": decimal(pooled.ks),
        "Brier score": decimal(pooled.brier),
        "= reliability": decimal(pooled.reliability),
        "- resolution": decimal(pooled.resolution),
        "+ uncertainty": decimal(pooled.uncertainty),
        "log-loss": decimal(pooled.log_loss),
        "calibration in the large": signed(pooled.calibration_in_the_large),
        "calibration intercept": signed(pooled.calibration_intercept),
        "calibration slope": decimal(pooled.calibration_slope),
        "expected calibration error": decimal(pooled.expected_calibration_error),
    }


def _calibration_table(pooled: Measures) -> Block:
    rows = tuple(
        (
            f"{percent(each.least)} to {percent(each.most)}",
            count(each.accounts),
            percent(each.expected_rate),
            percent(each.observed_rate),
        )
        for each in pooled.bins
    )
    return table(
        "expected and observed rates",
        ("visit probability", "accounts", "expected rate", "observed rate"),
        rows,
    )


def _channel_table(pooled: Measures) -> Block:
    header = ("channel", "from", "accounts", "share", "expected visits", "share", "visits", "share")
    rows = tuple(
        (
            each.channel.value,
            percent(each.least),
            count(each.accounts),
            percent(each.share_of_accounts),
            f"{each.expected_visits:,.1f}",
            percent(each.share_of_expected_visits),
            count(each.visits),
            percent(each.share_of_visits),
        )
        for each in pooled.channels
    )
    return table("accounts and visits by channel", header, rows)


def _rates_by_portfolio(portfolios: Mapping[str, Measures]) -> Block:
    header = ("portfolio", "accounts", "visits", "observed rate", "expected rate", "in the large")
    rows = tuple(
        (
            name,
            count(each.accounts),
            count(each.visits),
            with_interval(each.observed_rate, each.observed_rate_interval, percent),
            percent(each.expected_rate),
            signed(each.calibration_in_the_large),
        )
        for name, each in portfolios.items()
    )
    return table("visits by portfolio", header, rows)


def _figures_by_portfolio(portfolios: Mapping[str, Measures]) -> Block:
    header = ("portfolio", "AUC", "calibration slope", "Brier score", "log-loss")
    rows = tuple(
        (
            name,
            with_interval(each.auc, each.auc_interval),
            decimal(each.calibration_slope),
            decimal(each.brier),
            decimal(each.log_loss),
        )
        for name, each in portfolios.items()
    )
    return table("figures by portfolio", header, rows)


def _channels_by_portfolio(portfolios: Mapping[str, Measures]) -> Block:
    first = next(iter(portfolios.values()))
    header = ("portfolio", *(share.channel.value for share in first.channels))
    rows = tuple(
        (name, *(percent(share.share_of_accounts) for share in each.channels))
        for name, each in portfolios.items()
    )
    return table("share of accounts by channel and portfolio", header, rows)


def evaluation_of(candidate: Candidate, outcomes: Outcomes) -> Evaluation:
    """Return the report on probabilities that were made already."""

    def measured(rows: Any) -> Measures:
        return measure(
            outcomes.visited[rows],
            candidate.probability[rows],
            candidate.ladder,
            outcomes.confidence,
            outcomes.bins,
        )

    groups = outcomes.groups
    portfolios = {} if groups is None else dict(zip(groups.names, map(measured, groups.members), strict=True))
    within, interval = _within(candidate, outcomes, list(portfolios.values()))
    return Evaluation(
        name=candidate.name,
        confidence=outcomes.confidence,
        pooled=measured(slice(None)),
        within_portfolio_auc=within,
        within_portfolio_auc_interval=interval,
        portfolios=portfolios,
        ranking=ranking_of(outcomes.visited, candidate.probability),
    )


def _within(
    candidate: Candidate, outcomes: Outcomes, portfolios: list[Measures]
) -> tuple[float | None, Interval | None]:
    if outcomes.groups is None:
        return None, None
    visited, members = outcomes.visited, outcomes.groups.members
    auc = within_groups(visited, members, [each.auc for each in portfolios])
    if auc is None:
        return None, None
    influence = influence_on_auc(visited, candidate.probability, members, auc)
    return auc, auc_interval(auc, influence, visited, outcomes.confidence)


def evaluate(
    scorer: Any,
    frame: Any,
    visited: Any,
    *,
    portfolio: Any = None,
    columns: ColumnMapping | None = None,
    positive: object = None,
    ladder: Ladder | None = None,
    confidence: float = 0.95,
    bins: int = 10,
) -> Evaluation:
    """Hold a scorer's visit probabilities against what came of the accounts.

    Parameters
    ----------
    scorer : Scorer, or array of float of shape (n_rows,), or str
        What to evaluate: a scorer; probabilities that were made elsewhere, such as out-of-fold
        predictions; or the column of the frame that holds them.
    frame : eager frame, mapping of str to array, or None
        One row an account. None will do where probabilities are given and no column is named.
    visited : array, series or list of shape (n_rows,), or str
        Whether each account went on to an in-person visit: true and false, 1 and 0, or two other
        labels with `positive`. Or the column of the frame that says so.
    portfolio : array, series or list of shape (n_rows,), or str, optional
        What portfolio, or what group of any other sort, each account is in; or the column that says
        so. Accounts whose portfolio is not known are a portfolio of their own, ``"(missing)"``.
    columns : mapping of str to (str or None), optional
        The frame's name for a field, as in `Scorer.assess_frame`.
    positive : object, optional
        The label that stands for a visit, where labels are neither true and false nor 1 and 0.
    ladder : Ladder, optional
        By which to count channels; the scorer's own, or the house ladder for given probabilities.
    confidence : float, default 0.95
        The confidence of intervals, between 0 and 1.
    bins : int, default 10
        In how many bins, of about equally many accounts, expected and observed rates are compared.

    Returns
    -------
    Evaluation
        Figures for all accounts, and for each portfolio.

    Raises
    ------
    ArgumentError
        If labels are missing, of more than two classes, or not one a row; if given probabilities
        are none; or if there is no such column.
    CollectRiskError
        As in `Scorer.visit_probabilities`: for a lazy frame, or rows that no borrower can be.

    See Also
    --------
    compare : Several scorers on the same accounts.

    Examples
    --------
    >>> import collectrisk as cr
    >>> import numpy as np
    >>> accounts = cr.simulate_portfolio(2_000, backend="polars")
    >>> truth = cr.RuleScorer(base=-2.0).visit_probabilities(accounts)
    >>> visited = np.random.default_rng(0).random(2_000) < truth
    >>> evaluation = cr.evaluate(cr.RuleScorer(), accounts, visited, portfolio="product")
    >>> round(evaluation.pooled.calibration_in_the_large, 1)
    1.9
    >>> list(evaluation.portfolios)
    ['online_loan', 'credit_card', 'other']
    """
    candidate = read_candidate(scorer, frame, columns=columns, ladder=ladder)
    outcomes = read_outcomes(
        visited,
        portfolio,
        frame,
        len(candidate.probability),
        positive=positive,
        confidence=confidence,
        bins=bins,
    )
    return evaluation_of(candidate, outcomes)
