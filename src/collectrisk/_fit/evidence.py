"""How far to trust the prior: one prior_scale a group, chosen by the marginal likelihood.

A group's prior_scale is the spread that its steps away from the prior may be expected to have. Around
the current steps the log-likelihood is nearly a parabola; for a parabola the marginal likelihood
of the strengths has a closed form, which is maximised here.

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
"""Spreads, in log-odds, beyond which a smaller or a larger one makes no difference."""


@attrs.frozen(eq=False)
class Parabola:
    """The log-likelihood around some steps: ``slope @ steps - steps @ curvature @ steps / 2``."""

    curvature: Array
    slope: Array


def _marginal(
    logs: Array, parabola: Parabola, group: Array, expected: Array, certainty: Array
) -> tuple[float, Array]:
    """Return minus the log of how likely spreads are, given by their logarithms, and its slope."""
    spreads = np.exp(logs)
    precision = spreads[group] ** -2.0
    factor, _ = scipy.linalg.cho_factor(
        parabola.curvature + np.diag(precision), lower=True, check_finite=False
    )
    steps = scipy.linalg.cho_solve((factor, True), parabola.slope, check_finite=False)
    inverse, _ = scipy.linalg.lapack.dpotri(factor, lower=1)
    fitness = 0.5 * parabola.slope @ steps - np.log(np.diag(factor)).sum() + 0.5 * np.log(precision).sum()
    value = fitness + certainty @ (logs - spreads / expected)
    explained = precision * (np.diag(inverse) + steps**2) - 1.0
    slope = np.bincount(group, explained, len(logs)) + certainty * (1.0 - spreads / expected)
    return -float(value), -slope


def most_likely_strengths(
    parabola: Parabola, group: Array, spreads: Array, expected: Array, certainty: Array
) -> Array:
    """Return the likeliest spread of each group.

    Parameters
    ----------
    parabola : Parabola
        The log-likelihood.
    group : array of int, shape (n_directions,)
        Each direction's group.
    spreads : array of float, shape (n_groups,)
        Where to start, and the spreads that are held.
    expected : array of float, shape (n_groups,)
        The mean of the gamma distribution from which a group's spread is thought to come; NaN for
        a spread that is held.
    certainty : array of float, shape (n_groups,)
        The shape of that distribution.
    """
    limits = np.log(np.stack([np.full(len(spreads), SMALLEST), np.full(len(spreads), LARGEST)], axis=1))
    held = np.isnan(expected)
    limits[held] = np.log(spreads[held])[:, None]
    found = minimize(
        _marginal,
        np.log(spreads),
        args=(parabola, group, np.where(held, 1.0, expected), certainty),
        jac=True,
        method="L-BFGS-B",
        bounds=limits,
        options={"ftol": 1e-10, "gtol": 1e-6},
    )
    chosen: Array = np.exp(found.x)
    return chosen
