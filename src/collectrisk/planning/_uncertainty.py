"""How uncertain the level of the log-odds is, which all accounts share."""

from __future__ import annotations

import numbers
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._curves import Levels
from collectrisk._fields import is_boolean, is_number, merge_specs
from collectrisk._fit.sample import RowSubset
from collectrisk._frames import read_columns
from collectrisk._namespaces.array_columns import TextArray
from collectrisk._scorers.logistic import LogisticScorer
from collectrisk._scorers.scorecard import CardScorer, Scorecard
from collectrisk.errors import ArgumentError, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._curves import Characteristic
    from collectrisk._typing import Array
    from collectrisk.planning._accounts import Accounts

DEFAULT_SPREAD = 0.5
"""The standard deviation of the level, in log-odds, of a scorer that does not know its own.

A judgement, not an estimate: with 90 % probability, the odds of all visits together are less than 2.3
times as high or as low as the scorer says.
"""

LARGEST_SPREAD = 10.0
"""With this spread hardly anything is known about the level."""

SMALLEST_SPREAD = 1e-100
"""A smaller spread has no effect and is 0; the distance of levels would be too small for a number."""

BLOCK_ROWS = 32_768


@attrs.frozen(eq=False)
class Uncertainty:
    """The uncertain levels of some accounts.

    Attributes
    ----------
    source : {"given", "fit", "card", "no_posterior", "default"}
        Where the spread of the shared level comes from.
    spread : callable
        Returns the standard deviation of the level that some rows share.
    portfolio_spread : float
        The standard deviation of the levels that portfolios have besides.
    portfolios : array of int, shape (n_rows,)
        The code of each account's portfolio; -1 for an account without a level besides.
    """

    source: str
    spread: Callable[[Array], float]
    portfolio_spread: float
    portfolios: Array


@attrs.frozen(eq=False)
class KnownLevel:
    """A level whose standard deviation is the same for all rows."""

    deviation: float

    def spread(self, _rows: Array) -> float:
        """Return the standard deviation of the level of some rows."""
        return self.deviation


@attrs.frozen(eq=False, slots=False)
class PosteriorLevel:
    """The posterior of a fit, projected on the level of some accounts.

    A change of the coefficients changes the expected number of visits by the mean of the changes of
    the log-odds, weighted by ``p (1 - p)``. The standard deviation of this mean is that of the level.
    """

    scorer: LogisticScorer
    accounts: Accounts

    def __getstate__(self) -> dict[str, Any]:
        # Without the columns that were read, which cannot be pickled and can be read again.
        return {"scorer": self.scorer, "accounts": self.accounts}

    @cached_property
    def _record(self) -> Any:
        return _record(self.scorer, self.accounts)

    @cached_property
    def _factor(self) -> Array:
        """The covariance factor, in which portfolios that are counted besides have no part."""
        return self.scorer.fit_.shared_factor()

    def spread(self, rows: Array) -> float:
        """Return the standard deviation of the level of some rows."""
        factor = self._factor
        total, sums = 0.0, np.zeros(len(factor) - 1)
        for start in range(0, len(rows), BLOCK_ROWS):
            some = rows[start : start + BLOCK_ROWS]
            probability = self.accounts.probability[some]
            variance = probability * (1.0 - probability)
            total += float(variance.sum())
            sums += self.scorer.fit_.design.matrix(RowSubset(self._record, some), len(some)).T @ variance
        return float(np.linalg.norm(factor[0] + (sums / total) @ factor[1:])) if total else 0.0


def uncertainty_of(
    scorer: Any, accounts: Accounts, spread: float | None, portfolio: Any, portfolio_spread: float | None
) -> Uncertainty:
    """Return the uncertainty of the level; see `forecast_visits` for the parameters."""
    rows = len(accounts.probability)
    given = None if spread is None else _checked("spread", spread)
    own = None if portfolio_spread is None else _checked("portfolio_spread", portfolio_spread)
    base_spread = scorer.card.base_spread if isinstance(scorer, CardScorer) else 0.0
    none = np.full(rows, -1)
    if portfolio is not None:
        portfolios = none
        for code, its_rows in enumerate(accounts.groups(portfolio, "portfolio").values()):
            portfolios[its_rows] = code
        own = base_spread or None if own is None else own
        if own is None:
            raise ArgumentError(
                "portfolio_spread",
                "is needed with a portfolio, because the scorer does not say how much the levels of "
                "portfolios differ: pass their standard deviation in log-odds, such as 0.5",
            )
    elif own is not None:
        raise ArgumentError("portfolio_spread", "needs a portfolio, the column that names the portfolios")
    else:
        portfolios = none if given is not None else _unknown_portfolios(scorer, accounts)
        own = base_spread
    if given is not None:
        return Uncertainty("given", KnownLevel(given).spread, own, portfolios)
    if isinstance(scorer, LogisticScorer) and scorer.has_intervals_:
        return Uncertainty("fit", PosteriorLevel(scorer, accounts).spread, own, portfolios)
    if base_spread:
        # Portfolios with levels of their own have this spread already.
        shared = 0.0 if (portfolios >= 0).any() else base_spread
        return Uncertainty("card", KnownLevel(shared).spread, own, portfolios)
    source = "no_posterior" if isinstance(scorer, Scorecard) else "default"
    return Uncertainty(source, KnownLevel(DEFAULT_SPREAD).spread, own, portfolios)


def _checked(argument: str, value: Any) -> float:
    known = isinstance(value, numbers.Real) and is_number(value) and not is_boolean(value)
    if not known or not 0 <= value <= LARGEST_SPREAD:
        raise ArgumentError(
            argument,
            f"must be a standard deviation in log-odds, from 0 to {LARGEST_SPREAD:g}, not {shown(value)}",
        )
    return float(value) if value >= SMALLEST_SPREAD else 0.0


def _unknown_portfolios(scorer: Any, accounts: Accounts) -> Array:
    """Return the code of each account's portfolio; -1 if its level is known.

    A fit knows the levels of its portfolios as well as its posterior says. A card alone does not say
    how well it knows them.
    """
    codes = np.full(len(accounts.probability), -1)
    curve = _portfolio_curve(scorer)
    if curve is None:
        return codes
    values = getattr(_record(scorer, accounts, curve), curve.fields[0])
    if not isinstance(values, TextArray):  # the default of an absent column
        return codes
    known = {level for level, _ in curve.levels} if isinstance(scorer, LogisticScorer) else set()
    # The last one is that of accounts whose portfolio is missing.
    of_level = np.array([*(-1 if name in known else code for code, name in enumerate(values.levels)), -1])
    of_level[-1] = len(values.levels)
    unknown: Array = of_level[values.codes]
    return unknown


def _portfolio_curve(scorer: Any) -> Any:
    """Return the characteristic that gives each portfolio a base of its own, or None."""
    if not isinstance(scorer, CardScorer):
        return None
    card = scorer.card
    own = (each for each in card.characteristics if each.label in card.portfolio_labels)
    return next((each for each in own if isinstance(each, Levels)), None)


def _record(scorer: CardScorer, accounts: Accounts, *curves: Characteristic) -> Any:
    """Return the columns that some characteristics read, by default all of the card."""
    known = merge_specs(each.column_specs for each in scorer.card.characteristics)
    specs = merge_specs(each.column_specs for each in curves or scorer.card.characteristics)
    return read_columns(accounts.frame, scorer.borrower_type, specs, accounts.columns, known)[0]
