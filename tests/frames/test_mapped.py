"""Frames read through a mapping: every kind gives the probabilities of the borrowers that the rows mean."""

from __future__ import annotations

import datetime as dt
import functools
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import attrs
import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from frame_kinds import KINDS, Columns, FrameKind

import collectrisk as cr
from collectrisk._fields import field_specs
from collectrisk._frames import assess_and_report
from collectrisk._frames.columns import table_of
from collectrisk._frames.mapped import mapped_column, plain_numbers
from collectrisk._scorers.scorer import formula_of
from collectrisk.errors import ColumnTypeError, InvalidRowsError
from collectrisk.mapping import FieldMapping
from collectrisk.mapping._convert import Converter
from collectrisk.mapping._numbers import NumberFormat

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 90
EXPORTS = range(12)
AS_OF = dt.date(2026, 11, 30)

WRONG = object()
"""Stands for a value that no reader may accept."""

CARD = cr.Scorecard(
    base=-1.25,
    characteristics=[
        cr.PiecewiseLinear(
            label="amount", field="amount_overdue", knots=[(1, -1), (1e4, 0), (1e6, 1.5)], scale="log"
        ),
        cr.PiecewiseLinear(label="delay", field="days_past_due", knots=[(0, 0), (400, 3)]),
        cr.PiecewiseLinear(label="messages", field="failed_messages", knots=[(0, 0), (40, 2)]),
        cr.PiecewiseLinear(label="calls", field="failed_calls", knots=[(0, 0), (40, -1)]),
        cr.Bands(label="promises", field="broken_promises", bands=[(0, 0.0), (1, 0.3), (3, 0.9)]),
        cr.Levels(
            label="attitude", field="attitude", levels={"hostile": 1.0, "passive": 0.3}, otherwise=-0.2
        ),
        cr.Levels(label="product", field="product", levels={"credit_card": 0.1, "online_loan": -0.4}),
        cr.Flag(label="plan", field="repayment_plan", if_true=-2.0),
        cr.Flag(label="agency", field="placed_with_agency", if_true=0.7),
    ],
)


@attrs.define
class Written:
    """A field as an export has it.

    Attributes
    ----------
    rule : object
        How the mapping reads it.
    columns : dict of str to list
        The columns of the export.
    truth : list
        What each row means: a value, None if it is not known, or `WRONG`.
    """

    rule: Any
    columns: Columns
    truth: list[Any]
    partly: list[int] = attrs.Factory(list)
    """The rows in which one summand is missing."""


@attrs.define
class Export:
    """A random export, its mapping, and the probability of each row."""

    columns: Columns
    mapping: cr.Mapping
    expected: list[float | None]


Writer = "Callable[[np.random.Generator, str, list[Any]], Written]"


def with_gaps(rng: np.random.Generator, truth: list[Any], *, wrong: bool = True) -> list[Any]:
    """Replace some values by None, and a few by `WRONG`."""
    kinds = rng.choice(3, len(truth), p=[0.85, 0.11, 0.04] if wrong else [0.85, 0.15, 0])
    return [(value, None, WRONG)[kind] for value, kind in zip(truth, kinds, strict=True)]


def spelled(truth: list[Any], write: Callable[[Any], Any], missing: Any, wrong: Any) -> list[Any]:
    """Return the cells of a column."""
    return [missing if each is None else wrong if each is WRONG else write(each) for each in truth]


def as_numbers(rng: np.random.Generator, field: str, truth: list[Any]) -> Written:
    number = type(truth[0])
    truth = with_gaps(rng, truth)
    code = number(-999) if rng.random() < 0.5 else None
    rule: Any = f"{field} (no)" if code is None else {"column": f"{field} (no)", "missing": [code, "n/a"]}
    return Written(rule, {f"{field} (no)": spelled(truth, number, code, number(-1))}, truth)


def as_cents(rng: np.random.Generator, _: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth)
    rule = {"column": "cents", "factor": 0.01, "missing": -1}
    return Written(rule, {"cents": spelled(truth, lambda each: round(each * 100), -1, -2)}, truth)


def as_text(rng: np.random.Generator, field: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth)
    decimal, thousands = [(".", ","), (",", "."), (",", " "), (".", "'"), (".", "")][rng.integers(5)]

    def write(number: float) -> str:
        text = f"{number:,.2f}" if isinstance(number, float) else f"{number:,}"
        text = text.replace(",", "_").replace(".", decimal).replace("_", thousands)
        return f" {text} EUR" if number % 2 else text

    rule = {
        "column": f"{field}_t",
        "decimal": decimal,
        "thousands": thousands,
        "units": "EUR",
        "missing": "n/a",
    }
    missing = ["", " ", "N/A ", None][rng.integers(4)]
    wrong = ["1,2,3", "-5", "x", "1_0", "inf"][rng.integers(5)]
    return Written(rule, {f"{field}_t": spelled(truth, write, missing, wrong)}, truth)


def as_sum(rng: np.random.Generator, field: str, truth: list[Any]) -> Written:
    """Write a number as two parts, of which one may be missing, which counts as 0."""
    kinds = rng.integers(6, size=len(truth)).tolist()
    parts = [int(rng.integers(value + 1)) for value in truth]
    cells: list[Any] = [
        [(part, value - part), (value, None), (-9, value), (None, -9), (-1, value + 1), (value, 0)][kind]
        for kind, part, value in zip(kinds, parts, truth, strict=True)
    ]
    columns = dict(zip((f"{field} 1", f"{field} 2"), map(list, zip(*cells, strict=True)), strict=True))
    truth = [{3: None, 4: WRONG}.get(kind, value) for kind, value in zip(kinds, truth, strict=True)]
    partly = [row for row, kind in enumerate(kinds) if kind in {1, 2}]
    return Written({"columns": list(columns), "missing": -9}, columns, truth, partly)


