"""Surfaces: the points of two fields together."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import polars as pl
import pytest
from cards import SURFACE, SURFACES
from hypothesis import given
from hypothesis import strategies as st
from own_borrower import OwnBorrower, Region
from strategies import borrowers

import collectrisk as cr
from collectrisk._namespaces.arrays import ARRAYS, TextArray
from collectrisk.errors import InvalidBorrowerError, InvalidCardError

NUMBERS = cr.Surface(
    label="both",
    x=cr.NumberAxis("x", [0, 10]),
    y=cr.NumberAxis("y", [100, 10_000], scale="log"),
    grid=[[0, 2], [4, -2]],
)
MIXED = cr.Surface(
    label="both",
    x=cr.NumberAxis("x", [0, 10]),
    y=cr.LevelAxis("y", ["a", "b"]),
    grid=[[0, 2], [4, -2]],
    otherwise=9,
)
TEXTS = cr.Surface(
    label="both",
    x=cr.LevelAxis("x", ["a", "b"]),
    y=cr.LevelAxis("y", ["true", "5"]),
    grid=[[1, 2], [3, 4]],
    otherwise=0.5,
    if_missing=-1,
)


def points(surface: cr.Surface, x: Any, y: Any) -> Any:
    return surface.points(SimpleNamespace(x=x, y=y))


def numbers(**changes: Any) -> cr.Surface:
    return attrs.evolve(NUMBERS, **changes)


def levels(values: Any) -> cr.LevelAxis:
    return cr.LevelAxis("x", values)


def axis(knots: Any, **changes: Any) -> cr.NumberAxis:
    return cr.NumberAxis(**{"field": "x", "knots": knots} | changes)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (0, 100, 0.0),
        (10, 100, 4.0),
        (0, 10_000, 2.0),
        (5, 100, 2.0),
        (0, 1_000, 1.0),
        (5, 1_000, 1.0),  # the mean of all four
        (2.5, 1_000, 1.0),
        (10, 1_000, 1.0),
        (-7, 1, 0.0),
        (99, 10**9, -2.0),
        (99, 0, 4.0),
    ],
)
def test_points_are_bilinear_between_knots_and_constant_outside(x: float, y: float, expected: float) -> None:
    assert points(NUMBERS, x, y) == pytest.approx(expected, abs=1e-15)


def test_there_is_a_curve_for_each_level_and_a_constant_for_all_others() -> None:
    assert [points(MIXED, x, "a") for x in (-1, 0, 5, 10)] == [0, 0, 2, 4]
    assert [points(MIXED, x, "b") for x in (0, 5, 99)] == [2, 0, -2]
    assert [points(MIXED, x, "c") for x in (0, 5, 99)] == [9, 9, 9]


def test_levels_are_read_as_codes_and_missing_values_have_points_of_their_own() -> None:
    assert [points(TEXTS, x, y) for x, y in itertools.product("ab", [True, "true", 5.0, "5"])] == [
        1, 1, 2, 2, 3, 3, 4, 4,
    ]  # fmt: skip
    assert [points(TEXTS, "c", 5), points(TEXTS, "a", y=False), points(TEXTS, "c", 7)] == [0.5] * 3
    assert [points(TEXTS, None, 5), points(TEXTS, "a", math.nan), points(TEXTS, None, None)] == [-1] * 3


def test_one_knot_is_a_constant() -> None:
    surface = numbers(x=axis([3]), grid=[[1, 2]])
    assert [points(surface, x, 100) for x in (0, 3, 9)] == [1, 1, 1]


def test_the_first_and_the_second_field_can_be_exchanged() -> None:
    turned = attrs.evolve(MIXED, x=MIXED.y, y=MIXED.x, grid=[*zip(*MIXED.grid, strict=True)])
    for x, y in itertools.product((0, 2, 7, 10), "abc"):
        assert turned.points(SimpleNamespace(x=x, y=y)) == points(MIXED, x, y)


@given(borrower=borrowers())
def test_points_are_within_the_range(borrower: cr.Borrower) -> None:
    for surface in SURFACES.characteristics:
        lowest, highest = surface.range
        assert lowest <= surface.points(borrower) <= highest


def test_the_range_has_the_points_of_other_levels_and_of_missing_values() -> None:
    assert [each.range for each in (NUMBERS, MIXED, TEXTS)] == [(-2, 4), (-2, 9), (-1, 4)]


@given(borrower=borrowers(), factor=st.floats(-3, 3))
def test_a_scaled_surface_has_scaled_points(borrower: cr.Borrower, factor: float) -> None:
    for surface in SURFACES.characteristics:
        found = surface.scaled(factor).points(borrower)
        assert found == pytest.approx(surface.points(borrower) * factor, rel=1e-12, abs=1e-300)
    missing = SURFACE.scaled(factor).points(SimpleNamespace(limit=None, branch=None))
    assert missing == pytest.approx(-0.3 * factor)


def test_fields_columns_and_levels_are_those_of_both_axes() -> None:
    assert MIXED.fields == ("x", "y")
    assert MIXED.levels_by_field == {"y": ("a", "b")}
    specs: list[Any] = [each.column_specs["y"].validator for each in (MIXED, TEXTS)]
    assert MIXED.column_specs["x"].required
    assert specs[0].codes is False
    assert TEXTS.column_specs["x"].default is None
    assert specs[1].codes is True
    assert math.isnan(SURFACE.column_specs["limit"].default)


@given(data=st.data())
def test_along_one_field_a_surface_is_a_curve(data: st.DataObject) -> None:
    x, y = data.draw(st.floats(-3, 14)), data.draw(st.floats(1, 99_999))
    record = SimpleNamespace(x=x, y=y)
    along = [NUMBERS.along(field, record).points(record) for field in ("x", "y")]
    assert along == pytest.approx([NUMBERS.points(record)] * 2, abs=1e-14)
    mixed = SimpleNamespace(x=x, y=data.draw(st.sampled_from("abc")))
    found = [MIXED.along(field, mixed).points(mixed) for field in "xy"]
    assert found == pytest.approx([MIXED.points(mixed)] * 2, abs=1e-14)


def test_along_one_field_a_missing_value_of_the_other_is_a_constant() -> None:
    curve = TEXTS.along("x", SimpleNamespace(x="a", y=None))
    assert [curve.points(SimpleNamespace(x=x)) for x in ("a", "z", None)] == [-1, -1, -1]
    assert NUMBERS.along("x", SimpleNamespace(x=0, y=math.nan)) is NUMBERS
    flag = cr.Flag(label="x", field="x", if_true=1)
    assert flag.along("x", SimpleNamespace(x=True)) is flag


def test_reasons_add_up_and_state_both_values() -> None:
    borrower = cr.Borrower(
        amount_overdue=30_000, days_past_due=120, attitude="hostile", repayment_plan=True, failed_calls=5
    )
    assessment = SURFACES.assess(borrower)
    points = [reason.points for reason in assessment.reasons]
    assert assessment.base is not None
    assert math.fsum([assessment.base, *points]) == assessment.log_odds
    by_label = {each.label: each for each in assessment.reasons}
    first, second, third = (by_label[label] for label in SURFACES.labels)
    assert str(second) == (
        "The borrower openly refuses to deal with the creditor (attitude: hostile), and an agreed repayment "
        "plan is being kept (repayment plan: yes); together, these make a visit less likely (-0.50, house)."
    )
    assert str(first) == (
        "The overdue amount is 30,000, and the account is 120 days past due; together, these make a visit "
        f"more likely (+{first.points:.2f}, fitted to data)."
    )
    assert str(third) == (
        'The field "product" is "other", and 5 calls brought no result; together, these change nothing '
        "(+0.00, house)."
    )
    assert first.sentence("zh") == (
        "逾期金额为30,000；账户已逾期120天，以上情况合在一起，上门的可能性因此上升"
        f"（+{first.points:.2f}，由数据拟合）。"
    )
    almost = attrs.evolve(third, points=1e-6)
    assert "together, these change almost nothing (+0.00" in str(almost)


def test_a_what_if_of_one_field_changes_the_points_of_a_surface() -> None:
    borrower = cr.Borrower(amount_overdue=1_000, days_past_due=30)
    what_if = SURFACES.what_if(borrower, days_past_due=90)
    (change, *_) = what_if.differences
    assert (change.label, change.before, change.after) == ("amount and delay", -0.7, 0.0 + 1e-300)


def test_arrays_of_texts_and_numbers_get_the_points_of_single_values() -> None:
    texts = TextArray(np.array([0, 1, 2, -1]), ("b", "a", "elsewhere"))
    y = np.array([5.0, 1.0, 5.0, 5.0])
    found = TEXTS.points(SimpleNamespace(x=texts, y=y), ARRAYS)
    assert found.tolist() == [4, 0.5, 0.5, -1]


def test_a_missing_value_without_points_is_an_error_that_names_the_field() -> None:
    card = cr.Scorecard(
        base=0,
        characteristics=[attrs.evolve(SURFACE, if_missing=None)],
    )

    @attrs.frozen(kw_only=True)
    class Detailed(cr.Borrower):
        limit: float | None = None
        branch: str | None = None

    with pytest.raises(
        InvalidBorrowerError, match=r"branch must be known, .*'limit and branch' has no points"
    ):
        card.assess(Detailed(amount_overdue=0, days_past_due=0, limit=3))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: axis([]), r"knots must be one or more numbers, such as \[0, 90\], not \(\)"),
        (lambda: axis(5), "knots must be one or more numbers, .*, not 5"),
        (lambda: axis(["a"]), "knots must be one or more numbers"),
        (lambda: axis([2, 1]), "knots must have increasing values, and 1 follows 2"),
        (lambda: axis([0, math.inf]), "knots must have values from .*, not inf"),
        (lambda: axis([0, 1], scale="root"), "scale must be 'linear' or 'log', not 'root'"),
        (lambda: axis([0, 1], scale="log"), "knots on a log scale must be above 0"),
        (lambda: axis([0, 5e-324]), "knots must be further apart: two of .* are too close"),
        (lambda: axis([0, 1e-306, 1]), "knots must be further apart: two of .* are too close"),
        (
            lambda: axis([0.1, 0.10000000000000002], scale="log"),
            "too close to each other to interpolate; keep",
        ),
        (lambda: axis([0, 1], field=3), "field: must be text, not an int"),
        (lambda: levels([]), r"levels must be one or more texts, such as .*, not \(\)"),
        (lambda: levels([None]), "levels must be one or more texts"),
        (lambda: levels(5), "levels must be one or more texts, .*, not 5"),
        (lambda: levels("abc"), "levels must be one or more texts, .*, not 'abc'"),
        (lambda: levels(b"ab"), "levels must be one or more texts, .*, not b'ab'"),
        (lambda: levels([math.nan, math.inf]), r"levels must be one or more texts, .*, not \(nan, inf\)"),
        (lambda: levels([5, "5"]), r"levels must have each level once, not \['5', '5'\]"),
        (lambda: numbers(x="amount"), "x must be a NumberAxis or a LevelAxis, not a str"),
        (lambda: numbers(y=axis([1])), "y must read another field than x, not 'x' too"),
        (
            lambda: numbers(grid=[[1, 2]]),
            "grid must be the points in 2 rows of 2, one for each knot or level",
        ),
        (lambda: numbers(grid=[[1, 2], [3]]), "grid must be the points in 2 rows of 2"),
        (lambda: numbers(grid=[[1, 2], 3]), "grid must be the points in 2 rows of 2"),
        (lambda: numbers(grid=[[1, 2], [3, "4"]]), "grid must be the points in 2 rows of 2"),
        (lambda: numbers(grid=5), "grid must be the points in 2 rows of 2, .*, not 5"),
        (lambda: numbers(grid=[[1, 2], [3, 4e4]]), "grid must have points from -1,000 to 1,000, not 40000"),
        (lambda: numbers(grid=[[1, 2], [3, math.nan]]), "grid must have points from .*, not nan"),
        (lambda: numbers(otherwise="0"), "otherwise must be a number from -1,000 to 1,000, not '0'"),
        (lambda: numbers(if_missing=math.inf), "if_missing must be a number from .*, not inf"),
        (
            lambda: numbers(x=axis([0, 1], field="attitude")),
            "both: must read a number field, and 'attitude' of Borrower is a text",
        ),
        (
            lambda: numbers(x=axis([0, 1], field="borrower_id")),
            "must not read 'borrower_id', which is private",
        ),
        (
            lambda: numbers(x=cr.LevelAxis("attitude", ["hostile", "evasiv"])),
            "levels must be among cooperative, .*, not 'evasiv'; did you mean 'evasive'",
        ),
        (
            lambda: numbers(x=cr.LevelAxis("failed_calls", ["0", "many"])),
            "must read a text field, and 'failed_calls' of Borrower is a number",
        ),
    ],
)
def test_a_surface_that_is_not_valid_is_refused(make: Any, message: str) -> None:
    with pytest.raises(InvalidCardError, match=message):
        make()


def test_the_closest_knots_have_the_same_points_on_every_path() -> None:
    """The slope between them is nearly the largest float."""
    near = cr.NumberAxis("n", [0.0, 1e-304, 1.0])
    surface = cr.Surface(
        label="s", x=near, y=cr.LevelAxis("c", ["a"]), grid=[[-1_000], [1_000], [0]], if_missing=0.0
    )
    card = cr.Scorecard(base=0.0, characteristics=[surface])
    frame = pl.DataFrame({"n": [0.0, 2.5e-305, 5e-305, 1e-304], "c": "a"})
    expected = [-1_000.0, -500.0, 0.0, 1_000.0]
    for accounts in (frame, frame.lazy()):
        found = card.assess_frame(accounts, points=True).lazy().collect()["points_s"]
        np.testing.assert_allclose(found, expected, atol=1e-9)


def test_members_of_enums_and_numbers_are_levels() -> None:
    assert cr.LevelAxis("attitude", [cr.Attitude.HOSTILE, "evasive"]).levels == ("hostile", "evasive")
    assert levels([True, 5.0, 7]).levels == ("true", "5", "7")


def test_a_surface_reads_fields_of_a_class_of_ones_own() -> None:
    surface = cr.Surface(
        label="both",
        x=cr.NumberAxis("income", [0, 100]),
        y=cr.LevelAxis("region", ["north"]),
        grid=[[0], [1]],
    )
    card = cr.Scorecard(base=0, characteristics=[surface])
    account = OwnBorrower(
        amount_overdue=50, days_past_due=1, income=25, note="late", region=Region.NORTH, file_number="7"
    )
    assert card.assess(account).points == (0.25,)
