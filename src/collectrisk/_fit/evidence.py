"""Estimates the prior scales by type-II maximum likelihood (the evidence framework).

The prior scale of a group is the standard deviation of the Gaussian prior of its coefficients. The
scales maximise the marginal likelihood, that is the likelihood integrated over the coefficients, times
their hyperprior. With a quadratic approximation of the log-likelihood the integral has a closed form.

References
----------
D. J. C. MacKay, "The evidence framework applied to classification networks", Neural
Computation 4 (1992). M. E. Tipping, "Sparse Bayesian learning and the relevance vector
machine", Journal of Machine Learning Research 1 (2001). S. N. Wood, "Fast stable restricted maximum
likelihood and marginal likelihood estimation of semiparametric generalized linear models", Journal
of the Royal Statistical Society B 73 (2011): Newton's method on the logarithms. D. P. Bertsekas,
"Projected Newton methods for optimization problems with simple constraints", SIAM Journal on Control
and Optimization 20 (1982): their bounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import scipy.linalg
import scipy.sparse

if TYPE_CHECKING:
    from collectrisk._typing import Array

SMALLEST, LARGEST = 1e-3, 10.0
"""Bounds of an estimated scale, in log-odds; beyond them the fitted points hardly change."""

MAX_STEPS = 50
LAST, SHORTEST = 1e-2, 1e-4
"""The last step, in logarithms of scales, and the shortest one that is halved.

Newton's method leaves about the square of the last one as an error.
"""
LONGEST, FLAT = 2.0, 1e-6
"""The longest step, and the least curvature that is distinguished from none."""


@attrs.frozen(eq=False)
class QuadraticApproximation:
    """The log-likelihood ``linear @ b - b @ hessian @ b / 2`` of coefficients b, up to a constant."""

    hessian: Array
    linear: Array


def log_marginal_likelihood(likelihood: QuadraticApproximation, precision: Array) -> float:
    """Return the log of the likelihood, integrated over coefficients of some prior precision."""
    return _integrated(likelihood, precision)[0]


def _integrated(likelihood: QuadraticApproximation, precision: Array) -> tuple[float, Array, Array]:
    """Return the log marginal likelihood, the posterior mean, and a factor of the posterior precision."""
    factor = scipy.linalg.cholesky(
        with_diagonal(likelihood.hessian, precision), lower=True, overwrite_a=True, check_finite=False
    )
    mean = scipy.linalg.cho_solve((factor, True), likelihood.linear, check_finite=False)
    log_determinants = 0.5 * np.log(precision).sum() - np.log(np.diag(factor)).sum()
    return float(0.5 * likelihood.linear @ mean + log_determinants), mean, factor


def negative_log_evidence(
    log_scales: Array, likelihood: QuadraticApproximation, group_index: Array, expected: Array, shape: Array
) -> tuple[float, Array, Array]:
    """Return minus the log of marginal likelihood times hyperprior, its gradient and its Hessian.

    The derivatives are those by `log_scales`.
    """
    scales = np.exp(log_scales)
    precision = scales[group_index] ** -2.0
    evidence, mean, factor = _integrated(likelihood, precision)
    hyperprior = log_hyperprior(scales, expected, shape)
    pairs, _ = scipy.linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)  # zero above the diagonal
    by_coefficient = precision * (np.diag(pairs) + mean**2)
    by_group = np.bincount(group_index, by_coefficient, len(scales))
    gradient = by_group - np.bincount(group_index, minlength=len(scales)) + shape * (1.0 - scales / expected)
    # The derivative of the covariance C by a scale is 2 C P C, with the precisions P of its group.
    pairs[np.diag_indices_from(pairs)] *= 0.5  # each other pair occurs twice
    by_mean = _group_sums(pairs, precision * mean, group_index)
    pairs *= pairs
    pairs[np.diag_indices_from(pairs)] *= 2.0
    lower = 2.0 * _group_sums(pairs, precision, group_index) + 4.0 * by_mean
    hessian = lower + lower.T - np.diag(2.0 * by_group + shape * scales / expected)
    return -float(evidence + hyperprior), -gradient, -hessian


def log_hyperprior(scales: Array, expected: Array, shape: Array) -> float:
    """Return the log density of the logarithms of gamma variables with these means and shapes."""
    return float(shape @ (np.log(scales) - scales / expected))


def with_diagonal(matrix: Array, diagonal: Array) -> Array:
    """Return a matrix with something added to its diagonal."""
    found = matrix.copy(order="F")  # as LAPACK needs it
    found[np.diag_indices_from(found)] += diagonal
    return found


def _group_sums(matrix: Array, weights: Array, group_index: Array) -> Array:
    """Return the sum of a matrix over the pairs of members of each two groups, weighted by both."""
    count = len(group_index)
    members = scipy.sparse.csr_array((weights, group_index, np.arange(count + 1)))
    # A matrix of LAPACK is contiguous if it is transposed, and multiplied without a copy.
    found: Array = (members.T @ matrix.T @ members).T
    return found


def estimate_scales(
    likelihood: QuadraticApproximation,
    group_index: Array,
    start: Array,
    expected: Array,
    shape: Array,
    *,
    max_steps: int = MAX_STEPS,
) -> Array:
    """Return the most probable prior scale of each group.

    Newton's method on the logarithms of the scales, within their bounds. It takes some five
    factorizations of the Hessian, however many groups there are.

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
    max_steps : int
        The largest number of Newton's steps.
    """
    fixed = np.isnan(expected)
    lower = np.log(np.where(fixed, start, SMALLEST))
    upper = np.log(np.where(fixed, start, LARGEST))
    arguments = (likelihood, group_index, np.where(fixed, 1.0, expected), shape)
    at = np.log(start)
    value, gradient, hessian = negative_log_evidence(at, *arguments)
    for _ in range(max_steps):
        # A scale near a bound that it moves to is not in the system (Bertsekas 1982): the steps of the others
        # would belong to a step of it that the bound does not allow.
        movable = np.where(gradient > 0, at > lower + LAST, at < upper - LAST)
        step = np.where(movable, 0.0, -np.sign(gradient) * LAST)
        if movable.any():  # SciPy 1.11 solves no empty system
            step[movable] = _newton_step(gradient[movable], hessian[np.ix_(movable, movable)])
        trial = np.clip(at + step, lower, upper)
        if np.abs(trial - at).max() < LAST:
            at = trial
            break
        trial_value, *derivatives = negative_log_evidence(trial, *arguments)
        while trial_value > value and np.abs(trial - at).max() > SHORTEST:
            step /= 2.0
            trial = np.clip(at + step, lower, upper)
            trial_value, *derivatives = negative_log_evidence(trial, *arguments)
        if trial_value > value:  # by rounding errors
            break
        at, value, (gradient, hessian) = trial, trial_value, derivatives
    scales: Array = np.where(fixed, start, np.exp(at))  # a logarithm and back again may round
    return scales


def _newton_step(gradient: Array, hessian: Array) -> Array:
    """Return a step that decreases the function even where it is not convex, of limited length."""
    try:
        # It succeeds where all eigenvalues exceed the least curvature, in a tenth of their time.
        least = np.full(len(gradient), FLAT)
        scipy.linalg.cholesky(with_diagonal(hessian, -least), overwrite_a=True, check_finite=False)
        factor = scipy.linalg.cho_factor(hessian, check_finite=False)
        step = -scipy.linalg.cho_solve(factor, gradient, check_finite=False)
    except scipy.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(hessian)
        step = -vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), FLAT))
    limited: Array = step * min(1.0, LONGEST / max(np.abs(step).max(initial=0.0), LONGEST))
    return limited
