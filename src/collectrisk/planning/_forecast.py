"""How many visits there will be among some accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._display.document import Document, paragraph, table
from collectrisk._display.words import words_in
from collectrisk.errors import ArgumentError, UnknownGroupError, shown, type_name
from collectrisk.planning._accounts import Accounts, by_channel, read_accounts
from collectrisk.planning._counts import visit_sum
from collectrisk.planning._levels import Portfolio, count_distribution
from collectrisk.planning._uncertainty import uncertainty_of
from collectrisk.planning._visit_count import VisitCount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectrisk._display.document import Block
    from collectrisk._typing import Array, Language
    from collectrisk.mapping._mapping import Columns
    from collectrisk.planning._uncertainty import Uncertainty

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
"""The probabilities for which `to_dict` has the number of visits that is enough."""


@attrs.frozen(eq=False)
class Sample:
    """Some of the accounts, and the uncertainty of the level of all of them."""

    accounts: Accounts
    uncertainty: Uncertainty
    rows: Array

    def by(self, column: str) -> dict[str, Sample]:
        """Return the accounts of each group."""
        own = np.zeros(len(self.accounts.probability), dtype=np.bool_)
        own[self.rows] = True
        rows_of = {name: rows[own[rows]] for name, rows in self.accounts.groups(column).items()}
        return {name: attrs.evolve(self, rows=rows) for name, rows in rows_of.items() if len(rows)}


@attrs.frozen(eq=False, kw_only=True)
class Forecast(VisitCount, Document):
    """The distribution of the number of visits among some accounts, as `forecast_visits` returns it.

    ``print(forecast)`` shows it as text, and a notebook as a table.

    Attributes
    ----------
    accounts : int
        The number of accounts with a visit probability.
    unscored : int
        The number of accounts without one, which are left out.
    expected : float
        The sum of the visit probabilities. The mean of the distribution is higher if most of them are
        small, because a higher level adds more visits than a lower one removes.
    spread : float
        The standard deviation, in log-odds, of the level that all accounts share.
    spread_source : {"given", "fit", "card", "no_posterior", "default"}
        Where it comes from: the argument, the posterior of a fit, the `base_spread` of a card, or the
        default, which is a judgement. It is ``"no_posterior"`` for the default of a `Scorecard`, which
        does not contain the posterior of the fit that it may come from.
    portfolios : int
        The number of portfolios that have an uncertain level besides.
    portfolio_spread : float
        The standard deviation of these levels; 0 if there are none.
    horizon : str or None
        What the probabilities refer to.
    independent : VisitCount
        The distribution if the level were known: too narrow, and only for comparison.
    sample : object
        The accounts, for `by`.
    """

    accounts: int
    unscored: int
    expected: float
    spread: float
    spread_source: str
    portfolios: int
    portfolio_spread: float
    horizon: str | None
    independent: VisitCount = attrs.field(repr=False)
    _sample: Sample = attrs.field(repr=False)

    def by(self, column: str) -> ForecastByGroup:
        """Return a forecast for each group of accounts.

        Parameters
        ----------
        column : str
            The column that names the groups; ``"channel"`` also if the frame has no such column: the
            channel that the scorer's ladder recommends.

        Returns
        -------
        ForecastByGroup
            The forecasts by group, the largest group first, or by channel, from light to heavy.

        Raises
        ------
        ArgumentError
            If there is no such column.

        Examples
        --------
        >>> import collectrisk as cr
        >>> from collectrisk.planning import forecast_visits
        >>> accounts = cr.simulate_portfolio(2_000, seed=1, backend="polars")
        >>> by_channel = forecast_visits(cr.RuleScorer(base=-3.5), accounts).by("channel")
        >>> {name: forecast.accounts for name, forecast in by_channel.items()}
        {'sms': 1683, 'phone_call': 240, 'agency': 41, 'field_visit': 36}
        """
        if not isinstance(column, str):
            raise ArgumentError("column", f"must be the name of a column, not {type_name(column)}")
        forecasts = {
            name: forecast_sample(sample, self.horizon) for name, sample in self._sample.by(column).items()
        }
        return ForecastByGroup(column=column, groups=by_channel(forecasts), total=self)

    def to_dict(self) -> dict[str, Any]:
        """Return the forecast as plain data, which JSON can represent.

        Examples
        --------
        >>> from collectrisk.planning import forecast_visits
        >>> forecast_visits([0.5, 0.5], None, spread=0).to_dict()["intervals"]["0.9"]
        [0, 2]
        """
        return {
            "accounts": self.accounts,
            "unscored": self.unscored,
            "expected": self.expected,
            "mean": self.mean,
            "sd": self.sd,
            "intervals": {f"{share:g}": list(self.interval(share)) for share in (0.5, 0.8, 0.9, 0.95)},
            "enough_for": {f"{share:g}": self.enough_for(share) for share in QUANTILES},
            "spread": self.spread,
            "spread_source": self.spread_source,
            "portfolios": self.portfolios,
            "portfolio_spread": self.portfolio_spread,
            "horizon": self.horizon,
            "independent": {
                "mean": self.independent.mean,
                "sd": self.independent.sd,
                "intervals": {
                    f"{share:g}": list(self.independent.interval(share)) for share in (0.5, 0.8, 0.9, 0.95)
                },
            },
        }

    def _blocks(self, language: Language) -> Iterator[Block]:
        words = words_in(language).forecast
        header = ("", words.uncertain, words.independent)
        both: tuple[VisitCount, ...] = (self, self.independent)
        rows = [
            (words.mean, *(f"{each.mean:,.1f}" for each in both)),
            (words.sd, *(f"{each.sd:,.1f}" for each in both)),
            (words.interval, *(_range(each, words.range) for each in both)),
            (words.enough, *(f"{each.enough_for(0.95):,}" for each in both)),
        ]
        yield table(words.title.format(f"{self.accounts:,}"), header, rows)
        yield from map(paragraph, self._notes(words))

    def _notes(self, words: Any) -> Iterator[str]:
        yield words.expected.format(f"{self.expected:,.1f}")
        if self.spread or not self.portfolios:
            yield words.spread.format(f"{self.spread:.3g}", words.sources[self.spread_source])
        if self.portfolios:
            yield words.portfolios.format(f"{self.portfolios:,}", f"{self.portfolio_spread:.3g}")
        if self.unscored:
            yield words.unscored.format(f"{self.unscored:,}")
        if self.horizon is not None:
            yield words.horizon.format(self.horizon)


@attrs.frozen(eq=False, kw_only=True)
class ForecastByGroup(Document, Mapping[str, Forecast]):
    """The forecast of each of several groups, as `Forecast.by` returns it: a mapping by name.

    Attributes
    ----------
    column : str
        What names the groups.
    groups : dict of str to Forecast
        The forecasts.
    total : Forecast
        The forecast of all groups together. Its interval is not the sum of the groups' intervals,
        because chance partly cancels out between groups, and the shared level does not.
    """

    column: str
    groups: dict[str, Forecast] = attrs.field(repr=lambda groups: repr(list(groups)))
    total: Forecast = attrs.field(repr=False)

    def __getitem__(self, name: str) -> Forecast:
        if name not in self.groups:
            raise UnknownGroupError(name, self.column, tuple(self.groups))
        return self.groups[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.groups)

    def __len__(self) -> int:
        return len(self.groups)

    def to_dict(self) -> dict[str, Any]:
        """Return the forecasts as plain data, which JSON can represent."""
        return {name: forecast.to_dict() for name, forecast in self.groups.items()}

    def _blocks(self, language: Language) -> Iterator[Block]:
        every = words_in(language)
        words = every.forecast
        header = (words.group, words.accounts, words.mean, words.interval, words.enough)

        def row(name: str, forecast: Forecast) -> tuple[str, ...]:
            return (
                name,
                f"{forecast.accounts:,}",
                f"{forecast.mean:,.1f}",
                _range(forecast, words.range),
                f"{forecast.enough_for(0.95):,}",
            )

        names = every.channels if self.column == "channel" else {}
        rows = [row(names.get(name, name), forecast) for name, forecast in self.groups.items()]
        yield table(words.by.format(self.column), header, [*rows, row(words.total, self.total)])
        yield paragraph(words.shared)


def _range(count: VisitCount, template: str) -> str:
    return template.format(*(f"{end:,}" for end in count.interval(0.9)))


def forecast_sample(sample: Sample, horizon: str | None) -> Forecast:
    """Return the forecast for some accounts with a probability."""
    accounts, uncertainty, rows = sample.accounts, sample.uncertainty, sample.rows
    probability, codes = accounts.probability[rows], uncertainty.portfolios[rows]
    order = np.argsort(codes, kind="stable")
    names, starts = np.unique(codes[order], return_index=True)
    parts = np.split(order, starts[1:]) if len(names) else [order]
    own = uncertainty.portfolio_spread
    portfolios = [
        Portfolio(visit_sum(probability[part]), own if len(part) and codes[part[0]] >= 0 else 0.0)
        for part in parts
    ]
    spread = uncertainty.spread(rows)
    every = Portfolio(visit_sum(probability), 0.0) if len(portfolios) > 1 else portfolios[0]
    alone = count_distribution([attrs.evolve(every, spread=0.0)], 0.0)
    first, probabilities = count_distribution(portfolios, spread)
    others = int((names >= 0).sum()) if own else 0
    return Forecast(
        first=first,
        probabilities=probabilities,
        accounts=len(rows),
        unscored=len(accounts.probability) - len(accounts.scored),
        expected=float(probability.sum()),
        spread=spread,
        spread_source=uncertainty.source,
        portfolios=others,
        portfolio_spread=own if others else 0.0,
        horizon=horizon,
        independent=VisitCount(first=alone[0], probabilities=alone[1]),
        sample=sample,
    )


def forecast_visits(
    scorer: Any,
    accounts: Any,
    *,
    spread: float | None = None,
    portfolio: Any = None,
    portfolio_spread: float | None = None,
    columns: Columns | None = None,
    horizon: str | None = None,
) -> Forecast:
    """Forecast how many of some accounts will be visited.

    Accounts are not independent: if the scorer's level is too low or too high, it is so for all of
    them. The forecast is the exact distribution of the number of visits, given the level, averaged over
    the uncertain level.

    Parameters
    ----------
    scorer : Scorer, or array of float of shape (n_rows,), or str
        A scorer; probabilities from elsewhere; or the name of the column with the probabilities of a
        frame that was scored before. Accounts whose probability is missing are left out and counted.
    accounts : eager frame, mapping of str to array, or None
        One row per account. It may be None if `scorer` contains probabilities.
    spread : float, optional
        The standard deviation, in log-odds, of the level that all accounts share; 0 if it is known. By
        default that of the posterior of a fitted `LogisticScorer`, or the `base_spread` of a scorecard
        that has one. For all other scorers, such as rules, it is 0.5, which is a judgement: with a
        probability of 90 %, the odds are less than 2.3 times as high or as low as the scorer says. A
        fitted scorer that was saved is loaded as a scorecard, without its posterior; pass the `spread`
        of the fit's forecast.
    portfolio : array, series or list of shape (n_rows,), or str, optional
        The portfolio of each account, or the name of a column, if each portfolio has an uncertain level
        of its own besides. By default, those portfolios do that a fitted scorer with portfolios does
        not know (and all portfolios of a scorecard with portfolios, which does not say how well it
        knows them), unless `spread` is passed.
    portfolio_spread : float, optional
        The standard deviation, in log-odds, of the portfolios' own levels; by default the `base_spread`
        of the scorecard.
    columns : Mapping, or mapping of str to (str or None), optional
        How the fields are read, as in `Scorer.assess_frame`. Rows that a `Mapping` skips are left out.
    horizon : str, optional
        What the probabilities refer to, such as ``"within 365 days"``: those of a fit refer to the time
        in which its labels were observed. It is shown with the result and changes nothing else.

    Returns
    -------
    Forecast
        The distribution of the number of visits.

    Raises
    ------
    ArgumentError
        If probabilities or spreads are invalid, or there is no column with a given name.
    CollectRiskError
        As in `Scorer.visit_probabilities`: for a lazy frame, or rows with invalid values.

    Notes
    -----
    Up to 500 accounts, every probability has a relative error below 1e-12; with more, an absolute error
    below 1e-11.

    Examples
    --------
    >>> import collectrisk as cr
    >>> from collectrisk.planning import forecast_visits
    >>> accounts = cr.simulate_portfolio(2_000, seed=1, backend="polars")
    >>> forecast = forecast_visits(cr.RuleScorer(base=-3.5), accounts)
    >>> forecast.interval(0.9), forecast.independent.interval(0.9)
    ((32, 80), (44, 61))
    >>> forecast.enough_for(0.95)
    80
    """
    if not isinstance(horizon, str | None):
        raise ArgumentError("horizon", f"must be a text such as 'within 365 days', not {shown(horizon)}")
    data = read_accounts(scorer, accounts, columns)
    uncertainty = uncertainty_of(scorer, data, spread, portfolio, portfolio_spread)
    return forecast_sample(Sample(data, uncertainty, data.scored), horizon)
