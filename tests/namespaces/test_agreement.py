"""The functions of the three namespaces agree on numbers, arrays and expressions."""

from __future__ import annotations

import inspect
import math
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np
import pytest
from frame_kinds import LAZY, FrameKind

import collectrisk as cr
from collectrisk._namespaces.array_columns import TextArray, as_column
from collectrisk._namespaces.arrays import ARRAYS
from collectrisk._namespaces.expression_columns import Expression
from collectrisk._namespaces.expressions import EXPRESSIONS
from collectrisk._namespaces.scalar import SCALAR

if TYPE_CHECKING:
    from collections.abc import Callable

X = [-1e300, -750.0, -2.0, -1.0, -0.25, 0.0, 1e-300, 0.5, 1.0, 2.0, 7.0, 30.0, 750.0, 1e300, None]
Y = [1.0, 0.0, -2.0, -3.0, 0.0, 0.0, 1.0, 0.5, None, 5.0, 1e-300, 1e300, -1.0, 0.0, 1.0]
TEXT = ["a", "b", "c", None, "A", *"aabbccdd", "", "a"]
COLUMNS: dict[str, list[Any]] = {"place": list(range(len(X))), "x": X, "y": Y, "text": TEXT}

KNOTS, POINTS = (-1.0, 0.5, 7.0, 30.0), (0.25, -1.0, -1.0, 2.0)
MANY_KNOTS = tuple(float(at) for at in range(-5, 6))
MANY_POINTS = tuple(math.sin(at) for at in MANY_KNOTS)
TABLE = {"a": 1.5, "b": -0.5}

GRID = tuple(tuple(math.cos(3 * row + column) for column in range(4)) for row in range(4))
"""Points for four knots each; the texts are three, so that the last points are for all others."""

TEXTS = ("a", "b", "zzz")

FUNCTIONS: dict[str, Callable[[Any, Any, Any, cr.Namespace], Any]] = {
    "where": lambda x, y, _, xp: xp.where(x > 1, y, -1.0),
    "where of constants": lambda x, _, __, xp: xp.where(x >= 1, 1, 0.0),
    "where of text": lambda _, __, text, xp: xp.where(text == "a", 1.0, 0.0),
    "where not text": lambda _, __, text, xp: xp.where(xp.is_missing(text) | (text != "a"), 1.0, 0.0),
    "where and": lambda x, y, _, xp: xp.where((x > 0) & (y > 0), 1.0, 0.0),
    "where or": lambda x, y, _, xp: xp.where((x > 0) | (y > 0), 1.0, 0.0),
    "logical_not": lambda x, _, __, xp: xp.where(xp.logical_not(x > 1), 1.0, 0.0),
    "exp": lambda x, _, __, xp: xp.exp(x),
    "log": lambda x, _, __, xp: xp.log(x),
    "log1p": lambda x, _, __, xp: xp.log1p(x),
    "sqrt": lambda x, _, __, xp: xp.sqrt(x),
    "abs": lambda x, _, __, xp: xp.abs(x),
    "clip": lambda x, _, __, xp: xp.clip(x, -1.0, 7.0),
    "minimum": lambda x, y, _, xp: xp.minimum(x, y),
    "minimum and a constant": lambda x, _, __, xp: xp.minimum(2.0, x),
    "maximum": lambda x, y, _, xp: xp.maximum(x, y),
    "maximum and a constant": lambda x, _, __, xp: xp.maximum(x, 2.0),
    "divide": lambda x, y, _, xp: xp.divide(x, y),
    "divide a constant": lambda x, _, __, xp: xp.divide(1.0, x),
    "divide by a constant": lambda x, _, __, xp: xp.divide(x, 4.0),
    "divide by zero": lambda x, _, __, xp: xp.divide(x, 0.0),
    "logistic": lambda x, _, __, xp: xp.logistic(x),
    "interp": lambda x, _, __, xp: xp.interp(x, KNOTS, POINTS),
    "interp of many knots": lambda x, _, __, xp: xp.interp(x, MANY_KNOTS, MANY_POINTS),
    "step": lambda x, _, __, xp: xp.step(x, KNOTS, POINTS),
    "lookup": lambda _, __, text, xp: xp.lookup(text, TABLE, 9.0),
    "surface": lambda x, y, _, xp: xp.surface(x, y, KNOTS, KNOTS, GRID),
    "surface of one knot": lambda x, y, _, xp: (
        xp.surface(x, y, (1.0,), (2.0,), ((0.5,),))
        + xp.surface(x, y, KNOTS, (2.0,), [[each] for each in POINTS])
    ),
    "surface of text": lambda x, _, text, xp: xp.surface(x, text, KNOTS, TEXTS, GRID),
    "surface of text and a number": lambda x, _, text, xp: xp.surface(text, x, TEXTS, KNOTS, GRID),
    "surface of two texts": lambda _, __, text, xp: xp.surface(
        text, xp.where(text == "a", "b", text), TEXTS, TEXTS, GRID
    ),
    "surface of codes": lambda x, _, __, xp: xp.surface(
        x, x > 1.0, ("0.5", "2", "7"), ("true", "x", "y"), GRID
    ),
    "surface and constants": lambda x, _, text, xp: (
        xp.surface(x, 2.0, KNOTS, KNOTS, GRID)
        + xp.surface(3.0, x, KNOTS, KNOTS, GRID)
        + xp.surface(x, "b", KNOTS, TEXTS, GRID)
        + xp.surface("c", x, TEXTS, KNOTS, GRID)
        + xp.surface(100.0, text, KNOTS, TEXTS, GRID)
    ),
    "surface and missing constants": lambda x, _, text, xp: xp.where(
        xp.is_missing(xp.surface(x, None, KNOTS, TEXTS, GRID))
        & xp.is_missing(xp.surface(math.nan, text, KNOTS, TEXTS, GRID)),
        1.0,
        0.0,
    ),
    "is_missing": lambda x, y, _, xp: xp.where(xp.is_missing(xp.divide(x, y)), 1.0, 0.0),
    "is_missing of text": lambda _, __, text, xp: xp.where(xp.is_missing(text), 1.0, 0.0),
    "total": lambda x, _, __, xp: xp.total([xp.clip(x, -3.0, 3.0), 0.5, xp.clip(x, 0.0, 1.0)]),
    "of constants": lambda x, _, __, xp: (
        xp.clip(x, 0.0, 1.0)
        + xp.where(
            condition=True, if_true=xp.exp(1.0) + xp.log(2.0) + xp.log1p(3.0) + xp.sqrt(4.0), if_false=0.0
        )
        + xp.where(xp.logical_not(xp.is_missing(1.0)), xp.abs(-5.0), 0.0)
        + (xp.minimum(1.0, 2.0) + xp.maximum(1.0, 2.0) + xp.clip(3.0, 0.0, 1.0) + xp.divide(6.0, 4.0))
        + (xp.logistic(0.5) + xp.interp(2.0, KNOTS, POINTS) + xp.step(2.0, KNOTS, POINTS))
        + xp.lookup("a", TABLE, 0.0)
        + xp.surface(2.0, "a", KNOTS, TEXTS, GRID)
        + xp.total([1.0, 2.0])
    ),
}


