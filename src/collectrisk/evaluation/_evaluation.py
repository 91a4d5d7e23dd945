"""The report on one scorer, for all accounts and by portfolio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._display.document import table
from collectrisk.evaluation._auc import auc_interval, influence_on_auc
from collectrisk.evaluation._candidate import Candidate, accounts_for, read_candidate
from collectrisk.evaluation._measures import Measures, measure
from collectrisk.evaluation._outcomes import Outcomes, read_outcomes
from collectrisk.evaluation._ranking import Ranking, mean_auc, rank_accounts
from collectrisk.evaluation._report import (
    Report,
    count,
    decimal,
    p_value,
    percent,
    repr_names,
    shift,
    with_interval,
    z_and_p,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from collectrisk._channel import Ladder
    from collectrisk._display.document import Block
    from collectrisk._typing import Array, Interval
    from collectrisk.evaluation._groups import Period
    from collectrisk.mapping._mapping import Columns


@attrs.frozen(kw_only=True)
class Evaluation(Report):
    """The quality of one scorer on some accounts, as `collectrisk.evaluate` returns it.

    ``print(evaluation)`` shows it as text, a notebook as tables, and ``to_dict()`` returns plain data.

    Attributes
    ----------
    name : str
        The scorer's name.
    confidence : float
        The confidence of all intervals.
    pooled : Measures
        The measures of all accounts together.
    within_portfolio_auc : float or None
        The AUC for pairs of accounts in the same portfolio: the mean of the portfolios' AUCs,
        weighted by their number of pairs. None without portfolios.
    within_portfolio_auc_interval : (float, float) or None
        Its interval.
    portfolios : dict of str to Measures
        The measures of each portfolio, the largest first.
    by : str or None
        What the accounts are grouped by: a column, a period such as ``"month"``, or ``"group"``. None if
        they are not.
    groups : dict of str to Measures
        The measures of each of these groups, in their order, from the first month to the last.
    skipped : int
        The number of rows that the mapping skips because they are not accounts; nothing else counts them.
    ranking : Ranking or None
        Cumulative shares of accounts and visits, for `plots.gains` and `plots.roc`; None if all
        accounts are in one class.

    Notes
    -----
    The pooled AUC also counts pairs of accounts in different portfolios. If portfolios have different
    policies of visits, it measures the difference of the policies and not how well the scorer ranks
    accounts. The same is true of the other pooled measures, so compare them with those by portfolio.

    Without ``cluster=``, the intervals and tests assume that accounts are independent. Several accounts of
    one borrower are not, and make the intervals too narrow. An account with a weight is one observation,
    whatever its weight: with integer weights, the measures are those of repeated accounts, and the
    intervals are wider.

    Examples
    --------
    >>> import collectrisk as cr
    >>> evaluation = cr.evaluate([0.9, 0.6, 0.2, 0.1], None, visited=[1, 0, 1, 0])
    >>> evaluation
    Evaluation(name='probabilities', confidence=0.95, pooled=Measures(accounts=4, visits=2, ...
    >>> evaluation.pooled.auc
    0.75
    """

    name: str
    confidence: float
    pooled: Measures
    within_portfolio_auc: float | None = None
    within_portfolio_auc_interval: Interval | None = None
    portfolios: dict[str, Measures] = attrs.field(factory=dict, repr=repr_names)
    by: str | None = None
    groups: dict[str, Measures] = attrs.field(factory=dict, repr=repr_names)
    skipped: int = 0
    ranking: Ranking | None = attrs.field(default=None, repr=False)

    def _tables(self) -> Iterator[Block]:
        caption = f"{self.name}: all accounts, {100 * self.confidence:g}% intervals"
        yield table(caption, ("", "value"), list(pooled_values(self).items()))
        yield _calibration_table(self.pooled)
        yield _channel_table(self.pooled)
        if self.portfolios:
            yield from self._group_tables("portfolio", self.portfolios)
            header = ("portfolio", *(share.channel.value for share in self.pooled.channels))
            rows = [
                (name, *(percent(share.share_of_accounts) for share in each.channels))
                for name, each in self.portfolios.items()
            ]
            yield table("share of accounts by channel and portfolio", header, rows)
        if self.by is not None:
            yield from self._group_tables(self.by, self.groups)

    def _group_tables(self, by: str, groups: dict[str, Measures]) -> Iterator[Block]:
        yield _group_table(
            f"visits by {by}",
            by,
            groups,
            {
                "accounts": lambda each: count(each.accounts),
                "visits": lambda each: count(each.visits),
                "observed rate": _observed_rate,
                "expected rate": lambda each: percent(each.expected_rate),
                "in the large": lambda each: shift(each.calibration_in_the_large),
                "p-value": lambda each: p_value(each.level_test),
            },
        )
        yield _group_table(
            f"measures by {by}",
            by,
            groups,
            {
                "AUC": lambda each: with_interval(each.auc, each.auc_interval),
                "slope": lambda each: decimal(each.calibration_slope),
                "Brier score": lambda each: decimal(each.brier),
                "log-loss": lambda each: decimal(each.log_loss),
                "Spiegelhalter p": lambda each: p_value(each.spiegelhalter_test),
            },
        )


def _group_table(
    caption: str, by: str, groups: dict[str, Measures], columns: dict[str, Callable[[Measures], str]]
) -> Block:
    rows = [(name, *(to_text(measures) for to_text in columns.values())) for name, measures in groups.items()]
    return table(caption, (by, *columns), rows)


def _observed_rate(measures: Measures) -> str:
    return with_interval(measures.observed_rate, measures.observed_rate_interval, percent)


def pooled_values(evaluation: Evaluation) -> dict[str, str]:
    """Return the measures of all accounts as text, by label."""
    pooled = evaluation.pooled
    within = with_interval(evaluation.within_portfolio_auc, evaluation.within_portfolio_auc_interval)
    return {
        "accounts": count(pooled.accounts),
        **({"clusters": count(pooled.clusters)} if pooled.clusters is not None else {}),
        **({"skipped rows left out": count(evaluation.skipped)} if evaluation.skipped else {}),
        "visits": count(pooled.visits),
        "observed visit rate": _observed_rate(pooled),
        "expected visit rate": percent(pooled.expected_rate),
        "AUC": with_interval(pooled.auc, pooled.auc_interval),
        **({"AUC within portfolios": within} if evaluation.portfolios else {}),
        "Gini": decimal(pooled.gini),
        "Kolmogorov-Smirnov": decimal(pooled.ks),
        "Brier score": with_interval(pooled.brier, pooled.brier_interval),
        "= reliability": decimal(pooled.reliability),
        "- resolution": decimal(pooled.resolution),
        "+ uncertainty": decimal(pooled.uncertainty),
        "log-loss": decimal(pooled.log_loss),
        "calibration in the large": with_interval(
            pooled.calibration_in_the_large, pooled.calibration_in_the_large_interval, shift
        ),
        "z-test of the level": z_and_p(pooled.level_test),
        "Spiegelhalter's z-test": z_and_p(pooled.spiegelhalter_test),
        "calibration intercept": with_interval(
            pooled.calibration_intercept, pooled.calibration_intercept_interval, shift
        ),
        "calibration slope": with_interval(pooled.calibration_slope, pooled.calibration_slope_interval),
        "expected calibration error": decimal(pooled.expected_calibration_error),
    }


def _calibration_table(pooled: Measures) -> Block:
    rows = [
        (
            f"{percent(each.minimum)} to {percent(each.maximum)}",
            count(each.accounts),
            percent(each.expected_rate),
            percent(each.observed_rate),
        )
        for each in pooled.bins
    ]
    header = ("visit probability", "accounts", "expected rate", "observed rate")
    return table("expected and observed rates", header, rows)


def _channel_table(pooled: Measures) -> Block:
    header = ("channel", "from", "accounts", "share", "expected visits", "share", "visits", "share")
    rows = [
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
    ]
    return table("accounts and visits by channel", header, rows)


def evaluate_candidate(candidate: Candidate, outcomes: Outcomes) -> Evaluation:
    """Return the report on probabilities."""
    sample = outcomes.sample(candidate.probability)

    def measure_each(groups: dict[str, Array]) -> dict[str, Measures]:
        return {name: measure_rows(rows) for name, rows in groups.items()}

    def measure_rows(rows: Any) -> Measures:
        return measure(
            sample.take(rows),
            ladder=candidate.ladder,
            confidence=outcomes.confidence,
            bins=outcomes.bins,
        )

    portfolios = measure_each(outcomes.portfolios)
    rows, aucs = outcomes.portfolios.values(), (each.auc for each in portfolios.values())
    auc, interval = mean_auc(sample.visited, sample.weights, rows, aucs), None
    if auc is not None:
        interval = auc_interval(sample, auc, influence_on_auc(sample, rows, auc), outcomes.confidence)
    return Evaluation(
        name=candidate.name,
        confidence=outcomes.confidence,
        pooled=measure_rows(slice(None)),
        within_portfolio_auc=auc,
        within_portfolio_auc_interval=interval,
        portfolios=portfolios,
        by=outcomes.by,
        groups=measure_each(outcomes.groups),
        skipped=outcomes.skipped,
        ranking=rank_accounts(*sample.arrays),
    )


def evaluate(
    scorer: Any,
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
) -> Evaluation:
    """Compare a scorer's visit probabilities with observed visits.

    Parameters
    ----------
    scorer : Scorer, or array of float of shape (n_rows,), or str
        What to evaluate: a scorer; probabilities from elsewhere, such as out-of-fold predictions; or
        the name of the frame's column with the probabilities.
    frame : eager frame, mapping of str to array, or None
        One row per account. It may be None if `scorer` contains probabilities and no argument is the
        name of a column.
    visited : array, series or list of shape (n_rows,), or str
        Whether each account was visited: true and false, 1 and 0, or two other labels with
        `positive`. Or the name of the frame's column with the labels.
    portfolio : array, series or list of shape (n_rows,), or str, optional
        The portfolio of each account, or another group, or the name of a column. Accounts with a
        missing portfolio form the portfolio ``"(missing)"``.
    by : array, series or list of shape (n_rows,), or str, optional
        A group of each account whose order matters, such as its month, or the name of a column. Dates are
        cut into periods; numbers and text are groups as they are. The report has the measures of each.
    period : {"day", "week", "month", "quarter", "year"}, default "month"
        The period into which the dates of `by` are cut.
    cluster : array, series or list of shape (n_rows,), or str, optional
        What several rows have in common, such as the debtor, or the name of a column. Intervals and tests
        then allow for the dependence of rows in the same cluster.
    sample_weight : array, series or list of shape (n_rows,), or str, optional
        The weight of each account in every measure, 0 or more, such as the inverse of its probability
        of being in a sample; or the name of a column. An account with weight 0 is left out.
    columns : Mapping, or mapping of str to (str or None), optional
        How the fields are read, as in `Scorer.assess_frame`. Rows that a `Mapping` skips are left out
        of every measure, together with their labels, portfolios and weights.
    positive : object, optional
        The label that means a visit, if labels are not true and false or 1 and 0.
    ladder : Ladder, optional
        Determines the channels. By default the scorer's ladder, or `DEFAULT_LADDER` for
        probabilities.
    confidence : float, default 0.95
        The confidence of intervals, between 0 and 1.
    bins : int, default 10
        The number of bins in which expected and observed rates are compared. They have about the
        same number of accounts, or weight.

    Returns
    -------
    Evaluation
        Measures of all accounts, of each portfolio and of each group.

    Raises
    ------
    ArgumentError
        If labels or clusters are missing, or do not match the rows; if there are more than two classes,
        or only one cluster; if probabilities or weights are invalid; or if there is no column with a
        given name.
    CollectRiskError
        As in `Scorer.visit_probabilities`: for a lazy frame, or rows with invalid values.

    See Also
    --------
    compare : Compares several scorers on the same accounts.

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

    By month of the snapshots, with several rows of the same debtor:

    >>> months = np.repeat(np.array(["2026-01-31", "2026-02-28"], dtype="datetime64[D]"), 1_000)
    >>> debtor = np.tile(np.arange(1_000), 2)
    >>> evaluation = cr.evaluate(truth, None, visited, by=months, cluster=debtor)
    >>> for name, measures in evaluation.groups.items():
    ...     print(name, measures.visits, f"{measures.level_test.p_value:.2f}")
    2026-01 35 0.64
    2026-02 53 0.66
    """
    accounts = accounts_for({"scorer": scorer}, frame, columns)
    candidate = read_candidate(scorer, frame, columns, ladder, accounts=accounts)
    rows = len(candidate.probability)
    outcomes = read_outcomes(
        visited,
        portfolio,
        frame,
        rows,
        by=by,
        period=period,
        cluster=cluster,
        sample_weight=sample_weight,
        positive=positive,
        confidence=confidence,
        bins=bins,
        accounts=accounts,
    )
    return evaluate_candidate(candidate, outcomes)
