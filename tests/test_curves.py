"""Characteristics are data with one method, and reject inconsistent values."""

from __future__ import annotations

import math
import sys
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import borrowers

import collectrisk as cr
from collectrisk._curves import _Curve
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk.errors import InvalidCardError

KNOTS = [(0.0, -1.0), (30.0, 0.0), (90.0, 2.0)]


def points(curve: cr.Characteristic, value: Any) -> Any:
    return curve.points(SimpleNamespace(x=value))


def linear(**changes: Any) -> cr.PiecewiseLinear:
    return cr.PiecewiseLinear(**{"label": "x", "field": "x", "knots": KNOTS} | changes)


def levels(points: Any, **changes: Any) -> cr.Levels:
    return cr.Levels(**{"label": "x", "field": "x", "levels": points} | changes)


def gate(field: str, if_shut: float) -> cr.Gate:
    return cr.Gate(label="x", conditions=[cr.AtLeast(field, 1)], if_shut=if_shut)


def gate_of(conditions: Any) -> cr.Gate:
    return cr.Gate(label="x", conditions=conditions, if_shut=-1)


def at_least(fields: Any, least: Any) -> cr.AtLeast:
    return cr.AtLeast(fields, least)


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
        (lambda: linear(knots=[]), r"knots must be one or more pairs of a value and its points, .* not \(\)"),
        (lambda: linear(knots=5), "knots must be one or more pairs .*, not 5"),
        (lambda: linear(knots=[1, 2]), r"knots must be one or more pairs .*, not \[1, 2\]"),
        (lambda: linear(knots=[(1, 2, 3)]), "knots must be one or more pairs"),
        (lambda: linear(knots=[(0, "1")]), "knots must be one or more pairs"),
        (lambda: linear(knots=[(0, True)]), "knots must be one or more pairs"),
        (lambda: linear(knots=[(0, 10**400)]), "knots must be one or more pairs"),
        (lambda: linear(knots=[(1, 0), (0, 1)]), "knots must have increasing values, and 0 follows 1"),
        (lambda: linear(knots=[(1, 0), (1, 1)]), "knots must have increasing values, and 1 follows 1"),
        (lambda: linear(knots=[(math.inf, 0)]), r"knots must have values from -1e\+300 to 1e\+300, not inf"),
        (lambda: linear(knots=[(-1.7e308, 0), (1.7e308, 1)]), r"values from -1e\+300 to 1e\+300, not -1.7e"),
        (lambda: linear(knots=[(0, math.nan)]), "knots must have points from -1,000 to 1,000, not nan"),
        (lambda: linear(knots=[(0, 1_001)]), "knots must have points from -1,000 to 1,000, not 1001"),
        (lambda: linear(scale="cubic"), "scale must be 'linear' or 'log', not 'cubic'"),
        (lambda: linear(scale=[]), r"scale must be 'linear' or 'log', not \[\]"),
        (lambda: linear(scale="log"), "knots on a log scale must be above 0"),
        (lambda: linear(field=3), "field must be text, not an int"),
        (lambda: linear(source=None), "source must be text, not a NoneType"),
        (lambda: linear(field="x\ud800"), "field must be valid text, and contains half a surrogate pair"),
        (lambda: linear(if_missing="0"), "if_missing must be a number from -1,000 to 1,000, not '0'"),
        (lambda: linear(field="attitude"), "must read a number field, and 'attitude' of Borrower is a text"),
        (lambda: linear(field="borrower_id"), "must not read 'borrower_id', which is private"),
        (lambda: linear(knots=[(0, 0), (5e-324, 1)]), "too close to each other"),
        (lambda: linear(knots=[(0.1, 0), (0.10000000000000002, 1)], scale="log"), "too close to each other"),
        (lambda: cr.Bands(label="x", field="x", bands=[]), "bands must be one or more pairs"),
        (lambda: cr.Bands(label="x", field="x", bands=[(3, 0), (1, 1)]), "bands must have increasing values"),
        (lambda: cr.Bands(label="x", field="x", bands=[(0, math.inf)]), "bands must have points .*, not inf"),
        (
            lambda: cr.Bands(label="x", field="product", bands=[(0, 1)]),
            "must read a number field, and 'product'",
        ),
        (
            lambda: levels({"a": math.nan}),
            "levels must have points from -1,000 to 1,000, not nan for 'a'",
        ),
        (lambda: levels({"a": "1"}), "levels must have points from -1,000 to 1,000, not '1' for 'a'"),
        (lambda: levels({math.nan: 1}), r"levels must be the points of each text, .*, not \{nan: 1.0\}"),
        (lambda: levels({None: 1}), r"levels must be the points of each text, such as .*, not \{None: 1.0\}"),
        (
            lambda: levels(["hostile"]),
            r"levels must be the points of each text, such as .*, not \['hostile'\]",
        ),
        (lambda: levels({5: 1, "5": 2}), r"levels must have each level once, not \['5', '5'\]"),
        (lambda: levels(("a", "b")), "levels must be the points of each text"),
        (lambda: levels(5), "levels must be the points of each text, such as .*, not 5"),
        (lambda: levels({}, otherwise=math.inf), "otherwise must be a number from -1,000 to 1,000, not inf"),
        (
            lambda: levels({"hostil": 1}, field="attitude"),
            "levels must be among cooperative, .*, not 'hostil'; did",
        ),
        (
            lambda: levels({"3": 0, "a": 1}, field="failed_calls"),
            "must read a text field, and 'failed_calls' of Borrower is a",
        ),
        (
            lambda: cr.Flag(label="x", field="x", if_true=math.inf),
            "if_true must be a number from .*, not inf",
        ),
        (lambda: cr.Flag(label="x", field="x", if_true=True), "if_true must be a number from .*, not True"),
        (
            lambda: cr.Flag(label="x", field="attitude", if_true=1),
            "must read a flag field, and 'attitude' of",
        ),
        (
            lambda: gate_of([]),
            "conditions must be AtLeast conditions, 1 or more",
        ),
        (lambda: gate_of(5), "must be AtLeast conditions, not an int"),
        (lambda: gate_of(["x"]), "conditions, and contains a str"),
        (lambda: gate("x", math.nan), "if_shut must be a number from -1,000 to 1,000, not nan"),
        (lambda: gate("product", -1), "must read a number field, and 'product' of Borrower is a text field"),
    ],
)
def test_an_inconsistent_characteristic_is_an_error(make: Any, says: str) -> None:
    with pytest.raises(InvalidCardError, match=says) as raised:
        make()
    assert raised.value.part == "x"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: at_least([], 1), "fields: must be the names of fields, 1 or more"),
        (lambda: at_least([3], 1), "fields: must be the names of fields, and contains an int"),
        (lambda: at_least(3, 1), "fields: must be the names of fields, not an int"),
        (lambda: at_least("x", math.nan), r"least: must be a number from -1e\+300 to 1e\+300, not nan"),
        (
            lambda: at_least("x", np.timedelta64(3)),
            r"least: must be a number from .*, not (np|numpy)\.timedelta64\(3\)",
        ),
        (lambda: at_least("x", Decimal("sNaN")), r"least: must be a number from .*, not Decimal\('sNaN'\)"),
        (lambda: linear(label="x\ud800"), r"x\\ud800: label must be valid text, and contains half a"),
        (lambda: cr.Flag(label=5, field="x", if_true=1), "label: must be text, not an int"),  # type: ignore[arg-type]
    ],
)
def test_what_is_not_part_of_a_characteristic_names_the_parameter(make: Any, says: str) -> None:
    with pytest.raises(InvalidCardError, match=says):
        make()


