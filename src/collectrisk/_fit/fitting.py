"""Fits a card to labelled rows, given a prior card."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import scipy.linalg
from numpy.linalg import LinAlgError

from collectrisk._curves import PiecewiseLinear
from collectrisk._fields import is_boolean
from collectrisk._fit.bases import Group, LevelBasis, corners
from collectrisk._fit.build import basis_for
from collectrisk._fit.design import Design
from collectrisk._fit.evidence import LARGEST
from collectrisk._fit.factors import common_factors
from collectrisk._fit.objective import Objective
from collectrisk._fit.pairs import Candidates
from collectrisk._fit.posterior import Posterior, fit_posterior
from collectrisk._fit.prior import PORTFOLIO
from collectrisk._fit.sample import SAMPLE_ROWS, RowSubset, sample_by_outcome
from collectrisk._fit.threads import SINGLE_THREAD, mapper
from collectrisk._scorers.scorecard import Scorecard
from collectrisk.errors import ArgumentError, InvalidCardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from collectrisk._channel import Ladder
    from collectrisk._curves import Characteristic
    from collectrisk._fit.design import RowBlock
    from collectrisk._fit.sample import TrainingRows
    from collectrisk._typing import Array

BLOCK_ROWS = 32_768
ERROR_ROWS = 1_024
"""The number of rows whose standard errors are computed at a time, so that their terms fit the cache."""

MAX_LOG_ODDS = 1_000
"""The number of log-odds that a fit keeps for `recalibrate`: enough for a mean to 7 digits."""

MIN_SCALE, MAX_SCALE = 1e-6, 1e3
"""Bounds of a given prior scale; beyond them digits are lost and the card does not change."""

MAX_DATA_KNOTS = 1_000
"""The number of knots that the data may give all curves together.

The time of a fit grows with the cube of this number, and so many are hardly distinguished by any data.
"""

MANY_COEFFICIENTS = 2_000
"""With fewer, a factorization takes well under a second in one thread, and busy cores delay several."""

MAX_INFORMATION = 1e14
"""The largest total weight, multiplied by the square of the largest prior scale.

