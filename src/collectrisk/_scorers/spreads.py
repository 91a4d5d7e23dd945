"""How much the curves of a card differ between portfolios."""

from __future__ import annotations

import attrs

from collectrisk._parameters import LARGEST_POINTS, TEXT, Number, to_number


@attrs.frozen
class SlopeSpread:
    """How much the slope of a characteristic differs between portfolios.

    In a portfolio, the points are those of the card, and in addition ``slope * (points - centre)``, where
    the slope is the portfolio's own: 0.5 makes the differences between accounts 1.5 times as large, and
    -1 removes them. A missing value and a level that is not on the card get nothing in addition.

    Parameters
    ----------
    label : str
        The label of the characteristic.
    spread : float
        The standard deviation of the slope in a portfolio that is not on the card.
    centre : float
        The mean points of the accounts of the fit, which do not depend on the slope.

    Examples
    --------
    >>> import collectrisk as cr
    >>> card = cr.Scorecard(
    ...     base=-2.0,
    ...     characteristics=[cr.Flag(label="agency", field="placed_with_agency", if_true=1.0)],
    ...     base_spread=0.5,
    ...     slope_spreads=[cr.SlopeSpread(label="agency", spread=0.3, centre=0.2)],
    ... )
    >>> new = cr.LogisticScorer(prior=card).fit(cr.simulate_portfolio(0), [])
    >>> round(new.prior_scales_["agency slope"], 6)
    0.3
    """

    label: str = attrs.field(validator=TEXT)
    spread: float = attrs.field(converter=to_number, validator=Number(0.0, LARGEST_POINTS))
    centre: float = attrs.field(converter=to_number, validator=Number())
