"""Builds the basis of a characteristic from its prior curve and the training rows."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._curves import Bands, Characteristic, Flag, Gate, Levels, PiecewiseLinear
from collectrisk._fit.bases import (
    FITTED,
    Basis,
    FieldBasis,
    Group,
    LevelBasis,
    LinearBasis,
    ScaledBasis,
    StepBasis,
    corners,
    levels_of,
)
from collectrisk._fit.groups import (
    FITTED_GATES,
    FITTED_PRIOR_FACTOR,
    FITTED_RISE,
    FLAGS,
    MISSING,
    PRIOR_FACTOR,
    SCALE_WITH_PRIOR,
    SCALE_WITHOUT_PRIOR,
    TREND,
    TREND_WITHOUT_PRIOR,
    own_group,
)
from collectrisk._fit.knots import distinct, quantile_knots
from collectrisk._namespaces import SCALAR
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._fields import FieldSpec
    from collectrisk._fit.sample import TrainingRows
    from collectrisk._typing import Array

MAX_LEVELS = 1_000
"""A text column with more levels is an identifier or free text, and not a characteristic."""


def basis_for(prior: Characteristic, data: TrainingRows) -> Basis:
    """Return the basis of a characteristic, given its prior curve."""
    if isinstance(prior, PiecewiseLinear):
        return _linear_basis(prior, data.sample)
    if isinstance(prior, Bands):
        edges, points = zip(*prior.bands, strict=True)
        names = [f"from {edge:,.10g}" for edge in edges]
        return _field_basis(StepBasis, prior, data, grid=edges, names=names, points=points)
    if isinstance(prior, Levels):
        return _level_basis(prior, data)
    return _scaled_basis(prior, data)


def flat_curve(spec: FieldSpec, data: TrainingRows) -> Characteristic:
    """Return the prior curve of a column without one: the kind that suits it, with zero points."""
    name = spec.name
    missing = 0.0 if spec.nullable else None
    if spec.validator.kind == "flag":
        return Flag(label=name, field=name, if_true=0.0)
    if spec.validator.kind in {"choice", "text"}:
        return Levels(label=name, field=name, levels={}, if_missing=missing)
    values = data.sample.numbers(name)
    known = values[~np.isnan(values)]
    lowest = float(known.min()) if known.size else 0.0
    return PiecewiseLinear(label=name, field=name, knots=[(lowest, 0.0)], if_missing=missing)


def _linear_basis(prior: PiecewiseLinear, data: TrainingRows) -> Basis:
    values = data.numbers(prior.field)
    known = ~np.isnan(values) & ((values > 0) | (prior.scale == "linear"))
    knots = np.array([knot for knot, _ in prior.knots])
    if known.any():
        knots = np.union1d(knots, quantile_knots(values[known], data.weights[known], data.knots))
    grid = distinct(knots).tolist()
    points = [prior.points(SimpleNamespace(**{prior.field: knot}), SCALAR) for knot in grid]
    names = [f"{knot:,.10g}" for knot in grid]
    return _field_basis(LinearBasis, prior, data, grid=grid, names=names, points=points)


def _level_basis(prior: Levels, data: TrainingRows) -> Basis:
    points = dict(prior.levels)
    levels = tuple(dict.fromkeys([*points, *levels_of(getattr(data.record, prior.field))]))
    if len(levels) > MAX_LEVELS:
        raise ArgumentError(
            "characteristics",
            f"cannot hold {prior.field!r}, whose {len(levels):,} different texts are too many "
            f"(at most {MAX_LEVELS:,}); name the columns to use in characteristics=, or group its texts",
        )
    return _field_basis(
        LevelBasis,
        prior,
        data,
        grid=levels,
        names=[*levels, "any other"],
        points=[*(points.get(level, prior.otherwise) for level in levels), prior.otherwise],
    )


def _scaled_basis(prior: Characteristic, data: TrainingRows) -> Basis:
    unit, factor, group = prior, 1.0, _factor_group(prior)
    if isinstance(prior, Flag) and not prior.if_true:
        # A flag without points has nothing to multiply: its factor is its points.
        unit, factor, group = attrs.evolve(prior, if_true=1.0), 0.0, FLAGS
    basis = ScaledBasis(
        origin=prior,
        names=["does not apply", "applies"],
        prior_points=np.array([0.0, factor]),
        transform=np.array([[0.0], [1.0]]),
        groups=(group,),
        unit=unit,
    )
    return basis if prior.source != FITTED else attrs.evolve(basis, means=_mean_points(basis, data))


def _mean_points(basis: ScaledBasis, data: TrainingRows) -> Array:
    """Return the mean points of the unit over the rows; without rows, those of a shut gate."""
    total = data.weights.sum()
    if not total:
        return np.array([basis.unit.if_shut if isinstance(basis.unit, Gate) else 0.0])
    means: Array = occupancy(basis, data.record, data.weights)[1:] / total
    return means


def _factor_group(prior: Characteristic) -> Group:
    if prior.source != FITTED:
        return PRIOR_FACTOR
    return FITTED_GATES if isinstance(prior, Gate) else FITTED_PRIOR_FACTOR


def _field_basis(
    kind: type[FieldBasis],
    prior: PiecewiseLinear | Bands | Levels,
    data: TrainingRows,
    *,
    grid: Sequence[Any],
    names: Sequence[str],
    points: Sequence[float],
) -> Basis:
    """Return the basis of one field.

    Its coefficients are a factor of the prior curve, those of the shape of the curve, and one of a
    missing value.
    """
    if prior.if_missing is not None:
        names, points = [*names, "missing"], [*points, prior.if_missing]
    total = len(points)
    basis = kind(
        origin=prior,
        names=names,
        prior_points=np.array(points),
        transform=np.zeros((total, 0)),
        groups=(),
        grid=grid,
    )
    occupied = occupancy(basis, data.record, data.weights)
    count = total - basis.has_missing
    known = any(points)
    scale = SCALE_WITH_PRIOR if known else SCALE_WITHOUT_PRIOR
    added: list[tuple[Group, Array]] = []
    if known:
        added.append((_factor_group(prior), basis.prior_points[:, None]))
    if kind is LinearBasis:
        increments, trend = _increments_and_trend(occupied[:count])
        trend_group = TREND if known else TREND_WITHOUT_PRIOR
        if known and prior.source == FITTED:
            scale = FITTED_RISE
            increments /= math.sqrt(max(increments.shape[1], 1))
        added += [(own_group(prior.label, scale), increments), (trend_group, trend)]
        is_missing_alone = basis.has_missing
    else:
        # A band or level without rows is as uncertain as the others differ, and so is a missing value.
        is_missing_alone = basis.has_missing and bool(occupied[-1])
        added.append((own_group(prior.label, scale), np.eye(total)[:, : total - is_missing_alone]))
    if is_missing_alone:
        added.append((MISSING, np.eye(total)[:, -1:]))
    return attrs.evolve(
        basis,
        transform=np.hstack([np.pad(part, ((0, total - len(part)), (0, 0))) for _, part in added]),
        groups=tuple(group for group, part in added for _ in range(part.shape[1])),
    )


def _increments_and_trend(occupied: Array) -> tuple[Array, Array]:
    """Return the coefficients of straight lines between knots, as columns of a transform.

    The first are the increments between neighbouring knots, whose Gaussian prior makes the curve a
    random walk (the first-order difference penalty of Eilers and Marx 1996). The last, if there are
    three knots or more, is a straight line from end to end. Both are centred on the data, so that
    they change the curve's shape and leave the mean to the base. Without rows, all knots count the same.
    """
    count, total = len(occupied), occupied.sum()
    share = occupied / total if total else np.full(count, 1.0 / count)
    increments = np.tril(np.ones((count, count - 1)), -1)
    trend = np.linspace(-0.5, 0.5, count)[:, None] if count > 2 else np.zeros((count, 0))
    return increments - share @ increments, trend - share @ trend


def occupancy(basis: Basis, record: Any, weights: Array) -> Array:
    """Return the weighted sum of each basis function over the rows."""
    count = len(basis.prior_points)
    occupied = np.zeros(count)
    for index, value in corners(basis.cells(record, len(weights))):
        occupied += np.bincount(np.minimum(index, count - 1), weights * value, count)
    return occupied
