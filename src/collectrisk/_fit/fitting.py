"""Fits a card to labelled rows, given a prior card."""

from __future__ import annotations

import warnings
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from numpy.linalg import LinAlgError

from collectrisk._curves import PiecewiseLinear
from collectrisk._fit.averaging import averaged_posterior
from collectrisk._fit.bases import PortfolioBasis, corners
from collectrisk._fit.build import basis_for
from collectrisk._fit.factors import common_factors
from collectrisk._fit.pairs import Candidates
from collectrisk._fit.posterior import Estimate, Posterior, estimate
from collectrisk._fit.prior import PORTFOLIO, VAGUE_BASE_SPREAD
from collectrisk._fit.problem import Problem
from collectrisk._fit.sample import LabelledRows, block_ranges
from collectrisk._fit.selection import Selection, pair_factors
from collectrisk._fit.slopes import (
    SlopeBasis,
    differing_slopes,
    known_spreads,
    portfolio_labels,
    prior_slopes,
    slope_bases,
    slope_labels,
    spreads_of,
)
from collectrisk._fit.spreads import portfolio_spreads, with_spreads
from collectrisk._fit.threads import SINGLE_THREAD, mapper
from collectrisk._scorers.scorecard import Scorecard
from collectrisk.errors import ArgumentError, InvalidCardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from collectrisk._channel import Ladder
    from collectrisk._curves import Characteristic
    from collectrisk._fit.design import Design
    from collectrisk._fit.pairs import Pair
    from collectrisk._fit.problem import Stage
    from collectrisk._fit.sample import TrainingRows
    from collectrisk._scorers.spreads import SlopeSpread
    from collectrisk._typing import Array

ERROR_ROWS = 1_024
"""The number of rows whose standard errors are computed at a time, so that their terms fit the cache."""

MAX_LOG_ODDS = 1_000
"""The number of log-odds that a fit keeps for `recalibrate`: enough for a mean to 7 digits."""

MAX_DATA_KNOTS = 1_000
"""The number of knots that the data may give all curves together.

The time of a fit grows with the cube of this number, and so many are hardly distinguished by any data.
"""

