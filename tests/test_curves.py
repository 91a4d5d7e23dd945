"""Characteristics are data with one method, and reject inconsistent values."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import borrowers

import collectrisk as cr
from collectrisk._curves import _Curve
from collectrisk.errors import InvalidCardError

KNOTS = [(0.0, -1.0), (30.0, 0.0), (90.0, 2.0)]


def points(curve: cr.Characteristic, value: Any) -> Any:
    return curve.points(SimpleNamespace(x=value))


def linear(**changes: Any) -> cr.PiecewiseLinear:
    return cr.PiecewiseLinear(**{"label": "x", "field": "x", "knots": KNOTS} | changes)


@pytest.mark.parametrize(
    ("value", "expected"), [(-9, -1.0), (0, -1.0), (15, -0.5), (30, 0.0), (60, 1.0), (999, 2.0)]
)
def test_points_are_linear_between_knots_and_constant_outside(value: float, expected: float) -> None:
    assert points(linear(), value) == expected


def test_on_a_log_scale_points_are_linear_in_the_logarithm() -> None:
    curve = linear(knots=[(100, 0), (10_000, 2)], scale="log")
    assert [points(curve, value) for value in (0, 1, 100, 1_000, 10_000, 10**9)] == pytest.approx(
        [0, 0, 0, 1, 2, 2]
    )


def test_one_knot_is_a_constant() -> None:
    assert {points(linear(knots=[(5, 1.5)]), value) for value in (0, 5, 10)} == {1.5}


@pytest.mark.parametrize(
    ("value", "expected"), [(-1, 0.0), (0, 0.0), (29, 0.0), (30, 0.5), (90, 1.5), (999, 1.5)]
)
def test_a_band_starts_at_its_least_value(value: float, expected: float) -> None:
    bands = cr.Bands(label="x", field="x", bands=[(0, 0.0), (30, 0.5), (90, 1.5)])
    assert points(bands, value) == expected


def test_an_unknown_level_gets_the_other_points() -> None:
    levels = cr.Levels(label="x", field="x", levels={"a": 1, "b": -2}, otherwise=0.5)
    assert [points(levels, value) for value in ("a", "b", "c")] == [1.0, -2.0, 0.5]


def test_a_flag_counts_only_where_it_is_true() -> None:
    flag = cr.Flag(label="x", field="x", if_true=-3)
    assert (points(flag, value=True), points(flag, value=False)) == (-3.0, 0.0)


@pytest.mark.parametrize(
    ("amount", "messages", "calls", "expected"),
    [(10_000, 3, 2, 0.0), (9_999, 3, 2, -5.0), (10_000, 3, 1, -5.0), (0, 0, 0, -5.0)],
)
def test_a_gate_opens_when_every_condition_holds(
    amount: float, messages: int, calls: int, expected: float
) -> None:
    gate = cr.Gate(
        label="gate",
        conditions=[cr.AtLeast("amount", 10_000), cr.AtLeast(["messages", "calls"], 5)],
        if_shut=-5,
    )
    record = SimpleNamespace(amount=amount, messages=messages, calls=calls)
    assert gate.points(record) == expected
    assert gate.fields == ("amount", "messages", "calls")


CURVES = st.one_of(
    st.lists(
        st.tuples(st.integers(0, 1000), st.floats(-5, 5)), min_size=1, unique_by=lambda knot: knot[0]
    ).map(lambda knots: cr.PiecewiseLinear(label="x", field="days_past_due", knots=sorted(knots))),
    st.lists(
        st.tuples(st.integers(1, 1000), st.floats(-5, 5)), min_size=1, unique_by=lambda knot: knot[0]
    ).map(
        lambda knots: cr.PiecewiseLinear(label="x", field="amount_overdue", knots=sorted(knots), scale="log")
    ),
    st.lists(
        st.tuples(st.integers(0, 1000), st.floats(-5, 5)), min_size=1, unique_by=lambda band: band[0]
    ).map(lambda bands: cr.Bands(label="x", field="days_past_due", bands=sorted(bands))),
    st.dictionaries(st.sampled_from([*cr.Attitude]), st.floats(-5, 5)).map(
        lambda levels: cr.Levels(label="x", field="attitude", levels=levels, otherwise=0.25)
    ),
    st.floats(-5, 5).map(lambda value: cr.Flag(label="x", field="repayment_plan", if_true=value)),
    st.floats(-5, 5).map(
        lambda value: cr.Gate(label="x", conditions=[cr.AtLeast("failed_calls", 3)], if_shut=value)
    ),
)


@given(curve=CURVES, borrower=borrowers())
def test_points_are_within_the_range(curve: cr.Characteristic, borrower: cr.Borrower) -> None:
    lowest, highest = curve.range
    assert lowest <= curve.points(borrower) <= highest


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: linear(knots=[]), "at least one knot"),
        (lambda: linear(knots=[(1, 0), (0, 1)]), "values must increase"),
        (lambda: linear(knots=[(1, 0), (1, 1)]), "values must increase"),
        (lambda: linear(knots=[(math.inf, 0)]), "must be finite"),
        (lambda: linear(knots=[(0, math.nan)]), "must be finite"),
        (lambda: linear(scale="cubic"), "scale must be 'linear' or 'log'"),
        (lambda: linear(scale="log"), "must be above 0"),
        (lambda: linear(knots=[(0, 0), (5e-324, 1)]), "too close to each other"),
        (lambda: linear(knots=[(0.1, 0), (0.10000000000000002, 1)], scale="log"), "too close to each other"),
        (lambda: cr.Bands(label="x", field="x", bands=[]), "at least one band"),
        (lambda: cr.Bands(label="x", field="x", bands=[(3, 0), (1, 1)]), "least values must increase"),
        (lambda: cr.Bands(label="x", field="x", bands=[(0, math.inf)]), "must be finite"),
        (lambda: cr.Levels(label="x", field="x", levels={"a": math.nan}), "must be finite"),
        (lambda: cr.Levels(label="x", field="x", levels={}, otherwise=math.inf), "must be finite"),
        (lambda: cr.Flag(label="x", field="x", if_true=math.inf), "must be finite"),
        (lambda: cr.Gate(label="x", conditions=[], if_shut=-1), "at least one condition"),
        (lambda: cr.Gate(label="x", conditions=[cr.AtLeast([], 1)], if_shut=-1), "at least one field"),
        (lambda: cr.Gate(label="x", conditions=[cr.AtLeast("x", math.nan)], if_shut=-1), "must be finite"),
        (lambda: cr.Gate(label="x", conditions=[cr.AtLeast("x", 1)], if_shut=math.nan), "must be finite"),
    ],
)
def test_an_inconsistent_characteristic_is_an_error(make: Any, says: str) -> None:
    with pytest.raises(InvalidCardError, match=says) as raised:
        make()
    assert raised.value.part == "x"


def test_the_base_class_leaves_its_properties_to_subclasses() -> None:
    bare = cr.Characteristic(label="x")
    with pytest.raises(NotImplementedError):
        _ = bare.fields
    with pytest.raises(NotImplementedError):
        _ = bare.range
    with pytest.raises(NotImplementedError):
        bare.points(None)
    with pytest.raises(NotImplementedError):
        bare.scaled(0.5)


def test_a_curve_of_one_field_leaves_its_points_to_subclasses() -> None:
    bare = _Curve(label="x", field="attitude")
    with pytest.raises(NotImplementedError):
        _ = bare.range
    with pytest.raises(NotImplementedError):
        bare.points(cr.Borrower(amount_overdue=1, days_past_due=1))
