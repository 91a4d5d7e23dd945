"""Which shape a characteristic takes: from a prior card's curve, or from a column's values."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from collectrisk._curves import Bands, Characteristic, Flag, Levels, PiecewiseLinear
from collectrisk._fit.bases import (
    FITTED,
    Group,
    LevelShape,
    LineShape,
    ScaledShape,
    Shape,
    StepShape,
    levels_of,
)
from collectrisk._fit.knots import distinct, quantile_knots
from collectrisk._fit.subset import Taken
from collectrisk._namespaces import SCALAR
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectrisk._fields import FieldSpec
    from collectrisk._typing import Array

BY_HAND = Group("prior as a whole", 0.3, certainty=4.0)
BY_DATA = Group("fitted prior as a whole", 0.1)
SINGLE = Group("yes or no", 1.0)
MISSING = Group("missing", 1.0)
"""Groups that all characteristics share; a curve's own steps or levels have a group each."""

KNOWN, NEW = 0.1, 1.0
"""How far the steps of a curve may be expected to go from a prior card's curve, and from none."""

MOST_LEVELS = 1_000
"""A text column with more spellings is an identifier or free text, not a characteristic."""


ENOUGH = 50_000
"""How many rows are enough to learn from where to bend, how far to go, and how sure to be."""


@attrs.frozen(eq=False)
class Sample:
    """The rows of a fit, and how finely a curve may bend.

    Attributes
    ----------
    record : Record
        The columns.
    weights : array of float, shape (n_rows,)
        Each row's weight, above 0.
    knots : int
        How many knots a curve may have.
    """

    record: Any
    weights: Array
    knots: int

    def __attrs_post_init__(self) -> None:
        """Check the number of knots."""
        if not (isinstance(self.knots, (int, np.integer)) and self.knots >= 2):
            raise ArgumentError("knots", f"must be a whole number, 2 or more, not {self.knots!r}")

    @cached_property
    def thinned(self) -> Sample:
        """So many of the rows that more would not place the knots better."""
        rows = len(self.weights)
        if rows <= ENOUGH:
            return self
        places = np.linspace(0, rows - 1, ENOUGH).astype(np.intp)
        return Sample(Taken(self.record, places), self.weights[places], self.knots)

    def numbers(self, field: str) -> Array:
        """Return a column of numbers, NaN where a value is missing."""
        values = np.asarray(getattr(self.record, field), dtype=np.float64)
        return np.broadcast_to(values, self.weights.shape)


@attrs.define
class _Moves:
    """The directions of a shape, gathered one kind after another."""

    cells: int
    known: bool
    columns: list[Array] = attrs.Factory(list)
    groups: list[Group] = attrs.Factory(list)

    def add(self, group: Group, columns: Array) -> None:
        """Add directions of one group: an array with a row for each of the first cells."""
        whole = np.zeros((self.cells, columns.shape[1]))
        whole[: len(columns)] = columns
        self.columns.append(whole)
        self.groups += [group] * columns.shape[1]

    @property
    def expected(self) -> float:
        """How far the curve's own steps may be expected to go."""
        return KNOWN if self.known else NEW

    def scale(self, group: Group, prior: Array) -> None:
        """Let the prior's points grow or shrink as a whole, if there are any."""
        if self.known:
            self.add(group, prior[:, None])

    def single(self, group: Group, cell: int) -> None:
        """Let one cell move alone."""
        self.add(group, np.eye(self.cells)[:, [cell]])

    def as_dict(self) -> dict[str, Any]:
        """Return the directions as a shape takes them."""
        empty = np.zeros((self.cells, 0))
        return {"moves": np.hstack([empty, *self.columns]), "groups": tuple(self.groups)}


def shape_for(prior: Characteristic, sample: Sample) -> Shape:
    """Return the shape of a characteristic whose prior points are those of a curve."""
    for kind, make in _MAKERS.items():
        if isinstance(prior, kind):
            shape: Shape = make(prior, sample)
            return shape
    return _scaled(prior)


def flat_curve(spec: FieldSpec, sample: Sample) -> Characteristic:
    """Return the curve of a column that no prior knows: the right kind, and no points anywhere."""
    name = spec.name
    missing = 0.0 if spec.nullable else None
    if spec.validator.kind == "flag":
        return Flag(label=name, field=name, if_true=0.0)
    if spec.validator.kind in {"choice", "text"}:
        return Levels(label=name, field=name, levels={}, if_missing=missing)
    values = sample.thinned.numbers(name)
    known = values[~np.isnan(values)]
    lowest = float(known.min()) if known.size else 0.0
    return PiecewiseLinear(label=name, field=name, knots=[(lowest, 0.0)], if_missing=missing)


