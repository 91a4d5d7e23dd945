"""Eager frames of every type of column give what their rows give one by one, for any card."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import collectrisk as cr
from collectrisk._fields import is_missing
from collectrisk.errors import InvalidBorrowerError, InvalidRowsError

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

ROWS = 40
COUNTS = ["days_past_due", "failed_messages", "failed_calls", "broken_promises"]
FLAGS = ["placed_with_agency", "repayment_plan"]
BRANCHES = ["north", "it's", 'a "b"', "süd", "北", "", "a name of more than twelve bytes"]
ATTITUDES = [each.value for each in cr.Attitude]
NOT_ATTITUDES = ["Hostile", "hostile ", "", "unknow", "cooperative and more", "evasív"]
NUMBER_TYPES = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]
JUNK = [-1.0, 0.5, -0.0, 36_501.0, 2.0**31, 2.0**53, 9.3e18, 1e300, math.inf, -math.inf, math.nan]


@attrs.frozen(kw_only=True)
class Account(cr.Borrower):
    limit: float = math.nan
    branch: str | None = None


def curve(rng: np.random.Generator, field: str, **options: Any) -> cr.Characteristic:
    """Return a curve or bands with up to 32 knots, which may be whole numbers, close or far."""
    places = rng.choice([10, 700, 5_000, 1e6]) * rng.random(rng.integers(1, 33))
    knots = np.unique(places.round(rng.integers(0, 4)) + 1)
    pairs = list(zip(knots.tolist(), rng.normal(0, 1, len(knots)).round(3).tolist(), strict=True))
    kind = rng.integers(3)
    if kind == 0:
        return cr.Bands(label=field, field=field, bands=pairs, **options)
    scale: Any = ["linear", "log"][kind - 1]
    return cr.PiecewiseLinear(label=field, field=field, knots=pairs, scale=scale, **options)


def card(rng: np.random.Generator) -> cr.Scorecard:
    """Return a card with every kind of characteristic, of some fields and columns."""
    levels = {level: points for level in BRANCHES if (points := round(rng.normal(), 3)) > 0}
    missing: Any = {"if_missing": 0.75} if rng.random() < 0.7 else {}
    characteristics = [
        *(curve(rng, field) for field in ["amount_overdue", *COUNTS]),
        *(cr.Flag(label=field, field=field, if_true=round(rng.normal(), 3)) for field in FLAGS),
        cr.Levels(label="attitude", field="attitude", levels={"hostile": 1.5, "passive": -0.25}),
        curve(rng, "limit", **missing),
        cr.Levels(label="branch", field="branch", levels=levels, otherwise=0.125, **missing),
        cr.Gate(
            label="gate",
            conditions=[
                cr.AtLeast(["failed_messages", "failed_calls"], 5),
                cr.AtLeast("amount_overdue", 5e3),
            ],
            if_shut=-2.5,
        ),
    ]
    kept = [each for each in characteristics if rng.random() < 0.8 or each.label == "days_past_due"]
    return cr.Scorecard(base=-1.0, characteristics=kept)


def numbers(rng: np.random.Generator, reach: float) -> Array:
    """Return numbers of any type, some of them perhaps not valid."""
    dtype = np.dtype(NUMBER_TYPES[rng.integers(len(NUMBER_TYPES))])
    values = (rng.random(ROWS) ** 3 * reach).round(0 if reach < 1e4 or rng.random() < 0.3 else 2)
    junk = rng.random(ROWS) < rng.choice([0.0, 0.03])
    values[junk] = rng.choice(JUNK, junk.sum())
    if dtype.kind in "iu":
        least, most = np.iinfo(dtype).min, np.iinfo(dtype).max
        inside = np.where(np.isnan(values), 0.0, values).clip(max(least, -(2.0**62)), min(most, 2.0**62))
        return inside.astype(dtype)
    with np.errstate(over="ignore"):  # 1e300 is infinite as a Float32
        return values.astype(dtype)


def texts(rng: np.random.Generator, valid: list[str], others: list[str]) -> Array:
    """Return texts, some of them perhaps not valid."""
    values = rng.choice(np.array(valid, dtype=object), ROWS)
    junk = rng.random(ROWS) < rng.choice([0.0, 0.03])
    values[junk] = rng.choice(np.array(others, dtype=object), junk.sum())
    return values


def columns(rng: np.random.Generator, scorer: cr.Scorecard) -> dict[str, tuple[Array, Array]]:
    """Return the values of each column, and where they are missing; some columns are absent."""
    found = {
        "amount_overdue": numbers(rng, 5e4),
        **{name: numbers(rng, 800 if name == "days_past_due" else 60) for name in COUNTS},
        **{name: rng.random(ROWS) < 0.4 for name in FLAGS},
        "attitude": texts(rng, ATTITUDES, NOT_ATTITUDES),
        "limit": numbers(rng, 5e4),
        "branch": texts(rng, BRANCHES, ["other"]),
    }
    # The values of a column that is neither a field nor read by the card are not validated.
    needed = {"amount_overdue", "days_past_due", *({"limit", "branch"} & {*scorer.fields})}
    masks = {name: rng.random(ROWS) < rng.choice([0.0, 0.0, 0.1]) for name in found}
    kept = [
        name for name in found if name in needed or (name not in {"limit", "branch"} and rng.random() < 0.85)
    ]
    return {name: (found[name], masks[name]) for name in kept}


def arrow(values: Array, mask: Array) -> pa.Array:
    return pa.array(values, mask=mask)


def pandas(values: Array, mask: Array) -> pd.Series[Any]:
    if values.dtype.kind in "iub" and mask.any():
        values = values.astype(object if values.dtype.kind == "b" else np.float64)
    values = values.copy()
    if mask.any():
        values[mask] = None if values.dtype == object else np.nan
    return pd.Series(values)


def category(values: Array, mask: Array) -> Any:
    return pandas(values, mask).astype("category") if values.dtype == object else pandas(values, mask)


def nullable(values: Array, mask: Array) -> Any:
    if values.dtype == object:
        return pandas(values, mask).astype("string")
    if values.dtype.kind in "fb":
        dtype: Any = {"f": "Float64", "b": "boolean"}[values.dtype.kind]
        return pandas(values, mask).astype(dtype)
    return pd.Series(pd.arrays.IntegerArray(values.copy(), mask.copy()))


def arrow_of_pandas(values: Array, mask: Array) -> Any:
    array = arrow(values, mask)
    return pd.Series(array, dtype=pd.ArrowDtype(array.type))


def encoded(values: Array, mask: Array) -> Any:
    return arrow(values, mask).dictionary_encode() if values.dtype == object else arrow(values, mask)


def polars(values: Array, mask: Array) -> Any:
    return pl.Series(arrow(values, mask))


def polars_category(values: Array, mask: Array) -> Any:
    series = polars(values, mask)
    return series.cast(pl.Categorical) if values.dtype == object else series


def chunks(values: Array, mask: Array) -> Any:
    return pa.chunked_array([arrow(values[:7], mask[:7]), arrow(values[7:], mask[7:])])


MAKERS: dict[str, tuple[Any, Any]] = {
    "pandas": (pd.DataFrame, pandas),
    "pandas categories": (pd.DataFrame, category),
    "pandas nullable": (pd.DataFrame, nullable),
    "pandas Arrow": (pd.DataFrame, arrow_of_pandas),
    "polars": (pl.DataFrame, polars),
    "polars categories": (pl.DataFrame, polars_category),
    "pyarrow": (pa.table, arrow),
    "pyarrow dictionaries": (pa.table, encoded),
    "pyarrow chunks": (pa.table, chunks),
}


def listed(frame: Any, name: str) -> list[Any]:
    column = frame[name]
    values = column.to_pylist() if isinstance(column, pa.ChunkedArray) else list(column)
    return [None if is_missing(value) else value for value in values]


def one_by_one(scorer: cr.Scorecard, found: dict[str, tuple[Array, Array]]) -> list[cr.Assessment | None]:
    """Return the assessment of each row; None where the row is not valid."""
    assessments: list[cr.Assessment | None] = []
    for row in range(ROWS):
        values: Any = {name: None if mask[row] else array[row] for name, (array, mask) in found.items()}
        try:
            assessments.append(scorer.assess(Account(**values)))
        except InvalidBorrowerError:
            assessments.append(None)
    return assessments


def reasons(assessment: cr.Assessment | None, count: int) -> list[str | None]:
    labels = [] if assessment is None else [each.label for each in assessment.top_reasons(count)]
    return [*labels, *[None] * (count - len(labels))]


@given(kind=st.sampled_from(list(MAKERS)), seed=st.integers(0, 2**32))
def test_a_frame_gives_what_its_rows_give_one_by_one(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scorer = card(rng)
    found = columns(rng, scorer)
    make, column_of = MAKERS[kind]
    frame = make({name: column_of(*each) for name, each in found.items()})
    expected = one_by_one(scorer, found)
    scored = scorer.assess_frame(frame, reasons=3, invalid="null")
    probabilities = [each and each.visit_probability for each in expected]
    for actual, probability in zip(listed(scored, "visit_probability"), probabilities, strict=True):
        assert actual == (probability and pytest.approx(probability, rel=1e-12))
    assert listed(scored, "channel") == [each and each.channel.value for each in expected]
    wanted = [reasons(each, 3) for each in expected]
    assert [*zip(*(listed(scored, f"reason_{place}") for place in (1, 2, 3)), strict=True)] == [
        *map(tuple, wanted)
    ]


@given(seed=st.integers(0, 2**32))
def test_arrays_give_what_their_rows_give_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scorer = card(rng)
    found = {name: (values, np.zeros(ROWS, np.bool_)) for name, (values, _) in columns(rng, scorer).items()}
    arrays = {name: each.astype(str) if each.dtype == object else each for name, (each, _) in found.items()}
    expected = one_by_one(scorer, found)
    invalid = {row for row, each in enumerate(expected) if each is None}
    if invalid:
        with pytest.raises(InvalidRowsError) as caught:
            scorer.visit_probabilities(arrays)
        assert {row for problem in caught.value.problems for row, _ in problem.rows} <= invalid
    else:
        probabilities = [each.visit_probability for each in expected if each is not None]
        assert scorer.visit_probabilities(arrays).tolist() == pytest.approx(probabilities, rel=1e-12)
