"""The segments of a piecewise linear curve."""

from __future__ import annotations

import math

from collectrisk._namespaces.segments import Segment, segments

CONSTANT_BELOW = Segment(-math.inf, 0.0, 0.0)


def test_a_curve_is_constant_outside_its_knots() -> None:
    assert segments((0.0, 2.0, 3.0), (0.0, 1.0, 3.0)) == (
        CONSTANT_BELOW,
        Segment(0.0, 0.0, 0.5),
        Segment(2.0, 1.0, 2.0),
        Segment(3.0, 3.0, 0.0),
    )


def test_adjacent_segments_of_equal_slope_are_one() -> None:
    straight = segments((0.0, 0.1, 0.2, 0.7), (0.0, 1.0, 2.0, 7.0))
    assert straight == (CONSTANT_BELOW, Segment(0.0, 0.0, 10.0), Segment(0.7, 7.0, 0.0))
    assert segments((1.0, 2.0, 3.0), (0.0, 0.0, 0.0)) == (CONSTANT_BELOW,)


def test_segments_outside_the_bounds_are_left_out() -> None:
    curve = (0.0, 2.0, 3.0), (0.0, 1.0, 3.0)
    assert segments(*curve, (0.0, 3.0)) == (Segment(0.0, 0.0, 0.5), Segment(2.0, 1.0, 2.0))
    assert segments(*curve, (0.0, 3.1))[-1] == Segment(3.0, 3.0, 0.0)
    assert segments(*curve, (-5.0, -1.0)) == (CONSTANT_BELOW,)
    assert segments((1.0,), (0.5,), (1.0, 1.0)) == (Segment(-math.inf, 0.5, 0.0),)


def test_between_equal_bounds_is_the_segment_of_that_number() -> None:
    curve = (0.0, 2.0, 3.0), (0.0, 1.0, 3.0)
    assert segments(*curve, (0.0, 0.0)) == (Segment(0.0, 0.0, 0.5),)
    assert segments(*curve, (2.0, 2.0)) == (Segment(2.0, 1.0, 2.0),)
    assert segments(*curve, (3.0, 3.0)) == (Segment(3.0, 3.0, 0.0),)
