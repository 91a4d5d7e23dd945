"""Portfolios that differ in the slopes of their curves (random slopes, partially pooled).

The curves of all portfolios are fitted first. Then each portfolio gets a coefficient for each curve, its
*slope*: it is multiplied by the curve, centred on the data, and added. The slopes of a curve have a Gaussian
prior with mean zero, whose scale is estimated like all others: the spread between portfolios. The slopes
of the portfolios add up to zero, so that the curve is their mean, and that of a new portfolio.

References
----------
A. Gelman and J. Hill, "Data Analysis Using Regression and Multilevel/Hierarchical Models" (2007).
"""

from __future__ import annotations

import math
import warnings
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._curves import Flag
from collectrisk._fit.bases import FITTED, Basis, FieldBasis, Group, PortfolioBasis
from collectrisk._fit.bayes_factors import log_factors
from collectrisk._fit.build import occupancy
from collectrisk._fit.groups import SLOPE
from collectrisk._fit.prior import by_portfolio
from collectrisk._fit.surfaces import SurfaceBasis, axis_of
from collectrisk._namespaces import SCALAR
from collectrisk._namespaces.array_grid import array_place
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._namespaces.grid import place
from collectrisk._scorers.spreads import SlopeSpread
from collectrisk._surface import LevelAxis, NumberAxis, Surface

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from collectrisk._curves import Characteristic
    from collectrisk._fit.bases import Cell
    from collectrisk._fit.design import Design
    from collectrisk._fit.objective import Objective
    from collectrisk._fit.posterior import Estimate
    from collectrisk._fit.sample import TrainingRows
    from collectrisk._surface import Axis
    from collectrisk._typing import Array

EXPECTED_SPREAD = 0.3
"""The expected standard deviation of the slopes of a curve."""
MIN_PORTFOLIOS = 3
"""Fewer portfolios hardly say how much portfolios differ."""
MAX_SLOPES = 1_000
"""The time of a fit grows with the cube of the number of coefficients."""
LEAST_STANDARD_DEVIATION = 0.03
"""A curve whose points vary less over the accounts is flat."""
LEAST_LOG_FACTOR = math.log(30.0)
"""By how much the slopes of all curves must raise the log marginal likelihood: strong evidence."""


@attrs.frozen(eq=False, kw_only=True)
class SlopeBasis(Basis):
    """The basis of the slopes of a curve: the lowest and the highest points of the curve in each portfolio.

    The functions of the portfolios of the fit are followed by those of any other one and of a missing one.

    Attributes
    ----------
    unit : PiecewiseLinear or Levels
        The curve, centred on the data.
    line : sequence of float
        The points of the unit at each knot or level of its axis.
    known : LevelAxis
        The portfolios.
    of : str
        The label of the curve.
    centre : float
        What was subtracted from the points of the curve.
    """

    unit: Any
    line: Sequence[float]
    known: LevelAxis
    of: str
    centre: float

    def curve(self, points: Array) -> Characteristic:
        """Return the surface of the curve's field and the portfolio."""
        lowest, highest = self.unit.range
        ends = points[: 2 * self.known.size].reshape(-1, 2)
        slopes = (ends[:, 1] - ends[:, 0]) / (highest - lowest)
        surface: Surface = attrs.evolve(self.origin, grid=np.outer(self.line, slopes).tolist())
        return surface

    def cell(self, borrower: Any) -> Cell:
        """Return which functions differ from zero for one borrower."""
        placed = place(getattr(borrower, self.known.field), self.known.levels)
        return 2 * self._index(*placed), ((1, self._share(self.unit.points(borrower, SCALAR))),)

    def cells(self, record: Any, rows: int) -> Cell:
        """Return the same for the rows of a record."""
        placed = array_place(getattr(record, self.known.field), self.known.levels)
        share = self._share(np.nan_to_num(self.unit.points(record, ARRAYS)))
        return np.broadcast_to(2 * self._index(*placed), (rows,)), ((1, np.broadcast_to(share, (rows,))),)

    def _index(self, index: Any, distance: float) -> Any:
        # One missing value has no distance, and those of a column have an index of their own.
        return index if distance == 0.0 else self.known.size + 1

    def _share(self, points: Any) -> Any:
        lowest, highest = self.unit.range
        return (points - lowest) / (highest - lowest)