MANY_COEFFICIENTS = 2_000
"""With fewer, a factorization takes well under a second in one thread, and busy cores delay several."""


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
    pairs : dict of (str, str) to float
        The pairs that were added, and by how much each raises the log marginal likelihood.
    base_spread : float
        The standard deviation of the base between portfolios, as far as the fit or its prior card knows it.
    slope_spreads : list of SlopeSpread
        The same of slopes.
    """

    design: Design
    posterior: Posterior
    log_odds: tuple[Array, Array]
    pairs: dict[Pair, float]
    base_spread: float
    slope_spreads: list[SlopeSpread]

    def card(self, ladder: Ladder) -> Scorecard:
        """Return the card at the posterior mode; a curve that did not change is the prior's own."""
        points = self.posterior.points
        parts = [points[its_slice] for its_slice in self.design.slices]
        with _advice_on_limits(self.posterior.prior_scales):
            return Scorecard(
                base=float(points[0]),
                base_spread=self.base_spread,
                slope_spreads=self.slope_spreads,
                portfolio_labels=portfolio_labels(self.design.bases),
                characteristics=[
                    basis.origin if np.array_equal(part, basis.prior_points) else basis.curve(part)
                    for basis, part in zip(self.design.bases, parts, strict=True)
                ],
                ladder=ladder,
            )

    def shifted(self, shift: float) -> Fit:
        """Return the same fit with another base."""
        points = self.posterior.points.copy()
        points[0] += shift
        log_odds, weights = self.log_odds
        posterior = attrs.evolve(self.posterior, points=points)
        return attrs.evolve(self, posterior=posterior, log_odds=(log_odds + shift, weights))

    def shared_factor(self) -> Array:
        """Return the covariance factor without the part of portfolios that were not in the fit.

        The level of such a portfolio is independent of all else, because no row depends on it.
        """
        return with_spreads(self.design, self.posterior, {PORTFOLIO: 0.0}).covariance_factor

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
    pairs: Any = None,
    has_portfolios: bool = False,
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
    has_portfolios : bool
        Whether the last curve is that of the portfolios.
    """
    characteristics = list(characteristics)
    data = _with_affordable_knots(data, characteristics)
    rows = LabelledRows(data, visited)
    with mapper(len(block_ranges(len(visited)))) as threads:
        bases = list(threads(lambda each: basis_for(each, data), characteristics))
        if has_portfolios:
            bases[-1] = PortfolioBasis(**attrs.asdict(bases[-1], recurse=False))
        shared = [*common_factors(bases, data), *prior_slopes(bases, prior.slope_spreads)]
        selection = Selection.of(Candidates(bases, rows.sample.data, frozenset(monotone)), pairs)
        later = [*selection.group_names, *slope_labels(bases)]
        problem = Problem(prior, bases, shared, rows, threads, prior_scale, monotone, later)
        stage = problem.stage([])
        is_small = len(stage.objective.design.group_index) < MANY_COEFFICIENTS
        with SINGLE_THREAD if is_small else nullcontext():
            try:
                stage, posterior, factors = _solved(problem, stage, selection)
            except LinAlgError:
                # Bins are not precise enough if the prior is vague and one column determines another one.
                problem = attrs.evolve(problem, may_use_bins=False)
                stage, posterior, factors = _solved(problem, problem.stage([]), selection)
    sample = stage.objective.sample
    log_odds = np.concatenate([each.log_odds(posterior.points) for each in sample])
    weights = np.concatenate([each.weights for each in sample])
    design = stage.objective.design
    spreads = portfolio_spreads(design, posterior, stage.fixed_scales)
    posterior = with_spreads(design, posterior, spreads)
    known = prior.base_spread if prior.base_spread < VAGUE_BASE_SPREAD else 0.0
    with _advice_on_limits(posterior.prior_scales):
        slopes = spreads_of(design, spreads)
        slopes += known_spreads(design, posterior.points, prior.slope_spreads, slopes, rows.sample.data)
    return Fit(design, posterior, _grouped(log_odds, weights), factors, spreads.get(PORTFOLIO, known), slopes)


def _solved(
    problem: Problem, stage: Stage, selection: Selection
) -> tuple[Stage, Posterior, dict[Pair, float]]:
    """Return the last stage, which has all surfaces of the selection, its posterior, and its log factors."""
    # Slopes come first: a surface of a field and the portfolio is for what they leave.
    stage, estimated = _with_slopes(problem, stage)
    if selection.named:
        stage = problem.stage([*stage.surfaces, *selection.named])
    if selection.named or estimated is None:
        estimated = estimate(stage.objective, stage.fixed_scales, estimated)
    while (surface := selection.best(stage, estimated)) is not None:
        stage = problem.stage([*stage.surfaces, surface])
        estimated = estimate(stage.objective, stage.fixed_scales, estimated)
    objective = problem.of_all_rows(stage.objective)
    posterior = averaged_posterior(objective, stage.fixed_scales, stage.constraints, estimated)
    return stage, posterior, pair_factors(stage, estimated)


def _with_slopes(problem: Problem, stage: Stage) -> tuple[Stage, Estimate | None]:
    """Return the stage with the slopes of the curves that differ between portfolios, and its estimate."""
    if not any(isinstance(basis, PortfolioBasis) for basis in problem.bases):
        return stage, None
    estimated = estimate(stage.objective, stage.fixed_scales)
    slopes, is_refined = _slopes(problem, stage, estimated), False
    while slopes:
        longer = problem.stage([*stage.surfaces, *slopes])
        found = estimate(longer.objective, longer.fixed_scales, estimated)
        labels = [each.origin.label for each in differing_slopes(slopes, longer.objective, found)]
        if is_refined and len(labels) == len(slopes):
            return longer, found
        # A curve without slopes is flatter than the mean of those of all portfolios, so it is fitted again.
        slopes = [each for each in _slopes(problem, longer, found) if each.origin.label in labels]
        is_refined = True
    return stage, estimated


def _slopes(problem: Problem, stage: Stage, estimated: Estimate) -> list[SlopeBasis]:
    """Return the slopes of the fitted curves that can have some."""
    design = stage.objective.design
    points = design.points(estimated.coefficients)
    with _advice_on_limits(estimated.scales):
        curves = [
            basis.curve(points[part]) for basis, part in zip(problem.bases, design.slices, strict=False)
        ]
    return slope_bases(problem.bases, curves, problem.rows.sample.data, problem.monotone)


@contextmanager
def _advice_on_limits(scales: Mapping[str, float]) -> Iterator[None]:
    """Say which prior scales are too large if fitted points exceed the limits of a scorecard."""
    try:
        yield
    except InvalidCardError as error:
        raise ArgumentError(
            "prior_scale",
            f"must be less than {max(scales.values()):g} for these rows, because fitted points exceed "
            f"the limits of a scorecard: {error}",
        ) from error


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