This is about the ratio of the largest to the smallest eigenvalue of the Hessian. Beyond it the prior
is lost among the rounding errors of the likelihood, and the fit need not converge.
"""

BASE = Group("base", 0.4)


@attrs.frozen(eq=False)
class Fit:
    """The result of a fit.

    Attributes
    ----------
    design : Design
        The base and the bases.
    posterior : Posterior
        The posterior of the points.
    log_odds : (array of float, array of float)
        The mean log-odds and the weight of up to a thousand groups of similar rows.
    """

    design: Design
    posterior: Posterior
    log_odds: tuple[Array, Array]

    def card(self, ladder: Ladder) -> Scorecard:
        """Return the card at the posterior mode; a curve that did not change is the prior's own."""
        points = self.posterior.points
        parts = [points[its_slice] for its_slice in self.design.slices]
        scales = self.posterior.prior_scales
        try:
            return Scorecard(
                base=float(points[0]),
                base_spread=scales.get(PORTFOLIO, 0.0),
                characteristics=[
                    basis.origin if np.array_equal(part, basis.prior_points) else basis.curve(part)
                    for basis, part in zip(self.design.bases, parts, strict=True)
                ],
                ladder=ladder,
            )
        except InvalidCardError as error:
            raise ArgumentError(
                "prior_scale",
                f"must be less than {max(scales.values()):g} for these rows, because fitted points exceed "
                f"the limits of a scorecard: {error}",
            ) from error

    def shifted(self, shift: float) -> Fit:
        """Return the same fit with another base."""
        points = self.posterior.points.copy()
        points[0] += shift
        log_odds, weights = self.log_odds
        return Fit(self.design, attrs.evolve(self.posterior, points=points), (log_odds + shift, weights))

    def shared_factor(self) -> Array:
        """Return the covariance factor without the part of portfolios that were not in the fit.

        The level of such a portfolio is independent of all else, because no row depends on it.
        """
        factor = self.posterior.covariance_factor.copy()
        for basis, part in zip(self.design.bases, self.design.slices, strict=True):
            if isinstance(basis, LevelBasis) and basis.origin.label == PORTFOLIO:
                is_own = [group.name == PORTFOLIO for group in basis.groups]
                own = np.flatnonzero(basis.transform[:, is_own].any(axis=1))
                factor[part.start + own[own >= len(basis.grid)]] = 0.0
        return factor

    def standard_error(self, borrower: Any) -> float:
        """Return the standard error of one borrower's log-odds.

        This takes some 30 µs with nine characteristics: it adds two rows of the covariance factor for
        each of them. A sparse matrix of one row would take ten times as long.
        """
        indices, values = [0], [1.0]
        for basis, its_slice in zip(self.design.bases, self.design.slices, strict=True):
            for index, value in corners(basis.cell(borrower)):
                indices.append(min(its_slice.start + index, its_slice.stop - 1))
                values.append(value)
        return float(np.linalg.norm(np.array(values) @ self.posterior.covariance_factor[indices]))

    def log_odds_errors(self, record: Any, rows: int) -> Array:
        """Return the standard error of the log-odds of each row of a record."""
        factor = self.posterior.covariance_factor
        matrix = self.design.matrix(record, rows)
        errors = np.empty(rows)
        for start in range(0, rows, ERROR_ROWS):
            some = slice(start, start + ERROR_ROWS)
            errors[some] = np.linalg.norm(factor[0] + matrix[some] @ factor[1:], axis=1)
        return errors

    def standard_errors(self, label: str, record: Any, rows: int) -> Array:
        """Return the standard error of the points of one characteristic in each row of a record."""
        index = [basis.origin.label for basis in self.design.bases].index(label)
        factor = self.posterior.covariance_factor[self.design.slices[index]]
        errors: Array = np.linalg.norm(self.design.bases[index].interpolate(factor, record, rows), axis=1)
        return errors


def fit_card(
    prior: Scorecard,
    characteristics: Iterable[Characteristic],
    data: TrainingRows,
    visited: Array,
    *,
    prior_scale: float | Mapping[str, float] | None,
    monotone: Mapping[str, int],
    pairs: Iterable[Sequence[str]] = (),
) -> Fit:
    """Fit the base and the points of a card.

    Parameters
    ----------
    prior : Scorecard
        Its base is the prior mean of the base, and its `base_spread` the prior scale.
    characteristics : iterable of Characteristic
        The prior curves.
    data : TrainingRows
        The columns and the weights.
    visited : array of float, shape (n_rows,)
        1 if the account was visited, else 0.
    prior_scale, monotone, pairs
        See `LogisticScorer`.
    """
    rows = len(visited)
    characteristics = list(characteristics)
    data = _with_affordable_knots(data, characteristics)
    ranges = _ranges(rows)
    with mapper(len(ranges)) as threads:
        bases = list(threads(lambda each: basis_for(each, data), characteristics))
        bases += Candidates(bases, data.sample).named(pairs)
        design = Design.of(prior.base, BASE, bases, common_factors(bases, data))

        is_costly = design.is_costly(min(rows, SAMPLE_ROWS))

        def block(selection: Any, times: float | Array = 1.0) -> RowBlock:
            record = RowSubset(data.record, selection)
            weights = data.weights[selection] * times
            return design.block(record, visited[selection], weights, uses_bins=is_costly)

        blocks = sample = list(threads(block, ranges))
        if rows > SAMPLE_ROWS:
            indices, times = sample_by_outcome(visited)
            parts = _ranges(len(indices))
            sample = list(threads(lambda some: block(indices[some], times[some]), parts))
        sample_weight = sum(each.weights.sum() for each in sample)
        factor = float(data.weights.sum() / sample_weight) if rows else 1.0
        fixed_scales = _fixed_scales(prior_scale, design, prior.base_spread)
        largest_scale = max(fixed_scales.get(each.name, LARGEST) for each in design.groups)
        _check_total_weight(data.weights, largest_scale)
        constraints = _constraints(design, monotone)
        is_small = len(design.group_index) < MANY_COEFFICIENTS
        with SINGLE_THREAD if is_small else nullcontext():
            objective = Objective(design, blocks, sample, factor, threads, is_costly)
            try:
                posterior = fit_posterior(objective, fixed_scales, constraints)
            except LinAlgError:
                # Bins are not precise enough if the prior is vague and one column determines another one.
                posterior = fit_posterior(objective.with_every_row, fixed_scales, constraints)
    log_odds = np.concatenate([each.log_odds(posterior.points) for each in sample])
    weights = np.concatenate([each.weights for each in sample])
    return Fit(design, posterior, _grouped(log_odds, weights))