def _lines(prior: PiecewiseLinear, sample: Sample) -> Shape:
    sample = sample.thinned
    values = sample.numbers(prior.field)
    known = ~np.isnan(values) & ((values > 0) | (prior.scale == "linear"))
    knots = np.array([at for at, _ in prior.knots])
    if known.any():
        own = quantile_knots(values[known], sample.weights[known], sample.knots)
        knots = distinct(np.union1d(knots, own))
    points = [prior.points(_One(at), SCALAR) for at in knots.tolist()]
    shape = LineShape(
        **_still(prior, points), knots=knots, scale=prior.scale, may_be_missing=prior.if_missing is not None
    )
    return _moving(shape, sample, partial(_bends, count=len(knots)))


def _bands(prior: Bands, sample: Sample) -> Shape:
    edges = np.array([edge for edge, _ in prior.bands])
    points = [points for _, points in prior.bands]
    shape = StepShape(**_still(prior, points), edges=edges, may_be_missing=prior.if_missing is not None)
    return _moving(shape, sample, partial(_each, count=len(edges)))


def _levels(prior: Levels, sample: Sample) -> Shape:
    table = dict(prior.levels)
    levels = tuple(dict.fromkeys([*table, *levels_of(getattr(sample.record, prior.field))]))
    _refuse_too_many(prior, levels)
    points = [*(table.get(level, prior.otherwise) for level in levels), prior.otherwise]
    shape = LevelShape(**_still(prior, points), levels=levels, may_be_missing=prior.if_missing is not None)
    return _moving(shape, sample, partial(_each, count=len(levels)))


def _refuse_too_many(prior: Levels, levels: tuple[str, ...]) -> None:
    if len(levels) > MOST_LEVELS:
        raise ArgumentError(
            "characteristics",
            f"cannot hold {prior.field!r}, whose {len(levels):,} different texts are too many "
            f"(at most {MOST_LEVELS:,}); name the columns to use in characteristics=, or group its texts",
        )


def _scaled(prior: Characteristic) -> Shape:
    if isinstance(prior, Flag) and not prior.if_true:
        once = attrs.evolve(prior, if_true=1.0)
        return ScaledShape(
            origin=prior, prior=np.zeros(2), moves=np.eye(2)[:, [1]], groups=(SINGLE,), unit=once
        )
    return ScaledShape(
        origin=prior,
        prior=np.array([0.0, 1.0]),
        moves=np.eye(2)[:, [1]],
        groups=(_as_a_whole(prior),),
        unit=prior,
    )


def _as_a_whole(prior: Characteristic) -> Group:
    """Return the group in which a prior curve grows or shrinks; one set by hand may be off further."""
    return BY_DATA if prior.source == FITTED else BY_HAND


_MAKERS: dict[type, Any] = {PiecewiseLinear: _lines, Bands: _bands, Levels: _levels}


@attrs.frozen
class _One:
    """A record whose every field has one value."""

    value: float

    def __getattr__(self, _: str) -> float:
        return self.value


def _still(prior: PiecewiseLinear | Bands | Levels, points: list[float]) -> dict[str, Any]:
    """Return what every shape of one field needs, with nothing that can move yet."""
    missing = [] if prior.if_missing is None else [prior.if_missing]
    cells = np.array([*points, *missing])
    return {
        "origin": prior,
        "field": prior.field,
        "prior": cells,
        "moves": np.zeros((len(cells), 0)),
        "groups": (),
    }


def _moving(shape: Any, sample: Sample, own: Callable[[_Moves, str, Array], None]) -> Shape:
    """Return the shape with its directions: the prior as a whole, its own cells, a missing value."""
    cells = len(shape.prior)
    occupied = occupancy(shape, sample.record, sample.weights)
    moves = _Moves(cells, known=bool(shape.prior.any()))
    moves.scale(_as_a_whole(shape.origin), shape.prior)
    own(moves, shape.origin.label, occupied)
    if shape.may_be_missing and occupied[-1]:
        moves.single(MISSING, cells - 1)
    moved: Shape = attrs.evolve(shape, **moves.as_dict())
    return moved


def _bends(moves: _Moves, label: str, occupied: Array, *, count: int) -> None:
    """Let lines rise or fall between any two knots, and as a whole, about the data's mean."""
    if count == 1:
        return
    known = occupied[:count] / max(occupied[:count].sum(), 1.0)
    steps = np.tril(np.ones((count, count - 1)), -1)
    moves.add(Group(label, moves.expected), steps - known @ steps)
    if count > 2:
        trend = np.linspace(-0.5, 0.5, count)[:, None]
        moves.add(
            Group("trend" if moves.known else "trend of new columns", moves.expected), trend - known @ trend
        )


def _each(moves: _Moves, label: str, occupied: Array, *, count: int) -> None:
    """Let every cell that the data reach move by itself."""
    moves.add(Group(label, moves.expected), np.eye(count)[:, occupied[:count] > 0])


def occupancy(shape: Shape, record: Any, weights: Array) -> Array:
    """Return the weight of the rows at each cell; a row between two cells is shared by them."""
    places = shape.places(record, len(weights))
    cells = len(shape.prior)
    at_left = np.bincount(places.left, weights * (1.0 - places.fraction), cells)
    nxt = np.minimum(places.left + 1, cells - 1)
    return at_left + np.bincount(nxt, weights * places.fraction, cells)
