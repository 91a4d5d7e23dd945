"""Text columns of every type are encoded alike."""

from __future__ import annotations

import enum
from typing import Any

import attrs
import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import collectrisk as cr
from collectrisk._frames.arrow import without_offset
from collectrisk._frames.text_codes import (
    MAX_COMPARISONS,
    codes_of_array,
    codes_of_series,
)
from collectrisk.errors import InvalidRowsError

ATTITUDES = [attitude.value for attitude in cr.Attitude] * 3
ANSWERS = pd.Series(ATTITUDES)
COLUMNS: dict[str, Any] = {
    "arrow strings of pandas": ANSWERS.astype("string[pyarrow]"),
    "Python strings of pandas": ANSWERS.astype("string[python]"),
    "objects of pandas": ANSWERS.astype(object),
    "a category of pandas": ANSWERS.astype("category"),
    "an arrow dictionary of pandas": ANSWERS.astype(pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))),
    "strings of polars": pl.Series(ATTITUDES),
    "an enum of polars, in another order": pl.Series(ATTITUDES, dtype=pl.Enum(sorted(set(ATTITUDES)))),
    "objects of polars": pl.Series(ATTITUDES, dtype=pl.Object),
    "strings of pyarrow": pa.array(ATTITUDES),
    "large strings of pyarrow": pa.array(ATTITUDES, pa.large_string()),
    "a dictionary of pyarrow": pa.array(ATTITUDES).dictionary_encode(),
    "text of NumPy": np.array(ATTITUDES),
    "objects of NumPy": np.array(ATTITUDES, dtype=object),
}


def table(column: Any) -> Any:
    """Return a column of attitudes among other columns of its own kind."""
    amount, days = np.full(len(column), 20_000.0), np.full(len(column), 100)
    columns = {"amount_overdue": amount, "days_past_due": days, "attitude": column}
    if isinstance(column, np.ndarray):
        return columns
    if isinstance(column, pd.Series):
        return pd.DataFrame(columns)
    return pl.DataFrame(columns) if isinstance(column, pl.Series) else pa.table(columns)


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_type_of_text_column_gives_the_same_scores(kind: str) -> None:
    scorer = cr.RuleScorer()
    expected = [
        scorer.assess(cr.Borrower(amount_overdue=20_000, days_past_due=100, attitude=text)).visit_probability
        for text in ATTITUDES
    ]
    actual = scorer.visit_probabilities(table(COLUMNS[kind]))
    assert actual.tolist() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["evasive", ["hostile"], None], dtype=object),
        pl.Series(["evasive", ["hostile"], None], dtype=pl.Object),
        np.array(["evasive", 3, None], dtype=object),
        np.array(["evasive", "evasive and more", "passive"]),
        np.array(["passive", "evas", "passive"]),
    ],
)
def test_a_value_that_is_not_a_level_is_invalid_and_none_is_missing(column: Any) -> None:
    with pytest.raises(InvalidRowsError, match=r"'attitude' must be one of .*; 1 invalid row \(row 1"):
        cr.RuleScorer().visit_probabilities(table(column))


def test_a_field_may_have_hundreds_of_levels() -> None:
    names: Any = [f"town_{number}" for number in range(300)]
    towns: Any = enum.StrEnum("Town", names)  # type: ignore[misc]  # mypy needs a literal

    @attrs.frozen(kw_only=True)
    class Resident(cr.Borrower):
        town: towns = towns.town_0  # type: ignore[attr-defined]  # mypy does not know the names

    class Far(cr.Scorer):
        borrower_type = Resident

        def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
            return xp.where(borrower.town == "town_299", 0.5, 0.0)

    spellings = np.array([town.value for town in towns])
    columns = {"amount_overdue": np.ones(300), "days_past_due": np.ones(300), "town": spellings}
    assert Far().visit_probabilities(columns).tolist() == [0.0] * 299 + [0.5]


def dictionary(index_type: Any, *, null_in: str) -> pa.DictionaryArray:
    """Return three texts of which the second is null, by its index or among the values."""
    second = None if null_in == "indices" else 1
    return pa.DictionaryArray.from_arrays(
        pa.array([0, second, 2], index_type), pa.array(["evasive", None, "hostile"])
    )


