"""Steps between texts, and the channels of a ladder, agree on numbers, arrays and expressions."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from cards import ladders
from frame_kinds import LAZY, Columns, FrameKind
from hypothesis import given
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk._namespaces.array_columns import as_column
from collectrisk._namespaces.arrays import ARRAYS, TextArray
from collectrisk._namespaces.expression_columns import Expression
from collectrisk._namespaces.expressions import EXPRESSIONS
from collectrisk._namespaces.scalar import SCALAR

if TYPE_CHECKING:
    from collections.abc import Sequence

EDGES, TEXTS = (0.0, 10.0, 20.0), ("low", "middle", "high")
NUMBERS = [-math.inf, -5.0, -0.0, 0.0, 9.999, 10.0, 15.0, 20.0, 1e300, math.inf, math.nan]
EXPECTED = ["low", "low", "low", "low", "low", "middle", "middle", "high", "high", "high", None]

DEFAULT_CUTS = [rung.least for rung in cr.DEFAULT_LADDER.rungs]
PROBABILITIES = [
    *DEFAULT_CUTS,
    *(math.nextafter(cut, 0.0) for cut in DEFAULT_CUTS[1:]),
    math.ulp(0.0),
    1.0,
    math.nan,
]


@st.composite
def ladders_and_probabilities(draw: st.DrawFn) -> tuple[cr.Ladder, list[float]]:
    """Draw a ladder, and probabilities that include its cuts, their neighbours and NaN."""
    ladder = draw(ladders())
    near_cuts = [
        near for cut in ladder.cuts for near in (cut, math.nextafter(cut, 0), math.nextafter(cut, 1))
    ]
    probability = st.floats(0, 1) | st.just(math.nan) | st.sampled_from(near_cuts)
    return ladder, draw(st.lists(probability, min_size=1))


def texts_of(column: TextArray) -> list[str | None]:
    """Return the text of each row, None where it is missing."""
    return [None if code < 0 else str(column.levels[code]) for code in column.codes]


def nulls_for_nan(numbers: Sequence[float]) -> list[float | None]:
    """Return the numbers with null for NaN, as lazy frames replace it on entry."""
    return [None if math.isnan(number) else number for number in numbers]


def channels_one_by_one(ladder: cr.Ladder, probabilities: Sequence[float]) -> list[str | None]:
    """Return the channel of each probability, None where the probability is missing."""
    return [None if math.isnan(each) else ladder.channel(each).value for each in probabilities]


def test_a_step_between_texts_returns_the_text_of_the_last_edge_at_or_below_a_number() -> None:
    assert [SCALAR.step(number, EDGES, TEXTS) for number in NUMBERS] == EXPECTED


def test_a_step_between_texts_returns_a_text_column_for_an_array() -> None:
    column = ARRAYS.step(np.array(NUMBERS), EDGES, TEXTS)
    assert isinstance(column, TextArray)
    assert column.levels == TEXTS
    assert texts_of(column) == EXPECTED


@pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)
def test_a_step_between_texts_returns_texts_on_every_lazy_engine(kind: FrameKind) -> None:
    columns: Columns = {"place": list(range(len(NUMBERS))), "x": nulls_for_nan(NUMBERS)}
    frame: Any = nw.from_native(kind.make(columns))
    stepped = EXPRESSIONS.step(Expression(nw.col("x")), EDGES, TEXTS).expr
    found = kind.plain(frame.select("place", text=stepped).to_native(), order_by="place")
    assert found["text"] == EXPECTED


@pytest.mark.parametrize("xp", [SCALAR, ARRAYS, EXPRESSIONS], ids=["scalar", "arrays", "expressions"])
@pytest.mark.parametrize(("number", "text"), [(-1.0, "low"), (10.0, "middle"), (25.0, "high")])
def test_a_step_between_texts_of_a_constant_is_a_text(xp: cr.Namespace, number: float, text: str) -> None:
    assert xp.step(number, EDGES, TEXTS) == text


@given(ladders_and_probabilities())
def test_the_channels_of_an_array_are_those_of_its_numbers(drawn: tuple[cr.Ladder, list[float]]) -> None:
    ladder, probabilities = drawn
    column = ladder.channel(np.array(probabilities), ARRAYS)
    assert isinstance(column, TextArray)
    assert column.levels == ladder.channels
    assert texts_of(column) == channels_one_by_one(ladder, probabilities)


@given(ladders_and_probabilities())
def test_the_channels_of_an_expression_are_those_of_its_numbers(drawn: tuple[cr.Ladder, list[float]]) -> None:
    ladder, probabilities = drawn
    frame = nw.from_native(pl.LazyFrame({"p": nulls_for_nan(probabilities)}, schema={"p": pl.Float64}))
    selected = frame.select(channel=ladder.channel(Expression(nw.col("p")), EXPRESSIONS).expr).to_native()
    found = selected.collect()["channel"].to_list()
    assert found == channels_one_by_one(ladder, probabilities)


@pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)
def test_the_channels_of_an_expression_are_the_same_on_every_lazy_engine(kind: FrameKind) -> None:
    columns: Columns = {"place": list(range(len(PROBABILITIES))), "p": nulls_for_nan(PROBABILITIES)}
    frame: Any = nw.from_native(kind.make(columns))
    channel = cr.DEFAULT_LADDER.channel(Expression(nw.col("p")), EXPRESSIONS).expr
    found = kind.plain(frame.select("place", channel=channel).to_native(), order_by="place")
    assert found["channel"] == channels_one_by_one(cr.DEFAULT_LADDER, PROBABILITIES)


@given(ladders_and_probabilities())
def test_the_channel_of_a_higher_probability_is_never_lighter_in_an_array(
    drawn: tuple[cr.Ladder, list[float]],
) -> None:
    ladder, probabilities = drawn
    known = np.sort(np.array([each for each in probabilities if not math.isnan(each)]))
    codes = ladder.channel(known, ARRAYS).codes.tolist()
    assert all(lighter <= heavier for lighter, heavier in pairwise(codes))


@pytest.mark.parametrize("count", [1, 2, 9, 10, 200])
def test_any_number_of_texts_is_that_of_one_value(count: int) -> None:
    edges, names = [float(place) for place in range(count)], [f"text {place}" for place in range(count)]
    values = [-1.0, 0.0, 0.5, 7.999, 8.0, 9.0, 150.0, 199.0, math.inf, -math.inf, math.nan]
    found = ARRAYS.step(as_column(np.array(values)), edges, names)
    assert texts_of(found) == [SCALAR.step(value, edges, names) for value in values]