def one_by_one(name: str) -> list[float]:
    """Return the results of the scalar namespace, row by row; a missing number is NaN."""
    rows = zip(X, Y, TEXT, strict=True)
    numbers = ((math.nan if x is None else x, math.nan if y is None else y, text) for x, y, text in rows)
    return [float(FUNCTIONS[name](x, y, text, SCALAR)) for x, y, text in numbers]


def assert_same(actual: Any, expected: list[float]) -> None:
    np.testing.assert_allclose(np.array(actual, dtype=float), expected, rtol=1e-14, atol=1e-14)


def test_every_function_is_compared() -> None:
    functions = {name for name, _ in inspect.getmembers(cr.Namespace, inspect.isfunction) if name[0] != "_"}
    assert functions <= set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_arrays_agree_with_numbers(name: str) -> None:
    levels = tuple(dict.fromkeys(text for text in TEXT if text is not None))
    codes = np.array([-1 if text is None else levels.index(text) for text in TEXT])
    x, y = (as_column(np.array(numbers, dtype=float)) for numbers in (X, Y))
    assert_same(FUNCTIONS[name](x, y, TextArray(codes, levels), ARRAYS), one_by_one(name))


@pytest.mark.parametrize("kind", LAZY, ids=lambda kind: kind.name)
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")  # Dask does not suppress it
def test_expressions_agree_with_numbers(kind: FrameKind) -> None:
    frame: Any = nw.from_native(kind.make(COLUMNS))
    x, y = Expression(nw.col("x")), Expression(nw.col("y"))
    text = Expression(nw.col("text"), "text")
    made = {name: formula(x, y, text, EXPRESSIONS).expr for name, formula in FUNCTIONS.items()}
    found = kind.plain(frame.select("place", **made).to_native(), order_by="place")
    for name in FUNCTIONS:
        assert_same(found[name], one_by_one(name))