@pytest.mark.parametrize("null_in", ["indices", "values"])
@pytest.mark.parametrize("index_type", [pa.int8(), pa.uint8(), pa.uint32(), pa.uint64()])
@pytest.mark.parametrize("library", ["pyarrow", "pandas", "chunks"])
def test_a_null_of_an_arrow_dictionary_is_missing(library: str, index_type: Any, null_in: str) -> None:
    array = dictionary(index_type, null_in=null_in)
    if library == "chunks":
        last = pa.DictionaryArray.from_arrays(pa.array([0], index_type), pa.array(["hostile"]))
        array = pa.chunked_array([array.slice(0, 2), last])
    frame = table(array)
    frame = frame.to_pandas(types_mapper=pd.ArrowDtype) if library == "pandas" else frame
    expected = cr.RuleScorer().visit_probabilities(table(pl.Series(["evasive", None, "hostile"])))
    assert cr.RuleScorer().visit_probabilities(frame).tolist() == expected.tolist()
    report = cr.RuleScorer().input_report(frame)
    assert report.defaulted == {"attitude": 1}


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["hostile", "evasive"])])
def test_categories_of_polars_with_a_null_may_be_converted_to_arrow(dtype: Any) -> None:
    frame = table(pl.Series(["evasive", None, "hostile"], dtype=dtype))
    expected = cr.RuleScorer().visit_probabilities(frame)
    assert cr.RuleScorer().visit_probabilities(frame.to_arrow()).tolist() == expected.tolist()


def test_an_enum_of_duckdb_with_a_null_may_be_converted_to_arrow() -> None:
    strings = table(pa.array(["evasive", None, "hostile"]))
    enums = duckdb.from_arrow(strings).project("* REPLACE (attitude::ENUM('hostile', 'evasive') AS attitude)")
    found = enums.arrow()
    frame = found if isinstance(found, pa.Table) else found.read_all()
    assert pa.types.is_dictionary(frame["attitude"].type)
    expected = cr.RuleScorer().visit_probabilities(strings)
    assert cr.RuleScorer().visit_probabilities(frame).tolist() == expected.tolist()


def categories(values: list[Any], kind: str) -> Any:
    """Return values as a column of categories that are not text."""
    dictionary: Any = pa.array(values).dictionary_encode()
    if kind == "pandas":
        return pd.Series(values).astype(object).astype("category")
    return dictionary if kind == "pyarrow" else pd.Series(dictionary, dtype=pd.ArrowDtype(dictionary.type))


@pytest.mark.parametrize("kind", ["pandas", "pandas Arrow", "pyarrow"])
def test_categories_of_numbers_and_booleans_are_these_values(kind: str) -> None:
    """To narwhals, all categories are text."""
    columns = {
        "amount_overdue": [30_000.0] * 4,
        "days_past_due": [400] * 4,
        "failed_calls": categories([0, 7, None, 7], kind),
        "placed_with_agency": categories([True, False, None, True], kind),
    }
    frame = pa.table(columns) if kind == "pyarrow" else pd.DataFrame(columns)
    expected = [
        cr.RuleScorer()
        .assess(
            cr.Borrower(
                amount_overdue=30_000, days_past_due=400, failed_calls=calls, placed_with_agency=placed
            )
        )
        .visit_probability
        for calls, placed in ((0, True), (7, False), (0, False), (7, True))
    ]
    assert cr.RuleScorer().visit_probabilities(frame).tolist() == pytest.approx(expected, abs=1e-12)


LEVELS = {
    "that differ in one character": ("no", "yes", "maybe"),
    "that differ in no single character": ("aa", "ab", "ba"),
    "that are long": ("a text of thirteen", "a text of fourteen"),
    "that are long, but not in characters": ("süüüüüüüüüü", "north"),
    "that are not ASCII": ("süd", "北", "it's", ""),
    "that begin alike": ("a", "ab", "abc"),
    "of which there are many": tuple(f"level {number}" for number in range(9)),
}


