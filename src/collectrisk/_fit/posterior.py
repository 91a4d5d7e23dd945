"""The most probable card, and how sure the data make it."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING

import attrs
import numpy as np
from scipy.optimize import broyden1, minimize

from collectrisk._fit.constraints import held_to
from collectrisk._fit.evidence import most_likely_strengths

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._fit.objective import Problem
    from collectrisk._typing import Array

Z_90 = 1.6448536269514722
"""The standard normal quantile of a central 90 % interval."""

ROUNDS = 30
CLOSE = 1e-2
SETTLED, EXACT = 1e-5, 1e-9
SHRINKING, PATIENCE = 0.75, 3
"""As long as so many passes shrink the slope to this part of it, they are cheaper than a new curvature."""
NEAR = (0.1, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
"""How small a slope the minimiser goes to, round by round: rows told apart for sure need a smaller one."""
DIGITS = 2
"""Strengths are kept to so many digits of their logarithm, so that a fit is the same on every machine."""


@attrs.frozen(eq=False)
class Posterior:
    """What the data say of a design.

    Attributes
    ----------
    points : array of float, shape (1 + n_cells,)
        The most probable base and points of each cell.
    root : array of float, shape (1 + n_cells, 1 + n_directions)
        A root of the covariance of base and points: ``root @ root.T``.
    spreads : dict of str to float
        The prior_scale of each group.
    """

    points: Array
    root: Array
    spreads: dict[str, float]


def fit_posterior(everything: Problem, held: dict[str, float], limits: Array) -> Posterior:
    """Return what the data say of a design.

    Parameters
    ----------
    everything : Problem
        The design and all rows of data.
    held : dict of str to float
        Strengths that are given, by group; the others are chosen.
    limits : array of float, shape (n_limits, 1 + n_cells)
        Sums of points that must not be negative: the rises of monotone curves.
    """
    design = everything.design
    names = [group.name for group in design.groups]
    free = np.array([name not in held for name in names])
    expected = np.where(free, [group.expected for group in design.groups], np.nan)
    certainty = np.array([group.certainty for group in design.groups])
    spreads = np.array([held.get(group.name, group.expected) for group in design.groups])
    steps = np.zeros(len(design.group))
    alone = everything.of_sample
    for _ in range(ROUNDS):
        before = spreads
        steps, _ = _most_probable(alone, steps, spreads[design.group] ** -2.0)
        spreads = most_likely_strengths(alone.parabola(steps), design.group, spreads, expected, certainty)
        if np.abs(np.log(spreads / before)).max() < CLOSE:
            break
    spreads[free] = np.exp(np.round(np.log(spreads[free]), DIGITS))
    precision = spreads[design.group] ** -2.0
    steps, settled = _most_probable(everything, steps, precision)
    steps = held_to(limits, settled, steps, precision)
    root = settled.root(steps, precision)
    return Posterior(
        points=design.points(steps),
        root=design.moves @ root,
        spreads=dict(zip(names, spreads.tolist(), strict=True)),
    )


def _most_probable(problem: Problem, start: Array, precision: Array) -> tuple[Array, Problem]:
    """Return the most probable steps, and the problem whose curvature led there.

    The sample's curvature is nearly that of all rows: measured in its units the loss is nearly a
    sphere, so from nearby a few slopes lead to the bottom, each of which mends those units a little
    (Broyden 1965). Where the sample lacks what other rows have, the curvature of all rows does; from
    far away a minimiser goes first.
    """
    steps = start
    thorough = problem.thorough
    ways = [thorough] if problem.sample is problem.blocks else [problem, thorough]
    for near in NEAR:
        for way in ways:
            root = way.root(steps, precision)
            steps, slope = _settle(way, steps, root, precision)
            if slope < SETTLED:
                return steps, way
        if slope > near:
            steps = _descend(thorough, steps, root, precision, near)
    raise RuntimeError("the fit did not settle; please report this, with the data if they can be shared")


def _settle(problem: Problem, steps: Array, root: Array, precision: Array) -> tuple[Array, float]:
    """Return the steps down to the bottom, or as far as the slope shrinks, and the slope there."""
    here = np.zeros(len(steps))
    way = _Way(lambda units: root.T @ problem.slope(steps + root @ units, precision), here)
    with suppress(_Ended):
        broyden1(way, here, alpha=-1.0, f_tol=0.0, line_search=None)
    return steps + root @ way.best, way.slope


class _Ended(Exception):  # noqa: N818  # nothing went wrong
    """The bottom is reached, or not near."""


@attrs.define(eq=False)
class _Way:
    """A way downhill, until the slope is nothing or no longer shrinks; keeps where it was smallest."""

    slope_at: Callable[[Array], Array]
    best: Array
    slope: float = math.inf
    to_beat: float = math.inf
    idle: int = 0

    def __call__(self, units: Array) -> Array:
        """Return the slope there, or end."""
        slopes = self.slope_at(units)
        slope = float(np.abs(slopes).max())
        if slope < self.slope:
            self.best, self.slope = units, slope
        self.idle += 1
        if slope <= SHRINKING * self.to_beat:
            self.to_beat, self.idle = slope, 0
        if not EXACT <= slope < math.inf or self.idle == PATIENCE:
            raise _Ended
        return slopes


def _descend(problem: Problem, start: Array, root: Array, precision: Array, near: float) -> Array:
    """Return the steps where a minimiser finds the bottom, up to so small a slope."""
    found = minimize(
        lambda units: problem.loss(start + root @ units, precision),
        np.zeros(len(start)),
        jac=lambda units: root.T @ problem.slope(start + root @ units, precision),
        hess=lambda units: root.T @ problem.curvature(start + root @ units, precision) @ root,
        method="trust-exact",
        options={"gtol": near, "initial_trust_radius": 1e2, "max_trust_radius": 1e6},
    )
    steps: Array = start + root @ found.x
    return steps
