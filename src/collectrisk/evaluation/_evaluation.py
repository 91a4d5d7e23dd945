"""The report on one scorer, for all accounts, by portfolio and by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from collectrisk._display.document import table
from collectrisk.evaluation._calibration_test import CalibrationTest
from collectrisk.evaluation._measures import Measures
from collectrisk.evaluation._report import Report, repr_names
from collectrisk.evaluation._wording import count, decimal, p_value, percent, shift

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from collectrisk._display.document import Block
    from collectrisk._typing import Interval
    from collectrisk.evaluation._ranking import Ranking
    from collectrisk.evaluation._wording import Wording


@attrs.frozen(kw_only=True)
class Evaluation(Report):
    """The quality of one scorer on some accounts, as `collectrisk.evaluate` returns it.

    ``print(evaluation)`` shows it as text, a notebook as tables, ``to_frame()`` returns one row for all
    accounts, each portfolio and each group, and ``to_dict()`` returns all figures as plain data.

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

    def _tables(self, wording: Wording) -> Iterator[Block]:
        return _tables_of(self, wording)

    def _columns(self) -> dict[str, list[Any]]:
        return columns_of([self])


def _tables_of(evaluation: Evaluation, wording: Wording) -> Iterator[Block]:
    """Return the tables of a report, in order."""
    words = wording.words
    caption = words.one_scorer.format(evaluation.name, f"{100 * evaluation.confidence:g}")
    yield table(caption, ("", words.value), list(pooled_values(evaluation, wording).items()))
    yield calibration_table(evaluation.pooled, wording)
    yield channel_table(evaluation.pooled, wording)
    if evaluation.portfolios:
        yield from group_tables(words.portfolio, evaluation.portfolios, wording)
        header = (words.portfolio, *(wording.channel(each.channel) for each in evaluation.pooled.channels))
        rows = [
            (name, *(percent(share.share_of_accounts) for share in each.channels))
            for name, each in evaluation.portfolios.items()
        ]
        yield table(words.channels_by_portfolio, header, rows)
    if evaluation.by is not None:
        yield from group_tables(wording.group(evaluation.by), evaluation.groups, wording)


def group_tables(by: str, groups: dict[str, Measures], wording: Wording) -> Iterator[Block]:
    """Yield the rates and the measures of groups of accounts."""
    words = wording.words
    rates: dict[str, Callable[[Measures], str]] = {
        words.accounts: lambda each: count(each.accounts),
        words.visits: lambda each: count(each.visits),
        words.observed: lambda each: _observed_rate(each, wording),
        words.expected: lambda each: percent(each.expected_rate),
        words.in_the_large: lambda each: shift(each.calibration_in_the_large),
        words.p_value: lambda each: p_value(each.level_test),
    }
    measures: dict[str, Callable[[Measures], str]] = {
        words.auc: lambda each: wording.with_interval(each.auc, each.auc_interval),
        words.slope: lambda each: decimal(each.calibration_slope),
        words.brier: lambda each: decimal(each.brier),
        words.log_loss: lambda each: decimal(each.log_loss),
        words.spiegelhalter_p: lambda each: p_value(each.spiegelhalter_test),
    }
    for caption, columns in ((words.visits_by, rates), (words.measures_by, measures)):
        rows = [(name, *(to_text(each) for to_text in columns.values())) for name, each in groups.items()]
        yield table(caption.format(by), (by, *columns), rows)


def _observed_rate(measures: Measures, wording: Wording) -> str:
    return wording.with_interval(measures.observed_rate, measures.observed_rate_interval, percent)


