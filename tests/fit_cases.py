"""A fit with a basis of every kind, for the tests of its mathematics."""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

import collectrisk as cr
from collectrisk._fit.bases import Group
from collectrisk._fit.build import basis_for
from collectrisk._fit.design import Design, RowBlock
from collectrisk._fit.factors import common_factors
from collectrisk._fit.objective import Objective
from collectrisk._fit.posterior import TOLERANCE, posterior_mode
from collectrisk._fit.sample import RowSubset, TrainingRows
from collectrisk._namespaces.arrays import TextArray

Array = npt.NDArray[Any]

PRIOR = [
    cr.PiecewiseLinear(label="size", field="size", knots=[(1, -0.5), (4, 0.5)], scale="log"),
    cr.PiecewiseLinear(label="age", field="age", knots=[(0, 0.0)], if_missing=0.0),
    cr.Bands(label="calls", field="calls", bands=[(0, -0.2), (2, 0.1), (99, 0.4)], if_missing=0.0),
    cr.Levels(
        label="region", field="region", levels={"west": 0.4, "moon": 1.0}, otherwise=-0.1, if_missing=0.2
    ),
    cr.Flag(label="owner", field="owner", if_true=0.0),
    cr.Flag(label="agency", field="owner", if_true=0.7),
    cr.Gate(label="gate", conditions=[cr.AtLeast("size", 2)], if_shut=-1.0),
]


def with_missing(rng: np.random.Generator, values: Array) -> Array:
    return np.where(rng.random(len(values)) < 0.2, np.nan, values)


@functools.cache
def record(rows: int = 200, seed: int = 0) -> SimpleNamespace:
    """Return columns of every kind, with missing values."""
    rng = np.random.default_rng(seed)
    return SimpleNamespace(
        size=rng.lognormal(1.0, 0.5, rows),
        age=with_missing(rng, rng.normal(40, 10, rows)),
        calls=with_missing(rng, rng.poisson(2, rows).astype(float)),
        region=TextArray(rng.integers(-1, 3, rows), ("east", "north", "west")),
        owner=rng.random(rows) < 0.4,
    )


@attrs.frozen(eq=False)
class Case:
    """An objective, with coefficients and a prior precision at which to evaluate it."""

    objective: Objective
    coefficients: Array
    precision: Array

    @property
    def block(self) -> RowBlock:
        """All rows."""
        return self.objective.sample[0]


@functools.cache
def case(rows: int = 200, seed: int = 0) -> Case:
    """Return an objective with bases of all kinds, and coefficients away from its prior."""
    rng = np.random.default_rng(seed + 1)
    weights = rng.uniform(0.5, 2.0, rows)
    data = TrainingRows(record(rows, seed), weights, 5)
    bases = [basis_for(part, data) for part in PRIOR]
    design = Design.of(-0.5, Group("base", 0.5), bases, common_factors(bases, data))
    labels = (rng.random(rows) < 0.4).astype(float)
    halves = [slice(0, rows // 2), slice(rows // 2, rows)]
    blocks = [
        design.block(RowSubset(record(rows, seed), half), labels[half], weights[half]) for half in halves
    ]
    everything = design.block(record(rows, seed), labels, weights)
    count = len(design.group_index)
    objective = Objective(design, blocks, [everything])
    return Case(objective, rng.normal(0, 0.2, count), rng.uniform(0.5, 2.0, count))


def mode_of(objective: Objective, precision: Array) -> tuple[Array, Objective]:
    """Return the posterior mode, from coefficients of zero, and the objective that led to it."""
    start = np.zeros(len(precision))
    return posterior_mode(objective, start, precision, objective.hessian_near(start), TOLERANCE)


def numerical_gradient(function: Any, at: Array, step: float = 1e-5) -> Array:
    """Return the derivatives of a function by central differences, one row for each argument."""
    steps = np.eye(len(at)) * step
    return np.array([(function(at + each) - function(at - each)) / (2 * step) for each in steps])