def as_words(rng: np.random.Generator, field: str, truth: list[Any]) -> Written:
    words = {"none": 0, "some": 2, "many": 11}
    truth = with_gaps(rng, [list(words.values())[number % 3] for number in truth])
    names = {number: word for word, number in words.items()}
    cells = spelled(truth, lambda each: names[each] + " " * (each > 2), None, "None")
    return Written({"column": field, "values": words}, {field: cells}, truth)


def as_levels(rng: np.random.Generator, field: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth)
    levels = list(cr.Attitude if field == "attitude" else cr.Product)
    if rng.random() < 0.4:
        values: dict[Any, str] = {number: level.value for number, level in enumerate(levels, start=1)}
        missing: Any = 9
        wrong: Any = 77
    else:
        values = {f"{level.value[:3]}. Ü": level.value for level in levels}
        missing, wrong = "?", "passive"
    codes = {level: code for code, level in values.items()}
    column = field if rng.random() < 0.5 else f"{field}_code"
    rule = {"column": column, "values": values, "missing": missing}
    return Written(rule, {column: spelled(truth, lambda each: codes[each], missing, wrong)}, truth)


def as_names(rng: np.random.Generator, _: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth)
    rule = {"column": "name", "missing": "k. A."}
    return Written(rule, {"name": spelled(truth, lambda each: f" {each}", "K. a.", "Passive")}, truth)


def as_flags(rng: np.random.Generator, field: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth)
    if rng.random() < 0.5:
        rule: dict[str, Any] = {"true": ["ja", "J"], "false": "nein", "missing": "-"}
        cells = spelled(truth, lambda each: " Ja" if each else "NEIN", "-", "n")
    else:
        rule = {"true": 1, "false": 0, "missing": 9}
        cells = spelled(truth, int, 9, 2)
    return Written({"column": f"{field}?", **rule}, {f"{field}?": cells}, truth)


def as_booleans(rng: np.random.Generator, _: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth, wrong=False)
    rule = {"column": "bool", "values": {True: False, False: True}}
    return Written(rule, {"bool": spelled(truth, lambda each: not each, None, None)}, truth)


def as_dates(rng: np.random.Generator, _: str, truth: list[Any]) -> Written:
    truth = with_gaps(rng, truth)
    cells = spelled(truth, lambda days: AS_OF - dt.timedelta(days), None, AS_OF + dt.timedelta(1))
    return Written("Fällig am", {"Fällig am": cells}, truth)


COUNTS: list[Any] = [as_numbers, as_text, as_sum, as_words]
WRITERS: dict[str, list[Any]] = {
    "amount_overdue": [as_numbers, as_cents, as_text],
    "days_past_due": [as_dates, as_dates, as_text],
    "failed_messages": COUNTS,
    "failed_calls": COUNTS,
    "broken_promises": COUNTS,
    "attitude": [as_levels, as_levels, as_names],
    "product": [as_levels],
    "placed_with_agency": [as_flags, as_booleans],
    "repayment_plan": [as_flags],
}


def truths(rng: np.random.Generator) -> dict[str, list[Any]]:
    """Return what the rows mean before any of it is missing or wrong."""
    counts = {
        name: rng.integers(0, 2_000 if name == "days_past_due" else 30, ROWS).tolist()
        for name in ("days_past_due", "failed_messages", "failed_calls", "broken_promises")
    }
    return {
        "amount_overdue": (rng.integers(0, 10**8, ROWS) / 100).tolist(),
        **counts,
        "attitude": rng.choice([each.value for each in cr.Attitude], ROWS).tolist(),
        "product": rng.choice([each.value for each in cr.Product], ROWS).tolist(),
        "placed_with_agency": (rng.random(ROWS) < 0.5).tolist(),
        "repayment_plan": (rng.random(ROWS) < 0.5).tolist(),
    }


@functools.cache
def export(number: int) -> Export:
    """Return a random export: the same number gives the same one."""
    rng = np.random.default_rng(number)
    written = {
        field: WRITERS[field][rng.integers(len(WRITERS[field]))](rng, field, truth)
        for field, truth in truths(rng).items()
    }
    skipped = (rng.random(ROWS) < 0.1).tolist()
    as_of = AS_OF if written["days_past_due"].rule == "Fällig am" else None
    require = ["failed_calls"] if rng.random() < 0.3 else []
    mapping = cr.Mapping(
        {field: each.rule for field, each in written.items()},
        as_of=as_of,
        require=require,
        skip={"account": ["Total*", "*sum"]},
    )
    account = [("TOTAL a\nb", "sum", " total ")[row % 3] if skip else "A" for row, skip in enumerate(skipped)]
    columns: Columns = {"row": list(range(ROWS)), "account": account}
    for each in written.values():
        columns |= each.columns
    expected = []
    for row, skip in enumerate(skipped):
        values = {field: each.truth[row] for field, each in written.items()}
        unknown = any(values[field] is None or row in written[field].partly for field in require)
        wrong = any(value is WRONG for value in values.values())
        expected.append(None if skip or wrong or unknown else probability(values))
    return Export(columns, mapping, expected)


