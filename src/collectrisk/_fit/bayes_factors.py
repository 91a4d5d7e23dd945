"""What groups of coefficients add to the evidence of a fit, as the logarithm of a Bayes factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from collectrisk._fit.evidence import SMALLEST, log_marginal_likelihood

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from collectrisk._fit.objective import Objective
    from collectrisk._fit.posterior import Estimate


def log_factors(parts: Iterable[Collection[str]], objective: Objective, estimated: Estimate) -> list[float]:
    """Return by how much some groups of coefficients raise the log marginal likelihood, against zeros.

    Parameters
    ----------
    parts : iterable of collection of str
        The names of the groups that are left out together.
    objective : Objective
        An objective with all of them.
    estimated : Estimate
        Its prior scales and its mode.
    """
    likelihood = objective.quadratic_approximation(estimated.coefficients, estimated.hessian.matrix)
    names, index = [group.name for group in objective.design.groups], objective.design.group_index

    def evidence(without: Collection[str]) -> float:
        scales = np.array([SMALLEST if name in without else estimated.scales[name] for name in names])
        return log_marginal_likelihood(likelihood, scales[index] ** -2.0)

    with_all = evidence([])
    return [with_all - evidence(part) for part in parts]
