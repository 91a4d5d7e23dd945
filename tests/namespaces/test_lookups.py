"""The points of several small tables are looked up at once, and add up to the same sum."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk._namespaces.array_columns import TextArray, as_column
from collectrisk._namespaces.arrays import ARRAYS, TERMS
from collectrisk._namespaces.lookups import MAX_JOINT, Lookup, joined
from collectrisk._namespaces.scalar import SCALAR

TYPES = [np.bool_, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64]


@st.composite
def lookups(draw: st.DrawFn) -> list[Lookup]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.sampled_from([1, 7, 100, MAX_JOINT]))
    found = []
    for _ in range(draw(st.integers(1, 8))):
        dtype = draw(st.sampled_from(TYPES))
        length = 2 if dtype is np.bool_ else draw(st.sampled_from([1, 2, 5, 60, 300, 4096]))
        places: Any = rng.integers(0, 2, rows).astype(dtype)
        if dtype is not np.bool_:
            ends = np.iinfo(dtype)
            lowest = draw(st.sampled_from([0, max(-5, ends.min), ends.min]))
            highest = draw(st.sampled_from([min(length + 2, ends.max), ends.max]))
            places = rng.integers(lowest, highest, rows, dtype=dtype, endpoint=True)
        found.append(Lookup(places, rng.normal(size=length)))
    return found


@given(terms=lookups())
def test_joint_tables_have_the_sum_of_the_terms(terms: list[Lookup]) -> None:
    before = [each.places.copy() for each in terms]
    expected = sum(
        each.table[each.places.astype(object).clip(0, len(each.table) - 1).astype(int)] for each in terms
    )
    columns = list(joined(terms))
    np.testing.assert_allclose(sum(columns), expected, rtol=0, atol=1e-13)
    # The places may be the user's memory.
    assert all(map(np.array_equal, before, (each.places for each in terms)))


def test_as_few_columns_are_looked_up_as_the_size_of_the_joint_tables_allows() -> None:
    def columns(rows: int, *lengths: int) -> int:
        terms = [Lookup(np.zeros(rows, np.int64), np.zeros(length)) for length in lengths]
        return len(list(joined(terms)))

    assert columns(MAX_JOINT, 2, 41, 11, 4, 2, 6) == 2
    assert columns(MAX_JOINT, 2, 11, 4, 2, 6) == 1
    assert columns(MAX_JOINT, MAX_JOINT // 2, 2, 2) == 2
    assert columns(3, 2, 2, 2) == 1


def test_a_missing_text_has_no_points() -> None:
    text = TextArray(np.array([1, -1, 0]), ("a", "b"))
    found = TERMS.lookup(text, {"a": 1.0}, 0.5)
    assert isinstance(found, Lookup)
    np.testing.assert_array_equal(found.column(), [0.5, math.nan, 1.0])
    flag = TERMS.where(as_column(np.array([True, False, True])), 2.0, 0.0)
    np.testing.assert_array_equal(np.asarray(ARRAYS.total([1.0, found, flag])), [3.5, math.nan, 4.0])


def test_a_choice_between_looked_up_points_is_made_row_by_row() -> None:
    counts = as_column(np.array([0, 2, 9]))
    points = TERMS.interp(counts, [0.0, 3.0], [0.0, 3.0])
    assert isinstance(points, Lookup)
    assert TERMS.where(counts > 1, 7.0, points).column().tolist() == [0.0, 7.0, 7.0]
    assert TERMS.where(counts > 1, points, 7.0).tolist() == [7.0, 2.0, 3.0]
    assert TERMS.where(counts > 1, points, points).tolist() == [0.0, 2.0, 3.0]
    assert TERMS.where(True, 7.0, points) == 7.0
    assert TERMS.total([points, counts * 0.5, 1.0]).tolist() == [1.0, 4.0, 8.5]
    assert TERMS.total([points]).tolist() == [0.0, 2.0, 3.0]
    with pytest.raises(TypeError, match="a condition must be true or false"):
        TERMS.where(counts, 1.0, 0.0)


@given(terms=lookups())
def test_a_row_has_the_same_sum_in_any_block(terms: list[Lookup]) -> None:
    one = ([each.places[0]] for each in terms)
    alone = [Lookup(np.array(p, each.places.dtype), each.table) for p, each in zip(one, terms, strict=True)]
    assert [column[0] for column in joined(terms)] == [column[0] for column in joined(alone)]


@pytest.mark.parametrize("curve", ["interp", "step"])
def test_the_largest_unsigned_integers_are_beyond_the_last_knot(curve: str) -> None:
    values = np.array([0, 1, 7, 2**53, 2**63, 2**64 - 1], dtype=np.uint64)
    knots, points = [1.0, 6.0], [1.0, 2.0]
    expected = [getattr(SCALAR, curve)(float(each), knots, points) for each in values]
    assert getattr(ARRAYS, curve)(as_column(values), knots, points).tolist() == expected


@attrs.frozen(kw_only=True)
class Double(cr.Characteristic):
    """Computes with points that a function of the namespace returned."""

    @property
    def fields(self) -> tuple[str, ...]:
        return ("failed_calls", "placed_with_agency")

    def points(self, record: Any, xp: Any = SCALAR) -> Any:
        points = xp.interp(record.failed_calls, [0.0, 10.0], [0.0, 1.0])
        return 2.0 * points + xp.where(record.placed_with_agency, 1.0, 0.0) ** 2


@attrs.frozen(kw_only=True)
class Shifted(cr.PiecewiseLinear):
    """Computes with the points of its base class."""

    def points(self, record: Any, xp: Any = SCALAR) -> Any:
        return super().points(record, xp) - 0.25


def test_characteristics_of_your_own_may_compute_with_points() -> None:
    card = cr.Scorecard(
        base=-1.0,
        characteristics=[
            Double(label="double"),
            Shifted(label="shifted", field="failed_calls", knots=[(0, 0.5), (4, 2)]),
            cr.Flag(label="agency", field="placed_with_agency", if_true=0.5),
            cr.Bands(label="promises", field="broken_promises", bands=[(0, 0), (2, 0.5)]),
        ],
    )
    portfolio = cr.simulate_portfolio(500, seed=4)
    values = portfolio[list(cr.RuleScorer().fields)].to_dict("records")
    expected = [card.assess(cr.Borrower(**each)).visit_probability for each in values]
    np.testing.assert_allclose(card.visit_probabilities(portfolio), expected, rtol=0, atol=1e-12)
