"""The basis of two fields: its functions, its purified points, its axes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fit_cases import PRIOR, record
from hypothesis import given
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk._fit.bases import FITTED, corners
from collectrisk._fit.build import basis_for, occupancy
from collectrisk._fit.sample import TrainingRows
from collectrisk._fit.surfaces import MAX_LEVELS_OF_BOTH, axis_of, purified, surface_basis
from collectrisk._namespaces.arrays import ARRAYS, TextArray

ROWS = 200
WEIGHTS = np.random.default_rng(1).uniform(0.5, 2.0, ROWS)
DATA = TrainingRows(record(), WEIGHTS, 5)
CURVES: dict[str, Any] = {part.label: basis_for(part, DATA) for part in PRIOR}
AXES: dict[str, Any] = {label: axis_of(basis, DATA) for label, basis in CURVES.items()}
PAIRS = [("size", "age"), ("region", "age"), ("size", "owner"), ("owner", "region"), ("calls", "region")]
SURFACES = {pair: surface_basis("both", AXES[pair[0]], AXES[pair[1]], DATA) for pair in PAIRS}
each_pair = pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)


def fitted(pair: tuple[str, str]) -> tuple[Any, Any]:
    """Return the surface of some coefficients, and its points."""
    basis = SURFACES[pair]
    points = basis.transform @ np.random.default_rng(2).normal(size=len(basis.groups))
    return basis.curve(points), points


@each_pair
def test_a_surface_has_the_points_of_its_basis_functions(pair: tuple[str, str]) -> None:
    surface, points = fitted(pair)
    assert (surface.label, surface.source, surface.otherwise, surface.if_missing) == ("both", FITTED, 0, 0)
    found = SURFACES[pair].interpolate(points[:, None], record(), ROWS)[:, 0]
    np.testing.assert_allclose(found, np.asarray(surface.points(record(), ARRAYS)), atol=1e-12)
    assert len(np.unique(found)) > 1


@each_pair
def test_a_borrower_and_a_row_have_the_same_functions(pair: tuple[str, str]) -> None:
    surface, points = fitted(pair)
    columns = vars(record())
    for row in range(50):
        one = SimpleNamespace(
            **{
                name: ([*each.levels, None][each.codes[row]] if isinstance(each, TextArray) else each[row])
                for name, each in columns.items()
            }
        )
        functions = corners(SURFACES[pair].cell(one))
        found = sum(value * points[min(index, len(points) - 1)] for index, value in functions)
        assert found == pytest.approx(surface.points(one), abs=1e-12)


def test_another_level_has_the_function_before_the_last_which_is_that_of_missing_values() -> None:
    basis = SURFACES["region", "age"]
    last = len(basis.names) - 1
    rows = [("south", 40.0), ("south", None), (None, 40.0), ("north", None)]
    found = [basis.cell(SimpleNamespace(region=region, age=age)) for region, age in rows]
    assert found == [(last - 1, ()), (last, ()), (last, ()), (last, ())]
    regions = TextArray(np.array([0, 0, -1, 1]), ("south", "north"))
    columns = SimpleNamespace(region=regions, age=np.array([40.0, np.nan, 40.0, np.nan]))
    assert basis.cells(columns, 4)[0].tolist() == [start for start, _ in found]


def test_only_steps_that_a_row_takes_are_kept() -> None:
    strides = {
        pair: [stride for stride, _ in basis.cells(record(), ROWS)[1]] for pair, basis in SURFACES.items()
    }
    columns = AXES["age"].size
    assert strides[("size", "age")] == [columns, 1]
    assert strides[("region", "age")] == [1]
    assert strides[("size", "owner")] == [2]
    assert strides[("owner", "region")] == strides[("calls", "region")][1:] == []


def test_a_column_without_known_values_is_at_the_last_function() -> None:
    nothing = SimpleNamespace(size=record().size, age=None)
    start, steps = SURFACES["size", "age"].cells(nothing, ROWS)
    assert (set(start.tolist()), steps) == ({len(SURFACES["size", "age"].names) - 1}, ())


def test_points_have_names() -> None:
    names = SURFACES["owner", "region"].names
    assert names[:3] == [f"true, {level}" for level in AXES["region"].levels]
    assert names[2 * 3 :] == ["any other", "missing"]
    knots = AXES["size"].knots
    assert SURFACES["size", "age"].names[0] == f"{knots[0]:,.10g}, {AXES['age'].knots[0]:,.10g}"


@each_pair
def test_what_the_curves_add_is_no_part_of_a_surface(pair: tuple[str, str]) -> None:
    """For any coefficients, the sums along each axis, weighted by the rows, are zero."""
    surface, points = fitted(pair)
    shape = surface.x.size, surface.y.size
    weighted = (occupancy(SURFACES[pair], record(), WEIGHTS) * points)[: np.prod(shape)].reshape(shape)
    np.testing.assert_allclose(weighted.sum(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(weighted.sum(axis=1), 0.0, atol=1e-9)
    assert np.abs(weighted).max() > 1e-3


def test_points_without_rows_are_zero_and_uncertain() -> None:
    """Such an account gets what the curves add, not the sum of the increments on the way to it."""
    near = np.array([0.0, 1.0, 2.0, 3.0] * 50)
    apart = SimpleNamespace(one=near, two=np.where(near < 2, near, near - 1.0))
    data = TrainingRows(apart, np.ones(ROWS), 4)
    curves = [
        basis_for(cr.PiecewiseLinear(label=name, field=name, knots=[(0, 0)]), data) for name in ("one", "two")
    ]
    axes: list[Any] = [axis_of(curve, data) for curve in curves]
    basis = surface_basis("both", axes[0], axes[1], data)
    unused = occupancy(basis, apart, np.ones(ROWS)) == 0
    assert (basis.names[-1], unused.sum(), basis.transform.shape) == ("missing", 9, (13, 3 * 2 + 9))
    own = basis.transform[unused]
    np.testing.assert_allclose(own, np.hstack([np.zeros((9, 6)), own[0, 6] * np.eye(9)]))
    norms = np.linalg.norm(basis.transform[~unused], axis=1)
    assert norms.min() < own[0, 6] < norms.max()


def test_a_surface_of_two_fields_that_are_never_both_known_has_no_points() -> None:
    half, unknown = np.arange(100.0), np.full(100, np.nan)
    apart = SimpleNamespace(one=np.append(half, unknown), two=np.append(unknown, half))
    data = TrainingRows(apart, np.ones(ROWS), 4)
    axes = [cr.NumberAxis(name, [0.0, 50.0, 99.0]) for name in ("one", "two")]
    assert not surface_basis("both", axes[0], axes[1], data).transform.any()


@given(rows=st.integers(1, 6), columns=st.integers(1, 6), seed=st.integers(0, 1_000), empty=st.floats(0, 0.9))
def test_purified_points_are_orthogonal_to_curves_and_differ_by_curves(
    rows: int, columns: int, seed: int, empty: float
) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.exponential(size=(rows, columns)) * (rng.random((rows, columns)) >= empty)
    points = rng.normal(size=(rows * columns, 3))
    pure = purified(points, weights)
    for each, before in zip(
        pure.T.reshape(3, rows, columns), points.T.reshape(3, rows, columns), strict=True
    ):
        np.testing.assert_allclose((weights * each).sum(axis=0), 0.0, atol=1e-9)
        np.testing.assert_allclose((weights * each).sum(axis=1), 0.0, atol=1e-9)
        curves = before - each
        np.testing.assert_allclose(curves, curves[:1] + curves[:, :1] - curves[0, 0], atol=1e-9)


# Axes


def test_the_axis_of_a_number_has_knots_of_its_curve_on_its_scale() -> None:
    assert AXES["size"].scale == "log"
    assert set(AXES["size"].knots) <= set(CURVES["size"].grid)
    assert AXES["age"].scale == "linear"
    assert set(AXES["age"].knots) == set(CURVES["age"].grid) - {0.0}  # a knot of the prior without rows


def test_the_axis_of_bands_has_quantiles() -> None:
    values = record().calls[~np.isnan(record().calls)]
    assert AXES["calls"].knots[0] == values.min()
    assert AXES["calls"].knots[-1] == values.max()
    assert 2 < len(AXES["calls"].knots) <= 5


def test_an_axis_has_at_most_eight_knots() -> None:
    many = TrainingRows(record(), WEIGHTS, 32)
    axis: Any = axis_of(basis_for(PRIOR[1], many), many)
    assert len(axis.knots) == 8
    assert (axis.knots[0], axis.knots[-1]) == (np.nanmin(record().age), np.nanmax(record().age))


def test_the_axis_of_a_text_has_the_levels_that_occur_in_the_order_of_the_curve() -> None:
    assert CURVES["region"].origin.levels[-1] == ("moon", 1.0)  # which does not occur
    assert AXES["region"].levels == ("west", "east", "north")
    assert AXES["owner"].levels == AXES["agency"].levels == ("true", "false")


def test_an_axis_of_too_many_levels_has_the_most_frequent_ones() -> None:
    often = [index for index in range(40) if index % 5]  # 32 of them
    codes = np.array([*range(40), *often])
    text = TextArray(codes, tuple(f"{place:02}" for place in range(40)))
    data = TrainingRows(SimpleNamespace(town=text), np.ones(len(codes)), 5)
    axis: Any = axis_of(basis_for(cr.Levels(label="town", field="town", levels={}), data), data)
    assert axis.levels == tuple(f"{place:02}" for place in often)


def test_two_axes_of_many_levels_are_shortened() -> None:
    rare = [3, 7, 11, 19]
    codes = np.array([*range(20), *(index for index in range(20) if index not in rare)])
    levels = tuple(f"{place:02}" for place in range(20))
    columns = SimpleNamespace(one=TextArray(codes, levels), two=TextArray(codes[::-1], levels))
    data = TrainingRows(columns, np.ones(len(codes)), 5)
    axes: list[Any] = [
        axis_of(basis_for(cr.Levels(label=name, field=name, levels={}), data), data)
        for name in ("one", "two")
    ]
    assert [axis.size for axis in axes] == [20, 20]
    basis = surface_basis("both", axes[0], axes[1], data)
    frequent = tuple(level for index, level in enumerate(levels) if index not in rare)
    assert basis.origin.x.levels == basis.origin.y.levels == frequent
    assert len(frequent) == MAX_LEVELS_OF_BOTH
    start, _ = basis.cells(columns, len(codes))
    assert (start == MAX_LEVELS_OF_BOTH**2).any()


@pytest.mark.parametrize("label", ["size", "age", "calls", "region"])
def test_a_field_that_does_not_vary_has_no_axis(label: str) -> None:
    region = TextArray(np.zeros(3, dtype=int), ("west",))
    same = SimpleNamespace(size=np.ones(3), age=np.full(3, np.nan), calls=np.full(3, np.nan), region=region)
    data = TrainingRows(same, np.ones(3), 5)
    curve = next(part for part in PRIOR if part.label == label)
    assert axis_of(basis_for(curve, data), data) is None


def test_a_gate_has_no_axis() -> None:
    assert AXES["gate"] is None