def probability(values: dict[str, Any]) -> float | None:
    """Return the probability of one borrower, or None if there is no such borrower."""
    try:
        return CARD.assess(cr.Borrower(**values)).visit_probability
    except cr.errors.InvalidBorrowerError:
        return None


def made(kind: FrameKind, columns: Columns) -> Any:
    """Return a frame; Dask has no type for dates, so that it gets datetimes."""
    if kind.name == "Dask":
        columns = {name: [as_datetime(each) for each in cells] for name, cells in columns.items()}
    return kind.make(columns)


def as_datetime(value: Any) -> Any:
    is_date = isinstance(value, dt.date)
    return dt.datetime.combine(value, dt.time()) if is_date else value  # it has no zone


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
# pandas 2 announces a change of types, which Dask cannot avoid.
@pytest.mark.filterwarnings("ignore:Downcasting behavior in Series:FutureWarning")
def test_every_kind_of_frame_gives_the_probabilities_of_the_borrowers_that_the_rows_mean(
    kind: FrameKind,
) -> None:
    slow = {"Dask": 2, "Spark": 2, "DuckDB": 4}
    for number in EXPORTS[: slow.get(kind.name)]:
        case = export(number)
        assert None in case.expected
        assert sum(each is not None for each in case.expected) >= 10
        options: Any = {} if kind.lazy else {"invalid": "null"}
        scored = CARD.assess_frame(made(kind, case.columns), columns=case.mapping, **options)
        found = kind.plain(scored, order_by="row")["visit_probability"]
        assert found == pytest.approx(case.expected, abs=1e-12), (number, case.mapping)


def scored(frame: Any, columns: Any, scorer: cr.Scorer = CARD) -> list[float | None]:
    """Return the probability of each row, None if it is invalid."""
    eager = not isinstance(frame, (pl.LazyFrame, duckdb.DuckDBPyRelation))
    options: Any = {"invalid": "null"} if eager else {}
    data = nw.from_native(scorer.assess_frame(frame, columns=columns, **options)).lazy().collect()
    return [None if each != each else each for each in data["visit_probability"].to_list()]


def meant(**fields: list[Any]) -> Any:
    """Return the probabilities of borrowers, None where there is none."""
    rows = [dict(zip(fields, values, strict=True)) for values in zip(*fields.values(), strict=True)]
    usual = {"amount_overdue": 5_000.0, "days_past_due": 100}
    return pytest.approx(
        [None if WRONG in row.values() else probability({**usual, **row}) for row in rows], abs=1e-12
    )


def with_usual(frame: Any) -> Any:
    """Add the required fields that are absent to columns of three rows."""
    return {"amount_overdue": [5_000.0] * 3, "days_past_due": [100] * 3, **frame}


def objects(*values: Any) -> pd.Series[Any]:
    return pd.Series(values, dtype=object)


GERMAN = cr.Mapping({"amount_overdue": "Saldo"}, decimal=",", thousands=".")
CODED = cr.Mapping({"attitude": {"column": "c", "values": {1: "hostile", 2: "passive"}}})
FLAGGED = cr.Mapping({"repayment_plan": {"column": "c", "true": 1, "false": 0}})
DATED = cr.Mapping({"days_past_due": "due"}, as_of=AS_OF)

FRAMES: dict[str, Callable[[Columns], Any]] = {
    "polars": lambda columns: pl.DataFrame(columns, strict=False),
    "polars lazy": lambda columns: pl.LazyFrame(columns, strict=False),
    "pyarrow": pa.table,
    "pandas": pd.DataFrame,
    "pandas objects": lambda columns: pd.DataFrame(columns, dtype=object),
    "DuckDB": lambda columns: duckdb.from_arrow(pa.table(columns)),
}
every_frame = pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)


def test_an_object_column_may_mix_text_and_numbers_and_nothing_else() -> None:
    column = objects("12.500,00", 0.5, dt.date(2026, 1, 1))
    found = scored(pd.DataFrame({"Saldo": column, "days_past_due": 100}), GERMAN)
    assert found == meant(amount_overdue=[12_500.0, 0.5, WRONG])


@pytest.mark.parametrize(
    "column",
    [
        pd.Categorical([1.125, 2, None]),
        pa.array([1.125, 2, None]).dictionary_encode(),
        pa.array([Decimal("1.125"), Decimal(2), None]),
    ],
    ids=["pandas categories", "pyarrow dictionary", "decimals"],
)
def test_numbers_in_columns_of_other_types_are_not_read_as_text(column: Any) -> None:
    """1.125 as text would be 1125 in the convention of the mapping."""
    make: Any = pd.DataFrame if isinstance(column, pd.Categorical) else pa.table
    assert scored(make({"Saldo": column, "days_past_due": [100] * 3}), GERMAN) == meant(
        amount_overdue=[1.125, 2, WRONG]
    )


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["1.234,5", "2"])])
def test_text_is_read_from_categories(dtype: Any) -> None:
    frame = pl.DataFrame({"Saldo": pl.Series(["1.234,5", "2", None], dtype=dtype), "days_past_due": 100})
    expected = meant(amount_overdue=[1_234.5, 2, WRONG])
    assert scored(frame, GERMAN) == expected
    assert scored(frame.lazy(), GERMAN) == expected


