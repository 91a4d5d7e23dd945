"""The posterior with few labels, averaged over how far a prior card may be off by one common factor.

Few labels say little about the prior scale of the common factor, and their likelihood as a function of it
can have two maxima: the rules are right but for chance, or they are far off. The most probable scale alone
would follow one of the two. So the posterior is computed for a scale that stands for either, and averaged.

References
----------
J. A. Hoeting, D. Madigan, A. E. Raftery and C. T. Volinsky, "Bayesian model averaging: a tutorial",
Statistical Science 14 (1999). H. Rue, S. Martino and N. Chopin, "Approximate Bayesian inference for latent
Gaussian models by using integrated nested Laplace approximations", Journal of the Royal Statistical Society
B 71 (2009): sums over a grid of scales, each with a Laplace approximation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.linalg

from collectrisk._fit.constraints import without_rounding_errors
from collectrisk._fit.evidence import log_hyperprior, with_diagonal
from collectrisk._fit.groups import COMMON, PRIOR_FACTOR
from collectrisk._fit.posterior import Posterior, estimate, fit_posterior

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectrisk._fit.design import Design
    from collectrisk._fit.objective import Objective
    from collectrisk._fit.posterior import Estimate
    from collectrisk._typing import Array

SCALES = {0.05: 0.8, 0.5: 0.1, 2.0: 0.1}
"""Prior scales of the common factor of curves set by hand, and the probability of each: right, off, wrong."""
FEW = 300.0
"""With as many accounts of either outcome, the scale hardly changes the factor."""


def averaged_posterior(
    objective: Objective,
    fixed_scales: Mapping[str, float],
    constraints: Array,
    estimated: Estimate | None = None,
) -> Posterior:
    """Return the posterior of all rows, with few labels averaged over the scale of the common factor.

    Curves that were fitted before have no such average: their scale is estimated like any other one.

    Parameters
    ----------
    objective, fixed_scales, constraints, estimated
        See `fit_posterior`.
    """
    factor = COMMON[PRIOR_FACTOR]
    is_estimated = factor in objective.design.groups and factor.name not in fixed_scales
    if not is_estimated or _fewest(objective) >= FEW:
        return fit_posterior(objective, fixed_scales, constraints, estimated)
    posteriors, log_probabilities = [], []
    for scale, probability in SCALES.items():
        scales = {**fixed_scales, factor.name: scale}
        found = estimate(objective, scales, estimated)
        log_probabilities.append(np.log(probability) + _log_evidence(objective, found, scales))
        posteriors.append(fit_posterior(objective, scales, constraints, found))
    weights = np.exp(np.array(log_probabilities) - max(log_probabilities))
    return _mixture(objective.design, constraints, posteriors, weights / weights.sum())


def _mixture(
    design: Design, constraints: Array, posteriors: Sequence[Posterior], weights: Array
) -> Posterior:
    """Return the mean and the covariance of a mixture of posteriors, whose weights add up to 1."""
    coefficients = weights @ np.array([each.coefficients for each in posteriors])
    parts = [
        np.sqrt(weight) * np.column_stack([each.factor, each.coefficients - coefficients])
        for weight, each in zip(weights, posteriors, strict=True)
    ]
    scales = np.array([[*each.prior_scales.values()] for each in posteriors])
    # The standard deviation of a coefficient about which the rows say nothing. Given ones stay exact.
    averages = np.where((scales == scales[0]).all(axis=0), scales[0], np.sqrt(weights @ scales**2))
    return Posterior(
        points=without_rounding_errors(constraints, design.points(coefficients)),
        coefficients=coefficients,
        factor=np.linalg.qr(np.hstack(parts).T).R.T,
        transform=design.transform,
        prior_scales=dict(zip(posteriors[0].prior_scales, averages.tolist(), strict=True)),
    )


def _fewest(objective: Objective) -> float:
    """Return the weight of the visited accounts or of the others, whichever is less."""
    totals = [(each.weights.sum(), each.weights @ each.visited) for each in objective.blocks]
    total, visited = np.sum(totals, axis=0) if totals else (0.0, 0.0)
    return float(min(visited, total - visited))


def _log_evidence(objective: Objective, estimated: Estimate, fixed_scales: Mapping[str, float]) -> float:
    """Return the log of marginal likelihood times hyperprior, by the Laplace approximation."""
    groups = objective.design.groups
    scales = np.array([estimated.scales[group.name] for group in groups])
    precision = scales[objective.design.group_index] ** -2.0
    loss, _ = objective.of_sample.value_and_gradient(estimated.coefficients, precision)
    factor = scipy.linalg.cholesky(with_diagonal(estimated.hessian.matrix, precision), check_finite=False)
    log_determinants = 0.5 * np.log(precision).sum() - np.log(np.diag(factor)).sum()
    free = [index for index, group in enumerate(groups) if group.name not in fixed_scales]
    hyperprior = log_hyperprior(
        scales[free],
        np.array([groups[index].expected_scale for index in free]),
        np.array([groups[index].shape for index in free]),
    )
    return float(log_determinants - loss + hyperprior)
