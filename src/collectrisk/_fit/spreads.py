"""How much a portfolio that was not in the fit may differ: the spreads, and their uncertainty.

The scale of what differs between portfolios is estimated from few of them. Its most probable value suffices
for the portfolios of the fit, whose rows say more about them. In another portfolio, the variance is the
expected one: the square of the scale, averaged over its posterior.

References
----------
R. E. Kass and D. Steffey, "Approximate Bayesian inference in conditionally independent hierarchical models
(parametric empirical Bayes models)", Journal of the American Statistical Association 84 (1989).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

from collectrisk._fit.bases import PortfolioBasis
from collectrisk._fit.evidence import LARGEST, SMALLEST
from collectrisk._fit.slopes import SlopeBasis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from collectrisk._fit.bases import Group
    from collectrisk._fit.design import Design
    from collectrisk._fit.posterior import Posterior
    from collectrisk._typing import Array

GRID = 400
"""The number of scales, from the smallest to the largest, over which an average is taken."""


def portfolio_spreads(
    design: Design, posterior: Posterior, fixed_scales: Mapping[str, float]
) -> dict[str, float]:
    """Return the standard deviation of the base and of each slope in a portfolio that was not in the fit.

    Parameters
    ----------
    design : Design
        The design.
    posterior : Posterior
        The posterior.
    fixed_scales : mapping of str to float
        The prior scales that are given, which are certain.
    """
    spreads = {}
    for group, known, _, is_centred in _portfolio_coefficients(design):
        scale = posterior.prior_scales[group.name]
        if group.name not in fixed_scales:
            factor = posterior.factor[known]
            scale = root_mean_square_scale(factor @ factor.T, posterior.coefficients[known], scale, group)
        # The slopes are those beside the mean of the portfolios, which differs from the mean of all.
        spreads[group.name] = scale * math.sqrt(1.0 + is_centred / len(known))
    return spreads


def root_mean_square_scale(covariance: Array, mean: Array, scale: float, group: Group) -> float:
    """Return the root mean square of a prior scale over its posterior, the other scales being as they are.

    Parameters
    ----------
    covariance, mean : array of float
        The posterior of the coefficients of the group.
    scale : float
        Their prior scale.
    group : Group
        The group, which has the hyperprior.
    """
    # Given the prior precision p, directions have the posterior precision d + p and the mean z / (d + p).
    variances, directions = np.linalg.eigh(covariance)
    z = directions.T @ mean / variances
    d = np.maximum(1.0 / variances - scale**-2.0, 0.0)
    log_scales = np.linspace(math.log(SMALLEST), math.log(LARGEST), GRID)
    scales = np.exp(log_scales)
    precision = scales[:, None] ** -2.0
    evidence = 0.5 * (z**2 / (d + precision) + np.log(precision / (d + precision))).sum(axis=1)
    log_density = evidence + group.shape * (log_scales - scales / group.expected_scale)
    weights = np.exp(log_density - log_density.max())
    return math.sqrt(float(np.average(scales**2, weights=weights)))


def with_spreads(design: Design, posterior: Posterior, spreads: Mapping[str, float]) -> Posterior:
    """Return the posterior with other standard deviations in portfolios that were not in the fit.

    Parameters
    ----------
    design : Design
        The design.
    posterior : Posterior
        The posterior.
    spreads : mapping of str to float
        The standard deviation of some groups.
    """
    factor = posterior.factor.copy()
    for group, _, unseen, _ in _portfolio_coefficients(design):
        # They are independent of all others, because no row depends on them.
        if group.name in spreads:
            factor[unseen] *= spreads[group.name] / np.linalg.norm(factor[unseen], axis=1)[:, None]
    return attrs.evolve(posterior, factor=factor)


def _portfolio_coefficients(design: Design) -> Iterator[tuple[Group, Array, Array, bool]]:
    """Yield each group of what differs between portfolios, with its coefficients of known and other ones.

    The last element says whether those of known ones add up to zero.
    """
    for basis in design.bases:
        if isinstance(basis, SlopeBasis):
            count = basis.known.size
        elif isinstance(basis, PortfolioBasis):
            count = len(basis.grid)
        else:
            continue
        group = basis.groups[0]
        own = np.flatnonzero(design.group_index == design.groups.index(group))
        yield group, own[:count], own[count:], isinstance(basis, SlopeBasis)