def test_the_nulls_of_a_dictionary_are_missing() -> None:
    column = pa.array(["1,5", None, "2"]).dictionary_encode(null_encoding="encode")
    frame = pa.table({"Saldo": column, "days_past_due": [100] * 3})
    assert scored(frame, GERMAN) == meant(amount_overdue=[1.5, WRONG, 2])


@every_frame
@pytest.mark.parametrize(
    "cells",
    [[1.0, 2.0, None], [1, 2, None], ["1", " 2\u00a0", None], [Decimal("1.00"), Decimal("2.00"), None]],
)
def test_codes_are_the_same_as_numbers_and_as_text(make: Callable[[Columns], Any], cells: list[Any]) -> None:
    assert scored(make(with_usual({"c": cells})), CODED) == meant(attitude=["hostile", "passive", None])


@pytest.mark.parametrize("dtype", [pl.UInt8, pl.Int8, pl.Float32, pl.UInt64])
def test_codes_may_have_any_type_of_number(dtype: Any) -> None:
    frame = pl.DataFrame(with_usual({"c": pl.Series([1, 2, None], dtype=dtype)}))
    expected = pytest.approx(meant(attitude=["hostile", "passive", None]), abs=1e-12)
    assert scored(frame, CODED) == expected
    assert scored(frame.lazy(), CODED) == expected


@every_frame
def test_codes_that_only_python_reads_as_numbers_match_no_number(make: Callable[[Columns], Any]) -> None:
    mapping = cr.Mapping(
        {"attitude": {"column": "c", "values": {"1_0": "hostile", "2.50": "hostile", "x": "hostile"}}}
    )
    assert scored(make(with_usual({"c": [10.0, 2.5, 3.0]})), mapping) == [None] * 3


def test_booleans_are_not_the_codes_1_and_0() -> None:
    columns = with_usual({"c": [True, False, None]})
    for frame in (pl.DataFrame(columns), pl.LazyFrame(columns), pd.DataFrame(columns)):
        assert scored(frame, CODED) == meant(attitude=[WRONG, WRONG, None])
    mixed = pd.DataFrame(with_usual({"c": objects(True, 1, 1.0)}))  # a cell
    assert scored(mixed, CODED) == meant(attitude=[WRONG, "hostile", "hostile"])


@every_frame
@pytest.mark.parametrize("cells", [[1.0, 0.0, None], [1, 0, None], ["1", "0 ", ""], [True, False, None]])
def test_flags_are_spelled_or_booleans(make: Callable[[Columns], Any], cells: list[Any]) -> None:
    assert scored(make(with_usual({"c": cells})), FLAGGED) == meant(repayment_plan=[True, False, None])


def test_flags_may_be_booleans_of_numpy() -> None:
    frame = pd.DataFrame(with_usual({"c": objects(np.True_, np.False_, None)}))
    assert scored(frame, FLAGGED) == meant(repayment_plan=[True, False, None])


@pytest.mark.parametrize("make", [FRAMES[name] for name in FRAMES if name != "DuckDB"])
@pytest.mark.parametrize(
    "mapping",
    [
        CODED,
        FLAGGED,
        cr.Mapping({"failed_calls": {"column": "c", "missing": -9}}, decimal=","),
        cr.Mapping({"failed_calls": ["c", "d"]}),
        cr.Mapping({"repayment_plan": {"column": "c", "values": {"a": True}}}),
        cr.Mapping({"product": {"column": "c", "missing": "?"}}),
    ],
)
def test_a_column_of_nulls_is_missing(make: Callable[[Columns], Any], mapping: cr.Mapping) -> None:
    frame = make(with_usual({"c": [None] * 3, "d": [0] * 3}))
    assert scored(frame, mapping) == meant(failed_calls=[0] * 3)


@pytest.mark.parametrize("make", [FRAMES[name] for name in FRAMES if name != "DuckDB"])
def test_a_column_of_nulls_is_invalid_where_a_value_is_required(make: Callable[[Columns], Any]) -> None:
    assert scored(make({"amount_overdue": [1.0], "due": [None]}), DATED) == [None]


@pytest.mark.parametrize(
    "make", [FRAMES[name] for name in FRAMES if name not in {"pandas objects", "DuckDB"}]
)
@pytest.mark.parametrize(
    "mapping",
    [
        cr.Mapping({"attitude": {"column": "days_past_due", "values": {"1": "hostile"}}}),
        cr.Mapping({"failed_calls": ["amount_overdue", "days_past_due"]}),
        cr.Mapping({"amount_overdue": {"column": "amount_overdue", "factor": 0.01}}, missing=-9),
        cr.Mapping(skip={"days_past_due": "1*"}),
    ],
)
def test_a_frame_may_have_no_rows(make: Callable[[Columns], Any], mapping: cr.Mapping) -> None:
    frame = nw.from_native(make(with_usual({}))).head(0).to_native()
    assert scored(frame, mapping) == []


@every_frame
def test_each_summand_is_converted_before_it_is_added(make: Callable[[Columns], Any]) -> None:
    """An undeclared code of one column is not balanced by the number in the other one."""
    mapping = cr.Mapping({"failed_calls": ["a", "b"]})
    frame = make(with_usual({"a": [-1.0, 1.5, 2.0], "b": [3.0, 1.5, 1.0]}))
    assert scored(frame, mapping) == meant(failed_calls=[WRONG, WRONG, 3])


