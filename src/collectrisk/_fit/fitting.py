"""From labelled rows and a prior card to a fitted one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import scipy.linalg

from collectrisk._fit.bases import Group
from collectrisk._fit.build import ENOUGH, Sample, shape_for
from collectrisk._fit.design import Design
from collectrisk._fit.objective import Problem
from collectrisk._fit.posterior import Posterior, fit_posterior
from collectrisk._fit.subset import Taken
from collectrisk._scorers.scorecard import Scorecard
from collectrisk.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectrisk._channel import Ladder
    from collectrisk._curves import Characteristic
    from collectrisk._fit.design import Block
    from collectrisk._typing import Array

ROWS_IN_BLOCK = 65_536
BASE = "base"
PORTFOLIO = "portfolio"
"""The label of the characteristic that gives each portfolio a base of its own."""

TYPICAL = 1_000

WEAKEST, STRONGEST = 1e-6, 1e3
"""Strengths, in log-odds, beyond which numbers lose their digits and the card stays the same."""

EXPECTED_BASE = 0.4
"""How far the base may be expected to lie from that of a prior card that does not say."""


@attrs.frozen(eq=False)
class Fit:
    """A design and what the data say of it."""

    design: Design
    posterior: Posterior
    typical: tuple[Array, Array]
    """The log-odds of up to a thousand kinds of rows, and the weight of each."""

    def card(self, ladder: Ladder) -> Scorecard:
        """Return the most probable card; a curve that nothing moved is the prior's."""
        points = self.design.parts(self.posterior.points)
        return Scorecard(
            base=float(self.posterior.points[0]),
            base_spread=self.posterior.spreads.get(PORTFOLIO, 0.0),
            characteristics=[
                shape.origin if np.array_equal(at, shape.prior) else shape.curve(at)
                for shape, at in zip(self.design.shapes, points, strict=True)
            ],
            ladder=ladder,
        )

    def shifted(self, shift: float) -> Fit:
        """Return the same fit on another level."""
        points = self.posterior.points.copy()
        points[0] += shift
        log_odds, weights = self.typical
        return Fit(self.design, attrs.evolve(self.posterior, points=points), (log_odds + shift, weights))

    def spread(self, borrower: Any) -> float:
        """Return how unsure the log-odds of one borrower are: their standard deviation."""
        row = self.design.block(borrower, np.zeros(1), np.ones(1)).cells
        return float(np.linalg.norm(self.posterior.root[0] + row @ self.posterior.root[1:]))

    def spread_of(self, label: str, record: Any, rows: int) -> Array:
        """Return how unsure the points of a characteristic are: their standard deviation, row by row."""
        labels = [shape.origin.label for shape in self.design.shapes]
        place = labels.index(label)
        start, end = self.design.ranges[place]
        cells = self.posterior.root[start:end]
        at = self.design.shapes[place].places(record, rows)
        left, right = cells[at.left], cells[np.minimum(at.left + 1, end - start - 1)]
        spread: Array = np.linalg.norm(left + at.fraction[:, None] * (right - left), axis=1)
        return spread


def fit_card(
    start: Scorecard,
    characteristics: Iterable[Characteristic],
    sample: Sample,
    visited: Array,
    *,
    prior_scale: float | Mapping[str, float] | None,
    monotone: Mapping[str, int],
) -> Fit:
    """Fit the points of a card.

    Parameters
    ----------
    start : Scorecard
        Its base, and how far that may lie from the truth, are the prior's.
    characteristics : iterable of Characteristic
        The prior curves.
    sample : Sample
        The columns, whole, and the weights.
    visited : array of float, shape (n_rows,)
        1 for a visit, 0 for none.
    prior_scale, monotone
        See `LogisticScorer`.
    """
    rows = len(visited)
    design = Design.of(
        start.base, Group(BASE, EXPECTED_BASE), [shape_for(each, sample) for each in characteristics]
    )

    def block(places: Any) -> Block:
        return design.block(Taken(sample.record, places), visited[places], sample.weights[places])

    blocks = [block(slice(first, first + ROWS_IN_BLOCK)) for first in range(0, max(rows, 1), ROWS_IN_BLOCK)]
    some = np.linspace(0, rows - 1, min(rows, ENOUGH)).astype(np.intp)
    fewer = block(some)
    times = sample.weights.sum() / fewer.weights.sum() if rows else 1.0
    held = _held(prior_scale, design, start)
    problem = Problem(design, blocks, [fewer], times)
    posterior = fit_posterior(problem, held, _rises(design, monotone))
    return Fit(design, posterior, _typical(fewer.log_odds(posterior.points), fewer.weights))


def _typical(log_odds: Array, weights: Array) -> tuple[Array, Array]:
    """Return the mean log-odds and the weights of up to a thousand groups of like rows."""
    order = np.argsort(log_odds)
    count = min(len(order), TYPICAL)
    starts = np.arange(count) * len(order) // max(count, 1)
    total = np.add.reduceat(weights[order], starts)
    return np.add.reduceat((weights * log_odds)[order], starts) / total, total


def _rises(design: Design, monotone: Mapping[str, int]) -> Array:
    """Return, as sums of points, what must not be negative for the curves to be monotone."""
    shapes = design.shapes
    numbers = [field for shape in shapes for field in shape.origin.fields if len(shape.in_order(field))]
    if not monotone.keys() <= set(numbers) or not set(monotone.values()) <= {1, -1}:
        names = ", ".join(dict.fromkeys(numbers))
        raise ArgumentError("monotone", f"must be 1 or -1 for some of {names}, not {dict(monotone)!r}")
    rises = {
        field: [sign * np.diff(shape.in_order(field), axis=0) for shape in shapes]
        for field, sign in monotone.items()
    }
    none = np.zeros((0, len(design.prior)))
    base = none[:, :1]
    return np.vstack([none, *(scipy.linalg.block_diag(base, *each) for each in rises.values())])


def _held(
    prior_scale: float | Mapping[str, float] | None, design: Design, start: Scorecard
) -> dict[str, float]:
    """Return the strengths that are given."""
    names = [group.name for group in design.groups]
    if not isinstance(prior_scale, Mapping):
        prior_scale = {} if prior_scale is None else dict.fromkeys(names, prior_scale)
    strange = [
        (name, value) for name, value in prior_scale.items() if name not in names or not _is_sane(value)
    ]
    if strange:
        name, value = strange[0]
        must = f"must be {WEAKEST:g} to {STRONGEST:g} for some of {', '.join(names)}"
        raise ArgumentError("prior_scale", f"{must}, not {value!r} for {name!r}")
    known = {BASE: float(np.clip(start.base_spread, WEAKEST, STRONGEST))} if start.base_spread else {}
    return {**known, **prior_scale}


def _is_sane(prior_scale: object) -> bool:
    return isinstance(prior_scale, (float, int, np.number)) and bool(WEAKEST <= prior_scale <= STRONGEST)