@pytest.mark.parametrize("number", [Decimal("0.5"), np.float32(0.5), Fraction(1, 2), 0.5])
def test_points_may_be_any_real_number(number: Any) -> None:
    assert repr(cr.Flag(label="x", field="x", if_true=number).if_true) == "0.5"


def test_levels_may_be_members_of_an_enum() -> None:
    class Region(str, Enum):  # noqa: UP042  # not a StrEnum
        NORTH = "north"

    assert levels({Region.NORTH: 1, cr.Attitude.HOSTILE: 2}).levels == (("north", 1.0), ("hostile", 2.0))


def test_levels_may_be_numbers_and_booleans_as_codes() -> None:
    coded = levels({5.0: 1, 2.5: 2, True: 3}, field="failed_calls")
    assert coded.levels == (("5", 1.0), ("2.5", 2.0), ("true", 3.0))
    assert coded.points(cr.Borrower(amount_overdue=1, days_past_due=1, failed_calls=5)) == 1.0


def test_the_largest_values_and_points_give_finite_points() -> None:
    curve = linear(field="amount_overdue", knots=[(-1e300, -1_000), (0, 0), (1e300, 1_000)])
    amounts = np.array([0.0, 1e10, 5e299, 1e300, sys.float_info.max])
    assert [curve.points(SimpleNamespace(amount_overdue=amount)) for amount in amounts] == pytest.approx(
        [0, 1e-287, 500, 1_000, 1_000]
    )
    assert curve.points(SimpleNamespace(amount_overdue=amounts), ARRAYS).tolist() == pytest.approx(
        [0, 1e-287, 500, 1_000, 1_000]
    )


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
    with pytest.raises(NotImplementedError):
        bare.with_points(abs)


def test_a_curve_of_one_field_leaves_its_points_to_subclasses() -> None:
    bare = _Curve(label="x", field="failed_calls")
    with pytest.raises(NotImplementedError):
        _ = bare.range
    with pytest.raises(NotImplementedError):
        bare.points(cr.Borrower(amount_overdue=1, days_past_due=1))