def test_an_invalid_summand_is_named() -> None:
    frame = pl.DataFrame(with_usual({"a": [-1, 0, 2], "b": [3, 0, 1]}))
    with pytest.raises(InvalidRowsError, match=r"'a \+ b' must be a whole number .*row 0: \(-1, 3\)"):
        CARD.assess_frame(frame, columns={"failed_calls": ["a", "b"]})


@attrs.frozen(kw_only=True)
class Rated(cr.Borrower):
    rating: float | None = None
    branch: str = "main"


class ByRating(cr.Scorer):
    borrower_type = Rated

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        rating = xp.where(xp.is_missing(borrower.rating), 0.5, borrower.rating)
        return rating * xp.where(borrower.branch == "main", 1.0, 0.5)


@every_frame
def test_a_sum_of_which_a_part_is_missing_is_missing_if_the_field_has_no_default(
    make: Callable[[Columns], Any],
) -> None:
    mapping = cr.Mapping({"rating": ["a", "b"]}, missing=-9)
    frame = make(with_usual({"a": [0.25, None, None], "b": [0.5, 0.75, -9.0]}))
    assert scored(frame, mapping, ByRating()) == [0.75, 0.5, 0.5]
    wrong = make(with_usual({"a": [float("inf"), None, 0.0], "b": [0.5, float("inf"), 0.25]}))
    assert scored(wrong, mapping, ByRating()) == [None, None, 0.25]


@every_frame
def test_blanks_around_a_mapped_text_are_removed(make: Callable[[Columns], Any]) -> None:
    mapping = cr.Mapping({"branch": {"column": "b", "missing": "?"}})
    frame = make(with_usual({"rating": [1.0] * 3, "b": [" main", "east ", " ? "]}))
    assert scored(frame, mapping, ByRating()) == [1.0, 0.5, 1.0]


@every_frame
@pytest.mark.parametrize("cells", [["-999.0", "-999", "0.75"], ["-9.99e2", "\u2212999", "0.75"]])
def test_codes_that_are_numbers_match_numbers_as_text(
    make: Callable[[Columns], Any], cells: list[str]
) -> None:
    mapping = cr.Mapping({"rating": {"column": "r", "missing": -999}}, decimal=".")
    assert scored(make(with_usual({"r": cells})), mapping, ByRating()) == [0.5, 0.5, 0.75]


DUE = [dt.date(2026, 8, 22), None, dt.date(2026, 12, 1)]
ZONED = pd.to_datetime(pd.Series(["2026-08-21T23:00Z", None, "2026-11-30T23:30Z"]))
BERLIN = attrs.evolve(DATED, zone="Europe/Berlin")


def test_dates_are_counted_up_to_the_day_and_not_beyond() -> None:
    expected = meant(days_past_due=[100, WRONG, WRONG])
    columns: Columns = {"amount_overdue": [5_000.0] * 3, "due": DUE}
    for make in FRAMES.values():
        if make is not FRAMES["pandas"]:
            assert scored(make(columns), DATED) == expected
    assert scored(pd.DataFrame({"amount_overdue": 5_000.0, "due": ZONED}), BERLIN) == expected
    mixed = objects(dt.datetime.fromisoformat("2026-08-22T05:00"), pd.NaT, "2026-12-01")
    assert scored(pd.DataFrame({"amount_overdue": 5_000.0, "due": mixed}), DATED) == expected


@attrs.frozen(kw_only=True)
class Employed(cr.Borrower):
    employed_for: int = 0


class ByEmployment(cr.Scorer):
    borrower_type = Employed

    def visit_probability(self, borrower: Any, xp: cr.Namespace) -> Any:
        return xp.where(borrower.employed_for < 0, 1.0, 0.0)


def test_a_date_after_the_day_is_invalid_even_in_a_field_that_may_be_negative() -> None:
    fields = {"days_past_due": "due", "employed_for": {"column": "since", "date": "iso"}}
    mapping = cr.Mapping(fields, as_of=AS_OF)
    frame = pl.DataFrame({"amount_overdue": 5_000.0, "due": [AS_OF] * 3, "since": DUE})
    assert (
        scored(frame, mapping, ByEmployment())
        == scored(frame.lazy(), mapping, ByEmployment())
        == [0.0, 0.0, None]
    )


@every_frame
@pytest.mark.parametrize("cells", [[40, 0, 500], [40.0, 0.0, 500.0], [Decimal(40), Decimal(0), Decimal(500)]])
@pytest.mark.parametrize("keys", [{}, {"missing": -9}, {"decimal": ","}])
def test_numbers_stay_days_if_the_mapping_has_a_day_for_other_dates(
    make: Callable[[Columns], Any], cells: list[Any], keys: dict[str, Any]
) -> None:
    frame = make({"amount_overdue": [5_000.0] * 3, "due": cells})
    assert scored(frame, attrs.evolve(DATED, **keys)) == meant(days_past_due=[40, 0, 500])
    absent = make({"amount_overdue": [5_000.0] * 3, "days_past_due": cells})
    assert scored(absent, cr.Mapping(as_of=AS_OF)) == meant(days_past_due=[40, 0, 500])


def test_a_column_of_objects_may_mix_days_and_due_dates() -> None:
    column = objects(100, dt.date(2026, 8, 22), "2026-08-22")
    frame = pd.DataFrame({"amount_overdue": 5_000.0, "due": column})
    assert scored(frame, DATED) == meant(days_past_due=[100] * 3)