def kinds(texts: list[str]) -> dict[str, Any]:
    strings: Any = pa.array(texts, pa.string())
    around = ["before", *texts, "after"]
    array = np.array(texts, dtype=str)
    return {
        "polars": pl.Series(texts, dtype=pl.String),
        "a slice of polars": pl.Series(around).slice(1, len(texts)),
        "pyarrow": pa.chunked_array([strings]),
        "large strings": pa.chunked_array([strings.cast(pa.large_string())]),
        "chunks": pa.chunked_array([strings[:1], strings[1:], strings[:0]]),
        "no chunk": pa.chunked_array([strings] if texts else [], pa.string()),
        "a slice of pyarrow": pa.chunked_array([pa.array(around)]).slice(1, len(texts)),
        "pandas": pd.Series(texts, dtype="string[pyarrow]"),
        "NumPy": array,
        "NumPy, wider": array.astype("U30"),
        "NumPy, every second": np.repeat(array, 2)[::2],
        "NumPy, in the other byte order": array.astype(">U30"),
    }


def codes(column: Any, levels: tuple[str, ...]) -> list[int] | None:
    if isinstance(column, np.ndarray):
        found = codes_of_array(column, levels)
    else:
        series = nw.from_native(column, series_only=True)
        found = codes_of_series(column, series.implementation, levels)
    return None if found is None else found.tolist()


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize("rows", [0, 1, 50])
def test_texts_become_indices_of_the_levels(name: str, rows: int) -> None:
    levels = LEVELS[name]
    expected = np.random.default_rng(1).integers(len(levels), size=rows).tolist()
    for kind, column in kinds([levels[code] for code in expected]).items():
        collected = "polars" in kind and len(levels) > MAX_COMPARISONS
        assert codes(column, levels) == (None if collected else expected), kind


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize(
    "other", ["", "x", "aaa", "levels of text", "level", "süüüüüüüüüx", "\0", "no\0x", "北北"]
)
def test_a_text_that_is_no_level_has_no_index(name: str, other: str) -> None:
    levels = LEVELS[name]
    if other not in levels:
        for kind, column in kinds([*levels, other, levels[0]]).items():
            # NumPy ignores zeros at the end of a text.
            is_level = kind.startswith("NumPy") and other.rstrip("\0") in levels
            assert (codes(column, levels) is None) != is_level, kind


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_texts_are_compared_piece_by_piece(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr("collectrisk._frames.text_codes.PIECE_ROWS", rows)
    levels = ("a", "bb", "a long text")
    texts = ["bb", "a", "a", "a long text", "bb", "a long text", "a"]
    for kind, column in kinds(texts).items():
        assert codes(column, levels) == [levels.index(each) for each in texts], kind
    for kind, column in kinds([*texts, "other"]).items():
        assert codes(column, levels) is None, kind


@pytest.mark.parametrize("texts", [["bad", "x"], ["", ""]])
def test_texts_that_are_shorter_than_every_level_have_no_index(texts: list[str]) -> None:
    assert codes(np.array(texts), ("passive", "hostile")) is None


def test_texts_of_polars_are_encoded_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'pyarrow'")

    monkeypatch.setattr(pl.Series, "to_arrow", missing)
    assert codes(pl.Series(["b", "a", "b"]), ("a", "b")) == [1, 0, 1]
    assert codes(pl.Series(["b", "a", "c"]), ("a", "b")) is None


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=str)
@pytest.mark.parametrize(("start", "length"), [(0, 6), (1, 5), (2, 3), (5, 1), (6, 0)])
def test_a_slice_of_texts_is_cast_without_the_rows_before_it(
    kind: pa.DataType, start: int, length: int
) -> None:
    texts = pa.array(["passive", "", "evasive", "\u00e9t\u00e9", "hostile", "unknown"], kind)
    found = without_offset(texts.slice(start, length))
    assert (found.offset, found.type) == (0, kind)
    assert found.to_pylist() == texts.to_pylist()[start : start + length]
