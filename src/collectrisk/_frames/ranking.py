"""The largest points of each row of a lazy frame, in an engine that can only compare columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from collectrisk._curves import POINTS_DECIMALS
from collectrisk._namespaces.expressions import chosen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectrisk._frames.details import Details
    from collectrisk._namespaces.expression_columns import Expression
    from collectrisk._namespaces.stages import Stages

SCALE = 10.0**POINTS_DECIMALS

ROUNDS = 1.5 * 2.0**52
"""A float of this size has no fractions: adding and subtracting it rounds to the nearest integer, and a
half to the even one, as NumPy does. The engines' own functions round a half in different ways."""


def largest(
    points: Sequence[Expression], labels: Sequence[str], details: Details, stages: Stages
) -> list[nw.Expr]:
    """Return the labels of the largest, second largest, ... points of each row; null where there are no more.

    The place of each is the number of larger ones, which takes a comparison for each pair: that is
    faster than finding the maximum again and again. Of equal ones, the first is in front.
    """
    if not details.reasons:
        return []
    stage = max((each.stage for each in points), default=0)
    sizes = [stages.add(_size(each.expr, details.sign), stage) for each in points]
    places = [stages.add(_place(sizes, at), stage + 1) for at in range(len(sizes))]
    none = nw.lit(None, nw.String())
    return [
        chosen(
            [(place == float(rank), nw.lit(label)) for place, label in zip(places, labels, strict=True)], none
        )
        for rank in range(details.reasons)
    ]


def _size(points: nw.Expr, sign: int) -> nw.Expr:
    rounded = (points * SCALE + ROUNDS) - ROUNDS
    return rounded * float(sign) if sign else rounded.abs()


def _place(sizes: Sequence[nw.Expr], at: int) -> nw.Expr:
    """Return how many sizes are in front of one; null if it is not positive."""
    size = sizes[at]
    # Comparing each pair in one way only lets the engine compute it once for both.
    in_front = [_one_if(other >= size) for other in sizes[:at]]
    behind = [_one_if(size >= other) for other in sizes[at + 1 :]]
    place = nw.lit(float(len(behind)))
    for each in in_front:
        place = place + each
    for each in behind:
        place = place - each
    return nw.when(size > 0.0).then(place)


def _one_if(condition: nw.Expr) -> nw.Expr:
    return condition.cast(nw.Float64())