def pooled_values(evaluation: Evaluation, wording: Wording) -> dict[str, str]:
    """Return the measures of all accounts as text, by label."""
    pooled, words, shown = evaluation.pooled, wording.words, wording.with_interval
    within = shown(evaluation.within_portfolio_auc, evaluation.within_portfolio_auc_interval)
    level, intercept = pooled.calibration_in_the_large, pooled.calibration_intercept
    return {
        words.accounts: count(pooled.accounts),
        **({words.clusters: count(pooled.clusters)} if pooled.clusters is not None else {}),
        **({words.skipped: count(evaluation.skipped)} if evaluation.skipped else {}),
        words.visits: count(pooled.visits),
        words.observed_rate: _observed_rate(pooled, wording),
        words.expected_rate: percent(pooled.expected_rate),
        words.auc: shown(pooled.auc, pooled.auc_interval),
        **({words.within_portfolio_auc: within} if evaluation.portfolios else {}),
        words.gini: decimal(pooled.gini),
        words.ks: decimal(pooled.ks),
        words.brier: shown(pooled.brier, pooled.brier_interval),
        words.reliability: decimal(pooled.reliability),
        words.resolution: decimal(pooled.resolution),
        words.uncertainty: decimal(pooled.uncertainty),
        words.log_loss: decimal(pooled.log_loss),
        words.level: shown(level, pooled.calibration_in_the_large_interval, shift),
        words.level_test: wording.z_and_p(pooled.level_test),
        words.spiegelhalter_test: wording.z_and_p(pooled.spiegelhalter_test),
        words.intercept: shown(intercept, pooled.calibration_intercept_interval, shift),
        words.calibration_slope: shown(pooled.calibration_slope, pooled.calibration_slope_interval),
        words.calibration_error: decimal(pooled.expected_calibration_error),
    }


def calibration_table(pooled: Measures, wording: Wording) -> Block:
    """Return the expected and the observed rate of each bin."""
    words = wording.words
    rows = [
        (
            words.range.format(percent(each.minimum), percent(each.maximum)),
            count(each.accounts),
            percent(each.expected_rate),
            percent(each.observed_rate),
        )
        for each in pooled.bins
    ]
    return table(words.rates, (words.probability, words.accounts, words.expected, words.observed), rows)


def channel_table(pooled: Measures, wording: Wording) -> Block:
    """Return the accounts and visits of each channel."""
    words = wording.words
    header = (
        *(words.channel, words.least, words.accounts, words.share),
        *(words.expected_visits, words.share, words.visits, words.share),
    )
    rows = [
        (
            wording.channel(each.channel),
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
    return table(words.by_channel, header, rows)


def columns_of(evaluations: Iterable[Evaluation]) -> dict[str, list[Any]]:
    """Return the measures by column, with a row for all accounts, each portfolio and each group."""
    rows = [
        {"scorer": evaluation.name, "grouping": grouping, "group": group, **_figures(measures)}
        for evaluation in evaluations
        for grouping, groups in (
            ("all", {"": evaluation.pooled}),
            ("portfolio", evaluation.portfolios),
            (evaluation.by, evaluation.groups),
        )
        for group, measures in groups.items()
    ]
    return {name: [row[name] for row in rows] for name in rows[0]}


def _figures(measures: Measures) -> dict[str, Any]:
    """Return the figures of some accounts by name; intervals and tests are two figures each."""
    figures: dict[str, Any] = {}
    for field in attrs.fields(Measures):
        value = getattr(measures, field.name)
        if field.name in INTERVALS:
            low, high = value or (None, None)
            figures |= {f"{INTERVALS[field.name]}_low": low, f"{INTERVALS[field.name]}_high": high}
        elif field.name in TESTS:
            z, p = (value.z, value.p_value) if isinstance(value, CalibrationTest) else (None, None)
            figures |= {f"{TESTS[field.name]}_z": z, f"{TESTS[field.name]}_p_value": p}
        elif field.name not in {"bins", "channels"}:
            figures[field.name] = value
    return figures


INTERVALS = {
    name: name.removesuffix("_interval") for name in Measures.__annotations__ if name.endswith("_interval")
}
TESTS = {name: name.removesuffix("_test") for name in Measures.__annotations__ if name.endswith("_test")}