@every_frame
def test_numbers_are_not_days_where_a_date_is_declared(make: Callable[[Columns], Any]) -> None:
    declared = cr.Mapping({"days_past_due": {"column": "due", "date": "iso"}}, as_of=AS_OF)
    frame = make({"amount_overdue": [5_000.0] * 3, "due": [40, 0, 500]})
    if isinstance(frame, (pl.LazyFrame, duckdb.DuckDBPyRelation)):
        with pytest.raises(ColumnTypeError, match=r"convert it to a date .* first, or collect the frame"):
            scored(frame, declared)
    else:
        assert scored(frame, declared) == [None] * 3


def test_times_with_a_zone_need_the_zone_of_the_dates() -> None:
    with pytest.raises(InvalidRowsError, match="a time with a UTC offset needs `zone`"):
        CARD.assess_frame(pd.DataFrame({"amount_overdue": 5_000.0, "due": ZONED}), columns=DATED)


@pytest.mark.parametrize("unit", ["D", "h", "s", "ms", "us", "ns"])
def test_arrays_of_dates_have_any_unit(unit: str) -> None:
    due = np.array(["2026-08-22", "2026-11-30"], dtype="datetime64[D]").astype(f"datetime64[{unit}]")
    columns = {"amount_overdue": np.full(2, 5_000.0), "due": due}
    assert CARD.visit_probabilities(columns, columns=DATED).tolist() == meant(days_past_due=[100, 0])
    columns["due"] = np.array(["2026-08-22", "NaT"], dtype=f"datetime64[{unit}]")
    with pytest.raises(InvalidRowsError, match="row 1: None"):
        CARD.visit_probabilities(columns, columns=DATED)


@pytest.mark.parametrize("unit", ["D", "ns", "Y", "generic"])
def test_durations_among_objects_are_invalid_under_every_rule(unit: Any) -> None:
    column = objects(np.timedelta64(30, unit))
    rules: list[dict[str, Any]] = [{}, {"factor": 2}, {"missing": -1}, {"values": {30: 5}}, {"date": "excel"}]
    for keys in rules:
        rule = {"column": "days", **keys}
        mapping = cr.Mapping({"days_past_due": rule}, as_of=AS_OF if "date" in keys else None)
        assert scored(pd.DataFrame({"amount_overdue": 5_000.0, "days": column}), mapping) == [None]


def test_values_without_a_hash_are_invalid() -> None:
    for value in ([1], ([1],), {"a": 1}, np.timedelta64(3)):
        assert scored(pd.DataFrame({"amount_overdue": 5_000.0, "due": objects(value)}), DATED) == [None]


def test_dates_of_numpy_are_read_among_objects() -> None:
    column = objects(np.datetime64("2026-08-22"), np.datetime64("NaT"), np.datetime64("2026-08"))
    found = scored(pd.DataFrame({"amount_overdue": 5_000.0, "due": column}), DATED)
    assert found == meant(days_past_due=[100, WRONG, WRONG])


@every_frame
def test_integers_that_are_equal_as_floats_are_no_codes(make: Callable[[Columns], Any]) -> None:
    codes = [str(2**53), str(2**53 + 1), str(2**53 - 1)]
    values = dict.fromkeys(codes, "hostile")
    mapping = cr.Mapping({"attitude": {"column": "c", "values": values}})
    numbers = make(with_usual({"c": [2**53, 2**53 + 1, 2**53 - 1]}))
    assert scored(numbers, mapping) == meant(attitude=[WRONG, WRONG, "hostile"])
    assert scored(make(with_usual({"c": codes})), mapping) == meant(attitude=["hostile"] * 3)


@pytest.mark.parametrize("dtype", ["datetime64[M]", "datetime64[Y]", "timedelta64[D]"])
def test_arrays_of_other_times_are_refused(dtype: str) -> None:
    columns = {"amount_overdue": np.full(2, 5_000.0), "due": np.array([1, 2], dtype=dtype)}
    with pytest.raises(ColumnTypeError, match=r"the column contains (years or months|durations)"):
        CARD.visit_probabilities(columns, columns=DATED)


@pytest.mark.parametrize("cells", [["2026-08-22"], [dt.datetime(2026, 8, 22, tzinfo=dt.UTC)], [20_260_822]])
def test_a_lazy_frame_has_dates_without_a_zone_or_an_error(cells: list[Any]) -> None:
    frame = pl.LazyFrame({"amount_overdue": [5_000.0], "due": cells})
    mapping = cr.Mapping({"days_past_due": {"column": "due", "date": "%Y%m%d"}}, as_of=AS_OF)
    with pytest.raises(ColumnTypeError, match=r"convert it to a date .* first, or collect the frame"):
        CARD.assess_frame(frame, columns=mapping)


def test_objects_are_not_read_from_a_lazy_frame() -> None:
    frame = pl.LazyFrame(with_usual({"c": pl.Series([object()] * 3, dtype=pl.Object)}))
    with pytest.raises(ColumnTypeError, match=r"'c' .*the column contains Python objects"):
        CARD.assess_frame(frame, columns=CODED)