def _ranges(rows: int) -> list[slice]:
    """Return blocks of rows of about the same size; one of them even if there are no rows."""
    ends = np.linspace(0, rows, max(math.ceil(rows / BLOCK_ROWS), 1) + 1).astype(int).tolist()
    return [slice(start, stop) for start, stop in pairwise(ends)]


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


def _with_affordable_knots(data: TrainingRows, characteristics: Sequence[Characteristic]) -> TrainingRows:
    """Return the rows with a number of knots that limits their total."""
    curves = [each for each in characteristics if isinstance(each, PiecewiseLinear)]
    knots = max(MAX_DATA_KNOTS // max(len(curves), 1), 2)
    if data.knots <= knots:
        return data
    if any(len(np.unique(data.sample.numbers(each.field))) > knots for each in curves):
        warnings.warn(
            f"knots={data.knots} is reduced to {knots} for each of {len(curves)} curves, because a fit "
            f"has at most {MAX_DATA_KNOTS:,} knots from the data; pass knots={knots}, or use fewer columns",
            stacklevel=5,  # the line that calls `LogisticScorer.fit`
        )
    return attrs.evolve(data, knots=knots)


def _grouped(log_odds: Array, weights: Array) -> tuple[Array, Array]:
    """Return the mean log-odds and the weights of groups of similar rows."""
    order = np.argsort(log_odds)
    count = min(len(order), MAX_LOG_ODDS)
    starts = np.arange(count) * len(order) // max(count, 1)
    totals = np.add.reduceat(weights[order], starts)
    return np.add.reduceat((weights * log_odds)[order], starts) / totals, totals


def _constraints(design: Design, monotone: Mapping[str, int]) -> Array:
    """Return a matrix whose product with base and points must not be negative."""
    numbers = [name for each in design.bases for name in each.origin.fields if len(each.ordered_points(name))]
    if not monotone.keys() <= set(numbers) or any(each not in [1, -1] for each in monotone.values()):
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
    prior_scale: float | Mapping[str, float] | None, design: Design, base_spread: float
) -> dict[str, float]:
    """Return the prior scales that are given."""
    names = [group.name for group in design.groups]
    if not isinstance(prior_scale, Mapping):
        prior_scale = {} if prior_scale is None else dict.fromkeys(names, prior_scale)
    for name, value in prior_scale.items():
        is_number = isinstance(value, (float, int, np.number)) and not is_boolean(value)
        if name not in names or not is_number or not MIN_SCALE <= value <= MAX_SCALE:
            requirement = f"must be {MIN_SCALE:g} to {MAX_SCALE:g} for some of {', '.join(names)}"
            raise ArgumentError("prior_scale", f"{requirement}, not {value!r} for {name!r}")
    known = {BASE.name: float(np.clip(base_spread, MIN_SCALE, MAX_SCALE))} if base_spread else {}
    return {**known, **prior_scale}