def slope_labels(bases: Sequence[Basis]) -> list[str]:
    """Return the labels of all slopes that a fit may add, which are the names of their groups."""
    curves = [each for each in bases if not isinstance(each, PortfolioBasis)]
    has_portfolios = len(curves) < len(bases)
    return [
        by_portfolio(each.origin.label) for each in curves if has_portfolios and len(each.origin.fields) == 1
    ]


def slope_bases(
    bases: Sequence[Basis], curves: Sequence[Characteristic], data: TrainingRows, skipped: Collection[str]
) -> list[SlopeBasis]:
    """Return the bases of the slopes of fitted curves.

    Parameters
    ----------
    bases : sequence of Basis
        The bases of the fit.
    curves : sequence of Characteristic
        The fitted curves.
    data : TrainingRows
        The rows, or some of them.
    skipped : collection of str
        Fields whose curves are the same in all portfolios.
    """
    portfolios = next((each for each in bases if isinstance(each, PortfolioBasis)), None)
    if portfolios is None or len(portfolios.grid) < MIN_PORTFOLIOS:
        return []
    known = LevelAxis(portfolios.origin.field, portfolios.grid)
    # A portfolio without a name that is in the data has a level of its own, and no slopes.
    is_missing = portfolios.has_missing and occupancy(portfolios, data.record, data.weights)[-1] > 0
    found = []
    for basis, curve in zip(bases, curves, strict=True):
        is_alone = len(curve.fields) == 1 and curve.fields[0] not in {*skipped, known.field}
        axis = axis_of(basis, data) if is_alone else None
        if axis is not None:
            found += _slope_basis(curve, axis, known, data, is_missing=is_missing)
    return _affordable(found, MAX_SLOPES // known.size)


def _affordable(slopes: list[SlopeBasis], most: int) -> list[SlopeBasis]:
    """Return the slopes of the curves that vary most, with a warning that names the others."""
    varied = sorted(slopes, key=lambda each: each.unit.range[0] - each.unit.range[1])
    if left_out := [each.of for each in varied[most:]]:
        warnings.warn(
            f"portfolio: there are no slopes for {', '.join(map(repr, left_out))}, because a fit has at most "
            f"{MAX_SLOPES:,}; intervals leave out how portfolios differ in them. Group small portfolios",
            stacklevel=9,  # the line that calls `LogisticScorer.fit`
        )
    return [each for each in slopes if each.of not in left_out]


def _slope_basis(
    curve: Characteristic, axis: Axis, known: LevelAxis, data: TrainingRows, *, is_missing: bool
) -> list[SlopeBasis]:
    """Return the basis of the slopes of a curve, or none if it is flat."""
    line = np.array(_line(curve, axis))
    index, distance = array_place(axis.scaled(getattr(data.record, axis.field), ARRAYS), axis.grid)
    is_known = np.broadcast_to((index < axis.size) & ~np.isnan(distance), data.weights.shape)
    raw = _curve(axis, line)
    points = np.broadcast_to(raw.points(data.record, ARRAYS), data.weights.shape)[is_known]
    centre = float(np.average(points, weights=data.weights[is_known]))
    variance = np.average((points - centre) ** 2, weights=data.weights[is_known])
    if variance < LEAST_STANDARD_DEVIATION**2:
        return []
    line -= centre
    unit = _curve(axis, line)
    label = by_portfolio(curve.label)
    transform = np.kron(_centred(known.size), np.array(unit.range)[:, None])
    if not is_missing:
        transform[:, -2] += transform[:, -1]
    group = Group(label, EXPECTED_SPREAD)
    levels = (*known.levels, "any other", "missing")
    names = [f"{level}, {end}" for level in levels for end in ("lowest", "highest")]
    zeros = np.zeros((axis.size, known.size)).tolist()
    basis = SlopeBasis(
        origin=Surface(label=label, source=FITTED, x=axis, y=known, grid=zeros, if_missing=0.0),
        names=names,
        prior_points=np.zeros(len(names)),
        transform=transform[:, :-1],
        groups=(group,) * (known.size + 1),
        unit=unit,
        line=line.tolist(),
        known=known,
        of=curve.label,
        centre=centre,
    )
    return [basis]


def _centred(count: int) -> Array:
    """Return the slopes of the portfolios, any other and a missing one, as functions of the coefficients.

    The slopes of the portfolios add up to zero, so that what they have in common is in the curve.
    """
    slopes = np.eye(count + 2)
    slopes[:count, :count] -= 1.0 / count
    return slopes


def _line(curve: Characteristic, axis: Axis) -> list[float]:
    """Return the points of a curve at each knot or level of an axis."""
    values: Iterable[Any] = axis.knots if isinstance(axis, NumberAxis) else axis.levels
    if isinstance(curve, Flag):
        values = [level == "true" for level in axis.levels]
    return [curve.points(SimpleNamespace(**{axis.field: value}), SCALAR) for value in values]


def _curve(axis: Axis, line: Array) -> Any:
    """Return the curve through the points at each knot or level; 0 for other levels and missing values."""
    return axis.curve([*line.tolist(), 0.0][: axis.size + bool(axis.levels)], label="unit", if_missing=0.0)


def differing_slopes(
    slopes: Sequence[SlopeBasis], objective: Objective, estimated: Estimate
) -> list[SlopeBasis]:
    """Return the slopes that raise the marginal likelihood, if all together raise it enough.

    Parameters
    ----------
    slopes : sequence of SlopeBasis
        The slopes.
    objective : Objective
        An objective with all of them.
    estimated : Estimate
        Its prior scales and its mode.
    """
    labels = [each.origin.label for each in slopes]
    of_all, *of_each = log_factors([labels, *([label] for label in labels)], objective, estimated)
    if of_all < LEAST_LOG_FACTOR:
        return []
    return [each for each, factor in zip(slopes, of_each, strict=True) if factor > 0.0]


def prior_slopes(bases: Sequence[Basis], spreads: Iterable[SlopeSpread]) -> list[tuple[Group, Array]]:
    """Return the slope of each curve whose spread a prior card knows: its group and what a unit of it adds.

    Parameters
    ----------
    bases : sequence of Basis
        The bases of the fit.
    spreads : iterable of SlopeSpread
        The spreads of the prior card.
    """
    labels = [basis.origin.label for basis in bases]
    found = []
    for spread in spreads:
        parts = [np.zeros(len(basis.prior_points)) for basis in bases]
        basis = bases[labels.index(spread.label)]
        its = basis.prior_points.copy()
        if isinstance(basis, FieldBasis):
            its[len(basis.grid) :] = spread.centre  # no slope of other levels and of a missing value
        parts[labels.index(spread.label)] = its
        found.append((slope_group(spread), np.concatenate([[-spread.centre], *parts])))
    return found


def slope_group(spread: SlopeSpread) -> Group:
    """Return the group of the slope of a curve, whose scale is the spread of the prior card."""
    return Group(spread.label + SLOPE, spread.spread)


def spreads_of(design: Design, spreads: Mapping[str, float]) -> list[SlopeSpread]:
    """Return the spreads of the slopes of a fit, given those of all that differs between portfolios."""
    return [
        SlopeSpread(label=basis.of, spread=spreads[basis.origin.label], centre=basis.centre)
        for basis in design.bases
        if isinstance(basis, SlopeBasis)
    ]


def known_spreads(
    design: Design,
    points: Array,
    known: Iterable[SlopeSpread],
    estimated: Iterable[SlopeSpread],
    data: TrainingRows,
) -> list[SlopeSpread]:
    """Return the spreads of a prior card that a fit has not estimated, with the centres of the fitted curves.

    Parameters
    ----------
    design : Design
        The design of the fit.
    points : array of float
        The fitted base and points.
    known, estimated : iterable of SlopeSpread
        The spreads of the prior card, and those of the fit.
    data : TrainingRows
        The rows, or some of them.
    """
    labels, found = [basis.origin.label for basis in design.bases], []
    for spread in known:
        if any(each.label == spread.label for each in estimated):
            continue
        index = labels.index(spread.label)
        basis = design.bases[index]
        # Other levels and a missing value have no slope.
        used = slice(len(basis.grid) if isinstance(basis, FieldBasis) else None)
        rows = occupancy(basis, data.record, data.weights)[used]
        changes = (points[design.slices[index]] - basis.prior_points)[used]
        # The centre moves with the curve, by what the rows say; without rows neither of them moves.
        moved = float(changes @ rows / max(rows.sum(), 1.0))
        found.append(attrs.evolve(spread, centre=spread.centre + moved))
    return found


def portfolio_labels(bases: Sequence[Basis]) -> list[str]:
    """Return the labels of the points of single portfolios: their bases, their slopes and their pairs."""
    fields = {basis.origin.field for basis in bases if isinstance(basis, PortfolioBasis)}
    return [
        basis.origin.label
        for basis in bases
        if isinstance(basis, (PortfolioBasis, SlopeBasis))
        or (isinstance(basis, SurfaceBasis) and fields & {*basis.origin.fields})
    ]