@pytest.mark.parametrize(
    ("fields", "cells", "says"),
    [
        ({"days_past_due": "c"}, ["1", "2", "3"], 'Mapping\\(..., decimal="." or decimal=","\\)'),
        (
            {"repayment_plan": {"column": "c", "missing": "?"}},
            ["Y", "N", "Y"],
            r"true=\[\.\.\.\], false=\[\.\.\.\]",
        ),
        ({"repayment_plan": "c"}, [0, 1, 1], r"contains numbers; .*true=\[1\], false=\[0\]"),
        ({"repayment_plan": "c"}, [0.0, None, 1.0], r"contains numbers; .*true=\[1\], false=\[0\]"),
        ({"attitude": {"column": "c", "missing": 9}}, [1, 2, 3], "the column contains numbers"),
        ({"attitude": {"column": "c", "missing": 9}}, [True, True, None], "the column contains booleans"),
        ({"days_past_due": {"column": "c", "values": {"a": 1}}}, DUE, "the column contains dates"),
    ],
)
def test_a_column_that_the_rule_cannot_read_is_an_error_that_says_what_to_declare(
    fields: Any, cells: list[Any], says: str
) -> None:
    for frame in (pl.DataFrame(with_usual({"c": cells})), pl.LazyFrame(with_usual({"c": cells}))):
        with pytest.raises(ColumnTypeError, match=f"(?s)'c' .*{says}"):
            CARD.assess_frame(frame, columns=cr.Mapping(fields))


def test_flags_that_are_numbers_are_shown_where_they_can_be_seen() -> None:
    frame = with_usual({"repayment_plan": [2, 1, 2]})
    says = r"true=\[\.\.\.\], false=\[\.\.\.\]\) with all spellings, here 2, 1"
    with pytest.raises(ColumnTypeError, match=says):
        CARD.assess_frame(pl.DataFrame(frame))


@pytest.mark.parametrize(
    ("pattern", "cells", "skipped"),
    [
        ("total*", ["Total", None, " TOTALS\n1 "], [True, False, True]),
        ("none", ["none", None, "x"], [True, False, False]),
        ("", ["a", None, " "], [False, True, True]),
        ("*", ["a", None, ""], [True, True, True]),
        ("a.c", ["abc", "A.C", "xa.cx"], [False, True, False]),
        ("[x]*+", ["[x]+", "x+", "[X] 1+"], [True, False, True]),
    ],
)
@every_frame
def test_rows_are_skipped_by_patterns(
    make: Callable[[Columns], Any], pattern: str, cells: list[Any], skipped: list[bool]
) -> None:
    mapping = cr.Mapping(skip={"k": pattern})
    truth = meant(failed_calls=[WRONG if skip else 0 for skip in skipped])
    assert scored(make(with_usual({"k": cells})), mapping) == truth


@pytest.mark.parametrize(
    "column",
    [
        pd.Categorical(["a", None, "b"]),
        pl.Series(["a", None, "b"], dtype=pl.Enum(["a", "b"])),
        objects("a", None, 5),
    ],
)
def test_rows_are_skipped_by_columns_of_any_type(column: Any) -> None:
    make: Any = pl.DataFrame if isinstance(column, pl.Series) else pd.DataFrame
    assert scored(make(with_usual({"k": column})), cr.Mapping(skip={"k": "A"})) == meant(
        failed_calls=[WRONG, 0, 0]
    )


@pytest.mark.parametrize(
    "column",
    [
        pl.Series([9999, None, 5]),
        pl.Series([9999.0, None, 5.5]),
        pd.Series([9999.0, np.nan, np.inf]),
        pd.Series([9999, None, 5], dtype="Int64"),
        pd.Series([9999, None, 5], dtype="double[pyarrow]"),
    ],
)
def test_rows_are_skipped_by_numbers_of_any_type(column: Any) -> None:
    """9999.0 is the code 9999."""
    make: Any = pl.DataFrame if isinstance(column, pl.Series) else pd.DataFrame
    mapping = cr.Mapping(skip={"k": "9999"})
    truth = meant(failed_calls=[WRONG, 0, 0])
    frame = make(with_usual({"k": column}))
    assert scored(frame, mapping) == truth
    if isinstance(column, pl.Series):
        assert scored(frame.lazy(), mapping) == truth


@every_frame
def test_a_column_may_be_read_as_several_fields_or_have_the_name_of_another(
    make: Callable[[Columns], Any],
) -> None:
    frame = make(with_usual({"c": [3.0, 4.0, None]}))
    assert scored(frame, {"failed_calls": "c", "failed_messages": "c"}) == meant(
        failed_calls=[3, 4, 0], failed_messages=[3, 4, 0]
    )
    assert scored(frame, {"failed_calls": "days_past_due"}) == meant(failed_calls=[100] * 3)


def test_a_declared_code_is_missing_even_if_it_could_be_a_value() -> None:
    frame = pl.DataFrame(with_usual({"failed_calls": [0, 5, 6]}))
    assert scored(frame, cr.Mapping(missing=5)) == meant(failed_calls=[0, 0, 6])


def test_integers_beyond_floats_are_invalid() -> None:
    frame = pd.DataFrame(with_usual({"amount_overdue": objects(10**400, 5_000, -(10**400))}))
    for mapping in (
        cr.Mapping(missing=5),
        cr.Mapping({"amount_overdue": {"column": "amount_overdue", "factor": 0.5}}),
    ):
        assert [each is None for each in scored(frame, mapping)] == [True, False, True]


def test_text_arrays_are_read_by_the_mapping() -> None:
    columns = {"Saldo": np.array(["1.234,50", "2"]), "days_past_due": np.array([100, 100])}
    assert CARD.visit_probabilities(columns, columns=GERMAN).tolist() == meant(amount_overdue=[1_234.5, 2.0])


