"""The segments of a piecewise linear curve, for the namespaces that compute it segment by segment."""

from __future__ import annotations

import functools
import math
from itertools import pairwise

import attrs

SLOPE_TOLERANCE = 1e-14
"""Slopes whose relative difference is within rounding error are treated as equal."""


@attrs.frozen
class Segment:
    """``start + slope * (x - left)``, from `left` to the next segment.

    It is measured from `left`, because a line far from zero would lose digits if it were measured
    from zero.
    """

    left: float
    start: float
    slope: float


@functools.lru_cache(maxsize=256)
def segments(
    knots: tuple[float, ...],
    points: tuple[float, ...],
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> tuple[Segment, ...]:
    """Return the segments of a curve, in order; the first one holds for smaller numbers too.

    Adjacent segments of equal slope are merged, and segments outside the bounds of `x` are left out.
    The curve is constant outside the knots.
    """
    found = [Segment(-math.inf, points[0], 0.0)]
    pieces = [*zip(knots, points, strict=True), (math.inf, points[-1])]
    for (left, start), (right, end) in pairwise(pieces):
        slope = (end - start) / (right - left)
        if not math.isclose(found[-1].slope, slope, rel_tol=SLOPE_TOLERANCE):
            found.append(Segment(left, start, slope))
    lowest, highest = bounds
    ends = [*(each.left for each in found[1:]), math.inf]
    inside = [each for each, end in zip(found, ends, strict=True) if each.left < highest and lowest < end]
    # Between equal bounds, there is one number only.
    return tuple(inside or [each for each in found if each.left <= lowest][-1:])
