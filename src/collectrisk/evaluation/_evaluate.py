"""The evaluation of one scorer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collectrisk.evaluation._auc import auc_interval, influence_on_auc
from collectrisk.evaluation._candidate import Candidate, accounts_for, read_candidate
from collectrisk.evaluation._evaluation import Evaluation
from collectrisk.evaluation._measures import Measures, measure
from collectrisk.evaluation._outcomes import Outcomes, read_outcomes
from collectrisk.evaluation._ranking import mean_auc, rank_accounts

if TYPE_CHECKING:
    from collectrisk._channel import Ladder
    from collectrisk._typing import Array
    from collectrisk.evaluation._groups import Period
    from collectrisk.mapping._mapping import Columns


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
        cut into periods, and so is text if all of it is dates such as ``2026-11-30``; numbers and other
        text are groups as they are, sorted by the numbers in them too. The report has the measures of each.
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
