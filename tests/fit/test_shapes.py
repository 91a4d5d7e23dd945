"""Cells, their names, and the curves that come of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fit_cases import PRIOR, record

import collectrisk as cr
from collectrisk._fit.bases import FITTED, Shape, levels_of
from collectrisk._fit.build import Sample, shape_for
from collectrisk._namespaces.arrays import TextArray

SAMPLE = Sample(record(), np.ones(200), 3)
SHAPES = {part.label: shape_for(part, SAMPLE) for part in PRIOR}


def test_cells_have_names() -> None:
    assert SHAPES["calls"].names == ["from 0", "from 2", "from 99", "missing"]
    assert SHAPES["region"].names == ["west", "moon", "east", "north", "any other", "missing"]
    assert SHAPES["gate"].names == SHAPES["owner"].names == ["does not apply", "applies"]
    assert SHAPES["size"].names[0] == f"{record().size.min():,.10g}"


@pytest.mark.parametrize("label", SHAPES)
def test_a_curve_has_the_points_of_its_cells(label: str) -> None:
    shape = SHAPES[label]
    points = np.zeros(2) if label in {"owner", "agency", "gate"} else shape.prior.copy()
    points = points + np.linspace(0.5, 1.0, len(points))
    curve = shape.curve(points)
    assert (curve.label, curve.source) == (label, FITTED)
    places = shape.places(record(), 200)
    right = np.minimum(places.left + 1, len(points) - 1)
    found = points[places.left] * (1 - places.fraction) + points[right] * places.fraction
    base = points[0] if label in {"owner", "agency", "gate"} else 0.0
    expected = np.broadcast_to(curve.points(record(), cr.frames.arrays.ARRAYS), 200)
    np.testing.assert_allclose(found - base, expected, atol=1e-9)


def test_one_borrower_stands_where_his_row_does() -> None:
    one = SimpleNamespace(size=2.5, age=float("nan"), calls=3, region="west", owner=True)
    row = SimpleNamespace(
        size=np.array([2.5]),
        age=np.array([np.nan]),
        calls=np.array([3.0]),
        region=TextArray(np.array([0]), ("west",)),
        owner=np.array([True]),
    )
    for shape in SHAPES.values():
        of_one, of_row = shape.places(one, 1), shape.places(row, 1)
        assert (of_one.left.tolist(), of_one.fraction.tolist()) == (
            of_row.left.tolist(),
            of_row.fraction.tolist(),
        )


def test_only_numbers_are_in_order() -> None:
    ordered = {label: len(shape.in_order("size")) for label, shape in SHAPES.items()}
    assert ordered == {
        "size": len(SHAPES["size"].prior),
        "age": 0,
        "calls": 0,
        "region": 0,
        "owner": 0,
        "agency": 0,
        "gate": 2,
    }
    assert SHAPES["calls"].in_order("calls").tolist() == np.eye(4)[:3].tolist()


def test_a_shape_of_its_own_must_say_all() -> None:
    bare = Shape(origin=PRIOR[0], prior=np.zeros(1), moves=np.zeros((1, 0)), groups=())
    uses: list[Any] = [
        lambda: bare.places(record(), 200),
        lambda: bare.names,
        lambda: bare.curve(np.zeros(1)),
    ]
    for use in uses:
        with pytest.raises(NotImplementedError):
            use()


def test_levels_are_those_that_occur() -> None:
    assert levels_of(TextArray(np.array([2, -1, 0]), ("b", "never", "a"))) == ("a", "b")
    assert levels_of("only") == ("only",)
    assert levels_of(None) == ()