def test_a_sum_is_the_same_for_one_row_and_for_many() -> None:
    """NumPy adds many columns of one row in another order than those of many rows."""
    parts = np.random.default_rng(5).random((20, 200)) * 1e4
    names = [f"p{part}" for part in range(20)]
    frame = pl.DataFrame(dict(zip(names, parts, strict=True))).with_columns(days_past_due=pl.lit(100))
    mapping = cr.Mapping({"amount_overdue": names})
    alone = [scored(frame[row], mapping)[0] for row in range(len(frame))]
    assert alone == scored(frame, mapping)


def test_a_converted_column_counts_as_missing_only_where_all_its_parts_are() -> None:
    table = table_of(
        nw.from_native(pl.DataFrame({"a": [1, None, None], "b": [None, None, 2]}), eager_only=True)
    )
    rule = cr.mapping.FieldMapping(["a", "b"])
    column = mapped_column(
        Converter(field_specs(cr.Borrower)["failed_calls"], rule), tuple(table.columns.values()), 3
    )
    assert (column.name, column.kind, column.missing) == ("a + b", "number", 2)
    with pytest.raises(NotImplementedError):
        column.flags(0, 3)


def test_the_error_of_a_sum_says_what_is_wrong_with_the_sum() -> None:
    frame = pl.DataFrame(with_usual({"a": [9_999, 1, 0], "b": [9_999, 1, 0]}))
    with pytest.raises(InvalidRowsError, match=r"'a \+ b' must be .*row 0: \(9999, 9999\)\); .*plausible"):
        CARD.assess_frame(frame, columns={"failed_calls": ["a", "b"]})
    unknown = pl.DataFrame(with_usual({"a": [1, None, 0], "b": [1, None, 0]}))
    with pytest.raises(InvalidRowsError, match=r"'a \+ b' must be known, .*row 1: \(None, None\)\)\n"):
        CARD.assess_frame(unknown, columns=cr.Mapping({"failed_calls": ["a", "b"]}, require="failed_calls"))


def test_skipped_rows_have_no_probability() -> None:
    frame = pl.DataFrame({"amount_overdue": [1.0, 2.0], "days_past_due": [1, 2], "id": ["A", "Total 1"]})
    mapping = cr.Mapping(skip={"id": ["total*"]})
    found = cr.RuleScorer().visit_probabilities(frame, columns=mapping)
    assert found[0] > 0
    assert np.isnan(found[1])


def test_the_rows_of_a_mapping_of_arrays_cannot_be_skipped() -> None:
    arrays = {"amount_overdue": np.array([1.0]), "days_past_due": np.array([1]), "id": np.array(["A"])}
    with pytest.raises(cr.errors.ArgumentError, match="must not skip rows of a mapping of arrays"):
        cr.RuleScorer().visit_probabilities(arrays, columns=cr.Mapping(skip={"id": ["B"]}))


def test_a_lazy_frame_is_assessed_with_a_report_on_its_columns() -> None:
    frame = pl.LazyFrame({"amount_overdue": [1.0], "days_past_due": [1], "id": ["A"]})
    formula = formula_of(cr.RuleScorer())
    scored, report = assess_and_report(formula, frame, reasons=0, invalid=None, columns=None)
    assert scored.collect()["channel"].to_list() == ["sms"]
    assert (report.rows, report.unused) == (None, ("id",))


CHARACTERS = "0123456789.,+-eE_xinfNa \t\u2212\u00a0\u0660\uff11'%"


@pytest.mark.parametrize("decimal", [".", ","])
def test_what_polars_converts_to_a_finite_number_follows_the_pattern(decimal: str) -> None:
    """Else `plain_numbers` would have to compare every cell with it."""
    rng = np.random.default_rng(3)
    texts = {
        "".join(rng.choice(list(CHARACTERS + 3 * "0123456789.,"), rng.integers(1, 7))) for _ in range(10_000)
    }
    texts |= {"".join(each) for size in (1, 2, 3) for each in product("01.,+-eE_ in", repeat=size)}
    texts |= {*map(str, rng.normal(0, 1e6, 1_000)), *map(str, 10.0 ** rng.uniform(-320, 308, 1_000))}
    listed, written = sorted(texts), NumberFormat(decimal)
    numbers, certain = plain_numbers(pl.Series(listed), written)
    found = {text: number for text, number, known in zip(listed, numbers, certain, strict=True) if known}
    assert len(found) > 1_000
    read = {text: written.plain(text) for text in found}
    assert found == {text: float(plain or "nan") for text, plain in read.items()}


def test_a_column_of_polars_is_read_as_cell_by_cell() -> None:
    """Most cells are certain to be numbers, and the others are compared with the pattern."""
    cells = ["1,5", "1.5", "1.234,5", " 2", "-9,90", "-9,9", "", None, "inf", "NaN", "\u22123", "x", "7"]
    rule: dict[str, Any] = {"columns": "c", "decimal": ",", "thousands": ".", "missing": ["-9,9", "x"]}
    converter = Converter(field_specs(cr.Borrower)["amount_overdue"], FieldMapping(**rule))
    frame = nw.from_native(pl.DataFrame({"c": cells}), eager_only=True)
    column = mapped_column(converter, (table_of(frame).columns["c"],), len(cells))
    expected = [1.5, -np.inf, 1234.5, 2.0, -9.9, np.nan, np.nan, np.nan, -np.inf, -np.inf, -3.0, np.nan, 7.0]
    assert column.numbers(0, len(cells)).tolist() == pytest.approx(expected, abs=0, rel=0, nan_ok=True)
