"""Estimates the prior scales by type-II maximum likelihood (the evidence framework).

The prior scale of a group is the standard deviation of the Gaussian prior of its coefficients. The
scales maximise the marginal likelihood, that is the likelihood integrated over the coefficients, times
their hyperprior. With a quadratic approximation of the log-likelihood the integral has a closed form.

References
----------
D. J. C. MacKay, "The evidence framework applied to classification networks", Neural
Computation 4 (1992). M. E. Tipping, "Sparse Bayesian learning and the relevance vector
machine", Journal of Machine Learning Research 1 (2001).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import scipy.linalg
from scipy.optimize import minimize

if TYPE_CHECKING:
    from collectrisk._typing import Array

SMALLEST, LARGEST = 1e-3, 10.0
"""Bounds of an estimated scale, in log-odds; beyond them the fitted points hardly change."""


@attrs.frozen(eq=False)
class QuadraticApproximation:
    """The log-likelihood ``linear @ b - b @ hessian @ b / 2`` of coefficients b, up to a constant."""

    hessian: Array
    linear: Array


def negative_log_evidence(
    log_scales: Array, likelihood: QuadraticApproximation, group_index: Array, expected: Array, shape: Array
) -> tuple[float, Array]:
    """Return minus the log of marginal likelihood times hyperprior, and its gradient by `log_scales`."""
    scales = np.exp(log_scales)
    precision = scales[group_index] ** -2.0
    factor, _ = scipy.linalg.cho_factor(
        likelihood.hessian + np.diag(precision), lower=True, check_finite=False
    )
    mean = scipy.linalg.cho_solve((factor, True), likelihood.linear, check_finite=False)
    covariance, _ = scipy.linalg.lapack.dpotri(factor, lower=1)
    evidence = 0.5 * likelihood.linear @ mean - np.log(np.diag(factor)).sum() + 0.5 * np.log(precision).sum()
    # The density of the logarithm of a gamma variable with this mean and shape.
    hyperprior = shape @ (log_scales - scales / expected)
    by_coefficient = precision * (np.diag(covariance) + mean**2) - 1.0
    gradient = np.bincount(group_index, by_coefficient, len(scales)) + shape * (1.0 - scales / expected)
    return -float(evidence + hyperprior), -gradient


def estimate_scales(
    likelihood: QuadraticApproximation, group_index: Array, start: Array, expected: Array, shape: Array
) -> Array:
    """Return the most probable prior scale of each group.

    Parameters
    ----------
    likelihood : QuadraticApproximation
        The log-likelihood.
    group_index : array of int, shape (n_coefficients,)
        The group of each coefficient.
    start : array of float, shape (n_groups,)
        The scales to start from, and the fixed ones.
    expected : array of float, shape (n_groups,)
        The mean of each scale's gamma hyperprior; NaN if the scale is fixed.
    shape : array of float, shape (n_groups,)
        The shape of that distribution.
    """
    fixed = np.isnan(expected)
    lower = np.log(np.where(fixed, start, SMALLEST))
    upper = np.log(np.where(fixed, start, LARGEST))
    found = minimize(
        negative_log_evidence,
        np.log(start),
        args=(likelihood, group_index, np.where(fixed, 1.0, expected), shape),
        jac=True,
        method="L-BFGS-B",
        bounds=np.stack([lower, upper], axis=1),
        options={"ftol": 1e-10, "gtol": 1e-6},
    )
    scales: Array = np.exp(found.x)
    return scales
