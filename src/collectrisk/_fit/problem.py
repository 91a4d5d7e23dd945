"""What a fit is given, and its stages: designs with more and more surfaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs
import numpy as np
import scipy.linalg

from collectrisk._fields import is_boolean, is_number
from collectrisk._fit.design import Design
from collectrisk._fit.evidence import LARGEST
from collectrisk._fit.groups import BASE
from collectrisk._fit.objective import Objective
from collectrisk._fit.slopes import slope_group
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._fit.bases import Basis, Group
    from collectrisk._fit.sample import LabelledRows
    from collectrisk._fit.threads import Map
    from collectrisk._scorers.scorecard import Scorecard
    from collectrisk._typing import Array

MIN_SCALE, MAX_SCALE = 1e-6, 1e3
"""Bounds of a given prior scale; beyond them digits are lost and the card does not change."""

MAX_INFORMATION = 1e14
"""The largest total weight, multiplied by the square of the largest prior scale.

This is about the ratio of the largest to the smallest eigenvalue of the Hessian. Beyond it the prior
is lost among the rounding errors of the likelihood, and the fit need not converge.
"""


@attrs.frozen(eq=False)
class Stage:
    """A design, with the sample under it.

    Attributes
    ----------
    objective : Objective
        The objective of the sample.
    fixed_scales : dict of str to float
        The prior scales that are given.
    constraints : array of float, shape (n_constraints, 1 + n_functions)
        The products of its rows and the points must not be negative.
    surfaces : tuple of Basis
        The bases that the pairs have added to the curves.
    """

    objective: Objective
    fixed_scales: dict[str, float]
    constraints: Array
    surfaces: tuple[Basis, ...]


@attrs.frozen(eq=False)
class Problem:
    """What all stages of a fit share.

    Attributes
    ----------
    prior : Scorecard
        The prior card.
    bases : sequence of Basis
        The bases of its characteristics, and of those added to it.
    shared : sequence of (Group, array of float)
        Coefficients that several of them have in common; see `Design.of`.
    rows : LabelledRows
        The rows with their labels.
    threads : callable
        Calls a function for each block of rows, and gives the results in order.
    prior_scale, monotone
        See `LogisticScorer`.
    later : sequence of str
        The names of groups that later stages may have, whose prior scales may be given too.
    may_use_bins : bool
        Whether a costly Hessian may count the rows in bins.
    """

    prior: Scorecard
    bases: Sequence[Basis]
    shared: Sequence[tuple[Group, Array]]
    rows: LabelledRows
    threads: Map
    prior_scale: float | Mapping[str, float] | None
    monotone: Mapping[str, int]
    later: Sequence[str] = ()
    may_use_bins: bool = True

    def stage(self, surfaces: Sequence[Basis]) -> Stage:
        """Return the design of the curves and some surfaces, with the sample."""
        bases = [*self.bases, *surfaces]
        added = sum(len(basis.prior_points) for basis in surfaces)
        shared = [(group, np.pad(column, (0, added))) for group, column in self.shared]
        design = Design.of(self.prior.base, BASE, bases, shared)
        fixed_scales = _fixed_scales(self.prior_scale, design, self.prior, self.later)
        largest_scale = max(fixed_scales.get(each.name, LARGEST) for each in design.groups)
        _check_total_weight(self.rows.data.weights, largest_scale)
        constraints = _constraints(design, self.monotone)
        sample = self.rows.sample
        is_costly = self.may_use_bins and design.is_costly(len(sample.visited))
        blocks = sample.blocks(design, self.threads, uses_bins=is_costly)
        objective = Objective(design, blocks, blocks, map=self.threads, is_costly=is_costly)
        return Stage(objective, fixed_scales, constraints, tuple(surfaces))

    def of_all_rows(self, objective: Objective) -> Objective:
        """Return the objective of all rows, given that of the sample."""
        rows = self.rows
        if rows.sample is rows:
            return objective
        blocks = rows.blocks(objective.design, self.threads, uses_bins=objective.is_costly)
        of_sample = sum(each.weights.sum() for each in objective.sample)
        return attrs.evolve(
            objective, blocks=blocks, sample_factor=float(rows.data.weights.sum() / of_sample)
        )


def _check_total_weight(weights: Array, largest_scale: float) -> None:
    """Check that rounding errors of the likelihood do not exceed the prior."""
    total = weights.sum()
    largest_scale = max(largest_scale, 1.0)
    limit = MAX_INFORMATION / largest_scale**2
    if total > limit:
        raise ArgumentError(
            "sample_weight",
            f"is too large for floating-point numbers: the rows have a total weight of {total:.4g}, and at "
            f"most {limit:.4g} is possible with prior scales up to {largest_scale:g}; divide all weights by "
            "their mean, or choose a smaller prior_scale",
        )


def _constraints(design: Design, monotone: Mapping[str, int]) -> Array:
    """Return a matrix whose product with base and points must not be negative."""
    numbers = [name for each in design.bases for name in each.origin.fields if len(each.ordered_points(name))]
    are_signs = all(is_number(each) and each in {1, -1} for each in monotone.values())
    if not (are_signs and monotone.keys() <= set(numbers)):
        names = ", ".join(dict.fromkeys(numbers))
        raise ArgumentError("monotone", f"must be 1 or -1 for some of {names}, not {dict(monotone)!r}")
    matrices = [np.zeros((0, len(design.prior_points)))]
    for field, sign in monotone.items():
        for basis in design.bases:
            if field in basis.origin.fields and not len(basis.ordered_points(field)):
                raise ArgumentError(
                    "monotone",
                    f"cannot hold for {field!r}, because {basis.origin.label!r}, a "
                    f"{type(basis.origin).__name__}, may rise and fall with it; remove one of the two",
                )
        increments = [sign * np.diff(basis.ordered_points(field), axis=0) for basis in design.bases]
        matrices.append(scipy.linalg.block_diag(np.zeros((0, 1)), *increments))
    return np.vstack(matrices)


def _fixed_scales(
    prior_scale: float | Mapping[str, float] | None, design: Design, prior: Scorecard, later: Sequence[str]
) -> dict[str, float]:
    """Return the prior scales that are given."""
    names = [group.name for group in design.groups]
    if not isinstance(prior_scale, Mapping):
        prior_scale = {} if prior_scale is None else dict.fromkeys(names, prior_scale)
    allowed = {*names, *later}
    for name, value in prior_scale.items():
        is_number = isinstance(value, (float, int, np.number)) and not is_boolean(value)
        if name not in allowed or not is_number or not MIN_SCALE <= value <= MAX_SCALE:
            requirement = f"must be {MIN_SCALE:g} to {MAX_SCALE:g} for some of {', '.join(names)}"
            requirement += ", or pairs and slopes that the fit may add" if later else ""
            raise ArgumentError("prior_scale", f"{requirement}, not {value!r} for {name!r}")
    known = {BASE.name: prior.base_spread} if prior.base_spread else {}
    known |= {slope_group(each).name: each.spread for each in prior.slope_spreads}
    clipped = {name: float(np.clip(each, MIN_SCALE, MAX_SCALE)) for name, each in known.items()}
    return {**clipped, **prior_scale}
