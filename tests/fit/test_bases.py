"""Basis functions, their names, and the curves of their points."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fit_cases import PRIOR, record

from collectrisk._fit.bases import FITTED, Basis, levels_of
from collectrisk._fit.build import basis_for
from collectrisk._fit.sample import TrainingRows
from collectrisk._namespaces.arrays import ARRAYS, TextArray

DATA = TrainingRows(record(), np.ones(200), 3)
BASES = {part.label: basis_for(part, DATA) for part in PRIOR}


def test_basis_functions_have_names() -> None:
    assert BASES["calls"].names == ["from 0", "from 2", "from 99", "missing"]
    assert BASES["region"].names == ["west", "moon", "east", "north", "any other", "missing"]
    assert BASES["gate"].names == BASES["owner"].names == ["does not apply", "applies"]
    assert BASES["size"].names[0] == f"{record().size.min():,.10g}"


@pytest.mark.parametrize("label", BASES)
def test_a_curve_has_the_points_of_its_basis_functions(label: str) -> None:
    basis = BASES[label]
    is_scaled = label in {"owner", "agency", "gate"}
    points = np.zeros(2) if is_scaled else basis.prior_points.copy()
    points = points + np.linspace(0.5, 1.0, len(points))
    curve = basis.curve(points)
    assert (curve.label, curve.source) == (label, FITTED)
    found = basis.interpolate(points[:, None], record(), 200)[:, 0]
    base = points[0] if is_scaled else 0.0
    expected = np.broadcast_to(curve.points(record(), ARRAYS), 200)
    np.testing.assert_allclose(found - base, expected, atol=1e-9)


def test_a_borrower_and_a_row_have_the_same_basis_functions() -> None:
    one = SimpleNamespace(size=2.5, age=float("nan"), calls=3, region="west", owner=True)
    row = SimpleNamespace(
        size=np.array([2.5]),
        age=np.array([np.nan]),
        calls=np.array([3.0]),
        region=TextArray(np.array([0]), ("west",)),
        owner=np.array([True]),
    )
    for basis in BASES.values():
        left, fraction = basis.positions(row, 1)
        assert basis.position(one)[0] == left[0]
        assert basis.position(one)[1] == pytest.approx(fraction[0], abs=1e-12)


def test_at_the_last_function_the_next_one_is_zero() -> None:
    """So the levels and the bands, of which every row has one, need one function of a row and not two."""
    for label in ("calls", "region", "owner"):
        left, fraction = BASES[label].positions(record(), 200)
        assert not fraction.any()
        assert left.max() == len(BASES[label].prior_points) - 1
    known = SimpleNamespace(region=TextArray(np.array([-1]), ()))
    one = SimpleNamespace(region=None)
    assert BASES["region"].position(one) == (5, 0.0)
    assert [each.tolist() for each in BASES["region"].positions(known, 1)] == [[5], [0.0]]


def test_a_missing_value_without_points_has_the_points_nan() -> None:
    row = SimpleNamespace(size=np.array([np.nan]))
    points = BASES["size"].prior_points[:, None]
    assert np.isnan(BASES["size"].interpolate(points, row, 1)).all()


def test_only_numbers_are_ordered() -> None:
    ordered = {label: len(basis.ordered_points("size")) for label, basis in BASES.items()}
    assert ordered == {
        "size": len(BASES["size"].prior_points),
        "age": 0,
        "calls": 0,
        "region": 0,
        "owner": 0,
        "agency": 0,
        "gate": 2,
    }
    assert BASES["calls"].ordered_points("calls").tolist() == np.eye(4)[:3].tolist()


def test_a_basis_must_define_its_curve() -> None:
    bare = Basis(
        origin=PRIOR[0], names=["one"], prior_points=np.zeros(1), transform=np.zeros((1, 0)), groups=()
    )
    uses: list[Any] = [lambda: bare.positions(record(), 200), lambda: bare.curve(np.zeros(1))]
    for use in uses:
        with pytest.raises(NotImplementedError):
            use()


def test_levels_are_those_that_occur() -> None:
    assert levels_of(TextArray(np.array([2, -1, 0]), ("b", "never", "a"))) == ("a", "b")
    assert levels_of("only") == ("only",)
    assert levels_of(None) == ()
